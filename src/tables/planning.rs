//! Tables of offices, plans and displacement.

use super::{Labels, Table};
use crate::scenario::{Displacement, Outcome, Plan};
use crate::siting::SitingStatus;

const GRAMS_PER_KG: f64 = 1000.0;

pub(super) fn kg(weight_g: i64) -> f64 {
    weight_g as f64 / GRAMS_PER_KG
}

pub(super) const fn status(status: SitingStatus) -> &'static str {
    match status {
        SitingStatus::Optimal => "optimal",
        SitingStatus::Limit => "search limit reached: see the gap",
        SitingStatus::Infeasible => "infeasible",
    }
}

/// Existing offices and what each crossing with one carries.
#[must_use]
pub fn offices(labels: &Labels<'_>, outcome: &Outcome) -> Table {
    let all = || outcome.offices.iter();
    let crossing = |ix: u32| &outcome.crossings[ix as usize];
    Table::new(
        "offices",
        "Existing Border Liaison Offices on the network",
        "Offices known to be open by the configured year. Paired = both posts of the crossing are staffed.",
    )
    .text("crossing_id", "Crossing", all().map(|office| labels.id(office.crossing_ix)))
    .text("name", "Name of the crossing", all().map(|office| labels.name(office.crossing_ix)))
    .text(
        "iso3",
        "Country that staffs it",
        all().map(|office| crossing(office.crossing_ix).countries[usize::from(office.side)].as_str()),
    )
    .flag(
        "is_paired",
        "Whether both posts are staffed",
        all().map(|office| all().filter(|other| other.crossing_ix == office.crossing_ix).count() == 2),
    )
    .real(
        "weighted_flow_kg_per_year",
        "Flow over its own crossing",
        1,
        all().map(|office| outcome.weight_kg_per_year[office.crossing_ix as usize]),
    )
}

/// The chosen crossings, what each covers, and the plan's bound.
#[must_use]
pub fn plan(labels: &Labels<'_>, plan: &Plan, outcome: &Outcome) -> Table {
    let siting = &plan.siting;
    let covered_by = |site: u32| -> Vec<u32> {
        let demands = siting.who_covers.iter().enumerate().filter(|(_, sites)| sites.contains(&site));
        demands.map(|(demand, _)| plan.demand_crossing_ixs[demand]).collect()
    };
    let only_by = |site: u32| -> f64 {
        let demands = siting.who_covers.iter().enumerate().filter(|(_, sites)| sites.as_slice() == [site]);
        demands.map(|(demand, _)| outcome.weight_kg_per_year[plan.demand_crossing_ixs[demand] as usize]).sum()
    };
    let weight = |ixs: Vec<u32>| -> f64 { ixs.iter().map(|&ix| outcome.weight_kg_per_year[ix as usize]).sum() };
    let is_greedy = |site: u32| siting.greedy.as_ref().is_some_and(|greedy| greedy.sites.contains(&site));
    let mut order = siting.sites.clone();
    order.sort_by(|&a, &b| only_by(b).total_cmp(&only_by(a)).then(a.cmp(&b)));
    let sites = || order.iter().copied();
    let ix = |site: u32| plan.site_crossing_ixs[site as usize];
    Table::new(
        "plan",
        "New offices: the maximal-covering plan",
        &format!(
            "Paired offices at both posts. Covered flow with the plan {:.0} kg a year of {:.0}; proven bound {:.0}; gap {:.4} %; {}. \
             A crossing's flow counts once however many offices reach it; a route that passes two crossings counts at both.",
            kg(siting.objective),
            kg(siting.total_weight),
            kg(siting.bound),
            100.0 * siting.gap_share.unwrap_or(0.0),
            status(siting.status),
        ),
    )
    .text("crossing_id", "Crossing", sites().map(|site| labels.id(ix(site)).to_owned()))
    .text("name", "Name", sites().map(|site| labels.name(ix(site)).to_owned()))
    .text("border", "Countries", sites().map(|site| labels.border(ix(site))))
    .real("own_flow_kg_per_year", "Weighted flow over its own crossing", 1, sites().map(|site| outcome.weight_kg_per_year[ix(site) as usize]))
    .real("covered_flow_kg_per_year", "Weighted flow over all crossings it reaches", 1, sites().map(|site| weight(covered_by(site))))
    .real("marginal_flow_kg_per_year", "Flow that no other office of the plan reaches", 1, sites().map(only_by))
    .integer("covered_crossing_count", "Crossings it reaches", sites().map(|site| covered_by(site).len() as i64))
    .text("covered_crossing_ids", "Crossings it reaches", sites().map(|site| labels.ids(&covered_by(site))))
    .flag("is_in_greedy_plan", "Whether the greedy plan has it too", sites().map(is_greedy))
}

