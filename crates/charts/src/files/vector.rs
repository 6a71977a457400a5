//! SVG documents through plotters.

use plotters::prelude::{DrawingBackend, IntoDrawingArea, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};

use crate::svg::{coordinate, escaped};
use crate::{Anchor, Drawing, Label, Paint, Point, Weight};

use super::ChartFileError;
use super::marks::{Canvas, colour};

/// plotters writes whole numbers only: tenths of a pixel are fine enough.
const ZOOM: f64 = 10.0;
const TYPEFACE: &str = "Inter, system-ui, sans-serif";
/// plotters divides sizes of type by this before it writes them.
const TYPE_FACTOR: f64 = 1.24;
/// What plotters puts between the upper edge of a text and its baseline.
const BASELINE: f64 = 0.76;

/// The drawing as an SVG document.
pub(super) fn document(drawing: &Drawing) -> Result<String, ChartFileError> {
    let mut text = String::new();
    {
        let size = Point::new(drawing.width, drawing.height);
        let backend = SVGBackend::with_string(&mut text, enlarged(size));
        let area = backend.into_drawing_area();
        let canvas = Canvas { area: &area, zoom: ZOOM };
        canvas.paint(drawing, write)?;
        area.present().map_err(ChartFileError::new)?;
    }
    // The opening tag is ours: the true size, and the words for screen readers.
    let (_, marks) = text.split_once(">\n").ok_or_else(|| ChartFileError::new("no opening tag"))?;
    Ok(format!("{}{marks}", opening(drawing)))
}

fn opening(drawing: &Drawing) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\">\
         <title>{}</title><desc>{}</desc>\n",
        coordinate(drawing.width),
        coordinate(drawing.height),
        coordinate(drawing.width * ZOOM),
        coordinate(drawing.height * ZOOM),
        escaped(&drawing.title),
        escaped(&drawing.alternative)
    )
}

fn write<B: DrawingBackend>(canvas: &Canvas<'_, B>, label: &Label) -> Result<(), ChartFileError> {
    let style = match label.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Medium | Weight::SemiBold => FontStyle::Bold,
    };
    let font = FontDesc::new(FontFamily::Name(TYPEFACE), label.size * canvas.zoom * TYPE_FACTOR, style);
    let horizontal = match label.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let ink = colour(Paint::solid(label.role));
    let style = TextStyle::from(font).color(&ink).pos(Pos::new(horizontal, VPos::Top));
    let at = canvas.pixel(Point::new(label.at.x, label.at.y - BASELINE * label.size));
    canvas.area.draw(&Text::new(label.content.clone(), at, style)).map_err(ChartFileError::new)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 1..=1e6 before the cast"
)]
fn enlarged(size: Point) -> (u32, u32) {
    let whole = |length: f64| (length * ZOOM).round().clamp(1.0, 1e6) as u32;
    (whole(size.x), whole(size.y))
}
