//! The words of a document that is packed.

use std::process::Stdio;

use tokio::process::Command;

use super::Answer;
use crate::Failure;

impl Answer {
    /// What somebody reads in it: the text of a PDF as poppler's `pdftotext` finds it, and the body of everything else.
    pub(crate) async fn words(&self) -> Result<String, Failure> {
        if !self.body.starts_with(b"%PDF") {
            return Ok(self.text());
        }
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), &self.body)?;
        let mut command = Command::new("pdftotext");
        command.arg("-layout").arg(file.path()).arg("-").stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await?;
        if !output.status.success() {
            return Err(format!("pdftotext: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
