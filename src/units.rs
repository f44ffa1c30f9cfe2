//! Quantities that carry their unit in the type, and the constants behind conversions.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Milligrams in a kilogram.
pub const MILLIGRAMS_PER_KILOGRAM: i128 = 1_000_000;

/// A quantity of matter in whole milligrams: sums are exact in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Milligrams(pub i128);

impl Milligrams {
    /// Nearest whole number of milligrams to `quantity_kg`; `None` when it is not finite, negative or beyond 10^15 kg.
    #[must_use]
    pub fn from_kg(quantity_kg: f64) -> Option<Self> {
        (quantity_kg.is_finite() && (0.0..1e15).contains(&quantity_kg))
            .then(|| Self((quantity_kg * MILLIGRAMS_PER_KILOGRAM as f64).round() as i128))
    }

    /// Kilograms, rounded to the nearest double.
    #[must_use]
    pub fn kg(self) -> f64 {
        self.0 as f64 / MILLIGRAMS_PER_KILOGRAM as f64
    }
}

impl std::iter::Sum for Milligrams {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        Self(values.map(|value| value.0).sum())
    }
}

/// A probability in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// `Some` when `value` lies in 0..=1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// Probability of at least one interdiction under hazard `h`: `p = 1 - exp(-h)` (`h` clamped at 0 from below).
    #[must_use]
    pub fn from_hazard(hazard: f64) -> Self {
        Self(-(-hazard.max(0.0)).exp_m1())
    }

    /// The hazard with this probability: `h = -ln(1 - p)`; infinite at 1.
    #[must_use]
    pub fn hazard(self) -> f64 {
        -(-self.0).ln_1p()
    }

    /// The number itself.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// A cost in thousandths of a US dollar of one consignment: whole numbers, so that path sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(pub u64);

impl Cost {
    /// Thousandths in a dollar.
    pub const PER_USD: f64 = 1000.0;

    /// US dollars.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.0 as f64 / Self::PER_USD
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.2} USD", self.usd())
    }
}
