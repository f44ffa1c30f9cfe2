//! Max-flow interdiction (Wood 1993, Mathematical and Computer Modelling 17(2)): which arcs to remove, within a budget,
//! so that the least flow is left.

use super::interdiction::SearchLimits;
use super::mip::{self, Column, ColumnKind, MipLimits, MipStatus, Program, Row};
use super::{Conflict, Infeasible, Refusal, SitingError, SitingStatus};

/// A directed arc.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapacityArc {
    /// Node where it begins.
    pub from: u32,
    /// Node where it ends.
    pub to: u32,
    /// Capacity, finite, 0 or more.
    pub capacity: f64,
    /// What its removal costs, whole, 0 or more; none = cannot be removed.
    pub removal_cost: Option<i64>,
}

/// Flow from `sources` to `sinks`. Nodes are `0..node_count`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaxFlowProblem {
    /// Number of nodes.
    pub node_count: u32,
    /// Arcs; parallel arcs are all kept.
    pub arcs: Vec<CapacityArc>,
    /// Where flow starts.
    pub sources: Vec<u32>,
    /// Where flow ends.
    pub sinks: Vec<u32>,
    /// Most that the removals cost together.
    pub budget: i64,
    /// Arcs that must not be removed, ascending.
    pub forbidden: Vec<u32>,
    /// Arcs that must be removed, ascending.
    pub required: Vec<u32>,
}

/// Answer of [`reduce_max_flow`].
#[derive(Clone, Debug, PartialEq)]
pub struct MaxFlowPlan {
    /// Removed arcs, ascending.
    pub arcs: Vec<u32>,
    /// Greatest flow left.
    pub objective: f64,
    /// No lawful removal leaves less than this.
    pub bound: f64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether it is proven.
    pub status: SitingStatus,
    /// Greatest flow before.
    pub objective_before: f64,
    /// Flow left on each arc.
    pub flow: Vec<f64>,
    /// Arcs of the least cut after the removals.
    pub cut: Vec<u32>,
}

impl MaxFlowProblem {
    /// What the removal of `arc` costs; none when it must not be removed.
    fn price(&self, arc: u32) -> Option<i64> {
        self.arcs[arc as usize].removal_cost.filter(|_| self.forbidden.binary_search(&arc).is_err())
    }

    fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
        for (number, arc) in self.arcs.iter().enumerate() {
            if arc.from.max(arc.to) >= self.node_count {
                refuse("S003", format!("arc {number} ends at a node beyond the last of {}", self.node_count));
            }
            if !(arc.capacity.is_finite() && arc.capacity >= 0.0) {
                refuse(
                    "S002",
                    format!("arc {number} has the capacity {}: give a finite number, 0 or more", arc.capacity),
                );
            }
            if let Some(cost) = arc.removal_cost.filter(|&cost| cost < 0) {
                refuse("S002", format!("arc {number} has the removal cost {cost}: give 0 or more"));
            }
        }
        if self.arcs.iter().filter_map(|arc| arc.removal_cost).map(i128::from).sum::<i128>() > 1 << 50 {
            refuse("S004", "the removal costs add up to more than 2^50: use a larger unit".into());
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
        let is_fixed = |arc: &&u32| self.arcs.get(**arc as usize).is_some() && self.price(**arc).is_none();
        for arc in self.required.iter().filter(is_fixed) {
            refuse("S005", format!("arc {arc} is required, but its removal is not allowed"));
        }
        refusals
    }
}

