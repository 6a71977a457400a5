//! `cargo xtask dist`: one folder that runs anywhere.

use std::{fs, path::Path, process::ExitCode};

use crate::{
    failure::Failure,
    processes::step::Step,
    program::{Profile, Program},
    terminal,
    workspace::{self, Workspace},
};

const DOCUMENTS: [&str; 2] = ["LICENSE", "README.md"];

/// Builds the optimised program and gathers what it needs beside it.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, Failure> {
    if let Some(unknown) = arguments.first() {
        return Err(Failure::new(format!(
            "`cargo xtask dist` takes no arguments, so leave out \"{unknown}\""
        )));
    }
    let program = Program::build(workspace, Profile::Release)?;
    let folder = workspace.target.join("dist");
    let _ = fs::remove_dir_all(&folder);
    workspace::make_folder(&folder)?;
    let executable = folder.join("quartile");
    copy(&program.executable, &executable)?;
    copy(&program.hashes, &folder.join("hash.txt"))?;
    copy_folder(&program.site, &folder.join("site"))?;
    for document in DOCUMENTS {
        copy(&workspace.root.join(document), &folder.join(document))?;
    }
    write_example(workspace, &executable)?;
    report(&folder)?;
    Ok(ExitCode::SUCCESS)
}

/// The settings a fresh copy starts with: asked in its own folder and without the environment's settings, so that no
/// secret of this machine gets in.
fn write_example(workspace: &Workspace, executable: &Path) -> Result<(), Failure> {
    let folder = executable.parent().unwrap_or(executable);
    let mut command = workspace.command(executable);
    command.args(["config", "print"]).current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("QUARTILE__"))
    {
        command.env_remove(name);
    }
    let remedy = "run it by hand to see more";
    let settings = Step::new("Printing the settings", command, remedy).output()?;
    let example = folder.join("config.toml.example");
    fs::write(&example, settings).map_err(|cause| Failure::on_path("write", &example, &cause))
}

fn report(folder: &Path) -> Result<(), Failure> {
    terminal::heading(&format!("{}", folder.display()));
    for name in ["quartile", "site"] {
        terminal::say(format!("{:>10}  {name}", terminal::size(size_of(&folder.join(name)))));
    }
    terminal::heading("Scripts and styles (brotli)");
    for file in files_below(&folder.join("site/pkg"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(whole) = name.strip_suffix(".br") else { continue };
        let plain = size_of(&file.with_file_name(whole));
        terminal::say(format!(
            "{:>10}  {:>10}  {whole}",
            terminal::size(plain),
            terminal::size(size_of(&file))
        ));
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(|_| ()).map_err(|cause| Failure::on_path("copy", from, &cause))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    for file in files_below(from)? {
        let Ok(name) = file.strip_prefix(from) else { continue };
        let copied = to.join(name);
        workspace::make_folder(copied.parent().unwrap_or(to))?;
        copy(&file, &copied)?;
    }
    Ok(())
}

fn files_below(folder: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|cause| Failure::on_path("read", folder, &cause))?;
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}

fn size_of(path: &Path) -> u64 {
    if path.is_dir() {
        return files_below(path).unwrap_or_default().iter().map(|file| size_of(file)).sum();
    }
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}
