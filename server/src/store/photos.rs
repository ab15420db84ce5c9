//! What was read from photos, and which of them are alike.

use ntm_shared::photo::{Header, Likeness};

use super::tx::{StoreFault, Tx, Value};

/// Where the number of the last event followed is kept.
const CURSOR: &str = "photos after event";
/// Photos compared per piece of a likeness: pieces that many photos share tell little.
const COMPARED: i64 = 200;

/// What became of a file that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is a thumbnail.
    Shown,
    /// Too large to decode.
    TooManyPixels,
    /// Says that it is a picture, and cannot be decoded.
    Unreadable,
    /// No picture this program decodes.
    NoPicture,
}

impl State {
    const ALL: [(State, &'static str); 4] = [
        (State::Shown, "shown"),
        (State::TooManyPixels, "too_many_pixels"),
        (State::Unreadable, "unreadable"),
        (State::NoPicture, "no_picture"),
    ];

    /// Its word in data.
    pub fn as_str(self) -> &'static str {
        State::ALL.iter().find(|(state, _)| *state == self).map_or("unreadable", |(_, word)| word)
    }

    fn read(word: &str) -> Result<State, StoreFault> {
        let found = State::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(state, _)| *state).ok_or_else(|| StoreFault::Unreadable("photo.state".into()))
    }
}

/// What was read from a file.
#[derive(Clone, Debug)]
pub struct Seen {
    /// SHA-256 of the file.
    pub sha256: String,
    /// What became of it.
    pub state: State,
    /// What it says of itself.
    pub header: Option<Header>,
    /// What it looks like.
    pub likeness: Option<Likeness>,
}

/// The number of the last event followed.
///
/// # Errors
/// What the store says.
pub fn cursor(tx: &dyn Tx) -> Result<i64, StoreFault> {
    let kept = super::meta::get(tx, CURSOR)?;
    kept.map_or(Ok(0), |n| n.parse().map_err(|_| StoreFault::Unreadable(CURSOR.into())))
}

/// Moves the cursor on.
///
/// # Errors
/// What the store says.
pub fn follow(tx: &dyn Tx, event: i64) -> Result<(), StoreFault> {
    super::meta::put(tx, CURSOR, &event.to_string())
}

/// The first event after `after`, among the next `window`, by which a submission got files: its
/// number and the submission's. Without one, where to look on.
///
/// # Errors
/// What the store says.
pub fn next(tx: &dyn Tx, after: i64, window: i64) -> Result<(i64, Option<i64>), StoreFault> {
    let sql = "SELECT e.seq, CAST(e.subject AS INTEGER) FROM event e
        WHERE e.seq > $1 AND e.seq <= $2
            AND e.verb IN ('submission.receive', 'submission.files', 'submission.place')
            AND EXISTS (SELECT 1 FROM attachment_file f WHERE f.submission = CAST(e.subject AS INTEGER))
        ORDER BY e.seq LIMIT 1";
    let to = after.saturating_add(window).min(super::events::last(tx)?);
    match tx.first(sql, &[after.into(), to.into()])? {
        Some(row) => Ok((row.int(0)?, Some(row.int(1)?))),
        None => Ok((to, None)),
    }
}

/// A file of a submission: its name, its hash, its size, and whether it was looked at before.
pub struct File {
    /// Name in the submission.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// What was read from it before.
    pub seen: Option<Seen>,
}

/// The files of a submission, in order.
///
/// # Errors
/// What the store says.
pub fn files(tx: &dyn Tx, submission: i64) -> Result<Vec<File>, StoreFault> {
    let sql = "SELECT f.name, f.sha256, b.bytes FROM attachment_file f
        JOIN attachment a ON a.submission = f.submission AND a.name = f.name
        JOIN blob b ON b.sha256 = f.sha256
        WHERE f.submission = $1 ORDER BY a.position, f.sha256";
    let rows = tx.query(sql, &[submission.into()])?;
    rows.iter()
        .map(|row| {
            let sha256 = row.text(1)?;
            Ok(File { name: row.text(0)?, seen: get(tx, &sha256)?, sha256, bytes: row.count(2)? })
        })
        .collect()
}

