//! What pages, services and the API exchange about figures: plain, browser-safe types.

mod bridge;
mod columns;
mod dashboard;
mod exchange;
mod figures;
mod imports;
mod months;
mod recording;
mod views;

pub use bridge::Bridge;
pub use columns::{ColumnRole, Layout, SampleHints, Suggestion};
pub use dashboard::{Attention, AttentionKind, Change, Dashboard, Judgement, KeyFigure, SparkPoint};
pub use exchange::Exchange;
pub use figures::{Cell, Derivation, Derived, Observations, Provenance, Reason, Value};
pub use imports::{
    ColumnMapping, DryRun, ImportRecord, ImportSummary, MappedColumn, Mapping, MappingView, ValueChange,
};
pub use months::{MonthRange, Window};
pub use recording::{MOST_OBSERVATIONS, NewObservation, Recorded};
pub use views::{
    CatalogueRow, CatalogueView, DashboardContent, DashboardView, FigureView, FiguresQuery, FiguresTable,
    InputValue, ReportedFigure, ShownCurrency, SourceFile, SourceRow, Trend,
};
