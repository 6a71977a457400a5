//! The cost of winning customers and the share of expansion (reference C6).

use super::{
    figure::{
        Mark::{self, Named, P25, P50, P75},
        PublishedFigure, Segment, Source,
    },
    growth::TYPICAL,
};
use accounts::Stage;

const NEW_RATIO: &str = "sales and marketing cost for each dollar of recurring revenue from new customers";
const BLENDED_RATIO: &str =
    "blended: sales and marketing cost for each dollar from new customers and expansion";
const PAYBACK: &str = "months of gross profit that pay for a new customer";
const EXPANSION: &str = "share of expansion in the recurring revenue gained";
const SURVEYED: &str = "B2B SaaS companies";

static BENCHMARKIT_2024: Source = Source::new("Benchmarkit", "fiscal year 2024", None);
static BENCHMARKIT_2023: Source = Source::new("Benchmarkit", "fiscal year 2023", None);
static KBCM_2018: Source = Source::new("KBCM SaaS Survey", "2018 edition", Some(2018));
static ALEPH: Source = Source::new("Aleph and Benchmarkit", "fiscal year 2025", None).via("getaleph.com");
static OPENVIEW_2021: Source =
    Source::new("OpenView Financial and Operating Benchmarks", "2021 edition", Some(2021))
        .via("metrichq.org");
static CHARTMOGUL_2023: Source = Source::new("ChartMogul SaaS Benchmarks Report", "2023 edition", Some(2023));

const fn payback(stage: Stage, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("cac_payback", PAYBACK, &OPENVIEW_2021, "private SaaS companies", marks)
        .of(Segment::Stage(stage))
}

const fn expansion(
    source: &'static Source,
    population: &'static str,
    marks: &'static [Mark],
) -> PublishedFigure {
    PublishedFigure::new("exp_share", EXPANSION, source, population, marks)
}

/// The figures.
pub(super) static FIGURES: &[PublishedFigure] = &[
    PublishedFigure::new("cac_ratio", NEW_RATIO, &BENCHMARKIT_2024, SURVEYED, &[P50(2.0), P75(2.82)])
        .in_year(2024),
    PublishedFigure::new("cac_ratio", NEW_RATIO, &BENCHMARKIT_2023, SURVEYED, &[P50(1.76)]).in_year(2023),
    PublishedFigure::new(
        "cac_ratio",
        BLENDED_RATIO,
        &KBCM_2018,
        "private SaaS companies",
        &[Named(TYPICAL, 1.14)],
    )
    .measured_differently(),
    PublishedFigure::new("cac_payback", PAYBACK, &ALEPH, SURVEYED, &[P25(6.0), P50(16.0), P75(24.0)])
        .in_year(2025)
        .from(342),
    payback(Stage::Seed, &[Named(TYPICAL, 15.0)]),
    payback(Stage::SeriesA, &[Named(TYPICAL, 21.0)]),
    payback(Stage::SeriesB, &[Named(TYPICAL, 17.0)]),
    payback(Stage::SeriesC, &[Named(TYPICAL, 28.0)]),
    expansion(&CHARTMOGUL_2023, "SaaS companies billing through ChartMogul", &[Named(TYPICAL, 0.288)])
        .in_year(2020),
    expansion(&CHARTMOGUL_2023, "SaaS companies billing through ChartMogul", &[Named(TYPICAL, 0.323)]),
    expansion(&BENCHMARKIT_2024, SURVEYED, &[Named(TYPICAL, 0.40)]).in_year(2024),
    expansion(&BENCHMARKIT_2024, SURVEYED, &[Named(TYPICAL, 0.50)]).over(50.0).in_year(2024).more_than(),
];
