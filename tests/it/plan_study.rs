//! A plan looked at from all sides, on a synthetic region and as a command on the embedded tables.

use crate::scenario_fixture::{Region, patch, settings};
use assert_cmd::Command;
use corridor::scenario::{
    PlanStudy, StudyParams, StudyRequest, assess_baseline, evaluate, frequency, make_plan, study, uniform,
};
use serde_json::Value;
use tempfile::TempDir;

fn studied(region: &Region, params: &StudyParams) -> PlanStudy {
    let settings = settings();
    region.with_world(&settings, |world| {
        let baseline = assess_baseline(world, &settings).unwrap();
        let plan = make_plan(world, &settings, &world.reach, &baseline.outcome).unwrap();
        let mut closing = patch("closed");
        closing.close_crossing_ids.push(world.tables.crossings[1].id.clone());
        let outcome = evaluate(world, &settings, &baseline, Some(&closing), &[]).unwrap();
        let request = StudyRequest {
            world,
            settings: &settings,
            params,
            baseline: &baseline,
            plan: &plan,
            scenarios: &[(closing, outcome)],
            progress: &|_| {},
        };
        study(&request).unwrap()
    })
}

fn params() -> StudyParams {
    StudyParams {
        draws: 12,
        searched_draws: 4,
        phases: vec![1, 3],
        phase_weights: vec![1, 1],
        ..StudyParams::default()
    }
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_what_must_hold_holds() {
    let region = Region::new(16, 3);
    let mut reference: Option<String> = None;
    for thread_count in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build().unwrap();
        let text = format!("{:?}", pool.install(|| studied(&region, &params())));
        assert!(*reference.get_or_insert_with(|| text.clone()) == text, "{thread_count} threads");
    }
    let found = studied(&region, &params());
    let draws = &found.draws;
    assert_eq!((draws.draws.len(), draws.searched_count, draws.checked.len()), (12, 4, 5));
    for draw in &draws.draws {
        assert!(draw.planned_weight <= draw.best.objective && draw.best.objective <= draw.best.bound);
        assert!(draw.best.bound <= draw.total_weight);
    }
    let counted: u32 = draws.count_of_site.iter().sum();
    assert_eq!(counted as usize, draws.draws.iter().map(|draw| draw.best.sites.len()).sum::<usize>());
    let other_seed = studied(&region, &StudyParams { seed: 2, ..params() });
    assert_ne!(other_seed.draws.draws, draws.draws, "another seed gives other draws");
    // cooperation: the joint plan is the value of all together, and nobody does better apart
    let game = &found.cooperation;
    let joint = game.arrangements[0].gain_kg_per_year;
    assert_eq!(game.coalitions.len(), 7);
    assert!((game.coalitions[6].gain_kg_per_year - joint).abs() <= 1e-6 * joint);
    assert!(game.arrangements.iter().take(3).all(|row| row.gain_kg_per_year <= joint * (1.0 + 1e-6)));
    assert!((game.shapley_kg_per_year.iter().sum::<f64>() - joint).abs() <= 1e-6 * joint);
    // regret: none for a scenario's own best plan under it
    for (at, view) in found.regret.views.iter().enumerate().skip(1) {
        let own = found.regret.plans.iter().find(|plan| plan.name == format!("best of {}", view.id)).unwrap();
        assert_eq!(own.regrets[at].unwrap_or(0.0), 0.0, "{}", view.id);
    }
    let greatest: Vec<f64> = found.regret.plans.iter().map(|plan| plan.greatest()).collect();
    assert!(greatest.iter().all(|&regret| regret >= greatest[1] - 1e-9), "{greatest:?}");
    // equity and frontier
    let points = &found.equity.points;
    assert!(points.windows(2).all(|pair| pair[0].plan.least_share <= pair[1].plan.least_share));
    assert!(points.iter().all(|point| point.plan.objective <= points[0].plan.objective_bound));
    let ends = [found.frontier.points.first().unwrap(), found.frontier.points.last().unwrap()];
    for point in &found.frontier.points {
        assert!(point.opiate_weight <= ends[1].opiate_weight && point.precursor_weight <= ends[0].precursor_weight);
    }
}

#[test]
fn uniform_numbers_are_even_and_intervals_hold_the_share() {
    let n = 20_000;
    let numbers: Vec<f64> = (0..n).map(|draw| uniform(7, draw, draw % 3, u64::from(draw % 11))).collect();
    let mean = numbers.iter().sum::<f64>() / f64::from(n);
    let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
    assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.003, "{mean} {variance}");
    assert!(numbers.iter().all(|&x| x > 0.0 && x < 1.0));
    assert_ne!(uniform(1, 2, 3, 4).to_bits(), uniform(1, 2, 4, 3).to_bits());
    // Wilson 1927: 10 of 20 gives 0.299 to 0.701
    let half = frequency(10, 20).unwrap();
    assert!((half.low - 0.2993).abs() < 1e-3 && (half.high - 0.7007).abs() < 1e-3, "{half:?}");
    let (none, all) = (frequency(0, 200).unwrap(), frequency(200, 200).unwrap());
    assert_eq!((none.low, all.high, frequency(0, 0)), (0.0, 1.0, None));
    assert!(none.high > 0.01 && all.low < 0.99);
}

