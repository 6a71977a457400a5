//! What is tried, and with what.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use kernel::Role;

use crate::{Failure, stage::Program};

/// How often a fault is repeated that strikes at another moment each time, unless another number is given.
const ROUNDS: u32 = 5;
/// The same with `--full`.
const FULL_ROUNDS: u32 = 50;
/// What is repeated very often ends after that, unless everything is wanted.
const LONG_ENOUGH: Duration = Duration::from_secs(30);
/// A program without optimisation may take so many times as long.
const SLACK: u32 = 4;

/// Something that is tried by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// One node with SQLite.
    Sqlite,
    /// Two nodes with Postgres and Redis behind nginx.
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

/// What the command tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Questions that anybody could ask.
    #[default]
    Probes,
    /// Things that break.
    Faults,
}

impl Kind {
    /// What the ids begin with.
    fn letter(self) -> char {
        match self {
            Self::Probes => 'P',
            Self::Faults => 'F',
        }
    }

    fn parts(self) -> &'static [Part] {
        match self {
            Self::Probes => &Part::ALL,
            Self::Faults => &[Part::Sqlite, Part::Cluster],
        }
    }
}

/// The arguments of the command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The program that is tried.
    pub(crate) program: Program,
    /// The script of the sign-in provider.
    pub(crate) provider: PathBuf,
    /// The program that generates requests.
    pub(crate) schemathesis: PathBuf,
    /// The folder of the scanner's npm packages.
    pub(crate) observatory: PathBuf,
    /// Where the tables are written to.
    pub(crate) write: Option<PathBuf>,
    /// Whether the program was built without optimisation: then it may take several times as long.
    pub(crate) is_unoptimised: bool,
    /// Whether everything is repeated as often and asked as fast as was promised, however long that takes.
    pub(crate) is_full: bool,
    /// How often a fault is repeated that strikes at another moment each time.
    pub(crate) rounds: u32,
    /// Where it is tried.
    pub(crate) parts: Vec<Part>,
    /// The probes or faults that are wanted, by their ids; all if empty.
    pub(crate) wanted: Vec<String>,
    /// As whom requests are generated; as everybody if empty.
    pub(crate) roles: Vec<String>,
}

impl Options {
    /// Reads `--program FILE --site FOLDER --provider FILE --schemathesis FILE --observatory FOLDER [--unoptimised] [--full] [--write FILE]
    /// [--rounds N] [PART ...] [P34 ...] [ROLE ...]`; without a part, all of them, and those with probes alone if probes are named.
    pub(crate) fn parse(kind: Kind, arguments: Vec<String>) -> Result<Self, Failure> {
        let (mut options, mut wanted_rounds) = (Self::default(), None);
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
                "--unoptimised" => options.is_unoptimised = true,
                "--full" => options.is_full = true,
                "--rounds" => wanted_rounds = Some(rounds(&value()?)?),
                id if is_id(kind, id) => options.wanted.push(id.to_owned()),
                name if kind == Kind::Probes && is_role(name) => options.roles.push(name.to_owned()),
                name => options.parts.push(part(kind, name)?),
            }
        }
        options.rounds = wanted_rounds.unwrap_or(if options.is_full { FULL_ROUNDS } else { ROUNDS });
        if options.parts.is_empty() && !options.roles.is_empty() {
            options.parts = vec![Part::Schemathesis];
        }
        if options.parts.is_empty() {
            options.parts = kind.parts().to_vec();
            if !options.wanted.is_empty() {
                options.parts.retain(|part| matches!(part, Part::Sqlite | Part::Cluster));
            }
        }
        Ok(options)
    }

    /// Whether a probe or a fault is wanted.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == id)
    }

    /// How many times as long something may take as an optimised program is allowed.
    pub(crate) fn slack(&self) -> u32 {
        if self.is_unoptimised { SLACK } else { 1 }
    }

    /// How many requests in a second are tried where so many were asked for: what a program without optimisation can do on the same
    /// machine, unless everything is wanted.
    pub(crate) fn pace(&self, asked: u32) -> u32 {
        if self.is_full { asked } else { asked / self.slack() }
    }

    /// Whether what began then was repeated long enough; never if everything is wanted.
    pub(crate) fn is_long_enough(&self, begun: Instant) -> bool {
        !self.is_full && begun.elapsed() > LONG_ENOUGH
    }
}

/// Why something was repeated so often, for a figure.
pub(crate) fn how_many(is_all: bool) -> &'static str {
    if is_all { "all that was asked for" } else { "as many as 30 s allow; all with --full" }
}

/// Who generated requests come from if nobody is signed in.
pub(crate) const STRANGER: &str = "stranger";

fn is_role(text: &str) -> bool {
    text == STRANGER || Role::ALL.iter().any(|role| role.key() == text)
}

fn is_id(kind: Kind, text: &str) -> bool {
    text.strip_prefix(kind.letter()).is_some_and(|number| number.parse::<u32>().is_ok())
}

fn rounds(text: &Path) -> Result<u32, Failure> {
    let number = text.to_str().and_then(|text| text.parse().ok()).filter(|rounds| *rounds > 0);
    number.ok_or_else(|| "--rounds needs a number, at least 1".into())
}

fn part(kind: Kind, name: &str) -> Result<Part, Failure> {
    let found = kind.parts().iter().find(|part| part.name() == name);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = kind.parts().iter().map(|part| part.name()).collect();
        let (names, letter) = (names.join(", "), kind.letter());
        format!("There is no part \"{name}\"; the parts are {names}, and what is tried is called {letter}1 and so on").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        parse_as(Kind::Probes, line)
    }

    fn parse_as(kind: Kind, line: &str) -> Result<Options, Failure> {
        Options::parse(kind, line.split_whitespace().map(str::to_owned).collect())
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
    fn a_named_role_is_what_requests_are_generated_as() {
        let options = parse("viewer stranger --program q").unwrap();
        assert_eq!((options.parts, options.roles.len()), (vec![Part::Schemathesis], 2));
    }

    #[test]
    fn a_wrong_argument_names_the_right_ones() {
        let words = parse("postgres").unwrap_err().to_string();
        assert!(words.contains("sqlite, cluster, schemathesis, observatory"), "{words}");
        assert!(parse("--site").is_err());
        assert!(parse_as(Kind::Faults, "schemathesis").is_err());
        assert!(parse_as(Kind::Faults, "--rounds none").is_err());
    }

    #[test]
    fn faults_are_named_by_their_own_letter_and_repeated_as_asked() {
        let options = parse_as(Kind::Faults, "F1 --rounds 50 --unoptimised").unwrap();
        assert_eq!((options.rounds, options.slack()), (50, 4));
        assert_eq!(options.parts, [Part::Sqlite, Part::Cluster]);
        assert!(options.wants("F1") && !options.wants("F3"));
        assert_eq!(
            (options.pace(200), parse_as(Kind::Faults, "--unoptimised --full").unwrap().pace(200)),
            (50, 200)
        );
        assert_eq!(parse_as(Kind::Faults, "F1 --full").unwrap().rounds, 50);
        assert_eq!(parse_as(Kind::Faults, "F1 --full --rounds 7").unwrap().rounds, 7);
        assert_eq!(parse_as(Kind::Faults, "sqlite").unwrap().slack(), 1);
        assert!(parse_as(Kind::Faults, "P1").is_err());
    }
}
