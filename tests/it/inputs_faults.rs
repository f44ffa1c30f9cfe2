//! Planted faults: each rule's code, place, what was found and expected, what to do, and what it does to the load.

use crate::inputs_fixture::{Fixture, TABLES};
use corridor::inputs::{CODES, Severity};
use std::collections::BTreeSet;

const FATAL: Severity = Severity::Fatal;
const ASIDE: Severity = Severity::Quarantine;
const WARN: Severity = Severity::Warning;

/// One replaced text, and the one problem it must give: code, severity, row, column, then words of found, expected
/// and fix.
struct Case {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    code: &'static str,
    severity: Severity,
    row: u64,
    column: &'static str,
    says: [&'static str; 3],
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Numbers of the network.
    Case { file: "network/links.csv", from: "120.5", to: "-120.5", code: "I203", severity: FATAL, row: 3, column: "length_km", says: ["-120.5", "length in km, 0", "sign and unit"] },
    Case { file: "network/links.csv", from: "120.5", to: "NaN", code: "I202", severity: FATAL, row: 3, column: "length_km", says: ["NaN", "length in km", "give the number"] },
    Case { file: "network/links.csv", from: "120.5", to: "inf", code: "I202", severity: FATAL, row: 3, column: "length_km", says: ["inf", "length in km", "give the number"] },
    Case { file: "network/links.csv", from: "120.5", to: "1e400", code: "I202", severity: FATAL, row: 3, column: "length_km", says: ["1e400", "length in km", "give the number"] },
    Case { file: "network/links.csv", from: "120.5", to: "\"120,5\"", code: "I202", severity: FATAL, row: 3, column: "length_km", says: ["120,5", "length in km", "decimal point"] },
    Case { file: "network/links.csv", from: "120.5", to: "", code: "I201", severity: FATAL, row: 3, column: "length_km", says: ["empty", "a value", "fill"] },
    Case { file: "network/links.csv", from: "1015,30,", to: "1015,-30,", code: "I203", severity: FATAL, row: 4, column: "travel_time_h", says: ["-30", "travel time in hours", "sign"] },
    Case { file: "network/links.csv", from: "1,n1,n2", to: "1.5,n1,n2", code: "I202", severity: FATAL, row: 2, column: "link_id", says: ["1.5", "whole number", "whole number"] },
    Case { file: "network/links.csv", from: "3,n2,s1", to: "99999999999,n2,s1", code: "I203", severity: FATAL, row: 4, column: "link_id", says: ["99999999999", "whole number", ""] },
    // Words, countries, references, geometry.
    Case { file: "network/links.csv", from: "road,", to: "raod,", code: "I204", severity: FATAL, row: 3, column: "mode", says: ["raod", "road, rail, ferry", "write `road`"] },
    Case { file: "network/links.csv", from: "n2,s1", to: "n2,s9", code: "I302", severity: FATAL, row: 4, column: "to_node", says: ["s9", "node_id of network/nodes.csv", "add the node"] },
    Case { file: "network/links.csv", from: "2,n1,n3", to: "3,n1,n3", code: "I301", severity: FATAL, row: 4, column: "link_id", says: ["3, already in row 3", "one row for each link_id", "row 3"] },
    Case { file: "network/links.csv", from: "LINESTRING (61 34,", to: "LINESTRING (61 34", code: "I207", severity: FATAL, row: 3, column: "geometry", says: ["LINESTRING", "LINESTRING (lon lat", "leave the cell empty"] },
    Case { file: "network/links.csv", from: "(61 34,", to: "(61 35,", code: "I207", severity: FATAL, row: 3, column: "geometry", says: ["111.2 km from its node", "begins at from_node", "from_node"] },
    Case { file: "network/links.csv", from: "2,n1,n3,", to: "2,n1,n3,,", code: "I105", severity: FATAL, row: 3, column: "", says: ["10 cells", "9 cells", "quotes"] },
    Case { file: "network/links.csv", from: "manual\n", to: "manual\n4,n1,n1,road,5,1,AFG,,osm\n", code: "I304", severity: ASIDE, row: 3, column: "to_node", says: ["twice", "different", "remove"] },
    Case { file: "network/nodes.csv", from: "n3,62.2,34.35,AFG", to: "n3,62.2,134.35,AFG", code: "I206", severity: FATAL, row: 4, column: "lat", says: ["134.35", "-90 to 90", "exchanged"] },
    Case { file: "network/nodes.csv", from: "n3,62.2,34.35,AFG", to: "n3,NaN,34.35,AFG", code: "I202", severity: FATAL, row: 4, column: "lon", says: ["NaN", "-180 to 180", "61.5"] },
    Case { file: "network/nodes.csv", from: "n2,60.9", to: "n1,61.0,34.0,AFG\nn2,60.9", code: "I301", severity: FATAL, row: 3, column: "node_id", says: ["n1, already in row 2", "each node_id", "row 2"] },
    Case { file: "network/nodes.csv", from: "34.1,IRN", to: "34.1,Iran", code: "I205", severity: FATAL, row: 3, column: "iso3", says: ["Iran", "ISO 3166-1", "alpha-3"] },
    Case { file: "network/nodes.csv", from: "34.1,IRN", to: "34.1,irn", code: "I205", severity: FATAL, row: 3, column: "iso3", says: ["irn", "capitals", "write `IRN`"] },
    Case { file: "network/nodes.csv", from: "s1,60.0,25.0,", to: "n9,61.0,35.0,AFG\ns1,60.0,25.0,", code: "I303", severity: ASIDE, row: 5, column: "node_id", says: ["no link", "at least one link", "remove the node"] },
    Case { file: "crossings.csv", from: "road,open,n1,n2,1,", to: "road,open,n1,n2,7,", code: "I302", severity: FATAL, row: 2, column: "link_id", says: ["7", "link_id of network/links.csv", "correct"] },
    Case { file: "crossings.csv", from: "road,open,n1,n2,1,", to: "road,open,n1,n2,2,", code: "I302", severity: FATAL, row: 2, column: "link_id", says: ["2", "joins the two posts", "correct"] },
    Case { file: "crossings.csv", from: "road,open,n1,n2,1,", to: "road,open,n1,,1,", code: "I201", severity: FATAL, row: 2, column: "link_id", says: ["some of", "all three or none", "empty all three"] },
    Case { file: "crossings.csv", from: "Dogharoun,AFG,IRN", to: "Dogharoun,IRN,AFG", code: "I306", severity: FATAL, row: 2, column: "iso3_b", says: ["IRN, AFG", "alphabetical", "exchange"] },
    Case { file: "crossings.csv", from: "road,open", to: "road,opened", code: "I204", severity: FATAL, row: 2, column: "status", says: ["opened", "open, restricted", "write `open`"] },
    Case { file: "crossings.csv", from: "road,open", to: "port,open", code: "I204", severity: FATAL, row: 2, column: "mode", says: ["port", "road, rail", ""] },
    // Observations and reference tables: set aside, the rest loads.
    Case { file: "seizures.csv", from: "s1,AFG,Hirat,,62.2,", to: "s1,AFG,Hirat,,,", code: "I201", severity: ASIDE, row: 2, column: "lon", says: ["empty", "a value", "fill"] },
    Case { file: "seizures.csv", from: "opiates,heroin", to: "opiates,heroine", code: "I204", severity: ASIDE, row: 2, column: "drug", says: ["heroine", "heroin, morphine", "write `heroin`"] },
    Case { file: "seizures.csv", from: ",1500000,", to: ",1500000.5,", code: "I202", severity: ASIDE, row: 2, column: "quantity_mg", says: ["1500000.5", "whole milligrams", "whole number"] },
    Case { file: "seizures.csv", from: ",1500000,", to: ",-1500000,", code: "I203", severity: ASIDE, row: 2, column: "quantity_mg", says: ["-1500000", "0 or more", "sign"] },
    Case { file: "seizures.csv", from: "s2,AFG", to: "s1,AFG", code: "I301", severity: ASIDE, row: 3, column: "seizure_id", says: ["s1, already in row 2", "each seizure_id", "row 2"] },
    Case { file: "seizures.csv", from: "heroin,2012,3", to: "heroin,12,3", code: "I203", severity: ASIDE, row: 2, column: "year", says: ["12", "1900 to 2100", ""] },
    Case { file: "seizures.csv", from: "province,80", to: "provinces,80", code: "I204", severity: ASIDE, row: 2, column: "precision", says: ["provinces", "province", "write `province`"] },
    Case { file: "reference/production.csv", from: "1500.5,t", to: "1500.5,tons", code: "I208", severity: ASIDE, row: 2, column: "unit", says: ["tons", "kg, t", "leave the row out"] },
    Case { file: "reference/production.csv", from: "opium_production,250", to: "opium,250", code: "I208", severity: ASIDE, row: 3, column: "quantity", says: ["opium", "opium_production", "write"] },
    Case { file: "reference/seizure_totals.csv", from: "387800.5,reported", to: ",reported", code: "I201", severity: ASIDE, row: 2, column: "quantity_kg", says: ["empty", "as status is reported", "not_reported"] },
    Case { file: "reference/seizure_totals.csv", from: ",,not_reported", to: ",0,not_reported", code: "I203", severity: ASIDE, row: 3, column: "quantity_kg", says: ["0", "empty", "never zero"] },
    Case { file: "reference/offices.csv", from: "AFG-IRN-islam-qala", to: "AFG-IRN-nowhere", code: "I302", severity: ASIDE, row: 2, column: "crossing_id", says: ["AFG-IRN-nowhere", "crossings.csv", "name the crossing"] },
    Case { file: "reference/agreements.csv", from: ",0.5,", to: ",1.5,", code: "I203", severity: ASIDE, row: 2, column: "level", says: ["1.5", "0 to 1", ""] },
    Case { file: "reference/conversions.csv", from: ",0.1,", to: ",0,", code: "I203", severity: ASIDE, row: 2, column: "factor", says: ["0", "above 0", ""] },
    Case { file: "reference/prices.csv", from: "2500", to: "2 500", code: "I202", severity: ASIDE, row: 2, column: "price_usd_per_kg", says: ["2 500", "US dollars", "thousands separator"] },
    Case { file: "reference/prices.csv", from: "wholesale,wdr", to: "wholesale,wrd", code: "I501", severity: WARN, row: 2, column: "source_id", says: ["wrd", "sources.csv", "add the source"] },
    Case { file: "reference/gateways.csv", from: "0.6", to: "0.5", code: "I305", severity: FATAL, row: 2, column: "share", says: ["EUR, opiates, that sum to 0.9000", "sum to 1", "remainder"] },
    Case { file: "reference/supply_precursors.csv", from: ",1,assumption", to: ",0.9,assumption", code: "I305", severity: FATAL, row: 2, column: "share", says: ["0.9000", "sum to 1", ""] },
];

#[test]
fn every_planted_fault_is_the_one_problem_told() {
    for case in CASES {
        let fixture = Fixture::new();
        fixture.replace(case.file, case.from, case.to);
        let problems = fixture.problems();
        let label = format!("{} {:?} -> {:?}: {problems:#?}", case.file, case.from, case.to);
        assert_eq!(problems.len(), 1, "{label}");
        let problem = &problems[0];
        assert_eq!(
            (problem.code, problem.severity, problem.file.as_str(), problem.row, problem.column.as_str()),
            (case.code, case.severity, case.file, Some(case.row), case.column),
            "{label}"
        );
        for (text, part) in [&problem.found, &problem.expected, &problem.fix].iter().zip(case.says) {
            assert!(!text.is_empty() && text.contains(part), "{part:?} in {label}");
        }
        assert_eq!(fixture.load().is_err(), case.severity == FATAL, "{label}");
    }
}

#[test]
fn the_fixture_itself_is_clean() {
    let inputs = Fixture::new().load().unwrap();
    assert!(inputs.quarantine.is_empty() && inputs.warnings.is_empty(), "{:?}", inputs.warnings);
    assert_eq!((inputs.nodes.len(), inputs.links.len(), inputs.crossings.len()), (4, 3, 2));
    assert_eq!(inputs.links[1].inner_vertices.len(), 1);
    assert_eq!((inputs.crossings[0].post_ixs, inputs.crossings[0].link_ix), (Some([0, 1]), Some(0)));
    assert_eq!((inputs.crossings[1].post_ixs, inputs.crossings[1].link_ix), (None, None));
    assert_eq!(inputs.places[1].population, None);
    assert_eq!((inputs.boundaries.countries[0].iso3.as_str(), inputs.boundaries.disputed.len()), ("AFG", 1));
    assert_eq!(inputs.licences, "The terms.\n");
}

#[test]
fn tonnes_become_kilograms_and_kilograms_whole_milligrams() {
    let inputs = Fixture::new().load().unwrap();
    let kg: Vec<f64> = inputs.productions.iter().map(|row| row.opium_kg_per_year).collect();
    assert_eq!(kg, [1_500_500.0, 250.0]);
    assert_eq!(inputs.seizure_totals[0].quantity.unwrap().0, 387_800_500_000);
    assert_eq!(
        (inputs.seizure_totals[1].quantity, inputs.seizure_totals[1].drug.as_str()),
        (None, "heroin_and_morphine")
    );
    assert_eq!(inputs.seizures[1].quantity.0, 900_000_000_000_000);
    assert_eq!(inputs.seizures[1].position, None);
}

#[test]
fn an_isolated_node_leaves_no_hole_in_the_numbering() {
    let fixture = Fixture::new();
    fixture.replace("network/nodes.csv", "n1,61.0", "a0,50.0,30.0,IRN\nn1,61.0");
    let inputs = fixture.load().unwrap();
    assert_eq!((inputs.nodes.len(), inputs.quarantine.len()), (4, 1));
    assert_eq!((inputs.links[2].from_ix, inputs.links[2].to_ix), (1, 3));
    assert_eq!(inputs.crossings[0].post_ixs, Some([0, 1]));
    let account = inputs.accounts.iter().find(|account| account.name == "network/nodes.csv").unwrap();
    assert_eq!((account.rows_in, account.rows_used, account.rows_quarantined), (5, 4, 1));
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    let fixture = Fixture::new();
    fixture.replace("network/links.csv", "120.5,2,", "-1,x,");
    fixture.replace("network/nodes.csv", "34.1,IRN", "94.1,XX");
    fixture.replace("seizures.csv", "opiates,heroin", "opium,crack");
    fixture.remove("reporting.csv");
    let told: Vec<(&str, Option<u64>, String)> =
        fixture.problems().into_iter().map(|problem| (problem.code, problem.row, problem.column)).collect();
    let expected = [
        ("I203", Some(3), "length_km"),
        ("I202", Some(3), "travel_time_h"),
        ("I205", Some(3), "iso3"),
        ("I206", Some(3), "lat"),
        ("I101", None, ""),
        ("I204", Some(2), "commodity"),
        ("I204", Some(2), "drug"),
    ];
    let mut expected: Vec<_> = expected.map(|(code, row, column)| (code, row, column.to_owned())).into();
    let mut sorted = told.clone();
    expected.sort();
    sorted.sort();
    assert_eq!(sorted, expected);
    assert_eq!(told[6].0, "I204", "fatal ones come first: {told:?}");
}

#[test]
fn every_required_file_is_missed() {
    let files =
        TABLES.iter().map(|(name, _)| *name).chain(["boundaries/countries.geojson", "boundaries/disputed.geojson"]);
    for file in files {
        let fixture = Fixture::new();
        fixture.remove(file);
        let problem = fixture.problems().into_iter().find(|problem| problem.file == file).unwrap();
        assert_eq!((problem.code, problem.severity, problem.row), ("I101", FATAL, None), "{file}");
        assert!(problem.fix.contains("corridor init"), "{}", problem.fix);
    }
}

#[test]
fn every_column_that_is_read_is_missed() {
    for (file, text) in TABLES.iter().filter(|(name, _)| name.ends_with(".csv")) {
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let mut missed = BTreeSet::new();
        for column in &header {
            let fixture = Fixture::new();
            let renamed =
                header.iter().map(|name| if name == column { "gone" } else { name }).collect::<Vec<_>>().join(",");
            fixture.write(file, text.replacen(&header.join(","), &renamed, 1).as_bytes());
            if let Err(refused) = fixture.load() {
                let problem = refused.problems.iter().find(|problem| problem.file == *file).unwrap();
                assert_eq!((problem.code, problem.row, problem.column.as_str()), ("I104", Some(1), *column), "{file}");
                assert!(problem.expected.contains(column));
                missed.insert(*column);
            }
        }
        assert!(missed.len() + 5 >= header.len() && missed.contains(header[0]), "{file}: {missed:?}");
    }
}

#[test]
fn a_misspelt_column_and_a_wrong_separator_are_named() {
    let fixture = Fixture::new();
    fixture.replace("network/links.csv", "length_km", "lenght_km");
    let problem = fixture.problems().remove(0);
    assert_eq!(problem.fix, "rename the column `lenght_km` to `length_km`");

    let fixture = Fixture::new();
    let text = String::from_utf8(fixture.read("places.csv")).unwrap().replace(',', ";");
    fixture.write("places.csv", text.as_bytes());
    assert!(fixture.problems().iter().all(|problem| problem.code == "I104" && problem.fix.contains("semicolons")));

    let fixture = Fixture::new();
    fixture.replace("network/nodes.csv", "node_id,lon,lat,iso3", "node_id,lon,lat,lon");
    let found: Vec<String> = fixture.problems().into_iter().map(|problem| problem.found).collect();
    assert_eq!(found, ["node_id,lon,lat,lon", "the column twice"]);
}

#[test]
fn columns_may_come_in_any_order_with_more_beside_them() {
    let fixture = Fixture::new();
    fixture.write(
        "network/nodes.csv",
        b"lat, iso3 ,extra,node_id,lon\n34.0,AFG,x,n1,61.0\n34.1,IRN,,n2,60.9\n34.35,AFG,,n3,62.2\n25,,,s1,60\n",
    );
    let inputs = fixture.load().unwrap();
    assert_eq!((inputs.nodes[1].position.lon, inputs.nodes[1].position.lat), (60.9, 34.1));
}

#[test]
fn bom_crlf_quoted_newline_and_padding_are_read() {
    let fixture = Fixture::new();
    let clean = format!("{:?}", fixture.load().unwrap().nodes);
    for file in ["network/nodes.csv", "network/links.csv", "seizures.csv"] {
        let text = String::from_utf8(fixture.read(file)).unwrap().replace('\n', "\r\n");
        fixture.write(file, format!("\u{feff}{text}").as_bytes());
    }
    let inputs = fixture.load().unwrap();
    assert_eq!(format!("{:?}", inputs.nodes), clean);
    assert!(inputs.quarantine.is_empty());

    fixture.replace("places.csv", "AFG-hirat,Hirat,AFG", "AFG-hirat,\"Hirat,\n\"\"the city\"\"\", AFG ");
    fixture.replace("places.csv", "25.3,port", "25.3,prot");
    let inputs = fixture.load().unwrap();
    assert_eq!(inputs.places[0].name, "Hirat,\n\"the city\"");
    // The quoted cell spans two lines: the row after it begins on line 4.
    assert_eq!((inputs.quarantine[0].row, inputs.quarantine[0].code), (Some(4), "I204"));
}

#[test]
fn text_that_is_not_utf8_is_named_with_its_row() {
    let fixture = Fixture::new();
    let bytes = b"place_id,name,iso3,adm1,lon,lat,kind,population,source_id\np1,Her\xe2t,AFG,,62.2,34.35,city,,wdr\np2,Kabul,AFG,,63.2,34.5,city,,wdr\n";
    fixture.write("places.csv", bytes);
    let inputs = fixture.load().unwrap();
    assert_eq!(inputs.places.len(), 1);
    let problem = &inputs.quarantine[0];
    assert_eq!(
        (problem.code, problem.row, problem.column.as_str(), problem.severity),
        ("I103", Some(2), "cell 2", ASIDE)
    );
    assert!(problem.found.contains("Her\u{fffd}t") && problem.fix.contains("CSV UTF-8"), "{problem}");

    fixture.write("network/nodes.csv", &[b"\xff\xfe".as_slice(), b"n\0o\0"].concat());
    let problem = fixture.problems().remove(0);
    assert_eq!((problem.code, problem.found.as_str(), problem.severity), ("I103", "UTF-16 text", FATAL));
}

#[test]
fn an_open_quote_an_empty_file_and_a_bare_header_are_told_apart() {
    let fixture = Fixture::new();
    fixture.replace("places.csv", "AFG-hirat,Hirat", "AFG-hirat,\"Hirat");
    let problem = &fixture.problems()[0];
    assert_eq!((problem.code, problem.row), ("I106", Some(2)), "{problem}");

    let fixture = Fixture::new();
    fixture.write("places.csv", b" \n");
    assert_eq!((fixture.problems()[0].code, fixture.problems()[0].found.as_str()), ("I107", "an empty file"));
    fixture.write("places.csv", TABLES[3].1.lines().next().unwrap().as_bytes());
    assert_eq!(
        (fixture.problems()[0].code, fixture.problems()[0].found.as_str()),
        ("I107", "no rows under the header")
    );
}

#[test]
fn exchanged_coordinates_are_a_warning() {
    let fixture = Fixture::new();
    // A frame of the map around the country, so that the country is not cut off at the edge.
    let countries = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"iso3":"AFG","name":"Afghanistan"},"geometry":{"type":"Polygon","coordinates":[[[58,24],[64,24],[64,36],[58,36],[58,24]]]}},
        {"type":"Feature","properties":{"iso3":"","name":"Frame"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[90,0],[90,80],[0,80],[0,0]]]}}]}"#;
    fixture.write("boundaries/countries.geojson", countries.as_bytes());
    assert!(fixture.problems().is_empty());
    fixture.replace("places.csv", "62.2,34.35", "34.35,62.2");
    let inputs = fixture.load().unwrap();
    assert_eq!(inputs.places.len(), 2);
    let problem = &inputs.warnings[0];
    assert_eq!((problem.code, problem.row, problem.severity), ("I502", Some(2), WARN), "{problem}");
}

