//! Marks painted on a plotters drawing area, enlarged, since plotters knows whole pixels only.

use std::f64::consts::FRAC_PI_2;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Circle, Color, DrawingArea, DrawingBackend, PathElement, Polygon, RGBAColor, RGBColor, ShapeStyle,
};

use crate::{Drawing, Label, Mark, Paint, Palette, Point, Rectangle, Role, Stroke};

use super::ChartFileError;

/// A place to paint on, and how many of its pixels make one of the drawing's.
pub(super) struct Canvas<'a, B: DrawingBackend> {
    pub(super) area: &'a DrawingArea<B, Shift>,
    pub(super) zoom: f64,
}

impl<B: DrawingBackend> Canvas<'_, B> {
    /// Paints everything; texts through `write`, since each kind of file has its own way with type.
    pub(super) fn paint(
        &self,
        drawing: &Drawing,
        write: impl Fn(&Self, &Label) -> Result<(), ChartFileError>,
    ) -> Result<(), ChartFileError> {
        for mark in &drawing.marks {
            match mark {
                Mark::Line { points, stroke } => self.line(points, *stroke)?,
                Mark::Area { points, fill } => self.area(points, *fill)?,
                Mark::Rectangle(rectangle) => self.area(&corners(rectangle), rectangle.fill)?,
                Mark::Circle { centre, radius, fill, outline } => {
                    self.circle(*centre, *radius, *fill, *outline)?;
                }
                Mark::Text(label) => write(self, label)?,
            }
        }
        Ok(())
    }

    /// The nearest pixel of the canvas.
    pub(super) fn pixel(&self, point: Point) -> (i32, i32) {
        (whole(point.x * self.zoom), whole(point.y * self.zoom))
    }

    fn line(&self, points: &[Point], stroke: Stroke) -> Result<(), ChartFileError> {
        let style = self.stroke_style(stroke);
        let pixels: Vec<(i32, i32)> = points.iter().map(|point| self.pixel(*point)).collect();
        if stroke.dashed {
            let dash = whole(4.0 * self.zoom);
            let element = DashedPathElement::new(pixels, dash, dash, style);
            return self.area.draw(&element).map_err(ChartFileError::new);
        }
        self.area.draw(&PathElement::new(pixels, style)).map_err(ChartFileError::new)
    }

    fn area(&self, points: &[Point], fill: Paint) -> Result<(), ChartFileError> {
        let pixels: Vec<(i32, i32)> = points.iter().map(|point| self.pixel(*point)).collect();
        self.area.draw(&Polygon::new(pixels, colour(fill))).map_err(ChartFileError::new)
    }

    fn circle(
        &self,
        centre: Point,
        radius: f64,
        fill: Role,
        outline: Option<Stroke>,
    ) -> Result<(), ChartFileError> {
        let disc = |radius: f64, role: Role| {
            let style = ShapeStyle { color: colour(Paint::solid(role)), filled: true, stroke_width: 0 };
            let shape = Circle::new(self.pixel(centre), whole(radius * self.zoom), style);
            self.area.draw(&shape).map_err(ChartFileError::new)
        };
        let Some(ring) = outline else {
            return disc(radius, fill);
        };
        // A ring lies half outside and half inside the edge, as in SVG.
        disc(radius + ring.width / 2.0, ring.role)?;
        disc(radius - ring.width / 2.0, fill)
    }

    fn stroke_style(&self, stroke: Stroke) -> ShapeStyle {
        let width = whole(stroke.width * self.zoom).max(1).cast_unsigned();
        ShapeStyle { color: colour(Paint::solid(stroke.role)), filled: false, stroke_width: width }
    }
}

/// The colour on paper.
pub(super) fn colour(paint: Paint) -> RGBAColor {
    let digits = Palette::Light.hex(paint.role).trim_start_matches('#');
    let number = u32::from_str_radix(digits, 16).unwrap_or_default();
    let [_, red, green, blue] = number.to_be_bytes();
    RGBColor(red, green, blue).mix(paint.opacity)
}

/// The outline of a rectangle with its rounded corners, clockwise from the upper left.
fn corners(rectangle: &Rectangle) -> Vec<Point> {
    const STEPS: u32 = 8;
    let Rectangle { x, y, width, height, .. } = *rectangle;
    let radius = rectangle.radius.min(width / 2.0).min(height / 2.0).max(0.0);
    let centres = [
        Point::new(x + radius, y + radius),
        Point::new(x + width - radius, y + radius),
        Point::new(x + width - radius, y + height - radius),
        Point::new(x + radius, y + height - radius),
    ];
    let steps = if radius > 0.0 { STEPS } else { 0 };
    centres
        .into_iter()
        .zip([2.0, 3.0, 0.0, 1.0])
        .flat_map(|(centre, quarter)| {
            (0..=steps).map(move |step| {
                let angle = (quarter + f64::from(step) / f64::from(STEPS)) * FRAC_PI_2;
                Point::new(centre.x + radius * angle.cos(), centre.y + radius * angle.sin())
            })
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what an i32 holds before the cast")]
fn whole(value: f64) -> i32 {
    value.round().clamp(-1e9, 1e9) as i32
}
