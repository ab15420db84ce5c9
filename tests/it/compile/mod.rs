//! Scores as people get them: what would decide an open sample, declared looks, what to watch, and
//! the reports that leave the program.

mod explain;
mod lapses;
mod quality;
mod reports;

use std::collections::BTreeMap;

use ntm_shared::api::account::Role;
use ntm_shared::api::round::{Draw, ModuleDesign, NewDraw, NewRound};
use ntm_shared::api::score::{Indicator, ScoreReport};
use ntm_shared::criteria::Kind;
use ntm_shared::score::Verdict;

use crate::cli::signed_in;
use crate::harness::{Cli, NAM_CHAY, ROUND, Roster, TA_PHOI, TestServer, Visit, password, round};

/// Two communes with two villages of 40 households, three of each drawn for the housing section and
/// visited; every house is durable.
fn sampled(looks: u32) -> TestServer {
    let server = TestServer::start();
    let mut roster = Roster::default();
    for (commune, _) in [NAM_CHAY, TA_PHOI] {
        for village in 1..=2 {
            (1..=40).for_each(|household| roster.add(commune, village, household));
        }
    }
    server.import(&roster);
    let modules = BTreeMap::from([("housing".to_owned(), ModuleDesign::Sample { per_village: 3 })]);
    server.open_round(&NewRound { modules, looks, ..round() });
    let new = NewDraw { module: "housing".into(), seed: 7 };
    let draw: Draw = server.admin.post(&format!("/rounds/{ROUND}/draw"), &new).expect(200).json();
    let phone = server.collector(&[NAM_CHAY.0]);
    for village in draw.villages.iter().filter(|v| v.village.starts_with(NAM_CHAY.1)) {
        for household in village.households.iter().filter(|h| !h.reserve) {
            phone.send(&Visit::completed(&household.id).xml(), &[]).unwrap().expect(201);
        }
    }
    server
}

fn scores(server: &TestServer, query: &str) -> ScoreReport {
    server.admin.get(&format!("/rounds/{ROUND}/scores{query}")).expect(200).json()
}

fn indicator<'r>(report: &'r ScoreReport, commune: &str, id: &str) -> &'r Indicator {
    let commune = report.communes.iter().find(|c| c.code == commune).expect("a commune");
    let mut all = commune.criteria.iter().flat_map(|c| &c.indicators);
    all.find(|i| i.figures.id == id).expect("an indicator")
}

#[test]
fn an_open_sample_says_what_would_decide_it() {
    let server = sampled(1);
    let report = scores(&server, "");
    let houses = indicator(&report, NAM_CHAY.0, "9.2");
    // 6 of 6 of 80: the Clopper–Pearson bound of 6/(1 − 6/80) households is 63 %, below 75 %.
    assert_eq!((houses.figures.value, houses.figures.verdict), (Some(100.0), Verdict::Undecided));
    assert_eq!(houses.figures.reason.code, "sample_uncertain");
    let chance = houses.figures.probability.expect("a chance");
    assert!((0.5..0.95).contains(&chance), "{chance}");
    let plan = houses.figures.plan.as_ref().expect("a plan");
    let [half, most] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!((half.chance, most.chance), (0.5, 0.8));
    assert!(0 < half.households && half.households < most.households);
    for step in &plan.steps {
        assert_eq!(step.collector_days, step.households as f64 / 8.0);
        let parts: Vec<u64> = step.villages.iter().map(|v| v.households).collect();
        assert_eq!(parts.iter().sum::<u64>(), step.households);
        assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1, "{parts:?}");
    }
    // The other commune was not visited: nothing to plan from, and its villages are named.
    let other = &indicator(&report, TA_PHOI.0, "9.2").figures;
    assert!(other.plan.is_none() && other.probability.is_none());
    let unvisited = &report.watch.unvisited;
    assert_eq!((unvisited.len(), unvisited[0].code.as_str()), (1, TA_PHOI.0));
    assert_eq!(unvisited[0].villages.len(), 2);
    let sums = report.watch.totals;
    assert_eq!((sums.communes, sums.households), (2, 160));
    assert_eq!(sums.criteria_met + sums.not_met + sums.undecided, 38);

    let cli = signed_in(&server);
    let explained = cli.run(&["compile", "explain", ROUND, NAM_CHAY.0, "9.2"]).expect(0);
    let said = format!("Điều tra thêm {} hộ", half.households);
    assert!(explained.err.contains(&said), "{}", explained.err);
    assert!(explained.err.contains("Khả năng đạt ngưỡng"), "{}", explained.err);
    let table = cli.run(&["compile", ROUND]).expect(0);
    assert!(table.err.contains("lượt tiêu chí đạt ở 2 xã, bình quân"), "{}", table.err);
    assert!(table.err.contains("Chưa có phiếu hoàn thành: 2 thôn"), "{}", table.err);
}

