//! Every figure of `tests/reference/survey/dq_expected.json` (computed in Python from `hh.csv` and
//! `ages.csv`, see README there).

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;

fn expected() -> Value {
    let text = include_str!("../../../tests/reference/survey/dq_expected.json");
    serde_json::from_str(text).unwrap()
}

fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row =
        |r: csv::StringRecord| header.iter().cloned().zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.unwrap())).collect()
}

fn households() -> Vec<BTreeMap<String, String>> {
    table(include_str!("../../../tests/reference/survey/hh.csv"))
}

fn number(row: &BTreeMap<String, String>, key: &str) -> f64 {
    row[key].parse().unwrap()
}

fn near(what: &str, got: f64, want: &Value) {
    let want = want.as_f64().unwrap();
    assert!((got - want).abs() <= 1e-9 * want.abs().max(1e-3), "{what}: {got} is not {want}");
}

fn counts(want: &Value) -> Vec<u64> {
    want.as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect()
}

#[test]
fn digits_are_those_of_the_reference() {
    let e = expected();
    let ages = table(include_str!("../../../tests/reference/survey/ages.csv"));
    let found = whipple(ages.iter().map(|row| row["age"].parse().unwrap())).unwrap();
    near("whipple", found.index, &e["whipple_ages_csv"]["index"]);
    assert_eq!(found.n, e["whipple_ages_csv"]["n_23_62"].as_u64().unwrap());

    let incomes: Vec<f64> = households().iter().map(|row| number(row, "income")).collect();
    let last = terminal_digits(incomes.iter().map(|v| *v as i64));
    let want = &e["terminal_digit_income"];
    assert_eq!(last.counts.to_vec(), counts(&want["observed"]));
    near("terminal chi2", last.chi2, &want["chi2_uniform"]);
    near("0 or 5", last.round, &want["share_0_or_5"]);

    let first = leading_digits(&incomes);
    let want = &e["benford_income"];
    assert_eq!(first.counts.to_vec(), counts(&want["observed"]));
    near("benford chi2", first.chi2, &want["chi2"]);
    near("benford mad", first.distance, &want["mad"]);
    assert!(!first.applicable);
}

#[test]
fn collectors_compare_as_in_the_reference() {
    let (e, rows) = (expected(), households());
    let solid: Vec<ShareOf> = rows
        .iter()
        .map(|r| (r["interviewer"].as_str(), r["commune"].as_str(), r["solid_house"] == "1"))
        .collect();
    let found = funnel(&solid);
    let want = e["interviewer_funnel_solid"].as_object().unwrap();
    assert_eq!(found.len(), want.len());
    for (who, f) in found {
        let want = &want[who];
        assert_eq!((f.n, f.x), (want["n"].as_u64().unwrap(), want["x"].as_u64().unwrap()));
        near("expected", f.expected, &want["expected"]);
        assert!((f.z - want["z"].as_f64().unwrap()).abs() < 1e-9);
        near("p", f.p, &want["p"]);
        near("q", f.q, &want["q_bh"]);
    }
    let income = |r: &BTreeMap<String, String>| (number(r, "income") / number(r, "members")).ln();
    let solid = |r: &BTreeMap<String, String>| number(r, "solid_house");
    type Of<'a> = &'a dyn Fn(&BTreeMap<String, String>) -> f64;
    for (key, value) in [("log_income_pc", &income as Of), ("solid_house", &solid as Of)] {
        let want = &e["interviewer_icc"][key];
        let values: Vec<(&str, &str, f64)> = rows
            .iter()
            .map(|r| (r["interviewer"].as_str(), r["commune"].as_str(), value(r)))
            .collect();
        let found = enumerator_effect(&values).unwrap();
        for (name, got) in [
            ("F", found.f),
            ("p", found.p),
            ("icc", found.icc),
            ("n0", found.n0),
            ("deff", found.deff),
        ] {
            near(&format!("{key} {name}"), got, &want[name]);
        }
    }
}

#[test]
fn outliers_are_those_of_the_reference() {
    let (e, rows) = (expected(), households());
    let mut communes: BTreeMap<u32, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for row in &rows {
        communes.entry(row["commune"].parse().unwrap()).or_default().push(row);
    }
    let mut far: Vec<u64> = Vec::new();
    for rows in communes.values() {
        let logs: Vec<f64> =
            rows.iter().map(|r| (number(r, "income") / number(r, "members")).ln()).collect();
        far.extend(outliers(&logs, 3.5).iter().map(|i| rows[*i]["hh_id"].parse::<u64>().unwrap()));
    }
    assert_eq!(far, counts(&e["outlier_log_income_pc"]["hh_ids"]));
    let want = e["winsorised_income_pc_p99"]["communes"].as_object().unwrap();
    assert_eq!(want.len(), communes.len());
    for (commune, rows) in communes {
        let households: Vec<(f64, f64, f64)> = rows
            .iter()
            .map(|r| (number(r, "w"), number(r, "income"), number(r, "members")))
            .collect();
        let found = winsorise(&households, 0.99).unwrap();
        let want = &want[&commune.to_string()];
        near("cut", found.cut, &want["cut"]);
        near("raw", found.raw, &want["raw"]);
        near("winsorised", found.winsorised, &want["winsorised"]);
        assert_eq!(found.clipped, want["n_clipped"].as_u64().unwrap(), "{commune}");
    }
}

#[test]
fn small_hands_by_hand() {
    assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), Some(2.5));
    assert_eq!(mad(&[1.0, 2.0, 3.0, 4.0, 100.0]), Some((3.0, 1.0)));
    assert_eq!(outliers(&[1.0, 2.0, 3.0, 4.0, 100.0], 3.5), [4]);
    assert!(outliers(&[5.0; 9], 3.5).is_empty());
    assert_eq!(false_discovery(&[0.01, 0.5, 0.02, 0.9]), [0.04, 0.5 * 4.0 / 3.0, 0.04, 0.9]);
    assert_eq!(
        (whipple([22, 63]), enumerator_effect(&[("a", "u1", 1.0), ("a", "u1", 2.0)])),
        (None, None)
    );
    assert_eq!(whipple([25, 30, 33, 34]).map(|w| w.index), Some(250.0));
}
