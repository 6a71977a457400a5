//! How soon the program answers and how much memory it takes when nobody asks.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, Spread, megabytes},
    program::Program,
    visitor::PLAIN,
};

const STARTS: usize = 5;

/// Starts on an empty folder (every table is made) and measures until the program says it is ready.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let mut seconds = Vec::new();
    let mut idle = 0;
    for _ in 0..STARTS {
        let program = Program::start(options).await?;
        seconds.push(program.ready_after.as_secs_f64());
        sleep(Duration::from_secs(2)).await;
        idle = idle.max(program.memory()?.0);
    }
    let program = Program::start_with_demo(options).await?;
    let mut visitor = program.visitor().await?;
    for page in ["dashboard", "standing", "figures", "reports", "data"] {
        visitor.get(&format!("/w/demo-northlight/{page}"), PLAIN).await?;
    }
    let (now, _) = program.memory()?;
    Ok(Outcome {
        title: "Start and memory",
        setting: format!(
            "{STARTS} starts on an empty folder, which includes making every table; resident memory two seconds later."
        ),
        columns: &["what", "measured", "budget"],
        rows: vec![
            vec!["start to ready".into(), Spread::of(seconds).seconds(), "≤ 2 s".into()],
            vec!["idle memory, largest of the starts".into(), megabytes(idle), "≤ 120 MB".into()],
            vec!["memory after five pages of the demo".into(), megabytes(now), "–".into()],
        ],
    })
}
