//! Plain tables of arcs: `from`, `to` and a cost, ids free text, costs exact.

use super::decimal::Decimal;
use super::plain::{Column, PlainTable};
use super::problem::InputProblems;
use crate::network::{Topology, Ways};
use std::collections::HashMap;
use std::path::Path;

/// Most digits after the point that are kept.
const MOST_PLACES: u32 = 15;
/// A route's cost stays below this many units.
const LARGEST_SUM: i128 = 1 << 62;

/// What each row of a table of arcs says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directions {
    /// One arc, from `from` to `to`.
    OneWay,
    /// Two arcs of the same cost, there and back.
    BothWays,
}

/// What the column of costs holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Costs that add up.
    Cost,
    /// Evasion probabilities, 0 to 1, that multiply: the cost is `-ln p` in units of 10^-12 (more, where a route could reach
    /// 2^62 of these), and 0 is a closed arc.
    EvasionProbability,
}

/// Most digits after the point of a `-ln p`.
const NAT_PLACES: u32 = 12;

/// A table of arcs, frozen. Costs are whole numbers of `10^-places` of the table's unit.
#[derive(Clone, Debug)]
pub struct ArcTable {
    topology: Topology,
    costs: Vec<Option<u64>>,
    lines: Vec<u64>,
    ids: Vec<String>,
    places: u32,
    rounded: usize,
    rows: usize,
    cost_title: String,
}

/// Whole numbers by value, before other texts by their letters: the order of nodes, and so of ties.
fn order(id: &str) -> (bool, u128, &str) {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let value = if is_number { id.parse().ok() } else { None };
    (value.is_none(), value.unwrap_or(0), id)
}

impl ArcTable {
    /// Nodes and arcs. Nodes are numbered by their ids, whole numbers by value, then other texts by their letters.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// The open arcs.
    #[must_use]
    pub fn ways(&self) -> Ways<'_> {
        Ways::with(&self.topology, |arc| self.costs[arc as usize])
    }

    /// Cost of an arc in units of `10^-places`; none = closed.
    #[must_use]
    pub fn cost(&self, arc: u32) -> Option<u64> {
        self.costs[arc as usize]
    }

    /// Line of the file, header = 1, where the arc stands.
    #[must_use]
    pub fn line(&self, arc: u32) -> u64 {
        self.lines[arc as usize]
    }

    /// Id of a node.
    #[must_use]
    pub fn id(&self, node: u32) -> &str {
        &self.ids[node as usize]
    }

    /// Node of an id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<u32> {
        self.ids.binary_search_by(|other| order(other).cmp(&order(id))).ok().map(|node| node as u32)
    }

    /// Ids much like `text`, likest first.
    #[must_use]
    pub fn near(&self, text: &str) -> Vec<&str> {
        let mut near: Vec<(f64, &str)> = self
            .ids
            .iter()
            .map(|id| (strsim::jaro_winkler(&id.to_lowercase(), &text.to_lowercase()), id.as_str()))
            .filter(|(likeness, _)| *likeness > 0.8)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        near.into_iter().take(3).map(|(_, id)| id).collect()
    }

    /// Digits after the point that costs are counted in.
    #[must_use]
    pub fn places(&self) -> u32 {
        self.places
    }

    /// Rows whose cost had more digits than are kept, and was rounded.
    #[must_use]
    pub fn rounded_count(&self) -> usize {
        self.rounded
    }

    /// What the header calls the column of costs.
    #[must_use]
    pub fn cost_title(&self) -> &str {
        &self.cost_title
    }

    /// Rows of the table.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.rows
    }
}

struct Rows {
    ends: Vec<(u32, u32)>,
    costs: Vec<Option<Decimal>>,
    lines: Vec<u64>,
    ids: Vec<String>,
    known: HashMap<String, u32>,
}

/// Where an arc begins.
pub const FROM: Column = &["from", "tail", "origin", "source", "from_node"];
/// Where it ends.
pub const TO: Column = &["to", "head", "destination", "target", "to_node"];
/// What it costs, where no column is named.
pub const COST: Column = &["cost", "length", "distance"];
/// The part that gets through, where no column is named.
const EVASION: Column = &["evasion_probability", "evasion", "probability", "cost"];
const CLOSED: Column = &["closed"];

