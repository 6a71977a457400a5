//! Which values are refused, and what the person is told.

use super::companies::key;
use crate::engine::check_value;

#[test]
fn impossible_values_are_refused_with_a_remedy() {
    for (name, value, fragments) in [
        ("grr", 1.04, ["Gross revenue retention cannot be above 100", "104"]),
        ("gm", 45.0, ["Gross margin cannot be above", "per cent"]),
        ("mrr_churn", -2_310.0, ["Churned MRR cannot be below 0", "turn the sign"]),
        ("nps", 120.0, ["Net promoter score cannot be above 100", "Correct the cell"]),
        ("customers", -1.0, ["Paying customers cannot be below 0", "leave it empty"]),
        ("mrr", f64::NAN, ["has to be a number", "missing, not as 0"]),
        ("headcount", f64::INFINITY, ["Headcount has to be a number", "empty"]),
    ] {
        let problem = check_value(key(name), value).unwrap_err().to_string();
        for fragment in fragments {
            assert!(problem.contains(fragment), "{name}: {problem}");
        }
    }
}

#[test]
fn possible_values_pass() {
    for (name, value) in [("ebitda", -5e6), ("burn_month", -10.0), ("grr", 1.0), ("nrr", 1.8), ("cash", -3.0)]
    {
        assert_eq!(check_value(key(name), value), Ok(()), "{name}");
    }
}
