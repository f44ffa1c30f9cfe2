//! A plain table of arcs as the ground of path questions.

use super::ground::Point;
use crate::error::Error;
use crate::inputs::{ArcTable, Directions, Meaning, read_arcs};
use crate::network::Topology;
use serde_json::{Value, json};
use std::path::Path;

pub(super) struct TableGround {
    table: ArcTable,
    name: String,
    meaning: Meaning,
}

impl TableGround {
    pub(super) fn load(
        path: &Path,
        cost_column: Option<&str>,
        meaning: Meaning,
        ways: Directions,
    ) -> Result<Self, Error> {
        let table = read_arcs(path, cost_column, meaning, ways)?;
        Ok(Self { table, name: path.display().to_string(), meaning })
    }

    /// What the column of costs holds.
    pub(super) fn meaning(&self) -> Meaning {
        self.meaning
    }

    pub(super) fn topology(&self) -> &Topology {
        self.table.topology()
    }

    pub(super) fn costs(&self) -> Vec<Option<u64>> {
        (0..self.topology().arc_count() as u32).map(|arc| self.table.cost(arc)).collect()
    }

    pub(super) fn places(&self) -> u32 {
        self.table.places()
    }

    pub(super) fn unit(&self) -> &str {
        self.table.cost_title()
    }

    pub(super) fn notes(&self) -> Vec<String> {
        match self.table.rounded_count() {
            0 => Vec::new(),
            count => vec![format!(
                "{count} of {} costs have more digits than are counted and were rounded to {} after the point",
                self.table.row_count(),
                self.table.places()
            )],
        }
    }

    /// Row of the table in which an arc stands.
    pub(super) fn line(&self, arc: u32) -> u64 {
        self.table.line(arc)
    }

    pub(super) fn id(&self, node: u32) -> &str {
        self.table.id(node)
    }

    fn node(&self, flag: &str, text: &str) -> Result<u32, String> {
        self.table.node(text.trim()).ok_or_else(|| {
            let near = self.table.near(text);
            let fix = if near.is_empty() {
                "give an id of the columns from and to".to_owned()
            } else {
                format!("did you mean {}?", near.join(", "))
            };
            format!("N101: {flag}: found `{text}`; expected a node of {}; {fix}", self.name)
        })
    }

    pub(super) fn point(&self, flag: &str, text: &str) -> Result<Point, Error> {
        let node = self.node(flag, text).map_err(Error::Usage)?;
        Ok(Point { node, over: None, label: self.id(node).to_owned(), json: Value::from(self.id(node)) })
    }

    /// The arcs that `--avoid TEXT` closes.
    pub(super) fn arcs_of(&self, text: &str) -> Result<Vec<u32>, String> {
        let topology = self.topology();
        let all = 0..topology.arc_count() as u32;
        // An id may look like an arc: the id goes first.
        if let Some(node) = self.table.node(text.trim()) {
            return Ok(all.filter(|&arc| topology.tail(arc) == node || topology.head(arc) == node).collect());
        }
        if let Some(line) = text.strip_prefix("row:") {
            let line = line.trim().parse::<u64>().ok();
            let arcs: Vec<u32> = all.filter(|&arc| Some(self.table.line(arc)) == line).collect();
            return if arcs.is_empty() {
                Err(format!("N102: --avoid: found `{text}`; expected a row of {}, the header being row 1", self.name))
            } else {
                Ok(arcs)
            };
        }
        if let Some((from, to)) = text.split_once("->") {
            let (from, to) = (self.node("--avoid", from)?, self.node("--avoid", to)?);
            let arcs: Vec<u32> = all.filter(|&arc| topology.tail(arc) == from && topology.head(arc) == to).collect();
            return if arcs.is_empty() {
                Err(format!("N102: --avoid: found `{text}`; expected an arc of {}; no row leads so", self.name))
            } else {
                Ok(arcs)
            };
        }
        self.node("--avoid", text).map(|_| Vec::new())
    }

    pub(super) fn arc_json(&self, arc: u32, cost: Value) -> Value {
        let (from, to) = (self.id(self.topology().tail(arc)), self.id(self.topology().head(arc)));
        json!({ "from": from, "to": to, "row": self.table.line(arc), "cost": cost })
    }
}
