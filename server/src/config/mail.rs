//! How messages leave the program.

use lettre::{
    AsyncSmtpTransport, Tokio1Executor, message::Mailbox, transport::smtp::authentication::Credentials,
};
use platform::Transport;

use super::{ConfigError, Layers, Secret};

/// Who messages are from, and who takes them.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The sender.
    pub from: Mailbox,
    /// The mail server; without one, messages become files.
    pub smtp: Option<SmtpConfig>,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<(String, Secret)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    StartTls,
    Tls,
    None,
}

pub(super) fn read(layers: &Layers) -> Result<MailConfig, ConfigError> {
    let is_smtp = layers
        .checked("mail.transport", "`folder` or `smtp`", |text| text == "folder" || text == "smtp")?
        == "smtp";
    Ok(MailConfig {
        from: layers.parse("mail.from", "a sender like Quartile <quartile@company.com>")?,
        smtp: if is_smtp { Some(smtp(layers)?) } else { None },
    })
}

fn smtp(layers: &Layers) -> Result<SmtpConfig, ConfigError> {
    let host = layers.checked("mail.host", "the name of the mail server", |host| !host.is_empty())?;
    let is_here = ["localhost", "127.0.0.1", "::1"].contains(&host.as_str());
    let encryption = layers.checked(
        "mail.encryption",
        "`starttls` or `tls` (`none` only for a mail server on this machine)",
        |text| matches!(text, "starttls" | "tls") || (text == "none" && is_here),
    )?;
    let encryption = match encryption.as_str() {
        "tls" => Encryption::Tls,
        "none" => Encryption::None,
        _ => Encryption::StartTls,
    };
    let (user, password) = (layers.text("mail.user")?, layers.text("mail.password")?);
    Ok(SmtpConfig {
        host,
        port: u16::try_from(layers.whole("mail.port", 1, 65_535)?).unwrap_or(587),
        encryption,
        credentials: (!user.is_empty()).then(|| (user, Secret::new(password))),
    })
}

impl SmtpConfig {
    /// The way to the server.
    pub fn transport(&self) -> Result<Transport, ConfigError> {
        type Smtp = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match self.encryption {
            Encryption::StartTls => Smtp::starttls_relay(&self.host),
            Encryption::Tls => Smtp::relay(&self.host),
            Encryption::None => Ok(Smtp::builder_dangerous(&self.host)),
        };
        let builder = builder
            .map_err(|cause| ConfigError::new(format!("The setting mail.host cannot be used: {cause}")))?
            .port(self.port)
            .timeout(Some(std::time::Duration::from_secs(10)));
        let builder = match &self.credentials {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
            }
            None => builder,
        };
        Ok(Transport::Smtp(builder.build()))
    }
}
