//! Loading, cleaning and grouping seizure records from CSV, for `ingest_peers.py` to compare with a data-frame library.
//!
//! `cargo bench --bench ingest -- FILE`: the file has `date,lat,lon,drug,quantity,unit`. Rule: rows are dropped whose date
//! is no YYYY-MM-DD day, whose position or quantity is missing, whose quantity is not above 0, whose unit is no mass, or
//! that lie outside 43 <= lon < 80, 22 <= lat < 46; drugs are trimmed, in lower case, under one name; grams are rounded
//! half to even; groups are drug, year and cell of half a degree. Standard output is one JSON object: `seconds` of each
//! round and the answer.
#![allow(clippy::expect_used)] // a bench that cannot run has nothing to measure

use corridor::inputs::raw::{RawRow, RawTable, ReadOptions, parse_real, read_table};
use rayon::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

const ROUND_COUNT: usize = 7;

/// Half-degree cells of the box.
const CELLS: [i32; 2] = [74, 48];

const ALIASES: &[(&str, &str)] = &[
    ("diacetylmorphine", "heroin"),
    ("meth", "methamphetamine"),
    ("crystal meth", "methamphetamine"),
    ("hashish", "cannabis resin"),
    ("marijuana", "cannabis herb"),
];

/// Grams in a unit.
const FACTORS: &[(&str, f64)] = &[("kg", 1000.0), ("g", 1.0), ("t", 1e6), ("lb", 453.59237), ("mg", 0.001)];

/// Year of a `YYYY-MM-DD` day.
fn year_of(date: &str) -> Option<u16> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = date.as_bytes() else { return None };
    let digits = [a, b, c, d, e, f, g, h];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |digits: &[u8]| digits.iter().fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        2 => 28 + u16::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=length).contains(&day).then_some(year)
}

/// Drugs and units seen: text as written to its number.
struct Words {
    drugs: Vec<String>,
    by_text: Vec<(String, u8)>,
    units: Vec<(String, Option<f64>)>,
}

impl Words {
    fn new() -> Self {
        Self { drugs: Vec::new(), by_text: Vec::new(), units: Vec::new() }
    }

    fn drug(&mut self, text: &str) -> u8 {
        if let Some((_, ix)) = self.by_text.iter().find(|(known, _)| known == text) {
            return *ix;
        }
        let plain = text.trim().to_lowercase();
        let name = ALIASES.iter().find(|(alias, _)| *alias == plain).map_or(plain, |(_, name)| (*name).to_owned());
        let ix = self.drugs.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.drugs.push(name);
            self.drugs.len() - 1
        });
        let ix = u8::try_from(ix).expect("fewer than 256 drugs");
        self.by_text.push((text.to_owned(), ix));
        ix
    }

    fn factor(&mut self, text: &str) -> Option<f64> {
        if let Some((_, factor)) = self.units.iter().find(|(known, _)| known == text) {
            return *factor;
        }
        let plain = text.to_lowercase();
        let factor = FACTORS.iter().find(|(unit, _)| *unit == plain).map(|(_, factor)| *factor);
        self.units.push((text.to_owned(), factor));
        factor
    }
}

/// A clean row: drug, year, cell, grams.
type Clean = (u8, u16, u16, i64);

fn clean(row: RawRow<'_>, words: &mut Words) -> Option<Clean> {
    let year = year_of(row.cell(0))?;
    let quantity = parse_real(row.cell(4)).filter(|quantity| *quantity > 0.0)?;
    let (lat, lon) = (parse_real(row.cell(1))?, parse_real(row.cell(2))?);
    if !(43.0..80.0).contains(&lon) || !(22.0..46.0).contains(&lat) {
        return None;
    }
    let factor = words.factor(row.cell(5))?;
    let grams = (quantity * factor).round_ties_even();
    let cell = ((lon * 2.0).floor() as i32 - 86) * CELLS[1] + ((lat * 2.0).floor() as i32 - 44);
    Some((words.drug(row.cell(3)), year, cell as u16, grams as i64))
}

