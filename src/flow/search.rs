//! Routes of every pair: trees from all origins and to all destinations, and the alternatives between them.

use super::corridors::{self, Corridor, ExitGroup, classify};
use super::{Demanded, FlowParams, Route, Terminal, crossing_of_links, pair_ixs, path_sizes};
use crate::network::{
    AlternativesParams, AlternativesSpace, CLOSED, Metric, Network, NetworkError, Path, Tree, alternatives,
};
use crate::parallel::map_in_order_with;
use crate::records::{Commodity, Crossing, Iso3, Mode};
use crate::units::Cost;
use std::collections::BTreeMap;

/// Trees and routes of one set of costs: they depend on nothing else.
#[derive(Debug)]
pub struct Searched {
    pub(super) time_h: Vec<f64>,
    pub(super) costs: Vec<u32>,
    pub(super) nodes: (Vec<u32>, Vec<u32>),
    pub(super) alternatives: AlternativesParams,
    pub(super) exits: (Commodity, Iso3, Vec<ExitGroup>),
    pub(super) least_cost: Vec<Option<f64>>,
    pub(super) routes_of_pair: Vec<Vec<Route>>,
}

/// Trees from all origins and to all destinations, and the routes of every pair.
///
/// # Errors
/// When the network is too entangled for a hierarchy.
pub(super) fn search(
    network: &Network,
    crossings: &[Crossing],
    demanded: &Demanded<'_>,
    exits: &corridors::Exits,
    costs: Vec<u32>,
    nodes: (Vec<u32>, Vec<u32>),
    params: &FlowParams,
) -> Result<Searched, NetworkError> {
    let through = {
        let ends: Vec<u32> = nodes.0.iter().chain(&nodes.1).chain(&exits.green_ends(network)).copied().collect();
        let mut open = network.without_dead_ends(network.without(&costs, Mode::Green), &ends);
        // what has left the source country does not come back to it on its way, nor does what has entered leave; where
        // trips begin (inbound: end) elsewhere too, the country may be passed through
        let inland = match demanded.commodity {
            Commodity::Opiates => demanded.origins,
            Commodity::Precursors => demanded.destinations,
        };
        if inland.iter().all(|terminal| terminal.country == Some(params.source_country)) {
            exits.back.iter().for_each(|&arc| open[arc as usize] = CLOSED);
        }
        open
    };
    let back = network.reversed(&through);
    let hierarchy = network.hierarchy()?;
    let forward = Trees::new(&hierarchy.customise(&through)?, demanded.origins);
    let backward = Trees::new(&hierarchy.customise(&back)?, demanded.destinations).turned(network);
    let crossing_of_link = crossing_of_links(network, crossings);
    let pairs: Vec<(u32, u32)> = pair_ixs(demanded).collect();
    let found = map_in_order_with(&pairs, AlternativesSpace::default, |space, &(origin_ix, destination_ix)| {
        let from = forward.of(&demanded.origins[origin_ix as usize]);
        let to = backward.of(&demanded.destinations[destination_ix as usize]);
        let is_at_home = |terminal: &Terminal| terminal.country == Some(params.source_country);
        let is_domestic = is_at_home(&demanded.origins[origin_ix as usize])
            && is_at_home(&demanded.destinations[destination_ix as usize]);
        // a domestic trip stays at home: no route is looked for over a neighbour
        let (must_pass, side_arcs): (&[Vec<u32>], &[u32]) =
            if is_domestic { (&[], &[]) } else { (&exits.arcs, &exits.green) };
        let group_of = |arcs: &[u32]| exits.group(network, arcs);
        let mut paths =
            alternatives(network, &costs, from, to, must_pass, side_arcs, group_of, &params.alternatives, space);
        paths.sort_by(|a, b| a.cost.cmp(&b.cost).then_with(|| a.arcs.cmp(&b.arcs)));
        let mut routes: Vec<Route> = paths
            .into_iter()
            .map(|path| describe(network, &crossing_of_link, exits, origin_ix, destination_ix, path))
            .map(|route| match is_domestic {
                true => Route { exit_group: None, corridor: Corridor::Domestic, ..route },
                false => route,
            })
            .collect();
        let links: Vec<Vec<u32>> =
            routes.iter().map(|route| route.arcs.iter().map(|&arc| network.link(arc)).collect()).collect();
        for (route, size) in routes.iter_mut().zip(path_sizes(&links, |link| network.length_km(link))) {
            route.path_size = size;
        }
        let reached = from.cost[to.root as usize];
        ((reached != u64::MAX).then(|| Cost(reached).usd()), routes)
    });
    let (least_cost, routes_of_pair) = found.into_iter().unzip();
    Ok(Searched {
        exits: (demanded.commodity, params.source_country, params.exit_groups.clone()),
        time_h: network.times_h().to_vec(),
        costs,
        nodes,
        alternatives: params.alternatives.clone(),
        least_cost,
        routes_of_pair,
    })
}

/// One tree for each distinct node of the terminals.
struct Trees {
    of_node: BTreeMap<u32, usize>,
    trees: Vec<Tree>,
}

impl Trees {
    fn new(metric: &Metric<'_>, terminals: &[Terminal]) -> Self {
        let mut nodes: Vec<u32> = terminals.iter().map(|terminal| terminal.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let trees = metric.trees(&nodes);
        Self { of_node: nodes.into_iter().zip(0..).collect(), trees }
    }

    fn turned(mut self, network: &Network) -> Self {
        self.trees = self.trees.into_iter().map(|tree| tree.turned(network)).collect();
        self
    }

    fn of(&self, terminal: &Terminal) -> &Tree {
        &self.trees[self.of_node[&terminal.node]]
    }
}

/// The countries that a path is in: where it begins, and after each border or port.
fn enters(network: &Network, arcs: &[u32]) -> impl Iterator<Item = Iso3> {
    let first = arcs.first().and_then(|&arc| network.country(network.tail(arc)));
    let is_entry = |arc: &&u32| {
        let link = network.link(**arc);
        network.is_border(link) || network.mode(link) == Mode::Port
    };
    first.into_iter().chain(arcs.iter().filter(is_entry).filter_map(|&arc| network.country(network.head(arc))))
}

/// Length, time, crossings, group and corridor of a path.
fn describe(
    network: &Network,
    crossing_of_link: &[u32],
    exits: &corridors::Exits,
    origin_ix: u32,
    destination_ix: u32,
    path: Path,
) -> Route {
    let links = || path.arcs.iter().map(|&arc| network.link(arc));
    Route {
        origin_ix,
        destination_ix,
        cost_usd: Cost(path.cost).usd(),
        // + 0.0: the sum of nothing is -0.0
        length_km: links().map(|link| network.length_km(link)).sum::<f64>() + 0.0,
        time_h: links().map(|link| network.time_h(link)).sum::<f64>() + 0.0,
        crossing_ixs: links().map(|link| crossing_of_link[link as usize]).filter(|&ix| ix != u32::MAX).collect(),
        exit_group: exits.group(network, &path.arcs).map(|group| group as u32),
        corridor: classify(enters(network, &path.arcs), links().any(|link| network.mode(link) == Mode::Sea)),
        arcs: path.arcs,
        path_size: 1.0,
        uncalibrated_share: 0.0,
        share: 0.0,
        flow_kg_per_year: 0.0,
    }
}
