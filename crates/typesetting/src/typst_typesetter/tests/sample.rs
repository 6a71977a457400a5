//! A report as a company of some size would get it.

use charts::{
    AnyChart, Bar, BarChart, Evidence, MonthValue, MonthlySeries, MrrBridge, PercentileBar, Rank,
    ReferencePoints, TrendChart, WaterfallChart,
};
use chrono::NaiveDate;
use kernel::{Currency, Month, Unit, figure};
use reports::document::{
    Change, Cover, Definition, Fact, FigureGroup, FigureRow, Headline, MethodSection, ReportDocument,
    StandingSection, Summary, Tone, TrendSection,
};

const USD: Currency = Currency::Usd;

struct Metric {
    label: &'static str,
    unit: Unit,
    you: f64,
    previous: f64,
    median: f64,
    rank: (f64, f64, f64),
    peers: u32,
    is_low_better: bool,
}

fn metric(
    label: &'static str,
    unit: Unit,
    values: (f64, f64, f64),
    rank: (f64, f64, f64),
    peers: u32,
) -> Metric {
    let is_low_better = label.contains("churn") || label.contains("payback") || label.contains("Burn");
    Metric { label, unit, you: values.0, previous: values.1, median: values.2, rank, peers, is_low_better }
}

fn groups() -> Vec<(&'static str, &'static str, Vec<Metric>)> {
    vec![
        (
            "Growth",
            "Growing faster than most peers",
            vec![
                metric("ARR growth, year on year", Unit::Share, (0.46, 0.44, 0.35), (67.0, 52.0, 79.0), 45),
                metric(
                    "Net new ARR per FTE",
                    Unit::Money,
                    (8_100.0, 7_700.0, 6_900.0),
                    (61.0, 45.0, 75.0),
                    35,
                ),
                metric("CMGR, 12 months", Unit::SharePerMonth, (0.032, 0.031, 0.028), (58.0, 44.0, 71.0), 45),
                metric(
                    "New MRR",
                    Unit::MoneyPerMonth,
                    (22_000.0, 19_400.0, 18_000.0),
                    (57.0, 42.0, 70.0),
                    41,
                ),
                metric(
                    "Expansion MRR",
                    Unit::MoneyPerMonth,
                    (19_000.0, 16_200.0, 12_500.0),
                    (66.0, 51.0, 78.0),
                    41,
                ),
            ],
        ),
        (
            "Retention",
            "Customers stay and grow",
            vec![
                metric("Net revenue retention", Unit::Share, (1.08, 1.06, 1.03), (74.0, 60.0, 85.0), 45),
                metric("Gross revenue retention", Unit::Share, (0.91, 0.91, 0.91), (50.0, 36.0, 64.0), 45),
                metric(
                    "Logo churn, monthly",
                    Unit::SharePerMonth,
                    (0.019, 0.022, 0.021),
                    (58.0, 44.0, 71.0),
                    45,
                ),
                metric(
                    "Revenue churn, monthly",
                    Unit::SharePerMonth,
                    (0.009, 0.01, 0.011),
                    (60.0, 45.0, 73.0),
                    45,
                ),
            ],
        ),
        (
            "Efficiency",
            "Winning customers has become slower to pay back",
            vec![
                metric("Burn multiple", Unit::Times, (1.3, 1.7, 1.5), (62.0, 43.0, 78.0), 25),
                metric("New-customer CAC payback", Unit::Months, (19.0, 16.0, 15.0), (28.0, 14.0, 48.0), 25),
                metric("Magic number", Unit::Times, (0.8, 0.8, 0.8), (52.0, 33.0, 70.0), 25),
                metric("LTV to CAC", Unit::Times, (3.4, 3.6, 3.1), (56.0, 37.0, 73.0), 22),
            ],
        ),
        (
            "Margin",
            "Gross margin is below the median of peers",
            vec![
                metric("Gross margin", Unit::Share, (0.714, 0.722, 0.76), (31.0, 19.0, 46.0), 45),
                metric("Operating margin", Unit::Share, (-0.22, -0.25, -0.18), (43.0, 22.0, 68.0), 9),
                metric("Rule of 40 (FCF)", Unit::Points, (24.0, 21.0, 0.0), (50.0, 10.0, 90.0), 4),
            ],
        ),
        (
            "Capital and people",
            "As productive as its peers",
            vec![
                metric(
                    "Revenue per employee",
                    Unit::Money,
                    (98_000.0, 94_000.0, 99_000.0),
                    (49.0, 35.0, 63.0),
                    45,
                ),
                metric("ARR per FTE", Unit::Money, (103_000.0, 99_000.0, 101_000.0), (51.0, 37.0, 65.0), 45),
                metric("Months of runway", Unit::Months, (16.0, 18.0, 17.0), (47.0, 30.0, 65.0), 28),
            ],
        ),
    ]
}

