//! `corridor routes`: the k shortest loopless routes between two points, on the corridor network or a table of arcs.

use super::ground::{Ground, GroundArgs, Land, Point};
use super::output::{Format, Shown, with_items};
use crate::error::Error;
use crate::network::{
    DissimilarLimits, Path, Proof, dissimilar, k_shortest, k_shortest_over, k_shortest_via, why_unreachable,
};
use crate::records::Mode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::iter;
use std::path::PathBuf;

/// Arguments of `corridor routes`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ground: GroundArgs,
    /// Where routes begin: a place or crossing by id or name (CROSSING@IRN for the post of one side), or lon,lat; in a
    /// table the id of a node.
    #[arg(long, value_name = "A", allow_hyphen_values = true)]
    from: String,
    /// Where they end.
    #[arg(long, value_name = "B", allow_hyphen_values = true)]
    to: String,
    /// Most routes.
    #[arg(short = 'k', long = "count", value_name = "K", default_value_t = 5, allow_negative_numbers = true, value_parser = route_count)]
    count: u32,
    /// A point that every route passes; routes stay loopless as a whole.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    via: Option<String>,
    /// Dissimilar routes: each shares at most this part of its cost, 0 to 1, with any one before it.
    #[arg(long, value_name = "PART", conflicts_with = "via", value_parser = part)]
    max_shared: Option<f64>,
    /// Dissimilar routes cost at most this many times the cheapest.
    #[arg(long, value_name = "TIMES", default_value_t = 2.0, requires = "max_shared", value_parser = stretch)]
    max_stretch: f64,
    /// A file of `corridor network build` for this network or table: the hierarchy in it answers `-k 1`.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Print the routes as GeoJSON lines (corridor network only).
    #[arg(long, conflicts_with = "json")]
    geojson: bool,
}

fn route_count(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("give a whole number, 1 to {}", u32::MAX)),
    }
}

fn part(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(part) if (0.0..=1.0).contains(&part) => Ok(part),
        _ => Err("give a part, 0 to 1".to_owned()),
    }
}

fn stretch(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(times) if times.is_finite() && times >= 1.0 => Ok(times),
        _ => Err("give a factor of 1 or more".to_owned()),
    }
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json || self.geojson)
    }
}

/// Reads, searches and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    if args.geojson && args.ground.is_table() {
        return Err(Error::Usage("N109: --geojson: a table of arcs has no positions; ask for --json".to_owned()));
    }
    let mut ground = args.ground.load_compiled(args.network.as_deref())?;
    let ends = [Some(("--from", &args.from)), Some(("--to", &args.to)), args.via.as_ref().map(|via| ("--via", via))];
    let (mut points, mut faults) = (Vec::new(), Vec::new());
    for (flag, text) in ends.into_iter().flatten() {
        match ground.point(flag, text) {
            Ok(point) => points.push(point),
            Err(error) => faults.push(error.to_string()),
        }
    }
    if let Err(error) = ground.avoid(&args.ground.avoid) {
        faults.push(error.to_string());
    }
    let ([from, to], via) = match points.as_slice() {
        [from, to] if faults.is_empty() => ([from, to], None),
        [from, to, via] if faults.is_empty() => ([from, to], Some(via)),
        _ => return Err(Error::Usage(faults.join("\n"))),
    };
    let mut notes = ground.notes();
    notes.extend(ground.stay_home(&points.iter().collect::<Vec<_>>(), args.ground.borders()));
    let (routes, proof) = search(&ground, args, [from.node, to.node], via)?;
    if let (Proof::Ended { least }, Some(last)) = (proof, routes.last()) {
        let is_cheapest = routes.len() == args.count as usize && least >= last.cost;
        let what = if is_cheapest { "another route of the same cost" } else { "a cheaper route" };
        notes.push(format!("the search over --via was ended early: {what} may be missing"));
    }
    let reason = if routes.is_empty() { Some(reason(&ground, from, to, via, proof)) } else { None };
    if reason.is_none() && (routes.len() as u32) < args.count {
        notes.push(match args.max_shared {
            Some(_) => "no further route within --max-shared and --max-stretch was found".to_owned(),
            None => "there are no further routes".to_owned(),
        });
    }
    notes.extend(notes_on(&ground, &routes, args));
    let answer = Answer { ground: &ground, from, to, via, routes: &routes, reason, notes };
    Ok(match (args.json, args.geojson) {
        (false, false) => Shown::new(answer.text(), Value::Null),
        (true, _) => Shown { json_text: Some(answer.json(args)?), ..Shown::default() },
        (false, true) => Shown { json_text: Some(answer.geojson()?), ..Shown::default() },
    })
}

