//! What texts and numbers look like that operations take, so that the description says exactly what the program does: whatever fits it is
//! refused only for what is there at that moment, and whatever does not is refused.

use metrics::{MetricKey, model::ColumnMapping};

/// One letter that can be seen: neither space nor control character.
const SEEN: &str = r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";
/// One letter of a line.
const LETTER: &str = r"[^\u0000-\u001f\u007f-\u009f]";
/// One letter of an address of mail, and one of a label of its domain.
const OF_ADDRESS: &str =
    r#"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000<>()\[\],;:\\"@]"#;
const OF_LABEL: &str =
    r#"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000<>()\[\],;:\\"@.]"#;
const BYTE: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/// A key of idempotency.
pub(super) const KEY: &str = "^[!-~]{1,255}$";
/// A month from 1900 to 2200.
pub(super) const MONTH: &str = "^(?:19[0-9]{2}|2[01][0-9]{2}|2200)-(?:0[1-9]|1[0-2])$";
/// Where a list with numbered items goes on.
pub(super) const CURSOR: &str = "^[A-Za-f][A-Za-z0-9_-]{9}[AEIMQUYcgkosw048]$";
/// Where a list by time goes on.
pub(super) const CURSOR_BY_TIME: &str = "^A[A-Za-z0-9_-]{31}$";
/// Rows of text. What begins like a file of another kind is none.
pub(super) const ROWS: &str = "^(?![\\uFEFF]?[ \\t\\n\\f\\r]*(?:<[!][Dd][Oo][Cc][Tt][Yy][Pp][Ee] [Hh][Tt][Mm][Ll]|<[Hh][Tt][Mm][Ll]|<[Hh][Ee][Aa][Dd]|<[Tt][Aa][Bb][Ll][Ee]|<[?][Xx][Mm][Ll]|[{][ \\t\\n\\f\\r]*[\"}]|\\[[ \\t\\n\\f\\r]*[{]))(?!GIF8[79]a|%PDF-|PAR1|PK\\u0003\\u0004|PK\\u0005\\u0006|Rar!\\u001a\\u0007|BZh.1AY&SY|SQLite format 3\\u0000|[{]\\\\rtf)";

/// A line that begins and ends with something that can be seen.
pub(super) fn line() -> String {
    format!("^{SEEN}(?:{LETTER}*{SEEN})?$")
}

/// Text without control characters.
pub(super) fn plain() -> String {
    format!("^{LETTER}*$")
}

/// An address of mail.
pub(super) fn email() -> String {
    format!("^{OF_ADDRESS}+@{OF_LABEL}+(?:\\.{OF_LABEL}+)+$")
}

/// Pairs of a name and its value in base64, as tus has them.
pub(super) fn metadata() -> String {
    const SIGN: &str = "[A-Za-z0-9+/]";
    let value = format!("(?:{SIGN}{{4}})*(?:{SIGN}{{4}}|{SIGN}{{3}}=|{SIGN}{{2}}==)");
    let pair = format!("[!-+\\--~]+(?: {value})?");
    format!("^(?:{pair}(?:, *{pair})*)?$")
}

/// One of these.
pub(super) fn one_of<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let keys: Vec<&str> = keys.into_iter().collect();
    format!("(?:{})", keys.join("|"))
}

/// A currency as ISO 4217, in capitals or small letters.
pub(super) fn currency() -> String {
    let either = |code: &str| -> String {
        code.chars().flat_map(|letter| ['[', letter, letter.to_ascii_lowercase(), ']']).collect()
    };
    let codes: Vec<String> = kernel::Currency::ALL.iter().map(|it| either(it.code())).collect();
    format!("^{}$", one_of(codes.iter().map(String::as_str)))
}

/// Names of metrics with commas between them.
pub(super) fn metrics() -> String {
    let one = one_of(MetricKey::all().map(MetricKey::as_str));
    format!("^ *{one} *(?:, *{one} *)*$")
}

/// What a column is used for.
pub(super) fn used_for() -> String {
    let names = ["@period", "@name", "@value"].into_iter().chain(MetricKey::all().map(MetricKey::as_str));
    let scales: Vec<String> = ColumnMapping::scales().map(|scale| scale.replace('.', "\\.")).collect();
    format!("^(?:-?{}(?:\\*{})?)?$", one_of(names), one_of(scales.iter().map(String::as_str)))
}

