//! Layers of `map.geojson`: corridor links, crossings, offices.

use super::Findings;
use super::maps::vertices;
use crate::bundle::{Feature, Profile};
use crate::tables::top_links;
use geo::{Coord, Geometry, LineString, Point};
use serde_json::{Value, json};

/// Links that carry less than this share of the largest link flow are left out of the map file.
const LEAST_SHARE: f64 = 0.01;

/// All features, corridors first.
pub(super) fn features(findings: &Findings<'_>, profile: Profile) -> Vec<Feature> {
    let outcome = &findings.baseline.outcome;
    let mut features = Vec::new();
    for flow in &outcome.flows {
        for link in top_links(&outcome.network, flow, LEAST_SHARE) {
            let coordinates: Vec<Coord> = vertices(&outcome.network, &findings.inputs.links, link)
                .iter()
                .map(|at| Coord { x: at.lon, y: at.lat })
                .collect();
            features.push(Feature {
                geometry: Geometry::LineString(LineString::new(coordinates)),
                properties: properties([
                    ("layer", json!("corridor")),
                    ("commodity", json!(flow.commodity.as_str())),
                    ("link_id", json!(findings.inputs.links[link as usize].id)),
                    ("mode", json!(outcome.network.mode(link).as_str())),
                    ("flow_kg_per_year", json!(rounded(flow.link_flow_kg_per_year[link as usize]))),
                ]),
            });
        }
    }
    for (ix, crossing) in outcome.crossings.iter().enumerate() {
        let planned = findings.plan.crossing_ixs.contains(&(ix as u32));
        let hazard = findings.baseline.risks[0].crossing_hazard[ix].estimate;
        let mut properties = properties([
            ("layer", json!("crossing")),
            ("crossing_id", json!(crossing.id)),
            ("name", json!(crossing.name)),
            ("status", json!(crossing.status.as_str())),
            ("flag", json!(crossing.flag)),
            ("weighted_flow_kg_per_year", json!(rounded(outcome.weight_kg_per_year[ix]))),
            ("is_hazard_inherited", json!(findings.baseline.risks[0].is_inherited[ix])),
            ("is_covered", json!(outcome.coverage.crossings[ix].is_covered())),
            ("is_planned_office", json!(planned)),
        ]);
        if profile == Profile::Working {
            properties.push(("hazard".to_owned(), json!((hazard * 1e5).round() / 1e5)));
        }
        features.push(Feature {
            geometry: Geometry::Point(Point::new(crossing.position.lon, crossing.position.lat)),
            properties,
        });
    }
    for office in &outcome.offices {
        let crossing = &outcome.crossings[office.crossing_ix as usize];
        features.push(Feature {
            geometry: Geometry::Point(Point::new(crossing.position.lon, crossing.position.lat)),
            properties: properties([
                ("layer", json!("office")),
                ("crossing_id", json!(crossing.id)),
                ("iso3", json!(crossing.countries[usize::from(office.side)].as_str())),
            ]),
        });
    }
    features
}

fn rounded(kg: f64) -> f64 {
    (kg * 10.0).round() / 10.0
}

fn properties<const N: usize>(pairs: [(&str, Value); N]) -> Vec<(String, Value)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
