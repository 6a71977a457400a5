//! Columns while they grow: one builder for each kind of cell.

use std::sync::Arc;

use datafusion::arrow::{
    array::{
        ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
        StringBuilder, TimestampMicrosecondBuilder,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use datasets::{ColumnKind, DateFormat, Decimal, FileFormat, engine::Cell};

/// Digits of an amount of money: exact up to ten thousandths.
const MONEY_PRECISION: u8 = 38;
const MONEY_SCALE: u8 = 4;
const UNIX_EPOCH_FROM_COMMON_ERA: i32 = 719_163;

/// The columns of the table that a file of this format becomes. Amounts are exact decimals, other numbers floating point.
pub(crate) fn schema(format: &FileFormat) -> SchemaRef {
    let fields = format.columns.iter().map(|column| Field::new(&column.name, data_type(column.kind), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::WholeNumber => DataType::Int64,
        ColumnKind::Number(_) | ColumnKind::Percent(_) => DataType::Float64,
        ColumnKind::Money(_) => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE.cast_signed()),
        ColumnKind::Date(DateFormat::IsoDateTime) => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnKind::Date(_) => DataType::Date32,
        ColumnKind::YesNo => DataType::Boolean,
    }
}

/// A column of one kind while rows are added.
pub(crate) enum Column {
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Money(Decimal128Builder),
    Time(TimestampMicrosecondBuilder),
    Date(Date32Builder),
    YesNo(BooleanBuilder),
}

impl Column {
    /// An empty column for cells of `kind`.
    pub(crate) fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(StringBuilder::new()),
            ColumnKind::WholeNumber => Self::Whole(Int64Builder::new()),
            ColumnKind::Number(_) | ColumnKind::Percent(_) => Self::Number(Float64Builder::new()),
            ColumnKind::Money(_) => Self::Money(
                Decimal128Builder::new()
                    .with_data_type(DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE.cast_signed())),
            ),
            ColumnKind::Date(DateFormat::IsoDateTime) => Self::Time(TimestampMicrosecondBuilder::new()),
            ColumnKind::Date(_) => Self::Date(Date32Builder::new()),
            ColumnKind::YesNo => Self::YesNo(BooleanBuilder::new()),
        }
    }

    /// Adds a cell; one that is empty, not understood or beyond what the column can hold becomes missing.
    pub(crate) fn push(&mut self, cell: Option<Cell<'_>>) {
        match (self, cell) {
            (Self::Text(column), Some(Cell::Text(text))) => column.append_value(text),
            (Self::Text(column), _) => column.append_null(),
            (Self::Whole(column), Some(Cell::Whole(number))) => column.append_value(number),
            (Self::Whole(column), _) => column.append_null(),
            (Self::Number(column), Some(Cell::Number(number) | Cell::Percent(number))) => {
                column.append_value(number.to_f64());
            }
            (Self::Number(column), _) => column.append_null(),
            (Self::Money(column), Some(Cell::Money(amount))) => column.append_option(ten_thousandths(amount)),
            (Self::Money(column), _) => column.append_null(),
            (Self::Time(column), Some(Cell::Time(time))) => {
                column.append_value(time.and_utc().timestamp_micros());
            }
            (Self::Time(column), _) => column.append_null(),
            (Self::Date(column), Some(Cell::Date(date))) => {
                use chrono::Datelike;
                column.append_value(date.num_days_from_ce() - UNIX_EPOCH_FROM_COMMON_ERA);
            }
            (Self::Date(column), _) => column.append_null(),
            (Self::YesNo(column), Some(Cell::YesNo(answer))) => column.append_value(answer),
            (Self::YesNo(column), _) => column.append_null(),
        }
    }

    /// The cells so far; the column is empty again afterwards.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Whole(column) => Arc::new(column.finish()),
            Self::Number(column) => Arc::new(column.finish()),
            Self::Money(column) => Arc::new(column.finish()),
            Self::Time(column) => Arc::new(column.finish()),
            Self::Date(column) => Arc::new(column.finish()),
            Self::YesNo(column) => Arc::new(column.finish()),
        }
    }
}

fn ten_thousandths(amount: Decimal) -> Option<i128> {
    amount.units_at(MONEY_SCALE)
}
