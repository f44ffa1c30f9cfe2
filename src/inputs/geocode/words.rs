//! Words that say what kind of place a text names, and the pieces of a text.

use super::kinds::{
    AIRPORT, BETWEEN, CROSSING, DISTRICT, NOISE, OFFICE, OFFICE_COUNTRIES, REGION, ROAD, STATION, STREET, TOWN, VILLAGE,
};
use super::normal::{is_arabic, plain_words};

/// What the words of a whole text say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cues {
    pub(super) is_crossing: bool,
    pub(super) is_office: bool,
}

/// A part of a text that may name one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// All its words.
    pub(super) words: String,
    /// The words left without those of a kind; empty when nothing else stands there.
    pub(super) name: String,
    pub(super) is_region: bool,
    pub(super) is_district: bool,
    /// Says town, city or village.
    pub(super) is_settled: bool,
    /// Says town or city.
    pub(super) is_town: bool,
    pub(super) is_airport: bool,
    pub(super) is_road: bool,
    /// Says street, quarter, school or the like: the name is not that of the place.
    pub(super) is_street: bool,
    /// A dash parts it from the next piece.
    pub(super) is_dashed: bool,
    /// Names on the two sides of a hyphen or a word such as `and`, for each of these; those of no use are left out.
    pub(super) sides: Vec<(String, String)>,
    /// The whole text is this piece.
    pub(super) is_alone: bool,
}

/// One word with what stood behind it.
struct Word {
    plain: String,
    is_abbreviation: bool,
    /// A sign behind it parts the text.
    is_last: bool,
    /// The sign is a dash.
    is_dashed: bool,
    is_cyrillic: bool,
    /// `қ.`: қала, a town.
    is_kazakh_town: bool,
    /// Follows another word of one hyphenated text: `Восточно-Казахстанская`.
    is_joined: bool,
}

/// The pieces of `text` and the cues of the whole.
pub(super) fn pieces(text: &str, iso3: &str) -> (Vec<Piece>, Cues) {
    let words = split(text);
    let has_offices = OFFICE_COUNTRIES.contains(&iso3);
    let mut cues = Cues::default();
    let mut found = Vec::new();
    let mut run: Vec<&Word> = Vec::new();
    for (ix, word) in words.iter().enumerate() {
        let next = words.get(ix + 1);
        let next = if next.is_some_and(|next| next.is_joined) { words.get(ix + 2) } else { next };
        if !run.is_empty() && begins_piece(word, next, &run) {
            found.push(piece(&run, has_offices));
            run.clear();
        }
        let plain = word.plain.as_str();
        cues.is_crossing |= CROSSING.contains(&plain) && !["point", "terminal", "post", "cp"].contains(&plain)
            || ["post", "cp", "point"].contains(&plain) && words.len() > 1;
        cues.is_office |= has_offices
            && [
                "anf", "ps", "fc", "pr", "police", "leveis", "levies", "ncb", "bsf", "cbn", "dri", "customs", "ssb",
                "rpf", "bas", "excise", "rifles", "riffles", "regiment",
            ]
            .contains(&plain);
        run.push(word);
        if word.is_last {
            found.push(piece(&run, has_offices));
            run.clear();
        }
    }
    if !run.is_empty() {
        found.push(piece(&run, has_offices));
    }
    found.retain(|piece| !piece.words.is_empty());
    let count = found.len();
    for piece in &mut found {
        piece.is_alone = count == 1;
    }
    (found, cues)
}

/// Whether a new piece begins with `word`.
fn begins_piece(word: &Word, next: Option<&Word>, run: &[&Word]) -> bool {
    let is_kind = |plain: &str| REGION.contains(&plain) || DISTRICT.contains(&plain);
    let has_name = run.iter().any(|word| is_name(&word.plain));
    let is_after_street = run.iter().any(|word| is_street(word));
    if !(has_name || is_after_street) || word.is_joined {
        return false;
    }
    let is_new_settlement =
        word.is_cyrillic && word.is_abbreviation && ["g", "s", "p", "pos", "st", "pgt"].contains(&word.plain.as_str());
    let is_adjective = ["skaya", "skoy", "skiy", "skogo", "sky", "skii"].iter().any(|end| word.plain.ends_with(end))
        && next.is_some_and(|next| is_kind(&next.plain));
    let after_region =
        run.last().is_some_and(|last| REGION.contains(&last.plain.as_str()) && last.plain != "autonomous")
            && !is_kind(&word.plain)
            && word.plain != "of";
    // Persian, Pashto and Urdu put the kind before the name.
    let is_kind_first = next.is_some()
        && is_arabic(&word.plain)
        && [REGION, DISTRICT, TOWN, VILLAGE].iter().any(|list| list.contains(&word.plain.as_str()));
    // `ул.` and `проспект` stand before the name of the street.
    let is_new_street =
        word.is_cyrillic && !word.is_last && is_street(word) && next.is_some_and(|next| is_name(&next.plain));
    is_new_settlement || has_name && (is_adjective || after_region || is_kind_first || is_new_street)
}

/// Words of streets; two of them are also other words unless they are cut short.
fn is_street(word: &Word) -> bool {
    STREET.contains(&word.plain.as_str())
        || (word.is_abbreviation && word.is_cyrillic && ["pr", "per", "b", "nab"].contains(&word.plain.as_str()))
}

fn is_name(plain: &str) -> bool {
    ![REGION, DISTRICT, TOWN, VILLAGE, CROSSING, STATION, ROAD, STREET, NOISE, BETWEEN]
        .iter()
        .any(|list| list.contains(&plain))
        && plain.len() > 1
}

