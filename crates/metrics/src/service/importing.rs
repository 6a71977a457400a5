//! From an uploaded file to kept values: mapping, dry run, commit.

use std::{collections::BTreeMap, sync::Arc};

use datasets::{Dataset, FileFormat};
use db::Tx;
use kernel::{Actor, AppError, Currency, DatasetId, OrInternal, Permission, WorkspaceScope};
use platform::audit;
use serde::{Deserialize, Serialize};

use super::{Metrics, by_cell, observations_of};
use crate::{
    catalogue::MetricKey,
    engine::{self, Found},
    model::{
        Bridge, ColumnMapping, DryRun, ImportSummary, MappedColumn, Mapping, MappingView, MonthRange,
        Observations, ValueChange,
    },
    store::{imports, observations},
};

/// Changes listed one by one in a dry run.
const MOST_CHANGES: usize = 60;
/// The metrics that say how MRR moved.
const MOVEMENTS: [MetricKey; 5] = [
    MetricKey::MRR_NEW,
    MetricKey::MRR_REACTIVATED,
    MetricKey::MRR_EXPANSION,
    MetricKey::MRR_CONTRACTION,
    MetricKey::MRR_CHURNED,
];

/// A mapping as it is stored. Another delimiter or encoding makes other columns; what was chosen for the earlier ones says
/// nothing of them.
#[derive(Serialize, Deserialize)]
struct ChosenMapping {
    headers: Vec<String>,
    mapping: Mapping,
}

impl Metrics {
    /// The columns of a file with what each is used for: as chosen, or as suggested if nothing was chosen yet.
    pub async fn mapping(&self, actor: &Actor, id: DatasetId) -> Result<MappingView, AppError> {
        let scope = actor.require(Permission::View)?;
        let dataset = self.datasets.get(actor, id).await?;
        let format = understood(&dataset)?;
        let mapping = self.chosen_mapping(scope, id, &format).await?;
        let columns = format
            .columns
            .iter()
            .map(|column| MappedColumn { format: column.clone(), mapping: mapping.of(column.index) })
            .collect();
        Ok(MappingView { dataset, columns })
    }

    /// What was chosen for the columns of every file, as it is kept, for those who take everything out of the workspace.
    pub async fn mappings(&self, actor: &Actor) -> Result<BTreeMap<DatasetId, serde_json::Value>, AppError> {
        const DOING: &str = "listing what columns are used for";
        let scope = actor.require(Permission::ControlWorkspace)?;
        let kept = imports::list_mappings(&self.db, scope).await.or_internal(DOING)?;
        kept.into_iter()
            .map(|(id, json)| Ok((id.into(), serde_json::from_str(&json).or_internal(DOING)?)))
            .collect()
    }

    /// Keeps what was chosen, also if it cannot be imported with yet, and then says what is wrong with it. The keys of
    /// `choices` are `c` and the position of the column; the values those of [`ColumnMapping::key`].
    pub async fn save_mapping(
        &self,
        actor: &Actor,
        id: DatasetId,
        choices: &BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let dataset = self.datasets.get(actor, id).await?;
        let format = understood(&dataset)?;
        let columns = choices.iter().filter_map(|(field, choice)| {
            let index: u32 = field.strip_prefix('c')?.parse().ok()?;
            let is_there = format.columns.iter().any(|column| column.index == index);
            Some((index, ColumnMapping::parse(choice)?)).filter(|_| is_there)
        });
        let mapping = Mapping { columns: columns.collect() };
        let chosen = ChosenMapping { headers: headers(&format), mapping: mapping.clone() };
        let json = serde_json::to_string(&chosen).or_internal("noting a mapping")?;
        // How many, and not which: what a column is called may say who it is about.
        let used = mapping.columns.values().filter(|column| column.role.is_some()).count();
        let detail = format!("{used} of {} columns used", format.columns.len());
        let mut tx = self.db.begin_in(scope).await?;
        imports::save_mapping(&mut tx, scope, id, &json).await.or_internal("saving a mapping")?;
        let entry = audit::Entry { action: "dataset.mapped", subject: id.to_string(), detail };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        engine::check_mapping(&format, &mapping, self.accounts.profile(actor).await?.currency)
    }

    /// Refuses a mapping that nothing can be imported with, with the reasons.
    pub async fn check_mapping(&self, actor: &Actor, view: &MappingView) -> Result<(), AppError> {
        let format = understood(&view.dataset)?;
        let columns = view.columns.iter().map(|column| (column.format.index, column.mapping));
        let mapping = Mapping { columns: columns.collect() };
        engine::check_mapping(&format, &mapping, self.accounts.profile(actor).await?.currency)
    }

