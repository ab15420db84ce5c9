//! What a bad network, a full phone or a malicious sender makes of an upload.

use std::time::Duration;

use jiff::SignedDuration;

use super::submission::refuse;
use super::{Door, Filled, Row};
use crate::harness::{Multipart, Part, ask_often, photo, sha256, store};

pub const ROWS: &[Row] = &[
    ("F17", "cut at every seam: nothing visible, the retry succeeds, nothing left", |door| {
        let filled = Filled::photos(&["a.jpg", "b.jpg"]);
        let upload =
            filled.upload().photo("a.jpg", &photo::jpeg(170)).photo("b.jpg", &photo::jpeg(171));
        let body = upload.body();
        let seams = body.windows(6).enumerate().filter(|(_, bytes)| bytes.starts_with(b"\r\n"));
        let mut cuts: Vec<usize> =
            seams.map(|(at, _)| at + 2).filter(|at| *at < body.len() - 50).step_by(3).collect();
        cuts.extend([0, 1, body.len() / 3, body.len() - 50]);
        let before = store::census(door.server.data());
        cuts.iter().for_each(|cut| drop(door.phone.cut(&upload, *cut, body.len())));
        // The first photo arrived whole and waits; nothing else is left.
        let waiting = |name: &str| if name.starts_with("salvage") { 1 } else { before[name] };
        for name in ["salvage", "salvage_file", "submission", "files being received"] {
            settles(door, name, waiting(name));
        }
        assert!(door.stored(&filled.instance).is_empty(), "half a submission is listed");
        door.phone.post(&upload).expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 2);
        for name in ["salvage", "salvage_file", "files being received"] {
            settles(door, name, 0);
        }
    }),
    ("F20", "one POST ten times: one submission, the same answer", |door| {
        let upload = Filled::main().upload();
        let answers: Vec<(u16, String)> = (0..10)
            .map(|_| door.phone.post(&upload))
            .map(|answer| (answer.status, answer.text()))
            .collect();
        assert!(
            answers.iter().all(|answer| *answer == answers[0] && answer.0 == 201),
            "{answers:?}"
        );
    }),
    ("F23", "a first batch and then nothing for days: listed as incomplete", |door| {
        let filled = Filled::photos(&["1.jpg", "2.jpg", "3.jpg", "4.jpg"]);
        let half =
            filled.upload().photo("1.jpg", &photo::jpeg(231)).photo("3.jpg", &photo::jpeg(233));
        door.phone.post(&half.incomplete()).expect(201);
        door.server.clock.advance(SignedDuration::from_hours(6));
        let stored = door.one(&filled.instance);
        assert_eq!((stored.row.attachments_expected, stored.row.attachments_present), (4, 2));
        let there: Vec<bool> =
            stored.attachments.iter().map(|file| file.sha256.is_some()).collect();
        assert_eq!(there, [true, false, true, false]);
    }),
    ("F25", "an empty photo stays missing until the real one comes", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        door.phone.post(&filled.upload().photo("a.jpg", b"")).expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 0);
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(25))).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!(door.file(&stored, "a.jpg").body, photo::jpeg(25));
        assert!(stored.findings_list.iter().all(|f| f.code != "file_clash"));
    }),
    ("F26", "a retry split another way ends the same", |door| {
        let names = ["1.jpg", "2.jpg", "3.jpg"];
        let filled = Filled::photos(&names);
        let batch = |numbers: &[usize]| {
            let add = |u: Multipart, n: &usize| u.photo(names[*n], &photo::jpeg(260 + *n as u64));
            numbers.iter().fold(filled.upload(), add)
        };
        for numbers in [&[0, 1][..], &[2], &[1, 2], &[0], &[2, 1, 0]] {
            door.phone.post(&batch(numbers)).expect(201);
        }
        let stored = door.one(&filled.instance);
        for (name, seed) in names.iter().zip(260..) {
            assert_eq!(door.file(&stored, name).body, photo::jpeg(seed));
        }
        assert_eq!(stored.attachments.len(), 3);
    }),
    ("F18", "a body longer than announced: only the announced part counts", |door| {
        let upload = Filled::photos(&["a.jpg"]).upload().photo("a.jpg", &photo::jpeg(18));
        let length = upload.body().len();
        let said = door.untouched(|| door.phone.cut(&upload, length, length - 80));
        assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    }),
    ("F22", "batches out of order, overlapping and at once: the union", |door| {
        let names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg"];
        let filled = Filled::photos(&names);
        let batches = [vec![3, 1], vec![0, 1], vec![2, 3], vec![1, 2]];
        std::thread::scope(|scope| {
            for batch in &batches {
                let upload = batch.iter().fold(filled.upload(), |u, n| {
                    u.photo(names[*n], &photo::jpeg(220 + *n as u64))
                });
                let phone = door.phone.clone();
                scope.spawn(move || phone.post(&upload.incomplete()).expect(201));
            }
        });
        let stored = door.one(&filled.instance);
        for (name, seed) in names.iter().zip(220..) {
            assert_eq!(door.file(&stored, name).body, photo::jpeg(seed));
        }
        assert!(stored.findings_list.iter().all(|f| f.code != "file_clash"));
    }),
    ("A16", "attachment names that point elsewhere stay inside the store", |door| {
        for name in ["../../x.db", "..\\x", "/etc/passwd", "C:\\x", "%2e%2e/x", "CON", "."] {
            let filled = Filled { photos: vec![name], ..Filled::main() };
            door.phone.post(&filled.upload().photo(name, &photo::jpeg(16))).expect(201);
            let stored = door.one(&filled.instance);
            let hash = stored.attachments[0].sha256.as_deref();
            assert_eq!(
                (stored.attachments[0].name.as_str(), hash),
                (name, Some(sha256(&photo::jpeg(16)).as_str()))
            );
        }
        let data = door.server.data();
        let known = ["data.db", "data.db-wal", "data.db-shm", "lock", "blobs", "cache"];
        let strange =
            data.read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        assert_eq!(
            strange.filter(|name| !known.contains(&name.as_str())).collect::<Vec<_>>(),
            [""; 0]
        );
        assert!(!data.parent().unwrap().join("x.db").exists());
    }),
    ("A19", "too many parts: 413", |door| {
        let mut upload = Filled::main().upload();
        for n in 0..1000 {
            let name = format!("*{n}*");
            upload.parts.push(Part {
                name,
                file: None,
                kind: "text/plain".into(),
                bytes: b"x".to_vec(),
            });
        }
        for n in 0..300 {
            upload = upload.photo(&format!("{n}.jpg"), b"x");
        }
        refuse(door, &upload.body(), &Multipart::kind(), 413);
    }),
];

/// Waits until so many rows or files are there.
#[track_caller]
fn settles(door: &Door, name: &str, count: i64) {
    ask_often(name, Duration::from_secs(10), || store::census(door.server.data())[name] == count);
}
