//! Max-flow interdiction (Wood 1993, Mathematical and Computer Modelling 17(2)): which arcs to remove, within the rules,
//! so that the least flow is left.

use super::interdiction::SearchLimits;
use super::interdiction::all_plans::{all_plans, listing_steps};
use super::interdiction::rules::{self, Choices};
use super::mip::{self, Column, ColumnKind, MipLimits, MipStatus, Program, Row};
use super::reduce::Limit;
use super::{Optima, Refusal, Rules, SitingError, SitingStatus};
use crate::network::{MaxFlow, Topology, max_flow};

/// The capacities add up to no more, so that floating point holds them.
const MOST_CAPACITY: u128 = 1 << 50;
/// Below this share the solver's own tolerances speak.
const SOLVER_SHARE: f64 = 1e-6;

/// A directed arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapacityArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Capacity in whole units.
    pub capacity: u64,
}

/// Flow from `sources` to `sinks`. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaxFlowProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<CapacityArc>,
    /// Where flow starts.
    pub sources: Vec<u32>,
    /// Where flow ends.
    pub sinks: Vec<u32>,
}

/// Answer of [`reduce_max_flow`].
#[derive(Clone, Debug, PartialEq)]
pub struct MaxFlowPlan {
    /// Removed arcs, ascending.
    pub arcs: Vec<u32>,
    /// Greatest flow left.
    pub objective: u64,
    /// No lawful removal leaves less than this.
    pub bound: u64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether it is proven.
    pub status: SitingStatus,
    /// Greatest flow before.
    pub objective_before: u64,
    /// Flow left on each arc.
    pub flow: Vec<u64>,
    /// Arcs of the least cut after the removals.
    pub cut: Vec<u32>,
    /// Removals as good, when asked for.
    pub optima: Option<Optima>,
}

impl MaxFlowProblem {
    fn refusals(&self, rules: &Rules) -> Vec<Refusal> {
        let mut refusals = rules::refusals(rules, self.arcs.len() as u32);
        let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
        for (number, _) in self.arcs.iter().enumerate().filter(|(_, arc)| arc.from.max(arc.to) >= self.node_count) {
            refuse("S003", format!("arc {number} ends at a node beyond the last of {}", self.node_count));
        }
        if self.arcs.iter().map(|arc| u128::from(arc.capacity)).sum::<u128>() > MOST_CAPACITY {
            refuse("S004", "the capacities add up to more than 2^50: use a larger unit".into());
        }
        if self.sources.iter().chain(&self.sinks).any(|&node| node >= self.node_count) {
            refuse("S003", format!("a source or sink lies beyond the last of {} nodes", self.node_count));
        }
        for node in self.sources.iter().filter(|node| self.sinks.contains(node)) {
            refuse(
                "S005",
                format!("node {node} is both source and sink: flow through it has no limit; clear one of the two"),
            );
        }
        refusals
    }
}

/// The lawful removals that leave the least flow. The sites of `rules` are the arcs; existing ones are removed already.
///
/// Wood's program: `alpha_i = 1` on the sinks' side of a cut, `beta_a = 1` for an arc that crosses it and stays,
/// `gamma_a = 1` for one that is removed. Minimise `sum u_a beta_a` with `beta_a + gamma_a >= alpha_j - alpha_i` and the
/// rules over `gamma`; only `gamma` needs to be whole. The flow that no removal can touch is sent first, and the program is
/// about its residual network. Capacities above the least flow known count as that: no least cut below it has such an arc.
/// The plan is checked by a maximum flow; removals that neither a least cut nor a rule needs are
/// left out.
///
/// # Errors
/// [`SitingError`]: refused input, rules that collide, a solver failure.
pub fn reduce_max_flow(
    problem: &MaxFlowProblem,
    rules: &Rules,
    limits: SearchLimits,
) -> Result<MaxFlowPlan, SitingError> {
    let refusals = problem.refusals(rules);
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let choices = Choices::new(rules)?;
    let pipes = Pipes::new(problem, rules);
    let flow_under = |chosen: &[bool]| pipes.flow(|arc| choices.column_of_site[arc].is_some_and(|c| chosen[c]));
    let mut chosen = choices.fewest.clone();
    let mut left = flow_under(&chosen);
    let kept = pipes.flow(|arc| choices.column_of_site[arc].is_some());
    let mut bound = kept.value;
    while bound < left.value {
        let (stated, found) = removal(problem, rules, &choices, &kept, left.value, limits)?;
        bound = stated.max(bound);
        let better = found.map(|found| (flow_under(&found), found)).filter(|(flow, _)| flow.value < left.value);
        let Some(better) = better else { break };
        (left, chosen) = better;
    }
    let bound = bound.min(left.value);
    // A removal that changes nothing is no part of the plan.
    for column in (0..chosen.len()).rev().filter(|&column| chosen[column]).collect::<Vec<_>>() {
        chosen[column] = false;
        let with_it = flow_under(&chosen);
        if choices.is_lawful(&chosen) && with_it.value == left.value {
            left = with_it;
        } else {
            chosen[column] = true;
        }
    }
    let arcs = choices.sites(&chosen);
    if let Some(rule) = rules.broken(&arcs) {
        return Err(SitingError::Certificate(format!("the removals break {rule:?}")));
    }
    let gap_share = if bound >= left.value { 0.0 } else { (left.value - bound) as f64 / left.value as f64 };
    let status = if gap_share <= limits.gap_share { SitingStatus::Optimal } else { SitingStatus::Limit };
    let witness = |chosen: &[bool]| {
        let flow = flow_under(chosen);
        let used = flow.of_arc.iter().zip(&choices.column_of_site).filter(|&(&flow, _)| flow > 0);
        let columns: std::collections::BTreeSet<usize> = used.filter_map(|(_, column)| *column).collect();
        (flow.value as f64, columns.into_iter().collect())
    };
    let steps = listing_steps(limits, problem.arcs.len());
    let optima = limits.optima.map(|request| {
        let mut optima = all_plans(&choices, &witness, (left.value as f64, &arcs), request, steps);
        optima.is_complete &= status == SitingStatus::Optimal;
        optima
    });
    Ok(MaxFlowPlan {
        arcs,
        objective: left.value,
        bound,
        gap_share,
        status,
        objective_before: pipes.flow(|_| false).value,
        flow: left.of_arc,
        cut: left.cut,
        optima,
    })
}

