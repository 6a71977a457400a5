//! Passwords and waiting times; no I/O.

mod device;
mod key_text;
mod ladder;
mod passwords;
mod slug;

pub use device::device_name;
pub use key_text::KeyText;
pub(crate) use ladder::{pause_after, pause_of_place_after};
pub(crate) use passwords::Passwords;
pub(crate) use slug::slug_of;

use sha2::Digest;

/// What a secret with 256 random bits is found by; so much randomness needs no salt.
pub(crate) fn secret_hash(secret: &str) -> Vec<u8> {
    sha2::Sha256::digest(secret).to_vec()
}
