//! How much of something is in order.

use kernel::count;
use leptos::prelude::*;

use super::{Chip, ChipTone};

/// "23 of 24", in the colour that says how bad the rest is.
#[component]
pub fn PartChip(
    /// How many are in order.
    part: u64,
    /// How many there are.
    whole: u64,
    /// The colour, where it does not follow from the share.
    #[prop(optional, into)]
    tone: Option<ChipTone>,
) -> impl IntoView {
    let tone = tone.unwrap_or_else(|| part_tone(part, whole));
    view! { <Chip tone=tone>{format!("{} of {}", count(part), count(whole))}</Chip> }
}

/// All is good; up to one in twenty wrong is doubtful; more is bad. Of nothing, nothing is judged.
fn part_tone(part: u64, whole: u64) -> ChipTone {
    const ONE_IN: u64 = 20;
    let wrong = whole.saturating_sub(part);
    match (whole, wrong) {
        (0, _) => ChipTone::Neutral,
        (_, 0) => ChipTone::Good,
        _ if wrong.saturating_mul(ONE_IN) <= whole => ChipTone::Warning,
        _ => ChipTone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_follows_from_the_share_that_is_wrong() {
        assert_eq!(part_tone(24, 24), ChipTone::Good);
        assert_eq!(part_tone(23, 24), ChipTone::Warning);
        assert_eq!(part_tone(21, 24), ChipTone::Bad);
        assert_eq!(part_tone(0, 0), ChipTone::Neutral);
    }
}
