//! Why a phone does not take an answer.

use thiserror::Error;

use crate::text::Text;

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FillFault {
    /// No question has this path, or more than one has.
    #[error("{0}: no such question, or more than one")]
    Unknown(String),
    /// A repeat's instances are made one after the other; this place is too far on.
    #[error("{0}: the instance before it does not exist yet")]
    Place(String),
    /// The question is not asked here.
    #[error("{0}: not asked here")]
    Irrelevant(String),
    /// The question cannot be answered by hand, or the repeat's instances are counted.
    #[error("{0}: read-only")]
    ReadOnly(String),
    /// The value is not of the question's type.
    #[error("{0}: not of the question's type")]
    Type(String),
    /// The value is not among the choices offered.
    #[error("{0}: no such choice")]
    Choice(String),
    /// A required answer cannot be made blank.
    #[error("{path}: {}", message.en)]
    Required {
        /// The question.
        path: String,
        /// What the form says.
        message: Text,
    },
    /// The constraint refuses the value.
    #[error("{path}: {}", message.en)]
    Constraint {
        /// The question.
        path: String,
        /// What the form says.
        message: Text,
    },
}
