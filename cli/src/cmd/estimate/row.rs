//! Estimates as they are shown.

use serde::Serialize;

use super::Context;
use crate::print::{Around, Cell, Column};

/// Digits of a figure in a table.
const DIGITS: i32 = 6;

/// One estimate.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What is estimated: a column, `y/x`, a category, or with `--by` the domain.
    pub name: String,
    /// What it is of: `mean income`.
    pub statistic: String,
    /// The domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub estimate: Option<f64>,
    pub se: Option<f64>,
    pub df: Option<f64>,
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
    /// Rows it rests on.
    pub n: u64,
}

pub fn print(rows: &[Row], by: bool, cx: &Context<'_>) -> anyhow::Result<()> {
    let number = |value: Option<f64>| match value {
        Some(value) => Cell::Exact(value, places(value)),
        None => Cell::Empty,
    };
    let mut columns = vec![
        Column::new("statistic", "Thống kê", "Statistic", |r: &Row| {
            Cell::Text(r.statistic.clone())
        }),
        Column::new(
            "name",
            if by { "Nhóm" } else { "Tên" },
            if by { "Domain" } else { "Name" },
            |r: &Row| Cell::Text(r.name.clone()),
        ),
    ];
    columns.extend([
        Column::new("estimate", "Ước lượng", "Estimate", move |r: &Row| number(r.estimate)),
        Column::new("se", "Sai số chuẩn", "SE", move |r: &Row| number(r.se)),
        Column::new("df", "Bậc tự do", "df", |r: &Row| {
            r.df.map_or(Cell::Empty, |df| Cell::Decimal(df, 0))
        }),
        Column::new("ci_low", "Cận dưới", "Low", move |r: &Row| number(r.ci_low)),
        Column::new("ci_high", "Cận trên", "High", move |r: &Row| number(r.ci_high)),
        Column::new("n", "n", "n", |r: &Row| Cell::Count(r.n)),
    ]);
    cx.out.list(rows, &columns, Around::default())
}

/// Decimals that show [`DIGITS`] digits.
fn places(value: f64) -> usize {
    let before = if value.abs() >= 1.0 { value.abs().log10().floor() as i32 + 1 } else { 0 };
    usize::try_from((DIGITS - before).max(0)).unwrap_or(0)
}
