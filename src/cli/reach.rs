//! `corridor reach`: what lies within a time, distance or cost of a point.

use super::ground::{Ground, GroundArgs, Land};
use super::network_ground::{NEAR_KM, NetworkGround};
use super::output::{Format, Shown};
use crate::error::Error;
use crate::inputs::Decimal;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Most lines for people; `--json` lists all.
const TOLD: usize = 40;

/// Arguments of `corridor reach`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ground: GroundArgs,
    /// Where the way begins: as in `corridor routes`.
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    from: String,
    /// How far: 2h, 90min, 1.5d; 120km, 800m with --weight length; a plain number is in the unit of the weight or table.
    #[arg(long, value_name = "LIMIT", allow_hyphen_values = true)]
    within: String,
    /// A file of `corridor network build` for this network or table: the hierarchy in it answers in one sweep.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// One thing that is reached.
struct Reached {
    cost: u64,
    kind: &'static str,
    id: String,
    name: String,
    country: Option<String>,
    /// How far the end of the link lies at which a place stands.
    node_distance_km: Option<f64>,
}

/// Reads, searches and tells.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let mut ground = args.ground.load_compiled(args.network.as_deref())?;
    let mut faults = Vec::new();
    let mut note = |result: Result<(), Error>| faults.extend(result.err().map(|error| error.to_string()));
    let point = ground.point("--from", &args.from);
    let limit = limit(&args.within, &ground);
    note(point.as_ref().map(|_| ()).map_err(|error| Error::Usage(error.to_string())));
    note(limit.as_ref().map(|_| ()).map_err(|why| Error::Usage(why.clone())));
    note(ground.avoid(&args.ground.avoid));
    let (Ok(from), Ok(limit), true) = (point, limit, faults.is_empty()) else {
        return Err(Error::Usage(faults.join("\n")));
    };
    let mut notes = ground.notes();
    notes.extend(ground.stay_home(&[&from], args.ground.borders()));
    let nodes = ground.reached(from.node, limit)?;
    let (reached, left_out) = name(&ground, &nodes);
    notes.extend(note_on(&left_out));
    let list: Vec<Value> = reached
        .iter()
        .map(|item| {
            let cost = ground.cost_json(item.cost);
            match item.kind {
                "node" => json!({ "place": item.id, "cost": cost }),
                kind => json!({ kind: item.id, "name": item.name, "country": item.country, "cost": cost,
                    "node_distance_km": item.node_distance_km }),
            }
        })
        .collect();
    let json = json!({
        "status": "ok",
        "from": from.json,
        "within": if limit == FARTHEST || ground.is_probability() { json!(args.within.trim()) } else { ground.cost_json(limit) },
        "unit": ground.unit(),
        "node_count": nodes.len(),
        "reached": list,
        "left_out": left_out.iter().map(LeftOut::json).collect::<Vec<_>>(),
        "notes": notes,
    });
    let told = if limit == FARTHEST || ground.is_probability() { args.within.clone() } else { ground.cost_text(limit) };
    let (label, limit, unit) = (&from.label, told, ground.unit());
    let mut text = match &ground.land {
        Land::Table(_) => format!("Nodes within {limit} ({unit}) of {label}: {}\n", nodes.len()),
        Land::Network(_) => format!(
            "Places and crossings within {limit} {unit} of {label}: {} ({} nodes of the network)\n",
            reached.len(),
            nodes.len()
        ),
    };
    for item in reached.iter().take(TOLD) {
        let country = item.country.as_deref().map_or_else(String::new, |country| format!(" {country}"));
        let label = if item.name.is_empty() { item.id.clone() } else { format!("{} ({})", item.name, item.id) };
        let _ = writeln!(text, "{:>12}  {label}{country}", ground.cost_text(item.cost));
    }
    if reached.len() > TOLD {
        let _ = writeln!(text, "... and {} more; --json lists all", reached.len() - TOLD);
    }
    for note in &notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    Ok(Shown::new(text, json))
}

/// A place or crossing that is not listed although the link nearest to it is reached.
struct LeftOut {
    kind: &'static str,
    id: String,
    name: String,
    country: String,
    /// How far the link lies.
    distance_km: f64,
    /// Farthest it may lie.
    within_km: f64,
}

impl LeftOut {
    fn json(&self) -> Value {
        let reason = match self.kind {
            "crossing" => "no road of the network reaches its posts".to_owned(),
            _ => format!("no link of the network within {} km", self.within_km),
        };
        json!({ self.kind: self.id, "name": self.name, "country": self.country,
            "distance_km": (self.distance_km * 1e3).round() / 1e3, "reason": reason })
    }
}

fn note_on(left_out: &[LeftOut]) -> Option<String> {
    let names: Vec<String> =
        left_out.iter().take(3).map(|item| format!("{} ({:.1} km)", item.name, item.distance_km)).collect();
    let more = if left_out.len() > names.len() { " and others" } else { "" };
    (!names.is_empty()).then(|| {
        format!("not listed, being too far from a link of the network: {}{more}; --json lists them", names.join(", "))
    })
}

