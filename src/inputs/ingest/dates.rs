//! Dates of records: a day, or at least a year.

use super::record::Day;

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

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateFault {
    Blank,
    NotADate,
    Ambiguous,
}

/// `2013-05-14`, `2013-05-14T10:00:00`, `14.05.2013` where the parts tell, or `2013`.
pub(super) fn parse(text: &str, order: Option<DateOrder>) -> Result<Day, DateFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DateFault::Blank);
    }
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let number = |part: &str| part.parse::<u16>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let year = |part: &str| number(part).filter(|year| part.len() == 4 && (1900..=2100).contains(year));
    match parts.as_slice() {
        [only] => year(only).map(|year| Day { year, month: 0, day: 0 }).ok_or(DateFault::NotADate),
        [first, second] => match (year(first), number(second), number(first), year(second)) {
            (Some(year), Some(month @ 1..=12), _, _) | (_, _, Some(month @ 1..=12), Some(year)) => {
                Ok(Day { year, month: month as u8, day: 0 })
            }
            _ => Err(DateFault::NotADate),
        },
        [first, second, third] => {
            if let Some(year) = year(first) {
                return checked(year, number(second), number(third));
            }
            let (Some(year), Some(a), Some(b)) = (year(third), number(first), number(second)) else {
                return Err(DateFault::NotADate);
            };
            match order {
                Some(DateOrder::Mdy) => checked(year, Some(a), Some(b)),
                Some(DateOrder::Dmy) => checked(year, Some(b), Some(a)),
                _ if a > 12 || a == b => checked(year, Some(b), Some(a)),
                _ if b > 12 => checked(year, Some(a), Some(b)),
                _ => Err(DateFault::Ambiguous),
            }
        }
        _ => Err(DateFault::NotADate),
    }
}

fn checked(year: u16, month: Option<u16>, day: Option<u16>) -> Result<Day, DateFault> {
    let (Some(month), Some(day)) = (month, day) else { return Err(DateFault::NotADate) };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(DateFault::NotADate) };
    let date = i16::try_from(year).ok().and_then(|year| jiff::civil::Date::new(year, month, day).ok());
    date.map(|_| Day { year, month: month.unsigned_abs(), day: day.unsigned_abs() }).ok_or(DateFault::NotADate)
}
