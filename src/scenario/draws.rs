//! Plans under draws of the hazards from their posterior.

use super::evaluate::weights_kg_per_year;
use super::{Baseline, ScenarioError, Settings, SiteProblem, StudyParams, World};
use crate::flow::{Calibration, Demanded, Flow, RoutePool, assign_again, assign_pooled};
use crate::parallel::map_in_order;
use crate::risk::{Drawn, Risk};
use crate::siting::{BestPlan, best, certify};

/// Draws over pooled routes that are searched too.
const CHECKED_COUNT: usize = 5;
/// Standard normal quantile of 97.5 %.
const Z_95: f64 = 1.959_963_984_540_054;

/// One draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// The best plan under it.
    pub best: BestPlan,
    /// What the plan of the mean hazards covers under it.
    pub planned_weight: i64,
    /// Weight of all demands.
    pub total_weight: i64,
}

/// A draw computed twice: over pooled routes and over routes searched anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckedDraw {
    /// Number of the draw, from 0.
    pub draw: u32,
    /// Whether the best plan is the same.
    pub is_same_plan: bool,
    /// Covered share of the plan of the mean hazards over pooled routes.
    pub pooled_share: f64,
    /// The same with routes searched anew.
    pub searched_share: f64,
}

/// All draws.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Draws {
    /// In order.
    pub draws: Vec<Draw>,
    /// In how many best plans each site is.
    pub count_of_site: Vec<u32>,
    /// So many draws, the first ones, were searched anew; the others use pooled routes.
    pub searched_count: u32,
    /// Draws over pooled routes that were searched too.
    pub checked: Vec<CheckedDraw>,
}

/// A share of draws with its 95 % interval (Wilson 1927): the error of a finite number of draws, nothing else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frequency {
    /// Share.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The frequency of `count` among `n` draws; none without a draw.
#[must_use]
pub fn frequency(count: u32, n: u32) -> Option<Frequency> {
    if n == 0 {
        return None;
    }
    let (count, n) = (f64::from(count), f64::from(n));
    let share = count / n;
    let z2 = Z_95 * Z_95;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // at 0 and n the ends are 0 and 1 exactly; rounding must not move them
    let low = if count == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if count == n { 1.0 } else { (middle + half).min(1.0) };
    Some(Frequency { share, low, high })
}

