//! What holds for every company.

use std::collections::HashSet;

use kernel::Month;
use proptest::prelude::*;

use super::companies::{derived, key, month};
use crate::{
    MetricKey,
    model::{Cell, Derived, Observations, Provenance, Value},
};

const MONTHS: i32 = 16;

/// The metrics that can only be reported, in a company that reports all of them.
fn reported_keys() -> Vec<MetricKey> {
    MetricKey::all().filter(|key| key.metric().formula.is_none()).collect()
}

/// Values around the typical one, so that most figures have a meaning.
fn companies() -> impl Strategy<Value = Observations> {
    let count = reported_keys().len() * usize::try_from(MONTHS).unwrap();
    prop::collection::vec(0.2..2.0_f64, count).prop_map(|factors| {
        let places = reported_keys().into_iter().flat_map(|key| (0..MONTHS).map(move |i| (key, i)));
        let cells = places
            .zip(factors)
            .map(|((key, i), factor)| (key, month("2025-01").plus(i), key.metric().typical * factor));
        cells.collect()
    })
}

fn months() -> impl Strategy<Value = Month> {
    (0..MONTHS).prop_map(|i| month("2025-01").plus(i))
}

/// Every figure that rests on `source`, directly or through others.
fn dependents(derived: &Derived, is_source: impl Fn(Cell) -> bool) -> HashSet<Cell> {
    let mut found: HashSet<Cell> = HashSet::new();
    loop {
        let before = found.len();
        for key in MetricKey::all() {
            for (month, derivation) in derived.series(key) {
                let Provenance::Computed { inputs } = &derivation.provenance else { continue };
                if inputs.iter().any(|input| is_source(*input) || found.contains(input)) {
                    found.insert(Cell { key, month });
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_an_input_nothing_that_depended_on_it_is_known(
        company in companies(), at in months(), chosen in any::<prop::sample::Index>()
    ) {
        let gone = Cell { key: *chosen.get(&reported_keys()), month: at };
        let before = derived(&company);
        let mut poorer = company.clone();
        poorer.remove(gone.key, gone.month);
        let after = derived(&poorer);
        for cell in dependents(&before, |cell| cell == gone) {
            let value = after.value(cell.key, cell.month);
            let Value::Missing { inputs } = value else { return Err(TestCaseError::fail(format!("{cell:?}: {value:?}"))) };
            prop_assert!(!inputs.is_empty());
        }
    }

    #[test]
    fn without_a_whole_series_nothing_that_depended_on_it_is_known(
        company in companies(), chosen in any::<prop::sample::Index>()
    ) {
        // Reactivation that was never reported is part of new MRR: the one series that may be left out.
        let keys: Vec<MetricKey> =
            reported_keys().into_iter().filter(|key| *key != MetricKey::MRR_REACTIVATED).collect();
        let gone = *chosen.get(&keys);
        let before = derived(&company);
        let mut poorer = company.clone();
        for month in before.months().iter() {
            poorer.remove(gone, month);
        }
        let after = crate::engine::derive(&poorer, before.months());
        for cell in dependents(&before, |cell| cell.key == gone) {
            prop_assert_eq!(after.known(cell.key, cell.month), None, "{:?}", cell);
        }
    }

    #[test]
    fn what_a_figure_does_not_name_does_not_change_it(
        company in companies(), at in months(), chosen in any::<prop::sample::Index>(), factor in 0.5..1.5_f64
    ) {
        let changed = Cell { key: *chosen.get(&reported_keys()), month: at };
        let before = derived(&company);
        let mut other = company.clone();
        other.set(changed.key, changed.month, company.get(changed.key, changed.month).unwrap() * factor);
        let after = derived(&other);
        let dependents = dependents(&before, |cell| cell == changed);
        for key in MetricKey::all() {
            for (month, derivation) in before.series(key) {
                let cell = Cell { key, month };
                if cell != changed && !dependents.contains(&cell) {
                    prop_assert_eq!(&derivation.value, &after.value(key, month));
                }
            }
        }
    }

    #[test]
    fn figures_move_the_way_their_inputs_push(company in companies(), at in months(), more in 1.0..1.5_f64) {
        let before = derived(&company);
        for (input, output, sign) in [
            ("mrr_exp", "nrr", 1.0), ("mrr_churn", "nrr", -1.0), ("mrr_churn", "grr", -1.0), ("mrr_con", "grr", -1.0),
            ("mrr_new", "quick", 1.0), ("mrr_con", "quick", -1.0), ("cogs", "gm", -1.0), ("headcount", "rev_fte", -1.0),
            ("financing", "burn", 1.0), ("sales_cost", "cac", 1.0), ("sales_cost", "cac_payback", 1.0),
            ("customers_lost", "ltv", -1.0), ("nps_promoters", "nps", 1.0), ("ga_cost", "ebitda_m", -1.0),
        ] {
            let mut other = company.clone();
            let value = company.get(key(input), at).unwrap();
            other.set(key(input), at, value * more + 1.0);
            let after = derived(&other);
            for (month, derivation) in before.series(key(output)) {
                if let (Some(old), Some(new)) = (derivation.value.known(), after.known(key(output), month)) {
                    let is_pushed = (new - old) * sign >= -1e-9 * old.abs().max(1.0);
                    // A lifetime value below 0 grows towards 0 as the lifetime shrinks.
                    prop_assert!(is_pushed || old < 0.0, "{} {}: {} to {}", input, output, old, new);
                }
            }
        }
    }

    #[test]
    fn gross_retention_is_a_fraction_and_net_retention_is_never_below_it(company in companies()) {
        let derived = derived(&company);
        for (month, gross) in derived.series(MetricKey::GRR) {
            if let (Some(gross), Some(net)) = (gross.value.known(), derived.known(MetricKey::NRR, month)) {
                prop_assert!((0.0..=1.0).contains(&gross));
                prop_assert!(net >= gross);
            }
        }
    }
}
