//! Reading a company's figures: dashboard, one figure opened, the table of everything.

use std::collections::{BTreeSet, HashMap};

use accounts::CompanyProfile;
use charts::{MonthValue, MonthlySeries, MrrBridge, TrendChart, WaterfallChart};
use kernel::{Actor, AppError, Currency, ImportId, Month, OrInternal, Permission, WorkspaceScope};

use super::{Metrics, by_cell, observations_of};
use crate::{
    catalogue::MetricKey,
    engine::{self, DEFAULT_FIGURES, DashboardRequest},
    model::{
        Bridge, CatalogueRow, CatalogueView, Cell, DashboardContent, DashboardView, Derived, Exchange,
        FigureView, FiguresQuery, FiguresTable, ImportSummary, InputValue, MonthRange, Observations,
        Provenance, ShownCurrency, SourceFile, SourceRow, Trend, Value, Window,
    },
    store::{imports, observations::ObservationRow},
};

/// Months of a trend chart.
const TREND_MONTHS: i32 = 24;
/// Months computed for a dashboard: sparklines and three years of windows.
const COMPUTED_MONTHS: i32 = 36;
/// The metrics shown as trends, where they are known.
const TRENDS: [MetricKey; 3] = [MetricKey::MRR, MetricKey::CUSTOMERS, MetricKey::NRR];

/// A company's figures with all that follows from them, in one currency.
pub struct CompanyFigures {
    /// The company.
    pub profile: CompanyProfile,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// What was reported.
    pub observations: Observations,
    /// What follows from it.
    pub derived: Derived,
    rows: Vec<ObservationRow>,
}

impl CompanyFigures {
    /// The last month with any value.
    pub fn last_month(&self) -> Month {
        self.derived.months().last
    }
}

impl Metrics {
    /// Everything that is known of the company's figures; `None` before the first import.
    pub async fn figures(
        &self,
        actor: &Actor,
        currency: Option<Currency>,
    ) -> Result<Option<CompanyFigures>, AppError> {
        let scope = actor.require(Permission::View)?;
        let profile = self.accounts.profile(actor).await?;
        let shown = shown_currency(&self.exchange, profile.currency, currency)?;
        let rows = self.rows(scope).await?;
        let factor = self.exchange.factor(profile.currency, shown.currency).unwrap_or(1.0);
        let observations = converted(&observations_of(&rows, profile.currency), factor);
        let Some(months) = observations.months() else { return Ok(None) };
        let derived = engine::derive(&observations, months);
        Ok(Some(CompanyFigures { profile, shown, observations, derived, rows }))
    }

    /// The dashboard.
    pub async fn dashboard(&self, actor: &Actor, query: FiguresQuery) -> Result<DashboardView, AppError> {
        let state = self.accounts.data_state(actor).await?;
        let compute = Box::pin(self.compute_dashboard(actor, state.is_synthetic, query));
        self.kept(actor, state, ("dashboard", query), compute).await
    }

    async fn compute_dashboard(
        &self,
        actor: &Actor,
        is_synthetic: bool,
        query: FiguresQuery,
    ) -> Result<DashboardView, AppError> {
        let scope = actor.require(Permission::View)?;
        let Some(figures) = self.figures(actor, query.currency).await? else {
            let profile = self.accounts.profile(actor).await?;
            let shown = shown_currency(&self.exchange, profile.currency, query.currency)?;
            return Ok(DashboardView { company: profile.name, is_synthetic, shown, content: None });
        };
        let months = figures.derived.months();
        let month = query.month.filter(|month| months.position(*month).is_some()).unwrap_or(months.last);
        let window = query.window.unwrap_or(Window::Quarter);
        let request = DashboardRequest {
            month,
            window,
            keys: DEFAULT_FIGURES.to_vec(),
            currency: figures.shown.currency,
        };
        let computed = engine::derive(&figures.observations, MonthRange::ending(month, COMPUTED_MONTHS));
        let dashboard = engine::dashboard(&figures.observations, &computed, &request);
        let source = self.newest_source(scope, &figures.rows, month).await?;
        let content = DashboardContent {
            trends: TRENDS.iter().filter_map(|key| trend(&figures, *key, month, is_synthetic)).collect(),
            waterfall: waterfall(&dashboard.bridge, &figures, is_synthetic),
            months: months.iter().rev().collect(),
            source,
            dashboard,
        };
        Ok(DashboardView {
            company: figures.profile.name,
            is_synthetic,
            shown: figures.shown,
            content: Some(content),
        })
    }

