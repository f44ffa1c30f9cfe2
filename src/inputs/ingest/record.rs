//! One row to one record, or to the reasons why not.

use super::IngestParams;
use super::dates::parse;
use super::quantity::Refusal;
use crate::geodesy::LonLat;
use crate::inputs::finding::Finding;
use crate::inputs::problem::Severity;
use crate::inputs::raw::{DecimalMark, RawRow, RawTable};
use crate::inputs::vocabulary::{
    ColumnMap, CountryMatch, Decimal, DecimalFault, DrugMatch, Field, Quantity, Vocabulary,
};
use crate::records::Iso3;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};

/// A day; month and day are 0 where the record only says the year (or the month).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Calendar year.
    pub year: u16,
    /// 1..=12, 0 = not said.
    pub month: u8,
    /// 1..=31, 0 = not said.
    pub day: u8,
}

/// A record that is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeizureRow {
    /// Index of its table.
    pub table_ix: u32,
    /// Index of its row in the table.
    pub row_ix: u32,
    /// Index of its place.
    pub place_ix: u32,
    /// Index of its drug.
    pub drug_ix: u16,
    /// When.
    pub day: Day,
    /// Cases the row stands for.
    pub case_count: u32,
    /// Whole milligrams.
    pub quantity_mg: i64,
    /// Whether rounding changed the quantity by more than a microgram.
    pub is_rounded: bool,
    /// Position that the record itself gives, where it is used.
    pub position: Option<LonLat>,
}

/// A place as records write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PlaceText<'t> {
    pub(super) country: Iso3,
    pub(super) division: &'t str,
    pub(super) place: Cow<'t, str>,
}

/// The rows of a part of a table; their places are numbered within the part.
pub(super) struct PartResult<'t> {
    pub(super) rows: Vec<SeizureRow>,
    pub(super) places: Vec<PlaceText<'t>>,
    pub(super) findings: Vec<Finding>,
    pub(super) quarantined_count: usize,
    pub(super) excluded: BTreeMap<String, usize>,
    pub(super) hashes: Vec<u64>,
}

/// What a part remembers of texts it has looked up.
struct Memory<'t> {
    countries: HashMap<&'t str, CountryMatch>,
    drugs: HashMap<&'t str, DrugMatch>,
    places: HashMap<PlaceText<'t>, u32>,
}

/// Reads the rows of a part.
pub(super) fn read_part<'t>(
    table: &'t RawTable,
    table_ix: usize,
    part: usize,
    map: &ColumnMap,
    vocabulary: &Vocabulary,
    params: &IngestParams,
) -> PartResult<'t> {
    let mut result = PartResult {
        rows: Vec::new(),
        places: Vec::new(),
        findings: Vec::new(),
        quarantined_count: 0,
        excluded: BTreeMap::new(),
        hashes: Vec::new(),
    };
    let mut memory = Memory { countries: HashMap::new(), drugs: HashMap::new(), places: HashMap::new() };
    let reader = Reader { table, map, vocabulary, params };
    let first = table.first_row_of_part(part);
    // One fixed seed, so that equal rows of different parts meet.
    let hasher = std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default();
    for (offset, row) in table.rows_of_part(part).enumerate() {
        let mut state = hasher.build_hasher();
        for cell in row.cells() {
            state.write(cell.as_bytes());
            state.write_u8(0xff);
        }
        result.hashes.push(state.finish());
        let row_ix = u32::try_from(first + offset).unwrap_or(u32::MAX);
        reader.read(row, row_ix, u32::try_from(table_ix).unwrap_or(u32::MAX), &mut memory, &mut result);
    }
    result
}

