//! Dates of records: a day, or at least a year.

use super::record::Day;
use crate::inputs::checks::dates::{DateOrder as Order, parse_date};

/// In which order the parts of a date stand when they alone do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

impl std::str::FromStr for DateOrder {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "dmy" => Ok(Self::Dmy),
            "mdy" => Ok(Self::Mdy),
            "ymd" => Err("a date that begins with its year needs no order; give dmy or mdy for the others".to_owned()),
            _ => Err(format!("`{text}` is not one of: dmy, mdy")),
        }
    }
}

impl DateOrder {
    /// What an order says of day and month.
    #[must_use]
    pub fn of_days(order: Option<Self>) -> Order {
        match order {
            Some(Self::Dmy) => Order::DayFirst,
            Some(Self::Mdy) => Order::MonthFirst,
            None => Order::Undeclared,
        }
    }
}

/// A date, or rule, message and fix.
pub(super) fn parse(text: &str, order: Option<DateOrder>) -> Result<Day, (&'static str, String, &'static str)> {
    match parse_date(text, DateOrder::of_days(order)) {
        Ok(date) => Ok(Day { year: date.year, month: date.month.unwrap_or(0), day: date.day.unwrap_or(0) }),
        Err(fault) => Err(fault.told()),
    }
}
