//! Backups forget too, and what was erased after one is erased again when it is restored.

use std::path::Path;

use super::{HEAD, HOME, WORDS, check, files, mark, roster, traces, visit};
use crate::durability::Scene;
use crate::durability::backup::{fine, text};
use crate::harness::{Api, RealServer, photo, store};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let new = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &new);
        } else {
            std::fs::copy(&path, &new).unwrap();
        }
    }
}

/// A server with the household interviewed, backed up twice, a copy of the backups elsewhere, and the
/// household erased since.
struct Story {
    scene: Scene,
    folder: tempfile::TempDir,
}

impl Story {
    fn new() -> Story {
        let scene = Scene::new(RealServer::start(), 1);
        let csv = roster().csv();
        scene.admin.post_text("/households?at=2024-10-15", "text/csv", csv).expect(200);
        scene.phones[0].send(&visit().xml(), &files()).unwrap().expect(201);
        let folder = tempfile::tempdir().unwrap();
        let story = Story { scene, folder };
        for _ in 0..2 {
            fine(&["backup", text(&story.at("b")), "--data", text(story.scene.server.data())]);
        }
        copy(&story.at("b"), &story.at("elsewhere"));
        super::erase(&story.scene.admin, HOME);
        story
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn traces(&self, name: &str) -> usize {
        let [house, roof] = files();
        let of: [&[u8]; 4] = [HEAD.as_bytes(), WORDS.as_bytes(), mark(&house.1), mark(&roof.1)];
        traces(&self.at(name), &of).len()
    }
}

#[test]
fn the_next_backup_takes_it_out_of_those_before() {
    let story = Story::new();
    assert!(story.traces("b") > 0);
    let data = text(story.scene.server.data()).to_owned();
    // A crash left one of them made anew and not yet in its place.
    let mut all: Vec<_> = story.at("b").read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|path| path.join("manifest.json").exists());
    let name = all[0].file_name().unwrap().to_str().unwrap();
    std::fs::rename(&all[0], story.at("b/.partial")).unwrap();
    std::fs::write(story.at("b/.partial/replaces"), name).unwrap();
    let said = fine(&["backup", text(&story.at("b")), "--data", &data]);
    assert!(said.contains("2 tệp, dữ liệu trong 2 bản"), "{said}");
    assert_eq!(story.traces("b"), 0, "something is left in the backups");
    let mut all: Vec<_> = story.at("b").read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|path| path.join("manifest.json").exists());
    assert_eq!(all.len(), 3);
    for (n, backup) in all.iter().enumerate() {
        assert!(fine(&["check", "--backup", text(backup)]).contains("Toàn vẹn."));
        let new = story.at(&format!("new{n}"));
        fine(&["restore", text(backup), "--data", text(&new)]);
        assert_eq!(story.traces(&format!("new{n}")), 0);
        check(&new);
    }
    // Once is enough.
    let again = fine(&["backup", text(&story.at("b")), "--data", &data]);
    assert!(!again.contains("khỏi các bản sao lưu trước"), "{again}");
}

#[test]
fn an_older_backup_restored_is_erased_again() {
    let story = Story::new();
    let elsewhere = story.at("elsewhere");
    // Nobody brought the log: the backup does not know, and the data are there again.
    fine(&["restore", text(&elsewhere), "--data", text(&story.at("unknowing"))]);
    assert!(story.traces("unknowing") > 0);

    // With the log of the folder that was lost.
    let log = story.scene.server.data().join("erased.log");
    let line = std::fs::read_to_string(&log).unwrap();
    assert!(line.contains(HOME) && !line.contains("Sùng"), "{line}");
    let knowing = story.at("knowing");
    let args = ["restore", text(&elsewhere), "--data", text(&knowing), "--erased", text(&log)];
    let said = fine(&args);
    assert!(said.contains("Đã xóa lại 1 hộ"), "{said}");
    assert_eq!(story.traces("knowing"), 0);
    check(&story.at("knowing"));

    // With the log left where the data are restored to.
    std::fs::create_dir(story.at("kept")).unwrap();
    std::fs::copy(&log, story.at("kept").join("erased.log")).unwrap();
    fine(&["restore", text(&elsewhere), "--data", text(&story.at("kept"))]);
    assert_eq!(story.traces("kept"), 0);

    // With the log put beside the data afterwards: the next start erases.
    std::fs::copy(&log, story.at("unknowing").join("erased.log")).unwrap();
    let mut server = RealServer::on(&story.at("unknowing"));
    assert_eq!(story.traces("unknowing"), 0);
    // The tombstone says who erased it, and what was sent before does not come back either.
    let admin = Api::nobody(&server.url()).with_token(story.scene.admin.token());
    let known = admin.get("/erasures").expect(200).text();
    assert!(
        known.contains("chủ hộ yêu cầu") && known.contains("\"actor_name\":\"admin\""),
        "{known}"
    );
    let base = story.scene.phones[0].base.clone();
    let base = base.replace(&story.scene.server.url(), &server.url());
    let late = visit().photos(&["c.jpg"]);
    let phone = crate::harness::Phone::new(&base);
    let answer = phone.send(&late.xml(), &[("c.jpg".into(), photo::jpeg(5))]).unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(story.traces("unknowing"), 0);
    assert!(server.terminate());
    store::assert_clean(&story.at("unknowing"));
    check(&story.at("unknowing"));
}
