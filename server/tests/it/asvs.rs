//! `docs/asvs.csv`: every requirement of OWASP ASVS 5.0 of levels 1 and 2 has a state, and what it names as shown exists.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const STATES: [&str; 4] = ["met", "part", "open", "n/a"];
/// How many requirements the standard has of each level.
const REQUIREMENTS: [(&str, usize); 2] = [("1", 70), ("2", 183)];

struct Row<'a> {
    id: &'a str,
    level: &'a str,
    subject: &'a str,
    state: &'a str,
    /// Proofs as `path::name`, and words, with semicolons between them.
    shown_by: &'a str,
}

impl<'a> Row<'a> {
    fn proofs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.shown_by.split("; ").filter_map(|part| part.split_once("::"))
    }

    fn has_words(&self) -> bool {
        self.shown_by.split("; ").any(|part| !part.is_empty() && !part.contains("::"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("id,level,subject,state,shown_by"));
    let row = |line| {
        let fields: Vec<&str> = str::split(line, ',').collect();
        let &[id, level, subject, state, shown_by] = fields.as_slice() else {
            panic!("a row has five fields, and no comma in any of them: {line}");
        };
        Row { id, level, subject, state, shown_by }
    };
    lines.map(row).collect()
}

#[test]
fn every_requirement_is_listed_once_with_a_state_and_its_reason() {
    let text = read("docs/asvs.csv");
    let rows = rows(&text);
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), rows.len(), "an id is there twice");
    for (level, count) in REQUIREMENTS {
        assert_eq!(rows.iter().filter(|row| row.level == level).count(), count, "level {level}");
    }
    for row in &rows {
        let numbers = row.id.strip_prefix('V').map(|id| id.split('.').map(str::parse::<u8>));
        assert!(numbers.is_some_and(|mut it| it.all(|number| number.is_ok())), "{}", row.id);
        assert!(!row.subject.is_empty() && STATES.contains(&row.state), "{}: {}", row.id, row.state);
        let (is_proved, says_why) = (row.proofs().next().is_some(), row.has_words());
        let is_enough = match row.state {
            "met" => is_proved && !says_why,
            "part" => is_proved && says_why,
            _ => says_why,
        };
        assert!(is_enough, "{} is {} and is shown by “{}”", row.id, row.state, row.shown_by);
    }
}

#[test]
fn what_shows_a_requirement_exists() {
    let text = read("docs/asvs.csv");
    for row in rows(&text) {
        for (path, name) in row.proofs() {
            assert!(!name.is_empty() && read(path).contains(name), "{}: {path} has no “{name}”", row.id);
        }
    }
}

#[test]
fn the_document_on_security_counts_as_the_list_does() {
    let (text, document) = (read("docs/asvs.csv"), read("docs/SECURITY.md"));
    let rows = rows(&text);
    for (level, all) in REQUIREMENTS {
        let count = |state| rows.iter().filter(|row| row.level == level && row.state == state).count();
        let [met, part, open, none] = STATES.map(count);
        let line = format!("| {level} | {met} | {part} | {open} | {none} | {all} |");
        assert!(document.contains(&line), "docs/SECURITY.md lacks the line {line}");
    }
    for row in rows.iter().filter(|row| row.state == "open") {
        let start = format!("| {} |", row.id);
        assert!(document.contains(&start), "docs/SECURITY.md does not name the open row {}", row.id);
    }
}