/// Rows that repeat an earlier one of their table, or of an earlier table with the same columns.
pub(super) fn identical(tables: &[RawTable], parts: &[PartResult<'_>]) -> usize {
    let mut count = 0;
    let mut next = parts.iter();
    let mut seen_by: HashMap<&[String], HashSet<u64>> = HashMap::new();
    for table in tables {
        let seen = seen_by.entry(&table.columns).or_default();
        seen.reserve(table.row_count());
        for part in next.by_ref().take(table.part_count()) {
            count += part.hashes.iter().filter(|hash| !seen.insert(**hash)).count();
        }
    }
    count
}

pub(super) struct Reader<'t, 'v> {
    pub(super) table: &'t RawTable,
    pub(super) map: &'v ColumnMap,
    pub(super) vocabulary: &'v Vocabulary,
    params: &'v IngestParams,
}

impl<'t> Reader<'t, '_> {
    pub(super) fn cell(&self, row: RawRow<'t>, field: Field) -> &'t str {
        self.map.ix(field).map_or("", |ix| row.cell(ix).trim())
    }

    fn read(&self, row: RawRow<'t>, row_ix: u32, table_ix: u32, memory: &mut Memory<'t>, result: &mut PartResult<'t>) {
        let drug_text = self.cell(row, Field::Drug);
        let drugs = &self.vocabulary.drugs;
        let drug_match = *memory.drugs.entry(drug_text).or_insert_with(|| drugs.find(drug_text));
        if let DrugMatch::Known(ix) = drug_match
            && let Some(rule) = drugs.all.get(usize::from(ix)).and_then(|drug| drug.excluded_by.as_ref())
        {
            *result.excluded.entry(rule.clone()).or_insert(0) += 1;
            return;
        }
        let known = result.findings.len();
        let mut refuse = |field: Field, value: &str, rule: &'static str, message: &str, fix: &str| {
            let header = self.map.header(field);
            // The cell as it stands.
            let cell = self.map.ix(field).map_or("", |ix| row.cell(ix));
            let value = if cell.trim().is_empty() { value } else { cell };
            result.findings.push(self.table.finding(
                Severity::Quarantine,
                rule,
                row.number,
                header,
                value,
                message,
                fix,
            ));
        };
        let country_text = self.cell(row, Field::Country);
        let countries = &self.vocabulary.countries;
        let country = memory.countries.entry(country_text).or_insert_with(|| countries.find(country_text));
        let country = match country {
            CountryMatch::Known(iso3) => Some(*iso3),
            CountryMatch::Ambiguous(choice) => {
                let fix = match choice.split_once(": ") {
                    Some((codes, names)) => {
                        format!("write {}: {names}", codes.replace(" say which", "").replace('|', " or "))
                    }
                    None => format!("write one of {choice}"),
                };
                refuse(Field::Country, country_text, "country_ambiguous", "several countries bear this name", &fix);
                None
            }
            CountryMatch::Unknown(similar) => {
                let fix = suggest("write the country's name or its ISO 3166 code", similar);
                refuse(Field::Country, country_text, "country_unknown", "no country of this name", &fix);
                None
            }
            CountryMatch::Blank => {
                refuse(Field::Country, "", "country_missing", "no country", "write the country of the seizure");
                None
            }
        };
        let drug_ix = match drug_match {
            DrugMatch::Known(ix) => Some(ix),
            DrugMatch::Unknown => {
                let fix = suggest("write a drug of data/vocabulary/drugs.csv", &drugs.similar(drug_text));
                refuse(Field::Drug, drug_text, "drug_unknown", "the drug is not in the vocabulary", &fix);
                None
            }
            DrugMatch::Blank => {
                refuse(Field::Drug, "", "drug_missing", "no drug", "write the drug that was seized");
                None
            }
        };
        let date_text = self.map.date_text(row);
        let day = parse(&date_text, self.params.date_order);
        if let Err((rule, message, fix)) = &day {
            refuse(Field::Date, &date_text, rule, message, fix);
        }
        let drug_name = drug_ix.and_then(|ix| drugs.all.get(usize::from(ix))).map_or("", |drug| drug.drug.as_str());
        let quantity = match self.quantity(row, drug_name) {
            Ok(quantity) => Some(quantity),
            Err(Refusal { field, value, rule, message, fix }) => {
                refuse(field, &value, rule, &message, &fix);
                None
            }
        };
        let case_count = self.cases(row, &mut refuse);
        let position = self.position(row, &mut refuse);
        let (Some(country), Some(drug_ix), Ok(day), Some(quantity), Some(case_count), Some(position)) =
            (country, drug_ix, day, quantity, case_count, position)
        else {
            debug_assert!(result.findings.len() > known);
            result.quarantined_count += 1;
            return;
        };
        let text = self.place_text(row, country);
        let place_ix = match memory.places.get(&text) {
            Some(ix) => *ix,
            None => {
                let ix = u32::try_from(result.places.len()).unwrap_or(u32::MAX);
                result.places.push(text.clone());
                memory.places.insert(text, ix);
                ix
            }
        };
        let Quantity { quantity_mg, is_rounded } = quantity;
        result.rows.push(SeizureRow {
            table_ix,
            row_ix,
            place_ix,
            drug_ix,
            day,
            case_count,
            quantity_mg,
            is_rounded,
            position,
        });
    }

    /// District and place in one text.
    fn place_text(&self, row: RawRow<'t>, country: Iso3) -> PlaceText<'t> {
        let (place, district) = (self.cell(row, Field::Place), self.cell(row, Field::District));
        let place = match (place.is_empty(), district.is_empty()) {
            (_, true) => Cow::Borrowed(place),
            (true, false) => Cow::Owned(format!("{district} district")),
            (false, false) => Cow::Owned(format!("{district} district, {place}")),
        };
        PlaceText { country, division: self.cell(row, Field::Division), place }
    }

    /// The position, when both numbers are there; `None` when what stands there is no position.
    fn position(
        &self,
        row: RawRow<'t>,
        refuse: &mut impl FnMut(Field, &str, &'static str, &str, &str),
    ) -> Option<Option<LonLat>> {
        let cells =
            [(Field::Lon, Field::Lat), (Field::Lat, Field::Lon)].map(|(own, other)| (own, self.cell(row, own), other));
        if cells.iter().all(|(_, cell, _)| cell.is_empty()) {
            return Some(None);
        }
        let mut numbers = [0.0; 2];
        for (slot, (field, cell, other)) in numbers.iter_mut().zip(cells) {
            if cell.is_empty() {
                let message = format!("{other} stands without {field}");
                refuse(field, cell, "position_incomplete", &message, "give both or neither");
                return None;
            }
            match degrees(cell, self.table.decimal) {
                Ok(number) => *slot = number,
                Err(DecimalFault::Ambiguous) => {
                    let fix = "declare it (decimal comma), or write a point";
                    refuse(field, cell, "position_ambiguous", "the comma may be a decimal mark", fix);
                    return None;
                }
                Err(_) => {
                    let fix = "write decimal degrees with a point, such as 61.5";
                    refuse(field, cell, "position_not_a_number", "this is no number of degrees", fix);
                    return None;
                }
            }
        }
        let [lon, lat] = numbers;
        let Some(position) = LonLat::new(lon, lat) else {
            let (field, value) = if (-90.0..=90.0).contains(&lat) { (Field::Lon, lon) } else { (Field::Lat, lat) };
            let fix = match LonLat::new(lat, lon) {
                Some(_) => "correct it; longitude and latitude may be exchanged",
                None => "give degrees of WGS 84: longitude -180 to 180, latitude -90 to 90",
            };
            refuse(field, &value.to_string(), "position_off_the_globe", "a position off the globe", fix);
            return None;
        };
        Some(Some(position))
    }

    fn cases(&self, row: RawRow<'t>, refuse: &mut impl FnMut(Field, &str, &'static str, &str, &str)) -> Option<u32> {
        let text = self.cell(row, Field::Cases);
        if text.is_empty() {
            return Some(1);
        }
        let count = text.parse::<u32>().ok().or_else(|| whole(Decimal::parse(text, self.table.decimal).ok()?));
        let count = count.filter(|count| *count > 0);
        if count.is_none() {
            refuse(
                Field::Cases,
                text,
                "cases_not_a_count",
                "the number of cases is no whole number above zero",
                "write it so",
            );
        }
        count
    }
}

/// Degrees as amounts are read: a comma counts only where it was declared.
fn degrees(text: &str, mark: DecimalMark) -> Result<f64, DecimalFault> {
    if let Some(number) = text.parse().ok().filter(|number: &f64| number.is_finite()) {
        return Ok(number);
    }
    let Decimal { digits, scale } = Decimal::parse(text, mark)?;
    format!("{digits}e-{scale}").parse().map_err(|_| DecimalFault::NotANumber)
}

/// A number without a fraction: `3 029` and `3.0` are counts.
fn whole(number: Decimal) -> Option<u32> {
    let unit = 10_i128.checked_pow(number.scale)?;
    if number.digits % unit == 0 { u32::try_from(number.digits / unit).ok() } else { None }
}

fn suggest(fix: &str, similar: &[String]) -> String {
    if similar.is_empty() { fix.to_owned() } else { format!("{fix}; similar: {}", similar.join("; ")) }
}
