//! Tokens, one-time secrets and passwords. Tokens are 256 random bits, stored only as SHA-256;
//! passwords are argon2id with OWASP's parameters.

use std::collections::HashSet;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// A new secret: 64 hex digits.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn fresh() -> Result<String, Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Fault::internal)?;
    Ok(hex::encode(bytes))
}

/// Whether a secret made elsewhere looks like one of [`fresh`]: its form, and enough different bytes
/// for chance (fewer than 16 of 32 come by chance once in 10^10 times).
pub fn is_fresh(secret: &str) -> bool {
    let lower = !secret.bytes().any(|b| b.is_ascii_uppercase());
    let bytes = hex::decode(secret).unwrap_or_default();
    let different: HashSet<&u8> = bytes.iter().collect();
    lower && bytes.len() == 32 && different.len() >= 16
}

/// What is stored of a secret. The secret has 256 bits of entropy, so a plain hash is enough and
/// looking it up by hash leaks nothing by time.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Hashes a password; about 40 ms of CPU, so keep it off the async threads.
///
/// # Errors
/// When there is no randomness for the salt.
pub fn hash_password(password: &str) -> Result<String, Fault> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(Fault::internal)?;
    Ok(hash.to_string())
}

/// True when `password` matches `stored`. Without a stored hash the same work is done against a
/// fixed one, so that an unknown name takes as long as a wrong password.
pub fn verify_password(password: &str, stored: Option<&str>) -> bool {
    /// The hash of nothing anyone knows; only its cost matters.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$GpZ3sK/oH9p7VIiV56G/64Zo/8GaUw434IimaPqxwCo";
    let known = stored.is_some();
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_made_has_to_look_random() {
        assert!((0..1000).all(|_| is_fresh(&fresh().unwrap())));
        let good = fresh().unwrap();
        let capital = format!("{}A", &good[..63]);
        let bad = ["", "ab", &good[1..], &capital, &"0".repeat(64), &"0123456789abcdef".repeat(4)];
        for one in bad {
            assert!(!is_fresh(one), "{one}");
        }
    }

    #[test]
    fn a_password_matches_only_itself_and_nobody_matches_nothing() {
        let stored = hash_password("đường đến trường").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify_password("đường đến trường", Some(&stored)));
        assert!(!verify_password("duong den truong", Some(&stored)));
        assert!(!verify_password("", None));
    }
}
