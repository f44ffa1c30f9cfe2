//! The rooms of the library in their order, read from the source: a room uses rooms of earlier steps only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The order. Rooms of one step do not know each other.
const STEPS: &[&[&str]] = &[
    &["units"],
    &["geodesy", "parallel"],
    &["records"],
    &["network"],
    &["flow"],
    &["risk"],
    &["coverage"],
    &["siting"],
    &["cooperation"],
    &["scenario"],
    &["inputs", "tables"],
    &["figures"],
    &["bundle"],
    &["config"],
    &["error"],
    &["report"],
    &["pipeline"],
    &["cli", "python"],
    &["lib", "main"],
];

/// Files longer than the limit, each with its reason.
const LONG_FILES: &[(&str, &str)] =
    &[("src/records.rs", "one place for every record, a line of documentation a field")];

const LONGEST_FILE_LINES: usize = 450;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file as its path from the root and its text, in order.
fn sources() -> Vec<(String, String)> {
    fn visit(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    visit(&root().join("src"), &mut paths);
    paths.sort();
    assert!(paths.len() > 50, "only {} source files", paths.len());
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The room of a file: `src/flow/cost.rs` and `src/flow.rs` are `flow`.
fn room_of(file: &str) -> &str {
    let inside = file.strip_prefix("src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// A file's text without comments and without the contents of string literals.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let (mut rest, mut in_text) = (text, false);
    while let Some(next) = rest.chars().next() {
        if in_text {
            let skip = if next == '\\' { 2 } else { 1 };
            in_text = next != '"';
            rest = rest.get(skip..).unwrap_or_else(|| &rest[next.len_utf8()..]);
        } else if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else {
            in_text = next == '"';
            code.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    code
}

/// The rooms that code names by `crate::room`, also in `use crate::{a, b::c}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let word =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let after = &code[at + "crate::".len()..];
        if code[..at].ends_with('$') {
            continue;
        }
        let Some(group) = after.strip_prefix('{') else {
            used.insert(word(after));
            continue;
        };
        let (mut depth, mut start) = (1, 0);
        for (ix, c) in group.char_indices() {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (c == ',' && depth == 1) || depth == 0 {
                used.insert(word(&group[start..ix]));
                start = ix + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    used.remove("");
    used
}

fn step_of(room: &str) -> Option<usize> {
    STEPS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn rooms_use_earlier_rooms_only() {
    let mut wrong = Vec::new();
    let mut arrow_count = 0;
    for (file, text) in sources() {
        let room = room_of(&file);
        let Some(step) = step_of(room) else {
            wrong.push(format!("{file}: the room `{room}` has no place in the order; give it one here"));
            continue;
        };
        for used in rooms_used(&code_of(&text)) {
            // crate::X may name an item of lib.rs itself; every module is a room
            let is_room = root().join(format!("src/{used}.rs")).exists() || root().join(format!("src/{used}")).exists();
            if used == room || !is_room {
                continue;
            }
            arrow_count += 1;
            if step_of(&used).is_none_or(|other| other >= step) {
                wrong.push(format!("{file}: `{room}` uses `{used}`, which does not come before it"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(arrow_count > 60, "only {arrow_count} arrows found: the reader of `use` lines is blind");
}

#[test]
fn the_reader_of_use_lines_sees() {
    let text = r#"
        //! use crate::comment;
        use crate::geodesy::{LonLat, distance_km};
        use crate::{records::{Iso3, Link}, units, parallel::map_in_order};
        let quoted = "crate::quoted \" crate::still";
        fn f() -> crate::network::Network { '"'; crate::flow::assign() } // crate::tail
    "#;
    let used: Vec<String> = rooms_used(&code_of(text)).into_iter().collect();
    assert_eq!(used, ["flow", "geodesy", "network", "parallel", "records", "units"]);
    assert_eq!([room_of("src/flow/cost.rs"), room_of("src/units.rs"), room_of("src/lib.rs")], ["flow", "units", "lib"]);
    let mut all: Vec<&str> = STEPS.concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "a room stands in the order twice");
}

#[test]
fn files_are_short() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        let reason = LONG_FILES.iter().find(|(name, _)| *name == file);
        assert!(lines <= LONGEST_FILE_LINES || reason.is_some(), "{file} has {lines} lines: split it or give a reason");
        assert!(lines > LONGEST_FILE_LINES || reason.is_none(), "{file} has {lines} lines: no longer on the list");
    }
    for (file, reason) in LONG_FILES {
        assert!(root().join(file).exists() && !reason.is_empty(), "{file} is gone: take it off the list");
    }
}

/// Files of a room whose code holds one of `words`, except those that may.
fn holders(words: &[&str], may: &[&str]) -> Vec<String> {
    let holds = |text: &str| words.iter().find(|word| code_of(text).contains(**word)).copied();
    sources()
        .iter()
        .filter(|(file, _)| !may.iter().any(|allowed| file.starts_with(allowed)))
        .filter_map(|(file, text)| holds(text).map(|word| format!("{file}: {word}")))
        .collect()
}

#[test]
fn each_door_has_one_keeper() {
    let none: Vec<String> = Vec::new();
    // only the command line prints
    let prints = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    assert_eq!(holders(&prints, &["src/cli/", "src/main.rs"]), none, "prints");
    // only the bundle writes; only inputs and the bundle (which checks what it replaces) and the command line read
    let writes = ["fs::write", "File::create", "create_dir", "OpenOptions", "fs::rename", "remove_file", "remove_dir"];
    assert_eq!(holders(&writes, &["src/bundle/", "src/cli/"]), none, "writes");
    let reads = ["fs::read", "File::open", "read_dir", "read_to_string", "include_bytes!", "include_str!"];
    assert_eq!(holders(&reads, &["src/inputs/", "src/bundle/", "src/cli/", "src/figures/"]), none, "reads");
    // libraries behind one door
    assert_eq!(holders(&["petgraph"], &["src/network/"]), none, "petgraph");
    assert_eq!(holders(&["highs::", "use highs"], &["src/siting/mip.rs"]), none, "the solver");
    // inputs parse tables side by side; sums over threads are made in parallel.rs only
    assert_eq!(holders(&["rayon"], &["src/parallel.rs", "src/inputs/", "src/cli/", "src/main.rs"]), none, "threads");
    // no clock, no environment, no unordered maps in what is computed
    let outer = ["src/cli/", "src/pipeline.rs", "src/main.rs", "src/siting/interdiction/stopwatch.rs"];
    assert_eq!(holders(&["Instant::now", "SystemTime"], &outer), none, "clock");
    // the bundle asks where it stands so as never to replace that folder
    let outer = ["src/cli/", "src/pipeline.rs", "src/main.rs", "src/bundle/destination.rs"];
    assert_eq!(holders(&["std::env"], &outer), none, "environment");
    // inputs look rows up by key and iterate over none
    assert_eq!(holders(&["HashMap", "HashSet"], &["src/inputs/"]), none, "unordered maps");
}

#[test]
fn paths_named_in_the_architecture_exist() {
    let Ok(text) = std::fs::read_to_string(root().join("ARCHITECTURE.md")) else {
        println!("no ARCHITECTURE.md yet: passed without it");
        return;
    };
    assert!(text.lines().count() <= 120, "ARCHITECTURE.md has {} lines, at most 120", text.lines().count());
    let is_path_character = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let roots = ["src/", "tests/", "data/", "docs/", "benches/", "examples/", "python/", "notebooks/"];
    let named: BTreeSet<&str> = text
        .split(|c: char| !is_path_character(c))
        .map(|word| word.trim_end_matches(['.', '/', '-']))
        .filter(|word| roots.iter().any(|root| word.starts_with(root) && word.len() > root.len()))
        .collect();
    let missing: Vec<&str> = named.iter().copied().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names what does not exist: {missing:?}");
    assert!(!named.is_empty(), "ARCHITECTURE.md names no path");
}
