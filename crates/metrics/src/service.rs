//! Use cases of figures and imports.

mod figures;
mod history;
mod importing;
mod keeping;
mod recording;
mod undoing;

pub use figures::CompanyFigures;

use std::{collections::HashMap, sync::Arc};

use datasets::Datasets;
use db::Db;
use kernel::{Ambient, AppError, Currency, Month, OrInternal, WorkspaceScope};
use platform::Cache;

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
    cache: Cache,
    /// Names the catalogue and the rates, so that nodes with others keep their own values.
    basis: Arc<str>,
}

impl Metrics {
    /// The service over `db`; files are read through `datasets`. Nothing that it computes is kept.
    pub fn new(
        (db, ambient): (Db, Ambient),
        accounts: accounts::Accounts,
        datasets: Datasets,
        exchange: Exchange,
    ) -> Self {
        let basis = keeping::basis_of(&exchange).into();
        Self { db, ambient, accounts, datasets, exchange: Arc::new(exchange), cache: Cache::off(), basis }
    }

    /// Keeps there what it computes.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
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