/// Reads a table of arcs: columns `from`, `to`, the costs (`cost_column`, or one of the usual names) and `closed` when it is
/// there; others are ignored. Titles and their other names as in [`PlainTable::read`]. Parallel arcs and self loops are kept.
///
/// Costs are read as they are written and counted in the smallest power of ten that holds every value, down to 10^-15
/// and as far as the cost of a route over all nodes stays below 2^62; values with more digits are rounded to it, and
/// counted by [`ArcTable::rounded_count`].
///
/// # Errors
/// All problems at once: a column that is missing, a cell that is empty, a cost that is not a number, not finite,
/// negative or too large, each with row and value.
pub fn read_arcs(
    path: &Path,
    cost_column: Option<&str>,
    meaning: Meaning,
    directions: Directions,
) -> Result<ArcTable, InputProblems> {
    let asked = cost_column.map(|name| [name]);
    let names: &[&str] = match (&asked, meaning) {
        (Some(asked), _) => asked,
        (None, Meaning::Cost) => COST,
        (None, Meaning::EvasionProbability) => EVASION,
    };
    let mut table = PlainTable::read(path, &[FROM, TO, names], &[CLOSED]);
    for problem in table.problems.iter_mut().filter(|problem| problem.code == "I104" && problem.column == names[0]) {
        if !problem.fix.starts_with("save") {
            problem.fix.push_str(", or name the column of costs with --cost-column");
        }
    }
    let mut rows =
        Rows { ends: Vec::new(), costs: Vec::new(), lines: Vec::new(), ids: Vec::new(), known: HashMap::new() };
    for row in 0..table.row_count() {
        let ends = (rows.end(&mut table, row, FROM[0]), rows.end(&mut table, row, TO[0]));
        let is_closed = is_closed(&mut table, row);
        let is_empty = is_closed && table.cell(row, names[0]).is_empty();
        let cost = if is_empty { None } else { cost_of(&mut table, row, names[0], meaning) };
        rows.ends.push(ends);
        rows.costs.push(cost.filter(|_| !is_closed));
        rows.lines.push(table.line(row));
    }
    if table.problems.is_empty() {
        freeze(rows, &mut table, names[0], meaning, directions).ok_or(table)
    } else {
        Err(table)
    }
    .map_err(|mut table| {
        table.problems.sort_by_key(|problem| problem.row);
        InputProblems { problems: table.problems }
    })
}

impl Rows {
    /// The node that an end of a row names.
    fn end(&mut self, table: &mut PlainTable, row: usize, column: &str) -> u32 {
        let cell = table.cell(row, column);
        if cell.is_empty() {
            table.id(row, column);
            return 0;
        }
        if let Some(&node) = self.known.get(cell) {
            return node;
        }
        let node = self.ids.len() as u32;
        self.ids.push(cell.to_owned());
        self.known.insert(cell.to_owned(), node);
        node
    }
}

fn is_closed(table: &mut PlainTable, row: usize) -> bool {
    let cell = table.cell(row, CLOSED[0]).to_ascii_lowercase();
    match cell.as_str() {
        "" | "0" | "false" | "no" | "open" => false,
        "1" | "true" | "yes" | "closed" => true,
        _ => {
            let expected = "true, yes, 1 or closed; false, no, 0, open or nothing";
            let found = table.cell(row, CLOSED[0]).to_owned();
            table.problem(table.line(row), CLOSED[0], "I204", [&found, expected, "use one of the words listed"]);
            false
        }
    }
}

fn cost_of(table: &mut PlainTable, row: usize, column: &str, meaning: Meaning) -> Option<Decimal> {
    let expected = match meaning {
        Meaning::Cost => "a finite number, 0 or more",
        Meaning::EvasionProbability => "a probability, 0 to 1",
    };
    let cell = table.cell(row, column);
    let too_large = format!("at most {LARGEST_SUM}, so that no route's cost overflows");
    let mut expected = expected;
    let (code, fix) = match Decimal::parse(cell) {
        None if cell.is_empty() => ("I201", "fill the cell, or set the arc's `closed` to true"),
        None => ("I202", "write digits with a decimal point, no unit and no thousands separator"),
        Some(cost) if cost.is_negative() => ("I203", "correct the number; an arc not to be used is `closed`"),
        Some(cost) if meaning == Meaning::EvasionProbability && cost.value() > 1.0 => {
            ("I203", "correct the number: the part that gets through, not a percentage")
        }
        Some(cost) if cost.scaled(0).is_some_and(|whole| whole <= LARGEST_SUM) => return Some(cost),
        Some(_) => {
            expected = &too_large;
            ("I203", "give the cost in a larger unit")
        }
    };
    let found = if cell.is_empty() { "an empty cell".to_owned() } else { cell.to_owned() };
    table.problem(table.line(row), column, code, [&found, expected, fix]);
    None
}

