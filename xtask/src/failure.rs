//! What a command says when it cannot go on.

use std::fmt;

/// One plain sentence: what went wrong and what the reader can do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// For file system errors, whose cause the reader has to see.
    pub(crate) fn on_path(action: &str, path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self(format!(
            "Could not {action} {} ({cause}); check that it is there, its permissions and the free space",
            path.display()
        ))
    }

    /// Succeeds where every result did, and otherwise says everything that went wrong.
    pub(crate) fn unless_all(results: impl IntoIterator<Item = Result<(), Self>>) -> Result<(), Self> {
        let sentences: Vec<String> =
            results.into_iter().filter_map(Result::err).map(|failure| failure.0).collect();
        if sentences.is_empty() { Ok(()) } else { Err(Self(sentences.join("\nerror: "))) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_said() {
        assert!(Failure::unless_all([Ok(()), Ok(())]).is_ok());
        let both = [Err(Failure::new("One broke")), Ok(()), Err(Failure::new("Two broke"))];
        assert_eq!(Failure::unless_all(both).unwrap_err().to_string(), "One broke\nerror: Two broke");
    }
}
