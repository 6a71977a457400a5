//! Which published figures fit a company, the most fitting first.

use std::cmp::Reverse;

use super::{
    all,
    figure::{PublishedFigure, Segment},
};
use accounts::{Industry, Stage};

/// What is known of a company when figures are chosen for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompanyTraits {
    /// Annual recurring revenue in US dollars.
    pub arr_usd: Option<f64>,
    /// What it sells and to whom.
    pub industry: Option<Industry>,
    /// How far it has come.
    pub stage: Option<Stage>,
    /// Annual contract value in US dollars.
    pub contract_value_usd: Option<f64>,
    /// Revenue per account and month in US dollars.
    pub account_revenue_usd: Option<f64>,
}

/// The figures that fit a company: those of its revenue band first, then those of its segment, then those of all, and
/// public companies last; figures measured like the catalogue's before others, and among equals the newest first.
pub fn for_company(metric: &str, company: CompanyTraits) -> Vec<&'static PublishedFigure> {
    let mut figures: Vec<&PublishedFigure> =
        all().filter(|figure| figure.metric == metric && fits(figure, company)).collect();
    figures.sort_by_key(|figure| {
        (
            figure.segment == Segment::PublicSoftware,
            figure.revenue.is_all(),
            figure.segment == Segment::All,
            !figure.is_same_definition,
            Reverse(figure.year()),
        )
    });
    figures
}

fn fits(figure: &PublishedFigure, company: CompanyTraits) -> bool {
    let has_revenue =
        figure.revenue.is_all() || company.arr_usd.is_some_and(|arr| figure.revenue.contains(arr));
    has_revenue
        && match figure.segment {
            Segment::All | Segment::PublicSoftware => true,
            Segment::Industry(industry) => company.industry == Some(industry),
            Segment::Stage(stage) => company.stage == Some(stage),
            Segment::VentureBacked => company.stage.is_some_and(|stage| stage != Stage::Bootstrapped),
            Segment::ContractValue(lower, upper) => is_within(company.contract_value_usd, lower, upper),
            Segment::AccountRevenue(lower, upper) => is_within(company.account_revenue_usd, lower, upper),
        }
}

fn is_within(amount: Option<f64>, lower: Option<f64>, upper: Option<f64>) -> bool {
    let is_between =
        |amount: f64| lower.is_none_or(|lower| amount >= lower) && upper.is_none_or(|upper| amount < upper);
    amount.is_some_and(is_between)
}
