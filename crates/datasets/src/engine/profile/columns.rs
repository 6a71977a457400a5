//! What the cells of one column have been so far.

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
};

use crate::engine::{
    Limits,
    cells::{Reading, Readings, read, trimmed},
    personal::{Seen, look},
};

/// Letters of a cell that are kept to be shown.
const SHOWN_LETTERS: usize = 80;
/// Different cells kept to be shown.
const SAMPLES: usize = 3;

/// The cells of one column: counted by the ways they can be read, with the first of each kind kept.
#[derive(Debug, Default)]
pub(crate) struct ColumnScan {
    pub(crate) filled: u64,
    pub(crate) empty: u64,
    pub(crate) samples: Vec<Placed>,
    pub(crate) distinct: Distinct,
    pub(crate) classes: Vec<Class>,
    /// What its cells say about people.
    pub(crate) seen: Seen,
    /// The class of the last cell, which is most likely that of the next.
    recent: usize,
}

/// A cell and the line of its row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placed {
    pub(crate) line: u64,
    pub(crate) text: String,
}

/// All cells of a column that can be read in the same ways.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) readings: Readings,
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Vec<Placed>,
    /// By the first and by the second order.
    pub(crate) ranges: [Range; 2],
}

/// The smallest and the largest of some cells.
#[derive(Debug, Default)]
pub(crate) struct Range {
    pub(crate) smallest: Option<Extreme>,
    pub(crate) largest: Option<Extreme>,
}

/// A cell that lies at one end.
#[derive(Debug)]
pub(crate) struct Extreme {
    order: f64,
    pub(crate) cell: Placed,
}

/// What one thread may still keep: bounds memory for files made to exhaust it.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: usize,
    cells_of_a_class: usize,
    distinct: usize,
}

impl Budget {
    /// The budget for a file with so many columns.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { bytes: 8 * 1024 * 1024, cells_of_a_class: limits.problems, distinct: limits.distinct }
    }
}

impl ColumnScan {
    /// Counts a cell.
    pub(crate) fn absorb(&mut self, cell: &str, line: u64, budget: &mut Budget) {
        let trimmed = trimmed(cell);
        if trimmed.is_empty() {
            self.empty += 1;
            return;
        }
        self.filled += 1;
        if self.samples.len() < SAMPLES
            && !self.samples.iter().any(|sample| is_shown_as(&sample.text, trimmed))
        {
            self.samples.push(Placed { line, text: shortened(trimmed) });
        }
        self.distinct.insert(trimmed.as_bytes(), budget.distinct);
        let reading = read(trimmed);
        self.seen.absorb(look(trimmed, reading.readings));
        let place = self.class_place(reading.readings);
        let Some(class) = self.classes.get_mut(place) else { return };
        class.count += 1;
        class.stretch(reading, trimmed, line);
        if class.first.len() < budget.cells_of_a_class && budget.bytes > 0 {
            let text = shortened(trimmed);
            budget.bytes = budget.bytes.saturating_sub(text.len() + size_of::<Placed>());
            class.first.push(Placed { line, text });
        }
    }

    /// Adds what another thread has seen of the same column.
    pub(crate) fn merge(&mut self, other: Self, limits: &Limits) {
        self.filled += other.filled;
        self.empty += other.empty;
        self.samples.extend(other.samples);
        self.samples.sort();
        let mut seen = HashSet::new();
        self.samples.retain(|sample| seen.insert(sample.text.clone()));
        self.samples.truncate(SAMPLES);
        self.distinct.merge(other.distinct, limits.distinct);
        self.seen.merge(&other.seen);
        for theirs in other.classes {
            let place = self.class_place(theirs.readings);
            let Some(ours) = self.classes.get_mut(place) else { continue };
            ours.count += theirs.count;
            ours.first.extend(theirs.first);
            ours.first.sort();
            ours.first.truncate(limits.problems);
            for (range, their_range) in ours.ranges.iter_mut().zip(theirs.ranges) {
                range.merge(their_range);
            }
        }
    }

    /// How many cells have readings with some property.
    pub(crate) fn count(&self, matches: impl Fn(Readings) -> bool) -> u64 {
        self.classes.iter().filter(|class| matches(class.readings)).map(|class| class.count).sum()
    }

    /// How many cells have a value.
    pub(crate) fn valued(&self) -> u64 {
        self.filled - self.count(|cell| cell.meets(Readings::MISSING))
    }

