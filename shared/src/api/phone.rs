//! What a phone of ours and the server tell each other: what there is to do, and the sending of
//! answers and photos over a network that breaks off.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::erasure::Forgotten;
use super::submission::ReturnedRow;

/// `GET /api/v1/phone/pull`: everything a phone follows, without the rosters and forms themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pull {
    /// Which history of the data this is. A phone that knows another offers again what it sent.
    pub epoch: String,
    /// The collector's name.
    pub collector: String,
    /// Open rounds, newest first.
    pub rounds: Vec<OpenRound>,
    /// Forms that may be filled.
    pub forms: Vec<OfferedForm>,
    /// Households of the open rounds of which the collector sent a form, from whatever phone.
    pub received: Vec<String>,
    /// The collector's submissions that came back.
    pub returned: Vec<ReturnedRow>,
    /// Households to forget, after the `forgotten` of the question.
    pub forgotten: Vec<Forgotten>,
}

/// An open round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenRound {
    /// Round id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// First day.
    pub starts: Date,
    /// Last day.
    pub ends: Date,
}

/// A form on offer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OfferedForm {
    /// Form id.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// The files it reads.
    pub files: Vec<OfferedFile>,
}

/// A file a form reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OfferedFile {
    /// File name.
    pub name: String,
    /// MD5 in lower-case hex: a phone fetches what it has not.
    pub md5: String,
}

/// `POST /api/v1/phone/offer`: filled-in forms, with the hashes of their files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// What the phone calls itself.
    #[serde(default)]
    pub device: Option<String>,
    /// At most 100.
    pub items: Vec<OfferedItem>,
}

/// One filled-in form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferedItem {
    /// What the phone calls it; comes back in the answer.
    pub id: String,
    /// The submission's XML, to be stored byte for byte.
    pub xml: String,
    /// Its files.
    #[serde(default)]
    pub files: Vec<FileHash>,
}

/// A file by what is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// The name by which the answers know it.
    pub name: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// The answer to an offer and to a push.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heard {
    /// See [`Pull::epoch`].
    pub epoch: String,
    /// Bytes to put into one push, by what the phone's network carries.
    pub at_a_time: u64,
    /// What became of each item.
    pub items: Vec<HeardItem>,
}

/// What became of an item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HeardItem {
    /// What the phone calls it.
    pub id: String,
    /// See [`State`].
    pub state: State,
    /// Files to send, each from its offset on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub want: Vec<Want>,
    /// Why it is refused: a code of the problem table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What to tell the collector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The answers are durable, files are missing.
    Answers,
    /// Everything is durable: the phone may let go of it.
    All,
    /// About what was erased: nothing of it is kept, and the phone must not keep it either.
    Erased,
    /// Not taken; the phone keeps it.
    Refused,
}

/// A file the server has not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Want {
    /// File name.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
    /// How much of it has arrived.
    pub offset: u64,
}

/// What a push begins with: a length of four bytes, most significant first, then this as JSON, then
/// the bytes of each piece in this order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The pieces; at most 200.
    pub pieces: Vec<Piece>,
}

/// A piece of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// What the phone calls the item.
    pub id: String,
    /// Form id.
    pub form: String,
    /// Instance id.
    pub instance: String,
    /// SHA-256 of the submission's XML: who sends files to it has it.
    pub xml_sha256: String,
    /// The file.
    pub file: FileHash,
    /// Where the piece begins in the file.
    pub offset: u64,
    /// Bytes of the piece.
    pub length: u64,
}