fn search(
    ground: &Ground,
    args: &Args,
    [from, to]: [u32; 2],
    via: Option<&Point>,
) -> Result<(Vec<Path>, Proof), Error> {
    if let (1, None, None) = (args.count, via, args.max_shared)
        && let Some(routes) = ground.cheapest(from, to)?
    {
        return Ok((routes, Proof::Exact));
    }
    let (ways, count) = (ground.ways(), args.count as usize);
    if let Some(via) = via {
        return Ok(match &via.over {
            Some(over) => k_shortest_over(&ways, from, over, to, count),
            None => k_shortest_via(&ways, from, via.node, to, count),
        });
    }
    let routes = match args.max_shared {
        Some(largest_shared) => {
            dissimilar(&ways, from, to, DissimilarLimits { count, largest_shared, largest_stretch: args.max_stretch })
        }
        None => k_shortest(&ways, from, to, count),
    };
    Ok((routes, Proof::Exact))
}

/// Why there is no route.
fn reason(ground: &Ground, from: &Point, to: &Point, via: Option<&Point>, proof: Proof) -> String {
    let is_shut = |over: &Vec<u32>| over.iter().all(|&arc| ground.costs[arc as usize].is_none());
    if let Some(via) = via.filter(|via| via.over.as_ref().is_some_and(is_shut)) {
        let (from, to, via) = (&from.label, &to.label, &via.label);
        return format!("no route from {from} over {via} to {to}: the crossing is closed or avoided");
    }
    let ways = ground.ways();
    let legs = match via {
        Some(via) => vec![(from, via), (via, to)],
        None => vec![(from, to)],
    };
    for (a, b) in legs {
        if let Some(why) = why_unreachable(&ways, a.node, b.node) {
            return format!("no route from {} to {}: {why}", a.label, b.label);
        }
    }
    match proof {
        Proof::Exact => "no loopless route passes the point of --via".to_owned(),
        Proof::Ended { .. } => {
            "no loopless route over --via was found before the search ended; there may be one".to_owned()
        }
    }
}

/// What to know of routes on the corridor network: routes that hardly differ, and routes off the road.
fn notes_on(ground: &Ground, routes: &[Path], args: &Args) -> Vec<String> {
    let Land::Network(network) = &ground.land else { return Vec::new() };
    let mut notes = Vec::new();
    let crossings_of = |route: &Path| -> Vec<&str> {
        network.crossings_on(&route.arcs).iter().map(|crossing| crossing.id.as_str()).collect()
    };
    let is_alike = routes.windows(2).all(|pair| crossings_of(&pair[0]) == crossings_of(&pair[1]));
    if routes.len() > 1 && is_alike && args.max_shared.is_none() && args.via.is_none() {
        notes.push("all of these pass the same crossings; --max-shared 0.5 lists routes that differ more".to_owned());
    }
    let is_green = |arc: u32| network.network.mode(network.network.link(arc)) == Mode::Green;
    if routes.iter().any(|route| route.arcs.iter().any(|&arc| is_green(arc))) {
        notes.push("a green border is crossed off the road; --avoid mode:green leaves such ways out".to_owned());
    }
    notes
}

/// What was found, with all that is told of it.
struct Answer<'a> {
    ground: &'a Ground,
    from: &'a Point,
    to: &'a Point,
    via: Option<&'a Point>,
    routes: &'a [Path],
    reason: Option<String>,
    notes: Vec<String>,
}

