//! The real binaries: found beside this test, run as a person would run them, killed without
//! warning.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::{Api, password, root, store};

/// Where a program of this workspace was built.
///
/// # Panics
/// When it was not built, or is older than its source, or was built from another checkout: such a
/// program would prove nothing. `NTM_TEST_BINS` names a folder of programs to test as they are.
pub fn program(name: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os("NTM_TEST_BINS") {
        return Path::new(&folder).join(name);
    }
    const BUILD: &str = "Run tests/run, or: cargo build --release --workspace --bins";
    let this = std::env::current_exe().expect("this program's path");
    // Tests lie a folder below the programs.
    let beside = this.ancestors().skip(1).find(|at| !at.ends_with("deps"));
    let path = beside.expect("target/release").join(name);
    let built = modified(&path).unwrap_or_else(|e| panic!("{}: {e}. {BUILD}", path.display()));
    let sources =
        std::fs::read_to_string(path.with_extension("d")).expect("what cargo built it from");
    let sources = sources.split_once(": ").expect("a list of sources").1.replace("\\ ", "\0");
    let sources: Vec<PathBuf> =
        sources.split_whitespace().map(|source| source.replace('\0', " ").into()).collect();
    let ours = sources.iter().any(|source| source.starts_with(root()));
    assert!(ours, "{} was built from another checkout. {BUILD}", path.display());
    for source in sources {
        let newer = modified(&source).is_ok_and(|changed| changed > built);
        assert!(!newer, "{} is older than {}. {BUILD}", path.display(), source.display());
    }
    path
}

fn modified(path: &Path) -> std::io::Result<SystemTime> {
    path.metadata()?.modified()
}

/// The real `ntm-server` on a folder and a port that stay the same across restarts.
pub struct RealServer {
    folder: TempDir,
    data: PathBuf,
    host: String,
    port: u16,
    child: Option<Child>,
    env: Vec<(&'static str, String)>,
    spoilt: bool,
    /// The one-time link printed by this start, if any.
    pub setup_link: Option<String>,
}

impl RealServer {
    /// Starts on an empty folder.
    pub fn start() -> RealServer {
        RealServer::start_under(&[])
    }

    /// Starts on an empty folder under another program, such as `strace`.
    pub fn start_under(prefix: &[&str]) -> RealServer {
        RealServer::start_on(None, prefix, Vec::new())
    }

    /// Starts on a data folder that exists.
    pub fn on(data: &Path) -> RealServer {
        RealServer::start_on(Some(data), &[], Vec::new())
    }

