//! Bad input at every door: a clear sentence in Vietnamese (or English, if asked) that names the
//! line or the field, a stable problem code, and nothing stored.

use jiff::SignedDuration;
use ntm_shared::api::problem::{Place, ProblemBody};
use ntm_shared::api::round::NewRound;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::harness::store::census;
use crate::harness::xml::Element;
use crate::harness::{Answer, Api, Multipart, NAM_CHAY, Phone, ROUND, TestServer, Visit, round};

/// A request that must be refused: what is wrong, how it is sent, status and code, and a part of
/// what it says in Vietnamese and in English.
type Refused<'s> = (&'s str, Box<dyn Fn(&Api) -> Answer + 's>, u16, &'s str, &'s str, &'s str);

const HEADER: &str = "commune_code,village_code,village,household_code,head,members,poverty\n";

fn csv<'s>(table: impl Into<Vec<u8>>) -> Box<dyn Fn(&Api) -> Answer + 's> {
    let table = table.into();
    Box::new(move |api| api.post_text("/households?at=2024-10-15", "text/csv", table.clone()))
}

fn form<'s>(source: &'s str) -> Box<dyn Fn(&Api) -> Answer + 's> {
    Box::new(move |api| api.post_text("/forms", "text/markdown", source))
}

fn new_round<'s>(change: fn(&mut NewRound)) -> Box<dyn Fn(&Api) -> Answer + 's> {
    let mut new = NewRound { id: "khac".into(), ..round() };
    change(&mut new);
    Box::new(move |api| api.post("/rounds", &new))
}

fn json<'s>(path: &'s str, text: &'s str) -> Box<dyn Fn(&Api) -> Answer + 's> {
    Box::new(move |api| api.post_text(path, "application/json", text))
}

fn get<'s>(path: &'s str) -> Box<dyn Fn(&Api) -> Answer + 's> {
    Box::new(move |api| api.get(path))
}

