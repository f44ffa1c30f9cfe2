//! Tables of a plan under other views: draws, scenarios, countries, commodities, cooperation, displacement by country.

use super::planning::{kg, status};
use super::{Labels, Table};
use crate::records::Iso3;
use crate::scenario::{CooperationStudy, Displacement, PlanStudy};
use std::collections::BTreeMap;

/// Every draw of the hazards with its own best plan.
#[must_use]
pub fn plan_draws(labels: &Labels<'_>, study: &PlanStudy, planned_sites: &[u32]) -> Table {
    let all = || study.draws.draws.iter();
    let checked = |draw: i64| study.draws.checked.iter().find(move |check| i64::from(check.draw) + 1 == draw);
    let numbers = || 1..=study.draws.draws.len() as i64;
    let table = Table::new(
        "plan_draws",
        "The best plan under each draw of the hazards",
        &format!(
            "{} draws of each segment's rate from its gamma posterior (level 3; assumed hazards: uniform from 0 to twice the assumption), \
             seed {}. Flow is assigned again, in the first {} draws over routes searched anew, in the others over all routes found so far. Not in the draws: the model itself, demand, shares of gateways.",
            study.draws.draws.len(),
            study.params.seed,
            study.draws.searched_count,
        ),
    )
    .integer("draw", "Number of the draw", numbers())
    .real("best_flow_kg_per_year", "Weighted flow covered by the best plan of the draw", 1, all().map(|draw| kg(draw.best.objective)))
    .real("bound_kg_per_year", "No plan covers more", 1, all().map(|draw| kg(draw.best.bound)))
    .real("planned_flow_kg_per_year", "Weighted flow covered by the plan", 1, all().map(|draw| kg(draw.planned_weight)))
    .optional_real("planned_share", "Share of weighted flow covered by the plan", 5, all().map(|draw| (draw.total_weight > 0).then(|| draw.planned_weight as f64 / draw.total_weight as f64)))
    .real("regret_percent", "What the best plan of the draw covers more, in per cent of it", 4, all().map(|draw| 100.0 * (draw.best.objective - draw.planned_weight) as f64 / draw.best.objective.max(1) as f64))
    .flag("is_plan_best", "Whether the best plan of the draw is the plan", all().map(|draw| draw.best.sites == planned_sites))
    .text("crossing_ids", "New offices of the best plan of the draw", all().map(|draw| labels.ids(&study.problem.crossing_ixs(&draw.best.sites))));
    if study.draws.checked.is_empty() {
        return table;
    }
    table
        .optional_real(
            "searched_planned_share",
            "Covered share of the plan with routes searched anew; empty = not searched",
            5,
            numbers().map(|draw| checked(draw).map(|check| check.searched_share)),
        )
        .optional_text(
            "is_searched_plan_same",
            "Whether the draw's best plan is the same with routes searched anew; empty = not searched",
            numbers().map(|draw| checked(draw).map(|check| check.is_same_plan.to_string())),
        )
}

/// Every plan under every scenario.
#[must_use]
pub fn plan_regret(labels: &Labels<'_>, study: &PlanStudy) -> Table {
    let regret = &study.regret;
    let rows: Vec<_> = regret
        .plans
        .iter()
        .flat_map(|plan| regret.views.iter().enumerate().map(move |(at, view)| (plan, view, at)))
        .collect();
    let all = || rows.iter();
    Table::new(
        "plan_regret",
        "Plans under the scenarios",
        &format!(
            "Regret = what the scenario's own best plan covers more, in per cent of it. The plan of least regret keeps its greatest regret \
             at {:.3} %; no plan of as many offices keeps it below {:.3} % (solver's bound, tolerance 0.0001 %). Offices that a scenario opens cover there.",
            100.0 * (1.0 - regret.least.least_share),
            100.0 * (1.0 - regret.least.least_share_bound)
        ),
    )
    .text("plan", "The plan, the plan of least regret, or the best plan of a scenario", all().map(|row| row.0.name.as_str()))
    .text("scenario_id", "Scenario", all().map(|row| row.1.id.as_str()))
    .real("covered_flow_kg_per_year", "Weighted flow covered under the scenario", 1, all().map(|row| kg(row.0.covered[row.2])))
    .real("best_flow_kg_per_year", "Covered by the scenario's best plan", 1, all().map(|row| kg(row.1.best.objective)))
    .optional_real("regret_percent", "Regret; empty where nothing can be covered", 4, all().map(|row| row.0.regrets[row.2].map(|regret| 100.0 * regret)))
    .real("greatest_regret_percent", "Greatest regret of the plan over the scenarios", 4, all().map(|row| 100.0 * row.0.greatest()))
    .text("best_status", "What is known about the scenario's best plan", all().map(|row| status(row.1.best.status)))
    .text("crossing_ids", "New offices of the plan", all().map(|row| labels.ids(&study.problem.crossing_ixs(&row.0.sites))))
}

