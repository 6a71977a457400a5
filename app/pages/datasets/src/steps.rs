//! The steps of an import.

use ui::{Step, StepState};

/// The steps of an import that stands at the format of a file; the later ones open once it is understood.
pub(crate) fn steps_at_format(workspace: &str) -> Vec<Step> {
    use StepState::{Current, Done, ToDo};
    [("Upload", Done), ("Format", Current), ("Map columns", ToDo), ("Check", ToDo), ("Commit", ToDo)]
        .map(|(label, state)| Step {
            label: label.to_owned(),
            state,
            href: (state == Done).then(|| format!("/w/{workspace}/data")),
        })
        .to_vec()
}
