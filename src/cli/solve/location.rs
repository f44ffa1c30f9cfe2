//! The location problems: lscp, lscp-b, mclp, p-median, p-center, flow-capture.

use super::answer::{self, Asked};
use super::progress::Lines;
use super::rules::{self, NamedRules};
use super::{Args, ProblemName, amount, number_faults, share};
use crate::cli::output::Shown;
use crate::error::Error;
use crate::inputs::{CostSource, Decimal, FixedPoint, InputProblems, LocationTables, read_location};
use crate::siting::{
    LocationError, LocationKind, LocationOptions, LocationProblem, OptimaRequest, Rule, locate_telling,
    radius_for_reachable,
};

/// Most that all weights come to in whole units: beyond it the search's bounds lose digits.
const MOST_WEIGHT: i128 = 1 << 50;

/// Most that one cost comes to in whole units.
const MOST_COST: i64 = 1 << 58;

/// Rounding to so many decimals is not told.
const FINE_DECIMALS: u32 = 9;

/// Most of one weight, and of a weight times a cost, where the product must fit 64 bits (weighted p-center).
const MOST_FACTOR: i64 = 1 << 31;
const MOST_PRODUCT: i64 = 1 << 61;

/// Reads, solves and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let source = check_options(args)?;
    let demand = if args.problem == ProblemName::FlowCapture { args.flows.as_deref() } else { args.demand.as_deref() };
    let refused = |problems| Error::Inputs(InputProblems { problems });
    let tables = read_location(source, demand, args.sites.as_deref()).map_err(refused)?;
    let usage = |faults: Vec<String>| Error::Usage(faults.join("\n"));
    let named = rules::read(args, &tables).map_err(usage)?;
    let kind = match args.problem {
        ProblemName::Lscp => LocationKind::SetCovering,
        ProblemName::LscpB => LocationKind::BackupCovering,
        ProblemName::PMedian => LocationKind::Median,
        ProblemName::PCenter if args.weighted => LocationKind::WeightedCenter,
        ProblemName::PCenter => LocationKind::Center,
        _ => LocationKind::MaximalCovering,
    };
    let (mut problem, mut asked) = build(args, kind, &tables, &named).map_err(usage)?;
    let whole = args.reachable_only.then(|| problem.clone());
    if args.reachable_only {
        leave_out(&mut problem, &mut asked);
    }
    let within_share = args.within.as_deref().and_then(share).unwrap_or(0.0);
    let optima = args.all_optima.then_some(OptimaRequest { within_share, most: args.max_optima as usize });
    let options = LocationOptions {
        step_limit: args.steps,
        gap_share: args.gap.as_deref().and_then(share).unwrap_or(0.0),
        time_s: args.time_limit.as_deref().and_then(amount).map(Decimal::value),
        optima,
    };
    let lines = Lines::new(args.progress);
    let tell = |standing| {
        if let Some(lines) = &lines {
            lines.tell(standing, &|units| asked.value(units));
        }
    };
    match locate_telling(kind, &problem, &options, &tell) {
        Ok(found) => Ok(answer::tell(&asked, &problem, &tables, &named, &found)),
        Err(LocationError::Infeasible(mut collision)) => {
            // Which demands are reachable, and so are to be served, depends on the radius.
            if let Some(whole) = whole.filter(|_| collision.rules.contains(&Rule::ServeAll)) {
                let found = radius_for_reachable(kind, &whole, &options);
                collision.smallest_radius = found.map_err(|error| Error::Internal(error.to_string()))?;
            }
            Err(answer::infeasible(&asked, &tables, &named, &collision))
        }
        Err(error @ LocationError::Undecided) => Err(Error::Limit(format!(
            "L011: {error}: raise --steps{}, or leave out rules",
            if args.time_limit.is_some() { " or --time-limit" } else { "" }
        ))),
        Err(error) => Err(Error::Internal(error.to_string())),
    }
}

