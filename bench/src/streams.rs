//! What a thousand open streams of live events cost.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, megabytes},
    program::Program,
};

const PEOPLE: usize = 100;
const STREAMS_EACH: usize = 10;
/// Long enough for every stream to be authorised again.
const IDLE: Duration = Duration::from_secs(20);

/// A hundred people with ten streams each, which nothing happens on.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let program = Program::start(options).await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mut visitor = program.visitor().await?;
        let home = visitor.sign_up(&format!("person{number}")).await?;
        people.push((home, visitor.cookie.clone().ok_or("signing up gave no session")?));
    }
    sleep(Duration::from_secs(2)).await;
    let (before, _) = program.memory()?;
    let mut streams = Vec::new();
    for (home, cookie) in &people {
        for _ in 0..STREAMS_EACH {
            streams.push(open(program.port, home, cookie).await?);
        }
    }
    sleep(IDLE).await;
    let (after, _) = program.memory()?;
    let added = after.saturating_sub(before);
    Ok(Outcome {
        title: "Live streams",
        setting: format!(
            "{} streams of {PEOPLE} people, open for {} s while nothing happens; resident memory before and after.",
            streams.len(),
            IDLE.as_secs()
        ),
        columns: &["what", "measured", "budget"],
        rows: vec![
            vec!["memory before".into(), megabytes(before), "–".into()],
            vec!["memory added".into(), megabytes(added), "≤ 40 MB".into()],
        ],
    })
}

async fn open(port: u16, home: &str, cookie: &str) -> Result<TcpStream, Failure> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!(
        "GET {home}/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let (mut told, mut buffer) = (String::new(), [0; 1024]);
    while !told.contains("watching") {
        let count = timeout(Duration::from_secs(10), stream.read(&mut buffer)).await??;
        let bytes = buffer.get(..count).filter(|bytes| !bytes.is_empty());
        told.push_str(&String::from_utf8_lossy(bytes.ok_or_else(|| format!("a stream ended with: {told}"))?));
    }
    Ok(stream)
}
