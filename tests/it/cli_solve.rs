//! `corridor solve` as a user meets it: published answers, messages, exit codes.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub struct Desk {
    dir: TempDir,
}

impl Desk {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let desk = Self { dir: TempDir::new().unwrap() };
        for (name, text) in files {
            std::fs::write(desk.dir.path().join(name), text).unwrap();
        }
        desk
    }

    pub fn run(&self, line: &str) -> (i32, Value, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
        let output = command.current_dir(self.dir.path()).arg("solve").args(line.split_whitespace()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        (output.status.code().unwrap(), json, String::from_utf8(output.stderr).unwrap())
    }

    /// The JSON answer of a line that must succeed.
    pub fn answer(&self, line: &str) -> Value {
        let (code, json, errors) = self.run(&format!("{line} --json"));
        assert_eq!(code, 0, "{line}: {errors}");
        json
    }
}

const COSTS: &str = "origin,destination,cost\na,X,1.5\na,Y,4\nb,X,3\nb,Y,2.25\nc,Y,1\nc,Z,0.5\nd,Z,2\n";
const DEMAND: &str = "id,weight\na,10\nb,20.5\nc,5\nd,1\n";
const SITES: &str = "id,cost,country,pair,status\nX,100,AFG,,candidate\nY,150.5,IRN,,\nZ,50,IRN,,candidate\n";

fn small() -> Desk {
    Desk::new(&[("costs.csv", COSTS), ("demand.csv", DEMAND), ("sites.csv", SITES)])
}

const ALL: &str = "--costs costs.csv --demand demand.csv --sites sites.csv";

#[test]
fn small_problems_by_hand() {
    let desk = small();
    let lscp = desk.answer(&format!("lscp {ALL} --radius 2.25"));
    assert_eq!(lscp["sites"], json!(["X", "Y", "Z"]));
    assert_eq!(desk.answer(&format!("lscp {ALL} --radius 3"))["sites"], json!(["X", "Z"]));
    let mclp = desk.answer(&format!("mclp {ALL} --radius 2.25 -p 1"));
    assert_eq!((&mclp["sites"], &mclp["objective"]), (&json!(["Y"]), &json!(25.5)));
    assert_eq!((&mclp["covered_count"], &mclp["covered_count_share"]), (&json!(2), &json!(0.5)));
    assert_eq!((&mclp["status"], &mclp["gap"], &mclp["bound"]), (&json!("optimal"), &json!(0.0), &json!(25.5)));
    assert_eq!((&mclp["exit_code"], &mclp["problems"]), (&json!(0), &json!([])));
    assert_eq!(mclp["served_by"]["c"], json!(["Y"]));
    let median = desk.answer(&format!("p-median {ALL} -p 2"));
    // X and Z: 15 + 61.5 + 2.5 + 2
    assert_eq!((&median["sites"], &median["objective"]), (&json!(["X", "Z"]), &json!(81)));
    let center = desk.answer(&format!("p-center {ALL} -p 2"));
    assert_eq!((&center["sites"], &center["objective"]), (&json!(["X", "Z"]), &json!(3)));
    let weighted = desk.answer(&format!("p-center {ALL} -p 3 --weighted"));
    assert_eq!(weighted["objective"], json!(46.125));
    let budget = desk.answer(&format!("mclp {ALL} --radius 2.25 --budget 150.5"));
    assert_eq!((&budget["sites"], &budget["cost"]), (&json!(["Y"]), &json!(150.5)));
    // Without the table of sites: every destination; without weights: 1 each.
    let plain = desk.answer("mclp --costs costs.csv --radius 2.25 -p 1");
    assert_eq!(plain["objective"], json!(2));
    let existing = desk.answer(&format!("mclp {ALL} --radius 2.25 -p 1 --existing Y"));
    assert_eq!((&existing["sites"], &existing["objective"]), (&json!(["X"]), &json!(35.5)));
}

