//! Decimal numbers as they are written: a whole number and how many of its digits stand after the point.
//!
//! Sums of costs times weights are exact when nothing was rounded on the way in.

/// Most digits before and after the point together.
const MOST_DIGITS: u32 = 36;

/// Most zeros after the point that an exponent may stand for.
const MOST_ZEROS: i32 = 100_000;

/// A decimal number, `mantissa / 10^decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    decimals: u32,
}

impl Decimal {
    /// One.
    pub const ONE: Self = Self { mantissa: 1, decimals: 0 };

    /// Reads `12`, `-0.5`, `+3.25`, `6.02e23`; none for anything else, also for `NaN` and `inf`. Digits beyond the 36th
    /// are cut off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (is_negative, digits) = match number.as_bytes().first()? {
            b'-' => (true, &number[1..]),
            b'+' => (false, &number[1..]),
            _ => (false, number),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && part.is_empty()) || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        if exponent > MOST_DIGITS as i32 || exponent < -MOST_ZEROS {
            return None;
        }
        let (mut mantissa, mut decimals, mut digit_count) = (0_i128, 0_i32, 0);
        for (ix, digit) in whole.bytes().chain(part.bytes()).enumerate() {
            if digit_count < MOST_DIGITS {
                mantissa = mantissa * 10 + i128::from(digit - b'0');
                digit_count += u32::from(mantissa != 0);
                decimals += i32::from(ix >= whole.len());
            } else if ix < whole.len() {
                return None;
            }
        }
        decimals -= exponent;
        while decimals < 0 {
            mantissa = mantissa.checked_mul(10)?;
            decimals += 1;
        }
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            decimals -= 1;
        }
        let mantissa = if is_negative { -mantissa } else { mantissa };
        Some(Self { mantissa, decimals: decimals.unsigned_abs() })
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: u64) -> Self {
        Self { mantissa: number.into(), decimals: 0 }
    }

    /// Whether it is below 0.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        self.decimals
    }

    /// The number times `10^decimals`, rounded to the nearest whole, halves away from 0; none when it does not fit.
    #[must_use]
    pub fn scaled(self, decimals: u32) -> Option<i128> {
        if decimals >= self.decimals {
            return self.mantissa.checked_mul(10_i128.checked_pow(decimals - self.decimals)?);
        }
        let Some(unit) = 10_i128.checked_pow(self.decimals - decimals) else { return Some(0) };
        Some((self.mantissa.abs() + unit / 2) / unit * self.mantissa.signum())
    }

    /// As [`Decimal::scaled`], rounded down.
    #[must_use]
    pub fn scaled_down(self, decimals: u32) -> Option<i128> {
        if decimals >= self.decimals {
            return self.scaled(decimals);
        }
        let Some(unit) = 10_i128.checked_pow(self.decimals - decimals) else {
            return Some(-i128::from(self.mantissa < 0));
        };
        Some(self.mantissa.div_euclid(unit))
    }

    /// The nearest double.
    #[must_use]
    pub fn value(self) -> f64 {
        to_f64(self.mantissa, self.decimals)
    }
}

/// `number / 10^decimals` as the nearest double.
#[must_use]
pub fn to_f64(number: i128, decimals: u32) -> f64 {
    format!("{number}e-{decimals}").parse().unwrap_or(f64::NAN)
}

/// Numbers with the same number of digits after the point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedPoint {
    /// The numbers times `10^decimals`.
    pub values: Vec<i64>,
    /// Digits after the point.
    pub decimals: u32,
    /// Whether no number had to be rounded.
    pub is_exact: bool,
}

impl FixedPoint {
    /// As many decimals as the numbers have, or as many as let each stay within `most` and their sum within `most_sum`;
    /// none when not even whole numbers do.
    #[must_use]
    pub fn of(numbers: &[Decimal], most: i64, most_sum: i128) -> Option<Self> {
        let wanted = numbers.iter().map(|number| number.decimals).max().unwrap_or(0);
        (0..=wanted).rev().find_map(|decimals| {
            let mut sum = 0_i128;
            let mut values = Vec::with_capacity(numbers.len());
            for number in numbers {
                let value = number.scaled(decimals)?;
                sum = sum.checked_add(value.abs())?;
                if sum > most_sum || value.abs() > i128::from(most) {
                    return None;
                }
                values.push(i64::try_from(value).ok()?);
            }
            Some(Self { values, decimals, is_exact: decimals == wanted })
        })
    }
}
