//! Reads a file as UTF-8 whatever its encoding, a piece at a time.

use std::io::Read;

use super::{
    encodings::{announced, decoder, judge, looks_like_utf16},
    foreign::refuse_foreign_format,
};
use crate::{TextEncoding, engine::FileError};

/// How much is looked at before anything is decided.
const HEAD_BYTES: usize = 64 * 1024;

/// A source of UTF-8 text (with its broken bytes, if any), made from a file in any known encoding.
pub(crate) struct Decoder<R> {
    source: R,
    /// `None` while every byte so far is ASCII, so that nothing had to be decided yet.
    encoding: Option<TextEncoding>,
    is_certain: bool,
    mark_length: usize,
    legacy: Option<encoding_rs::Decoder>,
    /// Read and not yet decoded.
    raw: Vec<u8>,
    has_ended: bool,
    has_replaced: bool,
}

impl<R: Read> Decoder<R> {
    /// Looks at the first bytes; fails if the file is empty, not text, or in an encoding that cannot be told.
    pub(crate) fn open(mut source: R, chosen: Option<TextEncoding>) -> Result<Self, FileError> {
        let mut raw = Vec::new();
        source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut raw)?;
        if raw.is_empty() {
            return Err(FileError::Empty);
        }
        refuse_foreign_format(&raw)?;
        let announced = announced(&raw);
        if chosen.is_none() && announced.is_none() && looks_like_utf16(&raw) {
            return Err(FileError::Utf16WithoutMark);
        }
        let encoding = chosen.or(announced.map(|(encoding, _)| encoding));
        let mark = announced.filter(|(encoding, _)| Some(*encoding) == chosen.or(Some(*encoding)));
        let mark_length = mark.map_or(0, |(_, length)| length);
        raw.drain(..mark_length);
        let legacy = encoding.and_then(decoder);
        Ok(Self {
            source,
            encoding,
            is_certain: true,
            mark_length,
            legacy,
            raw,
            has_ended: false,
            has_replaced: false,
        })
    }

    /// The encoding, as far as it shows in what was read.
    pub(crate) fn encoding(&self) -> TextEncoding {
        self.encoding.unwrap_or(TextEncoding::Utf8)
    }

    /// Whether the encoding was announced, chosen or beyond doubt.
    pub(crate) fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// Bytes of the mark at the start of the file; 0 without one.
    pub(crate) fn mark_length(&self) -> usize {
        self.mark_length
    }

    /// Whether the last bytes have been handed out.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Whether bytes without a letter were replaced since the last call.
    pub(crate) fn take_replaced(&mut self) -> bool {
        std::mem::take(&mut self.has_replaced)
    }

    /// Appends to `text` until it holds `length` bytes or a little more, or the file ends.
    pub(crate) fn fill(&mut self, text: &mut Vec<u8>, length: usize) -> Result<(), FileError> {
        if self.legacy.is_none() {
            self.fill_plain(text, length)?;
        }
        // Not an `else`: plain text may turn out to be in a legacy encoding just above.
        while self.legacy.is_some() && text.len() < length && !self.has_ended {
            if self.raw.is_empty() {
                self.source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut self.raw)?;
            }
            self.decode(text);
        }
        Ok(())
    }

    fn fill_plain(&mut self, text: &mut Vec<u8>, length: usize) -> Result<(), FileError> {
        let start = text.len();
        self.read_to(text, length)?;
        if self.encoding.is_some() {
            return Ok(());
        }
        let fresh = text.get(start..).unwrap_or_default();
        if fresh.is_ascii() {
            return Ok(());
        }
        let first = start + fresh.iter().take_while(|byte| byte.is_ascii()).count();
        self.read_to(text, first + HEAD_BYTES)?;
        let encoding = judge(text.get(first..).unwrap_or_default());
        self.encoding = Some(encoding);
        self.legacy = decoder(encoding);
        if self.legacy.is_some() {
            self.is_certain = false;
            let mut held = text.split_off(first);
            held.append(&mut self.raw);
            self.raw = held;
            // What was read ahead is not handed out yet, even if the source has nothing more.
            self.has_ended = false;
        }
        Ok(())
    }

    fn read_to(&mut self, text: &mut Vec<u8>, length: usize) -> Result<(), FileError> {
        let at_hand = length.saturating_sub(text.len()).min(self.raw.len());
        text.extend(self.raw.drain(..at_hand));
        let wanted = length.saturating_sub(text.len());
        if wanted > 0 && !self.has_ended {
            let read = self.source.by_ref().take(wanted as u64).read_to_end(text)?;
            self.has_ended = read < wanted;
        }
        Ok(())
    }

    fn decode(&mut self, text: &mut Vec<u8>) {
        let Some(legacy) = self.legacy.as_mut() else { return };
        let is_last = self.raw.is_empty();
        let start = text.len();
        let room = legacy.max_utf8_buffer_length(self.raw.len()).unwrap_or(4 * HEAD_BYTES);
        text.resize(start + room, 0);
        let target = text.get_mut(start..).unwrap_or_default();
        let (_, read, written, has_replaced) = legacy.decode_to_utf8(&self.raw, target, is_last);
        text.truncate(start + written);
        self.raw.drain(..read);
        self.has_replaced |= has_replaced;
        self.has_ended = is_last;
    }
}
