//! Tables of what a plan is worth: sites, alternatives, phases.

use super::planning::{kg, status};
use super::{Labels, Table};
use crate::scenario::{Outcome, Plan, PlanStudy, frequency};

/// Every candidate site with what it is worth to the plan and how often it is chosen.
#[must_use]
pub fn plan_sites(labels: &Labels<'_>, study: &PlanStudy, plan: &Plan, outcome: &Outcome) -> Table {
    let mut order: Vec<_> = study.values.iter().collect();
    let covered = |site: u32| -> i64 {
        let demands = &study.problem.covering.covers[site as usize];
        demands.iter().map(|&demand| study.problem.covering.weights[demand as usize]).sum()
    };
    order.sort_by_key(|value| (!value.is_chosen, -value.drop_loss, -value.add_gain, value.site));
    let all = || order.iter().copied();
    let ix = |site: u32| study.problem.site_crossing_ixs[site as usize];
    let near_share = |site: u32| {
        let count = study.near.plan_count;
        (count > 0).then(|| study.near.count_of_site[site as usize] as f64 / count as f64)
    };
    let drawn = |site: u32| frequency(study.draws.count_of_site[site as usize], study.draws.draws.len() as u32);
    let fairest = study.equity.points.last().map(|point| &point.plan);
    Table::new(
        "plan_sites",
        "What each site is worth",
        &format!(
            "Every crossing that may get a pair of offices. Weighted flow (modelled) covered by the plan: {:.0} kg a year. Near-optimal \
             plans cover at least {:.0} kg ({} % less than the best at most) and have no idle office: {}{} of them. Seizures are not flow.",
            kg(plan.siting.objective),
            kg(study.near_weight),
            study.params.within_percent,
            if study.near.is_complete { "" } else { "at least " },
            study.near.plan_count,
        ),
    )
    .text("crossing_id", "Crossing", all().map(|value| labels.id(ix(value.site))))
    .text("name", "Name", all().map(|value| labels.name(ix(value.site))))
    .text("border", "Countries", all().map(|value| labels.border(ix(value.site))))
    .flag("is_in_plan", "Whether the plan has it", all().map(|value| value.is_chosen))
    .real("own_flow_kg_per_year", "Weighted flow over its own crossing", 1, all().map(|value| outcome.weight_kg_per_year[ix(value.site) as usize]))
    .real("reached_flow_kg_per_year", "Weighted flow over all crossings it reaches", 1, all().map(|value| kg(covered(value.site))))
    .optional_real("drop_loss_kg_per_year", "Covered flow lost when it leaves the plan and the rest stays; empty = not in the plan", 1, all().map(|value| value.is_chosen.then(|| kg(value.drop_loss))))
    .optional_real("replace_loss_kg_per_year", "Covered flow lost when it is forbidden and the rest planned anew; empty = not in the plan, or required", 1, all().map(|value| value.turned_loss.filter(|_| value.is_chosen).map(kg)))
    .optional_real("add_gain_kg_per_year", "Covered flow won when it comes on top of the plan; empty = in the plan", 1, all().map(|value| (!value.is_chosen).then(|| kg(value.add_gain))))
    .optional_real("force_loss_kg_per_year", "Covered flow lost when it is required and the rest planned anew with the same number; empty = in the plan, or impossible", 1, all().map(|value| value.turned_loss.filter(|_| !value.is_chosen).map(kg)))
    .flag("is_proven", "Whether the plan made anew is proven to be the best", all().map(|value| value.is_proven))
    .optional_real("near_optimal_share", "Share of the near-optimal plans that have it", 5, all().map(|value| near_share(value.site)))
    .optional_real("draw_share", "Share of the draws of the hazards whose best plan has it", 5, all().map(|value| drawn(value.site).map(|found| found.share)))
    .optional_real("draw_share_low", "Lower end of its 95 % interval for the finite number of draws", 5, all().map(|value| drawn(value.site).map(|found| found.low)))
    .optional_real("draw_share_high", "Upper end", 5, all().map(|value| drawn(value.site).map(|found| found.high)))
    .flag("is_in_least_regret_plan", "Whether the plan of least regret over the scenarios has it", all().map(|value| study.regret.least.sites.contains(&value.site)))
    .flag("is_in_fairest_plan", "Whether the plan with the greatest least share of a country has it", all().map(|value| fairest.is_some_and(|plan| plan.sites.contains(&value.site))))
}

