//! Nothing acknowledged is lost: the real program killed under load, and what it asks of the disk
//! before it says 201.

pub mod backup;
mod damage;
mod deep;
mod disk;
mod kill;
pub(crate) mod load;
mod power;
mod steps;
mod stop;
mod sync;

use std::process::Command;

use crate::harness::{NAM_CHAY, Phone, RealServer, Roster, Visit, client, program, round, uuid};
use ntm_shared::api::collector::{CollectorToken, NewCollector};

/// A real server with a roster, an open round and phones; the administrator signed in.
pub(crate) struct Scene {
    pub(crate) server: RealServer,
    pub(crate) admin: crate::harness::Api,
    pub(crate) phones: Vec<Phone>,
}

impl Scene {
    pub(crate) fn new(server: RealServer, phones: usize) -> Scene {
        let admin = server.administrator();
        let mut roster = Roster::default();
        for household in 0..120 {
            roster.add(NAM_CHAY.0, 1 + household % 3, 1 + household / 3);
        }
        admin.post_text("/households?at=2024-10-15", "text/csv", roster.csv()).expect(200);
        let areas = vec![NAM_CHAY.0.to_owned()];
        admin.post("/rounds", &ntm_shared::api::round::NewRound { areas, ..round() }).expect(201);
        let phone = |_| {
            let areas = vec![NAM_CHAY.1.to_owned()];
            let new = NewCollector { id: uuid(), name: "Máy thử".into(), areas, days: None };
            let made: CollectorToken = admin.post("/collectors", &new).expect(201).json();
            Phone::new(&made.url.expect("an address"))
        };
        let phones = (0..phones).map(phone).collect();
        Scene { server, admin, phones }
    }
}

/// Whether the whole set was asked for: `NTM_TEST_LONG=1`.
pub(crate) fn long() -> bool {
    std::env::var_os("NTM_TEST_LONG").is_some()
}

/// The server's own commands, run to the end: exit code and everything printed.
pub(crate) fn command(args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(program("ntm-server"));
    let out = command.args(args).env_remove("NTM_DATA").output().expect("ntm-server runs");
    let text = [out.stdout, out.stderr].concat();
    (out.status.code(), String::from_utf8(text).expect("UTF-8"))
}

/// `/health`: the status, and what it says.
fn health(server: &RealServer) -> (u16, serde_json::Value) {
    let answer = client().get(format!("{}/health", server.url())).send().expect("an answer");
    (answer.status().as_u16(), answer.json().expect("JSON"))
}

#[test]
fn a_folder_has_one_server_and_a_stop_is_graceful() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let mut second = Command::new(program("ntm-server"));
    second.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(scene.server.data());
    let out = second.output().unwrap();
    assert!(!out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("đang được một máy chủ khác dùng"));

    let visit = Visit::completed("u0066.01.001");
    scene.phones[0].send(&visit.xml(), &[]).unwrap().expect(201);
    assert!(scene.server.terminate(), "{}", scene.server.log());
    assert!(client().get(scene.server.url()).send().is_err(), "still listening");
    scene.server.run(&[]);
    assert_eq!(scene.server.setup_link, None, "an administrator can sign in: no link");
    let status: ntm_shared::api::round::RoundStatus =
        scene.admin.get("/rounds/2024-10/status").expect(200).json();
    assert_eq!(status.total.received, 1);
}
