//! Texts to plain words: known damage undone, transliterated, marks and punctuation dropped.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower-case words of ASCII letters and digits (Arabic letters stay as they are), single blanks between them.
///
/// Cyrillic is transliterated as GeoNames and BGN do (ж zh, х kh, ц ts, ч ch, ш sh, щ shch, ю yu, я ya), with the letters
/// of Kazakh, Kyrgyz, Tajik, Uzbek and Ukrainian; other scripts by `any_ascii`. Apostrophes vanish, other signs part words.
#[must_use]
pub fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            push_ascii(&mut plain, byte as char);
        }
    } else {
        for c in text.nfc() {
            push(&mut plain, c);
        }
    }
    if plain.ends_with(' ') {
        plain.pop();
    }
    plain
}

fn push_ascii(plain: &mut String, c: char) {
    match c {
        'a'..='z' | '0'..='9' => plain.push(c),
        'A'..='Z' => plain.push(c.to_ascii_lowercase()),
        '\'' | '`' | '"' => {}
        _ => {
            if !plain.is_empty() && !plain.ends_with(' ') {
                plain.push(' ');
            }
        }
    }
}

fn push(plain: &mut String, c: char) {
    if c.is_ascii() {
        return push_ascii(plain, c);
    }
    for c in c.to_lowercase() {
        if let Some(letters) = letters_of(c) {
            plain.push_str(letters);
            continue;
        }
        match c {
            '’' | '‘' | 'ʻ' | 'ʼ' | 'ʹ' | 'ʿ' | 'ʾ' | '“' | '”' | '\u{200c}' | '\u{200d}' | '\u{640}' => {}
            'ي' | 'ى' | 'ې' => plain.push('ی'),
            'ك' => plain.push('ک'),
            'ة' | 'ۀ' | 'ە' => plain.push('ه'),
            'أ' | 'إ' | 'آ' | 'ٱ' => plain.push('ا'),
            'ؤ' => plain.push('و'),
            _ if is_combining_mark(c) => {}
            '\u{621}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6fa}'..='\u{6ff}' => plain.push(c),
            '\u{600}'..='\u{6ff}' if !c.is_alphanumeric() => push_ascii(plain, ' '),
            _ => push_decomposed(plain, c),
        }
    }
}

/// Latin letters lose their marks; what is left of other scripts is put into ASCII letters.
fn push_decomposed(plain: &mut String, c: char) {
    if !c.is_alphanumeric() {
        return push_ascii(plain, ' ');
    }
    for part in std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part)) {
        if part.is_ascii() {
            push_ascii(plain, part);
        } else {
            for ascii in any_ascii::any_ascii_char(part).chars() {
                push_ascii(plain, ascii);
            }
        }
    }
}

const fn letters_of(c: char) -> Option<&'static str> {
    Some(match c {
        'а' | 'ә' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' | 'ґ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' | 'є' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' | 'ӣ' => "i",
        'й' | 'ы' => "y",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' => "n",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' | 'ў' | 'ӯ' => "u",
        'ф' => "f",
        'х' | 'ҳ' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ҷ' => "j",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'ı' => "i",
        'ə' => "a",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ß' => "ss",
        'æ' => "ae",
        'þ' => "th",
        _ => return None,
    })
}

/// Undoes damage of blind replacements seen in public copies of the records: `Южно-115ская` (Казахстан),
/// `SUnited Kingdomkur` (uk), `7way` (rail) and `6` for `gr` inside words.
#[must_use]
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    if !text.contains("115ск") && !text.contains("United Kingdom") && !text.contains("7way") && !has_inner_six(text) {
        return Cow::Borrowed(text);
    }
    let mut mended = text.replace("115ск", "Казахстанск").replace("7way", "railway");
    if let Some(at) = mended.find("United Kingdom") {
        let end = at + "United Kingdom".len();
        let is_inside = mended[..at].ends_with(|c: char| c.is_ascii_alphabetic())
            || mended[end..].starts_with(|c: char| c.is_ascii_lowercase());
        if is_inside {
            mended.replace_range(at..end, "uk");
        }
    }
    if has_inner_six(&mended) {
        let bytes = mended.clone().into_bytes();
        let is_letter = |ix: Option<usize>| ix.and_then(|ix| bytes.get(ix)).is_some_and(u8::is_ascii_lowercase);
        mended = mended
            .char_indices()
            .map(|(ix, c)| {
                let is_inner = c == '6' && is_letter(ix.checked_sub(1)) && is_letter(Some(ix + 1));
                if is_inner { "gr".to_owned() } else { c.to_string() }
            })
            .collect();
    }
    Cow::Owned(mended)
}

fn has_inner_six(text: &str) -> bool {
    text.as_bytes().windows(3).any(|w| w[0].is_ascii_lowercase() && w[1] == b'6' && w[2].is_ascii_lowercase())
}

