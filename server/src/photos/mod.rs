//! Photos after they were acknowledged: one at a time, in the order of arrival, each is looked at,
//! gets a thumbnail and is held against its interview and against other photos. Follows the event
//! log: what a crash interrupts is done again from the last event kept.

use std::sync::Arc;
use std::time::Duration;

use ntm_shared::answers::{NodeId, Tree};
use ntm_shared::check::arrival::{Circumstances, Thresholds};
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::geo::Place;
use ntm_shared::text::{Text, nfc};
use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::fault::Fault;
use crate::ops::SERVER;
use crate::ops::photos::{self as ops, Looked};
use crate::store::photos::{self, File, Seen, State};
use crate::store::{Tx, attachments, households};

mod decode;

/// Between two looks for work, and after a failure.
const IDLE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_secs(10);
/// How long a photo waits at most while uploads are being received: senders come first, and yet the
/// work goes on.
const PATIENCE: Duration = Duration::from_secs(2);
/// A file of so many bytes may decode to a hundred megabytes. It waits longer, and those behind it:
/// uploads and such a picture should not need memory at the same time.
const LARGE: u64 = 4 << 20;
const LONG_PATIENCE: Duration = Duration::from_secs(300);
/// Bytes beyond the disk's reserve without which nothing is made: thumbnail and rows, many times over.
const ROOM: u64 = 4 << 20;
/// Events looked through at a time, and events without photos after which the place is kept.
const WINDOW: i64 = 1000;

/// Looks at photos until the server stops.
pub async fn run(app: Arc<App>) {
    let mut place = match app.db.read(|tx| photos::cursor(tx)).await {
        Ok(event) => At { seen: event, kept: event },
        Err(_) => At { seen: 0, kept: 0 },
    };
    loop {
        match step(&app, &mut place).await {
            Ok(true) => {}
            Ok(false) => sleep(IDLE).await,
            Err(fault) => {
                tracing::warn!(code = fault.problem.code, cause = fault.cause, "photos wait");
                sleep(PAUSE).await;
            }
        }
    }
}

/// How far the events were looked through, and how far the database knows.
struct At {
    seen: i64,
    kept: i64,
}

/// Does the next piece of work; false when there is none. While senders send, there is always
/// something new to look through: without a photo among it, that waits until there is more of it.
async fn step(app: &Arc<App>, at: &mut At) -> Result<bool, Fault> {
    // What can be made again takes no room from what senders bring.
    if !app.db.disk().fits(ROOM) {
        return Ok(false);
    }
    let after = at.seen;
    let (event, submission) = app.db.read(move |tx| photos::next(tx, after, WINDOW)).await?;
    if let Some(submission) = submission {
        look(app, event, submission).await?;
        (at.seen, at.kept) = (event, event);
        return Ok(true);
    }
    at.seen = event;
    if at.seen >= at.kept + WINDOW {
        app.db.write(move |tx| photos::follow(tx, event)).await?;
        at.kept = event;
    }
    Ok(event >= after + WINDOW)
}

struct Work {
    files: Vec<File>,
    xml: Vec<u8>,
    household: Option<String>,
    home: Option<Place>,
}

fn work(tx: &dyn Tx, submission: i64) -> Result<Work, Fault> {
    let (xml, household) = photos::subject(tx, submission)?.unwrap_or_default();
    let home = match &household {
        Some(id) => households::by_id(tx, id)?.and_then(|(household, _)| household.place()),
        None => None,
    };
    Ok(Work { files: photos::files(tx, submission)?, xml, household, home })
}

async fn look(app: &Arc<App>, event: i64, submission: i64) -> Result<(), Fault> {
    let Work { files, xml, household, home } = app.db.read(move |tx| work(tx, submission)).await?;
    let tree = tokio::task::spawn_blocking(move || Tree::read(&xml)).await;
    let tree = tree.map_err(Fault::internal)?.ok();
    let held = tree.as_ref().map(Circumstances::of);
    let thresholds = Thresholds::built_in();
    let (mut seen_all, mut findings) = (Vec::new(), Vec::new());
    for file in files {
        let field = tree.as_ref().and_then(|tree| question(tree, &file.name));
        let seen = match file.seen {
            Some(seen) => seen,
            None => one(app, &file).await?,
        };
        findings.extend(oddity(&file.name, field.as_deref(), seen.state));
        if let (Some(held), Some(header)) = (&held, &seen.header) {
            findings.extend(held.of_photo(field.as_deref(), header, home, thresholds));
        }
        seen_all.push((field, seen));
    }
    let looked = Looked { event, submission, household, photos: seen_all, findings };
    let by = app.by(SERVER);
    app.db.write(move |tx| ops::look(tx, &by, looked, thresholds.photo_bits)).await
}

