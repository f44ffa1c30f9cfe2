//! Units to whole milligrams, exactly.

use super::Decimal;
use std::collections::HashMap;

/// A quantity in whole milligrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Milligrams.
    pub quantity_mg: i64,
    /// Whether rounding changed it by more than a microgram.
    pub is_rounded: bool,
}

/// Why a quantity cannot be stated in milligrams. The row is set aside, never counted as zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityFault {
    /// No unit.
    UnitBlank,
    /// A unit that is not in the vocabulary.
    UnitUnknown,
    /// A unit that has no mass of its own: the rule (`countable_unit_unknown_mass`, ...) and why.
    NoMass(String, String),
    /// Zero or negative.
    NotPositive,
    /// Less than half a milligram.
    BelowOneMilligram,
    /// More than 10^12 kg.
    TooLarge,
}

#[derive(Clone, Debug)]
enum Rule {
    /// Milligrams in a unit as a fraction.
    Use {
        numerator: i128,
        denominator: i128,
    },
    Quarantine {
        rule: String,
        note: String,
    },
}

/// The one symbol whose case is its meaning: keys have none.
const MEGAGRAM: &str = "Mg";

/// Most milligrams of one record: 10^12 kg.
const MAX_MG: i128 = 1_000_000_000_000_000_000;

/// The units that are known, some of them for one drug only.
#[derive(Clone, Debug)]
pub struct Units {
    rules: Vec<Rule>,
    /// Unit to (drug, rule); the drug `*` stands for all.
    by_unit: HashMap<String, Vec<(String, usize)>>,
}

impl Units {
    /// Columns: unit, drug, `mg_per_unit`, action, rule, `source_id`, basis, note.
    pub(super) fn read(rows: &[csv::StringRecord]) -> Result<Self, String> {
        let mut units = Self { rules: Vec::new(), by_unit: HashMap::new() };
        for row in rows {
            let cell = |ix: usize| row.get(ix).unwrap_or_default();
            let rule = if cell(3) == "use" {
                let (numerator, denominator) = cell(2).split_once('/').unwrap_or((cell(2), "1"));
                let whole = |text: &str| text.parse::<i128>().ok().filter(|number| *number > 0);
                let (Some(numerator), Some(denominator)) = (whole(numerator), whole(denominator)) else {
                    return Err(format!("vocabulary/units.csv: {}: `{}` is no positive fraction", cell(0), cell(2)));
                };
                Rule::Use { numerator, denominator }
            } else {
                Rule::Quarantine { rule: cell(4).to_owned(), note: cell(7).to_owned() }
            };
            units.rules.push(rule);
            units.by_unit.entry(unit_key(cell(0))).or_default().push((cell(1).to_owned(), units.rules.len() - 1));
        }
        Ok(units)
    }

    /// Whether the unit is in the vocabulary.
    #[must_use]
    pub fn knows(&self, unit: &str) -> bool {
        self.by_unit.contains_key(&unit_key(unit))
    }

    /// Whether two units are the same mass whatever the drug, such as `kg` and `kilogram`.
    #[must_use]
    pub fn is_same(&self, a: &str, b: &str) -> bool {
        let fraction = |unit: &str| {
            let rules = self.by_unit.get(&unit_key(unit)).filter(|_| unit.trim() != MEGAGRAM)?;
            match self.rules.get(rules.iter().find(|(drug, _)| drug == "*")?.1)? {
                Rule::Use { numerator, denominator } => Some((*numerator, *denominator)),
                Rule::Quarantine { .. } => None,
            }
        };
        fraction(a).is_some_and(|own| fraction(b) == Some(own))
    }

    /// `amount` units of `drug` in milligrams: exact product, rounded half to even to the milligram.
    ///
    /// # Errors
    /// See [`QuantityFault`].
    pub fn milligrams(&self, amount: Decimal, unit: &str, drug: &str) -> Result<Quantity, QuantityFault> {
        if unit.trim().is_empty() {
            return Err(QuantityFault::UnitBlank);
        }
        if unit.trim() == MEGAGRAM {
            let note = "`Mg` is a megagram (a tonne), or a milligram written with a capital";
            return Err(QuantityFault::NoMass("unit_ambiguous".to_owned(), note.to_owned()));
        }
        let key = unit_key(unit);
        let rules = self.by_unit.get(&key).ok_or(QuantityFault::UnitUnknown)?;
        let of = |wanted: &str| rules.iter().find(|(drug, _)| drug == wanted).map(|(_, ix)| *ix);
        let rule = of(drug).or_else(|| of("*")).and_then(|ix| self.rules.get(ix));
        match rule {
            None => Err(QuantityFault::NoMass(
                "volume_without_density".to_owned(),
                "no density is given for this drug".to_owned(),
            )),
            Some(Rule::Quarantine { rule, note }) => Err(QuantityFault::NoMass(rule.clone(), note.clone())),
            Some(Rule::Use { numerator, denominator }) => product(amount, *numerator, *denominator),
        }
    }
}

/// `amount x numerator / denominator` milligrams.
fn product(amount: Decimal, numerator: i128, denominator: i128) -> Result<Quantity, QuantityFault> {
    if amount.digits <= 0 {
        return Err(QuantityFault::NotPositive);
    }
    let power = 10_i128.checked_pow(amount.scale);
    let (Some(above), Some(below)) =
        (amount.digits.checked_mul(numerator), power.and_then(|power| power.checked_mul(denominator)))
    else {
        return scaled_down(amount, numerator, denominator);
    };
    let (whole, rest) = (above / below, above % below);
    let is_up = match (rest * 2).cmp(&below) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => whole % 2 == 1,
    };
    let rounded = whole + i128::from(is_up);
    if rounded == 0 {
        return Err(QuantityFault::BelowOneMilligram);
    }
    if rounded > MAX_MG {
        return Err(QuantityFault::TooLarge);
    }
    // One microgram is a thousandth of a milligram.
    let change = if is_up { below - rest } else { rest };
    let is_rounded = change.checked_mul(1000).is_none_or(|change| change > below);
    Ok(Quantity { quantity_mg: i64::try_from(rounded).map_err(|_| QuantityFault::TooLarge)?, is_rounded })
}

/// Numbers of more digits than fit: the last ones, far below a microgram, are dropped.
fn scaled_down(amount: Decimal, numerator: i128, denominator: i128) -> Result<Quantity, QuantityFault> {
    if amount.scale <= 18 {
        return Err(QuantityFault::TooLarge);
    }
    let by = 10_i128.checked_pow(amount.scale - 18).unwrap_or(i128::MAX);
    product(Decimal { digits: (amount.digits / by).max(1), scale: 18 }, numerator, denominator)
}

/// Spelling of a unit without case, dots and blanks (`K.G.` is `kg`); all else stays, so that a letter that only looks like
/// another (`γ`, `ţ`) or a mark (`g%`) makes another unit. The micro sign and the Greek letter mu are one.
fn unit_key(unit: &str) -> String {
    let is_left_out = |c: &char| c.is_whitespace() || matches!(c, '.' | '\u{200c}');
    let letters = unit.chars().filter(|c| !is_left_out(c)).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'μ' { 'µ' } else { c }).collect()
}
