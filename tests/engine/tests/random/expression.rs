//! Random expressions of a wanted type over the fields in scope.

use super::form::{Builder, Known, LISTS};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Number,
    Text,
    Truth,
    Date,
    /// One of a list.
    Choice,
    /// Some of a list.
    Several,
    /// A repeat.
    Nodes,
    /// Used by presence alone.
    Nothing,
}

pub fn of(b: &mut Builder<'_>, kind: Type, depth: usize) -> String {
    match kind {
        Type::Number => number(b, depth),
        Type::Truth => truth(b, depth),
        Type::Date => date(b),
        _ => text(b, depth),
    }
}

fn number(b: &mut Builder<'_>, depth: usize) -> String {
    if depth == 0 {
        return match b.rng.below(3) {
            0 => b.reference(Type::Number).unwrap_or_else(|| "3".to_owned()),
            1 => ["0", "1", "2", "10", "0.5", "2.25", "-1", "100"][b.rng.below(8)].to_owned(),
            _ => aggregate(b).unwrap_or_else(|| "4".to_owned()),
        };
    }
    let d = depth - 1;
    match b.rng.below(17) {
        14 => format!("pow({}, {})", number(b, d), b.rng.below(3)),
        15 => format!("min({}, {})", number(b, d), number(b, d)),
        16 => format!("max({}, {})", number(b, d), number(b, d)),
        0 | 1 => {
            let op = ["+", "-", "*", "div", "mod"][b.rng.below(5)];
            format!("({} {op} {})", number(b, d), number(b, d))
        }
        2 => format!("if({}, {}, {})", truth(b, d), number(b, d), number(b, d)),
        3 => format!(
            "coalesce({}, {})",
            b.reference(Type::Number).unwrap_or("''".into()),
            number(b, d)
        ),
        4 => format!("round({}, {})", number(b, d), b.rng.below(3)),
        5 => format!("int({})", number(b, d)),
        6 => format!("string-length({})", text(b, d)),
        7 => match b.reference(Type::Several) {
            Some(several) => format!("count-selected({several})"),
            None => number(b, d),
        },
        8 => format!("number({})", text(b, d)),
        9 => format!("abs({})", number(b, d)),
        10 => aggregate(b).unwrap_or_else(|| number(b, d)),
        11 => match b.reference(Type::Date) {
            Some(date) => format!("int({date} - date('2024-03-01'))"),
            None => number(b, d),
        },
        12 if !b.repeats.is_empty() => "position(..)".to_owned(),
        _ => number(b, 0),
    }
}

/// Over the instances of a repeat that is not around this place.
fn aggregate(b: &mut Builder<'_>) -> Option<String> {
    let away = |k: &&Known| {
        k.repeats.len() > b.repeats.len()
            && k.repeats.starts_with(&b.repeats)
            && matches!(k.kind, Type::Number | Type::Nodes)
    };
    let found: Vec<Known> = b.known.iter().filter(away).cloned().collect();
    let known = found.get(b.rng.below(found.len().max(1)))?;
    let name = &known.name;
    Some(match (known.kind, b.rng.below(4)) {
        (Type::Nodes, _) => format!("count(${{{name}}})"),
        (_, 0) => format!("max(${{{name}}})"),
        (_, 1) => format!("count-non-empty(${{{name}}})"),
        (_, 2) if known.repeats.len() == b.repeats.len() + 1 => {
            let repeat = known.repeats.last()?;
            format!("indexed-repeat(${{{name}}}, ${{{repeat}}}, 1)")
        }
        _ => format!("sum(${{{name}}})"),
    })
}

