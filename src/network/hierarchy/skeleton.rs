//! The contracted graph without weights: which shortcuts there are, and the tree they hang in.

use super::peel::Plain;

/// No parent, no arc.
pub(super) const NONE: u32 = u32::MAX;

/// From how many up-arcs on a rank is relaxed run by run.
pub(super) const LONG: usize = 12;

/// Consecutive up-arcs to heads on consecutive levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// First up-arc.
    pub(super) arc: u32,
    /// Level of its head.
    pub(super) level: u32,
    /// Number of up-arcs.
    pub(super) length: u32,
}

/// Nodes numbered by rank (contracted first = 0) so that every subtree of the elimination tree is a run of ranks that
/// ends with its root; and the up-arcs of every rank, sorted by head.
///
/// The neighbours above a rank are ancestors of it, and without its parent they are neighbours of the parent, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Skeleton {
    /// The node of each rank and the rank of each node.
    pub(super) node_of: Vec<u32>,
    pub(super) rank_of: Vec<u32>,
    /// Up-arcs: those of rank `r` are `up_first[r]..up_first[r + 1]`, each leads to rank `up_head`.
    pub(super) up_first: Vec<u32>,
    pub(super) up_head: Vec<u32>,
    /// The level of the head of each up-arc.
    pub(super) up_level: Vec<u32>,
    /// The level of each rank: a root has the highest, `level_count - 1`, every other one less than its parent.
    pub(super) level: Vec<u32>,
    pub(super) level_count: usize,
    /// The parent of each rank, `NONE` of a root.
    above: Vec<u32>,
    /// Runs of up-arcs whose heads stand on consecutive levels, of the ranks with [`LONG`] up-arcs or more.
    pub(super) run_first: Vec<u32>,
    pub(super) runs: Vec<Run>,
    /// The up-arcs that lead to each rank, by rising tail, and the tail of each.
    pub(super) down_first: Vec<u32>,
    pub(super) down_arc: Vec<u32>,
    pub(super) down_tail: Vec<u32>,
}

/// Elimination tree of `graph` under `order` (Liu 1986), then an order of its nodes by subtrees with the same shortcuts.
pub(super) fn by_subtrees(graph: &Plain, order: &[u32]) -> Vec<u32> {
    let count = order.len();
    let mut rank_of = vec![0_u32; count];
    order.iter().enumerate().for_each(|(rank, &node)| rank_of[node as usize] = rank as u32);
    let mut parent = vec![NONE; count];
    let mut leap = vec![NONE; count];
    for (rank, &node) in order.iter().enumerate() {
        for &neighbour in graph.neighbours(node) {
            let mut at = rank_of[neighbour as usize];
            while at < rank as u32 {
                let further = std::mem::replace(&mut leap[at as usize], rank as u32);
                if further == NONE {
                    parent[at as usize] = rank as u32;
                    break;
                }
                at = further;
            }
        }
    }
    let mut first_child = vec![NONE; count];
    let mut sibling = vec![NONE; count];
    let mut roots = Vec::new();
    for rank in (0..count).rev() {
        match parent[rank] {
            NONE => roots.push(rank as u32),
            above => sibling[rank] = std::mem::replace(&mut first_child[above as usize], rank as u32),
        }
    }
    // parents before children from the back
    let mut sorted = vec![0_u32; count];
    let mut place = count;
    let mut stack: Vec<u32> = roots.into_iter().rev().collect();
    while let Some(rank) = stack.pop() {
        place -= 1;
        sorted[place] = order[rank as usize];
        let mut child = first_child[rank as usize];
        while child != NONE {
            stack.push(child);
            child = sibling[child as usize];
        }
    }
    sorted
}

