//! Plain tables of arcs as programs of other systems write them, and limits and probabilities to the last digit.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::path::Path;

/// Exit code and answer of a command on a table of arcs.
fn ask(table: &str, command: &[&str], args: &[&str]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arcs.csv");
    std::fs::write(&path, table).unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_corridor"));
    let output = run.args(command).arg("--arcs").arg(&path).args(args).arg("--json").output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

/// Rows of the arcs of the routes from A to B.
fn rows(table: &str, args: &[&str]) -> Vec<Value> {
    let (code, answer) = ask(table, &["routes"], &[&["--from", "A", "--to", "B"], args].concat());
    assert_eq!(code, Some(0), "{answer:#}");
    answer["routes"].as_array().unwrap().iter().map(|route| route["arcs"][0]["row"].clone()).collect()
}

#[test]
fn rows_are_lines_of_the_file_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let table = ["from,to,cost", "A,B,1", "A,B,2", "A,B,3", ""].join(end);
        assert_eq!(rows(&table, &[]), [2, 3, 4], "{end:?}");
        assert_eq!(rows(&table, &["--avoid", "row:3"]), [2, 4], "{end:?}");
        let table = ["from,to,cost", "A,B,1", "", "A,B,2", "A,\"B\"", "A,B,3", ""].join(end);
        let (code, answer) = ask(&table, &["routes"], &["--from", "A", "--to", "B"]);
        assert_eq!((code, &answer["problems"][0]["row"]), (Some(3), &json!(5)), "{answer:#}");
        let table = ["", "from,to,cost", "A,B,1", "", "A,B,2", "\"A", "\",B,4", "A,B,3", ""].join(end);
        assert_eq!(rows(&table, &[]), [3, 5, 8, 6], "{end:?}");
    }
}

#[test]
fn a_route_over_a_node_is_found_where_all_short_ways_to_it_block_the_way_on() {
    // twelve diamonds to Y, from Y to X and back, and on from Y only: every short way to X passes Y
    let mut table = String::from("from,to,cost\n");
    let name = |ix: usize| if ix == 0 { "A".to_owned() } else { format!("n{ix}") };
    for ix in 0..12 {
        let (from, to) = (name(ix), name(ix + 1));
        table += &format!("{from},u{ix},1\n{from},l{ix},1\nu{ix},{to},1\nl{ix},{to},1\n");
    }
    table += "n12,X,1\nX,n12,1\nn12,T,1\nA,X,1000\n";
    let (_, answer) = ask(&table, &["routes"], &["--from", "A", "--to", "T", "--via", "X"]);
    assert_eq!(answer["routes"][0]["places"], json!(["A", "X", "n12", "T"]), "{answer:#}");
    assert_eq!((&answer["routes"][0]["cost"], &answer["reason"]), (&json!(1002), &Value::Null));
}

#[test]
fn probabilities_and_limits_hold_at_their_ends() {
    let table = "from,to,probability\nA,B,0.5\nB,C,0.5\nC,D,0.1\n";
    let (_, answer) = ask(table, &["routes"], &["--most-reliable", "--from", "A", "--to", "D"]);
    assert_eq!(answer["routes"][0]["cost"], json!(0.025));
    for (limit, count) in [("0.25", 3), ("0.2500001", 2), ("0.025", 4), ("0.0250001", 3)] {
        let (_, answer) = ask(table, &["reach"], &["--most-reliable", "--from", "A", "--within", limit]);
        assert_eq!(answer["reached"].as_array().unwrap().len(), count, "{limit}");
    }
    let chain: String = (0..200).map(|ix| format!("{ix},{},0.99\n", ix + 1)).collect();
    let table = format!("from,to,probability\n{chain}");
    let (_, answer) = ask(&table, &["routes"], &["--most-reliable", "--from", "0", "--to", "200"]);
    let cost = answer["routes"][0]["cost"].as_f64().unwrap();
    assert!((cost / 0.99_f64.powi(200) - 1.0).abs() < 1e-9, "{cost}");
    for (cost, limit, count) in [
        ("1123456789012.003", "1123456789012.003", 2),
        ("9007199254740993", "9007199254740993", 2),
        ("9007199254740993", "9007199254740992", 1),
        ("5", "4.9999999999999999", 1),
        ("1e-50", "0", 2),
    ] {
        let (code, answer) =
            ask(&format!("from,to,cost\nA,B,{cost}\n"), &["reach"], &["--from", "A", "--within", limit]);
        let reached = answer["reached"].as_array().map(Vec::len);
        assert_eq!((code, reached), (Some(0), Some(count)), "{cost} {limit} {answer:#}");
    }
}

#[test]
#[cfg(unix)]
fn compiled_files_are_for_all_readers_and_replace_only_their_like() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (arcs, beside) = (folder.path().join("arcs.csv"), folder.path().join("beside"));
    std::fs::write(&arcs, "from,to,cost\nA,B,1\n").unwrap();
    std::fs::write(&beside, "").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    let out = folder.path().join("network.corridor");
    let mut build = Command::new(env!("CARGO_BIN_EXE_corridor"));
    build.args(["network", "build", "--arcs"]).arg(&arcs).arg("--out").arg(&out).assert().code(0);
    assert_eq!(mode(&out), mode(&beside));
    let mine = folder.path().join("mine.csv");
    std::fs::write(&mine, "node_id\nof another table\n").unwrap();
    let mut order = Command::new(env!("CARGO_BIN_EXE_corridor"));
    order.args(["network", "order", "--out"]).arg(&mine).assert().code(6);
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "node_id\nof another table\n");
}
