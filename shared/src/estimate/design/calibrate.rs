//! Calibration: weights changed as little as possible so that auxiliary totals come out as known
//! (Deville, Särndal 1992), and what that takes out of the variance: the scores' regression on the
//! auxiliary variables, fitted with the weights from before.

use super::{Design, DesignFault};

/// Auxiliary variables with their totals in the population.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// By variable, its value in each row.
    pub variables: Vec<Vec<f64>>,
    /// By variable, its total in the population.
    pub totals: Vec<f64>,
    /// True for weights that stay positive (raking, F = e^u); else linear (post-stratification, GREG,
    /// F = 1 + u).
    pub raking: bool,
}

/// Why weights cannot be calibrated.
#[derive(Clone, Debug, PartialEq)]
pub enum CalibrationFault {
    /// A variable is not a number (variable, row).
    NotANumber(usize, usize),
    /// No weights have these totals: nobody in the sample has the variable, or the totals of
    /// different variables contradict each other (variable).
    Impossible(usize),
    /// A weight became zero or negative (row).
    Negative(usize),
}

/// What is taken out of scores: their regression on the auxiliary variables.
#[derive(Clone, Debug)]
pub(super) struct Projection {
    variables: Vec<Vec<f64>>,
    /// Weights before calibration.
    weights: Vec<f64>,
    normal: Factor,
}

/// Steps of Newton's method, halvings of a step, and how near the totals have to come.
const STEPS: usize = 100;
const HALVINGS: usize = 40;
const NEAR: f64 = 1e-12;

impl Design {
    /// The same design with calibrated weights.
    ///
    /// # Errors
    /// [`CalibrationFault`].
    pub fn calibrate(mut self, by: Calibration) -> Result<Design, CalibrationFault> {
        let Calibration { variables, totals, raking } = by;
        for (k, variable) in variables.iter().enumerate() {
            if let Some(row) = variable.iter().position(|x| !x.is_finite()) {
                return Err(CalibrationFault::NotANumber(k, row));
            }
        }
        let before = std::mem::take(&mut self.weights);
        let stretched = |lambda: &[f64]| -> Vec<f64> {
            let stretch = |row: usize| {
                let u: f64 = variables.iter().zip(lambda).map(|(x, l)| x[row] * l).sum();
                if raking { u.exp() } else { 1.0 + u }
            };
            before.iter().enumerate().map(|(row, d)| d * stretch(row)).collect()
        };
        let missing = |weights: &[f64]| -> Vec<f64> {
            let sum = |x: &Vec<f64>| x.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>();
            variables.iter().zip(&totals).map(|(x, total)| total - sum(x)).collect()
        };
        let scale: Vec<f64> = totals.iter().map(|t| t.abs().max(1.0)).collect();
        let apart = |missing: &[f64]| {
            missing.iter().zip(&scale).map(|(m, s)| (m / s).abs()).fold(0.0, f64::max)
        };
        let mut lambda = vec![0.0; variables.len()];
        let mut weights = before.clone();
        let mut gap = missing(&weights);
        for _ in 0..STEPS {
            if apart(&gap) <= NEAR {
                break;
            }
            // F' is F when raking, else 1.
            let slope = if raking { &weights } else { &before };
            let step = Factor::new(&variables, slope).solve(&gap);
            let mut part = 1.0;
            let mut better = None;
            for _ in 0..HALVINGS {
                let tried: Vec<f64> = lambda.iter().zip(&step).map(|(l, s)| l + part * s).collect();
                let new = stretched(&tried);
                let left = missing(&new);
                if apart(&left) < apart(&gap) {
                    better = Some((tried, new, left));
                    break;
                }
                part /= 2.0;
            }
            let Some((tried, new, left)) = better else { break };
            (lambda, weights, gap) = (tried, new, left);
        }
        if apart(&gap) > 1e-7 {
            let worst = (0..gap.len())
                .max_by(|a, b| (gap[*a] / scale[*a]).abs().total_cmp(&(gap[*b] / scale[*b]).abs()));
            return Err(CalibrationFault::Impossible(worst.unwrap_or(0)));
        }
        if let Some(row) = weights.iter().position(|w| *w <= 0.0) {
            return Err(CalibrationFault::Negative(row));
        }
        let normal = Factor::new(&variables, &before);
        self.projection = Some(Projection { variables, weights: before, normal });
        self.weights = weights;
        Ok(self)
    }

