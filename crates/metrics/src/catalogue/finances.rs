//! What is left of revenue, and money in the bank.

use kernel::Unit;

use super::metric::{Aim, Group, Metric, NullRule, Rollup, Stage, ValidRange, Variant};

const NO_REVENUE: NullRule = NullRule::unranked(
    "no_revenue",
    "Undefined when revenue was 0 or less",
    "There was no revenue, so it has no share",
);

const MARGIN: Metric = Metric {
    group: Group::Margin,
    unit: Unit::Share,
    aim: Aim::HIGH,
    valid: ValidRange::new(-10_000.0, 1.0),
    null_rule: NO_REVENUE,
    rollup: Rollup::Ratio,
    ..Metric::REPORTED
};

const COST_SHARE: Metric =
    Metric { aim: Aim::CONTEXT, valid: ValidRange::new(0.0, 10_000.0), stages: Stage::LATER, ..MARGIN };

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "gm",
        label: "Gross margin",
        short_label: "Gross margin",
        formula: Some("(revenue - cogs) / positive(revenue)"),
        words: "Revenue minus cost of revenue (hosting, support, onboarding, payment fees), over revenue",
        typical: 0.75,
        pitfall: "Hosting and customer success left in operating cost make it look better than it is.",
        synonyms: "gross margin; GM; gross profit margin; gross margin pct; GM%; Bruttomarge; \
                   Rohertragsmarge; marge brute; taux de marge brute; margen bruto",
        stages: Stage::EARNING,
        source: "SaaS Metrics Standards Board",
        ..MARGIN
    },
    Metric {
        key: "ebitda_m",
        label: "EBITDA margin",
        short_label: "EBITDA margin",
        formula: Some("ebitda / positive(revenue)"),
        words: "EBITDA over revenue",
        typical: -0.2,
        pitfall: "Capitalised development and one-off items move it. Name the margin when you add it to growth.",
        synonyms: "EBITDA margin; EBITDA %; EBITDA percent; EBITDA Marge; marge d'EBITDA; margen EBITDA",
        stages: Stage::LATER,
        ..MARGIN
    },
    Metric {
        key: "fcf_m",
        label: "Free-cash-flow margin",
        short_label: "FCF margin",
        formula: Some("fcf / positive(revenue)"),
        words: "Free cash flow over revenue",
        // Prepayments can exceed the revenue of a month.
        valid: ValidRange::new(-10_000.0, 1_000.0),
        typical: -0.1,
        pitfall: "Annual prepayments arrive in one month; read it over a year.",
        synonyms: "FCF margin; free cash flow margin; free cashflow margin; FCF %",
        stages: &[Stage::Scale],
        ..MARGIN
    },
    Metric {
        key: "sm_pct",
        label: "Sales and marketing share",
        short_label: "S&M share",
        formula: Some("sm_cost / positive(revenue)"),
        words: "Sales and marketing cost over revenue",
        typical: 0.4,
        pitfall: "What is right depends on the stage and on growth: a low share can mean too little investment.",
        synonyms: "S&M % of revenue; S&M %; sales and marketing % of revenue; S&M share; S&M as % of revenue; \
                   sales and marketing share; sales & marketing %",
        ..COST_SHARE
    },
    Metric {
        key: "rd_pct",
        label: "Research and development share",
        short_label: "R&D share",
        formula: Some("rd_cost / positive(revenue)"),
        words: "Research and development cost over revenue",
        typical: 0.3,
        pitfall: "What is right depends on the stage. Capitalised development has to be counted the same way each year.",
        synonyms: "R&D % of revenue; R&D %; research and development % of revenue; R&D share; R&D as % of \
                   revenue; engineering % of revenue",
        ..COST_SHARE
    },
    Metric {
        key: "ga_pct",
        label: "General and administrative share",
        short_label: "G&A share",
        formula: Some("ga_cost / positive(revenue)"),
        words: "General and administrative cost over revenue",
        typical: 0.18,
        pitfall: "What is right depends on the stage. Rent and tools of other teams do not belong here.",
        synonyms: "G&A % of revenue; G&A %; general and administrative % of revenue; G&A share; G&A as % of \
                   revenue; overhead % of revenue",
        ..COST_SHARE
    },
    Metric {
        key: "burn_month",
        label: "Net burn of the month",
        short_label: "Burn, month",
        group: Group::Cash,
        unit: Unit::Money,
        aim: Aim::LOW,
        formula: Some("prev(cash, 1) - cash + financing"),
        words: "Cash at the end of the month before, minus cash at the end of the month, plus money raised",
        valid: ValidRange::ANY,
        typical: 90_000.0,
        pitfall: "Money raised is not income: without it a round looks like profit. Below 0 means that the company \
                  earned cash. Gross burn (all payments) is another figure.",
        synonyms: "net burn; burn; monthly burn; cash burn; burn rate; net burn rate; monthly net burn; net \
                   cash burn; monthly burn rate; monthly cash burn; consommation de trésorerie; quema de \
                   efectivo; quema de caja",
        rollup: Rollup::Sum,
        ..Metric::REPORTED
    },
    Metric {
        key: "burn",
        label: "Net burn, three-month mean",
        short_label: "Burn, 3 months",
        group: Group::Cash,
        unit: Unit::MoneyPerMonth,
        aim: Aim::LOW,
        formula: Some("avg(burn_month, 3)"),
        words: "Mean net burn of the last three months, money raised left out",
        valid: ValidRange::ANY,
        typical: 90_000.0,
        pitfall: "Net, not gross. One month alone is moved by prepayments and taxes, hence three.",
        synonyms: "net burn 3 month average; burn 3m avg; average burn; average net burn; net burn 3m; \
                   average monthly burn; trailing burn",
        stages: Stage::ALL,
        rollup: Rollup::Last,
        ..Metric::REPORTED
    },
    Metric {
        key: "runway",
        label: "Runway",
        short_label: "Runway",
        group: Group::Cash,
        unit: Unit::Months,
        aim: Aim::HIGH,
        formula: Some("cash / positive(burn)"),
        words: "Cash at the end of the month over the mean net burn of the last three months",
        valid: ValidRange::new(0.0, 100_000.0),
        typical: 16.0,
        null_rule: NullRule::best(
            "default_alive",
            "Undefined when the company does not burn cash",
            "Default alive: the company did not burn cash in the last three months",
        ),
        pitfall: "It assumes that burn stays as it is. Planned hires shorten it.",
        synonyms: "runway; runway months; cash runway; months of runway; runway (months); months runway; \
                   Reichweite Liquidität; Cash Reichweite; autonomie de trésorerie; meses de caja",
        stages: Stage::ALL,
        rollup: Rollup::Last,
        source: "Management accounts; “default alive” by Paul Graham, 2015",
        variants: &[
            Variant { key: "three_month_burn", words: "Mean net burn of three months" },
            Variant { key: "forecast", words: "Planned burn, uploaded" },
        ],
        ..Metric::REPORTED
    },
];
