//! Messages to people: kept with the deed that causes them, sent by a job.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use db::{Db, Tx, on_db, on_tx};
use kernel::{Ambient, AppError, OrInternal};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use serde::{Deserialize, Serialize};
use tokio::{fs, io::AsyncWriteExt};
use uuid::Uuid;

use crate::{Breaker, Job, JobHandler, Jobs, Owner, Owners, Place, RowKey, SealedColumn, Vault};

const KIND: &str = "mail.send";
const INSERT: &str = "INSERT INTO mails (id, sealed, recipient, created_at) VALUES ($1, $2, $3, $4)";
const FIND: &str = "SELECT sealed FROM mails WHERE id = $1";
const DELETE: &str = "DELETE FROM mails WHERE id = $1";
const TAKE: &str = "DELETE FROM mails WHERE id = $1 RETURNING sealed";
const WITHDRAW: &str = "DELETE FROM mails WHERE recipient = $1";
const SWEEP: &str = "DELETE FROM mails WHERE created_at < $1";
/// Messages that wait.
pub const SEALED: SealedColumn =
    SealedColumn { table: "mails", column: "sealed", key: RowKey::Id, owners: Owners::Instance };
/// Links in messages end before that.
const LASTS: TimeDelta = TimeDelta::days(7);
/// So long handing a message over may take. The transport bounds connecting alone, and some servers wait before they greet strangers.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is said of a message while the mail server does not answer, which says nothing about the message.
const AWAY: &str = "The mail server does not answer";
const NOT_TAKEN: &str = "The mail server did not take the message";
/// So long a message waits then.
const WAITS: TimeDelta = TimeDelta::minutes(2);

/// One message in plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address it goes to.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text, with links written out.
    pub text: String,
}

/// How messages leave the program.
#[derive(Clone)]
pub enum Transport {
    /// Each message becomes a file in this folder: for trying things out, and for instances without a mail server.
    Folder(PathBuf),
    /// A mail server takes them.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

/// Keeps messages until they are sent.
#[derive(Clone)]
pub struct Mailer {
    db: Db,
    ambient: Ambient,
    vault: Vault,
    jobs: Jobs,
    transport: Transport,
    breaker: Arc<Breaker>,
    patience: Duration,
    from: Mailbox,
}

impl Mailer {
    /// Sends from `from` by `transport`.
    pub fn new(
        (db, ambient): (Db, Ambient),
        vault: Vault,
        jobs: Jobs,
        (transport, from): (Transport, Mailbox),
    ) -> Self {
        let breaker = Arc::new(Breaker::new(ambient.clone()));
        Self { db, ambient, vault, jobs, transport, breaker, patience: PATIENCE, from }
    }

