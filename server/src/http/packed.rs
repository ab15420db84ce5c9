//! What many phones fetch, packed as tightly as it goes, once for all of them: on 2G a kilobyte is a
//! second for each collector, and here a millisecond once.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::openrosa::cached;
use crate::fault::Fault;

/// Brotli's greatest effort, and a window (2^22 bytes) larger than anything packed here.
const EFFORT: u32 = 11;
const WINDOW: u32 = 22;
const BUFFER: usize = 64 * 1024;
/// Answers kept: forms, each in one or two languages.
const KEPT: usize = 64;

/// Bytes and, as soon as somebody asked for them, the same packed.
#[derive(Clone)]
pub struct Packed(Arc<Inside>);

struct Inside {
    plain: Vec<u8>,
    gzip: OnceLock<Vec<u8>>,
    brotli: OnceLock<Vec<u8>>,
}

/// How an answer is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Brotli,
}

impl Packed {
    /// Nothing is packed yet.
    pub fn new(plain: Vec<u8>) -> Packed {
        Packed(Arc::new(Inside { plain, gzip: OnceLock::new(), brotli: OnceLock::new() }))
    }

    /// The same for bytes that are made anew for each request: those packed before are known by their
    /// hash.
    pub fn once(plain: Vec<u8>) -> Packed {
        static KNOWN: Mutex<BTreeMap<[u8; 32], Packed>> = Mutex::new(BTreeMap::new());
        let hash: [u8; 32] = Sha256::digest(&plain).into();
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT && !known.contains_key(&hash) {
            known.clear();
        }
        known.entry(hash).or_insert_with(|| Packed::new(plain)).clone()
    }

    /// The bytes as they are.
    #[cfg(test)]
    pub fn plain(&self) -> &[u8] {
        &self.0.plain
    }

    /// The answer to a request with these headers, or 304 where the phone has it.
    ///
    /// # Errors
    /// An internal fault when the packing did not end.
    pub async fn answer(&self, headers: &HeaderMap, kind: &'static str) -> Result<Response, Fault> {
        let coding = accepted(headers);
        let packed = self.clone();
        // The first time it takes a while.
        let bytes = tokio::task::spawn_blocking(move || packed.bytes(coding).to_vec());
        let mut response = cached(headers, kind, bytes.await.map_err(Fault::internal)?);
        let name = match coding {
            Coding::Plain => None,
            Coding::Gzip => Some("gzip"),
            Coding::Brotli => Some("br"),
        };
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(name) = name.filter(|_| response.status() == StatusCode::OK) {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        Ok(response)
    }

    fn bytes(&self, coding: Coding) -> &[u8] {
        let plain = &self.0.plain;
        // Writing to memory does not fail.
        match coding {
            Coding::Plain => plain,
            Coding::Gzip => self.0.gzip.get_or_init(|| {
                let mut packer = GzEncoder::new(Vec::new(), Compression::best());
                packer.write_all(plain).and_then(|()| packer.finish()).unwrap_or_default()
            }),
            Coding::Brotli => self.0.brotli.get_or_init(|| {
                let mut packer = CompressorWriter::new(Vec::new(), BUFFER, EFFORT, WINDOW);
                packer.write_all(plain).map(|()| packer.into_inner()).unwrap_or_default()
            }),
        }
    }
}

/// The tightest coding that the asker takes (RFC 9110, 12.5.3; a weight of 0 is a refusal).
fn accepted(headers: &HeaderMap) -> Coding {
    let given = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut best = Coding::Plain;
    for one in given.flat_map(|value| value.split(',')) {
        let mut parts = one.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map(str::parse::<f32>);
        if matches!(weight, Some(Ok(0.0) | Err(_))) {
            continue;
        }
        match name.as_str() {
            "br" => return Coding::Brotli,
            "gzip" => best = Coding::Gzip,
            _ => {}
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn coding(given: &[&str]) -> Coding {
        let mut headers = HeaderMap::new();
        for value in given {
            headers.append(ACCEPT_ENCODING, value.parse().unwrap());
        }
        accepted(&headers)
    }

    #[test]
    fn the_tightest_that_is_taken() {
        for (given, best) in [
            (&["gzip, deflate, br, zstd"][..], Coding::Brotli),
            (&["gzip", "br;q=0.5"], Coding::Brotli),
            (&["GZIP;q=1.0, br;q=0"], Coding::Gzip),
            (&["gzip; q=0.000"], Coding::Plain),
            (&["brotli, gzip;q=what"], Coding::Plain),
            (&[], Coding::Plain),
        ] {
            assert_eq!(coding(given), best, "{given:?}");
        }
    }

    #[test]
    fn every_coding_gives_the_same_bytes() {
        let text = "Hộ ở thôn Nậm Chảy. ".repeat(100);
        let packed = Packed::new(text.clone().into_bytes());
        let mut read = String::new();
        flate2::read::GzDecoder::new(packed.bytes(Coding::Gzip)).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        read.clear();
        brotli::Decompressor::new(packed.bytes(Coding::Brotli), 4096)
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, text);
        assert_eq!(packed.bytes(Coding::Plain), text.as_bytes());
        assert!(packed.bytes(Coding::Brotli).len() < packed.bytes(Coding::Gzip).len());
    }
}
