//! Every derived metric against an answer computed by hand.

use std::collections::HashSet;

use super::companies::{company, is_close, key, month, number, steady, value};
use crate::{
    MetricKey,
    engine::derive,
    model::{MonthRange, Observations, Provenance, Value},
};

struct Answer {
    key: &'static str,
    company: Observations,
    month: &'static str,
    expected: f64,
}

fn answer(key: &'static str, series: &[(&str, &[f64])], month: &'static str, expected: f64) -> Answer {
    Answer { key, company: company(series), month, expected }
}

fn steadily(key: &'static str, series: &[(&str, f64)], expected: f64) -> Answer {
    Answer { key, company: steady(series, 13), month: "2026-01", expected }
}

const MOVED: &[(&str, &[f64])] = &[
    ("mrr", &[100.0, 121.0]),
    ("mrr_new", &[f64::NAN, 20.0]),
    ("mrr_react", &[f64::NAN, 3.0]),
    ("mrr_exp", &[f64::NAN, 5.0]),
    ("mrr_con", &[f64::NAN, 2.0]),
    ("mrr_churn", &[f64::NAN, 6.0]),
];

fn growth_and_retention() -> Vec<Answer> {
    let thirteen_months = |last: f64| -> Vec<f64> { [vec![100.0; 12], vec![last]].concat() };
    vec![
        // 200 × 12
        answer("arr", &[("mrr", &[200.0])], "2025-01", 2_400.0),
        // 121 − 100
        answer("mrr_net_new", MOVED, "2025-02", 21.0),
        // 121 − (100 + 20 + 3 + 5 − 2 − 6) = 121 − 120
        answer("mrr_check", MOVED, "2025-02", 1.0),
        // 121 / 100 − 1
        answer("g_mom", MOVED, "2025-02", 0.21),
        // 160 / 100 − 1
        answer("g_yoy", &[("mrr", &thirteen_months(160.0))], "2026-01", 0.6),
        // 1.05^12 = 1.795856326022129…
        answer("cmgr", &[("mrr", &thirteen_months(179.585_632_602_212_9))], "2026-01", 0.05),
        // (20 + 3 + 5) / (2 + 6)
        answer("quick", MOVED, "2025-02", 3.5),
        // 5 / (20 + 5)
        answer("exp_share", MOVED, "2025-02", 0.2),
        // (1 + (3 − 1 − 1) / 100)^12 = 1.01^12
        steadily(
            "nrr",
            &[("mrr", 100.0), ("mrr_exp", 3.0), ("mrr_con", 1.0), ("mrr_churn", 1.0)],
            1.126_825_030_131_969_7,
        ),
        // (1 − (1 + 1) / 100)^12 = 0.98^12
        steadily("grr", &[("mrr", 100.0), ("mrr_con", 1.0), ("mrr_churn", 1.0)], 0.784_716_723_734_800_2),
        // 5 / 100
        answer(
            "logo_churn",
            &[("customers", &[100.0, 107.0]), ("customers_lost", &[1.0, 5.0])],
            "2025-02",
            0.05,
        ),
        // (2 + 6) / 100
        answer("rev_churn", MOVED, "2025-02", 0.08),
        // (2 + 6 − 5) / 100
        answer("net_churn", MOVED, "2025-02", 0.03),
    ]
}

fn efficiency() -> Vec<Answer> {
    let sm_cost: &[f64] = &[30.0, 40.0, 50.0, 900.0, 900.0, 900.0];
    let unknown_quarter = f64::NAN;
    vec![
        // (30 + 40 + 50) / (2 + 3 + 5): cost of January to March, customers of April to June
        answer(
            "cac",
            &[("sm_cost", sm_cost), ("customers_new", &[9.0, 9.0, 9.0, 2.0, 3.0, 5.0])],
            "2025-06",
            12.0,
        ),
        // (30 + 40 + 50) / (12 × (1 + 1 + 2)) = 120 / 48
        answer("cac_ratio", &[("sm_cost", sm_cost), ("mrr_new", &[1.0, 1.0, 2.0])], "2025-03", 2.5),
        // 120 / ((2 + 3 + 5) × 0.75) = 120 / 7.5
        answer(
            "cac_payback",
            &[
                ("sm_cost", sm_cost),
                ("mrr_new", &[unknown_quarter, unknown_quarter, unknown_quarter, 2.0, 3.0, 5.0]),
                ("gm", &[0.1, 0.1, 0.1, 0.70, 0.75, 0.80]),
            ],
            "2025-06",
            16.0,
        ),
        // 1,000 / 10 × 0.8 / 0.05
        steadily("ltv", &[("mrr", 1_000.0), ("customers", 10.0), ("gm", 0.8), ("logo_churn", 0.05)], 1_600.0),
        // 1,600 / 400
        answer("ltv_cac", &[("ltv", &[1_600.0]), ("cac", &[400.0])], "2025-01", 4.0),
        // (125 × 12 − 100 × 12) / (100 + 140 + 160) = 300 / 400
        answer(
            "magic",
            &[("mrr", &[90.0, 95.0, 100.0, 110.0, 120.0, 125.0]), ("sm_cost", &[100.0, 140.0, 160.0])],
            "2025-06",
            0.75,
        ),
        // (100 + 90 + 110) / (125 × 12 − 100 × 12) = 300 / 300
        answer(
            "burn_mult",
            &[("mrr", &[100.0, 110.0, 120.0, 125.0]), ("burn_month", &[999.0, 100.0, 90.0, 110.0])],
            "2025-04",
            1.0,
        ),
        // 100 × (0.3 + (12 × −10) / (12 × 100)) = 30 − 10
        answer(
            "rule40",
            &[
                ("mrr", &[[100.0; 12].as_slice(), &[130.0]].concat()),
                ("ebitda", &[-10.0; 13]),
                ("revenue", &[100.0; 13]),
            ],
            "2026-01",
            20.0,
        ),
        // 100,000 × 12 / ((10 + 12 + 14) / 3)
        answer(
            "rev_fte",
            &[("mrr", &[0.0, 0.0, 100_000.0]), ("headcount", &[10.0, 12.0, 14.0])],
            "2025-03",
            100_000.0,
        ),
    ]
}

