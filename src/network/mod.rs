//! The frozen corridor network: nodes, arcs both ways along every link, time and length of each, and path questions.
//!
//! Costs are whole thousandths of a dollar ([`crate::units::Cost`]), so path sums are exact; a tie between paths goes
//! to the arc with the lower index. An arc is closed by the flag [`CLOSED`], never by a large weight.

mod alternatives;
mod avoid;
mod betweenness;
mod cheapest;
mod components;
mod cuts;
mod detour;
mod disjoint;
mod dissimilar;
mod graph;
mod hierarchy;
mod k_shortest;
mod max_flow;
mod queue;
mod reach;
mod reliable;
mod replacement;
mod snapping;
mod topology;
mod trees;
mod unreachable;
mod via;
mod via_both_ways;
mod ways;

pub use alternatives::{AlternativesParams, AlternativesSpace, Path, alternatives};
pub use avoid::{Avoid, arcs_avoided};
pub use betweenness::{SampledBetweenness, betweenness, betweenness_sampled};
pub use cheapest::cheapest_route;
pub use components::Components;
pub use cuts::{Cuts, cuts, network_cuts};
pub use dissimilar::{DissimilarLimits, dissimilar};
pub use graph::{CLOSED, Network};
pub use hierarchy::{CostRows, Hierarchy, HierarchySize, Metric, Table};
pub use k_shortest::k_shortest;
pub use max_flow::{MaxFlow, UNLIMITED, max_flow};
pub use reach::{WithinSpace, posts_within, within};
pub use reliable::{BadProbability, PER_NAT, evasion_costs, evasion_of};
pub use replacement::replacements;
pub use snapping::{LinkIndex, SnapIndex, Snapped, SnappedToLink};
pub use topology::Topology;
pub use trees::{OpenArcs, SearchSpace, Tree, one_to_all};
pub use unreachable::{Unreachable, why_unreachable};
pub use via::{Proof, k_shortest_over, k_shortest_via};
pub use ways::{Step, Ways, least_lengths_from};

use crate::records::{Crossing, CrossingStatus, Link, Mode, Node};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How a link's travel time is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeedRule {
    /// The time in the link table, estimated there from tortuosity and junction density.
    Estimated,
    /// Length over `uniform_speed_kmh` on every road and railway.
    Uniform,
}

/// Whether off-road border arcs may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GreenBorder {
    /// They may.
    Included,
    /// They are closed.
    Excluded,
}

/// Parameters of [`build`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkParams {
    /// How a link's travel time is taken.
    pub speed_rule: SpeedRule,
    /// Speed on every road under the uniform rule, km/h (assumption).
    pub uniform_speed_kmh: f64,
    /// Time lost at an open crossing, h (assumption).
    pub open_crossing_delay_h: f64,
    /// Time lost at a restricted crossing, h (assumption).
    pub restricted_crossing_delay_h: f64,
    /// Time lost at an unofficial crossing, h (assumption).
    pub unofficial_crossing_delay_h: f64,
    /// Time between road and sea at a port, h (assumption).
    pub port_dwell_h: f64,
    /// Whether off-road arcs across the borders of Afghanistan may be used.
    pub green_border: GreenBorder,
}

impl Default for NetworkParams {
    fn default() -> Self {
        Self {
            speed_rule: SpeedRule::Estimated,
            uniform_speed_kmh: 50.0,
            open_crossing_delay_h: 4.0,
            restricted_crossing_delay_h: 12.0,
            unofficial_crossing_delay_h: 24.0,
            port_dwell_h: 72.0,
            green_border: GreenBorder::Included,
        }
    }
}

