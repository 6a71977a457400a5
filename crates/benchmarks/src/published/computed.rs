//! Figures computed here from open data sets (reference C8, C9).

use super::figure::{
    Mark::{self, P10, P25, P50, P75, P90},
    PublishedFigure, Segment, Source,
};
use accounts::Industry;

const PUBLIC: &str = "public software companies: applications, cybersecurity and cloud";
const FAST: &str = "fast-growing private companies of the Inc. 5000 list, whose figures lean high";

static PUBLIC_SOFTWARE: Source =
    Source::computed("the TraceCohenTech data on public software companies", "fiscal year 2024", None);
static INC_5000: Source = Source::computed("the Inc. 5000 list", "2019", Some(2019));

const fn public(metric: &'static str, definition: &'static str, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new(metric, definition, &PUBLIC_SOFTWARE, PUBLIC, marks)
        .in_year(2024)
        .from(33)
        .of(Segment::PublicSoftware)
}

const fn per_employee(companies: u32, marks: &'static [Mark]) -> PublishedFigure {
    PublishedFigure::new("rev_fte", "revenue per employee", &INC_5000, FAST, marks)
        .from(companies)
        .measured_differently()
}

const fn three_years(companies: u32, marks: &'static [Mark]) -> PublishedFigure {
    let definition = "growth of revenue over three years, as a compound yearly rate";
    PublishedFigure::new("g_yoy", definition, &INC_5000, FAST, marks).from(companies).measured_differently()
}

/// The figures.
pub(super) static FIGURES: &[PublishedFigure] = &[
    public(
        "g_yoy",
        "growth of revenue, year on year",
        &[P10(0.087), P25(0.123), P50(0.219), P75(0.288), P90(0.355)],
    )
    .measured_differently(),
    public("gm", "gross margin", &[P10(0.704), P25(0.743), P50(0.773), P75(0.808), P90(0.821)]),
    public(
        "ebitda_m",
        "operating margin, which is lower than EBITDA margin by depreciation",
        &[P10(-0.315), P25(-0.118), P50(-0.022), P75(0.085), P90(0.174)],
    )
    .measured_differently(),
    public("fcf_m", "free cash flow margin", &[P10(0.06), P25(0.148), P50(0.251), P75(0.304), P90(0.325)]),
    public(
        "rule40",
        "growth of revenue plus free cash flow margin, in points",
        &[P10(27.4), P25(35.7), P50(43.0), P75(53.2), P90(60.0)],
    )
    .measured_differently(),
    per_employee(1294, &[P25(107e3), P50(160e3), P75(258e3)]).under(5.0),
    per_employee(1136, &[P25(123e3), P50(183e3), P75(328e3)]).between(5.0, 10.0),
    per_employee(988, &[P25(135e3), P50(215e3), P75(409e3)]).between(10.0, 20.0),
    per_employee(872, &[P25(156e3), P50(257e3), P75(582e3)]).between(20.0, 50.0),
    per_employee(389, &[P25(177e3), P50(319e3), P75(807e3)]).between(50.0, 100.0),
    per_employee(333, &[P25(233e3), P50(517e3), P75(1_126e3)]).over(100.0),
    per_employee(457, &[P25(110e3), P50(153e3), P75(212e3)]).of(Segment::Industry(Industry::Software)),
    three_years(1294, &[P25(0.248), P50(0.404), P75(0.727)]).under(5.0),
    three_years(1136, &[P25(0.256), P50(0.392), P75(0.663)]).between(5.0, 10.0),
    three_years(988, &[P25(0.234), P50(0.363), P75(0.600)]).between(10.0, 20.0),
    three_years(872, &[P25(0.234), P50(0.350), P75(0.577)]).between(20.0, 50.0),
    three_years(389, &[P25(0.234), P50(0.330), P75(0.507)]).between(50.0, 100.0),
    three_years(333, &[P25(0.212), P50(0.312), P75(0.535)]).over(100.0),
    three_years(457, &[P25(0.274), P50(0.418), P75(0.679)]).of(Segment::Industry(Industry::Software)),
];
