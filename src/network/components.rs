//! Which nodes can reach which, over the links that are not closed.

use super::graph::Network;
use petgraph::unionfind::UnionFind;

/// The connected component of every node.
#[derive(Debug)]
pub struct Components {
    /// Component of each node, named by its lowest node index.
    pub of_node: Vec<u32>,
    /// The component with most nodes; of equal ones the first.
    pub main: u32,
    /// Number of components.
    pub count: usize,
}

impl Components {
    /// Components of the network without its closed links.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let nodes = network.node_count();
        let mut sets = UnionFind::<u32>::new(nodes);
        for node in 0..nodes as u32 {
            for arc in network.arcs_from(node) {
                if !network.is_closed(network.link(arc as u32)) {
                    sets.union(node, network.head(arc as u32));
                }
            }
        }
        let mut name_of_root = vec![u32::MAX; nodes];
        let mut size = vec![0_u32; nodes];
        let mut count = 0;
        let of_node: Vec<u32> = (0..nodes as u32)
            .map(|node| {
                let root = sets.find(node) as usize;
                if name_of_root[root] == u32::MAX {
                    name_of_root[root] = node;
                    count += 1;
                }
                size[name_of_root[root] as usize] += 1;
                name_of_root[root]
            })
            .collect();
        let main = (0..nodes).max_by_key(|&node| (size[node], std::cmp::Reverse(node))).unwrap_or(0) as u32;
        Self { of_node, main, count }
    }
}
