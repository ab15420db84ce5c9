//! Tables and forms.

use ntm_shared::api::problem::Place;

use super::{Refused, refuse};
use crate::harness::{Answer, Api, TestServer};

const HEADER: &str = "commune_code,village_code,village,household_code,head,members,poverty\n";

fn csv<'s>(table: impl Into<Vec<u8>>) -> Box<dyn Fn(&Api) -> Answer + 's> {
    let table = table.into();
    Box::new(move |api| api.post_text("/households?at=2024-10-15", "text/csv", table.clone()))
}

fn form<'s>(source: &'s str) -> Box<dyn Fn(&Api) -> Answer + 's> {
    Box::new(move |api| api.post_text("/forms", "text/markdown", source))
}

fn bytes<'s>(body: Vec<u8>) -> Box<dyn Fn(&Api) -> Answer + 's> {
    Box::new(move |api| api.post_text("/forms", ntm_spreadsheet::MEDIA_TYPE, body.clone()))
}

fn spreadsheet(source: &str) -> Vec<u8> {
    let sheets = ntm_shared::form::sheet::read_markdown(source);
    ntm_spreadsheet::write(&sheets).expect("a spreadsheet")
}

#[test]
fn a_bad_table_or_form_is_refused_whole() {
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
            "a form that is neither text nor a spreadsheet",
            bytes(b"\xff\xfe\x00\x01".to_vec()),
            422,
            "bad_form",
            "UTF-8",
            "UTF-8",
        ),
        (
            "a spreadsheet that broke off",
            bytes(b"PK\x03\x04 and no more".to_vec()),
            422,
            "bad_form",
            "bị hỏng",
            "damaged",
        ),
        (
            "a spreadsheet of the old kind",
            bytes(vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
            422,
            "bad_form",
            ".xls cũ",
            "old .xls",
        ),
        (
            "a spreadsheet without a survey",
            bytes(spreadsheet("| settings |\n| | form_id |\n| | f1 |\n")),
            422,
            "bad_form",
            "survey",
            "survey",
        ),
        ("an XForm that is no XML", form("<h:html><h:head>"), 422, "bad_form", "", ""),
        (
            "a question whether to force",
            Box::new(|api| api.post_text("/forms?force=perhaps", "text/markdown", "| survey |")),
            400,
            "bad_request",
            "",
            "",
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
    refuse(&server, &refused);
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
