//! Every case of `tests/reference/survey` (R `survey`), through moments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::interval::{clopper_pearson, korn_graubard, student};
use super::{Estimate, Stratum, ratio, total};
use crate::moment::{Contribution, Moment};

type Row = BTreeMap<String, String>;

fn rows(name: &str) -> Vec<Row> {
    let text = match name {
        "apisrs.csv" => include_str!("../../../tests/reference/survey/apisrs.csv"),
        "apistrat.csv" => include_str!("../../../tests/reference/survey/apistrat.csv"),
        "hh.csv" => include_str!("../../../tests/reference/survey/hh.csv"),
        "hh_lonely.csv" => include_str!("../../../tests/reference/survey/hh_lonely.csv"),
        other => panic!("no data set {other}"),
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row =
        |r: csv::StringRecord| header.iter().cloned().zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.unwrap())).collect()
}

/// Tenths: the finest figure in the data is one decimal.
fn tenths(text: &str) -> Option<i128> {
    let value: f64 = text.parse().ok()?;
    Some((value * 10.0).round() as i128)
}

struct Case<'a> {
    rows: &'a [Row],
    strata: Option<&'a str>,
    weights: &'a str,
    fpc: &'a str,
    responded: bool,
}

impl Case<'_> {
    /// One moment per stratum; a row outside the domain, or with a missing value, gives (0, 0).
    fn strata(&self, pair: impl Fn(&Row) -> Option<(i128, i128)>) -> Vec<Stratum> {
        let mut by: BTreeMap<&str, (Moment, &Row)> = BTreeMap::new();
        for row in self.rows {
            if self.responded && row["responded"] != "1" {
                continue;
            }
            let (y, x) = pair(row).unwrap_or((0, 0));
            let key = self.strata.map_or("", |s| row[s].as_str());
            let entry = by.entry(key).or_insert((Moment::default(), row));
            entry.0.add(&Contribution { y, x, unknown: 0 });
        }
        let number = |row: &Row, column: &str| row[column].parse::<f64>().unwrap();
        by.into_values()
            .map(|(moment, row)| {
                let population = number(row, self.fpc);
                let weight = number(row, self.weights);
                if self.responded {
                    Stratum::sampled(moment, population)
                } else {
                    Stratum { moment, population, weight }
                }
            })
            .collect()
    }
}

fn near(what: &str, got: f64, want: &Value, tolerance: f64) {
    let want = want.as_f64().unwrap();
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-9), "{what}: {got} is not {want}");
}

