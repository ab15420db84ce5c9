//! One stage of a design: which unit each row is in, and how many of them there are.

use foldhash::{HashMap, HashMapExt};

use super::DesignFault;

/// What to do about a stratum from which one unit was drawn, of several: it says nothing about its
/// own spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lonely {
    /// Refuse.
    Fail,
    /// Join it to the next stratum (the last one to the one before it).
    Collapse,
    /// Take its distance from zero, the mean of all scores: conservative.
    #[default]
    Adjust,
    /// Give it the mean variance of the other strata.
    Average,
    /// It was drawn for certain: no variance.
    Certainty,
    /// Leave it out of the variance; the same number as [`Lonely::Certainty`].
    Remove,
}

/// A stage. Its *groups* are the strata of the first stage, the units around at later ones.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// By row: its unit. None when rows are the units.
    pub units: Option<Vec<u32>>,
    /// By unit (by row when rows are the units): its group.
    pub groups: Vec<u32>,
    /// By group.
    pub drawn: Vec<Drawn>,
    /// Groups joined to a neighbour.
    pub collapsed: usize,
}

/// What was drawn from a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    /// Units drawn.
    pub n: f64,
    /// Units there are; infinite when drawn with replacement.
    pub population: f64,
    /// The share of what is around that was drawn, over all earlier stages: 1 at the first.
    pub around: f64,
}

impl Drawn {
    /// 1 − f.
    pub fn open(&self) -> f64 {
        if self.population.is_infinite() { 1.0 } else { 1.0 - self.n / self.population }
    }

    /// Whether its variance cannot be told from itself.
    pub fn is_lonely(&self) -> bool {
        self.n == 1.0 && self.around > 0.0 && self.open() > 0.0
    }
}

impl Stage {
    /// The unit of a row.
    #[inline]
    pub fn unit(&self, row: usize) -> usize {
        self.units.as_ref().map_or(row, |units| units[row] as usize)
    }

    /// The group of a row.
    #[inline]
    pub fn group(&self, row: usize) -> usize {
        self.groups[self.unit(row)] as usize
    }
}

/// The stages of `rows` rows.
pub(super) fn build(
    rows: usize,
    strata: Option<Vec<u32>>,
    clusters: Vec<Vec<u32>>,
    fpc: &[Vec<f64>],
    lonely: Lonely,
) -> Result<Vec<Stage>, DesignFault> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut around = strata.unwrap_or_else(|| vec![0; rows]);
    let depths = clusters.len().max(1);
    let mut clusters = clusters.into_iter();
    for depth in 0..depths {
        let mut stage = match clusters.next() {
            Some(cluster) => clustered(&around, &cluster),
            // Rows are the units: there is no stage within.
            None => {
                let groups = std::mem::take(&mut around);
                Stage { units: None, groups, drawn: vec![], collapsed: 0 }
            }
        };
        count(&mut stage, depth, fpc.get(depth), rows, stages.last())?;
        // Only strata have neighbours.
        if lonely == Lonely::Collapse && depth == 0 {
            collapse(&mut stage);
        }
        if lonely == Lonely::Fail {
            let alone = |row: &usize| stage.drawn[stage.group(*row)].is_lonely();
            if let Some(row) = (0..rows).find(alone) {
                return Err(DesignFault::Lonely(depth, row));
            }
        }
        if let Some(units) = &stage.units {
            around.clone_from(units);
        }
        // Without its population a stage says nothing about what was drawn within it.
        let ends = fpc.get(depth).is_none();
        stages.push(stage);
        if ends {
            break;
        }
    }
    Ok(stages)
}

/// Units numbered through all groups, in the order of their first row.
fn clustered(around: &[u32], cluster: &[u32]) -> Stage {
    let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
    let mut groups = Vec::new();
    let number = |(group, cluster): (&u32, &u32)| {
        *numbers.entry((*group, *cluster)).or_insert_with(|| {
            groups.push(*group);
            groups.len() as u32 - 1
        })
    };
    let units = around.iter().zip(cluster).map(number).collect();
    Stage { units: Some(units), groups, drawn: vec![], collapsed: 0 }
}

/// Counts what was drawn from each group, and reads what there is.
fn count(
    stage: &mut Stage,
    depth: usize,
    fpc: Option<&Vec<f64>>,
    rows: usize,
    before: Option<&Stage>,
) -> Result<(), DesignFault> {
    let groups = stage.groups.iter().max().map_or(0, |g| *g as usize + 1);
    let blank = Drawn { n: 0.0, population: f64::NAN, around: 1.0 };
    stage.drawn = vec![blank; groups];
    for group in &stage.groups {
        stage.drawn[*group as usize].n += 1.0;
    }
    for row in 0..rows {
        let group = stage.group(row);
        let n = stage.drawn[group].n;
        let population = match fpc {
            None => f64::INFINITY,
            Some(fpc) if fpc[row].is_nan() || fpc[row] <= 0.0 => {
                return Err(DesignFault::Population(depth, row));
            }
            // A share that was drawn.
            Some(fpc) if fpc[row] <= 1.0 && !(fpc[row] == 1.0 && n == 1.0) => n / fpc[row],
            Some(fpc) => fpc[row],
        };
        let known = &mut stage.drawn[group];
        if known.population.is_nan() {
            known.population = population;
            if let Some(before) = before {
                let outer = before.drawn[before.group(row)];
                known.around = outer.around * (1.0 - outer.open());
            }
        } else if known.population != population {
            return Err(DesignFault::Unequal(depth, row));
        }
        // Counts in a file may be rounded.
        if n > population * (1.0 + 1e-9) {
            return Err(DesignFault::TooFew(depth, row));
        }
    }
    Ok(())
}

/// Joins every lonely group to its neighbour.
fn collapse(stage: &mut Stage) {
    let mut joined: Vec<u32> = (0..stage.drawn.len() as u32).collect();
    for (group, joined) in joined.iter_mut().enumerate() {
        if !stage.drawn[group].is_lonely() {
            continue;
        }
        // Towards the next one that has any unit; the last goes to the one before it.
        let has = |g: &usize| stage.drawn[*g].n > 0.0;
        let next = (group + 1..stage.drawn.len()).find(has);
        let Some(other) = next.or_else(|| (0..group).rev().find(has)) else { continue };
        let alone = stage.drawn[group];
        stage.drawn[group].n = 0.0;
        stage.drawn[other].n += alone.n;
        stage.drawn[other].population += alone.population;
        *joined = other as u32;
        stage.collapsed += 1;
    }
    let end = |mut group: u32| {
        while joined[group as usize] != group {
            group = joined[group as usize];
        }
        group
    };
    stage.groups.iter_mut().for_each(|group| *group = end(*group));
}
