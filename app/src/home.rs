//! The home page: what Quartile does, for strangers.

use accounts_pages::{NEW_WORKSPACE, get_visitor};
use charts::{Evidence, PercentileBar, Rank, ReferencePoints};
use kernel::{Currency, Unit, figure};
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use ui::{
    ButtonKind, Card, Chip, ChipTone, DataTable, FigureCell, LinkButton, NarrowTable, NumberCell,
    PercentileBarChart, PlainLink, PublicShell, ThemeSwitch,
};

/// The links of every public page.
pub(crate) fn public_links() -> Vec<PlainLink> {
    vec![PlainLink::new("Demo", "/demo"), PlainLink::new("Method", "/method")]
}

/// What Quartile does, with the way in.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let visitor = Resource::new_blocking(|| (), |()| get_visitor());
    view! {
        <Title text="Know where you stand" />
        <Meta
            name="description"
            content="Upload one spreadsheet and see your company beside honest, anonymous peers, with the uncertainty said out loud."
        />
        <PublicShell
            links=public_links()
            actions=move || {
                view! {
                    <Suspense>
                        {move || Suspend::new(async move {
                            match visitor.await.ok().flatten() {
                                Some(home) if home == NEW_WORKSPACE => {
                                    view! { <LinkButton href=home kind=ButtonKind::Primary>"Make a workspace"</LinkButton> }.into_any()
                                }
                                Some(home) => view! { <LinkButton href=home>"Open your workspace"</LinkButton> }.into_any(),
                                None => view! {
                                    <LinkButton href="/sign-in">"Sign in"</LinkButton>
                                    <LinkButton href="/sign-up" kind=ButtonKind::Primary>"Start with a CSV"</LinkButton>
                                }
                                    .into_any(),
                            }
                        })}
                    </Suspense>
                }
            }
            footer=|| view! { <ThemeSwitch return_to="/".to_owned() /> }
        >
            <Hero />
            <Promises />
            <figure class="card overflow-hidden">
                <img
                    class="w-full"
                    src="/pictures/standing.png"
                    width="1440"
                    height="1000"
                    loading="lazy"
                    alt="The page “Where you stand” of a synthetic company: each metric with a bar from worst to best, the company’s place on it, its percentile with interval and the number of peers"
                />
                <figcaption class="text-s p-4">
                    <p>
                        "“Where you stand”, as the synthetic demo company sees it. "
                        <a href="/demo">"Open the demo"</a>
                    </p>
                </figcaption>
            </figure>
        </PublicShell>
    }
}

#[component]
fn Hero() -> impl IntoView {
    view! {
        <section class="hero">
            <div class="words">
                <h1>"Know where" <br /> "you stand."</h1>
                <p class="lead">
                    "Upload one spreadsheet. See your company beside honest, anonymous peers of the same industry, size and stage, with the uncertainty said out loud. Take a report your board will accept."
                </p>
                <div class="actions">
                    <LinkButton href="/sign-up" kind=ButtonKind::Primary large=true>"Start with a CSV"</LinkButton>
                    <LinkButton href="/demo" large=true>"Look at a demo company"</LinkButton>
                </div>
                <p class="text-s text-ink-3">"Open source. Runs on your own machine from one program. No connectors needed."</p>
            </div>
            <Example />
        </section>
    }
}

/// What the comparison looks like, with made-up figures that say so.
#[component]
fn Example() -> impl IntoView {
    let rows = [
        ("ARR growth", 0.46, Unit::Share, (67.0, 52.0, 79.0)),
        ("Net revenue retention", 1.08, Unit::Share, (74.0, 60.0, 85.0)),
        ("Burn multiple", 1.3, Unit::Times, (62.0, 47.0, 75.0)),
        ("CAC payback", 19.0, Unit::Months, (28.0, 17.0, 42.0)),
        ("Gross margin", 0.714, Unit::Share, (31.0, 19.0, 46.0)),
    ];
    let rows = rows
        .map(|(name, value, unit, rank)| view! { <ExampleRow name=name value=value unit=unit rank=rank /> });
    view! {
        <Card
            heading="Where you stand"
            marks=|| view! { <Chip tone=ChipTone::Accent>"41–50 peers"</Chip> }
            actions=|| view! { <Chip tone=ChipTone::Synthetic>"synthetic demo"</Chip> }
        >
            <DataTable caption="An example of where a company stands" narrow=NarrowTable::Stacks>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
}

#[component]
fn ExampleRow(name: &'static str, value: f64, unit: Unit, rank: (f64, f64, f64)) -> impl IntoView {
    let (percentile, low, high) = rank;
    let rank = Rank { percentile, low, high };
    let bar = PercentileBar {
        title: name.to_owned(),
        unit,
        currency: Currency::Usd,
        you: Some(value),
        rank: Some(rank),
        evidence: Evidence::Deciles,
        peers: "41–50".to_owned(),
        reference: ReferencePoints::default(),
        synthetic: false,
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <FigureCell figure=Some(figure(value, unit, Currency::Usd)) class="font-semibold" />
            <td class="wide">
                <PercentileBarChart bar=bar width=200.0 />
            </td>
            <NumberCell class="wide">
                <b>{rank.shown()}</b>
                " "
                <span class="muted">{format!("({})", rank.interval_shown())}</span>
            </NumberCell>
        </tr>
    }
}

#[component]
fn Promises() -> impl IntoView {
    const PROMISES: [(&str, &str); 3] = [
        (
            "Honest or silent",
            "Every rank carries its interval and its number of peers. Too few peers, and Quartile says so instead of guessing.",
        ),
        (
            "Useful on day one",
            "No other company on your instance yet? Published figures, with source, year and sample size, stand in until there is.",
        ),
        (
            "Yours to check",
            "Each figure opens to its formula, its inputs and the rows of your file. Page, CSV and PDF agree to the last digit.",
        ),
    ];
    let promises = PROMISES.map(|(title, sentence)| {
        view! {
            <div>
                <h2>{title}</h2>
                <p>{sentence}</p>
            </div>
        }
    });
    view! { <section class="features" aria-label="What you can rely on">{promises}</section> }
}
