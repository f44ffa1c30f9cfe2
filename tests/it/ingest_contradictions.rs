//! Records, positions and paths that contradict themselves: `corridor ingest` tells, and never takes one side unseen.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use crate::ingest_command::Bench;
use serde_json::json;

/// Milligrams of the rows used, and the rules of those set aside, by their line.
fn read(bench: &Bench, file: &str) -> (Vec<String>, Vec<(String, String, String)>) {
    let (json, _) = bench.run(&[file, "--out", "o.csv", "--quarantine", "q.csv", "--force"], 0);
    let number = |key: &str| json[key].as_u64().unwrap();
    assert_eq!(number("rows_in"), number("rows_used") + number("rows_quarantined") + number("rows_excluded"));
    let used = bench.rows("o.csv").into_iter().map(|row| row["quantity_mg"].clone()).collect();
    let told = |row: &std::collections::BTreeMap<String, String>| {
        (row["row"].clone(), row["rule"].clone(), row["raw_value"].clone())
    };
    (used, bench.rows("q.csv").iter().map(told).collect())
}

fn refused(row: &str, rule: &str, value: &str) -> (String, String, String) {
    (row.to_owned(), rule.to_owned(), value.to_owned())
}

#[test]
fn a_unit_that_contradicts_the_header_sets_the_row_aside() {
    let text = "Country,Date,Drug,Quantity (kg),Unit\n\
        Iran,2015-01-02,Heroin,1500,g\nIran,2015-01-03,Heroin,1500,tablets\nIran,2015-01-04,Heroin,1500,blah\n\
        Iran,2015-01-04,Heroin,2,kg\nIran,2015-01-04,Heroin,3,\nIran,2015-01-04,Heroin,4,K.G.\n\
        Iran,2015-01-04,Heroin,5,Mg\n";
    let bench =
        Bench::new(&[("e.csv", text), ("equivalent.csv", &text.replace("Quantity (kg)", "Amount (kg equivalent)"))]);
    for file in ["e.csv", "equivalent.csv"] {
        let (used, set_aside) = read(&bench, file);
        assert_eq!(used, ["2000000", "3000000", "4000000"]);
        let rule = "unit_contradicts_header";
        let values = [("2", "g"), ("3", "tablets"), ("4", "blah"), ("8", "Mg")];
        assert_eq!(set_aside, values.map(|(row, value)| refused(row, rule, value)));
    }
    let message = &bench.rows("q.csv")[0]["message"];
    assert!(message.contains("Amount (kg equivalent)") && message.contains("`Unit` says `g`"), "{message}");
}

#[test]
fn two_masses_of_a_row_must_agree() {
    let general = "Country,Date,Drug,Quantity,Unit,Quantity (kg)\n\
        Iran,2015-01-02,Heroin,1500,g,15\nIran,2015-01-02,Heroin,,,15\nIran,2015-01-02,Heroin,3,tablets,0.5\n\
        Iran,2015-01-02,Heroin,3,g,\nIran,2015-01-02,Heroin,15000,g,15\nIran,2015-01-02,Heroin,1234.5,g,1.23\n\
        Iran,2015-01-02,Heroin,480,g,0.5\nIran,2015-01-02,Heroin,7,,0.25\nIran,2015-01-02,Heroin,,tablets,0.5\n";
    let pair = "Country,Date,Drug,Quantity (kg),Quantity (g)\n\
        Iran,2015-01-02,Heroin,1,500\nIran,2015-01-02,Heroin,,500\nIran,2015-01-02,Heroin,0.5,500\n\
        Iran,2015-01-02,Heroin,1,1400\n";
    let bench = Bench::new(&[("general.csv", general), ("pair.csv", pair)]);
    let (used, set_aside) = read(&bench, "general.csv");
    assert_eq!(used, ["15000000", "500000", "3000", "15000000", "1234500", "250000"]);
    let disagree = "quantities_disagree";
    assert_eq!(
        set_aside,
        [
            refused("2", disagree, "15"),
            // 480 g is half a step from 0.5 kg, but 4 % of it
            refused("8", disagree, "0.5"),
            refused("10", "unit_contradicts_header", "tablets"),
        ]
    );
    let (used, set_aside) = read(&bench, "pair.csv");
    assert_eq!(used, ["500000", "500000"]);
    let values = [("2", "1"), ("5", "1")];
    assert_eq!(set_aside, values.map(|(row, value)| refused(row, disagree, value)));
}

