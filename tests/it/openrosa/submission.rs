//! Uploads: whole, split, odd, broken, repeated.

use std::time::{Duration, Instant};

use reqwest::Method;

use super::{Door, Filled, Row};
use crate::harness::xml::Element;
use crate::harness::{Multipart, photo, store};

const VIETNAMESE: &str = "ảnh nhà.jpg";

pub const ROWS: &[Row] = &[
    ("D01", "XML only: 201 with an OpenRosaResponse", |door| {
        let answer = door.phone.post(&Filled::main().upload()).expect(201);
        assert!(answer.header("content-type").starts_with("text/xml"));
        let said = Element::read(&answer.body);
        assert_eq!(said.name, "OpenRosaResponse");
        assert_eq!(said.attribute("xmlns"), Some("http://openrosa.org/http/response"));
        assert_eq!(said.at("message"), "Đã nhận đủ và lưu an toàn.");
    }),
    ("D02", "the XML reads back byte for byte", |door| {
        let filled = Filled::main();
        let xml =
            [b"\xEF\xBB\xBF<?xml version='1.0' ?>\r\n<!-- c -->", filled.xml().as_slice(), b"\n"]
                .concat();
        door.phone.post(&Multipart::of(&xml)).expect(201);
        let seq = door.one(&filled.instance).row.seq;
        assert_eq!(door.server.admin.get(&format!("/submissions/{seq}/xml")).expect(200).body, xml);
    }),
    ("D03", "XML and one photo, both read back", |door| {
        let (filled, bytes) = (Filled::photos(&["a.jpg"]), photo::jpeg(3));
        door.phone.post(&filled.upload().photo("a.jpg", &bytes)).expect(201);
        let file = door.file(&door.one(&filled.instance), "a.jpg");
        assert_eq!((file.header("content-type"), &file.body), ("image/jpeg", &bytes));
    }),
    ("D04", "XML and four photos in one POST", |door| {
        let names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg"];
        let filled = Filled::photos(&names);
        let upload =
            names.iter().zip(40..).fold(filled.upload(), |u, (n, i)| u.photo(n, &photo::jpeg(i)));
        door.phone.post(&upload).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!((stored.row.attachments_expected, stored.row.attachments_present), (4, 4));
        for (name, seed) in names.iter().zip(40..) {
            assert_eq!(door.file(&stored, name).body, photo::jpeg(seed));
        }
    }),
    ("D05", "the photo before the XML", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        door.phone
            .post(&Multipart::default().photo("a.jpg", &photo::jpeg(5)).xml(&filled.xml()))
            .expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 1);
    }),
    ("D06", "a photo named and not sent: 201, listed as missing", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        door.phone.post(&filled.upload()).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!((stored.row.attachments_expected, stored.row.attachments_present), (1, 0));
        assert_eq!(
            (stored.attachments[0].name.as_str(), &stored.attachments[0].sha256),
            ("a.jpg", &None)
        );
    }),
    ("D07", "split upload: one submission with both photos", |door| {
        let filled = Filled::photos(&["a.jpg", "b.jpg"]);
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(70)).incomplete()).expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 1);
        door.phone.post(&filled.upload().photo("b.jpg", &photo::jpeg(71))).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!(stored.row.attachments_present, 2);
        assert_eq!(door.file(&stored, "b.jpg").body, photo::jpeg(71));
    }),
    ("D08", "exact resend: success, nothing new", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        let upload = filled.upload().photo("a.jpg", &photo::jpeg(8));
        door.phone.post(&upload).expect(201);
        door.untouched(|| door.phone.post(&upload).expect(201));
        door.one(&filled.instance);
    }),
    ("D09", "same instanceID, different XML: 409, the first kept", |door| {
        let filled = Filled::main();
        door.phone.post(&filled.upload()).expect(201);
        let other = Filled { instance: filled.instance.clone(), ..Filled::photos(&["x.jpg"]) };
        let before = store::census(door.server.data());
        let said = door.phone.post(&other.upload()).expect(409);
        assert!(said.text().contains("instance_conflict"));
        // Nothing of it is stored, and the first says that there was another.
        let mut after = store::census(door.server.data());
        for noted in ["event", "finding"] {
            assert_eq!(after.insert(noted.into(), before[noted]), Some(before[noted] + 1));
        }
        assert_eq!(after, before);
        let first = door.one(&filled.instance);
        assert!(first.findings_list.iter().any(|f| f.code == "instance_contested"));
        let seq = door.one(&filled.instance).row.seq;
        assert_eq!(door.server.admin.get(&format!("/submissions/{seq}/xml")).body, filled.xml());
    }),
    ("D10", "same photo name, other bytes: both kept, the first current, a finding", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(100))).expect(201);
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(101))).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!(door.file(&stored, "a.jpg").body, photo::jpeg(100));
        assert!(stored.findings_list.iter().any(|f| f.code == "file_clash"));
        assert!(
            store::blob_files(door.server.data())
                .iter()
                .any(|p| std::fs::read(p).unwrap() == photo::jpeg(101))
        );
    }),
    ("D11", "an extra part not named in the XML is ignored", |door| {
        let filled = Filled::main();
        let files = store::blob_files(door.server.data()).len();
        door.phone.post(&filled.upload().photo("extra.jpg", &photo::jpeg(11))).expect(201);
        assert_eq!(door.one(&filled.instance).attachments, []);
        assert_eq!(store::blob_files(door.server.data()).len(), files);
    }),
    ("D12", "a Vietnamese photo name with a space", |door| {
        let filled = Filled::photos(&[VIETNAMESE]);
        door.phone.post(&filled.upload().photo(VIETNAMESE, &photo::jpeg(12))).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!(stored.attachments[0].name, VIETNAMESE);
        assert_eq!(door.file(&stored, VIETNAMESE).body, photo::jpeg(12));
    }),
    ("D13", "two photos with identical bytes", |door| {
        let (filled, bytes) = (Filled::photos(&["a.jpg", "b.jpg"]), photo::jpeg(13));
        door.phone.post(&filled.upload().photo("a.jpg", &bytes).photo("b.jpg", &bytes)).expect(201);
        let stored = door.one(&filled.instance);
        assert_eq!(stored.row.attachments_present, 2);
        assert_eq!(
            (door.file(&stored, "a.jpg").body, door.file(&stored, "b.jpg").body),
            (bytes.clone(), bytes)
        );
    }),
    ("D14", "two fields naming one photo: one attachment", |door| {
        let filled = Filled::photos(&["a.jpg", "a.jpg"]);
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(14))).expect(201);
        assert_eq!(door.one(&filled.instance).attachments.len(), 1);
    }),
    ("D15", "no xml_submission_file: 400", |door| {
        refuse(
            door,
            &Multipart::default().photo("a.jpg", &photo::jpeg(15)).body(),
            &Multipart::kind(),
            400,
        );
    }),
    ("D16", "raw text/xml body: 400", |door| refuse(door, &Filled::main().xml(), "text/xml", 400)),
    ("D17", "unclosed elements: 400", |door| {
        let xml = String::from_utf8(Filled::main().xml()).unwrap().replace("</a>", "");
        refuse(door, &Multipart::of(xml.as_bytes()).body(), &Multipart::kind(), 400);
    }),
    ("D17b", "XML cut off before </meta>: 400", |door| {
        let xml = Filled::main().xml();
        refuse(door, &Multipart::of(&xml[..xml.len() - 20]).body(), &Multipart::kind(), 400);
    }),
    ("D18", "a root without id: 400", |door| {
        let xml = String::from_utf8(Filled::main().xml()).unwrap().replace(" id=\"or_main\"", "");
        refuse(door, &Multipart::of(xml.as_bytes()).body(), &Multipart::kind(), 400);
    }),
    ("D19", "an unknown form: 404", |door| {
        let filled = Filled { form: "nope", ..Filled::main() };
        refuse(door, &filled.upload().body(), &Multipart::kind(), 404);
    }),
    ("D20", "an unknown version of a known form: 202, held", |door| {
        let filled = Filled { version: "99", ..Filled::photos(&["a.jpg"]) };
        door.phone.post(&filled.upload().photo("a.jpg", &photo::jpeg(20))).expect(202);
        let stored = door.one(&filled.instance);
        assert!(stored.findings_list.iter().any(|f| f.code == "unknown_version"));
        assert_eq!(door.file(&stored, "a.jpg").body, photo::jpeg(20));
    }),
    ("D20b", "of an unknown version every batch's photos are kept", |door| {
        let filled = Filled { version: "98", ..Filled::photos(&["a.jpg", "b.jpg"]) };
        for (name, seed) in [("a.jpg", 201), ("b.jpg", 202)] {
            let upload = filled.upload().photo(name, &photo::jpeg(seed));
            door.phone.post(&upload.incomplete()).expect(202);
        }
        let stored = door.one(&filled.instance);
        assert_eq!(door.file(&stored, "a.jpg").body, photo::jpeg(201));
        assert_eq!(door.file(&stored, "b.jpg").body, photo::jpeg(202));
    }),
    ("D21", "an older published version: 201 and a finding", |door| {
        let filled = Filled { version: "1", ..Filled::main() };
        door.phone.post(&filled.upload()).expect(201);
        assert!(door.one(&filled.instance).findings_list.iter().any(|f| f.code == "older_form"));
    }),
    ("D23", "a form whose round is closed: 201", |door| {
        let filled = Filled { form: "or_closed", version: "1", ..Filled::main() };
        door.phone.post(&filled.upload()).expect(201);
        door.one(&filled.instance);
    }),
    ("D24", "no credentials: 401, nothing stored", |door| {
        let url = format!("{}/submission", door.server.url());
        let request =
            door.phone.request(Method::POST, &url).header("Content-Type", Multipart::kind());
        let request = request.body(Filled::main().upload().body());
        assert_eq!(door.untouched(|| request.send().unwrap().status()), 401);
    }),
    (
        "D25",
        "a form outside the collector's rounds is stored: published once, never refused",
        |door| {
            let filled = Filled { form: "or_hidden", version: "1", ..Filled::main() };
            door.phone.post(&filled.upload()).expect(201);
            assert!(door.one(&filled.instance).row.findings > 0);
        },
    ),
    ("D26", "multipart without boundary: 400", |door| {
        refuse(door, &Filled::main().upload().body(), "multipart/form-data", 400);
    }),
    ("D27", "a body that ends before the closing boundary: 400", |door| {
        let body = Filled::photos(&["a.jpg"]).upload().photo("a.jpg", &photo::jpeg(27)).body();
        refuse(door, &body[..body.len() - 60], &Multipart::kind(), 400);
        assert_eq!(store::incoming(door.server.data()).len(), 0);
    }),
    ("D28", "a connection cut in the photo leaves nothing; the retry is 201", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        let upload = filled.upload().photo("a.jpg", &photo::heavy(28, 400_000));
        let length = upload.body().len();
        let before = store::census(door.server.data());
        // Whoever cuts only the last line end has sent everything.
        for cut in [1, 200, length / 2, length - 60] {
            door.phone.cut(&upload, cut, length);
        }
        let patience = Instant::now() + Duration::from_secs(10);
        while store::census(door.server.data()) != before {
            assert!(Instant::now() < patience, "{:?}", store::census(door.server.data()));
            std::thread::sleep(Duration::from_millis(50));
        }
        door.phone.post(&upload).expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 1);
    }),
    ("D30", "an instanceID without uuid:", |door| {
        instance(door, &format!("phiếu-{}", crate::harness::unique()))
    }),
    ("D32", "an instanceID of 249 characters, markup and dots included", |door| {
        let odd = format!("{}../<script>'\"&", crate::harness::unique());
        instance(door, &format!("{odd}{}", "ă".repeat(249 - odd.chars().count())));
    }),
    ("D33", "an instanceID of 250 characters, blank or absent: 400", |door| {
        for id in ["x".repeat(250), String::new()] {
            let filled = Filled { instance: id, ..Filled::main() };
            refuse(door, &filled.upload().body(), &Multipart::kind(), 400);
        }
        let xml = b"<data id=\"or_main\" version=\"2\"><a>x</a></data>";
        refuse(door, &Multipart::of(xml).body(), &Multipart::kind(), 400);
    }),
    ("D39", "one instanceID in two forms: two submissions", |door| {
        let filled = Filled::main();
        let other = Filled {
            form: "phiếu_ảnh",
            version: "1",
            instance: filled.instance.clone(),
            photos: vec![],
        };
        door.phone.post(&filled.upload()).expect(201);
        door.phone.post(&other.upload()).expect(201);
        assert_eq!(door.stored(&filled.instance).len(), 2);
    }),
    ("D41", "16 identical POSTs at once: every one succeeds, stored once", |door| {
        let filled = Filled::photos(&["a.jpg"]);
        let upload = filled.upload().photo("a.jpg", &photo::heavy(41, 100_000));
        let send = || door.phone.post(&upload).status;
        let all: Vec<u16> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
            sent.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(all, [201; 16]);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 1);
    }),
    ("D44", "one attachment of 50 MB, although less at a time is asked for", |door| {
        let (filled, large) = (Filled::photos(&["a.jpg"]), vec![0xA5; 50 << 20]);
        let most = door.phone.head().unwrap();
        let most: usize = most.header("x-openrosa-accept-content-length").parse().unwrap();
        assert!(most < large.len());
        door.phone.post(&filled.upload().photo("a.jpg", &large)).expect(201);
        assert!(door.file(&door.one(&filled.instance), "a.jpg").body == large);
    }),
    ("D44b", "an upload larger than that: 413 with an OpenRosa body", |door| {
        let upload = Filled::photos(&["a.jpg"]).upload().photo("a.jpg", &vec![0xA5; 101 << 20]);
        let before = store::census(door.server.data());
        // Who refuses closes the connection; whether the answer is heard depends on the network.
        if let Ok(answer) = door.phone.try_post(&upload) {
            assert!(answer.status == 413 && answer.text().contains("too_large"), "{answer:?}");
        }
        assert_eq!(store::census(door.server.data()), before);
    }),
    ("D45", "DOCTYPE with nested entities: 400 at once", |door| {
        let mut dtd = String::from("<!DOCTYPE data [<!ENTITY e0 \"ha\">");
        for n in 1..=10 {
            dtd += &format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10));
        }
        let xml = format!(
            "{dtd}]><data id=\"or_main\" version=\"2\"><a>&e10;</a><meta><instanceID>x</instanceID></meta></data>"
        );
        let start = Instant::now();
        refuse(door, &Multipart::of(xml.as_bytes()).body(), &Multipart::kind(), 400);
        assert!(start.elapsed() < Duration::from_secs(2));
    }),
    ("D47", "XML beyond the limit: 413", |door| {
        let xml = format!("<data id=\"or_main\">{}</data>", " ".repeat(9 * 1024 * 1024));
        refuse(door, &Multipart::of(xml.as_bytes()).body(), &Multipart::kind(), 413);
    }),
    ("D52b", "two submissions each with a photo a.jpg stay apart", |door| {
        let both = [521, 522].map(|seed| (Filled::photos(&["a.jpg"]), photo::jpeg(seed)));
        for (filled, bytes) in &both {
            door.phone.post(&filled.upload().photo("a.jpg", bytes)).expect(201);
        }
        for (filled, bytes) in &both {
            assert_eq!(&door.file(&door.one(&filled.instance), "a.jpg").body, bytes);
        }
    }),
    ("D53", "a name with a quote arrives escaped as OkHttp does", |door| {
        let filled = Filled::photos(&["nhà \"mới\".jpg"]);
        let upload = filled.upload().photo("nhà \"mới\".jpg", &photo::jpeg(53));
        assert!(String::from_utf8_lossy(&upload.body()).contains("%22"));
        door.phone.post(&upload).expect(201);
        assert_eq!(door.one(&filled.instance).row.attachments_present, 1);
    }),
    ("D54", "words in the language asked for", |door| {
        for (lang, words) in [
            ("en", "Received and stored safely."),
            ("vi-VN", "Đã nhận đủ và lưu an toàn."),
            ("fr", "Đã nhận"),
        ] {
            let request = door.phone.request(Method::POST, "/submission");
            let request =
                request.header("Content-Type", Multipart::kind()).header("Accept-Language", lang);
            let said = request.body(Filled::main().upload().body()).send().unwrap().text().unwrap();
            assert!(said.contains(words), "{lang}: {said}");
        }
    }),
    ("D55", "a collector's token reads no submissions", |door| {
        let token = door.phone.base.rsplit('/').next().unwrap();
        door.server.nobody().with_token(token).get("/submissions").expect(401);
    }),
];

/// A submission with this instance id is stored under exactly that id.
#[track_caller]
fn instance(door: &Door, id: &str) {
    let filled = Filled { instance: id.into(), ..Filled::main() };
    door.phone.post(&filled.upload()).expect(201);
    assert_eq!(door.one(id).row.instance_id, id);
}

/// The body is refused with an OpenRosa error and leaves no trace.
#[track_caller]
pub fn refuse(door: &Door, body: &[u8], kind: &str, status: u16) {
    let request = door
        .phone
        .request(Method::POST, "/submission")
        .header("Content-Type", kind)
        .body(body.to_vec());
    let answer = door.untouched(|| request.send().unwrap());
    assert_eq!(answer.status(), status);
    let text = answer.text().unwrap();
    assert!(text.contains("<message nature=\"error\">"), "{text}");
}
