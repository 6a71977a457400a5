//! Everything of a workspace, in one archive.

use std::io::Write;

use accounts::RecordsInput;
use datasets::FileRecord;
use futures::TryStreamExt;
use kernel::{Actor, AppError, DatasetId, OrInternal, ReportId};
use metrics::model::Mapping;
use reports::{
    model::ReportRecord,
    tables::{figures_table, sources_table, to_csv},
};
use serde::Serialize;
use tokio::{fs::File, runtime::Handle, sync::Semaphore};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{rest::records::records_table, services::Services};

/// An archive that is being written.
type Archive = ZipWriter<std::fs::File>;

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
sources.csv      every reported figure with the import, the file and the line it came from; for what a program sent, the line is
                 its place among the figures that were sent, from 0
imports.json     what was imported, when, by whom, and from which file
benchmarks.json  what the company brought to each of the frozen peers, as it was counted; nothing of others
files.json       every file with its digest (SHA-256), who uploaded it, how it was read, what each column says about people, and
                 what it is used for
mappings.json    what the columns of each file were said to be
reports.json     every report: its kind, title and period, the peers it compares with, who made it and when, and whether everybody
                 in the workspace sees it
grants.json      which reports were shared with whom by name
audit-log.csv    who did what
files/           every file as it was uploaded, byte for byte
reports/         every report as it was made

In files.json and reports.json, `path` says where in this archive the file or the report is. Work went on while the archive was
made: a file that was uploaded or removed meanwhile may be in only one of files.json and files/, and a report in only one of
reports.json and reports/.
";

/// Packs everything into a file without a name, which goes when it is closed.
pub(super) async fn pack(services: &Services, actor: Actor) -> Result<File, AppError> {
    // Packing fills the disk for a while.
    let Ok(turn) = PACKING.try_acquire() else {
        let message = "Another archive is being packed. Try again in a minute".to_owned();
        return Err(AppError::Unavailable { message });
    };
    services.accounts.note_export(&actor).await?;
    let runtime = Handle::current();
    let services = services.clone();
    // Packing takes time and the disk, so it has a thread of its own.
    let packed = tokio::task::spawn_blocking(move || {
        // The turn ends with the packing, even if nobody waits for it any more.
        let _turn = turn;
        runtime.block_on(Box::pin(fill(&services, &actor)))
    });
    Ok(File::from_std(packed.await.or_internal(DOING)??))
}

async fn fill(services: &Services, actor: &Actor) -> Result<std::fs::File, AppError> {
    let folder = services.files.folder_for_now();
    let mut archive = Archive::new(tempfile::tempfile_in(folder).or_internal(DOING)?);
    add(&mut archive, "README.txt", README.as_bytes())?;
    add_json(&mut archive, "workspace.json", &services.accounts.profile(actor).await?)?;
    let belonging = services.accounts.list_members(actor).await?;
    add_json(&mut archive, "members.json", &belonging.members)?;
    add_json(&mut archive, "invitations.json", &belonging.invitations)?;
    add_json(&mut archive, "keys.json", &services.accounts.list_api_keys(actor).await?)?;
    add_json(&mut archive, "imports.json", &services.metrics.export_imports(actor).await?)?;
    add_json(&mut archive, "mappings.json", &services.metrics.mappings(actor).await?)?;
    add_json(&mut archive, "benchmarks.json", &services.benchmarks.own_contributions(actor).await?)?;
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
    let sources = sources_table(&services.metrics.reported(actor).await?, services.ambient.now());
    add(&mut archive, "sources.csv", &to_csv(&sources))?;
    add(
        &mut archive,
        "audit-log.csv",
        &to_csv(&records_table(services, actor, RecordsInput::default()).await?),
    )?;
    list_files(&mut archive, services, actor).await?;
    list_reports(&mut archive, services, actor).await?;
    add_files(&mut archive, services, actor).await?;
    add_reports(&mut archive, services, actor).await?;
    archive.finish().or_internal(DOING)
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

/// A file in the list of all files.
#[derive(Serialize)]
struct ListedFile {
    /// Where its bytes are in the archive.
    path: String,
    #[serde(flatten)]
    record: FileRecord,
    /// What its columns are used for, as chosen or else as suggested; `None` as long as it is not understood.
    mapping: Option<Mapping>,
}

/// A report in the list of all reports.
#[derive(Serialize)]
struct ListedReport {
    /// Where its bytes are in the archive.
    path: String,
    #[serde(flatten)]
    record: ReportRecord,
}

/// A list in JSON that is written to an archive entry by entry.
struct List<'a> {
    archive: &'a mut Archive,
    before: &'static str,
}

