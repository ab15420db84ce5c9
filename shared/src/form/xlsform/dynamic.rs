//! Whether a default is a value or an expression, by the rule that pyxform has.

use crate::form::FieldType;

/// True when a default has to be worked out: it contains a reference, a call of a function, a union
/// or arithmetic. Dates and places may contain a minus.
pub(super) fn is_dynamic(text: &str, kind: &FieldType) -> bool {
    use FieldType::*;
    let hyphens = matches!(kind, Date | DateTime | Geopoint | Geotrace | Geoshape);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let length = fixed(rest);
        if length > 0 {
            at += length;
            continue;
        }
        if rest.starts_with(['*', '+', '|']) {
            return true;
        }
        if rest.starts_with('-') {
            return !hyphens;
        }
        if rest.starts_with(" mod ") || rest.starts_with(" div ") {
            return true;
        }
        if let Some(inner) = rest.strip_prefix("${") {
            let inner = inner.strip_prefix("last-saved#").unwrap_or(inner);
            let name = name_length(inner);
            if name > 0 && inner[name..].starts_with('}') {
                return true;
            }
        }
        let name = namespaced_length(rest);
        if rest[name..].starts_with('(') && name > 0 {
            return true;
        }
        at += name.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    false
}

/// The length of a date, time, number or quoted text at the start: nothing within counts.
fn fixed(text: &str) -> usize {
    let bytes = text.as_bytes();
    let shape = |from: usize, shape: &str| {
        let part = bytes.get(from..from + shape.len());
        part.is_some_and(|p| {
            p.iter()
                .zip(shape.bytes())
                .all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { *b == s })
        })
    };
    let sign = usize::from(text.starts_with('-'));
    if shape(sign, "0000-00-00") {
        return sign + 10 + if shape(sign + 10, "T00:00:00") { 9 } else { 0 };
    }
    if shape(0, "00:00:00") {
        return 8;
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(sign);
    let number = if bytes.get(sign + whole) == Some(&b'.') {
        let fraction = digits(sign + whole + 1);
        if whole + fraction > 0 { sign + whole + 1 + fraction } else { 0 }
    } else if whole > 0 {
        sign + whole
    } else {
        0
    };
    if number > 0 {
        return number;
    }
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            return rest.find(quote).map_or(0, |end| end + 2);
        }
    }
    0
}

fn name_length(text: &str) -> usize {
    let first = |c: char| c == '_' || c.is_alphabetic();
    let more = |c: char| first(c) || c.is_numeric() || matches!(c, '-' | '.');
    if !text.starts_with(first) {
        return 0;
    }
    text.find(|c| !more(c)).unwrap_or(text.len())
}

fn namespaced_length(text: &str) -> usize {
    let name = name_length(text);
    match text[name..].strip_prefix(':').map(name_length) {
        Some(second) if name > 0 && second > 0 => name + 1 + second,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as pyxform 4.5.0 decides.
    #[test]
    fn decides_as_pyxform_does() {
        let text = |t: &str| is_dynamic(t, &FieldType::Text);
        for dynamic in [
            "now()",
            "${a}",
            "1 + 1",
            "1 * ${a}",
            "a | b",
            "concat('a', 'b')",
            "6 div 2",
            "a - b",
            "jr:itext('x')",
            "${last-saved#a}",
            "if(1, 2, 3)",
            "a mod b",
            "once(random())",
            "a/b+1",
        ] {
            assert!(text(dynamic), "{dynamic}");
        }
        for fixed in [
            "phone",
            "-1",
            "1.5",
            "2024-10-20",
            "'a + b'",
            "Có, tôi",
            "a/b",
            "a.b",
            "12:30:00",
            "2024-10-20T12:30:00",
            "a(b",
            "x-y",
            "${a b}",
            "1,2",
            "10%",
            "-1.5",
        ] {
            let expected = matches!(fixed, "a(b");
            assert_eq!(text(fixed), expected, "{fixed}");
        }
        assert!(!is_dynamic("2024-1-5", &FieldType::Date));
        assert!(!is_dynamic("7.0377 - 8.1 0 0", &FieldType::Geopoint));
        assert!(is_dynamic("today()", &FieldType::Date));
    }

    #[test]
    fn is_linear() {
        for text in ["'".repeat(30_000), "a".repeat(30_000), "${".repeat(15_000)] {
            is_dynamic(&text, &FieldType::Text);
        }
    }
}
