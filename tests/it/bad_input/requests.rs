//! Requests of staff: rounds, units, addresses, JSON.

use ntm_shared::api::round::NewRound;

use super::{Refused, refuse};
use crate::harness::{Answer, Api, ROUND, TestServer, round};

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
fn a_bad_request_is_refused() {
    let server = TestServer::surveyed();
    let refused: Vec<Refused> = vec![
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
    ];
    refuse(&server, &refused);
}
