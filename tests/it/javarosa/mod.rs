//! Real input: forms filled by JavaRosa, the engine of ODK Collect, on the form and the roster this
//! server hands out, sent with photos as Collect sends them.

mod scores;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ntm_shared::api::round::{Draw, ModuleDesign, NewDraw, NewRound};
use ntm_shared::api::submission::{Submission, SubmissionRow};
use tempfile::TempDir;

use crate::harness::xml::Element;
use crate::harness::{NAM_CHAY, Phone, ROUND, Roster, TA_PHOI, TestServer, photo, root, round};
use ntm_engine_tests::{JavaRosa, pyxform};

/// With this seed the households whose cases have incomes are among those drawn; the others drawn
/// have answers about income too, or no interview.
const SEED: u64 = 18_560;

/// A server with the roster of the cases, a phone, and what the phone downloaded.
struct Field {
    java: JavaRosa,
    folder: TempDir,
    phone: Phone,
    server: TestServer,
}

impl Field {
    fn new() -> Field {
        // Small uploads, so that forms with many photos have to be split.
        let server = TestServer::with(|config| config.limits.upload = 100_000);
        server.import(&Roster::javarosa());
        let modules =
            BTreeMap::from([("income".to_owned(), ModuleDesign::Sample { per_village: 3 })]);
        let forms = ["household", "commune_report", "visit"].map(str::to_owned).to_vec();
        server.open_round(&NewRound { modules, forms, ..round() });
        let draw = NewDraw { module: "income".into(), seed: SEED };
        let _: Draw = server.admin.post(&format!("/rounds/{ROUND}/draw"), &draw).expect(200).json();
        let phone = server.collector(&[NAM_CHAY.0, TA_PHOI.0]);
        let folder = tempfile::tempdir().expect("a folder");
        for form in phone.form_list() {
            let (xform, files) = phone.fetch(&form);
            std::fs::write(folder.path().join(format!("{}.xml", form.id)), xform).unwrap();
            for (name, bytes) in files {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
        }
        Field { java: JavaRosa::new(), folder, phone, server }
    }

    fn xform(&self, id: &str) -> PathBuf {
        self.folder.path().join(format!("{id}.xml"))
    }

    /// Fills every case of a folder: name and submission, or name and why it was refused.
    fn fill(&self, form: &str, cases: &str) -> Vec<(String, Result<Vec<u8>, String>)> {
        let cases = root().join("tests/javarosa").join(cases);
        let out = self.folder.path().join(cases.file_name().unwrap()).with_extension("out");
        self.java.fill(&self.xform(form), self.folder.path(), &cases, &out);
        let mut names: Vec<String> = cases
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let result = |name: String| {
            let filled = std::fs::read(out.join(format!("{name}.xml")));
            let refused =
                || std::fs::read_to_string(out.join(format!("{name}.err"))).expect("a reason");
            let result = filled.map_err(|_| refused());
            (name, result)
        };
        names.into_iter().map(result).collect()
    }

    /// Sends a submission with a photo for every name in it, and reads all of it back.
    fn send(&self, name: &str, xml: &[u8]) -> Submission {
        let form = Element::read(xml);
        let photos = photos(&form);
        self.phone.send(xml, &photos).unwrap().expect(201);
        let rows: Vec<SubmissionRow> = self.server.admin.all("/submissions");
        let row = rows.iter().find(|row| row.instance_id == form.at("meta/instanceID"));
        let seq = row.unwrap_or_else(|| panic!("{name} is not listed")).seq;
        let read =
            |path: &str| self.server.admin.get(&format!("/submissions/{seq}{path}")).expect(200);
        assert_eq!(read("/xml").body, xml, "{name}: XML");
        let stored: Submission = read("").json();
        assert_eq!(stored.attachments.len(), photos.len(), "{name}");
        for (file, bytes) in &photos {
            let encoded: String = file.bytes().map(|byte| format!("%{byte:02X}")).collect();
            assert_eq!(&read(&format!("/attachments/{encoded}")).body, bytes, "{name}: {file}");
        }
        stored
    }
}

/// A drawn picture for every photo a submission names. Big enough that several need splitting.
fn photos(form: &Element) -> Vec<(String, Vec<u8>)> {
    let mut photos = Vec::new();
    // No two households have the same picture: the server would say so.
    let id = form.at("meta/instanceID").bytes();
    let id = id.fold(0_u64, |n, b| n.wrapping_mul(257).wrapping_add(b.into()));
    form.walk(&mut |element| {
        if element.name.starts_with("photo_") && !element.text.is_empty() {
            let seed = id.wrapping_add(photos.len() as u64 + element.text.len() as u64 * 1000);
            photos.push((element.text.clone(), photo::heavy(seed, 30_000)));
        }
    });
    photos
}

#[test]
fn odk_validate_accepts_our_forms_and_pyxform_reads_their_source() {
    let field = Field::new();
    for form in ["household", "commune_report", "visit"] {
        field.java.validate(&field.xform(form)).unwrap_or_else(|words| panic!("{form}: {words}"));
        let source = root().join(format!("shared/data/forms/{form}.md"));
        let theirs = field.folder.path().join(format!("{form}.pyxform.xml"));
        pyxform(&source, &theirs);
        assert_eq!(
            binds(&theirs),
            binds(&field.xform(form)),
            "{form}: what pyxform binds and what we bind"
        );
    }
    let broken = field.folder.path().join("broken.xml");
    let xform = std::fs::read_to_string(field.xform("visit")).unwrap();
    std::fs::write(&broken, xform.replace("ref=\"/visit/commune\"", "ref=\"/visit/nowhere\""))
        .unwrap();
    assert!(field.java.validate(&broken).is_err(), "ODK Validate accepts anything");
}

/// Path and type of every bind. Left out: the label of a saved form in Collect's list, which only
/// pyxform renders.
fn binds(xform: &Path) -> BTreeMap<String, String> {
    let form = Element::read(&std::fs::read(xform).unwrap());
    let mut binds = BTreeMap::new();
    form.walk(&mut |element| {
        if element.name == "bind" {
            let at = |name| element.attribute(name).unwrap_or_default().to_owned();
            binds.insert(at("nodeset").replace("orx:", ""), at("type"));
        }
    });
    binds.retain(|path, _| !path.ends_with("/meta/instanceName"));
    assert!(binds.len() > 10);
    binds
}

#[test]
fn javarosa_refuses_what_cannot_be() {
    let field = Field::new();
    let refused = field.fill("household", "refused");
    assert!(refused.len() >= 18);
    for (name, result) in refused {
        let reason: serde_json::Value = serde_json::from_str(&result.expect_err(&name)).unwrap();
        let expected = name.split('-').next().unwrap();
        assert_eq!(reason["error"].to_string(), expected, "{name}: {reason}");
    }
}
