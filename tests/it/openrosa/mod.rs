//! The phone door, row by row of a table of what OpenRosa clients send and must get back. A row's id
//! names the behaviour, so that a failure can be looked up; every row runs even when others fail.

mod discovery;
mod faults;
mod submission;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::date;
use ntm_shared::api::round::NewRound;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use quick_xml::escape::escape;

use crate::harness::{Answer, Multipart, NAM_CHAY, Phone, Roster, TestServer, round, unique};

/// One row: id, what is sent and expected, and the check.
type Row = (&'static str, &'static str, fn(&Door));

/// A server with forms of every kind, and a phone.
struct Door {
    server: TestServer,
    /// Collector of Nậm Chảy.
    phone: Phone,
}

/// An XLSForm with a text, two pictures and, if asked, a roster.
fn xlsform(id: &str, version: &str, title: &str, media: bool) -> String {
    let pick = "| | select_one_from_file households.csv | pick | Chọn hộ |\n";
    format!(
        "| survey |\n| | type | name | label |\n| | text | a | Câu hỏi |\n| | image | photo | Ảnh |\n| | image | photo2 | Ảnh hai |\n| | image | photo3 | Ảnh ba |\n| | image | photo4 | Ảnh bốn |\n{}\n| settings |\n| | form_title | form_id | version |\n| | {title} | {id} | {version} |\n",
        if media { pick } else { "" }
    )
}

/// An XForm that reads a list whose name no spreadsheet could say.
const CROPS: &str = r#"<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Một tệp</h:title><model>
<instance><data id="or_crops" version="1"><crop/><meta><instanceID/></meta></data></instance>
<instance id="crops" src="jr://file-csv/cây trồng 2.csv"/>
<bind nodeset="/data/crop" type="string"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
</model></h:head><h:body><select1 ref="/data/crop"><label>Cây trồng</label>
<itemset nodeset="instance('crops')/root/item"><value ref="name"/><label ref="label"/></itemset>
</select1></h:body></h:html>"#;

impl Door {
    fn open() -> Door {
        let server = TestServer::start();
        server.import(&Roster::small());
        for (id, version, title, media) in [
            ("or_main", "1", "Phiếu cũ", false),
            ("or_main", "2", "Hộ dân & nhà ở", false),
            ("phiếu_ảnh", "1", "Mã có dấu", false),
            ("or_media", "1", "Có danh sách", true),
            ("or_hidden", "1", "Không giao cho ai", true),
            ("or_closed", "1", "Đợt đã đóng", false),
        ] {
            let source = xlsform(id, version, title, media);
            server.admin.post_text("/forms", "text/markdown", source).expect(201);
        }
        let crops = "| | select_one_from_file crops.csv | crop | Cây trồng |\n\n| settings |";
        let source = xlsform("or_other", "1", "Hai tệp", true).replace("\n| settings |", crops);
        server.admin.post_text("/forms", "text/markdown", source).expect(201);
        server.admin.post_text("/forms", "text/xml", CROPS).expect(201);
        let own = ["household", "or_main", "phiếu_ảnh", "or_media", "or_other", "or_crops"]
            .map(str::to_owned)
            .to_vec();
        let areas = vec![NAM_CHAY.0.to_owned()];
        server.open_round(&NewRound { forms: own, ..round() });
        let closed = NewRound {
            id: "cu".into(),
            areas,
            forms: vec!["or_closed".into()],
            starts: date(2024, 9, 1),
            ends: date(2024, 9, 30),
            ..round()
        };
        server.open_round(&closed);
        server.admin.post("/rounds/cu/close", &()).expect(200);
        let phone = server.collector(&[NAM_CHAY.0]);
        Door { server, phone }
    }

    /// The submissions with this instance id.
    fn stored(&self, instance: &str) -> Vec<Submission> {
        let rows: Vec<SubmissionRow> = self.server.admin.all("/submissions");
        let rows = rows.into_iter().filter(|row| row.instance_id == instance);
        rows.map(|row| {
            self.server.admin.get(&format!("/submissions/{}", row.seq)).expect(200).json()
        })
        .collect()
    }

    /// The one submission with this instance id.
    #[track_caller]
    fn one(&self, instance: &str) -> Submission {
        let mut all = self.stored(instance);
        assert_eq!(all.len(), 1, "{instance} is stored {} times", all.len());
        all.remove(0)
    }

    /// The bytes of an attachment, and their type.
    #[track_caller]
    fn file(&self, submission: &Submission, name: &str) -> Answer {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/submissions/{}/attachments/{name}", submission.row.seq);
        self.server.admin.get(&path).expect(200)
    }

    /// Insists that `send` leaves no trace.
    #[track_caller]
    fn untouched<T>(&self, send: impl FnOnce() -> T) -> T {
        let before = crate::harness::store::census(self.server.data());
        let answer = send();
        assert_eq!(
            before,
            crate::harness::store::census(self.server.data()),
            "something was stored"
        );
        answer
    }
}

/// A submission of one of the small forms.
struct Filled {
    form: &'static str,
    version: &'static str,
    instance: String,
    photos: Vec<&'static str>,
}

impl Filled {
    fn main() -> Filled {
        let instance = format!("uuid:{:08}-0000-4000-8000-000000000000", unique());
        Filled { form: "or_main", version: "2", instance, photos: Vec::new() }
    }

    fn photos(photos: &[&'static str]) -> Filled {
        Filled { photos: photos.to_vec(), ..Filled::main() }
    }

    fn xml(&self) -> Vec<u8> {
        let fields = ["photo", "photo2", "photo3", "photo4"];
        let photos = fields.iter().zip(&self.photos);
        let photos: String =
            photos.map(|(field, name)| format!("<{field}>{}</{field}>", escape(*name))).collect();
        format!(
            "<data id=\"{}\" version=\"{}\"><a>Xin chào</a>{photos}<meta><instanceID>{}</instanceID></meta></data>",
            self.form,
            self.version,
            escape(self.instance.as_str())
        )
        .into_bytes()
    }

    fn upload(&self) -> Multipart {
        Multipart::of(&self.xml())
    }
}

#[test]
fn every_row_of_the_phone_door_holds() {
    let door = Door::open();
    let rows: Vec<&Row> =
        [discovery::ROWS, submission::ROWS, faults::ROWS].into_iter().flatten().collect();
    let mut failed = Vec::new();
    for (id, what, check) in &rows {
        if catch_unwind(AssertUnwindSafe(|| check(&door))).is_err() {
            failed.push(format!("{id}: {what}"));
        }
    }
    println!("{} rows of the phone door ran, {} failed", rows.len(), failed.len());
    assert!(failed.is_empty(), "failed:\n{}", failed.join("\n"));
}
