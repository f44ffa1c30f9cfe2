//! A hierarchy over a graph's shape that takes any costs: prepared once, customised to each set of arc costs in a
//! fraction of a second, then asked for costs, routes, sweeps, trees and tables in micro- to milliseconds.
//!
//! Customisable contraction hierarchies (Dibbelt, Strasser & Wagner 2016, ACM JEA 21): nodes are numbered by rank in a
//! nested dissection order; contracting them in that order adds shortcut arcs whatever the costs. Every cheapest path
//! then has an equally cheap one that climbs in rank and then descends (Buchhold, Sanders & Wagner 2019, "Real-time
//! traffic assignment using engineered customizable contraction hierarchies", ACM JEA 24). All sums are exact: weights
//! are kept in 32 bits only where no sum can exceed them, else in 64.

mod artefact;
mod dissection;
mod metric;
mod peel;
mod query;
mod separator;
mod skeleton;
mod spread;
mod sweep;
mod vectors;
mod weights;

pub use metric::{CostRows, Metric, Table};

use super::NetworkError;
use super::topology::Topology;
use crate::geodesy::LonLat;
use peel::Plain;
use skeleton::Skeleton;
use weights::{Origins, Stretch};

/// Most up-arcs a hierarchy may have: a metric then takes 1 GiB.
const MOST_UP_ARCS: usize = 1 << 27;

/// The prepared hierarchy of one graph; serves any number of sets of costs.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    topology: Topology,
    skeleton: Skeleton,
    origins: Origins,
    stretches: Vec<Stretch>,
    /// The arcs into each rank by rising index, and the rank each comes from.
    in_first: Vec<u32>,
    in_arc: Vec<u32>,
    in_tail: Vec<u32>,
}

/// Size of a [`Hierarchy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HierarchySize {
    /// Nodes.
    pub node_count: usize,
    /// Arcs of the graph.
    pub arc_count: usize,
    /// Arcs upward, shortcuts included; each carries a weight for either direction.
    pub up_arc_count: usize,
    /// Most nodes above one another in the elimination tree.
    pub deepest: usize,
    /// Pairs of up-arcs of one node: the work of a customisation.
    pub triangle_count: u64,
}

impl Hierarchy {
    /// Orders and contracts the nodes of `topology`.
    ///
    /// `positions`: one a node, to find small separators across the ground; without them distances in arcs serve. The
    /// result depends on nothing but the arguments, at any number of threads.
    ///
    /// # Errors
    /// When there are not as many positions as nodes, or the graph is so entangled that the hierarchy would exceed 2^27
    /// up-arcs.
    pub fn build(topology: &Topology, positions: Option<&[LonLat]>) -> Result<Self, NetworkError> {
        let node_count = topology.node_count();
        if let Some(positions) = positions.filter(|positions| positions.len() != node_count) {
            return Err(NetworkError::WrongLength { what: "positions", count: positions.len(), expected: node_count });
        }
        let arcs = 0..topology.arc_count() as u32;
        let graph = Plain::new(node_count, arcs.map(|arc| (topology.tail(arc), topology.head(arc))));
        let (mut order, core, name) = peel::peel(&graph);
        let place = |&node: &u32| positions.map(|positions| on_sphere(positions[node as usize]));
        let places = name.iter().filter_map(place).collect();
        let core_order = dissection::dissect(&dissection::Part::whole(core, places));
        order.extend(core_order.iter().map(|&node| name[node as usize]));
        Self::contract(topology, &graph, &order)
    }

    /// As [`Self::build`] under an order found before ([`Self::order`]), for the same graph or one much like it: every
    /// order gives right answers, one made for another graph may give slow ones.
    ///
    /// # Errors
    /// When `order` does not hold every node once, or the hierarchy would exceed 2^27 up-arcs.
    pub fn with_order(topology: &Topology, order: &[u32]) -> Result<Self, NetworkError> {
        let node_count = topology.node_count();
        let mut is_there = vec![false; node_count];
        for &node in order {
            if let Some(is_there) = is_there.get_mut(node as usize) {
                *is_there = true;
            }
        }
        if order.len() != node_count || is_there.contains(&false) {
            return Err(NetworkError::WrongLength {
                what: "nodes in the order",
                count: order.len(),
                expected: node_count,
            });
        }
        let arcs = 0..topology.arc_count() as u32;
        let graph = Plain::new(node_count, arcs.map(|arc| (topology.tail(arc), topology.head(arc))));
        Self::contract(topology, &graph, order)
    }

