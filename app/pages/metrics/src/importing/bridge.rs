//! Whether the MRR movements of a file explain how MRR changed.

use kernel::{Currency, MISSING, Month, Unit, count, delta, figure};
use leptos::prelude::*;
use metrics::model::{Bridge, Cell};
use ui::{Card, Chip, ChipTone, DataTable, HeadCell, NarrowTable, NumberCell, Pairs};

use super::steps::counted;

/// Missing figures named one by one.
const MOST_NAMED: usize = 6;
/// Months with a gap listed one by one.
const MOST_MONTHS: usize = 200;

/// The result of the bridge in words and numbers: it closes, has a gap, or cannot be told.
#[component]
pub(super) fn BridgeCheck(
    /// The bridge; `None` without movements, or without two months to compare.
    bridge: Option<Bridge>,
    /// The currency of the amounts.
    currency: Currency,
) -> impl IntoView {
    let Some(bridge) = bridge else {
        return view! {
            <Card heading="Does MRR add up?" marks=|| view! { <Chip>"not checked"</Chip> }>
                <p class="prose soft text-s">
                    "This takes MRR and its movements (new, expansion, contraction and churned MRR) for at least two months. Bring them, and Quartile checks that they explain every change of MRR."
                </p>
            </Card>
        }
        .into_any();
    };
    let (words, tone) = match bridge.closes {
        Some(true) => ("bridge closes", ChipTone::Good),
        Some(false) => ("bridge has a gap", ChipTone::Warning),
        None => ("partly checked", ChipTone::Warning),
    };
    let (sentence, pairs, gaps) =
        (sentence(&bridge, currency), pairs(&bridge, currency), bridge.monthly_gaps);
    view! {
        <Card heading="Does MRR add up?" marks=move || view! { <Chip tone=tone>{words}</Chip> }>
            <div class="columns">
                <div class="grid content-start gap-4">
                    <p class="prose soft text-s">{sentence}</p>
                    {(!gaps.is_empty()).then(|| view! { <MonthlyGaps gaps=gaps currency=currency /> })}
                </div>
                <Pairs pairs=pairs />
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn MonthlyGaps(gaps: Vec<(Month, f64)>, currency: Currency) -> impl IntoView {
    let row = move |(month, gap): (Month, f64)| {
        view! {
            <tr>
                <th scope="row">{month.label()}</th>
                <NumberCell>{change(gap, currency)}</NumberCell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Months whose movements do not explain MRR" narrow=NarrowTable::Stacks>
            <thead>
                <tr>
                    <HeadCell>"Month"</HeadCell>
                    <HeadCell numeric=true>"MRR beyond its movements"</HeadCell>
                </tr>
            </thead>
            <tbody>{gaps.into_iter().take(MOST_MONTHS).map(row).collect_view()}</tbody>
        </DataTable>
    }
}

/// What the check found, and what to do about it.
fn sentence(bridge: &Bridge, currency: Currency) -> String {
    let months = bridge.months.label();
    match (bridge.closes, bridge.gap) {
        (Some(true), _) => {
            format!("In every month of {months} the movements explain the change of MRR, within rounding.")
        }
        (Some(false), Some(gap)) if gap.abs() > bridge.tolerance => format!(
            "At the end of {months}, MRR is {} {} than start and movements add up to. Look at the months with a gap: a movement is missing there, or counted twice. You can commit all the same; the gap stays in sight on the dashboard.",
            amount(gap.abs(), currency),
            if gap > 0.0 { "more" } else { "less" }
        ),
        (Some(false), _) => format!(
            "Over {months} the movements explain MRR, but not in each month: {} cancel each other. A movement probably stands in the wrong month.",
            counted(bridge.monthly_gaps.len() as u64, "gap", "gaps")
        ),
        (None, _) => format!(
            "For {months} this cannot be checked in full, because {} missing: {}. A month without churn needs a 0, since an empty cell counts as unknown.",
            counted(bridge.missing.len() as u64, "figure is", "figures are"),
            named(&bridge.missing)
        ),
    }
}

fn named(missing: &[Cell]) -> String {
    let name = |cell: &Cell| format!("{} in {}", cell.key.metric().label, cell.month.label());
    let names = missing.iter().take(MOST_NAMED).map(name).collect::<Vec<_>>().join(", ");
    match missing.len().saturating_sub(MOST_NAMED) {
        0 => names,
        rest => format!("{names} and {} more", count(rest as u64)),
    }
}

/// Start, movements, end and gap in the order of the sum.
fn pairs(bridge: &Bridge, currency: Currency) -> Vec<(String, String)> {
    let shown =
        |value: Option<f64>| value.map_or_else(|| MISSING.to_owned(), |value| amount(value, currency));
    let signed = |value: Option<f64>, sign: f64| {
        value.map_or_else(|| MISSING.to_owned(), |value| change(value * sign, currency))
    };
    let start = format!("MRR at the end of {}", bridge.months.first.plus(-1).label());
    let end = format!("MRR at the end of {}", bridge.months.last.label());
    let new = if bridge.is_reactivation_in_new { "New, with reactivated" } else { "New" };
    let mut pairs = vec![(start, shown(bridge.start)), (new.to_owned(), signed(bridge.new, 1.0))];
    if !bridge.is_reactivation_in_new {
        pairs.push(("Reactivated".to_owned(), signed(bridge.reactivated, 1.0)));
    }
    pairs.extend([
        ("Expansion".to_owned(), signed(bridge.expansion, 1.0)),
        ("Contraction".to_owned(), signed(bridge.contraction, -1.0)),
        ("Churned".to_owned(), signed(bridge.churned, -1.0)),
        (end, shown(bridge.end)),
        ("Gap".to_owned(), signed(bridge.gap, 1.0)),
    ]);
    pairs
}

fn amount(value: f64, currency: Currency) -> String {
    figure(value, Unit::Money, currency).to_string()
}

fn change(value: f64, currency: Currency) -> String {
    delta(value, Unit::Money, currency).to_string()
}

#[cfg(test)]
mod tests {
    use kernel::THIN_SPACE;
    use metrics::{
        MetricKey,
        engine::bridge,
        model::{MonthRange, Observations},
    };

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    /// Two months of movements; MRR of the second and third month as given.
    fn checked(second: f64, third: f64, churned: Option<f64>) -> Bridge {
        let mut observations = Observations::default();
        for (at, mrr) in [("2025-01", 100_000.0), ("2025-02", second), ("2025-03", third)] {
            observations.set(MetricKey::MRR, month(at), mrr);
            observations.set(MetricKey::MRR_NEW, month(at), 10_000.0);
            observations.set(MetricKey::MRR_EXPANSION, month(at), 0.0);
            observations.set(MetricKey::MRR_CONTRACTION, month(at), 0.0);
            if let Some(churned) = churned {
                observations.set(MetricKey::MRR_CHURNED, month(at), churned);
            }
        }
        bridge(&observations, MonthRange::new(month("2025-02"), month("2025-03")), Currency::Usd)
    }

    fn said(bridge: &Bridge) -> String {
        sentence(bridge, Currency::Usd).replace(THIN_SPACE, " ")
    }

    #[test]
    fn a_bridge_that_closes_says_so() {
        assert!(
            said(&checked(108_000.0, 116_000.0, Some(2_000.0)))
                .contains("In every month of Feb 2025 – Mar 2025")
        );
    }

    #[test]
    fn a_gap_is_told_with_its_size_and_its_side() {
        let text = said(&checked(108_000.0, 117_200.0, Some(2_000.0)));
        assert!(text.contains("MRR is $1.2 k more than"), "{text}");
    }

    #[test]
    fn gaps_that_cancel_each_other_are_told() {
        let text = said(&checked(109_000.0, 116_000.0, Some(2_000.0)));
        assert!(text.contains("2 gaps cancel each other"), "{text}");
    }

    #[test]
    fn missing_figures_are_named() {
        let text = said(&checked(108_000.0, 116_000.0, None));
        assert!(text.contains("2 figures are missing: Churned MRR in Feb 2025"), "{text}");
    }

    #[test]
    fn losses_are_shown_as_negative() {
        let pairs = pairs(&checked(108_000.0, 116_000.0, Some(2_000.0)), Currency::Usd);
        let churned =
            pairs.iter().find(|(name, _)| name == "Churned").map(|(_, value)| value.replace(THIN_SPACE, " "));
        assert_eq!(churned.as_deref(), Some("−$4 k"));
    }
}
