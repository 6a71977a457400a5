//! Headers as people write them.

use super::companies::{is_close, key};
use crate::{
    MetricKey,
    engine::{layout, normalise_sign, sample_hints, suggest, suggest_all},
    model::{ColumnRole, Layout, SampleHints},
};

const KNOWN: &[(&str, &str)] = &[
    ("MRR, USD", "mrr"),
    ("MRR (€)", "mrr"),
    ("MRR (k$)", "mrr"),
    ("mrr_usd", "mrr"),
    ("Ending MRR", "mrr"),
    ("Total MRR", "mrr"),
    ("Monthly Recurring Revenue (USD)", "mrr"),
    ("  monthly_recurring-revenue ", "mrr"),
    ("Monthly Recuring Revenue", "mrr"),
    ("ARR in $m", "arr"),
    ("Annualized recurring revenue", "arr"),
    ("New MRR", "mrr_new"),
    ("newMrr", "mrr_new"),
    ("NewMRR", "mrr_new"),
    ("MRR (new)", "mrr_new"),
    ("New-customer MRR", "mrr_new"),
    ("Reactivation MRR", "mrr_react"),
    ("Expansion", "mrr_exp"),
    ("Upsell MRR [EUR]", "mrr_exp"),
    ("Downgrade MRR", "mrr_con"),
    ("Contraction", "mrr_con"),
    ("Churn MRR", "mrr_churn"),
    ("MRRChurn", "mrr_churn"),
    ("Lost MRR ($)", "mrr_churn"),
    ("Net New MRR", "mrr_net_new"),
    ("Customers (paying)", "customers"),
    ("# Customers", "customers"),
    ("No. of paying customers", "customers"),
    ("CUSTOMER COUNT", "customers"),
    ("Payng customers", "customers"),
    ("Anzahl Kunden", "customers"),
    ("Clientes activos", "customers"),
    ("New Logos", "customers_new"),
    ("Neukunden", "customers_new"),
    ("Churned customers", "customers_lost"),
    ("Lost accounts", "customers_lost"),
    ("Umsatz (TEUR)", "revenue"),
    ("Umsatzerlöse", "revenue"),
    ("Chiffre d'affaires", "revenue"),
    ("Chiffre d’affaires HT (€)", "revenue"),
    ("Ingresos", "revenue"),
    ("Total Revenue", "revenue"),
    ("COGS", "cogs"),
    ("Cost of sales", "cogs"),
    ("Sales cost", "sales_cost"),
    ("Cost of Goods Sold ($k)", "cogs"),
    ("S&M spend", "sm_cost"),
    ("Sales & Marketing", "sm_cost"),
    ("Sales and marketing expenses, USD", "sm_cost"),
    ("Marketing & Vertrieb", "sm_cost"),
    ("S&M % of revenue", "sm_pct"),
    ("Marketing Spend", "marketing_cost"),
    ("R&D", "rd_cost"),
    ("R & D expenses", "rd_cost"),
    ("F&E", "rd_cost"),
    ("G&A costs", "ga_cost"),
    ("Cash balance (end of month)", "cash"),
    ("Bank balance", "cash"),
    ("Trésorerie", "cash"),
    ("Liquidität", "cash"),
    ("Net burn", "burn_month"),
    ("Monthly Burn Rate", "burn_month"),
    ("Runway (months)", "runway"),
    ("Headcount (FTE)", "headcount"),
    ("FTEs", "headcount"),
    ("# of Employees", "headcount"),
    ("Mitarbeiter", "headcount"),
    ("Gross Margin %", "gm"),
    ("Gross margin (%)", "gm"),
    ("Marge brute", "gm"),
    ("NRR %", "nrr"),
    ("Net Dollar Retention", "nrr"),
    ("GRR", "grr"),
    ("Logo churn (monthly)", "logo_churn"),
    ("Customer churn rate", "logo_churn"),
    ("CAC ($)", "cac"),
    ("CAC Payback (months)", "cac_payback"),
    ("LTV/CAC", "ltv_cac"),
    ("LTV:CAC ratio", "ltv_cac"),
    ("ARPU", "arpa"),
    ("Average revenue per account, monthly", "arpa"),
    ("Funds raised", "financing"),
    ("NPS", "nps"),
    ("DAU / MAU", "stickiness"),
    ("Monthly Active Users", "mau"),
    ("Trial-to-paid conversion", "conv"),
    ("EBITDA (adjusted)", "ebitda"),
    ("ebitda_m", "ebitda_m"),
    ("Free cash flow", "fcf"),
    ("Rule of 40", "rule40"),
    ("Burn multiple", "burn_mult"),
    ("YoY growth %", "g_yoy"),
];

const UNKNOWN: &[&str] = &[
    "Owner",
    "Notes",
    "Customer name",
    "MRR target",
    "Budget revenue",
    "MRR (forecast)",
    "Accounts payable",
    "Churn reason",
    "ID",
    "",
    "%",
    "???",
    "Country",
    "Revenue growth target",
    "Revenue per lead",
    "Plan MRR",
    "Umsatz Soll",
    "New",
    "Tax",
    "Gross profit",
];

fn unseen(header: &str) -> Option<MetricKey> {
    suggest(header, SampleHints::default())?.key()
}

