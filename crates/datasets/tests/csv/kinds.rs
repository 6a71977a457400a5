//! What columns are taken for, from all their cells.

use datasets::{
    ColumnKind::{Date, Money, Number, Percent, Text, WholeNumber, YesNo},
    DateFormat as F,
    DecimalMark::{Comma, Point},
    NamedCurrency,
};
use kernel::Currency;

use crate::support::*;

#[test]
fn d2_21_numbers_are_typed_by_rule() {
    assert_eq!(kind(&["1", "2", "-0"]), WholeNumber);
    assert_eq!(kind(&["1e5", "2.5", "-1.25e-3"]), Number(Point));
    assert_eq!(kind(&["(123)", "45"]), WholeNumber);
    assert_eq!(kind(&["$1,234.50", "$2"]), Money(Point));
    assert_eq!(kind(&["12%", "12.5 %"]), Percent(Point));
    assert_eq!(kind(&["1234567890123456789012345678901234567890"; 2]), Text);
    assert_eq!(kind(&["00123", "12345"]), Text);
    assert_eq!(kind(&["+491701234567", "+491701234568"]), Text);
    assert_eq!(kind(&["1 234,56", "1\u{a0}234,50", "2\u{202f}000,00"]), Number(Comma));
    assert_eq!(kind(&["1'234.50", "2'000.00"]), Number(Point));
    assert_eq!(kind(&["1.234,56 €", "99,90 €"]), Money(Comma));
    assert_eq!(kind(&["USD 1,234", "EUR 99"]), Money(Point));
    for wrong in
        ["1e309", "NaN", "Infinity", "0x1F", "1_000", "١٢٣", "123-", "12 34", "1,23,4", "++1", "1.2.3", "n/a"]
    {
        let mut cells = vec!["1.5"; 9];
        cells.push(wrong);
        let profile = profile_of(one_column(&cells));
        assert_eq!((profile.format.columns[0].kind, profile.problem_count), (Number(Point), 1), "{wrong}");
        assert!(!profile.problems[0].message.is_empty());
    }
}

#[test]
fn d2_22_dates_are_typed_by_rule_and_the_calendar_is_asked() {
    assert_eq!(kind(&["31/01/2025", "01/02/2025"]), Date(F::DayFirst));
    assert_eq!(kind(&["31.01.2025", "1.2.2025"]), Date(F::DayFirst));
    assert_eq!(kind(&["01/31/2025", "02/01/2025"]), Date(F::MonthFirst));
    assert_eq!(kind(&["2025-01-31", "2025/02/01"]), Date(F::IsoDate));
    assert_eq!(kind(&["2025-01", "2025-12"]), Date(F::YearMonth));
    assert_eq!(kind(&["01/2025", "12/2025"]), Date(F::MonthYear));
    assert_eq!(kind(&["Jan 2025", "sept 2025", "May 2025", "January 2025"]), Date(F::NamedMonth));
    assert_eq!(kind(&["Jan-25", "Dec-25"]), Date(F::NamedMonthShortYear));
    assert_eq!(kind(&["31 Jan 2025", "1-Feb-2025", "Mar 3, 2025"]), Date(F::NamedDay));
    assert_eq!(kind(&["2025-01-31T10:00:00Z", "2025-01-31 10:00", "2025-01-31"]), Date(F::IsoDateTime));
    assert_eq!(kind(&["2025-Q1", "2025Q2", "2025 q3"]), Date(F::YearQuarter));
    assert_eq!(kind(&["Q1 2025", "Q4-2025"]), Date(F::QuarterYear));
    let wrong = [
        "2024-02-30",
        "0000-00-00",
        "10000-01-01",
        "2025-13-01",
        "2025-03-30T02:30:60Z",
        "45678",
        "1735689600000",
        "1899-12-31",
        "2025-03-30T24:00:00Z",
    ];
    for wrong in wrong {
        let mut cells = vec!["2025-01-31"; 9];
        cells.push(wrong);
        let profile = profile_of(one_column(&cells));
        assert_eq!((profile.format.columns[0].kind, profile.problem_count), (Date(F::IsoDate), 1), "{wrong}");
    }
    assert_eq!(kind(&["45678", "45679"]), WholeNumber);
}

#[test]
fn d2_22_day_and_month_that_can_be_swapped_ask_for_confirmation() {
    let ambiguous = profile_of("date,x\n02/03/2024,1\n04/05/2024,2\n");
    assert!(ambiguous.format.columns[0].is_ambiguous && notes_say(&ambiguous, "Please confirm"));
    assert_eq!(ambiguous.format.columns[0].kind, Date(F::MonthFirst));
    let with_commas = profile_of("date;x\n02/03/2024;1,5\n04/05/2024;2,5\n");
    assert_eq!(with_commas.format.columns[0].kind, Date(F::DayFirst));
    let by_other_column = profile_of("a,b\n02/03/2024,31/01/2024\n04/05/2024,01/01/2024\n");
    assert_eq!(by_other_column.format.columns[0].kind, Date(F::DayFirst));
    assert!(
        by_other_column.format.columns[0].is_ambiguous && !by_other_column.format.columns[1].is_ambiguous
    );
    assert_eq!(kind(&["01/02/2024", "01/03/2024", "01/04/2024"]), Date(F::DayFirst));
    assert_eq!(kind(&["02/01/2024", "03/01/2024", "04/01/2024"]), Date(F::MonthFirst));
    let confirmed = profile_as(one_column(&["02/03/2024"]), 0, Date(F::DayFirst));
    assert!(!confirmed.format.columns[0].is_ambiguous);
}

