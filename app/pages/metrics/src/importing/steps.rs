//! The steps of an import.

use kernel::{DatasetId, count};
use ui::{Step, StepState};

/// The steps, in their order, by the part of the address that each has.
const STEPS: [(&str, &str); 5] =
    [("Upload", ""), ("Format", "format"), ("Map columns", "map"), ("Check", "check"), ("Commit", "")];

/// The steps of an import of that file, standing at the one with that address.
pub(super) fn steps_at(current: &str, workspace: &str, id: DatasetId) -> Vec<Step> {
    let place = STEPS.iter().position(|(_, path)| *path == current).unwrap_or_default();
    let step = |(at, (label, path)): (usize, &(&str, &str))| {
        let state = match at.cmp(&place) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::ToDo,
        };
        let address =
            if path.is_empty() { format!("/w/{workspace}/data") } else { step_address(workspace, id, path) };
        Step { label: (*label).to_owned(), state, href: (state == StepState::Done).then_some(address) }
    };
    STEPS.iter().enumerate().map(step).collect()
}

/// Where a step of a file is.
pub(super) fn step_address(workspace: &str, id: DatasetId, step: &str) -> String {
    format!("/w/{workspace}/data/{id}/{step}")
}

/// `1 value`, `312 values`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_behind_can_be_gone_back_to_and_steps_ahead_cannot() {
        let id: DatasetId = "00000000-0000-0000-0000-000000000001".parse().unwrap();
        let steps = steps_at("map", "acme", id);
        let states: Vec<StepState> = steps.iter().map(|step| step.state).collect();
        assert_eq!(
            states,
            [StepState::Done, StepState::Done, StepState::Current, StepState::ToDo, StepState::ToDo]
        );
        let links: Vec<Option<&str>> = steps.iter().map(|step| step.href.as_deref()).collect();
        let format = "/w/acme/data/00000000-0000-0000-0000-000000000001/format";
        assert_eq!(links, [Some("/w/acme/data"), Some(format), None, None, None]);
    }
}