/// What Wood's program says about flows below `most`, which is reached: a bound, and the columns removed, when any are found.
fn removal(
    problem: &MaxFlowProblem,
    rules: &Rules,
    choices: &Choices,
    kept: &Flow,
    least_known: u64,
    limits: SearchLimits,
) -> Result<(u64, Option<Vec<bool>>), SitingError> {
    let most = least_known - kept.value;
    let column = |cost: f64, lower: f64, upper: f64, kind| Column { cost, lower, upper, kind };
    let mut program = Program { columns: Vec::new(), rows: choices.rows.iter().map(Limit::row).collect() };
    for &is_required in &choices.is_required {
        program.columns.push(column(0.0, f64::from(u8::from(is_required)), 1.0, ColumnKind::Integer));
    }
    let removals = program.columns.len();
    for node in 0..problem.node_count {
        let is_sink = problem.sinks.contains(&node);
        let is_free = !is_sink && !problem.sources.contains(&node);
        let lower = f64::from(u8::from(is_sink));
        program.columns.push(column(0.0, lower, if is_free { 1.0 } else { lower }, ColumnKind::Continuous));
    }
    for (number, arc) in problem.arcs.iter().enumerate() {
        let sent = kept.of_arc[number];
        let forward = if rules.existing[number] { 0 } else { arc.capacity - sent };
        for (from, to, capacity) in [(arc.from, arc.to, forward), (arc.to, arc.from, sent)] {
            if capacity > 0 && from != to {
                let ends = [(removals + from as usize, 1.0), (removals + to as usize, -1.0)];
                let mut terms = vec![ends[0], ends[1], (program.columns.len(), 1.0)];
                terms.extend(choices.column_of_site[number].map(|removal| (removal, 1.0)));
                let share = capacity.min(most) as f64 / most as f64;
                program.columns.push(column(share, 0.0, 1.0, ColumnKind::Continuous));
                program.rows.push(Row::at_least(0.0, terms));
            }
        }
    }
    let bounds = MipLimits { node_count: Some(limits.node_count), time_s: limits.time_s, ..MipLimits::default() };
    let answer = mip::solve(&program, bounds)?;
    if answer.status == MipStatus::Infeasible {
        return Err(SitingError::Certificate("the program has no solution".into()));
    }
    let stated = if answer.bound >= 1.0 - SOLVER_SHARE { 1.0 } else { (answer.bound - SOLVER_SHARE).max(0.0) };
    let chosen: Vec<bool> = answer.values.iter().take(removals).map(|&value| value > 0.5).collect();
    let is_plan = answer.values.len() == program.columns.len() && choices.is_lawful(&chosen);
    // Flows are whole numbers.
    Ok((kept.value + (stated * most as f64).ceil() as u64, is_plan.then_some(chosen)))
}

/// The network of a problem.
struct Pipes<'a> {
    problem: &'a MaxFlowProblem,
    rules: &'a Rules,
    topology: Topology,
    /// Where the topology keeps each arc.
    places: Vec<u32>,
}

/// A maximum flow.
struct Flow {
    value: u64,
    of_arc: Vec<u64>,
    /// Arcs that leave the sources' side of a least cut, ascending.
    cut: Vec<u32>,
}

impl<'a> Pipes<'a> {
    fn new(problem: &'a MaxFlowProblem, rules: &'a Rules) -> Self {
        let ends: Vec<(u32, u32)> = problem.arcs.iter().map(|arc| (arc.from, arc.to)).collect();
        let (topology, places) = Topology::new(problem.node_count as usize, &ends);
        Self { problem, rules, topology, places }
    }

    /// The greatest flow without some arcs and those removed already.
    fn flow(&self, is_removed: impl Fn(usize) -> bool) -> Flow {
        let mut capacity = vec![0; self.places.len()];
        for (number, arc) in self.problem.arcs.iter().enumerate() {
            if !self.rules.existing[number] && !is_removed(number) {
                capacity[self.places[number] as usize] = arc.capacity;
            }
        }
        let MaxFlow { value, of_arc, cut } =
            max_flow(&self.topology, &capacity, &self.problem.sources, &self.problem.sinks);
        let is_in_cut = |place: u32| cut.binary_search(&place).is_ok();
        Flow {
            value: value.unwrap_or(u64::MAX),
            of_arc: self.places.iter().map(|&place| of_arc[place as usize]).collect(),
            cut: (0_u32..).zip(&self.places).filter(|&(_, &place)| is_in_cut(place)).map(|(arc, _)| arc).collect(),
        }
    }
}
