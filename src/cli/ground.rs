//! What path questions are asked on: a plain table of arcs, or the corridor network. One set of arguments for both.

use super::network_ground::NetworkGround;
use super::table_ground::TableGround;
use crate::error::Error;
use crate::inputs::{Directions, Meaning};
use crate::network::{Topology, Ways};
use clap::ValueEnum;
use serde_json::{Number, Value};
use std::path::PathBuf;

/// What a route costs on the corridor network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Weight {
    /// Hours, with the waiting at crossings and ports.
    Time,
    /// Kilometres.
    Length,
    /// Generalised cost of a consignment of opiates, USD: time, distance, and the risk assumed before any estimate.
    Cost,
}

/// Whether a trip may leave its country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Borders {
    /// A trip within one country stays there.
    StayHome,
    /// It may lead over other countries.
    MayLeave,
}

/// Arguments of every path question.
#[derive(Debug, clap::Args)]
pub(super) struct GroundArgs {
    /// corridor.toml, or the directory that holds it [default: the built-in tables and settings].
    config: Option<PathBuf>,
    /// A plain table of arcs to ask instead of the corridor network: columns from, to, cost; `closed` when there is one.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    arcs: Option<PathBuf>,
    /// Column of the table that holds the costs.
    #[arg(long, value_name = "NAME", default_value = "cost", requires = "arcs")]
    cost_column: String,
    /// The column holds evasion probabilities, 0 to 1: the best route is the one with the largest product.
    #[arg(long, requires = "arcs")]
    most_reliable: bool,
    /// Every row of the table stands for both directions.
    #[arg(long, requires = "arcs")]
    both_ways: bool,
    /// What a route costs on the corridor network.
    #[arg(long, value_enum, default_value = "time", conflicts_with = "arcs")]
    weight: Weight,
    /// What not to pass; may be given several times. On the corridor network: a country (AFG), a crossing, a place, or
    /// mode:sea and the like. In a table: a node, A->B for the arcs from A to B, or row:12 for one row.
    #[arg(long, value_name = "WHAT")]
    pub(super) avoid: Vec<String>,
    /// On the corridor network: a trip within one country may lead over others.
    #[arg(long, conflicts_with = "arcs")]
    allow_abroad: bool,
    /// On the corridor network: farthest a position may lie from a link, km.
    #[arg(long, value_name = "KM", default_value_t = 50.0, conflicts_with = "arcs", value_parser = radius)]
    snap_km: f64,
}

fn radius(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(km) if km.is_finite() && (0.0..=1000.0).contains(&km) => Ok(km),
        _ => Err("give kilometres, 0 to 1000".to_owned()),
    }
}

impl GroundArgs {
    /// Whether a plain table is asked.
    pub(super) fn is_table(&self) -> bool {
        self.arcs.is_some()
    }

    /// Reads the tables.
    pub(super) fn load(&self) -> Result<Ground, Error> {
        if let Some(path) = &self.arcs {
            let directions = if self.both_ways { Directions::BothWays } else { Directions::OneWay };
            let meaning = if self.most_reliable { Meaning::EvasionProbability } else { Meaning::Cost };
            let table = TableGround::load(path, &self.cost_column, meaning, directions)?;
            return Ok(Ground { costs: table.costs(), land: Land::Table(Box::new(table)) });
        }
        let network = NetworkGround::load(self.config.as_deref(), self.weight, self.snap_km)?;
        Ok(Ground { costs: network.costs(), land: Land::Network(Box::new(network)) })
    }

    /// Whether a trip within one country stays there.
    pub(super) fn borders(&self) -> Borders {
        if self.allow_abroad { Borders::MayLeave } else { Borders::StayHome }
    }
}

/// An end of a trip.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// The node.
    pub(super) node: u32,
    /// What it is called.
    pub(super) label: String,
    /// What a program reads of it.
    pub(super) json: Value,
}

/// A loaded graph with the costs of one question.
pub(super) struct Ground {
    /// Cost of every arc; none = closed or avoided.
    pub(super) costs: Vec<Option<u64>>,
    pub(super) land: Land,
}

pub(super) enum Land {
    Table(Box<TableGround>),
    Network(Box<NetworkGround>),
}

