//! Who asks is found from the right: nobody can write themselves another address.

use std::net::IpAddr;

use platform::{Networks, client_address, visitor_name};

const PEERS: [&str; 5] = ["10.0.0.1", "192.0.2.1", "::ffff:10.0.0.1", "2001:db8::7", "2001:db8::8"];

/// The first line chooses the peer and may name the trusted proxies; each further line is one header.
pub(crate) fn property(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let (choice, proxies) = lines.next().and_then(<[u8]>::split_first).unwrap_or((&0, &[]));
    let peer: IpAddr = PEERS.get(usize::from(choice % 5)).unwrap().parse().unwrap();
    let trusted = trusted(&String::from_utf8_lossy(proxies));
    let headers: Vec<&[u8]> = lines.collect();
    let client = |headers: &[&[u8]]| client_address(peer, headers.iter().copied(), &trusted);

    let found = client(&headers);
    assert_eq!(found, found.to_canonical());
    if !trusted.contain(peer) {
        assert_eq!(found, peer.to_canonical(), "a stranger speaks for itself");
    }
    // One header or several, a proxy may join them.
    let joined = headers.join(&b","[..]);
    assert!(headers.is_empty() || client(&[&joined]) == found, "joined headers name another");
    // What stands left of the client was written by the client or by nobody.
    if let Some((_, right)) = headers.split_first()
        && !trusted.contain(client(right))
    {
        assert_eq!(found, client(right), "a header on the left changes who asks");
    }
    let is_mentioned = joined.split(|byte| *byte == b',').any(|hop| address(hop) == Some(found));
    assert!(is_mentioned || found == peer.to_canonical(), "{found} was made up");

    let visitor: IpAddr = visitor_name(Some(found)).parse().unwrap();
    match (visitor, found) {
        (IpAddr::V4(visitor), IpAddr::V4(found)) => assert_eq!(visitor, found),
        (IpAddr::V6(visitor), IpAddr::V6(found)) => {
            assert_eq!(visitor.segments().split_at(4).0, found.segments().split_at(4).0);
            assert_eq!(visitor.segments().split_at(4).1, [0; 4]);
        }
        _ => panic!("{found} is counted as {visitor}"),
    }
}

/// The networks of a text, in which every address that stands there alone is; or those of the other tests.
fn trusted(text: &str) -> Networks {
    let Some(networks) = text.parse::<Networks>().ok().filter(|networks| !networks.is_empty()) else {
        return "10.0.0.0/8, 2001:db8::7".parse().unwrap();
    };
    for address in text.split([',', ' ']).filter_map(|part| part.trim().parse().ok()) {
        assert!(networks.contain(address), "{address} is named and not trusted");
    }
    networks
}

fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = String::from_utf8_lossy(hop).trim().to_owned();
    let without_port = || text.rsplit_once(':').map(|(host, _)| host.trim_matches(['[', ']']).parse().ok());
    text.parse().ok().or_else(|| without_port().flatten()).map(|address: IpAddr| address.to_canonical())
}
