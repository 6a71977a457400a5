//! What the pages ask of the server. Every one asks for an administrator who showed lately who they are.

use accounts::{PausedPlace, PersonLine, RecordsView, WorkspaceLine};
use api::ApiError;
use kernel::Page;
#[cfg(feature = "ssr")]
use kernel::{AppError, PageRequest, UserId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::desk::Instance;
use crate::model::{BlockLine, DeskView, HealthView, JobLine, SettingLine};

/// Where the form goes that ends a look into a workspace.
pub const LOOK_AWAY: &str = <LookAway as ServerFn>::PATH;
pub(crate) const SET_ACTIVE: &str = <SetActive as ServerFn>::PATH;
pub(crate) const SET_ADMINISTRATOR: &str = <SetAdministrator as ServerFn>::PATH;
pub(crate) const SIGN_OUT_PERSON: &str = <SignOutPerson as ServerFn>::PATH;
pub(crate) const LET_IN_AGAIN: &str = <LetInAgain as ServerFn>::PATH;
pub(crate) const RETRY_JOB: &str = <RetryJob as ServerFn>::PATH;
pub(crate) const LIFT_BLOCK: &str = <LiftBlock as ServerFn>::PATH;
pub(crate) const LIFT_PAUSE: &str = <LiftPause as ServerFn>::PATH;

/// The form that looks into a workspace, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LookInput {
    /// The workspace's part of the address.
    pub workspace: String,
    /// Why.
    pub reason: String,
    /// For how long.
    pub minutes: String,
}

/// The form that shuts a network place out, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlockInput {
    /// The address.
    pub place: String,
    /// Why.
    pub reason: String,
    /// For how long.
    pub hours: String,
}

/// Who looks, and whether anything may be shown yet.
#[server]
pub async fn get_desk() -> Result<DeskView, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let by = accounts.administrator(api::user_id().await?).await?;
    let person = accounts.find_person(by.user_id()).await?.ok_or(AppError::Unauthenticated)?;
    let is_proved = api::administrator().await.is_ok();
    Ok(DeskView { name: person.display_name, is_proved })
}

/// Whether anybody is signed in who could become an administrator.
#[server]
pub async fn get_is_signed_in() -> Result<(), ApiError> {
    api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    Ok(())
}

/// Makes the person an administrator, who has a link for it.
#[server]
pub async fn become_administrator(link: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let user_id = api::user_id().await?.ok_or(AppError::Unauthenticated)?;
    let session = api::session().await?;
    accounts.become_administrator(user_id, &link).await?;
    accounts.renew_session(&session).await;
    leptos_axum::redirect("/admin");
    Ok(())
}

/// How the program is.
#[server]
pub async fn get_health() -> Result<HealthView, ApiError> {
    let instance = expect_context::<Instance>();
    Ok(instance.0.health(api::administrator().await?).await?)
}

/// One page of people.
#[server]
pub async fn get_people(search: String, page: String) -> Result<Page<PersonLine>, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let request = PageRequest::new(page.parse().unwrap_or(1));
    Ok(accounts.list_people(api::administrator().await?, &search, request).await?)
}

/// Keeps a person out, or lets them in again.
#[server]
pub async fn set_active(person: UserIdText, wanted: bool) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    if let Some(by) = api::acting_administrator("/admin/people").await? {
        accounts.set_active(by, user_id(&person)?, wanted).await?;
        leptos_axum::redirect(if wanted {
            "/admin/people?done=activated"
        } else {
            "/admin/people?done=deactivated"
        });
    }
    Ok(())
}

/// Makes a person an administrator, or one no more.
#[server]
pub async fn set_administrator(person: UserIdText, wanted: bool) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    if let Some(by) = api::acting_administrator("/admin/people").await? {
        accounts.set_administrator(by, user_id(&person)?, wanted).await?;
        leptos_axum::redirect(if wanted { "/admin/people?done=made" } else { "/admin/people?done=removed" });
    }
    Ok(())
}

/// Signs a person out everywhere.
#[server]
pub async fn sign_out_person(person: UserIdText) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    if let Some(by) = api::acting_administrator("/admin/people").await? {
        accounts.end_sessions_of(by, user_id(&person)?).await?;
        leptos_axum::redirect("/admin/people?done=signed-out");
    }
    Ok(())
}

/// Lets a person try to sign in again at once.
#[server]
pub async fn let_in_again(person: UserIdText) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    if let Some(by) = api::acting_administrator("/admin/people").await? {
        accounts.forget_failures_of(by, user_id(&person)?).await?;
        leptos_axum::redirect("/admin/people?done=let-in");
    }
    Ok(())
}