impl Ground {
    pub(super) fn topology(&self) -> &Topology {
        match &self.land {
            Land::Table(table) => table.topology(),
            Land::Network(network) => network.topology(),
        }
    }

    pub(super) fn ways(&self) -> Ways<'_> {
        Ways::with(self.topology(), |arc| self.costs[arc as usize])
    }

    /// The end that `text` names.
    pub(super) fn point(&self, flag: &str, text: &str) -> Result<Point, Error> {
        match &self.land {
            Land::Table(table) => table.point(flag, text),
            Land::Network(network) => network.point(flag, text),
        }
    }

    /// Closes what is to be avoided; all that is not known is told at once.
    pub(super) fn avoid(&mut self, what: &[String]) -> Result<(), Error> {
        let mut unknown = Vec::new();
        for text in what {
            let closed = match &self.land {
                Land::Table(table) => table.arcs_of(text),
                Land::Network(network) => network.arcs_of(text),
            };
            match closed {
                Ok(arcs) => arcs.into_iter().for_each(|arc| self.costs[arc as usize] = None),
                Err(why) => unknown.push(why),
            }
        }
        if unknown.is_empty() { Ok(()) } else { Err(Error::Usage(unknown.join("\n"))) }
    }

    /// Closes what lies abroad when all `points` lie in one country and the trip may not leave it; tells so.
    pub(super) fn stay_home(&mut self, points: &[&Point], borders: Borders) -> Option<String> {
        let Land::Network(network) = &self.land else { return None };
        if borders == Borders::MayLeave {
            return None;
        }
        let home = network.common_country(points)?;
        for arc in network.arcs_abroad(home) {
            self.costs[arc as usize] = None;
        }
        Some(format!("the trip stays in {home}; --allow-abroad lets it leave"))
    }

    /// Digits after the point that costs are counted in.
    fn places(&self) -> u32 {
        match &self.land {
            Land::Table(table) => table.places(),
            Land::Network(network) => network.places(),
        }
    }

    /// Unit of costs, for people.
    pub(super) fn unit(&self) -> &str {
        match &self.land {
            Land::Table(table) => table.unit(),
            Land::Network(network) => network.unit(),
        }
    }

    /// How many counting units the unit is.
    pub(super) fn one(&self) -> f64 {
        10_f64.powi(self.places() as i32)
    }

    /// The product of evasion probabilities behind a cost, when the table holds such.
    fn evasion(&self, cost: u64) -> Option<f64> {
        match &self.land {
            Land::Table(table) if table.meaning() == Meaning::EvasionProbability => {
                Some((-(cost as f64) / self.one()).exp())
            }
            _ => None,
        }
    }

    /// Whether costs are products of evasion probabilities.
    pub(super) fn is_probability(&self) -> bool {
        self.evasion(0).is_some()
    }

    /// A cost in the unit, exact.
    pub(super) fn cost_text(&self, cost: u64) -> String {
        self.evasion(cost).map_or_else(|| decimal_text(cost, self.places()), |evasion| format!("{evasion:.6}"))
    }

    /// A cost in the unit as a number: whole when it is whole.
    pub(super) fn cost_json(&self, cost: u64) -> Value {
        if let Some(evasion) = self.evasion(cost) {
            return Value::from(evasion);
        }
        let text = self.cost_text(cost);
        match (text.parse::<u64>(), text.parse::<f64>().ok().and_then(Number::from_f64)) {
            (Ok(whole), _) => Value::from(whole),
            (_, Some(number)) => Value::Number(number),
            _ => Value::Null,
        }
    }

    /// What to know about the answers.
    pub(super) fn notes(&self) -> Vec<String> {
        match &self.land {
            Land::Table(table) => table.notes(),
            Land::Network(_) => Vec::new(),
        }
    }
}

/// `units / 10^places` without zeros at the end.
pub(super) fn decimal_text(units: u64, places: u32) -> String {
    let one = 10_u64.pow(places);
    let (whole, part) = (units / one, units % one);
    if part == 0 {
        return whole.to_string();
    }
    let part = format!("{part:0width$}", width = places as usize);
    format!("{whole}.{}", part.trim_end_matches('0'))
}