/// What was read from a file; `None` while nobody looked at it.
///
/// # Errors
/// What the store says.
pub fn get(tx: &dyn Tx, sha256: &str) -> Result<Option<Seen>, StoreFault> {
    let sql = "SELECT state, likeness FROM photo WHERE sha256 = $1";
    let Some(row) = tx.first(sql, &[sha256.into()])? else { return Ok(None) };
    let likeness = match &row.0[1] {
        Value::Null => None,
        _ => row.blob(1)?.try_into().ok().map(Likeness::from_bytes),
    };
    let state = State::read(&row.text(0)?)?;
    Ok(Some(Seen { sha256: sha256.into(), state, header: None, likeness }))
}

/// Keeps what was read from a file; a second time nothing changes.
///
/// # Errors
/// What the store says.
pub fn put(tx: &dyn Tx, seen: &Seen) -> Result<(), StoreFault> {
    let header = seen.header.as_ref();
    let place = header.and_then(|h| h.place);
    let added = tx.execute(
        "INSERT INTO photo (sha256, state, width, height, taken, lat, lon, likeness)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            (&seen.sha256).into(),
            seen.state.as_str().into(),
            header.map(|h| h.width).into(),
            header.map(|h| h.height).into(),
            header.and_then(|h| h.taken).map(|t| t.at.to_string()).into(),
            place.map(|p| p.lat).into(),
            place.map(|p| p.lon).into(),
            seen.likeness.map(|l| l.bytes().to_vec()).into(),
        ],
    )?;
    let Some(likeness) = seen.likeness.filter(|_| added > 0) else { return Ok(()) };
    for (band, value) in (0_i64..).zip(likeness.bands()) {
        tx.execute(
            "INSERT INTO photo_band (band, value, sha256) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[band.into(), i64::from(value).into(), (&seen.sha256).into()],
        )?;
    }
    Ok(())
}

/// Other photos that differ from this one in at most `bits` bits, nearest first.
///
/// # Errors
/// What the store says.
pub fn alike(tx: &dyn Tx, seen: &Seen, bits: u32) -> Result<Vec<String>, StoreFault> {
    let Some(likeness) = seen.likeness else { return Ok(Vec::new()) };
    let sql = "SELECT p.sha256, p.likeness FROM photo_band b JOIN photo p ON p.sha256 = b.sha256
        WHERE b.band = $1 AND b.value = $2 AND b.sha256 <> $3 ORDER BY b.sha256 LIMIT $4";
    let mut found = std::collections::BTreeSet::new();
    for (band, value) in (0_i64..).zip(likeness.bands()) {
        let values = [band.into(), i64::from(value).into(), (&seen.sha256).into(), COMPARED.into()];
        for row in tx.query(sql, &values)? {
            let Ok(other) = row.blob(1)?.try_into().map(Likeness::from_bytes) else { continue };
            let distance = likeness.distance(other);
            if distance <= bits {
                found.insert((distance, row.text(0)?));
            }
        }
    }
    Ok(found.into_iter().map(|(_, sha256)| sha256).collect())
}

/// Submissions about another household that have this file, by number, at most `limit`.
///
/// # Errors
/// What the store says.
pub fn elsewhere(
    tx: &dyn Tx,
    sha256: &str,
    household: &str,
    limit: i64,
) -> Result<Vec<(i64, String)>, StoreFault> {
    let sql = "SELECT f.submission, min(f.name) FROM attachment_file f
        JOIN submission s ON s.seq = f.submission
        WHERE f.sha256 = $1 AND s.household IS NOT NULL AND s.household <> $2
        GROUP BY f.submission ORDER BY f.submission LIMIT $3";
    let rows = tx.query(sql, &[sha256.into(), household.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// What the photos of a submission are held against: its XML and its household.
pub type Subject = (Vec<u8>, Option<String>);

/// What the photos of a submission are held against.
///
/// # Errors
/// What the store says.
pub fn subject(tx: &dyn Tx, submission: i64) -> Result<Option<Subject>, StoreFault> {
    let sql = "SELECT xml, household FROM submission WHERE seq = $1";
    let row = tx.first(sql, &[submission.into()])?;
    row.map(|row| Ok((row.blob(0)?, row.text_or_null(1)?))).transpose()
}