#[test]
fn backup_does_not_count_a_demand_with_one_candidate() {
    let desk = small();
    // Within 4: a X Y, b X Y, c Y Z, d Z alone. Two sites are enough: X or Y with Z.
    let backup = desk.answer(&format!("lscp-b {ALL} --radius 4"));
    assert_eq!((&backup["sites"], &backup["site_count"]), (&json!(["Y", "Z"]), &json!(2)));
    assert_eq!((&backup["objective"], &backup["backup_count"]), (&json!(5), &json!(1)));
    assert_eq!(backup["not_backed_up"], json!(["a", "b", "d"]));
    assert_eq!(backup["covered_count"], json!(4));
}

#[test]
fn flows_count_once() {
    let desk = Desk::new(&[
        ("flows.csv", "id,weight\nf1,5\nf2,4\nf3,3\nf4,0\n"),
        ("visits.csv", "flow,site\nf1,P\nf1,Q\nf2,Q\nf3,R\nf1,Q\nf4,R\n"),
    ]);
    let best = desk.answer("flow-capture --flows flows.csv --visits visits.csv -p 1");
    assert_eq!((&best["sites"], &best["objective"]), (&json!(["Q"]), &json!(9)));
    let two = desk.answer("flow-capture --flows flows.csv --visits visits.csv -p 2 --all-optima");
    assert_eq!((&two["objective"], &two["optima"]), (&json!(12), &json!([["Q", "R"]])));
    assert_eq!(two["site_frequency"], json!({"Q": 1.0, "R": 1.0}));
}

#[test]
fn all_optima_are_listed_and_the_same_at_any_thread_count() {
    let desk = Desk::new(&[("costs.csv", "origin,destination,cost\na,X,1\nb,Y,1\nc,Z,1\n")]);
    let line = "mclp --costs costs.csv --radius 1 -p 2 --all-optima";
    let all = desk.answer(line);
    assert_eq!(all["optima"], json!([["X", "Y"], ["X", "Z"], ["Y", "Z"]]));
    assert_eq!(all["optima_complete"], json!(true));
    assert_eq!(all["site_frequency"]["X"], json!(2.0 / 3.0));
    assert_eq!(all, desk.answer(&format!("{line} --threads 1")));
    let few = desk.answer(&format!("{line} --max-optima 2"));
    assert_eq!((&few["optima_count"], &few["optima_complete"]), (&json!(2), &json!(false)));
    // Half of the best would do: also the plans of one site.
    assert_eq!(desk.answer(&format!("{line} --within 50%"))["optima_count"], json!(6));
    assert_eq!(desk.answer("p-median --costs costs.csv -p 3 --all-optima")["optima"], json!([["X", "Y", "Z"]]));
    assert!(all.get("seconds").is_none());
    assert!(desk.answer(&format!("{line} --timings"))["seconds"].is_number());
}

const TWICE: &str = "at most one of X, Y (X, Y exist already)";

