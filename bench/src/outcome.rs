//! What was measured, as a table for people.

use std::{
    fmt::{self, Display, Write},
    path::Path,
};

use crate::Failure;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// A table about one subject.
pub(crate) struct Outcome {
    pub(crate) title: &'static str,
    /// What was done, in a sentence or two.
    pub(crate) setting: String,
    pub(crate) columns: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.setting)?;
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(self.columns.len()))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// Puts the tables between the marks of a document.
pub(crate) fn write(file: &Path, outcomes: &[Outcome]) -> Result<(), Failure> {
    let document = std::fs::read_to_string(file)?;
    std::fs::write(file, replaced(&document, outcomes)?)?;
    Ok(())
}

fn replaced(document: &str, outcomes: &[Outcome]) -> Result<String, Failure> {
    let marks = document.split_once(BEGIN).zip(document.split_once(END));
    let ((before, _), (_, after)) = marks.ok_or_else(|| format!("the document has no {BEGIN} and {END}"))?;
    let mut text = format!("{before}{BEGIN}\n");
    for outcome in outcomes {
        write!(text, "\n## {}\n\n{outcome}", outcome.title)?;
    }
    write!(text, "\n{END}{after}")?;
    Ok(text)
}

/// The middle of several measurements, with the smallest and the largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Of at least one measurement.
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
        let middle = figures.len() / 2;
        let median = if figures.len().is_multiple_of(2) {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        } else {
            at(middle)
        };
        Self { least: at(0), median, most: at(figures.len().wrapping_sub(1)) }
    }

    /// `0.12 s (0.11–0.14)`.
    pub(crate) fn seconds(self) -> String {
        format!("{:.2} s ({:.2}–{:.2})", self.median, self.least, self.most)
    }
}

/// Megabytes of a million bytes.
#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^53")]
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

/// Kilobytes of a thousand bytes.
#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^53")]
pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{:.0} kB", bytes as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]), Spread { least: 1.0, median: 2.0, most: 3.0 });
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 3.0]), Spread { least: 1.0, median: 2.5, most: 4.0 });
        assert_eq!(Spread::of(vec![0.123, 0.118, 0.2]).seconds(), "0.12 s (0.12–0.20)");
    }

    #[test]
    fn tables_replace_what_stood_between_the_marks() {
        let outcome = Outcome {
            title: "Import",
            setting: "One file.".to_owned(),
            columns: &["what", "time"],
            rows: vec![vec!["Quartile".to_owned(), "1 s".to_owned()]],
        };
        let document = format!("Before\n{BEGIN}\nold\n{END}\nAfter\n");
        let expected = format!(
            "Before\n{BEGIN}\n\n## Import\n\nOne file.\n\n| what | time |\n|---|---|\n| Quartile | 1 s |\n\n{END}\nAfter\n"
        );
        assert_eq!(replaced(&document, &[outcome]).unwrap(), expected);
        assert!(replaced("no marks", &[]).is_err());
    }
}
