//! The landing picture.

use leptos::prelude::*;
use ui::prelude::*;

use crate::data::{figure, percentile_bar};

/// The page.
pub(crate) fn page() -> AnyView {
    let links = ["Method", "API", "Self-host"].map(|label| PlainLink::new(label, "#")).to_vec();
    let features = [
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
            "Each figure opens to its formula, its inputs and the rows of your file. Page, API, CSV and PDF agree to the last digit.",
        ),
    ];
    let feature = |(title, sentence): (&'static str, &'static str)| {
        view! {
            <div>
                <h2>{title}</h2>
                <p>{sentence}</p>
            </div>
        }
    };
    view! {
        <PublicShell
            links=links
            actions=|| {
                view! {
                    <LinkButton href="#">"Sign in"</LinkButton>
                    <LinkButton href="#" kind=ButtonKind::Primary>
                        "Start with a CSV"
                    </LinkButton>
                }
            }
            footer=|| view! { <ThemeSwitch return_to="/" /> }
        >
            <section class="hero">
                <div class="words">
                    <h1>"Know where" <br /> "you stand."</h1>
                    <p class="lead">
                        "Upload one spreadsheet. See your company beside honest, anonymous peers of the same industry, size and stage, with the uncertainty said out loud. Take a report your board will accept."
                    </p>
                    <div class="actions">
                        <LinkButton href="#" kind=ButtonKind::Primary large=true>
                            "Start with a CSV"
                        </LinkButton>
                        <LinkButton href="#" large=true>
                            "Look at a demo company"
                        </LinkButton>
                    </div>
                    <p class="text-s text-ink-3">
                        "Open source. Runs on your own machine from one program. No connectors needed."
                    </p>
                </div>
                {example()}
            </section>
            <section class="features">{features.map(feature)}</section>
        </PublicShell>
    }
    .into_any()
}

fn example() -> impl IntoView {
    let rows = [
        ("ARR growth", "46", "%", (67.0, 52.0, 79.0)),
        ("Net revenue retention", "108", "%", (74.0, 60.0, 85.0)),
        ("CAC payback", "19", "mo", (28.0, 17.0, 42.0)),
    ];
    let row = |(name, number, unit, rank): (&'static str, &str, &str, (f64, f64, f64))| {
        let bar = percentile_bar(name, rank);
        let (shown, interval) =
            bar.rank.map(|rank| (rank.shown(), rank.interval_shown())).unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{name}</th>
                <FigureCell figure=figure(number, unit) class="font-semibold" />
                <td class="wide">
                    <PercentileBarChart bar=bar width=200.0 />
                </td>
                <NumberCell class="wide">
                    <b>{shown}</b>
                    " "
                    <span class="muted">"(" {interval} ")"</span>
                </NumberCell>
            </tr>
        }
    };
    view! {
        <Card
            heading="Where you stand"
            marks=|| view! { <Chip tone=ChipTone::Accent>"41–50 peers"</Chip> }
            actions=|| view! { <Chip tone=ChipTone::Synthetic>"synthetic demo"</Chip> }
        >
            <DataTable caption="An example of where a company stands" narrow=NarrowTable::Stacks>
                <tbody>{rows.map(row)}</tbody>
            </DataTable>
        </Card>
    }
}
