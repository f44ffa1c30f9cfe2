//! Damaged files: whatever the bytes, the loader answers with inputs whose rows are all accounted for, or with coded
//! problems.

#![allow(clippy::unwrap_used)]

use crate::inputs_fixture::Fixture;
use crate::random::Random;
use corridor::inputs::CODES;

const TOKENS: &[&str] = &[
    "\"",
    ",",
    "\n",
    "\r\n",
    "NaN",
    "-1",
    "1e400",
    "\0",
    "\u{feff}",
    "[",
    "]",
    "{",
    "null",
    "9999999999999999999999",
    "''",
    ";",
];

fn damage(bytes: &mut Vec<u8>, dice: &mut Random) {
    let at = dice.place(bytes.len());
    match dice.place(6) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.place(8),
        1 if !bytes.is_empty() => drop(bytes.remove(at)),
        2 => bytes.truncate(at),
        3 => {
            let token = TOKENS[dice.place(TOKENS.len())].bytes();
            bytes.splice(at..at, token);
        }
        4 => {
            let end = (at + dice.place(40)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = dice.place(bytes.len());
            bytes.splice(to..to, copy);
        }
        _ => {
            let end = (at + dice.place(40)).min(bytes.len());
            bytes.drain(at..end);
        }
    }
}

#[test]
fn damaged_files_give_coded_problems_and_never_a_crash() {
    let fixture = Fixture::new();
    let boundaries = ["boundaries/countries.geojson", "boundaries/provinces.geojson", "boundaries/disputed.geojson"];
    let files: Vec<&str> = crate::inputs_fixture::TABLES.iter().map(|(name, _)| *name).chain(boundaries).collect();
    let mut dice = Random(20_121_112);
    let (mut refused, mut loaded) = (0, 0);
    for round in 0..3000 {
        let file = files[round % files.len()];
        let sound = fixture.read(file);
        let mut bytes = sound.clone();
        for _ in 0..=dice.place(3) {
            damage(&mut bytes, &mut dice);
        }
        fixture.write(file, &bytes);
        match fixture.load() {
            Ok(inputs) => {
                loaded += 1;
                for account in &inputs.accounts {
                    let sum = account.rows_used + account.rows_quarantined + account.rows_excluded;
                    assert_eq!(account.rows_in, sum, "round {round}, {file}");
                }
                assert!(inputs.links.iter().all(|link| link.length_km >= 0.0 && link.length_km.is_finite()));
            }
            Err(problems) => {
                refused += 1;
                let is_known = |code: &str| CODES.iter().any(|(known, _)| *known == code);
                assert!(problems.problems.iter().all(|problem| is_known(problem.code)), "round {round}, {file}");
            }
        }
        fixture.write(file, &sound);
    }
    assert!(refused > 500 && loaded > 500, "{refused} refused, {loaded} loaded");
}

#[test]
fn damaged_compressed_tables_are_refused() {
    use std::io::Write;
    let fixture = Fixture::new();
    let plain = fixture.read("network/nodes.csv");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&plain).unwrap();
    let packed = encoder.finish().unwrap();

    fixture.write("network/nodes.csv.gz", &packed);
    assert_eq!(fixture.problems()[0].code, "I108");
    fixture.remove("network/nodes.csv");
    assert!(fixture.problems().is_empty());

    let mut dice = Random(7);
    for round in 0..200 {
        let mut bytes = packed.clone();
        bytes.truncate(dice.place(packed.len() - 1));
        fixture.write("network/nodes.csv.gz", &bytes);
        assert_eq!(fixture.problems()[0].code, "I102", "round {round}");
    }
}

#[test]
fn a_compression_bomb_is_refused() {
    use std::io::Write;
    let fixture = Fixture::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b'\n'; 1 << 20];
    for _ in 0..129 {
        encoder.write_all(&zeros).unwrap();
    }
    fixture.remove("places.csv");
    fixture.write("places.csv.gz", &encoder.finish().unwrap());
    let problem = fixture.problems().remove(0);
    assert_eq!((problem.code, problem.found.as_str()), ("I102", "more than 128 MB of text"));
}
