//! Month, window and currency of the dashboard.

use kernel::{Currency, Month};
use leptos::prelude::*;
use leptos_router::components::Form;
use metrics::model::Window;
use ui::{Button, OnlyWithoutScript, Select, SelectOption};

/// What is shown, and what else there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chosen {
    /// The last month.
    pub(crate) month: Month,
    /// How many months are taken together.
    pub(crate) window: Window,
    /// The currency of amounts.
    pub(crate) currency: Currency,
    /// The months with data, newest first.
    pub(crate) months: Vec<Month>,
}

/// A form that puts the choice into the address; sends itself where script runs.
#[component]
pub(crate) fn Filters(chosen: Chosen, action: String) -> impl IntoView {
    view! {
        <Form method="get" action=action attr:class="toolbar">
            // Made anew for each choice: a list that a person has touched no longer follows its attributes.
            <For each=move || [chosen.clone()] key=Clone::clone let(chosen)>
                <Select name="month" label="Last month" options=months(&chosen.months) selected=chosen.month.to_string() submits=true />
                <Select name="window" label="Period" options=windows() selected=chosen.window.noun() submits=true />
                <Select name="currency" label="Currency" options=currencies() selected=chosen.currency.code() submits=true />
            </For>
            <OnlyWithoutScript>
                <Button>"Show period"</Button>
            </OnlyWithoutScript>
        </Form>
    }
}

fn months(months: &[Month]) -> Vec<SelectOption> {
    months.iter().map(|month| SelectOption::new(month.to_string(), format!("To {}", month.label()))).collect()
}

fn windows() -> Vec<SelectOption> {
    let label = |window: Window| match window {
        Window::Month => "One month",
        Window::Quarter => "Three months",
        Window::Year => "Twelve months",
    };
    Window::ALL.into_iter().map(|window| SelectOption::new(window.noun(), label(window))).collect()
}

fn currencies() -> Vec<SelectOption> {
    Currency::ALL
        .iter()
        .map(|currency| {
            SelectOption::new(currency.code(), format!("{} · {}", currency.code(), currency.name()))
        })
        .collect()
}
