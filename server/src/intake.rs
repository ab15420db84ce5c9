//! A submission's way in: read, place, check, keep. Everything slow happens before the
//! transaction; the acknowledgement comes after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::Request;
use ntm_shared::answers::Tree;
use ntm_shared::problem;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::auth::Phone;
use crate::blobs::Stored;
use crate::erasing;
use crate::fault::Fault;
use crate::held as placing;
use crate::ops::submissions::{self, Arrival};
use crate::ops::{salvage, submissions::Receipt as Kept};
use crate::place::{self, Sender};
use crate::reading::Reading;
use crate::receipt::Receipt;
use crate::store::Tx;
use crate::store::submissions::{NewSubmission, by_identity};
use crate::upload::{self, File, Part, Upload};

/// Longest instance id (OpenRosa metadata schema).
const LONGEST_ID: usize = 249;
/// Files that may wait to be made durable: each is open.
const OPEN_FILES: usize = 16;

/// Bytes of XML that are read and checked in well under a millisecond: handing them to another
/// thread would take longer.
const SHORT: usize = 32 * 1024;

/// Takes in an upload. When it breaks off, what arrived whole waits for the rest.
///
/// # Errors
/// Those of [`Upload`]; `bad_xml`, `no_instance_id`, `unknown_form`, `instance_conflict`, storage
/// faults. Whatever it is, no submission is half stored.
pub async fn receive(
    app: Arc<App>,
    phone: Phone,
    device: Option<String>,
    request: Request,
) -> Result<Receipt, Fault> {
    let mut upload = Upload::begin(&app, &phone.collector.id, request).await?;
    let mut record = Record {
        app,
        phone,
        device,
        xml: None,
        refused: None,
        read: None,
        erased: false,
        files: vec![],
        kept: vec![],
    };
    loop {
        let app = record.app.clone();
        let fault = match upload.next(&app).await {
            Ok(None) => return record.whole().await.map(|(receipt, _)| receipt),
            Ok(Some(Part::Xml(xml))) => record.take_xml(xml).err(),
            Ok(Some(Part::File(file))) => {
                record.files.push(file);
                let salvage = &app.config.limits.salvage;
                if record.files.len() >= OPEN_FILES || upload.age() >= salvage.after {
                    record.put_by(false).await;
                }
                None
            }
            Ok(Some(Part::Other)) => None,
            Err(fault) => Some(fault),
        };
        if let Some(fault) = fault {
            // What is no multipart at all is not a phone's.
            if upload.broke_off() || fault.problem.code == problem::TOO_SLOW.code {
                record.put_by(true).await;
            } else {
                upload.hear_out().await;
            }
            return Err(fault);
        }
    }
}

/// Form id, instance id and SHA-256 of the XML of a submission.
pub type Identity = (String, String, String);

/// Takes in answers without their files: durable, and waiting for those.
///
/// # Errors
/// As [`receive`].
pub async fn answers(
    app: Arc<App>,
    phone: Phone,
    device: Option<String>,
    xml: Vec<u8>,
) -> Result<(Receipt, Identity), Fault> {
    let limit = app.config.limits.xml;
    if xml.len() > limit {
        return Err(Fault::new(&problem::TOO_LARGE));
    }
    Record {
        app,
        phone,
        device,
        xml: Some(xml),
        refused: None,
        read: None,
        erased: false,
        files: vec![],
        kept: vec![],
    }
    .whole()
    .await
}

/// A submission as far as it has arrived.
struct Record {
    app: Arc<App>,
    phone: Phone,
    device: Option<String>,
    xml: Option<Vec<u8>>,
    /// Why the XML cannot be taken, if that is known.
    refused: Option<Fault>,
    /// Read from the XML, once.
    read: Option<Arrival>,
    /// About what was erased: no file of it is kept.
    erased: bool,
    /// Complete, and not durable yet.
    files: Vec<File>,
    /// Durable already.
    kept: Vec<(String, Stored)>,
}

impl Record {
    fn take_xml(&mut self, xml: Vec<u8>) -> Result<(), Fault> {
        match self.xml.is_none() && self.read.is_none() && self.refused.is_none() {
            true => self.xml = Some(xml),
            // Which of two is meant nobody can say.
            false => return Err(Fault::new(&problem::BAD_MULTIPART)),
        }
        Ok(())
    }

