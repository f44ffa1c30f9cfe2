//! Isochrones: what can be reached within a cost, and which posts an office can reach in time without leaving its country.

use super::graph::Network;
use super::ways::Ways;
use crate::parallel::map_in_order_with;
use crate::records::{Crossing, Mode};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Microhours in an hour: the fixed-point scale of travel times.
const PER_HOUR: f64 = 1e6;

/// Working memory of [`within`], reused from one to the next.
#[derive(Debug, Default)]
pub struct WithinSpace {
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    cost: Vec<u64>,
    touched: Vec<u32>,
}

/// The nodes within `limit` of `root`, itself at 0, each with its least cost, in order of cost, then of node.
///
/// Dijkstra 1959, ended at the limit: the work is that of the nodes found. Unit: that of `ways`, exact.
#[must_use]
pub fn within(ways: &Ways<'_>, root: u32, limit: u64, space: &mut WithinSpace) -> Vec<(u32, u64)> {
    let WithinSpace { heap, cost, touched } = space;
    heap.clear();
    cost.resize(ways.node_count(), u64::MAX);
    cost[root as usize] = 0;
    touched.push(root);
    heap.push(Reverse((0, root)));
    let mut settled = Vec::new();
    while let Some(Reverse((at, node))) = heap.pop() {
        if at > cost[node as usize] {
            continue;
        }
        settled.push((node, at));
        for step in ways.out_of(node) {
            let (reached, known) = (at + step.cost, &mut cost[step.node as usize]);
            if reached < *known && reached <= limit {
                *known = reached;
                touched.push(step.node);
                heap.push(Reverse((reached, step.node)));
            }
        }
    }
    for node in touched.drain(..) {
        cost[node as usize] = u64::MAX;
    }
    settled.sort_unstable_by_key(|&(node, cost)| (cost, node));
    settled
}

/// For every post (`2 * crossing index + side`) the posts within `radius_h` of travel time, itself at 0 h, sorted by
/// post. Only roads and railways of the post's own country are used: no border is crossed.
#[must_use]
pub fn posts_within(network: &Network, crossings: &[Crossing], radius_h: f64) -> Vec<Vec<(u32, f64)>> {
    let costs = [Mode::Ferry, Mode::Sea, Mode::Port, Mode::Crossing, Mode::Green]
        .iter()
        .fold(network.arc_costs(|link| network.time_h(link) * PER_HOUR), |costs, &mode| network.without(&costs, mode));
    let limit = (radius_h * PER_HOUR).round() as u64;
    let mut posts_at: Vec<Vec<u32>> = vec![Vec::new(); network.node_count()];
    let mut posts = Vec::with_capacity(2 * crossings.len());
    for (crossing_ix, crossing) in crossings.iter().enumerate() {
        for side in 0..2 {
            let node = crossing.post_ixs.map(|nodes| nodes[side]);
            if let Some(node) = node {
                posts_at[node as usize].push((2 * crossing_ix + side) as u32);
            }
            posts.push(node);
        }
    }
    let ways = Ways::new(network.topology(), &costs);
    map_in_order_with(&posts, WithinSpace::default, |space, &post| {
        let Some(root) = post else { return Vec::new() };
        let mut reached: Vec<(u32, f64)> = within(&ways, root, limit, space)
            .into_iter()
            .flat_map(|(node, cost)| posts_at[node as usize].iter().map(move |&post| (post, cost as f64 / PER_HOUR)))
            .collect();
        reached.sort_unstable_by_key(|&(post, _)| post);
        reached
    })
}
