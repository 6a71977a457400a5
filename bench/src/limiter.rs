//! What counting every visitor costs.

use std::time::{Duration, Instant};

use platform::{Class, Limits, Networks};

use crate::{
    Failure,
    load::{Asked, BareServer, load},
    outcome::Outcome,
    visitor::PLAIN,
};

const CLIENTS: usize = 64;
const VISITORS: usize = 10_000;
const COUNTED: usize = 1_000_000;

/// Counts a million requests of ten thousand visitors, and compares that with what a request to a bare handler takes.
pub(crate) async fn measure() -> Result<Outcome, Failure> {
    let pace = "1000000/s".parse()?;
    let limits = Limits::new(|_| pace, Networks::default());
    let visitors: Vec<String> =
        (0..VISITORS).map(|number| format!("192.0.{}.{}", number / 256, number % 256)).collect();
    let started = Instant::now();
    let mut held_back = 0;
    for visitor in visitors.iter().cycle().take(COUNTED) {
        held_back += usize::from(limits.admit(Class::Address, visitor).await.is_err());
    }
    let count = started.elapsed() / u32::try_from(COUNTED)?;
    if held_back > 0 {
        return Err(format!("{held_back} were held back").into());
    }
    let bare = BareServer::start(b"{}")?;
    let asked =
        Asked { port: bare.port, path: "/", encodings: PLAIN, cookie: None, token: None, clients: CLIENTS };
    let request = Duration::from_secs_f64(1.0 / load(&asked).await?.rate);
    let share = count.as_secs_f64() / request.as_secs_f64() * 100.0;
    Ok(Outcome {
        title: "Limits",
        setting: format!(
            "{COUNTED} requests of {VISITORS} visitors counted on one core, beside the time between two answers of a bare axum handler under \
             {CLIENTS} clients on all cores."
        ),
        columns: &["what", "measured", "budget"],
        rows: vec![
            vec!["counting one request".into(), format!("{} ns", count.as_nanos()), "–".into()],
            vec![
                "one request to a bare handler".into(),
                format!("{:.1} µs", request.as_secs_f64() * 1e6),
                "–".into(),
            ],
            vec!["counting, as a part of it".into(), format!("{share:.1} %"), "≤ 5 %".into()],
        ],
    })
}
