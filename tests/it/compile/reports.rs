//! Reports in files: the workbook read back says what the JSON says, formulas have the values we
//! computed, names need a permission and a reason.

use calamine::{Data, Range, Reader, Xlsx, open_workbook_from_rs};
use ntm_shared::api::account::Role;
use ntm_shared::api::audit::Export;
use ntm_shared::api::score::ScoreReport;

use super::*;
use crate::harness::password;

type Book = Xlsx<std::io::Cursor<Vec<u8>>>;

/// Ten households of Nậm Chảy, two of them poor, one with a roof of leaves.
fn surveyed() -> TestServer {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    for village in 1..=2 {
        for household in 1..=5 {
            let mut visit = Visit::completed(&format!("u0066.{village:02}.{household:03}"));
            if household == 1 {
                visit.poverty = "poor".into();
            }
            phone.send(&visit.xml(), &[]).unwrap().expect(201);
        }
    }
    server
}

pub(super) fn book(cli: &Cli, name: &str) -> Book {
    let bytes = std::fs::read(cli.home().join(name)).expect("a file");
    open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook")
}

pub(super) fn sheet(book: &mut Book, name: &str) -> Range<Data> {
    book.worksheet_range(name).expect("a sheet")
}

pub(super) fn text(range: &Range<Data>, row: u32, column: u32) -> String {
    range.get_value((row, column)).map(ToString::to_string).unwrap_or_default()
}

/// The row whose cell in this column has this text.
pub(super) fn row_of(range: &Range<Data>, column: u32, wanted: &str) -> u32 {
    let (last, _) = range.end().expect("rows");
    (0..=last).find(|row| text(range, *row, column) == wanted).expect("a row")
}

#[test]
fn the_workbook_says_what_the_json_says() {
    let server = surveyed();
    let cli = signed_in(&server);
    let ran =
        cli.run(&["compile", ROUND, "--json", "--xlsx", "b.xlsx", "--html", "b.html"]).expect(0);
    let report: ScoreReport = serde_json::from_str(&ran.out).unwrap();
    let mut book = book(&cli, "b.xlsx");
    let names = book.sheet_names();
    assert_eq!(names[..3], ["Tổng hợp", "Cần theo dõi", "Tiêu chí 1"]);
    assert_eq!(names.len(), 2 + 19, "no names without a reason: {names:?}");

    let summary = sheet(&mut book, "Tổng hợp");
    assert!(text(&summary, 0, 0).starts_with("TỔNG HỢP"));
    assert!(text(&summary, 2, 0).contains("DỮ LIỆU MẪU"));
    let sums = row_of(&summary, 2, "Cộng (số xã đạt, lượt tiêu chí)");
    let total: Vec<f64> = (22..27).map(|c| text(&summary, sums, c).parse().unwrap()).collect();
    let watch = report.watch.totals;
    let at_most: u64 = report.communes.iter().map(|c| c.at_most).sum();
    let wanted = [watch.criteria_met, watch.not_met, watch.undecided, at_most, watch.households];
    assert_eq!(total, wanted.map(|n| n as f64));
    for commune in &report.communes {
        let row = row_of(&summary, 1, &commune.code);
        assert_eq!(text(&summary, row, 22), commune.criteria_met.to_string());
        let marks: String = (3..22).map(|c| text(&summary, row, c)).collect();
        let met = marks.chars().filter(|mark| *mark == '✔').count() as u64;
        assert_eq!((met, marks.chars().count()), (commune.criteria_met, 19));
    }
    // Totals are formulas over the cells above, not numbers typed in.
    let formulas = book.worksheet_formula("Tổng hợp").unwrap();
    let formula = formulas.get_value((sums, 22)).expect("a formula");
    assert!(formula.contains("SUM(W"), "{formula}");

    let housing = sheet(&mut book, "Tiêu chí 11");
    let row = row_of(&housing, 1, NAM_CHAY.0);
    let poor = &indicator(&report, NAM_CHAY.0, "11.1").figures;
    assert_eq!((poor.numerator, poor.denominator), (Some(2.0), Some(10.0)));
    let cells = [7, 8, 9].map(|c| text(&housing, row, c));
    assert_eq!(cells, ["2", "10", "20"]);
    assert_eq!(text(&housing, row, 12), "≤ 13\n(chưa xác minh)");
    assert_eq!(text(&housing, row, 13), "Chưa đạt");
    let again =
        Cli::run(&cli, &["compile", ROUND, "--xlsx", "c.xlsx", "--html", "c.html"]).expect(0);
    assert!(again.err.contains("Đã ghi c.xlsx."), "{}", again.err);
    for (one, other) in [("b.xlsx", "c.xlsx"), ("b.html", "c.html")] {
        let read = |name: &str| std::fs::read(cli.home().join(name)).unwrap();
        assert!(read(one) == read(other), "the same report gives the same bytes");
    }
    let page = std::fs::read_to_string(cli.home().join("b.html")).unwrap();
    assert!(page.contains("DỮ LIỆU MẪU") && page.contains("Nậm Chảy") && page.contains("<svg"));
    assert!(page.contains(&format!("<b>{}</b>lượt tiêu chí đạt", watch.criteria_met)));
    assert!(!page.contains("<script") && !page.contains("http"), "the page stands alone");
}

