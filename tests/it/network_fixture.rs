//! Small synthetic networks for the tests.

use crate::random::Random;
use corridor::geodesy::LonLat;
use corridor::network::{Network, NetworkParams, build};
use corridor::records::{Crossing, CrossingStatus, Iso3, Link, Mode, Node};

pub fn iso3(code: &str) -> Iso3 {
    code.parse().unwrap()
}

/// The tables of a network under construction.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    pub crossings: Vec<Crossing>,
}

impl Draft {
    /// Index of a new node; an empty country is the sea.
    pub fn node(&mut self, lon: f64, lat: f64, country: &str) -> u32 {
        let country = (!country.is_empty()).then(|| iso3(country));
        self.nodes.push(Node { position: LonLat { lon, lat }, country });
        self.nodes.len() as u32 - 1
    }

    /// Index of a new link.
    pub fn link(&mut self, from_ix: u32, to_ix: u32, mode: Mode, length_km: f64, travel_time_h: f64) -> u32 {
        let country = self.nodes[from_ix as usize].country;
        let id = self.links.len() as u32;
        self.links.push(Link { id, from_ix, to_ix, mode, length_km, travel_time_h, country, inner_vertices: vec![] });
        id
    }

    /// A road at 50 km/h.
    pub fn road(&mut self, from_ix: u32, to_ix: u32, length_km: f64) -> u32 {
        self.link(from_ix, to_ix, Mode::Road, length_km, length_km / 50.0)
    }

    /// Index of a new crossing with its link; side 0 is the country that comes first in the alphabet.
    pub fn crossing(&mut self, id: &str, posts: [u32; 2], mode: Mode, status: CrossingStatus) -> u32 {
        let link_mode = if mode == Mode::Green { Mode::Green } else { Mode::Crossing };
        let link = self.link(posts[0], posts[1], link_mode, 2.0, 0.1);
        self.crossing_on(id, posts, link, mode, status)
    }

    /// Index of a new crossing on a link that is there.
    pub fn crossing_on(&mut self, id: &str, posts: [u32; 2], link: u32, mode: Mode, status: CrossingStatus) -> u32 {
        let country = |node: u32| self.nodes[node as usize].country.unwrap_or(iso3("AFG"));
        let mut sides = posts.map(|node| (country(node), node));
        sides.sort_by_key(|&(country, _)| country);
        self.crossings.push(Crossing {
            id: id.to_owned(),
            name: id.to_owned(),
            post_names: [String::new(), String::new()],
            countries: sides.map(|(country, _)| country),
            position: self.nodes[posts[0] as usize].position,
            mode,
            status,
            closed_to: None,
            post_ixs: Some(sides.map(|(_, node)| node)),
            link_ix: Some(link),
            flag: "ok".to_owned(),
            verification: "assumption".to_owned(),
            source_id: "synthetic".to_owned(),
        });
        self.crossings.len() as u32 - 1
    }

    pub fn build(&self) -> Network {
        self.build_with(&NetworkParams::default())
    }

    pub fn build_with(&self, params: &NetworkParams) -> Network {
        build(&self.nodes, &self.links, &self.crossings, params).unwrap()
    }
}

/// The arc of `link` that leaves `tail`.
pub fn arc_of(network: &Network, link: u32, tail: u32) -> u32 {
    network.arcs_from(tail).map(|arc| arc as u32).find(|&arc| network.link(arc) == link).unwrap()
}

/// A random graph with parallel links, self loops, several components and crossings of every status.
pub fn random_draft(random: &mut Random, most_nodes: u32, most_links: u32) -> Draft {
    let mut draft = Draft::default();
    let node_count = 1 + random.below(most_nodes);
    for _ in 0..node_count {
        let country = random.pick(&["AFG", "IRN", "PAK"]);
        draft.node(60.0 + 10.0 * random.unit(), 30.0 + 8.0 * random.unit(), country);
    }
    for ix in 0..1 + random.below(most_links) {
        let (from, to) = (random.below(node_count), random.below(node_count));
        let length_km = f64::from(random.pick(&[0, 0, 1, 1, 2, 3, 7, 40]));
        let mode = random.pick(&[Mode::Road, Mode::Road, Mode::Road, Mode::Rail, Mode::Crossing, Mode::Green]);
        let link = draft.link(from, to, mode, length_km, length_km / 50.0);
        if matches!(mode, Mode::Crossing | Mode::Green) {
            let status = random.pick(CrossingStatus::ALL);
            let kind = if mode == Mode::Green { Mode::Green } else { Mode::Road };
            draft.crossing_on(&format!("x{ix}"), [from, to], link, kind, status);
        }
    }
    draft
}