fn corridor(dir: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command.current_dir(dir.path()).arg("plan");
    command
}

#[test]
fn the_command_writes_its_bundle_and_the_same_one_at_any_number_of_threads() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("corridor.toml"), "[plan]\ndraws = 3\nsearched_draws = 1\n").unwrap();
    let mut manifests = Vec::new();
    for threads in ["1", "2", "3"] {
        let args = ["corridor.toml", "--out", "bundle", "--json", "--quiet", "--no-figures", "--threads", threads];
        let out = corridor(&dir).args(args).assert().code(0).get_output().stdout.clone();
        let json: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["status"], "done");
        assert_eq!((&json["exit_code"], &json["problems"]), (&serde_json::json!(0), &serde_json::json!([])));
        assert_eq!(json["plan"]["crossing_ids"].as_array().unwrap().len(), 5);
        assert_eq!(json["plan"]["gap_share"], 0.0);
        manifests.push(std::fs::read(dir.path().join("bundle/manifest.json")).unwrap());
    }
    assert!(manifests.windows(2).all(|pair| pair[0] == pair[1]));
    for name in [
        "plan",
        "returns_curve",
        "plan_sites",
        "near_optimal_plans",
        "rollout",
        "plan_draws",
        "plan_regret",
        "plan_equity",
        "plan_frontier",
        "cooperation",
        "coalitions",
        "shapley",
        "displacement",
        "displacement_by_country",
    ] {
        let text = std::fs::read_to_string(dir.path().join(format!("bundle/tables/{name}.csv"))).unwrap();
        assert!(text.lines().count() > 1, "{name} is empty");
    }
    let report = std::fs::read_to_string(dir.path().join("bundle/report.md")).unwrap();
    assert!(report.contains("Seizures are not flow") && report.contains("level 3"), "{report}");
}

#[test]
fn what_cannot_be_met_is_said_with_its_code() {
    let dir = TempDir::new().unwrap();
    let run = |config: &str, code: i32| -> String {
        std::fs::write(dir.path().join("corridor.toml"), config).unwrap();
        let args = ["corridor.toml", "--out", "bundle", "--json", "--quiet", "--no-figures"];
        let output = corridor(&dir).args(args).assert().code(code).get_output().clone();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        json["message"].as_str().unwrap_or_default().to_owned()
            + &json["problems"].to_string()
            + &json["notices"].to_string()
    };
    let quick = "[plan]\ndraws = 0\n";
    let infeasible = run(
        &format!(
            "[siting]\nnew_office_count = 1\ncountry_limits = [{{ country = \"IRN\", new_office_min = 2 }}]\n{quick}"
        ),
        4,
    );
    assert!(infeasible.contains("S010") && infeasible.contains("2 offices would do"), "{infeasible}");
    let required = run(
        &format!(
            "[siting]\nnew_office_count = 0\n[candidates]\nrequired_crossing_ids = [\"IRN-TUR-bazargan\"]\n{quick}"
        ),
        4,
    );
    assert!(required.contains("IRN-TUR-bazargan is required") && required.contains("1 offices would do"), "{required}");
    let floor = run("[plan]\ndraws = 0\nleast_country_share = 0.95\n", 4);
    assert!(floor.contains("S011") && floor.contains("would do"), "{floor}");
    let wrong = run("[plan]\nphases = [5, 2]\nphase_weights = [1]\nopiate_shares = [2.0]\n", 2);
    for key in ["plan.phases", "plan.phase_weights", "plan.opiate_shares"] {
        assert!(wrong.contains(key), "{key} in {wrong}");
    }
    let many = run("[siting]\nnew_office_count = 5000\n[plan]\ndraws = 0\nwithin_percent = 0\n", 0);
    assert!(many.contains("S101"), "{many}");
    let none = run(&format!("[siting]\nnew_office_count = 0\n{quick}"), 0);
    assert!(none.contains("S102"), "{none}");
}

#[test]
fn the_frequency_chart_says_what_it_leaves_out_and_refuses_what_is_no_share() {
    use corridor::figures::{FigureError, FrequencyRow, Words, frequency_chart};
    use corridor::tables::Table;
    let row = |ix: usize| FrequencyRow {
        label: format!("Crossing <{ix}> & its other post"),
        is_chosen: ix < 5,
        draw_percent: Some([50.0, 43.0, 57.0]),
        near_percent: ix.is_multiple_of(2).then_some(25.0),
    };
    let rows: Vec<FrequencyRow> = (0..25).map(row).collect();
    let words = Words { id: "f".to_owned(), title: "t".to_owned(), level: "level 3: x".to_owned(), ..Words::default() };
    let figure = frequency_chart(&rows, &words, &Table::default()).unwrap();
    assert!(figure.svg.contains("The first 20 of 25 sites are shown.") && figure.svg.contains("Model level 3: x"));
    assert!(figure.svg.contains("Crossing &lt;0&gt; &amp; its other post"));
    let empty = frequency_chart(&[], &words, &Table::default());
    assert!(matches!(empty, Err(FigureError::Empty { .. })));
    let wrong = FrequencyRow { draw_percent: Some([f64::NAN, 0.0, 0.0]), ..row(0) };
    assert!(matches!(frequency_chart(&[wrong], &words, &Table::default()), Err(FigureError::Number { .. })));
}
