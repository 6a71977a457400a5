//! Snapshots of known and of random populations, and an attacker who compares everything that is shown.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Direction, WorkspaceId};
use proptest::prelude::*;

use super::*;
use crate::model::{Closure, Cohort, Extreme, PeerValue, Population, Profile, Quantiles, RevenueBand};
use accounts::{Industry, Stage};

const NRR: MetricRule<'static> = MetricRule { key: "nrr", direction: Direction::High };
const BURN: MetricRule<'static> = MetricRule { key: "burn_mult", direction: Direction::Low };

fn company(number: usize) -> WorkspaceId {
    format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
}

fn contribution(number: usize, profile: Profile, values: &[(&str, PeerValue)]) -> Contribution {
    Contribution {
        company: company(number),
        is_synthetic: false,
        owner: None,
        profile,
        values: values.iter().map(|(metric, value)| ((*metric).to_owned(), *value)).collect(),
    }
}

fn software(band: RevenueBand) -> Profile {
    Profile { industry: Some(Industry::Software), band: Some(band), stage: None }
}

/// So many companies of a profile, numbered from `first`, with their number as value.
fn companies(first: u32, count: u32, profile: Profile) -> Vec<Contribution> {
    let value = |number: u32| PeerValue::Known(f64::from(number));
    (first..first + count)
        .map(|number| contribution(number as usize, profile, &[("nrr", value(number))]))
        .collect()
}

fn freeze(contributions: &[Contribution]) -> Snapshot {
    Snapshot::freeze(Population::Live, contributions, &[NRR, BURN], &[])
}

fn closure(snapshot: &Snapshot, cohort: Cohort) -> Option<Closure> {
    snapshot.find("nrr", cohort).unwrap().published.closure
}

#[test]
fn quantiles_are_gated_by_evidence_and_rounded() {
    let quantiles = |count: u32| {
        let snapshot = freeze(&companies(1001, count, Profile::default()));
        snapshot.find("nrr", Cohort::All).unwrap().published.quantiles
    };
    assert_eq!(quantiles(5), Quantiles::default());
    assert_eq!(quantiles(7), Quantiles { p50: Some(1000.0), ..Quantiles::default() });
    let from_eleven =
        Quantiles { p25: Some(1010.0), p50: Some(1010.0), p75: Some(1020.0), ..Quantiles::default() };
    assert_eq!(quantiles(28), from_eleven);
    assert_eq!(
        quantiles(29),
        Quantiles { p10: Some(1000.0), p90: Some(1030.0), p50: Some(1020.0), ..from_eleven }
    );
}

#[test]
fn undefined_ratios_are_ranked_worst_and_never_published_as_numbers() {
    let undefined = PeerValue::Undefined(Extreme::Worst);
    let contributions: Vec<Contribution> = (1..=8_u32)
        .map(|number| {
            let value = if number > 5 { undefined } else { PeerValue::Known(f64::from(number)) };
            contribution(number as usize, Profile::default(), &[("burn_mult", value)])
        })
        .chain([contribution(9, Profile::default(), &[("burn_mult", PeerValue::Known(f64::NAN))])])
        .collect();
    let snapshot = freeze(&contributions);
    let cell = snapshot.find("burn_mult", Cohort::All).unwrap();
    assert_eq!((cell.published.contributors, cell.published.has_undefined), (8, true));
    // Between the fourth and the fifth of eight: dropping the undefined would have said 3.
    assert_eq!(cell.published.quantiles.p50, Some(4.5));
    let rank = cell.rank(undefined.placement(Direction::Low).unwrap(), Some(company(8))).unwrap();
    assert_eq!((rank.below(), rank.equal(), rank.others()), (5, 2, 7));
    assert_eq!(cell.rank(3.0, Some(company(3))).unwrap().below(), 2);
    assert_eq!(cell.rank(3.0, Some(company(3))).unwrap().equal(), 0);
    assert_eq!(cell.rank(3.0, None).unwrap().equal(), 1);
}

