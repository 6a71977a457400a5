//! Passwords and waiting times; no I/O.

mod device;
mod key_text;
mod ladder;
mod passwords;
mod slug;

pub use device::device_name;
pub use key_text::KeyText;
pub(crate) use ladder::pause_after;
pub(crate) use passwords::Passwords;
pub(crate) use slug::slug_of;
