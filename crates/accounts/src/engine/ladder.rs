//! How long someone waits after wrong passwords.

use chrono::TimeDelta;

/// The pause after that many wrong passwords in a row: none for the first six, then longer and longer.
pub(crate) fn pause_after(failures: i64) -> TimeDelta {
    match failures {
        ..=6 => TimeDelta::zero(),
        7..=9 => TimeDelta::minutes(1),
        10..=14 => TimeDelta::minutes(10),
        15..=19 => TimeDelta::minutes(15),
        20..=24 => TimeDelta::hours(1),
        25.. => TimeDelta::hours(24),
    }
}

/// The pause of a whole network place, whose people may all have mistyped within the hour: the same ladder with rungs thrice as far apart,
/// and never longer than ten minutes, because those who did nothing wrong wait too.
pub(crate) fn pause_of_place_after(failures: i64) -> TimeDelta {
    pause_after(failures / 3).min(TimeDelta::minutes(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seventh_wrong_password_makes_wait_and_the_pause_only_grows() {
        assert_eq!(pause_after(6), TimeDelta::zero());
        assert_eq!(pause_after(7), TimeDelta::minutes(1));
        assert!((0..40).map(pause_after).is_sorted());
        assert_eq!(pause_of_place_after(20), TimeDelta::zero());
        assert_eq!(pause_of_place_after(21), TimeDelta::minutes(1));
        assert_eq!(pause_of_place_after(1_000), TimeDelta::minutes(10));
    }
}
