//! Which neighbour a route enters first, and which of the named corridors it follows.

use super::FlowParams;
use crate::network::Network;
use crate::records::{Commodity, Crossing, Iso3, Mode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Neighbours of the source country that are counted together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitGroup {
    /// Name, as in the table of published shares.
    pub name: String,
    /// The larger group it is part of, as in the table of published shares; empty = none.
    #[serde(default)]
    pub part_of: String,
    /// Members.
    pub countries: Vec<Iso3>,
}

pub(super) fn default_exit_groups() -> Vec<ExitGroup> {
    let group = |name: &str, part_of: &str, countries: &[&[u8; 3]]| ExitGroup {
        name: name.to_owned(),
        part_of: part_of.to_owned(),
        countries: countries.iter().map(|code| Iso3::constant(code)).collect(),
    };
    vec![
        group("IRN", "", &[b"IRN"]),
        group("PAK", "", &[b"PAK"]),
        group("TJK", "CENTRAL_ASIA", &[b"TJK"]),
        group("UZB_TKM", "CENTRAL_ASIA", &[b"UZB", b"TKM"]),
    ]
}

/// The corridors of the literature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Corridor {
    /// Does not leave the source country.
    Domestic,
    /// Ends in Iran or Pakistan without going on.
    Local,
    /// Through Iran and Turkey or the Caucasus towards Europe.
    Balkan,
    /// Through Central Asia.
    Northern,
    /// Through Pakistan or Iran by sea, or onward to South and East Asia.
    Southern,
}

impl Corridor {
    /// The name in the table of published shares.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domestic => "DOMESTIC",
            Self::Local => "LOCAL",
            Self::Balkan => "BALKAN",
            Self::Northern => "NORTHERN",
            Self::Southern => "SOUTHERN",
        }
    }
}

impl fmt::Display for Corridor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The corridor of a route that passes `countries` in order, by sea or not.
///
/// Rule, first match: TUR = Balkan; TJK, TKM, UZB, KGZ or KAZ = northern; a sea lane, IND or CHN = southern; another
/// country but AFG, IRN and PAK = Balkan; IRN or PAK = local; else domestic.
pub fn classify(countries: impl Iterator<Item = Iso3>, by_sea: bool) -> Corridor {
    let (mut north, mut south, mut turkey, mut beyond, mut near) = (false, by_sea, false, false, false);
    for country in countries {
        match country.as_str() {
            "TUR" => turkey = true,
            "TJK" | "TKM" | "UZB" | "KGZ" | "KAZ" => north = true,
            "IND" | "CHN" => south = true,
            "IRN" | "PAK" => near = true,
            "AFG" => {}
            _ => beyond = true,
        }
    }
    if turkey {
        Corridor::Balkan
    } else if north {
        Corridor::Northern
    } else if south {
        Corridor::Southern
    } else if beyond {
        Corridor::Balkan
    } else if near {
        Corridor::Local
    } else {
        Corridor::Domestic
    }
}

/// The arcs by which a commodity leaves (opiates) or enters (precursors) the source country, by group.
#[derive(Debug)]
pub(super) struct Exits {
    /// Arcs of each group over crossings.
    pub arcs: Vec<Vec<u32>>,
    /// Off-road arcs of all groups.
    pub green: Vec<u32>,
    /// The arcs by which a consignment that has left would enter again (or, inbound, leave again).
    pub back: Vec<u32>,
    group_of_arc: std::collections::BTreeMap<u32, usize>,
}

impl Exits {
    pub fn new(network: &Network, crossings: &[Crossing], params: &FlowParams, commodity: Commodity) -> Self {
        let mut arcs = vec![Vec::new(); params.exit_groups.len()];
        let (mut green, mut back) = (Vec::new(), Vec::new());
        let mut group_of_arc = std::collections::BTreeMap::new();
        for crossing in crossings {
            let (Some(link), Some(posts)) = (crossing.link_ix, crossing.post_ixs) else { continue };
            for (inside, outside) in [(0, 1), (1, 0)] {
                if crossing.countries[inside] != params.source_country || crossing.closed_to == Some(commodity) {
                    continue;
                }
                let group = params.exit_groups.iter().position(|g| g.countries.contains(&crossing.countries[outside]));
                let (tail, head) = match commodity {
                    Commodity::Opiates => (posts[inside], posts[outside]),
                    Commodity::Precursors => (posts[outside], posts[inside]),
                };
                for arc in network.arcs_from(tail) {
                    let arc = arc as u32;
                    if network.link(arc) != link || network.head(arc) != head || network.is_closed(link) {
                        continue;
                    }
                    back.push(network.twin(arc));
                    if let Some(group) = group {
                        let of_kind = if network.mode(link) == Mode::Green { &mut green } else { &mut arcs[group] };
                        of_kind.push(arc);
                        group_of_arc.insert(arc, group);
                    }
                }
            }
        }
        Self { arcs, green, back, group_of_arc }
    }

    /// The ends of the off-road arcs.
    pub fn green_ends(&self, network: &Network) -> Vec<u32> {
        self.green.iter().flat_map(|&arc| [network.tail(arc), network.head(arc)]).collect()
    }

    /// Number of groups.
    pub fn count(&self) -> usize {
        self.arcs.len()
    }

    /// The group of the first exit (or entry) on a path.
    pub fn group(&self, network: &Network, arcs: &[u32]) -> Option<usize> {
        arcs.iter()
            .filter(|&&arc| network.is_border(network.link(arc)))
            .find_map(|arc| self.group_of_arc.get(arc).copied())
    }
}
