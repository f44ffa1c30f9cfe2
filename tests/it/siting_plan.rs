//! Siting by hand: degenerate input, ties, collisions, the published instance, determinism.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used)]

use corridor::records::{AFG, IRN, PAK};
use corridor::siting::mip::{Column, ColumnKind, MipLimits, MipStatus, Program, Row, solve};
use corridor::siting::{
    Conflict, CountryLimit, CoveringProblem, SitingError, SitingParams, SitingStatus, certify, cover_all, plan,
    weight_g_per_year,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn problem(weights: &[i64], covers: &[&[u32]]) -> CoveringProblem {
    CoveringProblem {
        weights: weights.to_vec(),
        covers: covers.iter().map(|demands| demands.to_vec()).collect(),
        ..CoveringProblem::default()
    }
}

fn params(new_office_count: u32) -> SitingParams {
    SitingParams { new_office_count, curve_max_office_count: 4, ..SitingParams::default() }
}

fn codes(problem: &CoveringProblem, params: &SitingParams) -> Vec<&'static str> {
    match plan(problem, params) {
        Err(SitingError::Refused(refusals)) => refusals.iter().map(|refusal| refusal.code).collect(),
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[test]
fn trivial_cases_have_an_answer() {
    let small = problem(&[5, 4, 3, 9], &[&[0], &[1, 2], &[2]]);
    let more_than_sites = plan(&small, &params(99)).unwrap();
    // The third site adds nothing and is left out.
    assert_eq!((more_than_sites.sites.clone(), more_than_sites.objective), (vec![0, 1], 12));
    assert_eq!(more_than_sites.out_of_reach, vec![3]);
    assert_eq!(more_than_sites.covered_weight_share(), Some(12.0 / 21.0));
    assert_eq!(more_than_sites.covered_count_share(), Some(0.75));
    assert_eq!(more_than_sites.who_covers, vec![vec![0], vec![1], vec![1], vec![]]);
    let none = plan(&small, &params(0)).unwrap();
    assert_eq!((none.sites, none.objective, none.bound, none.gap_share), (vec![], 0, 0, Some(0.0)));
    let weightless = plan(&problem(&[0, 0], &[&[0], &[1]]), &params(2)).unwrap();
    assert_eq!((weightless.sites, weightless.objective, weightless.covered_count), (vec![], 0, 0));
    let demandless = plan(&problem(&[], &[&[], &[]]), &params(2)).unwrap();
    assert_eq!((demandless.sites.clone(), demandless.covered_weight_share()), (vec![], None));
    let mut closed = small.clone();
    closed.forbidden = vec![true; 3];
    assert_eq!(plan(&closed, &params(2)).unwrap().objective, 0);
    let mut priced = small.clone();
    priced.cost_usd = vec![10, 20, 0];
    let free_only = plan(&priced, &SitingParams { budget_usd: Some(0), ..params(3) }).unwrap();
    assert_eq!((free_only.sites, free_only.objective), (vec![2], 3));
}

#[test]
fn existing_offices_cover_for_free() {
    let mut started = problem(&[5, 4, 3], &[&[0], &[1], &[2]]);
    started.existing = vec![true, false, false];
    started.required = vec![true, false, false];
    let best = plan(&started, &params(1)).unwrap();
    assert_eq!((best.sites, best.objective, best.existing_weight), (vec![1], 9, 5));
    assert_eq!(best.curve[0].objective, Some(5));
    assert_eq!(best.greedy.unwrap().sites, vec![1]);
}

#[test]
fn ties_go_to_the_fewest_and_first_sites() {
    let equal = problem(&[1, 1, 1, 1], &[&[0], &[1], &[2], &[3]]);
    assert_eq!(plan(&equal, &params(2)).unwrap().sites, vec![0, 1]);
    // Two plans of two sites cover all; {0, 3} comes before {1, 2}. Three sites would do no better.
    let crossed = problem(&[1, 1, 1, 1], &[&[0, 1], &[0, 2], &[1, 3], &[2, 3]]);
    let best = plan(&crossed, &params(3)).unwrap();
    assert_eq!((best.sites, best.objective), (vec![0, 3], 4));
    let stated = SitingParams { curve_max_office_count: 0, ..params(3) };
    assert_eq!(plan(&crossed, &stated).unwrap().sites, vec![0, 3], "the same without the curve");
    assert_eq!(plan(&problem(&[2, 2], &[&[0, 1], &[0, 1]]), &params(2)).unwrap().sites, vec![0]);
}

#[test]
fn what_is_malformed_is_refused_all_at_once() {
    assert_eq!(codes(&problem(&[1], &[]), &params(1)), ["S001"]);
    assert_eq!(codes(&problem(&[-1, 2, -3], &[&[0]]), &params(1)), ["S002", "S002"]);
    assert_eq!(codes(&problem(&[1], &[&[1]]), &params(1)), ["S003"]);
    assert_eq!(codes(&problem(&[1, 1], &[&[1, 0]]), &params(1)), ["S003"]);
    assert_eq!(codes(&problem(&[i64::MAX, i64::MAX], &[&[0]]), &params(1)), ["S004"]);
    let mut flags = problem(&[1], &[&[0]]);
    flags.existing = vec![true];
    flags.forbidden = vec![true];
    flags.required = vec![false, false];
    let poor = SitingParams { budget_usd: Some(-1), ..params(1) };
    assert_eq!(codes(&flags, &poor), ["S003", "S005", "S006"]);
}

#[test]
fn collisions_are_named_with_what_would_do() {
    let mut needed = problem(&[1, 1, 1], &[&[0], &[1], &[2]]);
    needed.required = vec![true, true, false];
    let collision = |problem: &CoveringProblem, params: &SitingParams| match plan(problem, params) {
        Err(SitingError::Infeasible(infeasible)) => infeasible,
        other => panic!("expected a collision, found {other:?}"),
    };
    let found = collision(&needed, &params(1));
    let required = |site| Conflict::Required { site };
    assert_eq!(found.conflicts, vec![Conflict::OfficeCount { at_most: 1 }, required(0), required(1)]);
    assert_eq!(found.fewest_offices, Some(2));
    assert!(found.to_string().ends_with("2 offices would do"), "{found}");

    needed.cost_usd = vec![30, 40, 5];
    let found = collision(&needed, &SitingParams { budget_usd: Some(60), ..params(3) });
    assert_eq!(found.conflicts, vec![Conflict::Budget { at_most_usd: 60 }, required(0), required(1)]);
    assert_eq!((found.smallest_budget_usd, found.fewest_offices), (Some(70), None));

    needed.forbidden = vec![true, false, false];
    let found = collision(&needed, &params(3));
    assert_eq!(found.conflicts, vec![required(0), Conflict::Forbidden { site: 0 }]);

    let mut countries = problem(&[1, 1, 1], &[&[0], &[1], &[2]]);
    countries.country_of_site = vec![vec![AFG, IRN], vec![AFG, PAK], vec![PAK]];
    let limit = |country, new_office_min, new_office_max| CountryLimit { country, new_office_min, new_office_max };
    let limits = vec![limit(AFG, 2, None), limit(PAK, 0, Some(0)), limit(IRN, 1, None)];
    let found = collision(&countries, &SitingParams { country_limits: limits, ..params(3) });
    assert_eq!(
        found.conflicts,
        vec![Conflict::CountryMin { country: AFG, at_least: 2 }, Conflict::CountryMax { country: PAK, at_most: 0 }]
    );
    countries.exclusive = vec![vec![0, 1]];
    let found = collision(&countries, &SitingParams { country_limits: vec![limit(AFG, 2, None)], ..params(3) });
    assert_eq!(
        found.conflicts,
        vec![Conflict::CountryMin { country: AFG, at_least: 2 }, Conflict::Exclusive { set_ix: 0 }]
    );
}

#[test]
fn the_curve_says_where_no_plan_is_lawful() {
    let mut needed = problem(&[1, 7, 1], &[&[0], &[1], &[2]]);
    needed.required = vec![true, false, true];
    let best = plan(&needed, &params(3)).unwrap();
    let statuses: Vec<SitingStatus> = best.curve.iter().map(|point| point.status).collect();
    use SitingStatus::{Infeasible, Optimal};
    assert_eq!(statuses, [Infeasible, Infeasible, Optimal, Optimal, Optimal]);
    assert_eq!(best.curve[1].objective, None);
    assert_eq!(best.curve[2].objective, Some(2));
    assert_eq!(best.curve[4].sites, vec![0, 1, 2]);
}

#[test]
fn the_check_rejects_an_unlawful_plan() {
    let mut fixed = problem(&[1, 1, 1], &[&[0], &[1], &[2]]);
    fixed.required = vec![true, false, false];
    fixed.forbidden = vec![false, false, true];
    assert_eq!(certify(&fixed, &params(2), 2, &[0, 1]).unwrap().covered_weight, 2);
    for unlawful in [vec![1], vec![0, 2], vec![1, 0], vec![0, 0], vec![0, 9]] {
        assert!(certify(&fixed, &params(2), 2, &unlawful).is_err(), "{unlawful:?}");
    }
    assert!(certify(&fixed, &params(2), 1, &[0, 1]).is_err());
}

#[test]
fn a_search_cut_short_still_bounds() {
    let hard = scattered(7, 60, 80, 6);
    let cut = plan(&hard, &SitingParams { search_step_limit: 1, curve_max_office_count: 0, ..params(8) }).unwrap();
    let full = plan(&hard, &SitingParams { curve_max_office_count: 0, ..params(8) }).unwrap();
    assert_eq!(full.status, SitingStatus::Optimal);
    assert_eq!(full.objective, full.bound);
    assert!(cut.objective <= full.objective && full.objective <= cut.bound);
}

#[test]
fn weights_are_whole_grams() {
    assert_eq!(weight_g_per_year(1.2345), Some(1235));
    assert_eq!(weight_g_per_year(0.0), Some(0));
    assert_eq!(weight_g_per_year(-1.0), None);
    assert_eq!(weight_g_per_year(f64::NAN), None);
}

#[test]
fn the_solver_door_states_bound_and_gap() {
    // Greatest 5a + 4b + 3c with 2a + 3b + c <= 5: a, c and two thirds of b; in whole numbers a and b.
    let column = |cost| Column { cost, lower: 0.0, upper: 1.0, kind: ColumnKind::Integer };
    let mut knapsack = Program {
        columns: [-5.0, -4.0, -3.0].map(column).to_vec(),
        rows: vec![Row::at_most(5.0, vec![(0, 2.0), (1, 3.0), (2, 1.0)])],
    };
    let answer = solve(&knapsack, MipLimits::default()).unwrap();
    assert_eq!((answer.status, answer.objective, answer.bound), (MipStatus::Optimal, -9.0, -9.0));
    assert_eq!((answer.gap_share, answer.values), (0.0, vec![1.0, 1.0, 0.0]));
    knapsack.rows.push(Row::at_least(4.0, vec![(0, 1.0), (1, 1.0), (2, 1.0)]));
    assert_eq!(solve(&knapsack, MipLimits::default()).unwrap().status, MipStatus::Infeasible);
}

/// Demands and sites scattered over a square by a small generator; a site covers the demands within a radius.
fn scattered(seed: u64, site_count: usize, demand_count: usize, radius_percent: u32) -> CoveringProblem {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut points = |count: usize| (0..count).map(|_| (next(), next())).collect::<Vec<_>>();
    let (sites, demands) = (points(site_count), points(demand_count));
    let weights = points(demand_count).iter().map(|&(a, b)| (a * b * 3e9) as i64).collect();
    let radius = f64::from(radius_percent) / 100.0;
    let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1) <= radius;
    let covers = sites
        .iter()
        .map(|&site| (0..demand_count as u32).filter(|&ix| near(site, demands[ix as usize])).collect())
        .collect();
    CoveringProblem { weights, covers, ..CoveringProblem::default() }
}

#[test]
fn the_same_plan_at_any_thread_count() {
    let problem = scattered(3, 60, 80, 15);
    let reference = plan(&problem, &params(4)).unwrap();
    for thread_count in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build().unwrap();
        let found = pool.install(|| {
            // Several at once, so that solver states live on several threads.
            let (first, second) = rayon::join(|| plan(&problem, &params(4)), || plan(&problem, &params(4)));
            [first.unwrap(), second.unwrap()]
        });
        assert_eq!(found, [reference.clone(), reference.clone()], "{thread_count} threads");
    }
}

