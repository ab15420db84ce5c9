//! Sending over a network that breaks off: answers first, durable in one round trip; then the files
//! the server has not, each from where it was cut. Every request may be sent again.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ntm_shared::api::phone::{FileHash, HeardItem, Number, OfferedItem, Piece, Push, State, Want};
use ntm_shared::problem;
use ntm_shared::text::{Lang, nfc};

use crate::app::App;
use crate::auth::Phone;
use crate::blobs::partial::Partial;
use crate::blobs::{Stored, is_hash};
use crate::fault::Fault;
use crate::intake;
use crate::ops::{numbers, submissions as ops};
use crate::receipt::Receipt;
use crate::store::{self, Tx, attachments, submissions};
use crate::upload::Arriving;

/// Items of an offer.
pub const ITEMS: usize = 100;
/// Pieces of a push, and bytes of what announces them.
const PIECES: usize = 200;
const HEAD: usize = 256 * 1024;

/// Takes in one offered item; what is refused is refused for itself.
pub async fn take(
    app: &Arc<App>,
    phone: &Phone,
    device: Option<String>,
    item: OfferedItem,
    lang: Lang,
) -> Result<HeardItem, Fault> {
    let OfferedItem { id, xml, files, nth: _ } = item;
    let taken = intake::answers(app.clone(), phone.clone(), device, xml.into_bytes()).await;
    match taken {
        Ok((Receipt::Erased, _)) => {
            let message = Some(Receipt::Erased.message().get(lang).to_owned());
            Ok(HeardItem { id, state: State::Erased, want: vec![], code: None, message })
        }
        Ok((_, (form, instance, sha256))) => {
            let whose = Whose { form, instance, xml_sha256: sha256 };
            let (state, want) = missing(app, phone, &whose, files).await?;
            Ok(HeardItem { id, state, want, code: None, message: None })
        }
        // The disk, the quota, the network: nothing is wrong with the item.
        Err(fault) if fault.problem.status >= 429 => Err(fault),
        Err(fault) => Ok(refused(id, &fault, lang)),
    }
}

/// Longest name of a phone's count, and the highest number believed.
const RUN: usize = 64;
const NUMBERS: u64 = 1_000_000;

/// Notes the numbers of what was offered; which before them never came.
///
/// # Errors
/// Storage faults.
pub async fn count(app: &App, phone: &Phone, came: Vec<Number>) -> Result<Vec<Number>, Fault> {
    let good = |one: &Number| one.run.len() <= RUN && (1..=NUMBERS).contains(&one.number);
    let came: Vec<(String, u64)> =
        came.into_iter().filter(good).map(|one| (one.run, one.number)).collect();
    if came.is_empty() {
        return Ok(Vec::new());
    }
    let (by, device) = (phone.by.clone(), phone.device.clone());
    app.db
        .write(move |tx| {
            numbers::note(tx, &by, &device, &came)?;
            let runs: BTreeSet<&String> = came.iter().map(|(run, _)| run).collect();
            let mut missing = Vec::new();
            for run in runs {
                let numbers = store::numbers::missing(tx, run)?.into_iter();
                missing.extend(numbers.map(|number| Number { run: run.clone(), number }));
            }
            Ok(missing)
        })
        .await
}

fn refused(id: String, fault: &Fault, lang: Lang) -> HeardItem {
    let said = format!("{} {}", fault.problem.title(lang), fault.problem.help(lang));
    HeardItem {
        id,
        state: State::Refused,
        want: Vec::new(),
        code: Some(fault.problem.code.to_owned()),
        message: Some(said),
    }
}

/// What identifies a submission, known only to who has it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whose {
    /// Form id.
    pub form: String,
    /// Instance id.
    pub instance: String,
    /// SHA-256 of the answers: who asks has them.
    pub xml_sha256: String,
}

impl Whose {
    fn of(piece: &Piece) -> Whose {
        Whose {
            form: piece.form.clone(),
            instance: piece.instance.clone(),
            xml_sha256: piece.xml_sha256.clone(),
        }
    }

    /// Its number, when there is one with these answers.
    ///
    /// # Errors
    /// What the store says.
    pub fn find(&self, tx: &dyn Tx) -> Result<Option<i64>, Fault> {
        let found = submissions::by_identity(tx, &self.form, &self.instance)?;
        Ok(found.filter(|(_, sha256, _)| *sha256 == self.xml_sha256).map(|(seq, ..)| seq))
    }
}

