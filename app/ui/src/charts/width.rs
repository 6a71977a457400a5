//! How wide a chart's place is in the browser.

use leptos::{html, prelude::*};

/// The width of the element in whole pixels, followed as it changes; `None` on the server and before hydration.
#[cfg(feature = "hydrate")]
pub(super) fn width_of(element: NodeRef<html::Figure>) -> RwSignal<Option<f64>> {
    use wasm_bindgen::{JsCast, closure::Closure};

    let width = RwSignal::new(None);
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        let place = element.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            let measured = f64::from(place.client_width());
            if measured > 0.0 && width.get_untracked() != Some(measured) {
                width.set(Some(measured));
            }
        });
        let Ok(observer) = web_sys::ResizeObserver::new(measure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local((observer, measure));
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
    width
}

/// The width of the element in whole pixels, followed as it changes; `None` on the server and before hydration.
#[cfg(not(feature = "hydrate"))]
pub(super) fn width_of(_element: NodeRef<html::Figure>) -> RwSignal<Option<f64>> {
    RwSignal::new(None)
}
