//! Cards that lapse: scores as of another day than the interview's, and who lapses next.

use super::*;

/// Ten persons of Nậm Chảy with a card each: one lapses in November, one in January, one on the last
/// day of February, one in June; the others' have no date.
fn carded() -> TestServer {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let dates = ["2024-11-05", "2025-01-15", "2025-02-28", "2025-06-01"];
    for (place, village) in (1..=2).flat_map(|v| (1..=5).map(move |h| (v, h))).enumerate() {
        let visit = Visit::completed(&format!("u0066.{:02}.{:03}", village.0, village.1));
        let mut xml = String::from_utf8(visit.xml()).unwrap();
        if let Some(date) = dates.get(place) {
            let known = format!(
                "<expiry_known>date</expiry_known><insurance_expiry>{date}</insurance_expiry>"
            );
            xml = xml.replace("<expiry_known>not_printed</expiry_known>", &known);
            assert!(xml.contains(date));
        }
        phone.send(xml.as_bytes(), &[]).unwrap().expect(201);
    }
    server
}

#[test]
fn cards_are_valid_on_a_day_and_those_that_lapse_next_are_counted() {
    let server = carded();
    let value = |report: &ScoreReport| indicator(report, NAM_CHAY.0, "15.1").figures.value;
    let plain = scores(&server, "");
    assert_eq!((value(&plain), plain.as_of, plain.lapses.is_none()), (Some(100.0), None, true));
    // 90 days from 30 November 2024 end on 28 February 2025.
    let report = scores(&server, "?as_of=2024-11-30");
    assert_eq!(value(&report), Some(90.0));
    let lapses = report.lapses.as_ref().expect("a forecast");
    assert_eq!((lapses.to.to_string().as_str(), lapses.communes.len()), ("2025-02-28", 1));
    let lapse = &lapses.communes[0];
    assert_eq!((lapse.code.as_str(), lapse.indicator.as_str()), (NAM_CHAY.0, "15.1"));
    assert_eq!((lapse.units, lapse.households, lapse.lapsed), (2, 2, 1));
    assert_eq!((lapse.value, lapse.then), (Some(90.0), Some(70.0)));
    // A shorter forecast, and the day of the interviews: what the moments say.
    let short = scores(&server, "?as_of=2024-11-30&days=89").lapses.unwrap();
    assert_eq!(short.communes[0].units, 1);
    let same = scores(&server, "?as_of=2024-10-15");
    assert_eq!(same.communes, plain.communes);
    // Everything else is what it was.
    let mut others = report.clone();
    for (new, old) in others.communes.iter_mut().zip(&plain.communes) {
        for (new, old) in new.criteria.iter_mut().zip(&old.criteria).filter(|(c, _)| c.id == "15") {
            new.clone_from(old);
        }
        (new.criteria_met, new.at_most) = (old.criteria_met, old.at_most);
        (new.not_met, new.undecided, new.risk) = (old.not_met, old.undecided, old.risk.clone());
    }
    assert_eq!(others.communes, plain.communes);
    server
        .admin
        .get(&format!("/rounds/{ROUND}/scores?as_of=2024-11-30&days=9999"))
        .expect(422)
        .problem("bad_value");
    server
        .admin
        .get(&format!("/rounds/{ROUND}/scores?as_of=9999-12-31"))
        .expect(422)
        .problem("bad_value");

    let cli = signed_in(&server);
    let args = ["compile", ROUND, "--as-of", "30/11/2024", "--html", "l.html", "--xlsx", "l.xlsx"];
    let table = cli.run(&args).expect(0);
    assert!(table.out.contains("thẻ còn hạn ngày 30/11/2024"), "{}", table.out);
    let said = "15.1: 2 người ở 2 hộ sắp hết hạn; 90,0 → 70,0 nếu không gia hạn";
    assert!(table.err.contains(said) && table.err.contains("28/02/2025"), "{}", table.err);
    assert!(table.err.contains("1 người đã hết hạn từ lúc điều tra"), "{}", table.err);
    let page = std::fs::read_to_string(cli.home().join("l.html")).unwrap();
    assert!(page.contains("2 người ở 2 hộ sắp hết hạn") && page.contains("30/11/2024"));
    cli.run(&["compile", ROUND, "--days", "30"]).expect(2);
}

#[test]
fn sums_made_anew_are_those_that_were_kept() {
    let server = carded();
    let report = scores(&server, "?rebuild=true");
    let rebuilt = report.rebuilt.expect("what it came to");
    assert_eq!((rebuilt.submissions, rebuilt.unreadable, rebuilt.villages_differing), (10, 0, 0));
    assert_eq!(report.communes, scores(&server, "").communes);
    let cli = signed_in(&server);
    let table = cli.run(&["compile", ROUND, "--rebuild"]).expect(0);
    assert!(
        table.err.contains("Tính lại từ 10 phiếu gốc: 0 thôn và 0 phiếu khác"),
        "{}",
        table.err
    );
}
