//! Path questions on plain graphs against definitions written here: Bellman-Ford (Bellman 1958) and the list of all
//! loopless routes, on thousands of small random graphs with ties, zero costs, parallel arcs, self loops and parts.

use crate::network_fixture::Random;
use corridor::network::{CLOSED, Path, Topology, Ways, k_shortest};

/// A small random graph with its costs.
pub struct Case {
    pub topology: Topology,
    pub costs: Vec<u32>,
}

impl Case {
    pub fn random(random: &mut Random) -> Self {
        let node_count = 1 + random.below(7);
        let arc_count = random.below(16);
        let arcs: Vec<(u32, u32)> =
            (0..arc_count).map(|_| (random.below(node_count), random.below(node_count))).collect();
        let (topology, _) = Topology::new(node_count as usize, &arcs);
        let palette: &[u32] = match random.below(4) {
            0 => &[0, 0, 1],
            1 => &[1],
            2 => &[0, 1, 1, 2, 3, CLOSED],
            _ => &[0, 1, 2, 5, 8, 13, CLOSED - 1, CLOSED],
        };
        let costs = (0..arc_count).map(|_| random.pick(palette)).collect();
        Self { topology, costs }
    }

    pub fn node(&self, random: &mut Random) -> u32 {
        random.below(self.topology.node_count() as u32)
    }

    /// Least cost from `root` to every node, by relaxing all arcs until nothing changes.
    pub fn bellman_ford(&self, root: u32) -> Vec<Option<u64>> {
        let mut cost = vec![None; self.topology.node_count()];
        cost[root as usize] = Some(0_u64);
        loop {
            let mut is_changed = false;
            for arc in (0..self.costs.len()).filter(|&arc| self.costs[arc] != CLOSED) {
                let (tail, head) = (self.topology.tail(arc as u32), self.topology.head(arc as u32));
                if let Some(before) = cost[tail as usize] {
                    let reached = before + u64::from(self.costs[arc]);
                    if cost[head as usize].is_none_or(|known| reached < known) {
                        cost[head as usize] = Some(reached);
                        is_changed = true;
                    }
                }
            }
            if !is_changed {
                return cost;
            }
        }
    }

    /// Every loopless route, least first by the documented order: cost, number of arcs, arcs.
    pub fn all_routes(&self, from: u32, to: u32) -> Vec<Path> {
        let mut found = Vec::new();
        let mut passed = vec![false; self.topology.node_count()];
        self.extend(from, to, &mut passed, &mut Vec::new(), 0, &mut found);
        found.sort_by(|a, b| (a.cost, a.arcs.len(), &a.arcs).cmp(&(b.cost, b.arcs.len(), &b.arcs)));
        found
    }

    fn extend(&self, at: u32, to: u32, passed: &mut [bool], arcs: &mut Vec<u32>, cost: u64, found: &mut Vec<Path>) {
        if at == to {
            found.push(Path { arcs: arcs.clone(), cost });
            return;
        }
        passed[at as usize] = true;
        for arc in self.topology.arcs_from(at) {
            let head = self.topology.head(arc as u32);
            if self.costs[arc] != CLOSED && !passed[head as usize] {
                arcs.push(arc as u32);
                self.extend(head, to, passed, arcs, cost + u64::from(self.costs[arc]), found);
                arcs.pop();
            }
        }
        passed[at as usize] = false;
    }

    pub fn describe(&self) -> String {
        let arcs: Vec<String> = (0..self.costs.len() as u32)
            .map(|arc| {
                format!("{arc}: {}-{} {}", self.topology.tail(arc), self.topology.head(arc), self.costs[arc as usize])
            })
            .collect();
        format!("{} nodes; {}", self.topology.node_count(), arcs.join(", "))
    }
}

#[test]
fn k_shortest_routes_are_the_first_of_all_loopless_routes() {
    let (mut several, mut ties, mut none) = (0, 0, 0);
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let case = Case::random(&mut random);
        let (from, to) = (case.node(&mut random), case.node(&mut random));
        let all = case.all_routes(from, to);
        let ways = Ways::new(&case.topology, &case.costs);
        for count in [0, 1, 2, 3, 7, 1000] {
            let found = k_shortest(&ways, from, to, count);
            let expected = &all[..count.min(all.len())];
            assert_eq!(found, expected, "seed {seed}, {from} to {to}, {count} routes\n{}", case.describe());
        }
        assert_eq!(all.first().map(|route| route.cost), case.bellman_ford(from)[to as usize], "seed {seed}");
        several += usize::from(all.len() > 3);
        ties += usize::from(all.windows(2).any(|pair| pair[0].cost == pair[1].cost));
        none += usize::from(all.is_empty());
    }
    assert!(several > 1000 && ties > 1000 && none > 1000, "{several} {ties} {none}: the cases must be hard");
}
