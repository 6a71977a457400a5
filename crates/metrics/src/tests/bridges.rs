//! The MRR bridge.

use kernel::Currency;
use proptest::prelude::*;

use super::companies::{company, is_close, key, month};
use crate::{
    engine::bridge,
    model::{Bridge, MonthRange, Observations},
};

const FIVE_MOVEMENTS: [&str; 5] = ["mrr_new", "mrr_react", "mrr_exp", "mrr_con", "mrr_churn"];

fn quarter(observations: &Observations) -> Bridge {
    bridge(observations, MonthRange::new(month("2025-02"), month("2025-04")), Currency::Usd)
}

fn closing() -> Observations {
    // 1,000 + 100 + 5 + 20 − 5 − 20 = 1,100, then + 100 each month
    company(&[
        ("mrr", &[1_000.0, 1_100.0, 1_200.0, 1_300.0]),
        ("mrr_new", &[0.0, 100.0, 100.0, 100.0]),
        ("mrr_react", &[0.0, 5.0, 5.0, 5.0]),
        ("mrr_exp", &[0.0, 20.0, 20.0, 20.0]),
        ("mrr_con", &[0.0, 5.0, 5.0, 5.0]),
        ("mrr_churn", &[0.0, 20.0, 20.0, 20.0]),
    ])
}

#[test]
fn a_bridge_that_adds_up_closes() {
    let bridge = quarter(&closing());
    assert_eq!((bridge.start, bridge.new, bridge.reactivated), (Some(1_000.0), Some(300.0), Some(15.0)));
    assert_eq!((bridge.expansion, bridge.contraction, bridge.churned), (Some(60.0), Some(15.0), Some(60.0)));
    assert_eq!((bridge.end, bridge.gap, bridge.closes), (Some(1_300.0), Some(0.0), Some(true)));
    assert!(bridge.missing.is_empty() && bridge.monthly_gaps.is_empty());
}

#[test]
fn a_gap_is_shown_with_its_month() {
    let mut company = closing();
    company.set(key("mrr_new"), month("2025-03"), 70.0);
    let bridge = quarter(&company);
    assert_eq!((bridge.gap, bridge.closes), (Some(30.0), Some(false)));
    assert_eq!(bridge.monthly_gaps, [(month("2025-03"), 30.0)]);
}

#[test]
fn gaps_that_cancel_each_other_do_not_close_the_bridge() {
    let mut company = closing();
    company.set(key("mrr"), month("2025-02"), 1_150.0);
    let bridge = quarter(&company);
    assert_eq!((bridge.gap, bridge.closes), (Some(0.0), Some(false)));
    assert_eq!(bridge.monthly_gaps, [(month("2025-02"), 50.0), (month("2025-03"), -50.0)]);
}

#[test]
fn rounding_to_whole_dollars_is_no_gap_at_a_usual_size() {
    let company = company(&[
        ("mrr", &[118_450.0, 121_003.0]),
        ("mrr_new", &[0.0, 3_100.0]),
        ("mrr_exp", &[0.0, 1_000.0]),
        ("mrr_con", &[0.0, 249.0]),
        ("mrr_churn", &[0.0, 1_300.0]),
    ]);
    let february = MonthRange::new(month("2025-02"), month("2025-02"));
    let bridge = bridge(&company, february, Currency::Usd);
    assert_eq!((bridge.gap, bridge.closes), (Some(2.0), Some(true)));
    // 0.005 % of 121,003
    assert!(is_close(bridge.tolerance, 6.050_15));
}

#[test]
fn a_missing_movement_is_missing_and_not_zero() {
    let mut company = closing();
    company.remove(key("mrr_churn"), month("2025-03"));
    let bridge = quarter(&company);
    assert_eq!((bridge.churned, bridge.gap, bridge.closes), (None, None, None));
    let named: Vec<String> =
        bridge.missing.iter().map(|cell| format!("{} {}", cell.key, cell.month)).collect();
    assert_eq!(named, ["mrr_churn 2025-03"]);
}

#[test]
fn reactivation_that_was_never_reported_is_part_of_new() {
    let mut company = closing();
    for i in 0..4 {
        company.remove(key("mrr_react"), month("2025-01").plus(i));
    }
    let never = quarter(&company);
    assert!(never.is_reactivation_in_new && never.missing.is_empty());
    assert_eq!((never.reactivated, never.gap), (None, Some(15.0)));
    company.set(key("mrr_react"), month("2025-01"), 1.0);
    let sometimes = quarter(&company);
    assert!(!sometimes.is_reactivation_in_new);
    assert_eq!((sometimes.gap, sometimes.missing.len()), (None, 3));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_identity_holds_for_all_movements_and_a_gap_is_exactly_what_was_added(
        start in 1.0e5..1.0e7_f64, movements in prop::array::uniform5(0..1_000_000_u32), cents in -100_000..100_000_i32
    ) {
        let [new, reactivated, expansion, contraction, churned] = movements.map(|cents| f64::from(cents) / 100.0);
        let end = start + new + reactivated + expansion - contraction - churned;
        let gap = f64::from(cents) / 100.0;
        let mut company = Observations::default();
        company.set(key("mrr"), month("2025-01"), start);
        company.set(key("mrr"), month("2025-02"), end + gap);
        for (name, value) in FIVE_MOVEMENTS.into_iter().zip([new, reactivated, expansion, contraction, churned]) {
            company.set(key(name), month("2025-02"), value);
        }
        let bridge = bridge(&company, MonthRange::new(month("2025-02"), month("2025-02")), Currency::Usd);
        prop_assert!((bridge.gap.unwrap() - gap).abs() < 0.005);
        prop_assert_eq!(bridge.closes, Some(bridge.gap.unwrap().abs() <= bridge.tolerance));
    }
}
