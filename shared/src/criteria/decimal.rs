//! Exact decimal numbers for thresholds and reported figures: 26.7 is 267 tenths, not the nearest
//! binary fraction, so that a value exactly at its threshold is met.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number of at most 12 digits before and 6 after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The digits, as a whole number.
    pub digits: i128,
    /// How many of them stand after the point; 0 to 6.
    pub places: u32,
}

impl Decimal {
    /// A whole number.
    pub fn whole(value: i64) -> Decimal {
        Decimal { digits: value.into(), places: 0 }
    }

    /// Reads `12`, `12.5`, `-3`: what a phone or TOML writes. `None` for anything else, for more
    /// than six decimals that are not zero, and for 10¹² and more.
    pub fn read(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let (sign, bare) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits_only = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if bare.starts_with('.') && fraction.is_empty() || whole.len() > 12 || fraction.len() > 6 {
            return None;
        }
        if !digits_only(whole) || !digits_only(fraction) || bare.is_empty() {
            return None;
        }
        let digits: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let places = u32::try_from(fraction.len()).ok()?;
        Some(Decimal { digits: sign * digits, places })
    }

    /// The nearest decimal to a floating-point number as people write it (shortest form).
    pub fn from_f64(value: f64) -> Option<Decimal> {
        if value.is_finite() { Decimal::read(&value.to_string()) } else { None }
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.digits as f64 / 10_f64.powi(self.places.cast_signed())
    }

    /// Compares the fraction `top / bottom` (`bottom` > 0) with this number, exactly.
    pub fn compare_fraction(self, top: i128, bottom: i128) -> Ordering {
        (top * 10_i128.pow(self.places)).cmp(&(self.digits * bottom))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_a_number_and_nothing_else() {
        assert_eq!(Decimal::read("26.70"), Some(Decimal { digits: 267, places: 1 }));
        assert_eq!(Decimal::read("-3"), Some(Decimal::whole(-3)));
        assert_eq!(Decimal::read("0.5"), Some(Decimal { digits: 5, places: 1 }));
        for bad in ["", "-", "8,5", "1e3", "NaN", "1234567890123", "1.2345678", ".", "--1", "1.-2"]
        {
            assert_eq!(Decimal::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_value_at_its_threshold_is_equal_to_it() {
        let t = Decimal::read("26.7").unwrap();
        assert_eq!(t.compare_fraction(267 * 100, 1000), Ordering::Equal);
        assert_eq!(t.compare_fraction(267 * 100 - 1, 1000), Ordering::Less);
        // 55 of 100 is 55.000000000000007 % in floating point.
        assert_eq!(Decimal::whole(55).compare_fraction(55 * 100, 100), Ordering::Equal);
    }
}
