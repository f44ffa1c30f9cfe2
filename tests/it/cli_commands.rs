//! The commands as a user meets them: exit codes, what is printed where, what is written.

#![allow(clippy::unwrap_used)]

use crate::inputs_fixture::Fixture;
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

fn corridor() -> Command {
    Command::new(env!("CARGO_BIN_EXE_corridor"))
}

/// Every file under a directory with its bytes.
fn snapshot(dir: &Path) -> Vec<(String, Vec<u8>)> {
    crate::bundle_sample::files(dir).into_iter().collect()
}

fn config_of(fixture: &Fixture) {
    fixture.write("corridor.toml", b"[data]\ndir = \".\"\n");
}

#[test]
fn help_and_version_exit_0_and_list_exit_codes_and_examples() {
    let out = corridor().arg("--help").assert().code(0).get_output().stdout.clone();
    let text = String::from_utf8(out).unwrap();
    for part in [
        "Exit codes:",
        "3  input refused",
        "130  interrupted",
        "Examples:",
        "corridor init my-region",
        "Seizures are not flow",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    corridor().arg("--version").assert().code(0);
    for flag in ["--out", "--scenario", "--json", "--public", "--threads", "--force", "--quiet", "--no-figures"] {
        let out = corridor().args(["run", "--help"]).assert().code(0).get_output().stdout.clone();
        assert!(String::from_utf8(out).unwrap().contains(flag), "{flag}");
    }
}

#[test]
fn wrong_usage_exits_2_without_control_characters() {
    for args in [
        &["chekc"][..],
        &["run", "--thread", "2"],
        &["run", "--threads", "0"],
        &["init"],
        &["check", "--colour\u{1b}[31m"],
    ] {
        let output = corridor().args(args).assert().code(2).get_output().clone();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with("corridor: ") && !text.contains('\u{1b}'), "{text:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn init_then_check_gives_the_same_accounts_and_no_problem() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("my region");
    corridor().arg("init").arg(&target).assert().code(0);
    let json = |command: &mut Command| -> Value {
        serde_json::from_slice(&command.assert().code(0).get_output().stdout).unwrap()
    };
    let (written, embedded) =
        (json(corridor().args(["check", "--json"]).arg(&target)), json(corridor().args(["check", "--json"])));
    assert_eq!(written["files"], embedded["files"]);
    assert_eq!(written["warnings"], embedded["warnings"]);
    assert_eq!((written["status"].as_str(), written["quarantine"].as_array().map(Vec::len)), (Some("ok"), Some(0)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "something is left beside the directory");
    let names: Vec<String> = snapshot(&target).into_iter().map(|(name, _)| name).collect();
    assert!(
        names.contains(&"corridor.toml".to_owned()) && names.iter().all(|name| !name.ends_with(".gz")),
        "{names:?}"
    );
    let toml = std::fs::read_to_string(target.join("corridor.toml")).unwrap();
    assert!(
        toml.contains("# Unit: calendar year. Default: 2013. Range: 1990 to 2100.") && toml.contains("dir = \".\""),
        "{toml}"
    );
    // From another working directory, and named by its file.
    corridor().current_dir(dir.path()).args(["check", "my region/corridor.toml"]).assert().code(0);
}

#[test]
fn init_keeps_what_is_there() {
    let dir = TempDir::new().unwrap();
    corridor().arg("init").arg(dir.path()).assert().code(0);
    let before = snapshot(dir.path());
    let output = corridor().arg("init").arg(dir.path()).assert().code(6).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("not empty"));
    assert_eq!(snapshot(dir.path()), before);
    corridor().arg("init").arg(dir.path().join("README.md")).assert().code(6);
    corridor().arg("init").arg(dir.path().join("README.md/below")).assert().code(6);
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn check_refuses_bad_tables_with_3_and_writes_nothing() {
    let fixture = Fixture::new();
    config_of(&fixture);
    fixture.replace("network/links.csv", "120.5", "-120.5");
    fixture.replace("network/nodes.csv", "34.1,IRN", "34.1,\u{1b}[31mX");
    let before = snapshot(fixture.path());
    let output = corridor().current_dir(fixture.path()).args(["check", "."]).assert().code(3).get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("2 problems that must be put right"), "{text}");
    assert!(text.contains("I203 network/links.csv row 3, length_km: found -120.5"), "{text}");
    assert!(!text.contains('\u{1b}') && output.stdout.is_empty());

    let output = corridor().args(["check", "--json"]).arg(fixture.path()).assert().code(3).get_output().clone();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((json["exit_code"].as_i64(), json["kind"].as_str()), (Some(3), Some("inputs")));
    let problem = &json["problems"][0];
    for (key, value) in [
        ("code", "I203"),
        ("file", "network/links.csv"),
        ("column", "length_km"),
        ("found", "-120.5"),
        ("severity", "fatal"),
    ] {
        assert_eq!(problem[key], value, "{problem}");
    }
    assert_eq!(problem["row"], 3);
    assert_eq!(snapshot(fixture.path()), before);
}

#[test]
fn check_tells_rows_set_aside_and_exits_0() {
    let fixture = Fixture::new();
    config_of(&fixture);
    fixture.replace("seizures.csv", "opiates,heroin", "opiates,heroine");
    let output = corridor().arg("check").arg(fixture.path()).assert().code(0).get_output().clone();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("Rows set aside: 1") && text.contains("I204 seizures.csv row 2, drug: found heroine"),
        "{text}"
    );
}

#[test]
fn a_wrong_configuration_exits_2_with_every_problem() {
    let fixture = Fixture::new();
    fixture.write("corridor.toml", b"baseline_yaer = 2012\n\n[data]\ndir = 7\n");
    let output = corridor().args(["check", "--json"]).arg(fixture.path()).assert().code(2).get_output().clone();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = json["problems"].as_array().unwrap();
    let told: Vec<_> = problems
        .iter()
        .map(|p| (p["code"].as_str().unwrap(), p["key"].as_str().unwrap(), p["line"].as_i64()))
        .collect();
    assert_eq!(told, [("C102", "baseline_yaer", Some(1)), ("C103", "data.dir", Some(4))]);
    corridor().args(["check", "no/such/corridor.toml"]).assert().code(2);
    fixture.write("corridor.toml", b"\xff\xfe");
    corridor().arg("check").arg(fixture.path()).assert().code(2);
}

#[test]
fn run_looks_at_its_output_before_it_computes() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    std::fs::OpenOptions::new().write(true).create_new(true).open(&file).unwrap();
    let before = snapshot(dir.path());
    for out in [&file, &dir.path().to_owned()] {
        let output = corridor().args(["run", "--quiet", "--out"]).arg(out).assert().code(6).get_output().clone();
        assert!(String::from_utf8(output.stderr).unwrap().contains(": B0"), "the message has its code");
    }
    corridor().args(["run", "--scenario", "none.toml", "--out"]).arg(dir.path().join("new")).assert().code(2);
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn run_refuses_bad_tables_and_writes_nothing() {
    let fixture = Fixture::new();
    config_of(&fixture);
    fixture.remove("crossings.csv");
    let before = snapshot(fixture.path());
    let output = corridor().arg("run").arg(fixture.path()).arg("--out").arg(fixture.file("out")).assert().code(3);
    assert!(String::from_utf8(output.get_output().stderr.clone()).unwrap().contains("I101 crossings.csv"));
    assert_eq!(snapshot(fixture.path()), before);
}

#[test]
#[cfg(target_os = "linux")]
fn a_closed_pipe_is_no_fault_and_a_full_device_is() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_corridor"))
        .arg("check")
        .stdout(full)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(6));
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_corridor"))
        .args(["check", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// The example of `docs/config.md` runs; a forbidden crossing that has an office is named, with what to do.
#[test]
fn the_example_of_the_manual_runs() {
    let manual = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md")).unwrap();
    let example = manual.split("\n## Example\n").nth(1).unwrap();
    let toml: String = example
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .fold(String::new(), |toml, line| toml + line + "\n");
    let forbidden = "forbidden_crossing_ids = [\"";
    assert!(toml.contains(forbidden), "{toml}");
    let dir = TempDir::new().unwrap();
    corridor().current_dir(dir.path()).args(["init", "region"]).assert().code(0);
    let run = |toml: &str| {
        std::fs::write(dir.path().join("region/corridor.toml"), toml).unwrap();
        let args = ["run", "region", "--quiet", "--no-figures", "--force", "--json", "--out", "bundle"];
        let output = corridor().current_dir(dir.path()).args(args).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code().unwrap(), json)
    };
    let (code, json) = run(&toml);
    assert_eq!(code, 0, "{json}");
    let (code, json) = run(&toml.replace(forbidden, &format!("{forbidden}AFG-IRN-islam-qala\", \"")));
    assert_eq!((code, &json["problems"][0]["code"]), (2, &Value::from("S005")), "{json}");
    let message = json["message"].as_str().unwrap();
    for part in ["candidates.forbidden_crossing_ids", "AFG-IRN-islam-qala", "take them off the list"] {
        assert!(message.contains(part), "{message}");
    }
}
