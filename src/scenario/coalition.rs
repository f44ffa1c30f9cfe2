//! What the planning countries win by planning together: joint optimum, each alone, selfish equilibrium, Shapley shares.
//!
//! Measured in flow that is detected at a crossing, expected, kg a year: flow times the probability that the offices that
//! reach the crossing detect, beyond what existing offices detect. A country staffs posts on its own side only. Each has
//! the same number of new posts in every arrangement, so that arrangements differ by who decides, not by means. Flow is
//! the baseline's: nobody re-routes.

use super::planning::SiteProblem;
use super::world::can_hold_office;
use super::{Outcome, ScenarioError, Settings, StudyParams, World};
use crate::cooperation::{Ending, LARGEST_PLAYER_COUNT, Staffed, Staffing, best_responses, shapley};
use crate::coverage::{OfficePost, teams};
use crate::parallel::map_in_order;
use crate::records::{CrossingStatus, Iso3};
use crate::siting::SitingError;

/// Most rounds of best responses.
const ROUND_LIMIT: u32 = 100;

/// A way of deciding, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// A word for tables.
    pub name: &'static str,
    /// New posts.
    pub posts: Vec<OfficePost>,
    /// Detected over all crossings of the planning countries beyond what existing offices detect, kg a year.
    pub gain_kg_per_year: f64,
    /// The same over the crossings of each country; a crossing between two of them counts for both.
    pub gain_of_country_kg_per_year: Vec<f64>,
    /// No choice of posts gains more; none where nothing is optimised as a whole.
    pub bound_kg_per_year: Option<f64>,
    /// How it came about.
    pub note: String,
}

/// A coalition and the most its own posts gain.
#[derive(Clone, Debug, PartialEq)]
pub struct CoalitionValue {
    /// Its members.
    pub members: Vec<Iso3>,
    /// Gain, kg a year.
    pub gain_kg_per_year: f64,
    /// No choice of its posts gains more.
    pub bound_kg_per_year: f64,
}

/// The value of cooperation.
#[derive(Clone, Debug, PartialEq)]
pub struct CooperationStudy {
    /// The planning countries.
    pub countries: Vec<Iso3>,
    /// Joint, alone, selfish, and the joint plan at other levels of cooperation.
    pub arrangements: Vec<Arrangement>,
    /// Every coalition, by its bits from 1 on; empty with more than ten countries.
    pub coalitions: Vec<CoalitionValue>,
    /// Shapley share of each country in the joint gain, kg a year; empty with more than ten countries.
    pub shapley_kg_per_year: Vec<f64>,
    /// How the selfish play ended.
    pub ending: Ending,
}

/// The game of the planning countries.
struct Game<'a> {
    countries: &'a [Iso3],
    staffing: Staffing,
    is_staffed: Vec<bool>,
    /// Weight of each crossing, kg a year; 0 outside the planning countries.
    weights: Vec<f64>,
    /// The same for the crossings of each country only.
    own_weights: Vec<Vec<f64>>,
    quota: u32,
}

/// Compares arrangements among the planning countries.
///
/// # Errors
/// When coverage or the solver fails.
pub(super) fn cooperation_study(
    world: &World<'_>,
    settings: &Settings,
    params: &StudyParams,
    outcome: &Outcome,
    problem: &SiteProblem,
) -> Result<CooperationStudy, ScenarioError> {
    let countries = &settings.candidates.countries;
    let recorded = &world.cooperation_of_crossing;
    let game = Game::new(world, settings, params, outcome, problem, recorded)?;
    let all = vec![params.posts_per_country; countries.len()];
    let joint = game.best(&game.weights, &all, &game.is_staffed)?;
    let mut arrangements = vec![game.arrangement(
        "joint",
        &joint.posts,
        Some(joint.bound),
        "one plan for all, levels of cooperation as recorded".to_owned(),
    )];
    let own = |player: usize, is_staffed: &[bool]| -> Result<Vec<u32>, ScenarioError> {
        let mut quotas = vec![0; countries.len()];
        quotas[player] = params.posts_per_country;
        Ok(game.best(&game.own_weights[player], &quotas, is_staffed)?.posts)
    };
    let apart = (0..countries.len()).map(|player| own(player, &game.is_staffed)).collect::<Result<Vec<_>, _>>()?;
    let mut together = apart.concat();
    together.sort_unstable();
    let note = "each country plans for its own borders as if the others staffed nothing new".to_owned();
    arrangements.push(game.arrangement("alone", &together, None, note));
    let played = best_responses(vec![Vec::new(); countries.len()], ROUND_LIMIT, |player, strategies: &[Vec<u32>]| {
        let others: Vec<Vec<u32>> =
            strategies.iter().enumerate().filter(|(other, _)| *other != player).map(|(_, s)| s.clone()).collect();
        let given = game.with(&others.concat());
        let better = own(player, &given)?;
        let value = |posts: &[u32]| {
            let staffed = posts.iter().fold(given.clone(), |mut staffed, &post| {
                staffed[post as usize] = true;
                staffed
            });
            game.staffing.detected(&game.own_weights[player], &staffed)
        };
        let (now, then) = (value(&strategies[player]), value(&better));
        Ok::<_, ScenarioError>((then > now * (1.0 + 1e-9)).then_some(better))
    })?;
    let mut selfish = played.strategies.concat();
    selfish.sort_unstable();
    let order = countries.iter().map(Iso3::as_str).collect::<Vec<_>>().join(", ");
    let note = match played.ending {
        Ending::Fixed => format!(
            "best responses in the order {order}, from no new post: nobody moves in round {}",
            played.round_count
        ),
        Ending::Cycle { round_count } => {
            format!(
                "best responses in the order {order} come back to themselves every {round_count} rounds: no equilibrium; the last state is shown"
            )
        }
        Ending::Limit => format!(
            "best responses in the order {order} did not come to rest in {ROUND_LIMIT} rounds; the last state is shown"
        ),
    };
    arrangements.push(game.arrangement("selfish", &selfish, None, note));
    for (name, level) in [("joint, cooperation 0", 0.0), ("joint, cooperation 1", 1.0)] {
        let levels = vec![level; recorded.len()];
        let other = Game::new(world, settings, params, outcome, problem, &levels)?;
        let found = other.best(&other.weights, &all, &other.is_staffed)?;
        let note = format!("one plan for all, were every level of cooperation {level}");
        arrangements.push(other.arrangement(name, &found.posts, Some(found.bound), note));
    }
    let coalitions = if countries.len() <= LARGEST_PLAYER_COUNT { game.coalitions()? } else { Vec::new() };
    let mut values = vec![0.0];
    values.extend(coalitions.iter().map(|coalition| coalition.gain_kg_per_year));
    Ok(CooperationStudy {
        countries: countries.clone(),
        arrangements,
        shapley_kg_per_year: if coalitions.is_empty() { Vec::new() } else { shapley(&values).unwrap_or_default() },
        coalitions,
        ending: played.ending,
    })
}