/// Of money that nobody told there is no highest.
#[test]
fn a_range_that_is_open_on_one_side_says_which() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let report = scores(&server, "");
    let commune = report.communes.iter().find(|c| c.code == NAM_CHAY.0).expect("a commune");
    let mut all = commune.criteria.iter().flat_map(|c| &c.indicators);
    let open = all.find(|i| i.kind != Kind::Count && matches!(i.figures.interval, [Some(_), None]));
    let open = open.expect("an open range");
    let low = open.figures.interval[0].expect("a lowest");
    let low = format!("≥ {low:.1}").replace('.', ",");
    let cli = signed_in(&server);
    let explain = ["compile", "explain", ROUND, NAM_CHAY.0, &open.figures.id];
    let explained = cli.run(&explain).expect(0);
    assert!(explained.out.contains(&low), "{low}: {}", explained.out);
    cli.run(&["compile", ROUND, "--html", "r.html"]).expect(0);
    let page = std::fs::read_to_string(cli.home().join("r.html")).unwrap();
    assert!(page.contains(&format!("<td class=\"n\">{low}</td>")), "{low}");
}

#[test]
fn who_may_see_nothing_of_a_round_is_told_so() {
    let server = TestServer::surveyed();
    // Mường Hoa has no household in the round.
    server.user("xã khác", Role::Commune, &["03037"]);
    let cli = Cli::new();
    let login = ["login", "xã khác", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", password("xã khác"))).expect(0);
    for args in [
        &["compile", ROUND][..],
        &["compile", ROUND, "--within", NAM_CHAY.0],
        &["compile", "explain", ROUND, NAM_CHAY.0, "9.2"],
    ] {
        let refused = cli.run(args).expect(2);
        assert!(refused.err.contains("(out_of_area)"), "{args:?}: {}", refused.err);
        assert!(refused.err.contains("Đợt có khung hộ"), "{args:?}: {}", refused.err);
    }
    let status = cli.run(&["round", "status", ROUND]).expect(0);
    assert!(status.err.contains("Không có hộ nào của đợt"), "{}", status.err);
    assert!(!status.err.contains('%'), "{}", status.err);
    // A unit of one's own that the round leaves out is another matter.
    let path = format!("/rounds/{ROUND}/scores?within=03037&at=2024-10-15");
    server.admin.get(&path).expect(404).problem("not_found");
}

#[test]
fn looks_are_declared_with_the_round_and_widen_the_bounds() {
    let server = sampled(3);
    let at = |query: &str| {
        let report = scores(&server, query);
        (report.look, indicator(&report, NAM_CHAY.0, "9.2").figures.interval[0].expect("a bound"))
    };
    let (first, last) = (at("?look=1"), at("?look=3"));
    assert_eq!((first.0, last.0), (Some([1, 3]), Some([3, 3])));
    assert!(first.1 < last.1, "{first:?} {last:?}");
    assert_eq!(
        at(""),
        first,
        "an open round is looked at for the first time unless said otherwise"
    );
    let refused = server.admin.get(&format!("/rounds/{ROUND}/scores?look=4"));
    refused.expect(422).problem("bad_value");
    let many = NewRound { id: "nhieu".into(), looks: 11, ..round() };
    server.admin.post("/rounds", &many).expect(422).problem("bad_value");

    let cli = signed_in(&server);
    let table = cli.run(&["compile", ROUND, "--look", "2"]).expect(0);
    assert!(table.out.contains("lần xem 2 trong 3 lần đã định"), "{}", table.out);
}

#[test]
fn what_changed_since_the_round_before_adds_up() {
    let server = TestServer::surveyed();
    let next = NewRound {
        id: "2024-12".into(),
        name: "Đợt tháng 12".into(),
        starts: jiff::civil::date(2024, 12, 1),
        ends: jiff::civil::date(2024, 12, 31),
        ..round()
    };
    server.open_round(&next);
    let phone = server.collector(&[NAM_CHAY.0]);
    // All of Nậm Chảy is visited in the second round: housing (9) is met, with nothing else than that.
    for village in 1..=2 {
        for household in 1..=5 {
            let visit = Visit::completed(&format!("{}.{village:02}.{household:03}", NAM_CHAY.1));
            let visit = Visit { round: next.id.clone(), ..visit };
            phone.send(&visit.xml(), &[]).unwrap().expect(201);
        }
    }
    let path = format!("/rounds/{}/scores?since=last", next.id);
    let report: ScoreReport = server.admin.get(&path).expect(200).json();
    let change = report.watch.change.expect("a change");
    assert_eq!((change.since.as_str(), change.communes), (ROUND, 2));
    let gained: Vec<&str> = change.gained.iter().map(|t| t.criterion.as_str()).collect();
    assert!(gained.contains(&"9") && change.gained.iter().all(|t| t.code == NAM_CHAY.0));
    assert_eq!(change.lost, []);
    assert_eq!(change.before + gained.len() as u64, change.now);
    assert_eq!(change.now, report.watch.totals.criteria_met);
    // The first round has none before it, and a round that is none is said to be none.
    assert!(scores(&server, "?since=last").watch.change.is_none());
    server.admin.get(&format!("/rounds/{ROUND}/scores?since=x")).expect(404);
    let cli = signed_in(&server);
    let table = cli.run(&["compile", &next.id]).expect(0);
    let said = format!("thêm {} lượt tiêu chí, mất 0 lượt", gained.len());
    assert!(table.err.contains(&said), "{}", table.err);
}

#[test]
fn official_values_stand_beside_and_replace_nothing() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    for village in 1..=2 {
        for household in 1..=5 {
            let visit = Visit::completed(&format!("u0066.{village:02}.{household:03}"));
            phone.send(&visit.xml(), &[]).unwrap().expect(201);
        }
    }
    let before = scores(&server, "");
    let cli = signed_in(&server);
    let table = "mã xã,chỉ tiêu,giá trị,tính đến ngày,văn bản,ngày ban hành\n02770,9.2,\"81,5\",2024-06-30,12/BC-UBND,2024-07-15\n02770,9.2,\"80\",2023-12-31,3/BC-UBND,2024-01-10\n02770,1.1,đạt,2024-06-30,12/BC-UBND,2024-07-15\n";
    std::fs::write(cli.home().join("o.csv"), table).unwrap();
    let import =
        ["official", "import", "o.csv", "--criteria", "lao-cai-2021-2025", "--at", "2024-10-01"];
    let first = cli.run(&import).expect(0);
    assert!(first.out.contains("thêm 3"), "{}", first.out);
    assert!(cli.run(&import).expect(0).out.contains("thêm 0, đổi 0"), "a repeat changes nothing");
    let after = scores(&server, "");
    let houses = indicator(&after, NAM_CHAY.0, "9.2");
    let official = houses.official.as_ref().expect("an official value");
    // All ten houses are solid: 100 %, and the office said 81.5.
    assert_eq!((official.document.as_str(), official.differs), ("12/BC-UBND", true));
    assert_eq!(houses.figures, indicator(&before, NAM_CHAY.0, "9.2").figures);
    assert_eq!(after.watch, before.watch);
    let explained = cli.run(&["compile", "explain", ROUND, NAM_CHAY.0, "9.2"]).expect(0);
    let said = "Giá trị chính thức: 81,5 tính đến 30/06/2024 (12/BC-UBND, 15/07/2024).";
    assert!(explained.err.contains(said) && explained.err.contains("⚠"), "{}", explained.err);
    beside_in_reports(&cli);
    let list =
        ["official", "list", "--criteria", "lao-cai-2021-2025", "--at", "2024-10-01", "--csv"];
    assert_eq!(cli.run(&list).expect(0).out.lines().count(), 4);
    let wrong =
        "commune_code,indicator,value,as_of,document,issued\n02770,99,1,2024-06-30,a,2024-07-01\n";
    std::fs::write(cli.home().join("w.csv"), wrong).unwrap();
    let refused = cli
        .run(&[
            "official",
            "import",
            "w.csv",
            "--criteria",
            "lao-cai-2021-2025",
            "--at",
            "2024-10-01",
        ])
        .expect(2);
    assert!(refused.err.contains("2") && refused.err.contains("99"), "{}", refused.err);
}

