//! What a piece was found to be: a province, district, crossing or place, and the placement made of it.

use super::decide::Reading;
use super::gazetteer::{Correction, Kind, NOWHERE};
use super::matching::{Match, score};
use super::words::Piece;
use super::{Candidate, Placement};
use crate::geodesy::LonLat;
use crate::records::Precision;

/// Uncertainty of a city, and of one of a million people or more.
const CITY_KM: [u32; 2] = [10, 20];
const BIG_CITY: u64 = 1_000_000;
const CROSSING_KM: u32 = 10;
const DISTRICT_KM: u32 = 30;
/// A station or unit that reports may lie this far from the spot.
pub(super) const OFFICE_KM: u32 = 75;
/// Something that a piece was found to be.
pub(super) struct Hit {
    pub(super) province: u16,
    pub(super) precision: Precision,
    pub(super) place: Option<(String, String)>,
    pub(super) position: Option<LonLat>,
    pub(super) uncertainty_km: u32,
    pub(super) score: f64,
    pub(super) how: &'static str,
    /// Curated together with its province: holds against another stated one.
    pub(super) is_trusted: bool,
    /// The division column says so.
    pub(super) is_division: bool,
    /// Said to be a region, oblast or the like.
    pub(super) is_region: bool,
}

impl Reading<'_> {
    pub(super) fn hit_of(&self, correction: &Correction) -> Option<Hit> {
        let province = correction.province;
        let precision = match correction.kind.as_str() {
            "province" => {
                return Some(self.province_hit(Match { what: province?, score: score::EXACT, how: "curated" }));
            }
            "district" => Precision::District,
            "city" => Precision::City,
            "crossing" => Precision::Crossing,
            _ => return None,
        };
        Some(Hit {
            province: province.unwrap_or(NOWHERE),
            precision,
            place: Some((String::new(), correction.place.clone())),
            position: correction.position,
            uncertainty_km: correction.uncertainty_km,
            score: score::EXACT,
            how: "curated",
            is_trusted: province.is_some(),
            is_division: false,
            is_region: false,
        })
    }

    pub(super) fn province_hit(&self, found: Match<u16>) -> Hit {
        let province = self.country.provinces.get(found.what as usize);
        Hit {
            province: found.what,
            precision: Precision::Province,
            place: province.map(|province| (province.id.clone(), String::new())),
            position: province.and_then(|province| province.position),
            uncertainty_km: province.map_or(1, |province| province.radius_km),
            score: found.score,
            how: found.how,
            is_trusted: false,
            is_division: false,
            is_region: false,
        }
    }

    pub(super) fn entry_hit(&self, found: Match<u32>, piece: &Piece) -> Option<Hit> {
        let entry = self.country.entries.get(found.what as usize)?;
        let is_district = piece.is_district || entry.kind == Kind::District;
        let (precision, radius_km) = match () {
            () if is_district => (Precision::District, DISTRICT_KM),
            () if entry.kind == Kind::Crossing || self.cues.is_crossing => (Precision::Crossing, CROSSING_KM),
            () => (Precision::City, CITY_KM[usize::from(entry.population >= BIG_CITY)]),
        };
        let province = self.country.provinces.get(entry.province as usize);
        // A district without a position of its own lies somewhere in its province.
        let (position, uncertainty_km) = match entry.position {
            Some(position) => (Some(position), radius_km),
            None => (province.and_then(|p| p.position), province.map_or(self.country.radius_km, |p| p.radius_km)),
        };
        Some(Hit {
            province: entry.province,
            precision,
            place: Some((entry.id.clone(), entry.name.clone())),
            position,
            uncertainty_km,
            score: found.score,
            how: found.how,
            is_trusted: false,
            is_division: false,
            is_region: false,
        })
    }

    pub(super) fn placement(&self, hit: Hit) -> Placement {
        let province = self.country.provinces.get(hit.province as usize);
        let (id, name) = hit.place.unwrap_or_default();
        Placement {
            precision: hit.precision,
            adm1: province.map(|province| province.name.clone()),
            place_id: Some(id).filter(|id| !id.is_empty()),
            place: Some(name).filter(|name| !name.is_empty()),
            position: hit.position,
            uncertainty_km: hit.uncertainty_km,
            score: hit.score,
            how: hit.how,
            reason: String::new(),
            candidates: Vec::new(),
        }
    }

    /// What was not chosen, best first, at most five.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self.named.clone();
        for (ix, score) in &self.others {
            let Some(entry) = self.country.entries.get(*ix as usize) else { continue };
            let province = self.country.provinces.get(entry.province as usize);
            let adm1 = province.map(|p| p.name.clone()).unwrap_or_default();
            if !found.iter().any(|known| known.name == entry.name && known.adm1 == adm1) {
                found.push(Candidate { name: entry.name.clone(), adm1, score: (score * 100.0).round() / 100.0 });
            }
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.name, &a.adm1).cmp(&(&b.name, &b.adm1))));
        found.truncate(5);
        found
    }
}
