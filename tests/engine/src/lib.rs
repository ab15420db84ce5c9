//! Peers that nobody here wrote: JavaRosa, the engine inside ODK Collect, and pyxform. Installed by
//! `tests/setup.sh` into `target/peers`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The repository.
pub fn root() -> &'static Path {
    static ROOT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    ROOT.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().nth(2).expect("the repository").to_owned()
    })
}

/// Java with JavaRosa on its path, and the filler compiled.
pub struct JavaRosa {
    jar: PathBuf,
    classes: TempDir,
}

fn peers() -> PathBuf {
    if let Some(folder) = std::env::var_os("NTM_TEST_PEERS") {
        return folder.into();
    }
    let test = std::env::current_exe().expect("this test's path");
    test.ancestors().nth(3).expect("target").join("peers")
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

impl JavaRosa {
    /// Compiles the filler.
    #[expect(clippy::new_without_default, reason = "starts a compiler")]
    pub fn new() -> JavaRosa {
        let jar = peer("ODK_Validate.jar");
        let classes = tempfile::tempdir().expect("a folder");
        let mut javac = Command::new("javac");
        javac.arg("-nowarn").arg("-d").arg(classes.path()).arg("-cp").arg(&jar);
        let out = run(javac.arg(root().join("tests/javarosa/Filler.java")));
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        JavaRosa { jar, classes }
    }

    /// What ODK Validate says about a form; `Ok` when it accepts it.
    pub fn validate(&self, xform: &Path) -> Result<(), String> {
        let out = run(Command::new("java").arg("-jar").arg(&self.jar).arg(xform));
        let words = String::from_utf8_lossy(&out.stderr).into_owned()
            + &String::from_utf8_lossy(&out.stdout);
        if out.status.success() { Ok(()) } else { Err(words) }
    }

    /// Fills a form once per `.answers` file of a folder; whether every one was filled.
    pub fn fill(&self, xform: &Path, media: &Path, cases: &Path, out: &Path) -> bool {
        let path = format!("{}:{}", self.classes.path().display(), self.jar.display());
        let mut java = Command::new("java");
        java.args([
            "-Dfile.encoding=UTF-8",
            "-Duser.timezone=Asia/Ho_Chi_Minh",
            "-cp",
            &path,
            "Filler",
        ]);
        java.arg(xform).arg("--media").arg(media).arg("--batch").arg(cases).arg("--out").arg(out);
        let out = run(&mut java);
        assert!(
            matches!(out.status.code(), Some(0 | 1)),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        out.status.success()
    }
}
