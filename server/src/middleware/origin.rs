//! Whose request it is: the peer's, or that of whoever a trusted proxy passes on.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue};
use kernel::Ambient;
use platform::{Networks, Origin, with_origin};

const REQUEST_ID: &str = "x-request-id";

/// What tells whose request it is.
#[derive(Clone)]
pub(crate) struct OriginState {
    pub(crate) ambient: Ambient,
    pub(crate) trusted_proxies: Networks,
}

/// Gives the request its origin, and the answer the id that stands for it in the log.
pub(crate) async fn find_origin(
    State(state): State<OriginState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let is_passed_on = peer.is_some_and(|peer| state.trusted_proxies.contain(peer));
    let request_id = Some(request.headers())
        .filter(|_| is_passed_on)
        .and_then(given_id)
        .unwrap_or_else(|| kernel::hex(&state.ambient.secret::<8>()));
    let address = peer.map(|peer| client(peer, request.headers(), &state.trusted_proxies));
    let origin = Origin { address, request_id };
    let id = HeaderValue::from_str(&origin.request_id);
    request.extensions_mut().insert(origin.clone());
    let mut response = with_origin(origin, next.run(request)).await;
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_plain && (8..=64).contains(&id.len())).then(|| id.to_owned())
}

/// The rightmost address that is no trusted proxy: what stands left of it was written by somebody who may lie.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    // Whatever bytes a client made up stay in their place, so that they hide nothing that a proxy added.
    let values: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let mut hops = values.iter().rev().flat_map(|value| value.rsplit(','));
    let mut found = peer.to_canonical();
    while trusted.contain(found) {
        // A proxy that names nobody, or nonsense, asks for itself.
        let Some(hop) = hops.next().and_then(|hop| address(hop.trim())) else { break };
        found = hop.to_canonical();
    }
    found
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).unwrap());
        }
        let trusted = "10.0.0.0/8, 2001:db8::7".parse().unwrap();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_ask_in_the_name_of_another() {
        assert_eq!(client_of("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(client_of("10.0.0.1", &["198.51.100.9, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(client_of("10.0.0.1", &["198.51.100.9", "192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_for_whom_it_asks() {
        assert_eq!(client_of("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client_of("10.0.0.1", &["192.0.2.1:4711, 10.3.3.3"]), "192.0.2.1");
        assert_eq!(client_of("::ffff:10.0.0.1", &["[2001:db8::9]:80"]), "2001:db8::9");
        assert_eq!(client_of("2001:db8::7", &["192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn a_proxy_that_names_nobody_asks_for_itself() {
        assert_eq!(client_of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client_of("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client_of("10.0.0.1", &["192.0.2.1, <script>"]), "10.0.0.1");
        assert_eq!(client_of("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
    }

    #[test]
    fn bytes_that_are_no_text_hide_nobody() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_bytes(b"\xff, 198.51.100.9").unwrap());
        let trusted = "10.0.0.0/8".parse().unwrap();
        assert_eq!(client("10.0.0.1".parse().unwrap(), &headers, &trusted).to_string(), "198.51.100.9");
    }

    #[test]
    fn an_id_is_taken_over_if_it_is_plain() {
        let id = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(text));
            given_id(&headers)
        };
        assert_eq!(id("7c9e6679-7425").as_deref(), Some("7c9e6679-7425"));
        for bad in ["short", "with space in it", "{\"a\":\"bcdef\"}"] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }
}
