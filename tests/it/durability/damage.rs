//! One byte turned, one file gone: `check` names it, and nobody is given other bytes than those
//! that came.

use std::path::Path;

use super::{Scene, command};
use crate::harness::{RealServer, Visit, photo, store};

/// Turns one bit of the byte after the first place where `pattern` stands.
fn flip(path: &Path, pattern: &[u8], after: usize) {
    let mut bytes = std::fs::read(path).expect("the file");
    let at = bytes.windows(pattern.len()).position(|window| window == pattern);
    bytes[at.expect("the pattern") + after] ^= 1;
    std::fs::write(path, bytes).expect("the file");
}

#[test]
fn check_names_what_is_damaged() {
    let mut scene = Scene::new(RealServer::start(), 1);
    let mut visit = Visit::completed("u0066.01.001").photos(&["a.jpg"]);
    visit.words = "nhà cấp bốn".into();
    let picture = photo::jpeg(1);
    scene.phones[0].send(&visit.xml(), &[("a.jpg".into(), picture.clone())]).unwrap().expect(201);
    let data = scene.server.data().to_owned();
    let check = |what: &str, names: &str| {
        let (code, said) = command(&["check", "--data", data.to_str().unwrap()]);
        assert_eq!(code, Some(1), "{what} goes unnoticed: {said}");
        assert!(said.contains(names), "{what}: {said}");
    };
    assert!(command(&["check", "--data", data.to_str().unwrap()]).1.contains("Toàn vẹn."));

    let blob = store::blob_files(&data).remove(0);
    let name = blob.file_name().unwrap().to_str().unwrap().to_owned();
    let whole = std::fs::read(&blob).unwrap();
    let mut rotten = whole.clone();
    rotten[whole.len() / 2] ^= 1;
    std::fs::write(&blob, &rotten).unwrap();
    check("a byte of a photo", &format!("blob {name} changed (submission 1)"));
    let answer = scene.admin.get("/submissions/1/attachments/a.jpg").expect(500);
    assert!(answer.text().contains("corrupt_blob"), "{}", answer.text());
    std::fs::remove_file(&blob).unwrap();
    check("a photo gone", &format!("blob {name} missing (submission 1)"));
    scene.admin.get("/submissions/1/attachments/a.jpg").expect(500);
    std::fs::write(&blob, &whole).unwrap();
    std::fs::write(blob.with_file_name("chuyện lạ"), b"?").unwrap();
    check("a stray file", "a file among the blobs that is none: chuyện lạ");
    std::fs::remove_file(blob.with_file_name("chuyện lạ")).unwrap();
    assert_eq!(scene.admin.get("/submissions/1/attachments/a.jpg").expect(200).body, picture);

    assert!(scene.server.terminate());
    let database = data.join("data.db");
    let whole = std::fs::read(&database).unwrap();
    let turned = |what: &str, pattern: &[u8], after: usize, names: &str| {
        flip(&database, pattern, after);
        check(what, names);
        std::fs::write(&database, &whole).unwrap();
    };
    let id = visit.instance.as_bytes();
    turned(
        "a byte of an original",
        b"<meta><instanceID>",
        20,
        "submission 1: the XML is not what was received",
    );
    turned("a byte of an event", b"submission.receive", 0, "breaks the chain");
    turned("a byte of a published form", b"<h:head>", 3, "the XForm is not what was published");
    turned("a byte of an index or a table", id, 8, "");
    // The first bytes of a page are its structure.
    let page = 4096 * (whole.len() / 4096 / 2);
    let mut bytes = whole.clone();
    bytes[page] ^= 0xFF;
    std::fs::write(&database, bytes).unwrap();
    check("the head of a page", "age");
    std::fs::write(&database, &whole).unwrap();
    assert_eq!(command(&["check", "--data", data.to_str().unwrap()]).0, Some(0));
}
