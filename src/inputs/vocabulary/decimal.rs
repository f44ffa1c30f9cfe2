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
    /// Reads a number: digits with one decimal mark, an exponent (`1.5e3`), Arabic and Persian digits with their own marks.
    /// Thousands may be marked by blanks, by apostrophes, or by the other mark when that is beyond doubt (`1,234.5`,
    /// `12,345,678`): one to three digits, then groups of exactly three. `5 10` is two numbers, and no number.
    ///
    /// # Errors
    /// See [`DecimalFault`].
    pub fn parse(text: &str, mark: DecimalMark) -> Result<Self, DecimalFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DecimalFault::Blank);
        }
        if let Some(plain) = plain_digits(text, mark) {
            return Ok(plain);
        }
        let (point, grouping) = match mark {
            DecimalMark::Point => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        };
        let text: String = text.chars().map(|c| plain_char(c, point)).collect();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().map_err(|_| DecimalFault::NotANumber)?),
            None => (text.as_str(), 0),
        };
        let (is_negative, mantissa) = match mantissa.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = match mantissa.split_once(point) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        // Blanks, apostrophes and the Arabic thousands mark are nothing but thousands marks.
        let sure = SURE_MARKS.into_iter().find(|mark| whole.contains(*mark));
        let groups: Vec<&str> = whole.split(sure.unwrap_or(grouping)).collect();
        if groups.len() > 1 {
            let is_grouped = (1..=3).contains(&groups[0].len())
                && !groups[0].starts_with('0')
                && groups[1..].iter().all(|group| group.len() == 3);
            if sure.is_some() && !is_grouped {
                return Err(DecimalFault::NotANumber);
            }
            // `0,5`, `12,5` and `1,234` with an undeclared comma
            if sure.is_none() && (!is_grouped || (groups.len() == 2 && fraction.is_none())) {
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

/// Digits with at most one decimal point, as most amounts are written: read in one pass, without a copy.
fn plain_digits(text: &str, mark: DecimalMark) -> Option<Decimal> {
    if text.len() > 18 || mark != DecimalMark::Point {
        return None;
    }
    let (mut digits, mut scale, mut has_point) = (0_i64, 0, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i64::from(byte - b'0');
                scale += u32::from(has_point);
            }
            b'.' if !has_point && text.len() > 1 => has_point = true,
            _ => return None,
        }
    }
    Some(Decimal { digits: i128::from(digits), scale })
}

/// Marks that only ever stand between thousands, after [`plain_char`].
const SURE_MARKS: [char; 3] = [' ', '\'', '\u{66c}'];

/// Digits of other scripts as ASCII, blanks and apostrophes each in one spelling, the Arabic decimal mark as `point`.
fn plain_char(c: char, point: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '\u{2019}' => '\'',
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10).unwrap_or(c),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10).unwrap_or(c),
        '\u{66b}' => point,
        _ => c,
    }
}
