//! The maps: corridors of each commodity, and flow before and after the plan.

use super::Findings;
use super::text::count;
use crate::figures::{
    Area, Basemap, Evidence, Extent, Figure, FigureError, FlowLine, LineClass, Marker, MarkerKind, PlaceLabel, Words,
    corridor_map, displacement_maps,
};
use crate::flow::Flow;
use crate::geodesy::LonLat;
use crate::network::Network;
use crate::records::{Commodity, Link, Mode};
use crate::scenario::{CrossingShift, top_crossings};
use crate::tables::{Table, top_links};

/// Links that carry less than this share of the largest link flow are not drawn.
const LEAST_SHARE: f64 = 0.004;

/// Crossings named on a map.
const NAMED: usize = 14;

/// The part of the region shown: the corridors from the Arabian Sea to the Russian border.
const REGION: Extent = Extent { west: 27.0, south: 20.0, east: 79.0, north: 55.0 };

/// The borders of the planning countries.
pub(super) const PLANNING: Extent = Extent { west: 43.0, south: 23.5, east: 77.0, north: 41.5 };

pub(super) const SOURCES: &str = "Roads: OpenStreetMap contributors (ODbL) by scgraph_data. Boundaries: Natural Earth. Places: GeoNames (CC BY). \
                       Production, demand, shares: sources table of this bundle.";

/// Countries, provinces of the planning countries, disputed lines and the largest towns.
pub(super) fn basemap(findings: &Findings<'_>) -> Basemap {
    let inputs = findings.inputs;
    let planning = &findings.settings.candidates.countries;
    let area = |area: &crate::inputs::Area| Area {
        code: area.iso3.clone(),
        name: area.name.clone(),
        polygons: area.polygons.clone(),
    };
    let is_planned = |code: &str| planning.iter().any(|country| country.as_str() == code);
    let labels = inputs.places.iter().filter_map(|place| {
        let rank = match (place.kind.as_str(), place.population.unwrap_or(0)) {
            ("capital", _) => 1,
            ("city" | "adm1_centre", 1_500_000..) => 2,
            ("adm1_centre", 250_000..) if is_planned(place.country.as_str()) => 3,
            _ => return None,
        };
        Some(PlaceLabel { name: place.name.clone(), position: place.position, rank })
    });
    Basemap {
        countries: inputs.boundaries.countries.iter().map(area).collect(),
        provinces: inputs.boundaries.provinces.iter().filter(|area| is_planned(&area.iso3)).map(area).collect(),
        disputed: inputs.boundaries.disputed.iter().map(|(_, line)| line.clone()).collect(),
        labels: labels.collect(),
    }
}

/// The vertices of a link, ends included.
pub(super) fn vertices(network: &Network, links: &[Link], link: u32) -> Vec<LonLat> {
    let record = &links[link as usize];
    let mut points = vec![network.position(record.from_ix)];
    points.extend_from_slice(&record.inner_vertices);
    points.push(network.position(record.to_ix));
    points
}

pub(super) fn lines(findings: &Findings<'_>, flow: &Flow) -> Vec<FlowLine> {
    let network = &findings.baseline.outcome.network;
    top_links(network, flow, LEAST_SHARE)
        .into_iter()
        .map(|link| FlowLine {
            points: vertices(network, &findings.inputs.links, link),
            flow_kg_per_year: flow.link_flow_kg_per_year[link as usize],
            class: match network.mode(link) {
                Mode::Sea | Mode::Port => LineClass::Sea,
                Mode::Green => LineClass::Green,
                Mode::Road | Mode::Rail | Mode::Ferry | Mode::Crossing => LineClass::Land,
            },
        })
        .collect()
}

/// Lines drawn, as a table.
pub(super) fn line_table(findings: &Findings<'_>, flow: &Flow, name: &str) -> Table {
    let network = &findings.baseline.outcome.network;
    let links = top_links(network, flow, LEAST_SHARE);
    let all = || links.iter().copied();
    Table::new(name, "Links drawn", "Modelled flow, both directions, on links above the drawing threshold.")
        .integer("link_id", "Link", all().map(|link| i64::from(findings.inputs.links[link as usize].id)))
        .text("mode", "Mode", all().map(|link| network.mode(link).as_str()))
        .optional_text(
            "iso3",
            "Country; empty at sea and across a border",
            all().map(|link| network.link_country(link).map(|country| country.to_string())),
        )
        .real("length_km", "Length", 3, all().map(|link| network.length_km(link)))
        .real("flow_kg_per_year", "Flow", 1, all().map(|link| flow.link_flow_kg_per_year[link as usize]))
}

