//! The plain tables of a location problem: costs between demands and sites, weights, sites; and OR-Library's p-median
//! files.

use super::decimal::Decimal;
use super::plain::{Column, PlainTable, problem_of, read_text};
use super::problem::{Problem, Severity};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::Path;

const ORIGIN: Column = &["origin", "demand", "demand_id", "client", "from"];
const DESTINATION: Column = &["destination", "site", "site_id", "facility", "to"];
const COST: Column = &["cost", "distance", "time", "length"];
const ID: Column = &["id", "name"];
const WEIGHT: Column = &["weight", "demand", "population"];
const SITE_COST: Column = &["cost", "price"];
const COUNTRY: Column = &["country", "iso3"];
const PAIR: Column = &["pair", "crossing"];
const STATUS: Column = &["status"];
const EXCLUSIVE: Column = &["exclusive"];
const REQUIRES: Column = &["requires"];
const FLOW: Column = &["flow", "flow_id", "id"];

/// Names in order of appearance.
#[derive(Debug, Default)]
pub struct Names {
    /// Name of each number.
    pub names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    /// The number of a name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The number of a name, new or known.
    fn add(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// A word of the column `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteStatus {
    /// May be chosen.
    Candidate,
    /// Works already.
    Existing,
    /// Must be chosen.
    Required,
    /// Must not be chosen.
    Forbidden,
}

/// A row of the table of sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRow {
    /// What it costs; none without the column.
    pub cost: Option<Decimal>,
    /// Its country.
    pub country: Option<String>,
    /// The label it shares with the other post of a pair.
    pub pair: Option<String>,
    /// The label it shares with sites of which at most one may work.
    pub exclusive: Option<String>,
    /// The site it needs.
    pub requires: Option<String>,
    /// Its status.
    pub status: SiteStatus,
}

/// The columns of a table of sites that [`SiteRow::read`] takes.
pub const RULE_COLUMNS: [Column; 5] = [COUNTRY, PAIR, STATUS, EXCLUSIVE, REQUIRES];

impl SiteRow {
    /// A row's rules.
    pub fn read(table: &mut PlainTable, row: usize, cost: Option<Decimal>) -> Self {
        let status = match table.cell(row, "status").to_lowercase().as_str() {
            "" | "candidate" => SiteStatus::Candidate,
            "existing" => SiteStatus::Existing,
            "required" => SiteStatus::Required,
            "forbidden" => SiteStatus::Forbidden,
            other => {
                let line = table.line(row);
                let expected = "candidate, existing, required or forbidden";
                table.problem(line, "status", "I204", [other, expected, "use one of these words"]);
                SiteStatus::Candidate
            }
        };
        let label = |column: &str| Some(table.cell(row, column).to_owned()).filter(|label| !label.is_empty());
        Self {
            cost,
            country: label("country"),
            pair: label("pair"),
            exclusive: label("exclusive"),
            requires: label("requires"),
            status,
        }
    }
}

impl Default for SiteRow {
    fn default() -> Self {
        let status = SiteStatus::Candidate;
        Self { cost: None, country: None, pair: None, exclusive: None, requires: None, status }
    }
}

/// A location problem as its tables give it.
#[derive(Debug, Default)]
pub struct LocationTables {
    /// Demands.
    pub demands: Names,
    /// Weight of each demand.
    pub weights: Vec<Decimal>,
    /// Sites.
    pub sites: Names,
    /// What the table of sites says of each; defaults without one.
    pub site_rows: Vec<SiteRow>,
    /// Demand, site and cost; each pair once.
    pub costs: Vec<(u32, u32, Decimal)>,
    /// The file's own number of sites (OR-Library).
    pub site_limit: Option<u32>,
}