/// What a submission still lacks. Files that the sender's other submissions have are not asked for.
async fn missing(
    app: &App,
    phone: &Phone,
    whose: &Whose,
    files: Vec<FileHash>,
) -> Result<(State, Vec<Want>), Fault> {
    let files: Vec<FileHash> = files
        .into_iter()
        .map(|file| FileHash { name: nfc(&file.name), ..file })
        .filter(|file| is_hash(&file.sha256))
        .collect();
    let asked: Vec<String> = files.iter().map(|file| file.sha256.clone()).collect();
    // What is there may be named anew; it must not be swept out meanwhile.
    let naming = app.blobs.naming().await;
    let (whose, by, collector) = (whose.clone(), phone.by.clone(), phone.collector.id.clone());
    let (seq, lacking, wanted) = app
        .db
        .write(move |tx| {
            let Some(seq) = whose.find(tx)? else { return Err(Fault::new(&problem::NOT_FOUND)) };
            let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
            ops::name_if_held(tx, seq, &names)?;
            let there: BTreeSet<(String, String)> =
                attachments::there(tx, seq)?.into_iter().collect();
            let mut known = Vec::new();
            let mut wanted = Vec::new();
            for file in files {
                if there.contains(&(file.name.clone(), file.sha256.clone())) {
                    continue;
                }
                match attachments::own(tx, &collector, &file.sha256)? {
                    Some(stored) => known.push((file.name, stored)),
                    None => wanted.push(file),
                }
            }
            if !known.is_empty() {
                ops::add(tx, &by, seq, &known)?;
            }
            let named = attachments::list(tx, seq)?;
            let lacking = named.iter().any(|file| file.sha256.is_none());
            let wanted: Vec<FileHash> = wanted
                .into_iter()
                .filter(|file| named.iter().any(|one| one.name == file.name))
                .collect();
            Ok((seq, lacking, wanted))
        })
        .await?;
    drop(naming);
    let is_wanted = |sha256: &String| wanted.iter().any(|file| file.sha256 == *sha256);
    let come: Vec<String> = asked.into_iter().filter(|sha256| !is_wanted(sha256)).collect();
    app.blobs.erase_pieces(seq, &come)?;
    let state = if lacking || !wanted.is_empty() { State::Answers } else { State::All };
    let want = wanted.into_iter().map(|FileHash { name, sha256, .. }| {
        let offset = app.blobs.arrived(seq, &sha256);
        Want { name, sha256, offset }
    });
    Ok((state, want.collect()))
}

/// Takes in pieces of files as they arrive. When the body breaks off, what came stays.
///
/// # Errors
/// `bad_multipart` also for what is no push, and those of [`Arriving::piece`].
pub async fn push(
    app: Arc<App>,
    phone: Phone,
    body: Arriving,
    lang: Lang,
) -> Result<Vec<HeardItem>, Fault> {
    let mut body = Body::of(body);
    let push = match head(&mut body).await {
        Ok(push) => push,
        Err(fault) => {
            body.arriving.hear_out().await;
            return Err(fault);
        }
    };
    take_pieces(&app, &phone, &mut body, &push.pieces).await?;
    heard(&app, &phone, push.pieces, lang).await
}

/// Takes in the pieces of a body, one after the other.
///
/// # Errors
/// As [`push`].
pub async fn take_pieces(
    app: &App,
    phone: &Phone,
    body: &mut Body,
    pieces: &[Piece],
) -> Result<(), Fault> {
    let mut kept = 0;
    let mut result = Ok(());
    for piece in pieces {
        result = one(app, phone, body, piece, &mut kept).await;
        if result.is_err() {
            break;
        }
    }
    let today = app.config.clock.today().to_string();
    app.senders.kept(&phone.collector.id, &app.config.limits, &today, kept, 0);
    if result.is_err() {
        body.arriving.hear_out().await;
    }
    result
}

/// How far the submissions have come that pieces were for.
async fn heard(
    app: &App,
    phone: &Phone,
    pieces: Vec<Piece>,
    lang: Lang,
) -> Result<Vec<HeardItem>, Fault> {
    let mut items: Vec<(Whose, String, Vec<FileHash>)> = Vec::new();
    for piece in pieces {
        let whose = Whose::of(&piece);
        match items.iter_mut().find(|(of, ..)| *of == whose) {
            Some((_, _, files)) => files.push(piece.file),
            None => items.push((whose, piece.id, vec![piece.file])),
        }
    }
    let mut answers = Vec::with_capacity(items.len());
    for (whose, id, files) in items {
        answers.push(match missing(app, phone, &whose, files).await {
            Ok((state, want)) => HeardItem { id, state, want, code: None, message: None },
            Err(fault) if fault.problem.status >= 429 => return Err(fault),
            Err(fault) => refused(id, &fault, lang),
        });
    }
    Ok(answers)
}

