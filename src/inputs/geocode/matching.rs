//! How well a name fits an entry: exact, as adjective, romanised otherwise, or misspelt; one winner or none.

use super::gazetteer::{Country, Entry, Kind, NOWHERE};
use super::namesakes;
use super::normal::{is_arabic, stems};
use crate::geodesy::distance_km;

/// Scores of a match, before what is taken off for doubt. A misspelt name scores `1 - edits / length`.
pub(super) mod score {
    /// The same words.
    pub(in super::super) const EXACT: f64 = 1.0;
    /// A Russian adjective of the name.
    pub(in super::super) const STEM: f64 = 0.97;
    /// The same sounds, romanised otherwise.
    pub(in super::super) const ROMANISED: f64 = 0.95;
    /// An adjective, romanised otherwise.
    pub(in super::super) const ROMANISED_STEM: f64 = 0.93;
    /// The same consonants in Arabic script.
    pub(in super::super) const CONSONANTS: f64 = 0.9;
    /// One word of a province's name, and of no other province's.
    pub(in super::super) const PART: f64 = 0.88;
    /// Taken off where the most populous of several places of one name was chosen.
    pub(in super::super) const DOUBT_OF_NAME: f64 = 0.05;
}

/// At or above this score a text is placed; below it stays at the country.
pub const THRESHOLD: f64 = 0.8;

/// The most populous place of a name must have this many times the people of the next one elsewhere.
pub(super) const DOMINANCE: u64 = 5;

/// Places of one name nearer than this are one place.
pub(super) const SAME_PLACE_KM: f64 = 20.0;

/// A match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match<T> {
    pub(super) what: T,
    pub(super) score: f64,
    pub(super) how: &'static str,
}

/// What a search gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The winner.
    pub(super) best: Option<Match<u32>>,
    /// Entries of the name, or of a similar one, that were not chosen, with their scores.
    pub(super) others: Vec<(u32, f64)>,
    /// Several places bear the name and none stands out.
    pub(super) is_ambiguous: bool,
    /// All of them, or by far the largest, lie in this province.
    pub(super) province: Option<u16>,
}

const REGION_WORDS: &[&str] = &[
    "province",
    "oblast",
    "oblasty",
    "oblysy",
    "obl",
    "viloyati",
    "velayat",
    "wilayat",
    "ostan",
    "region",
    "krai",
    "kray",
    "territory",
    "republic",
    "respublika",
    "respubliki",
    "of",
    "the",
    "welayaty",
    "welayat",
    "autonomous",
    "state",
    "marz",
    "marzi",
    "rayon",
    "county",
    "avtonomnyy",
    "okrug",
    "area",
    "oblasti",
    "viloyat",
    "mkhare",
    "استان",
    "ولایت",
    "صوبہ",
    "صوبه",
];

/// The words without those of a first-level division; all of them when nothing else is left.
pub(super) fn without_region_words(words: &str) -> String {
    let bare: Vec<&str> = words.split(' ').filter(|word| !REGION_WORDS.contains(word)).collect();
    if bare.is_empty() { words.to_owned() } else { bare.join(" ") }
}

/// The province of that name.
pub(super) fn province(country: &Country, words: &str, name: &str) -> Option<Match<u16>> {
    let bare = without_region_words(words);
    let tries = [words, name, bare.as_str()];
    let tries = || tries.into_iter().filter(|text| !text.is_empty());
    let give = |what, score, how| Some(Match { what, score, how });
    if let Some(ix) = tries().find_map(|text| country.province_by_words(text)) {
        return give(ix, score::EXACT, "province name");
    }
    let long = || tries().filter(|text| text.chars().count() >= 3);
    if let Some(ix) = long().flat_map(stems).find_map(|stem| country.province_by_words(&stem)) {
        return give(ix, score::STEM, "province, as adjective");
    }
    if let Some(ix) = long().find_map(|text| country.province_by_squash(text)) {
        return give(ix, score::ROMANISED, "province, romanised otherwise");
    }
    if let Some(ix) = long().find_map(|text| country.province_by_skeleton(text)) {
        return give(ix, score::CONSONANTS, "province, by its consonants");
    }
    long()
        .flat_map(stems)
        .find_map(|stem| country.province_by_squash(&stem))
        .and_then(|ix| give(ix, score::ROMANISED_STEM, "province, as adjective, romanised otherwise"))
}

