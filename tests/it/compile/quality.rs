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
    server.user("tổ", Role::Team, &[NAM_CHAY.0]).get(&path).expect(403);
    server.user("thanh tra", Role::Auditor, &[NAM_CHAY.0]).get(&path).expect(403);
    let outside: QualityReport =
        server.user("xã khác", Role::Commune, &[TA_PHOI.0]).get(&path).expect(200).json();
    assert_eq!((outside.visits, outside.collectors.len()), (0, 0));
}
