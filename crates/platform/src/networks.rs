//! Lists of networks in settings and on keys.

use std::{net::IpAddr, str::FromStr};

use ipnet::{AddrParseError, IpNet, Ipv4Net};

/// A list of networks, written as addresses and CIDR with commas or spaces between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address belongs to one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(&others.0);
        self
    }
}

impl FromStr for Networks {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split([',', ' ', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| match part.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address.to_canonical())),
            Err(_) => part.parse().map(canonical),
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

/// A network of IPv4 that is written as IPv6 is the same network.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(network) => network.addr().to_ipv4_mapped().zip(network.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    let as_v4 = mapped.and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    as_v4.map_or(network, IpNet::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_of_both_families_can_be_listed() {
        let networks: Networks = "192.0.2.0/24, 2001:db8::/32 198.51.100.7".parse().unwrap();
        for inside in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "198.51.100.7"] {
            assert!(networks.contain(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.3.1", "2001:db9::1", "198.51.100.8"] {
            assert!(!networks.contain(outside.parse().unwrap()), "{outside}");
        }
        let mapped: Networks = "::ffff:192.0.2.7, ::ffff:10.0.0.0/104".parse().unwrap();
        for inside in ["192.0.2.7", "::ffff:192.0.2.7", "10.9.9.9"] {
            assert!(mapped.contain(inside.parse().unwrap()), "{inside}");
        }
        assert!(!mapped.contain("11.0.0.1".parse().unwrap()));
        assert!(" ".parse::<Networks>().unwrap().is_empty());
        assert!("10.0.0.0/33".parse::<Networks>().is_err() && "everywhere".parse::<Networks>().is_err());
    }
}
