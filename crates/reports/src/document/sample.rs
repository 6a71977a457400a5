//! A report as a company of some size would get it: every part of it is made up, for tests and benchmarks.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "constants that every test of a report reads"
)]

mod metrics;

use super::{
    Cover, Definition, Fact, FigureGroup, Headline, MethodSection, ReportDocument, StandingSection, Summary,
    TrendSection,
};
use charts::{AnyChart, Bar, BarChart, MonthValue, MonthlySeries, MrrBridge, TrendChart, WaterfallChart};
use chrono::NaiveDate;
use kernel::{Currency, Month, Unit, figure};

use metrics::{GROUPS, Metric, bar, change, rank, row};

const USD: Currency = Currency::Usd;

fn months(first: f64, step: f64) -> Vec<MonthValue> {
    let start: Month = "2024-10".parse().unwrap();
    (0..24)
        .map(|place| MonthValue { month: start.plus(place), value: first + step * f64::from(place) })
        .collect()
}

fn trend(title: &str, unit: Unit, (first, step): (f64, f64), synthetic: bool) -> AnyChart {
    let series = |label: &str, factor: f64| MonthlySeries {
        label: label.to_owned(),
        points: months(first * factor, step * factor),
    };
    AnyChart::Trend(TrendChart {
        title: title.to_owned(),
        unit,
        currency: USD,
        series: vec![series("You", 1.0)],
        comparison: Some(series("Peer median, indexed", 0.97)),
        synthetic,
    })
}

fn trends(synthetic: bool) -> Vec<TrendSection> {
    let section = |finding: &str, words: &str, chart: AnyChart| TrendSection {
        finding: finding.to_owned(),
        paragraphs: vec![words.to_owned()],
        chart,
    };
    let amounts = MrrBridge {
        start: 165_000.0,
        new: 22_000.0,
        reactivated: 3_000.0,
        expansion: 19_000.0,
        contraction: 4_000.0,
        churned: 4_000.0,
        end: 201_000.0,
    };
    let bridge = WaterfallChart::mrr_bridge("How MRR moved this quarter", USD, amounts, synthetic);
    let staff =
        |label: &str, value, emphasised| Bar { label: label.to_owned(), value: Some(value), emphasised };
    let bars = BarChart {
        title: "Revenue per employee by source".to_owned(),
        unit: Unit::Money,
        currency: USD,
        bars: vec![
            staff("You", 98_000.0, true),
            staff("Peers, median", 99_000.0, false),
            staff("SaaS Capital 2022, $3–5 M", 92_300.0, false),
            staff("OpenView 2023, $1–5 M", 90_000.0, false),
        ],
        synthetic,
    };
    vec![
        section(
            "Monthly recurring revenue passed $200 k",
            "MRR grew in each of the last 24 months, by $3.6 k a month on average, a little faster than the median of peers.",
            trend("Monthly recurring revenue", Unit::MoneyPerMonth, (118_000.0, 3_620.0), synthetic),
        ),
        section(
            "Half of the growth came from customers who were already there",
            "Expansion added $19 k, new customers $22 k. Contraction and churn took $8 k. The bridge closes.",
            AnyChart::Waterfall(bridge),
        ),
        section(
            "Net revenue retention rose to 108 %",
            "Two years ago the average customer spent less after a year; now they spend more.",
            trend("Net revenue retention, 12 months", Unit::Share, (0.97, 0.0048), synthetic),
        ),
        section(
            "CAC payback lengthened by three months",
            "Two quarters in a row. 72 % of peers recover the cost of a new customer sooner.",
            trend("New-customer CAC payback", Unit::Months, (13.0, 0.26), synthetic),
        ),
        section(
            "Revenue per employee is where peers are",
            "Published figures are older and defined a little differently; they are shown for orientation.",
            AnyChart::Bars(bars),
        ),
    ]
}

fn headline(metric: &Metric, note: Option<&str>) -> Headline {
    Headline {
        label: metric.label.to_owned(),
        note: note.map(str::to_owned),
        value: Some(figure(metric.you, metric.unit, USD)),
        change: Some(change(metric)),
        rank: rank(metric),
    }
}

