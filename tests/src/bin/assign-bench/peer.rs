//! OR-Tools in its own Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::{Figures, figures};

/// The Python that has OR-Tools: `NTM_ORTOOLS`, else where `docs/SPEED.md` puts it.
pub fn python() -> Option<PathBuf> {
    let named = std::env::var_os("NTM_ORTOOLS").map(PathBuf::from);
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/ortools/bin/python");
    Some(named.unwrap_or(usual)).filter(|python| python.exists())
}

/// Its figures for one instance.
pub fn run(python: &Path, repeats: u32, file: &Path) -> Figures {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/assign-bench/ortools_flow.py");
    let mut command = Command::new(python);
    command.arg(script).arg(repeats.to_string()).arg(file);
    figures(command)
}
