//! One figure opened: its value, its course, its definition, and what it was computed from.

mod definition;
mod inputs;

use accounts::WorkspaceView;
use api::{ApiError, ErrorPage};
use kernel::{AppError, Currency, Month};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use metrics::{
    MetricKey,
    model::{FigureView, Provenance, ShownCurrency, SourceRow, Value},
};
use ui::{ButtonKind, Card, EmptyState, FigureText, IconName, LinkButton, PageHead};

use crate::{
    address::{Choices, Links},
    chart_card::TrendCard,
    functions::get_figure,
    words::{conversion_words, month_words, needs, shown},
};
use definition::DefinitionCard;
use inputs::InputsCard;

/// Shows the figure named in the address.
#[component]
pub(crate) fn FigurePage() -> impl IntoView {
    let slug = expect_context::<WorkspaceView>().workspace.slug;
    let (params, query) = (use_params_map(), use_query_map());
    let key = Memo::new(move |_| params.read().get("key").unwrap_or_default());
    let choices = Memo::new(move |_| Choices::of(&query.read()));
    let workspace = slug.clone();
    let figure = Resource::new_blocking(
        move || (key.get(), choices.get()),
        move |(key, choices)| get_figure(workspace.clone(), key, choices),
    );
    let title = move || MetricKey::parse(&key.get()).map_or("Figure", |key| key.metric().label);
    view! {
        <Title text=title />
        <Suspense>
            {move || {
                let slug = slug.clone();
                let key = MetricKey::parse(&key.get());
                Suspend::new(async move { answer_view(figure.await, key, &slug) })
            }}
        </Suspense>
    }
}

fn answer_view(answer: Result<FigureView, ApiError>, key: Option<MetricKey>, slug: &str) -> AnyView {
    match (answer, key) {
        (Ok(answer), _) => view! { <Opened view=answer slug=slug.to_owned() /> }.into_any(),
        // The metric is known, so what is missing is data.
        (Err(ApiError { error: AppError::NotFound { what }, .. }), Some(key)) if what == "figure" => {
            view! { <WithoutData metric=key slug=slug.to_owned() /> }.into_any()
        }
        (Err(error), _) => view! { <ErrorPage error=error /> }.into_any(),
    }
}

/// The page of one answer.
#[component]
pub(crate) fn Opened(view: FigureView, slug: String) -> impl IntoView {
    let metric = view.key.metric();
    let currency = view.shown.currency;
    let links = Links::new(&slug, Some(view.month), None, &view.shown);
    let (key, months, month) = (view.key, view.months, view.month);
    let conversion = conversion_words(&view.shown).filter(|_| metric.unit.is_money());
    let lead = format!("{} · {}", metric.group.label(), month_words(month));
    let all = links.page("/figures");
    let neighbours = links.clone();
    let course = view.trend.clone().map(|chart| {
        let heading = format!("{} by month", metric.label);
        view! { <TrendCard heading=heading metric=key chart=chart links=links.clone() /> }
    });
    view! {
        <PageHead
            title=metric.label
            lead=move || view! { {lead} {conversion.map(|words| format!(". {words}"))} }
            actions=move || {
                let at = |month: Month| months.position(month).map(|_| neighbours.figure_at(key, Some(month)));
                view! {
                    <Neighbour href=at(month.plus(-1)) icon=IconName::ChevronLeft words=month.plus(-1).label() />
                    <Neighbour href=at(month.plus(1)) icon=IconName::ChevronRight words=month.plus(1).label() />
                    <LinkButton href=all>"All figures"</LinkButton>
                }
            }
        />
        <ValueCard view=view.clone() links=links.clone() />
        {course}
        <InputsCard inputs=view.inputs currency=currency links=links.clone() />
        <DefinitionCard metric=key currency=currency links=links />
    }
}

/// The way to the month before or after; nothing beyond the months with data.
#[component]
fn Neighbour(href: Option<String>, icon: IconName, words: String) -> impl IntoView {
    let href = href?;
    Some(view! { <LinkButton href=href kind=ButtonKind::Quiet icon=icon>{words}</LinkButton> })
}

#[component]
fn ValueCard(view: FigureView, links: Links) -> impl IntoView {
    let metric = view.key.metric();
    let figure = shown(&view.value, metric.unit, view.shown.currency);
    let is_known = figure.is_some();
    let gap = match &view.value {
        Value::Known(_) => None,
        Value::Missing { inputs } => Some(format!("No data for this month: it {}.", needs(inputs))),
        Value::Undefined { reason } => Some(format!("{}.", reason.sentence())),
    };
    let needs_data = matches!(view.value, Value::Missing { .. });
    let data = links.page("/data");
    view! {
        <Card body_class="grid gap-2">
            {is_known.then(|| view! { <p class="text-3xl font-semibold"><FigureText figure=figure /></p> })}
            {gap.map(|sentence| view! { <p class="text-l font-medium">{sentence}</p> })}
            <p class="text-ink-2">{origin(&view, &links)}</p>
            {needs_data
                .then(|| {
                    view! {
                        <div class="actions">
                            <LinkButton href=data icon=IconName::Upload>"Add data"</LinkButton>
                        </div>
                    }
                })}
        </Card>
    }
}

/// Where the value comes from, with the way to its row.
fn origin(view: &FigureView, links: &Links) -> AnyView {
    match (&view.provenance, &view.source) {
        (Provenance::Reported, Some(source)) => {
            view! { "Reported in " <RowLink source=source.clone() links=links.clone() /> "." }.into_any()
        }
        (Provenance::Reported, None) => "Reported by the company.".into_any(),
        (Provenance::Computed { inputs }, _) if inputs.is_empty() => {
            "Computed by the formula below, as soon as its inputs are there.".into_any()
        }
        (Provenance::Computed { inputs }, _) => {
            format!("Computed by the formula below from {}.", counted(inputs.len())).into_any()
        }
        (Provenance::Unreported, _) => {
            "Has to be reported; it cannot be computed from other figures.".into_any()
        }
    }
}

fn counted(values: usize) -> String {
    if values == 1 { "one value".to_owned() } else { format!("{values} values") }
}

/// The file that a value was read from, and the line in it.
#[component]
pub(crate) fn RowLink(source: SourceRow, links: Links) -> impl IntoView {
    let href = links.page(&format!("/data/{}/format", source.file.dataset_id));
    view! { <a href=href>{source.file.name}</a> {format!(", line {}", source.line)} }
}

/// The definition of a metric before the first import.
#[component]
fn WithoutData(metric: MetricKey, slug: String) -> impl IntoView {
    let shown = ShownCurrency { currency: Currency::Usd, converted_by: None };
    let links = Links::new(&slug, None, None, &shown);
    let data = links.page("/data");
    let (record, all) = (metric.metric(), links.page("/figures"));
    view! {
        <PageHead
            title=record.label
            lead=move || record.group.label()
            actions=move || view! { <LinkButton href=all>"All figures"</LinkButton> }
        />
        <EmptyState
            title="No figures have been imported yet"
            sentence="The value, its course and the rows it comes from will be here."
            icon=IconName::Dashboard
        >
            <LinkButton href=data kind=ButtonKind::Primary icon=IconName::Upload>"Upload a CSV"</LinkButton>
        </EmptyState>
        <DefinitionCard metric=metric currency=shown.currency links=links />
    }
}
