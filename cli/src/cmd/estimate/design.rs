//! From columns to a design: weights, strata, stages, answers that are missing, known totals.

use std::path::Path;

use ntm_shared::estimate::design::{Calibration, CalibrationFault, Columns, Design, DesignFault};
use ntm_shared::text::Text;

use super::column::{Column, MISSING, Need};
use super::table::Table;
use crate::{args, failure::Failure};

/// The columns that the design needs.
pub fn needs(args: &args::Estimate) -> anyhow::Result<Vec<(String, Need)>> {
    let mut needs = vec![(args.weights.clone(), Need::Numbers)];
    let levels = args.strata.iter().chain(&args.cluster).chain(&args.by).chain(&args.classes);
    needs.extend(levels.map(|name| (name.clone(), Need::Levels)));
    needs.extend(args.fpc.iter().chain(&args.responded).map(|name| (name.clone(), Need::Numbers)));
    for (name, _) in args
        .poststratify
        .iter()
        .chain(&args.rake)
        .map(|m| margin(m))
        .collect::<Result<Vec<_>, _>>()?
    {
        needs.push((name.to_owned(), Need::Levels));
    }
    if let Some(greg) = &args.greg {
        needs.extend(terms(margin(greg)?.0).map(|term| (term.to_owned(), Need::Either)));
    }
    Ok(needs)
}

/// The design that the arguments say. Rows that did not answer are taken out of the table.
pub fn build(args: &args::Estimate, table: &mut Table) -> anyhow::Result<Design> {
    let mut weights = table.take_numbers(&args.weights)?;
    if let Some(flag) = &args.responded {
        let answered: Vec<bool> = table.numbers(flag)?.iter().map(|f| *f == 1.0).collect();
        let classes = match args.classes.as_ref().or(args.strata.as_ref()) {
            Some(name) => codes(table.column(name)?, name)?.to_vec(),
            None => vec![0; table.rows],
        };
        weights = Design::weigh_classes(&weights, &answered, &classes).map_err(|_| {
            Failure::local(
                Text::new(
                    "Có lớp không ai trả lời: không có ai để đại diện cho họ.",
                    "In one class nobody answered: nobody can stand for them.",
                ),
                Text::new("gộp các lớp nhỏ bằng --classes", "join small classes: --classes"),
            )
        })?;
        let mut kept = answered.iter();
        weights.retain(|_| kept.next().copied().unwrap_or(false));
        table.keep(&answered);
    }
    let strata = args.strata.as_ref().map(|name| take_codes(table, name)).transpose()?;
    let clusters: anyhow::Result<_> =
        args.cluster.iter().map(|name| take_codes(table, name)).collect();
    let fpc: anyhow::Result<_> = args.fpc.iter().map(|name| table.take_numbers(name)).collect();
    let columns =
        Columns { weights, strata, clusters: clusters?, fpc: fpc?, lonely: args.lonely.into() };
    let design = Design::new(columns).map_err(|fault| refused(&fault))?;
    let Some((calibration, names)) = calibration(args, table)? else { return Ok(design) };
    design.calibrate(calibration).map_err(|fault| contradicted(&fault, &names))
}

/// The codes of a column that every row has to have, to keep.
pub fn take_codes(table: &mut Table, name: &str) -> anyhow::Result<Vec<u32>> {
    codes(table.column(name)?, name)?;
    table.take_codes(name)
}

/// The codes of a column that every row has to have.
fn codes<'c>(column: &'c Column, name: &str) -> anyhow::Result<&'c [u32]> {
    match column.codes.iter().position(|code| *code == MISSING) {
        None => Ok(&column.codes),
        Some(row) => Err(Failure::local(
            Text::new(
                format!("Cột “{name}”, dòng {}: để trống.", row + 2),
                format!("Column “{name}”, line {}: blank.", row + 2),
            ),
            Text::new("", ""),
        )),
    }
}

/// `NAME=FILE`.
fn margin(text: &str) -> anyhow::Result<(&str, &Path)> {
    let parts = text.rsplit_once('=').map(|(name, file)| (name.trim(), Path::new(file.trim())));
    parts.ok_or_else(|| {
        Failure::local(
            Text::new(format!("Thiếu tệp: {text}"), format!("The file is missing: {text}")),
            Text::new("viết CỘT=TỆP.csv", "write COLUMN=FILE.csv"),
        )
    })
}

/// The terms of a formula but for the intercept.
fn terms(formula: &str) -> impl Iterator<Item = &str> {
    formula
        .split('+')
        .map(str::trim)
        .filter(|term| !term.is_empty() && *term != "1" && *term != "0")
}

/// The variables, their totals and their names.
fn calibration(
    args: &args::Estimate,
    table: &Table,
) -> anyhow::Result<Option<(Calibration, Vec<String>)>> {
    let mut found = Variables::default();
    if let Some(greg) = &args.greg {
        let (formula, file) = margin(greg)?;
        let totals = Totals::read(file)?;
        let intercept = !formula.split('+').any(|term| term.trim() == "0");
        if intercept {
            found.add(
                "intercept",
                vec![1.0; table.rows],
                totals.of(&["intercept", "(Intercept)"])?,
            );
        }
        let mut first = intercept;
        for term in terms(formula) {
            let column = table.column(term)?;
            if column.numbers.len() == table.rows {
                found.add(term, column.numbers.clone(), totals.of(&[term])?);
                continue;
            }
            // The first level is what the intercept stands for; without one, that of the first factor
            // is there too.
            for (code, level) in column.levels.iter().enumerate().skip(usize::from(first)) {
                let name = format!("{term}{level}");
                found.add(&name, indicator(column, code), totals.of(&[&name])?);
            }
            first = true;
        }
    }
    for text in args.poststratify.iter().chain(&args.rake) {
        let (name, file) = margin(text)?;
        let totals = Totals::read(file)?;
        let column = table.column(name)?;
        codes(column, name)?;
        for (code, level) in column.levels.iter().enumerate() {
            let values = indicator(column, code);
            found.add(&format!("{name} = {level}"), values, totals.of(&[level])?);
        }
        if let Some(unseen) = totals.0.iter().find(|(level, _)| !column.levels.contains(level)) {
            return Err(impossible(&format!("{name} = {}", unseen.0)));
        }
    }
    let Variables { variables, totals, names } = found;
    let raking = !args.rake.is_empty();
    Ok((!names.is_empty()).then_some((Calibration { variables, totals, raking }, names)))
}

