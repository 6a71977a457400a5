//! Chooses what a column holds from what its cells can be.

use super::{ColumnScan, columns::Range, scan::Tally};
use crate::{
    ColumnFormat, ColumnKind, DateFormat, DecimalMark, Delimiter, NamedCurrency, Overrides, PersonalData,
    engine::{
        cells::{CurrencyMark, Readings, mentioned_currency},
        personal::classify,
        profile::columns::shortened,
        reading::Layout,
    },
};

/// A column is more than text if at least this share of its cells agrees: four of five.
const AGREEMENT: (u64, u64) = (4, 5);

/// What the file as a whole says about columns that can be read in two ways.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    point: u64,
    comma: u64,
    day_first: u64,
    month_first: u64,
}

/// A kind, and whether another would do as well.
struct Choice {
    kind: ColumnKind,
    is_ambiguous: bool,
}

/// The format of every column.
pub(crate) fn column_formats(
    tally: &Tally,
    layout: &Layout,
    names: &[String],
    overrides: &Overrides,
) -> Vec<ColumnFormat> {
    let evidence = Evidence::gather(tally, layout.delimiter);
    let columns = tally.columns.iter().zip(&layout.headers).zip(names).enumerate();
    columns
        .map(|(place, ((scan, header), name))| {
            let index = u32::try_from(place).unwrap_or(u32::MAX);
            let choice = choose(scan, header, evidence);
            let chosen = overrides.columns.get(&index).copied();
            let kind = chosen.unwrap_or(choice.kind);
            let (minimum, maximum) = ends(scan, kind);
            ColumnFormat {
                index,
                header: header.clone(),
                name: name.clone(),
                detected: choice.kind,
                kind,
                is_ambiguous: choice.is_ambiguous && chosen.is_none(),
                currency: named_currency(scan, header),
                personal: Some(personal_data((index, header), scan, overrides)),
                is_header_withheld: is_new(header, overrides),
                samples: scan.samples.iter().map(|sample| sample.text.clone()).collect(),
                filled: scan.filled,
                empty: scan.empty,
                understood: scan.count(|readings| readings.fits(kind)),
                distinct: scan.distinct.count(),
                is_distinct_capped: scan.distinct.is_capped,
                minimum,
                maximum,
            }
        })
        .collect()
}

/// What the column says about people: the person's choice, or else what its header and its cells say.
fn personal_data((index, header): (u32, &str), scan: &ColumnScan, overrides: &Overrides) -> PersonalData {
    if let Some(chosen) = overrides.personal.get(&index) {
        return *chosen;
    }
    let found = classify(header, &scan.seen, scan.valued());
    if is_new(header, overrides) && !found.is_personal() { PersonalData::FreeText } else { found }
}

/// Whether the file holds people, and the header stood over nothing harmless before.
fn is_new(header: &str, overrides: &Overrides) -> bool {
    overrides.harmless.as_ref().is_some_and(|harmless| !harmless.contains(header))
}

impl Evidence {
    fn gather(tally: &Tally, delimiter: Delimiter) -> Self {
        let point = Readings::of(ColumnKind::Money(DecimalMark::Point))
            .and(Readings::of(ColumnKind::Percent(DecimalMark::Point)));
        let comma = Readings::of(ColumnKind::Money(DecimalMark::Comma))
            .and(Readings::of(ColumnKind::Percent(DecimalMark::Comma)));
        let day_first = Readings::of(ColumnKind::Date(DateFormat::DayFirst));
        let month_first = Readings::of(ColumnKind::Date(DateFormat::MonthFirst));
        let only = |this: Readings, other: Readings| -> u64 {
            tally
                .columns
                .iter()
                .map(|column| column.count(|cell| cell.meets(this) && !cell.meets(other)))
                .sum()
        };
        let mut evidence = Self {
            point: only(point, comma),
            comma: only(comma, point),
            day_first: only(day_first, month_first),
            month_first: only(month_first, day_first),
        };
        // Where semicolons separate cells, the comma is usually the decimal mark, and days come first with it.
        if evidence.point == evidence.comma && delimiter == Delimiter::Semicolon {
            evidence.comma += 1;
        }
        if evidence.day_first == evidence.month_first && evidence.comma > evidence.point {
            evidence.day_first += 1;
        }
        evidence
    }

    fn mark(self) -> DecimalMark {
        if self.comma > self.point { DecimalMark::Comma } else { DecimalMark::Point }
    }
}

fn choose(scan: &ColumnScan, header: &str, evidence: Evidence) -> Choice {
    let valued = scan.valued();
    let agrees = |count: u64| count > 0 && count * AGREEMENT.1 >= valued * AGREEMENT.0;
    // One code with a zero in front is enough: as a number it would lose the zero.
    let has_codes = scan.count(|cell| cell.meets(Readings::LEADING_ZEROS)) > 0;
    if agrees(scan.count(|cell| cell.meets(Readings::NUMBERS))) && !has_codes {
        return choose_number(scan, header, evidence);
    }
    if agrees(scan.count(|cell| cell.meets(Readings::DATES))) {
        return choose_date(scan, evidence);
    }
    let is_yes_no = agrees(scan.count(Readings::is_yes_no_word));
    Choice { kind: if is_yes_no { ColumnKind::YesNo } else { ColumnKind::Text }, is_ambiguous: false }
}

