use leptos::prelude::*;
use ui::prelude::*;

use crate::{data, html};

#[test]
fn the_navigation_marks_where_one_is() {
    let page = html(|| data::framed("/w/northlight/data/7", "File", false, ().into_any()));
    assert!(page.contains(r#"href="/w/northlight/data" aria-current="page""#), "{page}");
    assert_eq!(page.matches(r#"class="nav-link""#).count(), 10, "{page}");
    assert_eq!(page.matches(r#"href="/w/northlight" aria-current"#).count(), 0, "{page}");
}

#[test]
fn the_drawer_opens_without_script() {
    let page = html(|| data::framed("/w/northlight", "Overview", false, ().into_any()));
    assert!(
        page.contains(r#"id="side" popover="auto""#) && page.contains(r#"popovertarget="side""#),
        "{page}"
    );
}

#[test]
fn the_theme_of_the_cookie_is_pressed() {
    let switch = html(|| {
        provide_context(Theme::parse("dark"));
        view! { <ThemeSwitch return_to="/w/1" /> }
    });
    assert!(switch.contains(r#"method="post" action="/theme""#), "{switch}");
    assert!(switch.contains(r#"name="return_to" value="/w/1""#), "{switch}");
    let dark = switch.split("<button").find(|button| button.contains("value=\"dark\"")).unwrap();
    assert!(dark.contains(r#"aria-pressed="true""#), "{switch}");
    assert_eq!(switch.matches(r#"aria-pressed="true""#).count(), 1, "{switch}");
}

#[test]
fn unknown_themes_follow_the_system() {
    assert_eq!(
        ["light", "dark", "system", "", "Dark\n"].map(Theme::parse),
        [Theme::Light, Theme::Dark, Theme::System, Theme::System, Theme::System]
    );
}

#[test]
fn steps_say_what_is_done_and_what_is_current() {
    let step = |label: &str, state| Step { label: label.to_owned(), state, href: None };
    let steps = html(|| {
        let steps = vec![
            step("Upload", StepState::Done),
            step("Map columns", StepState::Current),
            step("Commit", StepState::ToDo),
        ];
        view! { <Steps label="Import" steps=steps /> }
    });
    assert!(steps.contains(r#"<li aria-current="step" class="current">"#), "{steps}");
    assert_eq!(steps.matches("(done)").count(), 1, "{steps}");
}

#[test]
fn icons_are_hidden_unless_they_alone_say_something() {
    let decoration = html(|| view! { <Icon name=IconName::Check /> });
    assert!(decoration.contains(r#"aria-hidden="true""#) && !decoration.contains("role="), "{decoration}");
    let meaning = html(|| view! { <Icon name=IconName::Check label="Done" /> });
    assert!(
        meaning.contains(r#"role="img" aria-label="Done""#) && !meaning.contains("aria-hidden"),
        "{meaning}"
    );
}