    /// The same, waiting no longer than that for the mail server.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The folder that messages are put into, if no mail server is set up.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.transport {
            Transport::Folder(folder) => Some(folder),
            Transport::Smtp(_) => None,
        }
    }

    /// Whether the mail server failed so often that nobody asks it at the moment.
    pub fn is_left_alone(&self) -> bool {
        self.breaker.is_open()
    }

    /// Asks the mail server whether it would take messages from us now; a folder takes them always. What comes of it changes nothing for
    /// messages that wait.
    pub async fn ask(&self) -> Result<(), AppError> {
        let Transport::Smtp(server) = &self.transport else { return Ok(()) };
        let is_there = server.test_connection().await.unwrap_or_else(|error| {
            tracing::warn!(
                status = error.status().map(|code| code.to_string()),
                "The mail server does not answer"
            );
            false
        });
        if is_there { Ok(()) } else { Err(AppError::Unavailable { message: AWAY.to_owned() }) }
    }

    /// Keeps the message in the caller's transaction; call [`Mailer::wake`] after the commit.
    pub async fn post(&self, tx: &mut Tx, mail: &Mail) -> Result<(), AppError> {
        let id: Uuid = self.ambient.id();
        let text = serde_json::to_string(mail).or_internal("writing a message")?;
        let sealed = self.vault.seal(tx, place(id), &text).await?;
        let now = self.ambient.now();
        let recipient = self.recipient(&mail.to);
        on_tx!(tx, |c| sqlx::query(INSERT)
            .bind(id)
            .bind(&sealed)
            .bind(&recipient)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("keeping a message")?;
        self.jobs.enqueue_quick(tx, KIND, id.to_string()).await?;
        Ok(())
    }

    /// Has posted messages sent now.
    pub fn wake(&self) {
        self.jobs.wake();
    }

    /// Takes back what waits to be sent to the address, in the caller's transaction.
    pub async fn withdraw(&self, tx: &mut Tx, to: &str) -> Result<(), AppError> {
        let recipient = self.recipient(to);
        on_tx!(tx, |c| sqlx::query(WITHDRAW).bind(&recipient).execute(c).await.map(|_| ()))
            .or_internal("taking messages back")
    }

    /// Removes the files of messages that went to the address; after what took them back is committed.
    pub async fn remove_files_to(&self, to: &str) -> Result<(), AppError> {
        let recipient = self.recipient(to);
        self.remove_files(|name, _| name.starts_with(&recipient)).await.or_internal("removing messages")
    }

    async fn send(&self, id: Uuid) -> Result<(), AppError> {
        match &self.transport {
            Transport::Folder(folder) => self.write_out(folder, id).await,
            Transport::Smtp(server) => self.hand_over(server, id).await,
        }
    }

    /// Turns the message into a file, in one transaction with forgetting it: whoever takes it back comes before that or after.
    async fn write_out(&self, folder: &Path, id: Uuid) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        let sealed: Option<Vec<u8>> =
            on_tx!(&mut tx, |c| sqlx::query_scalar(TAKE).bind(id).fetch_optional(c).await)
                .or_internal("taking a message")?;
        // An attempt that died wrote it, or it was taken back.
        let Some(sealed) = sealed else { return Ok(()) };
        let mail = self.read(id, &sealed).await?;
        let file = folder.join(format!("{}-{id}.eml", self.recipient(&mail.to)));
        write(folder, &file, &self.message(id, &mail)?.formatted())
            .await
            .or_internal("writing a message to a file")?;
        tracing::info!(file = %file.display(), "A message was written to a file, because no mail server is set up");
        tx.commit().await
    }

    async fn read(&self, id: Uuid, sealed: &[u8]) -> Result<Mail, AppError> {
        let text = self.vault.open(place(id), sealed).await?;
        serde_json::from_str(&text).or_internal("reading a message")
    }

    async fn hand_over(&self, server: &AsyncSmtpTransport<Tokio1Executor>, id: Uuid) -> Result<(), AppError> {
        let sealed: Option<Vec<u8>> =
            on_db!(&self.db, |c| sqlx::query_scalar(FIND).bind(id).fetch_optional(c).await)
                .or_internal("loading a message")?;
        // It was sent by an attempt that died before it could say so.
        let Some(sealed) = sealed else { return Ok(()) };
        let message = self.message(id, &self.read(id, &sealed).await?)?;
        let Some(Ok(answer)) = self.breaker.guard(ask(server, message, self.patience)).await else {
            return Err(AppError::Unavailable { message: AWAY.to_owned() });
        };
        let refused = match answer {
            Ok(()) => None,
            // Nobody lives there. Other refusals are about us (a password, a policy), and somebody may put them right.
            Err(status) if matches!(status.as_str(), "550" | "551" | "553") => {
                Some(AppError::Conflict { message: NOT_TAKEN.to_owned() })
            }
            Err(_) => return Err(AppError::Unavailable { message: NOT_TAKEN.to_owned() }),
        };
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(DELETE).bind(id).execute(c).await.map(|_| ()))
            .or_internal("removing a message")?;
        tx.commit().await?;
        refused.map_or(Ok(()), Err)
    }

    /// Removes messages that no mail server took, or nobody took out of the folder, for so long that they are worth nothing any more.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let oldest = self.ambient.now() - LASTS;
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(SWEEP).bind(oldest).execute(c).await.map(|_| ()))
            .or_internal("removing old messages")?;
        tx.commit().await?;
        self.remove_files(|_, written_at| written_at < oldest.into()).await.or_internal("removing messages")
    }

    fn message(&self, id: Uuid, mail: &Mail) -> Result<Message, AppError> {
        let to: Address = mail.to.parse().or_internal("reading the address of a message")?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            // The same at every attempt, so that mail programs show one message.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .or_internal("writing a message")
    }

    /// What says whom a message goes to, to those alone who know the address.
    fn recipient(&self, to: &str) -> String {
        self.vault.index("mails.recipient", to)
    }

    /// Removes messages in the folder, by their names and when they were written; one that cannot be removed keeps no other.
    async fn remove_files(&self, goes: impl Fn(&str, SystemTime) -> bool + Send) -> io::Result<()> {
        let Some(folder) = self.folder() else { return Ok(()) };
        let mut entries = match fs::read_dir(folder).await {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut outcome = Ok(());
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            // Another node may remove it at this moment.
            let removed = match entry.metadata().await.and_then(|about| about.modified()) {
                Ok(written_at) if goes(name, written_at) => fs::remove_file(&path).await,
                Ok(_) => Ok(()),
                Err(cause) => Err(cause),
            };
            if let Err(cause) = removed
                && cause.kind() != io::ErrorKind::NotFound
            {
                outcome = Err(cause);
            }
        }
        outcome
    }
}

