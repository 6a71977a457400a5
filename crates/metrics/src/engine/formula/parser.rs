//! From text to [`Expression`].

use std::{iter::Peekable, str::CharIndices, vec::IntoIter};

use super::{Expression, Function, Operator, Span};
use crate::catalogue::MetricKey;

/// Deeper nesting is refused, so that no text can exhaust the stack.
const DEEPEST: usize = 40;
/// Windows beyond ten years are a mistake.
const LONGEST_WINDOW: i32 = 120;

/// Why a formula was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {position})")]
pub struct FormulaError {
    /// Counted from 1, in bytes.
    pub position: usize,
    /// What is wrong there.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Symbol(char),
}

pub(super) fn parse(text: &str) -> Result<Expression, FormulaError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end: text.len(), depth: 0 };
    let expression = parser.sum()?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some((position, _)) => Err(error(position, "An operator is missing here")),
    }
}

fn error(position: usize, message: impl Into<String>) -> FormulaError {
    FormulaError { position: position + 1, message: message.into() }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FormulaError> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.peek().copied() {
        let token = match character {
            ' ' => {
                characters.next();
                continue;
            }
            '+' | '-' | '*' | '/' | '(' | ')' | ',' => {
                characters.next();
                Token::Symbol(character)
            }
            '0'..='9' => {
                let digits = take_while(&mut characters, |c| c.is_ascii_digit() || c == '.');
                Token::Number(
                    digits.parse().map_err(|_| error(position, format!("“{digits}” is not a number")))?,
                )
            }
            'a'..='z' | '_' => Token::Name(take_while(&mut characters, |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
            })),
            other => return Err(error(position, format!("“{other}” has no meaning in a formula"))),
        };
        tokens.push((position, token));
    }
    Ok(tokens)
}

fn take_while(characters: &mut Peekable<CharIndices<'_>>, belongs: impl Fn(char) -> bool) -> String {
    let mut taken = String::new();
    while let Some((_, character)) = characters.next_if(|(_, character)| belongs(*character)) {
        taken.push(character);
    }
    taken
}

struct Parser {
    tokens: Peekable<IntoIter<(usize, Token)>>,
    end: usize,
    depth: usize,
}

impl Parser {
    fn position(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |(position, _)| *position)
    }

    fn take(&mut self, symbol: char) -> bool {
        self.tokens.next_if(|(_, token)| *token == Token::Symbol(symbol)).is_some()
    }

    fn expect(&mut self, symbol: char) -> Result<(), FormulaError> {
        let position = self.position();
        if self.take(symbol) { Ok(()) } else { Err(error(position, format!("“{symbol}” is missing"))) }
    }

    fn sum(&mut self) -> Result<Expression, FormulaError> {
        let mut left = self.product()?;
        loop {
            let operator = if self.take('+') {
                Operator::Add
            } else if self.take('-') {
                Operator::Subtract
            } else {
                return Ok(left);
            };
            left = Expression::Operation(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expression, FormulaError> {
        let mut left = self.signed()?;
        loop {
            let operator = if self.take('*') {
                Operator::Multiply
            } else if self.take('/') {
                Operator::Divide
            } else {
                return Ok(left);
            };
            left = Expression::Operation(operator, Box::new(left), Box::new(self.signed()?));
        }
    }

    fn signed(&mut self) -> Result<Expression, FormulaError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(error(self.position(), "The formula is nested too deeply"));
        }
        let expression = if self.take('-') {
            self.signed().map(|inner| Expression::Negative(Box::new(inner)))
        } else {
            self.atom()
        };
        self.depth -= 1;
        expression
    }

    fn atom(&mut self) -> Result<Expression, FormulaError> {
        let position = self.position();
        match self.tokens.next() {
            Some((_, Token::Number(number))) => Ok(Expression::Number(number)),
            Some((_, Token::Name(name))) if self.take('(') => self.call(&name, position),
            Some((_, Token::Name(name))) => metric(&name, position).map(Expression::Metric),
            Some((_, Token::Symbol('('))) => {
                let inner = self.sum()?;
                self.expect(')')?;
                Ok(inner)
            }
            _ => Err(error(position, "A number, a metric or a parenthesis is missing")),
        }
    }

    /// The arguments of `name`, whose opening parenthesis was taken.
    fn call(&mut self, name: &str, position: usize) -> Result<Expression, FormulaError> {
        let expression = if name == "tracked" {
            self.tracked()?
        } else if let Some(span) = Span::ALL.into_iter().find(|span| span.name() == name) {
            let inner = self.sum()?;
            self.expect(',')?;
            Expression::Over(span, Box::new(inner), self.months()?)
        } else if let Some(function) = Function::ALL.into_iter().find(|function| function.name() == name) {
            let mut arguments = vec![self.sum()?];
            while self.take(',') {
                arguments.push(self.sum()?);
            }
            if arguments.len() != function.argument_count() {
                return Err(error(position, format!("{name} takes {} arguments", function.argument_count())));
            }
            Expression::Call(function, arguments)
        } else {
            return Err(error(position, format!("There is no function “{name}”")));
        };
        self.expect(')')?;
        Ok(expression)
    }

    fn tracked(&mut self) -> Result<Expression, FormulaError> {
        let position = self.position();
        match self.tokens.next() {
            Some((_, Token::Name(name))) => metric(&name, position).map(Expression::Tracked),
            _ => Err(error(position, "tracked takes the key of a metric")),
        }
    }

    fn months(&mut self) -> Result<i32, FormulaError> {
        let position = self.position();
        let Some((_, Token::Number(number))) = self.tokens.next() else {
            return Err(error(position, "A number of months is missing"));
        };
        (1..=LONGEST_WINDOW).find(|months| (f64::from(*months) - number).abs() < f64::EPSILON).ok_or_else(
            || error(position, format!("{number} is not a number of months from 1 to {LONGEST_WINDOW}")),
        )
    }
}

fn metric(name: &str, position: usize) -> Result<MetricKey, FormulaError> {
    MetricKey::parse(name).ok_or_else(|| error(position, format!("There is no metric “{name}”")))
}
