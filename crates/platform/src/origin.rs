//! Where a deed came from: found by the code that takes the request, needed by limits and by the code that writes the log.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::{
    Networks, Trace,
    requester::{for_this_requester, with_requester},
};

tokio::task_local! {
    static ORIGIN: Origin;
}

/// The request behind a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The network address of whoever asks, as far as trusted proxies tell it.
    pub address: Option<IpAddr>,
    /// The id of the request, as it is in the log.
    pub request_id: String,
    /// What the request belongs to beyond this program.
    pub trace: Trace,
}

impl Origin {
    /// The address as people write it.
    pub fn place(&self) -> String {
        self.address.map_or_else(|| "unknown".to_owned(), |address| address.to_canonical().to_string())
    }
}

/// Whoever asks: the rightmost address that is no trusted proxy, of the peer and what the headers `X-Forwarded-For` hold, in their order.
/// What stands left of it was written by somebody who may lie.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    trusted: &Networks,
) -> IpAddr {
    let mut hops = forwarded.rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
    let mut found = peer.to_canonical();
    while trusted.contain(found) {
        // A proxy that names nobody, or nonsense, asks for itself.
        let Some(hop) = hops.next().and_then(address) else { break };
        found = hop.to_canonical();
    }
    found
}

/// An address with or without a port.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// What stands for an address, or for one that is not known, where visitors are counted.
pub fn visitor_name(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unknown".to_owned(), |address| visitor_of(address).to_string())
}

/// What stands for an address where visitors are counted: one connection has a whole /64 of IPv6 to choose from, and an IPv4 address that
/// is written as IPv6 is the same address.
fn visitor_of(address: IpAddr) -> IpAddr {
    const NETWORK: u128 = u128::MAX << 64;
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & NETWORK)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Carries out the work as part of that request.
pub async fn with_origin<T>(origin: Origin, work: impl Future<Output = T>) -> T {
    ORIGIN.scope(origin, with_requester(work)).await
}

/// The work as part of the request that is being answered, also where another task carries it out.
pub fn in_this_origin<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let origin = ORIGIN.try_with(Clone::clone).ok();
    let work = for_this_requester(work);
    async move {
        match origin {
            Some(origin) => ORIGIN.scope(origin, work).await,
            None => work.await,
        }
    }
}

/// The address of the request that is being answered, or the program itself.
pub(crate) fn place() -> String {
    ORIGIN.try_with(Origin::place).unwrap_or_else(|_| "program".to_owned())
}

/// From which network address the request comes that is being answered.
pub fn asking_address() -> Option<IpAddr> {
    ORIGIN.try_with(|origin| origin.address).ok().flatten()
}

/// The id of the request that is being answered; empty outside of one.
pub fn request_id() -> String {
    ORIGIN.try_with(|origin| origin.request_id.clone()).unwrap_or_default()
}

/// The trace of the request that is being answered; none outside of one.
pub(crate) fn trace() -> Option<Trace> {
    ORIGIN.try_with(|origin| origin.trace).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(text: &str) -> String {
        visitor_of(text.parse().unwrap()).to_string()
    }

    fn client_of(peer: &str, forwarded: &[&str]) -> String {
        let trusted = "10.0.0.0/8, 2001:db8::7".parse().unwrap();
        let forwarded = forwarded.iter().map(|value| value.as_bytes());
        client_address(peer.parse().unwrap(), forwarded, &trusted).to_string()
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
        let forwarded = b"\xff, 198.51.100.9".as_slice();
        let trusted = "10.0.0.0/8".parse().unwrap();
        let client = client_address("10.0.0.1".parse().unwrap(), std::iter::once(forwarded), &trusted);
        assert_eq!(client.to_string(), "198.51.100.9");
    }

    #[test]
    fn whoever_changes_the_address_within_the_own_network_is_one_visitor() {
        assert_eq!(visitor("2001:db8:1:2:3:4:5:6"), visitor("2001:db8:1:2:ffff::1"));
        assert_ne!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:3::1"));
        assert_eq!(visitor("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(visitor("192.0.2.7"), visitor("192.0.2.8"));
    }
}
