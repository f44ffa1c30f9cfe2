//! Batches of sweeps: rows of costs, shortest-path trees and tables, several nodes a pass and passes on all threads.

use super::metric::{Metric, Weights};
use super::sweep::{Selection, SweepSpace};
use super::vectors::vectored;
use super::weights::{Kept, Pair, Weight, largest};
use crate::network::trees::{BLOCK, NO_ARC};
use crate::network::{CLOSED, Tree};
use crate::parallel::map_in_order_with;
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

    /// The sum of the finite costs of each lane.
    pub(super) fn totals(&self) -> [u64; LANES] {
        fn of<W: Weight + Into<u64>>(rows: &[[W; LANES]]) -> [u64; LANES] {
            let mut totals = [0_u64; LANES];
            vectored(
                #[inline(always)]
                || {
                    for row in rows {
                        for lane in 0..LANES {
                            let finite = if row[lane] < W::FAR { row[lane] } else { W::ZERO };
                            totals[lane] = totals[lane].wrapping_add(finite.into());
                        }
                    }
                },
            );
            totals
        }
        match self {
            Self::Narrow(rows) => of(rows),
            Self::Wide(rows) => of(rows),
        }
    }
}

/// Working memory of passes in one kind of number.
struct PassSpace<W> {
    sweep: SweepSpace<W, LANES>,
    rows: Vec<[W; LANES]>,
}

impl<W: Weight> PassSpace<W> {
    fn new(metric: &Metric) -> Self {
        Self { sweep: SweepSpace::new(&metric.hierarchy.skeleton), rows: Vec::new() }
    }

    /// Fills the rows with the costs from (`SIDE` 0) or to (1) each rank of a batch; gives the largest.
    fn pass<S: Kept<W>, const SIDE: usize>(&mut self, metric: &Metric, weights: &Pair<S>, batch: &[u32]) -> W {
        let skeleton = &metric.hierarchy.skeleton;
        if self.rows.len() != skeleton.count() {
            self.rows = vec![[W::ZERO; LANES]; skeleton.count()];
        }
        vectored(
            #[inline(always)]
            || {
                self.sweep.climb::<S, SIDE>(skeleton, weights, batch);
                let most = self.sweep.descend::<S, SIDE>(skeleton, weights, &mut self.rows);
                most.into_iter().max().unwrap_or(W::ZERO)
            },
        )
    }
}

/// Working memory of passes on one thread.
struct BothSpaces {
    narrow: PassSpace<u32>,
    wide: PassSpace<u64>,
}

/// A pass for every batch of nodes, from (`SIDE` 0) or to (1) them, and what `finish` makes of each batch and its costs.
fn passes<const SIDE: usize, T: Send>(
    metric: &Metric,
    nodes: &[u32],
    finish: impl Fn(&[u32], &mut Spread) -> T + Sync + Send,
) -> Vec<T> {
    let batches: Vec<&[u32]> = nodes.chunks(LANES).collect();
    let limit = match &metric.weights {
        Weights::Narrow(weights) => u32::FAR - largest(weights),
        Weights::Wide(_) => 0,
    };
    map_in_order_with(
        &batches,
        || BothSpaces { narrow: PassSpace::new(metric), wide: PassSpace::new(metric) },
        |BothSpaces { narrow, wide }, batch| {
            let ranks: Vec<u32> = batch.iter().map(|&node| metric.hierarchy.skeleton.rank_of[node as usize]).collect();
            // a capped sum can only have hidden a cost where a finite one and a weight reach the cap
            match &metric.weights {
                Weights::Narrow(weights) if narrow.pass::<u32, SIDE>(metric, weights, &ranks) < limit => {
                    let mut spread = Spread::Narrow(std::mem::take(&mut narrow.rows));
                    let finished = finish(batch, &mut spread);
                    if let Spread::Narrow(rows) = spread {
                        narrow.rows = rows;
                    }
                    return finished;
                }
                Weights::Narrow(weights) => wide.pass::<u32, SIDE>(metric, weights, &ranks),
                Weights::Wide(weights) => wide.pass::<u64, SIDE>(metric, weights, &ranks),
            };
            let mut spread = Spread::Wide(std::mem::take(&mut wide.rows));
            let finished = finish(batch, &mut spread);
            if let Spread::Wide(rows) = spread {
                wide.rows = rows;
            }
            finished
        },
    )
}

/// Costs from (`SIDE` 0) or to (1) the nodes.
pub(super) fn costs<const SIDE: usize>(metric: &Metric, nodes: &[u32]) -> Vec<Spread> {
    let take = |_: &[u32], spread: &mut Spread| std::mem::replace(spread, Spread::Narrow(Vec::new()));
    passes::<SIDE, _>(metric, nodes, take)
}

/// The open arcs into every rank, side by side.
struct Steps {
    first: Vec<u32>,
    /// Tail, cost and arc of those that cost something.
    steps: Vec<(u32, u32, u32)>,
    /// Head and tail of those that cost nothing, by head.
    free: Vec<(u32, u32)>,
}

