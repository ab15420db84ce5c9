//! The restore drill: a backup taken while phones send, restored into a new folder, has everything
//! acknowledged before it began.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::load::{Dice, Filled, Load, verify};
use super::{Scene, command, health};
use crate::harness::{Mount, RealServer, Visit, photo, store};

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// Runs the server's own command, which must do what it is told; what it said.
#[track_caller]
pub fn fine(args: &[&str]) -> String {
    let (code, said) = command(args);
    assert_eq!(code, Some(0), "{args:?}: {said}");
    said
}

/// The one-line answer of the finished backup: where it is.
fn folder_in(said: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix("Đã sao lưu vào ")).expect(said);
    line.to_owned()
}

#[test]
fn a_restored_backup_has_everything_acknowledged_before_it_began() {
    let mut dice = Dice::thrown();
    let scene = Scene::new(RealServer::start(), 4);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("sao lưu");
    let (data, to) = (text(scene.server.data()).to_owned(), text(&to).to_owned());
    let phones = scene.phones.clone();
    let (taken, load) = Load::under(&phones, &mut dice, |load| {
        let mut taken: Vec<(Vec<Filled>, String, Duration)> = Vec::new();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(700));
            let before = load.acknowledged();
            let start = Instant::now();
            let said = fine(&["backup", &to, "--data", &data]);
            taken.push((before, folder_in(&said), start.elapsed()));
        }
        taken
    });
    let after = load.acknowledged();
    let epoch = health(&scene.server).1["epoch"].clone();
    assert!(taken[2].0.len() > taken[0].0.len() && after.len() > 20, "too little load");
    for (before, backup, took) in &taken {
        assert!(fine(&["check", "--backup", backup]).contains("Toàn vẹn."));
        let new = folder.path().join("khôi phục");
        let said = fine(&["restore", backup, "--data", text(&new)]);
        assert!(said.contains("Toàn vẹn."), "{said}");
        let mut restored = RealServer::on(&new);
        let admin = crate::harness::Api::nobody(&restored.url()).with_token(scene.admin.token());
        verify(&admin, before);
        let (status, said) = health(&restored);
        assert_eq!(status, 200);
        assert!(said["epoch"].is_string() && said["epoch"] != epoch, "{said}: the epoch stayed");
        assert!(restored.terminate());
        drop(restored);
        let events: i64 = store::open(&new)
            .query_row("SELECT count(*) FROM event WHERE verb = 'epoch.restore'", [], |r| r.get(0))
            .expect("a count");
        assert_eq!(events, 1);
        std::fs::remove_dir_all(&new).expect("the restored folder");
        println!(
            "backup in {took:.1?}: {} acknowledged before it began, all restored",
            before.len()
        );
    }
    // The newest of a folder of backups, while the server it came from runs on.
    fine(&["check", "--backup", &to]);
    assert_eq!(taken.len(), 3);
    fine(&["check", "--data", &data]);
}

#[test]
fn blobs_are_taken_once_and_old_backups_go() {
    let scene = Scene::new(RealServer::start(), 1);
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("b");
    let data = text(scene.server.data()).to_owned();
    let mut dice = Dice::thrown();
    let mut take = |keep: &str| {
        scene.phones[0].post(&Filled::with(&mut dice, 4).whole()).expect(201);
        fine(&["backup", text(&to), "--data", &data, "--keep", keep])
    };
    assert!(take("2").contains("4 tệp, trong đó 4 tệp mới"));
    let second = take("2");
    assert!(second.contains("8 tệp, trong đó 4 tệp mới; đã xóa 0 bản cũ"), "{second}");
    let third = take("2");
    assert!(third.contains("12 tệp, trong đó 4 tệp mới; đã xóa 1 bản cũ"), "{third}");
    let linked = store::blob_files(&to).iter().all(|blob| blob.metadata().unwrap().nlink() == 2);
    assert!(linked, "on one file system a blob is one file under two names");
    // A blob that no kept backup names goes with the last one that did.
    let stray = to.join("blobs/00/00");
    std::fs::create_dir_all(&stray).unwrap();
    std::fs::write(stray.join("0".repeat(64)), b"erased since").unwrap();
    take("2");
    assert!(!stray.join("0".repeat(64)).exists());
    assert_eq!(store::blob_files(&to).len(), 16);
    fine(&["check", "--backup", text(&to)]);

    // Another file system: copies.
    let Some(mount) = Mount::tmpfs(16) else { return };
    let other = mount.path().join("b");
    assert!(
        fine(&["backup", text(&other), "--data", &data]).contains("16 tệp, trong đó 16 tệp mới")
    );
    fine(&["check", "--backup", text(&other)]);
    // It is full in the middle of a backup: the one before stays, and is whole.
    scene.phones[0].post(&Filled::with(&mut dice, 4).whole()).expect(201);
    mount.fill();
    let (code, said) = command(&["backup", text(&other), "--data", &data]);
    assert_eq!(code, Some(1), "{said}");
    fine(&["check", "--backup", text(&other)]);
    mount.empty();
    assert!(fine(&["backup", text(&other), "--data", &data]).contains("trong đó 4 tệp mới"));
}