async fn head(body: &mut Body) -> Result<Push, Fault> {
    let bad = || Fault::new(&problem::BAD_MULTIPART);
    let length = body.exactly(4).await?;
    let length = length.iter().fold(0, |sum, byte| sum * 256 + usize::from(*byte));
    if length > HEAD {
        return Err(bad());
    }
    let push: Push = serde_json::from_slice(&body.exactly(length).await?).map_err(|_| bad())?;
    let whole = |piece: &Piece| {
        is_hash(&piece.file.sha256)
            && piece.offset.checked_add(piece.length).is_some_and(|end| end <= piece.file.bytes)
    };
    if push.pieces.len() > PIECES || !push.pieces.iter().all(whole) {
        return Err(bad());
    }
    Ok(push)
}

/// One piece. Of what is no longer wanted, or begins beyond what is there, nothing is kept.
async fn one(
    app: &App,
    phone: &Phone,
    body: &mut Body,
    piece: &Piece,
    kept: &mut u64,
) -> Result<(), Fault> {
    let sha256 = piece.file.sha256.clone();
    let (whose, name) = (Whose::of(piece), nfc(&piece.file.name));
    // An erasure is wholly before this, or wholly after: then it takes the file away from us.
    let (seq, mut partial) = {
        let _naming = app.blobs.naming().await;
        let (of, of_sha256, of_name) = (whose.clone(), sha256.clone(), name.clone());
        let seq = app
            .db
            .read(move |tx| {
                let Some(seq) = of.find(tx)? else { return Ok(None) };
                let there = attachments::there(tx, seq)?;
                let has = there.iter().any(|(name, hash)| *name == of_name && *hash == of_sha256);
                Ok::<_, Fault>((!has).then_some(seq))
            })
            .await?;
        match seq {
            Some(seq) => (seq, app.blobs.piece(seq, &sha256)?),
            None => return body.skip(piece.length).await,
        }
    };
    if piece.offset > partial.length() {
        return body.skip(piece.length).await;
    }
    let known = (partial.length() - piece.offset).min(piece.length);
    body.skip(known).await?;
    let before = partial.length();
    let came = copy(body, &mut partial, piece.length - known).await;
    *kept += partial.length() - before;
    let partial = tokio::task::spawn_blocking(move || partial.sync().map(|()| partial))
        .await
        .map_err(Fault::internal)??;
    came?;
    if partial.length() < piece.file.bytes {
        return Ok(());
    }
    let _naming = app.blobs.naming().await;
    let finishing = tokio::task::spawn_blocking(move || partial.finish(&sha256)).await;
    let Some(stored) = finishing.map_err(Fault::internal)?? else { return Ok(()) };
    let by = phone.by.clone();
    let file: (String, Stored) = (name, stored);
    let add = move |tx: &dyn Tx| match whose.find(tx)? {
        Some(found) if found == seq => {
            ops::add(tx, &by, seq, std::slice::from_ref(&file)).map(|_| ())
        }
        _ => Ok(()),
    };
    app.db.write(add).await
}

/// Copies up to `bytes` of the body; less when somebody else has taken over the file.
async fn copy(body: &mut Body, partial: &mut Partial, mut bytes: u64) -> Result<(), Fault> {
    while bytes > 0 {
        let chunk = body.some(bytes).await?;
        bytes -= chunk.len() as u64;
        if !partial.write(&chunk)? {
            return body.skip(bytes).await;
        }
    }
    Ok(())
}

/// A body read by lengths.
pub struct Body {
    arriving: Arriving,
    rest: Bytes,
}

impl Body {
    /// Nothing of it read yet.
    pub fn of(arriving: Arriving) -> Body {
        Body { arriving, rest: Bytes::new() }
    }

    /// At least one byte, at most `most`.
    async fn some(&mut self, most: u64) -> Result<Bytes, Fault> {
        while self.rest.is_empty() {
            let piece = self.arriving.piece().await?;
            self.rest = piece.ok_or_else(|| Fault::new(&problem::BAD_MULTIPART))?;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.rest.len());
        Ok(self.rest.split_to(most))
    }

    async fn exactly(&mut self, bytes: usize) -> Result<BytesMut, Fault> {
        let mut taken = BytesMut::with_capacity(bytes);
        while taken.len() < bytes {
            let chunk = self.some((bytes - taken.len()) as u64).await?;
            taken.extend_from_slice(&chunk);
        }
        Ok(taken)
    }

    async fn skip(&mut self, mut bytes: u64) -> Result<(), Fault> {
        while bytes > 0 {
            bytes -= self.some(bytes).await?.len() as u64;
        }
        Ok(())
    }
}
