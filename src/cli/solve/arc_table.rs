//! Tables of arcs: numbered nodes, and each arc as a site with a name, a cost and rules.

use super::Args;
use super::rules::{self, NamedRules};
use crate::inputs::{Column, Decimal, FROM, LocationTables, PlainTable, RULE_COLUMNS, SiteRow, TO};
use std::collections::BTreeMap;
use std::path::Path;

/// Arcs between numbered nodes, and what stands in each row.
pub(super) struct Arcs {
    pub(super) table: PlainTable,
    pub(super) nodes: Vec<String>,
    pub(super) numbers: BTreeMap<String, u32>,
    pub(super) ends: Vec<[u32; 2]>,
    /// `FROM-TO`; of parallel arcs `FROM-TO#1`, `FROM-TO#2` and so on.
    pub(super) names: Vec<String>,
}

impl Arcs {
    pub(super) fn read(path: &Path, required: &[Column], optional: &[Column]) -> Self {
        let wanted: Vec<Column> = [FROM, TO].into_iter().chain(required.iter().copied()).collect();
        let optional: Vec<Column> = optional.iter().copied().chain(RULE_COLUMNS).collect();
        let table = PlainTable::read(path, &wanted, &optional);
        let mut arcs = Self { table, nodes: Vec::new(), numbers: BTreeMap::new(), ends: Vec::new(), names: Vec::new() };
        for row in 0..arcs.table.row_count() {
            let (from, to) = (arcs.table.id(row, FROM[0]), arcs.table.id(row, TO[0]));
            let ends = [arcs.number(&from.unwrap_or_default()), arcs.number(&to.unwrap_or_default())];
            arcs.ends.push(ends);
        }
        let plain: Vec<String> = (0..arcs.ends.len()).map(|arc| arcs.pair(arc).join("-")).collect();
        let mut count: BTreeMap<&str, u32> = BTreeMap::new();
        plain.iter().for_each(|name| *count.entry(name).or_default() += 1);
        let mut met: BTreeMap<&str, u32> = BTreeMap::new();
        for name in &plain {
            let place = met.entry(name).or_default();
            *place += 1;
            arcs.names.push(if count[name.as_str()] > 1 { format!("{name}#{place}") } else { name.clone() });
        }
        arcs
    }

    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.nodes.len() as u32;
        self.nodes.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The numbers of a list of nodes on the command line.
    pub(super) fn named(&self, text: Option<&str>, option: &str, faults: &mut Vec<String>) -> Vec<u32> {
        let Some(text) = text else {
            faults.push(format!("L001: --{option} NODE is missing"));
            return Vec::new();
        };
        let mut found = Vec::new();
        // A node whose id holds a comma is one node.
        if let Some(&number) = self.numbers.get(text.trim()) {
            return vec![number];
        }
        for name in text.split(',').map(str::trim) {
            match self.numbers.get(name) {
                Some(&number) => found.push(number),
                None => faults.push(format!("L003: --{option} names `{name}`, which is no node of the arcs")),
            }
        }
        found
    }

    /// An arc as its pair of nodes.
    fn pair(&self, arc: usize) -> [&str; 2] {
        self.ends[arc].map(|node| self.nodes[node as usize].as_str())
    }

    pub(super) fn pairs(&self, arcs: &[u32]) -> Vec<[&str; 2]> {
        arcs.iter().map(|&arc| self.pair(arc as usize)).collect()
    }

    /// The rules over the arcs. `costs` has an entry an arc: none = `fixed`, it cannot be chosen.
    pub(super) fn rules(
        &mut self,
        args: &Args,
        costs: &[Option<Decimal>],
        fixed: &str,
        faults: &mut Vec<String>,
    ) -> NamedRules {
        let rows = costs.iter().enumerate();
        let zero = Decimal::whole(0);
        let rows = rows.map(|(row, cost)| SiteRow::read(&mut self.table, row, Some(cost.unwrap_or(zero)))).collect();
        let tables = LocationTables::of_sites(&self.names, rows, &mut self.table);
        let mut named = rules::read(args, &tables).unwrap_or_else(|found| {
            faults.extend(found);
            NamedRules::default()
        });
        for (arc, _) in costs.iter().enumerate().filter(|(_, cost)| cost.is_none()) {
            for (option, flags) in [("required", &named.rules.required), ("existing", &named.rules.existing)] {
                if flags.get(arc) == Some(&true) {
                    faults.push(format!("L005: {} is {option}, but {fixed}", self.names[arc]));
                }
            }
            if let Some(is_forbidden) = named.rules.forbidden.get_mut(arc) {
                *is_forbidden = true;
            }
        }
        named
    }
}
