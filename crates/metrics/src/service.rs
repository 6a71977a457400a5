//! Use cases of figures and imports.

mod figures;
mod importing;
mod recording;
mod undoing;

pub use figures::CompanyFigures;

use std::{collections::HashMap, sync::Arc};

use datasets::Datasets;
use db::Db;
use kernel::{Ambient, AppError, Currency, Month, OrInternal, WorkspaceScope};

use crate::{
    catalogue::MetricKey,
    model::{Exchange, Observations},
    store::observations::{self, ObservationRow},
};

/// What companies report, and what follows from it.
#[derive(Clone)]
pub struct Metrics {
    db: Db,
    ambient: Ambient,
    accounts: accounts::Accounts,
    datasets: Datasets,
    exchange: Arc<Exchange>,
}

impl Metrics {
    /// The service over `db`; files are read through `datasets`.
    pub fn new(
        (db, ambient): (Db, Ambient),
        accounts: accounts::Accounts,
        datasets: Datasets,
        exchange: Exchange,
    ) -> Self {
        Self { db, ambient, accounts, datasets, exchange: Arc::new(exchange) }
    }

    /// The fixed exchange rates in force.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    fn this_month(&self) -> Month {
        Month::of(self.ambient.now().date_naive())
    }

    async fn rows(&self, scope: WorkspaceScope) -> Result<Vec<ObservationRow>, AppError> {
        observations::list(&self.db, scope).await.or_internal("loading figures")
    }
}

/// Values by metric and month, money in major units of `currency`.
fn observations_of(rows: &[ObservationRow], currency: Currency) -> Observations {
    rows.iter().filter_map(|row| Some((row.key()?, row.month(), row.value(currency)))).collect()
}

fn by_cell(rows: &[ObservationRow]) -> HashMap<(MetricKey, Month), &ObservationRow> {
    rows.iter().filter_map(|row| Some(((row.key()?, row.month()), row))).collect()
}