#[test]
fn staff_are_told_what_is_wrong_and_nothing_is_stored() {
    let server = TestServer::surveyed();
    let row = |text: &str| csv(format!("{HEADER}{text}"));
    let refused: Vec<Refused> = vec![
        (
            "roster with another header",
            csv("ma_xa,ho\n1,2\n"),
            422,
            "bad_table",
            "thiếu cột",
            "column",
        ),
        ("roster without rows", csv(HEADER), 422, "bad_table", "không có hộ nào", "no household"),
        (
            "duplicate household",
            row("02770,01,Thôn 1,077,A,1,\n02770,01,Thôn 1,077,B,2,\n"),
            422,
            "bad_table",
            "Hộ trùng",
            "Duplicate household",
        ),
        (
            "unknown commune",
            row("03036,01,Thôn 1,001,A,1,\n"),
            422,
            "bad_table",
            "Không có xã nào mang mã 03036 vào ngày 15/10/2024",
            "03036",
        ),
        ("a district's code", row("088,01,Thôn 1,001,A,1,\n"), 422, "bad_table", "088", "088"),
        (
            "members that are no number",
            row("02770,01,Thôn 1,001,A,bốn,\n"),
            422,
            "bad_table",
            "số",
            "number",
        ),
        (
            "a table that is not UTF-8",
            csv(b"\xff\xfe\x00".to_vec()),
            422,
            "bad_table",
            "UTF-8",
            "UTF-8",
        ),
        (
            "a form with an unknown type",
            form(
                "| survey |\n| | type | name | label |\n| | dropdown | a | A |\n\n| settings |\n| | form_title | form_id | version |\n| | T | f1 | 1 |\n",
            ),
            422,
            "bad_form",
            "dropdown",
            "dropdown",
        ),
        (
            "a form with a broken expression",
            form(
                "| survey |\n| | type | name | label | relevant |\n| | text | a | A | ${b} = |\n\n| settings |\n| | form_title | form_id | version |\n| | T | f1 | 1 |\n",
            ),
            422,
            "bad_form",
            "",
            "",
        ),
        ("a form without sheets", form("xin chào"), 422, "bad_form", "", ""),
        (
            "a round of an unknown form",
            new_round(|r| r.forms.push("nope".into())),
            404,
            "unknown_form",
            "nope",
            "nope",
        ),
        (
            "a round of unknown criteria",
            new_round(|r| r.criteria_set = "nope".into()),
            422,
            "bad_value",
            "Không có bộ tiêu chí «nope»",
            "no criteria set «nope»",
        ),
        (
            "a round that ends before it starts",
            new_round(|r| r.ends = r.starts.yesterday().unwrap()),
            422,
            "bad_value",
            "Ngày kết thúc trước ngày bắt đầu",
            "before the first",
        ),
        (
            "a round with an odd id",
            new_round(|r| r.id = "Đợt 1".into()),
            422,
            "bad_value",
            "chữ thường không dấu",
            "lower-case letters",
        ),
        (
            "a round of an unknown unit",
            new_round(|r| r.areas = vec!["99999".into()]),
            422,
            "unknown_unit",
            "99999",
            "99999",
        ),
        (
            "a round of a commune without households",
            new_round(|r| r.areas = vec!["03037".into()]),
            422,
            "no_case_to_compile",
            "khung hộ",
            "frame",
        ),
        (
            "another round of the same id",
            new_round(|r| {
                r.id = ROUND.into();
                r.name = "Khác".into()
            }),
            409,
            "conflict",
            "Đã có bản ghi khác",
            "Another record",
        ),
        (
            "an unknown round",
            get("/rounds/nope/status"),
            404,
            "unknown_round",
            "Không có đợt điều tra này",
            "no such round",
        ),
        (
            "the scores of an unknown round",
            get("/rounds/nope/scores"),
            404,
            "unknown_round",
            "Không có đợt",
            "no such round",
        ),
        (
            "a draw in an unknown round",
            json("/rounds/nope/draw", "{\"module\":\"income\",\"seed\":1}"),
            404,
            "unknown_round",
            "Không có đợt",
            "no such round",
        ),
        (
            "a draw of a census",
            json("/rounds/2024-10/draw", "{\"module\":\"income\",\"seed\":1}"),
            422,
            "bad_value",
            "không điều tra mẫu",
            "no sample design",
        ),
        ("an unknown unit", get("/units/99999"), 422, "unknown_unit", "99999", "99999"),
        (
            "a code that is not in force",
            get("/units/03036?at=2024-10-15"),
            422,
            "unknown_unit",
            "03036",
            "03036",
        ),
        (
            "an unknown submission",
            get("/submissions/99"),
            404,
            "not_found",
            "Không tìm thấy",
            "Not found",
        ),
        (
            "an address that leads nowhere",
            get("/nowhere"),
            404,
            "not_found",
            "Không tìm thấy",
            "Not found",
        ),
        (
            "another method",
            json("/me", "{}"),
            405,
            "wrong_method",
            "không nhận phương thức",
            "does not accept",
        ),
        (
            "broken JSON",
            json("/rounds", "{\"id\":"),
            400,
            "bad_request",
            "không hợp lệ",
            "not valid",
        ),
        (
            "a key nobody knows",
            json("/collectors", "{\"id\":\"1\",\"name\":\"A\",\"areas\":[],\"day\":3}"),
            400,
            "bad_request",
            "không hợp lệ",
            "not valid",
        ),
        (
            "a date that is none",
            get("/units?at=2024-13-01"),
            400,
            "bad_request",
            "không hợp lệ",
            "not valid",
        ),
        (
            "a collector of an unknown unit",
            json("/collectors", "{\"id\":\"1\",\"name\":\"A\",\"areas\":[\"99999\"]}"),
            422,
            "unknown_unit",
            "99999",
            "99999",
        ),
        (
            "a collector for too long",
            json(
                "/collectors",
                "{\"id\":\"1\",\"name\":\"A\",\"areas\":[\"02770\"],\"days\":4000}",
            ),
            422,
            "bad_value",
            "từ 1 đến 400",
            "from 1 to 400",
        ),
        (
            "teams with another header",
            Box::new(|api| api.post_text("/teams?at=2024-10-15", "text/csv", "a,b\n1,2\n")),
            422,
            "bad_table",
            "thiếu cột",
            "column",
        ),
    ];
    let before = census(server.data());
    let mut failed = Vec::new();
    for (what, send, status, code, vi, en) in &refused {
        for (api, words) in [(server.admin.clone(), vi), (server.admin.reading("en"), en)] {
            let answer = send(&api);
            let said: Option<ProblemBody> = serde_json::from_slice(&answer.body).ok();
            let right = said.as_ref().is_some_and(|said| {
                said.code == *code
                    && said.status == *status
                    && told(said).contains(*words)
                    && !said.help.is_empty()
            });
            if answer.status != *status
                || !right
                || answer.header("content-type") != "application/problem+json"
            {
                failed.push(format!("{what}: {} {}", answer.status, answer.text()));
            }
        }
        let after = census(server.data());
        if after != before {
            failed.push(format!("{what}: something was stored"));
        }
    }
    println!("{} bad requests of staff", refused.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn told(said: &ProblemBody) -> String {
    let places = said.places.iter().map(|place| place.message.as_str());
    let words: Vec<&str> = [said.title.as_str(), &said.detail].into_iter().chain(places).collect();
    words.join(" ")
}

#[test]
fn a_bad_table_or_form_names_line_and_column() {
    let server = TestServer::start();
    let places = |answer: Answer, code: &str| answer.expect(422).problem(code).places;
    let at = |place: &Place| (place.line, place.field.clone(), place.code.clone());
    let column = |name: &str| Some(name.to_owned());
    let rows = format!(
        "{HEADER}02770,01,Thôn 1,001,A,1,\n03036,01,Thôn 1,002,B,1,\n02770,01,Thôn 1,001,C,1,giàu\n"
    );
    let faults = places(csv(rows)(&server.admin), "bad_table");
    assert_eq!(
        faults.iter().map(at).collect::<Vec<_>>(),
        [
            (Some(3), column("commune_code"), "unknown_commune".to_owned()),
            (Some(4), column("poverty"), "unknown_value".to_owned()),
        ]
    );
    let twice = format!("{HEADER}02770,01,Thôn 1,001,A,1,\n02770,01,Thôn 1,001,C,1,\n");
    let faults = places(csv(twice)(&server.admin), "bad_table");
    assert_eq!(at(&faults[0]), (Some(3), column("household_code"), "duplicate_household".into()));
    assert!(
        faults[0].message.contains("dòng 2") && faults[0].message.contains("dòng 3"),
        "{faults:?}"
    );

    let source = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | integer | a b | B |\n\n| settings |\n| | form_title | form_id | version |\n| | T | f1 | 1 |\n";
    let faults = places(form(source)(&server.admin), "bad_form");
    assert_eq!(faults[0].line, Some(4), "{faults:?}");
    assert!(
        faults[0]
            .field
            .as_deref()
            .is_some_and(|field| field.contains("survey") && field.contains("name"))
    );
}

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
