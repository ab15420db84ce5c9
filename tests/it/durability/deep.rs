//! Photos that a program before this one stored lie two folders deep: they are read, checked, backed
//! up, restored and taken again as if they lay where new ones do.

use std::fs;
use std::path::Path;

use super::Scene;
use super::backup::{fine, text};
use crate::harness::{RealServer, Visit, photo, store};

/// Moves every blob to where it would have been: `ab/cd/<sha256>`.
fn deepen(data: &Path) {
    for blob in store::blob_files(data) {
        let name = blob.file_name().expect("a name").to_str().expect("a hash").to_owned();
        let folder = data.join("blobs").join(&name[..2]).join(&name[2..4]);
        fs::create_dir_all(&folder).expect("a folder");
        fs::rename(&blob, folder.join(&name)).expect("another place");
    }
}

#[test]
fn photos_of_an_older_program_lie_deeper_and_are_as_good() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let data = scene.server.data().to_owned();
    let photos = [("a.jpg".to_owned(), photo::jpeg(1)), ("b.jpg".to_owned(), photo::jpeg(2))];
    let visit = |household: &str| Visit::completed(household).photos(&["a.jpg", "b.jpg"]);
    scene.phones[0].send(&visit("u0066.01.001").xml(), &photos).unwrap().expect(201);
    assert!(scene.server.terminate());
    deepen(&data);
    let before = store::blob_files(&data);
    scene.server.run(&[]);
    let reads = |submission: i64| {
        for (name, bytes) in &photos {
            let path = format!("/submissions/{submission}/attachments/{name}");
            assert_eq!(&scene.admin.get(&path).expect(200).body, bytes, "{path}");
        }
    };
    reads(1);

    // One of them is damaged there; the same photos come again, and one more.
    fs::write(&before[0], b"rot").unwrap();
    scene.phones[0].send(&visit("u0066.02.001").xml(), &photos).unwrap().expect(201);
    let new = Visit::completed("u0066.03.001").photos(&["c.jpg"]);
    scene.phones[0].send(&new.xml(), &[("c.jpg".into(), photo::jpeg(3))]).unwrap().expect(201);
    reads(1);
    reads(2);
    let all = store::blob_files(&data);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(before.iter().all(|path| all.contains(path)), "one file each, where it was: {all:?}");
    fine(&["check", "--data", text(&data)]);

    // A pool of backups as an older program left it.
    let folder = tempfile::tempdir().expect("a folder");
    let (to, restored) = (folder.path().join("b"), folder.path().join("restored"));
    assert!(fine(&["backup", text(&to), "--data", text(&data)]).contains("3 tệp mới"));
    deepen(&to);
    assert!(fine(&["backup", text(&to), "--data", text(&data)]).contains("0 tệp mới"));
    fine(&["check", "--backup", text(&to)]);
    fine(&["restore", text(&to), "--data", text(&restored)]);
    fine(&["check", "--data", text(&restored)]);
    assert_eq!(store::blob_files(&restored).len(), 3);
}
