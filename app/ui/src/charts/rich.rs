//! Interactive charts by ECharts, over a drawing that needs no script.

use leptos::{html, prelude::*};

/// A drawing that becomes interactive where script runs: ECharts is loaded when the first one is mounted, follows the
/// size of its place and the theme. If it cannot load, the drawing stays.
#[island]
pub fn RichChart(
    /// What the chart shows.
    label: String,
    /// The options of ECharts as JSON. Colours may be tokens: `"var(--series-1)"`.
    option_json: String,
    /// Whether it stands in one of two columns, less high.
    is_half: bool,
    /// The drawing shown until then, and its data table.
    children: Children,
) -> impl IntoView {
    let canvas = NodeRef::<html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            script::mount(&canvas, &option_json);
        }
    });
    // Only the browser reads it.
    #[cfg(not(feature = "hydrate"))]
    drop(option_json);
    view! {
        <div class=if is_half { "rich-chart half" } else { "rich-chart" }>
            <div class="fallback">{children()}</div>
            <div class="canvas" role="img" aria-label=label node_ref=canvas></div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod script {
    use wasm_bindgen::prelude::wasm_bindgen;

    // Bundled beside the WASM and imported by its module, so that `strict-dynamic` trusts it.
    #[wasm_bindgen(module = "/js/charts.js")]
    extern "C" {
        /// Starts to load and draw.
        pub(super) fn mount(canvas: &web_sys::Element, option_json: &str);
    }
}
