//! What phones send.

use jiff::SignedDuration;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::harness::store::census;
use crate::harness::xml::Element;
use crate::harness::{Answer, Multipart, NAM_CHAY, Phone, TestServer, Visit};

#[test]
fn phones_are_told_what_is_wrong_and_nothing_is_stored() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let good = String::from_utf8(Visit::completed("u0066.01.001").xml()).unwrap();
    let xml = |text: String| Multipart::of(text.as_bytes()).body();
    let lines = good.replace("<today>", "\n<today>").replace("</today>", "\n");
    let deep = format!(
        "{}{}{}",
        "<household id=\"household\">",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    );
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    let refused: Vec<(&str, Vec<u8>, u16, &str, &str)> = vec![
        ("an element not closed", xml(lines), 400, "bad_xml", "Dòng 3"),
        ("cut off", xml(good[..good.len() - 30].to_owned()), 400, "bad_xml", "cắt cụt"),
        (
            "DOCTYPE",
            xml(format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", &good[39..])),
            400,
            "bad_xml",
            "DOCTYPE",
        ),
        (
            "an entity nobody declared",
            xml(good.replace("collect:test", "&passwd;")),
            400,
            "bad_xml",
            "thực thể",
        ),
        ("100,000 nested elements", xml(deep), 400, "bad_xml", "lồng nhau"),
        (
            "100,000 attributes",
            xml(good.replace("<contact>", &format!("<contact{attributes}>"))),
            400,
            "bad_xml",
            "thuộc tính",
        ),
        (
            "a control character",
            xml(good.replace("collect:test", "a\u{1}b")),
            400,
            "bad_xml",
            "ký tự điều khiển",
        ),
        (
            "UTF-16",
            Multipart::of(&good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
                .body(),
            400,
            "bad_xml",
            "UTF-8",
        ),
        ("no XML at all", xml("xin chào".into()), 400, "bad_xml", "Dòng 1"),
        ("a root without id", xml(good.replace(" id=\"household\"", "")), 400, "bad_xml", "id"),
        (
            "an unknown form",
            xml(good.replace("id=\"household\"", "id=\"nope\"")),
            404,
            "unknown_form",
            "chưa từng được công bố",
        ),
        (
            "no instanceID",
            xml(good.replace("instanceID", "other")),
            400,
            "no_instance_id",
            "instanceID",
        ),
        (
            "a blank instanceID",
            xml(good
                .replace("<instanceID>uuid:", "<instanceID></instanceID><x>")
                .replace("</instanceID></meta>", "</x></meta>")),
            400,
            "no_instance_id",
            "instanceID",
        ),
        (
            "no XML part",
            Multipart::default().photo("a.jpg", b"x").body(),
            400,
            "bad_multipart",
            "xml_submission_file",
        ),
    ];
    let before = census(server.data());
    let mut failed = Vec::new();
    for (what, body, status, code, vi) in &refused {
        for lang in ["vi", "en"] {
            let (said, words) = post(&phone, body, lang);
            let vietnamese =
                words.contains(vi) && words.chars().any(|c| "ạảấầẫếệịọộừữăâđêôơư".contains(c));
            let english = words.is_ascii();
            if said != *status
                || !words.contains(code)
                || !(if lang == "vi" { vietnamese } else { english })
            {
                failed.push(format!("{what} ({lang}): {said} {words}"));
            }
        }
        if census(server.data()) != before {
            failed.push(format!("{what}: something was stored"));
        }
    }
    println!("{} bad uploads", refused.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Status, and the message of the OpenRosa answer.
fn post(phone: &Phone, body: &[u8], lang: &str) -> (u16, String) {
    let request =
        phone.request(Method::POST, "/submission").header(CONTENT_TYPE, Multipart::kind());
    let response = request.header("Accept-Language", lang).body(body.to_vec()).send().unwrap();
    let answer = Answer::read(response).unwrap();
    let message = Element::read(&answer.body);
    assert_eq!(message.find("message").unwrap().attribute("nature"), Some("error"));
    (answer.status, message.at("message").to_owned())
}

#[test]
fn a_wrong_or_revoked_token_is_refused_and_an_expired_one_only_flagged() {
    let server = TestServer::surveyed();
    let made = server.new_collector(&[NAM_CHAY.0]);
    let phone = Phone::new(&made.url.clone().unwrap());
    let body = Visit::completed("u0066.01.001").xml();
    let before = census(server.data());
    for token in ["0".repeat(64), "ngắn".into(), made.token.unwrap().to_uppercase() + "0"] {
        let other = Phone::new(&format!("{}/key/{token}", server.url()));
        let (status, words) = post(&other, &Multipart::of(&body).body(), "vi");
        assert_eq!(status, 401, "{token}");
        assert!(
            words.contains("bad_token") && words.contains("Mã thiết bị không dùng được"),
            "{words}"
        );
    }
    assert_eq!(census(server.data()), before);

    server.clock.advance(SignedDuration::from_hours(24 * 200));
    let late = Visit::completed("u0066.01.002");
    phone.send(&late.xml(), &[]).unwrap().expect(201);
    let admin = server.nobody().sign_in("admin", &crate::harness::password("admin"));
    let rows: Vec<SubmissionRow> = admin.all("/submissions");
    let stored: Submission = admin.get(&format!("/submissions/{}", rows[0].seq)).expect(200).json();
    assert!(stored.findings_list.iter().any(|f| f.code == "expired_token"), "{stored:?}");
    assert!(stored.row.counts);

    admin.post(&format!("/collectors/{}/revoke", made.collector.id), &()).expect(204);
    let before = census(server.data());
    assert_eq!(post(&phone, &Multipart::of(&body).body(), "vi").0, 401);
    phone.get("/formList").expect(401);
    assert_eq!(census(server.data()), before);
}
