//! Numbers of things in words.

use kernel::count;

/// `1 row`, `24 rows`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}
