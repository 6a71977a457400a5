//! How large the parts of a file may be.

/// Bounds that keep memory flat whatever a file holds. The size of the file is limited where it is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Columns of the header row.
    pub columns: usize,
    /// Bytes of one cell, as written.
    pub cell_bytes: usize,
    /// Bytes of one row, which is also how far a quote may stay open.
    pub record_bytes: usize,
    /// Problems listed one by one; the rest is counted.
    pub problems: usize,
    /// Different cells of a column counted exactly.
    pub distinct: usize,
    /// Bytes handed from the reader to a worker at a time.
    pub block_bytes: usize,
    /// Threads that look at cells; with one, everything happens on the calling thread.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            columns: 1_000,
            cell_bytes: 64 * 1024,
            record_bytes: 1024 * 1024,
            problems: 1_000,
            distinct: 1_000,
            block_bytes: 512 * 1024,
            threads: std::thread::available_parallelism().map_or(1, |count| count.get().min(4)),
        }
    }
}