/// Where the costs come from; all that is missing or out of place.
fn check_options(args: &Args) -> Result<CostSource<'_>, Error> {
    let name = args.problem.as_str();
    let mut faults = number_faults(args);
    let is_flows = args.problem == ProblemName::FlowCapture;
    let takes_orlib = matches!(args.problem, ProblemName::PMedian | ProblemName::PCenter);
    let takes_radius = !is_flows;
    let needs_radius = matches!(args.problem, ProblemName::Lscp | ProblemName::LscpB | ProblemName::Mclp);
    let needs_limit = !matches!(args.problem, ProblemName::Lscp | ProblemName::LscpB);
    let source = match (&args.costs, &args.visits, &args.orlib) {
        (Some(costs), None, None) if !is_flows => Some(CostSource::Costs(costs)),
        (None, Some(visits), None) if is_flows => Some(CostSource::Visits(visits)),
        (None, None, Some(file)) if takes_orlib => Some(CostSource::OrLibrary(file)),
        _ => {
            faults.push(match (is_flows, takes_orlib) {
                (true, _) => format!("L001: {name} needs --visits FILE and no other table of costs"),
                (_, true) => format!("L001: {name} needs one of --costs FILE and --orlib FILE"),
                _ => format!("L001: {name} needs --costs FILE and no other table of costs"),
            });
            None
        }
    };
    if needs_radius && args.radius.is_none() {
        faults.push(format!("L001: {name} needs --radius COST"));
    }
    if needs_limit && args.p.is_none() && args.budget.is_none() && args.orlib.is_none() {
        faults.push(format!("L001: {name} needs -p N or --budget COST"));
    }
    for (option, is_given, is_taken) in [
        ("radius", args.radius.is_some(), takes_radius),
        ("demand", args.demand.is_some(), !is_flows),
        ("flows", args.flows.is_some(), is_flows),
        ("weighted", args.weighted, args.problem == ProblemName::PCenter),
        ("arcs", args.arcs.is_some(), false),
        ("trips", args.trips.is_some(), false),
        ("from", args.from.is_some(), false),
        ("to", args.to.is_some(), false),
        ("remove", args.remove, false),
    ] {
        if is_given && !is_taken {
            faults.push(format!("L002: --{option} has no meaning for {name}: leave it out"));
        }
    }
    source.filter(|_| faults.is_empty()).ok_or_else(|| Error::Usage(faults.join("\n")))
}

/// The problem in whole numbers, and what the answer must say about them.
fn build<'a>(
    args: &'a Args,
    kind: LocationKind,
    tables: &LocationTables,
    named: &NamedRules,
) -> Result<(LocationProblem, Asked<'a>), Vec<String>> {
    let mut faults = Vec::new();
    let is_product = kind == LocationKind::WeightedCenter;
    let most_weight = if is_product { MOST_FACTOR } else { MOST_WEIGHT as i64 };
    let weights = FixedPoint::of(&tables.weights, most_weight, MOST_WEIGHT).unwrap_or_else(|| {
        faults.push("L006: the weights add up to more than 10^15: use a larger unit".to_owned());
        FixedPoint::default()
    });
    let heaviest = weights.values.iter().copied().max().unwrap_or(1).max(1);
    let most_cost = if is_product { MOST_PRODUCT / heaviest } else { MOST_COST };
    let costs: Vec<Decimal> = tables.costs.iter().map(|&(_, _, cost)| cost).collect();
    let costs = FixedPoint::of(&costs, most_cost, i128::MAX).unwrap_or_else(|| {
        faults.push("L006: a cost is more than 10^17: use a larger unit".to_owned());
        FixedPoint::default()
    });
    let radius = args.radius.as_deref().and_then(amount);
    if tables.sites.count() == 0 || tables.demands.count() == 0 {
        faults.push("L007: there is no demand or no site: give at least one pair".to_owned());
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut reach = vec![Vec::new(); tables.demands.count()];
    for (&(demand, site, _), &cost) in tables.costs.iter().zip(&costs.values) {
        reach[demand as usize].push((site, cost));
    }
    reach.iter_mut().for_each(|row| row.sort_unstable());
    let in_units = |radius: Decimal| {
        radius.scaled_down(costs.decimals).and_then(|units| i64::try_from(units).ok()).unwrap_or(i64::MAX)
    };
    let mut notes = Vec::new();
    let new_count = (0..named.rules.site_count())
        .filter(|&site| !named.rules.existing[site] && !named.rules.forbidden[site])
        .count();
    if let Some(p) = named.rules.most_new.filter(|&p| p as usize > new_count) {
        notes
            .push(format!("L101: p = {p} is more than the {new_count} sites that may be new: all of them may be used"));
    }
    if args.budget.is_some() && tables.site_rows.iter().all(|row| row.cost.is_none()) {
        notes.push("L102: no site has a cost: each counts 1 against the budget".to_owned());
    }
    let is_coarse = |column: &FixedPoint| !column.is_exact && column.decimals < FINE_DECIMALS;
    if is_coarse(&weights) || is_coarse(&costs) {
        let (weight, cost) = (weights.decimals, costs.decimals);
        notes.push(format!("L103: weights were rounded to {weight} decimals, costs to {cost}"));
    }
    let problem =
        LocationProblem { weights: weights.values, reach, radius: radius.map(in_units), rules: named.rules.clone() };
    let demands = (0..tables.demands.count()).collect();
    let (weight_decimals, cost_decimals) = (weights.decimals, costs.decimals);
    Ok((problem, Asked { args, kind, weight_decimals, cost_decimals, notes, demands }))
}

/// Takes out the demands that no usable site reaches.
fn leave_out(problem: &mut LocationProblem, asked: &mut Asked<'_>) {
    let reached: Vec<usize> = (0..problem.reach.len()).filter(|&demand| answer::is_reached(problem, demand)).collect();
    problem.weights = reached.iter().map(|&demand| problem.weights[demand]).collect();
    problem.reach = reached.iter().map(|&demand| std::mem::take(&mut problem.reach[demand])).collect();
    asked.demands = reached;
}
