//! Messages on their way through a mail server that is not always willing, or not there.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, db_test, on_everywhere, sqlx};
use kernel::{Ambient, Clock, SystemEntropy};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use platform::{JobHandler, Jobs, Mail, Mailer, SendMailJob, Transport, testing::vault};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server that answers every recipient alike; its port.
async fn mail_server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answer));
        }
    });
    port
}

async fn converse(mut stream: TcpStream, answer: &'static str) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 here\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let said = if line.starts_with("RCPT") { answer } else { "250 here" };
        writer.write_all(format!("{said}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// Posts one message, tries once to send it, and tells what became of the job and how many messages are kept.
async fn post(db: &Db, answer: &'static str) -> (String, TimeDelta, i64) {
    let ambient = Ambient::system();
    let port = mail_server(answer).await;
    let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port).build();
    let jobs = Jobs::new(db.clone(), ambient.clone());
    let from = "Quartile <quartile@localhost>".parse().unwrap();
    let mailer = Mailer::new(
        (db.clone(), ambient.clone()),
        vault(db, &ambient).await,
        jobs.clone(),
        (Transport::Smtp(server), from),
    );
    let mail = Mail { to: "ada@acme.example".into(), subject: "Welcome".into(), text: "Hello Ada\n".into() };
    let mut tx = db.begin().await.unwrap();
    mailer.post(&mut tx, &mail).await.unwrap();
    tx.commit().await.unwrap();
    let handlers: [Arc<dyn JobHandler>; 1] = [Arc::new(SendMailJob(mailer))];
    assert!(jobs.run_next(&handlers).await.unwrap());
    let (state, run_at): (String, DateTime<Utc>) =
        on_everywhere!(db, |c| sqlx::query_as("SELECT state, run_at FROM jobs").fetch_one(c).await).unwrap();
    let kept: i64 =
        on_everywhere!(db, |c| sqlx::query_scalar("SELECT COUNT(*) FROM mails").fetch_one(c).await).unwrap();
    (state, run_at - ambient.now(), kept)
}

db_test!(a_message_that_the_server_cannot_take_now_is_sent_later, |db: Db| {
    let (state, wait, kept) = post(&db, "451 try again later").await;
    assert_eq!((state.as_str(), kept), ("ready", 1));
    assert!(wait > TimeDelta::seconds(50), "{wait}");
});

db_test!(a_message_that_nobody_will_ever_get_is_given_up_at_once, |db: Db| {
    let (state, _, kept) = post(&db, "550 no such person").await;
    assert_eq!((state.as_str(), kept), ("failed", 0));
});

db_test!(a_server_that_refuses_us_may_be_set_right, |db: Db| {
    for answer in ["530 authenticate first", "554 not from you"] {
        let (state, _, kept) = post(&db, answer).await;
        assert_eq!((state.as_str(), kept > 0), ("ready", true), "{answer}");
        let mut tx = db.begin_everywhere().await.unwrap();
        for table in ["DELETE FROM jobs", "DELETE FROM mails"] {
            db::on_tx!(&mut tx, |c| sqlx::query(table).execute(c).await.map(|_| ())).unwrap();
        }
        tx.commit().await.unwrap();
    }
});

db_test!(old_messages_do_not_pile_up, |db: Db| {
    post(&db, "451 try again later").await;
    let later = Ambient::fixed(Ambient::system().now() + TimeDelta::days(8), 1);
    let folder = std::env::temp_dir().join("quartile-test-mail");
    let mailer = platform::testing::mailer(&db, &later, &vault(&db, &later).await, &folder);
    mailer.sweep().await.unwrap();
    let kept: i64 =
        on_everywhere!(&db, |c| sqlx::query_scalar("SELECT COUNT(*) FROM mails").fetch_one(c).await).unwrap();
    assert_eq!(kept, 0);
});

/// Posts a message to each address, which then waits to become a file in `folder`.
async fn post_to(db: &Db, folder: &Path, addresses: &[&str]) -> Mailer {
    let ambient = Ambient::system();
    let mailer = platform::testing::mailer(db, &ambient, &vault(db, &ambient).await, folder);
    for to in addresses {
        let mail = Mail { to: (*to).to_owned(), subject: "Welcome".into(), text: "Hello\n".into() };
        let mut tx = db.begin().await.unwrap();
        mailer.post(&mut tx, &mail).await.unwrap();
        tx.commit().await.unwrap();
    }
    mailer
}

async fn send_all(db: &Db, mailer: &Mailer) {
    let handlers: [Arc<dyn JobHandler>; 1] = [Arc::new(SendMailJob(mailer.clone()))];
    while Jobs::new(db.clone(), Ambient::system()).run_next(&handlers).await.unwrap() {}
}

/// What the files in the folder say.
fn written(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

db_test!(whoever_goes_takes_every_message_along_and_nobody_elses, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let mailer =
        post_to(&db, folder.path(), &["ada@acme.example", "eve@acme.example", "ada@acme.example"]).await;
    send_all(&db, &mailer).await;
    assert_eq!(written(folder.path()).len(), 3);
    // One more waits.
    post_to(&db, folder.path(), &["ada@acme.example"]).await;
    let mut tx = db.begin().await.unwrap();
    mailer.withdraw(&mut tx, "ada@acme.example").await.unwrap();
    tx.commit().await.unwrap();
    mailer.remove_files_to("ada@acme.example").await.unwrap();
    send_all(&db, &mailer).await;
    let [left] = written(folder.path()).try_into().unwrap();
    assert!(left.contains("To: eve@acme.example"), "{left}");
    let name = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().file_name();
    assert!(!name.to_string_lossy().contains("eve"), "names of files are no addresses");
});

db_test!(files_of_messages_go_when_they_are_a_week_old, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let mailer = post_to(&db, folder.path(), &["ada@acme.example"]).await;
    send_all(&db, &mailer).await;
    std::fs::write(folder.path().join("notes.txt"), "of the operator").unwrap();
    for (days, left) in [(6, 2), (8, 1)] {
        let later = Ambient::fixed(Ambient::system().now() + TimeDelta::days(days), days.unsigned_abs());
        let mailer = platform::testing::mailer(&db, &later, &vault(&db, &later).await, folder.path());
        mailer.sweep().await.unwrap();
        assert_eq!(written(folder.path()).len(), left, "after {days} days");
    }
});

/// So many minutes later than it is.
#[derive(Clone, Default)]
struct Later(Arc<AtomicI64>);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        Ambient::system().now() + TimeDelta::minutes(self.0.load(Ordering::SeqCst))
    }
}

