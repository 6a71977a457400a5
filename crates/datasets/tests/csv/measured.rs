//! How fast files are read; run with `--release -- --ignored --nocapture`.

use std::{fmt::Write, io::Read};

use datasets::{Overrides, engine::*};

/// A million rows of ten columns, as a small company has them.
fn million_rows() -> String {
    let mut text = String::from("id,month,customer,plan,country,seats,mrr,discount,active,signed_up\n");
    for row in 0_u64..1_000_000 {
        let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let (month, day) = (mixed % 12 + 1, mixed % 28 + 1);
        let plan = ["free", "starter", "growth", "enterprise"][usize::try_from(mixed % 4).unwrap()];
        let country = ["DE", "US", "France", "United Kingdom", "NL"][usize::try_from(mixed % 5).unwrap()];
        let yes = if mixed % 3 == 0 { "true" } else { "false" };
        writeln!(
            text,
            "{row},2024-{month:02},Customer {mixed},{plan},{country},{},{}.{:02},{}%,{yes},2023-{month:02}-{day:02}",
            mixed % 500, mixed % 100_000, mixed % 100, mixed % 30
        )
        .unwrap();
    }
    text
}

/// Time on processors, which other programs on the machine do not lengthen; all threads together.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: f64 = stat.split(' ').skip(13).take(2).map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

#[test]
#[ignore = "measures, asserts nothing about time"]
fn profiling_and_reading_a_million_rows() {
    let text = million_rows();
    let megabytes = f64::from(u32::try_from(text.len()).unwrap()) / 1e6;
    for threads in [1, 2] {
        let limits = Limits { threads, ..Limits::default() };
        for _ in 0..3 {
            let start = cpu_seconds();
            let profile =
                profile(text.as_bytes(), text.len() as u64, &limits, &Overrides::default()).unwrap();
            let profiled = cpu_seconds() - start;
            assert_eq!((profile.rows, profile.problem_count), (1_000_000, 0));
            let start = cpu_seconds();
            let mut rows = records(text.as_bytes(), &profile.format, &limits).unwrap();
            let mut cells = 0_u64;
            while let Some(row) = rows.next_row().unwrap() {
                let Row::Record(record) = row else { panic!("every row is fine") };
                for (cell, column) in record.cells().zip(&profile.format.columns) {
                    cells += u64::from(parse_cell(cell, column.kind).unwrap().is_some());
                }
            }
            let parsed = cpu_seconds() - start;
            println!(
                "{megabytes:.0} MB, {threads} threads, processor time: profile {profiled:.2} s ({:.0} MB/s), records and cells {parsed:.2} s ({:.0} MB/s), {cells} cells",
                megabytes / profiled,
                megabytes / parsed
            );
        }
    }
}

/// The same row again and again.
struct Repeated {
    row: Vec<u8>,
    left: usize,
    at: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let rest = &self.row[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        if self.at == self.row.len() {
            (self.at, self.left) = (0, self.left - 1);
        }
        Ok(length)
    }
}

fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
#[ignore = "reads gigabytes"]
fn memory_stays_flat_however_long_and_wide_a_file_is() {
    for columns in [10_usize, 1_000] {
        let header = (0..columns).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",") + "\n";
        let row = header.replace('c', "x");
        let left = 400_000_000 / row.len();
        let source = header.as_bytes().chain(Repeated { row: row.into_bytes(), left, at: 0 });
        let before = peak_memory_mib();
        let profile =
            profile(source, 0, &Limits { threads: 2, ..Limits::default() }, &Overrides::default()).unwrap();
        let grown = peak_memory_mib() - before;
        println!("{columns} columns, {} rows: {grown} MiB more", profile.rows);
        assert!(grown <= 64, "{grown} MiB");
    }
}