#[test]
fn a_curve_of_sixteen_plans_is_quick() {
    // Stated in the methods: 150 demands, 120 sites, 16 plans. The limit is generous for a loaded machine.
    for (seed, radius_percent) in [(1, 8), (2, 12), (3, 20)] {
        let problem = scattered(seed, 120, 150, radius_percent);
        let start = std::time::Instant::now();
        let found = plan(&problem, &SitingParams::default()).unwrap();
        let elapsed = start.elapsed();
        println!("radius {radius_percent} %: {elapsed:?}, {:?} of {}", found.objective, found.total_weight);
        assert_eq!(found.curve.len(), 16);
        assert!(found.curve.iter().all(|point| point.status == SitingStatus::Optimal));
        assert!(elapsed.as_secs() < 5, "{elapsed:?}");
    }
}

fn cases() -> Option<PathBuf> {
    let stated = std::env::var_os("CORRIDOR_CASES").map(PathBuf::from);
    let dir = stated.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"));
    dir.join("sf_stores").is_dir().then_some(dir)
}

/// The published stores instance with a service distance in metres; none when the cases are not here.
fn stores(distance_m: f64) -> Option<CoveringProblem> {
    let dir = cases()?.join("sf_stores");
    let rows = |name: &str| {
        let reader = csv::Reader::from_path(dir.join(name)).unwrap();
        reader.into_deserialize::<BTreeMap<String, String>>().map(Result::unwrap)
    };
    let number = |text: &str| text.parse::<f64>().unwrap();
    let key = |text: &str| (number(text) * 100.0).round() as i64;
    let demands: Vec<(i64, i64)> = rows("SF_demand_205_centroid_uniform_weight.csv")
        .map(|row| (key(&row["NAME"]), number(&row["POP2000"]) as i64))
        .collect();
    assert_eq!((demands.len(), demands.iter().map(|&(_, weight)| weight).sum::<i64>()), (205, 955_113));
    let mut covers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in rows("SF_network_distance_candidateStore_16_censusTract_205_new.csv") {
        let site: u32 = row["name"].trim_start_matches("Store_").parse().unwrap();
        let demand = demands.iter().position(|&(name, _)| name == key(&row["DestinationName"])).unwrap() as u32;
        let near = covers.entry(site).or_default();
        if number(&row["distance"]) <= distance_m {
            near.push(demand);
        }
    }
    assert_eq!(covers.len(), 16);
    covers.values_mut().for_each(|near| near.sort_unstable());
    let weights = demands.iter().map(|&(_, weight)| weight).collect();
    Some(CoveringProblem { weights, covers: covers.into_values().collect(), ..CoveringProblem::default() })
}