/// Where costs come from.
#[derive(Clone, Copy, Debug)]
pub enum CostSource<'a> {
    /// A table with origin (demand), destination (site) and cost.
    Costs(&'a Path),
    /// A table with flow (demand) and site: within reach or not.
    Visits(&'a Path),
    /// An OR-Library p-median file.
    OrLibrary(&'a Path),
}

/// Reads the tables of a problem. Without a table of demands each has weight 1, without one of sites every destination
/// is a candidate.
///
/// # Errors
/// Every problem found.
pub fn read_location(
    source: CostSource<'_>,
    demand: Option<&Path>,
    sites: Option<&Path>,
) -> Result<LocationTables, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut tables = LocationTables::default();
    let is_flows = matches!(source, CostSource::Visits(_));
    let demand_lines = demand.map(|path| (path, tables.read_demand(path, is_flows, &mut problems)));
    let site_lines = sites.map(|path| (path, tables.read_sites(path, &mut problems)));
    // Ids are compared with a table that could be read: else each row would be told for the other table's fault.
    let is_known = (demand.is_some() && tables.demands.count() > 0, sites.is_some() && tables.sites.count() > 0);
    match source {
        CostSource::Costs(path) => tables.read_costs(path, [ORIGIN, DESTINATION], is_known, &mut problems),
        CostSource::Visits(path) => tables.read_costs(path, [FLOW, DESTINATION], is_known, &mut problems),
        CostSource::OrLibrary(path) => {
            if let Some(node_count) = tables.read_or_library(path, is_known, &mut problems) {
                for ((path, lines), names) in (demand_lines.iter().map(|lines| (lines, &tables.demands)))
                    .chain(site_lines.iter().map(|lines| (lines, &tables.sites)))
                {
                    no_nodes(path, lines, names, node_count, &mut problems);
                }
            }
        }
    }
    tables.weights.resize(tables.demands.count(), Decimal::ONE);
    tables.site_rows.resize(tables.sites.count(), SiteRow::default());
    if problems.is_empty() { Ok(tables) } else { Err(problems) }
}

impl LocationTables {
    /// Sites alone, of the rows of a table, each with a name of its own; what they require is looked up.
    #[must_use]
    pub fn of_sites(names: &[String], site_rows: Vec<SiteRow>, table: &mut PlainTable) -> Self {
        let mut tables = Self { site_rows, ..Self::default() };
        names.iter().for_each(|name| _ = tables.sites.add(name));
        tables.check_needed(table);
        tables
    }

    fn check_needed(&self, table: &mut PlainTable) {
        for row in 0..table.row_count() {
            let needed = table.cell(row, "requires").to_owned();
            if !needed.is_empty() && self.sites.number(&needed).is_none() {
                unknown(table, row, "requires", &needed, "a site of this table");
            }
        }
    }

    /// Gives the line of each demand.
    fn read_demand(&mut self, path: &Path, is_flows: bool, problems: &mut Vec<Problem>) -> Vec<u64> {
        let mut lines = Vec::new();
        let id: Column = if is_flows { &["id", "flow", "flow_id", "name"] } else { ID };
        let weight: Column = if is_flows { &["weight", "flow", "volume"] } else { WEIGHT };
        // A table of flows may call its identifier `flow`: then that is not the weight.
        let mut table = PlainTable::read(path, &[id], &[weight]);
        for row in 0..table.row_count() {
            let (Some(name), weight) = (table.id(row, "id"), weight_of(&mut table, row)) else { continue };
            if self.demands.number(&name).is_some() {
                twice(&mut table, row, "id", &name);
                continue;
            }
            self.demands.add(&name);
            lines.push(table.line(row));
            self.weights.push(weight.unwrap_or(Decimal::ONE));
        }
        problems.append(&mut table.problems);
        lines
    }

    /// Gives the line of each site.
    fn read_sites(&mut self, path: &Path, problems: &mut Vec<Problem>) -> Vec<u64> {
        let mut lines = Vec::new();
        let optional: Vec<Column> = [SITE_COST].into_iter().chain(RULE_COLUMNS).collect();
        let mut table = PlainTable::read(path, &[ID], &optional);
        for row in 0..table.row_count() {
            let cost = if table.has("cost") { table.amount(row, "cost") } else { None };
            let site = SiteRow::read(&mut table, row, cost);
            let Some(name) = table.id(row, "id") else { continue };
            if self.sites.number(&name).is_some() {
                twice(&mut table, row, "id", &name);
                continue;
            }
            self.sites.add(&name);
            lines.push(table.line(row));
            self.site_rows.push(site);
        }
        self.check_needed(&mut table);
        problems.append(&mut table.problems);
        lines
    }

    fn read_costs(
        &mut self,
        path: &Path,
        [origin, destination]: [Column; 2],
        (has_demand, has_sites): (bool, bool),
        problems: &mut Vec<Problem>,
    ) {
        let is_visits = origin[0] == FLOW[0];
        let (required, optional): (&[Column], &[Column]) =
            if is_visits { (&[origin, destination], &[]) } else { (&[origin, destination, COST], &[]) };
        let mut table = PlainTable::read(path, required, optional);
        let mut seen: HashMap<(u32, u32), u64> = HashMap::with_capacity(table.row_count());
        let zero = Decimal::whole(0);
        for row in 0..table.row_count() {
            let (demand, site) = (table.id(row, origin[0]), table.id(row, destination[0]));
            let cost = if is_visits { Some(zero) } else { table.amount(row, "cost") };
            let (Some(demand), Some(site)) = (demand, site) else { continue };
            let demand_number = number(&mut self.demands, &demand, has_demand);
            let site_number = number(&mut self.sites, &site, has_sites);
            if demand_number.is_none() {
                let expected = if is_visits { "an id of the table of flows" } else { "an id of the table of demands" };
                unknown(&mut table, row, origin[0], &demand, expected);
            }
            if site_number.is_none() {
                unknown(&mut table, row, destination[0], &site, "an id of the table of sites");
            }
            let (Some(demand_number), Some(site_number), Some(cost)) = (demand_number, site_number, cost) else {
                continue;
            };
            let line = table.line(row);
            match seen.insert((demand_number, site_number), line) {
                None => self.costs.push((demand_number, site_number, cost)),
                Some(_) if is_visits => {}
                Some(first) => {
                    let found = format!("{demand}, {site}, already in row {first}");
                    let texts = [found.as_str(), "each pair once", "remove one of the two rows"];
                    table.problem(line, destination[0], "I301", texts);
                }
            }
        }
        problems.append(&mut table.problems);
    }

    /// Numbers between blanks and line ends, a `#` and what follows it on its line left out: `n m p`, then m times
    /// `a b cost`, an undirected edge; of a repeated edge the last cost counts. Costs between all nodes are least sums of
    /// edge costs; every node is a demand and a site. Gives n when the file can be read.
    fn read_or_library(
        &mut self,
        path: &Path,
        (has_demand, has_sites): (bool, bool),
        problems: &mut Vec<Problem>,
    ) -> Option<u64> {
        let text = read_text(path).map_err(|problem| problems.push(*problem)).ok()?;
        let before = problems.len();
        let mut fault = |line: usize, found: &str, expected: &str| {
            let fix = "check that this is an OR-Library p-median file";
            problems.push(problem_of(path, Some(line as u64), "I202", [found, expected, fix]));
        };
        let cells: Vec<(usize, &str)> =
            (1..).zip(text.lines()).flat_map(|(line, text)| numbers_of(text).map(move |cell| (line, cell))).collect();
        let words = |cells: &[(usize, &str)]| cells.iter().map(|&(_, cell)| cell).collect::<Vec<_>>().join(" ");
        let whole = |cells: &[(usize, &str)]| -> Option<[u64; 3]> {
            let numbers: Option<Vec<u64>> = cells.iter().map(|&(_, cell)| whole_number(cell)).collect();
            numbers?.try_into().ok()
        };
        let (header, rest) = cells.split_at(cells.len().min(3));
        let header_line = header.first().map_or(1, |&(line, _)| line);
        let Some([node_count, edge_count, site_limit]) = whole(header) else {
            fault(header_line, &words(header), "three whole numbers: nodes, edges, p");
            return None;
        };
        if node_count == 0 || node_count > 20_000 {
            fault(header_line, &words(header), "1 to 20000 nodes");
            return None;
        }
        if edge_count.checked_mul(3) != Some(rest.len() as u64) {
            // The first line that holds no whole edges is the likeliest place.
            let odd = (1..)
                .zip(text.lines())
                .find(|&(line, text)| line > header_line && !numbers_of(text).count().is_multiple_of(3));
            let found = format!("{} numbers after the first three", rest.len());
            let expected = format!("three for each of {edge_count} edges, as the first line says");
            fault(odd.map_or(header_line, |(line, _)| line), &found, &expected);
            return None;
        }
        let mut edges: HashMap<(u32, u32), u64> = HashMap::new();
        for edge in rest.chunks(3) {
            let is_sound = |&[a, b, cost]: &[u64; 3]| {
                (1..=node_count).contains(&a) && (1..=node_count).contains(&b) && cost < 1 << 40
            };
            let Some([a, b, cost]) = whole(edge).filter(is_sound) else {
                fault(edge[0].0, &words(edge), &format!("two nodes from 1 to {node_count} and a whole cost"));
                continue;
            };
            let (a, b) = ((a.min(b) - 1) as u32, (a.max(b) - 1) as u32);
            edges.insert((a, b), cost);
        }
        if problems.len() > before {
            return None;
        }
        let mut neighbours = vec![Vec::new(); node_count as usize];
        for (&(a, b), &cost) in &edges {
            neighbours[a as usize].push((b, cost));
            neighbours[b as usize].push((a, cost));
        }
        self.site_limit = u32::try_from(site_limit).ok();
        for node in 1..=node_count {
            let name = node.to_string();
            let (demand, site) =
                (number(&mut self.demands, &name, has_demand), number(&mut self.sites, &name, has_sites));
            if demand.is_none() && site.is_none() {
                problems.push(problem_of(
                    path,
                    None,
                    "I302",
                    [&name, "a node that a table names", "complete the tables"],
                ));
            }
        }
        for node in 0..node_count as u32 {
            let Some(demand) = self.demands.number(&(node + 1).to_string()) else { continue };
            for (other, cost) in (0_u32..).zip(least_costs(&neighbours, node)) {
                if let (Some(site), Some(cost)) = (self.sites.number(&(other + 1).to_string()), cost) {
                    self.costs.push((demand, site, Decimal::whole(cost)));
                }
            }
        }
        Some(node_count)
    }
}

/// What stands on a line before a `#`, between blanks.
fn numbers_of(line: &str) -> std::str::SplitWhitespace<'_> {
    line.split('#').next().unwrap_or_default().split_whitespace()
}

