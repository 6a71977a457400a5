//! One record of the catalogue: everything Quartile knows about a metric.

use kernel::{Direction, Unit};
use serde::{Deserialize, Serialize};

/// A metric: how it is named, computed, checked, explained and compared. The records are the only place that says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// The stable name in storage, API and formulas: `nrr`.
    pub key: &'static str,
    /// The full name: "Net revenue retention".
    pub label: &'static str,
    /// The name where room is short: "NRR".
    pub short_label: &'static str,
    /// The heading it stands under.
    pub group: Group,
    /// What it is measured in.
    pub unit: Unit,
    /// Which way, or which range, is better.
    pub aim: Aim,
    /// The formula that is computed and shown; `None` if the figure can only be reported.
    pub formula: Option<&'static str>,
    /// The formula in words, with its window, lag and basis.
    pub words: &'static str,
    /// Values outside are impossible and are refused.
    pub valid: ValidRange,
    /// A common value, for examples and for testing the range.
    pub typical: f64,
    /// When the figure has no meaning, and what that says about the company.
    pub null_rule: NullRule,
    /// What is most often done wrong.
    pub pitfall: &'static str,
    /// Column headers that people use for it, separated by semicolons.
    pub synonyms: &'static str,
    /// Stages at which it belongs on the first page.
    pub stages: &'static [Stage],
    /// Who defined it.
    pub source: &'static str,
    /// Definitions in use that give other numbers. The first one is what the formula computes.
    pub variants: &'static [Variant],
    /// How months become a quarter or a year.
    pub rollup: Rollup,
    /// Whether files also carry it as a negative number, to be stored as a positive one.
    pub is_deduction: bool,
}

impl Metric {
    /// What a reported figure has in common; records name what differs.
    pub(super) const REPORTED: Self = Self {
        key: "",
        label: "",
        short_label: "",
        group: Group::Inputs,
        unit: Unit::Money,
        aim: Aim::CONTEXT,
        formula: None,
        words: "",
        valid: ValidRange::NOT_NEGATIVE,
        typical: 0.0,
        null_rule: NullRule::NEVER,
        pitfall: "",
        synonyms: "",
        stages: &[],
        source: "Management accounts",
        variants: &[],
        rollup: Rollup::Sum,
        is_deduction: false,
    };

    /// Which way is better; a target range judges by itself and gives no direction.
    pub fn direction(&self) -> Direction {
        match self.aim {
            Aim::Direction(direction) => direction,
            Aim::Range { .. } => Direction::Context,
        }
    }

    /// Each of the synonyms.
    pub fn synonyms(&self) -> impl Iterator<Item = &'static str> {
        self.synonyms.split(';').map(str::trim).filter(|synonym| !synonym.is_empty())
    }

    /// Whether what is missing is this figure itself, rather than the figures it is computed from.
    pub fn is_input(&self) -> bool {
        self.formula.is_none() || self.group == Group::Inputs
    }
}

/// The heading that a metric stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Recurring revenue, its movements and its growth.
    Growth,
    /// What stays of what was won.
    Retention,
    /// What growth costs.
    Efficiency,
    /// What is left of revenue.
    Margin,
    /// Money in the bank.
    Cash,
    /// Who pays, and how much.
    Customers,
    /// How the product is used.
    Product,
    /// Reported figures from which others follow.
    Inputs,
}

impl Group {
    /// All groups in the order shown.
    pub const ALL: [Self; 8] = [
        Self::Growth,
        Self::Retention,
        Self::Efficiency,
        Self::Margin,
        Self::Cash,
        Self::Customers,
        Self::Product,
        Self::Inputs,
    ];

    /// The heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Growth => "Growth",
            Self::Retention => "Retention",
            Self::Efficiency => "Efficiency",
            Self::Margin => "Margin",
            Self::Cash => "Cash",
            Self::Customers => "Customers",
            Self::Product => "Product",
            Self::Inputs => "Inputs",
        }
    }
}