impl<'a> List<'a> {
    fn begin(archive: &'a mut Archive, name: &str) -> Result<Self, AppError> {
        begin(archive, name)?;
        Ok(Self { archive, before: "[\n" })
    }

    fn add(&mut self, entry: &impl Serialize) -> Result<(), AppError> {
        let json = serde_json::to_vec_pretty(entry).or_internal(DOING)?;
        self.archive.write_all(self.before.as_bytes()).or_internal(DOING)?;
        self.before = ",\n";
        self.archive.write_all(&json).or_internal(DOING)
    }

    fn end(self) -> Result<(), AppError> {
        let end = if self.before == ",\n" { "\n]" } else { "[]" };
        self.archive.write_all(end.as_bytes()).or_internal(DOING)
    }
}

/// Writes down what is known of every file, of one after the other.
async fn list_files(archive: &mut Archive, services: &Services, actor: &Actor) -> Result<(), AppError> {
    let (mut entries, mut after) = (List::begin(archive, "files.json")?, None);
    loop {
        let files = services.datasets.list_after(actor, after, AT_ONCE).await?;
        let Some(last) = files.last() else { return entries.end() };
        after = Some((last.uploaded_at, last.id.uuid()));
        for summary in &files {
            if let Some(listed) = unless_gone(listed_file(services, actor, summary.id).await)? {
                entries.add(&listed)?;
            }
        }
    }
}

async fn listed_file(services: &Services, actor: &Actor, id: DatasetId) -> Result<ListedFile, AppError> {
    let record = services.datasets.export_record(actor, id).await?;
    let mapping = match services.metrics.mapping(actor, id).await {
        Ok(view) => {
            let columns = view.columns.iter().map(|column| (column.format.index, column.mapping));
            Some(Mapping { columns: columns.collect() })
        }
        Err(AppError::Conflict { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(ListedFile { path: path_of_file(id, &record.summary.name), record, mapping })
}

/// Writes down what is known of every report.
async fn list_reports(archive: &mut Archive, services: &Services, actor: &Actor) -> Result<(), AppError> {
    let (mut entries, mut after) = (List::begin(archive, "reports.json")?, None);
    loop {
        let reports = services.reports.export_records(actor, after, AT_ONCE).await?;
        let Some(last) = reports.last() else { return entries.end() };
        after = Some((last.created_at, last.id.uuid()));
        for record in reports {
            entries.add(&ListedReport { path: path_of_report(record.id, &record.file_name), record })?;
        }
    }
}

async fn add_files(archive: &mut Archive, services: &Services, actor: &Actor) -> Result<(), AppError> {
    let mut after = None;
    loop {
        let files = services.datasets.list_after(actor, after, AT_ONCE).await?;
        let Some(last) = files.last() else { return Ok(()) };
        after = Some((last.uploaded_at, last.id.uuid()));
        for summary in &files {
            let Some(mut file) = unless_gone(services.datasets.export(actor, summary.id).await)? else {
                continue;
            };
            begin(archive, &path_of_file(summary.id, &file.name))?;
            while let Some(bytes) = file.stream.try_next().await.or_internal(DOING)? {
                archive.write_all(&bytes).or_internal(DOING)?;
            }
        }
    }
}

async fn add_reports(archive: &mut Archive, services: &Services, actor: &Actor) -> Result<(), AppError> {
    let mut after = None;
    loop {
        let reports = services.reports.list_after(actor, after, AT_ONCE).await?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some((last.created_at, last.id.uuid()));
        for report in &reports {
            let found = services.reports.download(actor, report.id).await;
            if let Some((name, bytes)) = unless_gone(found)? {
                add(archive, &path_of_report(report.id, &name), &bytes)?;
            }
        }
    }
}

fn add_json(archive: &mut Archive, name: &str, what: &impl Serialize) -> Result<(), AppError> {
    add(archive, name, &serde_json::to_vec_pretty(what).or_internal(DOING)?)
}

fn add(archive: &mut Archive, name: &str, bytes: &[u8]) -> Result<(), AppError> {
    begin(archive, name)?;
    archive.write_all(bytes).or_internal(DOING)
}

fn begin(archive: &mut Archive, name: &str) -> Result<(), AppError> {
    archive.start_file(name, SimpleFileOptions::default().large_file(true)).or_internal(DOING)
}

/// Where the bytes of a file are in the archive.
fn path_of_file(id: DatasetId, name: &str) -> String {
    format!("files/{id}-{}", plain(name))
}

/// Where the bytes of a report are in the archive.
fn path_of_report(id: ReportId, name: &str) -> String {
    format!("reports/{id}-{name}")
}

/// A name that stays within its folder wherever it is unpacked.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect()
}
