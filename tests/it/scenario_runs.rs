//! Scenarios on a synthetic region: what must change, what must not, and where flow goes.

use crate::scenario_fixture::{Region, patch, settings};
use corridor::coverage::OfficePost;
use corridor::records::Commodity;
use corridor::scenario::{
    Baseline, Outcome, Patch, PatchError, ScenarioError, Settings, World, assess_baseline, compare, corridor_shares,
    displacement, evaluate, make_plan, plan_offices,
};

fn with_baseline(work: impl FnOnce(&World<'_>, &Settings, &Baseline)) {
    let (region, settings) = (Region::new(16, 7), settings());
    region.with_world(&settings, |world| {
        let baseline = assess_baseline(world, &settings).unwrap();
        work(world, &settings, &baseline);
    });
}

fn run(world: &World<'_>, settings: &Settings, baseline: &Baseline, patch: &Patch) -> Outcome {
    evaluate(world, settings, baseline, Some(patch), &[]).unwrap()
}

fn opiates(outcome: &Outcome) -> &corridor::flow::Flow {
    outcome.flows.iter().find(|flow| flow.commodity == Commodity::Opiates).unwrap()
}

fn total(outcome: &Outcome) -> f64 {
    opiates(outcome).routes.iter().map(|route| route.flow_kg_per_year).sum()
}

#[test]
fn the_baseline_meets_its_published_shares() {
    with_baseline(|_, settings, baseline| {
        let flow = opiates(&baseline.outcome);
        // 45 and 35 per cent published: the remainder is spread by share
        assert!((flow.exit_shares[0] - 45.0 / 80.0).abs() < 2e-6, "{:?}", flow.exit_shares);
        assert!(flow.calibration_residual < 2e-6 && flow.capacity_residual < 2e-6);
        let capacity = settings.flow.choice.green_border_capacity_kg_per_year;
        for (crossing, kg) in baseline.outcome.crossings.iter().zip(&flow.crossing_flow_kg_per_year) {
            assert!(!crossing.id.starts_with("green") || *kg <= capacity * 1.00001, "{}: {kg}", crossing.id);
        }
        assert_eq!(baseline.risks[0].level, 3);
        assert_eq!(baseline.risks[1].level, 1, "no record of precursors");
        let shares: f64 = corridor_shares(&flow.routes, |route| route.flow_kg_per_year).values().sum();
        assert!((shares - 1.0).abs() < 1e-12);
        // some trips end where they begin: their routes have no length, not minus none
        let here: Vec<_> = flow.routes.iter().filter(|route| route.arcs.is_empty()).collect();
        assert!(!here.is_empty());
        for route in here {
            assert_eq!([route.length_km, route.time_h].map(f64::to_bits), [0, 0], "{route:?}");
        }
    });
}

#[test]
fn no_patch_and_an_empty_patch_are_the_baseline() {
    with_baseline(|world, settings, baseline| {
        let before = format!("{:?}", baseline.outcome.link_hazards);
        for outcome in
            [evaluate(world, settings, baseline, None, &[]).unwrap(), run(world, settings, baseline, &patch("nothing"))]
        {
            assert_eq!(format!("{:?}", outcome.link_hazards), before);
            let (was, is) = (opiates(&baseline.outcome), opiates(&outcome));
            assert_eq!(was.routes.len(), is.routes.len());
            for (was, is) in was.routes.iter().zip(&is.routes) {
                assert_eq!(was.arcs, is.arcs);
                assert!((was.flow_kg_per_year - is.flow_kg_per_year).abs() < 0.01, "{was:?} {is:?}");
            }
            let moved = displacement(&baseline.outcome, &outcome, |_| true);
            let largest = moved.shifts.iter().map(|shift| shift.change_kg_per_year().abs()).fold(0.0, f64::max);
            assert!(largest < 0.1, "the constants are held: {largest} kg moved");
        }
    });
}

#[test]
fn doubled_costs_change_no_route_and_no_share() {
    // Hazard, hours and kilometres all cost twice as much. Costs are rounded to thousandths, so shares to 1 in 10^4.
    with_baseline(|world, settings, baseline| {
        let mut doubled = settings.clone();
        for consignment in [&mut doubled.flow.cost.opiates, &mut doubled.flow.cost.precursors] {
            consignment.time_value_usd_per_h *= 2.0;
            consignment.distance_cost_usd_per_km *= 2.0;
            consignment.value_usd_per_kg *= 2.0;
        }
        let once = evaluate(world, settings, baseline, None, &[]).unwrap();
        let twice = evaluate(world, &doubled, baseline, None, &[]).unwrap();
        for (once, twice) in once.flows.iter().zip(&twice.flows) {
            assert_eq!(once.routes.len(), twice.routes.len());
            for (once, twice) in once.routes.iter().zip(&twice.routes) {
                assert_eq!(once.arcs, twice.arcs);
                assert!((twice.cost_usd - 2.0 * once.cost_usd).abs() <= 1e-4 * once.cost_usd, "{once:?} {twice:?}");
                assert!((twice.share - once.share).abs() < 1e-4, "{once:?} {twice:?}");
            }
        }
    });
}

#[test]
fn more_offices_never_lower_a_hazard() {
    with_baseline(|world, settings, baseline| {
        let official: Vec<u32> = (0..world.tables.crossings.len() as u32)
            .filter(|&ix| world.tables.crossings[ix as usize].is_official())
            .collect();
        let mut offices: Vec<OfficePost> = Vec::new();
        let mut before = evaluate(world, settings, baseline, None, &offices).unwrap();
        let mut raised_count = 0;
        for &crossing_ix in &official {
            for side in [0, 1] {
                offices.push(OfficePost { crossing_ix, side });
                let after = evaluate(world, settings, baseline, None, &offices).unwrap();
                for (before, after) in before.link_hazards.iter().zip(&after.link_hazards) {
                    for (link, (before, after)) in before.iter().zip(after).enumerate() {
                        assert!(after >= before, "link {link}, offices {offices:?}: {before} to {after}");
                        raised_count += usize::from(after > before);
                    }
                }
                before = after;
            }
        }
        assert!(raised_count >= official.len(), "offices that change nothing prove nothing");
        for (baseline, with) in baseline.outcome.link_hazards.iter().zip(&before.link_hazards) {
            assert!(baseline.iter().zip(with).all(|(baseline, with)| with >= baseline));
        }
    });
}

#[test]
fn a_closed_crossing_hands_its_flow_on() {
    with_baseline(|world, settings, baseline| {
        let before = &opiates(&baseline.outcome).crossing_flow_kg_per_year;
        let busiest = (0..before.len())
            .filter(|&ix| world.tables.crossings[ix].is_official())
            .max_by(|&a, &b| before[a].total_cmp(&before[b]))
            .unwrap();
        let mut closing = patch("closed");
        closing.close_crossing_ids.push(world.tables.crossings[busiest].id.clone());
        let after = run(world, settings, baseline, &closing);
        assert!(before[busiest] > 100.0);
        assert_eq!(opiates(&after).crossing_flow_kg_per_year[busiest], 0.0);
        assert!((total(&after) - total(&baseline.outcome)).abs() < 1e-6 * total(&after), "nothing is lost");
        // every office keeps its place: the network changes, the offices do not
        assert_eq!(after.offices, baseline.outcome.offices);
        // opened again by another patch on top of nothing: the baseline
        let mut opening = closing.clone();
        opening.open_crossing_ids = std::mem::take(&mut opening.close_crossing_ids);
        let reopened = run(world, settings, baseline, &opening);
        let again = opiates(&reopened).crossing_flow_kg_per_year[busiest];
        assert!(again >= before[busiest] - 0.1, "open or restricted before, open now: {again}");
    });
}

#[test]
fn displacement_adds_up() {
    with_baseline(|world, settings, baseline| {
        let plan = make_plan(world, settings, &world.reach, &baseline.outcome).unwrap();
        assert!(!plan.crossing_ixs.is_empty());
        let after = evaluate(world, settings, baseline, None, &plan_offices(&plan.crossing_ixs)).unwrap();
        let moved = displacement(&baseline.outcome, &after, |_| true);
        let (was, is) =
            (&opiates(&baseline.outcome).crossing_flow_kg_per_year, &opiates(&after).crossing_flow_kg_per_year);
        // every crossing with flow in either run, once, with its own two numbers
        let expected: Vec<u32> =
            (0..was.len()).filter(|&ix| was[ix] > 0.0 || is[ix] > 0.0).map(|ix| ix as u32).collect();
        assert_eq!(moved.shifts.iter().map(|shift| shift.crossing_ix).collect::<Vec<_>>(), expected);
        let (mut gained, mut lost, mut net_covered, mut net_uncovered) = (0.0, 0.0, 0.0, 0.0);
        let (mut covered_before, mut covered_after) = (0.0, 0.0);
        for shift in &moved.shifts {
            let ix = shift.crossing_ix as usize;
            assert_eq!((shift.before_kg_per_year, shift.after_kg_per_year), (was[ix], is[ix]));
            let covered = after.coverage.crossings[ix].is_covered();
            assert_eq!(shift.is_covered, covered);
            let change = is[ix] - was[ix];
            if change > 0.0 {
                gained += change;
            } else {
                lost -= change;
            }
            if covered {
                net_covered += change;
                covered_before += was[ix];
                covered_after += is[ix];
            } else {
                net_uncovered += change;
            }
        }
        let close = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
        assert!(lost > 1.0, "the plan must move something: {lost} kg");
        assert!(close(moved.balloon_index.unwrap(), gained / lost), "{moved:?}");
        assert!(close(moved.covered_change_kg_per_year, net_covered) && net_covered < 0.0, "{moved:?}");
        assert!(close(moved.uncovered_change_kg_per_year, net_uncovered), "{moved:?}");
        assert!(close(moved.covered_share_before.unwrap(), covered_before / was.iter().sum::<f64>()), "{moved:?}");
        assert!(close(moved.covered_share_after.unwrap(), covered_after / is.iter().sum::<f64>()), "{moved:?}");
        assert_eq!(displacement(&baseline.outcome, &after, |_| false).covered_share_after, None);
        let net: f64 = is.iter().sum::<f64>() - was.iter().sum::<f64>();
        assert!((gained - lost - net).abs() < 1e-6 * lost.max(1.0), "gains less losses are the net change");
        // nothing against itself
        let same = displacement(&baseline.outcome, &baseline.outcome, |_| true);
        assert_eq!(same.balloon_index, None);
        for nothing in [same.covered_change_kg_per_year, same.uncovered_change_kg_per_year] {
            assert_eq!(nothing.to_bits(), 0.0_f64.to_bits(), "0, not -0");
        }
    });
}

#[test]
fn production_scales_flow_and_nothing_else() {
    with_baseline(|world, settings, baseline| {
        // without a capacity that binds, half of the opium is half of every flow
        let mut free = settings.clone();
        free.flow.choice.green_border_capacity_kg_per_year = 1e9;
        let full = evaluate(world, &free, baseline, None, &[]).unwrap();
        let half = run(world, &free, baseline, &Patch { production_factor: 0.5, ..patch("half") });
        for (full, half) in full.flows.iter().zip(&half.flows) {
            for (full, half) in full.link_flow_kg_per_year.iter().zip(&half.link_flow_kg_per_year) {
                assert!((half - 0.5 * full).abs() <= 1e-6 * full.max(1.0), "{full} {half}");
            }
        }
        let names = |outcome: &Outcome| -> Vec<String> {
            compare(outcome, &free).into_iter().map(|effect| effect.measure).collect()
        };
        assert_eq!(names(&full), names(&half), "always the same measures in the same order");
        let value = |outcome: &Outcome| compare(outcome, &free)[0].value.unwrap();
        assert!((value(&half) / value(&full) - 0.5).abs() < 1e-9);
    });
}

#[test]
fn unknown_crossings_are_refused_all_by_name() {
    with_baseline(|world, settings, baseline| {
        let unknown = vec!["atlantis".to_owned(), world.tables.crossings[0].id.clone(), "el-dorado".to_owned()];
        for key in ["close_crossing_ids", "open_crossing_ids", "paired_office_crossing_ids"] {
            let mut wrong = patch("wrong");
            match key {
                "close_crossing_ids" => wrong.close_crossing_ids.clone_from(&unknown),
                "open_crossing_ids" => wrong.open_crossing_ids.clone_from(&unknown),
                _ => wrong.paired_office_crossing_ids.clone_from(&unknown),
            }
            let error = evaluate(world, settings, baseline, Some(&wrong), &[]).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("P001") && text.contains(key), "{text}");
            assert!(text.contains("atlantis") && text.contains("el-dorado"), "{text}");
            let ScenarioError::Patch(PatchError::UnknownCrossings { scenario, ids, .. }) = error else {
                panic!("{text}");
            };
            assert_eq!((scenario.as_str(), ids), ("wrong", vec!["atlantis".to_owned(), "el-dorado".to_owned()]));
        }
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let wrong = Patch { production_factor: factor, ..patch("wrong") };
            let text = evaluate(world, settings, baseline, Some(&wrong), &[]).unwrap_err().to_string();
            assert!(text.starts_with("P002"), "{text}");
        }
    });
}

