//! The program asks nobody but machines on the open internet, over TLS, exactly where it looked.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use chrono::DateTime;
use kernel::Ambient;
use platform::{Outside, Resolver, is_public};
use tokio::runtime::{Builder, Runtime};
use url::{Host, Url};

/// A guard whose names lead wherever an input says.
pub(crate) struct Guard {
    runtime: Runtime,
    outside: Outside,
    found: Arc<Mutex<Vec<IpAddr>>>,
}

impl Guard {
    pub(crate) fn new() -> Self {
        let found: Arc<Mutex<Vec<IpAddr>>> = Arc::default();
        let answers = Arc::clone(&found);
        let resolver: Resolver = Arc::new(move |_, port| {
            let found = answers.lock().unwrap().clone();
            Box::pin(async move { Ok(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect()) })
        });
        let ambient = Ambient::fixed(DateTime::UNIX_EPOCH, 1);
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            outside: Outside::with_resolver(ambient, &[], resolver),
            found,
        }
    }

    /// The first byte says how many addresses follow that the name has; the rest is the address to ask.
    pub(crate) fn property(&self, bytes: &[u8]) {
        let Some((count, rest)) = bytes.split_first() else { return };
        let (chunks, _) = rest.as_chunks::<16>();
        let found: Vec<IpAddr> = chunks.iter().take(usize::from(count % 4)).map(address).collect();
        for address in &found {
            assert_eq!(is_public(*address), is_open(*address), "{address}");
            assert_eq!(is_public(*address), is_public(address.to_canonical()), "{address}");
        }
        let text = String::from_utf8_lossy(rest.get(found.len() * 16..).unwrap_or_default());
        self.found.lock().unwrap().clone_from(&found);
        for text in [text.to_string(), format!("https://{text}"), format!("https://{text}/")] {
            if let Ok(url) = Url::parse(&text) {
                self.check(&url, &found);
            }
        }
    }

    fn check(&self, url: &Url, found: &[IpAddr]) {
        let Ok(asked) = self.runtime.block_on(self.outside.would_ask(url)) else { return };
        assert_eq!(url.scheme(), "https", "{url}");
        assert!(url.username().is_empty() && url.password().is_none(), "{url}");
        let port = url.port_or_known_default().unwrap();
        assert!([80, 443, 8443].contains(&port), "{url}");
        let expected = match url.host().unwrap() {
            Host::Ipv4(address) => vec![IpAddr::from(address)],
            Host::Ipv6(address) => vec![IpAddr::from(address)],
            Host::Domain(_) => found.to_vec(),
        };
        let asked: Vec<(IpAddr, u16)> = asked.iter().map(|place| (place.ip(), place.port())).collect();
        assert_eq!(asked, expected.into_iter().map(|address| (address, port)).collect::<Vec<_>>(), "{url}");
        assert!(!asked.is_empty() && asked.iter().all(|(address, _)| is_open(*address)), "{url} → {asked:?}");
    }
}

/// Four bytes of ones in front make the last four an IPv4 address.
fn address(bytes: &[u8; 16]) -> IpAddr {
    match bytes {
        [0xff, 0xff, 0xff, 0xff, .., a, b, c, d] => Ipv4Addr::new(*a, *b, *c, *d).into(),
        _ => Ipv6Addr::from(*bytes).into(),
    }
}

/// The same question answered from the standard library and the bits, by another hand.
fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_open_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_open_v4(mapped),
            None => is_open_v6(address),
        },
    }
}

fn is_open_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 240.., _, _) | (192, 0, 0) | (192, 88, 99) | (100, 64..128, _) | (198, 18 | 19, _)
    );
    !(is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_open_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Teredo, benchmarking, ORCHID and what else belongs to protocols; documentation; 6to4; documentation again.
        [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..0x1000, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}
