//! Plans that stand under more than one view: scenarios (least regret), countries (equity), commodities (frontier).

use super::{Outcome, Patch, ScenarioError, Settings, SiteProblem, StudyParams};
use crate::records::{Commodity, CrossingStatus, Iso3};
use crate::siting::{
    BestPlan, CoveringProblem, FairPlan, Measure, SitingStatus, best, best_above, fairest, weight_g_per_year,
};

/// A scenario as the planner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioView {
    /// Identifier; `baseline` for the baseline.
    pub id: String,
    /// Title.
    pub title: String,
    /// The best plan under it.
    pub best: BestPlan,
    /// Weight of all demands, g a year.
    pub total_weight: i64,
    /// What counts as covered under it.
    pub measure: Measure,
}

/// A plan under every scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRegret {
    /// A word for tables.
    pub name: String,
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Weight covered under each scenario.
    pub covered: Vec<i64>,
    /// Weight that the scenario's best plan covers more, over what it covers; none where nothing can be covered.
    pub regrets: Vec<Option<f64>>,
}

impl PlanRegret {
    /// The greatest regret; 0 without one.
    #[must_use]
    pub fn greatest(&self) -> f64 {
        self.regrets.iter().flatten().copied().fold(0.0, f64::max)
    }
}

/// Regret over the scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct RegretStudy {
    /// The baseline and the scenarios.
    pub views: Vec<ScenarioView>,
    /// The plan of the baseline, the plan of least greatest regret, and the best plan of each scenario.
    pub plans: Vec<PlanRegret>,
    /// The plan of least greatest regret.
    pub least: FairPlan,
}

/// How a scenario looks to the planner: its flow, its offices, its closed crossings.
pub(super) fn view(
    problem: &SiteProblem,
    settings: &Settings,
    outcome: &Outcome,
    patch: Option<&Patch>,
) -> Result<ScenarioView, ScenarioError> {
    let weights = problem.weights(&outcome.weight_kg_per_year);
    let is_covered = |ix: &u32| outcome.coverage.crossings[*ix as usize].is_covered();
    let base: i64 = weights
        .iter()
        .zip(&problem.demand_crossing_ixs)
        .filter(|(_, ix)| is_covered(ix))
        .map(|(weight, _)| weight)
        .sum();
    let open: Vec<i64> = (weights.iter().zip(&problem.demand_crossing_ixs))
        .map(|(&weight, ix)| if is_covered(ix) { 0 } else { weight })
        .collect();
    let covering = &problem.covering;
    let site_ix = |site: usize| problem.site_crossing_ixs[site];
    let has_office = |site: usize| outcome.offices.iter().any(|office| office.crossing_ix == site_ix(site));
    let is_closed = |site: usize| outcome.crossings[site_ix(site) as usize].status == CrossingStatus::Closed;
    let under = CoveringProblem {
        weights: open.clone(),
        existing: (0..covering.covers.len()).map(|site| covering.existing[site] || has_office(site)).collect(),
        forbidden: (0..covering.covers.len())
            .map(|site| {
                !has_office(site) && (covering.forbidden[site] || (is_closed(site) && !covering.required[site]))
            })
            .collect(),
        ..covering.clone()
    };
    let mut found = best(&under, &settings.siting, settings.siting.new_office_count)?;
    found.objective += base;
    found.bound += base;
    Ok(ScenarioView {
        id: patch.map_or_else(|| "baseline".to_owned(), |patch| patch.id.clone()),
        title: patch.map_or_else(|| "Baseline".to_owned(), |patch| patch.title.clone()),
        total_weight: weights.iter().sum(),
        measure: Measure { weights: open, base, whole: found.objective },
        best: found,
    })
}

/// The plan whose greatest relative regret over the views is least, beside the others.
pub(super) fn regret_study(
    problem: &SiteProblem,
    settings: &Settings,
    views: Vec<ScenarioView>,
    planned_sites: &[u32],
) -> Result<RegretStudy, ScenarioError> {
    let covering = &problem.covering;
    let measures: Vec<Measure> = views.iter().map(|view| view.measure.clone()).collect();
    let least = fairest(covering, &settings.siting, settings.siting.new_office_count, &measures)?;
    let row = |name: String, sites: &[u32]| {
        let covered: Vec<i64> = measures.iter().map(|measure| measure.covered(covering, sites)).collect();
        let regrets = (covered.iter().zip(&views))
            .map(|(&covered, view)| {
                let best = view.best.objective;
                (best > 0).then(|| (best - covered) as f64 / best as f64)
            })
            .collect();
        PlanRegret { name, sites: sites.to_vec(), covered, regrets }
    };
    let mut plans = vec![row("plan".to_owned(), planned_sites), row("least regret".to_owned(), &least.sites)];
    plans.extend(views.iter().skip(1).map(|view| row(format!("best of {}", view.id), &view.best.sites)));
    Ok(RegretStudy { views, plans, least })
}

