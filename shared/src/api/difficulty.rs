//! What stands in the way of communes over the wire: whose it is to resolve, until when, and how it was
//! passed on from the commune to the province's steering committee.
//!
//! `POST /api/v1/difficulties` and `POST /api/v1/difficulties/{id}/steps` may be sent again: the same
//! changes nothing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::CommuneRef;
use super::words::words;

words! {
    /// What a difficulty is about; the words of the visit form.
    Category "a category of difficulties" {
        Capital "capital" "vốn đầu tư" "capital",
        Land "land" "đất đai, mặt bằng" "land",
        Production "production" "sản xuất, tiêu thụ" "production and sale",
        Housing "housing" "nhà ở" "housing",
        Insurance "insurance" "bảo hiểm y tế" "health insurance",
        Water "water" "nước sạch" "clean water",
        Environment "environment" "môi trường, rác thải" "environment, waste",
        Training "training" "đào tạo, việc làm" "training, jobs",
        Guidance "guidance" "hướng dẫn chấm tiêu chí" "guidance",
        Staff "staff" "cán bộ" "staff",
        Papers "papers" "hồ sơ, thủ tục" "papers",
        Other "other" "khác" "other",
    }
}

words! {
    /// Who has a difficulty to resolve, lowest first.
    Tier "a tier" {
        Commune "commune" "xã" "commune",
        District "district" "huyện" "district",
        Department "department" "sở, ngành" "department",
        Province "province" "Ban Chỉ đạo tỉnh" "steering committee",
    }
}

impl Tier {
    /// Where it goes when it is not resolved here; `None` above the province's steering committee.
    /// Where there is no district any more, a commune's goes to the department at once.
    pub fn next(self, has_district: bool) -> Option<Tier> {
        match self {
            Tier::Commune if has_district => Some(Tier::District),
            Tier::Commune | Tier::District => Some(Tier::Department),
            Tier::Department => Some(Tier::Province),
            Tier::Province => None,
        }
    }
}

/// A difficulty of a commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDifficulty {
    /// UUID made by the client.
    pub id: String,
    /// Commune unit id, or its code on `day`.
    pub commune: String,
    /// The team that was told of it; one's own without, where the account is a team's.
    #[serde(default)]
    pub team: Option<String>,
    /// The visit on which it was told, if any.
    #[serde(default)]
    pub visit: Option<String>,
    /// The day it was told: today or before.
    pub day: Date,
    /// What it is about.
    pub category: Category,
    /// What it is, without names of persons.
    pub description: String,
    /// The office that has it to resolve; the commune's own without.
    #[serde(default)]
    pub owner: String,
    /// The last day to resolve it, not before `day`.
    pub deadline: Date,
}

/// What became of a difficulty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step", deny_unknown_fields)]
pub enum Step {
    /// Passed on to the next tier.
    Escalated {
        /// The office that has it to resolve now.
        owner: String,
        /// The last day to resolve it now.
        deadline: Date,
    },
    /// Resolved: nothing comes after it.
    Resolved {},
}

/// `POST /api/v1/difficulties/{id}/steps`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStep {
    /// UUID made by the client.
    pub id: String,
    /// The day: today or before, not before the difficulty's.
    pub day: Date,
    /// Why it is passed on, or how it was resolved.
    pub note: String,
    /// What became of it.
    #[serde(flatten)]
    pub step: Step,
}

/// A step as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRow {
    /// What was said.
    #[serde(flatten)]
    pub said: NewStep,
    /// Who has it to resolve after this step.
    pub tier: Tier,
    /// Id of who wrote it down.
    pub actor: String,
    /// RFC 3339 instant.
    pub at: String,
}

/// A difficulty as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difficulty {
    /// Own id.
    pub id: String,
    /// The commune, named as on the day it was told.
    #[serde(flatten)]
    pub commune: CommuneRef,
    /// The team that was told of it.
    pub team: Option<String>,
    /// The visit on which it was told.
    pub visit: Option<String>,
    /// The day it was told.
    pub day: Date,
    /// What it is about.
    pub category: Category,
    /// What it is.
    pub description: String,
    /// Who has it to resolve now.
    pub tier: Tier,
    /// The office that has it to resolve now.
    pub owner: String,
    /// The last day to resolve it.
    pub deadline: Date,
    /// The day it was resolved.
    pub resolved: Option<Date>,
    /// Whether the last day has passed, and it is not resolved.
    pub overdue: bool,
    /// What became of it, first step first.
    pub steps: Vec<StepRow>,
    /// Id of who wrote it down.
    pub actor: String,
    /// RFC 3339 instant.
    pub at: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difficulty_goes_up_tier_by_tier_and_past_a_district_that_is_not_there() {
        let way = |has_district| -> Vec<Tier> {
            std::iter::successors(Some(Tier::Commune), |tier| tier.next(has_district)).collect()
        };
        assert_eq!(way(true), Tier::ALL);
        assert_eq!(way(false), [Tier::Commune, Tier::Department, Tier::Province]);
    }

    #[test]
    fn a_step_is_one_flat_object() {
        let json = r#"{"id":"a","day":"2024-10-15","note":"vượt thẩm quyền","step":"escalated","owner":"Sở A","deadline":"2024-11-15"}"#;
        let step: NewStep = serde_json::from_str(json).unwrap();
        assert!(matches!(&step.step, Step::Escalated { owner, .. } if owner == "Sở A"));
        assert_eq!(serde_json::to_string(&step).unwrap(), json);
        let done = r#"{"id":"b","day":"2024-10-15","note":"đã cấp vốn","step":"resolved"}"#;
        let step: NewStep = serde_json::from_str(done).unwrap();
        assert_eq!(serde_json::to_string(&step).unwrap(), done);
    }
}
