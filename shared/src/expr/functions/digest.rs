//! Digests and Base64.

use std::borrow::Cow;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{blank, text};
use crate::expr::value::Value;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// True if `digest()` knows this algorithm.
pub(in crate::expr) fn is_algorithm(name: &str) -> bool {
    hash("", name).is_some()
}

/// True if `digest()` knows this encoding.
pub(in crate::expr) fn is_encoding(name: &str) -> bool {
    name.eq_ignore_ascii_case("hex") || name.eq_ignore_ascii_case("base64")
}

pub(super) fn digest<'a>(
    source: &str,
    algorithm: &str,
    encoding: Option<Cow<'a, str>>,
) -> Value<'a> {
    let encoding = encoding.unwrap_or(Cow::Borrowed("base64"));
    match hash(source, algorithm) {
        Some(bytes) if encoding.eq_ignore_ascii_case("hex") => {
            text(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
        }
        Some(bytes) if is_encoding(&encoding) => text(base64(&bytes)),
        _ => blank(),
    }
}

fn hash(source: &str, algorithm: &str) -> Option<Vec<u8>> {
    let name = algorithm.to_uppercase().replace('-', "");
    Some(match name.as_str() {
        "MD5" => Md5::digest(source).to_vec(),
        "SHA1" => Sha1::digest(source).to_vec(),
        "SHA256" => Sha256::digest(source).to_vec(),
        "SHA384" => Sha384::digest(source).to_vec(),
        "SHA512" => Sha512::digest(source).to_vec(),
        _ => return None,
    })
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= group.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// As JavaRosa decodes: other characters are passed over; what does not come out even is blank.
pub(super) fn base64_decode<'a>(source: &str) -> Value<'a> {
    let six = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        b'=' => Some(0),
        _ => None,
    };
    let bits: Vec<u8> = source.bytes().filter_map(six).collect();
    if !bits.len().is_multiple_of(4) {
        return blank();
    }
    // Trailing "=" (and whatever is no letter between them) say how many bytes are missing.
    let tail = source.bytes().skip(1).rev().take_while(|b| !matches!(six(*b), Some(1..)));
    let missing = tail.take_while(|b| *b != b'A').filter(|b| *b == b'=').count();
    let mut bytes = Vec::with_capacity(bits.len() / 4 * 3);
    for group in bits.chunks_exact(4) {
        let word = group.iter().fold(0u32, |word, six| word << 6 | u32::from(*six));
        bytes.extend_from_slice(&word.to_be_bytes()[1..]);
    }
    bytes.truncate(bytes.len().saturating_sub(missing));
    text(String::from_utf8_lossy(&bytes).into_owned())
}