    /// Everything has come.
    async fn whole(mut self) -> Result<(Receipt, Identity), Fault> {
        if let Some(fault) = self.refused.take() {
            return Err(fault);
        }
        self.read().await?;
        // Until the row is committed the blobs have nobody else to speak for them.
        let naming = self.app.blobs.naming().await;
        self.keep_files().await?;
        let Some(mut arrival) = self.read.take() else { return Err(missing_xml()) };
        arrival.files = std::mem::take(&mut self.kept);
        let held = arrival.held;
        let files: Vec<String> = arrival.files.iter().map(|(_, b)| b.sha256.clone()).collect();
        if held {
            arrival.names = arrival.files.iter().map(|(name, _)| name.clone()).collect();
            arrival.names.dedup();
        }
        let version = held.then(|| arrival.submission.version.clone());
        let identity = arrival.submission.clone_key();
        let by = self.phone.by.clone();
        let receive = move |tx: &dyn Tx| submissions::receive(tx, &by, &arrival);
        let done = self.app.db.write_repeatable(receive).await;
        let kept = match done {
            Err(fault) if fault.problem.code == problem::INSTANCE_CONFLICT.code => {
                let by = self.phone.by.clone();
                let (form, id, sha256) = identity;
                let note = move |tx: &dyn Tx| submissions::contest(tx, &by, &form, &id, &sha256);
                self.app.db.write_repeatable(note).await?;
                return Err(fault);
            }
            done => done?,
        };
        if kept.erased {
            drop(naming);
            erasing::discard(&self.app, files).await?;
            return Ok((Receipt::Erased, identity));
        }
        if let Some(version) = version
            && self.app.form(&identity.0, &version).await?.is_some()
        {
            // It was published in between, and whoever did that looked for held ones before.
            placing::follow(&self.app).await?;
        }
        self.count(&kept);
        self.forget_pieces(&identity, files).await?;
        let receipt = match (held, kept.branch) {
            (true, _) => Receipt::Held,
            (_, true) => Receipt::Branch,
            _ => Receipt::Stored,
        };
        Ok((receipt, identity))
    }

    /// Makes what is there durable, to wait for the rest. When the upload has `ended`, what is there
    /// may be all there is.
    async fn put_by(&mut self, ended: bool) {
        let nothing_read = self.xml.is_none() && self.read.is_none();
        if nothing_read || self.refused.is_some() || self.app.db.disk().state().is_some() {
            return;
        }
        if let Err(fault) = self.read().await {
            // Whoever is still sending is told at the end.
            self.refused = Some(fault);
            return;
        }
        let naming = self.app.blobs.naming().await;
        if self.keep_files().await.is_err() {
            return;
        }
        let Some(mut arrival) = self.read.clone() else { return };
        arrival.files.clone_from(&self.kept);
        let (by, limits) = (self.phone.by.clone(), self.app.config.limits.salvage.clone());
        let done =
            self.app.db.write(move |tx| salvage::keep(tx, &by, arrival, ended, &limits)).await;
        match done {
            Ok(Some(kept)) if kept.erased => {
                drop(naming);
                let files = std::mem::take(&mut self.kept).into_iter().map(|(_, b)| b.sha256);
                let _ = erasing::discard(&self.app, files.collect()).await;
            }
            // Pieces of files that are whole now go when the upload ends, or with their time.
            Ok(Some(kept)) => self.count(&kept),
            Ok(None) => {}
            Err(fault) => tracing::debug!(code = fault.problem.code, "an upload was not put by"),
        }
    }

    /// Files that were on their way in pieces and have come whole are not waited for any more.
    async fn forget_pieces(&self, identity: &Identity, files: Vec<String>) -> Result<(), Fault> {
        if files.is_empty() || !self.app.blobs.has_pieces() {
            return Ok(());
        }
        let (form, instance, _) = identity.clone();
        let found =
            self.app.db.read(move |tx| Ok::<_, Fault>(by_identity(tx, &form, &instance)?)).await?;
        if let Some((seq, ..)) = found {
            self.app.blobs.erase_pieces(seq, &files)?;
        }
        Ok(())
    }

