//! What a run of a target came to, from what libFuzzer writes.

use std::path::{Path, PathBuf};

/// Lines of a log that say what went wrong.
const TOLD: usize = 12;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    runs: u64,
    seconds: u64,
    /// Edges of the program that some input went over.
    edges: u64,
    found: Option<Found>,
}

/// An input that breaks a promise, or a run that could not go on.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    input: Option<PathBuf>,
    words: String,
    log: PathBuf,
}

impl Outcome {
    /// Reads the log of a run that ended well or not.
    pub(super) fn read(log: &str, has_ended_well: bool, file: &Path) -> Self {
        let done = log.lines().find_map(|line| {
            let (runs, seconds) = line.strip_prefix("Done ")?.split_once(" runs in ")?;
            Some((runs.parse().ok()?, first_number(seconds)))
        });
        // Without its last line, the run broke off at the last one that counts.
        let last = log.lines().filter_map(|line| line.strip_prefix('#')).map(first_number).next_back();
        let (runs, seconds) = done.unwrap_or((last.unwrap_or_default(), 0));
        let edges =
            log.lines().filter_map(|line| Some(first_number(line.split_once(" cov: ")?.1))).next_back();
        let found = (!has_ended_well).then(|| Found {
            input: log.lines().find_map(|line| Some(line.split_once("Test unit written to ")?.1.into())),
            words: told(log),
            log: file.to_owned(),
        });
        Self { runs, seconds, edges: edges.unwrap_or_default(), found }
    }

    /// `csv_ingest   1234567 runs   20576 runs/s   1402 edges   holds`.
    pub(super) fn line(&self, target: &str) -> String {
        let (runs, speed) = (self.runs, self.runs / self.seconds.max(1));
        let verdict = if self.found.is_none() { "holds" } else { "BROKEN" };
        format!("{target:20} {runs:>10} runs {speed:>7} runs/s {:>6} edges  {verdict}", self.edges)
    }

    /// What broke, and how to see it again; nothing if nothing did.
    pub(super) fn what_was_found(&self, program: &Path) -> Option<String> {
        let Found { input, words, log } = self.found.as_ref()?;
        let (program, log) = (program.display(), log.display());
        Some(match input.as_ref().map(|input| input.display()) {
            Some(input) => {
                format!("{words}\n  input:     {input}\n  reproduce: {program} {input}\n  log:       {log}")
            }
            None => format!("{words}\n  the run ended without an input; log: {log}"),
        })
    }
}

/// The part of a log that says what went wrong, in the words of the property.
fn told(log: &str) -> String {
    let says = |line: &str| ["panicked at", "ERROR: ", "SUMMARY: "].iter().any(|word| line.contains(word));
    let lines: Vec<&str> = log.lines().collect();
    let start = lines.iter().position(|line| says(line)).unwrap_or(lines.len().saturating_sub(TOLD));
    let part = lines.iter().skip(start).take(TOLD).take_while(|line| !line.starts_with("    #"));
    part.map(|line| format!("  | {line}")).collect::<Vec<_>>().join("\n")
}

/// The number at the start of a text, 0 without one.
fn first_number(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_ended_well_says_how_much_it_tried() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 53 ft: 54 corp: 1/1b exec/s: 0 rss: 39Mb\n\
                   #524288\tpulse  cov: 347 ft: 900 corp: 80/2Kb lim: 128 exec/s: 9000 rss: 60Mb\n\
                   #600000\tDONE   cov: 348 ft: 901 corp: 80/2Kb lim: 128 exec/s: 9836 rss: 60Mb\n\
                   Done 600000 runs in 61 second(s)\n";
        let outcome = Outcome::read(log, true, Path::new("/cache/a.log"));
        let line = "csv_ingest               600000 runs    9836 runs/s    348 edges  holds";
        assert_eq!(outcome.line("csv_ingest"), line);
        assert_eq!(outcome.what_was_found(Path::new("/cache/a")), None);
    }

    #[test]
    fn a_broken_promise_names_its_input_and_how_to_see_it_again() {
        let log = "#2\tINITED cov: 53 ft: 54\n#9000\tNEW    cov: 60 ft: 70\n\
                   thread '<unnamed>' panicked at tests/properties/a.rs:9:5:\n\"x\" leads away\n\
                   ==1== ERROR: libFuzzer: deadly signal\n    #0 0x1 in a\n\
                   artifact_prefix='/found/a/'; Test unit written to /found/a/crash-1\n";
        let outcome = Outcome::read(log, false, Path::new("/cache/a.log"));
        assert!(outcome.line("a").ends_with("60 edges  BROKEN") && outcome.line("a").contains(" 9000 runs"));
        let found = outcome.what_was_found(Path::new("/cache/a")).unwrap();
        assert!(found.contains("leads away") && !found.contains("#0"), "{found}");
        assert!(found.contains("reproduce: /cache/a /found/a/crash-1"), "{found}");
    }
}
