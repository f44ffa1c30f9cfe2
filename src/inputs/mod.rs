//! The only room that reads files: tables in, checked records and a list of problems out.
//!
//! Bytes pass size cap, decoding, parsing and per-row checks here; past this door a position is on the globe, a length
//! is finite and not negative, and every reference leads somewhere. Problems are collected, never the first one alone.
//! Bad rows of the network stop the load, because a network with holes is not safe to plan on; bad rows of what was
//! observed are set aside and listed, and the good rows load.

mod arc_table;
mod boundaries;
pub mod checks;
mod decimal;
pub mod embedded;
mod features;
pub mod finding;
pub mod geocode;
pub mod ingest;
mod iso3;
mod location;
mod mapped;
mod network;
mod observations;
mod plain;
mod problem;
pub mod raw;
mod reference;
mod row;
pub mod rules;
mod scenarios;
mod sheet;
mod source;
pub mod vocabulary;
mod wkt;
mod words;

pub use arc_table::{ArcTable, COST, Directions, FROM, Meaning, TO, read_arcs};
pub use boundaries::{Area, Boundaries, embedded_boundaries};
pub use decimal::{Decimal, FixedPoint, to_f64};
pub use location::{CostSource, LocationTables, Names, RULE_COLUMNS, SiteRow, SiteStatus, read_location};
pub use mapped::with_mapped;
pub use plain::{Column, PlainTable, problem_of, read_text};
pub use problem::{CODES, InputProblems, Problem, Severity, escape_controls};
pub use scenarios::{ScenarioText, scenario_at, scenarios_of};
pub use source::DataSource;

use crate::records::{
    Agreement, Conversion, Crossing, Demand, Gateway, Link, Node, Office, Place, PrecursorSupply, Price, Production,
    Reporting, RouteShare, Seizure, SeizureTotal, Source,
};
use serde::Serialize;
use sheet::Table;
use source::{PlainFile, PlainFiles};

/// The terms of the data.
const LICENCES: &str = "LICENCES.txt";

/// Files that must be there.
const REQUIRED: &[&str] = &[
    network::LINKS.file,
    network::NODES.file,
    boundaries::COUNTRIES,
    boundaries::PROVINCES,
    boundaries::DISPUTED,
    network::CROSSINGS.file,
    reference::PLACES.file,
    reference::SOURCES.file,
    reference::PRODUCTION.file,
    reference::DEMAND.file,
    reference::GATEWAYS.file,
    reference::SUPPLY.file,
    reference::ROUTE_SHARES.file,
    reference::CONVERSIONS.file,
    reference::OFFICES.file,
    reference::AGREEMENTS.file,
    observations::SEIZURES.file,
    observations::REPORTING.file,
    observations::TOTALS.file,
    observations::PRICES.file,
    LICENCES,
];

/// Files that need not be there: the order only saves time, no stage reads the others, which are only accounted for.
const OPTIONAL: &[&str] = &[network::ORDER.file, observations::UNPLACED.file, observations::FACTS.file];

/// Where the rows of a file went: `rows_in = rows_used + rows_quarantined + rows_excluded`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileAccount {
    /// Name from the data directory, without `.gz`.
    pub name: String,
    /// Rows (GeoJSON: features) in the file.
    pub rows_in: usize,
    /// Rows that became records.
    pub rows_used: usize,
    /// Rows set aside, each listed with its problem.
    pub rows_quarantined: usize,
    /// Rows left out by rule, such as poppy areas beside opium production.
    pub rows_excluded: usize,
    /// SHA-256 of the plain bytes.
    pub sha256: String,
}

impl FileAccount {
    fn new(file: &PlainFile) -> Self {
        Self {
            name: file.name.to_owned(),
            rows_in: 0,
            rows_used: 0,
            rows_quarantined: 0,
            rows_excluded: 0,
            sha256: file.sha256.clone(),
        }
    }
}

