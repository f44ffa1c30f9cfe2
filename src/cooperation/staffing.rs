//! Which posts to staff so that most flow is detected, exact.
//!
//! `x_h` = post h staffed, `z_t` = team t is the one that counts at its crossing. Maximise `sum_t w (d_t - d_0) z_t` with
//! `sum of the teams of a crossing z_t <= 1`, `sum of those of them that need h z_t <= x_h` (a facility-location
//! form), `sum of the posts of player k x_h <= q_k`; `d_0` is what posts already staffed detect there. The value is
//! summed again from the chosen posts; the bound is the solver's.

use crate::coverage::Team;
use crate::siting::mip::{self, Column, ColumnKind, MipError, MipLimits, Program, Row};
use std::collections::BTreeMap;

/// Most branch-and-bound nodes of one program.
const NODE_LIMIT: u32 = 100_000;

/// What can be staffed, and what it detects.
#[derive(Clone, Debug, PartialEq)]
pub struct Staffing {
    /// The player that may staff each post; none = nobody.
    pub player_of_post: Vec<Option<usize>>,
    /// The teams, crossing by crossing.
    pub teams: Vec<Team>,
}

/// Posts with their worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Staffed {
    /// Posts newly staffed, ascending.
    pub posts: Vec<u32>,
    /// Detected beyond what the given posts detect, in the unit of the weights.
    pub gain: f64,
    /// No choice within the quotas gains more, but for the solver's tolerance.
    pub bound: f64,
}

impl Staffing {
    /// Sum over crossings of weight times detection, when the posts marked in `is_staffed` are staffed.
    #[must_use]
    pub fn detected(&self, weight_of_crossing: &[f64], is_staffed: &[bool]) -> f64 {
        let best = self.best_detection(weight_of_crossing.len(), is_staffed);
        weight_of_crossing.iter().zip(best).map(|(weight, detection)| weight * detection).sum::<f64>() + 0.0
    }

    /// Detection at each crossing.
    fn best_detection(&self, crossing_count: usize, is_staffed: &[bool]) -> Vec<f64> {
        let mut best = vec![0.0_f64; crossing_count];
        for team in self.teams.iter().filter(|team| team.posts.iter().all(|&post| is_staffed[post as usize])) {
            let known = &mut best[team.crossing_ix as usize];
            *known = known.max(team.detection_probability);
        }
        best
    }

    /// The posts, at most `quotas[k]` of player k, that together with those marked in `is_staffed` detect most.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn best(&self, weight_of_crossing: &[f64], quotas: &[u32], is_staffed: &[bool]) -> Result<Staffed, MipError> {
        let base = self.best_detection(weight_of_crossing.len(), is_staffed);
        let may_staff = |post: u32| {
            let player = self.player_of_post[post as usize];
            !is_staffed[post as usize] && player.is_some_and(|player| quotas[player] > 0)
        };
        let total: f64 = weight_of_crossing.iter().sum();
        let mut posts: Vec<u32> = Vec::new();
        let mut useful: Vec<(&Team, f64)> = Vec::new();
        for team in &self.teams {
            let ix = team.crossing_ix as usize;
            let gain = weight_of_crossing[ix] * (team.detection_probability - base[ix]);
            let can_be = team.posts.iter().all(|&post| is_staffed[post as usize] || may_staff(post));
            if gain > 0.0 && can_be {
                useful.push((team, gain / total));
                posts.extend(team.posts.iter().copied().filter(|&post| may_staff(post)));
            }
        }
        posts.sort_unstable();
        posts.dedup();
        if useful.is_empty() {
            return Ok(Staffed { posts: Vec::new(), gain: 0.0, bound: 0.0 });
        }
        let column_of = |post: u32| posts.binary_search(&post).ok();
        let mut program = Program::default();
        program.columns.extend(posts.iter().map(|_| binary(0.0)));
        let mut teams_of: BTreeMap<u32, Vec<(usize, f64)>> = BTreeMap::new();
        let mut needs: BTreeMap<(u32, usize), Vec<(usize, f64)>> = BTreeMap::new();
        for (team, gain) in &useful {
            let column = program.columns.len();
            program.columns.push(Column { cost: -gain, lower: 0.0, upper: 1.0, kind: ColumnKind::Continuous });
            teams_of.entry(team.crossing_ix).or_default().push((column, 1.0));
            for post in team.posts.iter().filter_map(|&post| column_of(post)) {
                needs.entry((team.crossing_ix, post)).or_default().push((column, 1.0));
            }
        }
        program.rows.extend(teams_of.into_values().map(|terms| Row::at_most(1.0, terms)));
        for ((_, post), mut terms) in needs {
            terms.push((post, -1.0));
            program.rows.push(Row::at_most(0.0, terms));
        }
        for (player, &quota) in quotas.iter().enumerate() {
            let own = posts.iter().enumerate().filter(|(_, post)| self.player_of_post[**post as usize] == Some(player));
            program.rows.push(Row::at_most(quota.into(), own.map(|(column, _)| (column, 1.0)).collect()));
        }
        let answer =
            mip::solve(&program, MipLimits { node_count: Some(NODE_LIMIT), time_s: None, ..MipLimits::default() })?;
        let mut chosen: Vec<u32> =
            posts.iter().zip(&answer.values).filter(|&(_, &value)| value > 0.5).map(|(&post, _)| post).collect();
        let before = self.detected(weight_of_crossing, is_staffed);
        let value = |chosen: &[u32]| {
            let mut staffed = is_staffed.to_vec();
            chosen.iter().for_each(|&post| staffed[post as usize] = true);
            self.detected(weight_of_crossing, &staffed) - before
        };
        let gain = value(&chosen);
        // posts that add nothing stay free, the last ones first
        for post in chosen.clone().into_iter().rev() {
            let rest: Vec<u32> = chosen.iter().copied().filter(|&other| other != post).collect();
            if value(&rest) >= gain {
                chosen = rest;
            }
        }
        Ok(Staffed { posts: chosen, gain, bound: (-answer.bound * total).max(gain) })
    }
}

fn binary(cost: f64) -> Column {
    Column { cost, lower: 0.0, upper: 1.0, kind: ColumnKind::Integer }
}
