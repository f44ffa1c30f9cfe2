//! Shortest-path interdiction (Israeli & Wood 2002, Networks 40(2)): which arcs to lengthen or remove, within a budget,
//! so that the shortest path becomes as long as possible.
//!
//! Symbols. Arc a has length `c_a`; an attack adds `d_a` (infinite: removal) and costs `r_a`. Maximise over
//! `x in {0,1}^A, sum r_a x_a <= R` the length `z(x)` of the shortest path under `c + d x`.
//!
//! Covering decomposition. `z(x) >= T` holds exactly when each path P with arcs `A` of it paid for,
//! `need = T - c(P) - d(A) > 0`, has `sum_{a in P without A} min(d_a, need) x_a >= need`: path cuts with clipped
//! coefficients (the knapsack-cover form of Carr et al. 2000; they are super-valid in the sense of Israeli & Wood, because
//! T lies above the best attack known). Minimise the cost of the attack under them; when no attack within the budget is
//! left, the best one is proven. T rises with each better attack, and cuts for a lower T stay valid. Whole lengths: see
//! `attack_decision`.
//! Separation: shortest paths under `c + d x`, one through each node, and the Pareto front of length against blocking weight
//! over the network in which each attackable arc has a second, longer copy.

use super::attack_decision::{Decision, decide};
use super::attack_game::{self, AttackGame};
use super::interdiction::SearchLimits;
use super::interdiction::cut_search::{Game, search};
use super::interdiction::rules::{Choices, WholeRow};
use super::interdiction::stopwatch::Stopwatch;
use super::{Refusal, SitingError, SitingStatus};

/// What the attacker can do to an arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Attack {
    /// Nothing.
    Spared,
    /// Adds a length.
    Lengthen(f64),
    /// Takes the arc away.
    Remove,
}

/// A directed arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Length, 0 or more, any unit.
    pub length: f64,
    /// What the attacker can do to it.
    pub attack: Attack,
    /// What that costs, whole, 0 or more.
    pub attack_cost: i64,
}

/// One evader from `origin` to `destination`. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShortestPathProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<LengthArc>,
    /// Where the evader starts.
    pub origin: u32,
    /// Where the evader goes.
    pub destination: u32,
    /// Most that the attacks cost together.
    pub budget: i64,
    /// Arcs that must not be attacked, ascending.
    pub forbidden: Vec<u32>,
    /// Arcs that must be attacked, ascending.
    pub required: Vec<u32>,
}

/// Answer of [`lengthen_shortest_path`]. Lengths are infinite when the destination is cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct ShortestPathPlan {
    /// Attacked arcs, ascending.
    pub arcs: Vec<u32>,
    /// Length of the shortest path then.
    pub objective: f64,
    /// No lawful attack makes it longer than this.
    pub bound: f64,
    /// `(bound - objective) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether it is proven.
    pub status: SitingStatus,
    /// Length before.
    pub objective_before: f64,
    /// Arcs of the shortest path then; empty when there is none.
    pub path: Vec<u32>,
    /// Branch-and-bound nodes; for whole lengths, programs solved.
    pub node_count: u32,
}

impl ShortestPathProblem {
    /// Length that an attack on `arc` adds; none when it cannot be attacked or adds nothing.
    pub(super) fn added(&self, arc: u32) -> Option<f64> {
        let added = match self.arcs[arc as usize].attack {
            Attack::Spared => return None,
            Attack::Lengthen(added) => added,
            Attack::Remove => f64::INFINITY,
        };
        let is_open = added > 0.0 && self.forbidden.binary_search(&arc).is_err();
        is_open.then_some(added)
    }

    fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
        for (number, arc) in self.arcs.iter().enumerate() {
            if arc.from.max(arc.to) >= self.node_count {
                refuse("S003", format!("arc {number} ends at a node beyond the last of {}", self.node_count));
            }
            let is_length = |value: f64| value.is_finite() && value >= 0.0;
            if !is_length(arc.length) {
                refuse("S002", format!("arc {number} has the length {}: give a finite number, 0 or more", arc.length));
            }
            if let Attack::Lengthen(added) = arc.attack
                && !is_length(added)
            {
                refuse("S002", format!("arc {number} has the added length {added}: give a finite number, 0 or more"));
            }
            if arc.attack_cost < 0 {
                refuse("S002", format!("arc {number} has the cost {}: give 0 or more", arc.attack_cost));
            }
        }
        if self.arcs.iter().map(|arc| i128::from(arc.attack_cost)).sum::<i128>() > 1 << 50 {
            refuse("S004", "the costs add up to more than 2^50: use a larger unit".into());
        }
        if self.origin.max(self.destination) >= self.node_count {
            refuse("S003", format!("origin or destination lies beyond the last of {} nodes", self.node_count));
        }
        if self.budget < 0 {
            refuse("S006", format!("the budget is {}: give 0 or more", self.budget));
        }
        for (name, list) in [("forbidden", &self.forbidden), ("required", &self.required)] {
            if !list.is_sorted_by(|a, b| a < b) || list.iter().any(|&arc| arc as usize >= self.arcs.len()) {
                refuse(
                    "S003",
                    format!("the {name} arcs are not in ascending order, each once, or lie beyond the last"),
                );
            }
        }
        for arc in self.required.iter().filter(|&arc| self.forbidden.binary_search(arc).is_ok()) {
            refuse("S005", format!("arc {arc} is both required and forbidden: clear one of the two"));
        }
        let is_idle = |arc: &&u32| self.arcs.get(**arc as usize).is_some() && self.added(**arc).is_none();
        for arc in self.required.iter().filter(is_idle) {
            refuse("S005", format!("arc {arc} is required, but no attack on it is allowed or has an effect"));
        }
        refusals
    }
}

