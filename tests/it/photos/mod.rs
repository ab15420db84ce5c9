//! Photos after they were acknowledged: thumbnails, copies without EXIF, findings, hostile files.

mod findings;
mod hostile;
mod picture;

use ntm_shared::api::account::Role;
use ntm_shared::api::submission::Submission;
use ntm_shared::photo;

use crate::harness::{Answer, Api, NAM_CHAY, Phone, TA_PHOI, TestServer, Visit, sha256, store};
use picture::{QUARTERS, SIZE, Tags};

/// Sends an interview with photos and waits until the server has looked at them.
#[track_caller]
fn send(server: &TestServer, phone: &Phone, home: &str, photos: &[(&str, Vec<u8>)]) -> i64 {
    let names: Vec<&str> = photos.iter().map(|(name, _)| *name).collect();
    let visit = Visit::completed(home).photos(&names);
    let files: Vec<(String, Vec<u8>)> =
        photos.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
    phone.send(&visit.xml(), &files).unwrap().expect(201);
    store::photos_looked_at(server.data());
    let db = store::open(server.data());
    db.query_row("SELECT max(seq) FROM submission", [], |row| row.get(0)).unwrap()
}

fn show(server: &TestServer, seq: i64) -> Submission {
    server.admin.get(&format!("/submissions/{seq}")).expect(200).json()
}

fn codes(submission: &Submission) -> Vec<&str> {
    let mut codes: Vec<&str> =
        submission.findings_list.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

fn part(api: &Api, seq: i64, name: &str, what: &str) -> Answer {
    api.get(&format!("/submissions/{seq}/attachments/{name}{what}"))
}

/// The colours in the middle of the quarters of a picture.
fn seen(bytes: &[u8]) -> Vec<[i32; 3]> {
    let picture = image::load_from_memory(bytes).expect("a picture").to_rgb8();
    let (w, h) = picture.dimensions();
    assert_eq!((w, h), SIZE);
    let corners = [(1, 1), (3, 1), (1, 3), (3, 3)];
    corners.map(|(x, y)| picture.get_pixel(x * w / 4, y * h / 4).0.map(i32::from)).to_vec()
}

#[test]
fn thumbnails_are_turned_right_in_all_eight_orientations_and_copies_tell_nothing() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    for orientation in 1..=8_u16 {
        let tags = Tags {
            orientation: Some(orientation),
            time: Some("2024:10:15 08:10:00"),
            place: Some((22.34, 103.87)),
            owner: Some("Giàng Thị Chủ Máy"),
            ..Tags::default()
        };
        let original = tags.on(&picture::jpeg(&picture::quarters(orientation), 90));
        let home = format!("u0066.01.00{}", 1 + orientation % 5);
        let seq = send(&server, &phone, &home, &[("a.jpg", original.clone())]);
        let thumbnail = part(&server.admin, seq, "a.jpg", "/thumbnail").expect(200);
        for (found, wanted) in seen(&thumbnail.body).into_iter().zip(QUARTERS) {
            let wanted = wanted.0.map(i32::from);
            let off: i32 = (0..3).map(|n| (found[n] - wanted[n]).abs()).sum();
            assert!(off < 60, "orientation {orientation}: {found:?} for {wanted:?}");
        }
        // The original stays evidence; the copy is the same picture and says only which way up.
        assert_eq!(part(&server.admin, seq, "a.jpg", "").expect(200).body, original);
        let copy = part(&server.admin, seq, "a.jpg", "/copy").expect(200);
        let header = photo::header(&copy.body).unwrap();
        assert_eq!(
            (u16::from(header.orientation), header.taken, header.place),
            (orientation, None, None)
        );
        for bytes in [&copy.body, &thumbnail.body] {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("phone") && !text.contains("2024:10") && !text.contains("Ch"));
        }
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8();
        assert_eq!(pixels(&copy.body), pixels(&original), "the copy is pixel for pixel the same");
        for (answer, how) in [(&thumbnail, "inline"), (&copy, "attachment")] {
            assert_eq!(answer.header("content-type"), "image/jpeg");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").contains("sandbox"));
            assert!(answer.header("content-disposition").starts_with(how));
        }
    }
}

