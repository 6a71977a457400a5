//! Retention and churn (reference C2, C3).

use super::figure::{
    Mark::{self, Named, P50, P90},
    PublishedFigure, Segment, Source,
};
use accounts::Stage;

const NET: &str = "net revenue retention over twelve months";
const GROSS: &str = "gross revenue retention over twelve months";
const CHURN: &str = "customers lost in a month; bands published by monthly recurring revenue";
const CHURN_BY_ACCOUNT: &str = "customers lost in a month";
const CHURN_FROM_RETENTION: &str =
    "yearly customer retention, turned into the monthly churn that leads to it";
const PRIVATE: &str = "private B2B SaaS companies";
const ON_CHARTMOGUL: &str = "SaaS companies billing through ChartMogul";
const BEST: &str = "“best in class”";

static BENCHMARKIT_MAXIO: Source =
    Source::new("Benchmarkit and Maxio", "fiscal year 2024", None).secondary("digitalapplied.com");
static SAAS_CAPITAL_2026: Source =
    Source::new("SaaS Capital", "2026 edition", Some(2026)).secondary("stackswap.ai");
static HIGH_ALPHA_2025: Source =
    Source::new("High Alpha", "2025 edition", Some(2025)).secondary("developmentcorporate.com");
static HIGH_ALPHA_BEFORE: Source =
    Source::new("High Alpha", "the edition before 2025", None).secondary("developmentcorporate.com");
static BY_CONTRACT_2025: Source =
    Source::new("Survey figures", "2025", Some(2025)).secondary("digitalapplied.com and fiscallion.io");
static CHARTMOGUL_2023: Source =
    Source::new("ChartMogul SaaS Benchmarks Report", "2023 edition", Some(2023)).secondary("finerva.com");
static CHARTMOGUL: Source = Source::new("ChartMogul", "edition not stated", None);

const fn net(source: &'static Source, population: &'static str, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("nrr", NET, source, population, marks)
}

const fn gross(source: &'static Source, population: &'static str, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("grr", GROSS, source, population, marks)
}

const fn churn(definition: &'static str, source: &'static Source, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("logo_churn", definition, source, ON_CHARTMOGUL, marks)
}

/// The figures.
pub(super) static FIGURES: &[PublishedFigure] = &[
    net(&BENCHMARKIT_MAXIO, PRIVATE, &[P50(1.01)]).in_year(2024),
    gross(&BENCHMARKIT_MAXIO, PRIVATE, &[P50(0.88)]).in_year(2024),
    net(&SAAS_CAPITAL_2026, PRIVATE, &[P50(1.03), P90(1.179)])
        .between(3.0, 20.0)
        .of(Segment::Stage(Stage::Bootstrapped)),
    gross(&SAAS_CAPITAL_2026, PRIVATE, &[P50(0.91), P90(1.00)])
        .between(3.0, 20.0)
        .of(Segment::Stage(Stage::Bootstrapped)),
    gross(&HIGH_ALPHA_2025, PRIVATE, &[P50(0.92)]).between(1.0, 5.0),
    gross(&HIGH_ALPHA_BEFORE, PRIVATE, &[P50(0.95)]).between(1.0, 5.0),
    net(&BY_CONTRACT_2025, PRIVATE, &[P50(0.97)]).of(Segment::ContractValue(None, Some(25_000.0))),
    net(&BY_CONTRACT_2025, PRIVATE, &[P50(1.08)]).of(Segment::ContractValue(Some(25_000.0), Some(100_000.0))),
    net(&BY_CONTRACT_2025, PRIVATE, &[P50(1.18)]).of(Segment::ContractValue(Some(100_000.0), None)),
    net(&CHARTMOGUL_2023, ON_CHARTMOGUL, &[Named(BEST, 0.95)]).under(0.3),
    net(&CHARTMOGUL_2023, ON_CHARTMOGUL, &[Named(BEST, 1.10)]).between(15.0, 30.0),
    net(&CHARTMOGUL_2023, ON_CHARTMOGUL, &[Named(BEST, 0.82)]).of(Segment::AccountRevenue(None, Some(25.0))),
    net(&CHARTMOGUL_2023, ON_CHARTMOGUL, &[Named(BEST, 1.26)])
        .of(Segment::AccountRevenue(Some(1000.0), None)),
    // 1 − 0.75^(1/12) and 1 − 0.92^(1/12).
    churn(CHURN_FROM_RETENTION, &CHARTMOGUL_2023, &[Named(BEST, 0.0237)])
        .of(Segment::AccountRevenue(None, Some(25.0)))
        .measured_differently(),
    churn(CHURN_FROM_RETENTION, &CHARTMOGUL_2023, &[Named(BEST, 0.006_92)])
        .of(Segment::AccountRevenue(Some(1000.0), None))
        .measured_differently(),
    // Monthly revenue of $10k and $50k is $0.12 M and $0.6 M a year.
    churn(CHURN, &CHARTMOGUL, &[P50(0.068)]).under(0.12),
    churn(CHURN, &CHARTMOGUL, &[P50(0.046)]).between(0.12, 0.6),
    churn(CHURN, &CHARTMOGUL, &[P50(0.035)]).over(0.6).about(),
    churn(CHURN_BY_ACCOUNT, &CHARTMOGUL, &[P50(0.068)]).of(Segment::AccountRevenue(None, Some(10.0))),
    churn(CHURN_BY_ACCOUNT, &CHARTMOGUL, &[P50(0.019)]).of(Segment::AccountRevenue(Some(500.0), None)),
];