/// An address of the network, or a network as CIDR.
pub(super) fn network() -> String {
    let v4 = format!("(?:{BYTE}\\.){{3}}{BYTE}");
    let group = "[0-9A-Fa-f]{1,4}";
    let tail = format!("(?:{group}:{group}|{v4})");
    let mut v6 = vec![format!("(?:{group}:){{6}}{tail}"), format!("::(?:{group}:){{5}}{tail}")];
    // `::` stands for at least one group, and at most so many stand before it as are left.
    v6.extend((0..5_usize).map(|before| {
        format!("(?:(?:{group}:){{0,{before}}}{group})?::(?:{group}:){{{}}}{tail}", 4 - before)
    }));
    v6.push(format!("(?:(?:{group}:){{0,5}}{group})?::{group}"));
    v6.push(format!("(?:(?:{group}:){{0,6}}{group})?::"));
    let v6 = one_of(v6.iter().map(String::as_str));
    format!("^(?:{v4}(?:/(?:3[0-2]|[12]?[0-9]))?|{v6}(?:/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$")
}

/// A whole number from `least` (0 or 1) to `most`, in digits without zeros before them.
pub(super) fn number(least: u64, most: u64) -> String {
    let digits = most.to_string();
    let mut ways: Vec<String> = Vec::new();
    if least == 0 {
        ways.push("0".to_owned());
    }
    if digits.len() > 1 {
        ways.push(format!("[1-9][0-9]{{0,{}}}", digits.len() - 2));
    }
    for (place, digit) in digits.char_indices() {
        let first = u32::from(place == 0);
        let digit = digit.to_digit(10).unwrap_or(0);
        if digit > first {
            let (before, after) = (digits.get(..place).unwrap_or_default(), digits.len() - place - 1);
            ways.push(format!("{before}[{first}-{}][0-9]{{{after}}}", digit - 1));
        }
    }
    ways.push(digits);
    format!("^{}$", one_of(ways.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use accounts::NewInvitation;
    use datasets::engine::refuse_foreign_format;
    use fancy_regex::Regex;
    use kernel::{Currency, Month};
    use uuid::Uuid;

    use super::*;
    use crate::rest::v1::keys::is_one_network;

    /// Each text fits exactly if the program takes it, and there are some of both.
    fn agree(pattern: &str, takes: impl Fn(&str) -> bool, texts: &[&str]) {
        let pattern = Regex::new(pattern).unwrap();
        let fits = |text: &&&str| pattern.is_match(text).unwrap();
        for text in texts {
            assert_eq!(fits(&text), takes(text), "{text:?}");
        }
        let fitting = texts.iter().filter(fits).count();
        assert!(fitting > 0 && fitting < texts.len());
    }

    #[test]
    fn networks_are_described_as_they_are_read() {
        let texts = [
            "192.0.2.0/24",
            "192.0.2.7",
            "0.0.0.0/0",
            "255.255.255.255/32",
            "256.0.0.1",
            "192.0.2.0/33",
            "192.0.2.0/",
            "192.0.2",
            "192.0.2.0/024",
            "010.0.0.1",
            "192.0.2.0/24 ",
            "192.0.2.0/24,198.51.100.0/24",
            "",
            "::",
            "::1",
            "::/0",
            "2001:db8::/32",
            "2001:db8::1/128",
            "2001:db8::1/129",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::8",
            "1:2:3:4:5:6::7:8",
            "1:2:3:4:5:6:7::8",
            "1::2::3",
            "12345::",
            "::ffff:192.0.2.7",
            "::ffff:192.0.2.0/120",
            "64:ff9b::192.0.2.33",
            "1:2:3:4:5:6:192.0.2.7",
            "1:2:3:4:5:6:7:192.0.2.7",
            "1:2:3:4:5::192.0.2.7",
            "fe80::1%eth0",
            ":::",
            ":1",
            "1:",
            "DB8::A",
        ];
        agree(&network(), is_one_network, &texts);
    }

    #[test]
    fn numbers_are_described_to_the_last_one() {
        for most in [1, 9, 10, 19, 20, 101, 1000, 104_857_600, u64::MAX] {
            for least in [0, 1] {
                let pattern = Regex::new(&number(least, most)).unwrap();
                let around = [
                    0,
                    1,
                    2,
                    9,
                    10,
                    11,
                    99,
                    100,
                    104_857_599,
                    most / 2,
                    most - 1,
                    most,
                    most.saturating_add(1),
                ];
                for value in around {
                    let is_within = (least..=most).contains(&value);
                    assert_eq!(
                        pattern.is_match(&value.to_string()).unwrap(),
                        is_within,
                        "{value} in {least}..={most}"
                    );
                }
                for odd in ["", "-1", "+1", "01", "1.0", "1 ", "x"] {
                    assert!(!pattern.is_match(odd).unwrap(), "{odd:?}");
                }
            }
        }
    }

    #[test]
    fn addresses_of_mail_are_described_as_they_are_read() {
        let takes = |text: &str| {
            text.trim() == text && !text.is_empty() && NewInvitation::parse(text, "viewer").is_ok()
        };
        let texts = [
            "ada@acme.example",
            "a@b.c",
            "ADA@ACME.EXAMPLE",
            "ä@müller.example",
            "a.b+c@d-e.f",
            "a@b",
            "a@@b.c",
            "a@b@c.d",
            "@b.c",
            "a@.c",
            "a@b.",
            "a@b..c",
            "a b@c.d",
            "a@b.c\n",
            " a@b.c",
            "a,b@c.d",
            "<a@b.c>",
            "a\u{a0}@b.c",
            "a\"@b.c",
            "",
            "a@b.c.d",
        ];
        agree(&email(), takes, &texts);
    }

    #[test]
    fn months_currencies_and_metrics_are_described_as_they_are_read() {
        let texts = [
            "2026-09", "1900-01", "2200-12", "1899-12", "2201-01", "2026-13", "2026-00", "2026-9", "2026-+1",
            "+026-01", "x",
        ];
        agree(MONTH, |text| text.parse::<Month>().is_ok(), &texts);
        agree(
            &currency(),
            |text| text.parse::<Currency>().is_ok(),
            &["USD", "eur", "Gbp", "XXX", "US", "USDD", "", " usd"],
        );
        let takes =
            |text: &str| text.split(',').all(|name| MetricKey::parse(name.trim_matches(' ')).is_some());
        agree(
            &metrics(),
            takes,
            &["mrr", "mrr,customers", "mrr, arr", "", "mrr,", "nothing", "MRR", "mrr;arr"],
        );
    }

    #[test]
    fn what_columns_are_used_for_is_described_as_it_is_read() {
        let takes = |text: &str| ColumnMapping::parse(text).is_some_and(|mapping| mapping.key() == text);
        let texts = [
            "",
            "@period",
            "@name",
            "@value",
            "mrr",
            "-mrr_churn",
            "mrr*1000",
            "mrr*0.01",
            "mrr*1000000000",
            "mrr*1e3",
            "mrr*1",
            "mrr*7",
            "*1000",
            "-",
            "--mrr",
            "mrr ",
            "@nothing",
            "-@period*1000",
        ];
        agree(&used_for(), takes, &texts);
    }

    #[test]
    fn cursors_are_described_as_they_are_read() {
        let ours: Vec<String> = [0, 1, 1 << 40, i64::MAX].into_iter().map(platform::cursor_of).collect();
        let foreign = ["", "AAAAAAAAAAF", "gAAAAAAAAAA", "AAAAAAAAAA", "AAAAAAAAAAA=", "!AAAAAAAAAA"];
        let texts: Vec<&str> = ours.iter().map(String::as_str).chain(foreign).collect();
        agree(CURSOR, |text| platform::place_of(text).is_some(), &texts);
        let at = chrono::DateTime::from_timestamp_micros(1_790_000_000_000_000).unwrap();
        let ours = platform::cursor_of_moment(at, Uuid::from_u128(7));
        let foreign =
            ["", "B".repeat(32).leak(), "A".repeat(31).leak(), "A".repeat(33).leak(), "AAAAAAAAAAA"];
        let texts: Vec<&str> = [ours.as_str()].into_iter().chain(foreign).collect();
        agree(CURSOR_BY_TIME, |text| platform::moment_of(text).is_some(), &texts);
    }

    #[test]
    fn rows_are_described_as_files_are_told_from_others() {
        let texts = [
            "month,mrr\n2026-01,1\n",
            "",
            "[x],y",
            "{name},1",
            "<b>,1",
            "BZh,1",
            "<!DOCTYPE html>",
            " \n<html>",
            "\u{feff}<HTML>",
            "<?xml",
            "{}",
            "{ \"a\": 1}",
            "[ {\"a\":1}]",
            "%PDF-1.7",
            "GIF89a",
            "PK\u{3}\u{4}",
            "Package",
            "SQLite format 3\0",
            "SQLite format",
            "{\\rtf1",
            "<tablet>",
            "<heading",
            "PAR1",
            "PARIS",
            "Rar!\u{1a}\u{7}",
            "BZh91AY&SY",
        ];
        agree(ROWS, |text| refuse_foreign_format(text.as_bytes()).is_ok(), &texts);
    }

    #[test]
    fn a_line_is_described_as_it_is_taken() {
        let takes =
            |text: &str| text.trim() == text && !text.is_empty() && !text.chars().any(char::is_control);
        let texts = [
            "Acme",
            "A",
            "Ac me",
            "",
            " Acme",
            "Acme\u{a0}",
            "Ac\tme",
            "Ac\u{85}me",
            "Ünï",
            "Acme\n",
            "\u{3000}x",
            "Ac\u{a0}me",
        ];
        agree(&line(), takes, &texts);
        agree(&plain(), |text| !text.chars().any(char::is_control), &["", "a b", "a\0b", "\u{7f}", "ä"]);
    }
}
