//! Functions of choices: lists of words parted by spaces, labels, lookups in tables.

use std::borrow::Cow;

use super::{Args, blank, text};
use crate::expr::ast::Func;
use crate::expr::value::Value;

/// The reserved table of the form's own texts, for `jr:itext`: `name`, `label`.
const TEXTS: &str = "jr:itext";

pub(super) fn call<'a>(function: Func, a: Args<'_, 'a>) -> Value<'a> {
    match function {
        Func::Selected | Func::IsSelected => {
            let wanted = a.text(1);
            Value::Bool(selected(&a.text(0), wanted.trim_matches(|c: char| c <= ' ')))
        }
        Func::CountSelected => Value::Number(words(&a.text(0)).count() as f64),
        Func::SelectedAt => {
            let Ok(n) = usize::try_from(a.whole(1)) else { return blank() };
            match a.text(0) {
                Cow::Borrowed(list) => text(words(list).nth(n).unwrap_or_default()),
                list => text(words(&list).nth(n).unwrap_or_default().to_owned()),
            }
        }
        Func::Checklist => {
            let count = holding(a) as i64;
            let (least, most) = (i64::from(a.whole(0)), i64::from(a.whole(1)));
            Value::Bool((least < 0 || count >= least) && (most < 0 || count <= most))
        }
        Func::WeightedChecklist => {
            let sum = weights(a);
            Value::Bool(sum >= a.number(0) && sum <= a.number(1))
        }
        Func::ChoiceName => {
            // A form has put the list's id where the author named the question.
            let table = a.frame.scope.instances.get(&a.text(1));
            let label = table.and_then(|t| t.lookup(&a.text(0), "label"));
            text(label.unwrap_or_default())
        }
        Func::Itext => {
            let table = a.frame.scope.instances.get(TEXTS);
            text(table.and_then(|t| t.lookup(&a.text(0), "label")).unwrap_or_default())
        }
        Func::PullData => pull(a),
        _ => blank(),
    }
}

/// The words of a list; only the space parts them.
fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|w| !w.is_empty())
}

/// True if the words of `wanted` stand in the list, one after the other.
fn selected(list: &str, wanted: &str) -> bool {
    if wanted.contains(' ') {
        return format!(" {list} ").contains(&format!(" {wanted} "));
    }
    list.split(' ').any(|word| word == wanted)
}

/// How many of the factors hold; one path alone stands for all its nodes.
fn holding(a: Args<'_, '_>) -> usize {
    if a.len() == 3
        && let Value::Nodes(nodes) = a.value(2)
    {
        return nodes.truths().filter(|t| *t).count();
    }
    a.values(2).filter(Value::truth).count()
}

/// The weights of the factors that hold; two paths stand for all their nodes.
fn weights(a: Args<'_, '_>) -> f64 {
    if a.len() == 4
        && let (Value::Nodes(flags), Value::Nodes(weights)) = (a.value(2), a.value(3))
    {
        if flags.items.len() != weights.items.len() {
            return f64::NAN;
        }
        return flags.truths().zip(weights.numbers()).filter(|(t, _)| *t).map(|(_, w)| w).sum();
    }
    let pairs = (2..a.len()).step_by(2);
    pairs.filter(|i| a.truth(*i)).map(|i| a.number(i + 1)).sum()
}

/// `pulldata(table, column, key column, key)`: the first row with that key.
fn pull<'a>(a: Args<'_, 'a>) -> Value<'a> {
    let Some(table) = a.frame.scope.instances.get(&a.text(0)) else { return blank() };
    let (Some(column), key_column) = (table.column(&a.text(1)), a.text(2)) else { return blank() };
    let key = a.text(3);
    let row = match (key_column.as_ref(), table.column(&key_column)) {
        ("name", _) => table.rows_named(&key).next(),
        (_, Some(k)) => (0..table.len()).find(|row| table.cell(*row, k) == key),
        (_, None) => None,
    };
    text(row.map_or("", |row| table.cell(row, column)))
}
