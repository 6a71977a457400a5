//! The probes: each shows one promise of the program, or that it does not hold.

mod cast;
mod operations;
mod pages;
mod tenancy;
mod truth;
mod verdict;
mod world;

use std::{pin::Pin, time::Instant};

use crate::{
    Failure,
    options::{Options, Part},
};
use verdict::{Finding, Verdict};
use world::World;

type Running<'a> = Pin<Box<dyn Future<Output = Finding> + Send + 'a>>;

/// One promise.
struct Probe {
    id: &'static str,
    /// The promise in a few words.
    promise: &'static str,
    run: for<'a> fn(&'a World) -> Running<'a>,
}

macro_rules! probes {
    ($($id:literal $promise:literal $function:path;)+) => {
        &[$(Probe { id: $id, promise: $promise, run: |world| Box::pin($function(world)) }),+]
    };
}

const PROBES: &[Probe] = probes! {
    "P1" "ids of others are answered like unknown ones" tenancy::p01_foreign_ids_are_answered_like_unknown_ones;
    "P2" "mixed ids store nothing" tenancy::p02_mixed_ids_store_nothing;
    "P3" "no answer holds a word of others" tenancy::p03_no_answer_holds_a_word_of_others;
    "P4" "every role may do what the table says" tenancy::p04_every_role_may_do_what_the_table_says;
    "P5" "nobody promotes themselves" tenancy::p05_nobody_promotes_themselves;
    "P6" "fields nobody asked for are refused" tenancy::p06_fields_that_nobody_asked_for_are_refused;
    "P7" "a right ends at once" tenancy::p07_a_right_ends_at_once;
};

/// One line of a table.
struct Line {
    id: String,
    promise: String,
    verdict: Verdict,
    seconds: f64,
}

/// Carries out what the options want; whether nothing is broken.
pub(crate) async fn run(options: &Options) -> Result<bool, Failure> {
    let mut tables = Vec::new();
    for part in &options.parts {
        println!("\n== {} ==", part.title());
        let lines = match part {
            Part::Sqlite | Part::Cluster => all(options, *part == Part::Cluster).await?,
            Part::Schemathesis | Part::Observatory => Vec::new(),
        };
        tables.push((*part, lines));
    }
    let broken: usize =
        tables.iter().map(|(_, lines)| lines.iter().filter(|line| line.verdict.is_broken()).count()).sum();
    println!("{broken} broken");
    Ok(broken == 0)
}

async fn all(options: &Options, is_cluster: bool) -> Result<Vec<Line>, Failure> {
    let world = World::start(options, is_cluster).await?;
    let mut lines = Vec::new();
    for probe in PROBES.iter().filter(|probe| options.wants(probe.id)) {
        let begun = Instant::now();
        let verdict = (probe.run)(&world).await.unwrap_or_else(|failure| {
            Verdict::Broken(format!("the probe could not be carried out: {failure}"))
        });
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{:4} {:6} {}: {} ({seconds:.1} s)",
            probe.id,
            verdict.word(),
            probe.promise,
            verdict.words()
        );
        lines.push(Line { id: probe.id.to_owned(), promise: probe.promise.to_owned(), verdict, seconds });
    }
    Ok(lines)
}