    /// The place of the class with these readings, which is made if there is none.
    fn class_place(&mut self, readings: Readings) -> usize {
        let is_recent = self.classes.get(self.recent).is_some_and(|class| class.readings == readings);
        if !is_recent {
            let known = self.classes.iter().position(|class| class.readings == readings);
            self.recent = known.unwrap_or_else(|| {
                self.classes.push(Class {
                    readings,
                    count: 0,
                    first: Vec::new(),
                    ranges: Default::default(),
                });
                self.classes.len() - 1
            });
        }
        self.recent
    }
}

impl Class {
    fn stretch(&mut self, reading: Reading, text: &str, line: u64) {
        let has_order = reading.readings.meets(Readings::NUMBERS) || reading.readings.meets(Readings::DATES);
        if !has_order {
            return;
        }
        let [first, second] = &mut self.ranges;
        first.stretch(reading.order, text, line);
        if reading.readings.has_two_orders() {
            second.stretch(reading.second_order, text, line);
        }
    }
}

impl Range {
    fn stretch(&mut self, order: f64, text: &str, line: u64) {
        if self.smallest.as_ref().is_none_or(|smallest| order < smallest.order) {
            Extreme::put(&mut self.smallest, order, text, line);
        }
        if self.largest.as_ref().is_none_or(|largest| order > largest.order) {
            Extreme::put(&mut self.largest, order, text, line);
        }
    }

    /// Adds the ends of another range; of equal cells the one that comes first in the file stays.
    pub(crate) fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.smallest
            && self.smallest.as_ref().is_none_or(|ours| theirs.is_before(ours))
        {
            self.smallest = Some(theirs);
        }
        if let Some(theirs) = other.largest
            && self.largest.as_ref().is_none_or(|ours| theirs.is_after(ours))
        {
            self.largest = Some(theirs);
        }
    }
}

impl Extreme {
    /// Whether it is smaller, or as small and earlier in the file.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        (self.order, self.cell.line) < (other.order, other.cell.line)
    }

    /// Whether it is larger, or as large and earlier in the file.
    pub(crate) fn is_after(&self, other: &Self) -> bool {
        (self.order, other.cell.line) > (other.order, self.cell.line)
    }

    /// Replaces the cell in place, so that a sorted column does not allocate for each of its cells.
    fn put(slot: &mut Option<Self>, order: f64, text: &str, line: u64) {
        let extreme = slot.get_or_insert_with(|| Self { order, cell: Placed { line, text: String::new() } });
        (extreme.order, extreme.cell.line) = (order, line);
        extreme.cell.text.clear();
        extreme.cell.text.push_str(text);
    }
}

/// Different cells, told apart by hash, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    hashes: HashSet<u64, BuildHasherDefault<Unchanged>>,
    pub(crate) is_capped: bool,
}

impl Distinct {
    /// How many were counted.
    pub(crate) fn count(&self) -> u64 {
        self.hashes.len() as u64
    }

    fn insert(&mut self, cell: &[u8], limit: usize) {
        if !self.is_capped {
            self.insert_hash(hash(cell), limit);
        }
    }

    fn insert_hash(&mut self, hash: u64, limit: usize) {
        if self.hashes.len() < limit {
            self.hashes.insert(hash);
        } else if !self.hashes.contains(&hash) {
            self.is_capped = true;
        }
    }

    fn merge(&mut self, other: Self, limit: usize) {
        self.is_capped |= other.is_capped;
        for hash in other.hashes {
            self.insert_hash(hash, limit);
        }
    }
}

/// Two multiplications for every eight bytes: enough to tell cells apart, and far cheaper than a keyed hash.
fn hash(cell: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(FACTOR);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
        let folded = (product as u64) ^ ((product >> 64) as u64);
        folded.wrapping_add(FACTOR)
    };
    let (words, rest) = cell.as_chunks::<8>();
    let state = words.iter().fold(cell.len() as u64, |state, word| mix(state, u64::from_le_bytes(*word)));
    let tail = rest.iter().fold(0_u64, |tail, byte| tail << 8 | u64::from(*byte));
    mix(mix(state, tail), 0)
}

/// A hasher for what is a hash already.
#[derive(Default)]
pub(crate) struct Unchanged(u64);

impl Hasher for Unchanged {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// The first letters of a cell, with an ellipsis if more follow.
pub(crate) fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(SHOWN_LETTERS) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell.to_owned(),
    }
}

fn is_shown_as(shown: &str, cell: &str) -> bool {
    shown == cell || (cell.len() > SHOWN_LETTERS && shown == shortened(cell))
}
