//! From a kept file to a Parquet table.

use std::{fs::File, path::Path, sync::Arc};

use async_trait::async_trait;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties},
};
use datasets::{
    FileFormat, TableMaker,
    engine::{Limits, Row, parse_cell, records},
};
use kernel::{AppError, OrInternal};

use crate::columns::{Column, schema};

const ROWS_OF_A_BATCH: usize = 16_384;

/// Tables as Parquet files.
pub struct ParquetTables {
    limits: Limits,
}

impl ParquetTables {
    /// A maker of tables that holds files to these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits }
    }
}

#[async_trait]
impl TableMaker for ParquetTables {
    async fn make_table(&self, file: &Path, format: &FileFormat, table: &Path) -> Result<(), AppError> {
        let (file, format, table) = (file.to_owned(), format.clone(), table.to_owned());
        let limits = self.limits;
        tokio::task::spawn_blocking(move || write_table(&file, &format, &table, &limits))
            .await
            .or_internal("making a table")?
            .or_internal("making a table")
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn write_table(file: &Path, format: &FileFormat, table: &Path, limits: &Limits) -> Result<(), Failure> {
    let schema = schema(format);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let target = File::create(table)?;
    let mut writer = ArrowWriter::try_new(target.try_clone()?, schema.clone(), Some(properties))?;
    let mut rows = records(File::open(file)?, format, limits)?;
    let mut growing = Growing::new(format, schema);
    while let Some(row) = rows.next_row()? {
        // Rows that cannot be read are listed in the profile of the file, with their lines.
        let Row::Record(record) = row else { continue };
        if Some(record.line) == format.totals_line {
            continue;
        }
        growing.push(record.cells());
        if growing.rows == ROWS_OF_A_BATCH {
            writer.write(&growing.finish()?)?;
        }
    }
    if growing.rows > 0 {
        writer.write(&growing.finish()?)?;
    }
    writer.close()?;
    target.sync_all()?;
    Ok(())
}

/// A batch while rows are added.
struct Growing<'a> {
    format: &'a FileFormat,
    schema: SchemaRef,
    columns: Vec<Column>,
    rows: usize,
}

impl<'a> Growing<'a> {
    fn new(format: &'a FileFormat, schema: SchemaRef) -> Self {
        let columns = format.columns.iter().map(|column| Column::new(column.kind)).collect();
        Self { format, schema, columns, rows: 0 }
    }

    fn push<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        for ((column, format), cell) in self.columns.iter_mut().zip(&self.format.columns).zip(cells) {
            column.push(parse_cell(cell, format.kind).ok().flatten());
        }
        self.rows += 1;
    }

    fn finish(&mut self) -> Result<RecordBatch, Failure> {
        self.rows = 0;
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), arrays)?)
    }
}
