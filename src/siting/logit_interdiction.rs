//! Offices against evaders who choose among routes by logit: displacement is part of the answer, a plan by local search.

use super::interdiction::improve;
use super::interdiction::rules::{self, Choices};
use super::interdiction::{EvaderTrip, EvasionArc, InterdictionProblem, SearchLimits, Watch, interdict_evaders};
use super::{Refusal, Rules, SitingError, SitingStatus};

/// A route of a trip.
#[derive(Clone, Debug, PartialEq)]
pub struct LogitRoute {
    /// Utility without any office.
    pub utility: f64,
    /// Hazard without any office: the evasion probability is `exp(-hazard)`.
    pub hazard: f64,
    /// Sites whose office acts on the route, ascending, with the hazard each adds, 0 or more.
    pub added_hazard: Vec<(u32, f64)>,
}

/// A trip and the routes it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct LogitTrip {
    /// Weight, 0 or more.
    pub weight: f64,
    /// Routes; a trip without any has evasion 0.
    pub routes: Vec<LogitRoute>,
}

/// Trips that re-route by logit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogitProblem {
    /// Number of sites.
    pub site_count: u32,
    /// Trips.
    pub trips: Vec<LogitTrip>,
    /// What a unit of hazard takes from a route's utility, 0 or more.
    pub utility_per_hazard: f64,
}

/// Answer of [`interdict_logit_evaders`].
#[derive(Clone, Debug, PartialEq)]
pub struct LogitPlan {
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weighted expected evasion after re-routing.
    pub objective: f64,
    /// No lawful plan is below this.
    pub bound: f64,
    /// `(objective - bound) / objective`; 0 when both are equal.
    pub gap_share: f64,
    /// Whether the bound meets the objective.
    pub status: SitingStatus,
    /// Weighted expected evasion without new offices.
    pub objective_before: f64,
    /// Weighted evasion with the plan if every evader took the safest route of its set instead.
    pub safest_route_objective: f64,
    /// Least `safest_route_objective` of any lawful plan (the SNIP value over the same routes), proven bound.
    pub safest_route_bound: f64,
    /// For each trip, the share of each route after the plan.
    pub route_shares: Vec<Vec<f64>>,
}

/// A plan against evaders who re-route by logit over given routes.
///
/// Route r of a trip has the hazard `h_r + sum of what the offices add`, the utility `v_r - utility_per_hazard * added`, the
/// share `exp(utility) / sum exp(utility)` (multinomial logit) and the evasion `exp(-hazard)`; minimise
/// `sum_w c_w sum_r share_r evasion_r`. An office can make this worse: those it drives off may choose a safer route.
///
/// With at most 14 sites to decide every lawful plan is tried: exact. Otherwise a local search from the plan for
/// safest-route evaders and from none (single sites in or out, and swaps, the best one each round). The bound takes each trip
/// by itself: its least evasion under any set of the sites that act on it, lawful or not.
///
/// # Errors
/// [`SitingError`]: refused input, rules that collide, a solver failure.
pub fn interdict_logit_evaders(
    problem: &LogitProblem,
    rules: &Rules,
    limits: SearchLimits,
) -> Result<LogitPlan, SitingError> {
    let mut refusals = rules::refusals(rules, problem.site_count);
    refusals.extend(problem.refusals());
    if !refusals.is_empty() {
        return Err(SitingError::Refused(refusals));
    }
    let choices = Choices::new(rules)?;
    let column_count = choices.sites_of_column.len();
    let safest = interdict_evaders(&safest_routes(problem), rules, limits)?;
    let existing = rules.existing.clone();
    let offices = |chosen: &[bool]| {
        let mut has_office = existing.clone();
        for site in choices.sites(chosen) {
            has_office[site as usize] = true;
        }
        has_office
    };
    let value = |chosen: &[bool]| problem.evasion(&offices(chosen));
    let is_small = column_count <= EXHAUSTIVE_SITES;
    let mut best: Option<(f64, Vec<bool>)> = None;
    let mut offer = |chosen: Vec<bool>| {
        let found = value(&chosen);
        if best.as_ref().is_none_or(|best| found < best.0) {
            best = Some((found, chosen));
        }
    };
    if is_small {
        for mask in 0..1_u32 << column_count {
            let chosen: Vec<bool> = (0..column_count).map(|column| mask >> column & 1 == 1).collect();
            if choices.is_lawful(&chosen) {
                offer(chosen);
            }
        }
    } else {
        let is_in_plan = |sites: &Vec<u32>| sites.first().is_some_and(|site| safest.sites.binary_search(site).is_ok());
        let start: Vec<bool> = choices.sites_of_column.iter().map(is_in_plan).collect();
        offer(local_search(&choices, &value, start));
        let most = improve::rounded(&choices, &vec![0.0; column_count]);
        for start in std::iter::once(choices.fewest.clone()).chain(most) {
            offer(local_search(&choices, &value, start));
        }
    }
    let Some((objective, chosen)) = best else {
        return Err(SitingError::Certificate("no lawful plan was met".into()));
    };
    let has_office = offices(&chosen);
    let bound = if is_small { objective } else { problem.trip_by_trip_bound(&choices, &existing).min(objective) };
    let gap_share = if bound >= objective { 0.0 } else { (objective - bound) / objective };
    Ok(LogitPlan {
        sites: choices.sites(&chosen),
        objective,
        bound,
        gap_share,
        status: if gap_share <= limits.gap_share { SitingStatus::Optimal } else { SitingStatus::Limit },
        objective_before: problem.evasion(&existing),
        safest_route_objective: problem.safest_evasion(&has_office),
        safest_route_bound: safest.bound,
        route_shares: problem.trips.iter().map(|trip| problem.shares(trip, &has_office)).collect(),
    })
}

