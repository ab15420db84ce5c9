//! A plan in the making: which pairs it has, what that costs, and how it is improved.

use super::Question;

/// How often all communes are looked at again before a draft is left as it is.
const ROUNDS: usize = 60;

/// A plan in the making.
#[derive(Clone)]
pub(super) struct Draft<'q, 'g> {
    question: &'q Question<'g>,
    /// Chosen pairs of each commune.
    chosen: Vec<Vec<usize>>,
    /// Chosen pairs of each team.
    members: Vec<Vec<usize>>,
    /// The sum of sizes of each team.
    pub sum: Vec<i128>,
    count: Vec<u32>,
    hard: Vec<u32>,
}

/// A change of one commune.
enum Step {
    /// It gives up a pair.
    Drop(usize),
    /// It takes a pair, instead of another or beside them.
    Take(Option<usize>, usize),
    /// Two communes exchange teams: pairs given up, pairs taken.
    Swap([usize; 2], [usize; 2]),
}

impl<'q, 'g> Draft<'q, 'g> {
    /// The required pairs and these.
    pub fn of(question: &'q Question<'g>, pairs: &[usize]) -> Self {
        let grid = question.grid;
        let [count, hard] = grid.taken.clone();
        let mut draft = Draft {
            chosen: vec![Vec::new(); grid.wanted.len()],
            members: vec![Vec::new(); count.len()],
            sum: question.held.clone(),
            question,
            count,
            hard,
        };
        for pair in pairs {
            let (commune, team) = (grid.commune_of(*pair), grid.team[*pair] as usize);
            let wanted = grid.wanted[commune] as usize;
            let room = draft.count[team] < grid.instance.offers[team].max;
            if room && draft.chosen[commune].len() < wanted {
                draft.take(*pair);
            }
        }
        draft
    }

    /// The chosen pairs, ascending.
    pub fn pairs(&self) -> Vec<usize> {
        let mut pairs: Vec<usize> = self.chosen.iter().flatten().copied().collect();
        pairs.sort_unstable();
        pairs
    }

    /// The cheaper one, this if they cost the same.
    pub fn min(self, other: Self) -> Self {
        if other.total() < self.total() { other } else { self }
    }

    /// What the plan costs, in parts.
    pub fn total(&self) -> i128 {
        let question = self.question;
        let pairs: i128 = self.chosen.iter().flatten().map(|pair| question.cost(*pair)).sum();
        let teams: i128 = (0..self.sum.len())
            .map(|team| {
                question.load(team, self.sum[team])
                    + question.counts(team, self.count[team], self.hard[team])
            })
            .sum();
        let empty: i128 = (0..self.chosen.len())
            .map(|commune| {
                let missing = question.grid.wanted[commune] as usize - self.chosen[commune].len();
                question.empty(commune) * missing as i128
            })
            .sum();
        question.fixed + pairs + teams + empty
    }

    fn take(&mut self, pair: usize) {
        let grid = self.question.grid;
        let (commune, team) = (grid.commune_of(pair), grid.team[pair] as usize);
        self.chosen[commune].push(pair);
        self.members[team].push(pair);
        self.sum[team] += self.question.size[commune];
        self.count[team] += 1;
        self.hard[team] += u32::from(grid.hard[commune]);
    }

    fn leave(&mut self, pair: usize) {
        let grid = self.question.grid;
        let (commune, team) = (grid.commune_of(pair), grid.team[pair] as usize);
        self.chosen[commune].retain(|own| *own != pair);
        self.members[team].retain(|own| *own != pair);
        self.sum[team] -= self.question.size[commune];
        self.count[team] -= 1;
        self.hard[team] -= u32::from(grid.hard[commune]);
    }

