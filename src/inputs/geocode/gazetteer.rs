//! Names of one country and what they stand for.

use super::normal::{edits, is_arabic, plain_words, skeleton, squash};
use crate::geodesy::LonLat;
use crate::records::Iso3;
use std::borrow::Cow;
use std::collections::HashMap;

/// What a gazetteer entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    District,
    Crossing,
    Place,
}

/// A first-level division.
#[derive(Clone, Debug)]
pub(super) struct Province {
    pub(super) id: String,
    pub(super) name: String,
    /// A point inside.
    pub(super) position: Option<LonLat>,
    /// Radius of a circle of its area.
    pub(super) radius_km: u32,
}

/// A district, crossing or place.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: String,
    /// Index of its province.
    pub(super) province: u16,
    pub(super) position: Option<LonLat>,
    pub(super) population: u64,
}

/// A curated reading of a text.
#[derive(Clone, Debug)]
pub(super) struct Correction {
    /// `ignore`, `country`, `province`, `district`, `city`, `crossing`.
    pub(super) kind: String,
    pub(super) province: Option<u16>,
    pub(super) place: String,
    pub(super) position: Option<LonLat>,
    pub(super) uncertainty_km: u32,
    pub(super) reason: String,
}

/// The names of a country.
#[derive(Debug, Default)]
pub(super) struct Country {
    pub(super) provinces: Vec<Province>,
    pub(super) entries: Vec<Entry>,
    /// Radius of a circle of the country's area.
    pub(super) radius_km: u32,
    /// The gazetteer knows districts here, and places down to villages.
    pub(super) has_districts: bool,
    province_by_words: HashMap<String, u16>,
    province_by_squash: HashMap<String, u16>,
    province_by_skeleton: HashMap<String, u16>,
    /// Single words of province names; one of several provinces stands for none.
    province_by_part: HashMap<String, u16>,
    /// Entry and whether the name is its main one (0) or another (1).
    by_words: HashMap<String, Vec<(u32, u8)>>,
    by_squash: HashMap<String, Vec<(u32, u8)>>,
    /// Squashed names by first letter, in order.
    near: HashMap<u8, Vec<String>>,
    corrections: HashMap<(String, String), Correction>,
}

/// No province.
pub(super) const NOWHERE: u16 = u16::MAX;

impl Country {
    /// The country's rows of the gazetteer and of the corrections.
    pub(super) fn read(iso3: Iso3, gazetteer: &str, corrections: &[csv::StringRecord]) -> Self {
        let mut country = Self::default();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(gazetteer.as_bytes());
        let mut row = csv::StringRecord::new();
        let mut province_ix: HashMap<String, u16> = HashMap::new();
        while reader.read_record(&mut row).unwrap_or(false) {
            let cell = |ix: usize| row.get(ix).unwrap_or_default();
            let number = |ix: usize| cell(ix).parse::<f64>().ok();
            let position = number(5).zip(number(6)).and_then(|(lon, lat)| LonLat::new(lon, lat));
            if cell(2) == "province" {
                let ix = u16::try_from(country.provinces.len()).unwrap_or(NOWHERE);
                province_ix.insert(cell(3).to_owned(), ix);
                country.add_province_names(ix, cell(3), cell(9));
                let radius_km = cell(7).parse().unwrap_or(1);
                let (id, name) = (cell(0).to_owned(), cell(3).to_owned());
                country.provinces.push(Province { id, name, position, radius_km });
                continue;
            }
            let kind = match cell(2) {
                "district" => Kind::District,
                "crossing" => Kind::Crossing,
                _ => Kind::Place,
            };
            country.has_districts |= kind == Kind::District;
            let province = province_ix.get(cell(4)).copied().unwrap_or(NOWHERE);
            let ix = u32::try_from(country.entries.len()).unwrap_or(u32::MAX);
            let (id, name, population) = (cell(0).to_owned(), cell(3).to_owned(), cell(8).parse().unwrap_or(0));
            country.add_entry_names(ix, &name, cell(9));
            country.entries.push(Entry { kind, id, name, province, position, population });
        }
        let squares: u64 = country.provinces.iter().map(|p| u64::from(p.radius_km).pow(2)).sum();
        country.radius_km = (squares as f64).sqrt().round() as u32;
        for key in country.by_squash.keys() {
            if let Some(first) = key.bytes().next() {
                country.near.entry(first).or_default().push(key.clone());
            }
        }
        for keys in country.near.values_mut() {
            keys.sort_unstable();
        }
        country.add_corrections(iso3, corrections, &province_ix);
        country
    }

    fn add_province_names(&mut self, ix: u16, name: &str, others: &str) {
        for name in std::iter::once(name).chain(others.split('|')).filter(|name| !name.is_empty()) {
            let words = plain_words(name);
            if words.is_empty() {
                continue;
            }
            let bare = super::matching::without_region_words(&words);
            for key in [words.clone(), bare] {
                self.province_by_squash.entry(squash(&key)).or_insert(ix);
                self.province_by_words.entry(key).or_insert(ix);
            }
            for part in words.split(' ').filter(|part| part.len() >= 4) {
                add_if_alone(&mut self.province_by_part, part.to_owned(), ix);
            }
            let bones = skeleton(&words);
            if bones.len() >= 4 {
                add_if_alone(&mut self.province_by_skeleton, bones, ix);
            }
        }
    }