/// A point between the plan that covers most and the one that leaves no country far behind.
#[derive(Clone, Debug, PartialEq)]
pub struct EquityPoint {
    /// A word for tables.
    pub name: String,
    /// Least share asked for; none where it is what is maximised or not asked for.
    pub floor: Option<f64>,
    /// The plan; its shares are those of the countries.
    pub plan: FairPlan,
}

/// Equity among the planning countries.
#[derive(Clone, Debug, PartialEq)]
pub struct EquityStudy {
    /// The countries.
    pub countries: Vec<Iso3>,
    /// Flow over each country's crossings, g a year; a crossing between two counts for both.
    pub whole: Vec<i64>,
    /// From the plan that covers most to the fairest one.
    pub points: Vec<EquityPoint>,
}

/// Floors tried between the plan and the fairest plan.
const FLOORS: [f64; 3] = [0.25, 0.5, 0.75];

/// The frontier between covered flow and the share of the worst-covered country.
pub(super) fn equity_study(
    problem: &SiteProblem,
    settings: &Settings,
    params: &StudyParams,
    outcome: &Outcome,
    planned: &BestPlan,
) -> Result<EquityStudy, ScenarioError> {
    let (covering, siting, p) = (&problem.covering, &settings.siting, settings.siting.new_office_count);
    let countries = &settings.candidates.countries;
    let of_country = |country: &Iso3| -> Measure {
        let weights: Vec<i64> = (covering.weights.iter().zip(&problem.demand_crossing_ixs))
            .map(|(&weight, &ix)| {
                let is_own = outcome.crossings[ix as usize].countries.contains(country);
                if is_own { weight } else { 0 }
            })
            .collect();
        Measure { whole: weights.iter().sum(), weights, base: 0 }
    };
    let measures: Vec<Measure> = countries.iter().map(of_country).collect();
    let shares: Vec<Option<f64>> = measures.iter().map(|measure| measure.share(covering, &planned.sites)).collect();
    let least_share = shares.iter().flatten().copied().fold(1.0, f64::min);
    let most = FairPlan {
        sites: planned.sites.clone(),
        shares,
        least_share,
        least_share_bound: least_share,
        objective: planned.objective,
        objective_bound: planned.bound,
    };
    let fair = fairest(covering, siting, p, &measures)?;
    let floor_asked = params.least_country_share;
    let mut points = vec![EquityPoint { name: "most flow covered (the plan)".to_owned(), floor: None, plan: most }];
    for part in FLOORS {
        let floor = least_share + part * (fair.least_share - least_share);
        if fair.least_share > least_share
            && let Some(plan) = best_above(covering, siting, p, &measures, floor)?
        {
            points.push(EquityPoint { name: "every country above a floor".to_owned(), floor: Some(floor), plan });
        }
    }
    if floor_asked > 0.0 {
        match best_above(covering, siting, p, &measures, floor_asked)? {
            Some(plan) => points.push(EquityPoint {
                name: "every country above plan.least_country_share".to_owned(),
                floor: Some(floor_asked),
                plan,
            }),
            None => return Err(too_high(problem, settings, &measures, floor_asked, fair.least_share)),
        }
    }
    points.push(EquityPoint { name: "greatest least share".to_owned(), floor: None, plan: fair });
    points.sort_by(|a, b| a.plan.least_share.total_cmp(&b.plan.least_share));
    Ok(EquityStudy { countries: countries.clone(), whole: measures.iter().map(|m| m.whole).collect(), points })
}

