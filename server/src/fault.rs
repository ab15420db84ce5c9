//! How an action fails: a row of the problem table with what was wrong here. Knows nothing of
//! HTTP; the doors turn it into problem JSON or an OpenRosa answer.

use ntm_shared::problem::{self, Problem};
use ntm_shared::text::Text;

use crate::store::StoreFault;

/// A failed action.
#[derive(Debug)]
pub struct Fault {
    /// The row of the table.
    pub problem: &'static Problem,
    /// What exactly was wrong, for people; empty when the title says all.
    pub detail: Text,
    /// Places in the input.
    pub places: Vec<FaultPlace>,
    /// For the log only; never shown, never personal data.
    pub cause: Option<String>,
    /// Seconds after which trying again may help.
    pub wait: Option<u64>,
}

/// A place in the input that is wrong.
#[derive(Clone, Debug)]
pub struct FaultPlace {
    /// Line from 1.
    pub line: Option<u64>,
    /// Column or field.
    pub field: Option<String>,
    /// Stable code.
    pub code: String,
    /// The sentence for people.
    pub message: Text,
}

impl Fault {
    /// `problem`, with nothing to add.
    pub fn new(problem: &'static Problem) -> Fault {
        Fault { problem, detail: Text::default(), places: Vec::new(), cause: None, wait: None }
    }

    /// `problem` with what exactly was wrong.
    pub fn with(problem: &'static Problem, vi: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { detail: Text::new(vi, en), ..Fault::new(problem) }
    }

    /// A failure of ours: shown as "the server failed", logged with `cause`.
    pub fn internal(cause: impl std::fmt::Display) -> Fault {
        Fault { cause: Some(cause.to_string()), ..Fault::new(&problem::INTERNAL) }
    }
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Fault {
        let problem = match fault {
            StoreFault::Full => &problem::STORAGE_FULL,
            StoreFault::Disk(_) | StoreFault::Database(_) | StoreFault::Stopped => {
                &problem::STORAGE_FAULT
            }
            _ => &problem::INTERNAL,
        };
        Fault { cause: Some(fault.to_string()), ..Fault::new(problem) }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        // EMFILE, ENFILE: too many files open at this moment.
        let crowded = matches!(error.raw_os_error(), Some(23 | 24));
        let problem = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                &problem::STORAGE_FULL
            }
            _ if crowded => &problem::BUSY,
            _ => &problem::STORAGE_FAULT,
        };
        // The kind only: an error of the file system may name a path.
        Fault { cause: Some(error.kind().to_string()), ..Fault::new(problem) }
    }
}
