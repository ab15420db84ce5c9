//! The shipped rules and the shipped forms fit together: every name and choice a rule mentions is
//! in the form, and forms filled as a phone fills them give what was worked out by hand.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::lao_cai;
use crate::answers::Tree;
use crate::criteria::{CriteriaSet, Source};
use crate::data::FORMS;
use crate::expr::{Ast, Expr, Instances, Table, Test};
use crate::form::Form;
use crate::form::fill::{Filling, Meta};

fn form(id: &str) -> Form {
    FORMS.iter().map(|f| Form::read_markdown(f).unwrap()).find(|f| f.id == id).unwrap()
}

/// Names and texts an expression mentions.
fn words(expr: &Expr) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut texts) = (BTreeSet::new(), BTreeSet::new());
    expr.ast().visit(&mut |ast| match ast {
        Ast::Path(path) => names.extend(path.steps.iter().filter_map(|s| match &s.test {
            Test::Name(name) => Some(name.clone()),
            _ => None,
        })),
        Ast::Text(text) => drop(texts.insert(text.clone())),
        _ => {}
    });
    (names, texts)
}

#[test]
fn rules_name_only_what_the_forms_have() {
    let set = lao_cai();
    let household = form(&set.household_form);
    let fields: BTreeSet<&str> = household.fields.iter().map(|f| f.name.as_str()).collect();
    let codes: BTreeSet<&str> =
        household.lists.iter().flat_map(|l| l.choices.iter().map(|c| c.name.as_str())).collect();
    let mut seen = 0;
    for rule in &set.rules {
        let exprs = rule.each.iter().chain(&rule.when).chain(rule.tests.iter().flat_map(|t| {
            let by = t.by.iter().map(|by| &by.field);
            [&t.within, &t.unknown, &t.denominator]
                .into_iter()
                .flatten()
                .chain([&t.numerator])
                .chain(by)
        }));
        for expr in exprs {
            let (names, texts) = words(expr);
            seen += names.len();
            for name in &names {
                assert!(fields.contains(name.as_str()), "the form has no field {name}");
            }
            for text in texts.iter().filter(|t| !t.is_empty()) {
                assert!(codes.contains(text.as_str()), "the form has no choice {text}");
            }
        }
        let by = rule.tests.iter().flat_map(|t| &t.by).flat_map(|by| &by.values);
        by.for_each(|(code, _)| {
            assert!(codes.contains(code.as_str()), "the form has no choice {code}")
        });
    }
    assert!(seen > 50);
    let report = form(&set.report_form);
    let mut reported = 0;
    for (_, indicator) in set.indicators() {
        let Source::Report(list) = &indicator.source else { continue };
        for field in list {
            assert_eq!(field.form, report.id);
            assert!(
                report.fields.iter().any(|f| f.name == field.field),
                "no field {}",
                field.field
            );
            reported += 1;
        }
    }
    assert_eq!(reported, 46);
}

/// A household filled on our own engine from an answer file of the JavaRosa cases.
fn filled(answers: &str) -> Tree {
    let form = form("household");
    let mut media = Instances::new();
    for (name, csv) in [
        ("communes", include_str!("../../../../tests/javarosa/communes.csv")),
        ("villages", include_str!("../../../../tests/javarosa/villages.csv")),
        ("households", include_str!("../../../../tests/javarosa/households.csv")),
    ] {
        media.insert(name, Table::from_csv(csv).unwrap());
    }
    let now = date(2024, 10, 10).at(12, 45, 0, 0);
    let meta = Meta::new(now, "uuid:1", "collect:1");
    let mut filling = Filling::start(&form, &media, meta);
    for line in answers.lines().filter(|l| !l.starts_with(['#', '@']) && !l.is_empty()) {
        let (path, value) = line.split_once('=').unwrap();
        filling.set(path, value).unwrap_or_else(|e| panic!("{line}: {e}"));
    }
    Tree::read(filling.finish().unwrap().as_bytes()).unwrap()
}

fn gives(set: &CriteriaSet, tree: &Tree, measure: &str) -> (i128, i128, u64) {
    let drawn = set.modules().into_iter().map(str::to_owned).collect();
    let place = set.measures().iter().position(|m| m.id == measure).unwrap();
    let c = set.contributions(tree, date(2024, 10, 10), &drawn).measures[place].unwrap();
    (c.y, c.x, c.unknown)
}

#[test]
fn filled_forms_give_what_was_worked_out_by_hand() {
    let set = lao_cai();
    let check = |answers: &str, want: &[(&str, (i128, i128, u64))]| {
        let tree = filled(answers);
        for (measure, given) in want {
            assert_eq!(gives(&set, &tree, measure), *given, "{measure}");
        }
    };
    // Two lapsed cards, one valid; three residents, the youngest at school.
    let lapsed = [
        ("15.1", (1, 3, 0)),
        ("15.1/male", (0, 1, 0)),
        ("15.1/female", (1, 2, 0)),
        ("12.1/male", (0, 1, 0)),
        ("12.1/female", (0, 1, 0)),
        ("9.1", (0, 1, 0)),
        ("9.2", (1, 1, 0)),
        ("17.1", (0, 1, 0)),
        ("17.6", (1, 1, 0)),
        ("17.8", (1, 1, 0)),
        ("17.11", (0, 1, 0)),
        ("4.2", (1, 1, 0)),
        ("11.1", (0, 1, 0)),
    ];
    check(include_str!("../../../../tests/javarosa/cases/15-lapsed-insurance.answers"), &lapsed);
    // 7 × 5,200 in wages, crops −1,500, business −16,250, two residents.
    let loss = [("10.1", (18_650, 2, 0)), ("17.1/piped", (1, 1, 0)), ("12.2", (1, 2, 0))];
    check(include_str!("../../../../tests/javarosa/cases/21-income-loss.answers"), &loss);
    let homeless = [("9.1", (1, 1, 0)), ("9.2", (0, 1, 0))];
    check(include_str!("../../../../tests/javarosa/cases/11-no-house.answers"), &homeless);
    let unknown =
        ["4.2", "9.1", "9.2", "11.1", "17.1", "17.6", "17.8", "17.11"].map(|m| (m, (0, 0, 1)));
    check(include_str!("../../../../tests/javarosa/cases/14-unknown-everywhere.answers"), &unknown);
}
