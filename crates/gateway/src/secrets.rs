//! The client's half of keys: makes secrets and signs logons.

use std::fmt::Write as _;
use std::io;

use ed25519_dalek::{Signer as _, SigningKey};
use wire::Scheme;

use crate::keys::{NONCE_LEN, PROOF_LEN, PURPOSE};

/// Bytes of a secret that is made here, and of an Ed25519 private key.
pub const SECRET_LEN: usize = 32;

/// A new key. Both words are hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub struct Fresh {
    /// What the key file keeps.
    pub kept: String,
    /// What the owner keeps; of an HMAC key the same.
    pub secret: String,
}

/// Makes a key from the randomness of the system.
///
/// # Errors
/// The system gives none.
pub fn fresh(scheme: Scheme) -> io::Result<Fresh> {
    let mut secret = [0; SECRET_LEN];
    getrandom::fill(&mut secret).map_err(|error| io::Error::other(error.to_string()))?;
    let kept = match scheme {
        Scheme::HmacSha256 => secret,
        Scheme::Ed25519 => public_of(&secret),
    };
    Ok(Fresh { kept: hex(&kept), secret: hex(&secret) })
}

/// The public half of an Ed25519 private key.
#[must_use]
pub fn public_of(private: &[u8; SECRET_LEN]) -> [u8; SECRET_LEN] {
    SigningKey::from_bytes(private).verifying_key().to_bytes()
}

/// The proof that a client with an Ed25519 private key gives. `logon` is the whole message.
#[must_use]
pub fn sign(private: &[u8; SECRET_LEN], nonce: &[u8; NONCE_LEN], logon: &[u8]) -> [u8; PROOF_LEN] {
    SigningKey::from_bytes(private).sign(&[PURPOSE, nonce, logon].concat()).to_bytes()
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let written = write!(text, "{byte:02x}");
        debug_assert!(written.is_ok(), "text takes what is written");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Key, Keys, verify};

    const NONCE: [u8; NONCE_LEN] = [7; NONCE_LEN];

    fn key(scheme: &str, kept: &str) -> Key {
        Keys::parse(&format!("a 1 1 trading {scheme} {kept}")).unwrap().iter().next().unwrap().clone()
    }

    #[test]
    fn what_is_made_can_be_kept_and_no_two_are_alike() {
        for (scheme, name) in [(Scheme::HmacSha256, "hmac"), (Scheme::Ed25519, "ed25519")] {
            let (one, other) = (fresh(scheme).unwrap(), fresh(scheme).unwrap());

            assert_eq!(key(name, &one.kept).proof.scheme(), scheme);
            assert!(one.kept != other.kept && one.secret != other.secret);
            assert_eq!(one.kept == one.secret, scheme == Scheme::HmacSha256);
        }
    }

    #[test]
    fn a_signature_proves_this_logon_with_this_nonce_and_nothing_else() {
        let private = [3; SECRET_LEN];
        let key = key("ed25519", &hex(&public_of(&private)));
        let proof = sign(&private, &NONCE, b"logon");

        assert!(verify(&key, &NONCE, b"logon", &proof));
        assert!(!verify(&key, &NONCE, b"logoN", &proof));
        assert!(!verify(&key, &[8; NONCE_LEN], b"logon", &proof));
        assert!(!verify(&key, &NONCE, b"logon", &sign(&[4; SECRET_LEN], &NONCE, b"logon")));
    }
}
