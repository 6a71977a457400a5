//! Who did what.

use accounts::RecordsInput;
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use kernel::{AppError, Permission};
use platform::audit::{self, AuditEvent, AuditFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::{AuditRead, Within},
    exchange::{Page, PageParams, Params},
};
use crate::{rest::problem::Problem, services::Services};

/// One deed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Event {
    /// Its place in the chain, from 0.
    seq: i64,
    /// When.
    happened_at: DateTime<Utc>,
    /// Who: `person:<id>`, `key:<id>`, `program`.
    actor: String,
    /// What was done, like `import.committed`.
    action: String,
    /// What it was done to.
    subject: String,
    /// A few words.
    detail: String,
    /// From which network address.
    place: String,
    /// The request, as it is in the log.
    request_id: String,
}

impl From<AuditEvent> for Event {
    fn from(event: AuditEvent) -> Self {
        let AuditEvent { seq, happened_at, actor, action, subject, detail, place, request_id } = event;
        Self { seq, happened_at, actor, action, subject, detail, place, request_id }
    }
}

/// Which deeds are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParams {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 100)]
    cursor: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Only deeds like `import.committed`.
    #[param(max_length = 100)]
    action: Option<String>,
    /// Only deeds of `person:<id>`, `key:<id>` or `program`.
    #[param(max_length = 100)]
    actor: Option<String>,
    /// Only deeds of this day, in UTC, and later.
    #[param(value_type = Option<NaiveDate>)]
    from: Option<String>,
    /// Only deeds of this day and before.
    #[param(value_type = Option<NaiveDate>)]
    until: Option<String>,
}

/// A field of a form may be left empty; a parameter that is there has a day.
fn day(field: &str, text: Option<String>) -> Result<String, AppError> {
    match text {
        Some(text) if text.is_empty() => Err(AppError::invalid(field, RecordsInput::A_DAY)),
        text => Ok(text.unwrap_or_default()),
    }
}

/// Who did what in the workspace, newest first.
#[utoipa::path(get, path = "/audit", tag = "records", operation_id = "audit", security(("bearer" = ["audit:read"])),
    params(AuditParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Event>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn audit(
    State(services): State<Services>,
    within: Within<AuditRead>,
    Params(params): Params<AuditParams>,
) -> Result<Json<Page<Event>>, Problem> {
    let scope = within.actor.require(Permission::ReadAudit)?;
    let page = PageParams::of(params.cursor, params.limit);
    let limit = page.limit()?;
    for (field, text) in [("action", &params.action), ("actor", &params.actor)] {
        let is_fit = |text: &String| text.chars().count() <= 100 && !text.chars().any(char::is_control);
        if !text.as_ref().is_none_or(is_fit) {
            return Err(AppError::invalid(
                field,
                "There are no deeds like this. GET /audit without it lists them",
            )
            .into());
        }
    }
    let asked = RecordsInput {
        from: day("from", params.from)?,
        until: day("until", params.until)?,
        ..RecordsInput::default()
    };
    let [from, until] = asked.time()?;
    let filter =
        AuditFilter { before: page.place()?, action: params.action, actor: params.actor, from, until };
    let mut events = audit::list(&services.db, scope, &filter, limit + 1).await?;
    let has_more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events.last().map(|event| event.seq).filter(|_| has_more);
    Ok(Page::new(events.into_iter().map(Event::from).collect(), next))
}
