//! The text of a key for programs: `mk_live_<public id>_<secret><checksum>`.
//!
//! The public id finds the key; the secret has 256 bits; the checksum lets scanners of leaked secrets and this program tell a key from
//! something like it without asking a database.

use kernel::Ambient;

const PREFIX: &str = "mk_live_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PUBLIC_DIGITS: usize = 8;
/// 62^43 > 2^256.
const SECRET_DIGITS: usize = 43;
/// 62^6 > 2^32.
const CHECKSUM_DIGITS: usize = 6;

/// A key whose form and checksum are right.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    public_id: String,
    secret: String,
}

impl std::fmt::Debug for KeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyText").field("public_id", &self.public_id).finish_non_exhaustive()
    }
}

impl KeyText {
    /// A new key.
    pub fn new(ambient: &Ambient) -> Self {
        let public_id = base62(&ambient.secret::<6>(), PUBLIC_DIGITS + 1);
        let public_id = public_id.chars().skip(1).collect();
        Self { public_id, secret: base62(&ambient.secret::<32>(), SECRET_DIGITS) }
    }

    /// Reads a key; `None` if it is none, or was not copied whole.
    pub fn parse(text: &str) -> Option<Self> {
        let (public_id, rest) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let (secret, checksum) = rest.split_at_checked(SECRET_DIGITS)?;
        let is_well_formed = public_id.len() == PUBLIC_DIGITS
            && [public_id, secret, checksum]
                .iter()
                .all(|part| part.bytes().all(|b| b.is_ascii_alphanumeric()));
        let key = Self { public_id: public_id.to_owned(), secret: secret.to_owned() };
        (is_well_formed && key.checksum() == checksum).then_some(key)
    }

    /// Whether a text means to be a key, right or wrong.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// What the key is found by.
    pub fn public_id(&self) -> &str {
        &self.public_id
    }

    /// What proves it.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The whole key, to be shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}_{}{}", self.public_id, self.secret, self.checksum())
    }

    fn checksum(&self) -> String {
        let sum = crc32fast::hash(format!("{}_{}", self.public_id, self.secret).as_bytes());
        base62(&sum.to_be_bytes(), CHECKSUM_DIGITS)
    }
}

/// The number that the bytes are, big end first, with at least that many digits.
fn base62(bytes: &[u8], digits: usize) -> String {
    let mut number = bytes.to_vec();
    let mut text = Vec::new();
    while number.iter().any(|byte| *byte != 0) || text.len() < digits {
        let mut rest = 0_u32;
        for byte in &mut number {
            let dividend = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(dividend / 62).unwrap_or(u8::MAX);
            rest = dividend % 62;
        }
        text.push(DIGITS.get(rest as usize).copied().map_or('0', char::from));
    }
    text.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> KeyText {
        KeyText::new(&Ambient::system())
    }

    #[test]
    fn a_key_reads_back_and_looks_like_one() {
        for _ in 0..100 {
            let key = key();
            let text = key.reveal();
            assert_eq!(text.len(), "mk_live_".len() + 8 + 1 + 43 + 6, "{text}");
            assert_eq!(KeyText::parse(&text), Some(key));
        }
    }

    #[test]
    fn digits_are_those_of_the_number() {
        assert_eq!(base62(&[0], 3), "000");
        assert_eq!(base62(&[61], 1), "z");
        assert_eq!(base62(&[1, 0], 1), "48");
        assert_eq!(base62(&[0xff; 32], 43).len(), 43);
    }

    #[test]
    fn a_key_with_one_letter_changed_is_none() {
        let text = key().reveal();
        for (place, letter) in text.char_indices() {
            let other = if letter == 'x' { 'y' } else { 'x' };
            let changed: String =
                text.char_indices().map(|(at, c)| if at == place { other } else { c }).collect();
            assert_eq!(KeyText::parse(&changed), None, "{place}");
        }
        assert_eq!(KeyText::parse(""), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading(text in ".{0,80}") {
            prop_assert!(KeyText::parse(&text).is_none());
            let prefixed = format!("mk_live_{text}");
            prop_assert!(KeyText::parse(&prefixed).is_none());
        }
    }
}
