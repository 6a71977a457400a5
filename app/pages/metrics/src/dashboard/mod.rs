//! The dashboard: key figures, trends, how MRR moved, and what deserves a look.

mod attention;
mod filters;
mod movements;
mod tiles;

use accounts::WorkspaceView;
use api::ErrorPage;
use kernel::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use metrics::model::{DashboardContent, DashboardView, SourceFile, Trend};
use ui::{
    ButtonKind, ChartPlace, EmptyState, Icon, IconName, LinkButton, Menu, MenuLink, MenuSide, PageHead,
};

use crate::{
    address::{Choices, Links},
    chart_card::TrendCard,
    functions::get_dashboard,
    words::{conversion_words, currency_words, period_words},
};
use attention::AttentionCard;
use filters::{Chosen, Filters};
use movements::MovementsCard;
use tiles::Tiles;

/// Shows the company's figures for the month, the window and the currency in the address.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let slug = expect_context::<WorkspaceView>().workspace.slug;
    let query = use_query_map();
    let choices = Memo::new(move |_| Choices::of(&query.read()));
    let workspace = slug.clone();
    let dashboard = Resource::new_blocking(
        move || choices.get(),
        move |choices| get_dashboard(workspace.clone(), choices),
    );
    view! {
        <Title text="Dashboard" />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match dashboard.await {
                        Ok(answer) => view! { <Dashboard view=answer slug=slug /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

/// The page of one answer.
#[component]
pub(crate) fn Dashboard(view: DashboardView, slug: String) -> impl IntoView {
    let Some(content) = view.content else {
        return view! { <Nothing company=view.company slug=slug /> }.into_any();
    };
    let (month, window) = (content.dashboard.month, content.dashboard.window);
    let currency = view.shown.currency;
    let links = Links::new(&slug, Some(month), Some(window), &view.shown);
    let lead = format!("{}, in {}.", period_words(window, month), currency_words(currency));
    let DashboardContent { dashboard, trends, waterfall, months, source } = content;
    view! {
        <Head
            company=view.company
            lead=lead
            conversion=conversion_words(&view.shown)
            source=source
            links=links.clone()
        />
        <Filters chosen=Chosen { month, window, currency, months } action=links.page("/dashboard") />
        <Tiles
            figures=dashboard.figures
            window=window
            currency=currency
            is_synthetic=view.is_synthetic
            links=links.clone()
        />
        <Trends trends=trends links=links.clone() />
        <div class="columns">
            <MovementsCard bridge=dashboard.bridge waterfall=waterfall window=window currency=currency links=links.clone() />
            <AttentionCard found=dashboard.attention links=links />
        </div>
    }
    .into_any()
}

#[component]
fn Head(
    company: String,
    lead: String,
    conversion: Option<String>,
    source: Option<SourceFile>,
    links: Links,
) -> impl IntoView {
    let [standing, reports] = ["/standing", "/reports"].map(|path| links.page(path));
    let from = source.map(|source| {
        let href = links.page(&format!("/data/{}/format", source.dataset_id));
        view! { " Figures from " <a href=href>{source.name}</a> "." }
    });
    let [csv, xlsx] = ["csv", "xlsx"].map(|ending| links.table(None, ending));
    let all = links.page("/figures");
    let viewer = use_context::<WorkspaceView>();
    let may_report = viewer.is_some_and(|viewer| viewer.role.allows(Permission::CreateReports));
    let report = if may_report { "Create report" } else { "Reports" };
    view! {
        <PageHead
            title=company
            lead=move || view! { {lead} {from} {conversion.map(|words| format!(" {words}"))} }
            actions=move || {
                view! {
                    <Menu side=MenuSide::End trigger=|| view! { "Export" <Icon name=IconName::ChevronDown /> }>
                        <MenuLink href=csv icon=IconName::Download>"All figures, CSV"</MenuLink>
                        <MenuLink href=xlsx icon=IconName::Download>"All figures, XLSX"</MenuLink>
                    </Menu>
                    <LinkButton href=all>"All figures"</LinkButton>
                    <LinkButton href=standing>"See where you stand"</LinkButton>
                    <LinkButton href=reports kind=ButtonKind::Primary>{report}</LinkButton>
                }
            }
        />
    }
}

/// The most important trend across the page, the others beside each other below it.
#[component]
fn Trends(trends: Vec<Trend>, links: Links) -> impl IntoView {
    let mut trends = trends.into_iter();
    let card = |trend: Trend, place: ChartPlace| {
        let heading = trend.chart.title.clone();
        view! { <TrendCard heading=heading metric=trend.key chart=trend.chart place=place links=links.clone() /> }
    };
    let first = trends.next().map(|trend| card(trend, ChartPlace::Full));
    let others: Vec<_> = trends.map(|trend| card(trend, ChartPlace::Half)).collect();
    view! {
        {first}
        {(!others.is_empty()).then(|| view! { <div class="columns">{others}</div> })}
    }
}

#[component]
fn Nothing(company: String, slug: String) -> impl IntoView {
    view! {
        <PageHead title=company lead=|| "Nothing has been imported yet." />
        <EmptyState
            title="Your figures will be here"
            sentence="Eight key figures with their course, how MRR moved, and what deserves a look. One CSV with a row for each month is enough."
            icon=IconName::Dashboard
        >
            <LinkButton href=format!("/w/{slug}/data") kind=ButtonKind::Primary icon=IconName::Upload>"Upload a CSV"</LinkButton>
            <LinkButton href=format!("/w/{slug}/figures")>"See which figures count"</LinkButton>
        </EmptyState>
    }
}
