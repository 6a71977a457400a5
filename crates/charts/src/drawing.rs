//! What a chart consists of once it is laid out: a list of marks in drawing order, coloured by meaning.

use crate::Role;

/// A position in pixels, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl Point {
    /// The point at these coordinates.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// A colour by meaning, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// What the colour stands for.
    pub role: Role,
    /// 0 to 1.
    pub opacity: f64,
}

impl Paint {
    /// The full colour.
    pub fn solid(role: Role) -> Self {
        Self { role, opacity: 1.0 }
    }

    /// The colour let through by that much.
    pub fn faint(role: Role, opacity: f64) -> Self {
        Self { role, opacity }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub role: Role,
    /// Its width in pixels.
    pub width: f64,
    /// Whether it is dashed.
    pub dashed: bool,
}

impl Stroke {
    /// An unbroken line.
    pub fn solid(role: Role, width: f64) -> Self {
        Self { role, width, dashed: false }
    }

    /// A dashed line.
    pub fn dashed(role: Role, width: f64) -> Self {
        Self { role, width, dashed: true }
    }
}

/// Which end of a text stands at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// How heavy a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 400.
    Regular,
    /// 500.
    Medium,
    /// 600.
    SemiBold,
}

impl Weight {
    /// The CSS number.
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Medium => 500,
            Self::SemiBold => 600,
        }
    }
}

/// A rectangle with rounded corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Extent to the right.
    pub width: f64,
    /// Extent downwards.
    pub height: f64,
    /// Radius of the corners; 0 for square ones.
    pub radius: f64,
    /// Its filling.
    pub fill: Paint,
}

/// A line of text on its baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where the anchor lies on the baseline.
    pub at: Point,
    /// The words, unescaped.
    pub content: String,
    /// Height of the type in pixels.
    pub size: f64,
    /// How heavy it is.
    pub weight: Weight,
    /// Which end stands at `at`.
    pub anchor: Anchor,
    /// Its colour.
    pub role: Role,
}

impl Label {
    /// A regular label in the colour of axes, beginning at `at`.
    pub fn new(content: impl Into<String>, at: Point, size: f64) -> Self {
        let content = content.into();
        Self { at, content, size, weight: Weight::Regular, anchor: Anchor::Start, role: Role::Ink3 }
    }

    /// The same label anchored elsewhere.
    pub fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same label in another colour.
    pub fn coloured(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// The same label in another weight.
    pub fn weighted(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }
}

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// Where it goes through, at least two.
        points: Vec<Point>,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A filled shape.
    Area {
        /// Its corners, at least three.
        points: Vec<Point>,
        /// Its filling.
        fill: Paint,
    },
    /// A rectangle.
    Rectangle(Rectangle),
    /// A filled circle.
    Circle {
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f64,
        /// Its colour.
        fill: Role,
        /// A ring that sets it off from what lies below.
        outline: Option<Stroke>,
    },
    /// A text.
    Text(Label),
}

/// A chart laid out for a width and a height.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
    /// What the chart is called.
    pub title: String,
    /// The sentence that stands for the chart where it cannot be seen.
    pub alternative: String,
    /// What is drawn, the lowest first.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// Draws a straight line.
    pub(crate) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.marks.push(Mark::Line { points: vec![from, to], stroke });
    }

    /// Draws a rectangle.
    pub(crate) fn rectangle(&mut self, rectangle: Rectangle) {
        self.marks.push(Mark::Rectangle(rectangle));
    }

    /// Draws a text.
    pub(crate) fn text(&mut self, label: Label) {
        self.marks.push(Mark::Text(label));
    }

    /// The same drawing moved inside a larger one.
    pub(crate) fn moved_marks(self, right: f64, down: f64) -> impl Iterator<Item = Mark> {
        let shift = move |point: Point| Point::new(point.x + right, point.y + down);
        self.marks.into_iter().map(move |mark| match mark {
            Mark::Line { points, stroke } => {
                Mark::Line { points: points.into_iter().map(shift).collect(), stroke }
            }
            Mark::Area { points, fill } => {
                Mark::Area { points: points.into_iter().map(shift).collect(), fill }
            }
            Mark::Rectangle(rectangle) => {
                Mark::Rectangle(Rectangle { x: rectangle.x + right, y: rectangle.y + down, ..rectangle })
            }
            Mark::Circle { centre, radius, fill, outline } => {
                Mark::Circle { centre: shift(centre), radius, fill, outline }
            }
            Mark::Text(label) => Mark::Text(Label { at: shift(label.at), ..label }),
        })
    }
}