/// A mail server that takes connections and says nothing, until it is well; its port, and who connected.
async fn hanging_server(is_well: Arc<AtomicUsize>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, hits) = (listener.local_addr().unwrap().port(), Arc::<AtomicUsize>::default());
    let counted = hits.clone();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            if is_well.load(Ordering::SeqCst) == 1 {
                tokio::spawn(take(stream));
            } else {
                held.push(stream);
            }
        }
    });
    (port, hits)
}

/// Takes one message.
async fn take(mut stream: TcpStream) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 here\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let said = match line.as_str() {
            "DATA" => "354 go on",
            "." => "250 kept",
            "QUIT" => "221 bye",
            _ if line.starts_with("EHLO") || line.starts_with("MAIL") || line.starts_with("RCPT") => "250 ok",
            _ => continue,
        };
        writer.write_all(format!("{said}\r\n").as_bytes()).await?;
    }
    Ok(())
}

db_test!(a_mail_server_that_hangs_is_left_alone_and_no_message_is_lost, |db: Db| {
    const MESSAGES: usize = 8;
    let (is_well, clock) = (Arc::<AtomicUsize>::default(), Later::default());
    let (port, hits) = hanging_server(is_well.clone()).await;
    let ambient = Ambient::new(Arc::new(clock.clone()), Arc::new(SystemEntropy));
    let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port).build();
    let jobs = Jobs::new(db.clone(), ambient.clone());
    let from = "Quartile <quartile@localhost>".parse().unwrap();
    let base = (db.clone(), ambient.clone());
    let mailer = Mailer::new(base, vault(&db, &ambient).await, jobs.clone(), (Transport::Smtp(server), from));
    let mailer = mailer.with_patience(Duration::from_millis(100));
    let mut tx = db.begin().await.unwrap();
    for number in 0..MESSAGES {
        let to = format!("person{number}@acme.example");
        mailer.post(&mut tx, &Mail { to, subject: "Welcome".into(), text: "Hello\n".into() }).await.unwrap();
    }
    tx.commit().await.unwrap();
    let handlers: [Arc<dyn JobHandler>; 1] = [Arc::new(SendMailJob(mailer.clone()))];

    while jobs.run_next(&handlers).await.unwrap() {}
    assert!(mailer.is_left_alone());
    assert_eq!(hits.load(Ordering::SeqCst), 5, "the other messages did not even try");
    // For longer than any job is tried.
    for _ in 0..10 {
        clock.0.fetch_add(3, Ordering::SeqCst);
        while jobs.run_next(&handlers).await.unwrap() {}
    }
    assert_eq!(hits.load(Ordering::SeqCst), 15, "one try shows each time that it is not back");

    is_well.store(1, Ordering::SeqCst);
    // A machine that is busy may be late once more with the answer of a server that is well.
    for _ in 0..10 {
        clock.0.fetch_add(3, Ordering::SeqCst);
        while jobs.run_next(&handlers).await.unwrap() {}
    }
    let (done, attempts): (i64, i64) = on_everywhere!(&db, |c| sqlx::query_as(
        "SELECT COUNT(*), MAX(attempts) FROM jobs WHERE state = 'done'"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!((usize::try_from(done).unwrap(), attempts), (MESSAGES, 1));
    assert!(!mailer.is_left_alone());
});