/// Each country's covered share, from the plan that covers most to the fairest one.
#[must_use]
pub fn plan_equity(labels: &Labels<'_>, study: &PlanStudy) -> Table {
    let equity = &study.equity;
    let rows: Vec<_> = (equity.points.iter().enumerate())
        .flat_map(|(at, point)| (0..equity.countries.len()).map(move |country| (at, point, country)))
        .collect();
    let all = || rows.iter();
    Table::new(
        "plan_equity",
        "Covered share of each planning country",
        "From the plan that covers most to the one with the greatest least share. A crossing between two planning countries counts for \
         both. Bounds are the solver's, within its tolerance.",
    )
    .integer("point", "Number of the plan, by least share", all().map(|row| row.0 as i64 + 1))
    .text("plan", "What the plan is the best for", all().map(|row| row.1.name.as_str()))
    .optional_real("floor_share", "Least share asked for; empty = none", 5, all().map(|row| row.1.floor))
    .text("iso3", "Country", all().map(|row| equity.countries[row.2].as_str()))
    .real("own_flow_kg_per_year", "Weighted flow over its crossings", 1, all().map(|row| kg(equity.whole[row.2])))
    .optional_real("covered_share", "Share of it that is covered; empty = no flow", 5, all().map(|row| row.1.plan.shares[row.2]))
    .real("least_share", "Least share of any country", 5, all().map(|row| row.1.plan.least_share))
    .optional_real("least_share_bound", "No plan has a greater least share; empty where it is not maximised", 5, all().map(|row| (row.1.name == "greatest least share").then_some(row.1.plan.least_share_bound)))
    .real("covered_flow_kg_per_year", "Weighted flow covered in all", 1, all().map(|row| kg(row.1.plan.objective)))
    .real("bound_kg_per_year", "No plan with such shares covers more", 1, all().map(|row| kg(row.1.plan.objective_bound)))
    .text("crossing_ids", "New offices", all().map(|row| labels.ids(&study.problem.crossing_ixs(&row.1.plan.sites))))
}

/// Covered opiates against covered precursors.
#[must_use]
pub fn plan_frontier(labels: &Labels<'_>, study: &PlanStudy) -> Table {
    let frontier = &study.frontier;
    let all = || frontier.points.iter();
    let share = |weight: i64, total: i64| (total > 0).then(|| weight as f64 / total as f64);
    Table::new(
        "plan_frontier",
        "Covered opiates against covered precursors",
        "The best plan for each stated weighing of the covered share of opiates (in heroin equivalent) against that of precursors (acetic \
         anhydride); at the ends the other commodity decides among equals. Efficient points that no weighing makes best are not found.",
    )
    .real("opiate_weight_share", "Weight of opiates; precursors have the rest", 4, all().map(|point| point.opiate_share))
    .real("opiate_flow_kg_per_year", "Opiates over covered crossings, heroin equivalent", 1, all().map(|point| kg(point.opiate_weight)))
    .optional_real("covered_opiate_share", "Share of opiates over the crossings of the planning countries", 5, all().map(|point| share(point.opiate_weight, frontier.opiate_total)))
    .real("precursor_flow_kg_per_year", "Precursors over covered crossings, acetic anhydride", 1, all().map(|point| kg(point.precursor_weight)))
    .optional_real("covered_precursor_share", "Share of precursors over the crossings of the planning countries", 5, all().map(|point| share(point.precursor_weight, frontier.precursor_total)))
    .flag("is_efficient", "Whether no other row covers more of one and no less of the other", all().map(|point| point.is_efficient))
    .real("gap_percent", "Gap to the proven bound of the weighed sum", 6, all().map(|point| 100.0 * point.gap_share))
    .text("status", "What is known about the plan", all().map(|point| status(point.status)))
    .text("crossing_ids", "New offices", all().map(|point| labels.ids(&study.problem.crossing_ixs(&point.sites))))
}

const DETECTED: &str = "Expected flow detected at crossings beyond what existing offices detect: weighted flow times the assumed \
     detection of the offices that reach it, two offices scaled by the level of cooperation. Each country staffs at most the same number \
     of new posts, on its own side. Flow is the baseline's: nobody re-routes.";

/// Joint plan, each alone, selfish equilibrium.
#[must_use]
pub fn cooperation(labels: &Labels<'_>, study: &CooperationStudy) -> Table {
    let all = || study.arrangements.iter();
    let post = |office: &crate::coverage::OfficePost| {
        let country = labels.crossings[office.crossing_ix as usize].countries[usize::from(office.side)];
        format!("{}:{country}", labels.id(office.crossing_ix))
    };
    let joint = study.arrangements.first().map_or(0.0, |joint| joint.gain_kg_per_year);
    let table = Table::new("cooperation", "What planning together is worth", DETECTED)
        .text("arrangement", "Who decides", all().map(|row| row.name))
        .real(
            "detected_gain_kg_per_year",
            "Over all crossings of the planning countries, each once",
            2,
            all().map(|row| row.gain_kg_per_year),
        )
        .optional_real(
            "of_joint_percent",
            "The same in per cent of the joint plan's",
            3,
            all().map(|row| (joint > 0.0).then(|| 100.0 * row.gain_kg_per_year / joint)),
        )
        .optional_real(
            "bound_kg_per_year",
            "No choice of posts gains more; empty = not optimised as a whole",
            2,
            all().map(|row| row.bound_kg_per_year),
        );
    let with_countries = study.countries.iter().enumerate().fold(table, |table, (at, country)| {
        table.real(
            &format!("detected_gain_{}_kg_per_year", country.as_str().to_lowercase()),
            &format!("Over the crossings of {country}; one between two planning countries counts for both"),
            2,
            all().map(|row| row.gain_of_country_kg_per_year[at]),
        )
    });
    with_countries
        .integer("new_post_count", "New posts", all().map(|row| row.posts.len() as i64))
        .text(
            "posts",
            "New posts, as crossing:country",
            all().map(|row| row.posts.iter().map(post).collect::<Vec<_>>().join(";")),
        )
        .text("note", "How it comes about", all().map(|row| row.note.as_str()))
}

