//! What a probe or a fault showed.

use std::fmt::{self, Debug};

use crate::Failure;

/// How many differences a verdict names; the others are counted.
const NAMED: usize = 8;

/// The outcome of one probe or fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The promise holds; with what was tried, or the figure.
    Held(String),
    /// The promise does not hold; with what was expected and what came.
    Broken(String),
    /// This version has no such thing; with the reason.
    NotHere(String),
}

/// What a probe returns. A failure means that it could not be carried out, which counts as broken.
pub(crate) type Finding = Result<Verdict, Failure>;

impl Verdict {
    /// What stands in the table.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Broken(_) => "broken",
            Self::NotHere(_) => "n/a",
        }
    }

    /// The figure, the difference or the reason.
    pub(crate) fn words(&self) -> &str {
        let (Self::Held(words) | Self::Broken(words) | Self::NotHere(words)) = self;
        words
    }

    /// Whether the promise was seen not to hold.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self, Self::Broken(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:6}  {}", self.word(), self.words())
    }
}

/// What is said of a probe that failed before it found anything.
pub(crate) fn not_carried_out(failure: &Failure) -> Verdict {
    Verdict::Broken(format!("this could not be carried out: {failure}"))
}

/// The reason why a probe has nothing to try.
#[expect(clippy::unnecessary_wraps, reason = "it is what a probe returns")]
pub(crate) fn not_here(reason: &str) -> Finding {
    Ok(Verdict::NotHere(reason.to_owned()))
}

/// Collects the differences between what is promised and what comes.
#[derive(Debug, Default)]
pub(crate) struct Check {
    tried: usize,
    wrong: Vec<String>,
}

impl Check {
    /// Nothing tried yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Something that must be so; `otherwise` says what was expected and what came.
    pub(crate) fn that(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        self.tried += 1;
        if !holds {
            self.wrong.push(otherwise());
        }
    }

    /// Two values that must be the same.
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this")]
    pub(crate) fn equal<T: PartialEq + Debug>(&mut self, what: &str, came: T, expected: T) {
        let holds = came == expected;
        self.that(holds, || format!("{what}: expected {expected:?}, got {came:?}"));
    }

    /// A status that must be one of several.
    pub(crate) fn status(&mut self, what: &str, answer: &crate::client::Answer, expected: &[u16]) {
        self.that(expected.contains(&answer.status), || {
            format!("{what}: expected {expected:?}, got {}", answer.in_short())
        });
    }

    /// The verdict with what was measured, also if it is broken; `claims` are said only of what holds.
    pub(crate) fn measured(self, figure: impl AsRef<str>, claims: &str) -> Finding {
        let figure = figure.as_ref();
        let verdict = self.verdict([figure, claims].join("; ").trim_end_matches("; "))?;
        Ok(match verdict {
            Verdict::Broken(words) => Verdict::Broken(format!("{words}. Measured: {figure}")),
            verdict => verdict,
        })
    }

    /// The verdict; `figure` says what was tried, and follows the number of tries.
    pub(crate) fn verdict(self, figure: impl AsRef<str>) -> Finding {
        if self.tried == 0 {
            return Err("nothing was tried".into());
        }
        if self.wrong.is_empty() {
            return Ok(Verdict::Held(format!("{} checks: {}", self.tried, figure.as_ref())));
        }
        let mut words = self.wrong.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        if self.wrong.len() > NAMED {
            words = format!("{words}; and {} more", self.wrong.len() - NAMED);
        }
        Ok(Verdict::Broken(format!("{} of {} checks: {words}", self.wrong.len(), self.tried)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_breaks_a_promise_and_is_named() {
        let mut check = Check::new();
        check.that(true, || "no".to_owned());
        check.equal("the answer", 41, 42);
        let verdict = check.verdict("two answers").unwrap();
        assert_eq!(verdict, Verdict::Broken("1 of 2 checks: the answer: expected 42, got 41".to_owned()));
        assert!(verdict.is_broken());
    }

    #[test]
    fn what_was_measured_is_said_of_broken_promises_too() {
        let mut check = Check::new();
        check.equal("the answer", 41, 42);
        assert!(check.measured("41 ms", "all is well").unwrap().words().ends_with("got 41. Measured: 41 ms"));
        let mut check = Check::new();
        check.equal("the answer", 42, 42);
        assert_eq!(check.measured("41 ms", "all is well").unwrap().words(), "1 checks: 41 ms; all is well");
    }

    #[test]
    fn a_probe_that_tries_nothing_proves_nothing() {
        assert!(Check::new().verdict("everything").is_err());
    }

    #[test]
    fn many_differences_are_counted() {
        let mut check = Check::new();
        for number in 0..9 {
            check.equal("n", number, 100);
        }
        assert!(check.verdict("").unwrap().words().ends_with("and 1 more"));
    }
}
