//! Taking everything along, and going.

use std::io::{Seek, Write};

use accounts::{PersonExport, RecordsInput};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use futures::TryStreamExt;
use http::header;
use kernel::{Actor, AppError, OrInternal, Permission, UserId};
use reports::{
    model::ReportGrant,
    tables::{figures_table, to_csv},
};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::io::ReaderStream;
use tower_sessions::Session;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    answer::{actor, attachment},
    problem::Problem,
    records::records_table,
};
use crate::services::Services;

const DOING: &str = "collecting everything of a workspace";

/// One archive is packed at a time.
static PACKING: Semaphore = Semaphore::const_new(1);

const README: &str = "\
Everything that Quartile keeps for this company.

workspace.json   the company profile
members.json     who belongs to the workspace
invitations.json who was invited and has not come yet; their links are kept by nobody
keys.json        keys for programs; their secrets are kept by nobody
figures.csv      every figure by month, reported and computed
imports.json     what was imported, when, and from which file
mappings.json    what the columns of each file were said to be
grants.json      which reports were shared with whom by name
audit-log.csv    who did what
files/           every file as it was uploaded, byte for byte
reports/         every report as it was made
";

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

/// What is kept about a person.
#[derive(Serialize)]
struct Kept {
    #[serde(flatten)]
    account: PersonExport,
    report_grants: Vec<ReportGrant>,
}

/// The answer that holds what is kept about the person.
pub(super) async fn everything_of(services: &Services, person: UserId) -> Result<Response, AppError> {
    let account = services.accounts.export_person(person).await?;
    let kept = Kept { account, report_grants: services.reports.grants_of(person).await? };
    Ok((attachment("quartile-my-data.json", "application/json"), Json(kept)).into_response())
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
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    actor.require(Permission::ControlWorkspace)?;
    if !services.accounts.is_proved(&session).await? {
        return Ok(Redirect::to(&format!("/account/prove?next=/w/{workspace}/members")).into_response());
    }
    Ok(archive(&services, actor, &workspace).await?)
}

/// Packs everything of a workspace, and answers with the archive.
pub(super) async fn archive(services: &Services, actor: Actor, slug: &str) -> Result<Response, AppError> {
    // Packing fills the disk for a while.
    let Ok(turn) = PACKING.try_acquire() else {
        let message = "Another archive is being packed. Try again in a minute".to_owned();
        return Err(AppError::Unavailable { message });
    };
    services.accounts.note_export(&actor).await?;
    let runtime = tokio::runtime::Handle::current();
    let services = services.clone();
    // Packing takes time and the disk, so it has a thread of its own.
    let packed = tokio::task::spawn_blocking(move || {
        // The turn ends with the packing, even if nobody waits for it any more.
        let _turn = turn;
        runtime.block_on(Box::pin(pack(&services, &actor)))
    });
    let file = tokio::fs::File::from_std(packed.await.or_internal(DOING)??);
    let size = file.metadata().await.or_internal(DOING)?.len();
    let name = format!("{slug}-everything.zip");
    let headers = (attachment(&name, "application/zip"), [(header::CONTENT_LENGTH, size.to_string())]);
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

async fn person(session: &Session) -> Result<UserId, AppError> {
    let id: Option<UserId> = session.get(api::USER_KEY).await.or_internal("reading the session")?;
    id.ok_or(AppError::Unauthenticated)
}

/// Puts everything into a file without a name, which goes when it is closed.
async fn pack(services: &Services, actor: &Actor) -> Result<std::fs::File, AppError> {
    let folder = services.files.folder_for_now();
    let mut archive = ZipWriter::new(tempfile::tempfile_in(folder).or_internal(DOING)?);
    add(&mut archive, "README.txt", README.as_bytes())?;
    add_json(&mut archive, "workspace.json", &services.accounts.profile(actor).await?)?;
    let belonging = services.accounts.list_members(actor).await?;
    add_json(&mut archive, "members.json", &belonging.members)?;
    add_json(&mut archive, "invitations.json", &belonging.invitations)?;
    add_json(&mut archive, "keys.json", &services.accounts.list_api_keys(actor).await?)?;
    add_json(&mut archive, "imports.json", &services.metrics.list_imports(actor).await?)?;
    add_json(&mut archive, "mappings.json", &services.metrics.mappings(actor).await?)?;
    add_json(&mut archive, "grants.json", &services.reports.grants(actor).await?)?;
    match services.metrics.table(actor, None).await {
        Ok(figures) => {
            let table = figures_table(&figures, None, services.ambient.now())?;
            add(&mut archive, "figures.csv", &to_csv(&table))?;
        }
        // Whoever has no figures takes along what else there is.
        Err(AppError::Conflict { .. }) => {}
        Err(error) => return Err(error),
    }
    add(
        &mut archive,
        "audit-log.csv",
        &to_csv(&records_table(services, actor, RecordsInput::default()).await?),
    )?;
    add_files(&mut archive, services, actor).await?;
    add_reports(&mut archive, services, actor).await?;
    let mut file = archive.finish().or_internal(DOING)?;
    file.rewind().or_internal(DOING)?;
    Ok(file)
}

/// So many entries of a list are taken at once.
const AT_ONCE: u32 = 100;

/// What was removed since it was listed is left out.
fn unless_gone<T>(found: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match found {
        Err(AppError::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    }
}

async fn add_reports(
    archive: &mut ZipWriter<std::fs::File>,
    services: &Services,
    actor: &Actor,
) -> Result<(), AppError> {
    let mut after = None;
    loop {
        let reports = services.reports.list_after(actor, after, AT_ONCE).await?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some((last.created_at, last.id.uuid()));
        for report in &reports {
            let found = services.reports.download(actor, report.id).await;
            if let Some((name, bytes)) = unless_gone(found)? {
                add(archive, &format!("reports/{}-{name}", report.id), &bytes)?;
            }
        }
    }
}

async fn add_files(
    archive: &mut ZipWriter<std::fs::File>,
    services: &Services,
    actor: &Actor,
) -> Result<(), AppError> {
    let mut after = None;
    loop {
        let files = services.datasets.list_after(actor, after, AT_ONCE).await?;
        let Some(last) = files.last() else { return Ok(()) };
        after = Some((last.uploaded_at, last.id.uuid()));
        for summary in &files {
            let Some(mut file) = unless_gone(services.datasets.export(actor, summary.id).await)? else {
                continue;
            };
            begin(archive, &format!("files/{}-{}", summary.id, plain(&file.name)))?;
            while let Some(bytes) = file.stream.try_next().await.or_internal(DOING)? {
                archive.write_all(&bytes).or_internal(DOING)?;
            }
        }
    }
}

fn add_json(
    archive: &mut ZipWriter<std::fs::File>,
    name: &str,
    what: &impl Serialize,
) -> Result<(), AppError> {
    add(archive, name, &serde_json::to_vec_pretty(what).or_internal(DOING)?)
}

fn add(archive: &mut ZipWriter<std::fs::File>, name: &str, bytes: &[u8]) -> Result<(), AppError> {
    begin(archive, name)?;
    archive.write_all(bytes).or_internal(DOING)
}

fn begin(archive: &mut ZipWriter<std::fs::File>, name: &str) -> Result<(), AppError> {
    archive.start_file(name, SimpleFileOptions::default().large_file(true)).or_internal(DOING)
}

/// A name that stays within its folder wherever it is unpacked.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect()
}
