//! The machine under the server: file systems of a test's own, a power cut, and calls that fail.
//! All of it needs root or nearly; where it is not permitted, the reason is printed and the caller
//! has nothing to test with.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Asks until it is so; the time it took.
///
/// # Panics
/// When it is not so in time.
#[track_caller]
pub fn ask_often(what: &str, within: Duration, mut so: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < within, "{what}: not within {within:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    start.elapsed()
}

fn run(words: &[&str]) -> std::io::Result<Output> {
    Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output()
}

/// Whether it worked; if not, says why the test is skipped.
fn may(words: &[&str]) -> bool {
    let why = match run(words) {
        Ok(out) if out.status.success() => return true,
        Ok(out) => String::from_utf8_lossy(&out.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    eprintln!("SKIPPED: {} is not permitted here: {why}", words.join(" "));
    false
}

/// A file system of its own, gone when dropped. Declare it before the server on it.
pub struct Mount {
    at: TempDir,
    image: Option<PathBuf>,
    // Holds the image.
    _folder: TempDir,
}

impl Mount {
    /// In memory, so large.
    pub fn tmpfs(mib: u64) -> Option<Mount> {
        let (at, folder) = (tempfile::tempdir().ok()?, tempfile::tempdir().ok()?);
        let size = format!("size={mib}m");
        let words = ["mount", "-t", "tmpfs", "-o", &size, "tmpfs", at.path().to_str()?];
        may(&words).then_some(Mount { at, image: None, _folder: folder })
    }

    /// ext4 in a file.
    pub fn ext4(mib: u64) -> Option<Mount> {
        let (at, folder) = (tempfile::tempdir().ok()?, tempfile::tempdir().ok()?);
        let image = folder.path().join("image");
        let file = std::fs::File::create(&image).expect("an image");
        file.set_len(mib << 20).expect("room for an image");
        // Nothing is left to be written behind the test's back.
        let lazy = "lazy_itable_init=0,lazy_journal_init=0";
        let made = may(&["mkfs.ext4", "-q", "-F", "-E", lazy, image.to_str()?]);
        let mount = Mount { at, image: Some(image), _folder: folder };
        (made && mount.mount()).then_some(mount)
    }

    /// Its root.
    pub fn path(&self) -> &Path {
        self.at.path()
    }

    /// Fills it to the last page with one file; room again by [`Mount::empty`].
    pub fn fill(&self) {
        let path = self.path().join("filler");
        let file = std::fs::File::options().append(true).create(true).open(path);
        let mut file = file.expect("a filler");
        while std::io::Write::write_all(&mut file, &[7; 4096]).is_ok() {}
    }

    /// Fills it until only so many bytes are left.
    pub fn fill_but(&self, left: u64) {
        let df = run(&["df", "--output=avail", "-B1", &self.path().to_string_lossy()]);
        let said = String::from_utf8(df.expect("df").stdout).expect("text");
        let free: u64 = said.lines().last().expect("a line").trim().parse().expect("bytes");
        let filler = vec![7; free.saturating_sub(left) as usize];
        std::fs::write(self.path().join("filler"), filler).expect("room for less than all");
    }

    /// Removes what filled it.
    pub fn empty(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("a filler");
    }

    fn mount(&self) -> bool {
        let image = self.image.as_ref().expect("an image").to_string_lossy().into_owned();
        may(&["mount", "-o", "loop", &image, &self.path().to_string_lossy()])
    }

    fn unmount(&self) {
        let at = self.path().to_string_lossy().into_owned();
        // The process on it was killed a moment ago.
        ask_often("umount", Duration::from_secs(10), || {
            run(&["umount", &at]).is_ok_and(|out| out.status.success())
        });
    }

    /// From this moment nothing reaches the disk any more, the journal's log included; what was
    /// not durable is gone when it is mounted again. False where the kernel does not know how.
    #[must_use]
    pub fn cut_power(&self) -> bool {
        // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
        let script = "import fcntl, os, struct, sys\n\
            fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";
        may(&["python3", "-c", script, &self.path().to_string_lossy()])
    }

    /// Power is back.
    pub fn power_on(&self) {
        self.unmount();
        assert!(self.mount(), "the file system does not come back");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let at = self.path().to_string_lossy().into_owned();
        let _ = run(&["umount", "--lazy", &at]);
    }
}

/// `strace` holding a running process, to make calls of it fail; dropped, it lets go.
pub struct Tracer(Child);

impl Tracer {
    /// Takes hold of `process` and all its threads.
    pub fn attach(process: u32, words: &[&str]) -> Option<Tracer> {
        let mut command = Command::new("strace");
        command.args(["-f", "-qqq", "-o", "/dev/null", "-p", &process.to_string()]).args(words);
        let child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut tracer = Tracer(child.expect("strace; run tests/setup.sh"));
        let start = Instant::now();
        while !held(process) {
            if let Ok(Some(_)) = tracer.0.try_wait() {
                let mut why = String::new();
                let _ = std::io::Read::read_to_string(&mut tracer.0.stderr.take()?, &mut why);
                eprintln!("SKIPPED: strace may not attach here: {}", why.trim());
                return None;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "strace does not attach");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(tracer)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let _ = run(&["kill", "-INT", &self.0.id().to_string()]);
        let _ = self.0.wait();
    }
}

/// Whether every thread of a process has a tracer.
fn held(process: u32) -> bool {
    let Ok(threads) = Path::new(&format!("/proc/{process}/task")).read_dir() else { return false };
    let status = |path: PathBuf| std::fs::read_to_string(path.join("status")).unwrap_or_default();
    let mut all = threads.flatten().map(|thread| status(thread.path()));
    all.all(|status| status.lines().any(|l| l.starts_with("TracerPid:") && !l.ends_with("\t0")))
}
