//! Keys for programs. People make them; a key makes none.

use std::net::IpAddr;

use accounts::{ApiKeyView, NewApiKeyInput};
use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use kernel::{ApiKeyId, AppError, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::PersonWithin,
    exchange::{Body, Id, Page, PageParams, Params, require_bare},
    whole::whole_if_any,
};
use crate::{rest::problem::Problem, services::Services};

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct Key {
    /// The key.
    id: Uuid,
    /// What it is called.
    name: String,
    /// The readable part of the key.
    public_id: String,
    /// What it may be used for, as `resource:verb`.
    scopes: Vec<&'static str>,
    /// From where it may be used, as CIDR; empty for everywhere.
    networks: Vec<String>,
    /// What the member is called who made it, as long as they have an account. It ends with their right to make keys.
    made_by: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends by itself.
    expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    last_used_at: Option<DateTime<Utc>>,
    /// When it was or will be ended by somebody.
    revoked_at: Option<DateTime<Utc>>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewKey {
    /// The whole key. It is shown only now.
    secret: String,
    /// The key.
    key: Key,
}

/// What the key is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyWish {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it may be used for, as `resource:verb`.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// From where it may be used, as CIDR; everywhere if left out.
    #[serde(default)]
    networks: Vec<String>,
    /// How many days it lives; 90 if left out.
    #[serde(default, deserialize_with = "whole_if_any")]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<u32>,
}

impl From<ApiKeyView> for Key {
    fn from(view: ApiKeyView) -> Self {
        Self {
            id: view.id.uuid(),
            name: view.name,
            public_id: view.public_id,
            scopes: view.scopes.into_iter().map(Scope::key).collect(),
            networks: view.networks,
            made_by: view.made_by,
            created_at: view.created_at,
            expires_at: view.expires_at,
            last_used_at: view.last_used_at,
            revoked_at: view.revoked_at,
        }
    }
}

/// Whether the text is one address, or one network as CIDR, and nothing besides.
pub(super) fn is_one_network(text: &str) -> bool {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.is_none_or(|length| (0..=most).any(|bits: u8| bits.to_string() == length))
}

/// Every key of the workspace, newest first.
#[utoipa::path(get, path = "/api-keys", tag = "keys", operation_id = "list_keys", security(("bearer" = [])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Key>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    person: PersonWithin,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Key>>, Problem> {
    let (after, limit) = (params.moment()?, params.limit()?);
    let keys = services.accounts.list_api_keys_after(&person.actor, after, limit + 1).await?;
    Ok(Page::by_moment(keys, limit, |key| (key.created_at, key.id.uuid())))
}

/// Make a key.
#[utoipa::path(post, path = "/api-keys", tag = "keys", operation_id = "make_key", security(("bearer" = [])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = KeyWish,
    responses((status = 201, body = NewKey), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn make(
    State(services): State<Services>,
    person: PersonWithin,
    Body(wish): Body<KeyWish>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    person.require_proof(&services).await?;
    let KeyWish { name, scopes, networks, days } = wish;
    require_bare("name", &name)?;
    if !networks.iter().all(|network| is_one_network(network)) {
        return Err(
            AppError::invalid("networks", "One of these is no network. It looks like 192.0.2.0/24").into()
        );
    }
    let new = NewApiKeyInput { name, scopes, networks, days }.parse()?;
    let (view, secret) = services.accounts.make_api_key(&person.actor, new).await?;
    Ok((StatusCode::CREATED, Json(NewKey { secret, key: view.into() })))
}

/// End a key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "keys", operation_id = "revoke_key", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn revoke(
    State(services): State<Services>,
    person: PersonWithin,
    Id(id): Id<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    services.accounts.revoke_api_key(&person.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace a key; the old one lives on for a day.
#[utoipa::path(post, path = "/api-keys/{id}/rotate", tag = "keys", operation_id = "rotate_key", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 201, body = NewKey), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn rotate(
    State(services): State<Services>,
    person: PersonWithin,
    Id(id): Id<ApiKeyId>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    person.require_proof(&services).await?;
    let (view, secret) = services.accounts.rotate_api_key(&person.actor, id).await?;
    Ok((StatusCode::CREATED, Json(NewKey { secret, key: view.into() })))
}
