//! What was seized, in whole milligrams: an amount with its unit, a column whose header names the unit, or several of
//! them that say the same mass.

use super::record::Reader;
use crate::inputs::raw::RawRow;
use crate::inputs::vocabulary::{Decimal, DecimalFault, Field, Quantity, QuantityFault};
use std::borrow::Cow;

/// The columns whose header names the unit.
const NAMED: [(Field, &str); 3] =
    [(Field::AmountMg, "milligram"), (Field::AmountG, "gram"), (Field::AmountKg, "kilogram")];

/// Why a quantity cannot be used: the cell, the rule and what to do.
pub(super) struct Refusal {
    pub(super) field: Field,
    pub(super) value: String,
    pub(super) rule: &'static str,
    pub(super) message: Cow<'static, str>,
    pub(super) fix: Cow<'static, str>,
}

/// An amount as it stands in a row.
#[derive(Clone, Copy)]
struct Amount<'t> {
    field: Field,
    text: &'t str,
    unit: &'t str,
}

/// An amount that was understood.
struct Stated<'t> {
    amount: Amount<'t>,
    quantity: Quantity,
    /// One of its last digit, in milligrams.
    step_mg: i128,
}

enum Fault {
    Amount(DecimalFault),
    Quantity(QuantityFault),
}

impl<'t> Reader<'t, '_> {
    /// The mass that a row states.
    ///
    /// The unit column belongs to the amount without a unit in its header. Where that amount is empty, or there is no such
    /// column, the unit must be the one that a header names (`unit_contradicts_header`). An amount that is no mass, such as
    /// three tablets, gives way to a column in kilograms, grams or milligrams; two masses must agree
    /// (`quantities_disagree`), and the one written with more digits is used.
    pub(super) fn quantity(&self, row: RawRow<'t>, drug: &str) -> Result<Quantity, Refusal> {
        let (general, unit_cell) = (self.cell(row, Field::Amount), self.cell(row, Field::Unit));
        let named = NAMED.map(|(field, unit)| Amount { field, text: self.cell(row, field), unit });
        let is_filled = |amount: &&Amount<'_>| !amount.text.is_empty();
        let Some(first) = named.iter().find(is_filled) else {
            let (text, unit) = with_unit(general, unit_cell);
            let mapped = NAMED.iter().map(|(field, _)| *field).find(|field| self.map.ix(*field).is_some());
            let field = mapped.filter(|_| self.map.ix(Field::Amount).is_none()).unwrap_or(Field::Amount);
            let amount = Amount { field, text, unit };
            return self.stated(amount, drug).map(|stated| stated.quantity).map_err(|fault| refusal(amount, fault));
        };
        let units = &self.vocabulary.units;
        let mut masses: Vec<Stated<'t>> = Vec::with_capacity(named.len() + 1);
        if !general.is_empty() {
            let (text, unit) = with_unit(general, unit_cell);
            let amount = Amount { field: Field::Amount, text, unit };
            match self.stated(amount, drug) {
                Ok(stated) => masses.push(stated),
                Err(Fault::Quantity(
                    QuantityFault::UnitBlank | QuantityFault::UnitUnknown | QuantityFault::NoMass(..),
                )) => {}
                Err(fault) => return Err(refusal(amount, fault)),
            }
        } else if !unit_cell.is_empty()
            && !named.iter().filter(is_filled).any(|amount| units.is_same(amount.unit, unit_cell))
        {
            return Err(self.contradiction(*first, unit_cell));
        }
        for amount in named.iter().filter(is_filled) {
            masses.push(self.stated(*amount, drug).map_err(|fault| refusal(*amount, fault))?);
        }
        masses.sort_by_key(|stated| stated.step_mg);
        match masses.as_slice() {
            [finest, others @ ..] => match others.iter().find(|other| !agree(finest, other)) {
                Some(other) => Err(self.disagreement(finest, other)),
                None => Ok(finest.quantity),
            },
            [] => Err(refusal(*first, Fault::Amount(DecimalFault::Blank))),
        }
    }

    fn stated(&self, amount: Amount<'t>, drug: &str) -> Result<Stated<'t>, Fault> {
        let number = Decimal::parse(amount.text, self.table.decimal).map_err(Fault::Amount)?;
        let units = &self.vocabulary.units;
        let quantity = units.milligrams(number, amount.unit, drug).map_err(Fault::Quantity)?;
        let step = units.milligrams(Decimal { digits: 1, ..number }, amount.unit, drug);
        Ok(Stated { amount, quantity, step_mg: step.map_or(0, |step| i128::from(step.quantity_mg)) })
    }

    fn contradiction(&self, named: Amount<'_>, unit: &str) -> Refusal {
        let (header, column) = (self.map.header(named.field), self.map.header(Field::Unit));
        Refusal {
            field: Field::Unit,
            value: format!("{} {unit}", named.text),
            rule: "unit_contradicts_header",
            message: format!("the column `{header}` is in {}s, but `{column}` says `{unit}`", named.unit).into(),
            fix: "correct the unit, or write the amount in a column whose header names no unit".into(),
        }
    }

    fn disagreement(&self, one: &Stated<'_>, other: &Stated<'_>) -> Refusal {
        let told = |stated: &Stated<'_>| {
            let Amount { field, text, unit } = stated.amount;
            format!("`{}` {text} {unit}", self.map.header(field))
        };
        let Amount { field, text, unit } = other.amount;
        Refusal {
            field,
            value: format!("{} {}; {text} {unit}", one.amount.text, one.amount.unit),
            rule: "quantities_disagree",
            message: format!("{} and {} are not the same mass", told(one), told(other)).into(),
            fix: "correct one of them, or empty the wrong cell".into(),
        }
    }
}

