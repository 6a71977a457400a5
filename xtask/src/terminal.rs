//! Everything the commands themselves write.

use std::{io::Write, time::Duration};

use crate::failure::Failure;

/// Writes one line for the reader.
pub(crate) fn say(line: impl AsRef<str>) {
    relay(format!("{}\n", line.as_ref()).as_bytes());
}

/// Passes a tool's output on as it comes.
pub(crate) fn relay(bytes: &[u8]) {
    let mut output = std::io::stdout().lock();
    // A reader who went away is no reason to stop the work.
    let _ = output.write_all(bytes).and_then(|()| output.flush());
}

/// Opens a section of the output.
pub(crate) fn heading(title: &str) {
    say(format!("\n== {title}"));
}

/// Writes what went wrong.
pub(crate) fn complain(failure: &Failure) {
    let _ = writeln!(std::io::stderr(), "error: {failure}");
}

/// `4.2 s`, `3 min 07 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

/// `812 B`, `177.4 kB`, `61.2 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal place is shown")]
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_grow_into_minutes() {
        assert_eq!(duration(Duration::from_millis(4_230)), "4.2 s");
        assert_eq!(duration(Duration::from_secs(187)), "3 min 07 s");
    }

    #[test]
    fn sizes_take_the_unit_that_fits() {
        assert_eq!(size(812), "812 B");
        assert_eq!(size(177_400), "177.4 kB");
        assert_eq!(size(61_240_000), "61.2 MB");
    }
}
