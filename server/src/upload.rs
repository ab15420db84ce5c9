//! Reading an OpenRosa upload as it arrives: the XML into memory (bounded), every file straight to
//! the blob store, never more of either than the sender's turn, the disk and the quota allow.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use futures_util::StreamExt;
use futures_util::future::try_join_all;
use ntm_shared::problem;
use ntm_shared::text::nfc;
use tokio::time::{Instant, timeout, timeout_at};

use crate::app::App;
use crate::blobs::{Incoming, Stored};
use crate::disk::Admitted;
use crate::fault::Fault;
use crate::multipart::{Broken, Multipart, Source, boundary};
use crate::senders::Turn;
use crate::store::senders;

/// Bytes and time given to the rest of a body that is not taken.
const HEARD_OUT: usize = 16 * 1024 * 1024;
const HEARING: Duration = Duration::from_secs(20);
/// Room on the disk is promised to an upload in steps, as it arrives: what it announces and never
/// sends takes no room from others.
const STEP: u64 = 1024 * 1024;

/// An upload arriving.
pub struct Upload {
    multipart: Multipart<Arriving>,
    parts: usize,
}

/// What arrived whole.
pub enum Part {
    /// The submission's XML, byte for byte.
    Xml(Vec<u8>),
    /// A file.
    File(File),
    /// Something else, such as `*isIncomplete*`.
    Other,
}

/// A file that arrived whole, and is not durable yet.
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

impl Upload {
    /// Admits a body and begins to read it.
    ///
    /// # Errors
    /// `encoded`, `bad_multipart`, `too_large`, `over_quota`, `busy`, `storage_full`,
    /// `storage_fault`.
    pub async fn begin(app: &Arc<App>, sender: &str, request: Request) -> Result<Upload, Fault> {
        let (parts, body) = request.into_parts();
        let mut arriving = Arriving::new(app, sender, body);
        match admit(app, sender, &parts.headers).await {
            Ok((boundary, turn, room)) => {
                (arriving.turn, arriving.room) = (Some(turn), Some(room));
                arriving.begun = Instant::now();
                Ok(Upload { multipart: Multipart::new(arriving, &boundary), parts: 0 })
            }
            Err(fault) => {
                // Who asks before sending need not send.
                if !parts.headers.contains_key(EXPECT) {
                    hear_out(&mut arriving.body).await;
                }
                Err(fault)
            }
        }
    }

