//! Tables of arcs: numbered nodes, arcs as pairs of them, and what each may cost.

use super::{Args, amount};
use crate::inputs::{Column, Decimal, FROM, FixedPoint, PlainTable, TO};
use std::collections::BTreeMap;
use std::path::Path;

/// Most that all costs come to in whole units.
const MOST: i64 = 1 << 50;

/// Arcs between numbered nodes, and what stands in each row.
pub(super) struct Arcs {
    pub(super) table: PlainTable,
    pub(super) nodes: Vec<String>,
    pub(super) numbers: BTreeMap<String, u32>,
    pub(super) ends: Vec<[u32; 2]>,
}

impl Arcs {
    pub(super) fn read(path: &Path, required: &[Column], optional: &[Column]) -> Self {
        let wanted: Vec<Column> = [FROM, TO].into_iter().chain(required.iter().copied()).collect();
        let table = PlainTable::read(path, &wanted, optional);
        let mut arcs = Self { table, nodes: Vec::new(), numbers: BTreeMap::new(), ends: Vec::new() };
        for row in 0..arcs.table.row_count() {
            let (from, to) = (arcs.table.id(row, FROM[0]), arcs.table.id(row, TO[0]));
            let ends = [arcs.number(&from.unwrap_or_default()), arcs.number(&to.unwrap_or_default())];
            arcs.ends.push(ends);
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
        for name in text.split(',').map(str::trim) {
            match self.numbers.get(name) {
                Some(&number) => found.push(number),
                None => faults.push(format!("L003: --{option} names `{name}`, which is no node of the arcs")),
            }
        }
        found
    }

    /// An arc as its pair of nodes.
    pub(super) fn pair(&self, arc: usize) -> [&str; 2] {
        self.ends[arc].map(|node| self.nodes[node as usize].as_str())
    }

    pub(super) fn pairs(&self, arcs: &[u32]) -> Vec<[&str; 2]> {
        arcs.iter().map(|&arc| self.pair(arc as usize)).collect()
    }

    /// The arcs that `A-B,C-D` names, each with all its parallel arcs; with those that a column `status` marks.
    pub(super) fn chosen(&self, names: &[String], option: &str, faults: &mut Vec<String>) -> Vec<u32> {
        let mut found: Vec<u32> = (0..self.ends.len())
            .filter(|&row| self.table.cell(row, "status").eq_ignore_ascii_case(option))
            .map(|row| row as u32)
            .collect();
        for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            let is_meant = |arc: &usize| self.pair(*arc).join("-") == name;
            let before = found.len();
            found.extend((0..self.ends.len()).filter(is_meant).map(|arc| arc as u32));
            if found.len() == before {
                faults.push(format!("L003: --{option} names `{name}`, which is no arc: write FROM-TO"));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What is asked of an arc problem, read from the command line.
pub(super) struct Choice {
    pub(super) budget: Option<i64>,
    pub(super) prices: Vec<Option<i64>>,
    pub(super) required: Vec<u32>,
    pub(super) forbidden: Vec<u32>,
}

impl Choice {
    /// `price` gives the cost of each arc's interdiction, none where it cannot be interdicted.
    pub(super) fn read(args: &Args, arcs: &Arcs, prices: &[Option<Decimal>], faults: &mut Vec<String>) -> Self {
        let known: Vec<Decimal> = prices.iter().map(|price| price.unwrap_or(Decimal::whole(0))).collect();
        let fixed = FixedPoint::of(&known, MOST, MOST.into()).unwrap_or_else(|| {
            faults.push("L006: the costs add up to more than 10^15: use a larger unit".to_owned());
            FixedPoint { values: vec![0; known.len()], ..FixedPoint::default() }
        });
        let budget = args.budget.as_deref().and_then(amount).map(|budget| {
            let units = budget.scaled_down(fixed.decimals).and_then(|units| i64::try_from(units).ok());
            units.unwrap_or(MOST).min(MOST)
        });
        let prices = prices.iter().zip(fixed.values).map(|(price, units)| price.map(|_| units)).collect();
        let required = arcs.chosen(&args.required, "required", faults);
        let forbidden = arcs.chosen(&args.forbidden, "forbidden", faults);
        for arc in required.iter().filter(|arc| forbidden.binary_search(arc).is_ok()) {
            faults.push(format!("L005: {} is both required and forbidden", arcs.pair(*arc as usize).join("-")));
        }
        Self { budget, prices, required, forbidden }
    }
}
