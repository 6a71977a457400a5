//! From a kept file to a Parquet table.

use std::{collections::VecDeque, fs::File, path::Path, sync::Arc, thread::ScopedJoinHandle};

use async_trait::async_trait;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    parquet::{
        arrow::{
            ArrowWriter,
            arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves},
        },
        basic::Compression,
        file::{properties::WriterProperties, writer::SerializedFileWriter},
    },
};
use datasets::{
    FileFormat, TableMaker,
    engine::{Block, BlockReader, Blocks, Limits, Row, parse_cell},
};
use kernel::{AppError, OrInternal};

use crate::columns::{Column, schema};

/// Blocks of the file that go into one row group: what a thread works on at a time, and what is in memory for each.
const BLOCKS_OF_A_GROUP: usize = 16;

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

/// The calling thread reads and writes, others turn text into columns; row groups keep the order of the file.
fn write_table(file: &Path, format: &FileFormat, table: &Path, limits: &Limits) -> Result<(), Failure> {
    let schema = schema(format);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let target = File::create(table)?;
    let writer = ArrowWriter::try_new(target.try_clone()?, Arc::clone(&schema), Some(properties))?;
    let (mut writer, groups) = writer.into_serialized_writer()?;
    let mut blocks = Blocks::open(File::open(file)?, format, limits)?;
    std::thread::scope(|scope| -> Result<(), Failure> {
        let mut working = VecDeque::new();
        let mut number = 0;
        while let Some(text) = next_group(&mut blocks)? {
            if working.len() >= limits.threads.max(1) {
                append_first(&mut working, &mut writer)?;
            }
            let encoder = GroupEncoder::new(format, &schema, limits, groups.create_column_writers(number)?);
            working.push_back(scope.spawn(move || encoder.encode(&text)));
            number += 1;
        }
        while !working.is_empty() {
            append_first(&mut working, &mut writer)?;
        }
        Ok(())
    })?;
    writer.close()?;
    target.sync_all()?;
    Ok(())
}

/// The next blocks of the file; `None` at its end.
fn next_group(blocks: &mut Blocks<File>) -> Result<Option<Vec<Block>>, Failure> {
    let mut group = Vec::new();
    while group.len() < BLOCKS_OF_A_GROUP {
        let Some(block) = blocks.next_block(Block::default())? else { break };
        group.push(block);
    }
    Ok((!group.is_empty()).then_some(group))
}

type Encoded = Result<Vec<ArrowColumnChunk>, Failure>;

fn append_first(
    working: &mut VecDeque<ScopedJoinHandle<'_, Encoded>>,
    writer: &mut SerializedFileWriter<File>,
) -> Result<(), Failure> {
    let Some(first) = working.pop_front() else { return Ok(()) };
    // A panic is a fault of ours and goes on to whoever catches panics.
    let chunks = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    if chunks.is_empty() {
        return Ok(());
    }
    let mut group = writer.next_row_group()?;
    for chunk in chunks {
        chunk.append_to_row_group(&mut group)?;
    }
    group.close()?;
    Ok(())
}

/// Turns the text of one row group into encoded columns.
struct GroupEncoder<'a> {
    format: &'a FileFormat,
    schema: &'a SchemaRef,
    reader: BlockReader,
    columns: Vec<Column>,
    writers: Vec<ArrowColumnWriter>,
}

impl<'a> GroupEncoder<'a> {
    fn new(
        format: &'a FileFormat,
        schema: &'a SchemaRef,
        limits: &Limits,
        writers: Vec<ArrowColumnWriter>,
    ) -> Self {
        let columns = format.columns.iter().map(|column| Column::new(column.kind)).collect();
        Self { format, schema, reader: BlockReader::new(format, limits), columns, writers }
    }

    /// The encoded columns; none at all if the text holds no row.
    fn encode(mut self, blocks: &[Block]) -> Encoded {
        let mut rows = 0;
        for block in blocks {
            rows += self.read(block)?;
            self.write()?;
        }
        if rows == 0 {
            return Ok(Vec::new());
        }
        Ok(self.writers.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?)
    }

    fn read(&mut self, block: &Block) -> Result<usize, Failure> {
        let mut rows = 0;
        self.reader.start(block);
        while let Some(row) = self.reader.next_row(block)? {
            // Rows that cannot be read are listed in the profile of the file, with their lines.
            let Row::Record(record) = row else { continue };
            for ((column, format), cell) in
                self.columns.iter_mut().zip(&self.format.columns).zip(record.cells())
            {
                column.push(parse_cell(cell, format.kind).ok().flatten());
            }
            rows += 1;
        }
        Ok(rows)
    }

    fn write(&mut self) -> Result<(), Failure> {
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(self.schema), arrays)?;
        let leaves = self.schema.fields().iter().zip(batch.columns());
        for (writer, (field, array)) in self.writers.iter_mut().zip(leaves) {
            for leaf in compute_leaves(field, array)? {
                writer.write(&leaf)?;
            }
        }
        Ok(())
    }
}