    /// The next part, once it is complete; `None` after the last.
    ///
    /// # Errors
    /// `bad_multipart` also when the body broke off, `too_large`, `too_slow`, `over_quota`,
    /// `storage_full`, `storage_fault`.
    pub async fn next(&mut self, app: &Arc<App>) -> Result<Option<Part>, Fault> {
        let Some(head) = self.multipart.part().await.map_err(fault)? else { return Ok(None) };
        self.parts += 1;
        let limits = &app.config.limits;
        if self.parts > limits.parts {
            return Err(Fault::new(&problem::TOO_LARGE));
        }
        if head.name == "xml_submission_file" {
            return self.in_memory(limits.xml).await.map(|xml| Some(Part::Xml(xml)));
        }
        if head.file.is_none() && head.name.starts_with('*') {
            return self.in_memory(1024).await.map(|_| Some(Part::Other));
        }
        let content = self.receive_file(app).await?;
        // A phone that ran out of space sends an empty photo. It stays missing, so that the real
        // one is taken when it comes.
        if content.is_empty() {
            return Ok(Some(Part::Other));
        }
        let mut names = Vec::with_capacity(2);
        for name in [Some(head.name), head.file].into_iter().flatten() {
            let unquoted = name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
            for name in [nfc(&name), nfc(&unquoted)] {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(Some(Part::File(File { names, content })))
    }

    /// Whether the connection ended in the middle.
    pub fn broke_off(&mut self) -> bool {
        self.multipart.source().broke_off
    }

    /// How long it has been arriving.
    pub fn age(&mut self) -> Duration {
        self.multipart.source().begun.elapsed()
    }

    /// A sender still sending does not hear an answer: what is left of a body that is not taken is
    /// let pass, up to a limit.
    pub async fn hear_out(&mut self) {
        hear_out(&mut self.multipart.source().body).await;
    }

    async fn in_memory(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.multipart.chunk().await.map_err(fault)? {
            if bytes.len() + chunk.len() > limit {
                return Err(Fault::new(&problem::TOO_LARGE));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn receive_file(&mut self, app: &App) -> Result<Incoming, Fault> {
        let mut incoming = app.blobs.begin()?;
        while let Some(chunk) = self.multipart.chunk().await.map_err(fault)? {
            // Goes into the page cache: the slow part, fsync, is `keep`'s.
            incoming.write(&chunk)?;
        }
        Ok(incoming)
    }
}

/// A body that is no multipart: what phones of ours push.
///
/// # Errors
/// As [`Upload::begin`].
pub async fn plain(app: &Arc<App>, sender: &str, request: Request) -> Result<Arriving, Fault> {
    let (parts, body) = request.into_parts();
    let mut arriving = Arriving::new(app, sender, body);
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
    match room(app, sender, announced).await {
        Ok((turn, room)) => {
            (arriving.turn, arriving.room) = (Some(turn), Some(room));
            arriving.begun = Instant::now();
            Ok(arriving)
        }
        Err(fault) => {
            hear_out(&mut arriving.body).await;
            Err(fault)
        }
    }
}

async fn admit(
    app: &Arc<App>,
    sender: &str,
    headers: &HeaderMap,
) -> Result<(String, Turn, Admitted), Fault> {
    let text =
        |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    // Nothing that phones send is worth unpacking: photos are packed already, and a few bytes could
    // become thousands of megabytes.
    if text(CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Fault::new(&problem::ENCODED));
    }
    let boundary = text(CONTENT_TYPE).and_then(boundary);
    let boundary = boundary.ok_or_else(|| Fault::new(&problem::BAD_MULTIPART))?;
    let announced = text(CONTENT_LENGTH).and_then(|n| n.parse().ok());
    let (turn, room) = room(app, sender, announced).await?;
    Ok((boundary, turn, room))
}

/// A turn for a body, and room for its beginning.
///
/// # Errors
/// `too_large`, `over_quota`, `busy`, `storage_full`, `storage_fault`.
pub async fn room(
    app: &Arc<App>,
    sender: &str,
    announced: Option<u64>,
) -> Result<(Turn, Admitted), Fault> {
    let limits = &app.config.limits;
    if announced.is_some_and(|bytes: u64| bytes > limits.upload) {
        return Err(Fault::new(&problem::TOO_LARGE));
    }
    let today = app.config.clock.today().to_string();
    if !app.senders.is_counted(sender, limits) {
        let (id, since) = (sender.to_owned(), app.config.clock.day_begun());
        let kept = app.db.read(move |tx| Ok::<_, Fault>(senders::kept(tx, &id, &since)?)).await?;
        app.senders.count_from(sender, limits, &today, kept);
    }
    app.senders.within_quota(sender, limits, &today, announced.unwrap_or(0), 0)?;
    // Refused now rather than in the middle; what is promised is one step.
    drop(app.db.disk().admit(announced.unwrap_or(limits.upload))?);
    let turn = app.senders.turn(sender, limits).await?;
    let room = app.db.disk().admit(STEP)?;
    Ok((turn, room))
}

/// A body on its way: counted, timed, and stopped where a limit says so.
pub struct Arriving {
    app: Arc<App>,
    sender: String,
    body: BodyDataStream,
    turn: Option<Turn>,
    room: Option<Admitted>,
    begun: Instant,
    /// When the last piece came.
    last: Instant,
    bytes: u64,
    /// Bytes for which there was room on the disk.
    admitted: u64,
    broke_off: bool,
    /// By when, and up to what count of bytes, the sender has to be.
    pace: (Instant, u64),
}

impl Arriving {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// `bad_multipart` when the body broke off, `too_large`, `too_slow`, `over_quota`,
    /// `storage_full`, `storage_fault`.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Fault> {
        Source::next(self).await
    }

    /// Lets what is left pass, up to a limit, so that whoever is still sending hears the answer.
    pub async fn hear_out(&mut self) {
        hear_out(&mut self.body).await;
    }

    fn new(app: &Arc<App>, sender: &str, body: Body) -> Arriving {
        let now = Instant::now();
        let (bytes, window) = app.config.limits.pace;
        Arriving {
            app: app.clone(),
            sender: sender.into(),
            body: body.into_data_stream(),
            turn: None,
            room: None,
            begun: now,
            last: now,
            bytes: 0,
            admitted: STEP,
            broke_off: false,
            pace: (now + window, bytes),
        }
    }

    /// Whether the sender keeps up; a new stretch of time begins.
    fn in_pace(&mut self) -> Result<(), Fault> {
        let (bytes, window) = self.app.config.limits.pace;
        if self.bytes < self.pace.1 {
            return Err(Fault::new(&problem::TOO_SLOW));
        }
        self.pace = (Instant::now() + window, self.bytes + bytes);
        Ok(())
    }

    fn take(&mut self, piece: &Bytes) -> Result<(), Fault> {
        let limits = &self.app.config.limits;
        self.bytes += piece.len() as u64;
        self.last = Instant::now();
        if self.bytes > limits.upload {
            return Err(Fault::new(&problem::TOO_LARGE));
        }
        if self.bytes > self.admitted {
            let today = self.app.config.clock.today().to_string();
            self.app.senders.within_quota(&self.sender, limits, &today, self.bytes, 0)?;
            // What was written no longer shows as free: the promise is for what comes next.
            self.room = None;
            self.room = Some(self.app.db.disk().admit(STEP)?);
            self.admitted = self.bytes + STEP;
        }
        Ok(())
    }
}

impl Source for Arriving {
    type Fault = Fault;

    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match timeout_at(self.pace.0, self.body.next()).await {
                Err(_) => self.in_pace()?,
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => {
                    self.broke_off = true;
                    return Err(Fault::new(&problem::BAD_MULTIPART));
                }
                Ok(Some(Ok(piece))) => {
                    self.take(&piece)?;
                    return Ok(Some(piece));
                }
            }
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let time = self.last.duration_since(self.begun);
        self.app.senders.came(&self.sender, &self.app.config.limits, self.bytes, time);
    }
}

async fn hear_out(body: &mut BodyDataStream) {
    let rest = async {
        let mut bytes = 0;
        while let Some(Ok(piece)) = body.next().await {
            bytes += piece.len();
            if bytes > HEARD_OUT {
                return;
            }
        }
    };
    let _ = timeout(HEARING, rest).await;
}

/// Makes the files durable, several at once, each under the name given.
///
/// # Errors
/// `storage_full`, `storage_fault`.
pub async fn keep(app: &App, files: Vec<(String, File)>) -> Result<Vec<(String, Stored)>, Fault> {
    let each = files.into_iter().map(|(name, file)| async move {
        Ok::<_, Fault>((name, app.blobs.keep(file.content).await?))
    });
    try_join_all(each).await
}

fn fault(broken: Broken<Fault>) -> Fault {
    match broken {
        Broken::Source(fault) => fault,
        Broken::CutOff | Broken::Malformed => Fault::new(&problem::BAD_MULTIPART),
        Broken::LongHead => Fault::new(&problem::TOO_LARGE),
    }
}
