//! Settings: the documented defaults, then `config.toml`, then the environment. An unknown name or a bad value stops the start and
//! says where it stands.

mod backup;
mod database;
mod layers;
mod limits;
mod mail;
mod secret;
mod server;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use chrono::TimeDelta;
use kernel::Currency;
use url::Url;

pub use backup::BackupConfig;
pub use layers::{ConfigError, Layers, SettingInForce};
pub use limits::{LimitsConfig, RedisConfig};
pub use mail::{MailConfig, SmtpConfig};
pub use secret::Secret;
pub use server::ServerConfig;

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// How the program is reached.
    pub server: ServerConfig,
    /// Where programs reach the metrics service over gRPC; nowhere if there is none.
    pub grpc: Option<SocketAddr>,
    /// Where the truth is kept.
    pub database: db::DbSettings,
    /// Where the keys that seal personal data are.
    pub keys: KeysConfig,
    /// How long someone stays signed in.
    pub sessions: SessionConfig,
    /// How messages leave the program.
    pub mail: MailConfig,
    /// How often somebody may ask.
    pub limits: LimitsConfig,
    /// How many bytes of memory may hold what was computed; 0 holds nothing.
    pub cache_bytes: u64,
    /// Sign-in with Google, if it is set up.
    pub google: Option<GoogleConfig>,
    /// What an upload may be.
    pub uploads: UploadConfig,
    /// Units of each currency for one euro, and where the rates come from.
    pub exchange: ExchangeConfig,
    /// Backups that the program makes by itself, if it does.
    pub backup: Option<BackupConfig>,
    /// What shows how the program is doing; nobody is told without it.
    pub operations_token: Option<Secret>,
    /// How the log is written.
    pub log: LogConfig,
    /// All of it, for people.
    pub in_force: Vec<SettingInForce>,
}

/// Where the keys that seal personal data are.
#[derive(Clone, Debug)]
pub struct KeysConfig {
    /// The file.
    pub file: PathBuf,
    /// The text of such a file, which wins over it.
    pub ring: Option<Secret>,
}

/// How long someone stays signed in.
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    /// Without doing anything.
    pub idle: TimeDelta,
    /// After signing in, at most.
    pub life: TimeDelta,
}

/// Sign-in with Google, or any other OpenID Connect provider.
#[derive(Clone, Debug)]
pub struct GoogleConfig {
    /// The provider's issuer address.
    pub issuer: String,
    /// This program's name there.
    pub client_id: String,
    /// This program's password there.
    pub client_secret: Secret,
    /// The organisation whose accounts may sign in; anybody's if there is none.
    pub hosted_domain: Option<String>,
}

/// What an upload may be.
#[derive(Clone, Copy, Debug)]
pub struct UploadConfig {
    /// The largest file.
    pub most_bytes: u64,
    /// The most columns.
    pub most_columns: u32,
    /// The largest cell.
    pub most_cell_bytes: u32,
}

/// Fixed exchange rates.
#[derive(Clone, Debug)]
pub struct ExchangeConfig {
    /// Where the rates come from.
    pub source: String,
    /// Units for one euro.
    pub per_euro: BTreeMap<Currency, f64>,
}

/// How the log is written.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// JSON lines instead of text.
    pub is_json: bool,
    /// Which events are written.
    pub level: String,
    /// Where the files of the log are; without it, it goes to the terminal.
    pub folder: Option<PathBuf>,
}

