//! From the pieces of a text to one placement.

use super::gazetteer::{Country, NOWHERE};
use super::hits::{Hit, OFFICE_KM};
use super::matching::{self, Match, THRESHOLD, Wanted, score};
use super::normal::{mended, plain_words};
use super::parts::Part;
use super::several::is_city_inside;
use super::user::{UserPlace, UserPlaces};
use super::words::{Cues, Piece};
use super::{Candidate, Placement};
use crate::geodesy::distance_km;
use crate::records::{Iso3, Precision};

/// Countries whose division column holds customs regions, not provinces.
const DIVISION_NOT_ADMINISTRATIVE: &[&str] = &["BGR"];

/// Texts that say nothing.
const BLANK: &[&str] =
    &["", "unknown", "n a", "na", "not specified", "unspecified", "various", "various places", "none", "null", "other"];

/// Commands named after a part of the country cover several provinces.
const PARTS: &[&str] = &["north", "south", "east", "west", "central", "northern", "southern", "eastern", "western"];

/// What is known while a text is read.
pub(super) struct Reading<'a> {
    pub(super) country: &'a Country,
    pub(super) cues: Cues,
    pub(super) hits: Vec<Hit>,
    /// The province by which later pieces are looked up.
    pub(super) province: Option<u16>,
    /// The division column or a word such as oblast says that it is a province.
    pub(super) is_firm: bool,
    /// The province that the division column states.
    pub(super) stated: Option<u16>,
    /// The division column says something.
    has_division: bool,
    pub(super) why: String,
    pub(super) others: Vec<(u32, f64)>,
    /// Places that the text names beside each other.
    pub(super) named: Vec<Candidate>,
}

/// At country precision.
pub(super) fn nowhere(reason: &str) -> Placement {
    Placement {
        precision: Precision::Country,
        adm1: None,
        place_id: None,
        place: None,
        position: None,
        uncertainty_km: 1,
        score: 0.0,
        how: "",
        reason: reason.to_owned(),
        candidates: Vec::new(),
    }
}

/// See [`super::Geocoder::place`].
pub(super) fn place(country: &Country, iso3: Iso3, user: &UserPlaces, division: &str, text: &str) -> Placement {
    let (division, text) = (mended(division), mended(text));
    let (division_words, words) = (plain_words(&division), plain_words(&text));
    let both = format!("{division_words} {words}");
    if let Some(own) = [words.as_str(), both.trim(), division_words.as_str()].iter().find_map(|key| user.of(iso3, key))
    {
        return by_user(country, own);
    }
    let mut reading = Reading {
        country,
        cues: Cues::default(),
        hits: Vec::new(),
        province: None,
        is_firm: false,
        stated: None,
        has_division: false,
        why: String::new(),
        others: Vec::new(),
        named: Vec::new(),
    };
    let key =
        if words.is_empty() { division_words.clone() } else { format!("{division_words} > {words}").trim().to_owned() };
    if let Some(correction) = country.correction("both", &key) {
        return match reading.hit_of(correction) {
            Some(hit) => reading.placement(hit),
            None => at_country(country, &correction.reason),
        };
    }
    let is_blank = |words: &str| BLANK.contains(&words);
    if is_blank(&division_words) && is_blank(&words) {
        let reason = if words.is_empty() && division_words.is_empty() { "place_blank" } else { "place_not_said" };
        return at_country(country, reason);
    }
    let mut parts = Vec::new();
    for (scope, text, words) in [("adm", &division, &division_words), ("place", &text, &words)] {
        let is_division = scope == "adm";
        if is_blank(words)
            || (is_division && DIVISION_NOT_ADMINISTRATIVE.contains(&iso3.as_str()) && !division.is_empty())
        {
            continue;
        }
        reading.cut(scope, text, words, iso3, is_division, &mut parts);
    }
    reading.read(parts);
    reading.finish()
}

fn at_country(country: &Country, reason: &str) -> Placement {
    Placement { uncertainty_km: country.radius_km.max(1), ..nowhere(reason) }
}

/// The division that a user names, by its name or its code.
pub(super) fn division_of_user(country: &Country, adm1: &str) -> Option<u16> {
    let words = plain_words(adm1);
    let code = words.rsplit(' ').next().unwrap_or_default();
    matching::province(country, &words, code).map(|found| found.what)
}

fn by_user(country: &Country, own: &UserPlace) -> Placement {
    let mut province = division_of_user(country, &own.adm1);
    if let (None, Some(here)) = (province, own.position) {
        let near =
            country.entries.iter().filter_map(|entry| Some((distance_km(entry.position?, here), entry.province)));
        province = near.filter(|(_, p)| *p != NOWHERE).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p);
    }
    let known = province.and_then(|ix| country.provinces.get(ix as usize));
    let (precision, radius_km) = match own.position {
        Some(_) => (Precision::Point, 5),
        None => (Precision::Province, known.map_or(country.radius_km, |p| p.radius_km)),
    };
    let adm1 = known.map(|p| p.name.clone()).or_else(|| Some(own.adm1.clone()).filter(|adm1| !adm1.is_empty()));
    Placement {
        precision,
        adm1,
        place_id: None,
        place: Some(own.place.clone()).filter(|place| !place.is_empty()),
        position: own.position.or_else(|| known.and_then(|p| p.position)),
        uncertainty_km: own.uncertainty_km.unwrap_or(radius_km),
        score: 1.0,
        how: "your own table",
        reason: String::new(),
        candidates: Vec::new(),
    }
}

