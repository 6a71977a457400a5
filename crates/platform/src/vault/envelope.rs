//! One sealed value: which key, which nonce, what it was bound to.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use kernel::Ambient;
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
pub(super) const NONCE_BYTES: usize = 24;
const HEAD_BYTES: usize = 1 + 16 + NONCE_BYTES;

/// A key in memory; wiped when dropped.
pub(super) struct DataKey {
    id: Uuid,
    bytes: Zeroizing<[u8; 32]>,
}

impl DataKey {
    pub(super) fn new(id: Uuid, ambient: &Ambient) -> Self {
        Self::of(id, ambient.secret::<32>())
    }

    pub(super) fn of(id: Uuid, bytes: [u8; 32]) -> Self {
        Self { id, bytes: Zeroizing::new(bytes) }
    }

    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

/// `version ‖ key id ‖ nonce ‖ ciphertext and tag`.
pub(super) struct Envelope {
    pub(super) key_id: Uuid,
    nonce: [u8; NONCE_BYTES],
    ciphertext: Vec<u8>,
}

impl Envelope {
    pub(super) fn seal(key: &DataKey, nonce: [u8; NONCE_BYTES], bound_to: &[u8], text: &[u8]) -> Self {
        Self { key_id: key.id(), nonce, ciphertext: encrypt(key.bytes(), nonce, bound_to, text) }
    }

    pub(super) fn open(&self, key: &DataKey, bound_to: &[u8]) -> Option<Vec<u8>> {
        decrypt(key.bytes(), self.nonce, bound_to, &self.ciphertext)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.key_id.as_bytes());
        bytes.extend(self.nonce);
        bytes.extend(&self.ciphertext);
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, ciphertext) = bytes.split_at_checked(HEAD_BYTES)?;
        let (version, rest) = head.split_first()?;
        let (key_id, nonce) = rest.split_at_checked(16)?;
        (*version == VERSION).then_some(())?;
        Some(Self {
            key_id: Uuid::from_slice(key_id).ok()?,
            nonce: nonce.try_into().ok()?,
            ciphertext: ciphertext.to_vec(),
        })
    }
}

/// XChaCha20-Poly1305; the nonce is long enough to be random.
pub(super) fn encrypt(key: &[u8; 32], nonce: [u8; NONCE_BYTES], bound_to: &[u8], text: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: text, aad: bound_to };
    let cipher = XChaCha20Poly1305::new(key.into());
    // It refuses only messages beyond 256 GB.
    cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default()
}

pub(super) fn decrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    bound_to: &[u8],
    ciphertext: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload { msg: ciphertext, aad: bound_to };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), payload).ok()
}
