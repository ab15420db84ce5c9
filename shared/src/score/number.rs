//! The one way numbers are printed for people.

use crate::criteria::Kind;
use crate::text::{Lang, Text};

/// Prints a number with at most `decimals` decimals, zeros at the end left out: `1.234,5` in
/// Vietnamese, `1,234.5` in English. Never `-0`.
pub fn print_number(value: f64, decimals: usize, lang: Lang) -> String {
    if !value.is_finite() {
        return if value > 0.0 {
            "∞"
        } else if value < 0.0 {
            "−∞"
        } else {
            "–"
        }
        .to_owned();
    }
    let (group, point) = match lang {
        Lang::Vi => ('.', ','),
        Lang::En => (',', '.'),
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut text = String::new();
    if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        text.push('-');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// A value of an indicator with its unit, in both languages: `88,25 %`, `42,3 triệu đồng`.
pub fn figure(value: f64, kind: Kind) -> Text {
    let print = |lang, unit: &str| format!("{}{unit}", print_number(value, 2, lang));
    match kind {
        Kind::Percent => Text::new(print(Lang::Vi, " %"), print(Lang::En, " %")),
        Kind::MoneyMillion => {
            Text::new(print(Lang::Vi, " triệu đồng"), print(Lang::En, " million VND"))
        }
        Kind::Count | Kind::Number | Kind::Boolean => {
            Text::new(print(Lang::Vi, ""), print(Lang::En, ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(print_number(1_234_567.891, 2, Lang::Vi), "1.234.567,89");
        assert_eq!(print_number(1_234.5, 2, Lang::En), "1,234.5");
        assert_eq!(print_number(-0.001, 2, Lang::Vi), "0");
        assert_eq!(print_number(-12.0, 1, Lang::Vi), "-12");
        assert_eq!(print_number(88.0, 0, Lang::En), "88");
        assert_eq!(print_number(f64::INFINITY, 2, Lang::Vi), "∞");
    }
}
