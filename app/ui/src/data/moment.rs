//! Points in time.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// A point in time, in UTC.
#[component]
pub fn Moment(
    /// When.
    at: DateTime<Utc>,
) -> impl IntoView {
    view! {
        <time class="num" datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true)>
            {moment(at)}
        </time>
    }
}

/// `4 Oct 2026, 14:02 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_name_their_month_and_their_zone() {
        let at: DateTime<Utc> = "2026-10-04T14:02:59Z".parse().unwrap();
        assert_eq!(moment(at), "4 Oct 2026, 14:02 UTC");
    }
}
