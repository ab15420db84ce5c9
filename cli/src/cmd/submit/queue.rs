//! A file that the app on a phone made of what it could not send: forms and photos, sealed with words
//! (docs/EXPORT.md). Opened in memory; nothing of it is written to this machine's disk.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use ntm_shared::api::phone::{FileHash, Number};
use ntm_shared::text::Text;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::pbkdf2;
use serde::Deserialize;

use super::record::{self, Record};
use crate::failure::Failure;

/// What such a file begins with.
const MAGIC: &[u8] = b"ntm-queue-1\n";
const SALT: usize = 16;
/// Rounds of PBKDF2 with SHA-256.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// Bytes of a piece, and of the tag behind each.
const PIECE: usize = 1 << 20;
const TAG: usize = 16;

/// What the file says of itself.
#[derive(Deserialize)]
struct Head {
    items: Vec<Item>,
    files: Vec<Stored>,
}

#[derive(Deserialize)]
struct Item {
    xml: String,
    files: Vec<FileHash>,
    #[serde(default)]
    nth: Option<Number>,
}

#[derive(Deserialize)]
struct Stored {
    sha256: String,
    bytes: usize,
}

/// Whether a file is one.
pub fn is_one(path: &Path) -> bool {
    let mut begin = [0; MAGIC.len()];
    let read = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut begin));
    read.is_ok() && begin == MAGIC
}

/// Its forms.
pub fn read(path: &Path, words: &str) -> anyhow::Result<Vec<Record>> {
    let sealed = std::fs::read(path)?;
    let plain = open(&sealed, words).ok_or_else(|| {
        Failure::local(
            Text::new(
                format!("{}: không mở được.", path.display()),
                format!("{}: cannot be opened.", path.display()),
            ),
            Text::new(
                "xem lại mật khẩu; nếu đúng thì tệp bị hỏng, xuất lại từ máy",
                "check the words; if they are right the file is damaged: export it again",
            ),
        )
    })?;
    let damaged = || {
        let said = format!("{}: ", path.display());
        Failure::local(
            Text::new(format!("{said}tệp bị hỏng."), format!("{said}the file is damaged.")),
            Text::default(),
        )
    };
    let (head, mut bytes) = split(&plain).ok_or_else(damaged)?;
    let head: Head = serde_json::from_slice(head).map_err(|_| damaged())?;
    let mut files = std::collections::BTreeMap::new();
    for Stored { sha256, bytes: size } in head.files {
        let (file, rest) = bytes.split_at_checked(size).ok_or_else(damaged)?;
        files.insert(sha256, Arc::<[u8]>::from(file));
        bytes = rest;
    }
    let made = head.items.into_iter().enumerate().map(|(n, item)| {
        let there = item.files.into_iter().filter_map(|hash| {
            let bytes = files.get(&hash.sha256)?.clone();
            (bytes.len() as u64 == hash.bytes).then(|| record::File::held(hash, bytes))
        });
        let name = path.join(format!("{}", n + 1));
        record::made(name, item.xml.into_bytes(), there.collect(), item.nth)
    });
    made.collect()
}

fn split(plain: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = plain.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

/// The bytes that were sealed; `None` when the words are wrong or a byte is.
fn open(sealed: &[u8], words: &str) -> Option<Vec<u8>> {
    let (salt, pieces) = sealed.strip_prefix(MAGIC)?.split_at_checked(SALT)?;
    let mut key = [0; 32];
    let words = ntm_shared::text::nfc(words.trim());
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, words.as_bytes(), &mut key);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?);
    let mut plain = Vec::with_capacity(pieces.len());
    let count = pieces.len().div_ceil(PIECE + TAG);
    for (n, piece) in pieces.chunks(PIECE + TAG).enumerate() {
        let mut nonce = [0; 12];
        nonce[4..8].copy_from_slice(&u32::try_from(n).ok()?.to_be_bytes());
        nonce[11] = u8::from(n + 1 == count);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let mut piece = piece.to_vec();
        plain.extend_from_slice(key.open_in_place(nonce, Aad::empty(), &mut piece).ok()?);
    }
    (count > 0).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(plain: &[u8], words: &str) -> Vec<u8> {
        let salt = [7; SALT];
        let mut key = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, words.as_bytes(), &mut key);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let mut out = [MAGIC, &salt].concat();
        let count = plain.len().div_ceil(PIECE);
        for (n, piece) in plain.chunks(PIECE).enumerate() {
            let mut nonce = [0; 12];
            nonce[4..8].copy_from_slice(&(n as u32).to_be_bytes());
            nonce[11] = u8::from(n + 1 == count);
            let mut piece = piece.to_vec();
            let nonce = Nonce::assume_unique_for_key(nonce);
            key.seal_in_place_append_tag(nonce, Aad::empty(), &mut piece).unwrap();
            out.extend(piece);
        }
        out
    }

    #[test]
    fn only_the_whole_file_opens_and_only_with_its_words() {
        let plain: Vec<u8> = (0..PIECE * 2 + 100).map(|n| (n / 3) as u8).collect();
        let sealed = seal(&plain, "năm từ khóa dài");
        assert_eq!(open(&sealed, " năm từ khóa dài "), Some(plain.clone()));
        assert_eq!(open(&sealed, "năm từ khóa"), None);
        let begin = MAGIC.len() + SALT;
        // A piece left out at the end, or in the middle; two changed over; a byte changed; cut short.
        assert_eq!(open(&sealed[..begin + 2 * (PIECE + TAG)], "năm từ khóa dài"), None);
        let mut moved = sealed.clone();
        moved.drain(begin..begin + PIECE + TAG);
        assert_eq!(open(&moved, "năm từ khóa dài"), None);
        let mut spoilt = sealed.clone();
        spoilt[begin + PIECE / 2] ^= 1;
        assert_eq!(open(&spoilt, "năm từ khóa dài"), None);
        assert_eq!(open(&sealed[..begin], "năm từ khóa dài"), None);
        assert_eq!(open(b"something else", "năm từ khóa dài"), None);
    }
}