fn piece(run: &[&Word], has_offices: bool) -> Piece {
    let mut piece = Piece::default();
    let mut all: Vec<&str> = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    for word in run {
        let plain = word.plain.as_str();
        let short = word.is_cyrillic && (plain.len() == 1 || word.is_abbreviation);
        let is_town = TOWN.contains(&plain) || (short && plain == "g") || (word.is_kazakh_town && short);
        let is_village = VILLAGE.contains(&plain)
            || (short && ["s", "p", "d", "pos", "rp", "sat"].contains(&plain))
            || (word.is_abbreviation && word.is_cyrillic && plain == "sh");
        let is_district = DISTRICT.contains(&plain) || (short && plain == "r");
        let is_region = REGION.contains(&plain);
        let is_station = STATION.contains(&plain);
        piece.is_town |= is_town;
        piece.is_settled |= is_town || is_village || (is_station && plain != "st");
        piece.is_district |= is_district;
        piece.is_region |= is_region;
        piece.is_airport |= AIRPORT.contains(&plain);
        piece.is_road |= ROAD.contains(&plain);
        piece.is_street |= is_street(word);
        let is_kind = is_town || is_village || is_district || is_region || is_station;
        // In front, as in Persian, it is no part of the name; behind, as in `قائم شهر`, it may be.
        let is_in_front = is_arabic(plain) && all.is_empty() && run.len() > 1;
        if !(is_in_front && (is_town || is_village || is_district || is_region)) {
            all.push(plain);
        }
        let is_office = has_offices && OFFICE.contains(&plain);
        if !(is_kind || is_office || is_no_name(plain)) {
            name.push(plain);
        }
    }
    piece.is_dashed = run.last().is_some_and(|word| word.is_dashed);
    piece.sides = sides(run);
    piece.words = all.join(" ");
    piece.name = name.join(" ");
    piece
}

/// Words that are left out of a name beside those of kind.
fn is_no_name(plain: &str) -> bool {
    [CROSSING, NOISE, ROAD].iter().any(|list| list.contains(&plain))
}

/// What stands on the two sides of each hyphen, or of a word such as `and`.
fn sides(run: &[&Word]) -> Vec<(String, String)> {
    let name = |words: &[&Word]| {
        let names = words.iter().map(|word| word.plain.as_str()).filter(|plain| is_name(plain));
        names.collect::<Vec<&str>>().join(" ")
    };
    let cut = |at: usize| {
        let is_between = BETWEEN.contains(&run[at].plain.as_str());
        (run[at].is_joined || is_between).then(|| (name(&run[..at]), name(&run[at + usize::from(is_between)..])))
    };
    (1..run.len()).filter_map(cut).filter(|(a, b)| a.len() >= 2 && b.len() >= 2).collect()
}

/// Words with what parts them.
fn split(text: &str) -> Vec<Word> {
    let text = with_marks(text);
    let mut words: Vec<Word> = Vec::new();
    let end_last = |words: &mut Vec<Word>, is_dashed: bool| {
        if let Some(last) = words.last_mut() {
            last.is_last = true;
            last.is_dashed |= is_dashed;
        }
    };
    let is_dash = |c: char| matches!(c, '-' | '\u{2013}' | '\u{2014}');
    let mut is_after_dash = false;
    for part in text.split_inclusive(|c: char| c.is_whitespace() || is_separator(c) || c == '.') {
        let sign = part.chars().next_back().filter(|c| c.is_whitespace() || is_separator(*c) || *c == '.');
        let body = sign.map_or(part, |sign| &part[..part.len() - sign.len_utf8()]);
        if body.starts_with(is_dash) {
            end_last(&mut words, true);
        }
        if body.trim_matches(is_dash).is_empty() && !body.is_empty() {
            continue;
        }
        let plain = plain_words(body);
        for (ix, one) in plain.split(' ').filter(|one| !one.is_empty()).enumerate() {
            words.push(Word {
                plain: one.to_owned(),
                is_abbreviation: sign == Some('.') && ix == 0,
                is_last: false,
                is_dashed: false,
                is_joined: ix > 0 || is_after_dash,
                is_kazakh_town: body == "қ" || body == "Қ",
                is_cyrillic: body.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c)),
            });
        }
        let is_end = match sign {
            Some('.') => body.chars().count() >= 4 && !STREET.contains(&plain.as_str()),
            Some(sign) => is_separator(sign),
            None => false,
        };
        // `Novo- zybkov` is one name, `Herat- Kandahar` two.
        is_after_dash = body.ends_with(is_dash);
        if is_end {
            end_last(&mut words, false);
        }
    }
    words
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ',' | ';' | '/' | '"' | '|' | '(' | ')' | '[' | ']' | '«' | '»' | '“' | '”' | '„' | '\n' | '\r' | '،' | ':'
    )
}

/// Abbreviations written with a slash or a hyphen, as words.
fn with_marks(text: &str) -> String {
    const MARKS: &[(&str, &str)] = &[
        ("ж/д", " жд "),
        ("Ж/Д", " жд "),
        ("Ж/д", " жд "),
        ("т/п", " тп "),
        ("Т/П", " тп "),
        ("т.п.", " тп "),
        ("а/д", " автодорога "),
        ("А/д", " автодорога "),
        ("а/м", " автодорога "),
        ("&", " and "),
        ("D.M.", "ciudad "),
        ("р/н", " район "),
        ("р-н", " район "),
        ("Р-н", " район "),
        ("r-n", " rayon "),
    ];
    let mut text = text.to_owned();
    for (mark, word) in MARKS {
        if text.contains(mark) {
            text = text.replace(mark, word);
        }
    }
    text
}
