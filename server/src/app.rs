//! What every handler shares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, RwLock};

use jiff::civil::Date;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::form::Form;
use ntm_shared::unit::Units;
use tokio::sync::Semaphore;

use crate::blobs::Blobs;
use crate::config::Config;
use crate::fault::Fault;
use crate::kept::Reference;
use crate::ops::By;
use crate::pace::Pace;
use crate::senders::Senders;
use crate::store::{Db, forms};
use crate::tries::Tries;

/// The running server's state.
pub struct App {
    /// Settings.
    pub config: Config,
    /// Address people and phones use, without a slash at the end.
    pub url: String,
    /// The database.
    pub db: Db,
    /// What is kept of its reference data.
    pub reference: Reference,
    /// The photos.
    pub blobs: Blobs,
    /// Administrative units.
    pub units: &'static Units,
    /// Criteria sets, by id.
    pub criteria: BTreeMap<String, Arc<CriteriaSet>>,
    /// What is known of each phone.
    pub senders: Senders,
    /// Passwords being hashed.
    pub hashes: Semaphore,
    /// Pictures being decoded.
    pub decoding: Semaphore,
    /// People signing in: those whose password is being hashed, and those who wait for it.
    pub sign_ins: Semaphore,
    /// Failed sign-ins.
    pub tries: Tries,
    /// One reading of a round's originals at a time: it takes every processor.
    pub rereading: tokio::sync::Mutex<()>,
    /// One erasure at a time.
    pub erasing: tokio::sync::Mutex<()>,
    /// Whether an erasure was begun and not finished.
    pub unfinished: AtomicBool,
    /// How fast phones ask.
    pub pace: Pace,
    forms: RwLock<BTreeMap<(String, String), Arc<Form>>>,
}

impl App {
    /// The state of a server about to start.
    pub fn new(
        config: Config,
        url: String,
        (db, blobs): (Db, Blobs),
        criteria: BTreeMap<String, Arc<CriteriaSet>>,
    ) -> App {
        App {
            senders: Senders::new(&config.limits),
            decoding: Semaphore::new(1),
            hashes: Semaphore::new(config.limits.hashes),
            sign_ins: Semaphore::new(config.limits.sign_ins),
            tries: Tries::new(config.limits.failures, config.limits.failure_window),
            rereading: tokio::sync::Mutex::new(()),
            erasing: tokio::sync::Mutex::new(()),
            unfinished: AtomicBool::new(false),
            pace: Pace::new(config.limits.phone_rate, config.limits.phone_burst),
            forms: RwLock::default(),
            reference: Reference::default(),
            units: Units::built_in(),
            config,
            url,
            db,
            blobs,
            criteria,
        }
    }

    /// `actor`, now.
    pub fn by(&self, actor: &str) -> By {
        By { actor: actor.into(), at: self.config.clock.stamp() }
    }

    /// Numbers of the criteria of every set in force on `day`. They are numbered within a set; a table
    /// may name any of them.
    pub fn criteria_in_force(&self, day: Date) -> BTreeSet<u16> {
        let sets = self.criteria.values().filter(|set| set.from <= day && day <= set.to);
        sets.flat_map(|set| set.criteria.iter().filter_map(|c| c.id.parse().ok())).collect()
    }

    /// A published form, compiled once.
    ///
    /// # Errors
    /// What the store says; an internal fault when a published form no longer compiles.
    pub async fn form(&self, id: &str, version: &str) -> Result<Option<Arc<Form>>, Fault> {
        let key = (id.to_owned(), version.to_owned());
        if let Some(form) = self.compiled(&key) {
            return Ok(Some(form));
        }
        let (id, version) = key.clone();
        let source = self.db.read(move |tx| forms::source(tx, &id, &version)).await?;
        let Some(source) = source else { return Ok(None) };
        let form = Form::read(&source)
            .map_err(|_| Fault::internal("a published form no longer compiles"))?;
        let form = Arc::new(form);
        let mut forms = self.forms.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        forms.insert(key, form.clone());
        Ok(Some(form))
    }

    fn compiled(&self, key: &(String, String)) -> Option<Arc<Form>> {
        let forms = self.forms.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        forms.get(key).cloned()
    }
}
