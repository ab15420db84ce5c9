//! Figures about collectors: for those who supervise, in words that ask and do not accuse.

use ntm_shared::api::account::Role;
use ntm_shared::api::quality::QualityReport;

use super::*;

#[test]
fn supervisors_see_what_to_check_and_nobody_else_does() {
    let server = TestServer::start();
    let mut roster = Roster::default();
    for village in 1..=6 {
        (1..=12).for_each(|household| roster.add(NAM_CHAY.0, village, household));
    }
    server.import(&roster);
    server.open_round(&NewRound { areas: vec![NAM_CHAY.0.into()], ..round() });
    // Six collectors with a village each; the last one's interviews take six minutes, not 22 to 33.
    for village in 1..=6 {
        let made = server.new_collector(&[NAM_CHAY.0]);
        let phone = crate::harness::Phone::new(made.url.as_deref().expect("an address"));
        for household in 1..=12 {
            let visit = Visit::completed(&format!("u0066.{village:02}.{household:03}"));
            let usual = 22 + (household * 3 + village * village) % (7 + village);
            let minutes = if village == 6 { 6 } else { usual };
            let xml = String::from_utf8(visit.xml()).unwrap();
            let end = format!("<end>2024-10-15T08:{minutes:02}:00");
            let xml = xml.replace("<end>2024-10-15T08:25:00", &end);
            phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
        }
    }
    let path = format!("/rounds/{ROUND}/quality");
    let report: QualityReport = server.admin.get(&path).expect(200).json();
    assert_eq!((report.visits, report.collectors.len(), report.villages.len()), (72, 6, 6));
    let flagged: Vec<_> = report.collectors.iter().filter(|c| !c.who.flags.is_empty()).collect();
    let [fast] = flagged.as_slice() else { panic!("{flagged:#?}") };
    assert_eq!((fast.who.interviews, fast.who.flags[0].code.as_str()), (12, "minutes"));
    let metric = fast.who.metrics.iter().find(|m| m.code == "minutes").unwrap();
    assert_eq!((metric.value, metric.n), (6.0, 12));
    assert_eq!(report.collectors[0].who.id, fast.who.id, "what is to check stands first");
    let village = report.villages.iter().find(|v| !v.who.flags.is_empty()).unwrap();
    assert_eq!(village.who.id, "u0066.06");

    let cli = signed_in(&server);
    let table = cli.run(&["round", "quality", ROUND]).expect(0);
    let csv = cli.run(&["round", "quality", ROUND, "--csv"]).expect(0).out;
    assert!(csv.contains("phỏng vấn nhanh 6 phút (thường 26)"), "{csv}");
    assert!(table.err.contains("khác số đông, không phải là sai"), "{}", table.err);
    for word in ["gian", "bịa", "dối"] {
        assert!(!table.out.contains(word) && !table.err.contains(word), "{word}");
    }
    answers(&server, &cli, &path, &fast.who.id);
    server.user("tổ", Role::Team, &[NAM_CHAY.0]).get(&path).expect(403);
    server.user("thanh tra", Role::Auditor, &[NAM_CHAY.0]).get(&path).expect(403);
    let outside: QualityReport =
        server.user("xã khác", Role::Commune, &[TA_PHOI.0]).get(&path).expect(200).json();
    assert_eq!((outside.visits, outside.collectors.len()), (0, 0));
}

/// An answer is shown with the figure as long as that is what it was, and makes one event.
fn answers(server: &TestServer, cli: &Cli, path: &str, collector: &str) {
    let events = |server: &TestServer| {
        let all: Vec<serde_json::Value> = server.admin.all("/events?what=quality.answer");
        all.len()
    };
    let reason = "đi cùng người phiên dịch, hỏi lại 3 hộ";
    let args = ["round", "answer", ROUND, collector, "--flag", "minutes", "--as", "checked"];
    let ran = cli.run(&[&args[..], &["--reason", reason]].concat()).expect(0);
    assert!(ran.out.contains("minutes"), "{}", ran.out);
    let of = |server: &TestServer| {
        let report: QualityReport = server.admin.get(path).expect(200).json();
        report.collectors.into_iter().find(|c| c.who.id == collector).unwrap()
    };
    let [answer] = of(server).answers.try_into().unwrap();
    assert_eq!((answer.reason.as_str(), answer.value, answer.stands), (reason, 6.0, true));
    let csv = cli.run(&["round", "quality", ROUND, "--csv"]).expect(0).out;
    assert!(csv.contains(&format!("[đã kiểm tra: “{reason}”")), "{csv}");
    assert_eq!(events(server), 1);
    // The same request again changes nothing; the same id for something else is refused.
    let new = serde_json::json!({
        "id": crate::harness::uuid(), "subject": collector, "code": "minutes", "value": 6.0,
        "answer": "explained", "reason": "hộ quen, trả lời nhanh",
    });
    server.admin.post(path, &new).expect(200);
    server.admin.post(path, &new).expect(200);
    assert_eq!(events(server), 2);
    let mut other = new.clone();
    other["reason"] = "khác".into();
    server.admin.post(path, &other).expect(409).problem("conflict");
    other["id"] = crate::harness::uuid().into();
    other["reason"] = "x".into();
    server.admin.post(path, &other).expect(422).problem("bad_value");
    assert_eq!(of(server).answers.len(), 1, "the last answer about a figure is shown");
    // Another visit of six minutes leaves the figure; one of sixty changes it.
    let phone = server.collector(&[NAM_CHAY.0]);
    let visit = |minutes: u32, household: u32| {
        let xml = String::from_utf8(Visit::completed(&format!("u0066.06.{household:03}")).xml());
        let xml = xml.unwrap().replace("T08:25:00", &format!("T08:{minutes:02}:00"));
        phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    };
    // Those who were visited again count for the later collector: eight of twelve stay.
    (1..=2).for_each(|household| visit(50, household));
    let still = of(server);
    assert!(still.answers[0].stands, "the median of ten is what that of twelve was");
    let village = ["round", "answer", ROUND, "u0066.06", "--flag", "minutes", "--as", "explained"];
    cli.run(&[&village[..], &["--reason", "một xóm, nhà sát nhau"]].concat()).expect(0);
    (3..=9).for_each(|household| visit(50, household));
    let report: QualityReport = server.admin.get(path).expect(200).json();
    let village = report.villages.into_iter().find(|v| v.who.id == "u0066.06").unwrap();
    assert_eq!((village.answers.len(), village.answers[0].stands), (1, false));
    let unknown = ["round", "answer", ROUND, "không ai", "--flag", "minutes", "--as", "checked"];
    cli.run(&[&unknown[..], &["--reason", reason]].concat()).expect(2);
    let none = ["round", "answer", ROUND, collector, "--flag", "whipple", "--as", "checked"];
    cli.run(&[&none[..], &["--reason", reason]].concat()).expect(2);
}
