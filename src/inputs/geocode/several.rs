//! Texts that name places of several provinces: beside each other, as the ends of a road, or against the stated one.

use super::Candidate;
use super::decide::Reading;
use super::gazetteer::{Country, Entry, Kind, NOWHERE};
use super::hits::Hit;
use super::matching::{self, Match, Wanted, entry_of, score};
use super::words::Piece;
use crate::geodesy::distance_km;
use crate::records::Precision;

/// A place of this many people that lies this far outside the stated province contradicts it.
const KNOWN_PLACE: u64 = 50_000;
const FAR_KM: f64 = 30.0;

/// So does a smaller one, a district or a crossing whose name no other province has, where the gazetteer has villages.
const TOWN: u64 = 10_000;

/// A city of this many people is not the neighbour of a village in the stated province.
const GREAT: u64 = 500_000;

/// A place or province known by its name alone.
pub(super) struct Known {
    pub(super) province: u16,
    pub(super) candidate: Candidate,
}

/// Whether the province is the city that the stated one is named after: it lies inside, as a division of its own.
pub(super) fn is_city_inside(country: &Country, province: u16, stated: u16) -> bool {
    let name = |ix: u16| country.provinces.get(ix as usize).map(|province| province.name.as_str());
    name(province).and_then(|name| name.strip_suffix(" City")).is_some_and(|name_of| Some(name_of) == name(stated))
}

