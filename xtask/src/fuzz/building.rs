//! Building the targets with what libFuzzer needs to see.

use std::path::PathBuf;

use crate::{
    failure::Failure,
    processes::step::{Step, succeeds},
    workspace::Workspace,
};

/// Every edge is counted, comparisons are told to libFuzzer, and memory that is not ours is never touched unseen.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Zsanitizer=address",
];

/// Builds the targets; the folder of their programs.
pub(super) fn build(workspace: &Workspace, targets: &[String]) -> Result<PathBuf, Failure> {
    if !succeeds(workspace.command("c++").arg("--version")) {
        return Err(Failure::new(
            "libFuzzer wants a C++ compiler; install one, on Debian with `sudo apt-get install g++`",
        ));
    }
    let host = host(workspace)?;
    let folder = super::folder(workspace).join("target");
    let mut command = workspace.command("cargo");
    // Naming the machine keeps the flags from programs that only help to build.
    command.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &host]);
    command.arg("--target-dir").arg(&folder);
    for target in targets {
        command.args(["--bin", target]);
    }
    // The stable compiler has the sanitizer and only asks whether one means it.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    let remedy = "read the messages above; with an old compiler, `rustup update stable`";
    Step::new("Building the fuzz targets", command, remedy).run()?;
    Ok(folder.join(host).join("release"))
}

/// The name of this machine's kind, as the compiler calls it.
fn host(workspace: &Workspace) -> Result<String, Failure> {
    let mut command = workspace.command("rustc");
    command.arg("-vV");
    let answer = Step::new("Looking for Rust", command, "install Rust from https://rustup.rs").output()?;
    let host = answer.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::new("`rustc -vV` names no host; update Rust with `rustup update stable`"))
}
