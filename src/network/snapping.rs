//! Joining positions to the network.

use super::components::Components;
use super::graph::Network;
use crate::geodesy::{LonLat, distance_km};
use crate::records::Iso3;
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
        self.snap_where(network, position, radius_km, |_| true)
    }

    /// As [`SnapIndex::snap`], among the nodes of `country` only.
    #[must_use]
    pub fn snap_in(&self, network: &Network, position: LonLat, radius_km: f64, country: Iso3) -> Option<Snapped> {
        self.snap_where(network, position, radius_km, |node| network.country(node) == Some(country))
    }

    fn snap_where(
        &self,
        network: &Network,
        position: LonLat,
        radius_km: f64,
        is_wanted: impl Fn(u32) -> bool,
    ) -> Option<Snapped> {
        self.nodes
            .nearest_neighbor_iter(&on_sphere(position))
            .map(|entry| Snapped { node: entry.data, distance_km: distance_km(position, network.position(entry.data)) })
            .take_while(|snapped| snapped.distance_km <= radius_km)
            .find(|snapped| is_wanted(snapped.node))
    }
}

/// Point on the unit sphere: the nearest by chord is the nearest by great circle.
fn on_sphere(position: LonLat) -> [f64; 3] {
    let (sin_lat, cos_lat) = position.lat.to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.lon.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}
