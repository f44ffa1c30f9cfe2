//! Dates as people write them. A date that can be read in two ways is refused, never guessed.

use std::fmt;

/// The order of day and month in `03/04/2021`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Not declared: such dates are refused.
    #[default]
    Undeclared,
    /// Day first.
    DayFirst,
    /// Month first.
    MonthFirst,
}

/// A date with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// Calendar year, 1900 to 2100.
    pub year: u16,
    /// Month from 1; none = only the year is known.
    pub month: Option<u8>,
    /// Day from 1; none = only the month is known.
    pub day: Option<u8>,
}

impl fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year)?;
        [self.month, self.day].into_iter().flatten().try_for_each(|part| write!(formatter, "-{part:02}"))
    }
}

/// Why a text is no date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateFault {
    /// Nothing stands there.
    Empty,
    /// Day and month cannot be told apart: the date if the day stands first, and if the month does.
    Ambiguous(PartialDate, PartialDate),
    /// A year of two digits.
    ShortYear,
    /// A spreadsheet's day count: the date if days count from 1900, and if from 1904.
    Serial(PartialDate, PartialDate),
    /// A day that its month does not have.
    NoSuchDay,
    /// A year before 1900 or after 2100, such as one of another calendar.
    YearOutOfRange,
    /// Anything else.
    NotADate,
}

impl DateFault {
    /// Code, message and what to do.
    #[must_use]
    pub fn told(&self) -> (&'static str, String, &'static str) {
        match self {
            Self::Empty => ("I720", "no date".to_owned(), "give the date, or at least the year"),
            Self::Ambiguous(day_first, month_first) => (
                "I721",
                format!("the date is {day_first} or {month_first}"),
                "write it as year-month-day, or declare the order of day and month (--date-order)",
            ),
            Self::ShortYear => ("I722", "a year of two digits".to_owned(), "write the year with four digits"),
            Self::Serial(from_1900, from_1904) => (
                "I723",
                format!("a spreadsheet's day number: {from_1900} when days count from 1900, {from_1904} from 1904"),
                "format the column as a date and export it again",
            ),
            Self::NoSuchDay => ("I724", "a day that does not exist".to_owned(), "correct the date"),
            Self::YearOutOfRange => (
                "I725",
                "a year outside 1900 to 2100".to_owned(),
                "give the date of the Gregorian calendar, year first",
            ),
            Self::NotADate => ("I726", "not a date".to_owned(), "write the date as year-month-day"),
        }
    }
}

/// Reads a date: ISO 8601 (`2015-08-04`, with `/` or `.`, `20150804`, a time after it is left out and shifts nothing),
/// year and month, a year, a month by its English or Russian name, or day, month and year in digits when their order is
/// certain or declared. Digits may be Arabic or Persian.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_date(text: &str, order: DateOrder) -> Result<PartialDate, DateFault> {
    let plain: String = text.trim().chars().map(ascii_digit).collect();
    if plain.is_empty() {
        return Err(DateFault::Empty);
    }
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_digits(&plain);
    }
    if let Some(serial) = serial_with_fraction(&plain) {
        return Err(serial);
    }
    let day_part = without_time(&plain);
    let parts: Vec<&str> = day_part
        .split(|c: char| matches!(c, '-' | '/' | '.' | ',') || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().any(|part| part.chars().any(char::is_alphabetic)) {
        return named(&parts);
    }
    if !parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(DateFault::NotADate);
    }
    let number = |ix: usize| parts[ix].parse::<u16>().map_err(|_| DateFault::NotADate);
    match parts.len() {
        2 if parts[0].len() == 4 && parts[1].len() <= 2 => month_of(number(0)?, number(1)?),
        2 if parts[1].len() == 4 && parts[0].len() <= 2 => month_of(number(1)?, number(0)?),
        3 if parts[0].len() == 4 && parts[1].len() <= 2 && parts[2].len() <= 2 => {
            day_of(number(0)?, number(1)?, number(2)?)
        }
        3 if parts[2].len() == 4 && parts[0].len() <= 2 && parts[1].len() <= 2 => {
            in_order(number(0)?, number(1)?, number(2)?, order)
        }
        3 if parts.iter().all(|part| part.len() <= 2) => Err(DateFault::ShortYear),
        _ => Err(DateFault::NotADate),
    }
}

