//! Which posts together detect at a crossing: the answer of [`super::measure`] taken apart, so that it can be optimised.

use super::catchment;
use super::detection::{detection, pair_detection_probability};
use super::{CoverageError, CoverageParams, CrossBorderResponse, OfficePost, Reach};
use std::collections::BTreeMap;

/// Posts that, when all are staffed, detect at a crossing with at least this probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The crossing.
    pub crossing_ix: u32,
    /// Post numbers (`2 * crossing_ix + side`), ascending, one to three.
    pub posts: Vec<u32>,
    /// Detection at the crossing.
    pub detection_probability: f64,
}

/// A response with the posts it needs.
struct Part {
    posts: Vec<u32>,
    probability: f64,
    /// The crossing whose cooperation level counts, for a response over the border.
    over: Option<usize>,
}

/// Every team out of `posts` that no smaller team matches, crossing by crossing. The detection that a set of offices
/// reaches at a crossing is the greatest of the teams that are wholly in it, or 0 without one.
///
/// # Errors
/// [`CoverageError`] as for [`super::measure`].
pub fn teams(
    posts: &[OfficePost],
    reach: &Reach,
    cooperation_of_crossing: &[f64],
    params: &CoverageParams,
) -> Result<Vec<Team>, CoverageError> {
    catchment::check(posts, reach, params)?;
    let crossing_count = reach.within.len() / 2;
    if cooperation_of_crossing.len() != crossing_count {
        let found = cooperation_of_crossing.len();
        return Err(CoverageError::Shape { what: "cooperation levels", found, expected: crossing_count });
    }
    let mut may_be_staffed = vec![false; reach.within.len()];
    posts.iter().for_each(|post| may_be_staffed[post.post()] = true);
    let parts = parts(&may_be_staffed, reach, params);
    let mut all = Vec::new();
    for crossing_ix in 0..crossing_count {
        let sides = [&parts[2 * crossing_ix], &parts[2 * crossing_ix + 1]];
        let mut best: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        let mut offer = |members: &[&Part], probability: f64| {
            let mut posts: Vec<u32> = members.iter().flat_map(|part| part.posts.iter().copied()).collect();
            posts.sort_unstable();
            posts.dedup();
            let known = best.entry(posts).or_insert(0.0);
            *known = known.max(probability);
        };
        let domestic = |side: usize| sides[side].iter().filter(|part| part.over.is_none());
        for side in [0, 1] {
            for own in domestic(side) {
                offer(&[own], own.probability);
            }
            for helper in sides[side].iter() {
                let Some(over) = helper.over else { continue };
                let level = cooperation_of_crossing[over];
                offer(&[helper], pair_detection_probability(0.0, helper.probability, level));
                for own in domestic(side) {
                    let joint = pair_detection_probability(own.probability, helper.probability, level);
                    offer(&[own, helper], joint);
                }
            }
        }
        for a in domestic(0) {
            for b in domestic(1) {
                let level = cooperation_of_crossing[crossing_ix];
                offer(&[a, b], pair_detection_probability(a.probability, b.probability, level));
            }
        }
        let is_matched = |posts: &[u32], probability: f64| {
            let is_within = |other: &[u32]| other.len() < posts.len() && other.iter().all(|post| posts.contains(post));
            best.iter().any(|(other, &by)| by >= probability && is_within(other))
        };
        let kept = best.iter().filter(|(posts, p)| **p > 0.0 && !is_matched(posts, **p));
        all.extend(kept.map(|(posts, &detection_probability)| Team {
            crossing_ix: crossing_ix as u32,
            posts: posts.clone(),
            detection_probability,
        }));
    }
    Ok(all)
}

/// For each post, the responses to it.
fn parts(may_be_staffed: &[bool], reach: &Reach, params: &CoverageParams) -> Vec<Vec<Part>> {
    let mut parts: Vec<Vec<Part>> = may_be_staffed.iter().map(|_| Vec::new()).collect();
    for home in (0..may_be_staffed.len()).filter(|&post| may_be_staffed[post]) {
        let partner = home ^ 1;
        let mut respond = |from: usize, start_h: f64, needed: Vec<u32>, over: Option<usize>| {
            for &(post, travel_h) in &reach.within[from] {
                let time_h = start_h + travel_h;
                if time_h <= params.response_radius_h {
                    let probability = detection(time_h, params);
                    parts[post as usize].push(Part { posts: needed.clone(), probability, over });
                }
            }
        };
        respond(home, 0.0, vec![home as u32], None);
        let both = vec![home.min(partner) as u32, home.max(partner) as u32];
        match params.cross_border_response {
            CrossBorderResponse::Always => respond(partner, params.border_passage_h, vec![home as u32], Some(home / 2)),
            CrossBorderResponse::WhenPaired if may_be_staffed[partner] => {
                respond(partner, params.border_passage_h, both, Some(home / 2));
            }
            CrossBorderResponse::WhenPaired | CrossBorderResponse::Never => {}
        }
    }
    parts
}