/// Why a network could not be built.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// The tables hold no link.
    #[error("N001: the link table is empty; give at least one link")]
    Empty,
    /// More nodes or links than an index holds.
    #[error("N002: {count} {what} are more than the 16,777,215 the network can index; clip the region")]
    TooLarge {
        /// nodes or links
        what: &'static str,
        /// How many there are.
        count: usize,
    },
    /// A list that must have one entry for each node or arc has another length.
    #[error("N010: {count} {what} for {expected} nodes or arcs; give one for each")]
    WrongLength {
        /// positions or costs
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there should be.
        expected: usize,
    },
    /// The bytes are no saved hierarchy.
    #[error("N012: this is no saved hierarchy; build one (`corridor network build`)")]
    NotAnArtefact,
    /// The saved hierarchy is of another version.
    #[error("N013: the saved hierarchy is of version {found}, this program reads version {known}; build it again")]
    ArtefactVersion {
        /// Version of the bytes.
        found: u32,
        /// Version read here.
        known: u32,
    },
    /// The saved hierarchy is cut short or too long.
    #[error("N014: the saved hierarchy has {length} bytes instead of {expected}; build it again")]
    ArtefactTruncated {
        /// Bytes there are.
        length: u64,
        /// Bytes there should be (at least, when not even the header is whole).
        expected: u64,
    },
    /// The saved hierarchy was changed after it was written.
    #[error("N015: the saved hierarchy is damaged ({what}); build it again")]
    ArtefactCorrupt {
        /// The part that does not hold.
        what: &'static str,
    },
    /// The saved hierarchy belongs to another graph.
    #[error("N016: the saved hierarchy was built for another network; build it again")]
    ArtefactStale,
    /// The graph has no small separators.
    #[error("N011: a hierarchy would need more than {most} shortcuts; ask without one")]
    Entangled {
        /// Most shortcuts allowed.
        most: usize,
    },
}

/// Freezes the tables into a [`Network`].
///
/// Each link becomes two arcs. The time of an arc is the link's travel time under the speed rule, plus the delay of
/// the crossing or port it passes. Links of closed crossings, and green ones when excluded, are closed.
///
/// # Errors
/// When there is no link, or more than fit an index.
pub fn build(
    nodes: &[Node],
    links: &[Link],
    crossings: &[Crossing],
    params: &NetworkParams,
) -> Result<Network, NetworkError> {
    if links.is_empty() {
        return Err(NetworkError::Empty);
    }
    for (what, count) in [("nodes", nodes.len()), ("links", links.len())] {
        if count >= 1 << 24 {
            return Err(NetworkError::TooLarge { what, count });
        }
    }
    Ok(Network::freeze(nodes, links, times_h(links, crossings, params)))
}

/// The same network with the times and closures of other crossings or parameters.
#[must_use]
pub fn retime(network: &Network, links: &[Link], crossings: &[Crossing], params: &NetworkParams) -> Network {
    network.with_times(times_h(links, crossings, params))
}

/// Time along every link, h; `None` = closed.
fn times_h(links: &[Link], crossings: &[Crossing], params: &NetworkParams) -> Vec<Option<f64>> {
    let mut status_of_link = vec![None; links.len()];
    for crossing in crossings {
        if let Some(link_ix) = crossing.link_ix {
            status_of_link[link_ix as usize] = Some(crossing.status);
        }
    }
    links.iter().zip(&status_of_link).map(|(link, &status)| link_time_h(link, status, params)).collect()
}

/// Time along a link, h; `None` = closed.
fn link_time_h(link: &Link, status: Option<CrossingStatus>, params: &NetworkParams) -> Option<f64> {
    let under_way_h = match (params.speed_rule, link.mode) {
        (SpeedRule::Uniform, Mode::Road | Mode::Rail) => link.length_km / params.uniform_speed_kmh,
        _ => link.travel_time_h,
    };
    let delay_h = match (link.mode, status) {
        (Mode::Green, _) if params.green_border == GreenBorder::Excluded => return None,
        (_, Some(CrossingStatus::Closed)) => return None,
        (Mode::Green, _) => 0.0,
        (Mode::Port, _) => params.port_dwell_h,
        (_, Some(CrossingStatus::Open)) => params.open_crossing_delay_h,
        (_, Some(CrossingStatus::Restricted)) => params.restricted_crossing_delay_h,
        (_, Some(CrossingStatus::Unofficial)) => params.unofficial_crossing_delay_h,
        (_, None) => 0.0,
    };
    Some(under_way_h + delay_h)
}
