//! Lines on their way to the log files. Whoever logs never waits for a disk: what finds no place in the queue, and what the disk does not
//! take, is lost and counted in `log_dropped_total`.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    time::{Duration, Instant},
};

use tracing::Subscriber;
use tracing_subscriber::{Layer, fmt, registry::LookupSpan};

use super::file::LogFile;

/// So many lines may wait.
const PLACES: usize = 8_192;
/// So many lines are written at once.
const MOST_AT_ONCE: usize = 512;
/// The end of the program waits no longer for its last lines.
const END_WITHIN: Duration = Duration::from_secs(2);

/// Which file a line is for.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// Everything.
    All,
    /// What concerns security.
    Security,
}

/// The way to the thread that writes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue(SyncSender<Order>);

enum Order {
    Write(Stream, Vec<u8>),
    End(SyncSender<()>),
}

impl Queue {
    /// Starts the thread that writes to the files of the two streams.
    pub(super) fn start(files: [LogFile; 2]) -> io::Result<(Self, Ending)> {
        let (sender, orders) = sync_channel(PLACES);
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write(&orders, files))?;
        Ok((Self(sender.clone()), Ending(sender)))
    }

    /// Writes events as JSON lines of a stream.
    pub(super) fn layer<S>(&self, stream: Stream) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let queue = self.clone();
        fmt::layer().json().flatten_event(true).with_writer(move || queue.writer(stream))
    }

    fn writer(&self, stream: Stream) -> Writer {
        Writer { queue: self.0.clone(), stream }
    }
}

/// Has the last lines written when it goes.
#[must_use = "lines that are still to be written go with it"]
pub(crate) struct Ending(SyncSender<Order>);

impl Drop for Ending {
    fn drop(&mut self) {
        let (told, done) = sync_channel(1);
        let (mut order, begun) = (Order::End(told), Instant::now());
        while begun.elapsed() < END_WITHIN {
            match self.0.try_send(order) {
                Err(TrySendError::Full(back)) => order = back,
                Err(TrySendError::Disconnected(_)) => return,
                Ok(()) => {
                    let _ended_or_given_up = done.recv_timeout(END_WITHIN);
                    return;
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Takes one line at a time; each call of `write` brings a whole one.
struct Writer {
    queue: SyncSender<Order>,
    stream: Stream,
}

impl io::Write for Writer {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Order::Write(self.stream, line.to_vec())).is_err() {
            count_lost(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(orders: &Receiver<Order>, mut files: [LogFile; 2]) {
    while let Ok(first) = orders.recv() {
        let (mut all, mut security, mut end) = (Batch::default(), Batch::default(), None);
        for order in std::iter::once(first).chain(orders.try_iter().take(MOST_AT_ONCE)) {
            match order {
                Order::Write(Stream::All, line) => all.add(&line),
                Order::Write(Stream::Security, line) => security.add(&line),
                Order::End(told) => end = Some(told),
            }
        }
        for (file, batch) in files.iter_mut().zip([all, security]) {
            if batch.lines > 0 && file.write(&batch.bytes).is_err() {
                count_lost(batch.lines);
            }
        }
        if let Some(told) = end {
            let _nobody_waits_any_more = told.send(());
            return;
        }
    }
}

#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    lines: u64,
}

impl Batch {
    fn add(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.lines += 1;
    }
}

/// Counts lines that nobody will read. Nothing is logged about it, since that might be lost too.
fn count_lost(lines: u64) {
    metrics_facade::counter!("log_dropped_total").increment(lines);
}

/// Has the count of lost lines shown from the start, so that a rule can watch it.
pub(crate) fn show_count() {
    count_lost(0);
}

#[cfg(test)]
mod tests {
    use std::{io::Write, path::Path};

    use kernel::Ambient;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use platform::SECURITY;
    use tracing_subscriber::{filter::filter_fn, prelude::*};

    use super::*;

    fn files(folder: &Path) -> [LogFile; 2] {
        ["quartile", "security"]
            .map(|name| LogFile::open(folder, name, &Ambient::system(), 1_000_000).unwrap())
    }

    #[test]
    fn what_concerns_security_stands_in_both_files_with_its_request() {
        let folder = tempfile::tempdir().unwrap();
        let (queue, ending) = Queue::start(files(folder.path())).unwrap();
        let security = filter_fn(super::super::concerns_security);
        let subscriber = tracing_subscriber::registry()
            .with(queue.layer(Stream::All))
            .with(queue.layer(Stream::Security).with_filter(security));
        tracing::subscriber::with_default(subscriber, || {
            let _request = tracing::info_span!("request", request_id = "abc").entered();
            tracing::info!("plain\nnews\u{1b}[31m");
            tracing::warn!(target: SECURITY, action = "sign_in.failed", "noted");
        });
        drop(ending);
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let (all, security) = (read("quartile.log"), read("security.log"));
        assert_eq!((all.lines().count(), security.lines().count()), (2, 1), "{all}");
        assert!(all.contains("sign_in.failed") && !all.contains('\u{1b}'), "{all}");
        let line: serde_json::Value = serde_json::from_str(&security).unwrap();
        assert_eq!((&line["action"], &line["span"]["request_id"]), (&"sign_in.failed".into(), &"abc".into()));
    }

    #[test]
    fn whoever_logs_never_waits_and_what_is_lost_is_counted() {
        let recorder = PrometheusBuilder::new().build_recorder();
        // Nobody takes anything out of this queue.
        let (sender, _orders) = sync_channel(2);
        metrics_facade::with_local_recorder(&recorder, || {
            let mut writer = Queue(sender).writer(Stream::All);
            for _ in 0..5 {
                writer.write_all(b"line\n").unwrap();
            }
        });
        let shown = recorder.handle().render();
        assert!(shown.contains("log_dropped_total 3"), "{shown}");
    }

    #[test]
    fn what_the_disk_does_not_take_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join("quartile.log")).unwrap();
        let recorder = PrometheusBuilder::new().build_recorder();
        let (sender, orders) = sync_channel(8);
        for _ in 0..4 {
            sender.send(Order::Write(Stream::All, b"line\n".to_vec())).unwrap();
        }
        sender.send(Order::Write(Stream::Security, b"line\n".to_vec())).unwrap();
        drop(sender);
        metrics_facade::with_local_recorder(&recorder, || write(&orders, files(folder.path())));
        let shown = recorder.handle().render();
        assert!(shown.contains("log_dropped_total 4"), "{shown}");
        assert_eq!(std::fs::read_to_string(folder.path().join("security.log")).unwrap(), "line\n");
    }
}
