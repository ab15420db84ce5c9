//! `ntm estimate`: estimates from a CSV file of rows with weights, as R `survey` gives them; no server
//! needed.

use std::path::Path;

use ntm_shared::estimate::design::{Design, Domains};
use ntm_shared::estimate::{Estimate, Interval, interval, proportion};
use ntm_shared::text::Text;

use super::{Answer, Context};
use crate::args::{self, Method};
use crate::failure::Failure;

mod column;
mod contrast;
mod design;
mod parts;
mod row;
mod statistic;
mod table;

use column::MISSING;
use contrast::{Contrast, contrasts};
use row::{Row, print};
use statistic::Statistic;
use table::Table;

/// `ntm estimate …`.
pub fn run(args: &args::Estimate, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let statistics = Statistic::all(args)?;
    let mut needs = design::needs(args)?;
    needs.extend(statistics.iter().flat_map(Statistic::needs));
    let mut table = match args.data == Path::new("-") {
        true => Table::read(std::io::stdin().lock(), &needs)?,
        false => Table::of_file(&args.data, &needs)?,
    };
    let design = design::build(args, &mut table)?;
    let (domains, levels) = match &args.by {
        None => (Domains::all(), vec![None]),
        Some(name) => {
            let codes = design::take_codes(&mut table, name)?;
            let levels = table.column(name)?.levels.iter().cloned().map(Some).collect();
            (Domains::of(codes), levels)
        }
    };
    if args.ci == Some(Method::Hypergeometric) {
        simple(args, &design, &domains)?;
    }
    let contrasts = contrasts(&args.contrast, &levels)?;
    let asking = Asking { args, table: &table, design: &design, domains, levels, contrasts };
    let rows = asking.all(&statistics)?;
    if design.collapsed() > 0 {
        cx.out.note(&tr!(
            cx.lang(),
            "{} tầng chỉ có một đơn vị được gộp với tầng kế.",
            "{} strata with one unit were joined to the next one.",
            design.collapsed()
        ));
    }
    print(&rows, args.by.is_some(), cx)?;
    Ok(Answer::Yes)
}

/// Everything an estimate rests on.
struct Asking<'a> {
    args: &'a args::Estimate,
    table: &'a Table,
    design: &'a Design,
    domains: Domains,
    levels: Vec<Option<String>>,
    contrasts: Vec<Contrast>,
}

