//! Charts as files: SVG and PNG, painted with plotters from the same drawing as the page shows.

mod bitmap;
mod marks;
mod vector;

use std::fmt;

use crate::{Chart, framed};

/// How large a chart file is, in pixels before it is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSize {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl FileSize {
    /// The size of a chart on a slide.
    pub const USUAL: Self = Self { width: 960, height: 480 };
}

/// A chart could not be painted; the text is for the log.
#[derive(Debug)]
pub struct ChartFileError(String);

impl ChartFileError {
    fn new(cause: impl fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

impl fmt::Display for ChartFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The chart could not be painted: {}", self.0)
    }
}

impl std::error::Error for ChartFileError {}

/// The chart with its title and its source as an SVG document on white.
pub fn to_svg_file(chart: &dyn Chart, size: FileSize, source: &str) -> Result<String, ChartFileError> {
    vector::document(&framed(chart, size.width.into(), size.height.into(), source))
}

/// The chart with its title and its source as a PNG on white, `scale` (1 to 3) pixels for each pixel of `size`.
pub fn to_png(
    chart: &dyn Chart,
    size: FileSize,
    source: &str,
    scale: u32,
) -> Result<Vec<u8>, ChartFileError> {
    let drawing = framed(chart, size.width.into(), size.height.into(), source);
    bitmap::image(&drawing, size, scale.clamp(1, 3))
}
