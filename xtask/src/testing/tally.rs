//! Counting tests from what the tools print.

use std::fmt;

/// What Playwright's list puts before a test that failed.
const CROSS: char = '\u{2718}';

/// How many tests passed and failed, and the names of those that failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u32,
    failed: u32,
    broken: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.broken.extend(other.broken);
    }

    /// The names of the tests that failed, as far as their tools told them.
    pub(crate) fn broken(&self) -> &[String] {
        &self.broken
    }

    /// Counts something that failed and is no test of its own.
    pub(crate) fn fail(&mut self) {
        self.failed += 1;
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.failed == 0
    }

    /// Reads a line of `cargo test`: `test people::are_asked ... FAILED`, or the closing
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn read_cargo(&mut self, line: &str) {
        let line = plain(line);
        let failed = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        self.broken.extend(failed.map(str::to_owned));
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let counts = result.split_once(". ").map_or("", |(_, counts)| counts);
        for (count, what) in counts.split("; ").filter_map(counted) {
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                _ => {}
            }
        }
    }

    /// Reads a line of Playwright: `  ✘  4 [chromium] › journeys/keys.spec.ts:9:1 › … (1.2s)` or of its
    /// summary, `  12 passed (30.1s)`, `  1 did not run`.
    pub(crate) fn read_playwright(&mut self, line: &str) {
        let line = plain(line);
        let failed = line.trim_start().strip_prefix(CROSS).and_then(|line| line.split_once(" \u{203a} "));
        self.broken.extend(failed.map(|(_, name)| name.to_owned()));
        let Some((count, what)) = line.strip_prefix("  ").and_then(counted) else { return };
        let what = what.split_once(" (").map_or(what, |(what, _)| what);
        match what {
            "passed" => self.passed += count,
            // A test that passes only sometimes, or not at all, has not passed.
            "failed" | "flaky" | "interrupted" | "did not run" => self.failed += count,
            _ => {}
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn counted(text: &str) -> Option<(u32, &str)> {
    let (count, what) = text.split_once(' ')?;
    Some((count.parse().ok()?, what))
}

/// The line without colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cargo(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read_cargo(line);
        }
        tally
    }

    fn playwright(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read_playwright(line);
        }
        tally
    }

    #[test]
    fn closing_lines_of_cargo_test_add_up() {
        let tally = cargo(&[
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.52s",
            "a test that prints 9 passed; 9 failed",
        ]);
        assert_eq!(tally, Tally { passed: 8, failed: 2, broken: Vec::new() });
    }

    #[test]
    fn what_failed_is_known_by_name() {
        let tally = cargo(&["test keys::are_kept ... ok", "test keys::are_sealed ... FAILED"]);
        assert_eq!(tally.broken(), ["keys::are_sealed"]);
        let tally = playwright(&[
            "  \u{2713}  1 [chromium] \u{203a} journeys/smoke.spec.ts:3:1 \u{203a} a page (1.2s)",
            "  \u{1b}[31m\u{2718}\u{1b}[39m  2 [chromium] \u{203a} journeys/keys.spec.ts:9:1 \u{203a} a key (9.1s)",
        ]);
        assert_eq!(tally.broken(), ["journeys/keys.spec.ts:9:1 \u{203a} a key (9.1s)"]);
    }

    #[test]
    fn the_summary_of_playwright_is_counted() {
        let tally = playwright(&[
            "Running 7 tests using 1 worker",
            "  \u{2713}  1 [chromium] \u{203a} journeys/smoke.spec.ts:3:1 \u{203a} 4 passed (1.2s)",
            "  1 failed",
            "    [chromium] \u{203a} journeys/smoke.spec.ts:3:1",
            "  1 flaky",
            "  2 skipped",
            "  1 did not run",
            "  4 passed (30.1s)",
        ]);
        assert_eq!(tally, Tally { passed: 4, failed: 3, broken: Vec::new() });
    }

    #[test]
    fn colours_do_not_hide_a_count() {
        assert_eq!(playwright(&["\u{1b}[32m  4 passed\u{1b}[39m\u{1b}[2m (3s)\u{1b}[22m"]).passed, 4);
        assert_eq!(cargo(&["test result: \u{1b}[32mok\u{1b}[0m. 2 passed; 0 failed; 0 ignored"]).passed, 2);
    }

    #[test]
    fn the_closing_line_has_a_fixed_form() {
        assert_eq!(Tally { passed: 812, failed: 0, broken: Vec::new() }.to_string(), "812 passed, 0 failed");
    }
}
