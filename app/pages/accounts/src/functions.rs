//! What the pages ask of the server.

use accounts::{CompanyProfile, ProfileInput, WorkspaceView};
use api::ApiError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the sign-out form goes.
pub const SIGN_OUT: &str = <SignOut as leptos::server_fn::ServerFn>::PATH;

/// The sign-up form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignUpInput {
    /// What the person is called.
    pub name: String,
    /// The address.
    pub email: String,
    /// The company.
    pub company: String,
    /// The password.
    pub password: String,
}

/// The sign-in form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInInput {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where to go afterwards.
    pub next: String,
}

/// Whether sign-in with Google is set up on this instance.
#[derive(Clone, Copy, Debug)]
pub struct GoogleIsSetUp(pub bool);

/// Where the visitor's own workspace is; `None` for strangers.
#[server]
pub async fn get_visitor() -> Result<Option<String>, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let Some(user_id) = api::user_id().await? else { return Ok(None) };
    let workspaces = accounts.list_workspaces(user_id).await?;
    Ok(workspaces.first().map(|workspace| format!("/w/{}", workspace.slug)))
}

/// Leads to the demo company; `false` if none is loaded.
#[server]
pub async fn open_demo() -> Result<bool, ApiError> {
    let demo = expect_context::<accounts::Accounts>().find_demo().await?;
    if let Some(demo) = &demo {
        leptos_axum::redirect(&format!("/w/{}/dashboard", demo.slug));
    }
    Ok(demo.is_some())
}

/// Whether the button for Google is shown.
#[server]
pub async fn get_google_is_set_up() -> Result<bool, ApiError> {
    Ok(expect_context::<GoogleIsSetUp>().0)
}

/// What the frame of a workspace shows.
#[server]
pub async fn get_workspace(slug: String) -> Result<WorkspaceView, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?;
    Ok(accounts.workspace_view(user_id, &slug).await?)
}

/// The company profile.
#[server]
pub async fn get_profile(workspace: String) -> Result<CompanyProfile, ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    Ok(accounts.profile(&actor).await?)
}

/// Saves the company profile.
#[server]
pub async fn save_profile(workspace: String, input: ProfileInput) -> Result<(), ApiError> {
    let (accounts, actor) = api::enter::<accounts::Accounts>(&workspace).await?;
    let saved = accounts.save_profile(&actor, &input).await;
    saved.map_err(|error| ApiError::with_typed(error, &input))?;
    leptos_axum::redirect(&format!("/w/{workspace}/settings?saved=profile"));
    Ok(())
}

/// Makes an account and signs in.
#[server]
pub async fn sign_up(input: SignUpInput) -> Result<(), ApiError> {
    let new = accounts::NewPerson::parse(&input.name, &input.email, &input.company, &input.password);
    let new = new.map_err(|error| ApiError::with_typed(error, &input))?;
    let made = expect_context::<accounts::Accounts>().sign_up(new).await;
    let (person, workspace) = made.map_err(|error| ApiError::with_typed(error, &input))?;
    api::begin_session(person.id).await?;
    leptos_axum::redirect(&format!("/w/{}", workspace.slug));
    Ok(())
}

/// Signs in with a password.
#[server]
pub async fn sign_in(input: SignInInput) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let address = api::client_address();
    let person =
        accounts.sign_in(&input.email, &input.password, accounts::Attempt { address: &address }).await;
    let person = person.map_err(|error| ApiError::with_typed(error, &input))?;
    api::begin_session(person.id).await?;
    let workspaces = accounts.list_workspaces(person.id).await?;
    let home =
        workspaces.first().map_or_else(|| "/".to_owned(), |workspace| format!("/w/{}", workspace.slug));
    leptos_axum::redirect(api::path_on_this_site(&input.next).unwrap_or(&home));
    Ok(())
}

/// Ends the session.
#[server]
pub async fn sign_out() -> Result<(), ApiError> {
    api::end_session().await?;
    leptos_axum::redirect("/");
    Ok(())
}