fn text(b: &mut Builder<'_>, depth: usize) -> String {
    const WORDS: [&str; 6] = ["''", "'a'", "'x y'", "'10'", "'Điện'", "'2024-05-06'"];
    if depth == 0 {
        return match b.rng.below(3) {
            0 => b.reference(Type::Text).unwrap_or_else(|| "'t'".to_owned()),
            1 => b.reference(Type::Choice).unwrap_or_else(|| "'c'".to_owned()),
            _ => WORDS[b.rng.below(WORDS.len())].to_owned(),
        };
    }
    let d = depth - 1;
    match b.rng.below(16) {
        12 => format!("substring-before({}, 'x')", text(b, d)),
        13 => format!("substring-after({}, 'a')", text(b, d)),
        14 => format!("join('-', {}, {})", text(b, d), text(b, 0)),
        15 => format!("digest({}, 'MD5', 'hex')", text(b, 0)),
        0 | 1 => format!("concat({}, {})", text(b, d), text(b, d)),
        2 => format!("if({}, {}, {})", truth(b, d), text(b, d), text(b, d)),
        3 => format!("string({})", number(b, d)),
        4 => format!("substr({}, {})", text(b, d), b.rng.below(3)),
        5 => format!("normalize-space({})", text(b, d)),
        6 => format!("translate({}, 'ax', 'b')", text(b, d)),
        7 => match b.reference(Type::Several) {
            Some(several) => format!("selected-at({several}, {})", b.rng.below(3)),
            None => text(b, d),
        },
        8 => match b.reference(Type::Date) {
            Some(date) => format!("format-date({date}, '%Y/%m/%d')"),
            None => text(b, d),
        },
        9 => {
            let list = b.rng.below(LISTS.len());
            format!("instance('l{list}')/root/item[name = {}]/k", text(b, 0))
        }
        10 => format!("coalesce({}, {})", text(b, 0), text(b, d)),
        _ => text(b, 0),
    }
}

fn truth(b: &mut Builder<'_>, depth: usize) -> String {
    if depth == 0 {
        return match b.rng.below(4) {
            0 => b.reference(Type::Number).map_or("true()".into(), |n| format!("{n} > 2")),
            1 => b.reference(Type::Text).map_or("true()".into(), |t| format!("{t} != ''")),
            2 => b.reference(Type::Choice).map_or("true()".into(), |c| format!("{c} = 'a'")),
            _ => b.reference(Type::Nothing).map_or("true()".into(), |c| format!("{c} = ''")),
        };
    }
    let d = depth - 1;
    match b.rng.below(14) {
        11 => format!("starts-with({}, 'a')", text(b, d)),
        12 => format!("ends-with({}, 'y')", text(b, d)),
        13 => format!("checklist(1, 2, {}, {})", truth(b, d), truth(b, 0)),
        0 => format!("({} and {})", truth(b, d), truth(b, d)),
        1 => format!("({} or {})", truth(b, d), truth(b, d)),
        2 => format!("not({})", truth(b, d)),
        3 | 4 => {
            let op = ["<", "<=", ">", ">=", "=", "!="][b.rng.below(6)];
            format!("{} {op} {}", number(b, d), number(b, d))
        }
        5 => {
            let op = ["=", "!="][b.rng.below(2)];
            format!("{} {op} {}", text(b, d), text(b, d))
        }
        6 => match b.reference(Type::Several) {
            Some(several) => format!("selected({several}, 'a')"),
            None => truth(b, d),
        },
        7 => format!("regex({}, '[a-c0-9 ]*')", text(b, d)),
        8 => format!("contains({}, 'a')", text(b, d)),
        9 => match b.reference(Type::Date) {
            Some(date) => format!("{date} < date('2024-06-01')"),
            None => truth(b, d),
        },
        _ => truth(b, 0),
    }
}

fn date(b: &mut Builder<'_>) -> String {
    b.reference(Type::Date).unwrap_or_else(|| "date('2024-02-29')".to_owned())
}

/// What an answer has to be.
pub fn constraint(b: &mut Builder<'_>, kind: Type) -> Option<String> {
    let own = match kind {
        Type::Number => [". >= 0", ". < 50", ". != 3", ". >= 0 and . <= 20"][b.rng.below(4)],
        Type::Text => ["string-length(.) < 4", "regex(., '[a-z]+')", ". != 'bad'"][b.rng.below(3)],
        Type::Date => ". <= date('2024-12-31')",
        Type::Several => ["count-selected(.) < 3", "not(selected(., 'b'))"][b.rng.below(2)],
        Type::Choice => ". != 'b'",
        _ => return None,
    };
    Some(match b.rng.one_in(3) {
        true => format!("{own} or {}", truth(b, 1)),
        false => own.to_owned(),
    })
}

/// Which choices of a list are offered.
pub fn filter(b: &mut Builder<'_>) -> Option<String> {
    Some(match b.rng.below(4) {
        0 => "k = 'x'".to_owned(),
        1 => format!("n <= {}", b.shown(Type::Number)?),
        2 => format!("k = {}", b.shown(Type::Text)?),
        _ => format!("name != {}", b.shown(Type::Choice)?),
    })
}

/// A default that is worked out.
pub fn dynamic(b: &mut Builder<'_>, kind: Type) -> String {
    match kind {
        Type::Number => format!("{} + 1", number(b, 1)),
        _ => format!("concat({}, '!')", text(b, 1)),
    }
}