/// A coarser key that makes common romanisations of one name meet: `Qurghonteppa` and `Kurgan-Tyube` do not, `Qunduz` and
/// `Kunduz`, `Nooristan` and `Nuristan`, `Djalilabad` and `Jalilabad` do.
#[must_use]
pub(super) fn squash(words: &str) -> String {
    let mut key = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(c) = rest.chars().next() {
        let (taken, put) = fold(rest, c);
        rest = &rest[taken..];
        for c in put.chars() {
            if !key.ends_with(c) {
                key.push(c);
            }
        }
    }
    key
}

/// Length taken from the text and what it becomes.
fn fold(rest: &str, c: char) -> (usize, &'static str) {
    const PAIRS: &[(&str, &str)] = &[
        ("shch", "s"),
        ("dzh", "j"),
        ("dj", "j"),
        ("zh", "j"),
        ("kh", "h"),
        ("gh", "g"),
        ("ts", "s"),
        ("tz", "s"),
        ("ph", "f"),
        ("iy", "i"),
        ("yy", "i"),
        ("ij", "i"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("ch", "ch"),
    ];
    if let Some((pair, put)) = PAIRS.iter().find(|(pair, _)| rest.starts_with(pair)) {
        return (pair.len(), put);
    }
    let put = match c {
        ' ' => "",
        'y' => "i",
        'w' => "v",
        'q' | 'c' => "k",
        'x' => "h",
        _ => return (c.len_utf8(), letter(c)),
    };
    (1, put)
}

/// The letter as a text.
fn letter(c: char) -> &'static str {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    match LETTERS.find(c) {
        Some(at) => &LETTERS[at..=at],
        None => ARABIC.find(c).map_or("", |at| &ARABIC[at..at + c.len_utf8()]),
    }
}

const ARABIC: &str = "ءئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهویټڅځډړږښڼهھہۍے";

/// Consonants of an Arabic-script word, or of a romanised one: the two meet where vowels are not written.
#[must_use]
pub(super) fn skeleton(words: &str) -> String {
    let ascii = any_ascii::any_ascii(words).to_lowercase();
    let squashed = squash(&ascii);
    let mut key = String::new();
    for c in squashed.chars().filter(|c| c.is_ascii_alphabetic() && !"aeiouvh".contains(*c)) {
        if !key.ends_with(c) {
            key.push(c);
        }
    }
    key
}

/// Whether the words hold Arabic letters.
#[must_use]
pub(super) fn is_arabic(words: &str) -> bool {
    words.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c))
}

/// Nouns behind a Russian adjective: urgutskiy -> urgut, denauskiy -> denau, bulungurskiy -> bulungur.
#[must_use]
pub(super) fn stems(words: &str) -> Vec<String> {
    const ENDINGS: &[&str] =
        &["skaya", "skiy", "skogo", "skoy", "skoi", "skaia", "skii", "skij", "sky", "ckiy", "sly", "ska"];
    let Some(base) = ENDINGS.iter().find_map(|ending| words.strip_suffix(ending)) else { return Vec::new() };
    let mut found: Vec<String> = ["", "a", "sk", "y", "e", "i"].iter().map(|end| format!("{base}{end}")).collect();
    if let Some(root) = ["in", "ov", "an", "yn"].iter().find_map(|end| base.strip_suffix(end)) {
        found.extend(["", "a", "e", "o", "ya"].iter().map(|end| format!("{root}{end}")));
    }
    if let Some(root) = base.strip_suffix("iy") {
        found.extend(["i", ""].iter().map(|end| format!("{root}{end}")));
    }
    found.retain(|stem| stem.len() > 3);
    found
}

/// Damerau-Levenshtein distance with adjacent exchanges (optimal string alignment), or `None` when above `limit`.
#[must_use]
pub(super) fn edits(a: &str, b: &str, limit: usize) -> Option<usize> {
    const LONGEST: usize = 48;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > limit || a.len() >= LONGEST || b.len() >= LONGEST {
        return None;
    }
    let mut rows = [[0_usize; LONGEST]; 3];
    for (ix, cell) in rows[0].iter_mut().enumerate().take(b.len() + 1) {
        *cell = ix;
    }
    let (mut before, mut last, mut here) = (2, 0, 1);
    for i in 1..=a.len() {
        rows[here][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (rows[last][j] + 1).min(rows[here][j - 1] + 1).min(rows[last][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[before][j - 2] + 1);
            }
            rows[here][j] = cost;
            least = least.min(cost);
        }
        if least > limit {
            return None;
        }
        (before, last, here) = (last, here, before);
    }
    Some(rows[last][b.len()]).filter(|distance| *distance <= limit)
}
