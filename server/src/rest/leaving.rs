//! Taking everything along, and going.

mod archives;
mod people;

use accounts::SessionSecret;
use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::header;
use kernel::{Actor, AppError, OrInternal, Permission, UserId};
use tokio::{fs::File, io::AsyncSeekExt};
use tokio_util::io::ReaderStream;
use tower_sessions::Session;

use super::{
    answer::{actor, attachment},
    problem::Problem,
    v1::caller::Standing,
};
use crate::services::Services;

/// Everything that is kept about the person who asks, as JSON.
pub(crate) async fn export_person(
    State(services): State<Services>,
    session: Session,
) -> Result<Response, Problem> {
    let person = person(&session).await?;
    if !services.accounts.is_proved(&session).await? {
        return Ok(Redirect::to("/account/prove?next=/account").into_response());
    }
    Ok(everything_of(&services, person).await?)
}

/// The answer that holds what is kept about the person.
pub(super) async fn everything_of(services: &Services, person: UserId) -> Result<Response, AppError> {
    let file = people::collect(services, person).await?;
    saved(file, ("quartile-my-data.json", "application/json")).await
}

/// Removes the person who asks, with what is theirs alone.
pub(crate) async fn erase_person(
    State(services): State<Services>,
    session: Session,
) -> Result<Response, Problem> {
    let person = person(&session).await?;
    if !services.accounts.is_proved(&session).await? {
        return Ok(Redirect::to("/account/prove?next=/account").into_response());
    }
    match erase(&services, person).await {
        Ok(()) => {}
        Err(AppError::Conflict { message }) => {
            session.insert(accounts_pages::ERASURE_PROBLEM, message).await.or_internal("going")?;
            return Ok(Redirect::to("/account").into_response());
        }
        Err(error) => return Err(error.into()),
    }
    // The row is gone already; this takes the cookie away.
    session.flush().await.or_internal("going")?;
    Ok(Redirect::to("/sign-in?notice=erased").into_response())
}

/// Removes a person, and what is kept outside of the database of the workspaces that go along.
pub(super) async fn erase(services: &Services, person: UserId) -> Result<(), AppError> {
    for workspace in services.accounts.erase_person(person).await? {
        services.cache.forget(workspace).await;
        services.benchmarks.forget(workspace).await?;
        services.files.remove_all_of(workspace).await.or_internal("removing files")?;
    }
    Ok(())
}

/// Everything of a workspace, as one archive.
pub(crate) async fn export_workspace(
    State(services): State<Services>,
    Path(workspace): Path<String>,
    (session, secret): (Session, Option<Extension<SessionSecret>>),
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    actor.require(Permission::ControlWorkspace)?;
    if !services.accounts.is_proved(&session).await? {
        return Ok(Redirect::to(&format!("/account/prove?next=/w/{workspace}/members")).into_response());
    }
    let secret = secret.map(|Extension(secret)| secret);
    let standing = Standing::of_browser(&services, secret.as_ref(), &actor).await?;
    archive(&services, (actor, standing), &workspace).await
}

/// The answer that holds everything of the workspace, for somebody who may still have it once it is packed.
pub(super) async fn archive(
    services: &Services,
    (actor, standing): (Actor, Standing),
    slug: &str,
) -> Result<Response, Problem> {
    let file = archives::pack(services, actor).await?;
    standing.actor_now(services, Permission::ControlWorkspace).await?;
    Ok(saved(file, (&format!("{slug}-everything.zip"), "application/zip")).await?)
}

/// A file that was made for this answer alone, from its beginning on.
async fn saved(mut file: File, (name, media_type): (&str, &'static str)) -> Result<Response, AppError> {
    const DOING: &str = "answering with a file";
    file.rewind().await.or_internal(DOING)?;
    let size = file.metadata().await.or_internal(DOING)?.len();
    let headers = (attachment(name, media_type), [(header::CONTENT_LENGTH, size.to_string())]);
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

async fn person(session: &Session) -> Result<UserId, AppError> {
    let id: Option<UserId> = session.get(api::USER_KEY).await.or_internal("reading the session")?;
    id.ok_or(AppError::Unauthenticated)
}
