//! Plain tables of arcs: `from`, `to` and a cost, ids free text, costs exact.

use super::decimal::Decimal;
use super::problem::{InputProblems, Problem, Severity, shorten};
use super::source::inflate;
use crate::network::{Topology, Ways};
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use flate2::read::MultiGzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// Most plain bytes of a table of arcs.
const MAX_BYTES: usize = 2 << 30;
/// Most problems that are listed.
const MAX_PROBLEMS: usize = 1000;
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
    /// Evasion probabilities, 0 to 1, that multiply: the cost is `-ln p` in units of 10^-9, and 0 is a closed arc.
    EvasionProbability,
}

/// Digits after the point of a `-ln p`.
const NAT_PLACES: u32 = 9;

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
}

/// Reads a table of arcs with the columns `from`, `to` and `cost_column`, and `closed` when it is there; others are
/// ignored. Parallel arcs and self loops are kept.
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
    cost_column: &str,
    meaning: Meaning,
    directions: Directions,
) -> Result<ArcTable, InputProblems> {
    let name = path.display().to_string();
    let bytes = read_bytes(path, &name).map_err(|problem| InputProblems { problems: vec![*problem] })?;
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    parse_arcs(body, &name, cost_column, meaning, directions).map_err(|problems| InputProblems { problems })
}

fn read_bytes(path: &Path, name: &str) -> Result<Vec<u8>, Box<Problem>> {
    let unreadable = |why: String| {
        Box::new(Problem::of_file(
            "I102",
            name,
            &why,
            "a file that can be read to its end",
            "check the path and that the file is whole",
        ))
    };
    let meta = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Box::new(Problem::of_file("I101", name, "no such file", "a table of arcs", "check the path"))
        }
        _ => unreadable(error.to_string()),
    })?;
    // Looked at before it is opened: opening a pipe would wait for its writer.
    if !meta.is_file() {
        return Err(unreadable("not a regular file".to_owned()));
    }
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let room = usize::try_from(meta.len()).unwrap_or(MAX_BYTES).min(MAX_BYTES);
    let bytes = match path.extension().is_some_and(|extension| extension == "gz") {
        true => inflate(MultiGzDecoder::new(file), room * 4, MAX_BYTES),
        false => inflate(file, room, MAX_BYTES),
    };
    bytes.map_err(unreadable)
}

fn parse_arcs(
    body: &[u8],
    name: &str,
    cost_column: &str,
    meaning: Meaning,
    directions: Directions,
) -> Result<ArcTable, Vec<Problem>> {
    let whole = |code, found: &str, expected: &str, fix: &str| vec![Problem::of_file(code, name, found, expected, fix)];
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Err(whole("I103", "UTF-16 text", "UTF-8 text", "save the table as CSV UTF-8"));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(whole("I107", "an empty file", "a header and rows", "fill the table"));
    }
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(body);
    let titles: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect(),
        Err(error) => return Err(whole("I102", &error.to_string(), "a CSV table", "check the file")),
    };
    let columns = find_columns(name, &titles, cost_column)?;
    let mut problems = Vec::new();
    let mut rows = Rows { ends: Vec::new(), costs: Vec::new(), lines: Vec::new(), ids: Vec::new() };
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut record = StringRecord::new();
    let mut row_count = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                row_count += 1;
                let line = record.position().map_or(0, csv::Position::line);
                if record.len() == titles.len() {
                    let at = RowAt { name, line, cost_column, meaning, problems: &mut problems };
                    take_row(&record, &columns, at, &mut rows, &mut known);
                } else {
                    let expected = format!("{} cells, as in the header", titles.len());
                    let fix = "put quotes round cells that hold commas; fill missing cells with nothing between commas";
                    let problem = Problem::of_file("I105", name, &format!("{} cells", record.len()), &expected, fix);
                    problems.push(problem.at(line, "", Severity::Fatal));
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let (code, found) = match error.kind() {
                    ErrorKind::Utf8 { .. } => ("I103", "text that is not UTF-8".to_owned()),
                    _ => ("I102", error.to_string()),
                };
                let problem = Problem::of_file(code, name, &found, "UTF-8 text", "save the table as CSV UTF-8");
                problems.push(problem.at(line, "", Severity::Fatal));
                if code == "I102" {
                    break;
                }
            }
        }
        if problems.len() >= MAX_PROBLEMS {
            let fix = "check that this is the right file and cost column";
            problems.push(Problem::of_file("I109", name, "1000 problems and more", "fewer", fix));
            break;
        }
    }
    if row_count == 0 {
        problems.extend(whole("I107", "no rows under the header", "at least one row", "fill the table"));
    }
    if problems.is_empty() { freeze(rows, name, cost_column, meaning, directions, row_count) } else { Err(problems) }
}

