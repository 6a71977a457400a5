//! Where to go after signing in: only ever a path on this site.

/// The path, if it leads nowhere else, even when something on its way decodes it once more.
pub fn path_on_this_site(next: &str) -> Option<&str> {
    let is_plain = next.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\\' && c != '@');
    let stays = is_plain && is_path(next.bytes()) && is_path(decoded(next.as_bytes()));
    stays.then_some(next)
}

/// Whether an address begins like a path: browsers leave tabs and line breaks out, and read `//host` and `/\host` as other sites.
fn is_path(address: impl Iterator<Item = u8>) -> bool {
    let mut letters = address.filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'));
    letters.next() == Some(b'/') && !matches!(letters.next(), Some(b'/' | b'\\'))
}

/// The bytes with `%41` as `A`.
fn decoded(mut bytes: &[u8]) -> impl Iterator<Item = u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    std::iter::from_fn(move || {
        if let [b'%', high, low, rest @ ..] = bytes
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes = rest;
            return Some(high << 4 | low);
        }
        let (byte, rest) = bytes.split_first()?;
        bytes = rest;
        Some(*byte)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_off_the_site() {
        for foreign in [
            "",
            "https://e",
            "//e",
            "/\\e",
            "/%5Ce",
            "/%09/e",
            "/%0A/e",
            "/%0d%09%2Fe",
            "%2f/e",
            "///e",
            "https:e",
            "/@e",
            "javascript:alert(1)",
            "/a\r\nLocation: /b",
        ] {
            assert_eq!(path_on_this_site(foreign), None, "{foreign}");
        }
        for own in ["/", "/w/northlight/standing?level=2", "/?q=a%20b%2F%2Fc%40d", "/a%", "/%zz", "/ü//b"] {
            assert_eq!(path_on_this_site(own), Some(own));
        }
    }
}