fn compare(what: &str, e: &Estimate, scale: f64, want: &Value) {
    near(&format!("{what} estimate"), e.value / scale, &want["estimate"], 1e-8);
    if want["se"].as_f64() == Some(0.0) {
        assert_eq!(e.variance, 0.0, "{what}: a census has no error");
        return;
    }
    near(&format!("{what} se"), e.se() / scale, &want["se"], 1e-8);
    let df = want["df"].as_f64().unwrap();
    let t = student(&Estimate { df, ..*e }, 0.025);
    near(&format!("{what} low"), t.low / scale, &want["ci_t"][0], 1e-6);
    near(&format!("{what} high"), t.high / scale, &want["ci_t"][1], 1e-6);
    if let Some(df) = want["df_domain"].as_f64() {
        assert_eq!(e.df, df, "{what} degrees of freedom");
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn check(case: &Value) -> usize {
    let (id, design) = (text(case, "id"), &case["design"]);
    let data = rows(text(case, "dataset"));
    let base = Case {
        rows: &data,
        strata: design["strata"].as_str(),
        weights: text(design, "weights"),
        fpc: design["fpc"][0].as_str().unwrap(),
        responded: !design["nonresponse"].is_null(),
    };
    let by = case["by"].as_str();
    let expected =
        case["expected"].as_array().cloned().unwrap_or_else(|| vec![case["expected"].clone()]);
    for want in &expected {
        let inside = |row: &Row| by.is_none_or(|c| row[c] == text(want, "name"));
        let what = format!("{id} {}", want["name"]);
        match text(case, "statistic") {
            "mean" => {
                // A name may be one of several variables; a row with any of them missing is left out.
                let all: Vec<&str> = match &case["variable"] {
                    Value::Array(list) => list.iter().map(|v| v.as_str().unwrap()).collect(),
                    one => vec![one.as_str().unwrap()],
                };
                let one = all.iter().copied().find(|v| *v == want["name"]).unwrap_or(all[0]);
                let strata = base.strata(|r| {
                    let known = inside(r) && all.iter().all(|v| tenths(&r[*v]).is_some());
                    if known { Some((tenths(&r[one])?, 1)) } else { None }
                });
                compare(&what, &ratio(&strata).unwrap(), 10.0, want);
            }
            "ratio" => {
                let (y, x) = (text(case, "numerator"), text(case, "denominator"));
                // In the household data 'one' stands for 1 per household.
                let of = |r: &Row, c: &str| r.get(c).map_or(Some(10), |v| tenths(v));
                let strata =
                    base.strata(|r| if inside(r) { Some((of(r, y)?, of(r, x)?)) } else { None });
                let in_domain = strata.iter().filter(|s| s.moment.in_domain > 0).copied();
                let e = ratio(&in_domain.collect::<Vec<_>>()).unwrap();
                compare(&what, &e, 1.0, want);
            }
            "total" => {
                let y = text(case, "variable");
                let strata =
                    base.strata(|r| if inside(r) { Some((tenths(&r[y])?, 1)) } else { None });
                let e = total(&strata);
                compare(&what, &e, 10.0, &{
                    let mut w = want.clone();
                    w["df_domain"] = Value::Null;
                    w
                });
            }
            "total_by_category" => {
                let column = text(case, "variable");
                let class = text(want, "name").strip_prefix(column).unwrap();
                let strata = base.strata(|r| Some((i128::from(r[column] == class), 1)));
                let e = total(&strata);
                compare(&what, &e, 1.0, &{
                    let mut w = want.clone();
                    if e.variance < 1e-12 {
                        w["se"] = 0.into()
                    }
                    w
                });
            }
            "ciprop" => {
                let (column, value) = text(case, "variable").split_once("==").unwrap();
                let domain = case["domain"].as_str().and_then(|d| d.split_once("=="));
                let strata = base.strata(|r| {
                    let inside = domain.is_none_or(|(c, v)| r[c] == v);
                    inside.then(|| (i128::from(r[column] == value.trim_matches('"')), 1))
                });
                let strata: Vec<_> =
                    strata.into_iter().filter(|s| s.moment.in_domain > 0).collect();
                let e = ratio(&strata).unwrap();
                near(&what, e.value, &want["estimate"], 1e-8);
                near(&what, e.se(), &want["se"], 1e-8);
                near(&what, e.df, &want["df"], 0.0);
                let beta = &want["methods"]["beta"]["ci"];
                if beta[0].is_null() {
                    // All yes in a sample: R has no answer; ours reaches 1 and stays open below.
                    let i = korn_graubard(&e, e.n, 0.025);
                    assert!(i.low > 0.4 && i.low < 0.9 && i.high == 1.0, "{what}: {i:?}");
                } else {
                    let i = korn_graubard(&e, f64::INFINITY, 0.025);
                    near(&what, i.low, &beta[0], 1e-6);
                    near(&what, i.high, &beta[1], 1e-6);
                }
            }
            other => panic!("{id}: {other}"),
        }
    }
    expected.len()
}

#[test]
fn agrees_with_r_survey() {
    let all: Value =
        serde_json::from_str(include_str!("../../../tests/reference/survey/expected.json"))
            .unwrap();
    let cases = all["cases"].as_array().unwrap();
    let figures: usize = cases.iter().map(check).sum();
    assert_eq!((cases.len(), figures), (30, 79));
    let ids: BTreeSet<&str> = cases.iter().map(|c| text(c, "id")).collect();
    assert_eq!(ids.len(), cases.len());
}

#[test]
fn exact_binomial_bounds_agree_with_r() {
    let all: Value =
        serde_json::from_str(include_str!("../../../tests/reference/survey/expected.json"))
            .unwrap();
    for case in all["binomial"].as_array().unwrap() {
        let (x, n) = (case["x"].as_f64().unwrap(), case["n"].as_f64().unwrap());
        let i = clopper_pearson(x, n, 0.025);
        near("low", i.low, &case["clopper_pearson"][0], 1e-9);
        near("high", i.high, &case["clopper_pearson"][1], 1e-9);
    }
}
