//! Faults that nobody tuned the checks to: one a row, in a table with headers of several makes.

use serde_json::Value;
use std::process::Command;

const HEADER: &str = "id,country,place,lat,lon,Date of seizure,drug,Quantity,Unit of measure";

/// A clean synthetic row.
fn clean(number: usize) -> String {
    let (country, place, lat, lon) = [
        ("Afghanistan", "Herat", 34.34, 62.19),
        ("Pakistan", "Quetta", 30.17, 66.99),
        ("Iran", "Zahedan", 29.49, 60.85),
        ("Tajikistan", "Khujand", 40.27, 69.61),
        ("Uzbekistan", "Termez", 37.21, 67.27),
    ][number % 5];
    #[allow(clippy::cast_precision_loss)]
    let moved = number as f64 / 20_000.0;
    let (year, month, day) = (2011 + number % 6, 1 + number % 12, 1 + number % 28);
    let (lat, lon, kg) = (lat + moved, lon + moved, 1 + number % 50);
    format!("R{number:03},{country},{place},{lat:.5},{lon:.5},{year}-{month:02}-{day:02},Heroin,{kg}.{number:03},kg")
}

/// What stands in the row (of Herat), and the rules and the column of the finding.
const PLANTED: &[(&str, &str, &str)] = &[
    ("P,Afghanistan,Herat,62.2,34.3,2015-01-02,Heroin,1.001,kg", "I710", "lon"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,\"12,5\",kg", "amount_ambiguous", "Quantity"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,1.002,bushel", "unit_unknown", "Unit of measure"),
    ("P,Afgahnistan,Herat,34.3,62.2,2015-01-02,Heroin,1.003,kg", "country_unknown", "country"),
    ("P,Afganistan,Herat,34.3,62.2,2015-01-02,Heroin,1.004,kg", "I734", "country"),
    ("P,Afghanistan,Herat,34.3,62.2,41500,Heroin,1.005,kg", "date_serial_number", "Date of seizure"),
    ("P,Afghanistan,Herat,34.3,62.2,1900-02-29,Heroin,1.006,kg", "date_does_not_exist", "Date of seizure"),
    ("P,Afghanistan,Herat,34.3,62.2,2098-05-06,Heroin,1.007,kg", "I727", "Date of seizure"),
    ("R001,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,1.008,kg", "I732", "id"),
    ("R150,Afghanistan,Herat,34.34750,62.19750,2011-07-11,Heroin,1.150,kg", "I730", "(row)"),
    ("P,Afghanistan,HERAT,34.36,62.18,2012-08-12,Heroin,6155,g", "I731", "(row)"),
    ("P,Afghanistan,Herat,0,0,2015-01-02,Heroin,1.010,kg", "I711", "lon"),
    ("P,Afghanistan,Herat,33.93911,67.709953,2015-01-02,Heroin,1.011,kg", "I712", "lon"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,NaN,kg", "amount_not_a_number", "Quantity"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,-3,kg", "amount_not_positive", "Quantity"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,1.012,", "unit_blank", "Unit of measure"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,1000000000,kg", "I733", "Quantity"),
    ("P,Afghanistan,\"Herat,34.3,62.2,2015-01-02,Heroin,1.013,kg", "I606", "(row)"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,1.014,kg,more", "I607", "(row)"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin", "I607", "(row)"),
    ("P,Afghanistan,He\u{202e}rat,34.3,62.2,2015-01-02,Heroin,1.015,kg", "I648", "place"),
    ("P,Afghanistan,He\u{200b}rat,34.3,62.2,2015-01-02,Heroin,1.016,kg", "I648", "place"),
    ("P,Afghanistan,He\u{7}rat,34.3,62.2,2015-01-02,Heroin,1.017,kg", "I648", "place"),
    // the byte is put in below
    ("P,Afghanistan,Her~t,34.3,62.2,2015-01-02,Heroin,1.018,kg", "I605", "place"),
    ("P,Pakistan,Herat,34.3,62.2,2015-01-02,Heroin,1.019,kg", "I713", "lon"),
    ("P,Afghanistan,Herat,34.3,62.2,04.03.12,Heroin,1.020,kg", "date_year_of_two_digits", "Date of seizure"),
    ("P,Afghanistan,Herat,34.3,62.2,03/04/2014,Heroin,1.021,kg", "date_ambiguous", "Date of seizure"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Herion,1.022,kg", "drug_unknown", "drug"),
    ("P,Afghanistan,Herat,34.3,,2015-01-02,Heroin,1.023,kg", "position_incomplete", "lon"),
    ("P,Afghanistan,Herat,91.2,62.2,2015-01-02,Heroin,1.024,kg", "position_off_the_globe", "lat"),
    ("P,Afghanistan,Herat,34\u{b0}20'N,62.2,2015-01-02,Heroin,1.025,kg", "position_not_a_number", "lat"),
    ("P,Afghanistan,Herat,34.3,62.2,2015-01-02,Heroin,12 g,kg", "amount_not_a_number", "Quantity"),
];

#[test]
fn faults_of_many_kinds_are_found_and_nothing_else() {
    let mut lines: Vec<Vec<u8>> = vec![HEADER.as_bytes().to_vec()];
    let mut expected: Vec<(u64, &str, &str)> = Vec::new();
    let mut planted = PLANTED.iter().zip(0..);
    // the first row of the near pair and of the equal pair are rows 155 and 150 of the clean ones
    for number in 0..300 {
        lines.push(match number {
            155 => b"R155,Afghanistan,Herat,34.34775,62.19775,2012-08-12,Heroin,6.155,kg".to_vec(),
            _ => clean(number).into_bytes(),
        });
        if number >= 160 && number % 4 == 0 {
            if let Some(((line, rule, column), at)) = planted.next() {
                let line = if line.starts_with("P,") { format!("P{at:02}{}", &line[1..]) } else { (*line).to_owned() };
                lines.push(line.bytes().map(|byte| if byte == b'~' { 0xe9 } else { byte }).collect());
                expected.push((lines.len() as u64, rule, column));
            }
        }
    }
    assert_eq!(expected.len(), PLANTED.len());
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("planted.csv"), lines.join(&b'\n')).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_corridor"))
        .args(["check", "planted.csv", "--json"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    for (row, rule, column) in &expected {
        let is_it = |f: &&Value| f["row"] == *row && f["rule"] == *rule && f["column"] == *column;
        let found = findings.iter().find(is_it).unwrap_or_else(|| panic!("{row} {rule} {column}: {findings:#?}"));
        assert!(!found["fix"].as_str().unwrap().is_empty());
    }
    let extra: Vec<_> = findings.iter().filter(|f| !expected.iter().any(|(row, _, _)| f["row"] == *row)).collect();
    assert!(extra.is_empty(), "{extra:#?}");
    assert_eq!(json["rows_in"], 300 + PLANTED.len());
}