#[test]
fn a_lone_mark_before_three_digits_is_read_by_the_rest_of_the_file_and_said() {
    let alone = profile_of("a\n1.234\n5.678\n");
    assert_eq!(alone.format.columns[0].kind, Number(Point));
    assert!(alone.format.columns[0].is_ambiguous && notes_say(&alone, "with a decimal point"));
    let semicolons = profile_of("a;b\n1.234;x\n5.678;y\n");
    assert_eq!(semicolons.format.columns[0].kind, Number(Comma));
    let by_other_column = profile_of("a;b\n1.234;1,000.5\n5.678;2.5\n");
    assert_eq!(by_other_column.format.columns[0].kind, Number(Point));
    let settled = column(&["1.234", "5.67"]);
    assert_eq!((settled.kind, settled.is_ambiguous), (Number(Point), false));
}

#[test]
fn mixed_decimal_marks_follow_the_majority_and_name_the_others() {
    let profile = profile_of(one_column(&["1.234,56", "2.345,67", "3,5", "1,234.56"]));
    assert_eq!(profile.format.columns[0].kind, Number(Comma));
    assert_eq!(profile.problem_count, 1);
    assert!(
        profile.problems[0]
            .message
            .starts_with("This column was read as 1.234,56; here the point comes last")
    );
}

#[test]
fn currencies_are_noticed_in_cells_and_names_and_mixtures_are_said() {
    assert_eq!(column(&["€1", "€2.50"]).currency, NamedCurrency::Known(Currency::Eur));
    let named = profile_of("month,Revenue (GBP)\n2025-01,1\n");
    assert_eq!(
        (named.format.columns[1].kind, named.format.columns[1].currency),
        (Money(Point), NamedCurrency::Known(Currency::Gbp))
    );
    let mixed = profile_of(one_column(&["$1", "€2"]));
    assert_eq!(mixed.format.columns[0].currency, NamedCurrency::Mixed);
    assert!(notes_say(&mixed, "mixes currencies ($, EUR)"));
    assert_eq!(column(&["$1", "$2"]).currency, NamedCurrency::Dollar);
    assert_eq!(column(&["$1", "CA$2"]).currency, NamedCurrency::Known(Currency::Cad));
    assert_eq!(column(&["1 HUF", "2 HUF"]).currency, NamedCurrency::Other);
    for header in ["MRR$", "COGS$", "MRR $"] {
        let profile = profile_of(format!("month,{header}\n2025-01,$1\n"));
        assert_eq!(profile.format.columns[1].currency, NamedCurrency::Dollar, "{header}");
    }
    let said = profile_of("month,MRR (USD)\n2025-01,$1\n");
    assert_eq!(said.format.columns[1].currency, NamedCurrency::Known(Currency::Usd));
}

#[test]
fn words_for_missing_values_are_problems_in_numbers_and_text_in_text() {
    let profile = profile_of(one_column(&["1", "n/a", "-", "null", ""]));
    assert_eq!((profile.format.columns[0].kind, profile.problem_count), (WholeNumber, 3));
    assert!(profile.problems[0].message.contains("it will count as missing, not as 0"));
    assert_eq!((profile.format.columns[0].filled, profile.format.columns[0].empty), (4, 1));
    assert_eq!(profile_of(one_column(&["x", "n/a", "-"])).problem_count, 0);
}

#[test]
fn yes_and_no_are_found_in_words_and_in_digits_only_if_chosen() {
    assert_eq!(kind(&["yes", "No", "TRUE", "false"]), YesNo);
    assert_eq!(kind(&["0", "1", "1"]), WholeNumber);
    let chosen = profile_as(one_column(&["0", "1", "yes", "2"]), 0, YesNo);
    assert_eq!((chosen.format.columns[0].understood, chosen.problem_count), (3, 1));
}

#[test]
fn the_smallest_and_the_largest_cell_are_shown_as_written() {
    let numbers = column(&["(5)", "1,000.50", "20"]);
    assert_eq!((numbers.minimum.as_deref(), numbers.maximum.as_deref()), (Some("(5)"), Some("1,000.50")));
    let dates = column(&["Mar 2025", "Jan 2025", "Feb 2025"]);
    assert_eq!((dates.minimum.as_deref(), dates.maximum.as_deref()), (Some("Jan 2025"), Some("Mar 2025")));
    let swapped = ["03/04/2024", "04/03/2024"];
    let month_first = profile_as(one_column(&swapped), 0, Date(F::MonthFirst)).format.columns.remove(0);
    let day_first = profile_as(one_column(&swapped), 0, Date(F::DayFirst)).format.columns.remove(0);
    assert_eq!(
        (month_first.minimum.as_deref(), day_first.minimum.as_deref()),
        (Some("03/04/2024"), Some("04/03/2024"))
    );
    assert_eq!(column(&["b", "a"]).minimum, None);
}