    fn count(&self, kept: &Kept) {
        let (app, id) = (&self.app, &self.phone.collector.id);
        let today = app.config.clock.today().to_string();
        app.senders.kept(id, &app.config.limits, &today, kept.bytes, kept.files);
    }

    /// Makes the files durable that the answers name; the others are dropped.
    async fn keep_files(&mut self) -> Result<(), Fault> {
        let files = std::mem::take(&mut self.files);
        let Some(read) = &self.read else { return Ok(()) };
        if self.erased {
            return Ok(());
        }
        let wanted: BTreeSet<&String> = read.names.iter().collect();
        let named = |file: &File| match read.held {
            true => Some(file.name().to_owned()),
            false => file.named_in(&wanted),
        };
        let files = files.into_iter().filter_map(|file| Some((named(&file)?, file))).collect();
        self.kept.extend(upload::keep(&self.app, files).await?);
        Ok(())
    }

    /// Reads the answers, once: what they are, where they belong, what is odd about them.
    async fn read(&mut self) -> Result<(), Fault> {
        if self.read.is_some() {
            return Ok(());
        }
        let xml = self.xml.take().ok_or_else(missing_xml)?;
        let (app, phone) = (&self.app, &self.phone);
        let short = xml.len() <= SHORT;
        let (tree, xml) = match short {
            true => (Tree::read(&xml), xml),
            false => tokio::task::spawn_blocking(move || (Tree::read(&xml), xml))
                .await
                .map_err(Fault::internal)?,
        };
        let tree =
            tree.map_err(|fault| Fault { detail: fault.text(), ..Fault::new(&problem::BAD_XML) })?;
        let head = Head::read(&tree)?;
        let sender = Sender { collector: phone.collector.id.clone(), expired: phone.expired };
        let placement = place::place(app, sender, &tree, &head.form, &head.version).await?;
        let form = app.form(&head.form, &head.version).await?;
        let mut submission = NewSubmission {
            form: head.form,
            version: head.version,
            instance_id: head.instance_id,
            deprecated_id: tree.deprecated_id().map(str::to_owned),
            xml_sha256: hex::encode(Sha256::digest(&xml)),
            xml,
            collector: phone.collector.id.clone(),
            device_id: self.device.take().map(|id| id.chars().take(200).collect()),
            received_at: phone.by.at.clone(),
            ..NewSubmission::default()
        };
        placement.apply(&mut submission);
        self.erased = placement.erased;
        let held = form.is_none();
        let approved_only = placement.round.as_ref().is_some_and(|round| round.approved_only);
        let set = placement.round.as_ref().and_then(|r| app.criteria.get(&r.criteria_set)).cloned();
        let reading = move || Reading::of(&tree, form.as_deref(), set.as_deref(), &placement);
        let reading = match short {
            true => reading()?,
            false => tokio::task::spawn_blocking(reading).await.map_err(Fault::internal)??,
        };
        submission.outcome = reading.outcome;
        submission.reading = reading.json;
        self.read = Some(Arrival {
            submission,
            names: reading.names,
            files: Vec::new(),
            findings: reading.findings,
            entity: reading.entity,
            countable: reading.countable,
            approved_only,
            contributions: reading.contributions,
            held,
        });
        Ok(())
    }
}

fn missing_xml() -> Fault {
    Fault::with(
        &problem::BAD_MULTIPART,
        "Thiếu phần xml_submission_file.",
        "The part xml_submission_file is missing.",
    )
}

/// What identifies a submission.
struct Head {
    form: String,
    version: String,
    instance_id: String,
}

impl Head {
    fn read(tree: &Tree) -> Result<Head, Fault> {
        let form = tree.form_id().filter(|id| !id.is_empty()).ok_or_else(|| {
            Fault::with(
                &problem::BAD_XML,
                "Thiếu thuộc tính id ở gốc.",
                "The root has no id attribute.",
            )
        })?;
        let instance_id = tree.instance_id().unwrap_or_default();
        if instance_id.is_empty() || instance_id.chars().count() > LONGEST_ID {
            return Err(Fault::new(&problem::NO_INSTANCE_ID));
        }
        Ok(Head {
            form: form.to_owned(),
            version: tree.version().unwrap_or_default().to_owned(),
            instance_id: instance_id.to_owned(),
        })
    }
}