    /// One figure opened to its definition, inputs and rows; the newest month if none is given.
    pub async fn figure(
        &self,
        actor: &Actor,
        key: MetricKey,
        query: FiguresQuery,
    ) -> Result<FigureView, AppError> {
        let state = self.accounts.data_state(actor).await?;
        let compute = Box::pin(self.compute_figure(actor, state.is_synthetic, (key, query)));
        self.kept(actor, state, ("figure", key, query), compute).await
    }

    async fn compute_figure(
        &self,
        actor: &Actor,
        is_synthetic: bool,
        (key, query): (MetricKey, FiguresQuery),
    ) -> Result<FigureView, AppError> {
        let scope = actor.require(Permission::View)?;
        let figures = self.figures(actor, query.currency).await?;
        let figures = figures.ok_or_else(|| AppError::not_found("figure"))?;
        let months = figures.derived.months();
        let month = query.month.filter(|month| months.position(*month).is_some()).unwrap_or(months.last);
        let files = self.files_by_import(scope).await?;
        let rows = by_cell(&figures.rows);
        let source = |key, month| {
            let row = rows.get(&(key, month))?;
            source_row(row, &files)
        };
        let derivation = figures.derived.get(key, month);
        let provenance = derivation.map_or(Provenance::Unreported, |found| found.provenance.clone());
        let inputs: &[Cell] = match &provenance {
            Provenance::Computed { inputs } => inputs,
            Provenance::Reported | Provenance::Unreported => &[],
        };
        let inputs = inputs.iter().map(|cell| InputValue {
            key: cell.key,
            month: cell.month,
            value: figures.derived.value(cell.key, cell.month),
            source: source(cell.key, cell.month),
        });
        Ok(FigureView {
            key,
            month,
            months,
            value: figures.derived.value(key, month),
            inputs: inputs.collect(),
            source: source(key, month),
            trend: trend(&figures, key, month, is_synthetic).map(|trend| trend.chart),
            shown: figures.shown.clone(),
            provenance,
        })
    }

    /// Every metric with a value, by month.
    pub async fn table(&self, actor: &Actor, currency: Option<Currency>) -> Result<FiguresTable, AppError> {
        let state = self.accounts.data_state(actor).await?;
        let compute = Box::pin(self.compute_table(actor, state.is_synthetic, currency));
        self.kept(actor, state, ("table", currency), compute).await
    }

    async fn compute_table(
        &self,
        actor: &Actor,
        is_synthetic: bool,
        currency: Option<Currency>,
    ) -> Result<FiguresTable, AppError> {
        let scope = actor.require(Permission::View)?;
        let figures = self.figures(actor, currency).await?;
        let figures = figures.ok_or_else(|| {
            AppError::conflict("There are no figures yet. Upload a CSV and import it, or send figures to POST /metrics/observations")
        })?;
        let months: Vec<Month> = figures.derived.months().iter().collect();
        let rows = MetricKey::all().filter_map(|key| {
            let values: Vec<Option<f64>> =
                months.iter().map(|month| figures.derived.known(key, *month)).collect();
            values.iter().any(Option::is_some).then_some((key, values))
        });
        Ok(FiguresTable {
            company: figures.profile.name.clone(),
            is_synthetic,
            currency: figures.shown.currency,
            rows: rows.collect(),
            months,
            sources: self.sources(scope, &figures.rows).await?,
            converted_by: figures.shown.converted_by,
        })
    }

    /// The newest value of every metric of the catalogue.
    pub async fn catalogue(
        &self,
        actor: &Actor,
        currency: Option<Currency>,
    ) -> Result<CatalogueView, AppError> {
        let state = self.accounts.data_state(actor).await?;
        let compute = Box::pin(self.compute_catalogue(actor, currency));
        self.kept(actor, state, ("catalogue", currency), compute).await
    }

    async fn compute_catalogue(
        &self,
        actor: &Actor,
        currency: Option<Currency>,
    ) -> Result<CatalogueView, AppError> {
        let profile = self.accounts.profile(actor).await?;
        let shown = shown_currency(&self.exchange, profile.currency, currency)?;
        let figures = self.figures(actor, currency).await?;
        let rows = figures.iter().flat_map(|figures| MetricKey::all().map(|key| newest(figures, key)));
        Ok(CatalogueView { company: profile.name, shown, rows: rows.collect() })
    }

