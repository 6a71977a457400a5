//! Messages on their way through a mail server that is not always willing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, db_test, on_everywhere, sqlx};
use kernel::Ambient;
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
