//! `corridor routes`, `reach` and `network` as a user meets them: on plain tables and on the built-in network.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// A table of arcs in a temporary folder.
struct Table {
    folder: TempDir,
}

impl Table {
    fn new(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("arcs.csv"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("arcs.csv")
    }

    fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut run = corridor();
        run.arg(command).arg("--arcs").arg(self.path()).args(args);
        run
    }

    fn routes(&self, args: &[&str]) -> Value {
        json_of(self.command("routes", args).arg("--json"))
    }

    /// Exit code and standard error.
    fn refusal(&self, args: &[&str]) -> (i32, String) {
        refusal(&mut self.command("routes", args))
    }
}

fn corridor() -> Command {
    Command::new(env!("CARGO_BIN_EXE_corridor"))
}

fn json_of(command: &mut Command) -> Value {
    serde_json::from_slice(&command.assert().code(0).get_output().stdout).unwrap()
}

fn refusal(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

const TIES: &str = "from,to,cost\nC,D,3\nC,E,2\nD,F,4\nE,D,1\nE,F,2\nE,G,3\nF,G,2\nF,H,1\nG,H,2\n";

fn costs(answer: &Value) -> Vec<Value> {
    answer["routes"].as_array().unwrap().iter().map(|route| route["cost"].clone()).collect()
}

#[test]
fn the_tie_case_is_answered_in_full() {
    let table = Table::new(TIES);
    let answer = table.routes(&["--from", "C", "--to", "H", "-k", "7"]);
    assert_eq!(json!(costs(&answer)), json!([5, 7, 8, 8, 8, 11, 11]));
    let first = &answer["routes"][0];
    assert_eq!((&first["rank"], &first["places"]), (&json!(1), &json!(["C", "E", "F", "H"])));
    assert_eq!(first["arcs"][0], json!({ "from": "C", "to": "E", "row": 3, "cost": 2 }));
    assert_eq!(answer["routes"][3]["places"], json!(["C", "E", "D", "F", "H"]));
    let text = table.command("routes", &["--from", "C", "--to", "H", "-k", "2"]).assert().code(0);
    assert!(String::from_utf8_lossy(&text.get_output().stdout).contains("C E F H"));
    // over a node, and without nodes, arcs and rows
    let over = table.routes(&["--from", "C", "--to", "H", "-k", "9", "--via", "D"]);
    assert_eq!(json!(costs(&over)), json!([8, 8, 11, 11]));
    for (avoid, expected) in [("F", json!([7])), ("E->F", json!([7, 8, 8, 11, 11])), ("row:9", json!([7, 8, 11, 11]))] {
        let answer = table.routes(&["--from", "C", "--to", "H", "-k", "9", "--avoid", avoid]);
        assert_eq!(json!(costs(&answer)), expected, "{avoid}");
    }
    let apart = table.routes(&["--from", "C", "--to", "H", "-k", "3", "--max-shared", "0"]);
    assert_eq!(apart["routes"][0]["cost"], json!(5));
    assert!(costs(&apart).len() < 3);
}

#[test]
fn costs_are_exact_decimals_and_parallel_arcs_differ() {
    let table = Table::new(
        "to,from,minutes,closed,cost\nb,a,0.1,,7\nc,b,0.20,no,7\nc,b,.2,0,7\nc,a,0.05,yes,7\na,a,1,,7\nc,b,1e-1,,7\n",
    );
    let answer = table.routes(&["--from", "a", "--to", "c", "-k", "9", "--cost-column", "minutes"]);
    assert_eq!(json!(costs(&answer)), json!([0.2, 0.3, 0.3]));
    let rows: Vec<&Value> = (0..3).map(|ix| &answer["routes"][ix]["arcs"][1]["row"]).collect();
    assert_eq!(json!(rows), json!([7, 3, 4]));
    assert_eq!(answer["unit"], "minutes");
    // whole sums are whole numbers
    let whole = Table::new("from,to,cost\n1,2,1.5\n2,10,2.5\n");
    assert_eq!(json!(costs(&whole.routes(&["--from", "1", "--to", "10"]))), json!([4]));
    let both = whole.routes(&["--from", "10", "--to", "1", "--both-ways"]);
    assert_eq!(json!(costs(&both)), json!([4]));
    // more digits than are counted: rounded, and said
    let long = Table::new("from,to,cost\na,b,0.12345678901234567891\nb,c,1000000\n");
    let answer = long.routes(&["--from", "a", "--to", "c"]);
    assert!(answer["notes"][0].as_str().unwrap().contains("1 of 2 costs"), "{answer}");
    assert!((answer["routes"][0]["cost"].as_f64().unwrap() - 1_000_000.123_456_789).abs() < 1e-6);
}

#[test]
fn the_most_reliable_route_has_the_largest_product() {
    let table = Table::new("from,to,p\na,b,0.9\nb,c,0.9\na,c,0.8\na,d,0\nd,c,1\n");
    let answer = table.routes(&["--from", "a", "--to", "c", "--cost-column", "p", "--most-reliable"]);
    let products: Vec<f64> = costs(&answer).iter().map(|cost| cost.as_f64().unwrap()).collect();
    assert!(products.len() == 2 && (products[0] - 0.81).abs() < 1e-8 && (products[1] - 0.8).abs() < 1e-8, "{answer}");
    let bad = Table::new("from,to,p\na,b,1.5\nb,c,-0.1\n");
    let (code, text) = bad.refusal(&["--from", "a", "--to", "c", "--cost-column", "p", "--most-reliable"]);
    assert!(code == 3 && text.contains("found 1.5") && text.contains("found -0.1"), "{text}");
}

#[test]
fn no_route_is_an_answer_with_a_reason() {
    let table = Table::new("from,to,cost,closed\na,b,1,\nb,c,,true\nx,y,2,\n");
    for (from, to, reason) in
        [("a", "c", "closed or avoided"), ("b", "a", "against the direction"), ("a", "y", "parts of the graph")]
    {
        let answer = table.routes(&["--from", from, "--to", to]);
        assert_eq!(answer["routes"], json!([]), "{from} {to}");
        assert!(answer["reason"].as_str().unwrap().contains(reason), "{answer}");
    }
    let answer = table.routes(&["--from", "a", "--to", "a"]);
    assert_eq!((&answer["routes"][0]["cost"], &answer["routes"][0]["places"]), (&json!(0), &json!(["a"])));
    assert_eq!(answer["reason"], Value::Null);
}

#[test]
fn bad_tables_are_refused_with_every_row() {
    let table = Table::new(
        "from,to,cost\na,b,0.1\nb,c,-1\nc,d,NaN\nd,,inf\ne,f,\ne,f,1e30\ng,h,99999999999999999999\ni,j,x1\nk\n",
    );
    let (code, text) = table.refusal(&["--from", "a", "--to", "b"]);
    assert_eq!(code, 3, "{text}");
    for part in [
        "row 3, cost: found -1",
        "row 4, cost: found NaN",
        "row 5, cost: found inf",
        "row 5, to: found an empty cell",
        "row 6, cost: found an empty cell",
        "row 7, cost: found 1e30",
        "row 8, cost: found 99999999999999999999",
        "row 9, cost: found x1",
        "row 10: found 1 cells",
        "9 problems",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let output = table.command("routes", &["--from", "a", "--to", "b", "--json"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), answer["problems"].as_array().unwrap().len()), (Some(3), 9));
    for (text, part) in [
        ("", "an empty file"),
        ("from,to,cost\n", "no rows"),
        ("from,too,cost\na,b,1\n", "rename the column `too` to `to`"),
        ("from,to,minutes\na,b,1\n", "--cost-column"),
        ("from;to;cost\na;b;1\n", "commas between cells"),
        ("from,to,cost,closed\na,b,1,perhaps\n", "found perhaps"),
        ("from,to,cost,cost\na,b,1,1\n", "the column twice"),
        ("from,to,cost\na,b,\"1\nb,c,2\n", "row 2: found a quote that is never closed"),
        ("from,to,cost\na,b,9e18\n", "expected at most 4611686018427387904"),
    ] {
        let (code, found) = Table::new(text).refusal(&["--from", "a", "--to", "b"]);
        assert!(code == 3 && found.contains(part), "{text:?}: {code} {found}");
    }
    let (code, text) = refusal(corridor().args(["routes", "--arcs", "no-such.csv", "--from", "a", "--to", "b"]));
    assert!(code == 3 && text.contains("I101 no-such.csv"), "{text}");
}

#[test]
fn unknown_names_are_told_all_at_once_with_near_ones() {
    let table = Table::new("from,to,cost\nHerat,Kabul,1\n");
    let (code, text) = table.refusal(&[
        "--from",
        "herat",
        "--to",
        "Kabull",
        "--avoid",
        "Herat->Kabul",
        "--avoid",
        "row:9",
        "--avoid",
        "Zzz",
    ]);
    assert_eq!(code, 2);
    for part in ["--from: found `herat`", "did you mean Herat?", "did you mean Kabul?", "row:9", "`Zzz`"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for args in [
        &["--from", "Herat", "--to", "Kabul", "-k", "0"][..],
        &["--from", "Herat", "--to", "Kabul", "--geojson"],
        &["--from", "Herat", "--to", "Kabul", "--max-shared", "1.5"],
        &["--from", "Herat", "--to", "Kabul", "--weight", "time"],
        &["--from", "Herat"],
    ] {
        assert_eq!(table.refusal(args).0, 2, "{args:?}");
    }
}

#[test]
fn reach_and_info_of_a_table() {
    let table = Table::new(TIES);
    let answer = json_of(&mut table.command("reach", &["--from", "C", "--within", "4", "--json"]));
    let reached: Vec<(&str, i64)> = answer["reached"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["place"].as_str().unwrap(), item["cost"].as_i64().unwrap()))
        .collect();
    assert_eq!(reached, [("C", 0), ("E", 2), ("D", 3), ("F", 4)]);
    for within in ["-1", "nan", "2h", "x"] {
        let (code, text) = refusal(&mut table.command("reach", &["--from", "C", "--within", within]));
        assert!(code == 2 && text.contains("N110"), "{within}: {code} {text}");
    }
    let mut info = corridor();
    let answer = json_of(info.args(["network", "info", "--json", "--arcs"]).arg(table.path()));
    for (key, value) in [("nodes", 6), ("arcs", 9), ("closed_arcs", 0), ("parts", 1), ("bridges", 0), ("cut_nodes", 0)]
    {
        assert_eq!(answer[key], json!(value), "{key}");
    }
}

#[test]
fn routes_on_the_built_in_network_mind_borders() {
    let routes = |args: &[&str]| json_of(corridor().arg("routes").args(args).arg("--json"));
    let home = routes(&["--from", "Kabul", "--to", "AFG-herat", "-k", "3"]);
    for route in home["routes"].as_array().unwrap() {
        assert_eq!(route["countries"], json!(["AFG"]), "{route}");
    }
    assert!(home["notes"][0].as_str().unwrap().contains("stays in AFG"));
    let abroad = routes(&["--from", "Herat", "--to", "IRN-mashhad", "-k", "1", "--avoid", "mode:green"]);
    let crossing = abroad["routes"][0]["crossings"][0].as_str().unwrap().to_owned();
    assert!(crossing.starts_with("AFG-IRN"), "{abroad}");
    let around =
        routes(&["--from", "Herat", "--to", "IRN-mashhad", "-k", "1", "--avoid", "mode:green", "--avoid", &crossing]);
    assert!(around["routes"][0]["cost"].as_f64() > abroad["routes"][0]["cost"].as_f64());
    assert_eq!(abroad["from"]["snapped"]["component_is_main"], json!(true));
    let blocked = routes(&["--from", "Herat", "--to", "IRN-mashhad", "--avoid", "IRN"]);
    assert!(blocked["routes"] == json!([]) && blocked["reason"].as_str().unwrap().contains("closed or avoided"));
    let output =
        corridor().args(["routes", "--from", "62.2,34.35", "--to", "Mashhad", "-k", "1", "--geojson"]).assert().code(0);
    let lines: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(lines["features"][0]["geometry"]["type"], "LineString");
    let output = corridor().args(["routes", "--from", "Herat", "--to", "Herat", "--geojson"]).assert().code(0);
    let point: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(point["features"][0]["geometry"]["type"], "Point");
    let (code, text) = refusal(corridor().args(["routes", "--from", "Kabull", "--to", "0,0", "--avoid", "XXX"]));
    assert!(
        code == 2 && text.contains("did you mean Kabul") && text.contains("N105") && text.contains("`XXX`"),
        "{text}"
    );
    // a place stands in its own country, however near a neighbour's road is
    for (from, to, most_h, crossing) in [
        ("Osh", "KGZ-kara-suu", 1.0, None),
        ("Ashgabat", "TKM-kaka", 5.0, None),
        ("UKR-odesa", "Kyiv", 9.0, None),
        ("IRN-mashhad", "AZE-julfa", 30.0, Some("AZE-IRN-julfa")),
        ("Osh", "Bishkek", 14.0, None),
        ("Batken", "Osh", 7.0, None),
    ] {
        let answer = json_of(corridor().args(["routes", "--from", from, "--to", to, "-k", "1", "--json"]));
        let route = &answer["routes"][0];
        let crossings = route["crossings"].as_array().unwrap();
        let is_right = route["cost"].as_f64() < Some(most_h) && crossings.is_empty() == crossing.is_none();
        assert!(is_right, "{from} to {to}: {} {crossings:?}", route["cost"]);
    }
    // and reach says the same of them
    let reach = json_of(corridor().args(["reach", "--from", "Osh", "--within", "30h", "--json"]));
    let reached = reach["reached"].as_array().unwrap();
    for to in ["KGZ-kara-suu", "KGZ-bishkek", "KGZ-batken"] {
        let item = reached.iter().find(|item| item["place"] == to).unwrap();
        let answer = json_of(corridor().args(["routes", "--from", "Osh", "--to", to, "-k", "1", "--json"]));
        assert_eq!(item["cost"], answer["routes"][0]["cost"], "{to}");
    }
    // a crossing on the way is crossed, not only touched
    let green = ["routes", "--from", "Kabul", "--to", "Tehran", "--via", "AFG-IRN-g03", "-k", "2", "--json"];
    for route in json_of(corridor().args(green))["routes"].as_array().unwrap() {
        assert!(route["crossings"].as_array().unwrap().iter().any(|id| id == "AFG-IRN-g03"), "{}", route["crossings"]);
    }
    let reach = json_of(corridor().args(["reach", "--from", "Herat", "--within", "2h", "--json"]));
    assert!(reach["reached"].as_array().unwrap().iter().any(|item| item["place"] == "AFG-herat"), "{reach}");
    let info = json_of(corridor().args(["network", "info", "--json"]));
    assert!(info["nodes"].as_u64() > Some(1000) && info["bridges"].as_u64() > Some(0), "{info}");
}

#[test]
fn a_compiled_network_is_written_whole_and_refused_when_it_is_not() {
    let table = Table::new(TIES);
    let file = table.folder.path().join("ties.corridor");
    let build = |out: &std::path::Path| {
        let mut run = corridor();
        run.args(["network", "build", "--arcs"]).arg(table.path()).arg("--out").arg(out);
        run
    };
    let info = |arcs: &std::path::Path| {
        let mut run = corridor();
        run.args(["network", "info", "--json", "--arcs"]).arg(arcs).arg("--compiled").arg(&file);
        run
    };
    // what never ends is not read to see whose it is
    #[cfg(unix)]
    for (device, code) in [("/dev/zero", 6), ("/dev/full", 6)] {
        let output = build(std::path::Path::new(device)).arg("--json").assert().code(code);
        let answer: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        assert!(answer["problems"][0]["message"].as_str().unwrap().contains("no plain file"), "{answer}");
    }
    build(&file).assert().code(0);
    build(&file).assert().code(0);
    let answer = json_of(&mut info(&table.path()));
    assert_eq!((&answer["compiled"]["nodes"], &answer["compiled"]["arcs"]), (&json!(6), &json!(9)));
    // a file of something else stays
    assert_eq!(refusal(&mut build(&table.path())).0, 6);
    assert_eq!(std::fs::read_to_string(table.path()).unwrap(), TIES);
    // another network, and a damaged file
    let other = Table::new("from,to,cost\na,b,1\n");
    let (code, text) = refusal(&mut info(&other.path()));
    assert!(code == 3 && text.contains("N016"), "{code} {text}");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let (code, text) = refusal(&mut info(&table.path()));
    assert!(code == 3 && text.contains("build it again"), "{code} {text}");
}

/// The order of the nodes is a table that the loader takes as it is: the one shipped, and the one the command writes.
#[test]
fn the_order_of_the_nodes_is_written_and_read_without_a_warning() {
    use corridor::inputs::{DataSource, load};
    let warned = |source: &DataSource| {
        let inputs = load(source).unwrap();
        let order = inputs.node_order.expect("an order of the nodes");
        (inputs.warnings.iter().any(|warning| warning.code == "I307"), order)
    };
    let (is_warned, shipped) = warned(&DataSource::Embedded);
    assert!(!is_warned);
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("tables");
    corridor().arg("init").arg(&data).assert().code(0);
    let tables = data.clone();
    let table = tables.join("network/order.csv");
    assert!(table.is_file(), "init writes the plain table");
    let answer = json_of(corridor().args(["network", "order", "--json", "--out"]).arg(&table));
    assert_eq!(answer["nodes"], json!(shipped.len()));
    let (found, before) =
        (answer["hierarchy_arcs"].as_u64().unwrap(), answer["hierarchy_arcs_before"].as_u64().unwrap());
    assert!(before <= found, "the shipped order ({before} arcs) is worse than the one found now ({found}): ship that");
    let (is_warned, order) = warned(&DataSource::Directory(tables.clone()));
    assert!(!is_warned);
    let mut sorted = order;
    sorted.sort_unstable();
    assert!(sorted.iter().enumerate().all(|(ix, &node)| ix == node as usize));
    // a table cut short is warned of and left out; another file is not written over
    std::fs::write(&table, "node_id\n5\n").unwrap();
    let inputs = load(&DataSource::Directory(tables)).unwrap();
    assert!(inputs.node_order.is_none() && inputs.warnings.iter().any(|warning| warning.code == "I307"));
    let other = folder.path().join("other.csv");
    std::fs::write(&other, "mine").unwrap();
    let refused = corridor().args(["network", "order", "--out"]).arg(&other).output().unwrap();
    assert_eq!(refused.status.code(), Some(6));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
}

#[test]
fn a_compiled_network_gives_the_same_bytes() {
    // many ties, arcs that cost nothing, parallel ones, a part apart
    let mut text = String::from("from,to,cost\nisle,far,1\n");
    let mut state = 7_u32;
    for _ in 0..700 {
        let mut next = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % most
        };
        text.push_str(&format!("{},{},{}\n", next(150), next(150), next(4)));
    }
    let table = Table::new(&text);
    let file = table.folder.path().join("t.corridor");
    corridor().args(["network", "build", "--arcs"]).arg(table.path()).arg("--out").arg(&file).assert().code(0);
    let ask = |command: &[&str], args: &[&str], has_file: bool| {
        let mut run = corridor();
        run.args(command).arg("--arcs").arg(table.path()).args(args);
        if has_file {
            run.arg("--network").arg(&file);
        }
        run.output().unwrap()
    };
    let (routes, reach, pairs) = (&["routes"][..], &["reach"][..], &["network", "table"][..]);
    let mut questions: Vec<(&[&str], Vec<&str>)> = vec![
        (routes, vec!["--from", "3", "--to", "far", "-k", "1"]),
        (routes, vec!["--from", "3", "--to", "3", "-k", "1"]),
        (routes, vec!["--from", "3", "--to", "140", "-k", "4"]),
        (routes, vec!["--from", "3", "--to", "140", "-k", "1", "--avoid", "77"]),
        (reach, vec!["--from", "5", "--within", "3"]),
        (reach, vec!["--from", "isle", "--within", "9"]),
        (pairs, vec!["--from", "5", "--from", "9", "--to", "7", "--to", "far", "--to", "5"]),
    ];
    questions.extend(["12", "13", "99", "149"].map(|to| (routes, vec!["--from", "20", "--to", to, "-k", "1"])));
    for (command, args) in questions {
        for format in [&["--json"][..], &[]] {
            let args = [&args, format].concat();
            let (plain, compiled) = (ask(command, &args, false), ask(command, &args, true));
            assert_eq!(plain.status.code(), Some(0), "{args:?}");
            assert_eq!(plain.stdout, compiled.stdout, "{command:?} {args:?}");
        }
    }
    let answer: Value =
        serde_json::from_slice(&ask(pairs, &["--from", "isle", "--to", "far", "--to", "0", "--json"], true).stdout)
            .unwrap();
    assert_eq!(answer["costs"], json!([[1, null]]));
    // stale, damaged, no artefact, not there
    let other = Table::new("from,to,cost\na,b,1\n");
    let mut bytes = std::fs::read(&file).unwrap();
    let refuse = |path: &std::path::Path, code: &str| {
        for command in ["routes", "reach"] {
            let rest: &[&str] = if command == "routes" { &["--to", "b"] } else { &["--within", "1"] };
            let (exit, text) = refusal(other.command(command, &["--from", "a"]).args(rest).arg("--network").arg(path));
            assert!(exit == 3 && text.contains(code), "{command} {exit} {text}");
        }
    };
    refuse(&file, "N016");
    refuse(&other.path(), "N012");
    refuse(&other.folder.path().join("none"), "I101");
    bytes[8] = 9;
    std::fs::write(&file, &bytes).unwrap();
    refuse(&file, "N013");
}

