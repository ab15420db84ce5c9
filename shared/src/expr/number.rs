//! Numbers as JavaRosa reads and prints them.

/// XPath's `number()` of a text: digits, points and minuses only, a comma read as a point; NaN
/// for anything else.
pub(super) fn xpath_number(text: &str) -> f64 {
    if let Some(whole) = digits(text) {
        return whole;
    }
    let text = text.trim();
    if text.is_empty()
        || !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b','))
    {
        return f64::NAN;
    }
    let parsed = if text.contains(',') { text.replace(',', ".").parse() } else { text.parse() };
    parsed.unwrap_or(f64::NAN)
}

/// A number as stored in an answer, where large decimals are written `1.25E7`.
pub(super) fn read_number(text: &str) -> Option<f64> {
    if let Some(whole) = digits(text) {
        return Some(whole);
    }
    let text = text.trim();
    match text {
        "Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'E' | b'+'));
    if !plain {
        return None;
    }
    text.parse().ok()
}

/// A number of a few digits and nothing else, which most answers are.
fn digits(text: &str) -> Option<f64> {
    if !(1..=9).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(f64::from(text.bytes().fold(0, |n, b| n * 10 + u32::from(b - b'0'))))
}

/// XPath's `string()` of a number.
pub(super) fn xpath_text(n: f64) -> String {
    if n.is_nan() {
        "NaN".to_owned()
    } else if n.abs() < 1e-12 {
        "0".to_owned()
    } else if n.is_finite() && (n - f64::from(n as i32)).abs() < 1e-12 {
        format!("{}", n as i32)
    } else {
        java_double(n)
    }
}

/// Java's `Double.toString`: how a decimal answer is stored (`105.844`, `5.0`, `1.25E7`).
pub(crate) fn java_double(n: f64) -> String {
    if n.is_infinite() {
        return if n < 0.0 { "-Infinity" } else { "Infinity" }.to_owned();
    }
    if n == 0.0 || n.is_nan() {
        return format!("{n:?}");
    }
    if (1e-3..1e7).contains(&n.abs()) {
        return format!("{n:?}");
    }
    let written = format!("{n:E}");
    match written.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => written,
    }
}

/// How JavaRosa stores a calculated number: whole ones without a point.
/// `None` for NaN, which is stored as blank.
pub(crate) fn stored_number(n: f64, whole: bool) -> Option<String> {
    if n.is_nan() {
        return None;
    }
    let truncated = n as i64;
    if whole {
        return Some((n as i32).to_string());
    }
    if n.is_finite() && (n - truncated as f64).abs() < 1e-9 {
        return Some(truncated.to_string());
    }
    Some(java_double(n))
}

/// JavaRosa's `round(n, places)`: half away from zero for positive numbers, half towards zero
/// for negative ones, decided on the decimal digits of the number.
pub(super) fn round(n: f64, places: i32) -> f64 {
    // Java's decimals know no -0.
    rounded(n, places) + 0.0
}

fn rounded(n: f64, places: i32) -> f64 {
    if !n.is_finite() {
        return n;
    }
    if !(-30..=30).contains(&places) {
        return f64::NAN;
    }
    if places < 0 {
        // Through decimals, as Java goes: no digit is lost in a division.
        let scaled: f64 = format!("{n}e{places}").parse().unwrap_or(f64::NAN);
        let whole = (scaled + 0.5) as i64 as f64;
        return format!("{whole}e{}", -places).parse().unwrap_or(f64::NAN);
    }
    // Display never uses an exponent and is the shortest text that reads back as the number.
    let digits = format!("{}", n.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let places = places as usize;
    if fraction.len() <= places {
        return n;
    }
    let (kept, rest) = fraction.split_at(places);
    let half = rest.as_bytes().first().copied().unwrap_or(b'0');
    let exactly = half == b'5' && rest[1..].bytes().all(|b| b == b'0');
    let up = half > b'5' || half == b'5' && (n > 0.0 || !exactly);
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if up {
        let mut carry = true;
        for d in digits.iter_mut().rev() {
            match *d {
                b'9' => *d = b'0',
                _ => {
                    *d += 1;
                    carry = false;
                    break;
                }
            }
        }
        if carry {
            digits.insert(0, b'1');
        }
    }
    let split = digits.len() - places;
    let mut text = String::from_utf8_lossy(&digits).into_owned();
    text.insert(split, '.');
    text.parse::<f64>().unwrap_or(f64::NAN).copysign(n)
}
