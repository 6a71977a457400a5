//! What the program does when called with which words.

mod audit;
mod backup;
mod demo;
mod keys;
mod serve;

use std::{path::Path, time::Duration};

use kernel::Ambient;

use crate::{
    config::{Config, ConfigError, Layers},
    services::{Services, StartError},
};

const USAGE: &str = "\
usage: quartile <command>

  serve [--addr ADDRESS:PORT] [--data FOLDER]   run the program
  migrate [--data FOLDER]                       bring the database schema up to date
  demo load|remove [--data FOLDER]              add or remove a synthetic company and 400 synthetic peers
  admin link [--data FOLDER]                    make a link with which somebody becomes an administrator, once
  keys init [--data FOLDER]                     make the key ring; SQLite makes its own at the first start
  keys rotate [--data FOLDER]                   add a version to the key ring and renew every key but the index key; the program may go on
  keys list [--data FOLDER]                     list the versions of the key ring, and how many keys each wraps
  keys drop VERSION [--data FOLDER]             take a version off the key ring that wraps nothing any more
  backup create FILE [--data FOLDER]            put everything into one file, sealed with the key ring
  backup verify FILE [--data FOLDER]            read a backup and compare it with what it should add up to
  backup restore FILE [--data FOLDER]           put a backup into an empty database and folder, of either engine
  backup drill FILE [--data FOLDER]             restore a backup into a temporary folder, check it there, and say how long it took
  audit verify [--heads FILE] [--data FOLDER]   walk the chains of the audit log; compare them with heads in a log or a backup
  config check                                  say whether the settings can be used
  config print                                  print every setting in force, with comments

Settings come from config.toml in the folder the program is started in, and from QUARTILE__SECTION__KEY.";

/// Carries out the command in `arguments`.
pub fn run(
    arguments: impl Iterator<Item = String>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(), StartError> {
    let words: Vec<String> = arguments.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let environment: Vec<(String, String)> = environment.collect();
    match words.as_slice() {
        ["serve", options @ ..] => with_runtime(serve::serve(config(options, environment)?)),
        ["migrate", options @ ..] => with_runtime(migrate(config(options, environment)?)),
        ["demo", "load", options @ ..] => with_runtime(demo::load(config(options, environment)?)),
        ["demo", "remove", options @ ..] => with_runtime(demo::remove(config(options, environment)?)),
        ["audit", "verify", "--heads", file, options @ ..] => {
            with_runtime(audit::verify(config(options, environment)?, Some(Path::new(file))))
        }
        ["audit", "verify", options @ ..] => with_runtime(audit::verify(config(options, environment)?, None)),
        ["backup", "create", file, options @ ..] => {
            with_runtime(backup::create(config(options, environment)?, Path::new(file)))
        }
        ["backup", "verify", file, options @ ..] => {
            with_runtime(backup::verify(config(options, environment)?, Path::new(file)))
        }
        ["backup", "restore", file, options @ ..] => {
            with_runtime(backup::restore(config(options, environment)?, Path::new(file)))
        }
        ["backup", "drill", file, options @ ..] => {
            with_runtime(backup::drill(config(options, environment)?, Path::new(file)))
        }
        ["admin", "link", options @ ..] => {
            with_runtime(link_for_administrator(config(options, environment)?))
        }
        ["keys", "init", options @ ..] => keys::init(&config(options, environment)?),
        ["keys", "rotate", options @ ..] => with_runtime(keys::rotate(config(options, environment)?)),
        ["keys", "list", options @ ..] => with_runtime(keys::list(config(options, environment)?)),
        ["keys", "drop", version, options @ ..] => {
            with_runtime(keys::drop_version(config(options, environment)?, version))
        }
        ["config", "check"] => {
            config(&[], environment)?;
            say("The settings can be used.");
            Ok(())
        }
        ["config", "print"] => {
            say(&layers(environment)?.print());
            Ok(())
        }
        [] | ["help" | "--help" | "-h", ..] => {
            say(USAGE);
            Ok(())
        }
        ["--version"] => {
            say(concat!("quartile ", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
        _ => Err(StartError(format!("there is no command “{}”\n\n{USAGE}", words.join(" ")))),
    }
}

#[expect(clippy::print_stdout, reason = "whoever typed the command reads the answer here")]
fn say(text: &str) {
    println!("{text}");
}

async fn migrate(config: Config) -> Result<(), StartError> {
    let db = db::Db::open(&config.database, &config.server.data).await?;
    db::migrate(&db, &config.database).await?;
    db.close().await;
    say("The database schema is up to date.");
    Ok(())
}

async fn link_for_administrator(config: Config) -> Result<(), StartError> {
    let services = Box::pin(Services::open(config, Ambient::system())).await?;
    let link = services.accounts.administrator_link().await?;
    services.db.close().await;
    say(&format!(
        "Sign in, then open this link within a day to become an administrator. Links made before are void.\n{link}"
    ));
    Ok(())
}

fn with_runtime(work: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| StartError(format!("no threads can be started: {cause}")))?;
    let outcome = runtime.block_on(work);
    // A file that is being read for a job that was given back ends with the program.
    runtime.shutdown_timeout(Duration::from_millis(300));
    outcome
}

fn layers(environment: Vec<(String, String)>) -> Result<Layers, ConfigError> {
    let file = Path::new("config.toml");
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => None,
        Err(cause) => return Err(ConfigError::new(format!("config.toml cannot be read: {cause}"))),
    };
    Layers::new(text.as_deref(), environment)
}

/// The settings with the options of the command line on top.
fn config(options: &[&str], mut environment: Vec<(String, String)>) -> Result<Config, StartError> {
    for pair in options.chunks(2) {
        let (variable, value) = match pair {
            ["--addr", value] => ("QUARTILE__SERVER__ADDRESS", value),
            ["--data", value] => ("QUARTILE__SERVER__DATA", value),
            _ => {
                return Err(StartError(format!(
                    "the option “{}” is not understood\n\n{USAGE}",
                    pair.join(" ")
                )));
            }
        };
        environment.retain(|(name, _)| !name.eq_ignore_ascii_case(variable));
        environment.push((variable.to_owned(), (*value).to_owned()));
    }
    Ok(Config::read(&layers(environment)?)?)
}
