//! Joining positions to the network.

use super::components::Components;
use super::graph::Network;
use crate::geodesy::{LonLat, distance_km};
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// A position joined to a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapped {
    /// The node.
    pub node: u32,
    /// Great-circle distance to it, km.
    pub distance_km: f64,
}

/// Nearest node of the main component to any position.
#[derive(Debug)]
pub struct SnapIndex {
    nodes: RTree<GeomWithData<[f64; 3], u32>>,
}

impl SnapIndex {
    /// Index of the nodes of the main component.
    #[must_use]
    pub fn new(network: &Network, components: &Components) -> Self {
        let nodes = (0..network.node_count() as u32)
            .filter(|&node| components.of_node[node as usize] == components.main)
            .map(|node| GeomWithData::new(on_sphere(network.position(node)), node))
            .collect();
        Self { nodes: RTree::bulk_load(nodes) }
    }

    /// The nearest node of the main component when it lies within `radius_km`.
    #[must_use]
    pub fn snap(&self, network: &Network, position: LonLat, radius_km: f64) -> Option<Snapped> {
        let node = self.nodes.nearest_neighbor(&on_sphere(position))?.data;
        let snapped = Snapped { node, distance_km: distance_km(position, network.position(node)) };
        (snapped.distance_km <= radius_km).then_some(snapped)
    }
}

/// Point on the unit sphere: the nearest by chord is the nearest by great circle.
fn on_sphere(position: LonLat) -> [f64; 3] {
    let (sin_lat, cos_lat) = position.lat.to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.lon.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}
