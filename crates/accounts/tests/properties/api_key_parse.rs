//! A key reads back whole, and no letter of it can be another.

use std::sync::{Arc, Mutex};

use accounts::KeyText;
use kernel::{Ambient, Entropy, FixedClock};
use uuid::Uuid;

/// Secrets made of an input.
struct Given(Mutex<Vec<u8>>);

impl Entropy for Given {
    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }

    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.lock().unwrap().pop().unwrap_or_default();
        }
    }
}

/// The bytes are a text that may be a key, and what a key is made of; their first two change a letter of it.
pub(crate) fn property(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(key) = KeyText::parse(&text) {
        assert_eq!(key.reveal(), text, "a key is written in one way");
        assert!(KeyText::is_meant(&text) && text.is_ascii());
    }
    let clock = FixedClock(chrono::DateTime::UNIX_EPOCH);
    let entropy = Given(Mutex::new(bytes.iter().rev().copied().collect()));
    let key = KeyText::new(&Ambient::new(Arc::new(clock), Arc::new(entropy)));
    let text = key.reveal();
    assert_eq!(text.len(), 8 + 8 + 1 + 43 + 6, "{text}");
    assert_eq!(KeyText::parse(&text).as_ref(), Some(&key));

    let &[place, letter, ..] = bytes else { return };
    let place = usize::from(place) % text.len();
    let letters: Vec<char> = text.chars().collect();
    let changed = |change: &dyn Fn(&mut Vec<char>)| {
        let mut letters = letters.clone();
        change(&mut letters);
        letters.into_iter().collect::<String>()
    };
    let tries = [
        changed(&|letters| *letters.get_mut(place).unwrap() = char::from(letter)),
        changed(&|letters| letters.swap(place, (place + 1).min(text.len() - 1))),
        changed(&|letters| letters.insert(place, char::from(letter))),
        changed(&|letters| {
            letters.remove(place);
        }),
        changed(&|letters| letters.push(char::from(letter))),
    ];
    for other in tries.iter().filter(|other| **other != text) {
        assert_eq!(KeyText::parse(other), None, "{text} and {other} are keys");
    }
}