/// What a company should wish for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// More, less, or no judgement.
    Direction(Direction),
    /// Between two values, both included.
    Range {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
}

impl Aim {
    /// More is better.
    pub const HIGH: Self = Self::Direction(Direction::High);
    /// Less is better.
    pub const LOW: Self = Self::Direction(Direction::Low);
    /// No judgement.
    pub const CONTEXT: Self = Self::Direction(Direction::Context);
}

/// The values that are possible at all, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValidRange {
    /// The least possible value.
    pub least: f64,
    /// The greatest possible value.
    pub most: f64,
}

impl ValidRange {
    const LARGEST: f64 = 1.0e13;
    /// Zero or more.
    pub const NOT_NEGATIVE: Self = Self::new(0.0, Self::LARGEST);
    /// Anything of a size that exists.
    pub const ANY: Self = Self::new(-Self::LARGEST, Self::LARGEST);
    /// A part of a whole.
    pub const FRACTION: Self = Self::new(0.0, 1.0);

    /// From `least` to `most`.
    pub const fn new(least: f64, most: f64) -> Self {
        Self { least, most }
    }
}

/// When a figure has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NullRule {
    /// The reason in API and storage.
    pub code: &'static str,
    /// The rule, for the definition.
    pub rule: &'static str,
    /// The sentence that stands in place of the figure.
    pub sentence: &'static str,
    /// Where a company without the figure stands among its peers.
    pub standing: Standing,
}

impl NullRule {
    /// A reported figure is missing or known, never without meaning.
    pub const NEVER: Self = Self {
        code: "not_computable",
        rule: "Missing until it is reported; missing is never counted as 0",
        sentence: "The figures do not give a number",
        standing: Standing::Unranked,
    };

    /// A rule whose companies are left out of the ranking.
    pub const fn unranked(code: &'static str, rule: &'static str, sentence: &'static str) -> Self {
        Self { code, rule, sentence, standing: Standing::Unranked }
    }

    /// A rule that only companies in trouble meet.
    pub const fn worst(code: &'static str, rule: &'static str, sentence: &'static str) -> Self {
        Self { code, rule, sentence, standing: Standing::Worst }
    }

    /// A rule that only companies in good health meet.
    pub const fn best(code: &'static str, rule: &'static str, sentence: &'static str) -> Self {
        Self { code, rule, sentence, standing: Standing::Best }
    }
}

/// Where a company stands whose figure has no meaning. Dropping it would flatter or punish the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Behind everyone with a figure.
    Worst,
    /// Ahead of everyone with a figure.
    Best,
    /// Left out.
    Unranked,
}

/// How far a company has come, by annual recurring revenue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No recurring revenue yet.
    PreRevenue,
    /// Up to one million dollars.
    Early,
    /// One to ten million dollars.
    Growth,
    /// Beyond ten million dollars.
    Scale,
}

impl Stage {
    /// Every stage.
    pub const ALL: &'static [Self] = &[Self::PreRevenue, Self::Early, Self::Growth, Self::Scale];
    /// Every stage with revenue.
    pub const EARNING: &'static [Self] = &[Self::Early, Self::Growth, Self::Scale];
    /// From one million dollars.
    pub const LATER: &'static [Self] = &[Self::Growth, Self::Scale];
}

/// A definition in use under the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The stable name.
    pub key: &'static str,
    /// What it does differently.
    pub words: &'static str,
}

/// How the values of months become one value of a quarter or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rollup {
    /// The last month's value: stocks, and figures with a window of their own.
    Last,
    /// The sum of the months: flows.
    Sum,
    /// The mean of the months: monthly rates.
    Mean,
    /// The formula over the inputs of the whole period: shares of flows.
    Ratio,
}

impl Rollup {
    /// The rule in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Last => "The last month stands for the period",
            Self::Sum => "The months are added",
            Self::Mean => "The mean of the months",
            Self::Ratio => "Computed anew from the inputs of the whole period",
        }
    }
}