#[test]
fn headers_from_real_files_find_their_metric() {
    let wrong: Vec<String> = KNOWN
        .iter()
        .filter(|(header, expected)| unseen(header) != Some(key(expected)))
        .map(|(header, expected)| format!("“{header}” → {:?} instead of {expected}", unseen(header)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(KNOWN.len() >= 60);
}

#[test]
fn headers_of_other_things_find_none() {
    let wrong: Vec<String> =
        UNKNOWN.iter().filter_map(|header| Some(format!("“{header}” → {}", unseen(header)?))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_metrics_share_a_name() {
    let mut shared = Vec::new();
    for key in MetricKey::all() {
        for name in crate::engine::column_names(key) {
            let found = suggest(name, SampleHints::default());
            if found.is_none_or(|found| found.key() != Some(key)) {
                shared.push(format!("“{name}” of {key} is read as {found:?}"));
            }
        }
    }
    assert!(shared.is_empty(), "{}", shared.join("\n"));
}

#[test]
fn keys_are_headers_too() {
    let misread = MetricKey::all().filter(|key| unseen(key.as_str()) != Some(*key));
    // A column called "burn" holds the burn of the month, hardly ever the three-month mean of that key.
    assert_eq!(misread.collect::<Vec<_>>(), [key("burn")]);
}

#[test]
fn known_words_are_surer_than_similar_ones() {
    let confidence = |header| suggest(header, SampleHints::default()).unwrap().confidence;
    assert!(confidence("MRR") >= 1.0);
    assert!(confidence("Cash (at closing)") < confidence("Cash"));
    assert!(confidence("Monthly Recuring Revenue") < confidence("Cash (at closing)"));
}

#[test]
fn thousands_and_millions_are_noticed_for_amounts() {
    let scale = |header| suggest(header, SampleHints::default()).map(|found| found.scale);
    assert_eq!(scale("MRR (k$)"), Some(1e3));
    assert_eq!(scale("Umsatz (TEUR)"), Some(1e3));
    assert_eq!(scale("ARR in $m"), Some(1e6));
    assert_eq!(scale("Revenue ($000s)"), Some(1e3));
    assert_eq!(scale("S&M spend"), Some(1.0));
    assert_eq!(scale("Gross margin (k$)"), Some(1.0));
}

#[test]
fn losses_and_costs_given_as_negative_are_turned() {
    let turned = |header, numbers: &[f64]| suggest(header, sample_hints(numbers)).unwrap().is_sign_turned;
    assert!(turned("Churn MRR", &[-2_310.0, 0.0, -1_940.0]));
    assert!(turned("COGS", &[-5.0]));
    assert!(!turned("Churn MRR", &[-2_310.0, 1_940.0]));
    assert!(!turned("Churn MRR", &[0.0, 0.0]));
    assert!(!turned("EBITDA", &[-5.0, -6.0]));
    assert!(is_close(normalise_sign(-2_310.0, true), 2_310.0));
    assert!(is_close(normalise_sign(2_310.0, false), 2_310.0));
    assert!(normalise_sign(0.0, true).is_sign_positive());
}

#[test]
fn the_period_is_found_in_several_languages_or_by_its_cells() {
    let seen = |header: &str, is_date| suggest(header, SampleHints { is_date, ..SampleHints::default() });
    for header in [
        "month",
        "Period",
        "Date",
        "Reporting month",
        "Monat",
        "Datum",
        "Mois",
        "Fecha",
        "Month (end)",
        "year-month",
    ] {
        assert_eq!(seen(header, None).map(|found| found.role), Some(ColumnRole::Period), "{header}");
    }
    assert_eq!(seen("Bezugsgröße", Some(true)).map(|found| found.role), Some(ColumnRole::Period));
    assert_eq!(seen("MRR", Some(true)).map(|found| found.role), Some(ColumnRole::Period));
}

fn unknown_cells<'a>(headers: &[&'a str]) -> Vec<(&'a str, SampleHints)> {
    headers.iter().map(|header| (*header, SampleHints::default())).collect()
}

#[test]
fn no_metric_is_given_twice_and_the_surest_column_keeps_it() {
    let columns =
        unknown_cells(&["month", "Cash (at closing)", "Cash", "MRR", "Monthly recurring revenue", "Owner"]);
    let found = suggest_all(&columns);
    let keys: Vec<Option<&str>> =
        found.iter().map(|column| column.and_then(|it| it.key()).map(MetricKey::as_str)).collect();
    assert_eq!(keys, [None, None, Some("cash"), Some("mrr"), None, None]);
    assert_eq!(layout(&found), Layout::Wide);
}

#[test]
fn the_long_layout_is_recognised() {
    let found = suggest_all(&unknown_cells(&["Period", "Metric", "Value"]));
    let roles: Vec<ColumnRole> = found.iter().flatten().map(|column| column.role).collect();
    assert_eq!(roles, [ColumnRole::Period, ColumnRole::MetricName, ColumnRole::MetricValue]);
    assert_eq!(layout(&found), Layout::Long);
    let found = suggest_all(&unknown_cells(&["Monat", "Kennzahl", "Betrag"]));
    assert_eq!(layout(&found), Layout::Long);
    let found = suggest_all(&unknown_cells(&["MRR", "Amount"]));
    assert_eq!((layout(&found), found[1]), (Layout::WithoutPeriod, None));
}

#[test]
fn text_columns_are_no_metrics() {
    let text = SampleHints { is_numeric: Some(false), ..SampleHints::default() };
    assert_eq!(suggest("Customers", text), None);
}
