//! What a dashboard shows and what it finds worth a look.

use kernel::Currency;

use super::companies::{company, derived, is_close, key, month, steady};
use crate::{
    MetricKey,
    engine::{DEFAULT_FIGURES, DashboardRequest, change, dashboard, derive},
    model::{Attention, AttentionKind, Dashboard, Judgement, MonthRange, Observations, Value, Window},
};

fn at(observations: &Observations, last: &str, window: Window, keys: &[MetricKey]) -> Dashboard {
    let request =
        DashboardRequest { month: month(last), window, keys: keys.to_vec(), currency: Currency::Usd };
    let derived = derive(observations, MonthRange::ending(month(last), 36));
    dashboard(observations, &derived, &request)
}

fn headlines(found: &[Attention]) -> Vec<String> {
    found.iter().map(|attention| attention.headline.replace(kernel::THIN_SPACE, " ")).collect()
}

#[test]
fn key_figures_carry_value_change_and_past() {
    let company = company(&[("mrr", &[100.0, 104.0, 108.0, 110.0, 115.0, 120.0])]);
    let shown = at(&company, "2025-06", Window::Quarter, &[MetricKey::ARR, MetricKey::NRR]);
    let arr = &shown.figures[0];
    assert_eq!((arr.label.as_str(), &arr.value), ("Annual recurring revenue", &Value::Known(1_440.0)));
    let change = arr.change.unwrap();
    assert_eq!(
        (change.against, change.before, change.judgement),
        (month("2025-03"), 1_296.0, Judgement::Better)
    );
    assert!(is_close(change.relative.unwrap(), 1_440.0 / 1_296.0 - 1.0));
    assert_eq!(arr.sparkline.len(), 18);
    assert_eq!((arr.sparkline[11].value, arr.sparkline[12].value), (None, Some(1_200.0)));
    assert!(matches!(shown.figures[1].value, Value::Missing { .. }) && shown.figures[1].change.is_none());
    let monthly = at(&company, "2025-06", Window::Month, &[MetricKey::ARR]);
    assert!(is_close(monthly.figures[0].change.unwrap().before, 1_380.0));
}

#[test]
fn a_change_is_judged_by_the_aim_of_the_metric() {
    let judged = |name, before, after| change(key(name), month("2025-01"), before, after).judgement;
    assert_eq!(judged("gm", 0.70, 0.72), Judgement::Better);
    assert_eq!(judged("gm", 0.70, 0.700_1), Judgement::Neutral);
    assert_eq!(judged("logo_churn", 0.02, 0.03), Judgement::Worse);
    assert_eq!(judged("cac_payback", 19.0, 16.0), Judgement::Better);
    assert_eq!(judged("sm_pct", 0.4, 0.9), Judgement::Neutral);
    assert_eq!(judged("mrr_check", -50.0, 0.0), Judgement::Better);
    assert_eq!(judged("mrr_check", 0.0, 10.0), Judgement::Worse);
    let share = change(key("gm"), month("2025-01"), 0.7, 0.8);
    assert_eq!(share.relative, None);
    assert_eq!(change(key("ebitda"), month("2025-01"), -5.0, 5.0).relative, None);
}

#[test]
fn a_figure_that_worsens_twice_deserves_a_look() {
    let company = company(&[("cac_payback", &[14.0, 14.0, 14.0, 15.0, 16.0, 16.0, 17.0, 18.0, 19.0])]);
    let shown = at(&company, "2025-09", Window::Quarter, &[MetricKey::CAC_PAYBACK]);
    assert_eq!(headlines(&shown.attention), ["CAC payback rose to 19 months"]);
    assert_eq!(shown.attention[0].detail, "Two quarters in a row: 14 months, 16 months, 19 months");
    let recovered = at(&company, "2025-05", Window::Quarter, &[MetricKey::CAC_PAYBACK]);
    assert!(recovered.attention.is_empty());
}