/// What stands at the nodes reached, nearest first: nodes of a table; places and crossings of the network, and those left
/// out.
fn name(ground: &Ground, nodes: &[(u32, u64)]) -> (Vec<Reached>, Vec<LeftOut>) {
    match &ground.land {
        Land::Table(table) => {
            let reached = nodes.iter().map(|&(node, cost)| Reached {
                cost,
                kind: "node",
                id: table.id(node).to_owned(),
                name: String::new(),
                country: None,
                node_distance_km: None,
            });
            (reached.collect(), Vec::new())
        }
        Land::Network(network) => {
            let mut cost_of = vec![None; network.network.node_count()];
            nodes.iter().for_each(|&(node, cost)| cost_of[node as usize] = Some(cost));
            let (mut found, left_out) = places(network, &cost_of);
            for crossing in &network.inputs.crossings {
                let costs = crossing.post_ixs.into_iter().flatten().filter_map(|post| cost_of[post as usize]);
                if let Some(cost) = costs.min() {
                    let country = Some(crossing.countries.map(|country| country.to_string()).join("-"));
                    let (id, name) = (crossing.id.clone(), crossing.name.clone());
                    found.push(Reached { cost, kind: "crossing", id, name, country, node_distance_km: None });
                }
            }
            found.sort_by(|a, b| (a.cost, a.kind, &a.id).cmp(&(b.cost, b.kind, &b.id)));
            (found, left_out)
        }
    }
}

/// Places whose link is reached at its nearer end, and those that lie too far from it; also crossings without posts.
fn places(network: &NetworkGround, cost_of: &[Option<u64>]) -> (Vec<Reached>, Vec<LeftOut>) {
    let within_km = network.snap_km.min(NEAR_KM);
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    let snap = |position, country| {
        let snapped = network.nearest_link(position, country, f64::INFINITY)?;
        Some((snapped, cost_of[snapped.node as usize]?))
    };
    for place in &network.inputs.places {
        let Some((snapped, cost)) = snap(place.position, Some(place.country)) else { continue };
        let (id, name, country) = (place.id.clone(), place.name.clone(), place.country.to_string());
        let distance_km = snapped.distance_km;
        if distance_km > within_km {
            left_out.push(LeftOut { kind: "place", id, name, country, distance_km, within_km });
            continue;
        }
        let node_distance_km = Some((snapped.node_distance_km * 1e3).round() / 1e3);
        found.push(Reached { cost, kind: "place", id, name, country: Some(country), node_distance_km });
    }
    for crossing in network.inputs.crossings.iter().filter(|crossing| crossing.post_ixs.is_none()) {
        if let Some((snapped, _)) = snap(crossing.position, None) {
            let country = crossing.countries.map(|country| country.to_string()).join("-");
            let (id, name, distance_km) = (crossing.id.clone(), crossing.name.clone(), snapped.distance_km);
            left_out.push(LeftOut { kind: "crossing", id, name, country, distance_km, within_km });
        }
    }
    (found, left_out)
}

/// No route costs more.
const FARTHEST: u64 = 1 << 62;

/// The limit in the counting unit of costs.
fn limit(text: &str, ground: &Ground) -> Result<u64, String> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E')).unwrap_or(text.len());
    let (number, unit) = (text[..split].trim(), text[split..].trim());
    let factors: &[(&str, f64)] = match (&ground.land, ground.unit()) {
        (Land::Network(_), "h") => &[("h", 1.0), ("min", 1.0 / 60.0), ("d", 24.0)],
        (Land::Network(_), "km") => &[("km", 1.0), ("m", 1e-3)],
        (Land::Network(_), _) => &[("USD", 1.0)],
        (Land::Table(_), _) => &[],
    };
    let factor = match unit {
        "" => Some(1.0),
        unit => factors.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor),
    };
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
    let (Some(value), Some(factor)) = (value, factor) else {
        let units: Vec<&str> = factors.iter().map(|(name, _)| *name).collect();
        let after = if units.is_empty() { String::new() } else { format!(", with {} after it", units.join(", ")) };
        return Err(format!("N110: --within: found `{text}`; expected a number of 0 or more{after}"));
    };
    if ground.is_probability() {
        if value > 1.0 {
            return Err(format!("N110: --within: found `{text}`; expected the least probability, 0 to 1"));
        }
        // half a unit for each arc of a way, so that a way of just this probability lies within
        let rounding = ground.topology().node_count().min(1_000) as f64 / 2.0;
        return Ok((-value.ln() * ground.one() + rounding + 0.5).floor().min(FARTHEST as f64) as u64);
    }
    if let (Land::Table(_), Some(exact)) = (&ground.land, Decimal::parse(number)) {
        let units = exact.scaled_down(ground.places()).and_then(|units| u64::try_from(units).ok());
        return Ok(units.unwrap_or(FARTHEST).min(FARTHEST));
    }
    // A hair up: 0.3 h is 300,000 units, whatever binary fractions make of it.
    Ok((value * factor * ground.one() + 1e-6).floor().min(FARTHEST as f64) as u64)
}
