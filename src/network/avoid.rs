//! What a route keeps clear of, as arcs: their costs are then closed.

use super::graph::Network;
use crate::records::{Commodity, Crossing, Iso3, Mode};

/// What a route keeps clear of.
#[derive(Clone, Copy, Debug)]
pub enum Avoid<'a> {
    /// Every arc with an end in the country.
    Country(Iso3),
    /// Every arc with an end in another country than this: a domestic trip stays home. The sea is no country.
    Abroad(Iso3),
    /// The link between the posts of the crossing, both ways.
    Crossing(&'a Crossing),
    /// The links of the crossings that are closed to the commodity, both ways.
    ClosedTo(&'a [Crossing], Commodity),
    /// Every arc into or out of the node.
    Node(u32),
    /// Every arc of the mode.
    Mode(Mode),
}

/// The arcs that are closed to a route which keeps clear of `what`, lowest first.
#[must_use]
pub fn arcs_avoided(network: &Network, what: Avoid<'_>) -> Vec<u32> {
    let is_at = |arc: u32, is_there: &dyn Fn(u32) -> bool| is_there(network.tail(arc)) || is_there(network.head(arc));
    let closed_links: Vec<u32> = match what {
        Avoid::ClosedTo(crossings, commodity) => {
            let closed = crossings.iter().filter(|crossing| crossing.closed_to == Some(commodity));
            closed.filter_map(|crossing| crossing.link_ix).collect()
        }
        Avoid::Crossing(crossing) => crossing.link_ix.into_iter().collect(),
        _ => Vec::new(),
    };
    let is_avoided = |&arc: &u32| match what {
        Avoid::Country(country) => is_at(arc, &|node| network.country(node) == Some(country)),
        Avoid::Abroad(home) => is_at(arc, &|node| network.country(node).is_some_and(|country| country != home)),
        Avoid::Crossing(_) | Avoid::ClosedTo(..) => closed_links.contains(&network.link(arc)),
        Avoid::Node(node) => is_at(arc, &|end| end == node),
        Avoid::Mode(mode) => network.mode(network.link(arc)) == mode,
    };
    if matches!(what, Avoid::ClosedTo(..)) && closed_links.is_empty() {
        return Vec::new();
    }
    (0..network.arc_count() as u32).filter(is_avoided).collect()
}
