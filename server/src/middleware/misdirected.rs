//! Requests that are for somebody else: another host, or a proxy that this is not.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Host, Url};

use crate::{config::ServerConfig, rest::problem::Problem};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// The host that people type.
#[derive(Clone)]
pub(crate) struct OwnHost {
    url: Arc<Url>,
    /// On this machine every name of it will do, on whatever port.
    is_local: bool,
}

impl OwnHost {
    /// What the settings say; nothing is refused where they cannot be read.
    pub(crate) fn of(server: &ServerConfig) -> Option<Self> {
        let url = Arc::new(Url::parse(&server.base_url).ok()?);
        Some(Self { url, is_local: server.is_on_this_machine_only() })
    }

    fn is(&self, host: &str) -> bool {
        let Ok(asked) = Url::parse(&format!("{}://{host}", self.url.scheme())) else { return false };
        let is_plain = asked.path() == "/" && asked.username().is_empty() && asked.query().is_none();
        if self.is_local {
            return is_plain
                && match asked.host() {
                    Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                    Some(Host::Ipv4(address)) => address.is_loopback(),
                    Some(Host::Ipv6(address)) => address.is_loopback(),
                    None => false,
                };
        }
        is_plain
            && asked.host() == self.url.host()
            && asked.port_or_known_default() == self.url.port_or_known_default()
    }
}

/// Refuses what is for another host, and what asks for a line to somewhere else.
pub(crate) async fn refuse_misdirected(
    State(own): State<Option<OwnHost>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::CONNECT {
        let allow = [(header::ALLOW, HeaderValue::from_static(METHODS))];
        let sentence = "This is no proxy. The header Allow names what can be asked";
        return (allow, Problem::plain(StatusCode::METHOD_NOT_ALLOWED, sentence)).into_response();
    }
    if let (Some(own), Some(host)) = (&own, named(request.headers()))
        && !own.is(host)
    {
        let sentence = "This Quartile is at another address. Whoever runs it says which in server.base_url";
        return Problem::plain(StatusCode::MISDIRECTED_REQUEST, sentence).into_response();
    }
    next.run(request).await
}

fn named(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST).map(|host| host.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Layers};

    fn own(base_url: &str) -> OwnHost {
        let environment = [("QUARTILE__SERVER__BASE_URL".to_owned(), base_url.to_owned())];
        OwnHost::of(&Config::read(&Layers::new(None, environment).unwrap()).unwrap().server).unwrap()
    }

    #[test]
    fn only_the_host_that_people_type_is_ours() {
        let own_host = own("https://quartile.example");
        for ours in ["quartile.example", "QUARTILE.example", "quartile.example:443"] {
            assert!(own_host.is(ours), "{ours}");
        }
        for foreign in [
            "evil.example",
            "quartile.example.evil.example",
            "quartile.example:8443",
            "10.0.0.7",
            "?",
            "",
            "a@quartile.example",
        ] {
            assert!(!own_host.is(foreign), "{foreign}");
        }
    }

    #[test]
    fn on_this_machine_every_name_of_it_will_do() {
        let own_host = own("http://localhost:3000");
        for ours in ["localhost:3000", "127.0.0.1:4000", "[::1]:3000", "a.localhost"] {
            assert!(own_host.is(ours), "{ours}");
        }
        for foreign in ["evil.example:3000", "localhost.evil.example", "10.0.0.7:3000"] {
            assert!(!own_host.is(foreign), "{foreign}");
        }
    }
}
