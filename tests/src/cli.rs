//! The real `ntm`, as a person at a terminal would run it, with a home of its own.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program;

/// A person's command line.
pub struct Cli {
    home: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Insists on an exit code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Output and error as a snapshot, without what differs from run to run.
    pub fn shown(&self, hidden: &[(&str, &str)]) -> String {
        let code = self.code.map_or("a signal".into(), |code| code.to_string());
        let text = format!("exit {code}\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        hidden.iter().fold(text, |text, (what, with)| text.replace(what, with))
    }
}

impl Default for Cli {
    fn default() -> Cli {
        Cli::new()
    }
}

impl Cli {
    /// Someone who never used it.
    pub fn new() -> Cli {
        Cli { home: tempfile::tempdir().expect("a folder") }
    }

    /// A folder of this person.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program with these arguments, ready to run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program("ntm"));
        command.args(args).current_dir(self.home()).env_clear();
        command.env("HOME", self.home()).env("XDG_CONFIG_HOME", self.home().join("config"));
        command
            .env("TMPDIR", self.home())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "120")
            .env("PATH", "");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs to the end with this typed in.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().expect("ntm runs");
        // A command that does not read may be gone already.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let out = child.wait_with_output().expect("its output");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: out.status.code(), out: text(out.stdout), err: text(out.stderr) }
    }
}
