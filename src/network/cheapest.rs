//! The first of the cheapest routes, read off least costs that are known already.

use super::alternatives::Path;
use super::ways::{Step, Ways};

/// The first route of [`super::k_shortest`] from `from` to `to`; none when there is none.
///
/// `cost_to[n]`: least cost from node `n` to `to`, `u64::MAX` = not reachable, as the sweeps of
/// [`super::Metric::costs_to`] give it, in the unit of `ways`. Only nodes on cheapest routes are looked at: from the origin by
/// number of arcs until the destination is met, back over the arcs that led there, then on by the lowest arc.
#[must_use]
pub fn cheapest_route(ways: &Ways<'_>, cost_to: &[u64], from: u32, to: u32) -> Option<Path> {
    let cost = cost_to[from as usize];
    if cost == u64::MAX {
        return None;
    }
    let is_tight = |tail: u32, step: &Step, head: u32| {
        cost_to[head as usize].checked_add(step.cost) == Some(cost_to[tail as usize])
    };
    let mut arcs_from = vec![u32::MAX; ways.node_count()];
    arcs_from[from as usize] = 0;
    let mut ring = vec![from];
    for count in 1.. {
        if ring.is_empty() || arcs_from[to as usize] != u32::MAX {
            break;
        }
        let mut next = Vec::new();
        for &node in &ring {
            for step in ways.out_of(node).iter().filter(|step| is_tight(node, step, step.node)) {
                if arcs_from[step.node as usize] == u32::MAX {
                    arcs_from[step.node as usize] = count;
                    next.push(step.node);
                }
            }
        }
        ring = next;
    }
    let mut is_on_route = vec![false; ways.node_count()];
    is_on_route[to as usize] = true;
    let mut open = vec![to];
    while let Some(node) = open.pop() {
        for step in ways.into_node(node).iter().filter(|step| is_tight(step.node, step, node)) {
            let before = arcs_from[step.node as usize];
            if before != u32::MAX && before + 1 == arcs_from[node as usize] && !is_on_route[step.node as usize] {
                is_on_route[step.node as usize] = true;
                open.push(step.node);
            }
        }
    }
    let (mut arcs, mut node) = (Vec::new(), from);
    while node != to {
        let is_next = |step: &&Step| {
            is_on_route[step.node as usize]
                && arcs_from[step.node as usize] == arcs_from[node as usize] + 1
                && is_tight(node, step, step.node)
        };
        let step = ways.out_of(node).iter().find(is_next)?;
        arcs.push(step.arc);
        node = step.node;
    }
    Some(Path { arcs, cost })
}
