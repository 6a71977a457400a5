//! How far long work is.

use leptos::prelude::*;

/// What long work does and how far it is; without a share it moves without saying how far.
#[component]
pub fn Progress(
    /// What is being done: "Reading revenue-2026-09.csv".
    #[prop(into)]
    label: Signal<String>,
    /// The share done, from 0 to 1, if known.
    #[prop(optional, into)]
    share: Signal<Option<f64>>,
    /// How far in units of the work: "340 of 2,412 rows".
    #[prop(optional, into)]
    detail: Signal<String>,
) -> impl IntoView {
    let percent = move || share.get().map(percent_of);
    view! {
        <div class="progress" role="group" aria-label=move || label.get()>
            <div class="line">
                <span>{move || label.get()}</span>
                <span class="num muted">{move || detail.get()}</span>
            </div>
            <progress
                max="100"
                value=percent
                aria-label=move || label.get()
                aria-valuetext=move || Some(detail.get()).filter(|detail| !detail.is_empty())
            ></progress>
        </div>
    }
}

fn percent_of(share: f64) -> String {
    format!("{:.0}", (share * 100.0).clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::percent_of;

    #[test]
    fn shares_outside_the_bar_stay_in_it() {
        assert_eq!([-0.1, 0.333, 1.7].map(percent_of), ["0", "33", "100"]);
    }
}
