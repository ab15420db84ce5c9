//! A submission's way in: read, place, check, keep. Everything slow happens before the
//! transaction; the acknowledgement comes after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use jiff::civil::Date;
use ntm_shared::answers::Tree;
use ntm_shared::api::round::{ModuleDesign, NewRound};
use ntm_shared::check::arrival::{Circumstances, Thresholds};
use ntm_shared::check::check;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::form::{Form, Saved};
use ntm_shared::moment::Outcome;
use ntm_shared::problem;
use ntm_shared::text::Text;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::auth::Phone;
use crate::fault::Fault;
use crate::ops::submissions::{self, Arrival};
use crate::place::{self, Placement, Sender};
use crate::store::submissions::NewSubmission;
use crate::upload::{self, Upload};

/// Longest instance id (OpenRosa metadata schema).
const LONGEST_ID: usize = 249;

/// What the sender is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Everything is durable.
    Stored,
    /// Durable, but a person must place it.
    Held,
}

impl Receipt {
    /// Status and words. ODK Collect takes 201 and 202 for sent.
    pub fn message(self) -> (StatusCode, Text) {
        match self {
            Receipt::Stored => (
                StatusCode::CREATED,
                Text::new("Đã nhận đủ và lưu an toàn.", "Received and stored safely."),
            ),
            Receipt::Held => (
                StatusCode::ACCEPTED,
                Text::new(
                    "Đã nhận và lưu an toàn. Máy chủ chưa biết phiên bản biểu mẫu này; cán bộ sẽ xử lý.",
                    "Received and stored safely. The server does not know this form version; staff will place it.",
                ),
            ),
        }
    }
}