/// The up-neighbours of every rank (`up_first`, `up_head`); `None` when there are more than `most`.
pub(super) fn up_arcs(graph: &Plain, order: &[u32], rank_of: &[u32], most: usize) -> Option<(Vec<u32>, Vec<u32>)> {
    let count = order.len();
    let mut up_first = Vec::with_capacity(count + 1);
    let mut up_head: Vec<u32> = Vec::new();
    let mut seen_by = vec![NONE; count];
    let mut first_child = vec![NONE; count];
    let mut sibling = vec![NONE; count];
    up_first.push(0);
    for (rank, &node) in order.iter().enumerate() {
        let start = up_head.len();
        let own = graph.neighbours(node).iter().map(|&neighbour| rank_of[neighbour as usize]);
        for head in own {
            if head > rank as u32 {
                seen_by[head as usize] = rank as u32;
                up_head.push(head);
            }
        }
        let mut child = first_child[rank];
        while child != NONE {
            for ix in up_first[child as usize] as usize + 1..up_first[child as usize + 1] as usize {
                let head = up_head[ix];
                if seen_by[head as usize] != rank as u32 {
                    seen_by[head as usize] = rank as u32;
                    up_head.push(head);
                }
            }
            child = sibling[child as usize];
        }
        if up_head.len() > most {
            return None;
        }
        up_head[start..].sort_unstable();
        if let Some(&parent) = up_head.get(start) {
            sibling[rank] = std::mem::replace(&mut first_child[parent as usize], rank as u32);
        }
        up_first.push(up_head.len() as u32);
    }
    Some((up_first, up_head))
}

impl Skeleton {
    /// Depths and down-arcs for up-arcs that hold the promises above.
    pub(super) fn new(node_of: Vec<u32>, rank_of: Vec<u32>, up_first: Vec<u32>, up_head: Vec<u32>) -> Self {
        let count = node_of.len();
        let mut depth = vec![0_u32; count];
        for rank in (0..count).rev() {
            if up_first[rank] < up_first[rank + 1] {
                depth[rank] = depth[up_head[up_first[rank] as usize] as usize] + 1;
            }
        }
        let parent = |ends: &[u32]| if ends[0] < ends[1] { up_head[ends[0] as usize] } else { NONE };
        let above = up_first.windows(2).map(parent).collect();
        let level_count = depth.iter().max().map_or(0, |&deepest| deepest as usize + 1);
        let level: Vec<u32> = depth.iter().map(|&depth| (level_count - 1) as u32 - depth).collect();
        let up_level: Vec<u32> = up_head.iter().map(|&head| level[head as usize]).collect();
        let (mut run_first, mut runs) = (vec![0], Vec::<Run>::new());
        for ends in up_first.windows(2) {
            let start = runs.len();
            if ends[1] - ends[0] >= LONG as u32 {
                for arc in ends[0]..ends[1] {
                    let level = up_level[arc as usize];
                    match runs[start..].last_mut() {
                        Some(run) if run.level + run.length == level => run.length += 1,
                        _ => runs.push(Run { arc, level, length: 1 }),
                    }
                }
            }
            run_first.push(runs.len() as u32);
        }
        let mut down_first = vec![0_u32; count + 1];
        up_head.iter().for_each(|&head| down_first[head as usize + 1] += 1);
        (0..count).for_each(|rank| down_first[rank + 1] += down_first[rank]);
        let mut fill = down_first.clone();
        let (mut down_arc, mut down_tail) = (vec![0_u32; up_head.len()], vec![0_u32; up_head.len()]);
        for tail in 0..count {
            for arc in up_first[tail]..up_first[tail + 1] {
                let place = &mut fill[up_head[arc as usize] as usize];
                down_arc[*place as usize] = arc;
                down_tail[*place as usize] = tail as u32;
                *place += 1;
            }
        }
        Self {
            node_of,
            rank_of,
            up_first,
            up_head,
            up_level,
            level,
            level_count,
            above,
            run_first,
            runs,
            down_first,
            down_arc,
            down_tail,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.node_of.len()
    }

    /// The up-arcs of a rank.
    pub(super) fn up(&self, rank: u32) -> std::ops::Range<usize> {
        self.up_first[rank as usize] as usize..self.up_first[rank as usize + 1] as usize
    }

    /// The runs of a rank of many up-arcs; none else.
    pub(super) fn runs(&self, rank: u32) -> &[Run] {
        &self.runs[self.run_first[rank as usize] as usize..self.run_first[rank as usize + 1] as usize]
    }

    /// The rank just above in the elimination tree.
    pub(super) fn parent(&self, rank: u32) -> Option<u32> {
        let above = self.above(rank);
        (above != NONE).then_some(above)
    }

    /// The rank just above, `NONE` above a root: for walks up the tree.
    #[inline(always)]
    pub(super) fn above(&self, rank: u32) -> u32 {
        self.above[rank as usize]
    }

    /// The up-arc between two ranks.
    pub(super) fn arc_between(&self, low: u32, high: u32) -> Option<u32> {
        let up = self.up(low);
        let place = self.up_head[up.clone()].binary_search(&high).ok()?;
        Some((up.start + place) as u32)
    }
}