fn crossing_markers(findings: &Findings<'_>, flow: &Flow) -> Vec<Marker> {
    let outcome = &findings.baseline.outcome;
    let risk = findings.baseline.risks.iter().find(|risk| risk.commodity == flow.commodity);
    let mut order: Vec<usize> = (0..outcome.crossings.len()).collect();
    let kg = |ix: usize| flow.crossing_flow_kg_per_year[ix];
    order.sort_by(|&a, &b| kg(b).total_cmp(&kg(a)).then(a.cmp(&b)));
    let threshold = order.first().map_or(0.0, |&ix| kg(ix)) * 0.02;
    order
        .into_iter()
        .filter(|&ix| kg(ix) > threshold)
        .enumerate()
        .map(|(rank, ix)| {
            let crossing = &outcome.crossings[ix];
            Marker {
                position: crossing.position,
                label: (rank < NAMED && crossing.is_official()).then(|| crossing.name.clone()),
                kind: if crossing.is_official() { MarkerKind::Crossing } else { MarkerKind::CrossingUnofficial },
                size_value: Some(kg(ix)),
                evidence: if risk.is_none_or(|risk| risk.is_inherited[ix]) {
                    Evidence::Inherited
                } else {
                    Evidence::OwnRecords
                },
            }
        })
        .collect()
}

pub(super) fn level_words(findings: &Findings<'_>, commodity: Commodity) -> String {
    let risk = findings.baseline.risks.iter().find(|risk| risk.commodity == commodity);
    match risk.map(|risk| (risk.level, risk.placed_case_count)) {
        Some((3, cases)) => {
            format!("level 3: hazard by partial pooling within countries (n = {} placed cases)", count(cases))
        }
        Some((_, cases)) => {
            format!("level 1: hazard assumed, {} placed cases are too few for an estimate", count(cases))
        }
        None => String::new(),
    }
}

/// Corridors of one commodity.
pub(super) fn corridors(findings: &Findings<'_>, base: &Basemap, commodity: Commodity) -> Result<Figure, FigureError> {
    let outcome = &findings.baseline.outcome;
    let id = format!("{commodity}-corridors");
    let Some(flow) = outcome.flows.iter().find(|flow| flow.commodity == commodity) else {
        return Err(FigureError::Empty { figure: id, reason: "the commodity has no flow".to_owned() });
    };
    let year = findings.settings.baseline_year;
    let total_t = flow.routes.iter().map(|route| route.flow_kg_per_year).sum::<f64>() / 1000.0;
    let (title, quantity, calibrated) = match commodity {
        Commodity::Opiates => (
            "Opiate corridors out of Afghanistan",
            "heroin equivalent",
            ", calibrated to published shares of flow of another year (shares table)",
        ),
        Commodity::Precursors => (
            "Precursor corridors into Afghanistan",
            "acetic anhydride",
            ", not calibrated: no shares of precursor flow are published",
        ),
    };
    let words = Words {
        title: format!("{title}, {year}"),
        subtitle: format!(
            "Modelled flow by road, sea and off-road arcs, kg of {quantity} a year; {total_t:.0} t in all"
        ),
        caption: format!(
            "{title}: modelled flow in the baseline year {year}{calibrated}. Widths follow flow on each link, both directions together; circles are border crossings, hollow where the \
             hazard is inherited from the segment. Travel times are estimated; demand and gateway shares are mostly assumptions. \
             Seizures are not flow."
        ),
        alt: format!("Map of modelled flow of {commodity} from the Arabian Sea to the Russian border."),
        source: SOURCES.to_owned(),
        level: level_words(findings, commodity),
        id: id.clone(),
    };
    let data = line_table(findings, flow, &id.replace('-', "_"));
    corridor_map(base, &REGION, &lines(findings, flow), &crossing_markers(findings, flow), &words, &data)
}

