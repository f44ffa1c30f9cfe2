//! Which posts an office can reach in time without leaving its country.

use super::graph::Network;
use super::trees::{SearchSpace, nodes_within};
use crate::parallel::map_in_order_with;
use crate::records::{Crossing, Mode};

/// Microhours in an hour: the fixed-point scale of travel times.
const PER_HOUR: f64 = 1e6;

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
    map_in_order_with(&posts, SearchSpace::default, |space, &post| {
        let Some(root) = post else { return Vec::new() };
        let mut reached: Vec<(u32, f64)> = nodes_within(network, &costs, root, limit, space)
            .into_iter()
            .flat_map(|(node, cost)| posts_at[node as usize].iter().map(move |&post| (post, cost as f64 / PER_HOUR)))
            .collect();
        reached.sort_unstable_by_key(|&(post, _)| post);
        reached
    })
}
