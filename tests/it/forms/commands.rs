//! `ntm form`: checked, converted and compared without a server; published with one.

use std::path::PathBuf;

use ntm_shared::form::sheet::read_markdown;
use serde_json::Value as Json;

use super::SMALL;
use crate::harness::{Cli, NAM_CHAY, Roster, TestServer, password, round};

struct Desk {
    cli: Cli,
}

impl Desk {
    fn new() -> Desk {
        Desk { cli: Cli::new() }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.cli.home().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn json(&self, args: &[&str], code: i32) -> Json {
        serde_json::from_str(&self.cli.run(&[args, &["--json"]].concat()).expect(code).out).unwrap()
    }
}

#[test]
fn a_form_is_checked_without_a_server() {
    let desk = Desk::new();
    desk.file("nuoc.md", SMALL);
    let good = desk.cli.run(&["form", "check", "nuoc.md"]).expect(0);
    assert!(good.out.contains("Nước & sạch") && good.out.contains("3 câu hỏi"), "{}", good.out);
    assert!(good.err.contains("0 lỗi") && good.err.contains("ntm form publish"), "{}", good.err);
    // The same from a spreadsheet, whatever it is called, and from standard input.
    let book = ntm_spreadsheet::write(&read_markdown(SMALL)).unwrap();
    desk.file("nuoc", &book);
    let same = desk.cli.run(&["form", "check", "nuoc"]).expect(0);
    let head = |out: &str| out.lines().take(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(head(&same.out), head(&good.out));
    // Rows are those of what was given: the sheet's name takes a line of the Markdown.
    let rows = |file: &str| -> Vec<u64> {
        let report = desk.json(&["form", "check", file], 0);
        let warnings = report["warnings"].as_array().unwrap().clone();
        warnings.iter().map(|warning| warning["row"].as_u64().unwrap()).collect()
    };
    assert!(!rows("nuoc").is_empty());
    assert_eq!(rows("nuoc").iter().map(|row| row + 1).collect::<Vec<_>>(), rows("nuoc.md"));
    assert_eq!(desk.cli.run_with(&["form", "check", "-"], SMALL).expect(0).out, good.out);
    let english = desk.cli.run(&["form", "check", "nuoc.md", "--lang", "en"]).expect(0);
    assert!(english.out.contains("3 questions"), "{}", english.out);

    let mut sheets = read_markdown(&SMALL.replace("${people} * 60", "${persons} *"));
    sheets[0].rows[2].cells[0] = "select_one yes_or_no".into();
    desk.file("sai.xlsx", ntm_spreadsheet::write(&sheets).unwrap());
    let bad = desk.cli.run(&["form", "check", "sai.xlsx"]).expect(1);
    insta::assert_snapshot!("check_faults", bad.shown(&[]));
    let report = desk.json(&["form", "check", "sai.xlsx"], 1);
    let faults = report["faults"].as_array().unwrap();
    assert!(report["form"].is_null() && faults.len() >= 2, "{report}");
    assert!(faults.iter().any(|f| f["row"] == 3 && f["sheet"] == "survey"), "{report}");
    desk.file("cũ.xls", [0xD0, 0xCF, 0x11, 0xE0]);
    assert!(desk.cli.run(&["form", "check", "cũ.xls"]).expect(1).out.contains(".xls cũ"));
    assert!(desk.cli.run(&["form", "check", "không-có.xlsx"]).expect(2).err.contains("không-có"));
}

#[test]
fn a_submission_is_held_against_a_form_and_no_answer_is_quoted() {
    let desk = Desk::new();
    desk.file("nuoc.md", SMALL);
    let xml = "<data id=\"nuoc\" version=\"1\"><today>2024-10-15</today><water>yes</water>\
        <people>97531</people><litres>180</litres>\
        <meta><instanceID>uuid:1</instanceID></meta></data>";
    desk.file("sub.xml", xml);
    let ran = desk.cli.run(&["form", "check", "nuoc.md", "--answers", "sub.xml"]).expect(1);
    assert!(ran.out.contains("/data/people") && ran.out.contains("lỗi"), "{}", ran.out);
    assert!(!ran.out.contains("97531") && !ran.err.contains("97531"), "{}{}", ran.out, ran.err);
    let report = desk.json(&["form", "check", "nuoc.md", "--answers", "sub.xml"], 1);
    let codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"constraint") && codes.contains(&"calculation"), "{codes:?}");
    desk.file("sub.xml", xml.replace("97531", "3"));
    desk.cli.run(&["form", "check", "nuoc.md", "--answers", "sub.xml"]).expect(0);
    desk.file("sub.xml", "<data");
    let broken = desk.cli.run(&["form", "check", "nuoc.md", "--answers", "sub.xml"]).expect(2);
    assert!(broken.err.contains("sub.xml"), "{}", broken.err);

    // Answers chosen from a file are judged when the file is there.
    let chooses = SMALL.replace("select_one yes_no", "select_one_from_file water.csv");
    desk.file("nuoc.md", chooses);
    desk.file("sub.xml", xml.replace("97531", "3").replace(">yes<", ">river<"));
    let check = ["form", "check", "nuoc.md", "--answers", "sub.xml"];
    let without = desk.cli.run(&check).expect(0);
    assert!(without.err.contains("water.csv"), "{}", without.err);
    desk.file("water.csv", "name,label\nyes,Có\nno,Không\n");
    let with = desk.json(&[&check[..], &["--media", "."]].concat(), 0);
    assert!(with["findings"].as_array().unwrap().iter().any(|f| f["code"] == "choice"), "{with}");
}