/// Every coalition and what its own posts gain.
#[must_use]
pub fn coalitions(study: &CooperationStudy) -> Table {
    let all = || study.coalitions.iter();
    let members = |members: &[Iso3]| members.iter().map(Iso3::as_str).collect::<Vec<_>>().join(";");
    Table::new("coalitions", "What each coalition gains by its own posts", DETECTED)
        .text(
            "members",
            "Countries that plan together; the others staff nothing new",
            all().map(|row| members(&row.members)),
        )
        .real("detected_gain_kg_per_year", "Value of the coalition", 2, all().map(|row| row.gain_kg_per_year))
        .real("bound_kg_per_year", "No choice of its posts gains more", 2, all().map(|row| row.bound_kg_per_year))
}

/// Shapley share of each country.
#[must_use]
pub fn shapley(study: &CooperationStudy) -> Table {
    let shares = &study.shapley_kg_per_year;
    let countries = || study.countries.iter().take(shares.len());
    let value = |keep: &dyn Fn(&[Iso3]) -> bool| {
        study.coalitions.iter().find(|row| keep(&row.members)).map_or(0.0, |row| row.gain_kg_per_year)
    };
    let joint = value(&|members| members.len() == study.countries.len());
    let alone = |country: Iso3| value(&|members| members == [country]);
    let others =
        |country: Iso3| value(&|members| members.len() + 1 == study.countries.len() && !members.contains(&country));
    Table::new(
        "shapley",
        "Each country's share in the joint gain",
        "Shapley value over all coalitions: what a country adds, averaged over all orders of joining. Expected flow detected, kg a year.",
    )
    .text("iso3", "Country", countries().map(Iso3::as_str))
    .real("shapley_kg_per_year", "Its share", 2, shares.iter().copied())
    .optional_real("of_joint_percent", "In per cent of the joint gain", 2, shares.iter().map(|share| (joint > 0.0).then(|| 100.0 * share / joint)))
    .real("alone_kg_per_year", "What it gains as a coalition of one", 2, countries().map(|&country| alone(country)))
    .real("last_kg_per_year", "What it adds to all others together", 2, countries().map(|&country| joint - others(country)))
}

/// Opiate flow over the crossings of each country before and after the plan.
#[must_use]
pub fn displacement_by_country(labels: &Labels<'_>, displacement: &Displacement) -> Table {
    #[derive(Default)]
    struct Sums {
        before: f64,
        after: f64,
        gained: f64,
        lost: f64,
    }
    let mut of: BTreeMap<Iso3, Sums> = BTreeMap::new();
    for shift in &displacement.shifts {
        let change = shift.change_kg_per_year();
        for country in labels.crossings[shift.crossing_ix as usize].countries {
            let sums = of.entry(country).or_default();
            sums.before += shift.before_kg_per_year;
            sums.after += shift.after_kg_per_year;
            sums.gained += change.max(0.0);
            sums.lost += (-change).max(0.0);
        }
    }
    let mut rows: Vec<(Iso3, Sums)> = of.into_iter().collect();
    let change = |sums: &Sums| sums.after - sums.before;
    rows.sort_by(|a, b| change(&b.1).abs().total_cmp(&change(&a.1).abs()).then(a.0.cmp(&b.0)));
    let all = || rows.iter();
    Table::new(
        "displacement_by_country",
        "Opiate flow over each country's crossings before and after the plan",
        "A crossing counts for both its countries, a consignment at each crossing it passes. Balloon index: gains over losses among the \
         country's crossings. A model of evaders is for stress-testing plans, not a forecast.",
    )
    .text("iso3", "Country", all().map(|row| row.0.as_str()))
    .real("before_kg_per_year", "Before", 1, all().map(|row| row.1.before))
    .real("after_kg_per_year", "After", 1, all().map(|row| row.1.after))
    .real("change_kg_per_year", "After less before", 1, all().map(|row| change(&row.1)))
    .real("gained_kg_per_year", "Sum of the gains of its crossings", 1, all().map(|row| row.1.gained))
    .real("lost_kg_per_year", "Sum of the losses of its crossings", 1, all().map(|row| row.1.lost))
    .optional_real("balloon_index", "Gains over losses; empty = nothing lost", 3, all().map(|row| (row.1.lost > 0.0).then(|| row.1.gained / row.1.lost)))
}