/// Takes in an upload.
///
/// # Errors
/// `bad_xml`, `no_instance_id`, `unknown_form`, `instance_conflict`, storage faults. Whatever it
/// is, nothing is half stored.
pub async fn receive(
    app: &Arc<App>,
    phone: &Phone,
    device: Option<String>,
    upload: Upload,
) -> Result<Receipt, Fault> {
    let Upload { xml, files } = upload;
    let (tree, xml) = tokio::task::spawn_blocking(move || (Tree::read(&xml), xml))
        .await
        .map_err(Fault::internal)?;
    let tree =
        tree.map_err(|fault| Fault { detail: fault.text(), ..Fault::new(&problem::BAD_XML) })?;
    let head = Head::read(&tree)?;
    let sender = Sender { collector: phone.collector.id.clone(), expired: phone.expired };
    let placement = place::place(app, sender, &tree, &head.form, &head.version).await?;
    let form = app.form(&head.form, &head.version).await?;

    let mut new = NewSubmission {
        form: head.form,
        version: head.version,
        instance_id: head.instance_id,
        deprecated_id: tree.deprecated_id().map(str::to_owned),
        xml_sha256: hex::encode(Sha256::digest(&xml)),
        xml,
        collector: phone.collector.id.clone(),
        device_id: device.map(|id| id.chars().take(200).collect()),
        received_at: phone.by.at.clone(),
        ..NewSubmission::default()
    };
    placement.apply(&mut new);

    let held = form.is_none();
    let set = placement.round.as_ref().and_then(|r| app.criteria.get(&r.criteria_set)).cloned();
    let sent: Vec<String> = files.iter().map(|file| file.name().to_owned()).collect();
    let reading = tokio::task::spawn_blocking(move || {
        Reading::of(&tree, form.as_deref(), set.as_deref(), &placement, sent)
    })
    .await
    .map_err(Fault::internal)??;

    let wanted: BTreeSet<&String> = reading.names.iter().collect();
    let files =
        files.into_iter().filter_map(|file| Some((file.named_in(&wanted)?, file))).collect();
    // Until the row is committed the blobs have nobody else to speak for them.
    let _naming = app.blobs.naming().await;
    let files = upload::keep(app, files).await?;
    new.outcome = reading.outcome;
    new.reading = reading.json;
    let arrival = Arrival {
        submission: new,
        names: reading.names,
        files,
        findings: reading.findings,
        entity: reading.entity,
        countable: reading.countable,
    };
    let by = phone.by.clone();
    app.db.write(move |tx| submissions::receive(tx, &by, arrival)).await?;
    Ok(if held { Receipt::Held } else { Receipt::Stored })
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

/// Code of a submission whose form version was never published: it is held until it is.
pub const UNKNOWN_VERSION: &str = "unknown_version";

/// What was read out of the answers.
pub struct Reading {
    /// The files the answers name.
    pub names: Vec<String>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// What the criteria set reads from it, as JSON.
    pub json: Option<String>,
    /// What it wants done with a household of the roster.
    pub entity: Option<Saved>,
    /// Whether it may count for its household or commune.
    pub countable: bool,
}

impl Reading {
    /// Holds the answers against the form, and reads them by the rules of the round's set.
    ///
    /// # Errors
    /// None but ours.
    pub fn of(
        tree: &Tree,
        form: Option<&Form>,
        set: Option<&CriteriaSet>,
        placement: &Placement,
        sent: Vec<String>,
    ) -> Result<Reading, Fault> {
        let mut findings = placement.findings.clone();
        let Some(form) = form else {
            findings.push(Finding::whole(
                UNKNOWN_VERSION,
                Severity::Warning,
                Text::new(
                    "Phiên bản biểu mẫu chưa được công bố.",
                    "The form version was never published.",
                ),
            ));
            return Ok(Reading {
                names: sent,
                findings,
                outcome: None,
                json: None,
                entity: None,
                countable: false,
            });
        };
        findings.extend(check(form, tree, None, &placement.media));
        let mut reading = Reading {
            names: form.attachments_named(tree),
            findings,
            outcome: None,
            json: None,
            entity: form.saved(tree),
            countable: placement.countable,
        };
        let (Some(set), Some(round)) = (set, &placement.round) else { return Ok(reading) };
        // One interview counts per household and one report per commune; of visits every one does.
        reading.countable &= form.id == set.report_form
            || (form.id == set.household_form && placement.household.is_some());
        let json = |value: serde_json::Result<String>| value.map(Some).map_err(Fault::internal);
        if form.id == set.household_form {
            let told = reading.findings.iter().any(|f| f.code == place::NOT_ON_ROSTER);
            if placement.household.is_none() && !told {
                reading.findings.push(place::not_on_roster());
            }
            let drawn = modules_asked(round, set, &placement.modules);
            let day = interview_day(tree).unwrap_or(round.starts);
            let contributions = set.contributions(tree, day, &drawn);
            if contributions.outcome == Outcome::Completed {
                let odd = Circumstances::of(tree).findings(placement.home, Thresholds::built_in());
                reading.findings.extend(odd);
            }
            reading.outcome = Some(contributions.outcome.word().to_owned());
            reading.json = json(serde_json::to_string(&contributions))?;
        } else if form.id == set.report_form {
            reading.json = json(serde_json::to_string(&set.report(tree)))?;
        }
        Ok(reading)
    }
}

/// The day of the interview as the phone says it: device time is data, and an insurance card is
/// valid or not on that day.
pub fn interview_day(tree: &Tree) -> Option<Date> {
    let node = tree.children(tree.root()).iter().find(|n| tree.name(**n) == "today")?;
    tree.text(*node).get(..10)?.parse().ok()
}

/// The modules a household was asked: every census, and the samples it was drawn for.
pub fn modules_asked(round: &NewRound, set: &CriteriaSet, drawn: &[String]) -> BTreeSet<String> {
    let census =
        |module: &&str| !matches!(round.modules.get(*module), Some(ModuleDesign::Sample { .. }));
    let modules = set.measures().iter().map(|m| m.module.as_str());
    let mut asked: BTreeSet<String> = modules.filter(census).map(str::to_owned).collect();
    asked.extend(drawn.iter().cloned());
    asked
}
