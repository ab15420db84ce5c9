//! What was given to communes over the wire: kind, value in đồng, and for whom, as a category and a
//! place, never persons' names. `POST /api/v1/supports` may be sent again: the same changes nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::CommuneRef;
use super::words::words;

/// The most one support can be worth, in đồng.
pub const MOST: u64 = 100_000_000_000_000;

words! {
    /// What was given; the words of the visit form.
    SupportKind "a kind of support" {
        Money "money" "tiền" "money",
        Materials "materials" "vật tư, vật liệu" "materials",
        Seeds "seeds" "cây, con giống" "seeds, breeding stock",
        Books "books" "sách, đồ dùng học tập" "books, school things",
        Gifts "gifts" "quà cho hộ" "gifts",
        Labour "labour" "ngày công" "labour days",
        Training "training" "tập huấn, hướng dẫn" "training",
        Other "other" "khác" "other",
    }
}

words! {
    /// For whom it was.
    Beneficiary "a beneficiary" {
        Commune "commune" "xã" "commune",
        Village "village" "thôn" "village",
        PoorHouseholds "poor_households" "hộ nghèo" "poor households",
        NearPoorHouseholds "near_poor_households" "hộ cận nghèo" "near-poor households",
        Households "households" "hộ dân" "households",
        School "school" "trường học" "school",
        HealthStation "health_station" "trạm y tế" "health station",
        Cooperative "cooperative" "hợp tác xã, tổ hợp tác" "cooperative",
        Other "other" "khác" "other",
    }
}

/// Support that a commune was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSupport {
    /// UUID made by the client.
    pub id: String,
    /// Commune unit id, or its code on `day`.
    pub commune: String,
    /// The team that gave it; one's own without, where the account is a team's.
    #[serde(default)]
    pub team: Option<String>,
    /// The visit on which it was given, if any.
    #[serde(default)]
    pub visit: Option<String>,
    /// The day it was given: today or before.
    pub day: Date,
    /// What was given.
    pub kind: SupportKind,
    /// What it is worth, in đồng; unknown without.
    #[serde(default)]
    pub value: Option<u64>,
    /// For whom.
    pub beneficiary: Beneficiary,
    /// Village unit id, where it was for one.
    #[serde(default)]
    pub village: Option<String>,
    /// How many of them, where they can be counted.
    #[serde(default)]
    pub count: Option<u32>,
    /// What exactly, without names of persons.
    #[serde(default)]
    pub detail: String,
}

/// Support as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// What was said.
    #[serde(flatten)]
    pub said: SupportSaid,
    /// The commune, named as on the day it was given.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// Id of who wrote it down.
    pub actor: String,
    /// RFC 3339 instant.
    pub at: String,
}

/// What was said of a support, its commune aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportSaid {
    /// Own id.
    pub id: String,
    /// The team that gave it.
    pub team: Option<String>,
    /// The visit on which it was given.
    pub visit: Option<String>,
    /// The day it was given.
    pub day: Date,
    /// What was given.
    pub kind: SupportKind,
    /// What it is worth, in đồng.
    pub value: Option<u64>,
    /// For whom.
    pub beneficiary: Beneficiary,
    /// Village unit id.
    pub village: Option<String>,
    /// How many of them.
    pub count: Option<u32>,
    /// What exactly.
    pub detail: String,
}

words! {
    /// What supports are added up by.
    By "a way to add up" {
        Team "team" "tổ" "team",
        Commune "commune" "xã" "commune",
        Kind "kind" "loại" "kind",
        Beneficiary "beneficiary" "đối tượng" "beneficiary",
    }
}

/// A sum: `GET /api/v1/supports/totals?by=team`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportTotal {
    /// Team id, commune unit id, or the word; empty for supports that no team gave.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// How many supports.
    pub supports: u64,
    /// Their value in đồng, of those that have one.
    pub value: u64,
    /// How many have no value.
    pub unvalued: u64,
}