#[test]
fn names_leave_only_with_a_permission_and_a_reason() {
    let server = surveyed();
    let cli = signed_in(&server);
    let reason = "vận động hộ nghèo tháng 11";
    cli.run(&["compile", ROUND, "--xlsx", "b.xlsx", "--reason", reason]).expect(0);
    let mut book = book(&cli, "b.xlsx");
    let named = sheet(&mut book, "Hộ chưa đạt");
    let row = row_of(&named, 5, "Giàng A Páo 1-1");
    assert!(text(&named, row, 7).contains("11.1"), "{}", text(&named, row, 7));
    let exports: Vec<Export> = server.admin.all("/exports");
    assert_eq!((exports.len(), exports[0].list.as_str()), (1, "failing"));
    assert_eq!(exports[0].reason, reason);
    assert_eq!(text(&named, row, 8), exports[0].watermark());
    assert!(text(&named, 3, 0).contains(&exports[0].id));

    // The same list on the screen, and as a file only with a reason.
    let screen =
        cli.run(&["household", "failing", "--round", ROUND, "--indicator", "11.1"]).expect(0);
    assert_eq!(screen.out.matches("11.1").count(), 2, "{}", screen.out);
    // A mistyped indicator is not one that every household passes.
    let mistyped = ["household", "failing", "--round", ROUND, "--indicator", "99.9"];
    let refused = cli.run(&mistyped).expect(2);
    assert!(refused.err.contains("Không có chỉ tiêu 99.9"), "{}", refused.err);
    cli.run(&["household", "failing", "--round", ROUND, "--csv"]).expect(2);
    let csv = cli.run(&["household", "failing", "--round", ROUND, "--csv", "--reason", reason]);
    assert!(csv.expect(0).out.lines().nth(1).unwrap().contains("admin"));

    // A team sees scores and no names.
    let team = server.user("tổ", Role::Team, &[NAM_CHAY.0]);
    team.get(&format!("/rounds/{ROUND}/failing")).expect(403);
    let member = Cli::new();
    let login = ["login", "tổ", "--password-stdin", "--server", server.url()];
    member.run_with(&login, &format!("{}\n", password("tổ"))).expect(0);
    member.run(&["compile", ROUND, "--xlsx", "t.xlsx"]).expect(0);
    let refused = member.run(&["compile", ROUND, "--xlsx", "u.xlsx", "--reason", reason]);
    assert_ne!(refused.code, Some(0));
    assert!(!member.home().join("u.xlsx").exists(), "nothing is written of what was refused");
}
