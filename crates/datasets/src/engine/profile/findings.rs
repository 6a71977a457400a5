//! The problems of a file, one by one and in all.

use super::scan::Tally;
use crate::{
    ColumnFormat, FileFormat, RowProblem,
    engine::{Limits, masked_misplaced, parse_cell},
};

/// The first problems by line, and how many there are.
pub(crate) fn problems(tally: &Tally, format: &FileFormat, limits: &Limits) -> (Vec<RowProblem>, u64) {
    let mut found: Vec<RowProblem> = tally.faults.iter().map(|fault| of_row(fault, format)).collect();
    let mut count = tally.fault_count;
    for (column, scan) in format.columns.iter().zip(&tally.columns) {
        for class in scan.classes.iter().filter(|class| !class.readings.fits(column.kind)) {
            count += class.count;
            found.extend(class.first.iter().map(|cell| of_cell(cell.line, &cell.text, column)));
        }
        // Sorted and cut again and again, so that a file of a thousand bad columns stays small.
        found.sort_by_key(|problem| (problem.line, problem.column));
        found.truncate(limits.problems);
    }
    (found, count)
}

fn of_row(fault: &super::scan::Fault, format: &FileFormat) -> RowProblem {
    let column = fault.cause.column();
    RowProblem {
        line: fault.line,
        column,
        column_name: column.map_or_else(String::new, |column| format.column_name(column).to_owned()),
        value: masked_misplaced(format, &fault.value),
        message: fault.cause.to_string(),
    }
}

fn of_cell(line: u64, text: &str, column: &ColumnFormat) -> RowProblem {
    let problem = parse_cell(text, column.kind).err();
    RowProblem {
        line,
        column: Some(column.index),
        column_name: column.name.clone(),
        value: text.to_owned(),
        message: problem.map_or_else(String::new, |problem| problem.to_string()),
    }
}
