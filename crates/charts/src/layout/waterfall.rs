//! The waterfall: columns where there is room for their labels, rows where there is not.

use kernel::{delta, figure};

use crate::{Anchor, Drawing, Label, Paint, Point, Rectangle, Role, Stroke, WaterfallChart, Weight};

use super::{Scale, empty, mark_synthetic, text};

/// Pixels that a column with its labels wants.
const COLUMN_ROOM: f64 = 70.0;
const LABEL_SIZE: f64 = 11.0;

/// One bar of the chart: from one level to another.
struct Step {
    label: String,
    words: String,
    from: f64,
    to: f64,
    role: Role,
    is_total: bool,
}

/// Draws the bridge as columns, or as rows where columns would be too narrow.
pub(crate) fn waterfall(chart: &WaterfallChart, width: f64, height: f64) -> Drawing {
    let mut drawing = empty(chart, width, height);
    let floor = floor_of(chart);
    let steps = steps_of(chart, floor);
    let top = if chart.synthetic { 24.0 } else { 0.0 };
    let slots = steps.iter().fold(0.0, |count, _| count + 1.0);
    if width / slots >= COLUMN_ROOM {
        draw_columns(&mut drawing, &steps, (floor, top), width / slots);
    } else {
        draw_rows(&mut drawing, &steps, (floor, top), (height - top) / slots);
    }
    if chart.synthetic {
        mark_synthetic(&mut drawing);
    }
    drawing
}

/// Where the bars begin: 0, or higher if the movements would otherwise be too small to see.
pub(crate) fn floor_of(chart: &WaterfallChart) -> f64 {
    let levels = chart.levels();
    let low = levels.iter().copied().fold(f64::INFINITY, f64::min);
    let high = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let spread = high - low;
    let is_too_small_to_see = low > 0.0 && spread < high * 0.4;
    if is_too_small_to_see { (low - spread * 0.8).max(0.0) } else { low.min(0.0) }
}

fn steps_of(chart: &WaterfallChart, floor: f64) -> Vec<Step> {
    let base = floor.max(0.0);
    let total = |label: &str, value: f64| Step {
        label: label.to_owned(),
        words: figure(value, chart.unit, chart.currency).to_string(),
        from: base,
        to: value,
        role: Role::LineStrong,
        is_total: true,
    };
    let mut level = chart.start;
    let mut steps = vec![total("Start", chart.start)];
    for movement in &chart.movements {
        let from = level;
        level += movement.amount;
        steps.push(Step {
            label: movement.label.clone(),
            words: delta(movement.amount, chart.unit, chart.currency).to_string(),
            from,
            to: level,
            role: if movement.amount < 0.0 { Role::Series2 } else { Role::Series1 },
            is_total: false,
        });
    }
    steps.push(total("End", chart.end));
    steps
}

fn reach(steps: &[Step], floor: f64) -> (f64, f64) {
    let high = steps.iter().flat_map(|step| [step.from, step.to]).fold(floor, f64::max);
    (floor, if high > floor { high } else { floor + 1.0 })
}

fn draw_columns(drawing: &mut Drawing, steps: &[Step], (floor, top): (f64, f64), slot: f64) {
    let bottom = drawing.height - 28.0;
    let down = Scale::new(reach(steps, floor), (bottom, top + 18.0));
    let bar = (slot * 0.66).min(72.0);
    let mut centre = slot / 2.0;
    for (place, step) in steps.iter().enumerate() {
        let (upper, lower) = (down.at(step.from.max(step.to)), down.at(step.from.min(step.to)));
        let shape = Rectangle {
            x: centre - bar / 2.0,
            y: upper,
            width: bar,
            height: (lower - upper).max(1.5),
            radius: 2.0,
            fill: Paint::solid(step.role),
        };
        drawing.rectangle(shape);
        if step.is_total && floor > 0.0 {
            draw_break(drawing, Point::new(shape.x, bottom - 12.0), Point::new(shape.x + bar, bottom - 16.0));
        }
        if place + 1 < steps.len() {
            let (y, left) = (down.at(step.to), centre + bar / 2.0);
            let next = Point::new(left + slot - bar, y);
            drawing.line(Point::new(left, y), next, Stroke::solid(Role::LineStrong, 1.0));
        }
        draw_column_labels(drawing, step, (centre, upper), slot);
        centre += slot;
    }
}

fn draw_column_labels(drawing: &mut Drawing, step: &Step, (centre, upper): (f64, f64), slot: f64) {
    drawing.text(value_label(step, Point::new(centre, upper - 6.0)).anchored(Anchor::Middle));
    let name = text::fitted(&step.label, LABEL_SIZE, slot - 4.0);
    let at = Point::new(centre, drawing.height - 8.0);
    drawing.text(Label::new(name, at, LABEL_SIZE).anchored(Anchor::Middle));
}

fn draw_rows(drawing: &mut Drawing, steps: &[Step], (floor, top): (f64, f64), slot: f64) {
    let widest = |words: fn(&Step) -> &str| {
        steps.iter().map(|step| text::width(words(step), LABEL_SIZE)).fold(0.0, f64::max)
    };
    let left = widest(|step| &step.label).min(drawing.width * 0.35) + 8.0;
    let right = drawing.width - widest(|step| &step.words) - 10.0;
    let across = Scale::new(reach(steps, floor), (left, right.max(left + 1.0)));
    let thickness = (slot * 0.62).min(24.0);
    let mut middle = top + slot / 2.0;
    for step in steps {
        let (start, end) = (across.at(step.from.min(step.to)), across.at(step.from.max(step.to)));
        let y = middle - thickness / 2.0;
        let fill = Paint::solid(step.role);
        let length = (end - start).max(1.5);
        drawing.rectangle(Rectangle { x: start, y, width: length, height: thickness, radius: 2.0, fill });
        if step.is_total && floor > 0.0 {
            draw_break(drawing, Point::new(left + 12.0, y + thickness), Point::new(left + 16.0, y));
        }
        let name = text::fitted(&step.label, LABEL_SIZE, left - 8.0);
        drawing.text(Label::new(name, Point::new(0.0, middle + 4.0), LABEL_SIZE));
        drawing.text(value_label(step, Point::new(drawing.width, middle + 4.0)).anchored(Anchor::End));
        middle += slot;
    }
}

/// A slit across a bar that does not begin at 0.
fn draw_break(drawing: &mut Drawing, from: Point, to: Point) {
    drawing.line(from, to, Stroke::solid(Role::Surface, 3.0));
}

fn value_label(step: &Step, at: Point) -> Label {
    Label::new(step.words.clone(), at, 11.5).weighted(Weight::Medium).coloured(Role::Ink)
}
