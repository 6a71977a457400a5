//! Complementary suppression: no two cells shown together may single out a few companies.
//!
//! Two rules, applied until nothing changes. *Pairs:* if one open cell lies inside another and fewer than five
//! companies, but some, are left over, the inner cell is closed. *Families:* if the open cells of one kind inside a
//! larger cell (all its bands, say) together leave out fewer than five companies, but some, the smallest of them is
//! closed. Cells count as nested by the companies in them, not only by their definition. Dominance rules (no company
//! above a share of a sum) are not needed: only rounded percentiles are published, never sums or means.

use std::{collections::BTreeMap, mem::Discriminant};

use super::cells::Cell;
use crate::model::{Closure, Cohort, Profile};

/// Of every open cell, so many companies must remain besides any one viewer and the companies of one owner.
pub const FEWEST_OTHERS: usize = 5;
/// No comparison of open cells may single out fewer companies than this.
pub const MAY_NOT_SINGLE_OUT: usize = 5;

/// Closes the cells that would single out a few companies. `profiles` has one entry for each contributor.
pub(super) fn close_singling_out(cells: &mut [Cell], profiles: &[Profile]) {
    let map = Map::of(profiles);
    let mut regions: Vec<Region> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.published.is_open())
        .map(|(place, cell)| map.region(place, cell.published.cohort))
        .collect();
    // The largest first, so that closing begins where it decides most; equal sizes in the order of cohorts.
    regions.sort_by_key(|region| std::cmp::Reverse(region.size));
    while close_once(&map, &mut regions, cells) {}
}

/// Goes through all regions once; whether anything was closed, which may open a breach in a region seen before.
fn close_once(map: &Map, regions: &mut Vec<Region>, cells: &mut [Cell]) -> bool {
    let before = regions.len();
    // What is closed lies inside its parent, so it is smaller and comes later: places up to the parent stay.
    let mut place = 0;
    while let Some(parent) = regions.get(place) {
        match map.breach(parent, regions) {
            Some(inner) => {
                let closure = Closure::SinglesOutRest(parent.cohort);
                let closed = regions.remove(inner);
                if let Some(cell) = cells.get_mut(closed.cell) {
                    cell.published.closure = Some(closure);
                }
            }
            None => place += 1,
        }
    }
    regions.len() < before
}

/// The contributors by profile. Companies of one profile are in the same cells, so regions are sets of profiles.
struct Map {
    profiles: Vec<(Profile, usize)>,
}

/// An open cell as a set of profiles.
struct Region {
    cell: usize,
    cohort: Cohort,
    profiles: Bits,
    size: usize,
}

type Bits = Vec<u64>;

impl Map {
    fn of(profiles: &[Profile]) -> Self {
        let mut sizes: BTreeMap<Profile, usize> = BTreeMap::new();
        for profile in profiles {
            *sizes.entry(*profile).or_default() += 1;
        }
        Self { profiles: sizes.into_iter().collect() }
    }

    fn region(&self, cell: usize, cohort: Cohort) -> Region {
        let profiles = self
            .profiles
            .chunks(64)
            .map(|chunk| {
                chunk.iter().enumerate().fold(0_u64, |word, (bit, (profile, _))| {
                    word | u64::from(cohort.contains(*profile)) << bit
                })
            })
            .collect();
        Region { cell, cohort, size: self.size(&profiles), profiles }
    }

    fn size(&self, bits: &Bits) -> usize {
        let words = self.profiles.chunks(64).zip(bits);
        words.map(|(chunk, word)| chunk_size(chunk, *word)).sum()
    }

    /// The place of a region to close because it would single out a few companies of `parent`.
    fn breach(&self, parent: &Region, regions: &[Region]) -> Option<usize> {
        let inside: Vec<(usize, &Region)> = regions
            .iter()
            .enumerate()
            .filter(|(_, inner)| inner.size < parent.size && is_within(&inner.profiles, &parent.profiles))
            .collect();
        pair_breach(parent, &inside).or_else(|| self.family_breach(parent, &inside))
    }

    fn family_breach(&self, parent: &Region, inside: &[(usize, &Region)]) -> Option<usize> {
        let mut families: Vec<(Discriminant<Cohort>, Bits, usize)> = Vec::new();
        // The groups of neighbouring bands overlap, so they do not divide anything.
        let dividing =
            inside.iter().filter(|(_, inner)| !matches!(inner.cohort, Cohort::IndustryBandGroup(..)));
        for (place, inner) in dividing {
            let kind = std::mem::discriminant(&inner.cohort);
            match families.iter_mut().find(|(other, ..)| *other == kind) {
                Some((_, union, smallest)) => {
                    union.iter_mut().zip(&inner.profiles).for_each(|(word, more)| *word |= more);
                    // Regions come from the largest to the smallest.
                    *smallest = *place;
                }
                None => families.push((kind, inner.profiles.clone(), *place)),
            }
        }
        let breach = families.into_iter().find(|(_, union, _)| singles_out(parent.size - self.size(union)));
        breach.map(|(.., smallest)| smallest)
    }
}

fn pair_breach(parent: &Region, inside: &[(usize, &Region)]) -> Option<usize> {
    inside.iter().find(|(_, inner)| singles_out(parent.size - inner.size)).map(|(place, _)| *place)
}

fn singles_out(left_over: usize) -> bool {
    (1..MAY_NOT_SINGLE_OUT).contains(&left_over)
}

fn is_within(inner: &Bits, outer: &Bits) -> bool {
    inner.iter().zip(outer).all(|(inner, outer)| inner & !outer == 0)
}

fn chunk_size(chunk: &[(Profile, usize)], word: u64) -> usize {
    let here = chunk.iter().enumerate().filter(|(bit, _)| word >> bit & 1 == 1);
    here.map(|(_, (_, size))| size).sum()
}
