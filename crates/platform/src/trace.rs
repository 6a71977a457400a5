//! Which trace a piece of work belongs to, as W3C's Trace Context writes it: what several programs did for one request is found together.

use std::fmt;

use kernel::Ambient;

/// The header that carries a trace.
pub const TRACEPARENT: &str = "traceparent";

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    id: u128,
    span: u64,
    is_sampled: bool,
}

impl Trace {
    /// A new trace.
    pub fn begin(ambient: &Ambient) -> Self {
        // All zeros means none.
        let id = u128::from_be_bytes(ambient.secret()).max(1);
        Self { id, span: 0, is_sampled: false }.step(ambient)
    }

    /// The trace in such a header; `None` if it is none.
    pub fn parse(header: &str) -> Option<Self> {
        let (version, rest) = header.split_at_checked(2)?;
        let (ids, more) = rest.split_at_checked(53)?;
        let is_known = version == "00" && more.is_empty();
        // Later versions only add to the end.
        let is_later = hex(version)? != 0xff && version != "00" && (more.is_empty() || more.starts_with('-'));
        let mut parts = ids.strip_prefix('-')?.split('-');
        let (id, span, flags) = (parts.next()?, parts.next()?, parts.next()?);
        let is_in_shape = id.len() == 32 && span.len() == 16 && flags.len() == 2;
        let (id, span) = (hex(id)?, u64::try_from(hex(span)?).ok()?);
        let is_fit = (is_known || is_later) && is_in_shape && id != 0 && span != 0;
        is_fit.then_some(Self { id, span, is_sampled: hex(flags)? & 1 == 1 })
    }

    /// A step of its own in the same trace.
    pub fn step(self, ambient: &Ambient) -> Self {
        Self { span: u64::from_be_bytes(ambient.secret()).max(1), ..self }
    }

    /// The id that the whole trace is found by.
    pub fn id(&self) -> String {
        format!("{:032x}", self.id)
    }
}

/// As the header has it.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.id, self.span, u8::from(self.is_sampled))
    }
}

/// A number in lower-case hexadecimal digits and nothing else.
fn hex(text: &str) -> Option<u128> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    u128::from_str_radix(text, 16).ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on_in_steps_of_its_own() {
        let ambient = Ambient::system();
        let given = Trace::parse(GIVEN).unwrap();
        assert_eq!((given.to_string().as_str(), given.id().as_str()), (GIVEN, &GIVEN[3..35]));
        let step = given.step(&ambient);
        assert!(step != given && step.id() == given.id() && step.to_string().ends_with("-01"));
        let new = Trace::begin(&ambient);
        assert_ne!(new.id(), Trace::begin(&ambient).id());
        assert_eq!(Trace::parse(&new.to_string()), Some(new));
    }

    #[test]
    fn later_versions_are_read_as_far_as_they_are_known() {
        let later = GIVEN.replacen("00-", "01-", 1);
        assert_eq!(Trace::parse(&format!("{later}-more")), Trace::parse(GIVEN));
        assert_eq!(Trace::parse(&later), Trace::parse(GIVEN));
    }

    #[test]
    fn what_is_no_trace_is_left_alone() {
        let zeros = format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32));
        let bad = [
            String::new(),
            "00".to_owned(),
            zeros,
            GIVEN.replace("00f067aa0ba902b7", "0000000000000000"),
            GIVEN.to_uppercase(),
            GIVEN.replacen("00-", "ff-", 1),
            GIVEN.replacen("4bf9", "+bf9", 1),
            GIVEN.replacen("4bf9", "4b\"9", 1),
            GIVEN.replacen("6-0", "-60", 1),
            format!("{GIVEN}-more"),
            format!("{GIVEN} "),
            GIVEN[..54].to_owned(),
            GIVEN.replacen("00-", "é-", 1),
        ];
        for header in bad {
            assert_eq!(Trace::parse(&header), None, "{header}");
        }
    }
}
