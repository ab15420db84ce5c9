//! Names of files that point elsewhere, and files that are not what their names say.

use ntm_shared::api::submission::{Submission, SubmissionRow};

use super::{Row, Target, all, told};
use crate::harness::{Multipart, photo, sha256, store};

/// The newest submission.
fn newest(target: &Target) -> Submission {
    let rows: Vec<SubmissionRow> = target.scene.admin.all("/submissions");
    let seq = rows.last().expect("a submission").seq;
    target.scene.admin.get(&format!("/submissions/{seq}")).expect(200).json()
}

fn send(target: &Target, name: &str, bytes: &[u8]) -> u16 {
    let visit = target.visit().photos(&[name]);
    target.upload(&Multipart::of(&visit.xml()).photo(name, bytes))
}

pub const ROWS: &[Row] = &[
    ("A16", "file names that point elsewhere", 11, |target| {
        let long = "n".repeat(4096);
        let odd = [
            "../../x.db",
            "..\\x",
            "/etc/passwd",
            "C:\\x",
            "%2e%2e/x",
            "CON",
            ".",
            "a\u{202e}gpj.exe",
            "<script>.jpg",
            "$(reboot).jpg",
            &long,
        ];
        let picture = photo::jpeg(16);
        let said = all(
            odd.map(|name| {
                let status = send(target, name, &picture);
                let file = newest(target).attachments.remove(0);
                assert_eq!(file.name, name);
                assert_eq!(file.sha256.as_deref(), Some(sha256(&picture).as_str()), "{name}");
                status
            }),
            &[201],
        );
        let data = target.scene.server.data();
        let known = ["data.db", "data.db-wal", "data.db-shm", "lock", "blobs", "cache"];
        let there = data.read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let strange: Vec<String> = there.filter(|name| !known.contains(&name.as_str())).collect();
        assert!(strange.is_empty(), "{strange:?}");
        for path in store::blob_files(data) {
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
        }
        assert!(!data.parent().unwrap().join("x.db").exists());
        said
    }),
    ("A16b", "a NUL in a file name, a name of 32 KB", 0, |target| {
        let visit = target.visit().photos(&["a.jpg"]);
        let send = |name: &str| {
            let upload = Multipart::of(&visit.xml()).photo(name, b"x");
            target.upload(&upload)
        };
        format!("{}, {}", told(send("a\0.jpg"), &[400]), told(send(&"x".repeat(32 << 10)), &[413]))
    }),
    ("A17", "a file the answers do not name", 1, |target| {
        let files = store::blob_files(target.scene.server.data()).len();
        let upload = Multipart::of(&target.visit().xml()).photo("evil.exe", &photo::jpeg(17));
        let said = told(target.upload(&upload), &[201]);
        assert!(newest(target).attachments.is_empty());
        assert_eq!(store::blob_files(target.scene.server.data()).len(), files);
        format!("{said}, not kept")
    }),
    ("A30", "SVG, HTML and a polyglot as photo.jpg: never run in our pages", 3, |target| {
        let script = b"<script>alert(1)</script>".as_slice();
        let files = [
            [b"<svg xmlns=\"http://www.w3.org/2000/svg\">".as_slice(), script, b"</svg>"].concat(),
            [b"<!doctype html>".as_slice(), script].concat(),
            [b"\xFF\xD8\xFF\xE0%PDF-1.4 ".as_slice(), script].concat(),
        ];
        let statuses = files.map(|bytes| {
            let status = send(target, "photo.jpg", &bytes);
            let seq = newest(target).row.seq;
            let path = format!("/submissions/{seq}/attachments/photo.jpg");
            let file = target.scene.admin.get(&path).expect(200);
            assert_eq!(file.body, bytes);
            let jpeg = bytes.starts_with(b"\xFF\xD8\xFF");
            let kind = if jpeg { "image/jpeg" } else { "application/octet-stream" };
            assert_eq!(file.header("content-type"), kind);
            assert_eq!(file.header("x-content-type-options"), "nosniff");
            assert!(file.header("content-disposition").starts_with("attachment"));
            assert!(file.header("content-security-policy").contains("sandbox"));
            status
        });
        all(statuses, &[201])
    }),
];