#[test]
fn a_trend_too_small_to_matter_is_left_alone() {
    let company = company(&[("nrr", &[1.080, 1.078, 1.076, 1.075, 1.074, 1.073, 1.072])]);
    assert!(at(&company, "2025-07", Window::Month, &[MetricKey::NRR]).attention.is_empty());
    let company = super::companies::company(&[("gm", &[0.75, 0.74, 0.70])]);
    let shown = at(&company, "2025-03", Window::Month, &[MetricKey::GROSS_MARGIN]);
    assert_eq!(headlines(&shown.attention), ["Gross margin fell to 70 %"]);
}

#[test]
fn months_without_an_input_are_named_with_what_needs_it() {
    let mut company = steady(&[("mrr", 1_000.0), ("headcount", 4.0)], 12);
    for missing in ["2025-06", "2025-07", "2025-08"] {
        company.remove(MetricKey::HEADCOUNT, month(missing));
    }
    let shown = at(&company, "2025-12", Window::Quarter, &[MetricKey::REVENUE_PER_EMPLOYEE]);
    assert_eq!(headlines(&shown.attention), ["Three months have no headcount"]);
    assert_eq!(shown.attention[0].detail, "Jun 2025, Jul 2025, Aug 2025. Needed for ARR per employee");
}

#[test]
fn inputs_that_lack_the_same_months_make_one_finding() {
    let mut company =
        steady(&[("revenue", 9.0), ("cogs", 3.0), ("customers", 5.0), ("customers_lost", 1.0)], 6);
    for name in ["revenue", "cogs", "customers", "customers_lost"] {
        company.remove(key(name), month("2025-05"));
    }
    let shown = at(&company, "2025-06", Window::Quarter, &[MetricKey::GROSS_MARGIN, MetricKey::LOGO_CHURN]);
    assert_eq!(headlines(&shown.attention), ["One month has no revenue, COGS and 2 more"]);
    assert_eq!(shown.attention[0].detail, "May 2025. Needed for gross margin and logo churn");
}

#[test]
fn a_gap_in_the_bridge_is_named_with_amount_and_month() {
    let mut company = steady(
        &[("mrr", 10_000.0), ("mrr_new", 100.0), ("mrr_exp", 0.0), ("mrr_con", 0.0), ("mrr_churn", 100.0)],
        6,
    );
    company.set(MetricKey::MRR_NEW, month("2025-05"), 1_300.0);
    let shown = at(&company, "2025-06", Window::Quarter, &[]);
    assert_eq!(headlines(&shown.attention), ["MRR bridge has a gap of $1.2 k in May 2025"]);
    assert_eq!(shown.attention[0].kind, AttentionKind::BridgeGap);
    assert_eq!(shown.bridge.closes, Some(false));
}

#[test]
fn short_runway_and_lost_meaning_come_first() {
    let company = company(&[
        ("mrr", &[1_000.0, 990.0, 980.0, 970.0]),
        ("burn", &[100.0; 4]),
        ("cash", &[800.0, 700.0, 600.0, 450.0]),
    ]);
    let shown = at(&company, "2025-04", Window::Quarter, &[MetricKey::BURN_MULTIPLE, MetricKey::RUNWAY]);
    assert_eq!(
        headlines(&shown.attention),
        ["Runway is down to 4.5 months", "Net new ARR was not positive, so burn multiple has no meaning"]
    );
    let earning = super::companies::company(&[("cash", &[5.0]), ("burn", &[-1.0])]);
    assert!(at(&earning, "2025-01", Window::Quarter, &[MetricKey::RUNWAY]).attention.is_empty());
}

#[test]
fn the_default_figures_stand_for_an_empty_company_too() {
    let shown = at(&Observations::default(), "2025-06", Window::Quarter, DEFAULT_FIGURES);
    assert_eq!(shown.figures.len(), DEFAULT_FIGURES.len());
    assert!(shown.attention.is_empty() && shown.figures.iter().all(|figure| figure.value.known().is_none()));
    let json = serde_json::to_string(&shown).unwrap();
    assert_eq!(serde_json::from_str::<Dashboard>(&json).unwrap(), shown);
    assert_eq!(derived(&steady(&[("mrr", 1.0)], 2)).months().count(), 2);
}