fn finances_and_customers() -> Vec<Answer> {
    const COSTS: &[(&str, f64)] = &[
        ("revenue", 200.0),
        ("cogs", 50.0),
        ("sales_cost", 30.0),
        ("marketing_cost", 20.0),
        ("rd_cost", 60.0),
        ("ga_cost", 80.0),
        ("fcf", -20.0),
    ];
    let cash: &[(&str, &[f64])] =
        &[("cash", &[1_000.0, 900.0, 1_310.0, 1_200.0]), ("financing", &[0.0, 0.0, 500.0, 0.0])];
    vec![
        // (200 − 50) / 200
        steadily("gm", COSTS, 0.75),
        // 30 + 20
        steadily("sm_cost", COSTS, 50.0),
        // 200 − 50 − 50 − 60 − 80
        steadily("ebitda", COSTS, -40.0),
        // −40 / 200
        steadily("ebitda_m", COSTS, -0.2),
        // −20 / 200
        steadily("fcf_m", COSTS, -0.1),
        // 50 / 200, 60 / 200, 80 / 200
        steadily("sm_pct", COSTS, 0.25),
        steadily("rd_pct", COSTS, 0.3),
        steadily("ga_pct", COSTS, 0.4),
        // 900 − 1,310 + 500
        answer("burn_month", cash, "2025-03", 90.0),
        // ((1,000 − 900) + (900 − 1,310 + 500) + (1,310 − 1,200)) / 3 = (100 + 90 + 110) / 3
        answer("burn", cash, "2025-04", 100.0),
        // 1,200 / 100
        answer("runway", cash, "2025-04", 12.0),
        // 20,000 / 100
        steadily("arpa", &[("mrr", 20_000.0), ("customers", 100.0)], 200.0),
        // (100,000 over 2 years + 30,000 over 1 year) / 3 years
        steadily("acv", &[("contract_value", 130_000.0), ("contract_years", 3.0)], 43_333.333_333_333_336),
        // 100 × (52 − 20) / 100
        steadily("nps", &[("nps_promoters", 52.0), ("nps_detractors", 20.0), ("nps_responses", 100.0)], 32.0),
        // 800 / 4,000
        steadily("stickiness", &[("dau", 800.0), ("mau", 4_000.0)], 0.2),
        // 36 / 300
        steadily("conv", &[("conv_converted", 36.0), ("conv_entered", 300.0)], 0.12),
    ]
}

fn answers() -> Vec<Answer> {
    [growth_and_retention(), efficiency(), finances_and_customers()].into_iter().flatten().collect()
}

#[test]
fn every_derived_metric_gives_the_answer_computed_by_hand() {
    for answer in answers() {
        let found = number(&answer.company, answer.key, answer.month);
        assert!(is_close(found, answer.expected), "{}: {found} instead of {}", answer.key, answer.expected);
    }
}

#[test]
fn no_derived_metric_lacks_an_answer_computed_by_hand() {
    let answered: HashSet<&str> = answers().iter().map(|answer| answer.key).collect();
    let derived = MetricKey::all().filter(|key| key.metric().formula.is_some());
    let unanswered: Vec<MetricKey> = derived.filter(|key| !answered.contains(key.as_str())).collect();
    assert!(unanswered.is_empty(), "{unanswered:?}");
}

fn reason(company: &Observations, name: &str, at: &str) -> &'static str {
    match value(company, name, at) {
        Value::Undefined { reason } => reason.code(),
        other => panic!("{name} in {at} is {other:?}"),
    }
}