/// The province of a misspelt name, when one alone is nearest.
///
/// `least_len`: letters of the longer name.
pub(super) fn misspelt_province(country: &Country, name: &str, least_len: usize) -> Option<Match<u16>> {
    let near = country.provinces_near(name, 2);
    let &(what, distance, len) = near.first()?;
    let is_alone = near.get(1).is_none_or(|next| next.1 > distance);
    let score = likeness(distance, len);
    (is_alone && score >= THRESHOLD && len >= least_len).then_some(Match { what, score, how: "province, misspelt" })
}

/// `1 - edits / length`.
fn likeness(distance: usize, len: usize) -> f64 {
    1.0 - distance as f64 / len.max(1) as f64
}

/// Score, name and entries of one way of matching.
pub(super) type Tier<'c> = (f64, &'static str, Vec<&'c [(u32, u8)]>);

/// What the text says about the kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Any,
    District,
    Settlement,
    Airport,
    Crossing,
}

impl Wanted {
    /// The kind of entry that the text names.
    pub(super) const fn kind(self) -> Option<Kind> {
        match self {
            Self::District => Some(Kind::District),
            Self::Crossing => Some(Kind::Crossing),
            Self::Any | Self::Settlement | Self::Airport => None,
        }
    }
}

/// The entry of that name, inside `province` when one is given.
pub(super) fn entry(
    country: &Country,
    words: &str,
    province: Option<u16>,
    wanted: Wanted,
    may_be_misspelt: bool,
) -> Found {
    let stems = stems(words);
    let texts = || std::iter::once(words);
    let tiers: [Tier<'_>; 4] = [
        (score::EXACT, "name", texts().map(|text| country.by_words(text)).collect()),
        (score::STEM, "name, as adjective", stems.iter().map(|stem| country.by_words(stem)).collect()),
        (score::ROMANISED, "name, romanised otherwise", texts().map(|text| country.by_squash(text)).collect()),
        (
            score::ROMANISED_STEM,
            "name, as adjective, romanised otherwise",
            stems.iter().map(|stem| country.by_squash(stem)).collect(),
        ),
    ];
    let plain = by_tiers(country, &tiers, province, wanted);
    let found = namesakes::considered(country, &tiers, plain, words, province, wanted);
    if found.best.is_some() || found.is_ambiguous {
        return found;
    }
    let outside: Vec<(u32, f64)> = country.by_words(words).iter().map(|(ix, _)| (*ix, 0.5)).collect();
    // In a script without vowels a letter makes another name.
    if words.len() < 5 || !may_be_misspelt || is_arabic(words) {
        return Found { others: outside, ..Found::default() };
    }
    misspelt(country, words, province, wanted, outside)
}

