//! The parts of a text with their curated readings; those of streets and roads are left out.

use super::Candidate;
use super::decide::Reading;
use super::gazetteer::Correction;
use super::kinds::STREET;
use super::matching;
use super::normal::{plain_words, squash, stems};
use super::words::{Piece, pieces};
use crate::records::Iso3;

/// A part of the text with its curated reading, if any.
pub(super) struct Part<'a> {
    pub(super) piece: Piece,
    pub(super) correction: Option<&'a Correction>,
    pub(super) is_division: bool,
}

impl<'a> Reading<'a> {
    /// Cuts a text into parts, each with its curated reading.
    pub(super) fn cut(
        &mut self,
        scope: &str,
        text: &str,
        words: &str,
        iso3: Iso3,
        is_division: bool,
        parts: &mut Vec<Part<'a>>,
    ) {
        let (pieces, cues) = pieces(text, iso3.as_str());
        self.cues.is_crossing |= cues.is_crossing;
        self.cues.is_office |= cues.is_office;
        let says = |of: fn(&Piece) -> bool| pieces.iter().any(of);
        let piece = Piece {
            words: words.to_owned(),
            name: words.to_owned(),
            is_alone: true,
            is_region: says(|piece| piece.is_region),
            is_settled: says(|piece| piece.is_town),
            is_district: says(|piece| piece.is_district),
            is_road: says(|piece| piece.is_road),
            is_street: says(|piece| piece.is_street),
            ..Piece::default()
        };
        let whole = self.correction(scope, words, words, piece.is_region);
        if let Some(correction) = whole.filter(|found| self.holds(found, scope, &piece)) {
            parts.push(Part { piece, correction: Some(correction), is_division });
            return;
        }
        for piece in pieces {
            let kind = match () {
                () if piece.is_airport => "airport",
                () if piece.is_town => "town",
                () => "",
            };
            let of_kind = self.country.correction(kind, &piece.name).filter(|_| !kind.is_empty());
            let correction = of_kind.or_else(|| self.correction(scope, &piece.words, &piece.name, piece.is_region));
            let correction = correction.filter(|found| self.holds(found, scope, &piece));
            parts.push(Part { piece, correction, is_division });
        }
    }

    /// Whether a curated reading of a piece's name holds for what the piece says: a town, district, street or road is not
    /// the province or city that it is named after.
    fn holds(&self, found: &Correction, scope: &str, piece: &Piece) -> bool {
        let is_as_it_stands = || {
            let find = |scope: &str| self.country.correction(scope, &piece.words);
            [scope, "any", "region"].into_iter().filter_map(find).any(|own| std::ptr::eq(own, found))
        };
        match found.kind.as_str() {
            "province" if piece.is_settled => false,
            "province" if piece.is_district && self.country.has_districts => {
                let named = matching::province(self.country, &piece.words, &piece.name).map(|named| named.what);
                // `Алматинский` is an adjective of Almaty that its letters alone do not tell.
                let own = found.province.and_then(|ix| self.country.provinces.get(ix as usize));
                let begin = |text: &str| squash(&plain_words(text)).chars().take(4).collect::<String>();
                let is_alike = own.is_some_and(|own| begin(&own.name) == begin(&piece.name));
                is_as_it_stands() || named != found.province && !is_alike
            }
            "city" | "crossing" if piece.is_district && self.country.has_districts => {
                is_as_it_stands() || squash(&plain_words(&found.place)) != squash(&piece.name)
            }
            "province" | "city" | "district" | "crossing" if piece.is_street || piece.is_road => is_as_it_stands(),
            _ => true,
        }
    }

    /// The curated reading of a text: as it stands, without its words of kind, or as adjective. A text that says region is
    /// not read as the town of that name.
    fn correction(&self, scope: &str, words: &str, name: &str, says_region: bool) -> Option<&'a Correction> {
        let bare = matching::without_region_words(words);
        let is_region = bare != words || !stems(words).is_empty();
        let mut keys = vec![words, bare.as_str(), name];
        let short: Vec<&str> = keys.iter().filter_map(|key| without_adjective(key)).collect();
        keys.extend(short);
        let scopes: &[&str] = if is_region { &[scope, "any", "region"] } else { &[scope, "any"] };
        let find = |scope: &&str| {
            let fits = |key: &str, found: &Correction| {
                !says_region || key == words || ["ignore", "country", "province"].contains(&found.kind.as_str())
            };
            let filled = keys.iter().filter(|key| !key.is_empty());
            filled.into_iter().find_map(|key| self.country.correction(scope, key).filter(|found| fits(key, found)))
        };
        scopes.iter().find_map(find)
    }

    /// The parts but those of roads and streets, which name other places than where they are.
    pub(super) fn without_roads(&mut self, parts: Vec<Part<'a>>) -> Vec<Part<'a>> {
        // `EL COLEGIO` is a town.
        let is_street = |piece: &Piece| piece.is_street && self.country.by_words(&piece.words).is_empty();
        let mut is_left_out: Vec<bool> =
            parts.iter().map(|part| part.piece.is_road || is_street(&part.piece)).collect();
        // `гостиница "Ташкент"`, `трасса "Тараз-Алматы"`: the name behind the bare word.
        for ix in 1..parts.len() {
            let (bare, next) = (&parts[ix - 1].piece, &parts[ix].piece);
            let is_plain = !(next.is_settled || next.is_district || next.is_region || parts[ix].is_division);
            let is_its_name = bare.is_road && bare.name.is_empty() && !next.sides.is_empty()
                || bare.is_street && bare.words.split(' ').all(|word| STREET.contains(&word));
            is_left_out[ix] |= is_plain && is_its_name;
        }
        let mut start = 0;
        for end in 1..=parts.len() {
            let last = &parts[end - 1].piece;
            let is_joined = parts.get(end).is_some_and(|next| {
                let is_its_name = last.is_road && last.name.is_empty() && next.piece.is_dashed;
                !next.is_division && (last.is_dashed || is_its_name)
            });
            if is_joined {
                continue;
            }
            // `Herat - Kandahar highway`: the dash joins both names to the road.
            let chain = &parts[start..end];
            let names = chain.iter().filter(|part| !part.piece.name.is_empty());
            if chain.iter().any(|part| part.piece.is_road) && names.count() > 1 {
                is_left_out[start..end].fill(true);
            }
            start = end;
        }
        let mut kept = Vec::new();
        for (part, is_left_out) in parts.into_iter().zip(is_left_out) {
            if !is_left_out || part.correction.is_some() && part.piece.is_alone {
                kept.push(part);
                continue;
            }
            let why = if part.piece.is_street { "street_without_place" } else { "train_or_road_without_place" };
            if self.why.is_empty() {
                why.clone_into(&mut self.why);
            }
            let ends = part.piece.sides.iter().flat_map(|(a, b)| [a, b]).chain([&part.piece.name]);
            let ends: Vec<Candidate> = ends.filter_map(|end| self.known(end)).map(|known| known.candidate).collect();
            self.name(ends);
        }
        kept
    }
}

/// `urgutskiy` to `urgut`, as the curated table writes adjectives.
fn without_adjective(words: &str) -> Option<&str> {
    ["skaya", "skiy", "skij", "sky", "skoy", "ckiy", "skogo", "sly"].iter().find_map(|end| words.strip_suffix(end))
}