impl Answer<'_> {
    fn nodes(&self, route: &Path) -> Vec<u32> {
        let heads = route.arcs.iter().map(|&arc| self.ground.topology().head(arc));
        iter::once(self.from.node).chain(heads).collect()
    }

    fn route_json(&self, rank: usize, route: &Path) -> Value {
        let arc_cost =
            |arc: u32| self.ground.costs[arc as usize].map_or(Value::Null, |cost| self.ground.cost_json(cost));
        let nodes = self.nodes(route);
        let mut json = json!({ "rank": rank, "cost": self.ground.cost_json(route.cost) });
        match &self.ground.land {
            Land::Table(table) => {
                json["places"] = nodes.iter().map(|&node| table.id(node)).collect();
                json["arcs"] = route.arcs.iter().map(|&arc| table.arc_json(arc, arc_cost(arc))).collect();
            }
            Land::Network(network) => {
                let links = || route.arcs.iter().map(|&arc| network.network.link(arc));
                json["length_km"] = round(links().map(|link| network.network.length_km(link)).sum());
                json["time_h"] = round(links().map(|link| network.network.time_h(link)).sum());
                json["crossings"] =
                    network.crossings_on(&route.arcs).iter().map(|crossing| crossing.id.as_str()).collect();
                json["countries"] = network.countries_on(&nodes).iter().map(|country| country.as_str()).collect();
                json["places"] = nodes.iter().copied().collect();
                json["arcs"] = route.arcs.iter().map(|&arc| network.arc_json(arc, arc_cost(arc))).collect();
            }
        }
        json
    }

    fn json(&self, args: &Args) -> Result<String, Error> {
        let object = json!({
            "status": "ok",
            "from": self.from.json,
            "to": self.to.json,
            "via": self.via.map(|via| &via.json),
            "k": args.count,
            "unit": self.ground.unit(),
            "order": match args.max_shared {
                None => "cost, then number of arcs, then the first arc that differs: lower node, then earlier row",
                Some(_) => "cost, each sharing little with those before",
            },
            "routes": [],
            "reason": self.reason,
            "notes": self.notes,
        });
        with_items(object, "routes", (1..).zip(self.routes).map(|(rank, route)| self.route_json(rank, route)))
    }

    fn geojson(&self) -> Result<String, Error> {
        let object = json!({ "type": "FeatureCollection", "features": [], "reason": self.reason, "notes": self.notes });
        let Land::Network(network) = &self.ground.land else { return with_items(object, "features", iter::empty()) };
        let features = (1..).zip(self.routes).map(|(rank, route)| {
            let mut line: Vec<[f64; 2]> = route.arcs.iter().flat_map(|&arc| network.line(arc)).collect();
            line.dedup();
            let mut properties = self.route_json(rank, route);
            if let Some(properties) = properties.as_object_mut() {
                properties.remove("arcs");
                properties.remove("places");
                properties.insert("unit".to_owned(), Value::from(self.ground.unit()));
            }
            // A line has two different ends at least: from a node to itself it is a point.
            let here = network.network.position(self.from.node);
            let geometry = match line.len() {
                0 | 1 => json!({ "type": "Point", "coordinates": [here.lon, here.lat] }),
                _ => json!({ "type": "LineString", "coordinates": line }),
            };
            json!({ "type": "Feature", "geometry": geometry, "properties": properties })
        });
        with_items(object, "features", features)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let via = self.via.map_or_else(String::new, |via| format!(" over {}", via.label));
        match (&self.reason, self.routes.len()) {
            (Some(reason), _) => {
                let mut reason = reason.clone();
                if let Some(first) = reason.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                let _ = writeln!(text, "{reason}.");
            }
            (None, count) => {
                let word = if count == 1 { "route" } else { "routes" };
                let _ = writeln!(
                    text,
                    "{count} {word} from {} to {}{via}, {}:",
                    self.from.label,
                    self.to.label,
                    self.ground.unit()
                );
            }
        }
        let mut routes_over: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        self.routes.iter().for_each(|route| *routes_over.entry(self.nodes(route)).or_insert(0) += 1);
        let costs: Vec<String> = self.routes.iter().map(|route| self.ground.cost_text(route.cost)).collect();
        let width = costs.iter().map(String::len).max().unwrap_or(0);
        for (rank, (route, cost)) in (1..).zip(self.routes.iter().zip(&costs)) {
            let _ = writeln!(text, "{rank:>4}  {cost:>width$}  {}", self.way(route, &routes_over));
        }
        for note in &self.notes {
            let _ = writeln!(text, "Note: {note}.");
        }
        text
    }

    /// The way of a route for people: nodes of a table, crossings of the network.
    fn way(&self, route: &Path, routes_over: &BTreeMap<Vec<u32>, usize>) -> String {
        let nodes = self.nodes(route);
        match &self.ground.land {
            Land::Table(table) => {
                // Routes that differ in parallel arcs only are told apart by their rows.
                let rows = match routes_over.get(&nodes).is_some_and(|&count| count > 1) {
                    true => {
                        let rows: Vec<String> = route.arcs.iter().map(|&arc| table.line(arc).to_string()).collect();
                        format!("  (rows {})", rows.join(" "))
                    }
                    false => String::new(),
                };
                let ids: Vec<&str> = nodes.iter().map(|&node| table.id(node)).collect();
                let way = match ids.as_slice() {
                    [first @ .., last] if ids.len() > 30 => format!("{} ... {last}", first[..28].join(" ")),
                    _ => ids.join(" "),
                };
                way + &rows
            }
            Land::Network(network) => {
                let km: f64 = route.arcs.iter().map(|&arc| network.network.length_km(network.network.link(arc))).sum();
                let hours: f64 = route.arcs.iter().map(|&arc| network.network.time_h(network.network.link(arc))).sum();
                let names: Vec<&str> =
                    network.crossings_on(&route.arcs).iter().map(|crossing| crossing.name.as_str()).collect();
                let by =
                    if names.is_empty() { "over no border".to_owned() } else { format!("by {}", names.join("; ")) };
                // A sum over no arc is -0.
                format!("{:.0} km, {:.1} h, {by}", km + 0.0, hours + 0.0)
            }
        }
    }
}

fn round(number: f64) -> Value {
    // a sum over no arc is -0
    json!((number * 1e3).round() / 1e3 + 0.0)
}
