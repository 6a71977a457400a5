//! The later steps of an import: columns to metrics, the check, the commit and its undoing.

mod bridge;
mod changes;
mod check;
mod choices;
mod functions;
mod history;
mod map;
mod problem;
mod steps;

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The steps after the format, and the list of imports.
#[component(transparent)]
pub fn ImportRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/data/imports") view=history::ImportsPage ssr=SsrMode::Async />
        <Route path=path!("/data/:dataset/map") view=map::MapPage ssr=SsrMode::Async />
        <Route path=path!("/data/:dataset/check") view=check::CheckPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Month};
    use metrics::{
        MetricKey,
        engine::{bridge, suggest_all},
        model::{MonthRange, Observations, SampleHints},
    };

    /// The file that the page of files offers as an example.
    const EXAMPLE: &str = include_str!("../../../../../public/example.csv");

    fn observations() -> Observations {
        let mut lines = EXAMPLE.lines();
        let headers: Vec<&str> = lines.next().unwrap().split(',').collect();
        let hints = |header: &&str| SampleHints {
            is_numeric: Some(*header != "month"),
            is_date: Some(*header == "month"),
            is_all_negative: false,
        };
        let described: Vec<(&str, SampleHints)> =
            headers.iter().map(|header| (*header, hints(header))).collect();
        let keys: Vec<Option<MetricKey>> = suggest_all(&described)
            .into_iter()
            .map(|suggestion| suggestion.and_then(|found| found.key()))
            .collect();
        let rows = lines.flat_map(|line| {
            let mut cells = line.split(',');
            let month: Month = cells.next().unwrap().parse().unwrap();
            let values: Vec<f64> = cells.map(|cell| cell.parse().unwrap()).collect();
            let keys: Vec<MetricKey> = keys.iter().skip(1).map(|key| key.unwrap()).collect();
            keys.into_iter().zip(values).map(move |(key, value)| (key, month, value)).collect::<Vec<_>>()
        });
        rows.collect()
    }

    #[test]
    fn every_column_of_the_example_is_known_and_its_bridge_closes() {
        let observations = observations();
        assert_eq!(observations.keys().count(), 17);
        let months = observations.months().unwrap();
        assert_eq!(months.count(), 24);
        let checked = MonthRange::new(months.first.plus(1), months.last);
        let bridge = bridge(&observations, checked, Currency::Usd);
        assert_eq!((bridge.closes, bridge.gap), (Some(true), Some(0.0)));
    }

    #[test]
    fn customers_of_the_example_follow_from_those_won_and_lost() {
        let observations = observations();
        let months = observations.months().unwrap();
        for month in MonthRange::new(months.first.plus(1), months.last).iter() {
            let known = |key, month| observations.get(key, month).unwrap();
            let expected = known(MetricKey::CUSTOMERS, month.plus(-1))
                + known(MetricKey::CUSTOMERS_NEW, month)
                - known(MetricKey::CUSTOMERS_LOST, month);
            let returned = known(MetricKey::CUSTOMERS, month) - expected;
            assert!((0.0..=1.0).contains(&returned), "{month}: {returned}");
        }
    }
}