#[test]
fn both_commands_on_arcs_read_the_same_titles_and_tell_the_same_faults() {
    for (titles, is_read) in [
        ("from,to,cost", true),
        ("From, TO ,Cost", true),
        ("Origin,Destination,Length", true),
        ("tail,HEAD,distance", true),
        ("source,target,cost", true),
        ("from node,to_node,cost", true),
        ("a,b,cost", false),
        ("from,From,cost", false),
    ] {
        let table = Table::new(&format!("{titles},added_cost\nx,y,2,1\ny,z,3,\n"));
        let routes = table.command("routes", &["--from", "x", "--to", "z", "--json"]).output().unwrap();
        let mut solve = corridor();
        solve.args(["solve", "shortest-path-interdiction", "--arcs"]).arg(table.path());
        let solve = solve.args(["--from", "x", "--to", "z", "--budget", "0", "--json"]).output().unwrap();
        let [routes, solve]: [Value; 2] =
            [&routes, &solve].map(|output| serde_json::from_slice(&output.stdout).unwrap());
        if is_read {
            assert_eq!((&routes["routes"][0]["cost"], &solve["objective"]), (&json!(5), &json!(5.0)), "{titles}");
        } else {
            assert_eq!((&routes["exit_code"], &solve["exit_code"]), (&json!(3), &json!(3)), "{titles}");
            let codes = |answer: &Value| -> Vec<String> {
                let problems = answer["problems"].as_array().unwrap();
                problems.iter().map(|problem| format!("{} {}", problem["code"], problem["found"])).collect()
            };
            assert_eq!(codes(&routes), codes(&solve), "{titles}");
            assert!(codes(&routes)[0].contains("I104"));
        }
    }
}

