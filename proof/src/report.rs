//! The tables of a run.

use std::{
    fmt::{self, Write},
    path::Path,
};

use crate::{Failure, verdict::Verdict};

/// One line of a table.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The probe, the fault, or the part.
    pub(crate) id: String,
    /// What is promised.
    pub(crate) promise: String,
    pub(crate) verdict: Verdict,
    /// How long it took.
    pub(crate) seconds: f64,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, promise, verdict, seconds } = self;
        write!(f, "{id:4} {:6} {promise}: {} ({seconds:.1} s)", verdict.word(), verdict.words())
    }
}

/// What one part found.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    title: &'static str,
    /// One for each probe.
    pub(crate) lines: Vec<Line>,
}

impl Table {
    /// A table without lines.
    pub(crate) fn new(title: &'static str) -> Self {
        Self { title, lines: Vec::new() }
    }

    /// Whether a promise does not hold, or nothing was tried at all.
    pub(crate) fn is_broken(&self) -> bool {
        self.lines.is_empty() || self.lines.iter().any(|line| line.verdict.is_broken())
    }

    /// How many lines say what, and which are broken.
    pub(crate) fn in_short(&self) -> String {
        let count = |word: &str| self.lines.iter().filter(|line| line.verdict.word() == word).count();
        let broken: Vec<&str> =
            self.lines.iter().filter(|line| line.verdict.is_broken()).map(|line| line.id.as_str()).collect();
        let (held, absent) = (count("held"), count("n/a"));
        format!("{}: {held} held, {} broken {}, {absent} n/a", self.title, broken.len(), broken.join(" "))
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "## {}\n\n{}.\n\n| | promise | verdict | figure |\n|---|---|---|---|\n",
            self.title,
            self.in_short()
        );
        for line in &self.lines {
            let words = line.verdict.words().replace('|', "\\|").replace('\n', " ");
            // Writing to a text cannot fail.
            let _ = writeln!(text, "| {} | {} | {} | {words} |", line.id, line.promise, line.verdict.word());
        }
        text
    }
}

/// Writes the tables of a command as Markdown.
pub(crate) fn write(file: &Path, command: &str, tables: &[Table]) -> Result<(), Failure> {
    let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
    std::fs::write(
        file,
        format!("# Promises\n\nWritten by `cargo xtask {command} --write`.\n\n{}", tables.join("\n")),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(verdicts: &[Verdict]) -> Table {
        let mut table = Table::new("Here");
        for (number, verdict) in verdicts.iter().enumerate() {
            table.lines.push(Line {
                id: format!("P{number}"),
                promise: "it holds".to_owned(),
                verdict: verdict.clone(),
                seconds: 0.0,
            });
        }
        table
    }

    #[test]
    fn one_broken_promise_breaks_a_table_and_so_does_none_at_all() {
        let held = Verdict::Held("1 check".to_owned());
        let broken = Verdict::Broken("a | b".to_owned());
        assert!(!table(std::slice::from_ref(&held)).is_broken());
        assert!(table(&[]).is_broken());
        let both = table(&[held, broken]);
        assert!(both.is_broken());
        assert_eq!(both.in_short(), "Here: 1 held, 1 broken P1, 0 n/a");
        assert!(both.markdown().contains("| P1 | it holds | broken | a \\| b |"));
    }
}
