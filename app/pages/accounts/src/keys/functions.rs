//! What the page of keys asks of the server.

use std::collections::BTreeMap;

use accounts::ApiKeyView;
use api::ApiError;
#[cfg(feature = "ssr")]
use kernel::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the form that ends a key goes.
pub(crate) const REVOKE_KEY: &str = <RevokeKey as leptos::server_fn::ServerFn>::PATH;
/// Where the form that replaces a key goes.
pub(crate) const ROTATE_KEY: &str = <RotateKey as leptos::server_fn::ServerFn>::PATH;
/// Under which name the session holds a key that is shown once.
#[cfg(feature = "ssr")]
const NEW_KEY: &str = "new_key";

/// The form of a key as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyInput {
    /// What it is called.
    pub name: String,
    /// What it may be used for: the scopes that are ticked.
    pub scopes: BTreeMap<String, String>,
    /// From where, with spaces or commas between networks.
    pub networks: String,
    /// How many days it lives.
    pub days: String,
}

/// The page of keys, with the key that was made a moment ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysPageView {
    /// Every key, newest first.
    pub keys: Vec<ApiKeyView>,
    /// A key that is shown once.
    pub new_key: Option<String>,
}

/// Every key of a workspace.
#[server]
pub async fn get_keys(workspace: String) -> Result<KeysPageView, ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let keys = accounts.list_api_keys(&actor).await?;
    Ok(KeysPageView { keys, new_key: api::take_from_session((&workspace, NEW_KEY)).await? })
}

/// Makes a key, after the person has shown who they are.
#[server]
pub async fn make_key(workspace: String, input: KeyInput) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let session = api::session().await?;
    actor.require(kernel::Permission::ManageKeys)?;
    let page = format!("/w/{workspace}/keys");
    let wish = accounts::NewApiKeyInput {
        name: input.name.clone(),
        scopes: input.scopes.keys().cloned().collect(),
        networks: input
            .networks
            .split([',', ' ', '\n'])
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
        days: Some(input.days.trim().parse().unwrap_or(0)),
    };
    let new = wish.parse().map_err(|error| ApiError::with_typed(error, &input))?;
    if !api::is_proved(&page).await? {
        return Ok(());
    }
    let made = accounts.make_api_key(&actor, new).await;
    let (_, secret) = made.map_err(|error| ApiError::with_typed(error, &input))?;
    api::keep_in_session(&session, (&workspace, NEW_KEY), secret).await?;
    leptos_axum::redirect(&page);
    Ok(())
}

/// Ends a key.
#[server]
pub async fn revoke_key(workspace: String, id: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    accounts.revoke_api_key(&actor, id.parse().map_err(|_| AppError::not_found("key"))?).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/keys?done=ended"));
    Ok(())
}

/// Replaces a key.
#[server]
pub async fn rotate_key(workspace: String, id: String) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let session = api::session().await?;
    actor.require(kernel::Permission::ManageKeys)?;
    let page = format!("/w/{workspace}/keys");
    if !api::is_proved(&page).await? {
        return Ok(());
    }
    let id = id.parse().map_err(|_| AppError::not_found("key"))?;
    let (_, secret) = accounts.rotate_api_key(&actor, id).await?;
    api::keep_in_session(&session, (&workspace, NEW_KEY), secret).await?;
    leptos_axum::redirect(&page);
    Ok(())
}
