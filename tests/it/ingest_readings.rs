//! What `corridor ingest` makes of positions, dates and counts that are written in their own way.

#![allow(clippy::unwrap_used)]

use crate::ingest_command::Bench;
use serde_json::json;

#[test]
fn a_country_is_all_its_areas_and_what_lies_beyond_the_map_is_not_judged() {
    // Almaty, Hargeisa (Somaliland), Nicosia's north, London (the map shows two bases of GBR), Inta (north of the map),
    // Khark island, Greater Tunb; then Moscow exchanged, Almaty for Iran, and a place far off Iran's coast
    let text = "id,Country,lon,lat,Date,Drug,Quantity,Unit\n\
        1,Kazakhstan,76.945,43.238,2015-01-01,Heroin,1,kg\n2,Somalia,44.065,9.56,2015-01-01,Heroin,1,kg\n\
        3,Cyprus,33.37,35.2,2015-01-01,Heroin,1,kg\n4,United Kingdom,-0.12,51.5,2015-01-01,Heroin,1,kg\n\
        5,Russia,60.166,66.032,2015-01-01,Heroin,1,kg\n6,Iran,50.33,29.26,2015-01-01,Heroin,1,kg\n\
        7,Iran,55.30,26.26,2015-01-01,Heroin,1,kg\n8,Russia,55.75,37.62,2015-01-01,Heroin,1,kg\n\
        9,Iran,76.945,43.238,2015-01-01,Heroin,1,kg\n10,Iran,60.5,22.5,2015-01-01,Heroin,1,kg\n";
    let bench = Bench::new(&[("p.csv", text)]);
    let (answer, _) = bench.run(&["p.csv", "--out", "o.csv"], 0);
    assert_eq!(answer["positions_not_used"], json!({"position_exchanged": 1, "position_outside_country": 2}));
    let rows = bench.rows("o.csv");
    let points: Vec<_> = rows.iter().filter(|row| row["precision"] == "point").map(|row| &*row["seizure_id"]).collect();
    assert_eq!(points, ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!((&*rows[0]["adm1"], &*rows[5]["adm1"]), ("Almaty City", "Bushehr"));
}

#[test]
fn the_country_and_the_day_of_the_seizure_come_first() {
    let reporting = "Reporting country,Country of seizure,Date of event,Date seized,Drug,Quantity,Unit\n\
        Germany,Pakistan,2014-12-31,2015-01-01,Heroin,1,kg\n";
    let years = "Year,Date,Country,Drug,Quantity,Unit\n2014,2015-01-02,Iran,Heroin,1,kg\n2014,,Iran,Heroin,1,kg\n";
    let parts = "Year,Month,Day,Country,Drug,Quantity,Unit\n2014,3,17,Iran,Heroin,1,kg\n2014,March,,Iran,Heroin,1,kg\n\
        2014,,,Iran,Heroin,1,kg\n2014,2,30,Iran,Heroin,1,kg\n";
    let bench = Bench::new(&[("r.csv", reporting), ("y.csv", years), ("d.csv", parts)]);
    let dates = |file: &str| -> Vec<String> {
        bench.run(&[file, "--out", "o.csv", "--force"], 0);
        bench.rows("o.csv").iter().map(|row| format!("{} {}", row["iso3"], row["date"])).collect()
    };
    assert_eq!(dates("r.csv"), ["PAK 2015-01-01"]);
    assert_eq!(dates("y.csv"), ["IRN 2015-01-02", "IRN 2014"]);
    assert_eq!(dates("d.csv"), ["IRN 2014-03-17", "IRN 2014-03", "IRN 2014"]);
}

#[test]
fn counts_are_read_with_blanks_and_a_zero_fraction() {
    let text = "Country,Date,Drug,Quantity (kg),Number of cases\nIran,2015,Heroin,5 10,1\nIran,2015,Heroin,1 000,3 029\n\
        Iran,2015,Heroin,1,3.0\nIran,2015,Heroin,1,3.5\nIran,2015,Heroin,1,3 02\n";
    let bench = Bench::new(&[("c.csv", text)]);
    let (answer, _) = bench.run(&["c.csv", "--out", "o.csv", "--quarantine", "q.csv"], 0);
    assert_eq!(answer["by_rule"], json!({"amount_not_a_number": 1, "cases_not_a_count": 2}));
    let counts: Vec<String> = bench.rows("o.csv").into_iter().map(|row| row["n_cases"].clone()).collect();
    assert_eq!(counts, ["3029", "3"]);
    let values: Vec<String> = bench.rows("q.csv").into_iter().map(|row| row["raw_value"].clone()).collect();
    assert_eq!(values, ["5 10", "3.5", "3 02"]);
}