impl<'a> Reading<'a> {
    /// Reads the parts: provinces first, since they say where to look for the rest.
    fn read(&mut self, parts: Vec<Part<'a>>) {
        self.has_division = parts.iter().any(|part| part.is_division);
        let parts = self.without_roads(parts);
        let mut pending = Vec::new();
        for part in parts {
            let Some(correction) = part.correction else {
                if !self.read_province(&part) {
                    pending.push(part);
                }
                continue;
            };
            match correction.kind.as_str() {
                "ignore" => {}
                "country" => correction.reason.clone_into(&mut self.why),
                "province" => {
                    if let Some(hit) = self.hit_of(correction) {
                        self.keep_hit(hit, part.is_division, part.piece.is_region);
                    }
                }
                _ => pending.push(part),
            }
        }
        // A town says where its quarters are looked up.
        pending.sort_by_key(|part| (!part.is_division, !(part.piece.is_town && part.correction.is_none())));
        for part in pending {
            match part.correction {
                Some(correction) => {
                    let hit = self.hit_of(correction);
                    self.hits.extend(hit.map(|hit| Hit { is_division: part.is_division, ..hit }));
                }
                None => {
                    if self.read_entry(&part.piece, part.is_division) {
                        return;
                    }
                }
            }
        }
    }

    /// Whether the piece names a province.
    fn read_province(&mut self, part: &Part<'a>) -> bool {
        let piece = &part.piece;
        if piece.is_settled || piece.is_district || piece.is_road {
            return false;
        }
        let Some(found) = matching::province(self.country, &piece.words, &piece.name) else { return false };
        // `Osh, Osh`: the second is the town. A village named after another province is not meant where no province is
        // stated as such.
        let is_inside = self.province.is_some_and(|province| {
            !piece.is_region
                && (self.is_firm || province == found.what)
                && matching::entry(self.country, &piece.name, Some(province), Wanted::Any, false).best.is_some()
        });
        if is_inside {
            return false;
        }
        self.keep_hit(self.province_hit(found), part.is_division, piece.is_region);
        true
    }

    fn keep_province(&mut self, found: Match<u16>, is_division: bool) {
        self.keep_hit(self.province_hit(found), is_division, false);
    }

    fn keep_hit(&mut self, hit: Hit, is_division: bool, is_region: bool) {
        if is_division {
            self.stated = self.stated.or(Some(hit.province));
        }
        self.is_firm |= self.province.is_none() && (is_division || is_region);
        self.province = self.province.or(Some(hit.province));
        self.hits.push(Hit { is_division, is_region, ..hit });
    }

    /// Looks a piece up among districts, crossings and places; `true` when it contradicts the stated province.
    fn read_entry(&mut self, piece: &Piece, is_division: bool) -> bool {
        let name = piece.name.as_str();
        if name.chars().count() < 3 || name.bytes().all(|b| b.is_ascii_digit() || b == b' ') {
            if self.cues.is_office && self.why.is_empty() {
                "agency_without_place".clone_into(&mut self.why);
            }
            return false;
        }
        if self.cues.is_office && PARTS.contains(&name) {
            "regional_directorate_spans_provinces".clone_into(&mut self.why);
            return false;
        }
        let wanted = match () {
            () if piece.is_district => Wanted::District,
            () if piece.is_airport => Wanted::Airport,
            () if piece.is_settled => Wanted::Settlement,
            () if self.cues.is_crossing => Wanted::Crossing,
            () => Wanted::Any,
        };
        let may_be_misspelt = self.province.is_some() || piece.is_alone && (is_division || !self.has_division);
        let mut found = matching::entry(self.country, &piece.words, self.province, wanted, false);
        if found.best.is_none() {
            found = matching::entry(self.country, name, self.province, wanted, may_be_misspelt);
        }
        let is_misspelt = found.best.as_ref().is_none_or(|best| best.score < score::CONSONANTS);
        if is_misspelt && !is_division && self.names_two(piece) {
            return false;
        }
        // Bears a name of several places as it stands.
        let is_doubtful = found.is_ambiguous && found.others.iter().any(|other| other.1 >= score::CONSONANTS);
        let may_be_province = is_division || !self.has_division;
        if may_be_province
            && is_misspelt
            && !is_doubtful
            && !piece.is_settled
            && !piece.is_district
            && self.province.is_none()
        {
            let province = matching::misspelt_province(self.country, name, if is_division { 5 } else { 6 });
            let is_better =
                |found: &Match<u16>, than: &Option<Match<u32>>| than.is_none_or(|best| found.score >= best.score);
            if let Some(province) = province.filter(|province| is_better(province, &found.best)) {
                self.keep_province(province, is_division);
                return false;
            }
        }
        self.others.extend(found.others.iter().copied());
        if let Some(best) = found.best {
            if self.is_overshadowed(best, name, piece) {
                self.hits.clear();
                "place_contradicts_stated_province".clone_into(&mut self.why);
                return true;
            }
            let hit = self.entry_hit(best, piece);
            self.hits.extend(hit.map(|hit| Hit { is_division, ..hit }));
            return false;
        }
        if let (None, Some(what)) = (self.province, found.province.filter(|province| *province != NOWHERE)) {
            let score = score::EXACT - score::DOUBT_OF_NAME;
            self.keep_province(Match { what, score, how: "several places of one name in one province" }, is_division);
            return false;
        }
        let part = self
            .country
            .province_by_part(name)
            .filter(|_| self.province.is_none() && !piece.is_settled && !piece.is_district);
        if let Some(what) = part {
            self.keep_province(Match { what, score: score::PART, how: "province, one word of its name" }, is_division);
            return false;
        }
        if self.read_with_province_inside(piece, wanted, is_division) {
            return false;
        }
        if self.contradicts(name, piece) {
            self.hits.clear();
            "place_contradicts_stated_province".clone_into(&mut self.why);
            return true;
        }
        if self.why.is_empty() {
            let why = if found.is_ambiguous { "name_in_several_provinces" } else { "text_not_resolved" };
            why.clone_into(&mut self.why);
        }
        false
    }

