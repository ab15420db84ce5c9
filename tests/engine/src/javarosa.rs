//! JavaRosa in a Java of its own, driven by `tests/javarosa/*.java`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::walks::{self, Walk};
use crate::{peer, root, run};

/// Java with JavaRosa on its path, and the filler compiled.
pub struct JavaRosa {
    jar: PathBuf,
    classes: TempDir,
}

impl JavaRosa {
    /// Compiles the filler.
    #[expect(clippy::new_without_default, reason = "starts a compiler")]
    pub fn new() -> JavaRosa {
        let jar = peer("ODK_Validate.jar");
        let classes = tempfile::tempdir().expect("a folder");
        let sources = root().join("tests/javarosa");
        let mut javac = Command::new("javac");
        javac.arg("-nowarn").arg("-d").arg(classes.path()).arg("-cp").arg(&jar);
        javac.args(["Filler.java", "Phone.java", "Walks.java"].map(|name| sources.join(name)));
        let out = run(&mut javac);
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

    /// What ODK Validate says about each of many forms, in one Java.
    pub fn validate_all(&self, xforms: &[&Path]) -> Vec<Result<(), String>> {
        let mut java = Command::new("java");
        let out = run(java.arg("-jar").arg(&self.jar).args(xforms));
        let words = String::from_utf8_lossy(&out.stdout).into_owned();
        let parts: Vec<&str> = words.split("Validating: ").skip(1).collect();
        assert_eq!(parts.len(), xforms.len(), "{words}");
        let verdict = |(part, xform): (&&str, &&Path)| {
            // Complaints of all forms come in one stream: a form that fails is asked for alone.
            if part.contains("Xform is valid!") { Ok(()) } else { self.validate(xform) }
        };
        parts.iter().zip(xforms).map(verdict).collect()
    }

    /// Fills a form once per `.answers` file of a folder; whether every one was filled.
    pub fn fill(&self, xform: &Path, media: &Path, cases: &Path, out: &Path) -> bool {
        let mut java = self.filler();
        java.arg(xform).arg("--media").arg(media).arg("--batch").arg(cases).arg("--out").arg(out);
        let out = run(&mut java);
        assert!(
            matches!(out.status.code(), Some(0 | 1)),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        out.status.success()
    }

    /// Walks through many forms: every folder in `folder` holds `form.xml`, its media files and one
    /// `.answers` file a case (see `tests/javarosa/Walks.java`). By folder, then by case. With
    /// `states` there is a hash of all nodes after every step.
    pub fn fill_all(
        &self,
        folder: &Path,
        states: bool,
    ) -> BTreeMap<String, BTreeMap<String, Walk>> {
        let mut java = self.filler();
        java.arg("--forms").arg(folder);
        if states {
            java.arg("--states");
        }
        let out = run(&mut java);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        walks::read(folder)
    }

    fn filler(&self) -> Command {
        let path = format!("{}:{}", self.classes.path().display(), self.jar.display());
        let mut java = Command::new("java");
        // Runs are short: no time to optimise much.
        java.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
        java.args(["-Dfile.encoding=UTF-8", "-Duser.timezone=Asia/Ho_Chi_Minh", "-cp", &path]);
        java.arg("Filler");
        java
    }
}
