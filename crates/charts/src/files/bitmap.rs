//! PNG images through plotters: painted larger than wanted and averaged, since plotters smooths no edges of areas.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use plotters::prelude::{BitMapBackend, Color, DrawingBackend, IntoDrawingArea};

use crate::{Anchor, Drawing, Label, Paint, Weight, fonts};

use super::marks::{Canvas, colour};
use super::{ChartFileError, FileSize};

const CHANNELS: usize = 3;

/// The drawing as an encoded PNG.
pub(super) fn image(drawing: &Drawing, size: FileSize, scale: u32) -> Result<Vec<u8>, ChartFileError> {
    let smoothing = if scale == 1 { 4 } else { 2 };
    let zoom = scale * smoothing;
    let (width, height) = (size.width * zoom, size.height * zoom);
    let mut pixels = vec![255_u8; length(width, height)?];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        Canvas { area: &area, zoom: f64::from(zoom) }.paint(drawing, write)?;
        area.present().map_err(ChartFileError::new)?;
    }
    let averaged = averaged(&pixels, width, smoothing)?;
    encoded(&averaged, size.width * scale, size.height * scale)
}

/// Draws the text glyph by glyph: plotters itself leaves out the bearings, which spoils small type.
fn write<B: DrawingBackend>(canvas: &Canvas<'_, B>, label: &Label) -> Result<(), ChartFileError> {
    let bytes = match label.weight {
        Weight::Regular => fonts::REGULAR,
        Weight::Medium => fonts::MEDIUM,
        Weight::SemiBold => fonts::SEMI_BOLD,
    };
    let font = FontRef::try_from_slice(bytes).map_err(ChartFileError::new)?;
    let scale = px_scale(&font, label.size * canvas.zoom);
    let scaled = font.as_scaled(scale);
    let width: f32 = label.content.chars().map(|character| scaled.h_advance(font.glyph_id(character))).sum();
    let (x, baseline) = canvas.pixel(label.at);
    let before = match label.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => width / 2.0,
        Anchor::End => width,
    };
    let mut pen = single(x) - before;
    let ink = colour(Paint::solid(label.role));
    for character in label.content.chars() {
        let id = font.glyph_id(character);
        let glyph = id.with_scale_and_position(scale, point(pen, single(baseline)));
        pen += scaled.h_advance(id);
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let bounds = outline.px_bounds();
        let (left, top) = (pixel(bounds.min.x), pixel(bounds.min.y));
        let mut covered = Vec::new();
        outline.draw(|dx, dy, coverage| covered.push((dx, dy, coverage)));
        for (dx, dy, coverage) in covered {
            let at = (left + dx.cast_signed(), top + dy.cast_signed());
            canvas.area.draw_pixel(at, &ink.mix(f64::from(coverage))).map_err(ChartFileError::new)?;
        }
    }
    Ok(())
}

fn px_scale(font: &FontRef<'_>, size: f64) -> PxScale {
    // ab_glyph measures from the ascender to the descender, not the em.
    let height = f64::from(font.height_unscaled()) / f64::from(font.units_per_em().unwrap_or(1000.0));
    PxScale::from(narrowed(size * height))
}

/// Each square of `factor` by `factor` pixels as one pixel of their mean colour.
fn averaged(pixels: &[u8], width: u32, factor: u32) -> Result<Vec<u8>, ChartFileError> {
    let row_bytes = length(width, 1)?;
    let factor_bytes = length(factor, 1)?;
    let rows_per_band = factor_bytes / CHANNELS;
    let count = factor * factor;
    let mut out = Vec::with_capacity(pixels.len() / (rows_per_band * rows_per_band));
    for band in pixels.chunks_exact(row_bytes * rows_per_band) {
        let mut sums = vec![0_u32; row_bytes / rows_per_band];
        for row in band.chunks_exact(row_bytes) {
            for (square, sum) in row.chunks_exact(factor_bytes).zip(sums.chunks_exact_mut(CHANNELS)) {
                for pixel in square.chunks_exact(CHANNELS) {
                    for (total, value) in sum.iter_mut().zip(pixel) {
                        *total += u32::from(*value);
                    }
                }
            }
        }
        out.extend(sums.into_iter().map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)));
    }
    Ok(out)
}

fn encoded(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, ChartFileError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(ChartFileError::new)?;
    writer.write_image_data(pixels).map_err(ChartFileError::new)?;
    writer.finish().map_err(ChartFileError::new)?;
    Ok(out)
}

fn length(width: u32, height: u32) -> Result<usize, ChartFileError> {
    let pixels = u64::from(width) * u64::from(height);
    // A hundred million pixels is far beyond any chart and short of harming the server.
    let count = usize::try_from(pixels).ok().filter(|count| *count <= 100_000_000);
    count.map(|count| count * CHANNELS).ok_or_else(|| ChartFileError::new("the image is too large"))
}

#[expect(clippy::cast_possible_truncation, reason = "pixel positions lie far inside the exact range")]
fn pixel(value: f32) -> i32 {
    value as i32
}

#[expect(clippy::cast_precision_loss, reason = "pixel positions lie far inside the exact range")]
fn single(value: i32) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of type need no more digits")]
fn narrowed(value: f64) -> f32 {
    value as f32
}
