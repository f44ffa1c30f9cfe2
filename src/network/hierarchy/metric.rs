//! One set of costs on a hierarchy: what can be asked of it.

use super::Hierarchy;
use super::query::{Meeting, Memo, Unpacking, meet};
use super::spread::{self, Spread};
use super::weights::{Kept, Pair, SETS, Weight, customise, customise_sets, is_exact};
use crate::network::{CLOSED, Path, Tree};
use std::sync::OnceLock;

/// A hierarchy under one set of arc costs. Exact, `Send + Sync`; any number of threads may ask.
///
/// Nodes are those of the graph; an index beyond them panics, as on a slice.
#[derive(Debug)]
pub struct Metric<'a> {
    pub(super) hierarchy: &'a Hierarchy,
    pub(super) costs: &'a [u32],
    pub(super) weights: Weights,
    /// Whether an open arc costs nothing: only then can a cheapest path pass a node twice.
    pub(super) has_free_arcs: bool,
    /// Made by the first question for a route.
    memo: OnceLock<Memo>,
}

/// Weights from the low end of each up-arc to the high end, and back.
#[derive(Clone, Debug)]
pub(super) enum Weights {
    /// Where no two finite ones add up to `u32::FAR`.
    Narrow(Pair<u32>),
    /// Any.
    Wide(Pair<u64>),
}

impl<'a> Metric<'a> {
    /// `costs`: one an arc.
    pub(super) fn new(hierarchy: &'a Hierarchy, costs: &'a [u32]) -> Self {
        let Hierarchy { skeleton, origins, stretches, .. } = hierarchy;
        let narrow = fits(costs).then(|| customise::<u32>(skeleton, origins, stretches, costs));
        Self::of_narrow(hierarchy, costs, narrow)
    }

    /// As [`Self::new`] for several sets of costs, [`SETS`] at a time.
    pub(super) fn several(hierarchy: &'a Hierarchy, costs: &[&'a [u32]]) -> Vec<Self> {
        let Hierarchy { skeleton, origins, stretches, .. } = hierarchy;
        let group = |group: &[&'a [u32]]| -> Vec<Self> {
            // of three, one is done twice: still less work than one by one
            if group.len() + 1 < SETS || !group.iter().all(|costs| fits(costs)) {
                return group.iter().map(|costs| Self::new(hierarchy, costs)).collect();
            }
            let sets = std::array::from_fn(|set| group[set.min(group.len() - 1)]);
            let pairs = customise_sets(skeleton, origins, stretches, sets);
            let metric = |(costs, pair): (&&'a [u32], _)| Self::of_narrow(hierarchy, costs, Some(pair));
            group.iter().zip(pairs).map(metric).collect()
        };
        costs.chunks(SETS).flat_map(group).collect()
    }

    /// With the 32-bit weights where these are exact.
    fn of_narrow(hierarchy: &'a Hierarchy, costs: &'a [u32], narrow: Option<Pair<u32>>) -> Self {
        let Hierarchy { skeleton, origins, stretches, .. } = hierarchy;
        let weights = match narrow.filter(is_exact) {
            Some(narrow) => Weights::Narrow(narrow),
            None => Weights::Wide(customise::<u64>(skeleton, origins, stretches, costs)),
        };
        Self { hierarchy, costs, weights, has_free_arcs: costs.contains(&0), memo: OnceLock::new() }
    }
}

/// Whether sums of two costs stay below the 32-bit `FAR`.
fn fits(costs: &[u32]) -> bool {
    costs.iter().all(|&cost| cost < u32::FAR / 2 || cost == CLOSED)
}

