//! The network's tables: nodes, links and crossings. A network with holes is not safe to plan on, so every bad row
//! here stops the load; only rows that cannot matter (nodes without links, loops) are set aside.

use super::problem::{Problem, Severity};
use super::row::Row;
use super::sheet::{Layout, Table, read};
use super::source::PlainFile;
use super::wkt::inner_vertices;
use crate::records::{Crossing, Link, Mode, Node};
use std::collections::HashMap;

pub(super) const NODES: Layout = Layout {
    file: "network/nodes.csv",
    columns: &["node_id", "lon", "lat", "iso3"],
    optional: &[],
    key: &["node_id"],
    bad_row: Severity::Fatal,
};

/// The nodes in the order in which the network's hierarchy contracts them.
pub(super) const ORDER: Layout =
    Layout { file: "network/order.csv", columns: &["node_id"], optional: &[], key: &[], bad_row: Severity::Quarantine };

pub(super) const LINKS: Layout = Layout {
    file: "network/links.csv",
    columns: &["link_id", "from_node", "to_node", "mode", "length_km", "travel_time_h", "iso3", "geometry"],
    optional: &[],
    key: &["link_id"],
    bad_row: Severity::Fatal,
};

pub(super) const CROSSINGS: Layout = Layout {
    file: "crossings.csv",
    columns: &[
        "crossing_id",
        "name",
        "post_a_name",
        "post_b_name",
        "iso3_a",
        "iso3_b",
        "lon",
        "lat",
        "mode",
        "status",
        "closed_to",
        "post_a_node",
        "post_b_node",
        "link_id",
        "flag",
        "verification",
        "source_id",
    ],
    optional: &["closed_to"],
    key: &["crossing_id"],
    bad_row: Severity::Fatal,
};

/// Longest link that is believed: half the Earth's girth.
const LONGEST_KM: f64 = 20_038.0;
/// Longest travel time that is believed: a year.
const LONGEST_H: f64 = 8766.0;

/// The nodes, and where each name stands; the names of refused rows stand nowhere, but are known.
pub(super) struct Nodes {
    pub(super) table: Table<Node>,
    index: HashMap<String, u32>,
}

/// Where the node of a refused row stands.
const NOWHERE: u32 = u32::MAX;

