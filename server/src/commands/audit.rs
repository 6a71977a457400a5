//! `quartile audit verify`.

use std::path::Path;

use kernel::Ambient;
use platform::{
    audit::{self, HeadError},
    backup,
};

use crate::{
    config::Config,
    services::{Services, StartError, key_ring},
};

/// Walks every chain of the audit log, and compares the heads that a log or a backup kept.
pub(super) async fn verify(config: Config, kept: Option<&Path>) -> Result<(), StartError> {
    let services = Box::pin(Services::open(config, Ambient::system())).await?;
    let mut faults = match audit::verify(&services.db).await? {
        Ok(events) => {
            super::say(&format!("{events} events, and every chain is whole."));
            Vec::new()
        }
        Err(breaks) => breaks.iter().map(ToString::to_string).collect(),
    };
    if let Some(file) = kept {
        let heads = heads_in(&services.config, file).await?;
        if heads.is_empty() {
            faults.push(format!(
                "{} holds no heads; they are in logs of format json and level info, and in backups",
                file.display()
            ));
        }
        for head in &heads {
            let fault = head.compare(&services.db, &services.vault).await?;
            faults.extend(fault.map(|fault| words(head, &fault)));
        }
        super::say(&format!("{} heads were compared.", heads.len()));
    }
    if faults.is_empty() { Ok(()) } else { Err(StartError(faults.join("\n"))) }
}

async fn heads_in(config: &Config, file: &Path) -> Result<Vec<audit::Head>, StartError> {
    let unreadable = |cause| StartError(format!("{} cannot be read: {cause}", file.display()));
    if backup::is_backup(file).map_err(unreadable)? {
        let ring = key_ring(config)?.ok_or_else(|| StartError("there is no key ring".to_owned()))?;
        return Ok(backup::verify(file, &ring).await?.heads.unwrap_or_default());
    }
    Ok(audit::read_heads(&std::fs::read_to_string(file).map_err(unreadable)?))
}

fn words(head: &audit::Head, fault: &HeadError) -> String {
    let what = match fault {
        HeadError::Forged => "a head was not signed by this instance",
        HeadError::Cut => "its tail was cut off: an event that was signed is gone",
        HeadError::Differs => "an event that was signed is another one now",
    };
    format!("the chain of workspace {} at event {}: {what}", head.workspace, head.seq)
}
