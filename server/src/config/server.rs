//! How the program is reached.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use platform::Networks;
use url::{Host, Url};

use super::{ConfigError, Layers};

/// How the program is reached and where its files lie.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where it listens.
    pub address: SocketAddr,
    /// The address people type.
    pub base_url: String,
    /// Who may say for whom it asks.
    pub trusted_proxies: Networks,
    /// Other sites whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// The folder of the database, uploads and reports.
    pub data: PathBuf,
    /// The folder of scripts, styles and fonts.
    pub site: PathBuf,
    /// How long it goes on as before when it is told to end, so that proxies hear of it.
    pub pause: Duration,
}

impl ServerConfig {
    /// Whether people come over TLS, so that cookies can be kept off plain connections.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Whether people type an address that only this machine answers to.
    pub fn is_on_this_machine_only(&self) -> bool {
        Url::parse(&self.base_url).is_ok_and(|url| is_on_this_machine(&url))
    }
}

/// Whether only this machine answers there.
pub(super) fn is_on_this_machine(url: &Url) -> bool {
    match url.host() {
        // Of schemes that the web does not know, hosts are not taken apart.
        Some(Host::Domain(name)) => match name.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        },
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether nothing that goes there crosses a network in plain text.
pub(super) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_on_this_machine(url))
}

pub(super) fn read(layers: &Layers) -> Result<ServerConfig, ConfigError> {
    Ok(ServerConfig {
        address: layers.parse("server.address", "an address and a port like 127.0.0.1:3000")?,
        base_url: base_url(layers)?,
        trusted_proxies: networks(layers, "server.trusted_proxies")?,
        cors_origins: cors_origins(layers)?,
        data: layers.text("server.data")?.into(),
        site: site_folder(&layers.text("server.site")?),
        pause: Duration::from_secs(layers.whole("server.pause_seconds", 0, 60)?.into()),
    })
}

/// A setting that lists networks.
pub(super) fn networks(layers: &Layers, name: &str) -> Result<Networks, ConfigError> {
    layers.parse(name, "addresses or networks with commas between them, like 10.0.0.5, 192.168.0.0/16")
}

fn base_url(layers: &Layers) -> Result<String, ConfigError> {
    let url = layers.checked(
        "server.base_url",
        "an address like https://quartile.example without a path. On http, passwords would cross the network for everybody to read, so that is \
         for addresses of this machine alone; put a proxy that speaks TLS in front",
        |text| {
            let is_bare = text
                .split_once("://")
                .is_some_and(|(_, rest)| !rest.is_empty() && !rest.trim_end_matches('/').contains(['/', '@']));
            is_bare && Url::parse(text).is_ok_and(|url| is_private(&url))
        },
    )?;
    Ok(url.trim_end_matches('/').to_owned())
}

fn cors_origins(layers: &Layers) -> Result<Vec<String>, ConfigError> {
    let is_origin = |text: &str| {
        Url::parse(text).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme()) && url.origin().ascii_serialization() == text
        })
    };
    let origins = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let wanted = "origins with commas between them, like https://tools.company.example";
    let text =
        layers.checked("server.cors_origins", wanted, |text| origins(text).iter().all(|it| is_origin(it)))?;
    Ok(origins(&text))
}

fn site_folder(setting: &str) -> PathBuf {
    if !setting.is_empty() {
        return setting.into();
    }
    let beside =
        std::env::current_exe().ok().and_then(|program| program.parent().map(|folder| folder.join("site")));
    beside.filter(|folder| folder.join("pkg").is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}
