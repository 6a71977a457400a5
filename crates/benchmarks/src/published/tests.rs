//! The table of published figures is complete, consistent and useful on the first day.

use kernel::Direction;

use super::*;
use crate::model::{Placement, Precision, RevenueBand};
use accounts::{Industry, Stage};

/// The metrics a company has after twelve months of revenue, customers, costs and cash.
const FIRST_DAY: [&str; 13] = [
    "g_yoy",
    "cmgr",
    "logo_churn",
    "nrr",
    "grr",
    "burn_mult",
    "rev_fte",
    "cac_ratio",
    "cac_payback",
    "gm",
    "rule40",
    "exp_share",
    "ebitda_m",
];

fn company(arr_usd: f64, industry: Industry, stage: Stage) -> CompanyTraits {
    CompanyTraits {
        arr_usd: Some(arr_usd),
        industry: Some(industry),
        stage: Some(stage),
        ..CompanyTraits::default()
    }
}

fn covered(traits: CompanyTraits) -> Vec<&'static str> {
    FIRST_DAY.into_iter().filter(|metric| !for_company(metric, traits).is_empty()).collect()
}

#[test]
fn a_small_software_company_finds_a_source_for_every_first_day_metric() {
    assert_eq!(covered(company(2e6, Industry::Software, Stage::Seed)), FIRST_DAY);
}

#[test]
fn every_company_finds_sources_for_at_least_eight_metrics() {
    for industry in Industry::ALL {
        for stage in Stage::ALL {
            for arr in [0.0, 50e3, 2e5, 5e5, 1e6, 4e6, 8e6, 1.5e7, 4e7, 8e7, 2e8] {
                assert!(covered(company(arr, *industry, *stage)).len() >= 8);
            }
        }
    }
    assert!(covered(CompanyTraits::default()).len() >= 8);
}

#[test]
fn percentiles_rise_and_shares_are_fractions() {
    assert_eq!(all().count(), 105);
    for figure in all() {
        let percentiles: Vec<(u8, f64)> =
            figure.marks.iter().filter_map(|mark| Some((mark.percentile()?, mark.value()))).collect();
        assert!(percentiles.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1), "{figure:?}");
        assert!(!figure.marks.is_empty() && !figure.population.is_empty() && !figure.definition.is_empty());
        let is_share = ["g_yoy", "cmgr", "logo_churn", "nrr", "grr", "gm", "ebitda_m", "fcf_m", "exp_share"]
            .contains(&figure.metric);
        assert!(!is_share || figure.marks.iter().all(|mark| mark.value().abs() < 3.0), "{figure:?}");
        let is_known = figure.metric == "fcf_m"
            || FIRST_DAY.contains(&figure.metric)
            || OUTSIDE_CATALOGUE.contains(&figure.metric);
        assert!(is_known, "{}", figure.metric);
    }
}

#[test]
fn the_edges_of_our_bands_nest_in_those_of_saas_capital_and_openview() {
    let sources = ["SaaS Capital", "OpenView SaaS Benchmarks"];
    let edges = |range: crate::model::RevenueRange| [range.lower, range.upper].into_iter().flatten();
    let ours: Vec<f64> = RevenueBand::ALL.iter().flat_map(|band| edges(band.range())).collect();
    for figure in all().filter(|figure| sources.contains(&figure.source.name)) {
        assert!(edges(figure.revenue).all(|edge| ours.contains(&edge)), "{figure:?}");
    }
}

#[test]
fn secondary_citations_are_flagged_and_computed_ones_named() {
    let secondary = |metric: &str, name: &str| {
        all()
            .filter(|figure| figure.metric == metric && figure.source.name == name)
            .map(|figure| figure.source.is_secondary)
            .collect::<Vec<bool>>()
    };
    assert_eq!(secondary("g_yoy", "SaaS Capital"), [true, true, true, true, true, true, false, false, true]);
    assert!(
        all()
            .filter(|figure| ["nrr", "grr", "burn_mult"].contains(&figure.metric))
            .all(|figure| figure.source.is_secondary)
    );
    assert_eq!(secondary("rev_fte", "SaaS Capital"), [true; 6]);
    assert_eq!(secondary("rev_fte", "OpenView SaaS Benchmarks"), [false; 4]);
    let gm = for_company("gm", CompanyTraits::default());
    assert_eq!(
        gm[0].source.words(),
        "computed here from the TraceCohenTech data on public software companies, fiscal year 2024"
    );
}