fn summary(groups: &[(&str, &str, &[Metric])]) -> Summary {
    let all: Vec<&Metric> = groups.iter().flat_map(|(_, _, metrics)| *metrics).collect();
    let notes = [None, Some("monthly"), Some("12 mo"), None, None, None, Some("3-mo burn"), None];
    let chosen = [0, 7, 5, 13, 9, 10, 18, 15];
    let sentences = [
        "Northlight grew its annual recurring revenue 46 % year on year, faster than about two thirds of comparable companies.",
        "Customers stay and grow: net retention of 108 % is in or near the best quarter.",
        "Winning them has become slower to pay back: 19 months, three more than a quarter ago; 72 % of peers recover sooner.",
        "Gross margin, at 71.4 %, is below the median of peers, 76 %; hosting grew 22 % while revenue grew 6 %.",
    ];
    Summary {
        finding: "Ahead in retention, behind in payback".to_owned(),
        sentences: sentences.map(str::to_owned).to_vec(),
        headlines: chosen.into_iter().zip(notes).map(|(place, note)| headline(all[place], note)).collect(),
    }
}

fn definitions(groups: &[(&str, &str, &[Metric])]) -> Vec<Definition> {
    groups
        .iter()
        .flat_map(|(_, _, metrics)| *metrics)
        .map(|metric| Definition {
            label: metric.label.to_owned(),
            formula: "(value at the end of the period − value twelve months before) ÷ value twelve months before".to_owned(),
            words: format!("{} tells how the company does in this respect, compared with those of its size.", metric.label),
            pitfall: Some("annual prepayments booked in one month; trials counted as customers; exchange rates that drift.".to_owned()),
        })
        .collect()
}

fn method() -> Vec<MethodSection> {
    let section = |heading: &str, paragraphs: &[&str]| MethodSection {
        heading: heading.to_owned(),
        paragraphs: paragraphs.iter().map(|words| (*words).to_owned()).collect(),
    };
    vec![
        section(
            "Who is compared",
            &[
                "Peers are companies of the same industry, revenue band and stage that share their figures with each other. Where fewer than six report a metric, the next wider group is taken, and the report says which.",
                "A snapshot is frozen once a quarter. Every figure in this report comes from the one named in the footer, so that the same report can be made again.",
            ],
        ),
        section(
            "How positions are computed",
            &[
                "Percentiles of values are Hyndman–Fan type 7, as in common spreadsheets. Ranks are mid-ranks among the others: a company is not compared with itself.",
                "The interval behind each rank is Wilson's, at 95 %. “Ahead” and “behind” are said only where the interval leaves out 50.",
            ],
        ),
        section(
            "When nothing is shown",
            &[
                "The median needs six peers, quartiles eleven, the outer tenths twenty-nine: fewer do not hold a 95 % interval inside the sample.",
                "No company contributes more than a quarter of any group. Exact numbers of peers below twenty are given as ranges.",
            ],
        ),
        section(
            "What is left out",
            &["Values older than 18 months, and values that their owner has not confirmed after a check."],
        ),
    ]
}

/// The report of a company of that name.
pub fn document(company: &str, synthetic: bool) -> ReportDocument {
    let groups = &GROUPS;
    let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: value.to_owned() };
    let note = "Peers: software companies with $1–3 M ARR, seed to series A; 21–50 per metric; snapshot 2026 Q3 (9f3c…a1). Percentiles by Hyndman–Fan type 7, ranks by mid-rank, intervals by Wilson.";
    let standing = |(group, finding, metrics): &(&str, &str, &[Metric])| {
        StandingSection {
        group: (*group).to_owned(),
        finding: (*finding).to_owned(),
        paragraphs: vec!["Northlight grew its annual recurring revenue 46 % year on year, faster than about two thirds of comparable companies. The other figures of this group point the same way, with less certainty.".to_owned()],
        bars: metrics.iter().map(|metric| bar(metric, synthetic)).collect(),
        note: Some(note.to_owned()),
    }
    };
    ReportDocument {
        company: company.to_owned(),
        period: "Q3 2026".to_owned(),
        generated_on: NaiveDate::from_ymd_opt(2026, 10, 4).unwrap(),
        snapshot: "2026 Q3".to_owned(),
        currency: USD,
        synthetic,
        cover: Cover {
            kind: "Benchmark report".to_owned(),
            facts: vec![
                fact("Compared with", "Software, $1–3 M ARR, seed to series A"),
                fact("Peers", "41–50 companies, anonymous"),
                fact("Level", "1 of 5: industry × band × stage"),
                fact("Snapshot", "2026 Q3 (9f3c…a1)"),
                fact("Currency", "US dollar"),
            ],
        },
        summary: summary(groups),
        figures: groups
            .iter()
            .map(|(name, _, metrics)| FigureGroup {
                name: (*name).to_owned(),
                rows: metrics.iter().map(row).collect(),
            })
            .collect(),
        standing: groups.iter().map(standing).collect(),
        trends: trends(synthetic),
        definitions: definitions(groups),
        method: method(),
    }
}
