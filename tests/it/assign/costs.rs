//! Every point of a plan's total has a place: in JSON, in CSV and in the table people read.

use std::collections::BTreeMap;

use ntm_shared::api::plan::PlanAnswer;

use super::file;
use super::reach::prepared;
use crate::harness::ROUND;

type Row = BTreeMap<String, String>;

const PARTS: [&str; 6] =
    ["cost_distance", "cost_missing", "cost_language", "cost_keep", "cost_load", "cost_other"];

fn read(csv: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn points(row: &Row, key: &str) -> i64 {
    row[key].parse().expect("points")
}

#[test]
fn what_is_shown_adds_up_to_the_total_that_is_stated() {
    let (_server, cli) = prepared();
    let spoken = "commune_code,languages,source,valid_from\n02770,mông,Điều tra 2019,2019-10-01\n";
    let path = file(&cli, "tieng.csv", spoken);
    cli.run(&["language", "import", &path, "--at", "2024-10-15"]).expect(0);
    let ways: [&[&str]; 5] = [
        &[],
        &["--teams", "2"],
        &["--load", "households"],
        &["--model", "pairwise"],
        &["--max-km", "0"],
    ];
    for way in ways {
        let said = |format: &[&str]| {
            let args = [&["assign", "plan", ROUND][..], way, format].concat();
            cli.run(&args).expect(0).out
        };
        let answer: PlanAnswer = serde_json::from_str(&said(&["--json"])).expect("a plan");
        let (plan, beside) = (&answer.plan, answer.beside);
        let pairs: i64 = plan.assignments.iter().map(|row| row.cost.total).sum();
        assert_eq!(pairs + beside.total, plan.objective, "{way:?}");
        assert_eq!(beside.parts.uncovered, 150 * beside.criteria as i64, "{way:?}");

        let rows = read(&said(&["--csv"]));
        for row in &rows {
            let parts: i64 = PARTS.iter().map(|part| points(row, part)).sum();
            assert_eq!(parts, points(row, "cost_total"), "{way:?}: {row:?}");
        }
        let total: i64 = rows.iter().map(|row| points(row, "cost_total")).sum();
        assert_eq!(total, plan.objective, "{way:?}");
        let language: i64 = rows.iter().map(|row| points(row, "cost_language")).sum();
        assert_eq!(language > 0, !plan.assignments.is_empty(), "{way:?}");
        let pairs = rows.iter().filter(|row| row["part"] == "pair").count();
        assert_eq!(pairs, plan.assignments.len(), "{way:?}");
        let once = rows.iter().find(|row| row["part"] == "uncovered");
        let once = once.map_or(0, |row| points(row, "cost_missing"));
        assert_eq!(once, beside.parts.uncovered, "{way:?}");
        assert_eq!(once > 0, !way.contains(&"households") && !way.contains(&"pairwise"));

        let table = said(&[]);
        assert!(table.contains("Tiếng"), "{table}");
        let last = table.lines().last().expect("a total");
        let shown = last.split_whitespace().last().expect("points").replace('.', "");
        assert!(last.trim_start().starts_with("Cộng"), "{table}");
        assert_eq!(shown.parse::<i64>().expect("a number"), plan.objective, "{table}");
    }
}