/// A number in 0..1, both ends excluded, from the seed and what it is for: the same whoever asks, in any order.
///
/// Four rounds of the finalizer of SplitMix64 (Steele, Lea & Flood 2014).
#[must_use]
pub fn uniform(seed: u32, draw: u32, stream: u32, item: u64) -> f64 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for part in [u64::from(seed), u64::from(draw), u64::from(stream), item] {
        state = state.wrapping_add(part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^= state >> 31;
    }
    ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// The best plan under each of `params.draws` draws of the hazards.
///
/// Every draw takes each segment's rate from its posterior, gives it to links and crossings, assigns flow again at the new
/// costs (held exit constants, capacities fitted again) and plans for that flow. Routes are searched anew in the first
/// `params.searched_draws` draws (of commodities whose hazard is estimated) and taken from all routes found so far in the
/// others; the first of these are searched too, to show what the pool misses.
///
/// # Errors
/// When flow cannot be assigned, or the solver fails.
pub(super) fn posterior_draws(
    world: &World<'_>,
    settings: &Settings,
    params: &StudyParams,
    baseline: &Baseline,
    problem: &SiteProblem,
    planned_sites: &[u32],
) -> Result<Draws, ScenarioError> {
    let drawing = Drawing { world, settings, params, baseline };
    let p = settings.siting.new_office_count;
    let planned = |flows: &[Flow]| -> Result<Draw, ScenarioError> {
        let covering = problem.reweighted(&weights_kg_per_year(flows, world.tables.crossings.len(), settings));
        let certified = certify(&covering, &settings.siting, p, planned_sites)?;
        Ok(Draw {
            best: best(&covering, &settings.siting, p)?,
            planned_weight: certified.covered_weight,
            total_weight: covering.weights.iter().sum(),
        })
    };
    let network = &baseline.outcome.network;
    let mut pools: Vec<RoutePool> =
        baseline.outcome.flows.iter().map(|flow| RoutePool::new(network, &flow.searched)).collect();
    let searched_count = params.searched_draws.min(params.draws);
    let mut draws = Vec::new();
    // one after the other: each uses all threads, and two at once would hold the trees of two
    for draw in 0..searched_count {
        let flows = drawing.flows(draw, &pools, Routes::Searched)?;
        for ((pool, flow), risk) in pools.iter_mut().zip(&flows).zip(&baseline.risks) {
            if is_estimated(risk) && searched_count < params.draws {
                pool.add(network, &flow.searched);
            }
        }
        draws.push(planned(&flows)?);
    }
    let rest: Vec<u32> = (searched_count..params.draws).collect();
    let pooled = |&draw: &u32| drawing.flows(draw, &pools, Routes::Pooled).and_then(|flows| planned(&flows));
    for draw in map_in_order(&rest, pooled) {
        draws.push(draw?);
    }
    let share = |draw: &Draw| draw.planned_weight as f64 / draw.total_weight.max(1) as f64;
    let mut checked = Vec::new();
    for &draw in rest.iter().take(CHECKED_COUNT) {
        let (pooled, searched) = (&draws[draw as usize], planned(&drawing.flows(draw, &pools, Routes::Searched)?)?);
        checked.push(CheckedDraw {
            draw,
            is_same_plan: pooled.best.sites == searched.best.sites,
            pooled_share: share(pooled),
            searched_share: share(&searched),
        });
    }
    let mut count_of_site = vec![0; problem.site_crossing_ixs.len()];
    for draw in &draws {
        draw.best.sites.iter().for_each(|&site| count_of_site[site as usize] += 1);
    }
    Ok(Draws { draws, count_of_site, searched_count, checked })
}

/// Which routes a draw is computed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Routes {
    Pooled,
    Searched,
}

/// Whether a commodity's hazard comes from records.
fn is_estimated(risk: &Risk) -> bool {
    risk.level >= 3
}

/// What every draw needs.
struct Drawing<'a> {
    world: &'a World<'a>,
    settings: &'a Settings,
    params: &'a StudyParams,
    baseline: &'a Baseline,
}

impl Drawing<'_> {
    /// Flow of each commodity in one draw, over the routes of the pools or over routes searched anew. Where the hazard is
    /// assumed, it moves routes so little that the pool's always do.
    fn flows(&self, draw: u32, pools: &[RoutePool], routes: Routes) -> Result<Vec<Flow>, ScenarioError> {
        let Self { world, settings, params: study, baseline } = *self;
        let (network, crossings) = (&baseline.outcome.network, world.tables.crossings);
        let mut flows: Vec<Flow> = Vec::new();
        for (at, (commodity, ends)) in world.terminals.iter().enumerate() {
            let number = |item| {
                let item = match item {
                    Drawn::Assumed => 0,
                    Drawn::Segment(segment) => 1 + 2 * segment as u64,
                    Drawn::Crossing(crossing) => 2 + 2 * crossing as u64,
                };
                uniform(study.seed, draw, at as u32, item)
            };
            let risk = &baseline.risks[at];
            let hazard = risk.drawn_link_hazard(network, crossings, &world.segments, &settings.risk, number);
            let demanded = Demanded {
                commodity: *commodity,
                origins: &ends.origins,
                destinations: &baseline.destinations[at],
                calibration: Calibration::Hold(&baseline.exit_constants[at]),
            };
            let (params, is_searched) = (&settings.flow, routes == Routes::Searched && is_estimated(risk));
            flows.push(match is_searched {
                true => assign_again(network, crossings, &demanded, &hazard, params, None)?,
                false => assign_pooled(network, crossings, &demanded, &hazard, params, &pools[at])?,
            });
        }
        Ok(flows)
    }
}
