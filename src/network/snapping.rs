//! Joining positions to the network.

use super::components::Components;
use super::graph::Network;
use crate::geodesy::{LonLat, distance_km};
use crate::records::Mode;
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

/// Nearest land node of the main component to any position.
#[derive(Debug)]
pub struct SnapIndex {
    land: RTree<GeomWithData<[f64; 3], u32>>,
    sea: RTree<GeomWithData<[f64; 3], u32>>,
}

impl SnapIndex {
    /// Index of the nodes of the main component: those on a road or railway, and those on sea lanes.
    #[must_use]
    pub fn new(network: &Network, components: &Components) -> Self {
        let mut land = Vec::new();
        let mut sea = Vec::new();
        for node in 0..network.node_count() as u32 {
            if components.of_node[node as usize] != components.main {
                continue;
            }
            let entry = GeomWithData::new(on_sphere(network.position(node)), node);
            let modes = || network.arcs_from(node).map(|arc| network.mode(network.link(arc as u32)));
            if modes().any(|mode| matches!(mode, Mode::Road | Mode::Rail)) {
                land.push(entry);
            } else if modes().any(|mode| mode == Mode::Sea) {
                sea.push(entry);
            }
        }
        Self { land: RTree::bulk_load(land), sea: RTree::bulk_load(sea) }
    }

    /// The nearest land node within `radius_km`, else the nearest sea-lane node within it, else none.
    #[must_use]
    pub fn snap(&self, network: &Network, position: LonLat, radius_km: f64) -> Option<Snapped> {
        let at = on_sphere(position);
        [&self.land, &self.sea].into_iter().find_map(|tree| {
            let nearest = tree.nearest_neighbor(&at)?;
            let snapped =
                Snapped { node: nearest.data, distance_km: distance_km(position, network.position(nearest.data)) };
            (snapped.distance_km <= radius_km).then_some(snapped)
        })
    }
}

/// Point on the unit sphere: the nearest by chord is the nearest by great circle.
fn on_sphere(position: LonLat) -> [f64; 3] {
    let (sin_lat, cos_lat) = position.lat.to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.lon.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}