#[test]
fn a_child_that_leaves_a_few_of_its_parent_is_closed_with_the_reason() {
    let mut contributions = companies(1, 12, software(RevenueBand::From1MTo3M));
    contributions.extend(companies(50, 3, software(RevenueBand::Over50M)));
    let snapshot = freeze(&contributions);
    let child = Cohort::IndustryBand(Industry::Software, RevenueBand::From1MTo3M);
    assert_eq!(closure(&snapshot, Cohort::All), None);
    assert_eq!(closure(&snapshot, Cohort::Industry(Industry::Software)), None);
    assert_eq!(closure(&snapshot, child), Some(Closure::SinglesOutRest(Cohort::All)));
    // The band holds the same companies, so it would single out the same three.
    assert_eq!(
        closure(&snapshot, Cohort::Band(RevenueBand::From1MTo3M)),
        Some(Closure::SinglesOutRest(Cohort::All))
    );
    let small = Cohort::IndustryBand(Industry::Software, RevenueBand::Over50M);
    assert_eq!(closure(&snapshot, small), Some(Closure::TooFewPeers));
    let closed = &snapshot.find("nrr", child).unwrap().published;
    assert_eq!(closed.quantiles, Quantiles::default());
}

#[test]
fn a_family_that_leaves_a_few_of_its_parent_loses_its_smallest() {
    let at = |stage| Profile { stage: Some(stage), ..Profile::default() };
    let mut contributions = companies(1, 20, at(Stage::Seed));
    contributions.extend(companies(30, 8, at(Stage::SeriesA)));
    contributions.extend(companies(50, 2, at(Stage::SeriesB)));
    let snapshot = freeze(&contributions);
    assert_eq!(closure(&snapshot, Cohort::Stage(Stage::Seed)), None);
    assert_eq!(closure(&snapshot, Cohort::Stage(Stage::SeriesA)), Some(Closure::SinglesOutRest(Cohort::All)));
}

#[test]
fn companies_of_one_owner_do_not_hide_the_few_others() {
    let mut contributions = companies(1, 10, Profile::default());
    for contribution in contributions.iter_mut().take(6) {
        contribution.owner = Some("fund".to_owned());
    }
    assert_eq!(closure(&freeze(&contributions), Cohort::All), Some(Closure::OneOwner));
    contributions[5].owner = None;
    assert_eq!(closure(&freeze(&contributions), Cohort::All), None);
}

#[test]
fn synthetic_companies_never_mix_with_real_ones() {
    let mut contributions = companies(1, 10, Profile::default());
    for contribution in contributions.iter_mut().skip(3) {
        contribution.is_synthetic = true;
    }
    assert_eq!(closure(&freeze(&contributions), Cohort::All), Some(Closure::TooFewPeers));
    let synthetic = Snapshot::freeze(Population::Synthetic, &contributions, &[NRR], &[]);
    assert_eq!(synthetic.find("nrr", Cohort::All).unwrap().published.contributors, 7);
}

#[test]
fn a_cell_is_shown_again_only_if_nobody_or_enough_companies_changed() {
    let before = companies(1, 20, Profile::default());
    let published = freeze(&before);
    let again = |after: &[Contribution]| {
        let snapshot = Snapshot::freeze(Population::Live, after, &[NRR], &published.cells);
        closure(&snapshot, Cohort::All)
    };
    assert_eq!(again(&before), None);
    assert_eq!(again(&before[1..]), Some(Closure::TooFewChanged));
    assert_eq!(again(&companies(1, 24, Profile::default())), Some(Closure::TooFewChanged));
    assert_eq!(again(&companies(1, 25, Profile::default())), None);
    assert_eq!(again(&companies(3, 21, Profile::default())), None);
}

#[test]
fn equal_contributions_in_any_order_give_equal_bytes() {
    let mut contributions = companies(1, 30, software(RevenueBand::From1MTo3M));
    let bytes = freeze(&contributions).canonical_bytes();
    contributions.reverse();
    assert_eq!(freeze(&contributions).canonical_bytes(), bytes);
    contributions[0].values.insert("nrr".to_owned(), PeerValue::Known(0.5));
    assert_ne!(freeze(&contributions).canonical_bytes(), bytes);
}

