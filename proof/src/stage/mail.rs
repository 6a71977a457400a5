//! A mail server that takes everything and keeps it.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

use crate::{Failure, stage::Settings};

/// A mail server on a port of its own; it ends with the value.
pub(crate) struct MailSink {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl MailSink {
    /// Starts the server.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = mails.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, kept.clone()));
            }
        });
        Ok(Self { port, mails, task })
    }

    /// The settings of a program that sends its messages here.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.set("mail.transport", "smtp").set("mail.host", "127.0.0.1");
        settings.set("mail.port", self.port.to_string()).set("mail.encryption", "none");
        settings
    }

    /// Every message so far, as text.
    pub(crate) fn all(&self) -> Vec<String> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first message to `address` beyond the first `seen`, as soon as it comes.
    pub(crate) async fn to(&self, address: &str, seen: usize) -> Result<String, Failure> {
        let begun = Instant::now();
        let to = format!("To: {address}");
        while begun.elapsed() < Duration::from_secs(20) {
            let found = self.all().into_iter().filter(|mail| mail.contains(&to)).nth(seen);
            if let Some(mail) = found {
                return Ok(mail);
            }
            sleep(Duration::from_millis(10)).await;
        }
        Err(format!("no message came for {address}").into())
    }

    /// The path and query of the link to `site` in a message.
    pub(crate) fn link(mail: &str, site: &str) -> Option<String> {
        let path = mail.split(site).nth(1)?.split_whitespace().next()?;
        Some(path.to_owned())
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.get(..4).unwrap_or_default() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail += &line;
                    mail.push('\n');
                }
                // Undoes the line breaks of quoted-printable, so that links are whole.
                let mail = mail.replace("=\n", "").replace("=3D", "=");
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                "250 kept\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_of_a_message_is_found() {
        let mail = "To: a@b.example\n\nOpen https://q.example/confirm?link=ml_1 within a day";
        assert_eq!(MailSink::link(mail, "https://q.example").as_deref(), Some("/confirm?link=ml_1"));
        assert_eq!(MailSink::link(mail, "https://other.example"), None);
    }
}
