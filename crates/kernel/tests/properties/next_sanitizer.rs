//! Where to go after signing in is on this site, as browsers read addresses: `url` follows the same standard.

use kernel::path_on_this_site;
use url::Url;

/// Where pages lie that lead on.
const PAGES: [&str; 3] =
    ["https://quartile.example/sign-in", "https://quartile.example/a/b/?next=//c", "http://localhost:3000/"];

/// Whatever text is taken stays on the site: as it is, and if something on its way decodes it once more.
pub(crate) fn property(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(path) = path_on_this_site(&text) else { return };
    assert_eq!(path, text, "it is taken whole or not at all");
    assert!(path.bytes().all(|byte| byte >= b' ' && byte != 0x7f), "{path:?} breaks a header");
    for address in [path, &decoded(path)] {
        for page in PAGES {
            let page = Url::parse(page).unwrap();
            let target = page.join(address).unwrap_or_else(|error| panic!("{address:?}: {error}"));
            assert_eq!(target.origin(), page.origin(), "{path:?} leads from {page} to {target}");
            assert!(target.username().is_empty() && target.password().is_none(), "{path:?}");
        }
    }
}

/// The text with `%41` as `A`.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (bytes, mut decoded, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)));
        let (next, length) = match pair.filter(|_| *byte == b'%') {
            Some((high, low)) => (u8::try_from(high * 16 + low).unwrap(), 3),
            None => (*byte, 1),
        };
        decoded.push(next);
        at += length;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
