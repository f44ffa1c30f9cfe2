//! Times the project's one-to-all search on the embedded network and prints the answers, for `peers.py` to compare
//! with another library's.
//!
//! Standard output is one JSON object: `seconds` and `cost_sum` by source, with `--export` also the arcs
//! themselves (`tail`, `head`, `cost` in thousandths of a dollar, closed arcs left out).
#![allow(clippy::expect_used)] // a bench that cannot run has nothing to measure

use corridor::flow::arc_costs_usd;
use corridor::inputs::{DataSource, load};
use corridor::network::{CLOSED, OpenArcs, SearchSpace, Tree, build};
use corridor::records::Commodity;
use corridor::risk::assumed_hazard;
use corridor::scenario::Settings;
use serde_json::json;
use std::time::Instant;

/// Searches that are timed.
const SOURCE_COUNT: usize = 20;

/// Rounds; the fastest of each source counts.
const ROUND_COUNT: usize = 5;

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    // without --bench this runs as a test: a glance at one source
    let (source_count, round_count) = if has("--bench") { (SOURCE_COUNT, ROUND_COUNT) } else { (1, 1) };

    let inputs = load(&DataSource::Embedded).expect("the embedded data");
    let settings = Settings::default();
    let network = build(&inputs.nodes, &inputs.links, &inputs.crossings, &settings.network).expect("network");
    let hazard = assumed_hazard(&network, &settings.risk);
    let costs =
        arc_costs_usd(&network, &hazard, settings.flow.cost.of(Commodity::Opiates), settings.flow.cost.risk_weight);

    let sources: Vec<u32> =
        (0..source_count).map(|number| (number * network.node_count() / source_count) as u32).collect();
    let mut seconds = vec![f64::INFINITY; source_count];
    let mut cost_sum = vec![0_u64; source_count];
    let mut reached_count = vec![0_usize; source_count];
    let mut space = SearchSpace::default();
    let open = OpenArcs::new(network.topology(), &costs);
    for _ in 0..round_count {
        for (ix, &source) in sources.iter().enumerate() {
            let begin = Instant::now();
            let tree: Tree = open.tree(source, &mut space);
            seconds[ix] = seconds[ix].min(begin.elapsed().as_secs_f64());
            let reached = || tree.cost.iter().filter(|&&cost| cost != u64::MAX);
            (cost_sum[ix], reached_count[ix]) = (reached().sum(), reached().count());
        }
    }

    let mut answer = json!({
        "node_count": network.node_count(),
        "arc_count": network.arc_count(),
        "sources": sources,
        "seconds": seconds,
        "cost_sum": cost_sum,
        "reached_count": reached_count,
    });
    if has("--export") {
        let open: Vec<u32> = (0..network.arc_count() as u32).filter(|&arc| costs[arc as usize] != CLOSED).collect();
        answer["tail"] = open.iter().map(|&arc| network.tail(arc)).collect();
        answer["head"] = open.iter().map(|&arc| network.head(arc)).collect();
        answer["cost"] = open.iter().map(|&arc| costs[arc as usize]).collect();
    }
    println!("{answer}");
}