#[test]
fn a_value_is_placed_between_published_values_only() {
    let quartiles = [Mark::P25(6.0), Mark::P50(16.0), Mark::P75(24.0)];
    let high = |value| place(value, &quartiles, Direction::High).unwrap().words();
    assert_eq!(high(19.0), "between the median and the 75th percentile");
    assert_eq!(
        [high(3.0), high(16.0), high(30.0)],
        ["below the 25th percentile", "at the median", "above the 75th percentile"]
    );
    let low = |value| place(value, &quartiles, Direction::Low).unwrap().words();
    assert_eq!(low(19.0), "between the 25th percentile and the median");
    assert_eq!([low(3.0), low(30.0)], ["above the 75th percentile", "below the 25th percentile"]);
    assert_eq!(place(1.0, &[], Direction::High), None);
    assert_eq!(place(f64::NAN, &quartiles, Direction::High), None);
    assert_eq!(
        place(3.0, &[Mark::P50(0.68), Mark::P90(2.42)], Direction::High).unwrap().words(),
        "above the 90th percentile"
    );
}

#[test]
fn an_edge_places_only_what_lies_before_it() {
    let traits = company(2e6, Industry::Software, Stage::Seed);
    let growth = for_company("cmgr", traits);
    assert_eq!((growth.len(), growth[0].precision), (1, Precision::MoreThan));
    let placed = |value| reference(growth[0], Some(value), Direction::High).placement.unwrap();
    let median = "the median".to_owned();
    assert_eq!(placed(0.01), Placement::Below(median.clone()));
    assert_eq!(placed(0.02), Placement::Below(median));
    assert_eq!(placed(0.03), Placement::Unplaced);
}

#[test]
fn the_most_fitting_figures_come_first() {
    let growth = for_company("g_yoy", company(2e6, Industry::Software, Stage::Seed));
    assert!(!growth[0].revenue.is_all() && growth[0].is_same_definition);
    assert_eq!(growth.last().unwrap().segment, Segment::PublicSoftware);
    let general: Vec<Option<u16>> = growth
        .iter()
        .filter(|figure| figure.revenue.is_all() && figure.segment == Segment::All)
        .map(|figure| figure.year())
        .collect();
    assert!(general.is_sorted_by(|a, b| a >= b) && general.len() > 3);
    let payback = for_company("cac_payback", company(2e6, Industry::Software, Stage::SeriesA));
    assert_eq!(payback[0].segment, Segment::Stage(Stage::SeriesA));
    assert_eq!(payback.len(), 2);
    let bootstrapped = for_company("nrr", company(4e6, Industry::Software, Stage::Bootstrapped));
    assert_eq!(bootstrapped[0].segment, Segment::Stage(Stage::Bootstrapped));
    assert!(for_company("unheard_of", CompanyTraits::default()).is_empty());
}

#[test]
fn references_carry_everything_needed_to_judge_them() {
    let figures = for_company("burn_mult", company(2e6, Industry::Software, Stage::Seed));
    let shown = reference(figures[0], Some(1.3), Direction::Low);
    assert_eq!(shown.source, "a16z Guide to Growth Metrics, edition not stated, via notes.alexkehayias.com");
    assert_eq!(shown.marks.iter().map(|mark| mark.value).collect::<Vec<f64>>(), [3.8, 1.6, 1.1]);
    assert_eq!(shown.marks[0].name, "the 25th percentile");
    assert_eq!(shown.placement.clone().unwrap().words(), "between the median and the 75th percentile");
    assert!(shown.is_secondary && shown.is_same_definition);
    let json = serde_json::to_string(&shown).unwrap();
    assert_eq!(serde_json::from_str::<crate::model::PublishedReference>(&json).unwrap(), shown);
    let scale = reference(figures[1], Some(1.3), Direction::Low).placement.unwrap().words();
    assert_eq!(scale, "between the edge of “great” and the edge of “amazing”");
    let software = all().find(|figure| figure.companies == Some(457)).unwrap();
    assert!(reference(software, None, Direction::High).population.ends_with("lean high, software"));
}
