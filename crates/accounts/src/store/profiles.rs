//! Company profiles.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{Currency, WorkspaceScope};
use uuid::Uuid;

use crate::{CompanyProfile, Industry, Stage};

const FIND: &str = "
    SELECT workspaces.slug, workspaces.name, profiles.industry, profiles.stage, profiles.country, profiles.currency,
           profiles.founded_year, profiles.headcount, profiles.shares_with_peers
    FROM company_profiles AS profiles
    JOIN workspaces ON workspaces.id = profiles.workspace_id
    WHERE profiles.workspace_id = $1";
// The data version is the moment of the change, or one more than before where the clock is not ahead of it.
const SAVE: &str = "
    INSERT INTO company_profiles
        (workspace_id, industry, stage, country, currency, founded_year, headcount, shares_with_peers, updated_at, data_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (workspace_id) DO UPDATE SET
        industry = excluded.industry, stage = excluded.stage, country = excluded.country,
        currency = excluded.currency, founded_year = excluded.founded_year, headcount = excluded.headcount,
        shares_with_peers = excluded.shares_with_peers, updated_at = excluded.updated_at,
        data_version = CASE
            WHEN company_profiles.data_version < excluded.data_version THEN excluded.data_version
            ELSE company_profiles.data_version + 1
        END
    WHERE NOT company_profiles.currency_in_use OR company_profiles.currency = excluded.currency";
const USE_CURRENCY: &str = "
    UPDATE company_profiles
    SET currency_in_use = $3,
        data_version = CASE WHEN data_version < $4 THEN $4 ELSE data_version + 1 END
    WHERE workspace_id = $1 AND currency = $2";
const STATE: &str = "
    SELECT workspaces.is_synthetic, workspaces.members_version, profiles.data_version
    FROM company_profiles AS profiles
    JOIN workspaces ON workspaces.id = profiles.workspace_id
    WHERE profiles.workspace_id = $1";
const LIST_NEWEST: &str = "
    SELECT workspace_id FROM company_profiles
    WHERE currency_in_use = $1
    ORDER BY data_version DESC
    LIMIT $2";

#[derive(sqlx::FromRow)]
struct ProfileRow {
    slug: String,
    name: String,
    industry: Option<String>,
    stage: Option<String>,
    country: Option<String>,
    currency: String,
    founded_year: Option<i64>,
    headcount: Option<i64>,
    shares_with_peers: bool,
}

impl From<ProfileRow> for CompanyProfile {
    fn from(row: ProfileRow) -> Self {
        Self {
            name: row.name,
            industry: row.industry.as_deref().and_then(Industry::from_key),
            stage: row.stage.as_deref().and_then(Stage::from_key),
            country: row.country,
            currency: row.currency.parse().unwrap_or(Currency::Usd),
            founded_year: row.founded_year.and_then(|year| i32::try_from(year).ok()),
            headcount: row.headcount,
            shares_with_peers: row.shares_with_peers,
        }
    }
}

/// The slug of the workspace, and the profile of its company.
pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
) -> Result<Option<(String, CompanyProfile)>, sqlx::Error> {
    let row: Option<ProfileRow> = on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|mut row| (std::mem::take(&mut row.slug), row.into())))
}

/// At which point the data of a workspace is.
#[derive(sqlx::FromRow)]
pub(crate) struct StateRow {
    pub(crate) is_synthetic: bool,
    pub(crate) members_version: i64,
    pub(crate) data_version: i64,
}

pub(crate) async fn state(db: &Db, scope: WorkspaceScope) -> Result<Option<StateRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(STATE).bind(scope.workspace_id().uuid()).fetch_optional(c).await)
}

/// The workspaces with figures that changed last, the newest first.
pub(crate) async fn list_newest(db: &Db, most: u32) -> Result<Vec<Uuid>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_scalar(LIST_NEWEST)
        .bind(true)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
}

/// Notes whether amounts are kept in that currency, and that the figures change now; `false` if it is not the company's (any longer).
pub(crate) async fn use_currency(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (currency, is_in_use): (Currency, bool),
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(USE_CURRENCY)
        .bind(scope.workspace_id().uuid())
        .bind(currency.code())
        .bind(is_in_use)
        .bind(now.timestamp_micros())
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// `false` if nothing was saved because amounts are kept in another currency.
pub(crate) async fn save(
    tx: &mut Tx,
    scope: WorkspaceScope,
    profile: &CompanyProfile,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SAVE)
        .bind(scope.workspace_id().uuid())
        .bind(profile.industry.map(Industry::key))
        .bind(profile.stage.map(Stage::key))
        .bind(&profile.country)
        .bind(profile.currency.code())
        .bind(profile.founded_year.map(i64::from))
        .bind(profile.headcount)
        .bind(profile.shares_with_peers)
        .bind(now)
        .bind(now.timestamp_micros())
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}