#[test]
fn the_published_stores_answers() {
    let (Some(near), Some(far)) = (stores(5000.0), stores(8000.0)) else {
        println!("no published cases here: passed without them");
        return;
    };
    let found = plan(&near, &params(4)).unwrap();
    assert_eq!((found.objective, found.bound, found.status), (875_247, 875_247, SitingStatus::Optimal));
    assert_eq!(format!("{:.3}", found.covered_weight_share().unwrap() * 100.0), "91.638");
    assert_eq!(format!("{:.3}", found.covered_count_share().unwrap() * 100.0), "89.756");
    assert_eq!(cover_all(&near, &params(0)).unwrap().sites.len(), 8);
    assert_eq!(cover_all(&far, &params(0)).unwrap().sites.len(), 3);
}

#[test]
fn full_cover_names_what_stands_against_it() {
    let mut priced = problem(&[1, 0, 1, 5], &[&[0], &[1], &[0, 2], &[2]]);
    let found = cover_all(&priced, &params(0)).unwrap();
    assert_eq!((found.sites, found.out_of_reach), (vec![1, 2], vec![3]));
    assert_eq!(found.who_covers, vec![vec![2], vec![1], vec![2], vec![]]);
    priced.cost_usd = vec![1, 4, 3, 1];
    let poor = SitingParams { budget_usd: Some(5), ..params(0) };
    let Err(SitingError::Infeasible(infeasible)) = cover_all(&priced, &poor) else { panic!("should collide") };
    assert_eq!(infeasible.conflicts, vec![Conflict::Budget { at_most_usd: 5 }, Conflict::CoverEverything]);
    // Three cheap offices do the work of two.
    assert_eq!(infeasible.smallest_budget_usd, Some(6));
}
