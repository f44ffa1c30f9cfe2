//! Compressed adjacency: the arcs of a node stand side by side, ordered by head, then by link.

use super::NetworkError;
use super::hierarchy::Hierarchy;
use super::topology::Topology;
use crate::geodesy::LonLat;
use crate::records::{Iso3, Link, Mode, Node};
use std::sync::{Arc, OnceLock};

/// The flag of a closed arc in an array of arc costs.
pub const CLOSED: u32 = u32::MAX;

/// Frozen network. Arc `a` runs from `tail(a)` to `head(a)`; `twin(a)` is the other direction of the same link.
#[derive(Clone, Debug)]
pub struct Network {
    topology: Topology,
    /// Made when first asked for; copies with other times share it.
    hierarchy: OnceLock<Arc<Hierarchy>>,
    twin: Vec<u32>,
    link_of_arc: Vec<u32>,
    positions: Vec<LonLat>,
    countries: Vec<Option<Iso3>>,
    length_km: Vec<f64>,
    time_h: Vec<f64>,
    closed: Vec<bool>,
    modes: Vec<Mode>,
    link_countries: Vec<Option<Iso3>>,
}

impl Network {
    /// `time_h[l]`: time along link `l`, `None` = closed.
    pub(super) fn freeze(nodes: &[Node], links: &[Link], time_h: Vec<Option<f64>>) -> Self {
        let mut ends: Vec<(u32, u32)> = Vec::with_capacity(2 * links.len());
        for link in links {
            ends.push((link.from_ix, link.to_ix));
            ends.push((link.to_ix, link.from_ix));
        }
        let (topology, arc_of_place) = Topology::new(nodes.len(), &ends);
        let (mut twin, mut link_of_arc) = (vec![0; ends.len()], vec![0; ends.len()]);
        for (place, &arc) in arc_of_place.iter().enumerate() {
            twin[arc as usize] = arc_of_place[place ^ 1];
            link_of_arc[arc as usize] = (place / 2) as u32;
        }
        Self {
            topology,
            hierarchy: OnceLock::new(),
            twin,
            link_of_arc,
            positions: nodes.iter().map(|node| node.position).collect(),
            countries: nodes.iter().map(|node| node.country).collect(),
            length_km: links.iter().map(|link| link.length_km).collect(),
            closed: vec![false; links.len()],
            time_h: Vec::new(),
            modes: links.iter().map(|link| link.mode).collect(),
            link_countries: links.iter().map(|link| link.country).collect(),
        }
        .with_own_times(time_h)
    }

    /// Prepares the hierarchy under a known order of the nodes ([`Hierarchy::with_order`]); without it the order is found
    /// when [`Self::hierarchy`] is first asked for.
    ///
    /// # Errors
    /// When the order does not hold every node once.
    pub fn prepare(&self, order: &[u32]) -> Result<(), NetworkError> {
        let hierarchy = Hierarchy::with_order(&self.topology, order)?;
        // one that is there already gives the same answers
        let _ = self.hierarchy.set(Arc::new(hierarchy));
        Ok(())
    }

    /// The hierarchy of its shape: customise it to any costs, then ask for trees, tables and routes.
    ///
    /// # Errors
    /// When the network is too entangled for one.
    pub fn hierarchy(&self) -> Result<&Hierarchy, NetworkError> {
        if let Some(hierarchy) = self.hierarchy.get() {
            return Ok(hierarchy);
        }
        let hierarchy = Hierarchy::build(&self.topology, Some(&self.positions))?;
        Ok(self.hierarchy.get_or_init(|| Arc::new(hierarchy)))
    }

    /// A copy with other times; `None` = closed.
    pub(super) fn with_times(&self, time_h: Vec<Option<f64>>) -> Self {
        self.clone().with_own_times(time_h)
    }

    fn with_own_times(mut self, time_h: Vec<Option<f64>>) -> Self {
        self.closed = time_h.iter().map(Option::is_none).collect();
        self.time_h = time_h.into_iter().map(|hours| hours.unwrap_or(0.0)).collect();
        self
    }