/// Says how far one gets, and how many offices would do.
fn too_high(
    problem: &SiteProblem,
    settings: &Settings,
    measures: &[Measure],
    floor: f64,
    greatest: f64,
) -> ScenarioError {
    let p = settings.siting.new_office_count;
    let enough = |q: &u32| {
        fairest(&problem.covering, &settings.siting, *q, measures).is_ok_and(|plan| plan.least_share >= floor)
    };
    let most = problem.site_crossing_ixs.len() as u32;
    // more offices never lower the greatest least share
    let (mut low, mut high) = (p + 1, most + 1);
    while low < high {
        let middle = low.midpoint(high);
        if enough(&middle) { high = middle } else { low = middle + 1 }
    }
    let would_do = if low > most {
        "no number of new offices would do".to_owned()
    } else {
        format!("{low} new pairs of offices would do")
    };
    ScenarioError::NoPlan(format!(
        "S011: no plan of {p} new pairs of offices covers {:.2} % of every planning country's flow \
         (plan.least_country_share); the greatest least share is {:.2} %; {would_do}",
        100.0 * floor,
        100.0 * greatest
    ))
}

/// The best plan for one weighing of the two commodities.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// Weight of the covered share of opiates; precursors have the rest.
    pub opiate_share: f64,
    /// New offices, ascending.
    pub sites: Vec<u32>,
    /// Opiates covered, g a year.
    pub opiate_weight: i64,
    /// Precursors covered, g a year.
    pub precursor_weight: i64,
    /// What is known about the plan.
    pub status: SitingStatus,
    /// `(bound - objective) / objective` of the weighed sum.
    pub gap_share: f64,
    /// Whether no other point of the list covers as much of both and more of one.
    pub is_efficient: bool,
}

/// Opiates against precursors.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierStudy {
    /// Opiates over all demands, g a year.
    pub opiate_total: i64,
    /// Precursors over all demands, g a year.
    pub precursor_total: i64,
    /// One point for each weighing.
    pub points: Vec<FrontierPoint>,
}

/// The whole objective in whole numbers.
const UNITS: f64 = (1_u64 << 44) as f64;
/// The least weight of a commodity: it decides among equals only.
const LEAST_SHARE: f64 = 1e-6;

/// The best plan for each of the stated weighings of covered opiates and precursors, each as a share of its own flow.
pub(super) fn frontier_study(
    problem: &SiteProblem,
    settings: &Settings,
    params: &StudyParams,
    outcome: &Outcome,
) -> Result<FrontierStudy, ScenarioError> {
    let grams = |commodity: Commodity| -> Vec<i64> {
        let flow = outcome.flows.iter().find(|flow| flow.commodity == commodity);
        let at = |&ix: &u32| {
            flow.and_then(|flow| weight_g_per_year(flow.crossing_flow_kg_per_year[ix as usize])).unwrap_or(0)
        };
        problem.demand_crossing_ixs.iter().map(at).collect()
    };
    let measure = |weights: Vec<i64>| Measure { whole: weights.iter().sum(), weights, base: 0 };
    let (opiates, precursors) = (measure(grams(Commodity::Opiates)), measure(grams(Commodity::Precursors)));
    let mut points = Vec::new();
    for &opiate_share in &params.opiate_shares {
        let a = opiate_share.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE);
        let part = |weight: i64, whole: i64, share: f64| {
            if whole > 0 { share * weight as f64 / whole as f64 * UNITS } else { 0.0 }
        };
        let weights = (opiates.weights.iter().zip(&precursors.weights))
            .map(|(&o, &p)| (part(o, opiates.whole, a) + part(p, precursors.whole, 1.0 - a)).round() as i64)
            .collect();
        let weighed = CoveringProblem { weights, ..problem.covering.clone() };
        let found = best(&weighed, &settings.siting, settings.siting.new_office_count)?;
        points.push(FrontierPoint {
            opiate_share,
            opiate_weight: opiates.covered(&problem.covering, &found.sites),
            precursor_weight: precursors.covered(&problem.covering, &found.sites),
            status: found.status,
            gap_share: (found.bound - found.objective) as f64 / found.objective.max(1) as f64,
            sites: found.sites,
            is_efficient: true,
        });
    }
    let values: Vec<(i64, i64)> = points.iter().map(|point| (point.opiate_weight, point.precursor_weight)).collect();
    for (point, own) in points.iter_mut().zip(&values) {
        point.is_efficient = !values.iter().any(|other| other != own && other.0 >= own.0 && other.1 >= own.1);
    }
    Ok(FrontierStudy { opiate_total: opiates.whole, precursor_total: precursors.whole, points })
}