impl Steps {
    fn new(metric: &Metric) -> Self {
        let hierarchy = metric.hierarchy;
        let mut steps = Self { first: vec![0], steps: Vec::with_capacity(hierarchy.in_arc.len()), free: Vec::new() };
        for (rank, pair) in (0..).zip(hierarchy.in_first.windows(2)) {
            for place in pair[0] as usize..pair[1] as usize {
                let (tail, arc) = (hierarchy.in_tail[place], hierarchy.in_arc[place]);
                match metric.costs[arc as usize] {
                    CLOSED => {}
                    0 => steps.free.push((rank, tail)),
                    cost => steps.steps.push((tail, cost, arc)),
                }
            }
            steps.first.push(steps.steps.len() as u32);
        }
        steps
    }

    fn into(&self, rank: usize) -> &[(u32, u32, u32)] {
        &self.steps[self.first[rank] as usize..self.first[rank + 1] as usize]
    }

    /// Rank, again, and tail of the free arcs into a rank.
    fn free_into(&self, rank: u32) -> impl Iterator<Item = &(u32, u32)> {
        let start = self.free.partition_point(|&(head, _)| head < rank);
        self.free[start..].iter().take_while(move |&&(head, _)| head == rank)
    }
}

/// Shortest-path trees from the nodes.
pub(super) fn trees(metric: &Metric, roots: &[u32]) -> Vec<Tree> {
    let steps = Steps::new(metric);
    let trees = passes::<0, _>(metric, roots, |batch, spread| match spread {
        Spread::Narrow(rows) => trees_of(metric, &steps, rows, batch),
        Spread::Wide(rows) => trees_of(metric, &steps, rows, batch),
    });
    trees.into_iter().flatten().collect()
}

/// Nodes whose arcs are found at a time: their rows stay at hand.
const NEAR: usize = 4 * BLOCK;

fn trees_of<W: Weight>(metric: &Metric, steps: &Steps, rows: &[[W; LANES]], roots: &[u32]) -> Vec<Tree> {
    let topology = &metric.hierarchy.topology;
    let rank_of = &metric.hierarchy.skeleton.rank_of;
    let count = topology.node_count();
    let blank = |&root: &u32| Tree {
        root,
        cost: Vec::with_capacity(count),
        via_arc: Vec::with_capacity(count),
        block_least: Vec::with_capacity(count.div_ceil(BLOCK)),
        parent: Vec::with_capacity(count),
    };
    let mut trees: Vec<Tree> = roots.iter().map(blank).collect();
    let mut via = [[NO_ARC; LANES]; NEAR];
    let mut near = [[W::FAR; LANES]; NEAR];
    for (part, ranks) in rank_of.chunks(NEAR).enumerate() {
        vectored(
            #[inline(always)]
            || {
                for (&rank, (via, near)) in ranks.iter().zip(via.iter_mut().zip(&mut near)) {
                    let row = rows[rank as usize];
                    let mut least = [NO_ARC; LANES];
                    for &(tail, cost, arc) in steps.into(rank as usize) {
                        let before = &rows[tail as usize];
                        let cost = W::of_cost(cost);
                        for lane in 0..LANES {
                            let is_tight = before[lane].plus(cost) == row[lane];
                            least[lane] = least[lane].min(if is_tight { arc } else { NO_ARC });
                        }
                    }
                    (*via, *near) = (least, row);
                }
            },
        );
        let first = (part * NEAR) as u32;
        for (lane, tree) in trees.iter_mut().enumerate() {
            tree.cost.extend(near[..ranks.len()].iter().map(|row| row[lane].in_full()));
            tree.via_arc.extend(via[..ranks.len()].iter().map(|via| via[lane]));
            let parent = |(node, via): (u32, &[u32; LANES])| match via[lane] {
                NO_ARC => node,
                arc => topology.tail(arc),
            };
            tree.parent.extend((first..).zip(&via[..ranks.len()]).map(parent));
        }
    }
    for (lane, tree) in trees.iter_mut().enumerate() {
        let least = |block: &[u64]| block.iter().copied().min().unwrap_or(u64::MAX);
        tree.block_least.extend(tree.cost.chunks(BLOCK).map(least));
        if metric.has_free_arcs {
            over_free_arcs(metric, steps, rows, tree, lane);
        }
    }
    trees
}

/// Gives the nodes that only free arcs lead to their arcs, in the order in which a search by cost, then node, does.
fn over_free_arcs<W: Weight>(metric: &Metric, steps: &Steps, rows: &[[W; LANES]], tree: &mut Tree, lane: usize) {
    let topology = &metric.hierarchy.topology;
    let skeleton = &metric.hierarchy.skeleton;
    let is_left = |tree: &Tree, node: u32| {
        tree.via_arc[node as usize] == NO_ARC && node != tree.root && tree.cost[node as usize] != u64::MAX
    };
    let mut waiting = BinaryHeap::new();
    for (node, &rank) in (0..).zip(&skeleton.rank_of) {
        if is_left(tree, node) {
            for &(_, tail) in steps.free_into(rank) {
                let from = skeleton.node_of[tail as usize];
                if rows[tail as usize][lane] == rows[rank as usize][lane] && !is_left(tree, from) {
                    waiting.push(Reverse((tree.cost[from as usize], from)));
                }
            }
        }
    }
    while let Some(Reverse((cost, node))) = waiting.pop() {
        for arc in topology.arcs_from(node) {
            let head = topology.head(arc as u32);
            if metric.costs[arc] == 0 && tree.cost[head as usize] == cost && is_left(tree, head) {
                (tree.via_arc[head as usize], tree.parent[head as usize]) = (arc as u32, node);
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
    weights: &Pair<S>,
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
            vectored(
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