/// Sites up to which every plan is tried.
const EXHAUSTIVE_SITES: usize = 14;
/// Rounds of the local search at most.
const ROUND_LIMIT: usize = 200;

/// The best single change or swap, again and again; the first of equals.
fn local_search(choices: &Choices, value: &impl Fn(&[bool]) -> f64, start: Vec<bool>) -> Vec<bool> {
    let mut chosen = start;
    let mut least = value(&chosen);
    let columns = 0..chosen.len();
    for _ in 0..ROUND_LIMIT {
        let singles = columns.clone().map(|a| (a, a));
        let swaps = columns
            .clone()
            .flat_map(|a| columns.clone().map(move |b| (a, b)))
            .filter(|&(a, b)| chosen[a] && !chosen[b])
            .collect::<Vec<_>>();
        let mut best: Option<(f64, Vec<bool>)> = None;
        for (a, b) in singles.chain(swaps) {
            let mut changed = chosen.clone();
            changed[a] = !changed[a];
            if b != a {
                changed[b] = !changed[b];
            }
            if choices.is_lawful(&changed) {
                let found = value(&changed);
                if found < best.as_ref().map_or(least, |best| best.0) {
                    best = Some((found, changed));
                }
            }
        }
        match best {
            Some((found, changed)) => (least, chosen) = (found, changed),
            None => break,
        }
    }
    chosen
}

/// The same trips over the same routes, each route a chain of its own from the trip's origin to its destination: evaders who
/// take the safest one.
fn safest_routes(problem: &LogitProblem) -> InterdictionProblem {
    let mut network =
        InterdictionProblem { site_count: problem.site_count, node_count: 0, arcs: Vec::new(), trips: Vec::new() };
    for trip in &problem.trips {
        let (origin, destination) = (network.node_count, network.node_count + 1);
        network.node_count += 2;
        network.trips.push(EvaderTrip { origin, destination, weight: trip.weight });
        for route in &trip.routes {
            let mut from = origin;
            for &(site, added) in &route.added_hazard {
                let watch = Some(Watch { site, evasion_probability_with_office: (-added).exp() });
                network.arcs.push(EvasionArc { from, to: network.node_count, evasion_probability: 1.0, watch });
                from = network.node_count;
                network.node_count += 1;
            }
            let evasion_probability = (-route.hazard).exp();
            network.arcs.push(EvasionArc { from, to: destination, evasion_probability, watch: None });
        }
    }
    network
}

