//! The addresses of figures, charts and files, with what was chosen on the page.

use kernel::{Currency, Month};
use leptos_router::params::ParamsMap;
use metrics::{
    MetricKey,
    model::{ShownCurrency, Window},
};
use serde::{Deserialize, Serialize};

/// What an address chooses, as typed; empty where nothing is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The last month: `2026-09`.
    pub month: String,
    /// `month`, `quarter` or `year`.
    pub window: String,
    /// The currency: `EUR`.
    pub currency: String,
}

impl Choices {
    /// The choices of a query string.
    pub(crate) fn of(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get(name).unwrap_or_default();
        Self { month: text("month"), window: text("window"), currency: text("currency") }
    }
}

/// The addresses that belong to one company and one choice of month, window and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    base: String,
    month: Option<Month>,
    window: Option<Window>,
    /// Named only where it is not the company's own.
    currency: Option<Currency>,
}

impl Links {
    /// The addresses of a workspace for what is shown now.
    pub(crate) fn new(
        workspace: &str,
        month: Option<Month>,
        window: Option<Window>,
        shown: &ShownCurrency,
    ) -> Self {
        let currency = shown.converted_by.is_some().then_some(shown.currency);
        Self { base: format!("/w/{workspace}"), month, window, currency }
    }

    /// A page of the workspace: `/data`.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A figure at the month shown.
    pub(crate) fn figure(&self, key: MetricKey) -> String {
        self.figure_at(key, self.month)
    }

    /// A figure at a month.
    pub(crate) fn figure_at(&self, key: MetricKey, month: Option<Month>) -> String {
        let path = format!("{}/figures/{key}", self.base);
        self.address(path, &[("month", month.map(|month| month.to_string()))])
    }

    /// The chart of that name as a file.
    pub(crate) fn chart(&self, name: &str, ending: &str) -> String {
        let path = format!("{}/charts/{name}.{ending}", self.base);
        let window = self.window.map(|window| window.noun().to_owned());
        self.address(path, &[("month", self.month.map(|month| month.to_string())), ("window", window)])
    }

    /// Every figure as a file, or the series of one.
    pub(crate) fn table(&self, key: Option<MetricKey>, ending: &str) -> String {
        let path = format!("{}/figures.{ending}", self.base);
        self.address(path, &[("key", key.map(|key| key.to_string()))])
    }

    fn address(&self, path: String, choices: &[(&str, Option<String>)]) -> String {
        let currency = self.currency.map(|currency| currency.code().to_owned());
        let all = choices.iter().cloned().chain([("currency", currency)]);
        let query: Vec<String> = all.filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_what_was_chosen() {
        let month = "2026-09".parse().ok();
        let own = ShownCurrency { currency: Currency::Usd, converted_by: None };
        let links = Links::new("northlight", month, Some(Window::Quarter), &own);
        assert_eq!(links.figure(MetricKey::NRR), "/w/northlight/figures/nrr?month=2026-09");
        assert_eq!(links.figure_at(MetricKey::NRR, None), "/w/northlight/figures/nrr");
        assert_eq!(links.table(None, "xlsx"), "/w/northlight/figures.xlsx");
        let euros = ShownCurrency { currency: Currency::Eur, converted_by: Some("ECB".to_owned()) };
        let links = Links::new("northlight", month, Some(Window::Year), &euros);
        assert_eq!(
            links.chart("mrr-bridge", "svg"),
            "/w/northlight/charts/mrr-bridge.svg?month=2026-09&window=year&currency=EUR"
        );
        assert_eq!(
            links.table(Some(MetricKey::MRR), "csv"),
            "/w/northlight/figures.csv?key=mrr&currency=EUR"
        );
    }
}
