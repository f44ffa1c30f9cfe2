//! A synthetic region of three countries: not data, made for the tests only.
//!
//! Iran in the west, Afghanistan in the middle, Pakistan in the east, each a square grid of roads with four provinces
//! from south to north. Crossings join neighbours every few rows, off-road arcs lie between them. In the south a long road
//! over one more crossing and a sea lane join Iran and Pakistan.

use crate::network_fixture::{Draft, iso3};
use crate::random::Random;
use corridor::flow::TripTables;
use corridor::geodesy::LonLat;
use corridor::records::{
    Agreement, Basis, Commodity, Conversion, CrossingStatus, Demand, Gateway, Iso3, Mode, Office, Place, Precision,
    PrecursorSupply, Production, Reporting, RouteShare, Seizure, SeizureTotal,
};
use corridor::risk::Province;
use corridor::scenario::{Patch, Settings, World, WorldTables};
use corridor::units::Milligrams;
use geo::{MultiPolygon, Rect, coord};

const COUNTRIES: [&str; 3] = ["IRN", "AFG", "PAK"];
pub const YEAR: i32 = 2014;
const DEGREES: f64 = 0.25;

/// The tables of the synthetic region.
pub struct Region {
    pub draft: Draft,
    outlines: Vec<(Iso3, String, MultiPolygon)>,
    places: Vec<Place>,
    productions: Vec<Production>,
    demands: Vec<Demand>,
    gateways: Vec<Gateway>,
    supplies: Vec<PrecursorSupply>,
    conversions: Vec<Conversion>,
    pub seizures: Vec<Seizure>,
    reportings: Vec<Reporting>,
    totals: Vec<SeizureTotal>,
    route_shares: Vec<RouteShare>,
    offices: Vec<Office>,
    agreements: Vec<Agreement>,
}

