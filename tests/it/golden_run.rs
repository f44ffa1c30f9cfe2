//! The whole main job on the embedded data: against committed results, and the same bytes at any number of threads.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Tables whose every byte is held.
const HELD: [&str; 6] = ["plan", "returns_curve", "shares", "sensitivity", "scenario_summary", "displacement"];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Runs the program in `dir` without figures; gives the bundle's folder.
fn run_in(dir: &Path, threads: &str) -> PathBuf {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command.current_dir(dir).args(["run", "--quiet", "--no-figures", "--threads", threads, "--out", "bundle"]);
    command.assert().code(0);
    dir.join("bundle")
}

/// The committed results stand. What differs is written under target/; `sh tests/golden/accept.sh` accepts it, as a
/// separate step that shows in the history.
#[test]
fn the_main_job_gives_the_committed_results() {
    let dir = TempDir::new().unwrap();
    let bundle = run_in(dir.path(), "2");
    let mut differing = Vec::new();
    for name in HELD {
        let found = std::fs::read_to_string(bundle.join(format!("tables/{name}.csv"))).unwrap();
        let expected = std::fs::read_to_string(golden().join(format!("{name}.csv"))).unwrap_or_default();
        if found != expected {
            let side = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/golden");
            std::fs::create_dir_all(&side).unwrap();
            std::fs::write(side.join(format!("{name}.csv")), &found).unwrap();
            differing.push(name);
        }
    }
    assert!(differing.is_empty(), "{differing:?} differ from tests/golden; what was found is in target/golden");
}

#[test]
fn the_same_bytes_at_any_number_of_threads_and_in_any_folder() {
    let manifest = |threads: &str| {
        let dir = TempDir::new().unwrap();
        std::fs::read(run_in(dir.path(), threads).join("manifest.json")).unwrap()
    };
    // the manifest holds the hash of every file
    let one = manifest("1");
    for threads in ["2", "3", "8"] {
        assert!(manifest(threads) == one, "{threads} threads give another bundle than one");
    }
}
