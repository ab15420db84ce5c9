//! What is asked for, and the columns it needs.

use ntm_shared::text::Text;

use super::column::Need;
use crate::{args, failure::Failure};

/// One statistic.
#[derive(Clone, Debug, PartialEq)]
pub enum Statistic {
    /// The mean of one column, over the rows that have all of several.
    Mean(String, Vec<String>),
    /// A total; of text, the units of each category.
    Total(String),
    /// Σy / Σx; no x counts rows.
    Ratio(String, Option<String>),
    /// The share of rows with a value; none of 0/1 columns, or of text by category.
    Proportion(String, Option<String>),
    /// A quantile.
    Quantile(String, f64),
}

impl Statistic {
    /// Everything asked for, in the order of the kinds.
    pub fn all(args: &args::Estimate) -> anyhow::Result<Vec<Statistic>> {
        let mut all = Vec::new();
        for list in &args.mean {
            let names: Vec<String> = list.split(',').map(|n| n.trim().to_owned()).collect();
            all.extend(names.iter().map(|name| Statistic::Mean(name.clone(), names.clone())));
        }
        all.extend(args.total.iter().map(|name| Statistic::Total(name.trim().to_owned())));
        for text in &args.ratio {
            let (y, x) = text.rsplit_once('/').ok_or_else(|| unreadable(text, "Y/X"))?;
            let x = Some(x.trim().to_owned()).filter(|x| x != "1");
            all.push(Statistic::Ratio(y.trim().to_owned(), x));
        }
        for text in &args.proportion {
            all.push(match text.split_once("==") {
                Some((name, value)) => {
                    let value = value.trim().trim_matches('"').to_owned();
                    Statistic::Proportion(name.trim().to_owned(), Some(value))
                }
                None => Statistic::Proportion(text.trim().to_owned(), None),
            });
        }
        for text in &args.quantile {
            let parts = text.rsplit_once(':');
            let found = parts.and_then(|(name, p)| Some((name, p.trim().parse::<f64>().ok()?)));
            let (name, p) = found
                .filter(|(_, p)| *p > 0.0 && *p < 1.0)
                .ok_or_else(|| unreadable(text, "V:0.5"))?;
            all.push(Statistic::Quantile(name.trim().to_owned(), p));
        }
        Ok(all)
    }

    /// The columns it needs.
    pub fn needs(&self) -> Vec<(String, Need)> {
        match self {
            Statistic::Mean(_, names) => {
                names.iter().map(|name| (name.clone(), Need::Numbers)).collect()
            }
            Statistic::Total(name) | Statistic::Proportion(name, None) => {
                vec![(name.clone(), Need::Either)]
            }
            Statistic::Ratio(y, x) => [Some(y), x.as_ref()]
                .into_iter()
                .flatten()
                .map(|n| (n.clone(), Need::Numbers))
                .collect(),
            Statistic::Proportion(name, Some(_)) => vec![(name.clone(), Need::Levels)],
            Statistic::Quantile(name, _) => vec![(name.clone(), Need::Numbers)],
        }
    }

    /// What it is called: `mean income`.
    pub fn title(&self) -> String {
        match self {
            Statistic::Mean(name, _) => format!("mean {name}"),
            Statistic::Total(name) => format!("total {name}"),
            Statistic::Ratio(..) => format!("ratio {}", self.name()),
            Statistic::Proportion(..) => format!("proportion {}", self.name()),
            Statistic::Quantile(name, p) => format!("quantile {name}:{p}"),
        }
    }

    /// What it is about: `income`, `insured/members`.
    pub fn name(&self) -> String {
        match self {
            Statistic::Mean(name, _) | Statistic::Total(name) | Statistic::Quantile(name, _) => {
                name.clone()
            }
            Statistic::Ratio(y, x) => format!("{y}/{}", x.as_deref().unwrap_or("1")),
            Statistic::Proportion(name, value) => match value {
                Some(value) => format!("{name}=={value}"),
                None => name.clone(),
            },
        }
    }
}

fn unreadable(text: &str, form: &str) -> anyhow::Error {
    Failure::local(
        Text::new(format!("Không hiểu “{text}”."), format!("Cannot read “{text}”.")),
        Text::new(format!("viết {form}"), format!("write {form}")),
    )
}
