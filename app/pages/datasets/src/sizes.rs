//! Sizes of files in words.

use kernel::{THIN_SPACE, count};

const SCALES: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];

/// `812 B`, `4.2 kB`, `100 MB`: one decimal where it says something.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn file_size(bytes: u64) -> String {
    let Some((scale, unit)) = SCALES.into_iter().find(|(scale, _)| bytes >= *scale) else {
        return format!("{bytes}{THIN_SPACE}B");
    };
    let tenths = (bytes as f64 / scale as f64 * 10.0).round() / 10.0;
    let number = if tenths >= 100.0 || tenths.fract() == 0.0 {
        format!("{tenths:.0}")
    } else {
        format!("{tenths:.1}")
    };
    format!("{number}{THIN_SPACE}{unit}")
}

/// `1 row`, `24 rows`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_one_decimal_where_it_says_something() {
        let shown: Vec<String> = [0, 812, 1024, 4_301, 104_857_600, 13_002_342, 1 << 31]
            .into_iter()
            .map(|bytes| file_size(bytes).replace(THIN_SPACE, " "))
            .collect();
        assert_eq!(shown, ["0 B", "812 B", "1 kB", "4.2 kB", "100 MB", "12.4 MB", "2 GB"]);
    }
}