/// Covered flow for each number of new offices.
#[must_use]
pub fn returns_curve(labels: &Labels<'_>, plan: &Plan) -> Table {
    let all = || plan.siting.curve.iter();
    let total = plan.siting.total_weight;
    let ids = |sites: &[u32]| {
        let ixs: Vec<u32> = sites.iter().map(|&site| plan.site_crossing_ixs[site as usize]).collect();
        labels.ids(&ixs)
    };
    Table::new(
        "returns_curve",
        "Covered flow by number of new offices",
        "Exact maximal covering for each number p of new paired offices, existing ones kept; bound = no plan covers more.",
    )
    .integer("new_office_count", "p", all().map(|point| i64::from(point.new_office_count)))
    .optional_real("covered_flow_kg_per_year", "Weighted flow covered", 1, all().map(|point| point.objective.map(kg)))
    .optional_real("covered_flow_share", "Share of weighted flow", 5, all().map(|point| {
        point.objective.filter(|_| total > 0).map(|weight| weight as f64 / total as f64)
    }))
    .optional_real("bound_kg_per_year", "Proven bound", 1, all().map(|point| point.bound.map(kg)))
    .optional_real("gap_share", "(bound - covered) / covered", 6, all().map(|point| point.gap_share))
    .optional_real("greedy_flow_kg_per_year", "Covered by the greedy plan", 1, all().map(|point| point.greedy_objective.map(kg)))
    .integer("covered_crossing_count", "Crossings covered", all().map(|point| i64::from(point.covered_count)))
    .text("status", "What is known", all().map(|point| status(point.status)))
    .text("crossing_ids", "New offices", all().map(|point| ids(&point.sites)))
}

/// Opiate flow by crossing before and after the plan.
#[must_use]
pub fn displacement(labels: &Labels<'_>, displacement: &Displacement) -> Table {
    let mut shifts = displacement.shifts.clone();
    shifts.sort_by(|a, b| {
        b.change_kg_per_year().abs().total_cmp(&a.change_kg_per_year().abs()).then(a.crossing_ix.cmp(&b.crossing_ix))
    });
    let all = || shifts.iter();
    Table::new(
        "displacement",
        "Opiate flow by crossing before and after the plan",
        &format!(
            "Traffickers re-route by the same choice model once the planned offices raise the hazard at the crossings they \
             cover. Balloon index (gains over losses, summed over crossings): {}. A model of evaders is for stress-testing \
             plans, not a forecast.",
            displacement.balloon_index.map_or_else(|| "not defined".to_owned(), |index| format!("{index:.2}"))
        ),
    )
    .text("crossing_id", "Crossing", all().map(|shift| labels.id(shift.crossing_ix).to_owned()))
    .text("name", "Name", all().map(|shift| labels.name(shift.crossing_ix).to_owned()))
    .text("border", "Countries", all().map(|shift| labels.border(shift.crossing_ix)))
    .real("before_kg_per_year", "Before", 1, all().map(|shift| shift.before_kg_per_year))
    .real("after_kg_per_year", "After", 1, all().map(|shift| shift.after_kg_per_year))
    .real("change_kg_per_year", "After less before", 1, all().map(|shift| shift.change_kg_per_year()))
    .flag("is_covered_by_plan", "Whether an office covers it", all().map(|shift| shift.is_covered))
}