#[derive(Default)]
struct Variables {
    variables: Vec<Vec<f64>>,
    totals: Vec<f64>,
    names: Vec<String>,
}

impl Variables {
    fn add(&mut self, name: &str, values: Vec<f64>, total: f64) {
        self.variables.push(values);
        self.totals.push(total);
        self.names.push(name.to_owned());
    }
}

fn indicator(column: &Column, code: usize) -> Vec<f64> {
    column.codes.iter().map(|c| f64::from(u8::from(*c == code as u32))).collect()
}

/// A file of totals: a name or level, and a number, in its first two columns.
struct Totals(Vec<(String, f64)>);

impl Totals {
    fn read(file: &Path) -> anyhow::Result<Totals> {
        let bytes = super::super::read_input(file)?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let mut totals = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = record.get(1).and_then(|cell| cell.trim().parse().ok());
            let total: f64 = number.ok_or_else(|| {
                let place = file.display();
                Failure::local(
                    Text::new(
                        format!("{place}, dòng {line}: thiếu tổng."),
                        format!("{place}, line {line}: no total."),
                    ),
                    Text::new("hai cột: level,total", "two columns: level,total"),
                )
            })?;
            totals.push((ntm_shared::text::nfc(record.get(0).unwrap_or_default().trim()), total));
        }
        Ok(Totals(totals))
    }

    fn of(&self, names: &[&str]) -> anyhow::Result<f64> {
        let found = self.0.iter().find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, total)| *total).ok_or_else(|| {
            Failure::local(
                Text::new(
                    format!("Tệp tổng không có “{}”.", names[0]),
                    format!("The totals do not have “{}”.", names[0]),
                ),
                Text::new("", ""),
            )
        })
    }
}

fn impossible(name: &str) -> anyhow::Error {
    Failure::local(
        Text::new(
            format!("Không có trọng số nào cho tổng của “{name}”."),
            format!("No weights give the total of “{name}”."),
        ),
        Text::new(
            "mẫu không có ai như vậy, hoặc các tổng mâu thuẫn nhau",
            "the sample has nobody like that, or the totals contradict each other",
        ),
    )
}

fn contradicted(fault: &CalibrationFault, names: &[String]) -> anyhow::Error {
    let name = |k: &usize| names.get(*k).map_or("", String::as_str);
    match fault {
        CalibrationFault::Impossible(k) => impossible(name(k)),
        CalibrationFault::NotANumber(k, row) => Failure::local(
            Text::new(
                format!("“{}”, dòng {}: thiếu giá trị.", name(k), row + 2),
                format!("“{}”, line {}: a value is missing.", name(k), row + 2),
            ),
            Text::new("", ""),
        ),
        CalibrationFault::Negative(row) => Failure::local(
            Text::new(
                format!("Dòng {}: trọng số trở thành âm.", row + 2),
                format!("Line {}: the weight became negative.", row + 2),
            ),
            Text::new("dùng --rake, trọng số luôn dương", "use --rake: its weights stay positive"),
        ),
    }
}

fn refused(fault: &DesignFault) -> anyhow::Error {
    let place = |stage: &usize, row: &usize| (stage + 1, row + 2);
    let text = match fault {
        DesignFault::Empty => Text::new("Tệp không có dòng nào.", "The file has no rows."),
        DesignFault::Weight(row) => Text::new(
            format!("Dòng {}: trọng số phải là số dương.", row + 2),
            format!("Line {}: a weight has to be a positive number.", row + 2),
        ),
        DesignFault::Population(stage, row) => {
            let (stage, line) = place(stage, row);
            Text::new(
                format!(
                    "Dòng {line}: số đơn vị của tổng thể (giai đoạn {stage}) phải là số dương."
                ),
                format!("Line {line}: the population (stage {stage}) has to be a positive number."),
            )
        }
        DesignFault::Unequal(stage, row) => {
            let (stage, line) = place(stage, row);
            Text::new(
                format!("Dòng {line}: tổng thể (giai đoạn {stage}) khác với dòng trước cùng tầng."),
                format!("Line {line}: the population (stage {stage}) differs from its stratum's."),
            )
        }
        DesignFault::TooFew(stage, row) => {
            let (stage, line) = place(stage, row);
            Text::new(
                format!("Dòng {line}: tổng thể (giai đoạn {stage}) ít hơn số đã chọn."),
                format!("Line {line}: the population (stage {stage}) is less than what was drawn."),
            )
        }
        DesignFault::Lonely(stage, row) => {
            let (stage, line) = place(stage, row);
            Text::new(
                format!("Dòng {line}: tầng (giai đoạn {stage}) chỉ có một đơn vị."),
                format!("Line {line}: the stratum (stage {stage}) has one unit."),
            )
        }
    };
    Failure::local(text, Text::new("", ""))
}
