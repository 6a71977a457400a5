//! What is kept about a person, as one JSON object in a file. What they did is written page by page, for it may be much.

use accounts::{DoneAs, PersonExport};
use kernel::{AppError, OrInternal, UserId};
use reports::model::ReportGrant;
use serde::Serialize;
use tokio::{fs::File, io::AsyncWriteExt, sync::Semaphore};

use crate::services::Services;

const DOING: &str = "collecting what is kept about a person";

/// It is collected for so many people at once; the others wait, since nobody's takes long.
static COLLECTING: Semaphore = Semaphore::const_new(4);

/// What is kept about a person, but what they did.
#[derive(Serialize)]
struct Kept {
    #[serde(flatten)]
    account: PersonExport,
    report_grants: Vec<ReportGrant>,
}

/// Puts it into a file without a name, which goes when it is closed.
pub(super) async fn collect(services: &Services, person: UserId) -> Result<File, AppError> {
    let _turn = COLLECTING.acquire().await.or_internal(DOING)?;
    let account = services.accounts.export_person(person).await?;
    let kept = Kept { account, report_grants: services.reports.grants_of(person).await? };
    let kept = serde_json::to_string(&kept).or_internal(DOING)?;
    let file = tempfile::tempfile_in(services.files.folder_for_now()).or_internal(DOING)?;
    let mut file = File::from_std(file);
    // What they did follows as further fields of the same object.
    let fields = kept.strip_suffix('}').unwrap_or(&kept);
    file.write_all(fields.as_bytes()).await.or_internal(DOING)?;
    for (field, done_as) in
        [(",\"deeds\":[", DoneAs::Person), (",\"deeds_as_administrator\":[", DoneAs::Administrator)]
    {
        file.write_all(field.as_bytes()).await.or_internal(DOING)?;
        write_deeds(&mut file, services, (person, done_as)).await?;
        file.write_all(b"]").await.or_internal(DOING)?;
    }
    file.write_all(b"}").await.or_internal(DOING)?;
    file.flush().await.or_internal(DOING)?;
    Ok(file)
}

async fn write_deeds(
    file: &mut File,
    services: &Services,
    (person, done_as): (UserId, DoneAs),
) -> Result<(), AppError> {
    let (mut before, mut after) = ("", None);
    loop {
        let (deeds, end) = services.accounts.deeds_after(person, done_as, after).await?;
        let mut page = Vec::new();
        for deed in &deeds {
            page.extend_from_slice(before.as_bytes());
            serde_json::to_writer(&mut page, deed).or_internal(DOING)?;
            before = ",";
        }
        file.write_all(&page).await.or_internal(DOING)?;
        if end.is_none() {
            return Ok(());
        }
        after = end;
    }
}
