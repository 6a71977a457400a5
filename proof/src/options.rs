//! What is probed, and with what.

use std::path::PathBuf;

use crate::{Failure, stage::Program};

/// Something that is tried by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Every probe, on one node with SQLite.
    Sqlite,
    /// Every probe, on two nodes with Postgres and Redis behind nginx.
    Cluster,
    /// Generated requests to every operation of the API, as every role.
    Schemathesis,
    /// The headers, as a scanner of the public web judges them.
    Observatory,
}

impl Part {
    const ALL: [Self; 4] = [Self::Sqlite, Self::Cluster, Self::Schemathesis, Self::Observatory];

    /// How it is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Cluster => "cluster",
            Self::Schemathesis => "schemathesis",
            Self::Observatory => "observatory",
        }
    }

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "One node on SQLite",
            Self::Cluster => "Two nodes on Postgres and Redis behind nginx",
            Self::Schemathesis => "Generated requests to every operation",
            Self::Observatory => "Headers, as a public scanner judges them",
        }
    }
}

/// The arguments of the command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The program that is probed.
    pub(crate) program: Program,
    /// The script of the sign-in provider.
    pub(crate) provider: PathBuf,
    /// The program that generates requests.
    pub(crate) schemathesis: PathBuf,
    /// The folder of the scanner's npm packages.
    pub(crate) observatory: PathBuf,
    /// Where the tables are written to.
    pub(crate) write: Option<PathBuf>,
    /// What is probed.
    pub(crate) parts: Vec<Part>,
    /// The probes that are wanted, by their ids; all if empty.
    pub(crate) probes: Vec<String>,
}

impl Options {
    /// Reads `--program FILE --site FOLDER --provider FILE --schemathesis FILE --observatory FOLDER [--write FILE] [PART ...] [P34 ...]`;
    /// without a part, all of them, and those with probes alone if probes are named.
    pub(crate) fn parse(arguments: Vec<String>) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .map(PathBuf::from)
                    .ok_or_else(|| format!("{argument} needs a path; start this with `cargo xtask probe`"))
            };
            match argument.as_str() {
                "--program" => options.program.executable = value()?,
                "--site" => options.program.site = value()?,
                "--provider" => options.provider = value()?,
                "--schemathesis" => options.schemathesis = value()?,
                "--observatory" => options.observatory = value()?,
                "--write" => options.write = Some(value()?),
                id if is_probe(id) => options.probes.push(id.to_owned()),
                name => options.parts.push(part(name)?),
            }
        }
        if options.parts.is_empty() {
            options.parts = Part::ALL.to_vec();
            if !options.probes.is_empty() {
                options.parts.retain(|part| matches!(part, Part::Sqlite | Part::Cluster));
            }
        }
        Ok(options)
    }

    /// Whether a probe is wanted.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.probes.is_empty() || self.probes.iter().any(|wanted| wanted == id)
    }
}

fn is_probe(text: &str) -> bool {
    text.strip_prefix('P').is_some_and(|number| number.parse::<u32>().is_ok())
}

fn part(name: &str) -> Result<Part, Failure> {
    let names = Part::ALL.map(Part::name).join(", ");
    let found = Part::ALL.into_iter().find(|part| part.name() == name);
    found.ok_or_else(|| {
        format!("There is no part \"{name}\"; the parts are {names}, and probes are called P1 to P58").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        Options::parse(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn without_a_part_everything_is_probed() {
        assert_eq!(parse("--program q").unwrap().parts, Part::ALL);
        assert!(parse("").unwrap().wants("P1"));
    }

    #[test]
    fn a_named_probe_is_tried_on_both_engines_and_no_other_is() {
        let options = parse("P34 --program q").unwrap();
        assert_eq!(options.parts, [Part::Sqlite, Part::Cluster]);
        assert!(options.wants("P34") && !options.wants("P3"));
    }

    #[test]
    fn a_wrong_argument_names_the_right_ones() {
        let words = parse("postgres").unwrap_err().to_string();
        assert!(words.contains("sqlite, cluster, schemathesis, observatory"), "{words}");
        assert!(parse("--site").is_err());
    }
}