impl Reading<'_> {
    /// The province or place that bears the name, spelt as it is, in the whole country.
    pub(super) fn known(&self, name: &str) -> Option<Known> {
        if name.chars().count() < 2 {
            return None;
        }
        let curated = ["any", "place", "town"].into_iter().find_map(|scope| self.country.correction(scope, name));
        if let Some((found, province)) = curated.and_then(|found| Some((found, found.province?))) {
            return Some(self.known_as(province, &found.place, score::EXACT));
        }
        if let Some(found) = matching::province(self.country, name, "") {
            return Some(self.known_as(found.what, "", found.score));
        }
        if name.chars().count() < 3 {
            return None;
        }
        let best = matching::entry(self.country, name, None, Wanted::Any, false).best?;
        let entry = entry_of(self.country, best.what).filter(|entry| entry.province != NOWHERE)?;
        Some(self.known_as(entry.province, &entry.name, best.score))
    }

    fn known_as(&self, province: u16, place: &str, score: f64) -> Known {
        let adm1 = self.country.provinces.get(province as usize).map(|p| p.name.clone()).unwrap_or_default();
        let name = if place.is_empty() { adm1.clone() } else { place.to_owned() };
        Known { province, candidate: Candidate { name, adm1, score } }
    }

    /// Lists what the text names.
    pub(super) fn name(&mut self, found: Vec<Candidate>) {
        for one in found {
            if !self.named.iter().any(|known| (&known.name, &known.adm1) == (&one.name, &one.adm1)) {
                self.named.push(one);
            }
        }
    }

    /// `Kandahar to Herat`, `Osh-Khorog`: names of two provinces on the sides of a hyphen or a word.
    pub(super) fn names_two(&mut self, piece: &Piece) -> bool {
        if piece.sides.is_empty() || self.is_firm {
            return false;
        }
        for (a, b) in &piece.sides {
            let (Some(a), Some(b)) = (self.known(a), self.known(b)) else { continue };
            if !self.is_one(a.province, b.province) {
                let hits = [&a, &b].map(|known| self.named_hit(known));
                self.hits.extend(hits);
                self.name(vec![a.candidate, b.candidate]);
                return true;
            }
        }
        false
    }

    fn named_hit(&self, known: &Known) -> Hit {
        self.province_hit(Match { what: known.province, score: known.candidate.score, how: "province name" })
    }

    fn is_one(&self, a: u16, b: u16) -> bool {
        a == b || is_city_inside(self.country, a, b) || is_city_inside(self.country, b, a)
    }

    /// Whether the text names places of several provinces: two of any kind, or, where a province is stated as such, another
    /// one by its own name and nothing inside.
    pub(super) fn names_several(&mut self) -> bool {
        let division = self.hits.iter().find(|hit| hit.is_division && hit.province != NOWHERE).map(|hit| hit.province);
        let stated = self.province.filter(|_| self.is_firm).or(division);
        let least = if stated.is_some() { score::EXACT } else { score::PART };
        let is_sure = |hit: &&Hit| !hit.is_division && hit.score >= least && hit.province != NOWHERE;
        let mut sure: Vec<&Hit> = self.hits.iter().filter(is_sure).collect();
        let Some(first) = stated.or(sure.first().map(|hit| hit.province)) else { return false };
        if stated.is_some() {
            let is_inside = |hit: &&Hit| self.is_one(hit.province, first) && !hit.is_region;
            let mut others: Vec<u16> = sure.iter().map(|hit| hit.province).collect();
            others.sort_unstable();
            others.dedup();
            // Two others are the ends of a way through the stated one.
            if others.len() > 1 || self.is_firm && sure.iter().any(|hit| hit.is_trusted) || sure.iter().any(is_inside) {
                return false;
            }
            sure = self.hits.iter().filter(|hit| hit.is_division || is_sure(hit)).collect();
        }
        if sure.iter().all(|hit| self.is_one(hit.province, first)) {
            return false;
        }
        let named = sure.iter().map(|hit| {
            let place = hit.place.as_ref().filter(|_| hit.precision != Precision::Province);
            self.known_as(hit.province, place.map_or("", |(_, name)| name), hit.score).candidate
        });
        let named = named.collect();
        self.name(named);
        true
    }

    /// `Almaty, Ili district`: the district lies in the province around the city.
    pub(super) fn leave_city_for_district(&mut self) {
        if self.stated.is_some() {
            return;
        }
        let districts = self.hits.iter().filter(|hit| hit.precision == Precision::District && hit.score >= score::PART);
        let around = districts.map(|hit| hit.province).find(|around| {
            self.hits.iter().all(|hit| hit.province == *around || is_city_inside(self.country, hit.province, *around))
        });
        if let Some(around) = around {
            self.hits.retain(|hit| hit.province == around);
        }
    }

    /// Whether a well-known place of that name lies far outside the province.
    pub(super) fn contradicts(&self, name: &str, piece: &Piece) -> bool {
        let Some(province) = self.province else { return false };
        if piece.is_district || self.cues.is_office {
            return false;
        }
        let found = self.far_place(&piece.words, province).or_else(|| self.far_place(name, province));
        found.is_some_and(|(entry, is_only)| {
            entry.population >= KNOWN_PLACE
                || is_only && self.country.has_districts && (entry.population >= TOWN || entry.kind != Kind::Place)
        })
    }

    /// Whether `best`, in the stated province, bears the name only as another name or misspelt, and a well-known place
    /// of another province has it as its own.
    pub(super) fn is_overshadowed(&self, best: Match<u32>, name: &str, piece: &Piece) -> bool {
        let (Some(province), Some(found)) = (self.province, entry_of(self.country, best.what)) else { return false };
        let is_own =
            |text: &str| super::normal::squash(&super::normal::plain_words(text)) == super::normal::squash(name);
        if piece.is_district || self.cues.is_office || is_own(&found.name) {
            return false;
        }
        self.far_place(name, province).is_some_and(|(entry, _)| {
            entry.population >= KNOWN_PLACE.max(matching::DOMINANCE * found.population)
                && (is_own(&entry.name) || best.score < score::CONSONANTS)
        })
    }

    /// The place of that name far outside the province, and whether all of the name lie in its own province.
    fn far_place(&self, name: &str, province: u16) -> Option<(&Entry, bool)> {
        let best = matching::entry(self.country, name, None, Wanted::Settlement, false).best?;
        let entry = entry_of(self.country, best.what)?;
        let is_near = |here| {
            let near = |other: &Entry| {
                other.province == province && other.position.is_some_and(|p| distance_km(p, here) < FAR_KM)
            };
            self.country.entries.iter().any(near)
        };
        let is_great = self.country.has_districts && entry.population >= GREAT;
        if entry.province == province || !is_great && entry.position.is_some_and(is_near) {
            return None;
        }
        let namesakes = self.country.by_squash(name).iter().filter_map(|(ix, _)| entry_of(self.country, *ix));
        let is_only = namesakes.into_iter().all(|other| other.province == entry.province);
        Some((entry, is_only))
    }
}
