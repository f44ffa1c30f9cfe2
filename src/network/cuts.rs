//! Bridges and cut nodes: the edges and nodes without which a part of the graph falls off.

use super::graph::Network;

/// What [`cuts`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Edges, by their place in the list, without which there are more parts; in that order.
    pub bridges: Vec<u32>,
    /// Nodes without which what is left has more parts; lowest first.
    pub nodes: Vec<u32>,
}

/// Bridges and cut nodes of an undirected graph of `node_count` nodes. Parallel edges are each other's substitute; self
/// loops are never bridges.
///
/// Tarjan 1972 ("Depth-first search and linear graph algorithms", SIAM Journal on Computing 1) without recursion, one
/// pass. petgraph has both, but takes parallel edges for one.
#[must_use]
pub fn cuts(node_count: usize, edges: &[(u32, u32)]) -> Cuts {
    let mut first = vec![0_u32; node_count + 1];
    for &(a, b) in edges {
        first[a as usize + 1] += 1;
        first[b as usize + 1] += 1;
    }
    (0..node_count).for_each(|node| first[node + 1] += first[node]);
    let mut next = first.clone();
    let mut around = vec![(0_u32, 0_u32); 2 * edges.len()];
    for (edge, &(a, b)) in (0..).zip(edges) {
        for (from, to) in [(a, b), (b, a)] {
            around[next[from as usize] as usize] = (to, edge);
            next[from as usize] += 1;
        }
    }
    // From here on `next` walks the edges of each node.
    next.copy_from_slice(&first);
    let (mut number, mut low) = (vec![u32::MAX; node_count], vec![0_u32; node_count]);
    let (mut count, mut is_cut, mut found) = (0, vec![false; node_count], Cuts::default());
    for root in 0..node_count as u32 {
        if number[root as usize] != u32::MAX {
            continue;
        }
        let (mut stack, mut root_children) = (vec![(root, u32::MAX)], 0);
        number[root as usize] = count;
        low[root as usize] = count;
        count += 1;
        while let Some(&(node, by)) = stack.last() {
            let at = node as usize;
            if next[at] < first[at + 1] {
                let (other, edge) = around[next[at] as usize];
                next[at] += 1;
                if edge == by {
                    continue;
                }
                if number[other as usize] == u32::MAX {
                    number[other as usize] = count;
                    low[other as usize] = count;
                    count += 1;
                    stack.push((other, edge));
                } else {
                    low[at] = low[at].min(number[other as usize]);
                }
                continue;
            }
            stack.pop();
            let Some(&(above, _)) = stack.last() else { continue };
            low[above as usize] = low[above as usize].min(low[at]);
            if low[at] > number[above as usize] {
                found.bridges.push(by);
            }
            if above == root {
                root_children += 1;
            } else if low[at] >= number[above as usize] {
                is_cut[above as usize] = true;
            }
        }
        is_cut[root as usize] = root_children > 1;
    }
    found.bridges.sort_unstable();
    found.nodes = (0..node_count as u32).filter(|&node| is_cut[node as usize]).collect();
    found
}

/// Bridges and cut nodes of the network without its closed links: links by their index. A crossing whose link is a bridge
/// is a cut crossing.
#[must_use]
pub fn network_cuts(network: &Network) -> Cuts {
    let mut ends = vec![None; network.link_count()];
    for arc in 0..network.arc_count() as u32 {
        ends[network.link(arc) as usize] = Some((network.tail(arc), network.head(arc)));
    }
    let open: Vec<u32> = (0..network.link_count() as u32).filter(|&link| !network.is_closed(link)).collect();
    let edges: Vec<(u32, u32)> = open.iter().filter_map(|&link| ends[link as usize]).collect();
    let mut found = cuts(network.node_count(), &edges);
    found.bridges.iter_mut().for_each(|place| *place = open[*place as usize]);
    found
}
