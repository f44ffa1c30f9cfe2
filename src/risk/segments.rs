//! Segments: the provinces in which hazard is estimated, and the part of each link that lies in them.

use super::RiskParams;
use crate::network::Network;
use crate::parallel::map_in_order;
use crate::records::{Iso3, Mode, Seizure};
use geo::{BoundingRect, Contains, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// A province of the boundary layer.
#[derive(Clone, Copy, Debug)]
pub struct Province<'a> {
    /// Country.
    pub country: Iso3,
    /// Name.
    pub adm1: &'a str,
    /// Outline.
    pub outline: &'a MultiPolygon,
}

/// No segment: at sea.
const NOWHERE: u32 = u32::MAX;

/// The segments and the one each node lies in.
#[derive(Debug)]
pub struct Segments {
    names: Vec<(Iso3, Option<String>)>,
    of_name: BTreeMap<(Iso3, Option<String>), u32>,
    of_node: Vec<u32>,
}

impl Segments {
    /// Segment of every node: the province that holds it, else its country outside the layer, else none (sea).
    #[must_use]
    pub fn new(network: &Network, provinces: &[Province<'_>]) -> Self {
        let boxes = provinces.iter().enumerate().filter_map(|(ix, province)| {
            let bounds = province.outline.bounding_rect()?;
            let corners = Rectangle::from_corners([bounds.min().x, bounds.min().y], [bounds.max().x, bounds.max().y]);
            Some(GeomWithData::new(corners, ix))
        });
        let index = RTree::bulk_load(boxes.collect());
        let nodes: Vec<u32> = (0..network.node_count() as u32).collect();
        let province_of_node = map_in_order(&nodes, |&node| {
            let country = network.country(node)?;
            let at = network.position(node);
            let mut holding: Vec<usize> = index
                .locate_in_envelope_intersecting(&AABB::from_point([at.lon, at.lat]))
                .map(|entry| entry.data)
                .filter(|&ix| provinces[ix].country == country && provinces[ix].outline.contains(&at.point()))
                .collect();
            holding.sort_unstable();
            holding.first().copied()
        });
        let mut names: Vec<(Iso3, Option<String>)> =
            provinces.iter().map(|province| (province.country, Some(province.adm1.to_owned()))).collect();
        names.extend(nodes.iter().filter_map(|&node| network.country(node)).map(|country| (country, None)));
        names.sort();
        names.dedup();
        let of_name: BTreeMap<_, _> = names.iter().cloned().zip(0..).collect();
        let of_node = nodes
            .iter()
            .zip(province_of_node)
            .map(|(&node, province)| {
                let name = match province {
                    Some(ix) => (provinces[ix].country, Some(provinces[ix].adm1.to_owned())),
                    None => match network.country(node) {
                        Some(country) => (country, None),
                        None => return NOWHERE,
                    },
                };
                of_name.get(&name).copied().unwrap_or(NOWHERE)
            })
            .collect();
        Self { names, of_name, of_node }
    }

    /// Number of segments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Country of a segment.
    #[must_use]
    pub fn country(&self, segment: usize) -> Iso3 {
        self.names[segment].0
    }

    /// Province of a segment; none = the rest of the country.
    #[must_use]
    pub fn adm1(&self, segment: usize) -> Option<&str> {
        self.names[segment].1.as_deref()
    }

    /// Segment of a node; none at sea.
    #[must_use]
    pub fn of_node(&self, node: u32) -> Option<usize> {
        let segment = self.of_node[node as usize];
        (segment != NOWHERE).then_some(segment as usize)
    }

    /// Segment of a seizure placed at province precision or better.
    #[must_use]
    pub fn of_seizure(&self, seizure: &Seizure) -> Option<usize> {
        let adm1 = seizure.adm1.as_ref()?;
        self.of_name.get(&(seizure.country, Some(adm1.clone()))).map(|&segment| segment as usize)
    }

    /// Consignment-km of a year in each segment; each half of a link belongs to the segment of its end.
    pub(super) fn exposure(
        &self,
        network: &Network,
        flow_kg_per_year: &[f64],
        consignment_kg: f64,
        params: &RiskParams,
    ) -> Vec<f64> {
        let mut exposure = vec![0.0; self.len()];
        for node in 0..network.node_count() as u32 {
            let Some(segment) = self.of_node(node) else { continue };
            for arc in network.arcs_from(node) {
                let link = network.link(arc as u32);
                let consignments = flow_kg_per_year[link as usize] / consignment_kg;
                exposure[segment] += consignments * equivalent_km(network, link, params) / 2.0;
            }
        }
        exposure
    }

    /// Hazard of each link from the rate of each segment, per km; sea lanes have their own.
    pub(super) fn link_hazard(&self, network: &Network, params: &RiskParams, rate: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut hazard = vec![0.0; network.link_count()];
        for node in 0..network.node_count() as u32 {
            for arc in network.arcs_from(node) {
                let link = network.link(arc as u32);
                let per_km = match (network.mode(link), self.of_node(node)) {
                    (Mode::Sea, _) | (_, None) => params.sea_hazard_per_1000_km / 1000.0,
                    (_, Some(segment)) => rate(segment),
                };
                hazard[link as usize] += per_km * equivalent_km(network, link, params) / 2.0;
            }
        }
        hazard
    }
}

/// Length for exposure: a crossing counts as `crossing_equivalent_km` more.
pub(super) fn equivalent_km(network: &Network, link: u32, params: &RiskParams) -> f64 {
    let extra_km = if network.mode(link) == Mode::Crossing { params.crossing_equivalent_km } else { 0.0 };
    network.length_km(link) + extra_km
}