#[test]
fn a_position_that_cannot_be_right_is_no_point() {
    let text = "id,country,place,lat,lon,date,drug,amount,unit\n\
        1,Pakistan,,30.2,67.0,2015-01-02,Heroin,1,kg\n2,Pakistan,,67.0,30.2,2015-01-02,Heroin,1,kg\n\
        3,Iran,,0,0,2015-01-02,Heroin,1,kg\n4,Pakistan,Quetta,34.5,69.2,2015-01-02,Heroin,1,kg\n\
        5,Iran,,\"36,3\",\"59,6\",2015-01-02,Heroin,1,kg\n6,Iran,,\"36,234\",59.6,2015-01-02,Heroin,1,kg\n\
        7,Afghanistan,,33,65,2015-01-02,Heroin,1,kg\n8,Iran,Mashhad,36.3,59.6,2015-01-02,Heroin,1,kg\n";
    let bench = Bench::new(&[("p.csv", text)]);
    let args = ["p.csv", "--out", "o.csv", "--unplaced", "u.csv", "--table", "t.csv"];
    let (json, _) = bench.run(&args, 0);
    assert_eq!(json["by_precision"], {
        let mut counts = json!({"point": 2, "crossing": 0, "city": 1, "district": 0, "province": 0, "country": 3});
        counts["none"] = json!(0);
        counts
    });
    assert_eq!(
        json["positions_not_used"],
        json!({"position_exchanged": 1, "position_middle_of_country": 1, "position_outside_country": 1, "position_zero": 1})
    );
    assert_eq!(json["by_rule"], json!({"position_ambiguous": 2}));
    let first = &json["positions_not_used_rows"][0];
    assert_eq!(
        (&first["row"], &first["rule"], &first["column"]),
        (&json!(3), &json!("position_exchanged"), &json!("lon"))
    );
    let rows: Vec<String> = bench
        .rows("o.csv")
        .iter()
        .map(|row| {
            ["seizure_id", "adm1", "precision", "uncertainty_km", "lon"].map(|name| row[name].as_str()).join("|")
        })
        .collect();
    assert_eq!(rows[0], "1|Baluchistan|point|1|67");
    assert!(rows[1].starts_with("2||country|") && rows[2].starts_with("3||country|"), "{rows:?}");
    assert!(rows[3].starts_with("4|Baluchistan|city|") && rows[4].starts_with("7||country|"), "{rows:?}");
    assert_eq!(rows[5], "8|Razavi Khorasan|point|1|59.6");
    let reasons: Vec<_> =
        bench.rows("u.csv").into_iter().map(|row| (row["iso3"].clone(), row["reason"].clone())).collect();
    let expected = [("AFG", "middle_of_country"), ("IRN", "zero"), ("PAK", "exchanged")];
    assert_eq!(reasons, expected.map(|(iso3, rule)| (iso3.to_owned(), format!("position_{rule}"))));
    let ids: Vec<String> = bench.rows("t.csv").into_iter().map(|row| row["seizure_id"].clone()).collect();
    assert!(ids.contains(&"PAK-baluchistan-heroin-2015".to_owned()), "{ids:?}");
    // the comma is a decimal mark where that is declared
    let (json, _) = bench.run(&["p.csv", "--out", "c.csv", "--decimal-comma"], 0);
    assert_eq!((&json["by_precision"]["point"], &json["by_rule"]), (&json!(4), &json!({})));
}

