//! Batches of sweeps: rows of costs, shortest-path trees and tables, several nodes a pass and passes on all threads.

use super::metric::{Metric, Weights};
use super::sweep::{Selection, SweepSpace};
use super::weights::{Kept, Weight, largest};
use crate::network::Tree;
use crate::network::trees::{BLOCK, NO_ARC};
use crate::parallel::{map_in_order, map_in_order_with};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Nodes swept from in one pass.
pub(super) const LANES: usize = 16;

/// Costs of one pass by rank and lane.
#[derive(Debug)]
pub(super) enum Spread {
    /// Below 2^31.
    Narrow(Vec<[u32; LANES]>),
    /// Any.
    Wide(Vec<[u64; LANES]>),
}

impl Spread {
    pub(super) fn cost(&self, rank: u32, lane: usize) -> u64 {
        match self {
            Self::Narrow(rows) => rows[rank as usize][lane].in_full(),
            Self::Wide(rows) => rows[rank as usize][lane].in_full(),
        }
    }
}

/// Sweeps from (`SIDE` 0) or to (1) the nodes.
pub(super) fn costs<const SIDE: usize>(metric: &Metric, nodes: &[u32]) -> Vec<Spread> {
    let skeleton = &metric.hierarchy.skeleton;
    let roots: Vec<u32> = nodes.iter().map(|&node| skeleton.rank_of[node as usize]).collect();
    let batches: Vec<&[u32]> = roots.chunks(LANES).collect();
    match &metric.weights {
        Weights::Narrow(weights) => {
            let step = largest(weights);
            map_in_order_with(
                &batches,
                || SweepSpace::<u32, LANES>::new(skeleton),
                |space, batch| narrow_or_wide::<SIDE>(metric, weights, step, space, batch),
            )
        }
        Weights::Wide(weights) => {
            map_in_order(&batches, |batch| Spread::Wide(wide::<u64, SIDE>(metric, weights, batch)))
        }
    }
}

fn narrow_or_wide<const SIDE: usize>(
    metric: &Metric,
    weights: &[[u32; 2]],
    step: u32,
    space: &mut SweepSpace<u32, LANES>,
    batch: &[u32],
) -> Spread {
    let rows = pass::<u32, u32, SIDE>(metric, weights, space, batch);
    // a capped sum can only have hidden a cost where a finite one and a weight reach the cap
    let finite = |cost: u32| if cost < u32::FAR { cost } else { 0 };
    let farthest = pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut most = [0_u32; LANES];
            for row in &rows {
                for lane in 0..LANES {
                    most[lane] = most[lane].max(finite(row[lane]));
                }
            }
            most.into_iter().max().unwrap_or(0)
        },
    );
    if farthest < u32::FAR - step {
        Spread::Narrow(rows)
    } else {
        Spread::Wide(wide::<u32, SIDE>(metric, weights, batch))
    }
}

fn wide<S: Kept<u64>, const SIDE: usize>(metric: &Metric, weights: &[[S; 2]], batch: &[u32]) -> Vec<[u64; LANES]> {
    let mut space = SweepSpace::<u64, LANES>::new(&metric.hierarchy.skeleton);
    pass::<u64, S, SIDE>(metric, weights, &mut space, batch)
}

fn pass<W: Weight, S: Kept<W>, const SIDE: usize>(
    metric: &Metric,
    weights: &[[S; 2]],
    space: &mut SweepSpace<W, LANES>,
    batch: &[u32],
) -> Vec<[W; LANES]> {
    let skeleton = &metric.hierarchy.skeleton;
    let mut rows = vec![[W::ZERO; LANES]; skeleton.count()];
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            space.climb::<S, SIDE>(skeleton, weights, batch);
            space.descend::<S, SIDE>(skeleton, weights, &mut rows);
        },
    );
    rows
}

/// The open arcs into every rank, side by side: tail, cost, arc.
struct Steps {
    first: Vec<u32>,
    steps: Vec<(u32, u32, u32)>,
}