/// The near-optimal plans, best first.
#[must_use]
pub fn near_optimal_plans(labels: &Labels<'_>, study: &PlanStudy, plan: &Plan) -> Table {
    let near = &study.near;
    let all = || near.plans.iter();
    let best = plan.siting.objective;
    Table::new(
        "near_optimal_plans",
        "Plans as good as the best, or nearly",
        &format!(
            "Plans of at most {} new pairs of offices without an idle one that cover at most {} % less than the best: {}{}, of which {} are \
             listed.{}",
            study.new_office_count,
            study.params.within_percent,
            if near.is_complete { "" } else { "at least " },
            near.plan_count,
            near.plans.len(),
            if near.is_complete { "" } else { " The count stopped at plan.count_step_limit." },
        ),
    )
    .integer("rank", "Rank by covered flow, ties by crossings", (1..).take(near.plans.len()))
    .real("covered_flow_kg_per_year", "Weighted flow covered", 1, all().map(|plan| kg(plan.covered_weight)))
    .real("loss_kg_per_year", "Less than the best plan by", 1, all().map(|plan| kg(best - plan.covered_weight)))
    .real("loss_percent", "The same in per cent of the best plan", 4, all().map(|plan| 100.0 * (best - plan.covered_weight) as f64 / best.max(1) as f64))
    .integer("office_count", "New pairs of offices", all().map(|plan| plan.sites.len() as i64))
    .text("crossing_ids", "New offices", all().map(|plan| labels.ids(&study.problem.crossing_ixs(&plan.sites))))
}

/// Offices opened in phases, beside the best plan of each phase by itself.
#[must_use]
pub fn rollout(labels: &Labels<'_>, study: &PlanStudy) -> Table {
    let nested = &study.nested;
    let all = || nested.phases.iter();
    let total: i64 = study.problem.covering.weights.iter().sum();
    let ids = |sites: &[u32]| labels.ids(&study.problem.crossing_ixs(sites));
    let gap = (nested.bound - nested.objective) as f64 / nested.objective.max(1) as f64;
    Table::new(
        "rollout",
        "Offices opened in phases",
        &format!(
            "The nested sequence with the greatest weighted sum of covered flow over its phases: {}; gap to the proven bound {:.4} %. \
             Price of nesting = what the best plan of as many offices would cover more if nothing bound it to other phases.",
            status(nested.status),
            100.0 * gap,
        ),
    )
    .integer("phase", "Phase", (1..).take(nested.phases.len()))
    .integer("phase_weight", "Weight of the phase in the sum", all().map(|phase| i64::from(phase.phase.weight)))
    .integer("new_office_count", "Most new pairs of offices at its end", all().map(|phase| i64::from(phase.phase.new_office_count)))
    .text("opened_crossing_ids", "Opened in the phase", all().map(|phase| ids(&phase.opened)))
    .text("crossing_ids", "New offices at its end", all().map(|phase| ids(&phase.sites)))
    .real("covered_flow_kg_per_year", "Weighted flow covered at its end", 1, all().map(|phase| kg(phase.covered_weight)))
    .optional_real("covered_flow_share", "Share of weighted flow", 5, all().map(|phase| (total > 0).then(|| phase.covered_weight as f64 / total as f64)))
    .real("free_flow_kg_per_year", "Covered by the best plan of as many offices by itself", 1, all().map(|phase| kg(phase.free_weight)))
    .real("free_bound_kg_per_year", "No plan of as many offices covers more", 1, all().map(|phase| kg(phase.free_bound)))
    .real("price_kg_per_year", "Price of nesting", 1, all().map(|phase| kg(phase.free_weight - phase.covered_weight)))
    .real("price_percent", "The same in per cent of the best plan by itself", 4, all().map(|phase| 100.0 * (phase.free_weight - phase.covered_weight) as f64 / phase.free_weight.max(1) as f64))
    .text("free_crossing_ids", "New offices of the best plan by itself", all().map(|phase| ids(&phase.free_sites)))
}
