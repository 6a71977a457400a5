//! Sentences about all positions together; each follows from the numbers and their intervals.

use crate::model::{Position, Standing};

/// One metric's contribution to the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// What the metric is about, inside a line: `retention`, `payback`. Metrics may share a topic.
    pub topic: &'a str,
    /// What its position allows to be said.
    pub standing: Standing,
    /// How far from the middle it is, in percentile points.
    pub distance: u8,
}

impl<'a> Finding<'a> {
    /// What a position says about its topic.
    pub fn new(topic: &'a str, position: &Position) -> Self {
        let distance = position.rank.map_or(0, |rank| rank.percentile.abs_diff(50));
        Self { topic, standing: position.standing(), distance }
    }
}

/// How many topics of each side fit into a headline.
const HEADLINE_TOPICS: usize = 2;

/// A headline: `Ahead in retention, behind in payback`.
pub fn headline(findings: &[Finding<'_>]) -> String {
    let topics = Topics::of(findings);
    let first = |topics: &[&str]| joined(topics.get(..HEADLINE_TOPICS).unwrap_or(topics));
    match (topics.ahead.is_empty(), topics.behind.is_empty()) {
        (false, false) => format!("Ahead in {}, behind in {}", first(&topics.ahead), first(&topics.behind)),
        (false, true) => format!("Ahead in {}", first(&topics.ahead)),
        (true, false) => format!("Behind in {}", first(&topics.behind)),
        (true, true) if !topics.mixed.is_empty() => format!("Mixed in {}", first(&topics.mixed)),
        (true, true) if findings.iter().any(is_judged) => "Neither clearly ahead nor behind".to_owned(),
        (true, true) if findings.iter().any(has_peers) => "Nothing here has a better side".to_owned(),
        (true, true) => "Too few peers yet".to_owned(),
    }
}

/// Two sentences: where the company is ahead and behind, and how many metrics have enough peers to say so.
pub fn summary(findings: &[Finding<'_>]) -> String {
    let standing = standing_sentence(findings);
    let coverage = coverage_sentence(findings);
    if standing.is_empty() { coverage } else { format!("{standing} {coverage}") }
}

fn standing_sentence(findings: &[Finding<'_>]) -> String {
    let topics = Topics::of(findings);
    let mut parts = Vec::new();
    if !topics.ahead.is_empty() {
        parts.push(format!("ahead of most peers in {}", joined(&topics.ahead)));
    }
    if !topics.behind.is_empty() {
        let of_whom = if parts.is_empty() { "behind most peers" } else { "behind" };
        parts.push(format!("{of_whom} in {}", joined(&topics.behind)));
    }
    if !topics.mixed.is_empty() {
        parts.push(format!("mixed in {}", joined(&topics.mixed)));
    }
    match parts.is_empty() {
        false => format!("{}.", capitalised(&parts.join("; "))),
        true if findings.iter().any(is_judged) => {
            "Neither clearly ahead of most peers nor behind.".to_owned()
        }
        true => String::new(),
    }
}

fn coverage_sentence(findings: &[Finding<'_>]) -> String {
    let enough = findings.iter().filter(|finding| has_peers(finding)).count();
    let missing = findings.len() - enough;
    match (enough, missing) {
        (0, 0) => "There are no metrics to compare yet.".to_owned(),
        (0, _) => "No metric has enough peers yet.".to_owned(),
        (1, 0) => "The one metric compared has enough peers to say so.".to_owned(),
        (2, 0) => "Both metrics have enough peers to say so.".to_owned(),
        (_, 0) => format!("All {} metrics have enough peers to say so.", number_words(enough)),
        (..) => {
            let metrics = if enough == 1 { "metric has" } else { "metrics have" };
            let have = if missing == 1 { "has" } else { "have" };
            let sentence = format!(
                "{} {metrics} enough peers to say so, {} {have} not.",
                number_words(enough),
                number_words(missing)
            );
            capitalised(&sentence)
        }
    }
}

/// A number as a word up to twelve, in digits above.
pub fn number_words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// The topics by what may be said of them, the clearest first.
#[derive(Default)]
struct Topics<'a> {
    ahead: Vec<&'a str>,
    behind: Vec<&'a str>,
    /// Ahead in one metric and behind in another: neither word would be true of the topic.
    mixed: Vec<&'a str>,
}

impl<'a> Topics<'a> {
    fn of(findings: &[Finding<'a>]) -> Self {
        let mut clear: Vec<&Finding<'a>> = findings
            .iter()
            .filter(|finding| matches!(finding.standing, Standing::Ahead | Standing::Behind))
            .collect();
        clear.sort_by_key(|finding| std::cmp::Reverse(finding.distance));
        let mut topics = Self::default();
        for finding in &clear {
            let has = |standing: Standing| {
                clear.iter().any(|other| other.topic == finding.topic && other.standing == standing)
            };
            let side = match (has(Standing::Ahead), has(Standing::Behind)) {
                (true, true) => &mut topics.mixed,
                (true, false) => &mut topics.ahead,
                (false, _) => &mut topics.behind,
            };
            if !side.contains(&finding.topic) {
                side.push(finding.topic);
            }
        }
        topics
    }
}

fn is_judged(finding: &Finding<'_>) -> bool {
    matches!(finding.standing, Standing::Ahead | Standing::Behind | Standing::Middle)
}

fn has_peers(finding: &Finding<'_>) -> bool {
    finding.standing != Standing::Unknown
}

fn joined(topics: &[&str]) -> String {
    match topics {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(topic: &'static str, standing: Standing, distance: u8) -> Finding<'static> {
        Finding { topic, standing, distance }
    }

    fn many(count: usize, standing: Standing) -> Vec<Finding<'static>> {
        (0..count).map(|_| finding("margin", standing, 3)).collect()
    }

    #[test]
    fn the_finding_is_the_headline_and_the_summary_counts() {
        let mut findings = vec![
            finding("growth", Standing::Ahead, 17),
            finding("retention", Standing::Ahead, 24),
            finding("retention", Standing::Middle, 0),
            finding("payback", Standing::Behind, 22),
        ];
        findings.extend(many(7, Standing::Middle));
        findings.push(finding("Rule of 40", Standing::Unknown, 0));
        assert_eq!(headline(&findings), "Ahead in retention and growth, behind in payback");
        assert_eq!(
            summary(&findings),
            "Ahead of most peers in retention and growth; behind in payback. \
             Eleven metrics have enough peers to say so, one has not."
        );
    }

    #[test]
    fn one_side_stands_alone() {
        let behind = [finding("payback", Standing::Behind, 30), finding("nps", Standing::Unjudged, 9)];
        assert_eq!(headline(&behind), "Behind in payback");
        assert_eq!(
            summary(&behind),
            "Behind most peers in payback. Both metrics have enough peers to say so."
        );
        let three = [
            finding("growth", Standing::Ahead, 20),
            finding("margin", Standing::Ahead, 30),
            finding("retention", Standing::Ahead, 10),
        ];
        assert_eq!(headline(&three), "Ahead in margin and growth");
        assert!(
            summary(&three)
                .starts_with("Ahead of most peers in margin, growth and retention. All three metrics")
        );
    }

    #[test]
    fn a_topic_that_is_ahead_and_behind_is_mixed() {
        let findings =
            [finding("retention", Standing::Ahead, 30), finding("retention", Standing::Behind, 20)];
        assert_eq!(headline(&findings), "Mixed in retention");
        assert!(summary(&findings).starts_with("Mixed in retention. "));
    }

    #[test]
    fn nothing_is_claimed_that_the_intervals_do_not_support() {
        assert_eq!(headline(&many(4, Standing::Middle)), "Neither clearly ahead nor behind");
        assert_eq!(
            summary(&many(13, Standing::Middle)),
            "Neither clearly ahead of most peers nor behind. All 13 metrics have enough peers to say so."
        );
        assert_eq!(headline(&many(4, Standing::Unknown)), "Too few peers yet");
        assert_eq!(summary(&many(4, Standing::Unknown)), "No metric has enough peers yet.");
        assert_eq!(headline(&many(1, Standing::Unjudged)), "Nothing here has a better side");
        assert_eq!(headline(&[]), "Too few peers yet");
        assert_eq!(summary(&[]), "There are no metrics to compare yet.");
        let mut one = many(1, Standing::Middle);
        one.extend(many(2, Standing::Unknown));
        assert!(summary(&one).ends_with("One metric has enough peers to say so, two have not."));
    }
}