    /// Nodes and arcs without their attributes.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.positions.len()
    }

    /// Number of arcs, two a link.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.topology.arc_count()
    }

    /// Number of links.
    #[must_use]
    pub fn link_count(&self) -> usize {
        self.length_km.len()
    }

    /// Arcs that leave a node.
    #[must_use]
    pub fn arcs_from(&self, node: u32) -> std::ops::Range<usize> {
        self.topology.arcs_from(node)
    }

    /// Node an arc leads to.
    #[must_use]
    pub fn head(&self, arc: u32) -> u32 {
        self.topology.head(arc)
    }

    /// Node an arc comes from.
    #[must_use]
    pub fn tail(&self, arc: u32) -> u32 {
        self.topology.tail(arc)
    }

    /// The other direction of the same link.
    #[must_use]
    pub fn twin(&self, arc: u32) -> u32 {
        self.twin[arc as usize]
    }

    /// Link of an arc.
    #[must_use]
    pub fn link(&self, arc: u32) -> u32 {
        self.link_of_arc[arc as usize]
    }

    /// Position of a node.
    #[must_use]
    pub fn position(&self, node: u32) -> LonLat {
        self.positions[node as usize]
    }

    /// Positions of all nodes.
    #[must_use]
    pub fn positions(&self) -> &[LonLat] {
        &self.positions
    }

    /// Country of a node; none at sea.
    #[must_use]
    pub fn country(&self, node: u32) -> Option<Iso3> {
        self.countries[node as usize]
    }

    /// Length of a link, km.
    #[must_use]
    pub fn length_km(&self, link: u32) -> f64 {
        self.length_km[link as usize]
    }

    /// Time along a link with its delay, h.
    #[must_use]
    pub fn time_h(&self, link: u32) -> f64 {
        self.time_h[link as usize]
    }

    /// Time along every link with its delay, h.
    pub(crate) fn times_h(&self) -> &[f64] {
        &self.time_h
    }

    /// Whether a link is closed.
    #[must_use]
    pub fn is_closed(&self, link: u32) -> bool {
        self.closed[link as usize]
    }

    /// Mode of a link.
    #[must_use]
    pub fn mode(&self, link: u32) -> Mode {
        self.modes[link as usize]
    }

    /// Whether a link leads across a border.
    #[must_use]
    pub fn is_border(&self, link: u32) -> bool {
        matches!(self.mode(link), Mode::Crossing | Mode::Green)
    }

    /// Country of a link; none at sea.
    #[must_use]
    pub fn link_country(&self, link: u32) -> Option<Iso3> {
        self.link_countries[link as usize]
    }

    /// The costs of the arcs' twins: what a backward search uses.
    #[must_use]
    pub fn reversed(&self, costs: &[u32]) -> Vec<u32> {
        self.twin.iter().map(|&twin| costs[twin as usize]).collect()
    }

    /// The costs with every arc of a mode closed.
    #[must_use]
    pub fn without(&self, costs: &[u32], mode: Mode) -> Vec<u32> {
        let closed = |(&cost, &link): (&u32, &u32)| if self.mode(link) == mode { CLOSED } else { cost };
        costs.iter().zip(&self.link_of_arc).map(closed).collect()
    }

    /// The costs with every arc closed that leads into a dead end: a part of the network that hangs on one link and holds
    /// none of `terminals`. No route between terminals passes it.
    #[must_use]
    pub fn without_dead_ends(&self, mut costs: Vec<u32>, terminals: &[u32]) -> Vec<u32> {
        let mut is_kept = vec![false; self.node_count()];
        terminals.iter().for_each(|&terminal| is_kept[terminal as usize] = true);
        let open = |costs: &[u32], node: u32| self.arcs_from(node).filter(|&arc| costs[arc] != CLOSED).count();
        let mut degree: Vec<usize> = (0..self.node_count() as u32).map(|node| open(&costs, node)).collect();
        let mut ends: Vec<u32> = (0..self.node_count() as u32).filter(|&node| degree[node as usize] == 1).collect();
        while let Some(node) = ends.pop() {
            if is_kept[node as usize] || degree[node as usize] != 1 {
                continue;
            }
            for arc in self.arcs_from(node) {
                if costs[arc] != CLOSED {
                    let (twin, head) = (self.twin[arc] as usize, self.topology.head(arc as u32) as usize);
                    (costs[arc], costs[twin]) = (CLOSED, CLOSED);
                    degree[node as usize] = 0;
                    degree[head] -= 1;
                    if degree[head] == 1 {
                        ends.push(head as u32);
                    }
                    break;
                }
            }
        }
        costs
    }

    /// Arc costs from link costs: `cost(l)` in thousandths of a dollar, closed links flagged [`CLOSED`].
    /// Costs beyond the largest arc cost (4.29 million USD) are held at it.
    pub fn arc_costs(&self, cost: impl Fn(u32) -> f64) -> Vec<u32> {
        let of_link: Vec<u32> = (0..self.link_count() as u32)
            .map(|link| {
                if self.is_closed(link) { CLOSED } else { cost(link).round().clamp(0.0, f64::from(CLOSED - 1)) as u32 }
            })
            .collect();
        self.link_of_arc.iter().map(|&link| of_link[link as usize]).collect()
    }
}
