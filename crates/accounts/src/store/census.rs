//! How many people and workspaces there are.

use chrono::{DateTime, Utc};
use db::{Db, on_db};

const COUNT: &str = "
    SELECT (SELECT COUNT(*) FROM users WHERE deactivated_at IS NULL) AS people,
           (SELECT COUNT(*) FROM workspaces WHERE NOT is_synthetic) AS workspaces,
           (SELECT COUNT(*) FROM workspaces WHERE is_synthetic) AS synthetic_workspaces,
           (SELECT COUNT(*) FROM sessions WHERE user_id IS NOT NULL AND expires_at > $1) AS sessions";

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Census {
    /// People who can sign in.
    pub people: i64,
    /// Workspaces of real companies.
    pub workspaces: i64,
    /// Workspaces of made-up companies.
    pub synthetic_workspaces: i64,
    /// Browsers that are signed in.
    pub sessions: i64,
}

pub(crate) async fn count(db: &Db, now: DateTime<Utc>) -> Result<Census, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(COUNT).bind(now).fetch_one(c).await)
}
