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
        <Title formatter=|title: String| if title.is_empty() { "Quartile".to_owned() } else { format!("{title} · Quartile") } />
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
