//! The method page: every rule and every published source, from the constants the code runs with.

use benchmarks::published;
use leptos::prelude::*;
use leptos_meta::Title;
use stats::gate::{DECILE_PEERS, MEDIAN_PEERS, QUARTILE_PEERS};
use ui::{Card, LinkButton, PageHead, PlainLink, PublicShell, ThemeSwitch};

/// How everything is computed.
#[component]
pub(crate) fn MethodPage() -> impl IntoView {
    let links = vec![PlainLink::new("Demo", "/demo"), PlainLink::new("Method", "/method")];
    view! {
        <Title text="Method" />
        <PublicShell
            links=links
            actions=|| view! { <LinkButton href="/sign-in">"Sign in"</LinkButton> }
            footer=|| view! { <ThemeSwitch return_to="/method".to_owned() /> }
        >
            <PageHead title="How Quartile compares" lead=|| "The rules behind every rank, in the order in which they apply." />
            <Rules />
            <Sources />
        </PublicShell>
    }
}

#[component]
fn Rules() -> impl IntoView {
    let rules = [
        ("Peers are frozen once a quarter", "A snapshot holds the newest figures of every company that shares, at most 18 months old, one vote each. Nothing changes until the next one, so nobody can see who came or went. Every rank names its snapshot.".to_owned()),
        ("Groups are fixed", "All companies, an industry, a revenue band, a stage, and fixed combinations of them. There is no free filter that could carve out a single company. Where a group is too small, the next wider one is shown, and named.".to_owned()),
        ("Too few peers, no figure", format!("A median is shown from {MEDIAN_PEERS} peers besides you, quartiles from {QUARTILE_PEERS}, the 10th and 90th percentile from {DECILE_PEERS}: the smallest numbers at which a 95 % interval of that percentile lies inside the sample. A group is also closed where, beside another, it would single out fewer than {} companies.", benchmarks::engine::MAY_NOT_SINGLE_OUT)),
        ("Percentiles", "Hyndman–Fan type 7, as in spreadsheets and PostgreSQL, rounded to three significant digits.".to_owned()),
        ("Your rank", "Mid-rank: the share of peers below you, and half of those equal to you; you are not among them. For metrics where less is better the rank is turned once, so right is always better.".to_owned()),
        ("Its interval", "Wilson’s 95 % interval. “Ahead” and “behind” are said only where it leaves out 50.".to_owned()),
        ("No value is not 0", "A missing input makes what rests on it missing too. A ratio that has no meaning, such as a burn multiple without growth, is ranked last with its reason instead of being dropped.".to_owned()),
    ];
    let rules = rules.map(|(title, text)| {
        view! {
            <div>
                <h2>{title}</h2>
                <p class="prose">{text}</p>
            </div>
        }
    });
    view! { <Card body_class="grid gap-6">{rules}</Card> }
}

#[component]
fn Sources() -> impl IntoView {
    let mut sources: Vec<String> = published::all().map(|figure| figure.source.words()).collect();
    sources.sort();
    sources.dedup();
    let items = sources.into_iter().map(|source| view! { <li>{source}</li> }).collect_view();
    view! {
        <Card heading="Sources of published figures">
            <ul class="prose list-disc pl-6">{items}</ul>
        </Card>
    }
}
