//! Where a deed came from: found by the code that takes the request, needed by limits and by the code that writes the log.

use std::net::{IpAddr, Ipv6Addr};

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
}

impl Origin {
    /// The address as people write it.
    pub fn place(&self) -> String {
        self.address.map_or_else(|| "unknown".to_owned(), |address| address.to_canonical().to_string())
    }
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
    ORIGIN.scope(origin, work).await
}

/// The address of the request that is being answered, or the program itself.
pub(crate) fn place() -> String {
    ORIGIN.try_with(Origin::place).unwrap_or_else(|_| "program".to_owned())
}

/// The id of the request that is being answered; empty outside of one.
pub fn request_id() -> String {
    ORIGIN.try_with(|origin| origin.request_id.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(text: &str) -> String {
        visitor_of(text.parse().unwrap()).to_string()
    }

    #[test]
    fn whoever_changes_the_address_within_the_own_network_is_one_visitor() {
        assert_eq!(visitor("2001:db8:1:2:3:4:5:6"), visitor("2001:db8:1:2:ffff::1"));
        assert_ne!(visitor("2001:db8:1:2::1"), visitor("2001:db8:1:3::1"));
        assert_eq!(visitor("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(visitor("192.0.2.7"), visitor("192.0.2.8"));
    }
}