#[test]
fn codes_are_documented_once() {
    let codes: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    assert!(codes.is_sorted() && codes.len() == codes.iter().collect::<BTreeSet<_>>().len());
    assert!(CASES.iter().all(|case| codes.contains(&case.code)));
}

#[test]
fn a_message_shows_control_characters_as_escapes() {
    let fixture = Fixture::new();
    fixture.replace("places.csv", "adm1_centre", "\u{1b}[31mred\u{202e}");
    let shown = fixture.problems()[0].to_string();
    assert!(shown.contains(r"\u{1b}[31mred\u{202e}") && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn found_values_are_shortened() {
    let fixture = Fixture::new();
    fixture.replace("places.csv", "adm1_centre", &"é".repeat(10_000));
    assert_eq!(fixture.problems()[0].found.chars().count(), 83);
}

#[test]
fn a_file_full_of_faults_is_given_up_with_one_word() {
    let fixture = Fixture::new();
    let header = TABLES[3].1.lines().next().unwrap();
    let text = (0..12_000).fold(format!("{header}\n"), |text, ix| text + &format!("p{ix},Name,AFG,,x,34,city,,wdr\n"));
    fixture.write("places.csv", text.as_bytes());
    let problems = fixture.problems();
    assert_eq!(problems[0].code, "I109");
    assert!(problems.len() < 10_100);
}