#[test]
fn no_output_is_an_input_or_another_output() {
    let text = "Country,Date,Drug,Quantity,Unit\nIran,2015-01-02,Heroin,1,kg\nIran,2015-01-02,Heroin,x,kg\n";
    let places = "country,text,adm1\nIran,here,Tehran\n";
    let bench = Bench::new(&[("in.csv", text), ("places.csv", places), ("corridor.toml", "[records]\n")]);
    std::fs::hard_link(bench.path("in.csv"), bench.path("second_name.csv")).unwrap();
    std::fs::create_dir(bench.path("sub")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("in.csv", bench.path("link.csv")).unwrap();
    let names = |bench: &Bench| {
        let mut names: Vec<_> =
            std::fs::read_dir(bench.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names(&bench);
    let wrong: [&[&str]; 9] = [
        &["--out", "in.csv"],
        &["--out", "second_name.csv"],
        &["--out", if cfg!(unix) { "link.csv" } else { "in.csv" }],
        &["--out", "sub/../in.csv"],
        &["--out", "o.csv", "--quarantine", "in.csv"],
        &["--out", "places.csv", "--places", "places.csv"],
        &["--out", "o.csv", "--unplaced", "corridor.toml", "--config", "."],
        &["--out", "z.csv", "--quarantine", "z.csv"],
        &["--out", "z.csv", "--unplaced", "u.csv", "--table", "./sub/../z.csv"],
    ];
    for args in wrong {
        for force in [&[][..], &["--force"]] {
            let (_, message) = bench.run(&[&["in.csv"], args, force].concat(), 2);
            assert!(message.contains("C123"), "{args:?}: {message}");
        }
    }
    assert_eq!(names(&bench), before);
    assert_eq!(std::fs::read_to_string(bench.path("in.csv")).unwrap(), text);
}

#[test]
fn outputs_of_several_folders_are_all_there_or_none() {
    let text = "Country,Date,Drug,Quantity,Unit\nIran,2015-01-02,Heroin,1,kg\nIran,2015-01-02,Heroin,x,kg\n";
    let bench = Bench::new(&[("in.csv", text), ("w.csv", "mine")]);
    let (_, message) = bench.run(&["in.csv", "--out", "new.csv", "--quarantine", "in.csv/q.csv"], 6);
    assert!(message.contains("not a folder"), "{message}");
    assert!(!bench.path("new.csv").exists());
    bench.run(&["in.csv", "--out", "w.csv", "--quarantine", "in.csv/q.csv", "--force"], 6);
    bench.run(&["in.csv", "--out", "w.csv", "--quarantine", "w.csv/q.csv", "--force"], 6);
    assert_eq!(std::fs::read_to_string(bench.path("w.csv")).unwrap(), "mine");
    let args = ["in.csv", "--out", "a/o.csv", "--quarantine", "a/b/q.csv", "--unplaced", "./a/u.csv"];
    bench.run(&args, 0);
    assert!(["a/o.csv", "a/b/q.csv", "a/u.csv"].iter().all(|name| bench.path(name).is_file()));
}

#[test]
fn words_met_in_records_are_known_and_doubtful_ones_are_told() {
    let mut text = "Country,Date,Drug,Quantity,Unit\n".to_owned();
    let countries = [
        ("Hong Kong", "HKG"),
        ("Туркмения", "TKM"),
        ("Bosnia", "BIH"),
        ("Vatican", "VAT"),
        ("\"Korea, Rep.\"", "KOR"),
        ("\"Congo, Dem. Rep.\"", "COD"),
        ("Cote d Ivoire", "CIV"),
    ];
    for (name, _) in countries {
        text += &format!("{name},2015-01-02,Heroin,1,kg\n");
    }
    for unit in ["грамма", "килограмма", "K.G.", "Mg", "%"] {
        text += &format!("Iran,2015-01-02,Heroin,2,{unit}\n");
    }
    let geojson = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"Country":"Iran","Country":"Pakistan","Date":"2015","Drug":"Heroin","Quantity":1,"Unit":"kg"},"geometry":null},
        {"type":"Feature","properties":{"Country":"Iran","Date":"2015","Drug":"Heroin","Quantity":0.1,"Unit":"kg"},"geometry":null}]}"#;
    let bench = Bench::new(&[("w.csv", &text), ("d.geojson", geojson)]);
    let (used, set_aside) = read(&bench, "w.csv");
    assert_eq!(used[7..], ["2000", "2000000", "2000000"]);
    let codes: Vec<String> = bench.rows("o.csv").into_iter().map(|row| row["iso3"].clone()).take(7).collect();
    assert_eq!(codes, countries.map(|(_, code)| code));
    assert_eq!(set_aside, [refused("12", "unit_ambiguous", "Mg"), refused("13", "unit_unknown", "%")]);
    let (used, set_aside) = read(&bench, "d.geojson");
    assert_eq!(used, ["100000"]);
    assert_eq!(set_aside, [refused("1", "I622", "Country")]);
    let (json, _) = bench.run(&["d.geojson", "--out", "j.csv"], 0);
    assert_eq!(json["by_rule"], json!({"I622": 1}));
}
