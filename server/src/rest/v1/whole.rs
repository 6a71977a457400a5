//! Whole numbers in JSON, also if they are written with a point: `38.0` is 38, as JSON Schema has it.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// Beyond that, floating point skips whole numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a whole number.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(Whole(PhantomData))
}

/// Reads a whole number, or none.
pub(super) fn whole_if_any<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    from.deserialize_option(IfAny(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<i64>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of a size that exists")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::try_from(value).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        let signed = i64::try_from(value).ok().and_then(|value| T::try_from(value).ok());
        signed.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and small enough, as is looked at before"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        if value.trunc().total_cmp(&value).is_ne() || value.abs() > EXACT {
            return Err(E::invalid_value(Unexpected::Float(value), &self));
        }
        self.visit_i64(value as i64)
    }
}

struct IfAny<T>(PhantomData<T>);

impl<'de, T: TryFrom<i64>> Visitor<'de> for IfAny<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        whole(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Form {
        #[serde(deserialize_with = "whole")]
        column: u32,
        #[serde(default, deserialize_with = "whole_if_any")]
        days: Option<i32>,
    }

    fn read(json: &str) -> Option<(u32, Option<i32>)> {
        serde_json::from_str(json).ok().map(|form: Form| (form.column, form.days))
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        assert_eq!(read(r#"{"column": 3, "days": 38.0}"#), Some((3, Some(38))));
        assert_eq!(read(r#"{"column": 4.0e1, "days": null}"#), Some((40, None)));
        assert_eq!(read(r#"{"column": 3}"#), Some((3, None)));
        for wrong in
            ["3.5", "-1", "\"3\"", "null", "4294967296", "1e300", "18446744073709551615", "true", "[3]"]
        {
            assert_eq!(read(&format!(r#"{{"column": {wrong}}}"#)), None, "{wrong}");
        }
    }
}