    fn add_entry_names(&mut self, ix: u32, name: &str, others: &str) {
        let others = others.split('|').filter(|other| !other.is_empty());
        for (rank, name) in std::iter::once((0, name)).chain(others.map(|other| (1, other))) {
            let words = plain_words(name);
            if words.len() < 3 {
                continue;
            }
            add(&mut self.by_squash, squash(&words), ix, rank);
            // `Torkham (Afghan side)` is also Torkham.
            if let Some((bare, _)) = name.split_once(" (") {
                add(&mut self.by_squash, squash(&plain_words(bare)), ix, rank);
                add(&mut self.by_words, plain_words(bare), ix, rank);
            }
            // `Girardot City` is also Girardot, unless that is a province; `Bajaur Agency` is also Bajaur.
            let bare = words.strip_suffix(" city").or_else(|| words.strip_suffix(" agency"));
            if let Some(bare) = bare.filter(|bare| !self.province_by_words.contains_key(*bare)) {
                add(&mut self.by_squash, squash(bare), ix, 1);
                add(&mut self.by_words, bare.to_owned(), ix, 1);
            }
            add(&mut self.by_words, words, ix, rank);
        }
    }

    fn add_corrections(&mut self, iso3: Iso3, rows: &[csv::StringRecord], provinces: &HashMap<String, u16>) {
        for row in rows {
            let cell = |ix: usize| row.get(ix).unwrap_or_default();
            if cell(0) != iso3.as_str() {
                continue;
            }
            let number = |ix: usize| cell(ix).parse::<f64>().ok();
            let correction = Correction {
                kind: cell(3).to_owned(),
                province: provinces.get(cell(4)).copied(),
                place: cell(5).to_owned(),
                position: number(6).zip(number(7)).and_then(|(lon, lat)| LonLat::new(lon, lat)),
                uncertainty_km: cell(8).parse().unwrap_or(10),
                reason: cell(9).to_owned(),
            };
            self.corrections.insert((cell(1).to_owned(), without_blanks(cell(2)).into_owned()), correction);
        }
    }

    pub(super) fn correction(&self, scope: &str, text: &str) -> Option<&Correction> {
        if self.corrections.is_empty() {
            return None;
        }
        self.corrections.get(&(scope.to_owned(), without_blanks(text).into_owned()))
    }

    pub(super) fn province_by_words(&self, words: &str) -> Option<u16> {
        self.province_by_words.get(words).copied()
    }

    pub(super) fn province_by_squash(&self, words: &str) -> Option<u16> {
        self.province_by_squash.get(&squash(words)).copied()
    }

    pub(super) fn province_by_skeleton(&self, words: &str) -> Option<u16> {
        if !is_arabic(words) {
            return None;
        }
        self.province_by_skeleton.get(&skeleton(words)).copied().filter(|ix| *ix != NOWHERE)
    }

    /// The province of whose name this is a word, when it is a word of no other.
    pub(super) fn province_by_part(&self, words: &str) -> Option<u16> {
        self.province_by_part.get(words).copied().filter(|ix| *ix != NOWHERE)
    }

    /// Provinces whose squashed names are at most `limit` edits away: (province, edits, length of the longer name).
    pub(super) fn provinces_near(&self, words: &str, limit: usize) -> Vec<(u16, usize, usize)> {
        let key = squash(words);
        let mut found: Vec<(u16, usize, usize)> = self
            .province_by_squash
            .iter()
            .filter_map(|(name, ix)| edits(&key, name, limit).map(|d| (*ix, d, name.len().max(key.len()))))
            .collect();
        found.sort_by_key(|(ix, distance, len)| (*distance, *ix, *len));
        found.dedup_by_key(|(ix, _, _)| *ix);
        found
    }

    pub(super) fn by_words(&self, words: &str) -> &[(u32, u8)] {
        self.by_words.get(words).map_or(&[], Vec::as_slice)
    }

    pub(super) fn by_squash(&self, words: &str) -> &[(u32, u8)] {
        self.by_squash.get(&squash(words)).map_or(&[], Vec::as_slice)
    }

    /// Entries whose squashed names begin with the same letter and are at most `limit` edits away.
    pub(super) fn entries_near(&self, words: &str, limit: usize) -> Vec<(u32, u8, usize, usize)> {
        let key = squash(words);
        let keys = key.bytes().next().and_then(|first| self.near.get(&first));
        let mut found = Vec::new();
        for name in keys.into_iter().flatten() {
            if let Some(distance) = edits(&key, name, limit) {
                let entries = self.by_squash.get(name).into_iter().flatten();
                found.extend(entries.map(|(ix, rank)| (*ix, *rank, distance, name.len().max(key.len()))));
            }
        }
        found.sort_by_key(|(ix, rank, distance, len)| (*distance, *ix, *rank, *len));
        found
    }
}

/// Arabic script leaves the gap inside a name to the writer: `بندرعباس`, `بندر عباس`.
fn without_blanks(words: &str) -> Cow<'_, str> {
    if is_arabic(words) { Cow::Owned(words.replace(' ', "")) } else { Cow::Borrowed(words) }
}

/// A key of two provinces stands for neither.
fn add_if_alone(map: &mut HashMap<String, u16>, key: String, ix: u16) {
    let known = map.entry(key).or_insert(ix);
    if *known != ix {
        *known = NOWHERE;
    }
}

fn add(map: &mut HashMap<String, Vec<(u32, u8)>>, key: String, ix: u32, rank: u8) {
    if key.is_empty() {
        return;
    }
    let entries = map.entry(key).or_default();
    if !entries.iter().any(|(known, _)| *known == ix) {
        entries.push((ix, rank));
    }
}