impl Asking<'_> {
    /// Every statistic, side by side, in the order asked.
    fn all(&self, statistics: &[Statistic]) -> anyhow::Result<Vec<Row>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = statistics.len().div_ceil(threads).max(1);
        let found: Vec<anyhow::Result<Vec<Row>>> = std::thread::scope(|scope| {
            let one = |part: &[Statistic]| -> anyhow::Result<Vec<Row>> {
                let rows: Vec<Vec<Row>> =
                    part.iter().map(|s| self.rows(s)).collect::<anyhow::Result<_>>()?;
                Ok(rows.into_iter().flatten().collect())
            };
            let begun: Vec<_> =
                statistics.chunks(share).map(|part| scope.spawn(move || one(part))).collect();
            let ended = |_| Err(anyhow::anyhow!("a thread ended"));
            begun.into_iter().map(|thread| thread.join().unwrap_or_else(ended)).collect()
        });
        let rows: Vec<Vec<Row>> = found.into_iter().collect::<anyhow::Result<_>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    fn rows(&self, statistic: &Statistic) -> anyhow::Result<Vec<Row>> {
        let tail = (1.0 - self.args.level) / 2.0;
        let wald = |e: &Estimate| interval::student(e, tail);
        match statistic {
            Statistic::Mean(name, together) => {
                let mut y = self.table.numbers(name)?.to_vec();
                for other in together {
                    let others = self.table.numbers(other)?;
                    y.iter_mut()
                        .zip(others)
                        .filter(|(_, o)| o.is_nan())
                        .for_each(|(y, _)| *y = f64::NAN);
                }
                Ok(self.ratios(statistic, &statistic.name(), (&y, None), wald))
            }
            Statistic::Total(name) => {
                let column = self.table.column(name)?;
                if column.numbers.len() == self.table.rows {
                    return Ok(self.totals(statistic, name, &column.numbers));
                }
                let of = |name: &str, y: &[f64]| self.totals(statistic, name, y);
                self.categories(name, of)
            }
            Statistic::Ratio(y, x) => {
                let y = self.table.numbers(y)?;
                let x = x.as_ref().map(|x| self.table.numbers(x)).transpose()?;
                let method = self.args.ci.unwrap_or(Method::Wald);
                let interval = |e: &Estimate| self.interval(e, method, tail);
                Ok(self.ratios(statistic, &statistic.name(), (y, x), interval))
            }
            Statistic::Proportion(name, value) => {
                self.proportion(statistic, name, value.as_deref(), tail)
            }
            Statistic::Quantile(name, p) => {
                let y = self.table.numbers(name)?;
                let found = self.design.quantile(y, *p, tail, &self.domains);
                let row = |(found, level): (Option<_>, &Option<String>)| {
                    let q: Option<ntm_shared::estimate::design::Quantile> = found;
                    Row {
                        name: level.clone().unwrap_or_else(|| name.clone()),
                        statistic: statistic.title(),
                        by: level.clone(),
                        estimate: q.map(|q| q.value),
                        se: q.map(|q| q.se),
                        df: q.map(|q| q.df),
                        ci_low: q.map(|q| q.low),
                        ci_high: q.map(|q| q.high),
                        n: q.map_or(0, |q| q.n as u64),
                    }
                };
                Ok(found.into_iter().zip(&self.levels).map(row).collect())
            }
        }
    }

    fn proportion(
        &self,
        statistic: &Statistic,
        name: &str,
        value: Option<&str>,
        tail: f64,
    ) -> anyhow::Result<Vec<Row>> {
        let method = self.args.ci.unwrap_or(Method::Kg);
        let interval = |e: &Estimate| self.interval(e, method, tail);
        let share = |name: &str, y: &[f64]| self.ratios(statistic, name, (y, None), interval);
        let column = self.table.column(name)?;
        if let Some(value) = value {
            let value = ntm_shared::text::nfc(value);
            let place =
                column.levels.iter().position(|level| *level == value).ok_or_else(|| {
                    Failure::local(
                        Text::new(
                            format!("Cột “{name}” không có giá trị “{value}”."),
                            format!("Column “{name}” has no value “{value}”."),
                        ),
                        Text::new("", ""),
                    )
                })?;
            return Ok(share(&statistic.name(), &indicator(&column.codes, place as u32)));
        }
        let numbers = &column.numbers;
        let yes_no = |y: &f64| y.is_nan() || *y == 0.0 || *y == 1.0;
        if numbers.len() == self.table.rows && numbers.iter().all(yes_no) {
            return Ok(share(name, numbers));
        }
        self.categories(name, share)
    }

    /// The rows of each level of a column.
    fn categories(
        &self,
        name: &str,
        rows: impl Fn(&str, &[f64]) -> Vec<Row>,
    ) -> anyhow::Result<Vec<Row>> {
        let column = self.table.column(name)?;
        let mut all = Vec::new();
        for (code, level) in column.levels.iter().enumerate() {
            all.extend(rows(&format!("{name}{level}"), &indicator(&column.codes, code as u32)));
        }
        Ok(all)
    }

    /// Ratios by domain, then the contrasts asked for; no x counts rows.
    fn ratios(
        &self,
        statistic: &Statistic,
        name: &str,
        (y, x): (&[f64], Option<&[f64]>),
        interval: impl Fn(&Estimate) -> Interval,
    ) -> Vec<Row> {
        let x = |row: usize| x.map_or(1.0, |x| x[row]);
        let found = self.design.ratio(y, x, &self.domains);
        let mut rows = self.told(statistic, name, found, interval);
        let apart = |pair| self.design.ratio_contrast(y, x, &self.domains, pair);
        rows.extend(self.contrasts.iter().map(|c| self.apart(statistic, name, c, apart(c.pair))));
        rows
    }

    /// Totals by domain, then the contrasts asked for.
    fn totals(&self, statistic: &Statistic, name: &str, y: &[f64]) -> Vec<Row> {
        let tail = (1.0 - self.args.level) / 2.0;
        let found = self.design.total(y, &self.domains).into_iter().map(Some).collect();
        let mut rows = self.told(statistic, name, found, |e| interval::student(e, tail));
        let apart = |pair| self.design.total_contrast(y, &self.domains, pair);
        rows.extend(self.contrasts.iter().map(|c| self.apart(statistic, name, c, apart(c.pair))));
        rows
    }

    /// A difference of two domains: a t interval, whatever the interval of each.
    fn apart(
        &self,
        statistic: &Statistic,
        name: &str,
        contrast: &Contrast,
        found: Option<Estimate>,
    ) -> Row {
        let tail = (1.0 - self.args.level) / 2.0;
        let student = |e: &Estimate| interval::student(e, tail);
        let row = self.row(statistic, name, found, student);
        Row { name: contrast.name.clone(), by: Some(contrast.name.clone()), ..row }
    }

    fn told(
        &self,
        statistic: &Statistic,
        name: &str,
        found: Vec<Option<Estimate>>,
        interval: impl Fn(&Estimate) -> Interval,
    ) -> Vec<Row> {
        let one = |(found, level): (Option<Estimate>, &Option<String>)| {
            let row = self.row(statistic, name, found, &interval);
            Row { name: level.clone().unwrap_or(row.name), by: level.clone(), ..row }
        };
        found.into_iter().zip(&self.levels).map(one).collect()
    }

    fn row(
        &self,
        statistic: &Statistic,
        name: &str,
        found: Option<Estimate>,
        interval: impl Fn(&Estimate) -> Interval,
    ) -> Row {
        let bounds = found.as_ref().map(interval);
        Row {
            name: name.to_owned(),
            statistic: match statistic {
                // A category of a column, within a domain.
                Statistic::Total(of) | Statistic::Proportion(of, None) if of != name => {
                    format!("{} {name}", statistic.title().split(' ').next().unwrap_or_default())
                }
                _ => statistic.title(),
            },
            by: None,
            estimate: found.map(|e| e.value),
            se: found.map(|e| e.se()),
            df: found.map(|e| e.df),
            ci_low: bounds.map(|b| b.low).filter(|b| b.is_finite()),
            ci_high: bounds.map(|b| b.high).filter(|b| b.is_finite()),
            n: found.map_or(0, |e| e.n as u64),
        }
    }

    fn interval(&self, e: &Estimate, method: Method, tail: f64) -> Interval {
        match method {
            Method::Kg => proportion::korn_graubard(e, tail),
            Method::Wilson => proportion::wilson(e, tail),
            Method::Logit => proportion::logit(e, tail),
            Method::ClopperPearson => interval::clopper_pearson(e.value * e.n, e.n, tail),
            Method::Hypergeometric => {
                // The population a simple random sample stands for is the sum of its weights.
                let population = (e.denominator.round() as u64).max(e.n as u64);
                let seen = (e.value * e.n).round() as u64;
                proportion::hypergeometric(seen, e.n as u64, population, tail)
            }
            Method::Wald => interval::student(e, tail),
        }
    }
}

/// The exact interval is one of a simple random sample in each domain.
fn simple(args: &args::Estimate, design: &Design, domains: &Domains) -> anyhow::Result<()> {
    let mut first: Vec<Option<f64>> = vec![None; domains.count()];
    let mut alike = |row: usize| {
        let weight = design.weights()[row];
        let known = first[domains.at(row)].get_or_insert(weight);
        (*known - weight).abs() <= 1e-9 * weight
    };
    if args.cluster.is_empty() && (0..design.rows()).all(&mut alike) {
        return Ok(());
    }
    Err(Failure::local(
        Text::new(
            "Khoảng siêu bội chỉ dùng cho mẫu ngẫu nhiên đơn: trọng số bằng nhau, không có cụm.",
            "The hypergeometric interval is for simple random samples: equal weights, no clusters.",
        ),
        Text::new("bỏ --ci để dùng Korn–Graubard", "leave out --ci for Korn–Graubard"),
    ))
}

fn indicator(codes: &[u32], code: u32) -> Vec<f64> {
    let one = |c: &u32| match *c {
        MISSING => f64::NAN,
        c => f64::from(u8::from(c == code)),
    };
    codes.iter().map(one).collect()
}
