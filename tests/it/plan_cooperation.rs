//! Shapley values, staffing and best responses against axioms, published cases and enumeration.

use crate::random::Random;
use corridor::cooperation::{Ending, Staffing, best_responses, shapley};
use corridor::coverage::{
    CoverageParams, CrossBorderResponse, CrossingLoad, DetectionDecay, OfficePost, Reach, measure, teams,
};

/// The definition: marginal gains averaged over all orders of joining.
fn by_orders(values: &[f64], n: usize) -> Vec<f64> {
    fn visit(values: &[f64], n: usize, order: &mut Vec<usize>, sums: &mut [f64], count: &mut f64) {
        if order.len() == n {
            let mut bits = 0;
            for &player in order.iter() {
                sums[player] += values[bits | 1 << player] - values[bits];
                bits |= 1 << player;
            }
            *count += 1.0;
            return;
        }
        for player in 0..n {
            if !order.contains(&player) {
                order.push(player);
                visit(values, n, order, sums, count);
                order.pop();
            }
        }
    }
    let (mut sums, mut count) = (vec![0.0; n], 0.0);
    visit(values, n, &mut Vec::new(), &mut sums, &mut count);
    sums.iter().map(|sum| sum / count).collect()
}

fn is_near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

#[test]
fn shapley_is_the_mean_over_all_orders_and_keeps_the_axioms() {
    let mut random = Random(3);
    for n in 1..=6 {
        for _ in 0..20 {
            let mut values: Vec<f64> = (0..1 << n).map(|_| 10.0 * random.unit()).collect();
            values[0] = 0.0;
            let shares = shapley(&values).unwrap();
            assert!(is_near(&shares, &by_orders(&values, n)), "{n} players");
            // efficiency
            assert!((shares.iter().sum::<f64>() - values[(1 << n) - 1]).abs() < 1e-9);
            // additivity
            let other: Vec<f64> = (0..1 << n).map(|_| random.unit()).collect();
            let sum: Vec<f64> = values.iter().zip(&other).map(|(a, b)| a + b).collect();
            let both: Vec<f64> = shares.iter().zip(shapley(&other).unwrap()).map(|(a, b)| a + b).collect();
            assert!(is_near(&shapley(&sum).unwrap(), &both));
            // a player who adds nothing gets nothing
            let idle: Vec<f64> = (0..1 << (n + 1)).map(|bits| values[bits & ((1 << n) - 1)]).collect();
            assert!(shapley(&idle).unwrap()[n].abs() < 1e-12);
        }
    }
    // symmetry, and the glove game: one left glove, two right ones (Shapley shares 2/3, 1/6, 1/6)
    let pairs = |bits: usize| f64::from(u8::from(bits & 1 == 1 && bits & 6 != 0));
    let gloves: Vec<f64> = (0..8).map(pairs).collect();
    assert!(is_near(&shapley(&gloves).unwrap(), &[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]));
    assert_eq!((shapley(&[]), shapley(&[1.0, 2.0, 3.0]), shapley(&[0.0])), (None, None, Some(vec![])));
    assert_eq!(shapley(&vec![0.0; 1 << 11]), None, "eleven players are too many");
    assert!(is_near(
        &shapley(&(0..1024).map(|bits: u32| f64::from(bits.count_ones())).collect::<Vec<_>>()).unwrap(),
        &[1.0; 10]
    ));
}

const CROSSINGS: usize = 4;

/// Random travel times between the posts of one country each.
fn random_reach(random: &mut Random) -> Reach {
    let mut within: Vec<Vec<(u32, f64)>> = (0..2 * CROSSINGS as u32).map(|post| vec![(post, 0.0)]).collect();
    for a in 0..2 * CROSSINGS as u32 {
        for b in a + 1..2 * CROSSINGS as u32 {
            if a % 2 == b % 2 && random.unit() < 0.6 {
                let time_h = 3.0 * random.unit();
                within[a as usize].push((b, time_h));
                within[b as usize].push((a, time_h));
            }
        }
    }
    within.iter_mut().for_each(|row| row.sort_by_key(|entry| entry.0));
    Reach { within, radius_h: 4.0 }
}

fn random_params(random: &mut Random) -> CoverageParams {
    CoverageParams {
        office_detection_probability: 0.05 + 0.5 * random.unit(),
        detection_decay: random.pick(&[DetectionDecay::None, DetectionDecay::Linear]),
        cross_border_response: random.pick(&[
            CrossBorderResponse::Never,
            CrossBorderResponse::WhenPaired,
            CrossBorderResponse::Always,
        ]),
        ..CoverageParams::default()
    }
}

fn post_of(post: usize) -> OfficePost {
    OfficePost { crossing_ix: (post / 2) as u32, side: (post % 2) as u8 }
}

