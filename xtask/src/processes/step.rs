//! One command of a tool: a failure names the step, the command and the remedy.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use crate::{failure::Failure, terminal};

/// A command with a name that a reader understands.
pub(crate) struct Step {
    name: String,
    command: Command,
    remedy: String,
}

impl Step {
    /// `name` completes "… failed"; `remedy` says what the reader can do about it.
    pub(crate) fn new(name: impl Into<String>, command: Command, remedy: impl Into<String>) -> Self {
        Self { name: name.into(), command, remedy: remedy.into() }
    }

    /// Runs the command with its output shown.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        self.command.stdin(Stdio::null());
        let status = self.command.status().map_err(|cause| self.could_not_start(&cause))?;
        if status.success() { Ok(()) } else { Err(self.failed(&status.to_string())) }
    }

    /// Runs the command and returns what it printed.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        let output =
            self.command.stdin(Stdio::null()).output().map_err(|cause| self.could_not_start(&cause))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        terminal::relay(&output.stdout);
        terminal::relay(&output.stderr);
        Err(self.failed(&output.status.to_string()))
    }

    /// Runs the command, shows its output as it comes and hands each line to `read`.
    pub(crate) fn stream(mut self, mut read: impl FnMut(&str)) -> Result<(), Failure> {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = self.command.spawn().map_err(|cause| self.could_not_start(&cause))?;
        if let Some(output) = child.stdout.take() {
            let mut lines = BufReader::new(output);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                terminal::relay(&line);
                read(String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        }
        let status = child.wait().map_err(|cause| self.could_not_start(&cause))?;
        if status.success() { Ok(()) } else { Err(self.failed(&status.to_string())) }
    }

    fn failed(&self, how: &str) -> Failure {
        Failure::new(format!(
            "{} failed: `{}` ended with {how}; {}",
            self.name,
            line(&self.command),
            self.remedy
        ))
    }

    fn could_not_start(&self, cause: &std::io::Error) -> Failure {
        Failure::new(format!(
            "{} failed: `{}` could not be started ({cause}); {}",
            self.name,
            line(&self.command),
            self.remedy
        ))
    }
}

/// Whether the command can be started and ends well; nothing is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:@,+%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failed_step_names_itself_the_command_and_the_remedy() {
        let failure = Step::new("Counting", shell("exit 3"), "count again").run().unwrap_err();
        assert_eq!(
            failure.to_string(),
            "Counting failed: `sh -c 'exit 3'` ended with exit status: 3; count again"
        );
    }

    #[test]
    fn a_missing_program_is_a_plain_sentence() {
        let step = Step::new("Looking", Command::new("no-such-program-of-ours"), "install it");
        let failure = step.run().unwrap_err().to_string();
        assert!(failure.starts_with("Looking failed: `no-such-program-of-ours` could not be started"));
        assert!(failure.ends_with("; install it"));
    }

    #[test]
    fn streamed_lines_reach_the_reader_in_order() {
        let mut lines = Vec::new();
        let step = Step::new("Talking", shell("echo one; echo two"), "listen");
        step.stream(|line| lines.push(line.to_owned())).unwrap();
        assert_eq!(lines, ["one", "two"]);
    }
}