/// Everything the model reads, checked.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Junctions, posts and ports.
    pub nodes: Vec<Node>,
    /// The nodes in the order in which the network's hierarchy contracts them, when it is known.
    pub node_order: Option<Vec<u32>>,
    /// Links between nodes.
    pub links: Vec<Link>,
    /// Border crossings.
    pub crossings: Vec<Crossing>,
    /// Named positions.
    pub places: Vec<Place>,
    /// Opium production.
    pub productions: Vec<Production>,
    /// What destinations take.
    pub demands: Vec<Demand>,
    /// Exits of the region.
    pub gateways: Vec<Gateway>,
    /// Where precursors enter.
    pub precursor_supplies: Vec<PrecursorSupply>,
    /// Published shares of flow and of seizures.
    pub route_shares: Vec<RouteShare>,
    /// National seizure totals.
    pub seizure_totals: Vec<SeizureTotal>,
    /// Prices along the route.
    pub prices: Vec<Price>,
    /// Conversion factors.
    pub conversions: Vec<Conversion>,
    /// Border Liaison Offices.
    pub offices: Vec<Office>,
    /// Agreements between countries.
    pub agreements: Vec<Agreement>,
    /// Seizures by place, drug and year. Seizures are not flow.
    pub seizures: Vec<Seizure>,
    /// Which countries reported in which years.
    pub reportings: Vec<Reporting>,
    /// Published works that rows point to.
    pub sources: Vec<Source>,
    /// Outlines of countries and provinces.
    pub boundaries: Boundaries,
    /// The terms of the data, to be carried with every output.
    pub licences: String,
    /// Where the rows of each file went, by file name.
    pub accounts: Vec<FileAccount>,
    /// Rows set aside, by file and row.
    pub quarantine: Vec<Problem>,
    /// Rows that are used but that someone should look at, by file and row.
    pub warnings: Vec<Problem>,
}

/// Reads and checks all tables of `source`.
///
/// # Errors
/// All problems found, when one of them is fatal: a file or column is missing, or a table of the network has a bad
/// row. Bad rows of other tables are set aside in [`Inputs::quarantine`].
pub fn load(source: &DataSource) -> Result<Inputs, InputProblems> {
    let mut files = source::read_all(source, REQUIRED, OPTIONAL);
    let mut tally = Tally { problems: std::mem::take(&mut files.problems), accounts: Vec::new() };
    let ((network, boundaries), rest) = rayon::join(
        || {
            rayon::join(
                || read_network(&files),
                || {
                    let mut problems = Vec::new();
                    let (boundaries, accounts) = boundaries::read_boundaries(&files, &mut problems);
                    (boundaries, accounts, problems)
                },
            )
        },
        || Rest::read(&files),
    );
    let (nodes, order, links, crossings) = network;
    let (order, node_order) = order;
    let (boundaries, accounts, problems) = boundaries;
    tally.accounts.extend(accounts);
    tally.problems.extend(problems);
    let sources = rest.sources.rows.iter().map(|source| source.id.clone()).collect();
    let offices = reference::read_offices(files.of(reference::OFFICES.file), &crossings, &sources);
    tally.problems.extend(checks::share_sums(&rest.gateways, &rest.supplies));
    tally.problems.extend(checks::exchanged_positions(&boundaries.countries, &rest.places, &rest.seizures, &crossings));
    tally.take(&rest.unplaced);
    tally.take(&rest.facts);
    tally.take(&order);
    let inputs = Inputs {
        nodes: tally.rows(nodes.table),
        node_order,
        links: tally.rows(links),
        crossings: tally.rows(crossings),
        places: tally.rows(rest.places),
        productions: tally.rows(rest.productions),
        demands: tally.rows(rest.demands),
        gateways: tally.rows(rest.gateways),
        precursor_supplies: tally.rows(rest.supplies),
        route_shares: tally.rows(rest.route_shares),
        seizure_totals: tally.rows(rest.totals),
        prices: tally.rows(rest.prices),
        conversions: tally.rows(rest.conversions),
        offices: tally.rows(offices),
        agreements: tally.rows(rest.agreements),
        seizures: tally.rows(rest.seizures),
        reportings: tally.rows(rest.reportings),
        sources: tally.rows(rest.sources),
        boundaries,
        licences: tally.licences(&files),
        accounts: Vec::new(),
        quarantine: Vec::new(),
        warnings: Vec::new(),
    };
    tally.finish(inputs)
}

/// The `node_id` of every node of [`Inputs::nodes`], in that order; without the names of refused rows, which stand nowhere.
#[must_use]
pub fn node_ids(source: &DataSource) -> Vec<String> {
    let files = source::read_all(source, &[network::NODES.file, network::LINKS.file], &[]);
    let mut nodes = network::read_nodes(files.of(network::NODES.file));
    let mut links = network::read_links(files.of(network::LINKS.file), &nodes);
    network::set_aside_isolated(&mut nodes, &mut links);
    nodes.ids()
}

type Order = (Table<()>, Option<Vec<u32>>);

