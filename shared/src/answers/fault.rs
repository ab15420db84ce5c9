//! Why a submission cannot be read as an answer tree.

use thiserror::Error;

use crate::text::Text;

/// The reason an XML document was not accepted, with the line (from 1) where it shows.
///
/// Only what cannot be stored and evaluated faithfully is a fault; odd answers are not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum XmlFault {
    /// The document is larger than [`super::MAX_BYTES`].
    #[error("the document is larger than {} bytes", super::MAX_BYTES)]
    TooLarge,
    /// Bytes that are not UTF-8, or a declared encoding other than UTF-8.
    #[error("line {line}: not UTF-8")]
    Encoding {
        /// Line where it shows.
        line: usize,
    },
    /// A document type definition; never needed, and a known way to attack a reader.
    #[error("line {line}: a DOCTYPE is not accepted")]
    Doctype {
        /// Line where it shows.
        line: usize,
    },
    /// An entity other than the five predefined ones and character references.
    #[error("line {line}: unknown entity")]
    Entity {
        /// Line where it shows.
        line: usize,
    },
    /// Elements nested deeper than [`super::MAX_DEPTH`].
    #[error("line {line}: nested deeper than {} elements", super::MAX_DEPTH)]
    TooDeep {
        /// Line where it shows.
        line: usize,
    },
    /// More than [`super::MAX_ATTRIBUTES`] attributes on one element.
    #[error("line {line}: more than {} attributes", super::MAX_ATTRIBUTES)]
    TooManyAttributes {
        /// Line where it shows.
        line: usize,
    },
    /// More than [`super::MAX_NODES`] elements.
    #[error("line {line}: more than {} elements", super::MAX_NODES)]
    TooManyNodes {
        /// Line where it shows.
        line: usize,
    },
    /// A character that XML 1.0 forbids, such as NUL.
    #[error("line {line}: a control character")]
    ControlCharacter {
        /// Line where it shows.
        line: usize,
    },
    /// The document ends before its root element does, or has no root element.
    #[error("line {line}: the document is cut off")]
    Truncated {
        /// Line where it shows.
        line: usize,
    },
    /// Any other violation of XML's grammar.
    #[error("line {line}: malformed XML: {what}")]
    Malformed {
        /// Line where it shows.
        line: usize,
        /// What the reader stumbled over.
        what: String,
    },
}

impl XmlFault {
    /// Line where it shows, from 1; absent where it is the document as a whole.
    pub fn line(&self) -> Option<usize> {
        match self {
            XmlFault::TooLarge => None,
            XmlFault::Encoding { line }
            | XmlFault::Doctype { line }
            | XmlFault::Entity { line }
            | XmlFault::TooDeep { line }
            | XmlFault::TooManyAttributes { line }
            | XmlFault::TooManyNodes { line }
            | XmlFault::ControlCharacter { line }
            | XmlFault::Truncated { line }
            | XmlFault::Malformed { line, .. } => Some(*line),
        }
    }

    /// The sentence for people.
    pub fn text(&self) -> Text {
        let what = match self {
            XmlFault::TooLarge => "phiếu lớn quá mức cho phép",
            XmlFault::Encoding { .. } => "không phải UTF-8",
            XmlFault::Doctype { .. } => "không nhận DOCTYPE",
            XmlFault::Entity { .. } => "có thực thể XML lạ",
            XmlFault::TooDeep { .. } => "các phần tử lồng nhau quá sâu",
            XmlFault::TooManyAttributes { .. } => "một phần tử có quá nhiều thuộc tính",
            XmlFault::TooManyNodes { .. } => "có quá nhiều phần tử",
            XmlFault::ControlCharacter { .. } => "có ký tự điều khiển",
            XmlFault::Truncated { .. } => "phiếu bị cắt cụt",
            XmlFault::Malformed { .. } => "sai cú pháp XML",
        };
        let vi = self.line().map_or(format!("{what}."), |line| format!("Dòng {line}: {what}."));
        Text::new(vi, format!("{self}."))
    }
}
