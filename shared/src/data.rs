//! The data files that ship inside the program: forms, criteria sets, units. Each file carries its
//! own provenance; this is the only place that embeds them.

use crate::unit::UnitFiles;

/// The units of Lào Cai and Yên Bái; sources and licences in `shared/data/units/README.md`.
pub const UNITS: UnitFiles<'static> = UnitFiles {
    units: include_str!("../data/units/units.csv"),
    names: include_str!("../data/units/names.csv"),
    codes: include_str!("../data/units/codes.csv"),
    parents: include_str!("../data/units/parents.csv"),
    successors: include_str!("../data/units/successors.csv"),
};

/// Thresholds of the checks made when a submission arrives, each with its reason; read by
/// [`crate::check::arrival::Thresholds`].
pub const ARRIVAL_CHECKS: &str = include_str!("../data/checks/arrival.toml");
/// What makes figures unlike the others, each with its reason; read by [`crate::quality::Rules`].
pub const QUALITY_CHECKS: &str = include_str!("../data/checks/quality.toml");
/// How long an office has for what people ask about their data; read by [`crate::request::terms`].
pub const REQUEST_TERMS: &str = include_str!("../data/requests/terms.toml");
/// Words of passwords that are guessed first; its head says where they are from.
pub const COMMON_PASSWORDS: &str = include_str!("../data/passwords/common.txt");
/// Made-up helper teams for the demonstration; see `shared/data/teams/README.md`.
pub const DEMO_TEAMS: &str = include_str!("../data/teams/demo-teams.csv");
/// The criteria sets that ship with ntm, as TOML; read by [`crate::criteria::CriteriaSet::read`].
pub const CRITERIA_SETS: &[&str] = &[include_str!("../data/criteria/lao-cai-2021-2025.toml")];

/// The forms that ship with ntm, as XLSForms in Markdown tables; see `shared/data/forms/README.md`.
pub const FORMS: [&str; 3] = [
    include_str!("../data/forms/household.md"),
    include_str!("../data/forms/commune_report.md"),
    include_str!("../data/forms/visit.md"),
];
