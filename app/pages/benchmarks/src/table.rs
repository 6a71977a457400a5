//! The tables of the comparison.

use benchmarks::model::{PublishedReference, Rung, StandingGroup, StandingRow, StandingView};
use kernel::{Currency, Figure, MISSING, figure, ordinal};
use leptos::prelude::*;
use metrics::model::Value;
use ui::{
    Card, Chip, ChipTone, DataTable, FigureCell, GroupRow, HeadCell, NarrowTable, Note, NumberCell,
    PercentileBarChart,
};

/// Every metric with the percentile bar.
#[component]
pub(crate) fn PeersTable(view: StandingView, base: String) -> impl IntoView {
    let currency = view.currency;
    let groups = view.groups.into_iter().map(|group| peer_rows(group, currency, &base)).collect_view();
    view! {
        <Card>
            <DataTable caption="Your place among live peers" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Metric"</HeadCell>
                        <HeadCell numeric=true>"You"</HeadCell>
                        <HeadCell numeric=true>"Median"</HeadCell>
                        <HeadCell>"Worse ← peers → better"</HeadCell>
                        <HeadCell numeric=true>"Percentile"</HeadCell>
                        <HeadCell numeric=true>"Peers"</HeadCell>
                    </tr>
                </thead>
                <tbody>{groups}</tbody>
            </DataTable>
        </Card>
    }
}

fn peer_rows(group: StandingGroup, currency: Currency, base: &str) -> impl IntoView + use<> {
    let base = base.to_owned();
    let rows = group
        .rows
        .into_iter()
        .map(move |row| view! { <PeerRow row=row currency=currency base=base.clone() /> });
    view! {
        <GroupRow label=group.name columns=6 />
        {rows.collect_view()}
    }
}

#[component]
fn PeerRow(row: StandingRow, currency: Currency, base: String) -> impl IntoView {
    let own = own_figure(&row, currency);
    let name = view! { <th scope="row"><a href=format!("{base}/figures/{}", row.key.as_str())>{row.label.clone()}</a></th> };
    if !row.has_peers() {
        let reason = why_no_peers(&row);
        let peers = row.position.peers.to_string();
        return view! {
            <tr>
                {name}
                <FigureCell figure=own />
                <NumberCell class="extra">{MISSING}</NumberCell>
                <td class="wide"><Note tight=true>{reason} <a href="?with=published">"See published figures"</a></Note></td>
                <NumberCell class="extra">{MISSING}</NumberCell>
                <NumberCell class="extra">{peers}</NumberCell>
            </tr>
        }
        .into_any();
    }
    let median = row.position.quantiles.p50.map(|median| figure(median, row.unit, currency));
    let level = row.position.rung.map(Rung::words).unwrap_or_default();
    let unranked = if row.value.known().is_some() { "none for this version" } else { "no value of yours" };
    let rank = row
        .position
        .rank
        .map(|rank| (ordinal(u32::from(rank.percentile)), format!("({}–{})", rank.low, rank.high)));
    view! {
        <tr>
            {name}
            <FigureCell figure=own />
            <FigureCell figure=median class="extra" />
            <td class="wide"><PercentileBarChart bar=row.bar /></td>
            <NumberCell class="wide">
                {match rank {
                    Some((percentile, interval)) => {
                        view! { <b>{percentile}</b> " " <span class="muted">{interval}</span> }.into_any()
                    }
                    None => view! { <span class="muted">{unranked}</span> }.into_any(),
                }}
            </NumberCell>
            <NumberCell class="extra">
                <span title=level>{row.position.peers.to_string()}</span>
                <br />
                <span class="muted text-xs">{row.position.rung.map(|rung| format!("level {}", rung.level))}</span>
            </NumberCell>
        </tr>
    }
    .into_any()
}

