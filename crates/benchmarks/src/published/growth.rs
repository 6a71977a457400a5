//! Growth, month on month and year on year, and milestones (reference C1, C2, C7).

use super::figure::{
    Mark::{Named, P50, P75, P90},
    PublishedFigure, Segment, Source,
};
use accounts::Stage;

const YEARLY: &str = "growth of annual recurring revenue, year on year";
const MONTHLY: &str = "compound monthly growth rate; bands published by monthly recurring revenue";
const PRIVATE: &str = "private SaaS companies";
const CHARTMOGUL_ALL: &str = "SaaS companies billing through ChartMogul, of more than 2,100 in the study";

static SAAS_CAPITAL_2022: Source =
    Source::new("SaaS Capital", "2022 edition", Some(2022)).secondary("frill.co");
static SAAS_CAPITAL_2023: Source = Source::new("SaaS Capital", "2023 edition", Some(2023));
static SAAS_CAPITAL_2025: Source = Source::new("SaaS Capital", "2025 edition", Some(2025));
static SAAS_CAPITAL_2026: Source =
    Source::new("SaaS Capital", "2026 edition", Some(2026)).secondary("stackswap.ai");
static CHARTMOGUL_2023: Source = Source::new("ChartMogul SaaS Benchmarks Report", "2023 edition", Some(2023));
static CHARTMOGUL: Source = Source::new("ChartMogul", "edition not stated", None);
static BENCHMARKIT_2025: Source = Source::new("Benchmarkit", "2025 edition", Some(2025));
static LIGHTER_2025: Source = Source::new("Lighter Capital", "2025 edition", Some(2025));
static LIGHTER_2024: Source = Source::new("Lighter Capital", "2024 edition", Some(2024));
static KBCM_2018: Source = Source::new("KBCM SaaS Survey", "2018 edition", Some(2018));
static KBCM_2020: Source = Source::new("KBCM SaaS Survey", "2020 edition", Some(2020));

const fn yearly(
    source: &'static Source,
    population: &'static str,
    marks: &'static [super::Mark],
) -> PublishedFigure {
    PublishedFigure::new("g_yoy", YEARLY, source, population, marks)
}

const fn monthly(marks: &'static [super::Mark]) -> PublishedFigure {
    PublishedFigure::new("cmgr", MONTHLY, &CHARTMOGUL, "SaaS companies billing through ChartMogul", marks)
}

const fn milestone(
    metric: &'static str,
    definition: &'static str,
    marks: &'static [super::Mark],
) -> PublishedFigure {
    PublishedFigure::new(metric, definition, &CHARTMOGUL, "SaaS companies billing through ChartMogul", marks)
}

/// The figures.
pub(super) static FIGURES: &[PublishedFigure] = &[
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.68), P90(2.42)]).under(1.0),
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.45), P90(2.52)]).between(1.0, 3.0),
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.35), P90(1.60)]).between(3.0, 5.0),
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.40), P90(1.00)]).between(5.0, 10.0),
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.33), P90(0.99)]).between(10.0, 20.0),
    yearly(&SAAS_CAPITAL_2022, PRIVATE, &[P50(0.35), P90(0.90)]).over(20.0),
    yearly(&SAAS_CAPITAL_2025, PRIVATE, &[P50(0.25)]),
    yearly(&SAAS_CAPITAL_2023, PRIVATE, &[P50(0.30)]),
    yearly(&SAAS_CAPITAL_2026, PRIVATE, &[P50(0.15), P90(0.423)])
        .between(3.0, 20.0)
        .of(Segment::Stage(Stage::Bootstrapped)),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P75(0.934)]).between(1.0, 30.0).in_year(2020),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P75(0.789)]).between(1.0, 30.0).in_year(2021),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P75(0.621)]).between(1.0, 30.0).in_year(2022),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P90(1.92)]).between(1.0, 3.0),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P90(1.21)]).between(3.0, 8.0),
    yearly(&CHARTMOGUL_2023, CHARTMOGUL_ALL, &[P90(1.10)]).between(8.0, 15.0),
    yearly(&BENCHMARKIT_2025, "B2B SaaS companies", &[P50(0.26), P75(0.50)]).in_year(2024),
    yearly(&BENCHMARKIT_2025, "B2B SaaS companies", &[P75(0.60)]).in_year(2023),
    yearly(&LIGHTER_2025, "SaaS companies with connected data", &[P50(0.28), P75(0.65)]).from(155),
    yearly(&LIGHTER_2024, "SaaS companies with connected data", &[P50(0.47), P75(0.88)]),
    yearly(&KBCM_2018, PRIVATE, &[P50(0.40)]),
    yearly(&KBCM_2020, PRIVATE, &[P50(0.31)]).about(),
    yearly(&KBCM_2020, PRIVATE, &[P50(0.24)]).over(25.0),
    // Monthly revenue of $10k and $50k is $0.12 M and $0.6 M a year.
    monthly(&[P50(0.044)]).under(0.12),
    monthly(&[P50(0.031)]).between(0.12, 0.6),
    monthly(&[P50(0.02)]).over(0.6).more_than(),
    milestone(
        "months_to_1m_arr",
        "months from the first revenue to $1 M of ARR",
        &[Named("“top tier”", 9.0), P50(33.0)],
    ),
    milestone("months_to_10m_arr", "months from the first revenue to $10 M of ARR", &[Named(TYPICAL, 60.0)])
        .more_than(),
    milestone(
        "reach_10m_arr",
        "share of companies that reach $10 M of ARR within ten years",
        &[Named("the share that does", 0.13)],
    ),
];

/// A figure whose source, as far as it was read, does not say whether it is a median or a mean.
pub(super) const TYPICAL: &str = "the typical company";