/// The attack within budget after which the shortest path is longest.
///
/// Exact. Whole lengths give a whole bound; other lengths are proven to a share of 1e-9. Removal may cut the destination
/// off: the objective is infinite then. Arcs whose attack does nothing for the shortest path are left out of the plan.
///
/// # Errors
/// [`SitingError`]: refused input, required attacks beyond the budget, a solver failure.
pub fn lengthen_shortest_path(
    problem: &ShortestPathProblem,
    limits: SearchLimits,
) -> Result<ShortestPathPlan, SitingError> {
    let refusals = problem.refusals();
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let attackable: Vec<u32> = (0..problem.arcs.len() as u32).filter(|&arc| problem.added(arc).is_some()).collect();
    let required_cost: i64 = problem.required.iter().map(|&arc| problem.arcs[arc as usize].attack_cost).sum();
    if required_cost > problem.budget {
        return Err(SitingError::Infeasible(super::Infeasible {
            conflicts: std::iter::once(super::Conflict::Budget { at_most_usd: problem.budget })
                .chain(problem.required.iter().map(|&site| super::Conflict::Required { site }))
                .collect(),
            fewest_offices: None,
            smallest_budget_usd: Some(required_cost),
        }));
    }
    let cost = |arc: &u32| problem.arcs[*arc as usize].attack_cost;
    let budget_row = WholeRow {
        terms: attackable.iter().map(cost).enumerate().filter(|&(_, cost)| cost != 0).collect(),
        at_least: None,
        at_most: Some(problem.budget),
    };
    let choices = Choices {
        column_of_site: vec![None; problem.arcs.len()],
        sites_of_column: attackable.iter().map(|&arc| vec![arc]).collect(),
        is_required: attackable.iter().map(|arc| problem.required.binary_search(arc).is_ok()).collect(),
        rows: vec![budget_row],
    };
    let game = AttackGame::new(problem, &attackable, f64::NEG_INFINITY);
    let first: Vec<bool> = game.greedy(problem.budget, &choices.is_required);
    game.value(&first);
    let relaxed = if game.is_whole() { game.relaxed_bound(problem, &attackable, &choices)? } else { f64::INFINITY };
    let (bound, node_count) = if relaxed.is_finite() {
        by_decisions(problem, &attackable, &choices, limits, &game, relaxed)?
    } else {
        from_below(problem, &attackable, &choices, limits, &game)?
    };
    let (objective, chosen) = game.best();
    let bound = bound.max(objective);
    let arcs = game.trimmed(&chosen, &choices.is_required);
    let (checked, path) = attack_game::shortest(problem, &arcs);
    if checked != objective {
        return Err(SitingError::Certificate(format!("the length is {checked}, the search said {objective}")));
    }
    let gap_share = if bound <= objective { 0.0 } else { (bound - objective) / objective };
    Ok(ShortestPathPlan {
        objective,
        bound,
        gap_share,
        status: if gap_share <= limits.gap_share.max(0.0) { SitingStatus::Optimal } else { SitingStatus::Limit },
        objective_before: attack_game::shortest(problem, &[]).0,
        path,
        arcs,
        node_count,
    })
}

/// Whole lengths: can the best attack be beaten by 1? Until it cannot. Gives the bound and the number of programs solved;
/// the best attack is in `game`.
fn by_decisions(
    problem: &ShortestPathProblem,
    attackable: &[u32],
    choices: &Choices,
    limits: SearchLimits,
    game: &AttackGame,
    relaxed: f64,
) -> Result<(f64, u32), SitingError> {
    let (mut steps, started) = (0, Stopwatch::start());
    while relaxed > game.best().0 {
        let trial = AttackGame::new(problem, attackable, game.best().0 + 1.0);
        let time_s = limits.time_s.map(|time_s| (time_s - started.elapsed_s()).max(0.0));
        let decision = decide(&trial, choices, SearchLimits { time_s, ..limits }, &mut steps)?;
        game.value(&trial.best().1);
        match decision {
            Decision::Reached => {}
            Decision::Refuted => return Ok((game.best().0, steps)),
            Decision::Open => return Ok((relaxed, steps)),
        }
    }
    Ok((relaxed, steps))
}

/// Any lengths: a target that rises with each better attack, until no attack within the budget reaches it.
fn from_below(
    problem: &ShortestPathProblem,
    attackable: &[u32],
    choices: &Choices,
    limits: SearchLimits,
    game: &AttackGame,
) -> Result<(f64, u32), SitingError> {
    let found = search(game, choices, limits)?;
    let is_proven = found.bound > problem.budget as f64;
    let bound = if is_proven { game.best().0 } else { game.relaxed_bound(problem, attackable, choices)? };
    Ok((bound, found.node_count))
}
