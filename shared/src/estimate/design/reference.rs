//! Every case of R `survey` in `tests/reference/survey`, from rows: the ones that moments are held to
//! (`expected.json`), and those with clusters and calibration (`designs.json`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Calibration, Columns, Design, Domains, Lonely};
use crate::estimate::{Estimate, interval, proportion};

/// A file's columns as text.
struct Data(BTreeMap<String, Vec<String>>);

impl Data {
    fn read(name: &str) -> Data {
        let text = match name {
            "apisrs.csv" => include_str!("../../../../tests/reference/survey/apisrs.csv"),
            "apistrat.csv" => include_str!("../../../../tests/reference/survey/apistrat.csv"),
            "apiclus1.csv" => include_str!("../../../../tests/reference/survey/apiclus1.csv"),
            "hh.csv" => include_str!("../../../../tests/reference/survey/hh.csv"),
            "hh_lonely.csv" => include_str!("../../../../tests/reference/survey/hh_lonely.csv"),
            other => panic!("no data set {other}"),
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in reader.records().map(Result::unwrap) {
            for (name, cell) in names.iter().zip(record.iter()) {
                columns.entry(name.clone()).or_default().push(cell.to_owned());
            }
        }
        let rows = columns.values().next().unwrap().len();
        columns.insert("one".into(), vec!["1".into(); rows]);
        Data(columns)
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect()
    }

    fn codes(&self, name: &str) -> (Vec<u32>, Vec<&str>) {
        let cells = &self.0[name];
        let mut levels: Vec<&str> = cells.iter().map(String::as_str).collect();
        levels.sort();
        levels.dedup();
        let code = |cell: &String| levels.iter().position(|l| l == cell).unwrap() as u32;
        (cells.iter().map(code).collect(), levels)
    }

    fn is(&self, name: &str, value: &str) -> Vec<f64> {
        self.0[name].iter().map(|cell| f64::from(u8::from(cell == value))).collect()
    }

    fn keep(&mut self, kept: &[bool]) {
        for column in self.0.values_mut() {
            let mut at = kept.iter();
            column.retain(|_| *at.next().unwrap());
        }
    }
}

fn design(data: &mut Data, of: &Value) -> Design {
    let mut weights = data.numbers(of["weights"].as_str().unwrap());
    if let Some(flag) = of["nonresponse"]["flag"].as_str() {
        let answered: Vec<bool> = data.0[flag].iter().map(|cell| cell == "1").collect();
        let (classes, _) = data.codes(of["nonresponse"]["cell"].as_str().unwrap());
        weights = Design::weigh_classes(&weights, &answered, &classes).unwrap();
        let mut kept = answered.iter();
        weights.retain(|_| *kept.next().unwrap());
        data.keep(&answered);
    }
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().cloned().unwrap_or_default();
        list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let lonely = match of["lonely_psu"].as_str() {
        Some("adjust") => Lonely::Adjust,
        Some("remove") => Lonely::Remove,
        _ => Lonely::Fail,
    };
    let design = Design::new(Columns {
        weights,
        strata: of["strata"].as_str().map(|name| data.codes(name).0),
        clusters: names(&of["ids"]).iter().map(|name| data.codes(name).0).collect(),
        fpc: names(&of["fpc"]).iter().map(|name| data.numbers(name)).collect(),
        lonely,
    })
    .unwrap();
    let known = &of["calibration"];
    let (mut variables, mut totals) = (Vec::new(), Vec::new());
    match known["method"].as_str() {
        None => return design,
        Some("poststratify") => {
            for (level, total) in known["margins"]["stype"].as_object().unwrap() {
                variables.push(data.is("stype", level));
                totals.push(total.as_f64().unwrap());
            }
        }
        Some("linear") => {
            for (name, total) in known["population"].as_object().unwrap() {
                variables.push(match name.as_str() {
                    "intercept" => vec![1.0; design.rows()],
                    "api99" => data.numbers("api99"),
                    stype => data.is("stype", stype.strip_prefix("stype").unwrap()),
                });
                totals.push(total.as_f64().unwrap());
            }
        }
        Some(other) => panic!("{other}"),
    }
    design.calibrate(Calibration { variables, totals, raking: false }).unwrap()
}

fn near(what: &str, got: f64, want: &Value, tolerance: f64) {
    let want = want.as_f64().unwrap();
    // Of what has no variance at all, sums of many weights leave a trace.
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-4), "{what}: {got} is not {want}");
}