impl Config {
    /// Checks every setting of the layers.
    pub fn read(layers: &Layers) -> Result<Self, ConfigError> {
        Ok(Self {
            server: server::read(layers)?,
            grpc: grpc(layers)?,
            database: database::read(layers)?,
            keys: keys(layers)?,
            sessions: SessionConfig {
                idle: TimeDelta::minutes(i64::from(layers.whole("sessions.idle_minutes", 1, 1_440)?)),
                life: TimeDelta::hours(i64::from(layers.whole("sessions.life_hours", 1, 720)?)),
            },
            mail: mail::read(layers)?,
            limits: limits::read(layers)?,
            cache_bytes: u64::from(layers.whole("cache.most_megabytes", 0, 65_536)?) * 1024 * 1024,
            google: google(layers)?,
            uploads: UploadConfig {
                most_bytes: u64::from(layers.whole("uploads.most_bytes", 1, u32::MAX)?),
                most_columns: layers.whole("uploads.most_columns", 1, 10_000)?,
                most_cell_bytes: layers.whole("uploads.most_cell_bytes", 1, 16_777_216)?,
            },
            exchange: exchange(layers)?,
            backup: backup::read(layers)?,
            operations_token: operations_token(layers)?,
            log: LogConfig {
                is_json: layers
                    .checked("log.format", "`json` or `text`", |text| text == "json" || text == "text")?
                    == "json",
                level: layers.text("log.level")?,
                folder: Some(layers.text("log.folder")?).filter(|path| !path.is_empty()).map(PathBuf::from),
            },
            in_force: layers.list(),
        })
    }
}

fn grpc(layers: &Layers) -> Result<Option<SocketAddr>, ConfigError> {
    if layers.text("grpc.address")?.is_empty() {
        return Ok(None);
    }
    layers.parse("grpc.address", "empty, or an address and a port like 127.0.0.1:50051").map(Some)
}

fn keys(layers: &Layers) -> Result<KeysConfig, ConfigError> {
    let (file, ring) = (layers.text("keys.file")?, layers.text("keys.ring")?);
    let file = if file.is_empty() {
        PathBuf::from(layers.text("server.data")?).join("keys.toml")
    } else {
        file.into()
    };
    Ok(KeysConfig { file, ring: (!ring.is_empty()).then(|| Secret::new(ring)) })
}

fn google(layers: &Layers) -> Result<Option<GoogleConfig>, ConfigError> {
    let client_id = layers.text("google.client_id")?;
    if client_id.is_empty() {
        return Ok(None);
    }
    // Plain http would hand tokens to the network; only a provider on this machine may be asked that way.
    let issuer = layers.checked("google.issuer", "an https address (or http on localhost)", |issuer| {
        Url::parse(issuer).is_ok_and(|url| server::is_private(&url) && url.username().is_empty())
    })?;
    let client_secret = layers.checked(
        "google.client_secret",
        "the client secret that belongs to google.client_id",
        |secret| !secret.is_empty(),
    )?;
    let hosted_domain = Some(layers.text("google.hosted_domain")?).filter(|domain| !domain.is_empty());
    Ok(Some(GoogleConfig { issuer, client_id, client_secret: Secret::new(client_secret), hosted_domain }))
}

fn operations_token(layers: &Layers) -> Result<Option<Secret>, ConfigError> {
    let wanted = "empty, or at least 24 characters that nobody can guess";
    let token = layers.checked("operations.token", wanted, |token| token.is_empty() || token.len() >= 24)?;
    Ok((!token.is_empty()).then(|| Secret::new(token)))
}