impl Region {
    /// Each country has `size * size` nodes.
    pub fn new(size: u32, seed: u64) -> Self {
        let mut random = Random(seed);
        let draft = draft(size, &mut random);
        let band = size / 4;
        let position =
            |x: u32, y: u32| LonLat { lon: 50.0 + DEGREES * f64::from(x), lat: 28.0 + DEGREES * f64::from(y) };
        let (mut outlines, mut places, mut productions) = (Vec::new(), Vec::new(), Vec::new());
        let (mut seizures, mut reportings, mut totals) = (Vec::new(), Vec::new(), Vec::new());
        let assumed = Basis::Assumption;
        let source_id = || "synthetic".to_owned();
        for (column, code) in COUNTRIES.iter().enumerate() {
            let country = iso3(code);
            let west = column as u32 * size;
            for row in 0..4 {
                let adm1 = format!("{code} province {row}");
                let (low, high) = (position(west, row * band), position(west + size, (row + 1) * band));
                let half = DEGREES / 2.0;
                let corner = |at: LonLat| coord! { x: at.lon - half, y: at.lat - half };
                let outline = Rect::new(corner(low), corner(high)).to_polygon();
                outlines.push((country, adm1.clone(), MultiPolygon::from(outline)));
                let centre = position(west + size / 2, row * band + band / 2);
                places.push(Place {
                    id: adm1.to_lowercase(),
                    name: adm1.clone(),
                    country,
                    adm1: Some(adm1.clone()),
                    position: centre,
                    kind: "adm1_centre".to_owned(),
                    population: Some(100_000 * u64::from(1 + random.below(20))),
                });
                for year in 2011..=2016 {
                    let row_of = |drug: &str, cases: u32, kg: f64| Seizure {
                        id: format!("{adm1} {drug} {year}"),
                        country,
                        adm1: Some(adm1.clone()),
                        place: None,
                        position: Some(centre),
                        precision: Precision::Province,
                        commodity: Commodity::Opiates,
                        drug: drug.to_owned(),
                        year,
                        case_count: cases,
                        quantity: Milligrams::from_kg(kg).unwrap(),
                        note: String::new(),
                    };
                    seizures.push(row_of("heroin", random.below(40), 100.0 * random.unit()));
                    seizures.push(row_of("opium", random.below(40), 900.0 * random.unit()));
                }
                if *code == "AFG" {
                    productions.push(Production {
                        country,
                        adm1: Some(adm1.clone()),
                        year: YEAR,
                        opium_kg_per_year: f64::from(20_000 * (1 + random.below(9))),
                        basis: assumed,
                        source_id: source_id(),
                    });
                }
            }
            for year in 2011..=2016 {
                for &commodity in Commodity::ALL {
                    reportings.push(Reporting { country, commodity, year, is_reported: true });
                }
                totals.push(SeizureTotal {
                    country,
                    year,
                    drug: "heroin".to_owned(),
                    quantity: Milligrams::from_kg(150.0 + 200.0 * random.unit()),
                    source_id: source_id(),
                });
            }
        }
        for year in 2011..=2016 {
            productions.push(Production {
                country: iso3("AFG"),
                adm1: None,
                year,
                opium_kg_per_year: 400_000.0 + 10_000.0 * f64::from(year - YEAR),
                basis: assumed,
                source_id: source_id(),
            });
        }
        let demand = |id: &str, country: Option<&str>, commodity, flow_kg_per_year| Demand {
            destination_id: id.to_owned(),
            name: id.to_owned(),
            country: country.map(iso3),
            commodity,
            year: YEAR,
            flow_kg_per_year,
            basis: assumed,
            source_id: source_id(),
        };
        let demands = vec![
            demand("IRN", Some("IRN"), Commodity::Opiates, 5000.0),
            demand("PAK", Some("PAK"), Commodity::Opiates, 4000.0),
            demand("AFG", Some("AFG"), Commodity::Opiates, 2000.0),
            demand("EUROPE", None, Commodity::Opiates, 9000.0),
            demand("AFG:AFG province 0", Some("AFG"), Commodity::Precursors, 30_000.0),
            demand("AFG:AFG province 3", Some("AFG"), Commodity::Precursors, 50_000.0),
        ];
        let gateway = |id: &str, x: u32, y: u32, share: f64| Gateway {
            id: id.to_owned(),
            destination_id: "EUROPE".to_owned(),
            commodity: Commodity::Opiates,
            name: id.to_owned(),
            position: position(x, y),
            share,
            basis: assumed,
        };
        let gateways = vec![
            gateway("north-west", 0, size - 1, 0.5),
            gateway("south-west", 0, 0, 0.3),
            gateway("south-east", 3 * size - 1, 0, 0.2),
        ];
        let supply = |id: &str, country: &str, x: u32, share: f64| PrecursorSupply {
            id: id.to_owned(),
            name: id.to_owned(),
            country: iso3(country),
            position: position(x, 0),
            share,
            basis: assumed,
        };
        let supplies = vec![supply("west", "IRN", 1, 0.6), supply("east", "PAK", 3 * size - 2, 0.4)];
        let conversion = |from: &str, factor: f64| Conversion {
            from_item: from.to_owned(),
            to_item: "heroin equivalent".to_owned(),
            factor,
            source_id: source_id(),
        };
        let share = |member: &str, share_percent: f64| RouteShare {
            id: member.to_lowercase(),
            kind: "first_crossing".to_owned(),
            member: member.to_owned(),
            quantity: "flow".to_owned(),
            year: YEAR,
            share_percent,
            used_for: "calibration".to_owned(),
            source_id: source_id(),
        };
        let first = &draft.crossings[0];
        let offices = vec![Office {
            id: "office".to_owned(),
            name: "office".to_owned(),
            crossing_id: first.id.clone(),
            country: first.countries[0],
            opened_year: Some(2010),
            status: "open".to_owned(),
            source_id: source_id(),
        }];
        let agreements = vec![Agreement {
            id: "agreement".to_owned(),
            name: "agreement".to_owned(),
            countries: [iso3("AFG"), iso3("IRN")],
            year: Some(2007),
            level: 0.7,
            source_id: source_id(),
        }];
        Self {
            draft,
            outlines,
            places,
            productions,
            demands,
            gateways,
            supplies,
            conversions: vec![conversion("opium", 0.1), conversion("morphine", 1.0)],
            seizures,
            reportings,
            totals,
            route_shares: vec![share("IRN", 45.0), share("PAK", 35.0)],
            offices,
            agreements,
        }
    }

