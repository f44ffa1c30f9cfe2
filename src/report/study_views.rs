//! The report of a plan, second half: draws, scenarios, commodities, countries, cooperation.

use super::Findings;
use super::text::{GRAMS_PER_T, KG_PER_T, list, names, table, with_figure};
use crate::bundle::Block;
use crate::scenario::{Arrangement, PlanStudy};

/// The lines of the summary that other views give.
pub(super) fn summary(findings: &Findings<'_>, study: &PlanStudy) -> Vec<String> {
    let mut lines = Vec::new();
    let draws = &study.draws.draws;
    if !draws.is_empty() {
        let kept = draws.iter().filter(|draw| draw.best.sites == findings.plan.siting.sites).count();
        lines.push(format!(
            "Under {} draws of the hazards the plan stays the best in {kept}; what the best plan of a draw covers more is {:.1} % on average \
             and {:.1} % at most.",
            draws.len(),
            100.0 * regrets(study).iter().sum::<f64>() / draws.len() as f64,
            100.0 * regrets(study).iter().copied().fold(0.0, f64::max)
        ));
    }
    if let Some([joint, alone, selfish, none, full]) = arrangements(study) {
        lines.push(format!(
            "With {} new posts a country, planning together detects {:.1} t a year more than existing offices do; each country planning alone \
             {:.1} % of that, the selfish play {:.1} %; the joint plan would detect {:.0} % of it without cooperation at the posts and {:.0} % with \
             full cooperation (expected, at the assumed detection).",
            study.params.posts_per_country,
            joint.gain_kg_per_year / KG_PER_T,
            100.0 * alone.gain_kg_per_year / joint.gain_kg_per_year.max(f64::MIN_POSITIVE),
            100.0 * selfish.gain_kg_per_year / joint.gain_kg_per_year.max(f64::MIN_POSITIVE),
            100.0 * none.gain_kg_per_year / joint.gain_kg_per_year.max(f64::MIN_POSITIVE),
            100.0 * full.gain_kg_per_year / joint.gain_kg_per_year.max(f64::MIN_POSITIVE)
        ));
    }
    if let (Some(before), Some(after)) =
        (findings.displacement.covered_share_before, findings.displacement.covered_share_after)
    {
        lines.push(format!(
            "That holds if traffickers do not react. In the model they do: the opiate flow over covered crossings of the planning countries \
             falls from {:.0} to {:.0} % of the whole.",
            100.0 * before,
            100.0 * after
        ));
    }
    lines
}

/// What each draw's best plan covers more, over what it covers.
fn regrets(study: &PlanStudy) -> Vec<f64> {
    let of = |draw: &crate::scenario::Draw| {
        (draw.best.objective - draw.planned_weight) as f64 / draw.best.objective.max(1) as f64
    };
    study.draws.draws.iter().map(of).collect()
}

fn arrangements(study: &PlanStudy) -> Option<[&Arrangement; 5]> {
    let of = |name: &str| study.cooperation.arrangements.iter().find(|arrangement| arrangement.name == name);
    Some([of("joint")?, of("alone")?, of("selfish")?, of("joint, cooperation 0")?, of("joint, cooperation 1")?])
}

/// Plans under draws of the hazards.
pub(super) fn draws(study: &PlanStudy, figure: Option<Block>) -> Vec<Block> {
    let draws = &study.draws;
    let checked = match draws.checked.as_slice() {
        [] => String::new(),
        checked => {
            let same = checked.iter().filter(|check| check.is_same_plan).count();
            let apart =
                checked.iter().map(|check| (check.pooled_share - check.searched_share).abs()).fold(0.0, f64::max);
            format!(
                " Of {} draws over known routes that were searched too, {same} have the same best plan either way; the plan's covered share \
                 differs by at most {:.1} points.",
                checked.len(),
                100.0 * apart
            )
        }
    };
    let text = format!(
        "{} draws (seed {}) take the rate of each segment from its gamma posterior, the same uniform number for a segment whatever is compared, \
         and assign flow again: {} of them over routes searched anew, any others over all routes found so far.{checked} Demand, gateways \
         and the form of the model are not drawn.",
        draws.draws.len(),
        study.params.seed,
        draws.searched_count
    );
    let mut blocks = with_figure(vec![Block::Text(text)], figure);
    blocks.push(table(
        "plan_draws",
        10,
        &[
            "draw",
            "best_flow_kg_per_year",
            "planned_flow_kg_per_year",
            "regret_percent",
            "is_plan_best",
            "crossing_ids",
        ],
    ));
    blocks
}

