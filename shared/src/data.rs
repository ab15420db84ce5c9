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

/// Made-up helper teams for the demonstration; see `shared/data/teams/README.md`.
pub const DEMO_TEAMS: &str = include_str!("../data/teams/demo-teams.csv");