fn read_network(files: &PlainFiles) -> (network::Nodes, Order, Table<Link>, Table<Crossing>) {
    let mut nodes = network::read_nodes(files.of(network::NODES.file));
    let mut links = network::read_links(files.of(network::LINKS.file), &nodes);
    if nodes.table.is_sound() && links.is_sound() {
        network::set_aside_isolated(&mut nodes, &mut links);
    }
    let crossings = network::read_crossings(files.of(network::CROSSINGS.file), &nodes, &links);
    let order = network::read_order(files.of(network::ORDER.file), &nodes);
    (nodes, order, links, crossings)
}

/// The tables that do not depend on the network.
struct Rest {
    sources: Table<Source>,
    places: Table<Place>,
    productions: Table<Production>,
    demands: Table<Demand>,
    gateways: Table<Gateway>,
    supplies: Table<PrecursorSupply>,
    route_shares: Table<RouteShare>,
    conversions: Table<Conversion>,
    agreements: Table<Agreement>,
    totals: Table<SeizureTotal>,
    prices: Table<Price>,
    seizures: Table<Seizure>,
    reportings: Table<Reporting>,
    unplaced: Table<()>,
    facts: Table<()>,
}

impl Rest {
    fn read(files: &PlainFiles) -> Self {
        use observations as seen;
        let sources = reference::read_sources(files.of(reference::SOURCES.file));
        let known = sources.rows.iter().map(|source| source.id.clone()).collect();
        Self {
            sources,
            places: reference::read_places(files.of(reference::PLACES.file)),
            productions: reference::read_productions(files.of(reference::PRODUCTION.file), &known),
            demands: reference::read_demands(files.of(reference::DEMAND.file), &known),
            gateways: reference::read_gateways(files.of(reference::GATEWAYS.file), &known),
            supplies: reference::read_supplies(files.of(reference::SUPPLY.file), &known),
            route_shares: reference::read_route_shares(files.of(reference::ROUTE_SHARES.file), &known),
            conversions: reference::read_conversions(files.of(reference::CONVERSIONS.file), &known),
            agreements: reference::read_agreements(files.of(reference::AGREEMENTS.file), &known),
            totals: seen::read_totals(files.of(seen::TOTALS.file), &known),
            prices: seen::read_prices(files.of(seen::PRICES.file), &known),
            seizures: seen::read_seizures(files.of(seen::SEIZURES.file), &known),
            reportings: seen::read_reportings(files.of(seen::REPORTING.file)),
            unplaced: seen::read_unused(files.of(seen::UNPLACED.file), &seen::UNPLACED),
            facts: seen::read_unused(files.of(seen::FACTS.file), &seen::FACTS),
        }
    }
}

/// Problems and accounts gathered over all files.
struct Tally {
    problems: Vec<Problem>,
    accounts: Vec<FileAccount>,
}

impl Tally {
    fn take<T>(&mut self, table: &Table<T>) {
        self.problems.extend_from_slice(&table.problems);
        self.accounts.extend(table.account.clone());
    }

    fn rows<T>(&mut self, table: Table<T>) -> Vec<T> {
        self.take(&table);
        table.rows
    }

    fn licences(&mut self, files: &PlainFiles) -> String {
        let Some(file) = files.of(LICENCES) else { return String::new() };
        let mut account = FileAccount::new(file);
        let text = String::from_utf8_lossy(file.body()).into_owned();
        (account.rows_in, account.rows_used) = (text.lines().count(), text.lines().count());
        self.accounts.push(account);
        text
    }

    /// The inputs with their accounts, or all problems when one is fatal.
    fn finish(mut self, mut inputs: Inputs) -> Result<Inputs, InputProblems> {
        self.problems.sort_by(|a, b| {
            (a.severity, &a.file, a.row, a.code, &a.column).cmp(&(b.severity, &b.file, b.row, b.code, &b.column))
        });
        // A source that is not listed is told once for a file.
        let mut told = std::collections::BTreeSet::new();
        self.problems
            .retain(|problem| problem.code != "I501" || told.insert((problem.file.clone(), problem.found.clone())));
        self.accounts.sort_by(|a, b| a.name.cmp(&b.name));
        if self.problems.iter().any(|problem| problem.severity == Severity::Fatal) {
            return Err(InputProblems { problems: self.problems });
        }
        for account in &self.accounts {
            let sum = account.rows_used + account.rows_quarantined + account.rows_excluded;
            assert_eq!(account.rows_in, sum, "rows of {} are not accounted for", account.name);
        }
        (inputs.warnings, inputs.quarantine) =
            self.problems.into_iter().partition(|problem| problem.severity == Severity::Warning);
        inputs.accounts = self.accounts;
        Ok(inputs)
    }
}