    /// What a team would cost more with one commune less and another more.
    fn change(&self, team: usize, out: Option<usize>, into: Option<usize>) -> i128 {
        let (question, hard) = (self.question, &self.question.grid.hard);
        let size = |commune: Option<usize>| commune.map_or(0, |at| question.size[at]);
        let is_hard = |commune: Option<usize>| u32::from(commune.is_some_and(|at| hard[at]));
        let sum = self.sum[team] - size(out) + size(into);
        let count = self.count[team] - u32::from(out.is_some()) + u32::from(into.is_some());
        let hard = self.hard[team] - is_hard(out) + is_hard(into);
        question.load(team, sum) - question.load(team, self.sum[team])
            + question.counts(team, count, hard)
            - question.counts(team, self.count[team], self.hard[team])
    }

    /// Moves and exchanges communes as long as that makes the plan cheaper. The same draft always
    /// becomes the same plan.
    pub fn improve(&mut self) {
        // The large ones first: the small ones fit in between.
        let mut order: Vec<usize> = (0..self.chosen.len()).collect();
        order.sort_by_key(|commune| (-self.question.size[*commune], *commune));
        for _ in 0..ROUNDS {
            let mut moved = false;
            for commune in &order {
                while self.step(*commune) {
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
    }

    /// The best change of one commune; false if none makes the plan cheaper.
    fn step(&mut self, commune: usize) -> bool {
        let mut best: (i128, Option<Step>) = (0, None);
        let mut offer = |delta: i128, step: Step| {
            if delta < best.0 {
                best = (delta, Some(step));
            }
        };
        let (question, grid) = (self.question, self.question.grid);
        let mine = &self.chosen[commune];
        let others = || grid.row(commune).filter(|pair| !mine.contains(pair));
        let room = |team: usize| self.count[team] < grid.instance.offers[team].max;
        let team_of = |pair: usize| grid.team[pair] as usize;
        if mine.len() < grid.wanted[commune] as usize {
            for pair in others().filter(|pair| room(team_of(*pair))) {
                let delta = question.cost(pair) + self.change(team_of(pair), None, Some(commune))
                    - question.empty(commune);
                offer(delta, Step::Take(None, pair));
            }
        }
        for own in mine {
            let team = team_of(*own);
            let freed = self.change(team, Some(commune), None) - question.cost(*own);
            offer(freed + question.empty(commune), Step::Drop(*own));
            for pair in others().filter(|pair| room(team_of(*pair))) {
                let delta =
                    freed + question.cost(pair) + self.change(team_of(pair), None, Some(commune));
                offer(delta, Step::Take(Some(*own), pair));
            }
            for pair in &question.near[commune] {
                let there = team_of(*pair);
                if mine.contains(pair) || there == team {
                    continue;
                }
                for theirs in &self.members[there] {
                    let other = grid.commune_of(*theirs);
                    let Some(back) = self.pair(other, team) else { continue };
                    if other == commune || self.chosen[other].contains(&back) {
                        continue;
                    }
                    let delta = question.cost(*pair) + question.cost(back)
                        - question.cost(*own)
                        - question.cost(*theirs)
                        + self.change(team, Some(commune), Some(other))
                        + self.change(there, Some(other), Some(commune));
                    offer(delta, Step::Swap([*own, *theirs], [*pair, back]));
                }
            }
        }
        match best.1 {
            None => return false,
            Some(Step::Drop(pair)) => self.leave(pair),
            Some(Step::Take(gone, pair)) => {
                gone.into_iter().for_each(|gone| self.leave(gone));
                self.take(pair);
            }
            Some(Step::Swap(gone, new)) => {
                gone.into_iter().for_each(|pair| self.leave(pair));
                new.into_iter().for_each(|pair| self.take(pair));
            }
        }
        true
    }

    /// The pair of a commune and a team, if it may be.
    fn pair(&self, commune: usize, team: usize) -> Option<usize> {
        let row = self.question.grid.row(commune);
        let teams = &self.question.grid.team[row.clone()];
        let at = teams.binary_search(&u32::try_from(team).ok()?).ok()?;
        Some(row.start + at)
    }
}