/// The plan: flow before, and after with gains and losses.
pub(super) fn displacement(findings: &Findings<'_>, base: &Basemap, data: &Table) -> Result<Figure, FigureError> {
    let of = |flows: &'_ [Flow]| flows.iter().position(|flow| flow.commodity == Commodity::Opiates);
    let (Some(before), Some(after)) = (of(&findings.baseline.outcome.flows), of(&findings.after.flows)) else {
        return Err(FigureError::Empty { figure: "plan-displacement".to_owned(), reason: "no opiate flow".to_owned() });
    };
    let (before, after) = (&findings.baseline.outcome.flows[before], &findings.after.flows[after]);
    let crossings = &findings.baseline.outcome.crossings;
    let office = |ix: u32, kind: MarkerKind| Marker {
        position: crossings[ix as usize].position,
        label: Some(crossings[ix as usize].name.clone()),
        kind,
        size_value: None,
        evidence: Evidence::OwnRecords,
    };
    let mut existing: Vec<u32> = findings.baseline.outcome.offices.iter().map(|office| office.crossing_ix).collect();
    existing.dedup();
    let unnamed = |ix: u32| Marker { label: None, ..office(ix, MarkerKind::OfficeExisting) };
    let top = top_crossings(findings.world, findings.settings, &before.crossing_flow_kg_per_year);
    let mut markers_before: Vec<Marker> = existing.iter().map(|&ix| unnamed(ix)).collect();
    markers_before.extend(top.iter().map(|&ix| Marker {
        kind: if crossings[ix as usize].is_official() { MarkerKind::Crossing } else { MarkerKind::CrossingUnofficial },
        size_value: Some(before.crossing_flow_kg_per_year[ix as usize]),
        ..office(ix, MarkerKind::Crossing)
    }));
    let mut markers_after: Vec<Marker> =
        findings.plan.crossing_ixs.iter().map(|&ix| office(ix, MarkerKind::OfficePlanned)).collect();
    markers_after.extend(existing.iter().map(|&ix| unnamed(ix)));
    let largest = findings.displacement.shifts.iter().map(|shift| shift.change_kg_per_year().abs()).fold(0.0, f64::max);
    let shown = findings.displacement.shifts.iter().filter(|shift| shift.change_kg_per_year().abs() > 0.05 * largest);
    let mut gains: Vec<f64> = findings.displacement.shifts.iter().map(CrossingShift::change_kg_per_year).collect();
    gains.sort_by(|a, b| b.total_cmp(a));
    let named_from = gains.get(2).copied().unwrap_or(0.0).max(0.05 * largest);
    markers_after.extend(shown.map(|shift| Marker {
        position: crossings[shift.crossing_ix as usize].position,
        label: (shift.change_kg_per_year() >= named_from).then(|| crossings[shift.crossing_ix as usize].name.clone()),
        kind: if shift.change_kg_per_year() > 0.0 { MarkerKind::Gain } else { MarkerKind::Loss },
        size_value: Some(shift.change_kg_per_year().abs()),
        evidence: Evidence::OwnRecords,
    }));
    let year = findings.settings.baseline_year;
    let count = findings.plan.crossing_ixs.len();
    let words = Words {
        id: "plan-displacement".to_owned(),
        title: format!("Opiate flow before and after {count} new pairs of offices"),
        subtitle: format!(
            "Modelled flow {year}, kg of heroin equivalent a year; after: traffickers re-route by the same choice model"
        ),
        caption: format!(
            "Above, modelled flow and existing offices; below, flow once paired offices stand at the {count} planned crossings, with \
             crossings that gain and lose. An office detects with the assumed probability in the config; the model of evaders is \
             for stress-testing plans, not a forecast."
        ),
        alt: "Two maps of modelled opiate flow, before and after the planned offices.".to_owned(),
        source: SOURCES.to_owned(),
        level: level_words(findings, Commodity::Opiates),
    };
    displacement_maps(
        base,
        &PLANNING,
        &lines(findings, before),
        &lines(findings, after),
        &markers_before,
        &markers_after,
        &words,
        data,
    )
}