impl Steps {
    fn new(metric: &Metric) -> Self {
        let hierarchy = metric.hierarchy;
        let mut steps = Self { first: vec![0], steps: Vec::with_capacity(hierarchy.in_arc.len()) };
        for pair in hierarchy.in_first.windows(2) {
            for place in pair[0] as usize..pair[1] as usize {
                let arc = hierarchy.in_arc[place];
                if metric.is_open(arc) {
                    steps.steps.push((hierarchy.in_tail[place], metric.costs[arc as usize], arc));
                }
            }
            steps.first.push(steps.steps.len() as u32);
        }
        steps
    }

    fn into(&self, rank: usize) -> &[(u32, u32, u32)] {
        &self.steps[self.first[rank] as usize..self.first[rank + 1] as usize]
    }
}

/// Shortest-path trees from the nodes.
pub(super) fn trees(metric: &Metric, roots: &[u32]) -> Vec<Tree> {
    let steps = Steps::new(metric);
    let spreads = costs::<0>(metric, roots);
    let batches: Vec<(&[u32], Spread)> = roots.chunks(LANES).zip(spreads).collect();
    let trees = map_in_order(&batches, |(roots, spread)| match spread {
        Spread::Narrow(rows) => trees_of(metric, &steps, rows, roots),
        Spread::Wide(rows) => trees_of(metric, &steps, rows, roots),
    });
    trees.into_iter().flatten().collect()
}

fn trees_of<W: Weight>(metric: &Metric, steps: &Steps, rows: &[[W; LANES]], roots: &[u32]) -> Vec<Tree> {
    let skeleton = &metric.hierarchy.skeleton;
    let mut via = vec![[NO_ARC; LANES]; rows.len()];
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || {
            for (rank, (row, via)) in rows.iter().zip(&mut via).enumerate() {
                for &(tail, cost, arc) in steps.into(rank) {
                    let before = &rows[tail as usize];
                    // a free arc ends no path here: it is looked at only where no other does
                    let arc = if cost == 0 { NO_ARC } else { arc };
                    for lane in 0..LANES {
                        let is_tight = before[lane].plus(W::of_cost(cost)) == row[lane];
                        via[lane] = via[lane].min(if is_tight { arc } else { NO_ARC });
                    }
                }
            }
        },
    );
    if metric.has_free_arcs {
        (0..roots.len()).for_each(|lane| over_free_arcs(metric, steps, rows, &mut via, roots[lane], lane));
    }
    let topology = &metric.hierarchy.topology;
    let count = topology.node_count();
    let blank = |&root: &u32| Tree {
        root,
        cost: Vec::with_capacity(count),
        via_arc: Vec::with_capacity(count),
        block_least: Vec::with_capacity(count.div_ceil(BLOCK)),
        parent: Vec::with_capacity(count),
    };
    let mut trees: Vec<Tree> = roots.iter().map(blank).collect();
    for (block, ranks) in skeleton.rank_of.chunks(BLOCK).enumerate() {
        for (lane, tree) in trees.iter_mut().enumerate() {
            let costs = ranks.iter().map(|&rank| rows[rank as usize][lane].in_full());
            tree.block_least.push(costs.clone().min().unwrap_or(u64::MAX));
            tree.cost.extend(costs);
            tree.via_arc.extend(ranks.iter().map(|&rank| via[rank as usize][lane]));
            let nodes = (block * BLOCK) as u32..;
            tree.parent.extend(nodes.zip(ranks).map(|(node, &rank)| match via[rank as usize][lane] {
                NO_ARC => node,
                arc => topology.tail(arc),
            }));
        }
    }
    trees
}