    /// The same design with the weights of those who answered raised so that they stand for the whole
    /// of their class: w·Σd / Σd of those who answered. Whoever did not is out of the design from then
    /// on, as if fewer had been drawn.
    ///
    /// # Errors
    /// [`DesignFault::Empty`] when a class has nobody who answered.
    pub fn weigh_classes(
        weights: &[f64],
        answered: &[bool],
        classes: &[u32],
    ) -> Result<Vec<f64>, DesignFault> {
        let count = classes.iter().max().map_or(0, |c| *c as usize + 1);
        let mut sums = vec![(0.0, 0.0); count];
        for ((w, class), answered) in weights.iter().zip(classes).zip(answered) {
            let sum = &mut sums[*class as usize];
            sum.0 += w;
            sum.1 += if *answered { *w } else { 0.0 };
        }
        if sums.iter().any(|(all, answered)| *all > 0.0 && *answered == 0.0) {
            return Err(DesignFault::Empty);
        }
        let raised =
            |(w, class): (&f64, &u32)| w * sums[*class as usize].0 / sums[*class as usize].1;
        Ok(weights.iter().zip(classes).map(raised).collect())
    }
}

impl Projection {
    /// w(u/w − x'B), with B the regression of u/w on x under the weights from before.
    pub fn residuals(&self, weights: &[f64], score: impl Fn(usize) -> f64) -> Vec<f64> {
        let plain: Vec<f64> = weights.iter().enumerate().map(|(row, w)| score(row) / w).collect();
        let moment = |x: &Vec<f64>| {
            x.iter().zip(&plain).zip(&self.weights).map(|((x, z), d)| d * x * z).sum::<f64>()
        };
        let moments: Vec<f64> = self.variables.iter().map(moment).collect();
        let slopes = self.normal.solve(&moments);
        let fitted =
            |row: usize| self.variables.iter().zip(&slopes).map(|(x, b)| x[row] * b).sum::<f64>();
        weights.iter().enumerate().map(|(row, w)| w * (plain[row] - fitted(row))).collect()
    }
}

/// Cholesky's factor of X'WX; variables that depend on those before them are left out.
#[derive(Clone, Debug)]
struct Factor {
    /// By variable: its row of the factor up to the diagonal; none when it is left out.
    rows: Vec<Option<Vec<f64>>>,
}

impl Factor {
    fn new(variables: &[Vec<f64>], weights: &[f64]) -> Factor {
        let product = |a: &Vec<f64>, b: &Vec<f64>| {
            a.iter().zip(b).zip(weights).map(|((a, b), w)| w * a * b).sum::<f64>()
        };
        let mut rows: Vec<Option<Vec<f64>>> = Vec::new();
        for (k, variable) in variables.iter().enumerate() {
            let mut row = vec![0.0; k + 1];
            for j in 0..k {
                let Some(other) = &rows[j] else { continue };
                let known: f64 = (0..j).map(|m| row[m] * other[m]).sum();
                row[j] = (product(variable, &variables[j]) - known) / other[j];
            }
            let own = product(variable, variable);
            let left = own - row[..k].iter().map(|r| r * r).sum::<f64>();
            row[k] = left.max(0.0).sqrt();
            rows.push((left > own * 1e-10 && left > 0.0).then_some(row));
        }
        Factor { rows }
    }

    /// The solution of X'WX b = c; zero for variables left out.
    fn solve(&self, c: &[f64]) -> Vec<f64> {
        let mut b = vec![0.0; c.len()];
        for (k, row) in self.rows.iter().enumerate() {
            let Some(row) = row else { continue };
            let known: f64 = (0..k).map(|j| row[j] * b[j]).sum();
            b[k] = (c[k] - known) / row[k];
        }
        for k in (0..b.len()).rev() {
            let Some(row) = &self.rows[k] else { continue };
            b[k] /= row[k];
            for j in 0..k {
                b[j] -= row[j] * b[k];
            }
        }
        b
    }
}
