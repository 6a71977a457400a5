//! Faults of ours, wherever they happen: counted, and logged by their place in the program. What they say may hold what people typed, so that
//! is left out.

use std::panic::PanicHookInfo;

/// Notes every fault of this process from now on.
pub(crate) fn watch() {
    // Shown from the start, so that a rule can watch it.
    metrics_facade::counter!("panics_total").increment(0);
    std::panic::set_hook(Box::new(note));
}

fn note(panic: &PanicHookInfo<'_>) {
    metrics_facade::counter!("panics_total").increment(1);
    let place = panic.location().map(ToString::to_string);
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name(), "A fault of ours");
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_fault_is_counted_and_its_place_logged_and_nothing_that_people_typed() {
        let (recorder, lines) = (PrometheusBuilder::new().build_recorder(), Lines::default());
        let written = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || written.clone()).finish();
        let usual = std::panic::take_hook();
        watch();
        let fault = metrics_facade::with_local_recorder(&recorder, || {
            tracing::subscriber::with_default(subscriber, || {
                std::panic::catch_unwind(|| panic!("no such person: ada@acme.example"))
            })
        });
        std::panic::set_hook(usual);
        assert!(fault.is_err() && recorder.handle().render().contains("panics_total 1"));
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains(&format!("{}:", file!())) && !log.contains("ada"), "{log}");
    }
}