/// Gives the nodes that only free arcs lead to their arcs, in the order in which a search by cost, then node, does.
fn over_free_arcs<W: Weight>(
    metric: &Metric,
    steps: &Steps,
    rows: &[[W; LANES]],
    via: &mut [[u32; LANES]],
    root: u32,
    lane: usize,
) {
    let hierarchy = metric.hierarchy;
    let root_rank = hierarchy.skeleton.rank_of[root as usize];
    let is_left = |via: &[[u32; LANES]], rank: u32| {
        via[rank as usize][lane] == NO_ARC && rank != root_rank && rows[rank as usize][lane] < W::FAR
    };
    let mut waiting = BinaryHeap::new();
    for rank in 0..rows.len() as u32 {
        if is_left(via, rank) {
            for &(tail, cost, _) in steps.into(rank as usize) {
                if cost == 0 && rows[tail as usize][lane] == rows[rank as usize][lane] && !is_left(via, tail) {
                    waiting.push(Reverse((rows[tail as usize][lane], hierarchy.skeleton.node_of[tail as usize])));
                }
            }
        }
    }
    while let Some(Reverse((cost, node))) = waiting.pop() {
        for arc in hierarchy.topology.arcs_from(node) {
            let head = hierarchy.topology.head(arc as u32);
            let rank = hierarchy.skeleton.rank_of[head as usize];
            if metric.costs[arc] == 0 && rows[rank as usize][lane] == cost && is_left(via, rank) {
                via[rank as usize][lane] = arc as u32;
                waiting.push(Reverse((cost, head)));
            }
        }
    }
}

/// Least cost from every source to every target, row after row.
pub(super) fn table(metric: &Metric, sources: &[u32], targets: &[u32]) -> Vec<u64> {
    if sources.is_empty() || targets.is_empty() {
        return Vec::new();
    }
    match &metric.weights {
        Weights::Narrow(weights) => {
            let step = largest(weights);
            table_in::<u32, u32>(metric, weights, sources, targets, u32::FAR - step)
                .or_else(|| table_in::<u64, u32>(metric, weights, sources, targets, u64::MAX))
        }
        Weights::Wide(weights) => table_in::<u64, u64>(metric, weights, sources, targets, u64::MAX),
    }
    .unwrap_or_default()
}

/// `None` when a finite cost on the way reaches `limit`.
fn table_in<W: Weight, S: Kept<W>>(
    metric: &Metric,
    weights: &[[S; 2]],
    sources: &[u32],
    targets: &[u32],
    limit: W,
) -> Option<Vec<u64>> {
    let skeleton = &metric.hierarchy.skeleton;
    let rank = |&node: &u32| skeleton.rank_of[node as usize];
    let target_ranks: Vec<u32> = targets.iter().map(rank).collect();
    let selection = Selection::<W>::new::<S, 0>(skeleton, weights, &target_ranks);
    // neighbours side by side climb the same way
    let mut roots: Vec<(u32, u32)> = sources.iter().map(rank).zip(0..).collect();
    roots.sort_unstable();
    let batches: Vec<&[(u32, u32)]> = roots.chunks(LANES).collect();
    let done = map_in_order_with(
        &batches,
        || SweepSpace::<W, LANES>::new(skeleton),
        |space, batch| {
            let ranks: Vec<u32> = batch.iter().map(|&(rank, _)| rank).collect();
            let mut found = vec![[W::FAR; LANES]; targets.len()];
            let mut most = [W::ZERO; LANES];
            pulp::Arch::new().dispatch(
                #[inline(always)]
                || {
                    space.climb::<S, 0>(skeleton, weights, &ranks);
                    most = space.farthest_climbed();
                    space.descend_to(&selection, |place, row| {
                        for lane in 0..LANES {
                            let finite = if row[lane] < W::FAR { row[lane] } else { W::ZERO };
                            most[lane] = most[lane].max(finite);
                        }
                        selection.targets_at[place].iter().for_each(|&target| found[target as usize] = *row);
                    });
                },
            );
            (most.into_iter().max().is_none_or(|most| most < limit)).then_some(found)
        },
    );
    let mut costs = vec![u64::MAX; sources.len() * targets.len()];
    for (batch, found) in batches.iter().zip(done) {
        let found = found?;
        for (lane, &(_, source)) in batch.iter().enumerate() {
            let row = &mut costs[source as usize * targets.len()..][..targets.len()];
            row.iter_mut().zip(&found).for_each(|(cost, found)| *cost = found[lane].in_full());
        }
    }
    Some(costs)
}
