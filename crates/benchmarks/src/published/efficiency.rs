//! Burn and revenue per employee (reference C4, C5).

use super::{
    figure::{
        Mark::{self, Named, P25, P50, P75},
        PublishedFigure, Segment, Source,
    },
    growth::TYPICAL,
};
use accounts::Industry;

const BURN: &str = "net burn for each dollar of net new annual recurring revenue";
const ARR: &str = "annual recurring revenue per full-time employee";
const REVENUE: &str = "revenue per employee";
const GOOD: &str = "“good”";
const GREAT: &str = "“great”";

static A16Z: Source = Source::new("a16z Guide to Growth Metrics", "edition not stated", None)
    .secondary("notes.alexkehayias.com");
static SACKS: Source =
    Source::new("David Sacks’s scale", "edition not stated", None).secondary("notes.alexkehayias.com");
static SAAS_CAPITAL_2022: Source =
    Source::new("SaaS Capital", "2022 edition", Some(2022)).secondary("notes.alexkehayias.com");
static OPENVIEW_2023: Source = Source::new("OpenView SaaS Benchmarks", "2023 edition", Some(2023));
static PUBLIC_2023: Source =
    Source::new("Public SaaS companies", "edition not stated", None).via("growthunhinged.com");
static BENCHMARKIT_2024: Source = Source::new("Benchmarkit", "fiscal year 2024", None);
static CAPCHASE: Source = Source::new("Capchase", "second half of 2022", None).via("notes.alexkehayias.com");

const fn burn(marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("burn_mult", BURN, &A16Z, "private software companies", marks)
}

const fn arr_per_employee(
    source: &'static Source,
    population: &'static str,
    marks: &'static [Mark],
) -> PublishedFigure {
    PublishedFigure::new("rev_fte", ARR, source, population, marks)
}

const fn venture(marks: &'static [Mark]) -> PublishedFigure {
    arr_per_employee(&SAAS_CAPITAL_2022, "private SaaS companies", marks).of(Segment::VentureBacked)
}

const fn openview(marks: &'static [Mark]) -> PublishedFigure {
    arr_per_employee(&OPENVIEW_2023, "private SaaS companies", marks)
}

const fn sector(population: &'static str, industry: Industry, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("rev_fte", REVENUE, &CAPCHASE, population, marks)
        .in_year(2022)
        .of(Segment::Industry(industry))
        .measured_differently()
}

/// The figures.
pub(super) static FIGURES: &[PublishedFigure] = &[
    // The source calls the smaller quartile the good one; here percentiles count from the smallest value.
    burn(&[P25(1.1), P50(1.6), P75(3.8)]).under(10.0),
    burn(&[P25(0.8), P50(1.4), P75(1.8)]).between(10.0, 25.0),
    burn(&[P25(0.5), P50(0.7), P75(1.1)]).between(25.0, 75.0),
    burn(&[P25(0.0), P50(0.5), P75(0.9)]).over(75.0),
    PublishedFigure::new(
        "burn_mult",
        BURN,
        &SACKS,
        "a rule of thumb for startups, not a survey",
        &[
            Named("the edge of “amazing”", 1.0),
            Named("the edge of “great”", 1.5),
            Named("the edge of “good”", 2.0),
            Named("the edge of “suspect”", 3.0),
        ],
    ),
    venture(&[P50(25_800.0)]).under(1.0),
    venture(&[P50(59_100.0)]).between(1.0, 3.0),
    venture(&[P50(92_300.0)]).between(3.0, 5.0),
    venture(&[P50(107_100.0)]).between(5.0, 10.0),
    venture(&[P50(129_000.0)]).between(10.0, 20.0),
    venture(&[P50(171_000.0)]).over(20.0),
    openview(&[Named(GOOD, 90_000.0), Named(GREAT, 150_000.0)]).between(1.0, 5.0),
    openview(&[Named(GOOD, 150_000.0), Named(GREAT, 250_000.0)]).between(5.0, 20.0),
    openview(&[Named(GOOD, 200_000.0), Named(GREAT, 275_000.0)]).between(20.0, 50.0),
    openview(&[Named(GOOD, 250_000.0), Named(GREAT, 300_000.0)]).over(50.0),
    arr_per_employee(&PUBLIC_2023, "public SaaS companies", &[P50(283_000.0), P75(369_000.0)])
        .of(Segment::PublicSoftware),
    arr_per_employee(&BENCHMARKIT_2024, "B2B SaaS companies", &[Named(TYPICAL, 200_000.0)])
        .between(50.0, 100.0)
        .in_year(2024),
    arr_per_employee(&BENCHMARKIT_2024, "B2B SaaS companies", &[Named(TYPICAL, 300_000.0)])
        .over(100.0)
        .in_year(2024),
    sector("consumer goods and services", Industry::Consumer, &[P50(45_200.0)]),
    sector("marketing and media", Industry::Media, &[P50(61_100.0)]),
    sector("corporate services", Industry::Services, &[P50(51_000.0)]),
    sector("financial solutions", Industry::Fintech, &[P50(40_300.0)]),
    sector("data and cloud", Industry::Software, &[P50(52_300.0)]),
    sector("industrial solutions", Industry::Industrial, &[P50(67_100.0)]),
    sector("real estate and construction", Industry::RealEstate, &[P50(69_100.0)]),
    sector("health and life sciences", Industry::Health, &[P50(75_300.0)]),
];
