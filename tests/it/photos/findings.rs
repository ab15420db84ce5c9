//! What photos contradict: their interview, and each other.

use super::picture::{self, Tags};
use super::{codes, send, show};
use crate::harness::{NAM_CHAY, Roster, TestServer, Visit, round, store};

const FRONT: &str = "/household/housing/photo_house_front";

#[test]
fn the_same_photo_in_two_households_is_flagged_on_both_and_in_one_household_on_none() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let photo = |seed: u64| picture::jpeg(&picture::scene(seed, 640, 480), 85);
    let one = send(&server, &phone, "u0066.01.001", &[("a.jpg", photo(1))]);
    let again = send(&server, &phone, "u0066.01.001", &[("b.jpg", photo(1))]);
    let other = send(&server, &phone, "u0066.01.002", &[("c.jpg", photo(2))]);
    for seq in [one, again, other] {
        assert!(!codes(&show(&server, seq)).iter().any(|code| code.starts_with("photo")));
    }
    let copied = send(&server, &phone, "u0066.01.003", &[("d.jpg", photo(1))]);
    let shown = show(&server, copied);
    assert_eq!(codes(&shown).iter().filter(|code| **code == "photo_same").count(), 2, "{shown:?}");
    let finding = shown.findings_list.iter().find(|f| f.code == "photo_same").unwrap();
    assert_eq!(finding.field.as_deref(), Some(FRONT));
    assert!(finding.message.vi.contains(&format!("số {one}")), "{finding:?}");
    for seq in [one, again] {
        let told = show(&server, seq);
        let told = told.findings_list.iter().find(|f| f.code == "photo_same").unwrap();
        assert!(told.message.en.contains(&format!("submission {copied}")), "{told:?}");
    }
    assert!(!codes(&show(&server, other)).contains(&"photo_same"));
}

#[test]
fn a_photo_made_smaller_or_compressed_again_is_recognised_and_another_is_not() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let scene = picture::scene(11, 640, 480);
    let small = image::imageops::resize(&scene, 300, 225, image::imageops::FilterType::Lanczos3);
    send(&server, &phone, "u0066.01.001", &[("a.jpg", picture::jpeg(&scene, 90))]);
    let alike = send(&server, &phone, "u0066.01.002", &[("b.jpg", picture::jpeg(&small, 40))]);
    assert!(codes(&show(&server, alike)).contains(&"photo_alike"));
    assert!(codes(&show(&server, 1)).contains(&"photo_alike"));
    for seed in 20..40 {
        let home = format!("u0066.0{}.00{}", 1 + seed % 2, 1 + seed % 5);
        let bytes = picture::jpeg(&picture::scene(seed, 640, 480), 85);
        let seq = send(&server, &phone, &home, &[("c.jpg", bytes)]);
        assert!(!codes(&show(&server, seq)).contains(&"photo_alike"), "seed {seed}");
    }
    // Of a wall or in the dark, every photo is like the other.
    let dark = |shade: u8| image::RgbImage::from_pixel(320, 240, image::Rgb([shade; 3]));
    send(&server, &phone, "u0066.01.003", &[("d.jpg", picture::jpeg(&dark(3), 80))]);
    let seq = send(&server, &phone, "u0066.01.004", &[("e.jpg", picture::jpeg(&dark(5), 80))]);
    assert!(!codes(&show(&server, seq)).contains(&"photo_alike"));
}

