//! Decimal numbers as they are written, without a detour over binary fractions.

/// A number that is not negative: `digits / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// At most 38 digits, no zero at the end while there are places.
    digits: u128,
    /// Digits after the point.
    places: u32,
}

/// Why a text is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotDecimal {
    /// Not a number, or not finite.
    Number,
    /// Below zero.
    Negative,
    /// More digits than are read.
    Long,
}

/// Most digits, and most places, of a number.
const MOST_DIGITS: usize = 38;

impl Decimal {
    /// Reads `12`, `0.25`, `.5`, `1e-3`, `+7`, `-0`.
    pub fn read(text: &str) -> Result<Self, NotDecimal> {
        let (is_negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| NotDecimal::Number)?),
            None => (unsigned, 0),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + part.len() == 0 || !is_digits(whole) || !is_digits(part) {
            return Err(NotDecimal::Number);
        }
        let all = format!("{whole}{part}");
        let significant = all.trim_start_matches('0');
        let stripped = significant.trim_end_matches('0');
        if stripped.is_empty() {
            return Ok(Self { digits: 0, places: 0 });
        }
        if is_negative {
            return Err(NotDecimal::Negative);
        }
        let dropped = (significant.len() - stripped.len()) as i64;
        let places = part.len() as i64 - dropped - i64::from(exponent);
        let zeros = usize::try_from((-places).max(0)).unwrap_or(usize::MAX);
        if stripped.len().saturating_add(zeros) > MOST_DIGITS || places > 300 {
            return Err(NotDecimal::Long);
        }
        let digits = stripped.bytes().fold(0_u128, |sum, byte| sum * 10 + u128::from(byte - b'0'));
        Ok(Self { digits: digits * 10_u128.pow(zeros as u32), places: places.max(0) as u32 })
    }

    /// Digits after the point.
    pub const fn places(self) -> u32 {
        self.places
    }

    /// The nearest binary fraction.
    pub fn as_f64(self) -> f64 {
        self.digits as f64 / 10_f64.powi(self.places as i32)
    }

    /// The number times `10^places`, to the nearest whole number (halves up); none beyond 128 bits.
    pub fn scaled(self, places: u32) -> Option<u128> {
        if places >= self.places {
            return self.digits.checked_mul(10_u128.checked_pow(places - self.places)?);
        }
        let Some(unit) = 10_u128.checked_pow(self.places - places) else { return Some(0) };
        Some(self.digits / unit + u128::from(self.digits % unit >= unit.div_ceil(2)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, NotDecimal};

    #[test]
    fn numbers_are_read_as_written() {
        for (text, places, scaled) in [
            ("12", 0, 12_000),
            ("0.25", 2, 250),
            (".5", 1, 500),
            ("5.", 0, 5000),
            ("+7", 0, 7000),
            ("-0", 0, 0),
            ("-0.000", 0, 0),
            ("007.10", 1, 7100),
            ("1e-3", 3, 1),
            ("1.5E3", 0, 1_500_000),
            ("0.0004", 4, 0),
            ("0.0005", 4, 1),
            ("0.1234567890123456789", 19, 123),
            ("100", 0, 100_000),
            ("0e99", 0, 0),
        ] {
            let number = Decimal::read(text).unwrap();
            assert_eq!((number.places(), number.scaled(3)), (places, Some(scaled)), "{text}");
        }
        for (text, why) in [
            ("", NotDecimal::Number),
            ("-", NotDecimal::Number),
            (".", NotDecimal::Number),
            ("nan", NotDecimal::Number),
            ("inf", NotDecimal::Number),
            ("-Infinity", NotDecimal::Number),
            ("1,5", NotDecimal::Number),
            ("1e", NotDecimal::Number),
            ("0x10", NotDecimal::Number),
            ("1_000", NotDecimal::Number),
            ("\u{661}", NotDecimal::Number),
            ("-1", NotDecimal::Negative),
            ("-1e-9", NotDecimal::Negative),
            ("1e99", NotDecimal::Long),
            ("1e2147483647", NotDecimal::Long),
            ("1e-2147483648", NotDecimal::Long),
            ("1e99999999999", NotDecimal::Number),
        ] {
            assert_eq!(Decimal::read(text), Err(why), "{text}");
        }
    }
}