#[test]
fn our_reading_of_exif_is_that_of_another_program() {
    for (n, little) in [(0_u32, true), (1, false), (2, true), (3, false)] {
        let lat = if n < 2 { 22.3412 } else { -21.5 };
        let tags = Tags {
            orientation: Some(u16::try_from(n + 3).unwrap()),
            time: Some("2023:02:28 23:59:58"),
            offset: Some("-03:30"),
            place: Some((lat, 103.8761)),
            owner: Some("x"),
        };
        let block = tags.block(little);
        let body = [b"Exif\0\0".as_slice(), &block].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        let jpeg = picture::jpeg(&picture::scene(9, 64, 48), 80);
        let tagged = [&jpeg[..2], &[0xFF, 0xE1], &length, &body, &jpeg[2..]].concat();
        let ours = photo::header(&tagged).unwrap();
        let theirs =
            exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&tagged)).unwrap();
        let text =
            |tag| theirs.get_field(tag, exif::In::PRIMARY).unwrap().display_value().to_string();
        let taken = ours.taken.unwrap();
        assert_eq!(taken.at.strftime("%F %T").to_string(), text(exif::Tag::DateTimeOriginal));
        assert_eq!(taken.offset, Some(-(3 * 3600 + 30 * 60)));
        let orientation = theirs.get_field(exif::Tag::Orientation, exif::In::PRIMARY).unwrap();
        assert_eq!(orientation.value.get_uint(0), Some(u32::from(ours.orientation)));
        let place = ours.place.unwrap();
        assert!((place.lat - lat).abs() < 1e-5 && (place.lon - 103.8761).abs() < 1e-5, "{place:?}");
    }
}

#[test]
fn a_picture_is_seen_only_inside_the_area_and_the_reading_is_noted() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let picture = picture::png(&picture::scene(4, 80, 60));
    let seq = send(&server, &phone, "u0066.01.001", &[("nhà.png", picture)]);
    let near = server.user("gan", Role::Commune, &[NAM_CHAY.0]);
    let far = server.user("xa", Role::Commune, &[TA_PHOI.0]);
    for what in ["/thumbnail", "/copy"] {
        part(&near, seq, "nhà.png", what).expect(200);
        part(&far, seq, "nhà.png", what).expect(404).problem("not_found");
        part(&near, seq, "khác.png", what).expect(404).problem("not_found");
    }
    let db = store::open(server.data());
    let noted =
        store::rows(&db, "SELECT what FROM access ORDER BY what", |row| row.get::<_, String>(0));
    assert_eq!(noted, ["submission.copy", "submission.thumbnail"]);
}

#[test]
fn a_lost_cache_loses_nothing() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let bytes = picture::jpeg(&picture::scene(5, 400, 300), 80);
    let seq = send(&server, &phone, "u0066.01.001", &[("a.jpg", bytes.clone())]);
    let thumbnail = || part(&server.admin, seq, "a.jpg", "/thumbnail").expect(200).body;
    let first = thumbnail();
    let cache = server.data().join("cache");
    let kept = store::files(&cache);
    assert_eq!(kept.len(), 1);
    assert!(kept[0].to_string_lossy().contains(&sha256(&bytes)));
    std::fs::remove_dir_all(&cache).unwrap();
    assert_eq!(thumbnail(), first);
    // What a power cut left of one is made anew.
    std::fs::write(&kept[0], &first[..first.len() / 2]).unwrap();
    assert_eq!(thumbnail(), first);
    let picture = image::load_from_memory(&first).unwrap();
    assert_eq!((picture.width(), picture.height()), (320, 240));
}
