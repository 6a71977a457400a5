//! Receiving a file: acknowledged only once it is durable.

use std::collections::BTreeSet;

use kernel::{Actor, AppError, DatasetId, OrInternal, Permission, Proof};
use platform::{Spool, Spooled, audit};

use super::{
    Datasets, file_key,
    personal::{Known, classified},
    reading::READ_FILE,
};
use crate::{Delimiter, Overrides, TextEncoding, store};

impl Datasets {
    /// Makes room for a file that is about to arrive; asked before a byte of it is read.
    pub async fn begin_upload(&self, actor: &Actor) -> Result<Spool, AppError> {
        actor.require(Permission::ManageData)?;
        self.files.spool().await.or_internal("making room for an upload")
    }

    /// Keeps a file that has arrived. When this returns, the file and its place in the list survive a loss of power; it is
    /// read in the background.
    pub async fn receive(&self, actor: &Actor, name: &str, spooled: Spooled) -> Result<DatasetId, AppError> {
        let id: DatasetId = self.ambient.id();
        self.receive_as(actor, id, name, spooled).await?;
        Ok(id)
    }

    /// The same for a file whose id is decided already.
    pub(super) async fn receive_as(
        &self,
        actor: &Actor,
        id: DatasetId,
        name: &str,
        spooled: Spooled,
    ) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageData)?;
        self.refuse_what_is_no_csv(&spooled).await?;
        let file_key = file_key(scope, id);
        let (size_bytes, sha256) = (spooled.size_bytes, spooled.sha256.clone());
        self.files.keep(spooled, &file_key).await.or_internal("keeping an upload")?;

        let overrides = serde_json::to_string(&Overrides::default()).or_internal("noting choices")?;
        let row = store::NewRow {
            id,
            name: &shown_name(name),
            size_bytes,
            sha256: &sha256,
            file_key: &file_key,
            uploaded_by: actor.user_id().map(kernel::UserId::uuid),
            uploaded_at: self.ambient.now(),
            overrides: &overrides,
        };
        let mut tx = self.db.begin_in(scope).await?;
        store::insert(&mut tx, scope, row).await.or_internal("listing an upload")?;
        self.jobs.enqueue_for(&mut tx, (actor, scope), READ_FILE, id.to_string()).await?;
        let entry = audit::Entry { action: "dataset.uploaded", subject: id.to_string(), detail: sha256 };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        self.jobs.wake();
        Ok(())
    }

    /// Reads the file again with what the person chose instead of what was detected. To call personal columns something else needs the
    /// right to see what is in them, and a fresh proof.
    pub async fn choose_format(
        &self,
        actor: &Actor,
        id: DatasetId,
        overrides: &Overrides,
        proof: Proof,
    ) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let row = self.row(scope, id).await?;
        let (stored, known) = (row.overrides.clone(), Known::of(row));
        let overrides = known.guarded(actor, overrides, proof)?;
        if known.is_about_to_be_known(&overrides) {
            return Err(AppError::conflict("The file is being read. Choose again in a moment"));
        }
        let before = known.dataset;
        let json = serde_json::to_string(&overrides).or_internal("noting choices")?;
        let mut tx = self.db.begin_in(scope).await?;
        let choices = (stored.as_str(), json.as_str());
        if !store::save_overrides(&mut tx, scope, id, choices).await.or_internal("saving choices")? {
            // What was allowed before their choice need not be after it.
            let message = "Somebody else chose for this file at the same moment. See what they chose, and then choose again";
            return Err(AppError::conflict(message));
        }
        self.jobs.enqueue_for(&mut tx, (actor, scope), READ_FILE, id.to_string()).await?;
        let called = classified(&before, &overrides).map(|detail| ("personal_data.classified", detail));
        let chosen = read_otherwise(&before.overrides, &overrides);
        let chosen = chosen.map(|detail| ("dataset.format_chosen", detail));
        let again = (called.is_none() && chosen.is_none()).then(|| ("dataset.read_again", String::new()));
        for (action, detail) in called.into_iter().chain(chosen).chain(again) {
            let entry = audit::Entry { action, subject: id.to_string(), detail };
            audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        }
        tx.commit().await?;
        self.jobs.wake();
        Ok(())
    }
}

/// How a file is to be read otherwise than before, for the audit log: the layout and how many columns, never what the file says.
fn read_otherwise(before: &Overrides, chosen: &Overrides) -> Option<String> {
    const FOUND: &str = "found out";
    let mut words = Vec::new();
    if chosen.encoding != before.encoding {
        words.push(format!("encoding {}", chosen.encoding.map_or(FOUND, TextEncoding::key)));
    }
    if chosen.delimiter != before.delimiter {
        words.push(format!("delimiter {}", chosen.delimiter.map_or(FOUND, Delimiter::key)));
    }
    let columns: BTreeSet<u32> = before.columns.keys().chain(chosen.columns.keys()).copied().collect();
    let is_other = |index: &&u32| chosen.columns.get(*index) != before.columns.get(*index);
    let others = columns.iter().filter(is_other).count();
    if others > 0 {
        words.push(format!("columns read as something else: {others}"));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// The name for lists and downloads: the last part of what the browser sent, without what could mislead a reader or a shell.
pub(super) fn shown_name(sent: &str) -> String {
    const LONGEST: usize = 120;
    let last = sent.rsplit(['/', '\\']).next().unwrap_or("");
    let is_misleading = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = last.chars().filter(|c| !is_misleading(*c)).take(LONGEST).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() { "upload.csv".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_could_mislead() {
        assert_eq!(shown_name("revenue-2026-09.csv"), "revenue-2026-09.csv");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("C:\\fakepath\\a.csv"), "a.csv");
        assert_eq!(shown_name("a\u{202E}vsc.exe\r\n"), "avsc.exe");
        assert_eq!(shown_name(".."), "upload.csv");
        assert_eq!(shown_name(". ."), "upload.csv");
        assert_eq!(shown_name(&"x".repeat(4000)).len(), 120);
    }
}
