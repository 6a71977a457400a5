//! From months to quarters and years.

use super::companies::{company, derived, is_close, key, month, steady};
use crate::{
    engine::rollup,
    model::{Value, Window},
};

#[test]
fn each_metric_follows_the_rule_of_the_catalogue() {
    let company = company(&[
        ("mrr", &[100.0, 110.0, 125.0]),
        ("revenue", &[100.0, 100.0, 200.0]),
        ("cogs", &[50.0, 40.0, 20.0]),
        ("logo_churn", &[0.01, 0.02, 0.06]),
    ]);
    let derived = derived(&company);
    let quarter = |name| rollup(&derived, key(name), Window::Quarter, month("2025-03"));
    assert_eq!(quarter("mrr"), Value::Known(125.0));
    assert_eq!(quarter("revenue"), Value::Known(400.0));
    // The mean of 0.01, 0.02 and 0.06
    assert!(is_close(quarter("logo_churn").known().unwrap(), 0.03));
    // (400 − 110) / 400, not the mean of 0.5, 0.6 and 0.9
    assert!(is_close(quarter("gm").known().unwrap(), 0.725));
    assert_eq!(rollup(&derived, key("revenue"), Window::Month, month("2025-02")), Value::Known(100.0));
}

#[test]
fn a_reported_share_is_averaged_for_want_of_its_inputs() {
    let company = company(&[("gm", &[0.6, 0.7, 0.8])]);
    let value = rollup(&derived(&company), key("gm"), Window::Quarter, month("2025-03"));
    assert!(is_close(value.known().unwrap(), 0.7));
}

#[test]
fn a_missing_month_leaves_the_quarter_missing() {
    let company = company(&[("revenue", &[100.0, f64::NAN, 200.0]), ("cogs", &[1.0, 1.0, 1.0])]);
    let derived = derived(&company);
    for name in ["revenue", "gm"] {
        let Value::Missing { inputs } = rollup(&derived, key(name), Window::Quarter, month("2025-03")) else {
            panic!()
        };
        let named: Vec<String> = inputs.iter().map(|cell| format!("{} {}", cell.key, cell.month)).collect();
        assert_eq!(named, ["revenue 2025-02"]);
    }
}

#[test]
fn a_quarter_without_losses_has_no_quick_ratio() {
    let series = [("mrr_new", 5.0), ("mrr_exp", 1.0), ("mrr_con", 0.0), ("mrr_churn", 0.0)];
    let Value::Undefined { reason } =
        rollup(&derived(&steady(&series, 12)), key("quick"), Window::Year, month("2025-12"))
    else {
        panic!()
    };
    assert_eq!(reason.code(), "no_losses");
}