/// Plans under the scenarios.
pub(super) fn regret(findings: &Findings<'_>, study: &PlanStudy) -> Vec<Block> {
    let regret = &study.regret;
    let least = names(findings, &study.problem.crossing_ixs(&regret.least.sites));
    let planned = regret.plans.first().map_or(0.0, |plan| plan.greatest());
    let mut blocks = vec![Block::Text(format!(
        "Regret is what a scenario's own best plan covers more, in per cent. Over the baseline and {} scenarios the plan's greatest regret is \
         {:.1} %; the plan of least regret, {}, keeps it at {:.1} % (no plan of as many offices below {:.1} %). A scenario that opens offices \
         covers with them; one that closes a crossing leaves its office out of that scenario's own plan.",
        regret.views.len().saturating_sub(1),
        100.0 * planned,
        list(&least),
        100.0 * (1.0 - regret.least.least_share),
        100.0 * (1.0 - regret.least.least_share_bound)
    ))];
    if !findings.failures.is_empty() {
        blocks.push(Block::Text(format!("Not run: {}.", findings.failures.join("; "))));
    }
    blocks.push(table(
        "plan_regret",
        8,
        &[
            "plan",
            "scenario_id",
            "covered_flow_kg_per_year",
            "best_flow_kg_per_year",
            "regret_percent",
            "greatest_regret_percent",
        ],
    ));
    blocks
}

/// Opiates against precursors.
pub(super) fn frontier(study: &PlanStudy) -> Vec<Block> {
    let mut distinct: Vec<_> = study.frontier.points.iter().map(|point| &point.sites).collect();
    distinct.sort();
    distinct.dedup();
    vec![
        Block::Text(format!(
            "The best plan for each of {} weighings of the covered share of opiates against that of precursors: {} different plans. Each \
             commodity counts as a share of its own flow over the crossings of the planning countries.",
            study.frontier.points.len(),
            distinct.len()
        )),
        table(
            "plan_frontier",
            15,
            &[
                "opiate_weight_share",
                "covered_opiate_share",
                "covered_precursor_share",
                "is_efficient",
                "gap_percent",
                "crossing_ids",
            ],
        ),
    ]
}

/// Covered share of each country.
pub(super) fn equity(findings: &Findings<'_>, study: &PlanStudy) -> Vec<Block> {
    let points = &study.equity.points;
    let (Some(plan), Some(fair)) =
        (points.iter().find(|point| point.plan.sites == findings.plan.siting.sites), points.last())
    else {
        return Vec::new();
    };
    let text = format!(
        "Under the plan the worst-covered planning country has {:.1} % of its own flow covered. The greatest least share that any plan of as \
         many offices reaches is {:.1} % (bound {:.1} %); it costs {:.1} t of covered flow. A crossing between two planning countries counts \
         for both.",
        100.0 * plan.plan.least_share,
        100.0 * fair.plan.least_share,
        100.0 * fair.plan.least_share_bound,
        (plan.plan.objective - fair.plan.objective) as f64 / GRAMS_PER_T
    );
    vec![
        Block::Text(text),
        table(
            "plan_equity",
            18,
            &["point", "plan", "iso3", "own_flow_kg_per_year", "covered_share", "covered_flow_kg_per_year"],
        ),
    ]
}

/// Joint plan, each alone, selfish play, Shapley shares.
pub(super) fn cooperation(study: &PlanStudy) -> Vec<Block> {
    let text = format!(
        "Measured in flow that is expected to be detected at crossings beyond what existing offices detect, at the assumed detection; two \
         offices at one crossing detect together the more, the better the two countries cooperate. Each country staffs at most {} new \
         posts, on its own side, whoever decides. Limits of the siting section do not apply here. Flow is the baseline's: nobody \
         re-routes.",
        study.params.posts_per_country
    );
    vec![
        Block::Text(text),
        table(
            "cooperation",
            8,
            &[
                "arrangement",
                "detected_gain_kg_per_year",
                "of_joint_percent",
                "bound_kg_per_year",
                "new_post_count",
                "note",
            ],
        ),
        table("shapley", 10, &[]),
        table("coalitions", 15, &[]),
    ]
}

/// The blocks on displacement with the table by country.
pub(super) fn displacement(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.push(table(
        "displacement_by_country",
        12,
        &["iso3", "before_kg_per_year", "after_kg_per_year", "change_kg_per_year", "balloon_index"],
    ));
    blocks
}
