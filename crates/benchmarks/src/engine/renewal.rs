//! Between snapshots: a cell is shown again only if nobody in it changed or enough companies did.

use std::collections::BTreeMap;

use kernel::WorkspaceId;

use super::{MAY_NOT_SINGLE_OUT, cells::Cell};
use crate::model::{Closure, Cohort};

/// Closes the open cells that differ from when they were last shown by a few companies only.
pub(super) fn close_barely_changed(cells: &mut [Cell], last_published: &[Cell]) {
    let earlier: BTreeMap<(&str, Cohort), &Cell> = last_published
        .iter()
        .filter(|cell| cell.published.is_open())
        .map(|cell| ((cell.published.metric.as_str(), cell.published.cohort), cell))
        .collect();
    for cell in cells.iter_mut().filter(|cell| cell.published.is_open()) {
        let before = earlier.get(&(cell.published.metric.as_str(), cell.published.cohort));
        let changed = before.map_or(0, |before| changed_companies(before, cell));
        if (1..MAY_NOT_SINGLE_OUT).contains(&changed) {
            cell.published.closure = Some(Closure::TooFewChanged);
        }
    }
}

/// How many companies joined, left or have another value.
fn changed_companies(before: &Cell, after: &Cell) -> usize {
    let values = |cell: &Cell| -> BTreeMap<WorkspaceId, u64> {
        cell.members.iter().map(|member| (member.company, member.placement.to_bits())).collect()
    };
    let (before, after) = (values(before), values(after));
    let left = before.keys().filter(|company| !after.contains_key(company)).count();
    left + after.iter().filter(|(company, value)| before.get(company) != Some(value)).count()
}
