//! Records summed by place, drug and year: the project's `seizures.csv`.

use super::{Ingested, SeizureRow};
use crate::inputs::geocode::plain_words;
use crate::records::Precision;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};

/// A record of this much or more is a row of its own: 20,000 kg, a full lorry.
const EXTREME_MG: i64 = 20_000_000_000;

/// Drugs whose kilograms are added up; the others are plant matter, medicines or not named.
const SUMMED: &[&str] = &["heroin", "morphine", "opium", "acetic anhydride"];

/// Fewest records of a country-year that is looked at for a second copy.
const BLOCK_MIN: usize = 20;

/// A country-year stands twice when at most one in this many of its records is in rows that occur an odd number of times.
const ODD_ONE_IN: usize = 200;

/// What becomes of a country-year that a file holds twice as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepeatedBlocks {
    /// The second copies are left out.
    #[default]
    Once,
    /// Every record is counted.
    AsInFile,
}

/// One place, drug and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceSum {
    /// Identifier, such as `AFG-badakhshan-heroin-2011`.
    pub seizure_id: String,
    /// Country.
    pub iso3: String,
    /// First-level division; empty at country precision.
    pub adm1: String,
    /// Place; empty when not known.
    pub place: String,
    /// Longitude and latitude in degrees with five decimals; empty at country precision.
    pub position: Option<[String; 2]>,
    /// Precision of the place.
    pub precision: &'static str,
    /// Radius of the place in km.
    pub uncertainty_km: u32,
    /// Opiates or precursors.
    pub commodity: &'static str,
    /// Drug.
    pub drug: String,
    /// Calendar year.
    pub year: u16,
    /// Remarks, with `;` between them.
    pub note: String,
    /// Cases.
    pub case_count: u64,
    /// Whole milligrams.
    pub quantity_mg: i128,
}

/// All places, and the records that are in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceTable {
    /// By identifier.
    pub rows: Vec<PlaceSum>,
    /// Records that the rows sum up.
    pub record_count: usize,
    /// Used records that are in no row, by rule.
    pub left_out: BTreeMap<&'static str, usize>,
}

/// What makes a row.
type Key<'i> = (String, &'i str, &'i str, &'i str, u16, &'static str, u32, Option<[String; 2]>, String);

/// Sums the records of opiates and precursors.
///
/// A record of 20,000 kg or more is a row of its own place, marked `extreme_single_record`. A country-year of 20 records or
/// more that stands twice in a file (at most 0.5 % of its records are in rows that occur an odd number of times) is counted
/// once, unless `blocks` says otherwise: `counted_once_of_two`.
///
/// `records used = record_count + the sum of left_out`.
#[must_use]
pub fn place_table(ingested: &Ingested, blocks: RepeatedBlocks) -> PlaceTable {
    let copies = match blocks {
        RepeatedBlocks::Once => second_copies(ingested),
        RepeatedBlocks::AsInFile => vec![Copied::No; ingested.rows.len()],
    };
    let mut table = PlaceTable::default();
    let mut groups: BTreeMap<Key<'_>, (&'static str, u64, i128)> = BTreeMap::new();
    for (row, copy) in ingested.rows.iter().zip(copies) {
        let drug = &ingested.drugs[usize::from(row.drug_ix)];
        let Some(commodity) = drug.commodity else {
            *table.left_out.entry("drug_neither_opiate_nor_precursor").or_insert(0) += 1;
            continue;
        };
        if copy == Copied::Second {
            *table.left_out.entry("second_copy_of_a_block").or_insert(0) += 1;
            continue;
        }
        let text = &ingested.places[row.place_ix as usize];
        let placed = &text.placement;
        let (precision, uncertainty_km) = match row.position {
            Some(_) => (Precision::Point, 1),
            None => (placed.precision, placed.uncertainty_km),
        };
        let position = row.position.or(placed.position).map(|at| [format!("{:.5}", at.lon), format!("{:.5}", at.lat)]);
        let mut notes: Vec<String> = Vec::new();
        if row.quantity_mg >= EXTREME_MG {
            notes.push("extreme_single_record".to_owned());
        }
        if copy == Copied::First {
            notes.push("counted_once_of_two".to_owned());
        }
        if !SUMMED.contains(&drug.drug.as_str()) {
            notes.push("not_in_kg_sums".to_owned());
        }
        if precision == Precision::Country {
            notes.push(format!("country_only:{}", placed.reason));
        }
        let key = (
            text.country.to_string(),
            placed.adm1.as_deref().unwrap_or_default(),
            placed.place.as_deref().unwrap_or_default(),
            drug.drug.as_str(),
            row.day.year,
            precision.as_str(),
            uncertainty_km,
            position,
            notes.join(";"),
        );
        let sum = groups.entry(key).or_insert((commodity.as_str(), 0, 0));
        sum.1 += u64::from(row.case_count);
        sum.2 += i128::from(row.quantity_mg);
        table.record_count += 1;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (key, (commodity, case_count, quantity_mg)) in groups {
        let (iso3, adm1, place, drug, year, precision, uncertainty_km, position, note) = key;
        let division = if adm1.is_empty() && precision == "point" { "point" } else { adm1 };
        let base = identifier(&iso3, division, place, drug, year, note.contains("extreme_single_record"));
        let count = seen.entry(base.clone()).or_insert(0);
        *count += 1;
        table.rows.push(PlaceSum {
            seizure_id: if *count == 1 { base } else { format!("{base}-{count}") },
            iso3,
            adm1: adm1.to_owned(),
            place: place.to_owned(),
            position,
            precision,
            uncertainty_km,
            commodity,
            drug: drug.to_owned(),
            year,
            note,
            case_count,
            quantity_mg,
        });
    }
    table.rows.sort_by(|a, b| a.seizure_id.cmp(&b.seizure_id));
    let accounted = table.record_count + table.left_out.values().sum::<usize>();
    assert_eq!(ingested.rows.len(), accounted, "records are not accounted for");
    table
}

