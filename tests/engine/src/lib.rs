//! Peers that nobody here wrote: JavaRosa, the engine inside ODK Collect, and pyxform. Installed by
//! `tests/setup.sh` into `target/peers`.

mod forms;
mod instance;
mod javarosa;
mod ours;
mod tables;
mod walks;
mod web;
pub mod xml;

pub use forms::{FormSource, forms, forms_in, media};
pub use instance::instance;
pub use javarosa::JavaRosa;
pub use ours::{nodes, phone, settings, step};
pub use tables::tables;
pub use walks::{NodeState, Walk};
pub use web::{lay_out, node, packed, web_fill_all};

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository.
pub fn root() -> &'static Path {
    static ROOT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    ROOT.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().nth(2).expect("the repository").to_owned()
    })
}

fn peers() -> PathBuf {
    if let Some(folder) = std::env::var_os("NTM_TEST_PEERS") {
        return folder.into();
    }
    let this = std::env::current_exe().expect("this program's path");
    // Tests lie a folder below the programs.
    let beside = this.ancestors().skip(1).find(|at| !at.ends_with("deps"));
    beside.and_then(Path::parent).expect("target").join("peers")
}

/// A file of the peers' environment, or how to get it.
pub fn peer(path: &str) -> PathBuf {
    let full = peers().join(path);
    assert!(full.exists(), "{} is missing: run tests/setup.sh", full.display());
    full
}

/// Runs a command to its end; fails loudly when it is not installed.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|e| panic!("{command:?}: {e}; run tests/setup.sh"))
}

/// Converts an XLSForm with pyxform.
#[track_caller]
pub fn pyxform(source: &Path, xform: &Path) {
    let out =
        run(Command::new(peer("venv/bin/xls2xform")).arg("--skip_validate").args([source, xform]));
    assert!(out.status.success(), "{}: {}", source.display(), String::from_utf8_lossy(&out.stderr));
}

/// Converts many XLSForms with pyxform in one Python: source and XForm of each.
#[track_caller]
pub fn pyxform_all(forms: &[(PathBuf, PathBuf)]) {
    const EACH: &str = "import sys\nfrom pyxform.xls2xform import xls2xform_convert as convert\n\
        for source, xform in zip(sys.argv[1::2], sys.argv[2::2]):\n    \
        try: convert(source, xform, validate=False)\n    \
        except Exception as e: sys.exit(f'{source}: {e}')\n";
    let mut python = Command::new(peer("venv/bin/python"));
    python.args(["-c", EACH]);
    for (source, xform) in forms {
        python.args([source, xform]);
    }
    let out = run(&mut python);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Prints a line past the test runner, which keeps to itself what passing tests print: counts and
/// figures belong in every log.
#[macro_export]
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout().lock(), $($part)*);
    }};
}