/// Numbers the nodes by their ids and the costs by the finest unit that holds them; none after problems of `source`.
fn freeze(
    rows: Rows,
    source: &mut PlainTable,
    cost_column: &str,
    meaning: Meaning,
    directions: Directions,
) -> Option<ArcTable> {
    let most = LARGEST_SUM / rows.ids.len().max(2) as i128;
    let wanted = rows.costs.iter().flatten().map(|cost| cost.decimals()).max().unwrap_or(0).min(MOST_PLACES);
    let fits = |places: u32, cost: &Decimal| cost.scaled(places).is_some_and(|scaled| scaled <= most);
    let places =
        (0..=wanted).rev().find(|&places| rows.costs.iter().flatten().all(|cost| fits(places, cost))).unwrap_or(0);
    let mut costs = Vec::with_capacity(rows.costs.len());
    for (row, cost) in rows.costs.iter().enumerate() {
        let scaled = cost.and_then(|cost| cost.scaled(places)).unwrap_or(i128::from(u64::MAX));
        if cost.is_some() && scaled > most {
            let expected = format!("at most {most}, so that no route's cost overflows");
            let found = source.cell(row, cost_column).to_owned();
            source.problem(
                source.line(row),
                cost_column,
                "I203",
                [&found, &expected, "give the cost in a larger unit"],
            );
        }
        costs.push(cost.map(|_| u64::try_from(scaled).unwrap_or(u64::MAX)));
    }
    if !source.problems.is_empty() {
        return None;
    }
    let mut rounded = rows.costs.iter().flatten().filter(|cost| cost.decimals() > places).count();
    let mut places = places;
    if meaning == Meaning::EvasionProbability {
        let chances = || rows.costs.iter().flatten().map(|cost| cost.value()).filter(|&chance| chance > 0.0);
        let longest = chances().map(|chance| -chance.ln()).fold(0.0, f64::max) * rows.ids.len().max(2) as f64;
        let fits = |places: &u32| longest * 10_f64.powi(*places as i32) <= LARGEST_SUM as f64;
        (places, rounded) = ((0..=NAT_PLACES).rev().find(fits).unwrap_or(0), 0);
        let nats = |chance: f64| (-chance.ln() * 10_f64.powi(places as i32)).round().abs() as u64;
        let open = |cost: &Decimal| Some(cost.value()).filter(|&chance| chance > 0.0).map(nats);
        costs = rows.costs.iter().map(|cost| cost.as_ref().and_then(open)).collect();
    }
    let mut by_id: Vec<u32> = (0..rows.ids.len() as u32).collect();
    by_id.sort_by(|&a, &b| order(&rows.ids[a as usize]).cmp(&order(&rows.ids[b as usize])));
    let mut number = vec![0_u32; by_id.len()];
    (0..).zip(&by_id).for_each(|(node, &old)| number[old as usize] = node);
    let mut ends: Vec<(u32, u32)> =
        rows.ends.iter().map(|&(from, to)| (number[from as usize], number[to as usize])).collect();
    let mut lines = rows.lines;
    if directions == Directions::BothWays {
        ends = ends.iter().flat_map(|&(from, to)| [(from, to), (to, from)]).collect();
        costs = costs.iter().flat_map(|&cost| [cost, cost]).collect();
        lines = lines.iter().flat_map(|&line| [line, line]).collect();
    }
    let (topology, arc_of_place) = Topology::new(by_id.len(), &ends);
    let mut table = ArcTable {
        topology,
        costs: vec![None; ends.len()],
        lines: vec![0; ends.len()],
        ids: by_id.iter().map(|&old| rows.ids[old as usize].clone()).collect(),
        places,
        rounded,
        rows: source.row_count(),
        cost_title: source.title(cost_column).unwrap_or(cost_column).to_owned(),
    };
    for (place, &arc) in arc_of_place.iter().enumerate() {
        table.costs[arc as usize] = costs[place];
        table.lines[arc as usize] = lines[place];
    }
    Some(table)
}
