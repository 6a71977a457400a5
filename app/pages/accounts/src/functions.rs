//! What the pages ask of the server.

use accounts::{AccountView, CompanyProfile, ProfileInput, WorkspaceSummary, WorkspaceView};
use api::ApiError;
#[cfg(feature = "ssr")]
use kernel::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the sign-out form goes.
pub const SIGN_OUT: &str = <SignOut as leptos::server_fn::ServerFn>::PATH;
/// The page that makes another workspace: the way on for whoever belongs to none.
pub const NEW_WORKSPACE: &str = "/workspaces/new";
/// Where the form that ends a session goes.
pub(crate) const END_SESSION: &str = <EndSession as leptos::server_fn::ServerFn>::PATH;
/// Where the form that ends every session goes.
pub(crate) const END_ALL_SESSIONS: &str = <EndAllSessions as leptos::server_fn::ServerFn>::PATH;
/// Where the form that disconnects Google goes.
pub(crate) const DISCONNECT_GOOGLE: &str = <DisconnectGoogle as leptos::server_fn::ServerFn>::PATH;

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

/// The form of a forgotten password as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForgottenInput {
    /// The address.
    pub email: String,
}

/// The form that asks who acts, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProveInput {
    /// The password.
    pub password: String,
    /// Where to go afterwards.
    pub next: String,
}

/// The form of another workspace as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewWorkspaceInput {
    /// The company.
    pub name: String,
}

/// Whether sign-in with Google is set up on this instance.
#[derive(Clone, Copy, Debug)]
pub struct GoogleIsSetUp(pub bool);

/// Where somebody goes on who belongs to these workspaces.
pub fn home_of(workspaces: &[WorkspaceSummary]) -> String {
    let first = workspaces.first();
    first.map_or_else(|| NEW_WORKSPACE.to_owned(), |workspace| format!("/w/{}", workspace.slug))
}

/// Where the visitor goes on; `None` for strangers.
#[server]
pub async fn get_visitor() -> Result<Option<String>, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let Some(user_id) = api::user_id().await? else { return Ok(None) };
    Ok(Some(home_of(&accounts.list_workspaces(user_id).await?)))
}

/// Every workspace that the person belongs to.
#[server]
pub async fn get_my_workspaces() -> Result<Vec<WorkspaceSummary>, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    Ok(accounts.list_workspaces(user_id).await?)
}

/// Makes another workspace, which the person owns.
#[server]
pub async fn create_workspace(input: NewWorkspaceInput) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let session = api::session().await?;
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    let made = accounts.create_workspace(user_id, &input.name).await;
    let workspace = made.map_err(|error| ApiError::with_typed(error, &input))?;
    accounts.renew_session(&session).await;
    leptos_axum::redirect(&format!("/w/{}", workspace.slug));
    Ok(())
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
    let registered = expect_context::<accounts::Accounts>().register(new, api::attempt()).await;
    match registered.map_err(|error| ApiError::with_typed(error, &input))? {
        accounts::Registered::Asked => leptos_axum::redirect("/sign-up/sent"),
        accounts::Registered::Made(person, workspace) => {
            api::begin_session(person.id).await?;
            leptos_axum::redirect(&format!("/w/{}", workspace.slug));
        }
    }
    Ok(())
}

/// Signs in with a password.
#[server]
pub async fn sign_in(input: SignInInput) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let person = accounts.sign_in(&input.email, &input.password, api::attempt()).await;
    let person = person.map_err(|error| ApiError::with_typed(error, &input))?;
    api::begin_session(person.id).await?;
    let home = home_of(&accounts.list_workspaces(person.id).await?);
    leptos_axum::redirect(api::path_on_this_site(&input.next).unwrap_or(&home));
    Ok(())
}

/// Makes the account whose address a link confirms, and signs in.
#[server]
pub async fn confirm_sign_up(link: String) -> Result<(), ApiError> {
    let (person, workspace) = expect_context::<accounts::Accounts>().confirm_sign_up(&link).await?;
    api::begin_session(person.id).await?;
    leptos_axum::redirect(&format!("/w/{}", workspace.slug));
    Ok(())
}

/// Where messages go on an instance without a mail server.
#[server]
pub async fn get_mail_folder() -> Result<Option<String>, ApiError> {
    Ok(expect_context::<accounts::Accounts>().mail_folder())
}

/// Has a link to set a new password sent, if the address is known.
#[server]
pub async fn request_reset(input: ForgottenInput) -> Result<(), ApiError> {
    let asked = expect_context::<accounts::Accounts>().request_reset(&input.email, api::attempt()).await;
    asked.map_err(|error| ApiError::with_typed(error, &input))?;
    leptos_axum::redirect("/forgotten-password?sent=1");
    Ok(())
}

/// Sets a new password with a link from a message.
#[server]
pub async fn reset_password(link: String, password: String) -> Result<(), ApiError> {
    expect_context::<accounts::Accounts>().reset_password(&link, &password).await?;
    leptos_axum::redirect("/sign-in?notice=password-set");
    Ok(())
}

/// What a person sees of the own account.
#[server]
pub async fn get_account() -> Result<AccountView, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let session = api::session().await?;
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    Ok(accounts.account_view(user_id, session.id()).await?)
}

/// Why the account was not deleted, told once.
#[server]
pub async fn get_erasure_problem() -> Result<Option<String>, ApiError> {
    Ok(api::take_once(crate::ERASURE_PROBLEM).await?)
}

/// Ends one session of the person, in a browser or of a program; asks first who they are, unless they showed it a few minutes ago.
#[server]
pub async fn end_session(handle: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    let handle = handle.parse().map_err(|_| AppError::not_found("session"))?;
    if api::is_proved("/account").await? {
        accounts.end_session(user_id, handle).await?;
        leptos_axum::redirect("/account?saved=session");
    }
    Ok(())
}

/// Ends every session of the person, this one too; asks first who they are, as for one.
#[server]
pub async fn end_all_sessions() -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    if api::is_proved("/account").await? {
        accounts.end_all_sessions(user_id).await?;
        leptos_axum::redirect("/sign-in?notice=everywhere");
    }
    Ok(())
}

/// Has the person sign in with the password alone from now on.
#[server]
pub async fn disconnect_google() -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    if api::is_proved("/account").await? {
        accounts.unlink_identities(user_id).await?;
        leptos_axum::redirect("/account?saved=google-off");
    }
    Ok(())
}

/// Changes the password; asks for the present one first unless it was given a few minutes ago.
#[server]
pub async fn change_password(password: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    if api::is_proved("/account").await? {
        accounts.change_password(user_id, &password).await?;
        leptos_axum::redirect("/sign-in?notice=password-set");
    }
    Ok(())
}

/// Shows with the password that it is the person who acts.
#[server]
pub async fn prove(input: ProveInput) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let (session, attempt) = (api::session().await?, api::attempt());
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    let proved = accounts.prove(user_id, &input.password, attempt).await;
    proved.map_err(|error| ApiError::with_typed(error, &input))?;
    accounts.note_proof(&session).await?;
    leptos_axum::redirect(api::path_on_this_site(&input.next).unwrap_or("/account"));
    Ok(())
}

/// Ends the session.
#[server]
pub async fn sign_out() -> Result<(), ApiError> {
    api::end_session().await?;
    leptos_axum::redirect("/");
    Ok(())
}
