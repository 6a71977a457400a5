//! Tells the encoding of a file from its bytes.

use crate::TextEncoding;

/// Every byte that Windows-1252 leaves undefined, or that only noise has in real text.
const NOISE: [u8; 7] = [0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFE, 0xFF];

/// The encoding a byte-order mark announces, with the length of the mark.
pub(crate) fn announced(head: &[u8]) -> Option<(TextEncoding, usize)> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some((TextEncoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => Some((TextEncoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((TextEncoding::Utf16Be, 2)),
        _ => None,
    }
}

/// Whether every second byte is zero, as in UTF-16 with mostly Latin letters.
pub(crate) fn looks_like_utf16(head: &[u8]) -> bool {
    let start = head.get(..head.len().min(4096)).unwrap_or_default();
    let pairs = start.len() / 2;
    let zeros_at = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    pairs >= 2 && even.max(odd) * 10 >= pairs * 6 && even.min(odd) * 10 <= pairs
}

/// The encoding of text that starts with its first byte beyond ASCII.
///
/// Mostly valid UTF-8 is UTF-8 with a few broken rows; the rest is told apart by how such bytes keep company: alone in
/// western text, in pairs in Chinese and Japanese.
pub(crate) fn judge(sample: &[u8]) -> TextEncoding {
    let (mut valid, mut broken, mut noise) = (0_usize, 0_usize, 0_usize);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        valid += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        let is_cut_off = chunks.peek().is_none() && is_cut_character(chunk.invalid());
        if !chunk.invalid().is_empty() && !is_cut_off {
            broken += 1;
            noise += usize::from(chunk.invalid().iter().all(|byte| NOISE.contains(byte)));
        }
    }
    if broken == 0 || valid >= broken {
        return TextEncoding::Utf8;
    }
    let high = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let in_company = sample.windows(2).filter(|pair| pair.iter().all(|byte| !byte.is_ascii())).count();
    if in_company * 5 >= high * 2 && high >= 4 {
        return east_asian(sample);
    }
    if noise == broken { TextEncoding::Utf8 } else { TextEncoding::Windows1252 }
}

/// Whether the bytes are the start of a longer UTF-8 character.
fn is_cut_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn east_asian(sample: &[u8]) -> TextEncoding {
    // Whole lines only: the end of the sample may cut a character in two.
    let end = memchr::memrchr2(b'\n', b'\r', sample).unwrap_or(sample.len());
    let whole = sample.get(..end).unwrap_or(sample);
    let fits = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(whole)
    };
    let is_kana = |letter: char| ('\u{3040}'..='\u{30ff}').contains(&letter);
    let japanese = fits(encoding_rs::SHIFT_JIS);
    if japanese.as_deref().is_some_and(|text| text.chars().any(is_kana)) {
        return TextEncoding::ShiftJis;
    }
    if fits(encoding_rs::GB18030).is_some() {
        return TextEncoding::Gb18030;
    }
    if japanese.is_some() { TextEncoding::ShiftJis } else { TextEncoding::Windows1252 }
}

/// The decoder for an encoding; `None` for UTF-8, which needs none.
pub(crate) fn decoder(encoding: TextEncoding) -> Option<encoding_rs::Decoder> {
    let known = match encoding {
        TextEncoding::Utf8 => return None,
        TextEncoding::Utf16Le => encoding_rs::UTF_16LE,
        TextEncoding::Utf16Be => encoding_rs::UTF_16BE,
        TextEncoding::Windows1252 => encoding_rs::WINDOWS_1252,
        TextEncoding::ShiftJis => encoding_rs::SHIFT_JIS,
        TextEncoding::Gb18030 => encoding_rs::GB18030,
    };
    Some(known.new_decoder_without_bom_handling())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn western_japanese_and_chinese_text_are_told_apart() {
        assert_eq!(judge(b"\xE9 Lyon\nCaf\xE9,1\nna\xEFve \x80 5\n"), TextEncoding::Windows1252);
        let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("会社の売上,東京\nこんにちは,大阪\n");
        assert_eq!(judge(&japanese), TextEncoding::ShiftJis);
        let (chinese, _, _) = encoding_rs::GB18030.encode("公司收入,北京\n你好世界,上海\n");
        assert_eq!(judge(&chinese), TextEncoding::Gb18030);
    }

    #[test]
    fn a_broken_byte_does_not_turn_utf_8_into_something_else() {
        assert_eq!(judge("é,ü\nß,\u{20ac}\n".as_bytes()), TextEncoding::Utf8);
        assert_eq!(judge(b"\xC3\xA9,\xC3\xBC\n\xFF,1\n"), TextEncoding::Utf8);
        assert_eq!(judge(b"\xFF,1\n"), TextEncoding::Utf8);
        assert_eq!(judge(b"\xC3\xA9,\xC3"), TextEncoding::Utf8);
    }
}
