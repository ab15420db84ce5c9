//! What a phone of ours and the server tell each other: what there is to do, and the sending of
//! answers and photos over a network that breaks off.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::CommuneRef;
use super::erasure::Forgotten;
use super::submission::ReturnedRow;
use crate::blocks::Part;

/// `GET /api/v1/phone/pull`: everything a phone follows, without the rosters and forms themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pull {
    /// Which history of the data this is. A phone that knows another offers again what it sent.
    pub epoch: String,
    /// The collector's name.
    pub collector: String,
    /// Whether the phone is a helper team's: `phone/communes` has something for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub team: bool,
    /// Open rounds, newest first.
    pub rounds: Vec<OpenRound>,
    /// Forms that may be filled.
    pub forms: Vec<OfferedForm>,
    /// Households of which the collector sent a form, from whatever phone, in the round they are listed for.
    pub received: Vec<String>,
    /// The collector's submissions that came back.
    pub returned: Vec<ReturnedRow>,
    /// Households to forget, after the `forgotten` of the question.
    pub forgotten: Vec<Forgotten>,
}

/// `GET /api/v1/phone/communes`: what a helper team's phone shows of the communes it has today. It says
/// days and no durations, so that it changes only when something happened, and holds for days without a
/// network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnCommunes {
    /// Names of the criteria by number, in the language asked for.
    pub criteria: BTreeMap<String, String>,
    /// The communes, by name.
    pub communes: Vec<OwnCommune>,
}

/// A commune of a phone's helper team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnCommune {
    /// The commune, named as today.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The phone's teams that have it, those that lead first.
    pub teams: Vec<OwnTeam>,
    /// The last visit of one of these teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastVisit>,
    /// The first day on which a visit is due.
    pub due: Date,
    /// How it stands in the newest round; absent where none looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Its open difficulties, the earliest deadline first.
    pub difficulties: Vec<OpenDifficulty>,
}

/// A team of the phone that has a commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTeam {
    /// Its name.
    pub name: String,
    /// `lead` or `support`.
    pub role: String,
    /// Since which day, by the decision in force.
    pub since: Date,
}

/// A team's last visit to a commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastVisit {
    /// The day.
    pub day: Date,
    /// The name of the team's phone or account that wrote it down.
    pub by: String,
}

/// How a commune stands in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Name of the round.
    pub round: String,
    /// True for made-up data.
    pub made_up: bool,
    /// Criteria in the set: met, not met and undecided together.
    pub total: u64,
    /// Numbers of the criteria that are not met.
    pub not_met: Vec<String>,
    /// Numbers of those of which the data do not say.
    pub undecided: Vec<String>,
}

/// A difficulty that is not resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDifficulty {
    /// What it is about, in the language asked for.
    pub about: String,
    /// What it is.
    pub description: String,
    /// The day it was told.
    pub day: Date,
    /// The last day to resolve it.
    pub deadline: Date,
    /// The office that has it to resolve.
    pub owner: String,
}

/// `POST /api/v1/phone/changes`: which version of a list that a form reads is on the phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownList {
    /// Form id.
    pub form: String,
    /// Version.
    pub version: String,
    /// The list's file name.
    pub name: String,
    /// Hashes of its blocks, in order (see [`blocks`](crate::blocks::blocks)).
    pub blocks: Vec<u32>,
}

/// What the list is now, made of the blocks that the phone has and of what is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListChanges {
    /// SHA-256 of the list in lower-case hex: what was put together is compared with it.
    pub sha256: String,
    /// The list, part by part.
    pub parts: Vec<Part>,
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
    /// Whether the app is to keep what is personal under a PIN.
    #[serde(default, skip_serializing_if = "is_no")]
    pub pin: bool,
}

fn is_no(said: &bool) -> bool {
    !said
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
    /// Which form of the phone it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<Number>,
}

/// Forms are numbered as they are finished on a phone, so that a lost one is noticed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What an installation of the app calls its count; at most 64 characters.
    pub run: String,
    /// 1, 2, 3 and so on.
    pub number: u64,
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
    /// Forms before those offered that never came: a phone that still has them offers them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Number>,
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