    /// `Риддер ВКО`, `Dushanbe Rudaki`: a province at the end or the beginning of the words.
    fn read_with_province_inside(&mut self, piece: &Piece, wanted: Wanted, is_division: bool) -> bool {
        let words: Vec<&str> = piece.name.split(' ').collect();
        for cut in 1..words.len() {
            for (province, rest) in
                [(words[cut..].join(" "), words[..cut].join(" ")), (words[..cut].join(" "), words[cut..].join(" "))]
            {
                if province.len() < 3 {
                    continue;
                }
                let Some(found) = matching::province(self.country, &province, "") else { continue };
                // `Riga Central prison`: the name alone is curated as the city of another division.
                let own = self.country.correction("any", &province).and_then(|own| own.province);
                if own.is_some_and(|own| own != found.what) {
                    continue;
                }
                // `RC | SAN LUCA` is not Lucca: behind a division that is not known only the very name counts.
                let least = if self.has_division && self.province.is_none() { score::EXACT } else { score::ROMANISED };
                if found.score < least || self.province.is_some_and(|known| known != found.what) {
                    continue;
                }
                let inside = matching::entry(self.country, &rest, Some(found.what), wanted, false).best;
                // `Osh-Khorog`: the other end of a way lies elsewhere.
                let is_side = |(a, b): &(String, String)| (a, b) == (&province, &rest);
                if inside.is_none() && piece.sides.iter().any(is_side) {
                    continue;
                }
                self.keep_province(found, is_division);
                let hit = inside.and_then(|best| self.entry_hit(best, piece));
                self.hits.extend(hit);
                return true;
            }
        }
        false
    }

    /// The best of the hits, or the country with its reason.
    fn finish(mut self) -> Placement {
        if self.names_several() {
            let why = if self.has_division { "place_contradicts_stated_province" } else { "several_places" };
            return Placement { candidates: self.candidates(), ..at_country(self.country, why) };
        }
        if let Some(province) = self.province {
            let is_inside = |hit: &Hit| hit.province == province || hit.is_trusted;
            if self.hits.iter().any(is_inside) {
                self.hits.retain(is_inside);
            }
        }
        self.hits.retain(|hit| hit.score >= THRESHOLD);
        self.leave_city_for_district();
        let best = self.hits.iter().enumerate().min_by_key(|(ix, hit)| (hit.precision, *ix)).map(|(ix, _)| ix);
        let Some(best) = best else {
            let reason = if self.why.is_empty() { "text_not_resolved".to_owned() } else { self.why.clone() };
            return Placement { candidates: self.candidates(), ..at_country(self.country, &reason) };
        };
        let mut best = self.hits.swap_remove(best);
        if self
            .stated
            .is_some_and(|stated| best.province != stated && !is_city_inside(self.country, best.province, stated))
        {
            return Placement {
                candidates: self.candidates(),
                ..at_country(self.country, "place_contradicts_stated_province")
            };
        }
        if self.cues.is_office && matches!(best.precision, Precision::City | Precision::District) {
            best.precision = Precision::District;
            best.uncertainty_km = best.uncertainty_km.max(OFFICE_KM);
        }
        self.placement(best)
    }
}
