//! The problem of evaders on their safest paths, as a game for the search, and its certificate.

use super::all_plans::{all_plans, listing_steps};
use super::cut_search::{Cut, Game, search};
use super::evader_cuts;
use super::evader_graph::{EvaderGraph, Inward, NO_SITE, WatchedArc};
use super::rules::{self, Choices};
use super::{InterdictionPlan, InterdictionProblem, SearchLimits, TripOutcome};
use crate::parallel::map_in_order;
use crate::siting::{Refusal, Rules, SitingError, SitingStatus};
use std::collections::BTreeMap;

/// Arcs as the search sees them: sites as columns, existing offices at work.
fn watched_arcs(problem: &InterdictionProblem, rules: &Rules, choices: &Choices) -> Vec<WatchedArc> {
    let reduced = problem.arcs.iter().map(|arc| {
        let free = arc.evasion_probability;
        let (evasion, evasion_watched, site) = match arc.watch {
            Some(watch) if rules.existing[watch.site as usize] => {
                (watch.evasion_probability_with_office, watch.evasion_probability_with_office, None)
            }
            Some(watch) => match choices.column_of_site[watch.site as usize] {
                Some(column) if watch.evasion_probability_with_office < free => {
                    (free, watch.evasion_probability_with_office, Some(column as u32))
                }
                _ => (free, free, None),
            },
            None => (free, free, None),
        };
        WatchedArc { from: arc.from, to: arc.to, evasion, evasion_watched, site }
    });
    reduced.filter(|arc| arc.evasion > 0.0 && arc.from != arc.to).collect()
}

/// Evaders on their safest paths: one graph a destination.
struct Evaders {
    graphs: Vec<EvaderGraph>,
    /// Number of the first theta of each graph.
    first_theta: Vec<usize>,
    column_count: usize,
}

impl Evaders {
    fn new(problem: &InterdictionProblem, rules: &Rules, choices: &Choices) -> Self {
        let arcs = watched_arcs(problem, rules, choices);
        let whole = Inward::new(problem.node_count as usize, &arcs);
        let mut trips_to: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
        for trip in &problem.trips {
            trips_to.entry(trip.destination).or_default().push((trip.origin, trip.weight));
        }
        let trips_to: Vec<(u32, Vec<(u32, f64)>)> = trips_to.into_iter().collect();
        let graphs =
            map_in_order(&trips_to, |(destination, trips)| EvaderGraph::new(&whole, &arcs, *destination, trips));
        let first_theta = graphs
            .iter()
            .scan(0, |next, graph| {
                let first = *next;
                *next += graph.trips.len();
                Some(first)
            })
            .collect();
        Self { graphs, first_theta, column_count: choices.sites_of_column.len() }
    }

    fn evasion(graph: &EvaderGraph, chosen: &[bool]) -> Vec<f64> {
        graph.inward.safest(graph.floor.clone(), |site| chosen[site as usize])
    }
}

impl Game for Evaders {
    fn theta_costs(&self) -> Vec<f64> {
        self.graphs.iter().flat_map(|graph| graph.trips.iter().map(|trip| trip.weight * graph.span(trip))).collect()
    }

    fn constant(&self) -> f64 {
        let floor = |graph: &EvaderGraph| -> f64 {
            graph.trips.iter().map(|trip| trip.weight * graph.floor[trip.origin as usize]).sum()
        };
        self.graphs.iter().map(|graph| graph.constant + floor(graph)).sum()
    }

    fn cuts(&self, x: &[f64], theta: &[f64], tolerance: f64) -> Vec<Cut> {
        let numbered: Vec<(&EvaderGraph, usize)> = self.graphs.iter().zip(self.first_theta.iter().copied()).collect();
        map_in_order(&numbered, |&(graph, first)| {
            evader_cuts::violated(graph, x, &theta[first..first + graph.trips.len()], first, tolerance)
        })
        .into_iter()
        .flatten()
        .collect()
    }

    fn value(&self, chosen: &[bool]) -> f64 {
        let total = |graph: &EvaderGraph| -> f64 {
            let evasion = Self::evasion(graph, chosen);
            graph.constant + graph.trips.iter().map(|trip| trip.weight * evasion[trip.origin as usize]).sum::<f64>()
        };
        self.graphs.iter().map(total).sum()
    }

    fn pressure(&self, chosen: &[bool]) -> Vec<f64> {
        let mut pressure = vec![0.0; self.column_count];
        for graph in &self.graphs {
            let evasion = Self::evasion(graph, chosen);
            let mut onward = vec![None; evasion.len()];
            for node in 0..evasion.len() as u32 {
                for step in graph.inward.steps_into(node) {
                    let is_watched = step.site != NO_SITE && chosen[step.site as usize];
                    let factor = if is_watched { step.evasion_watched } else { step.evasion };
                    let from = step.from as usize;
                    if onward[from].is_none() && factor * evasion[node as usize] >= evasion[from] {
                        onward[from] = Some((node, step.site));
                    }
                }
            }
            for trip in &graph.trips {
                let share = trip.weight * evasion[trip.origin as usize];
                let mut node = trip.origin as usize;
                // Arcs of factor 1 may stand in a ring: no more steps than nodes.
                for _ in 0..evasion.len() {
                    let Some((next, site)) = onward[node] else { break };
                    if site != NO_SITE && !chosen[site as usize] {
                        pressure[site as usize] += share;
                    }
                    node = next as usize;
                }
            }
        }
        pressure
    }
}

