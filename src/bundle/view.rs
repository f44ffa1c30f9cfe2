//! How a column is shown to people: heading with unit, decimals, thousands separators.

use crate::tables::{Column, Values};

/// Shown for a missing value.
pub(super) const MISSING: &str = "\u{2013}";

/// Units as suffixes of column names, and as people write them.
const UNITS: [(&str, &str); 18] = [
    ("km", "km"),
    ("m", "m"),
    ("km2", "km²"),
    ("h", "h"),
    ("min", "min"),
    ("s", "s"),
    ("kg", "kg"),
    ("g", "g"),
    ("mg", "mg"),
    ("t", "t"),
    ("usd", "USD"),
    ("litres", "litres"),
    ("deg", "°"),
    ("share", "%"),
    ("kmh", "km/h"),
    ("days", "days"),
    ("years", "years"),
    ("percent", "%"),
];

/// Words written in capitals.
const CAPITALS: [&str; 10] = ["id", "iso3", "gdp", "blo", "od", "usd", "unodc", "snip", "mclp", "lscp"];

/// The words of a column name.
pub(super) fn words(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split(['_', '-', ' ']).filter(|word| !word.is_empty())
}

/// A column name as a heading: `flow_kg_per_year` becomes `Flow (kg/year)`, `covered_share` becomes `Covered share (%)`.
pub(super) fn heading(name: &str) -> String {
    let words: Vec<String> = words(name).map(str::to_lowercase).collect();
    let unit_of = |word: &str| UNITS.iter().find(|(suffix, _)| *suffix == word).map(|(_, unit)| *unit);
    let (label, unit) = match words.as_slice() {
        [label @ .., amount, per, base] if per == "per" && unit_of(amount).is_some() && !label.is_empty() => {
            let base = unit_of(base).unwrap_or(base);
            (label, Some(format!("{}/{base}", unit_of(amount).unwrap_or(amount))))
        }
        [label @ .., per, base] if per == "per" && !label.is_empty() => (label, Some(format!("per {base}"))),
        [_, .., last] if last == "share" => (words.as_slice(), Some("%".to_owned())),
        [label @ .., last] if unit_of(last).is_some() && !label.is_empty() => (label, unit_of(last).map(str::to_owned)),
        [only] if only == "share" => (words.as_slice(), Some("%".to_owned())),
        all => (all, None),
    };
    let mut text = label
        .iter()
        .map(|word| if CAPITALS.contains(&word.as_str()) { word.to_uppercase() } else { word.clone() })
        .collect::<Vec<_>>()
        .join(" ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    match unit {
        Some(unit) => format!("{text} ({unit})"),
        None => text,
    }
}

/// Whether whole numbers of this column are names (a year, an identifier), not amounts.
pub(super) fn is_label(name: &str) -> bool {
    let mut words = words(name).rev();
    match (words.next(), words.next()) {
        (Some("year" | "years"), Some("per" | "n")) => false,
        (Some("year" | "id" | "ix" | "rank" | "code" | "phase"), _) => true,
        _ => false,
    }
}

/// Whether real numbers of this column are shares, shown as percentages.
pub(super) fn is_share(name: &str) -> bool {
    words(name).next_back() == Some("share")
}

/// Whether a column holds numbers of different units or of very different sizes: each is then shown by its own size.
pub(super) fn is_mixed(name: &str) -> bool {
    name == "change" || matches!(words(name).next_back(), Some("value" | "index"))
}

/// A number with four significant digits, and whole from 1000 on.
pub(super) fn significant(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (3 - value.abs().log10().floor() as i32).clamp(0, 6) };
    let text = real(value, digits as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A column ready to be shown.
pub(super) struct View<'a> {
    column: &'a Column,
    /// Decimals of real numbers, in percent for shares.
    pub(super) decimals: usize,
    /// Whether it stands at the right.
    pub(super) is_number: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(column: &'a Column) -> Self {
        let factor = factor(&column.name);
        let (decimals, is_number) = match &column.values {
            Values::Real(values) => (decimals(values.iter().flatten().map(|value| value * factor)), true),
            Values::Integer(_) => (0, true),
            Values::Text(values) => {
                let numbers = values.iter().flatten().filter_map(|cell| as_number(&column.name, cell));
                let is_number = super::suppress::is_withheld_column(column);
                (if is_number { decimals(numbers.map(|value| value * factor)) } else { 0 }, is_number)
            }
            Values::Flag(_) => (0, false),
        };
        Self { column, decimals, is_number }
    }

    /// The cell as text; none when missing.
    pub(super) fn cell(&self, row: usize) -> Option<String> {
        let name = &self.column.name;
        match &self.column.values {
            Values::Text(values) => {
                let cell = values.get(row)?.as_ref()?;
                match as_number(name, cell).filter(|_| self.is_number) {
                    Some(number) => Some(real(number * factor(name), self.decimals)),
                    None => Some(cell.clone()),
                }
            }
            Values::Integer(values) => values
                .get(row)?
                .map(|value| if is_label(name) { value.to_string() } else { grouped(&value.to_string()) }),
            Values::Real(values) if is_mixed(name) => values.get(row)?.map(significant),
            Values::Real(values) => values.get(row)?.map(|value| real(value * factor(name), self.decimals)),
            Values::Flag(values) => values.get(row)?.map(|value| if value { "yes" } else { "no" }.to_owned()),
        }
    }
}

fn factor(name: &str) -> f64 {
    if is_share(name) { 100.0 } else { 1.0 }
}

/// A number kept as text because other cells of its column are withheld.
pub(super) fn as_number(name: &str, cell: &str) -> Option<f64> {
    let is_plain =
        super::suppress::describes_seizures(name) && cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    cell.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

/// Decimals that fit a column: three significant digits of its middle value (that of the largest where it is 1000 or
/// more), none when all are whole.
pub(super) fn decimals(values: impl Iterator<Item = f64>) -> usize {
    let values: Vec<f64> = values.map(f64::abs).collect();
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut sizes: Vec<f64> = values.iter().copied().filter(|&size| size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let typical = if largest >= 1000.0 { largest } else { sizes.get(sizes.len() / 2).copied().unwrap_or(0.0) };
    match typical {
        _ if values.iter().all(|value| value.fract() == 0.0) => 0,
        x if x >= 1000.0 => 0,
        x if x >= 100.0 => 1,
        x if x >= 1.0 => 2,
        x if x >= 0.1 => 3,
        x if x >= 0.01 => 4,
        x if x >= 0.001 => 5,
        _ => 6,
    }
}

/// A number with this many decimals and thousands separators.
pub(super) fn real(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    grouped(if is_zero { text.trim_start_matches('-') } else { &text })
}

/// Digits in groups of three, with a true minus sign.
pub(super) fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("\u{2212}", digits));
    let (whole, fraction) = digits.find('.').map_or((digits, ""), |at| digits.split_at(at));
    let mut text = sign.to_owned();
    for (ix, digit) in whole.chars().enumerate() {
        if ix > 0 && (whole.len() - ix) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}
