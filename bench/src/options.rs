//! What is measured, and with what.

use std::path::PathBuf;

use crate::Failure;

/// One subject, with a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Start,
    Visit,
    Dashboard,
    Import,
    Report,
    Api,
    Tokens,
    Limiter,
    Streams,
}

impl Part {
    const ALL: [Self; 9] = [
        Self::Start,
        Self::Visit,
        Self::Dashboard,
        Self::Import,
        Self::Report,
        Self::Api,
        Self::Tokens,
        Self::Limiter,
        Self::Streams,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Visit => "visit",
            Self::Dashboard => "dashboard",
            Self::Import => "import",
            Self::Report => "report",
            Self::Api => "api",
            Self::Tokens => "tokens",
            Self::Limiter => "limiter",
            Self::Streams => "streams",
        }
    }

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Start => "Start and memory",
            Self::Visit => "First visit",
            Self::Dashboard => "Dashboard",
            Self::Import => "Import",
            Self::Report => "Report",
            Self::Api => "API",
            Self::Tokens => "Access tokens",
            Self::Limiter => "Limits",
            Self::Streams => "Live streams",
        }
    }
}

/// The arguments of the command.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The optimised program.
    pub(crate) program: PathBuf,
    /// The folder of its scripts and styles.
    pub(crate) site: PathBuf,
    /// A Python that has the alternatives.
    pub(crate) python: PathBuf,
    /// The scripts that time the alternatives.
    pub(crate) scripts: PathBuf,
    /// The folder of the program's typeface.
    pub(crate) fonts: PathBuf,
    /// Where the tables are written to.
    pub(crate) write: Option<PathBuf>,
    pub(crate) parts: Vec<Part>,
}

impl Options {
    /// Reads `--program FILE --site FOLDER --python FILE --scripts FOLDER --fonts FOLDER [--write FILE] [PART ...]`; without a part, all.
    pub(crate) fn parse(arguments: Vec<String>) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .map(PathBuf::from)
                    .ok_or_else(|| format!("{argument} needs a path; start this with `cargo xtask bench`"))
            };
            match argument.as_str() {
                "--program" => options.program = value()?,
                "--site" => options.site = value()?,
                "--python" => options.python = value()?,
                "--scripts" => options.scripts = value()?,
                "--fonts" => options.fonts = value()?,
                "--write" => options.write = Some(value()?),
                name => options.parts.push(part(name)?),
            }
        }
        if options.parts.is_empty() {
            options.parts = Part::ALL.to_vec();
        }
        Ok(options)
    }
}

fn part(name: &str) -> Result<Part, Failure> {
    let names = Part::ALL.map(Part::name).join(", ");
    let found = Part::ALL.into_iter().find(|part| part.name() == name);
    found.ok_or_else(|| format!("There is no part \"{name}\"; the parts are {names}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        Options::parse(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn without_a_part_everything_is_measured() {
        assert_eq!(parse("--program q").unwrap().parts, Part::ALL);
        assert_eq!(parse("import report --program q").unwrap().parts, [Part::Import, Part::Report]);
    }

    #[test]
    fn a_wrong_argument_names_the_right_ones() {
        let words = parse("imports").unwrap_err().to_string();
        assert_eq!(
            words,
            "There is no part \"imports\"; the parts are start, visit, dashboard, import, report, api, tokens, limiter, streams"
        );
        assert!(parse("--site").is_err());
    }
}