/// The removals within budget that leave the least flow.
///
/// Wood's program: `alpha_i = 1` on the sinks' side of a cut, `beta_a = 1` for an arc that crosses it and stays,
/// `gamma_a = 1` for one that crosses it and is removed. Minimise `sum u_a beta_a` with
/// `beta_a + gamma_a >= alpha_j - alpha_i`, `sum r_a gamma_a <= R`; only `gamma` needs to be whole. The plan is checked by a
/// maximum flow; removed arcs that no least cut needs are left out.
///
/// # Errors
/// [`SitingError`]: refused input, required removals beyond the budget, a solver failure.
pub fn reduce_max_flow(problem: &MaxFlowProblem, limits: SearchLimits) -> Result<MaxFlowPlan, SitingError> {
    let refusals = problem.refusals();
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let required_cost: i64 = problem.required.iter().filter_map(|&arc| problem.price(arc)).sum();
    if required_cost > problem.budget {
        return Err(SitingError::Infeasible(Infeasible {
            conflicts: std::iter::once(Conflict::Budget { at_most_usd: problem.budget })
                .chain(problem.required.iter().map(|&site| Conflict::Required { site }))
                .collect(),
            fewest_offices: None,
            smallest_budget_usd: Some(required_cost),
        }));
    }
    let before = max_flow(problem, &[]);
    let (program, gammas, scale) = wood(problem);
    let answer = mip::solve(
        &program,
        MipLimits { node_count: Some(limits.node_count), time_s: limits.time_s, ..MipLimits::default() },
    )?;
    let mut removed: Vec<u32> = match answer.status {
        MipStatus::Infeasible => return Err(SitingError::Certificate("the program has no solution".into())),
        // Nothing found before a limit: what is required is lawful.
        _ if answer.values.len() < program.columns.len() => problem.required.clone(),
        _ => gammas.iter().filter(|&&(_, column)| answer.values[column] > 0.5).map(|&(arc, _)| arc).collect(),
    };
    let mut left = max_flow(problem, &removed);
    // A removal that changes nothing is no part of the plan.
    for arc in removed.clone().into_iter().rev() {
        if problem.required.binary_search(&arc).is_err() {
            let rest: Vec<u32> = removed.iter().copied().filter(|&kept| kept != arc).collect();
            let with_it = max_flow(problem, &rest);
            if with_it.value <= left.value {
                (removed, left) = (rest, with_it);
            }
        }
    }
    let spent: i64 = removed.iter().filter_map(|&arc| problem.price(arc)).sum();
    if spent > problem.budget {
        return Err(SitingError::Certificate(format!("the removals cost {spent}, the budget is {}", problem.budget)));
    }
    // Below this share the solver's own tolerances speak.
    let stated = answer.bound * scale;
    let bound = if stated >= left.value * (1.0 - 1e-7) { left.value } else { stated.max(0.0) };
    let gap_share = if bound >= left.value { 0.0 } else { (left.value - bound) / left.value };
    Ok(MaxFlowPlan {
        arcs: removed,
        objective: left.value,
        bound,
        gap_share,
        status: if gap_share <= limits.gap_share { SitingStatus::Optimal } else { SitingStatus::Limit },
        objective_before: before.value,
        flow: left.on_arc,
        cut: left.cut,
    })
}

/// Wood's program with capacities over their greatest (the scale), and the column of each removable arc.
fn wood(problem: &MaxFlowProblem) -> (Program, Vec<(u32, usize)>, f64) {
    let greatest = problem.arcs.iter().map(|arc| arc.capacity).fold(0.0, f64::max);
    let scale = if greatest > 0.0 { greatest } else { 1.0 };
    let column = |cost: f64, lower: f64, upper: f64, kind| Column { cost, lower, upper, kind };
    let mut program = Program::default();
    for node in 0..problem.node_count {
        let is_sink = problem.sinks.contains(&node);
        let is_free = !is_sink && !problem.sources.contains(&node);
        let lower = f64::from(u8::from(is_sink));
        program.columns.push(column(0.0, lower, if is_free { 1.0 } else { lower }, ColumnKind::Continuous));
    }
    let mut gammas = Vec::new();
    let mut spent = Vec::new();
    for (number, arc) in (0_u32..).zip(&problem.arcs) {
        let mut terms = vec![(arc.from as usize, 1.0), (arc.to as usize, -1.0), (program.columns.len(), 1.0)];
        program.columns.push(column(arc.capacity / scale, 0.0, 1.0, ColumnKind::Continuous));
        let price = problem.price(number);
        if let Some(cost) = price.filter(|&cost| cost <= problem.budget) {
            let is_required = problem.required.binary_search(&number).is_ok();
            terms.push((program.columns.len(), 1.0));
            spent.push((program.columns.len(), cost as f64));
            gammas.push((number, program.columns.len()));
            program.columns.push(column(0.0, f64::from(u8::from(is_required)), 1.0, ColumnKind::Integer));
        }
        if arc.from != arc.to {
            program.rows.push(Row::at_least(0.0, terms));
        }
    }
    spent.retain(|&(_, cost)| cost != 0.0);
    program.rows.push(Row::at_most(problem.budget as f64, spent));
    (program, gammas, scale)
}