    /// The nodes in the order they are contracted.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.skeleton.node_of
    }

    fn contract(topology: &Topology, graph: &Plain, order: &[u32]) -> Result<Self, NetworkError> {
        if topology.arc_count() >= 1 << 31 {
            return Err(NetworkError::Entangled { most: MOST_UP_ARCS });
        }
        let node_of = skeleton::by_subtrees(graph, order);
        let mut rank_of = vec![0_u32; topology.node_count()];
        node_of.iter().enumerate().for_each(|(rank, &node)| rank_of[node as usize] = rank as u32);
        let (up_first, up_head) = skeleton::up_arcs(graph, &node_of, &rank_of, MOST_UP_ARCS)
            .ok_or(NetworkError::Entangled { most: MOST_UP_ARCS })?;
        let skeleton = Skeleton::new(node_of, rank_of, up_first, up_head);
        Self::assemble(topology.clone(), skeleton).ok_or(NetworkError::Entangled { most: MOST_UP_ARCS })
    }

    /// Adds what follows from graph and skeleton; `None` when an arc has no place among the up-arcs.
    fn assemble(topology: Topology, skeleton: Skeleton) -> Option<Self> {
        let rank = |node: u32| skeleton.rank_of[node as usize];
        let arc_count = topology.arc_count() as u32;
        let ends = (0..arc_count).map(|arc| (rank(topology.tail(arc)), rank(topology.head(arc))));
        let origins = Origins::new(&skeleton, ends)?;
        let stretches = weights::stretches(&skeleton);
        let mut in_first = vec![0_u32; skeleton.count() + 1];
        topology.heads().iter().for_each(|&head| in_first[rank(head) as usize + 1] += 1);
        (0..skeleton.count()).for_each(|rank| in_first[rank + 1] += in_first[rank]);
        let mut fill = in_first.clone();
        let (mut in_arc, mut in_tail) = (vec![0_u32; arc_count as usize], vec![0_u32; arc_count as usize]);
        for arc in 0..arc_count {
            let place = &mut fill[rank(topology.head(arc)) as usize];
            in_arc[*place as usize] = arc;
            in_tail[*place as usize] = rank(topology.tail(arc));
            *place += 1;
        }
        Some(Self { topology, skeleton, origins, stretches, in_first, in_arc, in_tail })
    }

    /// The graph it was built for.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> HierarchySize {
        let arcs_of = |rank: u32| self.skeleton.up(rank).len() as u64;
        let pairs = |rank: u32| arcs_of(rank) * arcs_of(rank).saturating_sub(1) / 2;
        HierarchySize {
            node_count: self.topology.node_count(),
            arc_count: self.topology.arc_count(),
            up_arc_count: self.skeleton.up_head.len(),
            deepest: self.skeleton.level_count,
            triangle_count: (0..self.skeleton.count() as u32).map(pairs).sum(),
        }
    }

    /// The weights of all up-arcs under one set of arc costs (`CLOSED` = not to be used).
    ///
    /// # Errors
    /// When there are not as many costs as arcs.
    pub fn customise<'a>(&'a self, costs: &'a [u32]) -> Result<Metric<'a>, NetworkError> {
        self.check_length(costs)?;
        Ok(Metric::new(self, costs))
    }

    /// As [`Self::customise`] for several sets of costs at once, four side by side on all threads: about half the work of
    /// one by one.
    ///
    /// # Errors
    /// When one has not as many costs as there are arcs.
    pub fn customise_many<'a>(&'a self, costs: &[&'a [u32]]) -> Result<Vec<Metric<'a>>, NetworkError> {
        costs.iter().try_for_each(|costs| self.check_length(costs))?;
        Ok(Metric::several(self, costs))
    }

    fn check_length(&self, costs: &[u32]) -> Result<(), NetworkError> {
        let (count, expected) = (costs.len(), self.topology.arc_count());
        if count == expected { Ok(()) } else { Err(NetworkError::WrongLength { what: "costs", count, expected }) }
    }
}

/// A position as a point on the unit sphere; anything not finite counts as 0 degrees.
fn on_sphere(position: LonLat) -> [f32; 3] {
    let radians = |degrees: f64| if degrees.is_finite() { degrees.to_radians() } else { 0.0 };
    let ((sin_lon, cos_lon), (sin_lat, cos_lat)) = (radians(position.lon).sin_cos(), radians(position.lat).sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat].map(|value| value as f32)
}