fn choose_number(scan: &ColumnScan, header: &str, evidence: Evidence) -> Choice {
    use ColumnKind::{Money, Number, Percent, WholeNumber};
    let fitting = |kind: ColumnKind| scan.count(|cell| cell.fits(kind));
    let shares = scan.count(|cell| {
        cell.meets(Readings::of(Percent(DecimalMark::Point)).and(Readings::of(Percent(DecimalMark::Comma))))
    });
    let numbers = scan.count(|cell| cell.meets(Readings::NUMBERS));
    let is_percent = shares * 2 > numbers;
    let names_currency =
        scan.count(|cell| cell.currency().is_some()) > 0 || mentioned_currency(header).is_some();
    if !is_percent && !names_currency && fitting(WholeNumber) == numbers {
        return Choice { kind: WholeNumber, is_ambiguous: false };
    }
    let kind = |mark| match (is_percent, names_currency) {
        (true, _) => Percent(mark),
        (false, true) => Money(mark),
        (false, false) => Number(mark),
    };
    let (point, comma) = (fitting(kind(DecimalMark::Point)), fitting(kind(DecimalMark::Comma)));
    let has_unsure = scan.count(|cell| cell.meets(Readings::UNSURE_MARK)) > 0;
    let mark = match point.cmp(&comma) {
        std::cmp::Ordering::Greater => DecimalMark::Point,
        std::cmp::Ordering::Less => DecimalMark::Comma,
        std::cmp::Ordering::Equal => evidence.mark(),
    };
    Choice { kind: kind(mark), is_ambiguous: has_unsure && point == comma }
}

fn choose_date(scan: &ColumnScan, evidence: Evidence) -> Choice {
    let fitting = |format: DateFormat| scan.count(|cell| cell.fits(ColumnKind::Date(format)));
    let mut best = DateFormat::YearMonth;
    for format in DateFormat::ALL {
        if fitting(format) > fitting(best) {
            best = format;
        }
    }
    let (day_first, month_first) = (fitting(DateFormat::DayFirst), fitting(DateFormat::MonthFirst));
    let is_ambiguous = best == DateFormat::DayFirst && day_first == month_first;
    if is_ambiguous && !is_day_first(scan, day_first, evidence) {
        best = DateFormat::MonthFirst;
    }
    Choice { kind: ColumnKind::Date(best), is_ambiguous }
}

/// Decides dates whose day and month can be swapped: a monthly series has the same day throughout.
fn is_day_first(scan: &ColumnScan, dates: u64, evidence: Evidence) -> bool {
    let first_is_one = scan.count(|cell| cell.meets(Readings::FIRST_IS_ONE)) == dates;
    let second_is_one = scan.count(|cell| cell.meets(Readings::SECOND_IS_ONE)) == dates;
    match (first_is_one, second_is_one) {
        (true, false) => true,
        (false, true) => false,
        _ => evidence.day_first >= evidence.month_first && evidence.day_first > 0,
    }
}

/// The currency that the cells name, or else the header.
fn named_currency(scan: &ColumnScan, header: &str) -> NamedCurrency {
    let of = |mark| match mark {
        CurrencyMark::Dollar => NamedCurrency::Dollar,
        CurrencyMark::Known(currency) => NamedCurrency::Known(currency),
        CurrencyMark::Other => NamedCurrency::Other,
    };
    let cells = scan.classes.iter().filter_map(|class| class.readings.currency()).map(of);
    let in_cells = cells.fold(NamedCurrency::Unnamed, NamedCurrency::and);
    match (in_cells, mentioned_currency(header)) {
        // The sign in the cells says less than the name above them.
        (NamedCurrency::Unnamed | NamedCurrency::Dollar, Some(mark)) => in_cells.and(of(mark)),
        _ => in_cells,
    }
}

/// The smallest and the largest cell that can be read as the kind.
fn ends(scan: &ColumnScan, kind: ColumnKind) -> (Option<String>, Option<String>) {
    let has_order = kind.is_numeric() || kind.is_date();
    let is_second = match kind {
        ColumnKind::Number(mark) | ColumnKind::Money(mark) | ColumnKind::Percent(mark) => {
            mark == DecimalMark::Comma
        }
        ColumnKind::Date(format) => format == DateFormat::MonthFirst,
        _ => false,
    };
    let (mut smallest, mut largest): (Option<&super::columns::Extreme>, Option<&super::columns::Extreme>) =
        (None, None);
    for class in scan.classes.iter().filter(|class| has_order && class.readings.fits(kind)) {
        let [first, second] = &class.ranges;
        let range: &Range = if is_second && class.readings.has_two_orders() { second } else { first };
        if let Some(extreme) = &range.smallest
            && smallest.is_none_or(|known| extreme.is_before(known))
        {
            smallest = Some(extreme);
        }
        if let Some(extreme) = &range.largest
            && largest.is_none_or(|known| extreme.is_after(known))
        {
            largest = Some(extreme);
        }
    }
    let shown = |extreme: &super::columns::Extreme| shortened(&extreme.cell.text);
    (smallest.map(shown), largest.map(shown))
}