fn identifier(iso3: &str, adm1: &str, place: &str, drug: &str, year: u16, is_extreme: bool) -> String {
    let slug = |text: &str| {
        let words = plain_words(text);
        let kept: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
        let joined = kept.split_whitespace().collect::<Vec<_>>().join("-");
        if joined.is_empty() { "x".to_owned() } else { joined }
    };
    let mut parts = vec![iso3.to_owned(), if adm1.is_empty() { "country".to_owned() } else { slug(adm1) }];
    if !place.is_empty() {
        parts.push(slug(place));
    }
    parts.extend([slug(drug), year.to_string()]);
    if is_extreme {
        parts.push("extreme".to_owned());
    }
    parts.join("-")
}

/// What a record is to a country-year that stands twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copied {
    /// Its country-year stands once.
    No,
    /// The first of two, or one that has no second.
    First,
    /// The second of two.
    Second,
}

/// Which records are second copies.
fn second_copies(ingested: &Ingested) -> Vec<Copied> {
    let hasher = std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default();
    let hash = |row: &SeizureRow| {
        let table = &ingested.tables[row.table_ix as usize];
        let mut state = hasher.build_hasher();
        for ix in 0..table.columns.len() {
            state.write(table.cell(row.row_ix as usize, ix).as_bytes());
            state.write_u8(0xff);
        }
        state.finish()
    };
    let hashes = crate::parallel::map_in_order(&ingested.rows, hash);
    let block_of = |row: &SeizureRow| (row.table_ix, ingested.places[row.place_ix as usize].country, row.day.year);
    let mut blocks: HashMap<_, HashMap<u64, usize>> = HashMap::new();
    for (row, hash) in ingested.rows.iter().zip(&hashes) {
        *blocks.entry(block_of(row)).or_default().entry(*hash).or_insert(0) += 1;
    }
    let mut left: HashMap<_, HashMap<u64, usize>> = HashMap::new();
    for (block, counts) in blocks {
        let record_count: usize = counts.values().sum();
        let odd_count: usize = counts.values().filter(|count| *count % 2 == 1).sum();
        if record_count >= BLOCK_MIN && odd_count * ODD_ONE_IN <= record_count {
            left.insert(block, HashMap::new());
        }
    }
    let mut copied = Vec::with_capacity(hashes.len());
    for (row, hash) in ingested.rows.iter().zip(hashes) {
        copied.push(match left.get_mut(&block_of(row)) {
            None => Copied::No,
            Some(seen) => {
                let count = seen.entry(hash).or_insert(0);
                *count += 1;
                if *count % 2 == 1 { Copied::First } else { Copied::Second }
            }
        });
    }
    copied
}