fn work(path: &Path) -> (serde_json::Value, [f64; 3]) {
    let begin = Instant::now();
    let table: RawTable = read_table(path, &ReadOptions::default()).expect("a table").remove(0);
    assert_eq!(table.columns, ["date", "lat", "lon", "drug", "quantity", "unit"]);
    let read = begin.elapsed().as_secs_f64();
    let parts: Vec<(Vec<String>, Vec<Clean>)> = (0..table.part_count())
        .into_par_iter()
        .map(|part| {
            let mut words = Words::new();
            let rows = table.rows_of_part(part).filter_map(|row| clean(row, &mut words)).collect();
            (words.drugs, rows)
        })
        .collect();
    let cleaned = begin.elapsed().as_secs_f64();
    // each part's drugs under the numbers of all
    let mut drugs: HashMap<&str, usize> = HashMap::new();
    let years = parts.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.1));
    let (first, last) = years.fold((u16::MAX, 0), |(first, last), year| (first.min(year), last.max(year)));
    let year_count = usize::from(last.saturating_sub(first)) + 1;
    let cell_count = (CELLS[0] * CELLS[1]) as usize;
    let mut groups: Vec<(u32, i64)> = Vec::new();
    for (names, rows) in &parts {
        let known: Vec<usize> = names
            .iter()
            .map(|name| {
                let next = drugs.len();
                *drugs.entry(name).or_insert(next)
            })
            .collect();
        groups.resize(drugs.len() * year_count * cell_count, (0, 0));
        for (drug, year, cell, grams) in rows {
            let at = known[usize::from(*drug)] * year_count + usize::from(year - first);
            let group = &mut groups[at * cell_count + usize::from(*cell)];
            group.0 += 1;
            group.1 += grams;
        }
    }
    let used = groups.iter().filter(|group| group.0 > 0);
    let answer = json!({
        "rows": used.clone().map(|group| u64::from(group.0)).sum::<u64>(),
        "groups": used.clone().count(),
        "grams": used.clone().map(|group| group.1).sum::<i64>(),
        "count_sq": used.map(|group| u64::from(group.0).pow(2)).sum::<u64>(),
    });
    (answer, [read, cleaned, begin.elapsed().as_secs_f64()])
}

/// A small synthetic file for the glance that `cargo test` takes, with the answer worked by hand.
fn glance() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    let mut text = String::from("date,lat,lon,drug,quantity,unit\n");
    for _ in 0..3 {
        text.push_str("2015-08-04,31.09742,46.88026, HEROIN,1.5,KG\n");
    }
    let bad = [
        "2015-02-30,31,46,opium,1,kg",
        "2015-08-04,,46,opium,1,kg",
        "2015-08-04,31,46,opium,0,kg",
        "2015-08-04,31,46,opium,1,tablets",
        "2015-08-04,31,80,opium,1,kg",
    ];
    let _ = write!(text, "2016-02-29,31.1,46.9,diacetylmorphine,2.5,g\n{}\n", bad.join("\n"));
    #[allow(clippy::disallowed_methods)] // a bench's own file
    std::fs::write(&path, text).expect("written");
    let (answer, _) = work(&path);
    assert_eq!(answer, json!({"rows": 4, "groups": 2, "grams": 4502, "count_sq": 10}));
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.iter().find(|argument| !argument.starts_with("--"));
    let Some(file) = file.filter(|_| arguments.iter().any(|argument| argument == "--bench")) else {
        return glance();
    };
    let rounds: Vec<(serde_json::Value, [f64; 3])> = (0..ROUND_COUNT).map(|_| work(Path::new(file))).collect();
    assert!(rounds.iter().all(|(answer, _)| *answer == rounds[0].0), "the rounds differ");
    let seconds: Vec<f64> = rounds.iter().map(|(_, seconds)| seconds[2]).collect();
    let stages: Vec<[f64; 3]> = rounds.iter().map(|(_, seconds)| *seconds).collect();
    println!("{}", json!({"seconds": seconds, "read_cleaned_grouped": stages, "answer": rounds[0].0}));
}