/// A maximum flow.
struct Flow {
    value: f64,
    on_arc: Vec<f64>,
    /// Arcs that leave the sources' side of a least cut, ascending.
    cut: Vec<u32>,
}

/// The greatest flow without the arcs `removed`, ascending: shortest augmenting paths (Edmonds & Karp 1972). Sums of
/// capacities, so exact when these are whole.
fn max_flow(problem: &MaxFlowProblem, removed: &[u32]) -> Flow {
    let capacity: Vec<f64> = (0_u32..)
        .zip(&problem.arcs)
        .map(|(number, arc)| if removed.binary_search(&number).is_ok() { 0.0 } else { arc.capacity })
        .collect();
    let mut at: Vec<Vec<u32>> = vec![Vec::new(); problem.node_count as usize];
    for (number, arc) in (0_u32..).zip(&problem.arcs).filter(|(_, arc)| arc.from != arc.to) {
        at[arc.from as usize].push(number);
        at[arc.to as usize].push(number);
    }
    let least = capacity.iter().copied().fold(0.0, f64::max) * 1e-12;
    let mut on_arc = vec![0.0; capacity.len()];
    loop {
        let mut reached_by: Vec<Option<(u32, u32)>> = vec![None; at.len()];
        let mut is_reached = vec![false; at.len()];
        let mut queue: std::collections::VecDeque<u32> = problem.sources.iter().copied().collect();
        for &source in &problem.sources {
            is_reached[source as usize] = true;
        }
        let room = |number: u32, node: u32, on_arc: &[f64]| {
            let arc = &problem.arcs[number as usize];
            if arc.from == node {
                (arc.to, capacity[number as usize] - on_arc[number as usize])
            } else {
                (arc.from, on_arc[number as usize])
            }
        };
        let mut end = None;
        while let Some(node) = queue.pop_front() {
            if problem.sinks.contains(&node) {
                end = Some(node);
                break;
            }
            for &number in &at[node as usize] {
                let (far, room) = room(number, node, &on_arc);
                if room > least && !std::mem::replace(&mut is_reached[far as usize], true) {
                    reached_by[far as usize] = Some((number, node));
                    queue.push_back(far);
                }
            }
        }
        let Some(end) = end else {
            let is_cut = |number: &u32| {
                let arc = &problem.arcs[*number as usize];
                is_reached[arc.from as usize] && !is_reached[arc.to as usize] && capacity[*number as usize] > 0.0
            };
            let cut: Vec<u32> = (0..capacity.len() as u32).filter(is_cut).collect();
            let value = cut.iter().map(|&number| capacity[number as usize]).sum::<f64>() + 0.0;
            return Flow { value, on_arc, cut };
        };
        let mut steps = Vec::new();
        let mut node = end;
        while let Some((number, before)) = reached_by[node as usize] {
            steps.push((number, before));
            node = before;
        }
        let amount =
            steps.iter().map(|&(number, before)| room(number, before, &on_arc).1).fold(f64::INFINITY, f64::min);
        for (number, before) in steps {
            let is_forward = problem.arcs[number as usize].from == before;
            on_arc[number as usize] += if is_forward { amount } else { -amount };
        }
    }
}