fn refusals(problem: &InterdictionProblem, rules: &Rules) -> Vec<Refusal> {
    let mut refusals = rules::refusals(rules, problem.site_count);
    let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
    let is_probability = |value: f64| (0.0..=1.0).contains(&value);
    for (number, arc) in problem.arcs.iter().enumerate() {
        if arc.from.max(arc.to) >= problem.node_count {
            refuse("S003", format!("arc {number} ends at a node beyond the last of {}", problem.node_count));
        }
        if !is_probability(arc.evasion_probability) {
            let found = arc.evasion_probability;
            refuse("S002", format!("arc {number} has the evasion probability {found}: give 0 to 1"));
        }
        let Some(watch) = arc.watch else { continue };
        let found = watch.evasion_probability_with_office;
        if watch.site >= problem.site_count {
            refuse(
                "S003",
                format!("arc {number} names site {}, beyond the last of {}", watch.site, problem.site_count),
            );
        }
        if !is_probability(found) {
            refuse("S002", format!("arc {number} has the evasion probability {found} with an office: give 0 to 1"));
        } else if found > arc.evasion_probability {
            let free = arc.evasion_probability;
            refuse(
                "S002",
                format!("arc {number}: with an office evasion rises from {free} to {found}: give no more than {free}"),
            );
        }
    }
    for (number, trip) in problem.trips.iter().enumerate() {
        if trip.origin.max(trip.destination) >= problem.node_count {
            refuse("S003", format!("trip {number} ends at a node beyond the last of {}", problem.node_count));
        }
        if !(trip.weight.is_finite() && trip.weight >= 0.0) {
            refuse("S002", format!("trip {number} has the weight {}: give a finite number, 0 or more", trip.weight));
        }
    }
    refusals
}

/// Weighted evasion, and the columns on the evaders' paths that would change it.
fn witness(problem: &InterdictionProblem, rules: &Rules, choices: &Choices, chosen: &[bool]) -> (f64, Vec<usize>) {
    let outcomes = super::certificate::outcomes(problem, rules, &choices.sites(chosen));
    let mut columns = std::collections::BTreeSet::new();
    let mut objective = 0.0;
    for (outcome, trip) in outcomes.iter().zip(&problem.trips).filter(|(_, trip)| trip.weight > 0.0) {
        objective += trip.weight * outcome.evasion_probability;
        let watches = outcome.path.iter().filter_map(|&arc| problem.arcs[arc as usize].watch);
        columns.extend(watches.filter_map(|watch| choices.column_of_site[watch.site as usize]));
    }
    (objective, columns.into_iter().filter(|&column| !chosen[column]).collect())
}

pub(super) fn interdict(
    problem: &InterdictionProblem,
    rules: &Rules,
    limits: SearchLimits,
) -> Result<InterdictionPlan, SitingError> {
    let refusals = refusals(problem, rules);
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let choices = Choices::new(rules)?;
    let evaders = Evaders::new(problem, rules, &choices);
    let found = search(&evaders, &choices, limits)?;
    let chosen = found.chosen.unwrap_or_else(|| choices.fewest.clone());
    let sites = choices.sites(&chosen);
    if let Some(rule) = rules.broken(&sites) {
        return Err(SitingError::Certificate(format!("the plan breaks {rule:?}")));
    }
    let trips = super::certificate::outcomes(problem, rules, &sites);
    let weighted = |of: fn(&TripOutcome) -> f64| -> f64 {
        trips.iter().zip(&problem.trips).map(|(outcome, trip)| trip.weight * of(outcome)).sum()
    };
    let objective = weighted(|outcome| outcome.evasion_probability);
    let stated = evaders.value(&chosen);
    if (objective - stated).abs() > 1e-9 * objective.abs().max(1e-300) {
        return Err(SitingError::Certificate(format!("evasion is {objective}, the search said {stated}")));
    }
    let mut bound = found.bound.min(objective);
    if bound < objective {
        // Whatever the search came to: no plan leaves less than every allowed office together, summed in the same way.
        let staffed = choices.sites(&vec![true; choices.sites_of_column.len()]);
        let least = super::certificate::outcomes(problem, rules, &staffed);
        let floor = least.iter().zip(&problem.trips).map(|(outcome, trip)| trip.weight * outcome.evasion_probability);
        bound = bound.max(floor.sum::<f64>()).min(objective);
    }
    let gap_share = if bound >= objective { 0.0 } else { (objective - bound) / objective };
    let status = if gap_share <= limits.gap_share { SitingStatus::Optimal } else { SitingStatus::Limit };
    let witness = |chosen: &[bool]| witness(problem, rules, &choices, chosen);
    let work = problem.arcs.len() * evaders.graphs.len();
    let optima = limits.optima.map(|request| {
        let mut optima = all_plans(&choices, &witness, (objective, &sites), request, listing_steps(limits, work));
        optima.is_complete &= status == SitingStatus::Optimal;
        optima
    });
    Ok(InterdictionPlan {
        objective,
        bound,
        gap_share,
        status,
        optima,
        objective_before: weighted(|outcome| outcome.evasion_probability_before),
        unreachable_trips: (0_u32..)
            .zip(&trips)
            .filter(|(_, t)| t.evasion_probability_before == 0.0)
            .map(|t| t.0)
            .collect(),
        trips,
        sites,
        node_count: found.node_count,
        cut_count: found.cut_count,
    })
}
