//! An erasure killed anywhere goes on at the next start; after "erased" not even a power cut brings
//! anything back.

use std::path::Path;
use std::time::Duration;

use ntm_shared::api::erasure::Erasure;
use serde_json::Value;

use super::{check, erasure, mark, traces};
use crate::durability::{Scene, long};
use crate::harness::{
    Api, Mount, Phone, RealServer, Tracer, Visit, ask_often, client, photo, store,
};

/// A household with an interview and two photos of its own.
struct Home {
    id: String,
    words: String,
    photos: [Vec<u8>; 2],
    asked: Value,
}

impl Home {
    fn interviewed(n: u32, phone: &Phone) -> Home {
        let id = format!("u0066.{:02}.{:03}", 1 + n % 3, 1 + n / 3);
        let words = format!("lời riêng của nhà thứ {n:04} trong thôn");
        let photos = [1, 2].map(|k| photo::jpeg(u64::from(9000 + 10 * n + k)));
        let visit = Visit { words: words.clone(), ..Visit::completed(&id) };
        let visit = visit.photos(&["a.jpg", "b.jpg"]);
        let [a, b] = photos.clone();
        let sent = phone.apart().send(&visit.xml(), &[("a.jpg".into(), a), ("b.jpg".into(), b)]);
        sent.expect("an answer").expect(201);
        Home { asked: erasure(&id), id, words, photos }
    }

    /// Head, words and photos, wherever they still are.
    fn traces(&self, folder: &Path) -> Vec<std::path::PathBuf> {
        let [a, b] = &self.photos;
        let found = traces(folder, &[self.words.as_bytes(), mark(a), mark(b)]);
        found.into_iter().map(|(path, _)| path).collect()
    }

    #[track_caller]
    fn is_gone(&self, folder: &Path, when: &str) {
        let left = self.traces(folder);
        assert!(left.is_empty(), "{when}: {left:?}");
    }

    /// Asks for it; whether "erased" was the answer, if any came.
    fn told(&self, scene: &Scene) -> bool {
        let url = format!("{}/api/v1/erasures", scene.server.url());
        let request = client().post(url).bearer_auth(scene.admin.token());
        let request = request.header("Content-Type", "application/json");
        let answer = request.body(self.asked.to_string()).send();
        answer.is_ok_and(|answer| answer.status() == 200)
    }

    /// Asks until it is erased.
    fn erased(&self, admin: &Api) {
        let done: Erasure = admin.post("/erasures", &self.asked).expect(200).json();
        assert!(done.finished_at.is_some() && done.household.as_ref() == Some(&self.id));
    }
}

/// A call, and how often it may at most happen in one thread.
const CALLS: [(&str, u32); 7] = [
    ("/^unlink", 8),
    ("fsync", 24),
    ("fdatasync", 24),
    ("pwrite64", 400),
    ("/^ftruncate", 8),
    ("write", 60),
    ("sendto", 8),
];

#[test]
fn every_point_of_an_erasure_is_a_clean_place_to_die() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let (mut n, mut points) = (0, 0);
    for (call, most) in CALLS {
        let (mut at, mut step) = (1, 1);
        loop {
            assert!(at <= most, "{call} happens more than {most} times");
            let home = Home::interviewed(n, &scene.phones[0]);
            n += 1;
            store::photos_looked_at(scene.server.data());
            let trace = format!("-etrace={call}");
            let inject = format!("-einject={call}:signal=KILL:when={at}");
            let words = [trace.as_str(), inject.as_str()];
            let Some(tracer) = Tracer::attach(scene.server.id(), &words) else { return };
            let told = home.told(&scene);
            std::thread::sleep(Duration::from_millis(if told { 50 } else { 0 }));
            let died = !told || scene.server.has_died();
            if told {
                home.is_gone(scene.server.data(), &format!("told, {call} {at}"));
            }
            if died {
                ask_often("the end", Duration::from_secs(5), || scene.server.has_died());
                scene.server.run(&[]);
                points += 1;
            }
            drop(tracer);
            home.erased(&scene.admin);
            home.is_gone(scene.server.data(), &format!("{call} {at}"));
            store::assert_clean(scene.server.data());
            if !died {
                break;
            }
            // All of them, or the first ones and then ever fewer.
            step = if long() || at < 3 { 1 } else { 2 * step };
            at += step;
        }
    }
    assert!(points >= 12, "only {points} points were reached");
    check(scene.server.data());
    println!("{points} points of an erasure: nothing left, all clean");
}

/// What was begun is finished by the next start alone, though nobody asks again.
#[test]
fn a_start_goes_on_with_what_was_begun() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let home = Home::interviewed(0, &scene.phones[0]);
    store::photos_looked_at(scene.server.data());
    let words = ["-etrace=/^unlink", "-einject=/^unlink:signal=KILL:when=1"];
    let Some(tracer) = Tracer::attach(scene.server.id(), &words) else { return };
    assert!(!home.told(&scene));
    ask_often("the end", Duration::from_secs(5), || scene.server.has_died());
    drop(tracer);
    assert!(!home.traces(scene.server.data()).is_empty(), "it died too late to show anything");
    scene.server.run(&[]);
    home.is_gone(scene.server.data(), "after the start");
    check(scene.server.data());
    home.erased(&scene.admin);
}

#[test]
fn a_power_cut_after_erased_brings_nothing_back() {
    let cuts = if long() { 10 } else { 2 };
    let Some(mount) = Mount::ext4(96) else { return };
    let data = mount.path().join("data");
    let mut scene = Scene::new(RealServer::on(&data), 1);
    for n in 0..cuts {
        let home = Home::interviewed(n, &scene.phones[0]);
        store::photos_looked_at(&data);
        assert!(!home.traces(&data).is_empty());
        home.erased(&scene.admin);
        if !mount.cut_power() {
            return;
        }
        scene.server.kill();
        mount.power_on();
        home.is_gone(&data, &format!("cut {n}"));
        scene.server.run(&[]);
        home.erased(&scene.admin);
        check(&data);
    }
    println!("{cuts} power cuts right after \"erased\": nothing came back");
}

/// Somebody reads an older state: not "erased" yet, and finished once they are done.
#[test]
fn a_reader_of_an_older_state_is_waited_for() {
    let server = crate::harness::TestServer::with(|config| {
        config.limits.erasing = Duration::from_millis(400);
    });
    server.import(&super::roster());
    server.open_round(&crate::harness::round());
    let reader = store::open(server.data());
    reader.execute_batch("BEGIN; SELECT count(*) FROM household").unwrap();
    let asked = erasure(super::HOME);
    let begun: Erasure = server.admin.post("/erasures", &asked).expect(202).json();
    assert_eq!(begun.finished_at, None);
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    ask_often("the end of the erasure", Duration::from_secs(20), || {
        let known: Erasure = server.admin.post("/erasures", &asked).json();
        known.finished_at.is_some()
    });
    assert_eq!(traces(server.data(), &[super::HEAD.as_bytes()]), []);
    check(server.data());
}