/// A whole number of 0 or more, also written `3.0`.
fn whole_number(text: &str) -> Option<u64> {
    let number = Decimal::parse(text).filter(|number| number.decimals() == 0)?;
    u64::try_from(number.scaled(0)?).ok()
}

/// Lists the ids of a table that are no number of a node.
fn no_nodes(path: &Path, lines: &[u64], names: &Names, node_count: u64, problems: &mut Vec<Problem>) {
    for (name, &line) in names.names.iter().zip(lines) {
        let is_node = name.parse().is_ok_and(|node: u64| (1..=node_count).contains(&node) && node.to_string() == *name);
        if !is_node {
            let expected = format!("the number of a node, 1 to {node_count}");
            let fix = "correct the id: nodes of an OR-Library file are called by their numbers";
            let problem = Problem::of_file("I302", &path.display().to_string(), name, &expected, fix);
            problems.push(problem.at(line, "id", Severity::Fatal));
        }
    }
}

/// Least costs from a node; none where no path leads.
fn least_costs(neighbours: &[Vec<(u32, u64)>], source: u32) -> Vec<Option<u64>> {
    let mut least = vec![None; neighbours.len()];
    let mut queue = BinaryHeap::from([Reverse((0_u64, source))]);
    while let Some(Reverse((cost, node))) = queue.pop() {
        if least[node as usize].is_some() {
            continue;
        }
        least[node as usize] = Some(cost);
        for &(next, step) in &neighbours[node as usize] {
            if least[next as usize].is_none() {
                queue.push(Reverse((cost + step, next)));
            }
        }
    }
    least
}

/// The number of a name: of a known one only when a table has listed them.
fn number(names: &mut Names, name: &str, is_listed: bool) -> Option<u32> {
    if is_listed { names.number(name) } else { Some(names.add(name)) }
}

/// The weight of a row: 1 without the column.
fn weight_of(table: &mut PlainTable, row: usize) -> Option<Decimal> {
    if table.has("weight") { table.amount(row, "weight") } else { Some(Decimal::ONE) }
}

fn twice(table: &mut PlainTable, row: usize, column: &str, name: &str) {
    let line = table.line(row);
    table.problem(line, column, "I301", [name, "each id once", "remove or rename one of the rows"]);
}

fn unknown(table: &mut PlainTable, row: usize, column: &str, name: &str, expected: &str) {
    let line = table.line(row);
    table.problem(line, column, "I302", [name, expected, "correct the id, or add it to the other table"]);
}
