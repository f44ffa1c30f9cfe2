//! Exact decimal numbers from text: no floating point on the way to milligrams.

use crate::inputs::raw::DecimalMark;

/// `digits / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as one whole number.
    pub digits: i128,
    /// Digits after the decimal mark.
    pub scale: u32,
}

/// Why a text is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalFault {
    /// Nothing stands there.
    Blank,
    /// No number.
    NotANumber,
    /// `1,234`: 1.234 or 1234, depending on a decimal mark that nobody declared.
    Ambiguous,
    /// More digits than can be held exactly.
    TooLong,
}

/// Most digits that are read; with them no product below overflows.
const MAX_DIGITS: usize = 26;

impl Decimal {
    /// Reads a number: digits with one decimal mark, groups of three by blanks, apostrophes, or the other mark when that is
    /// beyond doubt (`1,234.5`, `12,345,678`), an exponent (`1.5e3`), Arabic and Persian digits.
    ///
    /// # Errors
    /// See [`DecimalFault`].
    pub fn parse(text: &str, mark: DecimalMark) -> Result<Self, DecimalFault> {
        let text: String = text.trim().chars().filter_map(plain_digit).collect();
        if text.is_empty() {
            return Err(DecimalFault::Blank);
        }
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().map_err(|_| DecimalFault::NotANumber)?),
            None => (text.as_str(), 0),
        };
        let (is_negative, mantissa) = match mantissa.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (point, grouping) = match mark {
            DecimalMark::Point => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        };
        let (whole, fraction) = match mantissa.split_once(point) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let groups: Vec<&str> = whole.split(grouping).collect();
        if groups.len() > 1 {
            let is_grouped = groups[0].len() <= 3 && !groups[0].is_empty() && groups[1..].iter().all(|g| g.len() == 3);
            let is_sure = groups.len() > 2 || fraction.is_some();
            if !is_grouped || (!is_sure && groups[0] == "0") {
                // `0,5` and `12,5` with an undeclared comma
                return Err(DecimalFault::Ambiguous);
            }
            if !is_sure {
                return Err(DecimalFault::Ambiguous);
            }
        }
        let fraction = fraction.unwrap_or_default();
        let digits: String = groups.concat() + fraction;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DecimalFault::NotANumber);
        }
        let significant = digits.trim_start_matches('0');
        if significant.len() > MAX_DIGITS || exponent.unsigned_abs() > 30 {
            return Err(DecimalFault::TooLong);
        }
        let value: i128 = if significant.is_empty() { 0 } else { parse_digits(significant)? };
        let value = if is_negative { -value } else { value };
        let scale = i32::try_from(fraction.len()).map_err(|_| DecimalFault::TooLong)? - exponent;
        if scale >= 0 {
            return Ok(Self { digits: value, scale: scale.unsigned_abs() });
        }
        let power = 10_i128.checked_pow(scale.unsigned_abs()).ok_or(DecimalFault::TooLong)?;
        Ok(Self { digits: value.checked_mul(power).ok_or(DecimalFault::TooLong)?, scale: 0 })
    }
}

fn parse_digits(digits: &str) -> Result<i128, DecimalFault> {
    digits.parse().map_err(|_| DecimalFault::NotANumber)
}

/// Digits of other scripts as ASCII; blanks and apostrophes that group digits are dropped.
fn plain_digit(c: char) -> Option<char> {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' | ' ' | '\'' | '\u{2019}' | '_' => None,
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10),
        '\u{66b}' => Some('.'),
        '\u{66c}' => Some(','),
        _ => Some(c),
    }
}
