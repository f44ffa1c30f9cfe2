//! What path questions are asked on: a plain table of arcs, or the corridor network. One set of arguments for both.

use super::network_ground::NetworkGround;
use super::table_ground::TableGround;
use crate::error::Error;
use crate::inputs::{Directions, Meaning, with_mapped};
use crate::network::{
    Avoid, CLOSED, Hierarchy, Metric, Path, Topology, Ways, WithinSpace, arcs_avoided, cheapest_route, within,
};
use crate::parallel::map_in_order_with;
use crate::records::{Commodity, Iso3};
use clap::ValueEnum;
use serde_json::{Number, Value};
use std::path::{Path as FilePath, PathBuf};

/// What a route costs on the corridor network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Weight {
    /// Hours, with the waiting at crossings and ports.
    Time,
    /// Kilometres.
    Length,
    /// Generalised cost of a consignment (of opiates unless --commodity), USD: time, distance, and the risk assumed before
    /// any estimate.
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
    /// Column of the table that holds the costs [default: cost, length or distance].
    #[arg(long, value_name = "NAME", requires = "arcs")]
    cost_column: Option<String>,
    /// The column holds evasion probabilities, 0 to 1: the best route is the one with the largest product.
    #[arg(long, requires = "arcs")]
    most_reliable: bool,
    /// Every row of the table stands for both directions.
    #[arg(long, requires = "arcs")]
    both_ways: bool,
    /// What a route costs on the corridor network.
    #[arg(long, value_enum, default_value = "time", conflicts_with = "arcs")]
    weight: Weight,
    /// On the corridor network: what is carried, opiates or precursors; crossings closed to it are closed.
    #[arg(long, value_name = "COMMODITY", conflicts_with = "arcs", value_parser = commodity)]
    commodity: Option<Commodity>,
    /// What not to pass; may be given several times. On the corridor network: a country (AFG, Iran), a crossing, a place, or
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

fn commodity(text: &str) -> Result<Commodity, String> {
    text.trim().to_lowercase().parse()
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
            let table = TableGround::load(path, self.cost_column.as_deref(), meaning, directions)?;
            return Ok(Ground { costs: table.costs(), land: Land::Table(Box::new(table)), hierarchy: None });
        }
        let network = NetworkGround::load(self.config.as_deref(), self.weight, self.snap_km, self.commodity)?;
        Ok(Ground { costs: network.costs(), land: Land::Network(Box::new(network)), hierarchy: None })
    }

    /// As [`GroundArgs::load`], with the hierarchy of a compiled network when there is one.
    pub(super) fn load_compiled(&self, compiled: Option<&FilePath>) -> Result<Ground, Error> {
        let mut ground = self.load()?;
        if let Some(path) = compiled {
            ground.hierarchy = Some(ground.compiled(path)?.0);
        }
        Ok(ground)
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
    /// Of a crossing as a whole: the arcs over the border, closed ones too.
    pub(super) over: Option<Vec<u32>>,
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
    /// Answers in place of a plain search where it can.
    hierarchy: Option<Hierarchy>,
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

    /// The hierarchy in a file of `corridor network build`, and the bytes of the file.
    pub(super) fn compiled(&self, path: &FilePath) -> Result<(Hierarchy, usize), Error> {
        let refused = |reason: String| Error::Refused(format!("{}: {reason}", path.display()));
        let read = |bytes: &[u8]| (Hierarchy::from_bytes_for(bytes, self.topology()), bytes.len());
        let (hierarchy, byte_count) = with_mapped(path, read)
            .map_err(|error| refused(format!("I101: {error}; name a file that `corridor network build` wrote")))?;
        Ok((hierarchy.map_err(|error| refused(error.to_string()))?, byte_count))
    }

    /// What `ask` finds on the hierarchy under `costs`; none without a hierarchy, or when a cost needs more than 32 bits.
    fn on_hierarchy<T>(&self, costs: &[Option<u64>], ask: impl FnOnce(&Metric<'_>) -> T) -> Result<Option<T>, Error> {
        let Some(hierarchy) = &self.hierarchy else { return Ok(None) };
        let narrow = |cost: &Option<u64>| match *cost {
            None => Some(CLOSED),
            Some(cost) => u32::try_from(cost).ok().filter(|&cost| cost != CLOSED),
        };
        let Some(costs) = costs.iter().map(narrow).collect::<Option<Vec<u32>>>() else { return Ok(None) };
        let metric = hierarchy.customise(&costs).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Some(ask(&metric)))
    }

    /// The first of the shortest routes, read off the hierarchy; none without one.
    pub(super) fn cheapest(&self, from: u32, to: u32) -> Result<Option<Vec<Path>>, Error> {
        self.on_hierarchy(&self.costs, |metric| {
            let cost_to = metric.costs_to(&[to]).row(0);
            cheapest_route(&self.ways(), &cost_to, from, to).into_iter().collect()
        })
    }

    /// The nodes within `limit` of `from`, with their costs, nearest first.
    pub(super) fn reached(&self, from: u32, limit: u64) -> Result<Vec<(u32, u64)>, Error> {
        let swept = self.on_hierarchy(&self.costs, |metric| {
            let costs = metric.costs_from(&[from]).row(0);
            let mut near: Vec<(u32, u64)> =
                (0..).zip(costs).filter(|&(_, cost)| cost != u64::MAX && cost <= limit).collect();
            near.sort_unstable_by_key(|&(node, cost)| (cost, node));
            near
        })?;
        Ok(swept.unwrap_or_else(|| within(&self.ways(), from, limit, &mut WithinSpace::default())))
    }

    /// Least cost under `costs` from every source (row) to every target (column); none = not reachable.
    pub(super) fn table(
        &self,
        costs: &[Option<u64>],
        sources: &[u32],
        targets: &[u32],
    ) -> Result<Vec<Vec<Option<u64>>>, Error> {
        let open = |cost: u64| (cost != u64::MAX).then_some(cost);
        let swept = self.on_hierarchy(costs, |metric| {
            let table = metric.table(sources, targets);
            (0..sources.len()).map(|row| table.row(row).iter().map(|&cost| open(cost)).collect()).collect()
        })?;
        if let Some(table) = swept {
            return Ok(table);
        }
        let ways = Ways::with(self.topology(), |arc| costs[arc as usize]);
        let row = |space: &mut WithinSpace, &source: &u32| {
            let mut costs = vec![None; ways.node_count()];
            within(&ways, source, u64::MAX, space)
                .into_iter()
                .for_each(|(node, cost)| costs[node as usize] = Some(cost));
            targets.iter().map(|&target| costs[target as usize]).collect()
        };
        Ok(map_in_order_with(sources, WithinSpace::default, row))
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
        self.costs = self.costs_at_home(home);
        Some(format!("the trip stays in {home}; --allow-abroad lets it leave"))
    }

    /// The costs with every way abroad closed.
    pub(super) fn costs_at_home(&self, home: Iso3) -> Vec<Option<u64>> {
        let mut costs = self.costs.clone();
        if let Land::Network(network) = &self.land {
            let abroad = arcs_avoided(&network.network, Avoid::Abroad(home));
            abroad.into_iter().for_each(|arc| costs[arc as usize] = None);
        }
        costs
    }

    /// Digits after the point that costs are counted in.
    pub(super) fn places(&self) -> u32 {
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
                // to the digits that the sum of rounded logarithms leaves sure
                format!("{:.9e}", (-(cost as f64) / self.one()).exp()).parse().ok()
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
