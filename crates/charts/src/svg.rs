//! Drawings as SVG text, without style attributes, so that a strict content security policy lets them through.

use std::fmt::Write;

use crate::{Anchor, Drawing, Label, Mark, Paint, Point, Rectangle, Stroke, Theme, Weight};

const TYPEFACE: &str = "Inter, system-ui, sans-serif";

impl Drawing {
    /// The drawing as an SVG element of its own size, readable by screen readers.
    pub fn to_svg(&self, theme: Theme) -> String {
        let mut out = opening(self, theme);
        for mark in &self.marks {
            push_mark(&mut out, mark, theme);
        }
        out.push_str("</svg>");
        out
    }
}

/// The text with everything replaced that means something in XML, and without what XML cannot hold.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => {}
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// A coordinate with at most two decimals and no needless zeros.
pub(crate) fn coordinate(value: f64) -> String {
    let text = format!("{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn opening(drawing: &Drawing, theme: Theme) -> String {
    let (width, height) = (coordinate(drawing.width), coordinate(drawing.height));
    let typeface = match theme {
        Theme::Page => String::new(),
        Theme::Print | Theme::Dark => format!(" font-family=\"{TYPEFACE}\""),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\"{typeface}><title>{}</title><desc>{}</desc>",
        escaped(&drawing.title),
        escaped(&drawing.alternative)
    )
}

fn push_mark(out: &mut String, mark: &Mark, theme: Theme) {
    let text = match mark {
        Mark::Line { points, stroke } => {
            format!("<path d=\"{}\" fill=\"none\"{}/>", path(points), stroked(*stroke, theme))
        }
        Mark::Area { points, fill } => format!("<path d=\"{}Z\"{}/>", path(points), filled(*fill, theme)),
        Mark::Rectangle(rectangle) => rectangle_element(rectangle, theme),
        Mark::Circle { centre, radius, fill, outline } => format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}/>",
            coordinate(centre.x),
            coordinate(centre.y),
            coordinate(*radius),
            filled(Paint::solid(*fill), theme),
            outline.map(|stroke| stroked(stroke, theme)).unwrap_or_default()
        ),
        Mark::Text(label) => text_element(label, theme),
    };
    out.push_str(&text);
}

fn rectangle_element(rectangle: &Rectangle, theme: Theme) -> String {
    let radius = if rectangle.radius > 0.0 {
        format!(" rx=\"{}\"", coordinate(rectangle.radius))
    } else {
        String::new()
    };
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{radius}{}/>",
        coordinate(rectangle.x),
        coordinate(rectangle.y),
        coordinate(rectangle.width),
        coordinate(rectangle.height),
        filled(rectangle.fill, theme)
    )
}

fn text_element(label: &Label, theme: Theme) -> String {
    let anchor = match label.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match label.weight {
        Weight::Regular => String::new(),
        heavier => format!(" font-weight=\"{}\"", heavier.number()),
    };
    // The page's own class makes its figures tabular.
    let class = if theme == Theme::Page { " class=\"num\"" } else { "" };
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\"{class}>{}</text>",
        coordinate(label.at.x),
        coordinate(label.at.y),
        coordinate(label.size),
        theme.colour(label.role),
        escaped(&label.content)
    )
}

fn path(points: &[Point]) -> String {
    points.iter().enumerate().fold(String::new(), |mut out, (place, point)| {
        let command = if place == 0 { "M" } else { " L" };
        write!(out, "{command}{} {}", coordinate(point.x), coordinate(point.y)).ok();
        out
    })
}

fn filled(paint: Paint, theme: Theme) -> String {
    let colour = theme.colour(paint.role);
    if paint.opacity < 1.0 {
        return format!(" fill=\"{colour}\" fill-opacity=\"{}\"", coordinate(paint.opacity));
    }
    format!(" fill=\"{colour}\"")
}

fn stroked(stroke: Stroke, theme: Theme) -> String {
    let dashes = if stroke.dashed { " stroke-dasharray=\"4 4\"" } else { " stroke-linejoin=\"round\"" };
    format!(" stroke=\"{}\" stroke-width=\"{}\"{dashes}", theme.colour(stroke.role), coordinate(stroke.width))
}