/// Whether two masses are one: the same, or one the other rounded to its last digit, by at most one part in a hundred.
fn agree(one: &Stated<'_>, other: &Stated<'_>) -> bool {
    let (a, b) = (i128::from(one.quantity.quantity_mg), i128::from(other.quantity.quantity_mg));
    let gap = (a - b).abs();
    gap == 0 || (gap * 2 <= one.step_mg.max(other.step_mg) && gap * 100 <= a.max(b))
}

fn refusal(amount: Amount<'_>, fault: Fault) -> Refusal {
    let Amount { field, text, unit } = amount;
    let fault = match fault {
        Fault::Amount(fault) => {
            let (rule, message, fix) = match fault {
                DecimalFault::Blank => ("amount_missing", "no amount", "write the amount; not known is not zero"),
                DecimalFault::NotANumber if !with_unit(text, "").1.is_empty() => (
                    "amount_not_a_number",
                    "a unit, or words, beside the number",
                    "write the number alone, and its unit in the column of units",
                ),
                DecimalFault::NotANumber if text.starts_with(|c: char| c.is_numeric()) && has_gap(text) => (
                    "amount_not_a_number",
                    "several numbers, or marks between digits that are not between thousands",
                    "write one number, with no mark but the decimal one",
                ),
                DecimalFault::NotANumber => ("amount_not_a_number", "this is no number", "write a decimal number"),
                DecimalFault::Ambiguous => (
                    "amount_ambiguous",
                    "the comma may be a decimal mark",
                    "declare it (decimal comma), or write a point",
                ),
                DecimalFault::TooLong => ("amount_too_long", "too many digits", "write at most 26 digits"),
            };
            return Refusal { field, value: text.to_owned(), rule, message: message.into(), fix: fix.into() };
        }
        Fault::Quantity(fault) => fault,
    };
    let (field, rule, message, fix): (_, _, Cow<'static, str>, _) = match fault {
        QuantityFault::UnitBlank => (Field::Unit, "unit_blank", "no unit".into(), "write the unit"),
        QuantityFault::UnitUnknown => {
            (Field::Unit, "unit_unknown", "the unit is not in the vocabulary".into(), "write kilogram, gram, ...")
        }
        QuantityFault::NoMass(rule, note) => {
            (Field::Unit, rule_of(&rule), note.into(), "write the mass in kilograms or grams")
        }
        QuantityFault::NotPositive => {
            let message = "an amount of zero or less is no seizure".into();
            (field, "amount_not_positive", message, "write what was seized")
        }
        QuantityFault::BelowOneMilligram => {
            (field, "below_one_milligram", "less than half a milligram".into(), "check the unit")
        }
        QuantityFault::TooLarge => (field, "amount_too_large", "more than 10^12 kg".into(), "check the unit"),
    };
    let value = if field == Field::Unit { unit } else { text };
    Refusal { field, value: value.to_owned(), rule, message, fix: fix.into() }
}

/// Whether blanks or apostrophes stand between digits.
fn has_gap(text: &str) -> bool {
    text.trim().contains(|c: char| c.is_whitespace() || "'’_".contains(c))
}

/// `12 kg` in one cell: amount and unit.
fn with_unit<'t>(amount: &'t str, unit: &'t str) -> (&'t str, &'t str) {
    if !unit.is_empty() {
        return (amount, unit);
    }
    let Some(at) = amount.find(char::is_alphabetic).filter(|at| *at > 0) else { return (amount, unit) };
    // 1.5e3 has no unit
    if amount[at..].starts_with(['e', 'E'])
        && amount[at + 1..].starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))
    {
        return (amount, unit);
    }
    (amount[..at].trim_end(), amount[at..].trim())
}

/// The rules of the unit vocabulary.
const UNIT_RULES: &[&str] =
    &["countable_unit_unknown_mass", "volume_without_density", "unit_ambiguous", "unit_unknown", "plants", "area"];

fn rule_of(rule: &str) -> &'static str {
    UNIT_RULES.iter().find(|known| **known == rule).copied().unwrap_or("unit_without_mass")
}