/// Hands a message over. The inner error is the server's answer that it does not take this message, the outer one that there is no server to
/// speak of. What the server says may hold the address, so it is not logged.
async fn ask(
    server: &AsyncSmtpTransport<Tokio1Executor>,
    message: Message,
    patience: Duration,
) -> Result<Result<(), String>, ()> {
    let Ok(sent) = tokio::time::timeout(patience, server.send(message)).await else {
        tracing::warn!("The mail server did not answer in time");
        return Err(());
    };
    let Err(error) = sent else { return Ok(Ok(())) };
    let status = error.status().map(|code| code.to_string());
    let is_timeout = error.is_timeout();
    tracing::warn!(status = status.as_deref(), is_timeout, "The mail server did not take a message");
    match status {
        // The server is about to go.
        Some(status) if status == "421" => Err(()),
        Some(status) => Ok(Err(status)),
        None if error.is_client() => Ok(Err(String::new())),
        None => Err(()),
    }
}

async fn write(folder: &std::path::Path, file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder).await?;
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file).await?;
    file.write_all(bytes).await?;
    file.sync_all().await
}

fn place(id: Uuid) -> Place {
    Place { table: "mails", column: "sealed", row: id, owner: Owner::Instance }
}

/// Sends messages.
pub struct SendMailJob(pub Mailer);

#[async_trait]
impl JobHandler for SendMailJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn is_final(&self, error: &AppError) -> bool {
        matches!(error, AppError::Conflict { .. })
    }

    /// A message waits for its server until it is too old to be worth anything.
    fn postpones(&self, error: &AppError) -> Option<TimeDelta> {
        matches!(error, AppError::Unavailable { message } if message == AWAY).then_some(WAITS)
    }

    /// Some servers take nothing from strangers at first.
    fn pause_after(&self, attempts: i64) -> TimeDelta {
        match attempts {
            ..=1 => TimeDelta::minutes(1),
            2 => TimeDelta::minutes(10),
            3 => TimeDelta::hours(1),
            _ => TimeDelta::hours(6),
        }
    }

    async fn run(&self, job: &Job) -> Result<(), AppError> {
        self.0.send(job.payload.parse().or_internal("reading a job")?).await
    }
}