/// Looks at one file, after the senders.
async fn one(app: &Arc<App>, file: &File) -> Result<Seen, Fault> {
    let until = Instant::now() + if file.bytes < LARGE { PATIENCE } else { LONG_PATIENCE };
    while app.senders.busy(&app.config.limits) && Instant::now() < until {
        sleep(Duration::from_millis(20)).await;
    }
    let sha256 = file.sha256.clone();
    let unreadable = |state| Seen { sha256: sha256.clone(), state, header: None, likeness: None };
    if file.bytes > app.config.limits.photo {
        return Ok(unreadable(State::NoPicture));
    }
    let decoded = match decoded(app, &file.sha256).await {
        Ok(decoded) => decoded,
        // Damaged or gone: `ntm-server check` says so; the other photos are looked at.
        Err(_) => return Ok(unreadable(State::Unreadable)),
    };
    if let Some(thumbnail) = decoded.thumbnail {
        cache(app, &file.sha256, thumbnail).await?;
    }
    let (state, header, likeness) = (decoded.state, decoded.header, decoded.likeness);
    Ok(Seen { sha256, state, header, likeness })
}

/// Keeps a thumbnail, unless its file was erased meanwhile: an erasure waits for `naming`, or is seen.
async fn cache(app: &Arc<App>, sha256: &str, thumbnail: Vec<u8>) -> Result<(), Fault> {
    let _naming = app.blobs.naming().await;
    let name = sha256.to_owned();
    if !app.db.read(move |tx| attachments::unnamed(tx, vec![name])).await?.is_empty() {
        return Ok(());
    }
    let (blobs, name) = (app.blobs.clone(), sha256.to_owned());
    let kept = tokio::task::spawn_blocking(move || blobs.cache(&name, &thumbnail)).await;
    Ok(kept.map_err(Fault::internal)??)
}

async fn decoded(app: &Arc<App>, sha256: &str) -> Result<decode::Decoded, Fault> {
    let _turn = app.decoding.acquire().await.map_err(Fault::internal)?;
    let (blobs, name, limits) = (app.blobs.clone(), sha256.to_owned(), app.config.limits.clone());
    let decode = move || Ok::<_, std::io::Error>(decode::decode(&blobs.read(&name)?, &limits));
    Ok(tokio::task::spawn_blocking(decode).await.map_err(Fault::internal)??)
}

/// The thumbnail of a file, made anew when the cache has lost it; or why there is none.
///
/// # Errors
/// What the file system says.
pub async fn thumbnail(app: &Arc<App>, sha256: &str) -> Result<Result<Vec<u8>, State>, Fault> {
    let (blobs, name) = (app.blobs.clone(), sha256.to_owned());
    let cached = tokio::task::spawn_blocking(move || blobs.cached(&name)).await;
    if let Some(bytes) = cached.map_err(Fault::internal)? {
        return Ok(Ok(bytes));
    }
    let decoded = decoded(app, sha256).await?;
    let Some(bytes) = decoded.thumbnail else { return Ok(Err(decoded.state)) };
    // A cache that takes nothing costs time, not the answer.
    if app.db.disk().fits(ROOM) {
        let _ = cache(app, sha256, bytes.clone()).await;
    }
    Ok(Ok(bytes))
}

/// Path of the question that a file answers.
fn question(tree: &Tree, name: &str) -> Option<String> {
    let mut waiting: Vec<NodeId> = vec![tree.root()];
    while let Some(node) = waiting.pop() {
        if nfc(tree.text(node).trim()) == name {
            return Some(tree.path(node));
        }
        waiting.extend(tree.children(node));
    }
    None
}

fn oddity(name: &str, field: Option<&str>, state: State) -> Option<Finding> {
    let pictured = [".jpg", ".jpeg", ".png"].iter().any(|end| name.to_lowercase().ends_with(end));
    let (code, vi, en) = match state {
        State::Shown => return None,
        State::NoPicture if !pictured => return None,
        State::NoPicture => (
            "not_a_picture",
            "Tệp mang tên ảnh nhưng không phải ảnh.",
            "The file has a picture's name and is none.",
        ),
        State::TooManyPixels => (
            "too_many_pixels",
            "Ảnh quá nhiều điểm ảnh nên không thu nhỏ được; ảnh gốc vẫn giữ.",
            "The picture has too many pixels for a thumbnail; the original is kept.",
        ),
        State::Unreadable => (
            "photo_unreadable",
            "Ảnh hỏng, không mở được; tệp gốc vẫn giữ.",
            "The picture is damaged and cannot be opened; the file is kept.",
        ),
    };
    let (code, field, message) = (code.into(), field.map(str::to_owned), Text::new(vi, en));
    Some(Finding { code, severity: Severity::Note, field, message })
}