#[test]
fn a_form_turns_into_every_format_and_back() {
    let desk = Desk::new();
    desk.file("nuoc.md", SMALL);
    let to = |from: &str, format: &str| {
        desk.cli.run(&["form", "export", from, "--to", format]).expect(0).out
    };
    let xform = to("nuoc.md", "xform");
    assert!(xform.starts_with("<?xml") && xform.contains("nuoc"), "{xform}");
    assert_eq!(to("nuoc.md", "md"), SMALL);
    let wrote = desk.cli.run(&["form", "export", "nuoc.md", "--to", "xlsx", "-o", "nuoc.xlsx"]);
    assert_eq!(wrote.expect(0).out, "");
    assert_eq!(to("nuoc.xlsx", "xform"), xform);
    desk.file("again.md", to("nuoc.xlsx", "md"));
    assert_eq!(to("again.md", "xform"), xform);
    // An XForm stays as it is, and becomes sheets that mean the same.
    desk.file("nuoc.xml", &xform);
    assert_eq!(to("nuoc.xml", "xform"), xform);
    desk.file("from-xform.md", to("nuoc.xml", "md"));
    desk.cli.run(&["form", "diff", "nuoc.md", "from-xform.md"]).expect(0);
    let compiled: Json = serde_json::from_str(&to("nuoc.md", "json")).unwrap();
    assert_eq!((&compiled["id"], &compiled["version"]), (&"nuoc".into(), &"1".into()));
    let nowhere = desk.cli.run(&["form", "export", "nuoc.md", "--to", "md", "-o", "x/y"]).expect(2);
    assert!(nowhere.err.contains("x/y"), "{}", nowhere.err);
    desk.file("sai.md", SMALL.replace("${people} * 60", "${persons}"));
    let faulty = desk.cli.run(&["form", "export", "sai.md", "--to", "xform"]).expect(2);
    assert!(faulty.err.contains("ntm form check sai.md"), "{}", faulty.err);
}

#[test]
fn two_versions_are_compared() {
    let desk = Desk::new();
    desk.file("1.md", SMALL);
    let next = SMALL.replace("| nuoc | 1 |", "| nuoc | 2 |");
    desk.file("2.md", next.replace("Số người", "Số khẩu").replace(". < 40", ". < 60"));
    desk.file("3.md", next.replace("| | yes_no | no | Không | No |\n", ""));
    let same = desk.cli.run(&["form", "diff", "1.md", "1.md"]).expect(0);
    assert!(same.out.contains("0 thay đổi"), "{}", same.out);
    let fine = desk.cli.run(&["form", "diff", "1.md", "2.md"]).expect(0);
    insta::assert_snapshot!("diff", fine.shown(&[]));
    let apart = desk.json(&["form", "diff", "1.md", "3.md"], 1);
    assert_eq!((&apart["together"], &apart["new"]["version"]), (&"no".into(), &"2".into()));
    assert_eq!(apart["changes"][0]["code"], "choice_removed");
    assert!(desk.cli.run(&["form", "diff", "1.md", "9.md"]).expect(2).err.contains("9.md"));
}

#[test]
fn a_form_is_published_compared_and_taken_back_from_the_server() {
    let server = TestServer::start();
    let desk = Desk::new();
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    desk.cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
    let book = ntm_spreadsheet::write(&read_markdown(SMALL)).unwrap();
    desk.file("nuoc.xlsx", &book);
    let ran = desk.cli.run(&["form", "publish", "nuoc.xlsx"]).expect(0);
    assert!(ran.out.starts_with("nuoc 1 md5:"), "{}", ran.out);
    assert_eq!(desk.cli.run(&["form", "publish", "nuoc.xlsx"]).expect(0).out, ran.out);
    desk.file("nuoc.md", SMALL);
    desk.cli.run(&["form", "diff", "nuoc@1", "nuoc.md"]).expect(0);
    let back = desk.cli.run(&["form", "export", "nuoc", "--to", "xform"]).expect(0).out;
    assert_eq!(back.into_bytes(), server.admin.get("/forms/nuoc/1/xform").expect(200).body);
    let unknown = desk.cli.run(&["form", "diff", "nuoc@7", "nuoc.md"]).expect(2);
    assert!(unknown.err.contains("ntm form list"), "{}", unknown.err);

    server.import(&Roster::small());
    server.open_round(&ntm_shared::api::round::NewRound { forms: vec!["nuoc".into()], ..round() });
    let xml = b"<data id=\"nuoc\" version=\"1\"><water>no</water>\
        <meta><instanceID>uuid:cli-1</instanceID></meta></data>";
    server.collector(&[NAM_CHAY.0]).send(xml, &[]).unwrap().expect(201);
    let next = SMALL.replace("| nuoc | 1 |", "| nuoc | 2 |").replace("integer", "text");
    desk.file("nuoc.md", next);
    let refused = desk.cli.run(&["form", "publish", "nuoc.md"]).expect(2);
    assert!(refused.err.contains("(breaks_data)"), "{}", refused.err);
    assert!(refused.err.contains("/data/people") && refused.err.contains("--force"));
    let forced = desk.cli.run(&["form", "publish", "nuoc.md", "--force"]).expect(0);
    assert!(forced.err.contains("phiên bản 1: không"), "{}", forced.err);
}
