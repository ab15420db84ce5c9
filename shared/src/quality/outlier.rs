//! Figures far from the others, by median and MAD, which a few wild ones do not move. Nothing is
//! deleted: raw and winsorised stand side by side.

/// The middle value; the mean of the middle two of an even number. `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    match sorted.len() {
        0 => None,
        _ if odd => Some(sorted[half]),
        _ => Some(0.5 * (sorted[half - 1] + sorted[half])),
    }
}

/// Median and median absolute deviation from it. Where more than half of the values are the same the
/// latter would be 0: the mean absolute deviation, brought to the same scale, stands in for it.
pub fn mad(values: &[f64]) -> Option<(f64, f64)> {
    let middle = median(values)?;
    let away: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
    let spread = median(&away)?;
    // 1.253314 times the mean absolute deviation estimates what 1.4826 times the MAD does.
    let mean = away.iter().sum::<f64>() / away.len() as f64;
    Some((middle, if spread > 0.0 { spread } else { 0.6745 * 1.253_314 * mean }))
}

/// 0.6745 (x − median)/MAD (Iglewicz, Hoaglin 1993); 0 where all are the same.
pub fn robust_z(x: f64, (middle, spread): (f64, f64)) -> f64 {
    if spread > 0.0 { 0.6745 * (x - middle) / spread } else { 0.0 }
}

/// Places of the values whose robust z is beyond `limit` (3.5 is usual).
pub fn outliers(values: &[f64], limit: f64) -> Vec<usize> {
    let Some(spread) = mad(values) else { return Vec::new() };
    let far = |(_, v): &(usize, &f64)| robust_z(**v, spread).abs() > limit;
    values.iter().enumerate().filter(far).map(|(i, _)| i).collect()
}

/// A ratio with its largest figures cut, beside the raw one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Winsorised {
    /// Where y/x is cut: the weighted quantile (weight · x) of the households' own ratios.
    pub cut: f64,
    /// Σwy/Σwx.
    pub raw: f64,
    /// The same with every household's ratio at most `cut`.
    pub winsorised: f64,
    /// Households cut.
    pub clipped: u64,
}

/// Σwy/Σwx of households (weight, y, x), with y/x cut at the quantile `share` (the smallest ratio
/// that `share` of the weight reaches). Households without a denominator are left out; `None`
/// without any other.
pub fn winsorise(households: &[(f64, f64, f64)], share: f64) -> Option<Winsorised> {
    let mut sorted: Vec<(f64, f64, f64)> =
        households.iter().copied().filter(|(w, _, x)| *w > 0.0 && *x > 0.0).collect();
    sorted.sort_by(|a, b| (a.1 / a.2).total_cmp(&(b.1 / b.2)));
    let whole: f64 = sorted.iter().map(|(w, _, x)| w * x).sum();
    let mut below = 0.0;
    let at = sorted.iter().find(|(w, _, x)| {
        below += w * x;
        below >= share * whole
    });
    let cut = at.or(sorted.last()).map(|(_, y, x)| y / x)?;
    let (mut raw, mut low, mut clipped) = (0.0, 0.0, 0);
    for (w, y, x) in &sorted {
        raw += w * y;
        low += w * x * (y / x).min(cut);
        clipped += u64::from(y / x > cut);
    }
    Some(Winsorised { cut, raw: raw / whole, winsorised: low / whole, clipped })
}
