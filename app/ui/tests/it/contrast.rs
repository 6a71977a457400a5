#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a style sheet of another shape must fail the test"
)]

use std::collections::BTreeMap;

use charts::{Palette, Role};

type Tokens = BTreeMap<String, String>;

const STYLE: &str = include_str!("../../../../style/main.css");

/// The tokens of the first block after `selector`.
fn block(selector: &str) -> Tokens {
    let start = STYLE.find(selector).unwrap_or_else(|| panic!("{selector} is missing"));
    let body = STYLE[start..].split_once('{').unwrap().1.split_once('}').unwrap().0;
    body.lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn themes() -> [(&'static str, Tokens); 2] {
    [("light", block("\n:root {")), ("dark", block("\n  .dark {"))]
}

/// WCAG 2.2, relative luminance.
fn luminance(hex: &str) -> f64 {
    let channel = |place: usize| {
        let value = f64::from(u8::from_str_radix(&hex[place..place + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn assert_contrast(needed: f64, pairs: &[(&str, &[&str])]) {
    for (theme, tokens) in themes() {
        for (front, grounds) in pairs {
            for ground in *grounds {
                let found = contrast(&tokens[*front], &tokens[*ground]);
                assert!(found >= needed, "{theme}: {front} on {ground} is {found:.2}, needs {needed}");
            }
        }
    }
}

const GROUNDS: &[&str] = &["paper", "surface", "sunken"];
const SOFT: &[&str] = &["accent-soft", "good-soft", "warn-soft", "bad-soft"];

#[test]
fn text_can_be_read_on_every_ground_it_stands_on() {
    assert_contrast(
        4.5,
        &[
            ("ink", GROUNDS),
            ("ink-2", GROUNDS),
            ("ink-3", GROUNDS),
            ("link", GROUNDS),
            ("good", GROUNDS),
            ("bad", GROUNDS),
            ("warn", GROUNDS),
            ("ink", SOFT),
            ("ink-2", SOFT),
            ("link", &["accent-soft"]),
            ("good", &["good-soft"]),
            ("bad", &["bad-soft"]),
            ("warn", &["warn-soft"]),
            ("accent-ink", &["accent"]),
            ("bad-ink", &["bad"]),
        ],
    );
}

#[test]
fn controls_marks_and_the_focus_ring_can_be_seen() {
    assert_contrast(
        3.0,
        &[
            ("control", &["paper", "surface"]),
            ("focus", GROUNDS),
            ("focus", SOFT),
            ("accent", GROUNDS),
            ("series-1", &["paper", "surface"]),
            ("series-2", &["paper", "surface"]),
            ("series-3", &["paper", "surface"]),
            ("series-4", &["paper", "surface"]),
            ("series-5", &["paper", "surface"]),
            ("you", &["surface", "band-0", "band-1", "band-2", "band-3"]),
        ],
    );
}

#[test]
fn both_copies_of_the_dark_tokens_are_the_same_and_complete() {
    let (light, dark) = (block("\n:root {"), block("\n  .dark {"));
    assert_eq!(dark, block(":root:not(.light, .dark) {"));
    assert_eq!(light.keys().collect::<Vec<_>>(), dark.keys().collect::<Vec<_>>());
}

#[test]
fn files_and_pages_share_one_palette() {
    for (palette, (theme, tokens)) in [Palette::Light, Palette::Dark].into_iter().zip(themes()) {
        for role in Role::ALL {
            let name = role.token().trim_start_matches("var(--").trim_end_matches(')');
            assert_eq!(tokens[name], palette.hex(role), "{theme}: {name}");
        }
    }
}