fn peers_label(peers: u32) -> String {
    let label = match peers {
        0..=5 => "fewer than 6",
        6..=10 => "6–10",
        11..=20 => "11–20",
        21..=30 => "21–30",
        31..=40 => "31–40",
        _ => "41–50",
    };
    label.to_owned()
}

fn change(metric: &Metric) -> Change {
    let difference = metric.you - metric.previous;
    let tone = match difference.total_cmp(&0.0) {
        std::cmp::Ordering::Equal => Tone::Neutral,
        order if order.is_gt() != metric.is_low_better => Tone::Better,
        _ => Tone::Worse,
    };
    let amount = kernel::delta(difference, metric.unit, USD).to_string();
    Change { amount, since: "vs Q2".to_owned(), tone }
}

fn rank(metric: &Metric) -> Option<Rank> {
    let (percentile, low, high) = metric.rank;
    (metric.peers >= 6).then_some(Rank { percentile, low, high })
}

fn bar(metric: &Metric, synthetic: bool) -> PercentileBar {
    let at = |factor: f64| Some(metric.median * factor);
    PercentileBar {
        title: metric.label.to_owned(),
        unit: metric.unit,
        currency: USD,
        you: Some(metric.you),
        rank: rank(metric),
        evidence: Evidence::for_peers(metric.peers),
        peers: peers_label(metric.peers),
        reference: ReferencePoints { p10: at(0.5), p25: at(0.7), p50: at(1.0), p75: at(1.3), p90: at(1.6) },
        synthetic,
    }
}

fn row(metric: &Metric) -> FigureRow {
    let shown = |value: f64| Some(figure(value, metric.unit, USD));
    FigureRow {
        metric: metric.label.to_owned(),
        value: shown(metric.you),
        previous: shown(metric.previous),
        change: Some(change(metric)),
        median: if metric.peers >= 6 { shown(metric.median) } else { None },
        rank: rank(metric),
        peers: peers_label(metric.peers),
    }
}

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

fn summary(groups: &[(&str, &str, Vec<Metric>)]) -> Summary {
    let all: Vec<&Metric> = groups.iter().flat_map(|(_, _, metrics)| metrics).collect();
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

fn definitions(groups: &[(&str, &str, Vec<Metric>)]) -> Vec<Definition> {
    groups
        .iter()
        .flat_map(|(_, _, metrics)| metrics)
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
pub(super) fn document(company: &str, synthetic: bool) -> ReportDocument {
    let groups = groups();
    let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: value.to_owned() };
    let note = "Peers: software companies with $1–3 M ARR, seed to series A; 21–50 per metric; snapshot 2026 Q3 (9f3c…a1). Percentiles by Hyndman–Fan type 7, ranks by mid-rank, intervals by Wilson.";
    let standing = |(group, finding, metrics): &(&str, &str, Vec<Metric>)| {
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
        summary: summary(&groups),
        figures: groups
            .iter()
            .map(|(name, _, metrics)| FigureGroup {
                name: (*name).to_owned(),
                rows: metrics.iter().map(row).collect(),
            })
            .collect(),
        standing: groups.iter().map(standing).collect(),
        trends: trends(synthetic),
        definitions: definitions(&groups),
        method: method(),
    }
}
