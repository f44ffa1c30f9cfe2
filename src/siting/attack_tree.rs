//! Shortest paths over the arcs of an attack game.

use super::Rules;
use super::shortest_path_interdiction::{LengthArc, ShortestPathProblem};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Lengths are not negative, so their bits are in their order.
pub(super) fn key(length: f64) -> u64 {
    (length + 0.0).to_bits()
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) length: f64,
    /// Column and added length.
    pub(super) attack: Option<(u32, f64)>,
}

/// Dijkstra's tree from `root` over `arcs_at`; `end` is the far end of a hop.
pub(super) fn tree(
    hops: &[Hop],
    arcs_at: &[Vec<u32>],
    root: u32,
    length: impl Fn(&Hop) -> f64,
    end: impl Fn(&Hop) -> u32,
) -> (Vec<f64>, Vec<Option<u32>>) {
    let mut lengths = vec![f64::INFINITY; arcs_at.len()];
    let mut towards_root = vec![None; arcs_at.len()];
    let mut heap = BinaryHeap::from([Reverse((key(0.0), root))]);
    lengths[root as usize] = 0.0;
    while let Some(Reverse((reached, node))) = heap.pop() {
        let reached = f64::from_bits(reached);
        if reached > lengths[node as usize] {
            continue;
        }
        for &number in &arcs_at[node as usize] {
            let hop = &hops[number as usize];
            let through = reached + length(hop);
            let far = end(hop) as usize;
            if through < lengths[far] {
                lengths[far] = through;
                towards_root[far] = Some(number);
                heap.push(Reverse((key(through), end(hop))));
            }
        }
    }
    (lengths, towards_root)
}

/// Length and arcs of the shortest path after the attack on the existing arcs and `arcs`, ascending; infinite and empty when
/// there is none.
pub(super) fn shortest(problem: &ShortestPathProblem, rules: &Rules, arcs: &[u32]) -> (f64, Vec<u32>) {
    let is_attacked = |arc: u32| rules.existing[arc as usize] || arcs.binary_search(&arc).is_ok();
    let hop = |(number, arc): (u32, &LengthArc)| {
        let length = arc.length + if is_attacked(number) { arc.added() } else { 0.0 };
        Hop { from: arc.from, to: arc.to, length, attack: None }
    };
    let hops: Vec<Hop> = (0_u32..).zip(&problem.arcs).map(hop).collect();
    let mut out = vec![Vec::new(); problem.node_count as usize];
    (0_u32..).zip(&hops).for_each(|(number, hop)| out[hop.from as usize].push(number));
    let (lengths, last) = tree(&hops, &out, problem.origin, |hop| hop.length, |hop| hop.to);
    let (mut path, mut at) = (Vec::new(), problem.destination);
    while let Some(hop) = last[at as usize] {
        path.push(hop);
        at = hops[hop as usize].from;
    }
    path.reverse();
    (lengths[problem.destination as usize], path)
}
