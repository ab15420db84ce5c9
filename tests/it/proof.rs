//! The tests themselves are held to account: a harness that notices nothing proves nothing.

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use ntm_shared::api::score::ScoreReport;
use ntm_shared::moment::VillageMoments;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::harness::xml::Element;
use crate::harness::{NAM_CHAY, ROUND, TestServer, Visit, photo, store};
use crate::recompute::{Stored, Village, check, counting};

/// What spoils a data folder.
type Damage = Box<dyn FnOnce(&Path)>;

/// A copy of a data folder, spoilt.
fn spoilt(data: &Path, spoil: impl FnOnce(&Path)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    for path in store::files(data) {
        let copy = folder.path().join(path.strip_prefix(data).expect("inside"));
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder");
        std::fs::copy(&path, copy).expect("a copy");
    }
    spoil(folder.path());
    let path = folder.path().to_owned();
    (folder, path)
}

/// One household more than there are.
fn move_moments(data: &Path) {
    let db = Connection::open(data.join("data.db")).unwrap();
    let bytes: Vec<u8> = db.query_row("SELECT moments FROM moment", [], |row| row.get(0)).unwrap();
    let mut moments = VillageMoments::unpack(&bytes).unwrap();
    moments.measures[0].n += 1;
    assert_eq!(db.execute("UPDATE moment SET moments = ?", [moments.pack()]).unwrap(), 1);
}

#[test]
fn the_look_at_the_store_notices_every_kind_of_damage() {
    let mut server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    phone.send(&visit.xml(), &[("a.jpg".into(), photo::jpeg(1))]).unwrap().expect(201);
    phone.send(&Visit::completed("u0066.01.002").xml(), &[]).unwrap().expect(201);
    server.stop();
    let sql = |statement: &'static str| {
        move |data: &Path| {
            let changed = Connection::open(data.join("data.db")).unwrap().execute(statement, []);
            assert!(changed.unwrap() > 0, "{statement}");
        }
    };
    let blob = |data: &Path| store::blob_files(data).remove(0);
    let damages: Vec<(&str, Damage)> = vec![
        ("a blob gone", Box::new(move |data| std::fs::remove_file(blob(data)).unwrap())),
        ("a blob rotten", Box::new(move |data| std::fs::write(blob(data), b"rot").unwrap())),
        ("an event rewritten", Box::new(sql("UPDATE event SET actor = 'x' WHERE seq = 3"))),
        (
            "an event gone",
            Box::new(sql("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")),
        ),
        ("a submission altered", Box::new(sql("UPDATE submission SET xml = x'00' WHERE seq = 1"))),
        ("moments moved", Box::new(move_moments)),
        ("moments gone", Box::new(sql("DELETE FROM moment"))),
        (
            "a submission that no longer counts",
            Box::new(sql("UPDATE submission SET counts = 0 WHERE seq = 1")),
        ),
    ];
    let (_untouched, path) = spoilt(server.data(), |_| ());
    store::assert_clean(&path);
    for (what, damage) in damages {
        let (_folder, path) = spoilt(server.data(), damage);
        assert!(catch_unwind(|| store::assert_clean(&path)).is_err(), "{what} goes unnoticed");
    }
}

#[test]
fn the_second_computation_notices_a_wrong_score() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let mut stored = Vec::new();
    for household in 1..=5 {
        let mut visit = Visit::completed(&format!("u0066.01.{household:03}"));
        visit.poverty = if household == 2 { "poor".into() } else { "none".into() };
        phone.send(&visit.xml(), &[]).unwrap().expect(201);
        stored.push(Stored { seq: household, form: Element::read(&visit.xml()) });
    }
    let households =
        |village: u32| (1..=5).map(|n| (format!("u0066.{village:02}.{n:03}"), 4)).collect();
    let village = |n: u32| {
        (format!("u0066.{n:02}"), Village { households: households(n), ..Village::default() })
    };
    let frame: BTreeMap<String, Village> = [village(1), village(2)].into();
    let report: ScoreReport =
        server.admin.get(&format!("/rounds/{ROUND}/scores?within=u0066")).expect(200).json();
    let counting = counting(&stored, ROUND);
    assert!(check(&report.communes[0], &frame, &counting) > 50);
    let mut wrong = Vec::new();
    let mut spoil = |change: fn(&mut ntm_shared::api::measure::Measure)| {
        let mut score = report.communes[0].clone();
        for criterion in &mut score.criteria {
            criterion
                .indicators
                .iter_mut()
                .filter(|i| i.figures.id == "11.1")
                .for_each(|i| change(&mut i.figures));
        }
        let caught = std::panic::AssertUnwindSafe(|| check(&score, &frame, &counting));
        wrong.push(catch_unwind(caught).is_err());
    };
    spoil(|m| m.value = m.value.map(|v| v + 1e-9));
    spoil(|m| m.n += 1);
    spoil(|m| m.unknown += 1);
    spoil(|m| m.raw_numerator = Some(2.0));
    spoil(|m| m.verdict = ntm_shared::score::Verdict::Met);
    assert_eq!(wrong, [true; 5]);
}
