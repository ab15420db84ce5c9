//! Authentication, form list, manifest, media.

use reqwest::Method;

use super::{Door, Filled, Row};
use crate::harness::xml::Element;
use crate::harness::{Answer, Multipart, client, md5};

pub const ROWS: &[Row] = &[
    ("A01", "HEAD with version header and token: 204 without body", |door| {
        let answer = door.phone.head().unwrap();
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }),
    ("A02", "HEAD says version, length and date", |door| {
        let answer = door.phone.head().unwrap();
        assert_eq!(answer.header("x-openrosa-version"), "1.0");
        assert!(
            answer.header("x-openrosa-accept-content-length").parse::<u64>().unwrap() > 1_000_000
        );
        assert!(answer.header("date").ends_with("GMT"));
    }),
    ("A03", "HEAD without version header: 400", |door| {
        let url = format!("{}/submission", door.phone.base);
        assert_eq!(client().head(url).send().unwrap().status(), 400);
    }),
    ("A04", "HEAD without credentials: 401", |door| {
        let url = format!("{}/submission", door.server.url());
        assert_eq!(door.phone.request(Method::HEAD, &url).send().unwrap().status(), 401);
    }),
    ("A05", "well-formed but unknown token: 401 or 403", |door| {
        let url = format!("{}/key/{}/submission", door.server.url(), "ab".repeat(32));
        let status = door.phone.request(Method::HEAD, &url).send().unwrap().status().as_u16();
        assert!(matches!(status, 401 | 403), "{status}");
    }),
    ("A06", "malformed token: 401", |door| {
        let url = format!("{}/key/abc/submission", door.server.url());
        assert_eq!(door.phone.request(Method::HEAD, &url).send().unwrap().status(), 401);
    }),
    ("A07", "GET as HEAD: 204", |door| {
        door.phone.get("/submission").expect(204);
    }),
    ("A08", "chunked POST: 201", |door| {
        let filled = Filled::main();
        door.phone.post_chunked(&filled.upload()).expect(201);
        door.one(&filled.instance);
    }),
    ("A11", "an error is an OpenRosaResponse with nature error", |door| {
        let filled = Filled { form: "nope", ..Filled::main() };
        let answer = door.phone.post(&filled.upload()).expect(404);
        assert!(answer.header("content-type").starts_with("text/xml"));
        let said = Element::read(&answer.body);
        assert_eq!(said.attribute("xmlns"), Some("http://openrosa.org/http/response"));
        assert_eq!(said.find("message").unwrap().attribute("nature"), Some("error"));
        assert!(said.at("message").contains("chưa từng được công bố"), "{}", said.at("message"));
    }),
    ("A12", "OpenRosa headers on errors too", |door| {
        let filled = Filled { form: "nope", ..Filled::main() };
        for answer in [door.phone.post(&filled.upload()), door.phone.get("/forms/nope/1/form.xml")]
        {
            assert_eq!(answer.status, 404);
            assert_eq!(answer.header("x-openrosa-version"), "1.0");
            assert!(!answer.header("date").is_empty());
            assert!(!answer.header("x-openrosa-accept-content-length").is_empty());
        }
    }),
    ("A13", "deviceID in the address: 201, recorded", |door| {
        let filled = Filled::main();
        door.phone.post(&filled.upload()).expect(201);
        let db = crate::harness::store::open(door.server.data());
        let sql = "SELECT device_id FROM submission WHERE instance_id = ?1";
        let device: String = db.query_row(sql, [&filled.instance], |row| row.get(0)).unwrap();
        assert_eq!(device, "collect:test");
    }),
    ("A14", "an odd Date header is ignored", |door| {
        let request =
            door.phone.request(Method::POST, "/submission").header("Date", "Thứ ba, 08:00 SA");
        let request =
            request.header("Content-Type", Multipart::kind()).body(Filled::main().upload().body());
        assert_eq!(request.send().unwrap().status(), 201);
    }),
    ("A15", "form list again with its ETag: 304", |door| not_modified(door, "/formList")),
    ("A16", "answers are packed for who asks, under the same ETag", |door| {
        for path in [
            "/formList",
            "/forms/household/2024100102/form.xml",
            "/forms/household/2024100102/media/households.csv",
        ] {
            let ask = |tag: &str| {
                let request =
                    door.phone.request(Method::GET, path).header("Accept-Encoding", "gzip");
                Answer::read(request.header("If-None-Match", tag).send().unwrap()).unwrap()
            };
            let plain = door.phone.get(path).expect(200);
            let packed = ask("\"other\"").expect(200);
            assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
            assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() < plain.body.len());
            let tag = packed.header("etag");
            assert!(tag.trim_start_matches("W/") == plain.header("etag"), "{tag}");
            let again = ask(tag).expect(304);
            assert!(again.body.is_empty() && again.header("x-openrosa-version") == "1.0");
        }
    }),
    ("A17", "nothing is ever a redirect, and only 204 answers HEAD", |door| {
        for path in ["/formList", "/submission", "/formList/", "//formList", "/submission/"] {
            let status = door.phone.request(Method::GET, path).send().unwrap().status().as_u16();
            assert!(!(300..400).contains(&status), "{path}: {status}");
        }
    }),
    ("B01", "the list is in the namespace; each form has its five fields once", |door| {
        let answer = door.phone.get("/formList").expect(200);
        assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
        let list = Element::read(&answer.body);
        assert_eq!(list.attribute("xmlns"), Some("http://openrosa.org/xforms/xformsList"));
        assert!(!list.children.is_empty());
        for form in list.all("xform") {
            for field in ["formID", "name", "version", "hash", "downloadUrl"] {
                assert_eq!(form.all(field).count(), 1, "{field}");
            }
        }
    }),
    ("B02", "hashes are md5: and 32 hex digits", |door| {
        for form in door.phone.form_list() {
            let digits = form.hash.strip_prefix("md5:").unwrap();
            assert!(
                digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()),
                "{digits}"
            );
        }
    }),
    ("B03", "the hash is that of the bytes at the absolute download address", |door| {
        for form in door.phone.form_list() {
            assert!(form.download.starts_with("http://"));
            let answer = door.phone.get(&form.download).expect(200);
            assert!(answer.header("content-type").contains("xml"));
            assert_eq!(form.hash, format!("md5:{}", md5(&answer.body)));
        }
    }),
    ("B04", "?formID= narrows", |door| {
        let list = Element::read(&door.phone.get("/formList?formID=or_main").expect(200).body);
        let ids: Vec<&str> = list.all("xform").map(|form| form.at("formID")).collect();
        assert_eq!(ids, ["or_main"]);
    }),
    ("B05", "?formID= of nothing: an empty list", |door| {
        let list = Element::read(&door.phone.get("/formList?formID=nope").expect(200).body);
        assert_eq!((list.name.as_str(), list.children.len()), ("xforms", 0));
    }),
    ("B06", "no credentials: 401", |door| {
        let url = format!("{}/formList", door.server.url());
        door.phone.get(&url).expect(401);
    }),
    ("B07", "without version header: 400", |door| {
        let answer = client().get(format!("{}/formList", door.phone.base)).send().unwrap();
        assert_eq!(answer.status(), 400);
    }),
    ("B08", "a form not assigned is absent", |door| absent(door, "or_hidden")),
    ("B09", "a form of a closed round is absent", |door| absent(door, "or_closed")),
    ("B10", "the latest version is the one listed", |door| {
        assert_eq!(door.phone.form("or_main").version, "2");
    }),
    ("B11", "a title with & and Vietnamese letters is escaped once", |door| {
        assert_eq!(door.phone.form("or_main").name, "Hộ dân & nhà ở");
    }),
    ("B12", "a form id beyond ASCII is percent-encoded and downloads", |door| {
        let form = door.phone.form("phiếu_ảnh");
        assert!(form.download.contains("phi%E1%BA%BFu_%E1%BA%A3nh"), "{}", form.download);
        door.phone.fetch(&form);
    }),
    ("B13", "manifestUrl only where there is media", |door| {
        assert!(door.phone.form("or_media").manifest.is_some());
        assert!(door.phone.form("or_main").manifest.is_none());
    }),
    ("B15", "every address starts with the collector's base", |door| {
        for form in door.phone.form_list() {
            assert!(form.download.starts_with(&door.phone.base));
            assert!(form.manifest.is_none_or(|url| url.starts_with(&door.phone.base)));
        }
    }),
    ("B16", "guessing an unassigned form: 403 or 404", |door| {
        refused(&door.phone.get("/forms/or_hidden/1/form.xml"));
    }),
    ("C01", "the manifest is in the namespace; each file has name, hash and address", |door| {
        let url = door.phone.form("or_media").manifest.unwrap();
        let answer = door.phone.get(&url).expect(200);
        assert!(answer.header("content-type").starts_with("text/xml"));
        let manifest = Element::read(&answer.body);
        assert_eq!(manifest.attribute("xmlns"), Some("http://openrosa.org/xforms/xformsManifest"));
        assert!(!manifest.children.is_empty());
        for file in manifest.all("mediaFile") {
            assert!(file.at("hash").starts_with("md5:"));
            assert!(
                !file.at("filename").is_empty()
                    && file.at("downloadUrl").starts_with(&door.phone.base)
            );
        }
    }),
    ("C02", "media hashes are those of the bytes", |door| {
        let (_, files) = door.phone.fetch(&door.phone.form("household"));
        let names: Vec<&String> = files.keys().collect();
        assert_eq!(names, ["communes.csv", "households.csv", "villages.csv"]);
        let households = String::from_utf8(files["households.csv"].clone()).unwrap();
        assert!(
            households.contains("u0066.01.001") && !households.contains("u0036"),
            "{households}"
        );
    }),
    ("C03", "a file that nobody provided is not in the manifest", |door| {
        let url = door.phone.form("or_other").manifest.unwrap();
        let manifest = Element::read(&door.phone.get(&url).expect(200).body);
        let names: Vec<&str> = manifest.all("mediaFile").map(|file| file.at("filename")).collect();
        assert_eq!(names, ["households.csv"]);
        door.phone.get("/forms/or_other/1/media/crops.csv").expect(404);
    }),
    ("C04", "a file given with the form, its name Vietnamese and with a space", |door| {
        let (name, path) =
            ("cây trồng 2.csv", "/forms/or_crops/1/files/c%C3%A2y%20tr%E1%BB%93ng%202.csv");
        let bytes = "name,label\nlua,Lúa & ngô\n";
        let manifest = || {
            let url = door.phone.form("or_crops").manifest.unwrap();
            Element::read(&door.phone.get(&url).expect(200).body)
        };
        assert_eq!(manifest().children.len(), 0);
        let admin = &door.server.admin;
        admin.post_text(path, "text/csv", bytes).expect(201);
        admin.post_text(path, "text/csv", bytes).expect(200);
        admin.post_text(path, "text/csv", "name,label\n").expect(409).problem("conflict");
        let other = path.replace("c%C3%A2y%20", "");
        admin.post_text(&other, "text/csv", bytes).expect(422).problem("bad_value");
        let unknown = path.replace("/1/", "/9/");
        admin.post_text(&unknown, "text/csv", bytes).expect(404).problem("unknown_form");
        let manifest = manifest();
        let file = manifest.find("mediaFile").unwrap();
        assert_eq!(file.at("filename"), name);
        let url = file.at("downloadUrl");
        assert!(url.ends_with("/media/c%C3%A2y%20tr%E1%BB%93ng%202.csv"), "{url}");
        let (_, files) = door.phone.fetch(&door.phone.form("or_crops"));
        assert_eq!(files[name], bytes.as_bytes());
        not_modified(door, url);
        let (code, text) =
            crate::durability::command(&["check", "--data", &door.server.data().to_string_lossy()]);
        assert_eq!(code, Some(0), "{text}");
    }),
    ("C05", "the manifest of a form without media is empty", |door| {
        let manifest = Element::read(&door.phone.get("/forms/or_main/2/manifest").expect(200).body);
        assert_eq!((manifest.name.as_str(), manifest.children.len()), ("manifest", 0));
    }),
    ("C06", "media again with its ETag: 304", |door| {
        not_modified(door, "/forms/household/2024100102/media/households.csv");
    }),
    ("C07", "manifest of an unassigned form: 403 or 404", |door| {
        refused(&door.phone.get("/forms/or_hidden/1/manifest"));
        refused(&door.phone.get("/forms/or_hidden/1/media/households.csv"));
    }),
];

#[track_caller]
fn absent(door: &Door, id: &str) {
    assert!(door.phone.form_list().iter().all(|form| form.id != id));
}

#[track_caller]
fn refused(answer: &Answer) {
    assert!(matches!(answer.status, 403 | 404), "{}", answer.status);
}

#[track_caller]
fn not_modified(door: &Door, path: &str) {
    let first = door.phone.get(path).expect(200);
    let tag = first.header("etag");
    let again = door.phone.request(Method::GET, path).header("If-None-Match", tag).send().unwrap();
    assert_eq!(again.status(), 304);
    let other =
        door.phone.request(Method::GET, path).header("If-None-Match", "\"other\"").send().unwrap();
    assert_eq!(other.status(), 200);
}
