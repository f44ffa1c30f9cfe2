//! How long each stage takes on the embedded data: one group a stage, in the order of the line.
//!
//! `cargo bench --bench stages` measures; `cargo test --release --bench stages` runs each once.
#![allow(missing_docs)] // what criterion's macros make
#![allow(clippy::expect_used)] // a bench whose stage fails has nothing to measure

use corridor::bundle::{self, Overwrite, Profile};
use corridor::config::Config;
use corridor::figures::{self, Basemap, Extent, FlowLine, LineClass, Words};
use corridor::flow::{Calibration, Demanded, arc_costs_usd, assign};
use corridor::inputs::{DataSource, Inputs, load};
use corridor::network::{SearchSpace, build, one_to_all};
use corridor::pipeline::{input_tables, provinces};
use corridor::records::{Link, Mode};
use corridor::report::{Drawing, Findings, contents};
use corridor::risk::{assess, assumed_hazard};
use corridor::scenario::{
    World, assess_baseline, compare, displacement, evaluate, make_plan, plan_offices, sensitivity,
};
use corridor::tables::Table;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// Farthest travel time between posts that the sensitivity runs ask for, h.
const REACH_H: f64 = 4.0;

fn stages(criterion: &mut Criterion) {
    let inputs = load(&DataSource::Embedded).expect("the embedded data");
    let config = Config::default();
    let settings = config.settings();
    let provinces = provinces(&inputs);
    let world =
        World::new(input_tables(&inputs, &provinces), &settings, REACH_H).expect("the world of the embedded data");
    let network = &world.network;

    let mut time = |stage: &str, run: &mut dyn FnMut()| {
        let mut group = criterion.benchmark_group(stage);
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
        group.bench_function("embedded data", |bencher| bencher.iter(&mut *run));
        group.finish();
    };

    time("load", &mut || {
        black_box(load(&DataSource::Embedded).is_ok());
    });
    time("network", &mut || {
        black_box(build(&inputs.nodes, &inputs.links, &inputs.crossings, &settings.network).is_ok());
    });

    let assumed = assumed_hazard(network, &settings.risk);
    let (commodity, ends) = &world.terminals[0];
    let consignment = settings.flow.cost.of(*commodity);
    let costs = arc_costs_usd(network, &assumed, consignment, settings.flow.cost.risk_weight);
    let mut space = SearchSpace::default();
    time("tree", &mut || {
        black_box(one_to_all(network.topology(), &costs, ends.origins[0].node, &mut space));
    });

    let demanded = Demanded {
        commodity: *commodity,
        origins: &ends.origins,
        destinations: &ends.destinations,
        calibration: Calibration::Fit(&world.target_exit_shares),
    };
    let assigned = || assign(network, &inputs.crossings, &demanded, &assumed, &settings.flow).expect("flow");
    time("assign opiates", &mut || {
        black_box(assigned());
    });
    let flow = assigned();
    time("assess", &mut || {
        black_box(assess(
            network,
            &inputs.crossings,
            &world.segments,
            *commodity,
            &flow.link_flow_kg_per_year,
            consignment.consignment_kg,
            &world.evidence(),
            &settings.risk,
        ));
    });

    let baseline = assess_baseline(&world, &settings).expect("baseline");
    let planned = || make_plan(&world, &settings, &world.reach, &baseline.outcome).expect("plan");
    time("plan", &mut || {
        black_box(planned());
    });
    let plan = planned();
    let offices = plan_offices(&plan.crossing_ixs);
    let with_plan = || evaluate(&world, &settings, &baseline, None, &offices).expect("flow after the plan");
    time("displacement", &mut || {
        black_box(displacement(&baseline.outcome, &with_plan(), |_| true));
    });
    time("sensitivity", &mut || {
        let rows = sensitivity(&world, &settings, &config.sensitivity, &baseline, &plan);
        black_box(rows.is_ok());
    });

    let base = basemap(&inputs);
    let lines = flow_lines(&inputs, &baseline.outcome.flows[0].link_flow_kg_per_year);
    let words = Words { id: "map".to_owned(), title: "Opiate corridors".to_owned(), ..Words::default() };
    let map = || figures::corridor_map(&base, &REGION, &lines, &[], &words, &Table::default()).expect("map");
    time("figures: one map", &mut || {
        black_box(map());
    });
    let svg = map().svg;
    time("figures: its PNG", &mut || {
        black_box(figures::png_300dpi(&svg).is_ok());
    });

    let after = with_plan();
    let findings = Findings {
        inputs: &inputs,
        world: &world,
        settings: &settings,
        route_risks: baseline.route_risks(),
        displacement: displacement(&baseline.outcome, &after, |_| true),
        sensitivity: sensitivity(&world, &settings, &config.sensitivity, &baseline, &plan).expect("sensitivity"),
        baseline_effects: compare(&baseline.outcome, &settings),
        scenarios: Vec::new(),
        failures: Vec::new(),
        baseline,
        plan,
        after,
    };
    let told = || contents(&findings, Profile::Working, Drawing::TablesOnly, String::new()).expect("report");
    time("tables and report", &mut || {
        black_box(told());
    });
    let contents = told();
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-bundle");
    time("bundle", &mut || {
        black_box(bundle::write(&contents, &out, Overwrite::ReplaceCorridorBundle).expect("bundle"));
    });
}

/// The region of the embedded data.
const REGION: Extent = Extent { west: 25.0, south: 12.0, east: 80.0, north: 56.0 };

fn basemap(inputs: &Inputs) -> Basemap {
    let areas = |of: &[corridor::inputs::Area]| {
        let drawn = |area: &corridor::inputs::Area| figures::Area {
            code: area.iso3.clone(),
            name: area.name.clone(),
            polygons: area.polygons.clone(),
        };
        of.iter().map(drawn).collect()
    };
    Basemap {
        countries: areas(&inputs.boundaries.countries),
        provinces: areas(&inputs.boundaries.provinces),
        disputed: inputs.boundaries.disputed.iter().map(|(_, line)| line.clone()).collect(),
        labels: Vec::new(),
    }
}

/// Every link with flow.
fn flow_lines(inputs: &Inputs, link_flow_kg_per_year: &[f64]) -> Vec<FlowLine> {
    let points = |link: &Link| {
        let end = |ix: u32| inputs.nodes[ix as usize].position;
        [vec![end(link.from_ix)], link.inner_vertices.clone(), vec![end(link.to_ix)]].concat()
    };
    let class = |mode: Mode| match mode {
        Mode::Sea | Mode::Port => LineClass::Sea,
        Mode::Green => LineClass::Green,
        _ => LineClass::Land,
    };
    let carried = inputs.links.iter().zip(link_flow_kg_per_year).filter(|(_, kg)| **kg > 0.0);
    carried
        .map(|(link, &flow_kg_per_year)| FlowLine { points: points(link), flow_kg_per_year, class: class(link.mode) })
        .collect()
}

criterion_group!(benches, stages);
criterion_main!(benches);