fn check(case: &Value) -> usize {
    let text = |key: &str| case[key].as_str().unwrap();
    let mut data = Data::read(text("dataset"));
    let design = design(&mut data, &case["design"]);
    let all = case["expected"].as_array().cloned();
    let expected = all.unwrap_or_else(|| vec![case["expected"].clone()]);
    let domains = match (case["by"].as_str(), case["domain"].as_str()) {
        (Some(by), _) => Domains::of(data.codes(by).0),
        (_, Some(domain)) => {
            let (name, value) = domain.split_once("==").unwrap();
            Domains::of(data.is(name, value).iter().map(|inside| 1 - *inside as u32).collect())
        }
        _ => Domains::all(),
    };
    let levels = case["by"].as_str().map(|by| data.codes(by).1);
    for want in &expected {
        let name = want["name"].as_str().unwrap_or_default();
        let place = levels.as_ref().map_or(0, |l| l.iter().position(|l| *l == name).unwrap());
        let what = format!("{} {name}", text("id"));
        let ratio =
            |y: Vec<f64>, x: &[f64]| design.ratio(&y, |row| x[row], &domains)[place].unwrap();
        let one = data.numbers("one");
        let found: Estimate = match text("statistic") {
            "mean" => {
                let names: Vec<&str> = match &case["variable"] {
                    Value::Array(list) => list.iter().map(|v| v.as_str().unwrap()).collect(),
                    one => vec![one.as_str().unwrap()],
                };
                let own = names.iter().find(|v| **v == name).unwrap_or(&names[0]);
                let mut y = data.numbers(own);
                for other in names.iter().map(|v| data.numbers(v)) {
                    y.iter_mut()
                        .zip(other)
                        .filter(|(_, o)| o.is_nan())
                        .for_each(|(y, _)| *y = f64::NAN);
                }
                ratio(y, &one)
            }
            "total" => design.total(&data.numbers(text("variable")), &domains)[place],
            "total_by_category" => {
                let y = data.is("stype", name.strip_prefix("stype").unwrap());
                design.total(&y, &domains)[place]
            }
            "ratio" | "ratio_logit_ci" => {
                ratio(data.numbers(text("numerator")), &data.numbers(text("denominator")))
            }
            "ciprop" => {
                let (name, value) = text("variable").split_once("==").unwrap();
                ratio(data.is(name, value.trim_matches('"')), &one)
            }
            other => panic!("{other}"),
        };
        near(&what, found.value, &want["estimate"], 1e-8);
        near(&format!("{what} se"), found.se(), &want["se"], 1e-8);
        intervals(&what, &found, want, case["by"].is_string());
    }
    expected.len()
}

/// R writes the degrees of freedom of the whole design beside the domain's own.
fn intervals(what: &str, found: &Estimate, want: &Value, by: bool) {
    let own = if by { &want["df_domain"] } else { &want["df"] };
    assert!(own.is_null() || *own == found.df, "{what} df: {} is not {own}", found.df);
    let whole = Estimate { df: want["df"].as_f64().unwrap(), ..*found };
    let methods = &want["methods"];
    let bounds = [
        (&want["ci_t"], interval::student(&whole, 0.025)),
        (&want["ci_xlogit"], proportion::logit(found, 0.025)),
        (&methods["beta"]["ci"], proportion::korn_graubard(found, 0.025)),
        (&methods["xlogit"]["ci"], proportion::logit(found, 0.025)),
        (&methods["wilson"]["ci"], proportion::wilson(found, 0.025)),
        (&methods["mean"]["ci"], interval::student(found, 0.025)),
    ];
    for (want, got) in bounds.iter().filter(|(want, _)| want[0].is_number()) {
        near(&format!("{what} low"), got.low, &want[0], 1e-6);
        near(&format!("{what} high"), got.high, &want[1], 1e-6);
    }
}

#[test]
fn agrees_with_r_survey() {
    let files = [
        include_str!("../../../../tests/reference/survey/expected.json"),
        include_str!("../../../../tests/reference/survey/designs.json"),
    ];
    let mut counted = (0, 0);
    for file in files {
        let all: Value = serde_json::from_str(file).unwrap();
        for case in all["cases"].as_array().unwrap() {
            counted = (counted.0 + 1, counted.1 + check(case));
        }
    }
    println!("{} cases, {} estimates", counted.0, counted.1);
    assert_eq!(counted.0, 48);
}