#[test]
fn parallel_arcs_are_told_apart_and_usage_faults_fill_problems() {
    let table = Table::new("from,to,cost\na,b,1\na,b,1\nb,c,1\na,c,9\n");
    let output = table.command("routes", &["--from", "a", "--to", "c"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("a b c  (rows 2 4)") && text.contains("a b c  (rows 3 4)"), "{text}");
    assert!(text.contains("a c\n"), "{text}");
    let output = table.command("routes", &["--from", "q", "--to", "r", "--json"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["status"], &answer["exit_code"]), (&json!("failed"), &json!(2)));
    let codes: Vec<&Value> = answer["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
    assert_eq!(json!(codes), json!(["N101", "N101"]));
    let answer = table.routes(&["--from", "a", "--to", "c"]);
    assert_eq!(answer["problems"], json!([]));
}

#[test]
fn countries_are_avoided_by_code_in_any_case_or_by_name() {
    let avoid = |what: &str| {
        let mut run = corridor();
        run.args(["routes", "--from", "Herat", "--to", "IRN-mashhad", "-k", "1", "--json", "--avoid", what]);
        run.output().unwrap()
    };
    let expected = avoid("TKM");
    assert_eq!(expected.status.code(), Some(0));
    for what in ["tkm", "Turkmenistan", "turkmenistan"] {
        assert_eq!(avoid(what).stdout, expected.stdout, "{what}");
    }
    let (code, text) = refusal(corridor().args(["routes", "--from", "Herat", "--to", "Kabul", "--avoid", "Turkmenia"]));
    assert!(code == 2 && text.contains("Turkmenistan (TKM)"), "{text}");
}

#[test]
fn a_crossing_may_be_closed_to_one_commodity() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    corridor().arg("init").arg(&data).assert().code(0);
    let ask = |extra: &[&str]| {
        let mut run = corridor();
        run.arg("routes").arg(&data).args(["--from", "Herat", "--to", "IRN-mashhad", "-k", "1", "--json"]).args(extra);
        run.output().unwrap()
    };
    let json = |output: std::process::Output| -> Value { serde_json::from_slice(&output.stdout).unwrap() };
    let usual = json(ask(&["--avoid", "mode:green"]));
    let passed = usual["routes"][0]["crossings"][0].as_str().unwrap().to_owned();
    let write = |word: &str| {
        let mut reader = csv::Reader::from_path(data.join("crossings.csv")).unwrap();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = reader.headers().unwrap().clone();
        let columns: Vec<usize> = (0..header.len()).filter(|&ix| &header[ix] != "closed_to").collect();
        writer.write_record(columns.iter().map(|&ix| &header[ix]).chain(["closed_to"])).unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let cell = if record[0] == passed { word } else { "" };
            writer.write_record(columns.iter().map(|&ix| &record[ix]).chain([cell])).unwrap();
        }
        std::fs::write(data.join("crossings.csv"), writer.into_inner().unwrap()).unwrap();
    };
    write("opiates");
    for (commodity, is_open) in [("opiates", false), ("PRECURSORS", true)] {
        let answer = json(ask(&["--avoid", "mode:green", "--commodity", commodity]));
        assert_eq!(answer["routes"][0]["crossings"][0] == json!(passed), is_open, "{commodity}: {answer}");
    }
    assert_eq!(json(ask(&["--avoid", "mode:green"]))["routes"], usual["routes"]);
    write("weapons");
    let refused = ask(&[]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(3) && text.contains("I204") && text.contains("closed_to"), "{text}");
    assert_eq!(ask(&["--commodity", "weapons"]).status.code(), Some(2));
}

#[test]
fn places_that_reach_cannot_list_are_told_with_the_reason() {
    let answer =
        json_of(corridor().args(["reach", "--from", "Herat", "--within", "9000h", "--allow-abroad", "--json"]));
    let ids = |key: &str| -> Vec<String> {
        let items = answer[key].as_array().unwrap();
        items.iter().filter_map(|item| item["place"].as_str().map(str::to_owned)).collect()
    };
    let mut told = [ids("reached"), ids("left_out")].concat();
    told.sort();
    let inputs = corridor::inputs::load(&corridor::inputs::DataSource::Embedded).unwrap();
    // Cyprus has no road in the network
    let places = inputs.places.iter().filter(|place| place.country.as_str() != "CYP");
    let mut places: Vec<String> = places.map(|place| place.id.clone()).collect();
    places.sort();
    assert_eq!(told, places, "every place is listed or left out with a reason");
    for item in answer["left_out"].as_array().unwrap().iter().filter(|item| item["place"].is_string()) {
        assert!(item["distance_km"].as_f64() > Some(5.0) && item["reason"].as_str().unwrap().contains("5 km"));
    }
}
