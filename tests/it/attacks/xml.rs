//! Answers that are made to be read badly.

use std::fmt::Write;
use std::net::TcpListener;

use ntm_shared::api::submission::{Submission, SubmissionRow};

use super::{Row, Target, all, told};
use crate::harness::{Multipart, Visit};

/// A good submission as text.
fn good(target: &Target) -> String {
    String::from_utf8(target.visit().xml()).expect("text")
}

/// A good submission with this before its root element, and with `&x;` among its answers.
fn with_doctype(target: &Target, doctype: &str) -> Vec<u8> {
    let good = good(target);
    let at = good.find("<household").expect("a root");
    let body = good[at..].replace("collect:test", "&x;");
    format!("{}{doctype}{body}", &good[..at]).into_bytes()
}

fn entities(count: usize, times: usize) -> String {
    let mut doctype = String::from("<!DOCTYPE a [<!ENTITY x0 \"ha\">");
    for n in 1..count {
        let body = format!("&x{};", n - 1).repeat(times);
        let _ = write!(doctype, "<!ENTITY x{n} \"{body}\">");
    }
    format!("{doctype}<!ENTITY x \"&x{};\">]>", count - 1)
}

fn stored(target: &Target, visit: &Visit) -> Submission {
    let rows: Vec<SubmissionRow> = target.scene.admin.all("/submissions");
    let row = rows.iter().find(|row| row.instance_id == visit.instance).expect("stored");
    target.scene.admin.get(&format!("/submissions/{}", row.seq)).expect(200).json()
}

pub const ROWS: &[Row] = &[
    ("A01", "billion laughs", 0, |target| {
        told(target.xml(&with_doctype(target, &entities(10, 10))), &[400])
    }),
    ("A02", "quadratic blow-up: a 50 KB entity 50,000 times", 0, |target| {
        let doctype = format!("<!DOCTYPE a [<!ENTITY x \"{}\">]>", "a".repeat(50_000));
        let xml = String::from_utf8(with_doctype(target, &doctype)).unwrap();
        told(target.xml(xml.replace("&x;", &"&x;".repeat(50_000)).as_bytes()), &[400])
    }),
    ("A03", "external entities and DTDs: files and addresses", 0, |target| {
        let ear = TcpListener::bind("127.0.0.1:0").unwrap();
        ear.set_nonblocking(true).unwrap();
        let at = ear.local_addr().unwrap();
        let said = all(
            [
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>".to_owned(),
                format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"http://{at}/\">]>"),
                format!(
                    "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://{at}/\"> %p; <!ENTITY x \"\">]>"
                ),
                format!("<!DOCTYPE a SYSTEM \"http://{at}/a.dtd\">"),
            ]
            .map(|doctype| target.xml(&with_doctype(target, &doctype))),
            &[400],
        );
        assert!(ear.accept().is_err(), "the server went where the XML sent it");
        said
    }),
    ("A04", "100,000 nested elements", 0, |target| {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        told(
            target.xml(good(target).replace("<contact>", &format!("{deep}<contact>")).as_bytes()),
            &[400],
        )
    }),
    ("A05", "one tag with 100,000 attributes, or as many namespaces", 0, |target| {
        let tag = |attribute: &str| {
            let all: String = (0..100_000).map(|n| format!(" {attribute}{n}=\"\"")).collect();
            target.xml(good(target).replace("<contact>", &format!("<contact{all}>")).as_bytes())
        };
        all([tag("a"), tag("xmlns:a")], &[400])
    }),
    ("A06", "a million elements side by side", 0, |target| {
        let many = "<a/>".repeat(1_000_000);
        told(
            target.xml(good(target).replace("<contact>", &format!("{many}<contact>")).as_bytes()),
            &[400],
        )
    }),
    ("A07", "a text of 90 MB, an attribute of 30 MB", 0, |target| {
        let send = |before: &str, megabytes: usize| {
            let head = format!(
                "--{}\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"a\"\r\n\r\n<household id=\"household\"{before}",
                Multipart::BOUNDARY
            );
            let length = head.len() + (megabytes << 20);
            let filler = (0..megabytes).map(|_| vec![b'a'; 1 << 20]);
            let pieces = std::iter::once(head.into_bytes()).chain(filler);
            target.stream(&format!("Content-Type: {}\r\n", Multipart::kind()), length, pieces)
        };
        all([send(">", 90), send(" a=\"", 30)], &[413])
    }),
    ("A08", "UTF-16, UTF-7, broken UTF-8, NUL", 0, |target| {
        let good = good(target);
        let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        all(
            [
                [b"\xFF\xFE".as_slice(), &wide].concat(),
                good.replace("UTF-8", "UTF-7").into_bytes(),
                good.replace("UTF-8", "UTF-16").into_bytes(),
                good.replace("collect:test", "\u{1}").replace('\u{1}', "\0").into_bytes(),
                good.into_bytes().into_iter().chain([0xC3, 0x28]).collect(),
            ]
            .map(|xml| target.xml(&xml)),
            &[400],
        )
    }),
    ("A08b", "a byte order mark is no attack", 1, |target| {
        told(target.xml(&[b"\xEF\xBB\xBF".as_slice(), &target.visit().xml()].concat()), &[201])
    }),
    ("A10", "no instanceID, a blank one, one of 250 characters", 0, |target| {
        let visit = |id: String| Visit { instance: id, ..target.visit() }.xml();
        let none = good(target).replace("instanceID", "other").into_bytes();
        all([none, visit(String::new()), visit("x".repeat(250))].map(|x| target.xml(&x)), &[400])
    }),
    ("A10b", "an instanceID of 249 characters of markup and dots", 1, |target| {
        let odd = "../<script>alert(1)</script>'\"&;--\\";
        let id = format!("{odd}{}", "ă".repeat(249 - odd.chars().count()));
        let visit = Visit { instance: id, ..target.visit() };
        let said = told(target.xml(&visit.xml()), &[201]);
        assert_eq!(stored(target, &visit).row.instance_id, visit.instance);
        said
    }),
    ("A12", "a household of another commune", 1, |target| {
        let visit = Visit::completed("u0036.01.001");
        let said = told(target.xml(&visit.xml()), &[201]);
        let codes: Vec<String> =
            stored(target, &visit).findings_list.into_iter().map(|f| f.code).collect();
        assert!(
            codes.iter().any(|code| code == "not_on_roster" || code == "out_of_area"),
            "{codes:?}"
        );
        format!("{said}, flagged")
    }),
    ("A13", "another phone's instanceID with other answers", 1, |target| {
        let visit = target.visit();
        target.scene.phones[2].post(&Multipart::of(&visit.xml())).expect(201);
        let other = Visit { poverty: "poor".into(), ..visit.clone() };
        let said = told(target.xml(&other.xml()), &[409]);
        let kept = stored(target, &visit);
        let path = format!("/submissions/{}/xml", kept.row.seq);
        assert_eq!(target.scene.admin.get(&path).expect(200).body, visit.xml());
        assert!(kept.findings_list.iter().any(|f| f.code == "instance_contested"));
        let noted: i64 = crate::harness::store::open(target.scene.server.data())
            .query_row(
                "SELECT count(*) FROM event WHERE verb = 'submission.contest' AND subject = ?1",
                [kept.row.seq.to_string()],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(noted, 1);
        format!("{said}, noted")
    }),
];