    /// The chart of one metric up to `month`; `None` without at least two values.
    pub async fn trend_chart(
        &self,
        actor: &Actor,
        key: MetricKey,
        query: FiguresQuery,
    ) -> Result<Option<TrendChart>, AppError> {
        let is_synthetic = self.accounts.is_synthetic(actor).await?;
        let Some(figures) = self.figures(actor, query.currency).await? else { return Ok(None) };
        let month = query.month.unwrap_or_else(|| figures.last_month());
        Ok(trend(&figures, key, month, is_synthetic).map(|trend| trend.chart))
    }

    async fn newest_source(
        &self,
        scope: WorkspaceScope,
        rows: &[ObservationRow],
        month: Month,
    ) -> Result<Option<SourceFile>, AppError> {
        let newest =
            rows.iter().filter(|row| row.month() <= month).max_by_key(|row| (row.month, row.import_id));
        let Some(newest) = newest else { return Ok(None) };
        let files = self.files_by_import(scope).await?;
        Ok(files.get(&newest.import_id()).map(source_file))
    }

    async fn sources(&self, scope: WorkspaceScope, rows: &[ObservationRow]) -> Result<Vec<String>, AppError> {
        let files = self.files_by_import(scope).await?;
        let used: BTreeSet<ImportId> = rows.iter().map(ObservationRow::import_id).collect();
        let mut names: Vec<String> =
            used.iter().filter_map(|id| files.get(id)).map(|import| import.file_name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    async fn files_by_import(
        &self,
        scope: WorkspaceScope,
    ) -> Result<HashMap<ImportId, ImportSummary>, AppError> {
        let all = imports::list(&self.db, scope).await.or_internal("listing imports")?;
        Ok(all.into_iter().map(|import| (import.id, import)).collect())
    }
}

/// The course of `key` over the two years up to `month`.
fn trend(figures: &CompanyFigures, key: MetricKey, month: Month, synthetic: bool) -> Option<Trend> {
    let metric = key.metric();
    let months = MonthRange::ending(month, TREND_MONTHS);
    let points: Vec<MonthValue> = months
        .iter()
        .filter_map(|month| Some(MonthValue { month, value: figures.derived.known(key, month)? }))
        .collect();
    // One point is no course.
    if points.len() < 2 {
        return None;
    }
    let chart = TrendChart {
        title: metric.label.to_owned(),
        unit: metric.unit,
        currency: figures.shown.currency,
        series: vec![MonthlySeries { label: figures.profile.name.clone(), points }],
        comparison: None,
        synthetic,
    };
    Some(Trend { key, chart })
}

/// The last month in which the metric is known or has no meaning.
fn newest(figures: &CompanyFigures, key: MetricKey) -> CatalogueRow {
    let derived = &figures.derived;
    let is_there = |month: &Month| !matches!(derived.value(key, *month), Value::Missing { .. });
    let month = derived.months().iter().rev().find(is_there).unwrap_or_else(|| figures.last_month());
    CatalogueRow { key, month, value: derived.value(key, month) }
}

fn waterfall(bridge: &Bridge, figures: &CompanyFigures, synthetic: bool) -> Option<WaterfallChart> {
    let amounts = MrrBridge {
        start: bridge.start?,
        new: bridge.new?,
        reactivated: bridge.reactivated.unwrap_or(0.0),
        expansion: bridge.expansion?,
        contraction: bridge.contraction?,
        churned: bridge.churned?,
        end: bridge.end?,
    };
    let title = format!("How MRR moved, {}", bridge.months.label());
    Some(WaterfallChart::mrr_bridge(title, figures.shown.currency, amounts, synthetic))
}

fn shown_currency(
    exchange: &Exchange,
    own: Currency,
    wanted: Option<Currency>,
) -> Result<ShownCurrency, AppError> {
    let currency = wanted.unwrap_or(own);
    if exchange.factor(own, currency).is_none() {
        return Err(AppError::invalid(
            "currency",
            format!("There is no exchange rate from {own} to {currency}"),
        ));
    }
    let converted_by = (currency != own).then(|| exchange.source.clone());
    Ok(ShownCurrency { currency, converted_by })
}

fn converted(observations: &Observations, factor: f64) -> Observations {
    let convert = |(key, month, value): (MetricKey, Month, f64)| {
        let is_money = key.metric().unit.is_money();
        (key, month, if is_money { value * factor } else { value })
    };
    observations.iter().map(convert).collect()
}

fn source_file(import: &ImportSummary) -> SourceFile {
    SourceFile { dataset_id: import.dataset_id, name: import.file_name.clone() }
}

fn source_row(row: &ObservationRow, files: &HashMap<ImportId, ImportSummary>) -> Option<SourceRow> {
    Some(SourceRow { file: source_file(files.get(&row.import_id())?), line: row.line.unsigned_abs() })
}
