//! Backup covering (Hogan & ReVelle 1986, BACOP): with the fewest new sites that serve every demand, most weight served
//! by two sites or more.
//!
//! Stage 1: p* = the least `sum_j x_j` with `sum_{j serves i} x_j >= 1` for every i. Stage 2: maximise `sum_i w_i u_i`
//! with `sum_{j serves i} x_j - u_i >= 1`, `0 <= u_i <= 1`, `sum_j x_j <= p*`, and the rows of [`super::Rules`].
//! A demand with a single site within reach has no `u_i`: it is served once and never counts as backed up.

use super::covering::{every, named, serving_all};
use super::effort::Effort;
use super::location::{LocationError, LocationOptions, LocationProblem, Solved, proven};
use super::mip::MipAim;
use super::reduce::{Dominated, Limit, Raw, Reduced, shrink};
use super::search::{Goal, Search};
use std::collections::BTreeSet;

/// The plan of stage 2.
pub(super) fn solve(
    problem: &LocationProblem,
    options: &LocationOptions,
    effort: &mut Effort<'_>,
) -> Result<Solved, LocationError> {
    let (known, least_count) = serving_all(problem, MipAim::Optimum, effort)?;
    let is_fewest = least_count == known.len() as i128;
    let reduced = reduced(problem);
    let added = (known.len() - reduced.required.len()) as i64;
    let mut search = Search::new(&reduced)?;
    let numbered: Vec<usize> = known.iter().filter_map(|site| reduced.sites.binary_search(site).ok()).collect();
    effort.base = reduced.base_weight.into();
    let start = Some((search.weight(&numbered), numbered));
    let found = search.run(Goal::Greatest, added, start, effort)?;
    let Some((weight, sites)) = found.best else {
        return Err(LocationError::Certificate("the search lost every lawful plan".into()));
    };
    let best = reduced.base_weight + weight;
    let optima = options.optima.map(|request| {
        let least = best - (best as f64 * request.within_share).floor() as i64;
        every(&reduced, (least - reduced.base_weight).max(0), added, request, effort)
    });
    // Fewer sites might do: then the number of stage 1, not the weight, is what is open.
    let bound = i128::from(reduced.base_weight + found.bound.max(weight));
    let status = proven(is_fewest && bound == i128::from(best));
    let fewest_sites = Some(least_count as u32);
    Ok(Solved { sites: named(&reduced, &sites), bound, status, optima: optima.transpose()?, fewest_sites })
}

/// Stage 2 as the search takes it: every demand served once is a limit, served twice a gain.
fn reduced(problem: &LocationProblem) -> Reduced {
    let rules = &problem.rules;
    let covers = problem.covers(problem.radius);
    let (required, open) = (rules.required_new(), rules.open());
    let mut served = vec![0_u32; problem.weights.len()];
    for (site, demands) in covers.iter().enumerate() {
        if rules.existing[site] || required.binary_search(&(site as u32)).is_ok() {
            demands.iter().for_each(|&demand| served[demand as usize] += 1);
        }
    }
    let mut limits = rules.limits(&required, &open);
    let rows: BTreeSet<Vec<usize>> = problem
        .cover_rows(problem.radius)
        .iter()
        .zip(&served)
        .filter(|&(_, &count)| count == 0)
        .map(|(sites, _)| sites.iter().filter_map(|site| open.binary_search(site).ok()).collect())
        .collect();
    limits.extend(
        rows.into_iter().map(|sites| Limit { terms: sites.into_iter().map(|site| (site, -1)).collect(), at_most: -1 }),
    );
    let settled = served.iter().map(|&count| count > 1).collect();
    let spare = served.iter().map(|&count| u8::from(count == 0)).collect();
    let weights = &problem.weights;
    shrink(Raw { weights, covers: &covers, required, open, settled, spare, limits }, Dominated::Kept)
}
