//! Dates of records: a day, or at least a year.

use super::record::Day;
use crate::inputs::checks::dates::{DateFault, DateOrder as Order, parse_date};

/// In which order the parts of a date stand when they alone do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

impl std::str::FromStr for DateOrder {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "dmy" => Ok(Self::Dmy),
            "mdy" => Ok(Self::Mdy),
            "ymd" => Ok(Self::Ymd),
            _ => Err(format!("`{text}` is not one of: dmy, mdy, ymd")),
        }
    }
}

/// A date, or rule, message and fix.
pub(super) fn parse(text: &str, order: Option<DateOrder>) -> Result<Day, (&'static str, String, &'static str)> {
    let order = match order {
        Some(DateOrder::Dmy) => Order::DayFirst,
        Some(DateOrder::Mdy) => Order::MonthFirst,
        Some(DateOrder::Ymd) | None => Order::Undeclared,
    };
    match parse_date(text, order) {
        Ok(date) => Ok(Day { year: date.year, month: date.month.unwrap_or(0), day: date.day.unwrap_or(0) }),
        Err(fault) => {
            let (_, message, fix) = fault.told();
            let rule = match fault {
                DateFault::Empty => "date_missing",
                DateFault::Ambiguous(..) => "date_ambiguous",
                DateFault::ShortYear => "date_year_of_two_digits",
                DateFault::Serial(..) => "date_serial_number",
                DateFault::NoSuchDay => "date_does_not_exist",
                DateFault::YearOutOfRange => "date_year_out_of_range",
                DateFault::NotADate => "date_not_read",
            };
            Err((rule, message, fix))
        }
    }
}
