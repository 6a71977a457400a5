//! How much memory it costs to count who asks how often. A test of its own, so that nobody else uses memory meanwhile.

use std::net::Ipv4Addr;

use platform::{Class, Limits, Networks, limits::Pace};

const VISITORS: u32 = 1_000_000;
const MOST_BYTES: usize = 64 << 20;

/// What the process holds in memory; nothing where the system does not tell.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

async fn all_ask(pace: Pace) -> Limits {
    let limits = Limits::new(|_| pace, Networks::default());
    for number in 0..VISITORS {
        let who = Ipv4Addr::from(0x0a00_0000 + number).to_string();
        assert_eq!(limits.admit(Class::Anonymous, &who).await, Ok(()));
    }
    limits
}

#[tokio::test]
async fn a_million_visitors_who_all_count_take_at_most_64_megabytes() {
    let Some(before) = resident() else { return };
    let limits = all_ask("1/h".parse().unwrap()).await;
    let grown = resident().unwrap_or(0).saturating_sub(before);
    assert_eq!(limits.counted(), VISITORS as usize);
    assert!(grown > 8 << 20 && grown <= MOST_BYTES, "{grown} bytes");
    drop(limits);
    // Whom one second makes new again is forgotten while others come.
    let limits = all_ask("1000/s".parse().unwrap()).await;
    assert!(limits.counted() < VISITORS as usize / 10, "{} are counted", limits.counted());
}
