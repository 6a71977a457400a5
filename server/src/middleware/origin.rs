//! Whose request it is: the peer's, or that of whoever a trusted proxy passes on.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue};
use kernel::Ambient;
use platform::{Networks, Origin, TRACEPARENT, Trace, client_address, with_origin};

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
    let trace = Some(request.headers())
        .filter(|_| is_passed_on)
        .and_then(given_trace)
        .unwrap_or_else(|| Trace::begin(&state.ambient))
        .step(&state.ambient);
    let address = peer.map(|peer| client(peer, request.headers(), &state.trusted_proxies));
    let origin = Origin { address, request_id, trace };
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

/// A trace is given once or not at all.
fn given_trace(headers: &HeaderMap) -> Option<Trace> {
    let mut given = headers.get_all(TRACEPARENT).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    Trace::parse(only.to_str().ok()?)
}

/// Whoever asks, by what the headers say.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes);
    client_address(peer, forwarded, trusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_read_from_every_header_of_the_kind() {
        let mut headers = HeaderMap::new();
        for value in [b"\xff, 198.51.100.9".as_slice(), b"192.0.2.1"] {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
        }
        let client = client("10.0.0.1".parse().unwrap(), &headers, &"10.0.0.0/8".parse().unwrap());
        assert_eq!(client.to_string(), "192.0.2.1");
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