    /// Runs `work` on the prepared region.
    pub fn with_world<R>(&self, settings: &Settings, work: impl FnOnce(&World<'_>) -> R) -> R {
        let provinces: Vec<Province<'_>> = self
            .outlines
            .iter()
            .map(|(country, adm1, outline)| Province { country: *country, adm1, outline })
            .collect();
        let tables = WorldTables {
            nodes: &self.draft.nodes,
            node_order: None,
            links: &self.draft.links,
            crossings: &self.draft.crossings,
            provinces: &provinces,
            trips: TripTables {
                places: &self.places,
                productions: &self.productions,
                demands: &self.demands,
                gateways: &self.gateways,
                precursor_supplies: &self.supplies,
                conversions: &self.conversions,
            },
            seizures: &self.seizures,
            reportings: &self.reportings,
            totals: &self.totals,
            route_shares: &self.route_shares,
            offices: &self.offices,
            agreements: &self.agreements,
        };
        work(&World::new(tables, settings, 4.0).unwrap())
    }
}

/// Roads, crossings and off-road arcs.
fn draft(size: u32, random: &mut Random) -> Draft {
    let mut draft = Draft::default();
    for country in COUNTRIES {
        let west = draft.nodes.len() as u32 / size;
        for (x, y) in (0..size).flat_map(|x| (0..size).map(move |y| (x, y))) {
            let (lon, lat) = (50.0 + DEGREES * f64::from(west + x), 28.0 + DEGREES * f64::from(y));
            draft.node(lon, lat, country);
        }
    }
    let node = |x: u32, y: u32| x * size + y;
    for (x, y) in (0..3 * size).flat_map(|x| (0..size).map(move |y| (x, y))) {
        let is_last_column = (x + 1) % size == 0;
        let mut road = |to: u32| {
            let length_km = 20.0 + 15.0 * random.unit();
            let speed_kmh = random.pick(&[30.0, 50.0, 50.0, 80.0]);
            draft.link(node(x, y), to, Mode::Road, length_km, length_km / speed_kmh);
        };
        if y + 1 < size {
            road(node(x, y + 1));
        }
        if !is_last_column {
            road(node(x + 1, y));
        }
    }
    for (border, name) in [(size, "west"), (2 * size, "east")] {
        for y in 0..size {
            let posts = [node(border - 1, y), node(border, y)];
            let status = if y % 8 == 4 { CrossingStatus::Restricted } else { CrossingStatus::Open };
            if y % 4 == 0 {
                draft.crossing(&format!("{name}-{y}"), posts, Mode::Road, status);
            } else if y % 8 == 2 {
                draft.crossing(&format!("green-{name}-{y}"), posts, Mode::Green, CrossingStatus::Unofficial);
            }
        }
    }
    let (iranian, pakistani) = (node(size - 1, 0), node(2 * size, 0));
    let (west, east) = (50.0 + DEGREES * f64::from(size - 1), 50.0 + DEGREES * f64::from(2 * size));
    let middle = f64::midpoint(west, east);
    let posts = [draft.node(middle - 0.05, 27.5, "IRN"), draft.node(middle + 0.05, 27.5, "PAK")];
    draft.road(iranian, posts[0], 12.0 * f64::from(size));
    draft.road(pakistani, posts[1], 12.0 * f64::from(size));
    draft.crossing("south", posts, Mode::Road, CrossingStatus::Open);
    let sea = [draft.node(west, 26.0, ""), draft.node(east, 26.0, "")];
    draft.link(iranian, sea[0], Mode::Port, 5.0, 0.2);
    draft.link(pakistani, sea[1], Mode::Port, 5.0, 0.2);
    draft.link(sea[0], sea[1], Mode::Sea, 30.0 * f64::from(size), f64::from(size));
    draft
}

/// Default settings with two exit groups.
pub fn settings() -> Settings {
    let mut settings = Settings { baseline_year: YEAR, ..Settings::default() };
    settings.flow.exit_groups.retain(|group| group.part_of.is_empty());
    settings.flow.choice.green_border_capacity_kg_per_year = 500.0;
    settings.siting.new_office_count = 3;
    settings.siting.curve_max_office_count = 4;
    settings
}

/// A patch that changes nothing.
pub fn patch(id: &str) -> Patch {
    Patch {
        id: id.to_owned(),
        title: id.to_owned(),
        note: String::new(),
        close_crossing_ids: vec![],
        open_crossing_ids: vec![],
        paired_office_crossing_ids: vec![],
        production_factor: 1.0,
    }
}