impl Nodes {
    pub(super) fn ix(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// The name of every node, in the table's order.
    pub(super) fn ids(&self) -> Vec<String> {
        let mut ids = vec![String::new(); self.table.rows.len()];
        for (id, &ix) in &self.index {
            if let Some(place) = ids.get_mut(ix as usize) {
                place.clone_from(id);
            }
        }
        ids
    }
}

pub(super) fn read_nodes(file: Option<&PlainFile>) -> Nodes {
    let mut index = HashMap::new();
    let mut count = 0;
    let table = read(file, &NODES, |row| {
        let (id, position) = (row.text("node_id"), row.position("lon", "lat"));
        let country = row.optional("iso3", Row::country);
        let node = position.zip(country).map(|(position, country)| Node { position, country });
        index.entry(id?.to_owned()).or_insert(if node.is_some() { count } else { NOWHERE });
        count += u32::from(node.is_some());
        node
    });
    Nodes { table, index }
}

/// The order of the nodes, when the table is there and names each of them once. It saves time and changes no result, so
/// one that is out of date is left out with a warning.
pub(super) fn read_order(file: Option<&PlainFile>, nodes: &Nodes) -> (Table<()>, Option<Vec<u32>>) {
    let mut order = Vec::new();
    let mut table = read(file, &ORDER, |row| {
        order.extend(nodes.ix(row.text("node_id")?).filter(|&ix| ix != NOWHERE));
        Some(())
    });
    let count = nodes.table.rows.len();
    let mut is_there = vec![false; count];
    order.iter().for_each(|&ix| is_there[ix as usize] = true);
    let is_whole = table.account.as_ref().is_some_and(|account| account.rows_in == count)
        && order.len() == count
        && !is_there.contains(&false);
    if is_whole || !nodes.table.is_sound() {
        return (table, is_whole.then_some(order));
    }
    if let Some(account) = &mut table.account {
        account.rows_excluded += std::mem::take(&mut account.rows_used);
        let found =
            format!("{} rows that name {} of {count} nodes", account.rows_in, is_there.iter().filter(|t| **t).count());
        let fix = "write it anew with `corridor network order`, or remove it: the order is then found at each start";
        table.problems.push(Problem {
            severity: Severity::Warning,
            ..Problem::of_file("I307", ORDER.file, &found, "every node of network/nodes.csv once", fix)
        });
    }
    (table, None)
}

pub(super) fn read_links(file: Option<&PlainFile>, nodes: &Nodes) -> Table<Link> {
    // With a node row refused, the other nodes' places in the table are not final.
    let are_nodes_sound = nodes.table.is_sound();
    let mut table = read(file, &LINKS, |row| {
        let id = row.whole("link_id", 0..=u32::MAX, "a whole number, 0 or more");
        let (from_ix, to_ix) = (node_of(row, "from_node", nodes), node_of(row, "to_node", nodes));
        let mode = row.word::<Mode>("mode");
        let length_km = row.number("length_km", 0.0..=LONGEST_KM, "a length in km, 0 to 20038");
        let travel_time_h = row.number("travel_time_h", 0.0..=LONGEST_H, "a travel time in hours, 0 to 8766");
        let country = row.optional("iso3", Row::country);
        let geometry = row.cell("geometry");
        let inner = match (from_ix, to_ix) {
            (Some(from), Some(to)) if are_nodes_sound && !geometry.is_empty() => {
                let end = |ix: u32| nodes.table.rows.get(ix as usize).map(|node| node.position);
                match end(from).zip(end(to)).map(|(a, b)| inner_vertices(geometry, [a, b])) {
                    None => Some(Vec::new()),
                    Some(Ok(vertices)) => Some(vertices),
                    Some(Err((found, expected))) => {
                        let fix = "draw the line from from_node to to_node, or leave the cell empty";
                        row.problem("I207", "geometry", &found, expected, fix);
                        None
                    }
                }
            }
            _ => Some(Vec::new()),
        };
        Some(Link {
            id: id?,
            from_ix: from_ix?,
            to_ix: to_ix?,
            mode: mode?,
            length_km: length_km?,
            travel_time_h: travel_time_h?,
            country: country?,
            inner_vertices: inner?,
        })
    });
    table.quarantine(|_, link, line| {
        (link.from_ix == link.to_ix).then(|| {
            Problem::of_file("I304", LINKS.file, "the same node twice", "two different nodes", "remove the row").at(
                line,
                "to_node",
                Severity::Quarantine,
            )
        })
    });
    table
}

fn node_of(row: &mut Row<'_, '_>, column: &'static str, nodes: &Nodes) -> Option<u32> {
    let id = row.text(column)?;
    let ix = nodes.ix(id);
    if ix.is_none() && !nodes.index.is_empty() {
        row.problem("I302", column, id, "a node_id of network/nodes.csv", "add the node, or remove the link");
    }
    ix
}

/// Sets aside nodes that no link touches, and renumbers the rest. Called when nodes and links are otherwise sound.
pub(super) fn set_aside_isolated(nodes: &mut Nodes, links: &mut Table<Link>) {
    let mut is_touched = vec![false; nodes.table.rows.len()];
    for link in &links.rows {
        is_touched[link.from_ix as usize] = true;
        is_touched[link.to_ix as usize] = true;
    }
    if is_touched.iter().all(|touched| *touched) {
        return;
    }
    let mut new_ixs = Vec::with_capacity(is_touched.len());
    let mut count = 0;
    for touched in &is_touched {
        new_ixs.push(touched.then_some(count));
        count += u32::from(*touched);
    }
    nodes.table.quarantine(|ix, _, line| {
        (!is_touched[ix]).then(|| {
            Problem::of_file(
                "I303",
                NODES.file,
                "no link begins or ends here",
                "at least one link",
                "add its links, or remove the node",
            )
            .at(line, "node_id", Severity::Quarantine)
        })
    });
    let renumber = |ix: u32| new_ixs.get(ix as usize).copied().flatten().unwrap_or(NOWHERE);
    for link in &mut links.rows {
        link.from_ix = renumber(link.from_ix);
        link.to_ix = renumber(link.to_ix);
    }
    nodes.index.retain(|_, ix| {
        *ix = renumber(*ix);
        *ix != NOWHERE
    });
}

pub(super) fn read_crossings(file: Option<&PlainFile>, nodes: &Nodes, links: &Table<Link>) -> Table<Crossing> {
    let link_ixs: HashMap<u32, usize> = links.rows.iter().enumerate().map(|(ix, link)| (link.id, ix)).collect();
    let is_network_sound = nodes.table.is_sound() && links.is_sound();
    read(file, &CROSSINGS, |row| {
        let (id, name) = (row.string("crossing_id"), row.string("name"));
        let post_names = [row.cell("post_a_name").to_owned(), row.cell("post_b_name").to_owned()];
        let countries = row.country_pair("iso3_a", "iso3_b");
        let position = row.position("lon", "lat");
        let mode = row.one_of("I204", "mode", &["road", "rail", "ferry", "sea", "green"]);
        let status = row.word("status");
        let closed_to = row.optional("closed_to", Row::word);
        let post_a = row.optional("post_a_node", |row, column| node_of(row, column, nodes));
        let post_b = row.optional("post_b_node", |row, column| node_of(row, column, nodes));
        let link = row.optional("link_id", |row, column| row.whole::<u32>(column, 0..=u32::MAX, "a link_id"));
        let flag = row.one_of("I204", "flag", &["ok", "no_road_within_15km", "unnamed"]);
        let verification = row.one_of("I204", "verification", &["opened", "unverified", "computed", "assumption"]);
        let source_id = row.cell("source_id").to_owned();
        let ends = if is_network_sound { ends_of(row, post_a?, post_b?, link?, &link_ixs, links)? } else { None };
        Some(Crossing {
            id: id?,
            name: name?,
            post_names,
            countries: countries?,
            position: position?,
            mode: mode?.parse().ok()?,
            status: status?,
            closed_to: closed_to?,
            post_ixs: ends.map(|(posts, _)| posts),
            link_ix: ends.map(|(_, link_ix)| link_ix),
            flag: flag?.to_owned(),
            verification: verification?.to_owned(),
            source_id,
        })
    })
}

/// The posts and the link of a crossing: all three or none, and the link joins the posts.
#[allow(clippy::option_option)]
fn ends_of(
    row: &mut Row<'_, '_>,
    post_a: Option<u32>,
    post_b: Option<u32>,
    link_id: Option<u32>,
    link_ixs: &HashMap<u32, usize>,
    links: &Table<Link>,
) -> Option<Option<([u32; 2], u32)>> {
    let (Some(a), Some(b), Some(id)) = (post_a, post_b, link_id) else {
        if post_a.is_none() && post_b.is_none() && link_id.is_none() {
            return Some(None);
        }
        let fix = "fill all three cells, or empty all three where no road is near";
        row.problem("I201", "link_id", "some of post_a_node, post_b_node, link_id", "all three or none", fix);
        return None;
    };
    let Some(ix) = link_ixs.get(&id).copied() else {
        row.problem(
            "I302",
            "link_id",
            &id.to_string(),
            "a link_id of network/links.csv",
            "add the link, or correct the number",
        );
        return None;
    };
    let link = &links.rows[ix];
    if [link.from_ix, link.to_ix] != [a, b] && [link.from_ix, link.to_ix] != [b, a] {
        row.problem(
            "I302",
            "link_id",
            &id.to_string(),
            "the link that joins the two posts",
            "correct link_id, or the posts",
        );
        return None;
    }
    Some(Some(([a, b], u32::try_from(ix).ok()?)))
}