/// Arabic and Persian digits as ASCII ones.
fn ascii_digit(c: char) -> char {
    let value = match c {
        '\u{660}'..='\u{669}' => c as u32 - 0x660,
        '\u{6f0}'..='\u{6f9}' => c as u32 - 0x6f0,
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

/// The text before a time of day.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text.strip_suffix('Z').unwrap_or(text) };
    let head = &text[..colon];
    let digits = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 2 {
        return text;
    }
    head[..head.len() - digits].trim_end_matches(|c: char| matches!(c, 'T' | 't' | ',') || c.is_whitespace())
}

/// `2015`, `201508` is refused (it may be a day number), `20150804`, or a day number.
fn from_digits(digits: &str) -> Result<PartialDate, DateFault> {
    let number: u32 = digits.parse().map_err(|_| DateFault::NotADate)?;
    match digits.len() {
        4 => year_of(u16::try_from(number).unwrap_or(0)).map(|year| PartialDate { year, month: None, day: None }),
        5 => Err(serial(number).unwrap_or(DateFault::NotADate)),
        8 => {
            let part = |value: u32| u16::try_from(value).unwrap_or(0);
            day_of(part(number / 10_000), part(number / 100 % 100), part(number % 100))
        }
        _ => Err(DateFault::NotADate),
    }
}

/// `42220.5` is a day number with a time.
fn serial_with_fraction(text: &str) -> Option<DateFault> {
    let (whole, fraction) = text.split_once('.')?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (whole.len() == 5 && is_digits(whole) && is_digits(fraction)).then(|| whole.parse().ok().and_then(serial))?
}

/// The two dates that a day number of five digits may be (from 1927 and from 1931 on).
fn serial(number: u32) -> Option<DateFault> {
    // Day 0 of the 1900 count is 1899-12-30 for days after its invented 29 February 1900; of the 1904 count 1904-01-01.
    Some(DateFault::Serial(
        date_of_unix_days(i64::from(number) - 25_569)?,
        date_of_unix_days(i64::from(number) - 24_107)?,
    ))
}

/// Year, month and day of a number of days from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A number of days from 1970-01-01 as `2015-08-04`.
pub(in super::super) fn iso_day(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The date of a number of days from 1970-01-01; `None` outside 1900 to 2100.
#[must_use]
pub fn date_of_unix_days(days: i64) -> Option<PartialDate> {
    let (year, month, day) = civil_from_days(days);
    let year = u16::try_from(year).ok().filter(|year| (1900..=2100).contains(year))?;
    Some(PartialDate { year, month: u8::try_from(month).ok(), day: u8::try_from(day).ok() })
}

fn year_of(year: u16) -> Result<u16, DateFault> {
    if (1900..=2100).contains(&year) { Ok(year) } else { Err(DateFault::YearOutOfRange) }
}

fn month_of(year: u16, month: u16) -> Result<PartialDate, DateFault> {
    let year = year_of(year)?;
    match u8::try_from(month) {
        Ok(month @ 1..=12) => Ok(PartialDate { year, month: Some(month), day: None }),
        _ => Err(DateFault::NoSuchDay),
    }
}

fn day_of(year: u16, month: u16, day: u16) -> Result<PartialDate, DateFault> {
    let year = year_of(year)?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return Err(DateFault::NoSuchDay),
    };
    if day == 0 || day > length {
        return Err(DateFault::NoSuchDay);
    }
    Ok(PartialDate { year, month: u8::try_from(month).ok(), day: u8::try_from(day).ok() })
}

fn in_order(first: u16, second: u16, year: u16, order: DateOrder) -> Result<PartialDate, DateFault> {
    match order {
        DateOrder::DayFirst => return day_of(year, second, first),
        DateOrder::MonthFirst => return day_of(year, first, second),
        DateOrder::Undeclared => {}
    }
    match (day_of(year, second, first), day_of(year, first, second)) {
        (Ok(day_first), Ok(month_first)) if day_first != month_first => {
            Err(DateFault::Ambiguous(day_first, month_first))
        }
        (Ok(date), _) | (_, Ok(date)) => Ok(date),
        (Err(fault), _) => Err(fault),
    }
}

/// Beginnings of the months' names, English and Russian.
const MONTHS: [[&str; 3]; 12] = [
    ["january", "янв", "январь"],
    ["february", "фев", "февраль"],
    ["march", "мар", "март"],
    ["april", "апр", "апрель"],
    ["may", "мая", "май"],
    ["june", "июн", "июнь"],
    ["july", "июл", "июль"],
    ["august", "авг", "август"],
    ["september", "сен", "сентябрь"],
    ["october", "окт", "октябрь"],
    ["november", "ноя", "ноябрь"],
    ["december", "дек", "декабрь"],
];

/// The month of that name: an English name or its first three or four letters, a Russian one in any case.
fn month_named(word: &str) -> Option<u16> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let is_it = |names: &[&str; 3]| {
        let [english, russian, may] = *names;
        (letters >= 3 && english.starts_with(&word))
            || word == "sept" && english == "september"
            || word.starts_with(russian)
            || word == may
    };
    MONTHS.iter().position(is_it).and_then(|ix| u16::try_from(ix + 1).ok())
}

/// `4 August 2015`, `August 4, 2015`, `Aug 2015`, `4-Aug-2015`; a word such as `г.` after the year is left out.
fn named(parts: &[&str]) -> Result<PartialDate, DateFault> {
    let month = parts.iter().find_map(|part| month_named(part)).ok_or(DateFault::NotADate)?;
    let mut numbers = Vec::new();
    for part in parts {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let rest = &part[digits.len()..];
        let is_ending = matches!(rest, "" | "st" | "nd" | "rd" | "th" | "г");
        match digits.parse::<u16>() {
            Ok(number) if is_ending => numbers.push((number, digits.len())),
            Ok(_) => return Err(DateFault::NotADate),
            Err(_) if month_named(part).is_some() || matches!(*part, "г" | "года" | "of") => {}
            Err(_) => return Err(DateFault::NotADate),
        }
    }
    match numbers.as_slice() {
        [(year, 4)] => month_of(*year, month),
        [(day, 1 | 2), (year, 4)] | [(year, 4), (day, 1 | 2)] => day_of(*year, month, *day),
        [(_, 1 | 2), (_, 1 | 2)] | [(_, 1 | 2)] => Err(DateFault::ShortYear),
        _ => Err(DateFault::NotADate),
    }
}
