//! The route table: every page of the product.

use accounts_pages::{AccountRoutes, OverviewRoutes};
use admin_pages::AdminRoutes;
use benchmarks_pages::{MethodRoutes, StandingRoutes};
use datasets_pages::DatasetRoutes;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use metrics_pages::{ImportRoutes, MetricRoutes};
use reports_pages::ReportRoutes;

use crate::{
    home::HomePage,
    layout::{NotFoundPage, WorkspaceFrame},
};

/// The product in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| whole_title(&title) />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <AccountRoutes />
                <AdminRoutes />
                <MethodRoutes />
                <ParentRoute path=path!("/w/:workspace") view=WorkspaceFrame ssr=SsrMode::Async>
                    <OverviewRoutes />
                    <DatasetRoutes />
                    <ImportRoutes />
                    <MetricRoutes />
                    <StandingRoutes />
                    <ReportRoutes />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The title of a page with the name of the product. Leptos puts it into the document as it is, so what people typed is escaped here.
fn whole_title(title: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    if title.is_empty() { "Quartile".to_owned() } else { format!("{title} · Quartile") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_ends_before_it_ends() {
        assert_eq!(whole_title("</title><b>"), "&lt;/title>&lt;b> · Quartile");
        assert_eq!(whole_title("A & B"), "A &amp; B · Quartile");
        assert_eq!(whole_title(""), "Quartile");
    }
}