#[test]
fn figures_without_meaning_say_why() {
    let shrinking = company(&[("mrr", &[100.0, 100.0, 100.0, 90.0]), ("burn", &[5.0; 4])]);
    assert_eq!(reason(&shrinking, "burn_mult", "2025-04"), "net_new_arr_not_positive");
    let earning = company(&[("cash", &[100.0]), ("burn", &[-3.0])]);
    assert_eq!(reason(&earning, "runway", "2025-01"), "default_alive");
    let loyal =
        company(&[("mrr_new", &[5.0]), ("mrr_exp", &[1.0]), ("mrr_con", &[0.0]), ("mrr_churn", &[0.0])]);
    assert_eq!(reason(&loyal, "quick", "2025-01"), "no_losses");
    let from_nothing = company(&[("mrr", &[0.0, 10.0])]);
    assert_eq!(reason(&from_nothing, "g_mom", "2025-02"), "base_not_positive");
    assert_eq!(reason(&company(&[("revenue", &[0.0]), ("cogs", &[1.0])]), "gm", "2025-01"), "no_revenue");
    let unpaid = company(&[("sm_cost", &[1.0; 6]), ("mrr_new", &[1.0; 6]), ("gm", &[-0.2; 6])]);
    assert_eq!(reason(&unpaid, "cac_payback", "2025-06"), "no_margin_on_new_mrr");
}

#[test]
fn a_reason_travels_to_what_depends_on_it() {
    let unsold = company(&[("ltv", &[9.0; 6]), ("sm_cost", &[5.0; 6]), ("customers_new", &[0.0; 6])]);
    assert_eq!(reason(&unsold, "ltv_cac", "2025-06"), "no_new_customers");
}

#[test]
fn without_churn_a_lifetime_counts_sixty_months() {
    let loyal = steady(&[("mrr", 1_000.0), ("customers", 10.0), ("gm", 0.8), ("logo_churn", 0.0)], 3);
    assert!(is_close(number(&loyal, "ltv", "2025-03"), 4_800.0));
}

#[test]
fn retention_needs_twelve_months_and_names_those_that_lack() {
    let young = steady(&[("mrr", 100.0), ("mrr_exp", 3.0), ("mrr_con", 1.0), ("mrr_churn", 1.0)], 12);
    let Value::Missing { inputs } = value(&young, "nrr", "2025-12") else { panic!() };
    let named: Vec<String> = inputs.iter().map(|cell| format!("{} {}", cell.key, cell.month)).collect();
    assert_eq!(named, ["mrr 2024-12"]);
    assert!(is_close(number(&young, "rev_churn", "2025-12"), 0.02));
}

/// A cohort that loses 5 % a month keeps 0.95^12 = 54 % of itself, however fast new customers come.
#[test]
fn fast_growth_does_not_distort_retention() {
    let start = month("2025-01");
    let mut company = Observations::default();
    let mut mrr = 100.0;
    company.set(MetricKey::MRR, start, mrr);
    for i in 1..=12 {
        let (at, churned, new) = (start.plus(i), mrr * 0.05, mrr * 0.20);
        mrr += new - churned;
        company.set(MetricKey::MRR, at, mrr);
        company.set(MetricKey::MRR_CHURNED, at, churned);
        company.set(MetricKey::MRR_CONTRACTION, at, 0.0);
    }
    assert!(is_close(number(&company, "grr", "2026-01"), 0.95_f64.powi(12)));
}

#[test]
fn a_reported_value_goes_before_a_computed_one_and_says_so() {
    let at = month("2025-01");
    let company = company(&[("mrr", &[200.0]), ("customers", &[2.0]), ("arr", &[2_500.0])]);
    let derived = derive(&company, MonthRange::new(at, at));
    assert_eq!(derived.known(key("arr"), at), Some(2_500.0));
    assert_eq!(derived.get(key("arr"), at).unwrap().provenance, Provenance::Reported);
    assert_eq!(derived.known(key("arpa"), at), Some(100.0));
    let Provenance::Computed { inputs } = &derived.get(key("arpa"), at).unwrap().provenance else { panic!() };
    let named: Vec<&str> = inputs.iter().map(|cell| cell.key.as_str()).collect();
    assert_eq!(named, ["customers", "mrr"]);
    assert_eq!(derived.get(key("cash"), at).unwrap().provenance, Provenance::Unreported);
}

#[test]
fn what_was_reported_before_the_range_counts() {
    let company = company(&[("mrr", &[100.0, 110.0])]);
    assert!(is_close(number(&company, "g_mom", "2025-02"), 0.1));
}

#[test]
fn a_missing_cost_is_named_itself_and_not_by_its_parts() {
    let company = company(&[("revenue", &[10.0])]);
    let Value::Missing { inputs } = value(&company, "sm_pct", "2025-01") else { panic!() };
    assert_eq!(inputs.iter().map(|cell| cell.key.as_str()).collect::<Vec<_>>(), ["sm_cost"]);
}

#[test]
fn derived_figures_survive_the_way_to_the_browser() {
    let derived =
        super::companies::derived(&steady(&[("mrr", 1_000.0), ("customers", 8.0), ("cash", -2.5)], 3));
    let json = serde_json::to_string(&derived).unwrap();
    assert_eq!(serde_json::from_str::<crate::model::Derived>(&json).unwrap(), derived);
}
