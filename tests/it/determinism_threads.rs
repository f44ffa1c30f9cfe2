//! The same bits at any number of threads, on a synthetic region of middle size.

use crate::scenario_fixture::{Region, patch, settings};
use corridor::scenario::{
    SensitivityParams, assess_baseline, compare, displacement, evaluate, make_plan, plan_offices, sensitivity,
};

/// Everything a run computes, as text: the shortest text of a double that reads back as the same one, so two texts are
/// equal only when all bits are.
fn everything(region: &Region) -> String {
    let settings = settings();
    region.with_world(&settings, |world| {
        let baseline = assess_baseline(world, &settings).unwrap();
        let plan = make_plan(world, &settings, &world.reach, &baseline.outcome).unwrap();
        let mut closing = patch("closed");
        closing.close_crossing_ids.push(world.tables.crossings[1].id.clone());
        let closed = evaluate(world, &settings, &baseline, Some(&closing), &[]).unwrap();
        let planned = evaluate(world, &settings, &baseline, None, &plan_offices(&plan.crossing_ixs)).unwrap();
        let moved = displacement(&baseline.outcome, &planned, |_| true);
        let rows = sensitivity(world, &settings, &SensitivityParams::default(), &baseline, &plan).unwrap();
        let effects = compare(&closed, &settings);
        format!(
            "{:?}\n{:?}\n{baseline:?}\n{plan:?}\n{closed:?}\n{planned:?}\n{moved:?}\n{rows:?}\n{effects:?}",
            world.reach, world.terminals
        )
    })
}

#[test]
fn one_two_three_and_eight_threads_give_the_same_bits() {
    let region = Region::new(20, 3);
    println!("synthetic region: {} nodes, {} links", region.draft.nodes.len(), region.draft.links.len());
    let mut reference: Option<String> = None;
    // one thread a second time: what an earlier run left behind must not show
    for thread_count in [1, 2, 3, 8, 1] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build().unwrap();
        let found = pool.install(|| everything(&region));
        let reference = reference.get_or_insert_with(|| found.clone());
        if let Some(at) = found.bytes().zip(reference.bytes()).position(|(a, b)| a != b) {
            let around = |text: &str| text[at.saturating_sub(80)..(at + 40).min(text.len())].to_owned();
            panic!("{thread_count} threads, at byte {at}:\n{}\n{}", around(&found), around(reference));
        }
        assert_eq!(found.len(), reference.len(), "{thread_count} threads");
    }
    let text = reference.unwrap();
    assert!(text.len() > 1_000_000 && !text.contains("NaN"), "{} bytes", text.len());
}

#[test]
fn sums_do_not_depend_on_the_number_of_threads() {
    use crate::random::Random;
    use corridor::parallel::{accumulate_in_order, map_in_order, sum_in_order};
    let mut random = Random(5);
    let values: Vec<f64> = (0..50_000).map(|_| (40.0 * random.unit() - 20.0).exp()).collect();
    let run = || {
        let sum = sum_in_order(&values, |&value| value).to_bits();
        let parts = accumulate_in_order(&values, 7, |&value, total| total[(value * 1e3) as usize % 7] += value);
        let mapped = map_in_order(&values, |value| value.sqrt().to_bits());
        (sum, parts.iter().map(|part| part.to_bits()).collect::<Vec<_>>(), mapped)
    };
    assert_eq!(sum_in_order(&[] as &[f64], |&value| value).to_bits(), 0.0_f64.to_bits(), "0, not -0");
    let reference = run();
    let exact: f64 = values.iter().sum();
    assert!((f64::from_bits(reference.0) / exact - 1.0).abs() < 1e-12);
    let by_parts: f64 = reference.1.iter().map(|&bits| f64::from_bits(bits)).sum();
    assert!((by_parts / exact - 1.0).abs() < 1e-12);
    for thread_count in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build().unwrap();
        for _ in 0..5 {
            assert_eq!(pool.install(run), reference, "{thread_count} threads");
        }
    }
}