#[test]
fn infeasible_names_the_collision_and_what_would_do() {
    let desk = small();
    for (line, conflict, key, value) in [
        ("lscp --radius 1", "every demand is served within 1", "smallest_radius", json!(2.25)),
        ("lscp --radius 2.25 -p 1", "at most 1 new site", "smallest_p", json!(3)),
        ("lscp --radius 3 --budget 100", "a budget of 100", "smallest_budget", json!(150)),
        ("p-median -p 1", "at most 1 new site", "smallest_p", json!(2)),
        ("p-center -p 0", "at most 0 new sites", "smallest_p", json!(2)),
        ("mclp --radius 2 -p 1 --required X,Y", "site Y is required", "smallest_p", json!(2)),
        ("mclp --radius 2 -p 2 --required X,Y --exclusive X,Y", "at most one of X, Y", "exit_code", json!(4)),
        ("mclp --radius 2 -p 2 --existing X,Y --exclusive X,Y", TWICE, "exit_code", json!(4)),
        ("mclp --radius 2 --budget 9 --existing X,Y --exclusive X,Y", TWICE, "exit_code", json!(4)),
        ("p-median -p 3 --existing Y,X --exclusive X,Y", TWICE, "exit_code", json!(4)),
        ("lscp --radius 3 --existing Y,X --exclusive X,Y", TWICE, "exit_code", json!(4)),
        ("lscp --radius 3 --budget 100.25", "a budget of 100.25", "smallest_budget", json!(150)),
        (
            "mclp --radius 2 -p 2 --required X --country-budget AFG=0.75",
            "a budget of 0.75 in AFG",
            "exit_code",
            json!(4),
        ),
        ("mclp --radius 2 -p 2 --required X --forbidden X", "site X is forbidden", "exit_code", json!(4)),
        ("mclp --radius 2 -p 2 --country-min AFG=2", "at least 2 new sites in AFG", "exit_code", json!(4)),
    ] {
        let (code, json, errors) = desk.run(&format!("{line} {ALL} --json"));
        assert_eq!(code, 4, "{line}: {errors}");
        assert_eq!(json["status"], json!("infeasible"), "{line}");
        assert!(json["conflicts"].as_array().unwrap().contains(&json!(conflict)), "{line}: {json}");
        assert_eq!(json[key], value, "{line}");
        assert!(errors.contains("L010") && errors.contains(conflict), "{errors}");
    }
    let (_, json, _) = desk.run(&format!("lscp --radius 1 {ALL} --json"));
    assert_eq!(json["out_of_reach"], json!(["a", "b", "d"]));
    let rest = desk.answer(&format!("lscp --radius 1 {ALL} --reachable-only"));
    assert_eq!((&rest["objective"], &rest["total_count"]), (&json!(1), &json!(1)));
}

/// A larger radius makes more demands reachable, and weights do not hide what radius would do.
#[test]
fn smallest_radius_fits_the_demands_that_it_reaches() {
    let costs = "origin,destination,cost\na,X,1\nb,Y,1\nb,X,2\nc,Z,2\n";
    let desk = Desk::new(&[
        ("none.csv", costs),
        ("four.csv", &format!("{costs}c,X,4\n")),
        ("w.csv", "origin,destination,cost\na,x,1\na,y,3\nb,y,2\nb,x,9\n"),
        ("lost.csv", "origin,destination,cost\na,x,1\nb,y,2\n"),
        ("zero.csv", "id,weight\na,0\nb,1\n"),
    ]);
    // At 2 X serves a and b, but c is within reach of Z then.
    for (problem, file, radius) in [
        ("lscp", "four.csv", json!(4)),
        ("p-median", "four.csv", json!(4)),
        ("p-center --weighted", "four.csv", json!(4)),
        ("p-center", "none.csv", Value::Null),
    ] {
        let (code, json, _) = desk.run(&format!("{problem} --costs {file} --radius 1 -p 1 --reachable-only --json"));
        assert_eq!((code, &json["smallest_radius"]), (4, &radius), "{problem} {file}: {json}");
    }
    for weighted in ["", "--weighted"] {
        let (code, json, _) = desk.run(&format!("p-center --costs w.csv --radius 0 -p 1 --json {weighted}"));
        assert_eq!((code, &json["smallest_radius"]), (4, &json!(3)), "{weighted}: {json}");
    }
    // A demand of weight 0 asks for nothing, and is not named in place of another.
    for problem in ["p-median", "p-center --weighted"] {
        let (_, json, _) = desk.run(&format!("{problem} --costs lost.csv --demand zero.csv --radius 0 -p 1 --json"));
        assert_eq!(json["out_of_reach"], json!(["b"]), "{problem}: {json}");
    }
}