/// Everything an attacker can see of a metric, with the companies behind it, which he is assumed to know.
fn shown(snapshot: &Snapshot, metric: &str) -> Vec<(Cohort, BTreeSet<WorkspaceId>)> {
    let open =
        snapshot.cells.iter().filter(|cell| cell.published.metric == metric && cell.published.is_open());
    open.map(|cell| (cell.published.cohort, cell.members.iter().map(|member| member.company).collect()))
        .collect()
}

/// The smallest group that nested cells, alone or as a family of one kind, single out.
fn smallest_singled_out(cells: &[(Cohort, BTreeSet<WorkspaceId>)]) -> Option<usize> {
    let mut singled_out = Vec::new();
    for (_, parent) in cells {
        let mut families: BTreeMap<&str, BTreeSet<WorkspaceId>> = BTreeMap::new();
        for (cohort, inner) in cells.iter().filter(|(_, inner)| inner.is_subset(parent) && inner != parent) {
            singled_out.push(parent.len() - inner.len());
            if !matches!(cohort, Cohort::IndustryBandGroup(..)) {
                families.entry(cohort.dimensions()).or_default().extend(inner);
            }
        }
        singled_out.extend(families.values().map(|union| parent.len() - union.len()));
    }
    singled_out.into_iter().filter(|size| *size > 0).min()
}

fn maybe<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    // Few groups of uneven size, and some companies that have not said.
    prop_oneof![
        8 => Just(Some(all[0])), 4 => Just(Some(all[1])), 2 => Just(Some(all[2])), 1 => Just(all.get(3).copied()), 1 => Just(None)
    ]
}

fn population() -> impl Strategy<Value = Vec<Contribution>> {
    let profile = (maybe(Industry::ALL), maybe(RevenueBand::ALL), maybe(Stage::ALL))
        .prop_map(|(industry, band, stage)| Profile { industry, band, stage });
    let one = (profile, -5..5_i32, any::<bool>(), prop::option::weighted(0.2, 0..3_u8));
    prop::collection::vec(one, 0..160).prop_map(|drawn| {
        let contributions =
            drawn.into_iter().enumerate().map(|(number, (profile, value, reports_burn, owner))| {
                let value = PeerValue::Known(f64::from(value));
                let values = [("nrr", value), ("burn_mult", value)];
                let reported = if reports_burn { &values[..] } else { &values[..1] };
                let owner = owner.map(|owner| format!("owner {owner}"));
                Contribution { owner, ..contribution(number, profile, reported) }
            });
        contributions.collect()
    })
}

proptest! {
    #[test]
    fn no_comparison_of_what_is_shown_singles_out_fewer_than_five(contributions in population()) {
        let snapshot = freeze(&contributions);
        for metric in ["nrr", "burn_mult"] {
            let cells = shown(&snapshot, metric);
            prop_assert!(cells.iter().all(|(_, members)| members.len() > FEWEST_OTHERS));
            prop_assert!(smallest_singled_out(&cells).is_none_or(|size| size >= MAY_NOT_SINGLE_OUT));
        }
        for cell in snapshot.cells.iter().filter(|cell| !cell.published.is_open()) {
            prop_assert_eq!(cell.published.quantiles, Quantiles::default());
        }
    }

    #[test]
    fn every_step_of_every_company_finds_its_cell(contributions in population()) {
        let snapshot = freeze(&contributions);
        for contribution in &contributions {
            for rung in ladder(contribution.profile) {
                let cell = snapshot.find("nrr", rung.cohort).unwrap();
                prop_assert!(cell.members.iter().any(|member| member.company == contribution.company));
                prop_assert!(cell.members.is_sorted_by(|a, b| a.placement <= b.placement));
            }
        }
    }
}

#[test]
fn the_attacker_would_win_without_suppression() {
    let mut contributions = companies(1, 12, software(RevenueBand::From1MTo3M));
    contributions.extend(companies(50, 3, software(RevenueBand::Over50M)));
    let mut snapshot = freeze(&contributions);
    for cell in &mut snapshot.cells {
        if matches!(cell.published.closure, Some(Closure::SinglesOutRest(_))) {
            cell.published.closure = None;
        }
    }
    assert_eq!(smallest_singled_out(&shown(&snapshot, "nrr")), Some(3));
}