struct Columns {
    from: usize,
    to: usize,
    cost: usize,
    closed: Option<usize>,
}

fn find_columns(name: &str, titles: &[String], cost_column: &str) -> Result<Columns, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut place = |column: &str| {
        let places: Vec<usize> = (0..titles.len()).filter(|&ix| titles[ix] == column).collect();
        let (found, fix) = match places.as_slice() {
            [place] => return *place,
            [] => (shorten(&titles.join(",")), column_fix(column, titles, column == cost_column)),
            _ => ("the column twice".to_owned(), "remove or rename one of the two".to_owned()),
        };
        let expected = format!("one column `{column}`");
        problems.push(Problem::of_file("I104", name, &found, &expected, &fix).at(1, column, Severity::Fatal));
        0
    };
    let columns = Columns { from: place("from"), to: place("to"), cost: place(cost_column), closed: None };
    let closed = titles.iter().position(|title| title == "closed");
    if problems.is_empty() { Ok(Columns { closed, ..columns }) } else { Err(problems) }
}

fn column_fix(column: &str, titles: &[String], is_cost: bool) -> String {
    if let [only] = titles
        && let Some((_, separator)) =
            [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].iter().find(|(c, _)| only.contains(*c))
    {
        return format!("save the table with commas between cells, not {separator}");
    }
    let near = titles
        .iter()
        .map(|title| (strsim::jaro_winkler(&title.to_lowercase(), &column.to_lowercase()), title))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match (near, is_cost) {
        (Some((_, title)), true) => format!("say --cost-column {title}, or rename the column"),
        (Some((_, title)), false) => format!("rename the column `{title}` to `{column}`"),
        (None, true) => "name the column of costs with --cost-column".to_owned(),
        (None, false) => "add the column".to_owned(),
    }
}

/// Where a row stands, for its problems.
struct RowAt<'p> {
    name: &'p str,
    line: u64,
    cost_column: &'p str,
    meaning: Meaning,
    problems: &'p mut Vec<Problem>,
}

impl RowAt<'_> {
    fn problem(&mut self, code: &'static str, column: &str, found: &str, expected: &str, fix: &str) {
        let problem = Problem::of_file(code, self.name, found, expected, fix);
        self.problems.push(problem.at(self.line, column, Severity::Fatal));
    }

    fn end(&mut self, column: &str, cell: &str, rows: &mut Rows, known: &mut HashMap<String, u32>) -> u32 {
        if cell.is_empty() {
            self.problem("I201", column, "an empty cell", "the id of a node", "fill the cell");
        }
        if let Some(&node) = known.get(cell) {
            return node;
        }
        let node = rows.ids.len() as u32;
        rows.ids.push(cell.to_owned());
        known.insert(cell.to_owned(), node);
        node
    }

    fn is_closed(&mut self, cell: &str) -> bool {
        match cell.to_ascii_lowercase().as_str() {
            "" | "0" | "false" | "no" | "open" => false,
            "1" | "true" | "yes" | "closed" => true,
            _ => {
                let expected = "true, yes, 1 or closed; false, no, 0, open or nothing";
                self.problem("I204", "closed", cell, expected, "use one of the words listed");
                false
            }
        }
    }

    fn cost(&mut self, cell: &str) -> Option<Decimal> {
        let expected = match self.meaning {
            Meaning::Cost => "a finite number, 0 or more",
            Meaning::EvasionProbability => "a probability, 0 to 1",
        };
        let (code, found, fix) = match Decimal::parse(cell) {
            None if cell.is_empty() => ("I201", "an empty cell", "fill the cell, or set the arc's `closed` to true"),
            None => ("I202", cell, "write digits with a decimal point, no unit and no thousands separator"),
            Some(cost) if cost.is_negative() => ("I203", cell, "correct the number; an arc not to be used is `closed`"),
            Some(cost) if self.meaning == Meaning::EvasionProbability && cost.value() > 1.0 => {
                ("I203", cell, "correct the number: the part that gets through, not a percentage")
            }
            Some(cost) if cost.scaled(0).is_some_and(|whole| whole <= LARGEST_SUM) => return Some(cost),
            Some(_) => ("I203", cell, "give the cost in a larger unit"),
        };
        let column = self.cost_column.to_owned();
        self.problem(code, &column, found, expected, fix);
        None
    }
}

