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
use super::attack_game::AttackGame;
use super::attack_tree::shortest;
use super::interdiction::SearchLimits;
use super::interdiction::all_plans::{all_plans, listing_steps};
use super::interdiction::cut_search::{Game, search};
use super::interdiction::rules::{self, Choices};
use super::interdiction::stopwatch::Stopwatch;
use super::interdiction::work::Work;
use super::{Optima, Refusal, Rules, SitingError, SitingStatus};

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
    /// Attacks as good, when asked for.
    pub optima: Option<Optima>,
}

impl LengthArc {
    /// Length that an attack adds; 0 when it cannot be attacked.
    pub(super) fn added(&self) -> f64 {
        match self.attack {
            Attack::Spared => 0.0,
            Attack::Lengthen(added) => added,
            Attack::Remove => f64::INFINITY,
        }
    }
}

impl ShortestPathProblem {
    fn refusals(&self, rules: &Rules) -> Vec<Refusal> {
        let mut refusals = rules::refusals(rules, self.arcs.len() as u32);
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
        }
        if self.origin.max(self.destination) >= self.node_count {
            refuse("S003", format!("origin or destination lies beyond the last of {} nodes", self.node_count));
        }
        let fixed =
            self.arcs.iter().enumerate().filter(|(_, arc)| arc.attack == Attack::Spared).map(|(number, _)| number);
        for arc in
            fixed.filter(|&arc| [&rules.required, &rules.existing].iter().any(|flags| flags.get(arc) == Some(&true)))
        {
            refuse("S005", format!("arc {arc} is required or attacked already, but it cannot be attacked"));
        }
        refusals
    }
}

/// The lawful attack after which the shortest path is longest. The sites of `rules` are the arcs.
///
/// Exact. Whole lengths give a whole bound; other lengths are proven to a share of 1e-9. Removal may cut the destination
/// off: the objective is infinite then. Arcs whose attack does nothing for the shortest path or the rules are left out of
/// the plan.
///
/// # Errors
/// [`SitingError`]: refused input, rules that collide, a solver failure.
pub fn lengthen_shortest_path(
    problem: &ShortestPathProblem,
    rules: &Rules,
    limits: SearchLimits,
) -> Result<ShortestPathPlan, SitingError> {
    let refusals = problem.refusals(rules);
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let mut lawful = rules.clone();
    for (is_forbidden, arc) in lawful.forbidden.iter_mut().zip(&problem.arcs) {
        *is_forbidden |= arc.attack == Attack::Spared;
    }
    let choices = Choices::new(&lawful)?;
    let game = AttackGame::new(problem, rules, &choices, f64::NEG_INFINITY);
    game.value(&game.greedy(&choices));
    let relaxed = if game.is_whole() { game.relaxed_bound(problem, rules, &choices)? } else { f64::INFINITY };
    let (bound, node_count) = if relaxed.is_finite() {
        by_decisions(problem, rules, &choices, limits, &game, relaxed)?
    } else {
        from_below(problem, rules, &choices, limits, &game)?
    };
    let (objective, chosen) = game.best();
    let bound = bound.max(objective);
    let arcs = choices.sites(&game.trimmed(&chosen, &choices));
    let (checked, path) = shortest(problem, rules, &arcs);
    if checked != objective {
        return Err(SitingError::Certificate(format!("the length is {checked}, the search said {objective}")));
    }
    if let Some(rule) = lawful.broken(&arcs) {
        return Err(SitingError::Certificate(format!("the attack breaks {rule:?}")));
    }
    let gap_share = if bound <= objective { 0.0 } else { (bound - objective) / objective };
    let status = if gap_share <= limits.gap_share.max(0.0) { SitingStatus::Optimal } else { SitingStatus::Limit };
    let witness = |chosen: &[bool]| {
        let (length, columns) = game.witness(chosen);
        (-length, columns)
    };
    let steps = listing_steps(limits, problem.arcs.len());
    let optima = limits.optima.map(|request| {
        let mut optima = all_plans(&choices, &witness, (-objective, &arcs), request, steps);
        optima.is_complete &= status == SitingStatus::Optimal;
        optima
    });
    Ok(ShortestPathPlan {
        objective,
        bound,
        gap_share,
        status,
        objective_before: shortest(problem, rules, &[]).0,
        path,
        arcs,
        node_count,
        optima,
    })
}

/// Whole lengths: can the best attack be beaten by 1? Until it cannot. Gives the bound and the number of programs solved;
/// the best attack is in `game`.
fn by_decisions(
    problem: &ShortestPathProblem,
    rules: &Rules,
    choices: &Choices,
    limits: SearchLimits,
    game: &AttackGame,
    relaxed: f64,
) -> Result<(f64, u32), SitingError> {
    let (mut steps, mut work, started) = (0, Work::default(), Stopwatch::start());
    while relaxed > game.best().0 {
        let trial = AttackGame::new(problem, rules, choices, game.best().0 + 1.0);
        let time_s = limits.time_s.map(|time_s| (time_s - started.elapsed_s()).max(0.0));
        let decision = decide(&trial, choices, SearchLimits { time_s, ..limits }, &mut steps, &mut work)?;
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
    rules: &Rules,
    choices: &Choices,
    limits: SearchLimits,
    game: &AttackGame,
) -> Result<(f64, u32), SitingError> {
    let found = search(game, choices, limits)?;
    let bound = if game.is_beyond(found.bound) { game.best().0 } else { game.relaxed_bound(problem, rules, choices)? };
    Ok((bound, found.node_count))
}
