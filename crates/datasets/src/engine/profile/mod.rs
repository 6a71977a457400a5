//! Looks at every cell of a file and tells what its columns hold.

mod choices;
mod columns;
mod findings;
mod notes;
mod scan;

use std::io::Read;

use columns::ColumnScan;

use crate::{
    FileFormat, FileProfile, Overrides,
    engine::{
        FileError, Limits,
        headers::unique_names,
        masking::mask_format,
        reading::{Blocks, Layout},
    },
};

/// Reads a whole file once and tells how it is written, what its columns hold, and which cells do not fit.
pub fn profile<R: Read>(
    source: R,
    size_bytes: u64,
    limits: &Limits,
    overrides: &Overrides,
) -> Result<FileProfile, FileError> {
    let mut blocks = Blocks::start(source, overrides.encoding, limits)?;
    let layout = Layout::find(&mut blocks, overrides, limits)?;
    let mut tally = scan::scan(&mut blocks, &layout, limits)?;
    let totals_line = tally.settle_totals();
    if tally.rows == 0 {
        return Err(FileError::NoRows { line: layout.header_line });
    }
    let columns = choices::column_formats(&tally, &layout, &unique_names(&layout.headers), overrides);
    let decoder = blocks.decoder();
    let format = FileFormat {
        encoding: decoder.encoding(),
        is_encoding_certain: decoder.is_certain(),
        has_byte_order_mark: decoder.mark_length() > 0,
        delimiter: layout.delimiter,
        header_line: layout.header_line,
        totals_line,
        has_stray_personal_data: tally.has_stray_personal_data(&columns),
        columns,
    };
    let (problems, problem_count) = findings::problems(&tally, &format, limits);
    // What the notes cite is kept masked, and so are the cells of rows that fit no column.
    let notes = notes::notes(&tally, &layout, &mask_format(&format));
    Ok(FileProfile { rows: tally.rows, size_bytes, problems, problem_count, notes, format })
}