impl Metric<'_> {
    /// Least cost from one node to another; `None` = not reachable.
    #[must_use]
    pub fn cost(&self, from: u32, to: u32) -> Option<u64> {
        match &self.weights {
            Weights::Narrow(weights) => self
                .meeting::<u32, u32>(weights, from, to)
                .map(|meeting| u64::from(meeting.cost))
                // 2^31 or more, or none at all
                .or_else(|| self.meeting::<u64, u32>(weights, from, to).map(|meeting| meeting.cost)),
            Weights::Wide(weights) => self.meeting::<u64, u64>(weights, from, to).map(|meeting| meeting.cost),
        }
    }

    /// A cheapest route; `None` = not reachable. It passes no node twice.
    ///
    /// Of parallel arcs the cheapest, of equally cheap ones the lowest index. Of equally cheap routes always the same one,
    /// by the order of the hierarchy.
    #[must_use]
    pub fn route(&self, from: u32, to: u32) -> Option<Path> {
        let (cost, arcs) = match &self.weights {
            Weights::Narrow(weights) => match self.meeting::<u32, u32>(weights, from, to) {
                Some(meeting) => (u64::from(meeting.cost), self.arcs(weights, &meeting)?),
                None => {
                    let meeting = self.meeting::<u64, u32>(weights, from, to)?;
                    (meeting.cost, self.arcs(weights, &meeting)?)
                }
            },
            Weights::Wide(weights) => {
                let meeting = self.meeting::<u64, u64>(weights, from, to)?;
                (meeting.cost, self.arcs(weights, &meeting)?)
            }
        };
        let arcs = if self.has_free_arcs { self.without_rounds(from, arcs) } else { arcs };
        Some(Path { arcs, cost })
    }

    fn meeting<W: Weight, S: Kept<W>>(&self, weights: &Pair<S>, from: u32, to: u32) -> Option<Meeting<W>> {
        let skeleton = &self.hierarchy.skeleton;
        meet::<W, S>(skeleton, weights, skeleton.rank_of[from as usize], skeleton.rank_of[to as usize])
    }

    fn arcs<W: Weight, S: Weight>(&self, weights: &Pair<S>, meeting: &Meeting<W>) -> Option<Vec<u32>> {
        let Hierarchy { skeleton, origins, .. } = self.hierarchy;
        let memo = self.memo.get_or_init(|| Memo::new(skeleton));
        Unpacking { skeleton, origins, weights, costs: self.costs, memo }.arcs(&meeting.ranks())
    }

    /// Leaves out rounds of free arcs that come back to where they started.
    fn without_rounds(&self, from: u32, arcs: Vec<u32>) -> Vec<u32> {
        let topology = &self.hierarchy.topology;
        let mut nodes: Vec<u32> = vec![from];
        nodes.extend(arcs.iter().map(|&arc| topology.head(arc)));
        // the last place each node is passed at
        let mut last: Vec<(u32, u32)> = nodes.iter().enumerate().map(|(place, &node)| (node, place as u32)).collect();
        last.sort_unstable();
        let last_of = |node: u32| last[last.partition_point(|&(known, _)| known <= node) - 1].1 as usize;
        let mut kept = Vec::with_capacity(arcs.len());
        let mut place = last_of(from);
        while place < arcs.len() {
            kept.push(arcs[place]);
            place = last_of(nodes[place + 1]);
        }
        kept
    }

    /// Least costs from each of `sources` to every node, 16 sources a pass.
    #[must_use]
    pub fn costs_from(&self, sources: &[u32]) -> CostRows<'_> {
        CostRows { hierarchy: self.hierarchy, spreads: spread::costs::<0>(self, sources), count: sources.len() }
    }

    /// Least costs from every node to each of `targets`, 16 targets a pass.
    #[must_use]
    pub fn costs_to(&self, targets: &[u32]) -> CostRows<'_> {
        CostRows { hierarchy: self.hierarchy, spreads: spread::costs::<1>(self, targets), count: targets.len() }
    }

    /// Shortest-path trees from each of `roots`, as [`crate::network::one_to_all`] gives them: the same costs, arcs and
    /// parents. (Costs of 2^32 - 1 and more are given in full here.)
    #[must_use]
    pub fn trees(&self, roots: &[u32]) -> Vec<Tree> {
        spread::trees(self, roots)
    }

    /// Least cost from every source to every target.
    #[must_use]
    pub fn table(&self, sources: &[u32], targets: &[u32]) -> Table {
        Table { column_count: targets.len(), costs: spread::table(self, sources, targets) }
    }
}

/// Least costs between some nodes (rows) and every node.
#[derive(Debug)]
pub struct CostRows<'a> {
    hierarchy: &'a Hierarchy,
    spreads: Vec<Spread>,
    count: usize,
}

impl CostRows<'_> {
    /// Number of rows: the sources or targets asked for, in their order.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.count
    }

    /// Least cost between the `row`-th source (target) and `node`; `None` = not reachable.
    #[must_use]
    pub fn cost(&self, row: usize, node: u32) -> Option<u64> {
        let (spread, lane) = (&self.spreads[row / spread::LANES], row % spread::LANES);
        let cost = spread.cost(self.hierarchy.skeleton.rank_of[node as usize], lane);
        (cost != u64::MAX).then_some(cost)
    }

    /// For each row the sum of the costs of all nodes that can be reached: accessibility in one number, in one pass over
    /// what is held.
    #[must_use]
    pub fn totals(&self) -> Vec<u64> {
        let totals = crate::parallel::map_in_order(&self.spreads, Spread::totals);
        let mut totals: Vec<u64> = totals.into_iter().flatten().collect();
        totals.truncate(self.count);
        totals
    }

    /// A row by node, `u64::MAX` = not reachable.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<u64> {
        let (spread, lane) = (&self.spreads[row / spread::LANES], row % spread::LANES);
        self.hierarchy.skeleton.rank_of.iter().map(|&rank| spread.cost(rank, lane)).collect()
    }
}

/// Least cost from every source (row) to every target (column).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    column_count: usize,
    costs: Vec<u64>,
}

impl Table {
    /// Least cost from the `row`-th source to the `column`-th target; `None` = not reachable.
    #[must_use]
    pub fn cost(&self, row: usize, column: usize) -> Option<u64> {
        let cost = self.row(row)[column];
        (cost != u64::MAX).then_some(cost)
    }

    /// The costs from the `row`-th source by target, `u64::MAX` = not reachable.
    #[must_use]
    pub fn row(&self, row: usize) -> &[u64] {
        &self.costs[row * self.column_count..(row + 1) * self.column_count]
    }
}
