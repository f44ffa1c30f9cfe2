//! Things of one name in several provinces: the kind that the text says decides, else it stays open.

use super::gazetteer::{Country, Entry, Kind, NOWHERE};
use super::matching::{DOMINANCE, Found, Match, SAME_PLACE_KM, Tier, Wanted, choose, entry_of, score};
use super::normal::plain_words;
use crate::geodesy::distance_km;

/// People that a district or crossing stands for where one of the name lies in another province than the place.
const DISTRICT_PEOPLE: u64 = 10_000;

/// `plain`, what the name alone gives, held against the kind that the text says and against districts and crossings of the
/// name in other provinces.
pub(super) fn considered(
    country: &Country,
    tiers: &[Tier<'_>],
    plain: Found,
    words: &str,
    province: Option<u16>,
    wanted: Wanted,
) -> Found {
    if let Some(kind) = wanted.kind() {
        let named = of_kind(country, tiers, province, wanted, kind);
        let province_of = |found: &Found| {
            found.best.and_then(|best| entry_of(country, best.what)).map(|entry| entry.province).or(found.province)
        };
        if named.best.is_some() || named.is_ambiguous {
            // A place in the same province says more closely where.
            let is_there = plain.best.is_some() && province_of(&plain) == province_of(&named);
            return if is_there { plain } else { named };
        }
    }
    match plain.best {
        Some(best) if province.is_none() => doubted(country, plain, best, words, wanted),
        _ => plain,
    }
}

/// The district or crossing that the text names, before any place of the name: by its name, in every way of matching, or by
/// the main name of a place that bears the text as another name (`Akaltyn` is Oqoltin, and so is the district).
fn of_kind(country: &Country, tiers: &[Tier<'_>], province: Option<u16>, wanted: Wanted, kind: Kind) -> Found {
    let of_kind = |set: &[(u32, u8)]| -> Vec<(u32, u8)> {
        set.iter().filter(|(ix, _)| entry_of(country, *ix).is_some_and(|entry| entry.kind == kind)).copied().collect()
    };
    for (score, how, sets) in tiers {
        for set in sets {
            let found = choose(country, &of_kind(set), province, wanted, *score, how);
            if found.best.is_some() || found.is_ambiguous {
                return found;
            }
        }
    }
    for (score, how, sets) in tiers {
        for set in sets {
            let mut named: Vec<(u32, u8)> =
                set.iter().flat_map(|(ix, _)| of_kind(of_main_name(country, *ix))).collect();
            named.sort_unstable();
            named.dedup_by_key(|(ix, _)| *ix);
            let found = choose(country, &named, province, wanted, score - score::DOUBT_OF_NAME, how);
            if found.best.is_some() || found.is_ambiguous {
                return found;
            }
        }
    }
    Found::default()
}

/// `found` unless a district or crossing of the name lies in another province and the place is not far better known.
fn doubted(country: &Country, found: Found, best: Match<u32>, words: &str, wanted: Wanted) -> Found {
    let Some(top) = entry_of(country, best.what) else { return found };
    if wanted == Wanted::Settlement || wanted.kind() == Some(top.kind) || top.province == NOWHERE {
        return found;
    }
    let is_rival = |entry: &Entry| {
        entry.kind != Kind::Place
            && entry.province != NOWHERE
            && entry.province != top.province
            && !entry.position.zip(top.position).is_some_and(|(a, b)| distance_km(a, b) <= SAME_PLACE_KM)
    };
    let namesakes = country.by_squash(words).iter().chain(of_main_name(country, best.what)).map(|(ix, _)| *ix);
    // Where the text says district and none has the name, one a letter away may be meant.
    let near = if wanted.kind().is_some() && words.len() >= 5 { country.entries_near(words, 1) } else { Vec::new() };
    let is_of_kind = |ix: &u32| entry_of(country, *ix).map(|entry| entry.kind) == wanted.kind();
    let near = near.into_iter().map(|(ix, ..)| ix).filter(is_of_kind);
    let mut rivals: Vec<u32> =
        namesakes.chain(near).filter(|ix| entry_of(country, *ix).is_some_and(is_rival)).collect();
    rivals.sort_unstable();
    rivals.dedup();
    if rivals.is_empty() {
        return found;
    }
    let score = best.score.min(score::EXACT - score::DOUBT_OF_NAME);
    let mut others: Vec<(u32, f64)> = rivals.into_iter().map(|ix| (ix, score)).collect();
    if wanted != Wanted::Airport && top.population >= DOMINANCE * DISTRICT_PEOPLE {
        return Found { best: Some(Match { score, ..best }), others, ..Found::default() };
    }
    others.insert(0, (best.what, best.score));
    others.extend(found.others);
    others.truncate(5);
    Found { best: None, others, is_ambiguous: true, province: None }
}

fn of_main_name(country: &Country, ix: u32) -> &[(u32, u8)] {
    entry_of(country, ix).map_or(&[], |entry| country.by_squash(&plain_words(&entry.name)))
}
