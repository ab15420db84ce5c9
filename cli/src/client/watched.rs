//! Requests over a network that dies without a word: sent once, and given up when nothing moves.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use reqwest::{Method, header};
use serde::{Serialize, de::DeserializeOwned};

use super::{Body, Client};
use crate::failure::Failure;

/// Nothing moves for so long, and the connection is taken for dead.
const SILENCE: Duration = Duration::from_secs(20);

impl Client {
    /// `POST` of JSON, packed, once: who calls knows how to go on when it fails.
    pub async fn once_packed<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &B,
    ) -> anyhow::Result<T> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&serde_json::to_vec(body)?)?;
        let head = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
        self.watched(path, &head, packer.finish()?).await
    }

    /// `POST` of bytes, once.
    pub async fn once<T: DeserializeOwned>(
        &self,
        path: &[&str],
        bytes: Vec<u8>,
    ) -> anyhow::Result<T> {
        self.watched(path, &[(header::CONTENT_TYPE, "application/octet-stream")], bytes).await
    }

    /// A request that is given up when nothing moves for [`SILENCE`], however long it takes in all.
    async fn watched<T: DeserializeOwned>(
        &self,
        path: &[&str],
        head: &[(header::HeaderName, &str)],
        bytes: Vec<u8>,
    ) -> anyhow::Result<T> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let moved = Arc::new(AtomicU64::new(0));
        let pieces: Vec<Vec<u8>> = bytes.chunks(8 * 1024).map(<[u8]>::to_vec).collect();
        let length = bytes.len();
        let counter = moved.clone();
        let stream = futures_util::stream::iter(pieces.into_iter().map(move |piece| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(piece)
        }));
        let request = self.request(Method::POST, url, &Body::None);
        let request = request.header(header::CONTENT_LENGTH, length);
        let request =
            head.iter().fold(request, |request, (name, value)| request.header(name, *value));
        let sending = request.body(reqwest::Body::wrap_stream(stream)).send();
        let mut sending = std::pin::pin!(sending);
        let response = loop {
            let before = moved.load(Ordering::Relaxed);
            match tokio::time::timeout(SILENCE, &mut sending).await {
                Ok(answer) => break answer.map_err(|error| self.unreachable(&error))?,
                Err(_) if moved.load(Ordering::Relaxed) > before => {}
                Err(_) => {
                    let server = self.server().to_owned();
                    return Err(Failure::Unreachable { server, cause: "20 s".into() }.into());
                }
            }
        };
        if !response.status().is_success() {
            return Err(self.problem(response).await.into());
        }
        let answer = tokio::time::timeout(SILENCE, response.bytes()).await;
        let answer = answer.map_err(|_| Failure::Unreachable {
            server: self.server().to_owned(),
            cause: "20 s".into(),
        })?;
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        Ok(serde_json::from_slice(&answer)?)
    }
}
