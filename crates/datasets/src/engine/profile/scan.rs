//! Carries the blocks of a file to the threads that look at their cells.

use std::{
    io::Read,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
};

use super::{
    ColumnScan,
    columns::{Budget, shortened},
};
use crate::{
    ColumnFormat, Delimiter,
    engine::{
        FileError, Limits,
        cells::{read, trimmed},
        personal::look,
        reading::{Block, BlockReader, Blocks, Layout, Record, RejectedRow, Row, RowFault},
    },
};

/// What all rows of a file have been.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) columns: Vec<ColumnScan>,
    pub(crate) rows: u64,
    pub(crate) blank_rows: u64,
    pub(crate) comments: u64,
    /// Rows that cannot be read: the first of them.
    pub(crate) faults: Vec<Fault>,
    pub(crate) fault_count: u64,
    /// Cells that are plainly personal in rows that no column counts: those that cannot be read, and the totals.
    stray_in_others: u64,
    /// The last row that each thread saw, where it looks like a total: not counted until it is known whether it is the last of all.
    held: Vec<Held>,
    /// The totals row that was left out.
    pub(crate) totals: Option<String>,
    last_line: u64,
    limits: Limits,
}

/// A row that cannot be read.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    pub(crate) value: String,
    pub(crate) cause: RowFault,
}

#[derive(Debug)]
struct Held {
    line: u64,
    cells: Vec<String>,
}

impl Tally {
    fn new(columns: usize, limits: &Limits) -> Self {
        let columns = std::iter::repeat_with(ColumnScan::default).take(columns).collect();
        Self { columns, limits: *limits, ..Self::default() }
    }

    fn absorb(&mut self, row: Row<'_>, budget: &mut Budget) {
        self.rows += 1;
        self.count_held(budget);
        match row {
            Row::Record(record) => self.absorb_record(record, budget),
            Row::Rejected(row) => self.absorb_rejected(row),
        }
    }

    fn absorb_record(&mut self, record: Record<'_>, budget: &mut Budget) {
        self.last_line = record.line;
        if record.looks_like_total() {
            self.held.push(Held { line: record.line, cells: record.cells().map(str::to_owned).collect() });
            return;
        }
        for (column, cell) in self.columns.iter_mut().zip(record.cells()) {
            column.absorb(cell, record.line, budget);
        }
    }

    /// Counts what was held: it is not the last row. Before the next one is, so that the first cells stay the first.
    fn count_held(&mut self, budget: &mut Budget) {
        for held in std::mem::take(&mut self.held) {
            for (column, cell) in self.columns.iter_mut().zip(&held.cells) {
                column.absorb(cell, held.line, budget);
            }
        }
    }

    fn absorb_rejected(&mut self, row: RejectedRow<'_>) {
        self.last_line = row.line;
        self.fault_count += 1;
        self.absorb_stray(row.cells());
        if self.faults.len() < self.limits.problems {
            let value = if row.fault.column().is_some() {
                row.value()
            } else {
                row.cells().next().unwrap_or_default()
            };
            self.faults.push(Fault { line: row.line, value: shortened(&value), cause: row.fault });
        }
    }

    fn absorb_stray(&mut self, cells: impl Iterator<Item = String>) {
        let is_telling = |cell: &String| match trimmed(cell) {
            "" => false,
            text => look(text, read(text).readings).is_telling(),
        };
        self.stray_in_others += cells.filter(is_telling).count() as u64;
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.blank_rows += other.blank_rows;
        self.comments += other.comments;
        self.fault_count += other.fault_count;
        self.stray_in_others += other.stray_in_others;
        self.faults.extend(other.faults);
        self.faults.sort_by_key(|fault| fault.line);
        self.faults.truncate(self.limits.problems);
        self.held.extend(other.held);
        self.last_line = self.last_line.max(other.last_line);
        for (column, theirs) in self.columns.iter_mut().zip(other.columns) {
            column.merge(theirs, &self.limits);
        }
    }

    /// Whether cells are plainly personal that stand in none of the columns that are, or in rows that no column counts.
    pub(crate) fn has_stray_personal_data(&self, columns: &[ColumnFormat]) -> bool {
        let is_stray = |(column, scan): (&ColumnFormat, &ColumnScan)| {
            !column.hides().is_personal() && scan.seen.stray > 0
        };
        self.stray_in_others > 0 || columns.iter().zip(&self.columns).any(is_stray)
    }

    /// Leaves a row that looks like a total out if it is the last of several, and counts all others.
    pub(crate) fn settle_totals(&mut self) -> Option<u64> {
        let last_line = self.last_line;
        let mut others = Self::new(self.columns.len(), &self.limits);
        let (last, mut counted): (Vec<Held>, Vec<Held>) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.line == last_line && self.rows > 1);
        counted.sort_by_key(|held| held.line);
        others.held = counted;
        others.count_held(&mut Budget::new(&self.limits));
        self.merge(others);
        let left_out = last.into_iter().next()?;
        self.rows -= 1;
        self.totals = left_out.cells.iter().find(|cell| !cell.trim().is_empty()).cloned();
        self.absorb_stray(left_out.cells.into_iter());
        Some(left_out.line)
    }
}