    /// What a commit would do.
    pub async fn check(&self, actor: &Actor, id: DatasetId) -> Result<DryRun, AppError> {
        let scope = actor.require(Permission::View)?;
        let (dataset, currency, found) = self.find_values(actor, scope, id).await?;
        let rows = self.rows(scope).await?;
        let kept = by_cell(&rows).into_iter().map(|(cell, row)| (cell, row.value(currency))).collect();
        let difference = engine::difference(&found.values, &kept);
        let months = found.values.iter().map(|value| value.month);
        let months = months.clone().min().zip(months.max());
        let mut after = observations_of(&rows, currency);
        for value in &found.values {
            after.set(value.key, value.month, value.value);
        }
        let replaced = difference.changed.iter().map(|(value, before)| (value, Some(*before)));
        let changes = replaced.chain(difference.added.iter().map(|value| (value, None)));
        let months = months.map(|(first, last)| MonthRange::new(first, last));
        Ok(DryRun {
            currency,
            added: difference.added.len() as u64,
            changed: difference.changed.len() as u64,
            unchanged: difference.unchanged,
            changes: changes.take(MOST_CHANGES).map(|(value, before)| shown_change(value, before)).collect(),
            problems: found.problems,
            problem_count: found.problem_count,
            rejected_rows: found.rejected_lines.len() as u64,
            bridge: months.and_then(|months| checked_bridge(&after, months, currency)),
            months,
            committed: self.import_in_force(scope, id).await?,
            dataset,
        })
    }

    /// The rows that hold something that cannot be imported, as a CSV file to put right and upload again.
    pub async fn rejected_rows(&self, actor: &Actor, id: DatasetId) -> Result<Vec<u8>, AppError> {
        let scope = actor.require(Permission::View)?;
        let (dataset, _, found) = self.find_values(actor, scope, id).await?;
        let format = understood(&dataset)?;
        let mut reasons: BTreeMap<u64, String> = BTreeMap::new();
        for problem in &found.problems {
            let reason = reasons.entry(problem.line).or_default();
            if !reason.is_empty() {
                reason.push_str("; ");
            }
            if !problem.column_name.is_empty() {
                reason.push_str(&problem.column_name);
                reason.push_str(": ");
            }
            reason.push_str(&problem.message);
        }
        // Beyond the listed problems only the lines are known.
        for line in &found.rejected_lines {
            reasons.entry(*line).or_insert_with(|| "A cell of this row cannot be read".to_owned());
        }
        self.datasets.write_rows(actor, id, format, reasons).await
    }

    /// Keeps the values of the file, all at once. What cannot be imported is left out.
    pub async fn commit(&self, actor: &Actor, id: DatasetId) -> Result<ImportSummary, AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let (dataset, currency, found) = self.find_values(actor, scope, id).await?;
        let import = ImportSummary {
            id: self.ambient.id(),
            dataset_id: id,
            file_name: dataset.summary.name,
            has_file: true,
            added: 0,
            changed: 0,
            committed_at: self.ambient.now(),
            undone_at: None,
        };
        let mut tx = self.db.begin_in(scope).await?;
        let (import, _) = self.keep(&mut tx, (actor, scope), (currency, &found), import).await?;
        let import = import.ok_or_else(|| {
            AppError::conflict(
                "There is nothing to import: every value of this file is kept already, or cannot be read",
            )
        })?;
        tx.commit().await?;
        self.cache.publish(scope.workspace_id()).await;
        Ok(import)
    }

    /// Keeps the values as this import, which is told how many of them are new and how many replace others; `None` if none of them. Also
    /// tells how many were kept before.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        (currency, found): (Currency, &Found),
        import: ImportSummary,
    ) -> Result<(Option<ImportSummary>, u64), AppError> {
        // First, so that commits and undoings of one company come one after the other on Postgres too.
        self.accounts.use_currency(tx, scope, currency, true).await?;
        let rows = observations::list_in(tx, scope).await.or_internal("loading figures")?;
        let before = by_cell(&rows);
        let kept = before.iter().map(|(cell, row)| (*cell, row.value(currency))).collect();
        let difference = engine::difference(&found.values, &kept);
        if difference.added.is_empty() && difference.changed.is_empty() {
            return Ok((None, difference.unchanged));
        }
        let (added, changed) = (difference.added.len() as u64, difference.changed.len() as u64);
        let import = ImportSummary { added, changed, ..import };
        let committed_by = actor.user_id().map(kernel::UserId::uuid);
        imports::insert(tx, scope, &import, committed_by).await.or_internal("saving an import")?;
        for value in difference.added.iter().chain(difference.changed.iter().map(|(value, _)| value)) {
            let replaced = before.get(&(value.key, value.month)).copied();
            imports::insert_change(tx, scope, import.id, value, replaced)
                .await
                .or_internal("saving a change")?;
            observations::put(tx, scope, import.id, value).await.or_internal("saving a figure")?;
        }
        let detail = format!("{} added, {} changed", import.added, import.changed);
        let entry = audit::Entry { action: "import.committed", subject: import.id.to_string(), detail };
        audit::record(tx, &self.ambient, actor, scope, entry).await?;
        Ok((Some(import), difference.unchanged))
    }

    /// The import of a file that was committed and not undone.
    pub(super) async fn import_in_force(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
    ) -> Result<Option<ImportSummary>, AppError> {
        let all = imports::list(&self.db, scope).await.or_internal("listing imports")?;
        Ok(all.into_iter().find(|import| import.dataset_id == id && import.undone_at.is_none()))
    }

    async fn chosen_mapping(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
        format: &FileFormat,
    ) -> Result<Mapping, AppError> {
        let stored = imports::find_mapping(&self.db, scope, id).await.or_internal("loading a mapping")?;
        let chosen: Option<ChosenMapping> = stored.and_then(|json| serde_json::from_str(&json).ok());
        let chosen = chosen.filter(|chosen| chosen.headers == headers(format));
        Ok(chosen.map_or_else(|| engine::suggest_mapping(format), |chosen| chosen.mapping))
    }

    async fn find_values(
        &self,
        actor: &Actor,
        scope: WorkspaceScope,
        id: DatasetId,
    ) -> Result<(Dataset, Currency, Found), AppError> {
        let dataset = self.datasets.get(actor, id).await?;
        let format = Arc::new(understood(&dataset)?);
        let mapping = self.chosen_mapping(scope, id, &format).await?;
        let currency = self.accounts.profile(actor).await?.currency;
        engine::check_mapping(&format, &mapping, currency)?;
        let this_month = self.this_month();
        let found = self
            .datasets
            .read_with(actor, id, move |file, limits| {
                engine::find_values(file, &format, limits, (&mapping, currency, this_month))
            })
            .await?;
        Ok((dataset, currency, found))
    }
}