/// One page of workspaces.
#[server]
pub async fn get_workspaces(search: String, page: String) -> Result<Page<WorkspaceLine>, ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let request = PageRequest::new(page.parse().unwrap_or(1));
    Ok(accounts.list_all_workspaces(api::administrator().await?, &search, request).await?)
}

/// Looks into a workspace in an emergency.
#[server]
pub async fn look_into(input: LookInput) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let look = accounts::EmergencyLook::parse(&input.workspace, &input.reason, &input.minutes);
    let look = look.map_err(|error| ApiError::with_typed(error, &input))?;
    if let Some(by) = api::acting_administrator("/admin/workspaces").await? {
        accounts.look_into(by, &look).await?;
        leptos_axum::redirect(&format!("/w/{}", look.workspace));
    }
    Ok(())
}

/// Ends a look into a workspace.
#[server]
pub async fn look_away(workspace: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    let by = accounts.administrator(api::user_id().await?).await?;
    accounts.look_away(by, &workspace).await?;
    leptos_axum::redirect("/admin/workspaces?done=away");
    Ok(())
}

/// Jobs that are not done.
#[server]
pub async fn get_jobs() -> Result<Vec<JobLine>, ApiError> {
    let instance = expect_context::<Instance>();
    Ok(instance.0.jobs(api::administrator().await?).await?)
}

/// Tries a job again.
#[server]
pub async fn retry_job(id: String) -> Result<(), ApiError> {
    let instance = expect_context::<Instance>();
    let id = id.parse().map_err(|_| AppError::not_found("job"))?;
    if let Some(by) = api::acting_administrator("/admin/jobs").await? {
        instance.0.retry_job(by, id).await?;
        leptos_axum::redirect("/admin/jobs?done=retried");
    }
    Ok(())
}

/// Network places that are not answered, and those that wait because of wrong passwords.
#[server]
pub async fn get_blocks() -> Result<(Vec<BlockLine>, Vec<PausedPlace>), ApiError> {
    let (instance, accounts) = (expect_context::<Instance>(), expect_context::<accounts::Accounts>());
    let by = api::administrator().await?;
    Ok((instance.0.blocks(by).await?, accounts.list_paused_places(by).await?))
}

/// Shuts a network place out.
#[server]
pub async fn block_place(input: BlockInput) -> Result<(), ApiError> {
    let instance = expect_context::<Instance>();
    let reason =
        accounts::parse_reason(&input.reason).map_err(|error| ApiError::with_typed(error, &input))?;
    let hours = input.hours.parse().ok().filter(|hours| (1..=720).contains(hours));
    let hours = hours.ok_or_else(|| AppError::invalid("hours", "Choose one of the times"))?;
    if let Some(by) = api::acting_administrator("/admin/blocks").await? {
        let blocked = instance.0.block(by, &input.place, &reason, hours).await;
        blocked.map_err(|error| ApiError::with_typed(error, &input))?;
        leptos_axum::redirect("/admin/blocks?done=blocked");
    }
    Ok(())
}

/// Answers a network place again.
#[server]
pub async fn lift_block(place: String) -> Result<(), ApiError> {
    let instance = expect_context::<Instance>();
    if let Some(by) = api::acting_administrator("/admin/blocks").await? {
        instance.0.lift_block(by, &place).await?;
        leptos_axum::redirect("/admin/blocks?done=lifted");
    }
    Ok(())
}

/// Lets everybody at a network place try to sign in again.
#[server]
pub async fn lift_pause(place: String) -> Result<(), ApiError> {
    let accounts = expect_context::<accounts::Accounts>();
    if let Some(by) = api::acting_administrator("/admin/blocks").await? {
        accounts.forget_failures_at(by, &place).await?;
        leptos_axum::redirect("/admin/blocks?done=lifted");
    }
    Ok(())
}

/// What was done that belongs to no workspace.
#[server]
pub async fn get_instance_records(before: String) -> Result<RecordsView, ApiError> {
    const LINES: u32 = 50;
    let accounts = expect_context::<accounts::Accounts>();
    Ok(accounts.instance_records(api::administrator().await?, before.parse().ok(), LINES).await?)
}

/// Every setting in force.
#[server]
pub async fn get_settings() -> Result<Vec<SettingLine>, ApiError> {
    let instance = expect_context::<Instance>();
    Ok(instance.0.settings(api::administrator().await?))
}

/// The id of a person as a form sends it.
type UserIdText = String;

#[cfg(feature = "ssr")]
fn user_id(text: &str) -> Result<UserId, AppError> {
    text.parse().map_err(|_| AppError::not_found("person"))
}