fn take_row(
    record: &StringRecord,
    columns: &Columns,
    mut at: RowAt<'_>,
    rows: &mut Rows,
    known: &mut HashMap<String, u32>,
) {
    let cell = |place: usize| record.get(place).unwrap_or_default().trim();
    let from = at.end("from", cell(columns.from), rows, known);
    let to = at.end("to", cell(columns.to), rows, known);
    let is_closed = columns.closed.is_some_and(|place| at.is_closed(cell(place)));
    let text = cell(columns.cost);
    let cost = if is_closed && text.is_empty() { None } else { at.cost(text) };
    rows.ends.push((from, to));
    rows.costs.push(cost.filter(|_| !is_closed));
    rows.lines.push(at.line);
}

/// Numbers the nodes by their ids and the costs by the finest unit that holds them.
fn freeze(
    rows: Rows,
    name: &str,
    cost_column: &str,
    meaning: Meaning,
    directions: Directions,
    row_count: usize,
) -> Result<ArcTable, Vec<Problem>> {
    let most = LARGEST_SUM / rows.ids.len().max(2) as i128;
    let wanted = rows.costs.iter().flatten().map(|cost| cost.decimals()).max().unwrap_or(0).min(MOST_PLACES);
    let fits = |places: u32, cost: &Decimal| cost.scaled(places).is_some_and(|scaled| scaled <= most);
    let places =
        (0..=wanted).rev().find(|&places| rows.costs.iter().flatten().all(|cost| fits(places, cost))).unwrap_or(0);
    let mut problems = Vec::new();
    let mut costs = Vec::with_capacity(rows.costs.len());
    for (cost, &line) in rows.costs.iter().zip(&rows.lines) {
        let scaled = cost.and_then(|cost| cost.scaled(places)).unwrap_or(i128::from(u64::MAX));
        if cost.is_some() && scaled > most && problems.len() < MAX_PROBLEMS {
            let expected = format!("at most {most}, so that no route's cost overflows");
            let found = cost.and_then(|cost| cost.scaled(0)).map_or_else(String::new, |value| value.to_string());
            let problem = Problem::of_file("I203", name, &found, &expected, "give the cost in a larger unit");
            problems.push(problem.at(line, cost_column, Severity::Fatal));
        }
        costs.push(cost.map(|_| u64::try_from(scaled).unwrap_or(u64::MAX)));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut rounded = rows.costs.iter().flatten().filter(|cost| cost.decimals() > places).count();
    let mut places = places;
    if meaning == Meaning::EvasionProbability {
        (places, rounded) = (NAT_PLACES, 0);
        let nats = |chance: f64| (-chance.ln() * 10_f64.powi(NAT_PLACES as i32)).round().abs() as u64;
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
        rows: row_count,
    };
    for (place, &arc) in arc_of_place.iter().enumerate() {
        table.costs[arc as usize] = costs[place];
        table.lines[arc as usize] = lines[place];
    }
    Ok(table)
}