#[test]
fn a_patch_with_offices_is_the_same_as_offices_given() {
    with_baseline(|world, settings, baseline| {
        let mut offices = patch("offices");
        offices.paired_office_crossing_ids = vec![world.tables.crossings[3].id.clone()];
        let by_patch = run(world, settings, baseline, &offices);
        let given = evaluate(world, settings, baseline, None, &plan_offices(&[3])).unwrap();
        assert_eq!(by_patch.offices, given.offices);
        assert_eq!(format!("{:?}", by_patch.flows), format!("{:?}", given.flows));
        assert_eq!(by_patch.coverage, given.coverage);
    });
}

#[test]
fn green_crossings_can_be_closed_by_a_patch() {
    with_baseline(|world, settings, baseline| {
        let green: Vec<usize> = (0..world.tables.crossings.len())
            .filter(|&ix| world.tables.crossings[ix].id.starts_with("green"))
            .collect();
        let before = &opiates(&baseline.outcome).crossing_flow_kg_per_year;
        assert!(green.iter().any(|&ix| before[ix] > 1.0), "some flow is off the road");
        let mut closing = patch("no green border");
        closing.close_crossing_ids = green.iter().map(|&ix| world.tables.crossings[ix].id.clone()).collect();
        let after = run(world, settings, baseline, &closing);
        for ix in green {
            let kg = opiates(&after).crossing_flow_kg_per_year[ix];
            assert_eq!(kg, 0.0, "{} is closed and carries {kg} kg", world.tables.crossings[ix].id);
        }
    });
}