impl LogitProblem {
    fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |code, message: String| refusals.push(Refusal { code, message });
        let is_amount = |value: f64| value.is_finite() && value >= 0.0;
        if !is_amount(self.utility_per_hazard) {
            refuse("S002", format!("`utility_per_hazard` is {}: give 0 or more", self.utility_per_hazard));
        }
        for (number, trip) in self.trips.iter().enumerate() {
            if !is_amount(trip.weight) {
                refuse(
                    "S002",
                    format!("trip {number} has the weight {}: give a finite number, 0 or more", trip.weight),
                );
            }
            for (place, route) in trip.routes.iter().enumerate() {
                if !route.utility.is_finite() {
                    refuse("S002", format!("route {place} of trip {number} has the utility {}", route.utility));
                }
                if !is_amount(route.hazard) || route.added_hazard.iter().any(|&(_, added)| !is_amount(added)) {
                    refuse(
                        "S002",
                        format!("route {place} of trip {number} has a hazard that is not finite or below 0"),
                    );
                }
                if route.added_hazard.iter().any(|&(site, _)| site >= self.site_count)
                    || !route.added_hazard.is_sorted_by(|a, b| a.0 < b.0)
                {
                    refuse(
                        "S003",
                        format!("the sites of route {place} of trip {number} are not ascending, or beyond the last"),
                    );
                }
            }
        }
        refusals
    }

    fn added(route: &LogitRoute, has_office: &[bool]) -> f64 {
        route.added_hazard.iter().filter(|&&(site, _)| has_office[site as usize]).map(|&(_, added)| added).sum()
    }

    fn shares(&self, trip: &LogitTrip, has_office: &[bool]) -> Vec<f64> {
        let utility = |route: &LogitRoute| route.utility - self.utility_per_hazard * Self::added(route, has_office);
        let utilities: Vec<f64> = trip.routes.iter().map(utility).collect();
        let greatest = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = utilities.iter().map(|utility| (utility - greatest).exp()).sum();
        utilities.iter().map(|utility| (utility - greatest).exp() / total).collect()
    }

    fn trip_evasion(&self, trip: &LogitTrip, has_office: &[bool]) -> f64 {
        let evasion = |route: &LogitRoute| (-route.hazard - Self::added(route, has_office)).exp();
        trip.routes.iter().zip(self.shares(trip, has_office)).map(|(route, share)| share * evasion(route)).sum()
    }

    /// Weighted expected evasion after re-routing.
    fn evasion(&self, has_office: &[bool]) -> f64 {
        self.trips.iter().map(|trip| trip.weight * self.trip_evasion(trip, has_office)).sum::<f64>() + 0.0
    }

    fn safest_evasion(&self, has_office: &[bool]) -> f64 {
        let evasion = |route: &LogitRoute| (-route.hazard - Self::added(route, has_office)).exp();
        let safest = |trip: &LogitTrip| trip.routes.iter().map(evasion).fold(0.0, f64::max);
        self.trips.iter().map(|trip| trip.weight * safest(trip)).sum::<f64>() + 0.0
    }

    /// `sum_w c_w` times the least evasion of trip w over all sets of columns that act on it; where those are many, the
    /// evasion of its least safe route with all of them.
    fn trip_by_trip_bound(&self, choices: &Choices, existing: &[bool]) -> f64 {
        let bound_of = |trip: &LogitTrip| {
            let mut columns: Vec<usize> = trip
                .routes
                .iter()
                .flat_map(|route| route.added_hazard.iter())
                .filter_map(|&(site, _)| choices.column_of_site[site as usize])
                .collect();
            columns.sort_unstable();
            columns.dedup();
            let with = |mask: u64| {
                let mut has_office = existing.to_vec();
                for (bit, &column) in columns.iter().enumerate() {
                    if bit >= 64 || mask >> bit & 1 == 1 {
                        choices.sites_of_column[column].iter().for_each(|&site| has_office[site as usize] = true);
                    }
                }
                has_office
            };
            if columns.len() <= 10 {
                (0..1_u64 << columns.len())
                    .map(|mask| self.trip_evasion(trip, &with(mask)))
                    .fold(f64::INFINITY, f64::min)
            } else {
                let all = with(u64::MAX);
                let evasion = |route: &LogitRoute| (-route.hazard - Self::added(route, &all)).exp();
                trip.routes.iter().map(evasion).fold(f64::INFINITY, f64::min)
            }
        };
        self.trips.iter().filter(|trip| !trip.routes.is_empty()).map(|trip| trip.weight * bound_of(trip)).sum()
    }
}
