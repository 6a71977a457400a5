//! Interactive charts by ECharts, over a drawing that needs no script.

use leptos::{html, prelude::*};

/// A drawing that becomes interactive where script runs: ECharts is loaded when the first one is mounted, follows the
/// size of its place and the theme, and is disposed of with the component. If it cannot load, the drawing stays.
#[component]
pub fn RichChart(
    /// What the chart shows.
    #[prop(into)]
    label: String,
    /// The options of ECharts as JSON. Colours may be tokens: `"var(--series-1)"`.
    #[prop(into)]
    option_json: Signal<String>,
    /// The drawing shown until then, and its data table.
    children: Children,
) -> impl IntoView {
    let canvas = NodeRef::<html::Div>::new();
    mount_in(canvas, option_json);
    view! {
        <div class="rich-chart">
            <div class="fallback">{children()}</div>
            <div class="canvas" role="img" aria-label=label node_ref=canvas></div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn mount_in(canvas: NodeRef<html::Div>, option_json: Signal<String>) {
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            let chart = script::mount(&canvas, &option_json.get());
            on_cleanup(move || script::dispose(chart));
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn mount_in(_canvas: NodeRef<html::Div>, _option_json: Signal<String>) {}

#[cfg(feature = "hydrate")]
mod script {
    use wasm_bindgen::prelude::wasm_bindgen;

    // Bundled beside the WASM and imported by its module, so that `strict-dynamic` trusts it.
    #[wasm_bindgen(module = "/js/charts.js")]
    extern "C" {
        /// Starts to load and draw; gives the number of the chart.
        pub(super) fn mount(canvas: &web_sys::Element, option_json: &str) -> u32;
        /// Takes the chart away and shows the drawing again.
        pub(super) fn dispose(chart: u32);
    }
}