/// Every metric with the published figures that fit.
#[component]
pub(crate) fn PublishedTable(view: StandingView, base: String) -> impl IntoView {
    let currency = view.currency;
    let groups = view
        .groups
        .into_iter()
        .filter(|group| group.rows.iter().any(|row| !row.published.is_empty()))
        .map(|group| {
            let rows = group
                .rows
                .into_iter()
                .filter(|row| !row.published.is_empty())
                .map(|row| view! { <PublishedRow row=row currency=currency base=base.clone() /> })
                .collect_view();
            view! {
                <GroupRow label=group.name columns=5 />
                {rows}
            }
        })
        .collect_view();
    view! {
        <Card>
            <DataTable caption="Published figures that fit your company" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Metric"</HeadCell>
                        <HeadCell numeric=true>"You"</HeadCell>
                        <HeadCell>"Your place"</HeadCell>
                        <HeadCell>"Published"</HeadCell>
                        <HeadCell>"Source"</HeadCell>
                    </tr>
                </thead>
                <tbody>{groups}</tbody>
            </DataTable>
        </Card>
        <Note>
            "Published figures are medians and percentiles that others have printed, so a place can only be given between them. "
            "A second-hand figure was taken from somebody who quotes the source. "
            <a href="/method">"All sources"</a>
        </Note>
    }
}

#[component]
fn PublishedRow(row: StandingRow, currency: Currency, base: String) -> impl IntoView {
    let own = own_figure(&row, currency);
    let unit = row.unit;
    let href = format!("{base}/figures/{}", row.key.as_str());
    let mut references = row.published.into_iter();
    let first = references.next();
    let others =
        references.map(move |other| view! { <ReferenceRow reference=other unit=unit currency=currency /> });
    view! {
        <tr>
            <th scope="row"><a href=href>{row.label}</a></th>
            <FigureCell figure=own />
            {first.map(|first| view! { <ReferenceCells reference=first unit=unit currency=currency /> })}
        </tr>
        {others.collect_view()}
    }
}

#[component]
fn ReferenceRow(reference: PublishedReference, unit: kernel::Unit, currency: Currency) -> impl IntoView {
    view! {
        <tr>
            <td class="extra"></td>
            <td class="extra"></td>
            <ReferenceCells reference=reference unit=unit currency=currency />
        </tr>
    }
}

#[component]
fn ReferenceCells(reference: PublishedReference, unit: kernel::Unit, currency: Currency) -> impl IntoView {
    let place =
        reference.placement.as_ref().map_or_else(|| MISSING.to_owned(), benchmarks::model::Placement::words);
    let marks = reference
        .marks
        .iter()
        .map(|mark| {
            let words = mark.name.trim_start_matches("the ").to_owned();
            let value = figure(mark.value, unit, currency).to_string();
            view! {
                <li>
                    <span class="muted">{words}</span>
                    " "
                    <b class="num">{value}</b>
                </li>
            }
        })
        .collect_view();
    let companies =
        reference.companies.map(|companies| format!("n = {}", kernel::count(u64::from(companies))));
    let year = reference.figure_year.or(reference.published).map(|year| year.to_string());
    let facts: Vec<String> = [Some(reference.population), year, companies].into_iter().flatten().collect();
    view! {
        <td class="wide">{place}</td>
        <td class="wide">
            <ul class="grid gap-1">{marks}</ul>
        </td>
        <td class="wide">
            {reference.source}
            <br />
            <span class="muted text-xs">{facts.join(" · ")}</span>
            " "
            {reference.is_secondary.then(|| view! { <Chip tone=ChipTone::Warning>"second-hand"</Chip> })}
            {(!reference.is_same_definition)
                .then(|| {
                    view! {
                        <Chip tone=ChipTone::Warning>"measured differently"</Chip>
                        <br />
                        <span class="muted text-xs">{reference.definition}</span>
                    }
                })}
        </td>
    }
}

fn own_figure(row: &StandingRow, currency: Currency) -> Option<Figure> {
    row.value.known().map(|value| figure(value, row.unit, currency))
}

fn why_no_peers(row: &StandingRow) -> String {
    match &row.value {
        Value::Missing { .. } => "You have no value for this yet. ".to_owned(),
        Value::Undefined { reason } => format!("{}. ", reason.sentence().trim_end_matches('.')),
        Value::Known(_) => "Too few peers report this. Shown from 6. ".to_owned(),
    }
}