/// The first winner, else the first doubt.
fn by_tiers(country: &Country, tiers: &[Tier<'_>], province: Option<u16>, wanted: Wanted) -> Found {
    let mut ambiguous: Option<Found> = None;
    for (score, how, sets) in tiers {
        for set in sets {
            let found = choose(country, set, province, wanted, *score, how);
            if found.best.is_some() {
                return found;
            }
            if found.is_ambiguous && ambiguous.is_none() {
                ambiguous = Some(found);
            }
        }
    }
    ambiguous.unwrap_or_default()
}

fn misspelt(country: &Country, words: &str, province: Option<u16>, wanted: Wanted, outside: Vec<(u32, f64)>) -> Found {
    let limit = if words.len() >= 9 { 2 } else { 1 };
    let near = country.entries_near(words, limit);
    let inside =
        |ix: u32| province.is_none_or(|province| entry_of(country, ix).is_some_and(|e| e.province == province));
    let Some(least) = near.iter().filter(|near| inside(near.0)).map(|near| near.2).min() else {
        let others = near.iter().map(|near| (near.0, likeness(near.2, near.3) - 0.3)).chain(outside).take(5).collect();
        return Found { others, ..Found::default() };
    };
    let best: Vec<&(u32, u8, usize, usize)> = near.iter().filter(|near| near.2 == least && inside(near.0)).collect();
    let score = best.iter().map(|near| likeness(near.2, near.3)).fold(0.0, f64::max);
    let set: Vec<(u32, u8)> = best.iter().map(|near| (near.0, near.1)).collect();
    let mut provinces: Vec<u16> = set.iter().filter_map(|(ix, _)| Some(entry_of(country, *ix)?.province)).collect();
    provinces.sort_unstable();
    provinces.dedup();
    // A misspelt short name fits too many places to be taken without a province, the more so where the gazetteer does not
    // have them all.
    let threshold = match province {
        Some(_) => THRESHOLD,
        None if country.has_districts => THRESHOLD + 0.03,
        None => THRESHOLD + 0.1,
    };
    if provinces.len() == 1 && score >= threshold {
        let found = choose(country, &set, province, wanted, score, "name, misspelt");
        if found.best.is_some() {
            return found;
        }
    }
    let others = set.iter().map(|(ix, _)| (*ix, score)).take(5).collect();
    Found { best: None, others, is_ambiguous: provinces.len() > 1 && score >= threshold, province: None }
}

pub(super) fn entry_of(country: &Country, ix: u32) -> Option<&Entry> {
    country.entries.get(ix as usize)
}

/// The one that is meant among entries of one name.
pub(super) fn choose(
    country: &Country,
    set: &[(u32, u8)],
    province: Option<u16>,
    wanted: Wanted,
    score: f64,
    how: &'static str,
) -> Found {
    let mut all: Vec<(u32, u8, &Entry)> =
        set.iter().filter_map(|(ix, rank)| Some((*ix, *rank, entry_of(country, *ix)?))).collect();
    if let Some(province) = province {
        all.retain(|(_, _, entry)| entry.province == province);
    }
    prefer(&mut all, wanted);
    if all.is_empty() {
        return Found::default();
    }
    all.sort_by_key(|(ix, rank, entry)| (std::cmp::Reverse(entry.population), *rank, *ix));
    let (top_ix, _, top) = all[0];
    let is_abroad = |entry: &Entry| province.is_none() && entry.province != top.province;
    let elsewhere = |entry: &Entry| {
        if is_abroad(entry) {
            return true;
        }
        match (entry.position, top.position) {
            (Some(a), Some(b)) => distance_km(a, b) > SAME_PLACE_KM && entry.kind == top.kind,
            _ => false,
        }
    };
    let rivals: Vec<&(u32, u8, &Entry)> = all.iter().filter(|(_, _, entry)| elsewhere(entry)).collect();
    if rivals.is_empty() {
        return Found { best: Some(Match { what: top_ix, score, how }), ..Found::default() };
    }
    let others: Vec<(u32, f64)> =
        all.iter().skip(1).map(|(ix, _, _)| (*ix, score - score::DOUBT_OF_NAME)).take(5).collect();
    let next = rivals.iter().map(|(_, _, entry)| entry.population).max().unwrap_or(0);
    let abroad = rivals.iter().filter(|(_, _, entry)| is_abroad(entry)).map(|(_, _, entry)| entry.population).max();
    // The size of villages does not tell which district of their name is meant.
    let is_by_size = wanted != Wanted::District || top.kind == Kind::District;
    let is_at_home = abroad.is_none_or(|people| is_by_size && top.population >= DOMINANCE * people.max(1));
    if is_by_size && top.population >= DOMINANCE * next.max(1) {
        let score = score - score::DOUBT_OF_NAME;
        return Found { best: Some(Match { what: top_ix, score, how }), others, ..Found::default() };
    }
    // The only one whose main name it is.
    let own: Vec<u32> = all.iter().filter(|(_, rank, _)| *rank == 0).map(|(ix, _, _)| *ix).collect();
    if let (Some(_), [one]) = (province, own.as_slice()) {
        let score = score - score::DOUBT_OF_NAME;
        return Found { best: Some(Match { what: *one, score, how }), others, ..Found::default() };
    }
    let others = all.iter().map(|(ix, _, _)| (*ix, score)).take(5).collect();
    Found { best: None, others, is_ambiguous: true, province: is_at_home.then_some(top.province) }
}

/// Keeps the entries of the kind that the text names, when there are any.
fn prefer(all: &mut Vec<(u32, u8, &Entry)>, wanted: Wanted) {
    let has = |kind: Kind, all: &[(u32, u8, &Entry)]| all.iter().any(|(_, _, entry)| entry.kind == kind);
    let keep = match wanted {
        Wanted::District if has(Kind::District, all) => Some(Kind::District),
        Wanted::Crossing if has(Kind::Crossing, all) => Some(Kind::Crossing),
        _ if has(Kind::Place, all) => Some(Kind::Place),
        Wanted::Any if has(Kind::Crossing, all) => Some(Kind::Crossing),
        _ => None,
    };
    if let Some(kind) = keep {
        all.retain(|(_, _, entry)| entry.kind == kind);
    }
    if all.iter().any(|(_, _, entry)| entry.province != NOWHERE) {
        all.retain(|(_, _, entry)| entry.province != NOWHERE);
    }
}
