use std::collections::BTreeSet;

use leptos::prelude::AnyView;

use crate::{dashboard, html, import, landing, parts, standing};

type Page = fn() -> AnyView;

fn all() -> Vec<(&'static str, String)> {
    let pages: [(&str, Page); 5] = [
        ("dashboard", dashboard::page),
        ("standing", standing::page),
        ("import", import::page),
        ("landing", landing::page),
        ("parts", parts::page),
    ];
    pages.into_iter().map(|(name, page)| (name, html(page))).collect()
}

/// The opening tags of a page.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!'])).filter_map(|tag| tag.split('>').next())
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

#[test]
fn no_page_holds_what_the_content_security_policy_forbids() {
    for (name, page) in all() {
        for tag in tags(&page) {
            assert!(!tag.contains(" style="), "{name}: <{tag}>");
            assert!(!tag.contains(" on"), "{name}: <{tag}>");
            assert!(!tag.starts_with("script") && !tag.contains("javascript:"), "{name}: <{tag}>");
        }
    }
}

#[test]
fn ids_are_unique_and_every_reference_finds_one() {
    for (name, page) in all() {
        let ids: Vec<&str> = tags(&page).filter_map(|tag| attribute(tag, "id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: {ids:?}");
        for tag in tags(&page) {
            for reference in ["for", "aria-describedby", "aria-labelledby", "popovertarget"] {
                for id in attribute(tag, reference).unwrap_or_default().split_whitespace() {
                    assert!(known.contains(id), "{name}: {id} in <{tag}>");
                }
            }
        }
    }
}

#[test]
fn every_control_has_a_name_to_be_called_by() {
    for (name, page) in all() {
        let labelled: BTreeSet<&str> = tags(&page).filter_map(|tag| attribute(tag, "for")).collect();
        let controls = tags(&page)
            .filter(|tag| ["input", "select", "textarea"].iter().any(|control| tag.starts_with(control)))
            .filter(|tag| !tag.contains("type=\"hidden\""));
        for tag in controls {
            let is_labelled = attribute(tag, "id").is_some_and(|id| labelled.contains(id));
            assert!(is_labelled || attribute(tag, "aria-label").is_some(), "{name}: <{tag}>");
        }
    }
}

#[test]
fn every_page_has_one_title_one_main_and_a_way_to_it() {
    for (name, page) in all() {
        let count = |start: &str| tags(&page).filter(|tag| tag.split(' ').next() == Some(start)).count();
        assert_eq!((count("h1"), count("main")), (1, 1), "{name}");
        assert!(tags(&page).next().is_some_and(|tag| tag.contains("href=\"#main\"")), "{name}");
    }
}

#[test]
fn buttons_that_only_script_can_answer_are_marked() {
    for (name, page) in all() {
        for tag in tags(&page).filter(|tag| tag.starts_with("button")) {
            let acts_by_itself = tag.contains("type=\"submit\"") || tag.contains("popovertarget");
            assert!(acts_by_itself || tag.contains("needs-script"), "{name}: <{tag}>");
        }
    }
}