#[test]
fn trivial_cases_have_an_answer() {
    let desk = small();
    let many = desk.answer(&format!("mclp {ALL} --radius 3 -p 99"));
    assert_eq!(many["covered_count"], json!(4));
    assert!(many["notes"][0].as_str().unwrap().starts_with("L101"), "{many}");
    for line in ["mclp --radius 3 --budget 0", "mclp --radius 3 -p 0"] {
        let none = desk.answer(&format!("{line} {ALL}"));
        assert_eq!((&none["sites"], &none["objective"], &none["gap"]), (&json!([]), &json!(0), &json!(0.0)));
    }
    let weightless = Desk::new(&[("costs.csv", COSTS), ("demand.csv", "id,weight\na,0\nb,0\nc,0\nd,0\n")]);
    let nothing = weightless.answer("mclp --costs costs.csv --demand demand.csv --radius 3 -p 1");
    assert_eq!((&nothing["objective"], &nothing["covered_weight_share"]), (&json!(0), &Value::Null));
}

#[test]
fn bad_input_is_told_all_at_once() {
    let desk = Desk::new(&[
        ("costs.csv", "origin,destination,cost\na,X,1\na,X,2\nb,Y,NaN\nq,X,1\nb,W,-1\n,X,1\n"),
        ("demand.csv", "id,weight\na,-1\nb,many\nb,1\n"),
        ("sites.csv", "id,status\nX,open\nY,\n"),
    ]);
    let (code, json, errors) = desk.run(&format!("mclp {ALL} --radius 1 -p 1 --json"));
    assert_eq!(code, 3, "{errors}");
    let found: Vec<(&str, u64)> = json["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["code"].as_str().unwrap(), problem["row"].as_u64().unwrap_or(0)))
        .collect();
    for wanted in [
        ("I203", 2),
        ("I202", 3),
        ("I301", 4),
        ("I204", 2),
        ("I301", 3),
        ("I202", 4),
        ("I302", 5),
        ("I203", 6),
        ("I302", 6),
        ("I201", 7),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    let desk = small();
    for (line, code, words) in [
        ("mclp --costs costs.csv", 2, vec!["L001", "--radius", "-p N"]),
        ("flow-capture --costs costs.csv --demand demand.csv -p 1", 2, vec!["L001", "L002", "--visits"]),
        ("mclp --costs costs.csv --radius 1 -p 1 --required Q,R", 2, vec!["`Q`", "`R`", "L003"]),
        ("mclp --costs costs.csv --radius x --budget -1 -p 1", 2, vec!["L004", "--radius"]),
        ("p-median --costs nowhere.csv -p 1", 3, vec!["I101", "nowhere.csv"]),
        ("p-median --costs demand.csv -p 1", 3, vec!["I104", "`origin`", "`destination`"]),
        ("interdiction", 2, vec!["L001", "--arcs", "--trips"]),
        ("mclp --radius 1 -p 1 --within 1% --costs costs.csv", 2, vec!["--all-optima"]),
    ] {
        let (found, _, errors) = desk.run(line);
        assert_eq!(found, code, "{line}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{line}: {word} in {errors}");
        }
    }
}

#[test]
fn or_library_files_are_read() {
    // A repeated edge takes the last cost: 1-2 costs 9, so the path over 3 is shorter.
    let desk =
        Desk::new(&[("p.txt", "4 5 2\n1 2 1\n2 3 2\n1 3 3\n3 4 4\n2 1 9\n"), ("bad.txt", "4 2 2\n1 2 1\n5 1 x\n")]);
    let median = desk.answer("p-median --orlib p.txt");
    assert_eq!((&median["objective"], median["sites"].as_array().unwrap().len()), (&json!(5), 2));
    assert_eq!(desk.answer("p-center --orlib p.txt -p 1")["objective"], json!(4));
    assert_eq!(desk.run("p-median --orlib bad.txt").0, 3);
}

#[test]
fn or_library_files_are_streams_of_numbers() {
    let desk = Desk::new(&[
        ("p.txt", "# four nodes\n4 5 2 1 2 1\n2 3\n2 1 3 3.0 3 4 4 # the last but one\n2 1 9\n"),
        ("word.txt", "3 2 1\n1 2 1\n2 3 x\n"),
        ("short.txt", "3 3 1\n1 2 1\n2 3\n1 3 1\n"),
        ("ids.csv", "id,weight\n1,1\nnine,1\n9,1\n"),
        ("some.csv", "id,weight\n1,1\n4,2\n"),
    ]);
    assert_eq!(desk.answer("p-median --orlib p.txt")["objective"], json!(5));
    let some = desk.answer("p-median --orlib p.txt --demand some.csv -p 1");
    assert_eq!((&some["sites"], &some["objective"]), (&json!(["4"]), &json!(7)));
    for (line, wanted) in [
        ("--orlib word.txt", vec![("I202", 3)]),
        ("--orlib short.txt", vec![("I202", 3)]),
        ("--orlib p.txt --demand ids.csv", vec![("I302", 3), ("I302", 4)]),
        ("--orlib p.txt --sites ids.csv", vec![("I302", 3), ("I302", 4)]),
    ] {
        let (code, json, errors) = desk.run(&format!("p-median {line} -p 1 --json"));
        let found: Vec<(&str, u64)> = (json["problems"].as_array().unwrap().iter())
            .map(|problem| (problem["code"].as_str().unwrap(), problem["row"].as_u64().unwrap()))
            .collect();
        assert_eq!((code, found), (3, wanted), "{line}: {errors}");
    }
}

#[test]
fn evaders_stopped_early_say_so_and_trips_are_checked() {
    let arcs = "from,to,evasion_probability,evasion_probability_with_office\n\
                s,a,0.9,0.5\ns,b,0.8,0.1\na,t,1,\nb,t,1,\n";
    let desk = Desk::new(&[
        ("arcs.csv", arcs),
        ("trips.csv", "origin,destination,probability\ns,t,1\n"),
        ("unknown.csv", "origin,destination,probability\ns,t,0.5\nSs,t,0.5\n"),
        ("back.csv", "origin,destination,probability\ns,t,0.5\nt,s,0.5\n"),
    ]);
    let line = "interdiction --arcs arcs.csv --trips trips.csv --budget 1";
    for (option, stop, words) in [
        ("--time-limit 0", "time", "another run may give another answer"),
        ("--steps 0", "steps", "stopped at --steps"),
    ] {
        let answer = desk.answer(&format!("{line} {option}"));
        assert_eq!((&answer["status"], &answer["stopped_by"]), (&json!("limit"), &json!(stop)), "{answer}");
        // With an office on both ways 0.5 gets through.
        assert_eq!(answer["bound"], json!(0.5), "{answer}");
        assert!(answer["gap"].is_number(), "{answer}");
        let note = answer["notes"][0].as_str().unwrap();
        assert!(note.starts_with("L106") && note.contains(words), "{note}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
        let asked = format!("solve {line} {option}");
        let output = command.current_dir(desk.dir.path()).args(asked.split_whitespace()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("L106") && text.contains("bound 0.5"), "{text}");
    }
    assert!(desk.answer(line).get("notes").is_none());
    let (code, json, _) = desk.run("interdiction --arcs arcs.csv --trips unknown.csv --budget 1 --json");
    assert_eq!(code, 3, "{json}");
    let problem = &json["problems"][0];
    assert_eq!((&problem["code"], &problem["row"], &problem["column"]), (&json!("I302"), &json!(3), &json!("origin")));
    assert_eq!(json["problems"].as_array().unwrap().len(), 1);
    let back = desk.answer("interdiction --arcs arcs.csv --trips back.csv --budget 1");
    assert_eq!((&back["unreachable_trips"], &back["unreachable"]), (&json!(1), &json!([["t", "s"]])));
}

#[test]
fn arcs_are_interdicted() {
    let desk = Desk::new(&[
        ("roads.csv", "from,to,cost,added_cost\ns,a,1,10\na,t,1,\ns,t,5,1\ns,b,2,2\nb,t,2,2\n"),
        ("pipes.csv", "from,to,capacity,cost_to_remove\ns,a,5,2\ns,b,4,1\na,t,9,\nb,t,9,3\n"),
        (
            "arcs.csv",
            "from,to,evasion_probability,evasion_probability_with_office\n1,2,0.9,0.1\n2,3,0.9,\n1,3,0.5,0.2\n",
        ),
        ("trips.csv", "origin,destination,probability\n1,3,1\n"),
    ]);
    let ends = "--from s --to t";
    // 2 over a; with s-a longer 4 over b; with s-b too 5.
    let one = desk.answer(&format!("shortest-path-interdiction --arcs roads.csv {ends} --budget 1"));
    assert_eq!((&one["objective"], &one["sites"]), (&json!(4.0), &json!([["s", "a"]])));
    let two = desk.answer(&format!("shortest-path-interdiction --arcs roads.csv {ends} --budget 2"));
    assert_eq!(two["objective"], json!(5.0));
    let flow = desk.answer(&format!("max-flow-interdiction --arcs pipes.csv {ends} --budget 2"));
    assert_eq!((&flow["objective"], &flow["sites"]), (&json!(4.0), &json!([["s", "a"]])));
    let evaders = desk.answer("interdiction --arcs arcs.csv --trips trips.csv --budget 1");
    // 0.81 by way of 2; with an office there 0.5 on the direct arc.
    assert_eq!(evaders["sites"], json!([["1", "2"]]));
    assert!((evaders["objective"].as_f64().unwrap() - 0.5).abs() < 1e-9, "{evaders}");
    assert_eq!(evaders["covered_weight_share"], json!(1.0));
    assert_eq!(desk.run("max-flow-interdiction --arcs pipes.csv --from s --to q --budget 1").0, 2);
}

/// The published San Francisco stores, when they are there: joined on the tract's number.
#[test]
fn published_stores_of_san_francisco() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/sf_stores");
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (Ok(tracts), Ok(distances)) = (
        read("SF_demand_205_centroid_uniform_weight.csv"),
        read("SF_network_distance_candidateStore_16_censusTract_205_new.csv"),
    ) else {
        println!("no published instance here: passed without it");
        return;
    };
    let number = |text: &str| text.trim_matches('"').parse::<f64>().unwrap().to_string();
    let (mut demand, mut costs) = ("id,weight\n".to_owned(), "origin,destination,cost\n".to_owned());
    for line in tracts.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(demand, "{},{}", number(cells[3]), cells[6]).unwrap();
    }
    for line in distances.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(costs, "{},{},{}", number(cells[2]), cells[1], cells[0]).unwrap();
    }
    let desk = Desk::new(&[("costs.csv", &costs), ("demand.csv", &demand)]);
    assert!(Path::new(desk.dir.path()).exists());
    let tables = "--costs costs.csv --demand demand.csv";
    assert_eq!(desk.answer(&format!("lscp {tables} --radius 5000"))["objective"], json!(8));
    assert_eq!(desk.answer(&format!("lscp {tables} --radius 8000"))["objective"], json!(3));
    let mclp = desk.answer(&format!("mclp {tables} --radius 5000 -p 4"));
    assert_eq!((&mclp["objective"], &mclp["covered_weight"]), (&json!(875_247), &json!(875_247)));
    let close = |value: &Value, wanted: f64, tolerance: f64| (value.as_f64().unwrap() - wanted).abs() < tolerance;
    assert!(close(&mclp["covered_weight_share"], 0.91638, 5e-6), "{mclp}");
    assert!(close(&mclp["covered_count_share"], 0.89756, 5e-6), "{mclp}");
    let median = desk.answer(&format!("p-median {tables} -p 4"));
    assert!(close(&median["objective"], 2_848_268_129.714_5, 1e-4), "{median}");
    assert!(close(&median["mean_cost"], 2_982.127, 5e-4), "{median}");
    let center = desk.answer(&format!("p-center {tables} -p 4"));
    assert!(close(&center["objective"], 7_403.063_8, 5e-5), "{center}");
}