fn exchange(layers: &Layers) -> Result<ExchangeConfig, ConfigError> {
    let per_euro = Currency::ALL
        .iter()
        .map(|currency| {
            let rate = layers.positive(&format!("exchange.{}", currency.code()))?;
            Ok((*currency, rate))
        })
        .collect::<Result<_, ConfigError>>()?;
    Ok(ExchangeConfig { source: layers.text("exchange.source")?, per_euro })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Layers::new(Some(file), environment)
            .and_then(|layers| Config::read(&layers))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_documented_defaults_are_complete_and_valid() {
        let config = read("", &[]).unwrap();
        assert_eq!(config.server.address.port(), 3000);
        assert!(config.google.is_none() && config.grpc.is_none());
        assert_eq!(config.exchange.per_euro.len(), Currency::ALL.len());
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "[server]\naddress = \"127.0.0.1:4000\"\n";
        assert_eq!(read(file, &[]).unwrap().server.address.port(), 4000);
        let config =
            read(file, &[("QUARTILE__SERVER__ADDRESS", "127.0.0.1:5000"), ("PATH", "/bin")]).unwrap();
        assert_eq!(config.server.address.port(), 5000);
    }

    #[test]
    fn grpc_is_spoken_where_the_operator_says_so() {
        let config = read("[grpc]\naddress = \"127.0.0.1:50051\"\n", &[]).unwrap();
        assert_eq!(config.grpc.map(|address| address.port()), Some(50051));
        let error = read("[grpc]\naddress = \"50051\"\n", &[]).unwrap_err();
        assert!(error.contains("grpc.address") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let error = read("[server]\naddress = \"127.0.0.1:4000\"\nadress = 1\n", &[]).unwrap_err();
        assert!(error.contains("server.adress") && error.contains("line 3"), "{error}");
        let error = read("", &[("QUARTILE__SERVER__PORT", "1")]).unwrap_err();
        assert!(error.contains("QUARTILE__SERVER__PORT"), "{error}");
    }

    #[test]
    fn a_bad_value_is_named_with_its_line_and_what_is_wanted() {
        let error = read("[server]\n\naddress = \"everywhere\"\n", &[]).unwrap_err();
        assert!(
            error.contains("server.address") && error.contains("line 3") && error.contains("127.0.0.1:3000"),
            "{error}"
        );
        let error = read("[database]\nconnections = \"many\"\n", &[]).unwrap_err();
        assert!(error.contains("database.connections") && error.contains("line 2"), "{error}");
        let error = read("[server\n", &[]).unwrap_err();
        assert!(error.contains("line 1"), "{error}");
    }

    #[test]
    fn an_address_that_others_can_type_is_told_from_one_of_this_machine() {
        let is_local =
            |url| read("", &[("QUARTILE__SERVER__BASE_URL", url)]).unwrap().server.is_on_this_machine_only();
        for url in
            ["http://localhost:3000", "http://127.0.0.1:80", "http://[::1]:3000", "http://quartile.localhost"]
        {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "https://quartile.example",
            "https://10.0.0.7:3000",
            "https://localhost.example",
            "https://[::2]",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }

    #[test]
    fn nothing_secret_crosses_a_network_in_plain_text() {
        let google = [("QUARTILE__GOOGLE__CLIENT_ID", "me"), ("QUARTILE__GOOGLE__CLIENT_SECRET", "hunter2")];
        let is_fit = |name: &str, url: &str| {
            let environment: Vec<_> = google.into_iter().chain([(name, url)]).collect();
            read("", &environment).map_err(|error| assert!(error.contains(name), "{error}")).is_ok()
        };
        let (base, issuer, redis) =
            ("QUARTILE__SERVER__BASE_URL", "QUARTILE__GOOGLE__ISSUER", "QUARTILE__REDIS__URL");
        for (name, url) in [
            (base, "https://quartile.example"),
            (base, "http://127.0.0.1:3000/"),
            (issuer, "http://localhost:9000"),
            (issuer, "https://accounts.example/realm"),
            (redis, "rediss://user:word@cache.example:6379"),
            (redis, "redis://user:word@127.0.0.1:6379/1"),
            (redis, "redis://[::1]:6379"),
            (redis, "redis://localhost"),
        ] {
            assert!(is_fit(name, url), "{url}");
        }
        for (name, url) in [
            (base, "http://quartile.example"),
            (base, "http://10.0.0.7:3000"),
            (base, "http://localhost@quartile.example"),
            (base, "https://quartile.example/path"),
            (base, "ftp://localhost"),
            (issuer, "http://accounts.example"),
            (issuer, "http://localhost:9000@accounts.example"),
            (issuer, "http://localhost.accounts.example:80"),
            (redis, "redis://cache.example:6379"),
            (redis, "redis://localhost.cache.example"),
            (redis, "redis://127.0.0.1.cache.example:6379"),
            (redis, "redis://127.0.0.1:word@cache.example"),
        ] {
            assert!(!is_fit(name, url), "{url}");
        }
    }

    #[test]
    fn secrets_never_show() {
        let environment =
            [("QUARTILE__GOOGLE__CLIENT_ID", "me"), ("QUARTILE__GOOGLE__CLIENT_SECRET", "hunter2hunter2")];
        let config = read("", &environment).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let secret = config.in_force.iter().find(|setting| setting.name == "google.client_secret").unwrap();
        assert_eq!(
            (secret.value.as_str(), secret.place.contains("QUARTILE__GOOGLE")),
            ("\"(secret)\"", true)
        );
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert!(!Layers::new(None, environment).unwrap().print().contains("hunter2"));
    }
}
