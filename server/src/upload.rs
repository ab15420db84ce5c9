//! Reading an OpenRosa upload as it arrives: the XML into memory (bounded), every file straight to
//! the blob store.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use ntm_shared::problem;
use ntm_shared::text::nfc;

use crate::app::App;
use crate::blobs::{Incoming, Stored};
use crate::fault::Fault;

/// Bytes and time given to the rest of a body that cannot be stored.
const HEARD_OUT: usize = 16 * 1024 * 1024;
const HEARING: Duration = Duration::from_secs(20);

/// An upload that arrived whole. Its files are complete, but not durable until [`keep`].
pub struct Upload {
    /// The submission's XML, byte for byte.
    pub xml: Vec<u8>,
    /// The files, in order of arrival.
    pub files: Vec<File>,
}

/// A file that arrived whole.
pub struct File {
    /// What it is called, in NFC: first the part's name, then its file name where that differs.
    /// Phones write the same in both; other clients put the name the answers use in either.
    names: Vec<String>,
    content: Incoming,
}

impl File {
    /// The name under which the answers name this file, if they do.
    pub fn named_in(&self, wanted: &BTreeSet<&String>) -> Option<String> {
        self.names.iter().find(|name| wanted.contains(name)).cloned()
    }

    /// The name to keep it under when nothing says which files are wanted.
    pub fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }
}

/// Reads the whole body. Nothing is kept when it breaks off.
///
/// # Errors
/// `bad_multipart`, `too_large`, `storage_full`, `storage_fault`.
pub async fn read(app: &App, request: Request) -> Result<Upload, Fault> {
    // A few at a time: with too many large bodies in flight everybody's throughput collapses.
    let _permit = app.uploads.acquire().await.map_err(Fault::internal)?;
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    let room = app.db.disk().admit(announced.unwrap_or(0));
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|rejection| broken(rejection.status()))?;
    let read = match room {
        Ok(_room) => parts(app, &mut multipart).await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = &read
        && matches!(fault.problem.status, 503 | 507)
    {
        hear_out(&mut multipart).await;
    }
    read
}

/// A sender still sending does not hear an answer: what is left of a body that cannot be stored is
/// let pass, up to a limit.
async fn hear_out(multipart: &mut Multipart) {
    let rest = async {
        let mut bytes = 0;
        while let Ok(Some(mut field)) = multipart.next_field().await {
            while let Ok(Some(chunk)) = field.chunk().await {
                bytes += chunk.len();
                if bytes > HEARD_OUT {
                    return;
                }
            }
        }
    };
    let _ = tokio::time::timeout(HEARING, rest).await;
}

async fn parts(app: &App, multipart: &mut Multipart) -> Result<Upload, Fault> {
    let (mut xml, mut files) = (None, Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(|e| fault(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        if files.len() > app.config.limits.parts {
            return Err(Fault::new(&problem::TOO_LARGE));
        }
        if name == "xml_submission_file" {
            xml = Some(in_memory(field, app.config.limits.xml).await?);
        } else if field.file_name().is_some() || !name.starts_with('*') {
            let mut names = vec![nfc(&name)];
            names.extend(field.file_name().map(nfc).filter(|file| *file != names[0]));
            let content = to_blob(app, field).await?;
            // A phone that ran out of space sends an empty photo. It stays missing, so that the
            // real one is taken when it comes.
            if !content.is_empty() {
                files.push(File { names, content });
            }
        } else {
            in_memory(field, 1024).await?;
        }
    }
    let xml = xml.ok_or_else(|| {
        Fault::with(
            &problem::BAD_MULTIPART,
            "Thiếu phần xml_submission_file.",
            "The part xml_submission_file is missing.",
        )
    })?;
    Ok(Upload { xml, files })
}

async fn in_memory(mut field: Field<'_>, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| fault(&e))? {
        if bytes.len() + chunk.len() > limit {
            return Err(Fault::new(&problem::TOO_LARGE));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn to_blob(app: &App, mut field: Field<'_>) -> Result<Incoming, Fault> {
    let blobs = app.blobs.clone();
    let mut incoming = blobs.begin()?;
    while let Some(chunk) = field.chunk().await.map_err(|e| fault(&e))? {
        // Goes into a buffer and the page cache: the slow part, fsync, is `keep`'s.
        incoming.write(&chunk)?;
    }
    Ok(incoming)
}

/// Makes the files durable, several at once, each under the name given.
///
/// # Errors
/// `storage_full`, `storage_fault`.
pub async fn keep(app: &App, files: Vec<(String, File)>) -> Result<Vec<(String, Stored)>, Fault> {
    let tasks: Vec<_> = files
        .into_iter()
        .map(|(name, file)| {
            let blobs = app.blobs.clone();
            tokio::task::spawn_blocking(move || Ok::<_, Fault>((name, blobs.finish(file.content)?)))
        })
        .collect();
    let mut stored = Vec::with_capacity(tasks.len());
    for task in tasks {
        stored.push(task.await.map_err(Fault::internal)??);
    }
    Ok(stored)
}

fn fault(error: &MultipartError) -> Fault {
    broken(error.status())
}

fn broken(status: StatusCode) -> Fault {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::new(&problem::TOO_LARGE),
        _ => Fault::new(&problem::BAD_MULTIPART),
    }
}
