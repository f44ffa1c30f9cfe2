//! Joining positions to the network.

use super::components::Components;
use super::graph::Network;
use crate::geodesy::{LonLat, distance_km};
use crate::records::{Iso3, Link, Mode};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

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

/// A position joined to a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SnappedToLink {
    /// The link, by its place in the link table.
    pub link: u32,
    /// Great-circle distance to the nearest point of its line, km.
    pub distance_km: f64,
    /// The end of the link that lies nearer: where trips begin and end.
    pub node: u32,
    /// Great-circle distance to that node, km.
    pub node_distance_km: f64,
}

/// Nearest open road, railway, ferry or port link of the main component to any position.
#[derive(Debug)]
pub struct LinkIndex {
    /// Boxes that hold the lines of the links on the unit sphere.
    boxes: RTree<GeomWithData<Rectangle<[f64; 3]>, u32>>,
}

impl LinkIndex {
    /// Index of `links`, the link table of `network`.
    #[must_use]
    pub fn new(network: &Network, links: &[Link], components: &Components) -> Self {
        let is_wanted = |&(ix, link): &(u32, &Link)| {
            matches!(link.mode, Mode::Road | Mode::Rail | Mode::Ferry | Mode::Port)
                && !network.is_closed(ix)
                && components.of_node[link.from_ix as usize] == components.main
        };
        let boxed = |(ix, link)| GeomWithData::new(box_of(line_of(network, link)), ix);
        let boxes = (0_u32..).zip(links).filter(is_wanted).map(boxed).collect();
        Self { boxes: RTree::bulk_load(boxes) }
    }

    /// The nearest link by great-circle distance to its line, of those with an end that `is_end` takes, when it lies
    /// within `radius_km`; of equally near ones the first in the table. Its node is the nearest such end.
    #[must_use]
    pub fn nearest(
        &self,
        network: &Network,
        links: &[Link],
        (position, radius_km): (LonLat, f64),
        is_end: impl Fn(&Link, u32) -> bool,
    ) -> Option<SnappedToLink> {
        let at = on_sphere(position);
        let is_wanted = |link: &Link| is_end(link, link.from_ix) || is_end(link, link.to_ix);
        let farthest = radius_km / EARTH_RADIUS_KM;
        let mut nearest: Option<(f64, u32)> = None;
        for (entry, square) in self.boxes.nearest_neighbor_iter_with_distance_2(&at) {
            // No angle is less than its chord; a hair for rounding.
            if square.sqrt() > nearest.map_or(farthest, |(least, _)| least) + 1e-12 {
                break;
            }
            let link = &links[entry.data as usize];
            if !is_wanted(link) {
                continue;
            }
            let angle = angle_to_line(at, line_of(network, link));
            if nearest.is_none_or(|least| (angle, entry.data) < least) {
                nearest = Some((angle, entry.data));
            }
        }
        let (angle, ix) = nearest?;
        let distance_km = angle * EARTH_RADIUS_KM;
        let link = &links[ix as usize];
        let ends = [link.from_ix, link.to_ix].into_iter().filter(|&node| is_end(link, node));
        let (node_distance_km, node) = ends
            .map(|node| (distance_km_to(network, position, node), node))
            .reduce(|near, other| if other.0 < near.0 { other } else { near })?;
        (distance_km <= radius_km).then_some(SnappedToLink { link: ix, distance_km, node, node_distance_km })
    }
}

/// The vertices of a link on the unit sphere, ends included.
fn line_of<'a>(network: &Network, link: &'a Link) -> impl Iterator<Item = [f64; 3]> + use<'a> {
    let ends = [network.position(link.from_ix), network.position(link.to_ix)];
    let line = std::iter::once(ends[0]).chain(link.inner_vertices.iter().copied()).chain(std::iter::once(ends[1]));
    line.map(on_sphere)
}

/// A box around a line of great-circle arcs. An arc of chord `c` rises `1 - sqrt(1 - c^2 / 4)` above it, `c^2 / 4` at
/// most.
fn box_of(line: impl Iterator<Item = [f64; 3]>) -> Rectangle<[f64; 3]> {
    let (mut low, mut high, mut rise) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3], 0.0_f64);
    let mut before: Option<[f64; 3]> = None;
    for vertex in line {
        let last = before.replace(vertex).unwrap_or(vertex);
        rise = rise.max((0..3).map(|axis| (vertex[axis] - last[axis]).powi(2)).sum::<f64>() / 4.0);
        for axis in 0..3 {
            low[axis] = low[axis].min(vertex[axis]);
            high[axis] = high[axis].max(vertex[axis]);
        }
    }
    Rectangle::from_corners(low.map(|corner| corner - rise), high.map(|corner| corner + rise))
}

/// Least angle, in radians, between a point and a line.
fn angle_to_line(point: [f64; 3], line: impl Iterator<Item = [f64; 3]>) -> f64 {
    let mut before: Option<[f64; 3]> = None;
    line.map(|vertex| angle_to_arc(point, before.replace(vertex).unwrap_or(vertex), vertex))
        .fold(f64::INFINITY, f64::min)
}

/// Radius behind [`distance_km`].
const EARTH_RADIUS_KM: f64 = 6371.0088;

fn distance_km_to(network: &Network, position: LonLat, node: u32) -> f64 {
    distance_km(position, network.position(node))
}

/// Angle, in radians, between a point and the nearest point of the shorter great-circle arc from `a` to `b`, all on the
/// unit sphere.
fn angle_to_arc(point: [f64; 3], a: [f64; 3], b: [f64; 3]) -> f64 {
    let dot = |u: [f64; 3], v: [f64; 3]| u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    let cross =
        |u: [f64; 3], v: [f64; 3]| [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let angle = |u: [f64; 3], v: [f64; 3]| {
        let across = cross(u, v);
        dot(across, across).sqrt().atan2(dot(u, v))
    };
    let normal = cross(a, b);
    let size = dot(normal, normal).sqrt();
    // Beside the arc: between the two planes that stand on its ends.
    if size > 0.0 && dot(cross(normal, a), point) > 0.0 && dot(cross(b, normal), point) > 0.0 {
        return (dot(normal, point) / size).abs().clamp(0.0, 1.0).asin();
    }
    angle(point, a).min(angle(point, b))
}
