//! A server in this process, on a free port, with a folder that is inspected at the end.

use std::path::Path;

use ntm_server::{Config, Server};
use ntm_shared::api::account::{NewUser, OneTimeLink, Role};
use ntm_shared::api::collector::{CollectorToken, NewCollector};
use ntm_shared::api::household::Imported;
use ntm_shared::api::round::{NewRound, Round};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{Api, Phone, Roster, TestClock, password, round, store, uuid};

/// A running server with an administrator signed in.
pub struct TestServer {
    /// Time as the server sees it.
    pub clock: TestClock,
    /// The administrator.
    pub admin: Api,
    folder: TempDir,
    setup_link: Option<String>,
    url: String,
    running: Option<(Runtime, Server)>,
}

impl TestServer {
    /// Starts on an empty folder and signs the administrator in through the real link.
    pub fn start() -> TestServer {
        TestServer::with(|_| ())
    }

    /// The same with other settings.
    pub fn with(change: impl FnOnce(&mut Config)) -> TestServer {
        let mut server = TestServer::bare(change);
        let nobody = server.nobody();
        let link = server.setup_link().expect("the first start gives a link");
        nobody.redeem(&link, &password("admin")).expect(204);
        server.admin = nobody.sign_in("admin", &password("admin"));
        server
    }

    /// Starts, and leaves the setup link unused.
    pub fn bare(change: impl FnOnce(&mut Config)) -> TestServer {
        let folder = tempfile::Builder::new().prefix("ntm-test-").tempdir().expect("a folder");
        let clock = TestClock::at("2024-10-15T08:00:00+07:00");
        let nobody = Api::nobody("http://127.0.0.1:9");
        let mut server = TestServer {
            clock,
            admin: nobody,
            folder,
            setup_link: None,
            url: String::new(),
            running: None,
        };
        server.run(change);
        server
    }

    /// With the small roster imported and the round of October 2024 open.
    pub fn surveyed() -> TestServer {
        let server = TestServer::start();
        server.import(&Roster::small());
        server.open_round(&round());
        server
    }

    fn run(&mut self, change: impl FnOnce(&mut Config)) {
        let mut config = Config {
            data: self.data().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            clock: self.clock.clock(),
            ..Config::default()
        };
        change(&mut config);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let server = runtime.block_on(ntm_server::start(config)).expect("the server starts");
        self.url = server.local_url().to_owned();
        self.setup_link = server.setup_link().map(str::to_owned);
        self.running = Some((runtime, server));
    }

    /// Stops and starts again on the same folder. The administrator's session lives on.
    pub fn restart(&mut self) {
        self.restart_with(|_| ());
    }

    /// The same with other settings.
    pub fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        self.stop();
        self.run(change);
        self.admin = self.nobody().with_token(self.admin.token());
    }

    /// Stops; the folder stays.
    pub fn stop(&mut self) {
        if let Some((runtime, server)) = self.running.take() {
            runtime.block_on(server.stop()).expect("the server stops");
        }
    }

    /// Address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The administrator's one-time link of this start.
    pub fn setup_link(&self) -> Option<String> {
        self.setup_link.clone()
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Nobody, at the API.
    pub fn nobody(&self) -> Api {
        Api::nobody(&self.url)
    }

    /// A new user who chose a password and signed in.
    #[track_caller]
    pub fn user(&self, name: &str, role: Role, areas: &[&str]) -> Api {
        let areas = areas.iter().map(|area| (*area).to_owned()).collect();
        let new = NewUser { id: uuid(), name: name.into(), role, areas };
        let link: OneTimeLink = self.admin.post("/users", &new).expect(201).json();
        self.nobody().redeem(&link.link, &password(name)).expect(204);
        self.nobody().sign_in(name, &password(name))
    }

    /// Imports a roster with codes as of October 2024.
    #[track_caller]
    pub fn import(&self, roster: &Roster) -> Imported {
        self.admin
            .post_text("/households?at=2024-10-15", "text/csv", roster.csv())
            .expect(200)
            .json()
    }

    /// Opens a round.
    #[track_caller]
    pub fn open_round(&self, new: &NewRound) -> Round {
        self.admin.post("/rounds", new).expect(201).json()
    }

    /// A new collector's phone.
    #[track_caller]
    pub fn collector(&self, areas: &[&str]) -> Phone {
        Phone::new(&self.new_collector(areas).url.expect("the first answer has the address"))
    }

    /// A new collector with the token.
    #[track_caller]
    pub fn new_collector(&self, areas: &[&str]) -> CollectorToken {
        let areas = areas.iter().map(|area| (*area).to_owned()).collect();
        let new = NewCollector { id: uuid(), name: "Điều tra viên".into(), areas, days: None };
        self.admin.post("/collectors", &new).expect(201).json()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some((runtime, server)) = self.running.take() {
            let stopped = runtime.block_on(server.stop());
            if !std::thread::panicking() {
                stopped.expect("the server stops");
            }
        }
        if !std::thread::panicking() {
            store::assert_clean(self.data());
        }
    }
}
