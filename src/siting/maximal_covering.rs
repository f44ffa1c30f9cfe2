//! The maximal covering location problem (Church & ReVelle 1974), exact.

use super::effort::Effort;
use super::reduce::{self, Reduced};
use super::search::{Goal, Search};
use super::{CoveringProblem, SitingError, SitingParams, SitingStatus};

/// A plan with its proof.
#[derive(Clone, Debug)]
pub(super) struct Solved {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weight covered, existing offices included.
    pub objective: i64,
    /// No lawful plan covers more.
    pub bound: i64,
    /// `Optimal` or `Limit`.
    pub status: SitingStatus,
}

/// Solves one problem for several numbers of offices.
pub(super) struct Solver<'a> {
    reduced: &'a Reduced,
    search: Search<'a>,
    step_limit: u32,
}

impl<'a> Solver<'a> {
    /// Prepares the search.
    pub(super) fn new(reduced: &'a Reduced, params: &SitingParams) -> Result<Self, SitingError> {
        Ok(Self { reduced, search: Search::new(reduced)?, step_limit: params.search_step_limit })
    }

    /// The best plan with at most `new_office_count` new offices, which must not be below the fewest of any lawful
    /// plan. `one_fewer` is the answer for one office fewer, when there is a lawful plan: with or without it the answer
    /// is the same, it only saves work.
    pub(super) fn solve(&mut self, new_office_count: u32, one_fewer: Option<&Solved>) -> Result<Solved, SitingError> {
        let everything: i64 = self.reduced.groups.iter().map(|group| group.weight).sum();
        let most = self.reduced.base_weight + everything;
        if let Some(fewer) = one_fewer.filter(|fewer| fewer.objective == most) {
            return Ok(fewer.clone());
        }
        let office_count = i64::from(new_office_count) - self.reduced.required.len() as i64;
        let start = one_fewer.map(|fewer| self.numbered(fewer));
        let found = self.search.run(Goal::Greatest, office_count, start, &mut Effort::of_steps(self.step_limit))?;
        let Some((weight, sites)) = found.best else {
            return Err(SitingError::Certificate("the search lost every lawful plan".into()));
        };
        let (sites, status) = match (found.is_complete, one_fewer) {
            (false, _) => (sites, SitingStatus::Limit),
            (true, Some(fewer)) if fewer.status == SitingStatus::Optimal => {
                if fewer.objective == self.reduced.base_weight + weight {
                    return Ok(fewer.clone());
                }
                (self.first(weight, office_count, sites)?, SitingStatus::Optimal)
            }
            (true, _) => (self.fewest(weight, sites)?, SitingStatus::Optimal),
        };
        let base_weight = self.reduced.base_weight;
        Ok(Solved {
            sites: self.named(&sites),
            objective: base_weight + weight,
            bound: base_weight + found.bound,
            status,
        })
    }

    /// The first plan of so many new offices that covers everything within reach; none when the search does not end.
    pub(super) fn first_cover(&mut self, new_office_count: u32) -> Result<Option<Vec<u32>>, SitingError> {
        let everything = self.reduced.groups.iter().map(|group| group.weight).sum();
        let office_count = i64::from(new_office_count) - self.reduced.required.len() as i64;
        let found =
            self.search.run(Goal::First(everything), office_count, None, &mut Effort::of_steps(self.step_limit))?;
        Ok(found.best.map(|(_, sites)| self.named(&sites)))
    }

    /// Among plans of this weight, one with fewest offices, of those the first.
    fn fewest(&mut self, weight: i64, mut sites: Vec<usize>) -> Result<Vec<usize>, SitingError> {
        while !sites.is_empty() {
            let fewer = sites.len() as i64 - 1;
            match self.search.run(Goal::First(weight), fewer, None, &mut Effort::of_steps(self.step_limit))?.best {
                Some((_, found)) => sites = found,
                None => break,
            }
        }
        self.first(weight, sites.len() as i64, sites)
    }

    /// The first plan of this weight by ascending list of sites; `known` when the search does not end.
    fn first(&mut self, weight: i64, office_count: i64, known: Vec<usize>) -> Result<Vec<usize>, SitingError> {
        let start = Some((weight, known.clone()));
        let found =
            self.search.run(Goal::First(weight), office_count, start, &mut Effort::of_steps(self.step_limit))?;
        Ok(found.best.map_or(known, |(_, sites)| sites))
    }

    /// A plan of the reduced problem in the numbers of the problem, required sites added.
    fn named(&self, sites: &[usize]) -> Vec<u32> {
        let mut named: Vec<u32> = sites.iter().map(|&site| self.reduced.sites[site]).collect();
        named.extend(&self.reduced.required);
        named.sort_unstable();
        named
    }

    /// A plan in the numbers of the reduced problem.
    fn numbered(&self, solved: &Solved) -> (i64, Vec<usize>) {
        let sites = solved.sites.iter().filter_map(|site| self.reduced.sites.binary_search(site).ok()).collect();
        (solved.objective - self.reduced.base_weight, sites)
    }
}

/// The reduced problem behind a [`Solver`].
pub(super) fn reduced(problem: &CoveringProblem, params: &SitingParams) -> Reduced {
    reduce::reduce(problem, params)
}
