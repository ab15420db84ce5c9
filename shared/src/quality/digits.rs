//! Digits: ages and incomes that were rounded, or made up, prefer some.

/// Whipple's index of ages 23 to 62: 100 without preference for ages ending in 0 or 5, 500 when
/// there are no others (United Nations).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whipple {
    /// The index.
    pub index: f64,
    /// Persons aged 23 to 62.
    pub n: u64,
}

/// The index of these ages in years; `None` without anybody aged 23 to 62.
pub fn whipple(ages: impl IntoIterator<Item = i64>) -> Option<Whipple> {
    let (mut n, mut round) = (0_u64, 0_u64);
    for age in ages.into_iter().filter(|age| (23..=62).contains(age)) {
        n += 1;
        round += u64::from(age % 5 == 0);
    }
    (n > 0).then(|| Whipple { index: 500.0 * round as f64 / n as f64, n })
}

/// How often each last digit stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Digits {
    /// Of 0 to 9.
    pub counts: [u64; 10],
    /// Σ (seen − expected)²/expected when all are alike; 9 degrees of freedom.
    pub chi2: f64,
    /// Share of 0 and 5, 0 to 1.
    pub round: f64,
}

/// The last digits of whole numbers.
pub fn terminal_digits(values: impl IntoIterator<Item = i64>) -> Digits {
    let mut counts = [0_u64; 10];
    for value in values {
        counts[usize::try_from(value.unsigned_abs() % 10).unwrap_or(0)] += 1;
    }
    let n: u64 = counts.iter().sum();
    if n == 0 {
        return Digits::default();
    }
    let expected = n as f64 / 10.0;
    let chi2 = counts.iter().map(|c| (*c as f64 - expected).powi(2) / expected).sum();
    Digits { counts, chi2, round: (counts[0] + counts[5]) as f64 / n as f64 }
}

/// How often each first digit stands, beside Benford's law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leading {
    /// Of 1 to 9.
    pub counts: [u64; 9],
    /// Σ (seen − expected)²/expected; 8 degrees of freedom.
    pub chi2: f64,
    /// Mean distance between shares seen and expected.
    pub distance: f64,
    /// Whether the law can be expected at all: 300 values or more, over more than three orders of
    /// magnitude. Household incomes are not.
    pub applicable: bool,
}

/// The first digits of positive numbers; others are left out.
pub fn leading_digits(values: &[f64]) -> Leading {
    let positive = || values.iter().copied().filter(|v| v.is_finite() && *v > 0.0);
    let mut counts = [0_u64; 9];
    for value in positive() {
        // The first character of the shortest scientific notation is the first digit.
        let first = format!("{value:e}").bytes().next().unwrap_or(b'1');
        counts[usize::from(first.saturating_sub(b'1')).min(8)] += 1;
    }
    let n = counts.iter().sum::<u64>() as f64;
    let law = |d: usize| (1.0 + 1.0 / (d as f64 + 1.0)).log10();
    let (mut chi2, mut distance) = (0.0, 0.0);
    for (d, count) in counts.iter().enumerate().filter(|_| n > 0.0) {
        chi2 += (*count as f64 - n * law(d)).powi(2) / (n * law(d));
        distance += (*count as f64 / n - law(d)).abs() / 9.0;
    }
    let (low, high) = positive().fold((f64::INFINITY, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    Leading { counts, chi2, distance, applicable: n >= 300.0 && high > 1000.0 * low }
}
