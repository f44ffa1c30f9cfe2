//! Dates as people write them: a table of texts with what must come out.

use corridor::inputs::checks::dates::{DateFault, DateOrder, parse_date};

/// Text and outcome: a date, or the word of its fault.
const TABLE: &[(&str, &str)] = &[
    ("2015-08-04", "2015-08-04"),
    (" 2015-08-04 ", "2015-08-04"),
    ("2015/08/04", "2015-08-04"),
    ("2015.08.04", "2015-08-04"),
    ("2015-8-4", "2015-08-04"),
    ("20150804", "2015-08-04"),
    ("2015-08-04T13:30:00", "2015-08-04"),
    ("2015-08-04T23:59:59Z", "2015-08-04"),
    ("2015-08-04T00:30:00+05:00", "2015-08-04"),
    ("2015-08-04 13:30", "2015-08-04"),
    ("2015-08-04 1:30", "2015-08-04"),
    ("2012-02-29", "2012-02-29"),
    ("2000-02-29", "2000-02-29"),
    ("2015-08", "2015-08"),
    ("08/2015", "2015-08"),
    ("8.2015", "2015-08"),
    ("2015", "2015"),
    ("25/04/2021", "2021-04-25"),
    ("04/25/2021", "2021-04-25"),
    ("25.04.2021", "2021-04-25"),
    ("25-04-2021", "2021-04-25"),
    ("05/05/2021", "2021-05-05"),
    ("31.12.2014 08:15:00", "2014-12-31"),
    ("4 August 2015", "2015-08-04"),
    ("04-Aug-2015", "2015-08-04"),
    ("August 4, 2015", "2015-08-04"),
    ("4th August 2015", "2015-08-04"),
    ("Aug 2015", "2015-08"),
    ("Sept 3 2014", "2014-09-03"),
    ("4 августа 2015 г.", "2015-08-04"),
    ("12 мая 2013", "2013-05-12"),
    ("март 2014", "2014-03"),
    ("۲۰۱۵-۰۸-۰۴", "2015-08-04"),
    ("٢٠١٥/٠٨/٠٤", "2015-08-04"),
    ("03/04/2021", "ambiguous 2021-04-03 2021-03-04"),
    ("3.4.2021", "ambiguous 2021-04-03 2021-03-04"),
    ("12-11-2011", "ambiguous 2011-11-12 2011-12-11"),
    ("03/04/2021 10:00", "ambiguous 2021-04-03 2021-03-04"),
    ("03/04/21", "short year"),
    ("4-Aug-15", "short year"),
    ("42220", "serial 2015-08-04 2019-08-05"),
    ("40758", "serial 2011-08-03 2015-08-04"),
    ("42220.5", "serial 2015-08-04 2019-08-05"),
    ("1900-02-29", "no such day"),
    ("2015-02-29", "no such day"),
    ("2015-13-01", "no such day"),
    ("2015-00-10", "no such day"),
    ("31/04/2015", "no such day"),
    ("32/01/2015", "no such day"),
    ("30 February 2015", "no such day"),
    ("1394-05-13", "year"),
    ("1394/05/13", "year"),
    ("2215-08-04", "year"),
    ("0015-08-04", "year"),
    ("", "empty"),
    ("   ", "empty"),
    ("unknown", "not a date"),
    ("n/a", "not a date"),
    ("2015-08-04-01", "not a date"),
    ("201508", "not a date"),
    ("-2015", "not a date"),
    ("12:30", "not a date"),
    ("Smarch 4 2015", "not a date"),
    ("99999999999999999999", "not a date"),
];

fn word(text: &str, order: DateOrder) -> String {
    match parse_date(text, order) {
        Ok(date) => date.to_string(),
        Err(DateFault::Ambiguous(day_first, month_first)) => format!("ambiguous {day_first} {month_first}"),
        Err(DateFault::Serial(from_1900, from_1904)) => format!("serial {from_1900} {from_1904}"),
        Err(DateFault::ShortYear) => "short year".to_owned(),
        Err(DateFault::NoSuchDay) => "no such day".to_owned(),
        Err(DateFault::YearOutOfRange) => "year".to_owned(),
        Err(DateFault::Empty) => "empty".to_owned(),
        Err(DateFault::NotADate) => "not a date".to_owned(),
    }
}

#[test]
fn sixty_texts_give_their_date_or_their_fault() {
    assert!(TABLE.len() >= 60);
    let wrong: Vec<String> = TABLE
        .iter()
        .filter(|(text, expected)| word(text, DateOrder::Undeclared) != *expected)
        .map(|(text, expected)| format!("{text}: {expected} expected, {} came", word(text, DateOrder::Undeclared)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_declared_order_decides_and_iso_wins() {
    for (text, order, expected) in [
        ("03/04/2021", DateOrder::DayFirst, "2021-04-03"),
        ("03/04/2021", DateOrder::MonthFirst, "2021-03-04"),
        ("2021-04-03", DateOrder::MonthFirst, "2021-04-03"),
        ("25/04/2021", DateOrder::MonthFirst, "no such day"),
        ("04/25/2021", DateOrder::DayFirst, "no such day"),
    ] {
        assert_eq!(word(text, order), expected, "{text}");
    }
}

/// Every day of two centuries, by a calendar counted on from day to day.
#[test]
fn every_day_reads_back() {
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let mut count = 0;
    while year <= 2100 {
        let text = format!("{year:04}-{month:02}-{day:02}");
        assert_eq!(word(&text, DateOrder::Undeclared), text);
        let from_epoch = corridor::inputs::checks::dates::date_of_unix_days(count - 25_567).unwrap();
        assert_eq!(from_epoch.to_string(), text);
        count += 1;
        day += 1;
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
        if day > length {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    assert_eq!(count, 73_414);
}