    /// Starts on a data folder with these environment variables, now and after every restart.
    pub fn configured(data: &Path, env: &[(&'static str, &str)]) -> RealServer {
        let env = env.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        RealServer::start_on(Some(data), &[], env)
    }

    /// Starts on a data folder that exists, at an address of another network namespace, in which
    /// `prefix` runs a program.
    pub fn listening(data: &Path, host: &str, prefix: &[&str]) -> RealServer {
        let mut server = RealServer::prepared(Some(data), Vec::new());
        server.host = host.into();
        server.run(prefix);
        server
    }

    fn start_on(
        data: Option<&Path>,
        prefix: &[&str],
        env: Vec<(&'static str, String)>,
    ) -> RealServer {
        let mut server = RealServer::prepared(data, env);
        server.run(prefix);
        server
    }

    fn prepared(data: Option<&Path>, env: Vec<(&'static str, String)>) -> RealServer {
        let folder = tempfile::Builder::new().prefix("ntm-test-").tempdir().expect("a folder");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let data = data.map_or_else(|| folder.path().join("data"), Path::to_owned);
        let (child, setup_link, spoilt) = (None, None, false);
        let host = "127.0.0.1".into();
        RealServer { folder, data, host, port, child, env, spoilt, setup_link }
    }

    /// Starts (again) and waits until it says that it is running.
    pub fn run(&mut self, prefix: &[&str]) {
        let log =
            std::fs::File::options().append(true).create(true).open(self.folder.path().join("log"));
        let mut words: Vec<String> = prefix.iter().map(|word| (*word).to_owned()).collect();
        words.push(program("ntm-server").to_string_lossy().into_owned());
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .args(["serve", "--listen"])
            .arg(format!("{}:{}", self.host, self.port));
        command.arg("--data").arg(self.data()).env("RUST_LOG", "warn").env_remove("NTM_DATA");
        // Phones of tests send as fast as they can.
        command.env("NTM_PHONE_RATE", "0");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log.expect("a log"));
        let spawned = command.spawn();
        let mut child = spawned.unwrap_or_else(|e| panic!("{}: {e}; run tests/setup.sh", words[0]));
        let out = BufReader::new(child.stdout.take().expect("its output"));
        self.child = Some(child);
        let (tell, told) = mpsc::channel();
        // Reads to the end, so that the server never writes into a closed pipe.
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| {
                let _ = tell.send(line);
            })
        });
        let first = told.recv_timeout(Duration::from_secs(30)).unwrap_or_default();
        assert!(first.contains(&self.url()), "no address in {first:?}: {}", self.log());
        self.setup_link = None;
        while let Ok(line) = told.recv_timeout(Duration::from_millis(200)) {
            if let Some(link) = line.split_whitespace().find(|word| word.contains("/setup#")) {
                self.setup_link = Some(link.to_owned());
                break;
            }
        }
    }

    /// Signs the administrator in through the link of the first start.
    pub fn administrator(&self) -> Api {
        let nobody = Api::nobody(&self.url());
        let link = self.setup_link.as_deref().expect("a link");
        nobody.redeem(link, &password("admin")).expect(204);
        nobody.sign_in("admin", &password("admin"))
    }

    /// Address.
    pub fn url(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The number of its process; under another program, that one's.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("a running server").id()
    }

    /// Memory its process has in use, and the most it ever had, in MiB.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.expect("the state of a process (Linux)");
        let read = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).expect(name);
            let kib = line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok());
            kib.expect("KiB") / 1024
        };
        (read("VmRSS:"), read("VmHWM:"))
    }

    /// Processor time its process has had.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()));
        let stat = stat.expect("the state of a process (Linux)");
        // The name in parentheses may hold blanks.
        let (_, rest) = stat.rsplit_once(')').expect("a name");
        let ticks = rest.split_whitespace().skip(11).take(2);
        // Linux counts these in hundredths of a second, whatever its own clock does.
        Duration::from_millis(ticks.filter_map(|n| n.parse::<u64>().ok()).sum::<u64>() * 10)
    }

    /// Waits for a server that something else killed; false while it runs on.
    pub fn has_died(&mut self) -> bool {
        // Asked again, it is still dead.
        let Some(child) = self.child.as_mut() else { return true };
        let died = child.try_wait().expect("its state").is_some();
        if died {
            self.child = None;
        }
        died
    }

    /// From now on its folder is known to be damaged: nobody looks at the end.
    pub fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("SIGKILL");
            child.wait().expect("its end");
        }
    }

    /// Ends a server that runs under another program: kills it, and the other ends with it.
    pub fn end_traced(&mut self) {
        let mut tracer = self.child.take().expect("a running server");
        let id = tracer.id();
        let children =
            std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("its child");
        for child in children.split_whitespace() {
            let kill = Command::new("kill").args(["-KILL", child]).status();
            assert!(kill.expect("kill").success());
        }
        tracer.wait().expect("its end");
    }

    /// Asks it to stop and waits; whether it ended well.
    pub fn terminate(&mut self) -> bool {
        let mut child = self.child.take().expect("a running server");
        let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        child.wait().expect("its end").success()
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("server log:\n{}", self.log());
        } else if !self.spoilt {
            store::assert_clean(self.data());
        }
    }
}
