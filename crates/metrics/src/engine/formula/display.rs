//! Formulas as people read them.

use std::fmt;

use super::{Expression, Function, Operator, Span};

/// How tightly the parts of an expression hold together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Sign,
    Atom,
}

impl Operator {
    fn binding(self) -> Binding {
        match self {
            Self::Add | Self::Subtract => Binding::Sum,
            Self::Multiply | Self::Divide => Binding::Product,
        }
    }

    fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
        }
    }
}

impl Function {
    pub(super) const ALL: [Self; 4] = [Self::Power, Self::Least, Self::Greatest, Self::Positive];

    /// The name in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Self::Power => "pow",
            Self::Least => "min",
            Self::Greatest => "max",
            Self::Positive => "positive",
        }
    }

    pub(super) fn argument_count(self) -> usize {
        match self {
            Self::Positive => 1,
            Self::Power | Self::Least | Self::Greatest => 2,
        }
    }
}

impl Span {
    pub(super) const ALL: [Self; 4] = [Self::Previous, Self::Sum, Self::Average, Self::Product];

    /// The name in formulas.
    pub fn name(self) -> &'static str {
        match self {
            Self::Previous => "prev",
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Product => "product",
        }
    }
}

impl Expression {
    fn binding(&self) -> Binding {
        match self {
            Self::Operation(operator, ..) => operator.binding(),
            Self::Negative(_) => Binding::Sign,
            Self::Number(_) | Self::Metric(_) | Self::Tracked(_) | Self::Call(..) | Self::Over(..) => {
                Binding::Atom
            }
        }
    }

    fn write(&self, least: Binding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binding() < least { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Metric(key) => write!(f, "{key}"),
            Self::Tracked(key) => write!(f, "tracked({key})"),
            Self::Negative(inner) => {
                f.write_str("-")?;
                inner.write(Binding::Sign, f)
            }
            Self::Operation(operator, left, right) => {
                left.write(operator.binding(), f)?;
                write!(f, " {} ", operator.symbol())?;
                // Operators group from the left, so an equal one on the right needs its parentheses.
                let tighter =
                    if operator.binding() == Binding::Sum { Binding::Product } else { Binding::Sign };
                right.write(tighter, f)
            }
            Self::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                for (i, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Self::Over(span, inner, months) => write!(f, "{}({inner}, {months})", span.name()),
        }
    }
}