#[test]
fn a_restore_wants_an_empty_folder_and_a_whole_backup() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let folder = tempfile::tempdir().expect("a folder");
    let (to, new) = (folder.path().join("b"), folder.path().join("new"));
    let data = text(scene.server.data()).to_owned();
    let visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    scene.phones[0].send(&visit.xml(), &[("a.jpg".into(), photo::jpeg(1))]).unwrap().expect(201);
    let backup = folder_in(&fine(&["backup", text(&to), "--data", &data]));

    let census = store::census(Path::new(&data));
    let (code, said) = command(&["restore", text(&to), "--data", &data]);
    assert_eq!(code, Some(1), "into the folder of a running server: {said}");
    assert!(scene.server.terminate());
    let (code, said) = command(&["restore", text(&to), "--data", &data]);
    assert_eq!(code, Some(1));
    assert!(said.contains("đã có dữ liệu"), "{said}");
    assert_eq!(store::census(Path::new(&data)), census);
    let (code, said) = command(&["backup", &format!("{data}/b"), "--data", &data]);
    assert_eq!(code, Some(1));
    assert!(said.contains("ngoài thư mục dữ liệu"), "{said}");
    std::fs::remove_dir_all(format!("{data}/b")).unwrap();

    // One byte of a photo: named, and the restore refused unless told to leave it out.
    let blob = store::blob_files(&to).remove(0);
    let whole = std::fs::read(&blob).unwrap();
    // Not through the link that the data folder has on the same file.
    std::fs::remove_file(&blob).unwrap();
    let mut rotten = whole.clone();
    rotten[100] ^= 1;
    std::fs::write(&blob, rotten).unwrap();
    let name = blob.file_name().unwrap().to_str().unwrap().to_owned();
    let (code, said) = command(&["check", "--backup", &backup]);
    assert!(
        code == Some(1) && said.contains(&format!("blob {name} changed (submission 1)")),
        "{said}"
    );
    let (code, said) = command(&["restore", &backup, "--data", text(&new)]);
    assert!(code == Some(1) && said.contains(&name), "{said}");
    // What it left is no data folder, and another try begins anew.
    let (code, said) = command(&["serve", "--listen", "127.0.0.1:0", "--data", text(&new)]);
    assert!(code == Some(1) && said.contains("dở dang"), "{said}");
    let (code, said) = command(&["restore", &backup, "--data", text(&new), "--even-if-damaged"]);
    assert!(code == Some(1) && said.contains(&format!("THIẾU: tệp {name}")), "{said}");
    std::fs::remove_dir_all(&new).unwrap();

    // One byte of the database.
    std::fs::write(&blob, whole).unwrap();
    fine(&["check", "--backup", &backup]);
    let database = Path::new(&backup).join("data.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let (code, said) = command(&["check", "--backup", &backup]);
    assert!(code == Some(1) && said.contains("data.db is not what the manifest says"), "{said}");
    let (code, said) = command(&["restore", &backup, "--data", text(&new), "--even-if-damaged"]);
    assert!(code == Some(1) && said.contains("bị hỏng"), "{said}");
}
