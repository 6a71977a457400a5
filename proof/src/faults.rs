//! The faults: each breaks something that the program runs on, or the program itself, and shows what becomes of its promises.
//!
//! Everything happens on this machine, ends by itself, and leaves nothing behind.

mod backups;
mod broken_backups;
mod dawdlers;
mod ending;
mod full_disk;
mod ground;
mod killed;
mod load;
mod lost_database;
mod lost_provider;
mod lost_redis;
mod repeated;
mod rolling;
mod two_nodes;

use std::{pin::Pin, time::Instant};

use crate::{
    Failure,
    options::{Options, Part},
    report::{self, Line, Table},
    verdict::{Finding, not_carried_out},
};
use ground::Ground;

type Running<'a> = Pin<Box<dyn Future<Output = Finding> + 'a>>;

/// One thing that breaks.
struct Fault {
    id: &'static str,
    /// What breaks, and what has to hold.
    promise: &'static str,
    /// Where it can break.
    parts: &'static [Part],
    run: for<'a> fn(&'a Ground) -> Running<'a>,
}

const BOTH: &[Part] = &[Part::Sqlite, Part::Cluster];
const CLUSTER: &[Part] = &[Part::Cluster];

macro_rules! faults {
    ($($id:literal $parts:ident $promise:literal $function:path;)+) => {
        &[$(Fault { id: $id, parts: $parts, promise: $promise, run: |ground| Box::pin($function(ground)) }),+]
    };
}

const FAULTS: &[Fault] = faults! {
    "F1" BOTH "killed during uploads: what was acknowledged is there" killed::f01_what_was_acknowledged_is_there;
    "F3" BOTH "killed before the answer: what is sent again is done once" repeated::f03_what_is_sent_again_is_done_once;
    "F6" BOTH "a full disk: writes are refused, reads go on" full_disk::f06_a_full_disk_refuses_writes_and_nothing_else;
    "F7" CLUSTER "the database restarts: hardly anybody notices" lost_database::f07_hardly_anybody_notices_a_restart;
    "F8" CLUSTER "the database hangs: nobody waits for it" lost_database::f08_nobody_waits_for_a_database_that_hangs;
    "F9" CLUSTER "Redis dies and hangs: everything goes on" lost_redis::f09_everything_goes_on_without_redis;
    "F10" BOTH "the sign-in provider fails: who is signed in stays" lost_provider::f10_who_is_signed_in_needs_no_provider;
    "F11" BOTH "dawdlers are cut off, and nobody else feels them" dawdlers::f11_dawdlers_are_cut_off;
    "F12" BOTH "told to end: what was begun is ended first" ending::f12_what_was_begun_is_ended_first;
    "F13" CLUSTER "nodes restart one after the other, and the schema grows: nobody notices" rolling::f13_nobody_notices_a_rolling_restart;
    "F15" BOTH "two nodes are one, and two programs on one file are refused" two_nodes::f15_two_nodes_are_one;
    "F18" BOTH "backups come back, and broken ones are refused" backups::f18_backups_come_back_and_broken_ones_are_refused;
};

/// Carries out what the options want; whether nothing is broken.
pub(crate) async fn run(options: &Options) -> Result<bool, Failure> {
    let mut tables = Vec::new();
    for part in &options.parts {
        let wanted: Vec<&Fault> =
            FAULTS.iter().filter(|fault| options.wants(fault.id) && fault.parts.contains(part)).collect();
        if wanted.is_empty() {
            continue;
        }
        println!("\n== {} ==", part.title());
        let ground = Ground::prepare(options, *part).await?;
        let mut table = Table::new(part.title());
        for fault in wanted {
            let begun = Instant::now();
            let verdict = (fault.run)(&ground).await.unwrap_or_else(|failure| not_carried_out(&failure));
            let seconds = begun.elapsed().as_secs_f64();
            let line = Line { id: fault.id.to_owned(), promise: fault.promise.to_owned(), verdict, seconds };
            println!("{line}");
            table.lines.push(line);
        }
        tables.push(table);
    }
    println!();
    for table in &tables {
        println!("{}", table.in_short());
    }
    if let Some(file) = &options.write {
        report::write(file, "fault", &tables)?;
    }
    // Naming nothing that there is proves nothing.
    Ok(!tables.is_empty() && tables.iter().all(|table| !table.is_broken()))
}
