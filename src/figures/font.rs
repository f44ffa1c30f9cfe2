//! The bundled typeface: its bytes, the width of a text in it, and texts made safe to draw.
//!
//! Noto Sans regular and bold, cut down to Latin, Cyrillic and punctuation; licence in `font/OFL.txt`. Widths are sums
//! of advance widths (`hmtx`) without kerning, so they bound the drawn width from above but for rare positive pairs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Noto Sans Regular (TrueType), the weight of most texts.
pub const REGULAR_TTF: &[u8] = include_bytes!("font/NotoSans-Regular.ttf");
/// Noto Sans Bold (TrueType), the weight of titles.
pub const BOLD_TTF: &[u8] = include_bytes!("font/NotoSans-Bold.ttf");
/// Copyright and licence of both (SIL Open Font License 1.1).
pub const LICENCE: &str = include_str!("font/OFL.txt");
/// What SVG texts ask for: the bundled family first, then families of the same or smaller width.
pub const FAMILY: &str = "'Noto Sans', 'Open Sans', 'Segoe UI', Arial, sans-serif";

/// Weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Advance width of each character, in thousandths of the font size.
struct Advances {
    per_mille: BTreeMap<u32, f64>,
    missing_per_mille: f64,
}

/// Width of `text` at a font size, in the unit of `size`.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    static REGULAR: OnceLock<Advances> = OnceLock::new();
    static BOLD: OnceLock<Advances> = OnceLock::new();
    let advances = match weight {
        Weight::Regular => REGULAR.get_or_init(|| Advances::read(REGULAR_TTF)),
        Weight::Bold => BOLD.get_or_init(|| Advances::read(BOLD_TTF)),
    };
    let mut total = 0.0;
    for character in text.chars() {
        total += advances.per_mille.get(&u32::from(character)).copied().unwrap_or(advances.missing_per_mille);
    }
    total * size / 1000.0
}

impl Advances {
    /// The widths in a font file; every character 0.6 em wide when the file cannot be read.
    fn read(ttf: &[u8]) -> Self {
        let fallback = Self { per_mille: BTreeMap::new(), missing_per_mille: 600.0 };
        Self::parse(ttf).unwrap_or(fallback)
    }

    /// `head.unitsPerEm`, `hhea.numberOfHMetrics`, `hmtx` and the format 4 subtable of `cmap` (OpenType 1.9).
    fn parse(ttf: &[u8]) -> Option<Self> {
        let table = |tag: &[u8]| -> Option<usize> {
            let count = usize::from(word(ttf, 4)?);
            let record = (0..count).map(|ix| 12 + 16 * ix).find(|&at| ttf.get(at..at + 4) == Some(tag))?;
            usize::try_from(long(ttf, record + 8)?).ok()
        };
        let (head, hhea, hmtx, cmap) = (table(b"head")?, table(b"hhea")?, table(b"hmtx")?, table(b"cmap")?);
        let units_per_em = f64::from(word(ttf, head + 18)?);
        let metric_count = usize::from(word(ttf, hhea + 34)?);
        let advance = |glyph: u16| -> Option<f64> {
            let ix = usize::from(glyph).min(metric_count.checked_sub(1)?);
            Some(f64::from(word(ttf, hmtx + 4 * ix)?) * 1000.0 / units_per_em)
        };
        let subtable_count = usize::from(word(ttf, cmap + 2)?);
        let offsets = (0..subtable_count).filter_map(|ix| long(ttf, cmap + 8 + 8 * ix));
        let subtable = offsets
            .filter_map(|at| usize::try_from(at).ok())
            .map(|at| cmap + at)
            .find(|&at| word(ttf, at) == Some(4))?;
        let doubled = usize::from(word(ttf, subtable + 6)?);
        let mut per_mille = BTreeMap::new();
        for segment in 0..doubled / 2 {
            let at = subtable + 14 + 2 * segment;
            let end = word(ttf, at)?;
            let start = word(ttf, at + doubled + 2)?;
            let delta = word(ttf, at + 2 * doubled + 2)?;
            let range_at = at + 3 * doubled + 2;
            let range_offset = word(ttf, range_at)?;
            for code in start..=end {
                let glyph = if range_offset == 0 {
                    code.wrapping_add(delta)
                } else {
                    let at = range_at + usize::from(range_offset) + 2 * usize::from(code - start);
                    match word(ttf, at)? {
                        0 => 0,
                        raw => raw.wrapping_add(delta),
                    }
                };
                if glyph != 0 && code != 0xFFFF {
                    per_mille.insert(u32::from(code), advance(glyph)?);
                }
            }
        }
        Some(Self { per_mille, missing_per_mille: advance(0)? })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// `text` without what breaks a picture: control, bidirectional and zero-width characters are dropped, white space
/// becomes one space, one mark stays on a letter, and signs the typeface lacks get a spelling it has.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut mark_count = 0;
    for character in text.chars() {
        let code = u32::from(character);
        let is_mark = matches!(code, 0x0300..=0x036F | 0x0483..=0x0489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
            | 0x20D0..=0x20FF | 0xFE20..=0xFE2F);
        mark_count = if is_mark { mark_count + 1 } else { 0 };
        match character {
            _ if is_mark && (mark_count > 1 || out.is_empty()) => {}
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' => {
                if matches!(character, '\u{2028}' | '\u{2029}') && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}' => {}
            '\u{E0000}'..='\u{E0FFF}' => {}
            _ if code & 0xFFFE == 0xFFFE => {}
            '\u{00A0}' | '\u{202F}' => out.push(character),
            _ if character.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ if character.is_control() => {}
            '\u{2212}' => out.push('\u{2013}'),
            '\u{2264}' => out.push_str("<="),
            '\u{2265}' => out.push_str(">="),
            '\u{2192}' => out.push_str("->"),
            '\u{2248}' => out.push('~'),
            _ => out.push(character),
        }
    }
    out.trim().to_owned()
}

/// `text`, shortened with an ellipsis when wider than `limit`.
pub(super) fn shorten(text: &str, limit: f64, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= limit {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while !kept.is_empty() {
        kept.pop();
        let shorter = format!("{}\u{2026}", kept.iter().collect::<String>().trim_end());
        if width(&shorter, size, weight) <= limit {
            return shorter;
        }
    }
    String::new()
}

/// `text` broken at spaces into at most `line_limit` lines of width `limit`; what does not fit ends in an ellipsis.
pub(super) fn wrap(text: &str, limit: f64, size: f64, weight: Weight, line_limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for part in text.split(' ').filter(|part| !part.is_empty()) {
        let longer = if line.is_empty() { part.to_owned() } else { format!("{line} {part}") };
        let is_last = lines.len() + 1 >= line_limit;
        if line.is_empty() || is_last || width(&longer, size, weight) <= limit {
            line = longer;
        } else {
            lines.push(shorten(&line, limit, size, weight));
            line = part.to_owned();
        }
    }
    if !line.is_empty() {
        lines.push(shorten(&line, limit, size, weight));
    }
    lines
}