fn headers(format: &FileFormat) -> Vec<String> {
    format.columns.iter().map(|column| column.header.clone()).collect()
}

fn understood(dataset: &Dataset) -> Result<FileFormat, AppError> {
    match (&dataset.profile, &dataset.problem) {
        (Some(profile), _) => Ok(profile.format.clone()),
        (None, Some(problem)) => Err(AppError::conflict(problem.clone())),
        (None, None) => {
            Err(AppError::conflict("The file is still being read. Wait a moment and reload the page"))
        }
    }
}

/// The bridge over the months of a file. Where nothing is known of the month before, the first month is where it starts;
/// `None` if that leaves no month, or if there are no movements.
fn checked_bridge(after: &Observations, months: MonthRange, currency: Currency) -> Option<Bridge> {
    let is_start_known = after.get(MetricKey::MRR, months.first.plus(-1)).is_some();
    let first = if is_start_known { months.first } else { months.first.plus(1) };
    let has_movements = MOVEMENTS.into_iter().any(|key| after.is_tracked(key));
    let is_checked = has_movements && first <= months.last;
    is_checked.then(|| engine::bridge(after, MonthRange::new(first, months.last), currency))
}

fn shown_change(value: &engine::FoundValue, before: Option<f64>) -> ValueChange {
    ValueChange {
        key: value.key,
        month: value.month,
        before,
        after: value.value,
        unit: value.key.metric().unit,
        line: value.line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations(first_month_has_a_start: bool) -> Observations {
        let first: kernel::Month = "2025-01".parse().unwrap();
        let mut observations = Observations::default();
        for place in 0..3 {
            let month = first.plus(place);
            observations.set(MetricKey::MRR, month, 100.0 + 10.0 * f64::from(place));
            for (key, value) in [
                (MetricKey::MRR_NEW, 15.0),
                (MetricKey::MRR_EXPANSION, 0.0),
                (MetricKey::MRR_CONTRACTION, 0.0),
                (MetricKey::MRR_CHURNED, 5.0),
            ] {
                observations.set(key, month, value);
            }
        }
        if first_month_has_a_start {
            observations.set(MetricKey::MRR, first.plus(-1), 95.0);
        }
        observations
    }

    fn range(months: i32) -> MonthRange {
        MonthRange::ending("2025-03".parse().unwrap(), months)
    }

    #[test]
    fn a_first_import_is_checked_from_its_second_month_on() {
        let bridge = checked_bridge(&observations(false), range(3), Currency::Usd).unwrap();
        assert_eq!((bridge.months, bridge.closes), (range(2), Some(true)));
    }

    #[test]
    fn a_gap_in_the_first_month_shows_once_the_month_before_is_known() {
        let bridge = checked_bridge(&observations(true), range(3), Currency::Usd).unwrap();
        assert_eq!((bridge.gap, bridge.closes), (Some(-5.0), Some(false)));
    }

    #[test]
    fn a_single_month_without_a_start_is_not_called_closed() {
        let alone = observations(false);
        let january = MonthRange::ending("2025-01".parse().unwrap(), 1);
        assert_eq!(checked_bridge(&alone, january, Currency::Usd), None);
    }
}