/// The terminal, the workbook and the page show the official values, and which lie outside our range.
fn beside_in_reports(cli: &Cli) {
    let table = cli.run(&["compile", ROUND, "--xlsx", "o.xlsx", "--html", "o.html"]).expect(0);
    let said = "Đối chiếu với giá trị công bố: 2 giá trị, 1 ngoài khoảng của ta.";
    assert!(table.err.contains(said), "{}", table.err);
    let line = "9.2: điều tra 100,0; công bố 81,5 (12/BC-UBND, 15/07/2024, tính đến 30/06/2024)";
    assert!(table.err.contains(line), "{}", table.err);
    let mut book = reports::book(cli, "o.xlsx");
    let page = reports::sheet(&mut book, "Đối chiếu");
    let row = reports::row_of(&page, 3, "9.2");
    let cells: Vec<String> = (5..12).map(|column| reports::text(&page, row, column)).collect();
    let document = "12/BC-UBND, 15/07/2024, tính đến 30/06/2024";
    // All ten households answered: the range is a point.
    let wanted =
        ["100,0", "100,0", "", "81,5", document, "", "⚠ công bố ngoài khoảng, cần đối chiếu"];
    assert_eq!(cells, wanted);
    let reported = reports::row_of(&page, 3, "1.1");
    assert_eq!(reports::text(&page, reported, 8), "có");
    assert!(reported > row, "what differs comes first");
    let html = std::fs::read_to_string(cli.home().join("o.html")).unwrap();
    assert!(html.contains("<td class=\"n bad\">⚠ 81,5</td>") && html.contains(document));
}