#[test]
fn teams_detect_what_the_measure_of_coverage_says() {
    let mut random = Random(8);
    let mut detected = 0;
    for _ in 0..60 {
        let (reach, params) = (random_reach(&mut random), random_params(&mut random));
        let levels: Vec<f64> = (0..CROSSINGS).map(|_| random.unit()).collect();
        let open: Vec<OfficePost> = (0..2 * CROSSINGS).map(post_of).collect();
        let staffing = Staffing {
            player_of_post: vec![Some(0); 2 * CROSSINGS],
            teams: teams(&open, &reach, &levels, &params).unwrap(),
        };
        for _ in 0..25 {
            let is_staffed: Vec<bool> = (0..2 * CROSSINGS).map(|_| random.unit() < 0.4).collect();
            let offices: Vec<OfficePost> = (0..2 * CROSSINGS).filter(|&post| is_staffed[post]).map(post_of).collect();
            let none = vec![CrossingLoad::default(); CROSSINGS];
            let expected = measure(&offices, &reach, &levels, &none, &[], &params).unwrap();
            for crossing in 0..CROSSINGS {
                let mut weights = vec![0.0; CROSSINGS];
                weights[crossing] = 1.0;
                let found = staffing.detected(&weights, &is_staffed);
                let right = expected.crossings[crossing].detection_probability;
                assert!((found - right).abs() < 1e-12, "{found} {right} {offices:?} {params:?}");
                detected += usize::from(right > 0.0);
            }
        }
    }
    assert!(detected > 1000, "{detected}");
    assert!(
        teams(&[], &Reach { radius_h: 2.0, ..Reach::default() }, &[], &CoverageParams::default()).unwrap().is_empty()
    );
    let reach = random_reach(&mut random);
    assert!(teams(&[], &reach, &[0.5], &CoverageParams::default()).unwrap_err().to_string().starts_with("V002"));
}

#[test]
fn staffing_is_the_best_of_enumeration() {
    let mut random = Random(31);
    for case in 0..60 {
        let (reach, params) = (random_reach(&mut random), random_params(&mut random));
        let levels: Vec<f64> = (0..CROSSINGS).map(|_| random.unit()).collect();
        let open: Vec<OfficePost> = (0..2 * CROSSINGS).map(post_of).collect();
        let player_of_post: Vec<Option<usize>> =
            (0..2 * CROSSINGS).map(|post| random.pick(&[Some(0), Some(1), None]).filter(|_| post != 3)).collect();
        let staffing =
            Staffing { player_of_post: player_of_post.clone(), teams: teams(&open, &reach, &levels, &params).unwrap() };
        let given: Vec<bool> = (0..2 * CROSSINGS).map(|_| random.unit() < 0.15).collect();
        let weights: Vec<f64> = (0..CROSSINGS).map(|_| 100.0 * random.unit()).collect();
        let quotas = [random.below(3), random.below(3)];
        let before = staffing.detected(&weights, &given);
        let gain = |mask: usize| -> Option<f64> {
            let chosen: Vec<usize> = (0..2 * CROSSINGS).filter(|post| mask >> post & 1 == 1).collect();
            let count = |player| chosen.iter().filter(|&&post| player_of_post[post] == Some(player)).count() as u32;
            let is_lawful = chosen.iter().all(|&post| player_of_post[post].is_some() && !given[post])
                && (0..2).all(|player| count(player) <= quotas[player]);
            let mut staffed = given.clone();
            chosen.iter().for_each(|&post| staffed[post] = true);
            is_lawful.then(|| staffing.detected(&weights, &staffed) - before)
        };
        let expected = (0..1 << (2 * CROSSINGS)).filter_map(gain).fold(0.0, f64::max);
        let found = staffing.best(&weights, &quotas, &given).unwrap();
        assert!((found.gain - expected).abs() < 1e-6 * (1.0 + expected), "case {case}: {} {expected}", found.gain);
        assert!(found.bound >= expected - 1e-6 * (1.0 + expected), "case {case}");
        let mask = found.posts.iter().fold(0, |mask, &post| mask | 1 << post);
        assert!((gain(mask).unwrap() - found.gain).abs() < 1e-9, "case {case}: the posts do not keep the quotas");
    }
}

#[test]
fn best_responses_come_to_rest_or_say_that_they_go_round() {
    // a game of two players with two strategies each; payoffs[player][own][other]
    let play = |payoffs: [[[i32; 2]; 2]; 2]| {
        best_responses(vec![0_usize, 0], 50, |player, strategies| {
            let other = strategies[1 - player];
            let now = payoffs[player][strategies[player]][other];
            let better = (0..2).find(|&own| payoffs[player][own][other] > now);
            Ok::<_, ()>(better)
        })
        .unwrap()
    };
    // the prisoner's dilemma ends where both defect
    let dilemma = play([[[3, 0], [5, 1]], [[3, 0], [5, 1]]]);
    assert_eq!((dilemma.strategies.as_slice(), dilemma.ending), ([1, 1].as_slice(), Ending::Fixed));
    // matching pennies has no equilibrium in pure strategies
    let pennies = play([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]);
    assert!(matches!(pennies.ending, Ending::Cycle { .. }), "{pennies:?}");
    let endless = best_responses(vec![0], 7, |_, strategies| Ok::<_, ()>(Some(strategies[0] + 1))).unwrap();
    assert_eq!((endless.ending, endless.round_count, endless.strategies[0]), (Ending::Limit, 7, 7));
    assert_eq!(best_responses(vec![0], 7, |_, _| Err::<Option<i32>, _>("no")), Err("no"));
}
