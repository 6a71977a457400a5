//! The program: `quartile serve | migrate | demo | config`.

use std::process::ExitCode;

/// Allocating is a fifth of the work of a small answer, and the system's own allocator takes longer over it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the shell is told when a command cannot be carried out, most often for a setting (sysexits' EX_CONFIG).
const BAD_CONFIGURATION: u8 = 78;

#[expect(clippy::print_stderr, reason = "whoever typed the command reads the answer here")]
fn main() -> ExitCode {
    match server::commands::run(std::env::args().skip(1), std::env::vars()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quartile: {error}");
            ExitCode::from(BAD_CONFIGURATION)
        }
    }
}
