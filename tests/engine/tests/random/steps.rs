//! Random answers: to questions that are there, mostly of their type, sometimes not, sometimes
//! taken back; repeat instances that come and go.

use ntm_shared::expr::Instances;
use ntm_shared::form::fill::{Filling, Meta};
use ntm_shared::form::{FieldType, Form};

use super::form::LISTS;
use super::rng::Rng;

pub fn steps(rng: &mut Rng, form: &Form, meta: &Meta, count: usize) -> Vec<String> {
    let mut filling = Filling::start(form, &Instances::new(), meta.clone());
    let mut steps = Vec::new();
    for _ in 0..count {
        let Some(line) = one(rng, form, &filling) else { continue };
        ntm_engine_tests::step(&mut filling, &line);
        steps.push(line);
    }
    steps
}

fn one(rng: &mut Rng, form: &Form, filling: &Filling<'_>) -> Option<String> {
    let states = filling.states();
    for _ in 0..20 {
        let state = &states[rng.below(states.len())];
        let generic = generic(&state.path);
        let field = form.field(&generic)?;
        if field.kind == FieldType::Repeat {
            return Some(match rng.below(3) {
                0 => format!("@delete {}", state.path),
                _ => format!("@add {}", state.path.rsplit_once('[')?.0),
            });
        }
        let asked = field.kind.is_question() || field.kind == FieldType::Note;
        // What is not asked is tried now and then; what is, mostly.
        if asked && (state.relevant || rng.one_in(6)) {
            let answer = match field.name.starts_with("few") {
                true => rng.pick(&["", "0", "1", "2", "2", "3", "4", "-1"]).to_owned(),
                false => answer(rng, &field.kind),
            };
            return Some(format!("{}={answer}", state.path));
        }
    }
    None
}

fn generic(path: &str) -> String {
    let steps = path.split('/').map(|s| s.split('[').next().unwrap_or(s));
    steps.collect::<Vec<_>>().join("/")
}

fn answer(rng: &mut Rng, kind: &FieldType) -> String {
    if rng.one_in(9) {
        return String::new();
    }
    let choices: &[&str] = match kind {
        FieldType::Integer => &["0", "1", "2", "3", "5", "12", "-4", "60", "x", "2.5"],
        FieldType::Decimal => &["0", "1.5", "2.25", "10", "-0.5", "1000000", "0.001", "y"],
        FieldType::Text | FieldType::Barcode => {
            &["a", "abc", "x y", "10", "bad", "Điện", "<&\">", "abcdef", "2024-05-06", "a\\nb"]
        }
        FieldType::Date => &["2024-02-29", "2023-12-31", "2025-01-01", "2024-06-01"],
        FieldType::Time => &["08:30:00.000+07:00", "23:59:59.000+07:00"],
        FieldType::DateTime => &["2024-05-06T07:08:09.000+07:00", "2023-01-01T00:00:00.000+07:00"],
        FieldType::Geopoint => &["10.5 105.25 0 0", "21.0285 105.8542 12.5 4.2", "-8 0.1 0 0"],
        FieldType::Acknowledge => &["OK"],
        FieldType::SelectOne(choices) => return pick(rng, &choices.table).to_owned(),
        FieldType::SelectMultiple(choices) => {
            let mut some: Vec<&str> = Vec::new();
            for _ in 0..=rng.below(3) {
                let choice = pick(rng, &choices.table);
                if !some.contains(&choice) {
                    some.push(choice);
                }
            }
            return some.join(" ");
        }
        FieldType::Rank(choices) => {
            let list = list(&choices.table);
            let turn = rng.below(list.len());
            let order = list.iter().cycle().skip(turn).take(list.len());
            return order.map(|c| c.0).collect::<Vec<_>>().join(" ");
        }
        _ => &["z"],
    };
    rng.pick(choices).to_owned()
}

fn list(table: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    LISTS[table.trim_start_matches('l').parse::<usize>().unwrap_or(0)]
}

fn pick(rng: &mut Rng, table: &str) -> &'static str {
    if rng.one_in(30) {
        return "zz";
    }
    let list = list(table);
    list[rng.below(list.len())].0
}