#[test]
fn exif_time_and_place_that_contradict_the_interview_are_noticed() {
    let server = TestServer::start();
    // The roster knows where the first house is.
    let mut csv = String::from_utf8(Roster::small().csv()).unwrap();
    csv = csv.lines().enumerate().fold(String::new(), |text, (n, line)| {
        let place = ["lat,lon", "22.3412,103.8761", ","][n.min(2)];
        format!("{text}{line},{place}\n")
    });
    server.admin.post_text("/households?at=2024-10-15", "text/csv", csv).expect(200);
    server.open_round(&round());
    let phone = server.collector(&[NAM_CHAY.0]);
    let home = "u0066.01.001";
    let mut seed = 100;
    let mut noticed = |home: &str, tags: Tags| {
        seed += 1;
        let bytes = tags.on(&picture::jpeg(&picture::scene(seed, 320, 240), 85));
        let shown = show(&server, send(&server, &phone, home, &[("a.jpg", bytes)]));
        let found = shown.findings_list.iter().filter(|f| f.code.starts_with("photo_"));
        found.map(|f| (f.code.clone(), f.field.clone())).collect::<Vec<_>>()
    };
    // The interview is of 08:00 to 08:25 in Vietnam.
    let at = |time, offset| Tags { time: Some(time), offset, ..Tags::default() };
    let there = |lat| Tags { place: Some((lat, 103.8761)), ..Tags::default() };
    assert_eq!(noticed(home, Tags::default()), []);
    assert_eq!(noticed(home, at("2024:10:15 08:10:00", None)), []);
    assert_eq!(noticed(home, at("2024:10:15 01:10:00", Some("+00:00"))), []);
    assert_eq!(noticed(home, at("not a time", Some("+7"))), []);
    assert_eq!(noticed(home, there(22.3420)), []);
    let time = [("photo_time".to_owned(), Some(FRONT.to_owned()))];
    assert_eq!(noticed(home, at("2024:10:12 08:10:00", None)), time);
    assert_eq!(noticed(home, at("2024:10:15 08:10:00", Some("+00:00"))), time);
    let place = [("photo_place".to_owned(), Some(FRONT.to_owned()))];
    assert_eq!(noticed(home, there(22.40)), place);
    // Nobody knows where the second house is.
    assert_eq!(noticed("u0066.01.002", there(22.40)), []);
}

#[test]
fn an_interview_that_is_short_far_or_the_second_one_is_flagged_as_it_arrives() {
    let server = TestServer::start();
    let csv = "commune_code,village_code,village,household_code,head,lat,lon\n02770,01,Thôn 1,001,A,22.3412,103.8761\n02770,01,Thôn 1,002,B,,\n";
    server.admin.post_text("/households?at=2024-10-15", "text/csv", csv).expect(200);
    server.open_round(&ntm_shared::api::round::NewRound { areas: vec!["02770".into()], ..round() });
    let phone = server.collector(&[NAM_CHAY.0]);
    let sent = |home: &str, change: &dyn Fn(String) -> String| {
        let visit = Visit::completed(home);
        let xml = change(String::from_utf8(visit.xml()).unwrap());
        phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
        let db = store::open(server.data());
        let seq = db.query_row("SELECT max(seq) FROM submission", [], |row| row.get(0)).unwrap();
        let shown = show(&server, seq);
        let ours = ["already_surveyed", "far_from_household", "interview_short"];
        let found = codes(&shown).into_iter().filter(|code| ours.contains(code));
        found.map(str::to_owned).collect::<Vec<_>>()
    };
    let located = |point: &str| {
        let to = format!("<location>{point}</location>");
        move |xml: String| xml.replace("<location_missing>no_signal</location_missing>", &to)
    };
    assert_eq!(sent("u0066.01.001", &located("22.3415 103.8765 900 8")), [""; 0]);
    assert_eq!(
        sent("u0066.01.001", &located("22.40 103.8761 900 8")),
        ["already_surveyed", "far_from_household"]
    );
    let short = |xml: String| xml.replace("T08:25:00", "T08:03:00");
    assert_eq!(sent("u0066.01.002", &short), ["interview_short"]);
    let instance = server.admin.get("/submissions/3").expect(200).json::<serde_json::Value>();
    let instance = instance["instance_id"].as_str().unwrap().to_owned();
    let edit = |xml: String| {
        xml.replace("<meta>", &format!("<meta><deprecatedID>{instance}</deprecatedID>"))
    };
    assert_eq!(sent("u0066.01.002", &edit), [""; 0], "an edit is no second interview");
    // An attempt before the interview is none either.
    let visit = Visit::attempt("u0066.01.002", "absent");
    phone.send(&visit.xml(), &[]).unwrap().expect(201);
    assert!(!codes(&show(&server, 5)).contains(&"already_surveyed"));
}