/// Everything a thread needs to look at cells.
struct Worker {
    reader: BlockReader,
    tally: Tally,
    budget: Budget,
}

impl Worker {
    fn new(layout: &Layout, delimiter: Delimiter, limits: &Limits) -> Self {
        let columns = layout.headers.len();
        let reader = BlockReader::for_layout(delimiter, columns, layout.header_line, limits);
        Self { reader, tally: Tally::new(columns, limits), budget: Budget::new(limits) }
    }

    fn look_at(&mut self, block: &Block) -> Result<(), FileError> {
        self.reader.start(block);
        while let Some(row) = self.reader.next_row(block)? {
            self.tally.absorb(row, &mut self.budget);
        }
        Ok(())
    }

    fn finish(mut self) -> Tally {
        self.tally.blank_rows = self.reader.blank_rows();
        self.tally.comments = self.reader.comments();
        self.tally
    }
}

/// Looks at every cell of a file.
pub(crate) fn scan<R: Read>(
    blocks: &mut Blocks<R>,
    layout: &Layout,
    limits: &Limits,
) -> Result<Tally, FileError> {
    let mut worker = Worker::new(layout, layout.delimiter, limits);
    let Some(first) = blocks.next_block(Block::default())? else { return Ok(worker.finish()) };
    let second = if limits.threads > 1 { blocks.next_block(Block::default())? } else { None };
    worker.look_at(&first)?;
    if let Some(second) = second {
        return scan_together(blocks, second, worker, layout, limits);
    }
    let mut recycled = first;
    while let Some(block) = blocks.next_block(recycled)? {
        worker.look_at(&block)?;
        recycled = block;
    }
    Ok(worker.finish())
}

/// The calling thread reads blocks, the others look at them.
fn scan_together<R: Read>(
    blocks: &mut Blocks<R>,
    second: Block,
    worker: Worker,
    layout: &Layout,
    limits: &Limits,
) -> Result<Tally, FileError> {
    let (send, receive) = sync_channel(limits.threads);
    let (give_back, returned) = channel();
    let receive = Mutex::new(receive);
    let has_failed = AtomicBool::new(false);
    let workers = std::iter::once(worker)
        .chain(std::iter::repeat_with(|| Worker::new(layout, layout.delimiter, limits)))
        .take(limits.threads)
        .collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let (receive, has_failed) = (&receive, &has_failed);
        let threads: Vec<_> = workers
            .into_iter()
            .map(|worker| {
                let give_back = give_back.clone();
                scope.spawn(move || work(worker, receive, &give_back, has_failed))
            })
            .collect();
        let fed = feed(blocks, second, &send, &returned, has_failed);
        drop(send);
        let outcomes = threads.into_iter().map(|thread| {
            // A panic is a fault of ours and goes on to whoever catches panics.
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        gather(outcomes.collect(), fed)
    })
}

fn feed<R: Read>(
    blocks: &mut Blocks<R>,
    second: Block,
    send: &SyncSender<Block>,
    returned: &Receiver<Block>,
    has_failed: &AtomicBool,
) -> Result<(), FileError> {
    let mut next = Some(second);
    while let Some(block) = next {
        if has_failed.load(Ordering::Relaxed) || send.send(block).is_err() {
            break;
        }
        next = blocks.next_block(returned.try_recv().unwrap_or_default())?;
    }
    Ok(())
}

fn work(
    mut worker: Worker,
    receive: &Mutex<Receiver<Block>>,
    give_back: &Sender<Block>,
    has_failed: &AtomicBool,
) -> Result<Tally, FileError> {
    loop {
        // The lock is held while waiting: the others wait for the same.
        let block = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(block) = block else { return Ok(worker.finish()) };
        if has_failed.load(Ordering::Relaxed) {
            // Taken so that the feeding thread is never stuck; the file is refused anyway.
            continue;
        }
        if let Err(error) = worker.look_at(&block) {
            has_failed.store(true, Ordering::Relaxed);
            return Err(error);
        }
        // Nobody takes it back once the file has been read.
        let _unneeded = give_back.send(block);
    }
}

/// One tally of all; or the error that comes first in the file, whoever found it.
fn gather(outcomes: Vec<Result<Tally, FileError>>, fed: Result<(), FileError>) -> Result<Tally, FileError> {
    let mut all: Option<Tally> = None;
    let mut failure = fed.err();
    for outcome in outcomes {
        match outcome {
            Ok(tally) => match &mut all {
                Some(all) => all.merge(tally),
                None => all = Some(tally),
            },
            Err(error) => {
                let is_earlier = failure.as_ref().is_none_or(|known| error.line() < known.line());
                failure = if is_earlier { Some(error) } else { failure };
            }
        }
    }
    match failure {
        Some(error) => Err(error),
        None => Ok(all.unwrap_or_default()),
    }
}