impl<'a> Game<'a> {
    fn new(
        world: &World<'_>,
        settings: &'a Settings,
        params: &StudyParams,
        outcome: &Outcome,
        problem: &SiteProblem,
        levels: &[f64],
    ) -> Result<Self, ScenarioError> {
        let countries = &settings.candidates.countries;
        let post_count = 2 * outcome.crossings.len();
        let mut is_staffed = vec![false; post_count];
        world.existing_offices.iter().for_each(|office| is_staffed[office.post()] = true);
        let mut player_of_post = vec![None; post_count];
        let mut open = world.existing_offices.clone();
        for &crossing_ix in &problem.demand_crossing_ixs {
            let crossing = &outcome.crossings[crossing_ix as usize];
            let is_forbidden = settings.candidates.forbidden_crossing_ids.contains(&crossing.id);
            if !can_hold_office(crossing) || crossing.status == CrossingStatus::Closed || is_forbidden {
                continue;
            }
            for side in [0, 1] {
                let post = OfficePost { crossing_ix, side };
                let country = crossing.countries[usize::from(side)];
                let player = countries.iter().position(|&other| other == country);
                if player.is_some() && !is_staffed[post.post()] {
                    player_of_post[post.post()] = player;
                    open.push(post);
                }
            }
        }
        let mut weights = vec![0.0; outcome.crossings.len()];
        for &ix in &problem.demand_crossing_ixs {
            weights[ix as usize] = outcome.weight_kg_per_year[ix as usize];
        }
        let of_country = |&country: &Iso3| {
            let own = outcome.crossings.iter().zip(&weights);
            own.map(|(crossing, &weight)| if crossing.countries.contains(&country) { weight } else { 0.0 }).collect()
        };
        Ok(Self {
            countries,
            staffing: Staffing { player_of_post, teams: teams(&open, &world.reach, levels, &settings.coverage)? },
            is_staffed,
            own_weights: countries.iter().map(of_country).collect(),
            weights,
            quota: params.posts_per_country,
        })
    }

    fn best(&self, weights: &[f64], quotas: &[u32], is_staffed: &[bool]) -> Result<Staffed, ScenarioError> {
        Ok(self.staffing.best(weights, quotas, is_staffed).map_err(SitingError::from)?)
    }

    /// Existing posts and these.
    fn with(&self, posts: &[u32]) -> Vec<bool> {
        let mut staffed = self.is_staffed.clone();
        posts.iter().for_each(|&post| staffed[post as usize] = true);
        staffed
    }

    fn arrangement(&self, name: &'static str, posts: &[u32], bound: Option<f64>, note: String) -> Arrangement {
        let staffed = self.with(posts);
        let gain = |weights: &[f64]| {
            self.staffing.detected(weights, &staffed) - self.staffing.detected(weights, &self.is_staffed)
        };
        Arrangement {
            name,
            posts: posts.iter().map(|&post| OfficePost { crossing_ix: post / 2, side: (post % 2) as u8 }).collect(),
            gain_kg_per_year: gain(&self.weights),
            gain_of_country_kg_per_year: self.own_weights.iter().map(|weights| gain(weights)).collect(),
            bound_kg_per_year: bound,
            note,
        }
    }

    /// Every coalition by its bits, the empty one left out.
    fn coalitions(&self) -> Result<Vec<CoalitionValue>, ScenarioError> {
        let all: Vec<usize> = (1..1 << self.countries.len()).collect();
        let value = |&bits: &usize| {
            let is_member = |player: usize| bits & (1 << player) != 0;
            let quotas: Vec<u32> =
                (0..self.countries.len()).map(|player| if is_member(player) { self.quota } else { 0 }).collect();
            let found = self.best(&self.weights, &quotas, &self.is_staffed)?;
            let members = self.countries.iter().enumerate().filter(|(player, _)| is_member(*player));
            Ok(CoalitionValue {
                members: members.map(|(_, &country)| country).collect(),
                gain_kg_per_year: found.gain,
                bound_kg_per_year: found.bound,
            })
        };
        map_in_order(&all, value).into_iter().collect()
    }
}
