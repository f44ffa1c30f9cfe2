//! Nodes of at most two neighbours go first: to take one out never adds more arcs than it removes.

/// An undirected graph without loops and parallel edges: the neighbours of a node stand side by side, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    pub(super) first: Vec<u32>,
    pub(super) neighbour: Vec<u32>,
}

impl Plain {
    /// From directed pairs in any order, both directions of every edge among them or not.
    pub(super) fn new(node_count: usize, ends: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut first = vec![0_u32; node_count + 1];
        let both = || ends.clone().filter(|(a, b)| a != b).flat_map(|(a, b)| [(a, b), (b, a)]);
        for (a, _) in both() {
            first[a as usize + 1] += 1;
        }
        for node in 0..node_count {
            first[node + 1] += first[node];
        }
        let mut fill = first.clone();
        let mut neighbour = vec![0_u32; first[node_count] as usize];
        for (a, b) in both() {
            neighbour[fill[a as usize] as usize] = b;
            fill[a as usize] += 1;
        }
        // each row sorted and rid of repeats, moved together
        let (mut kept, mut start) = (0, 0);
        for node in 0..node_count {
            let end = first[node + 1] as usize;
            neighbour[start..end].sort_unstable();
            let row_start = kept;
            for ix in start..end {
                if kept == row_start || neighbour[kept - 1] != neighbour[ix] {
                    neighbour[kept] = neighbour[ix];
                    kept += 1;
                }
            }
            start = end;
            first[node + 1] = kept as u32;
        }
        neighbour.truncate(kept);
        Self { first, neighbour }
    }

    pub(super) fn node_count(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn neighbours(&self, node: u32) -> &[u32] {
        &self.neighbour[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// Takes out nodes of degree 0, 1 and 2 until none is left: an edge takes the place of a node between two.
///
/// In each round no two neighbours go, so that a chain of `k` nodes lies about `log2(k)` deep. Gives the nodes in the
/// order they went, the graph of those that stay (renumbered) and the node behind each of its numbers.
pub(super) fn peel(graph: &Plain) -> (Vec<u32>, Plain, Vec<u32>) {
    let node_count = graph.node_count();
    let first = &graph.first;
    let mut neighbour = graph.neighbour.clone();
    let mut degree: Vec<u32> = first.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut is_gone = vec![false; node_count];
    let mut resting_until = vec![0_u32; node_count];
    let mut order = Vec::new();
    let mut waiting: Vec<u32> = (0..node_count as u32).filter(|&node| degree[node as usize] <= 2).collect();
    let mut next = Vec::new();
    let mut round = 0;
    while !waiting.is_empty() {
        round += 1;
        for &node in &waiting {
            let at = node as usize;
            if is_gone[at] {
                continue;
            }
            if resting_until[at] == round {
                next.push(node);
                continue;
            }
            is_gone[at] = true;
            order.push(node);
            let row = first[at] as usize;
            let mut ends = [0; 2];
            ends[..degree[at] as usize].copy_from_slice(&neighbour[row..row + degree[at] as usize]);
            let ends = &ends[..degree[at] as usize];
            for (ix, &end) in ends.iter().enumerate() {
                let row = first[end as usize] as usize;
                let list = &mut neighbour[row..row + degree[end as usize] as usize];
                let other = ends.get(1 - ix).copied();
                let place = list.iter().position(|&listed| listed == node);
                let stands_in = other.filter(|other| !list.contains(other));
                match (place, stands_in) {
                    (Some(place), Some(other)) => list[place] = other,
                    (Some(place), None) => {
                        let last = list.len() - 1;
                        list.swap(place, last);
                        degree[end as usize] -= 1;
                    }
                    (None, _) => {}
                }
                resting_until[end as usize] = round;
                if degree[end as usize] <= 2 {
                    next.push(end);
                }
            }
        }
        waiting.clear();
        std::mem::swap(&mut waiting, &mut next);
        waiting.sort_unstable();
        waiting.dedup();
    }
    let node_of: Vec<u32> = (0..node_count as u32).filter(|&node| !is_gone[node as usize]).collect();
    let mut number = vec![0_u32; node_count];
    for (new, &node) in node_of.iter().enumerate() {
        number[node as usize] = new as u32;
    }
    let mut core = Plain { first: vec![0], neighbour: Vec::new() };
    for &node in &node_of {
        let row = first[node as usize] as usize;
        let start = core.neighbour.len();
        core.neighbour.extend(neighbour[row..row + degree[node as usize] as usize].iter().map(|&n| number[n as usize]));
        core.neighbour[start..].sort_unstable();
        core.first.push(core.neighbour.len() as u32);
    }
    (order, core, node_of)
}
