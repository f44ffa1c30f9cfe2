//! Bundles are whole or absent, and nothing that is not ours is overwritten.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // plants files for corridor to stumble over

use crate::bundle_sample::{contents, files, folder};
use corridor::bundle::{BundleError, Overwrite, check_destination, write, write_files};
use sha2::{Digest, Sha256};
use std::fs;

#[test]
fn a_bundle_holds_all_its_files_and_the_manifest_names_them() {
    let root = folder();
    let out = root.path().join("deep/er/out");
    let manifest = write(&contents(), &out, Overwrite::Refuse).unwrap();
    let mut found = files(root.path());
    let json: serde_json::Value = serde_json::from_slice(&found.remove("deep/er/out/manifest.json").unwrap()).unwrap();
    assert_eq!(json["schema"], "corridor-bundle");
    assert_eq!(json["inputs"][0]["name"], "seizures.csv");
    let wanted = "LICENCES.txt effective.toml figures/coverage_curve.csv figures/coverage_curve.png \
        figures/coverage_curve.svg figures/coverage_curve.txt figures/flow_by_crossing.csv \
        figures/flow_by_crossing.png figures/flow_by_crossing.svg figures/flow_by_crossing.txt map.geojson \
        quarantine.csv report.html report.md tables.xlsx tables/crossings.csv tables/crossings.parquet \
        tables/links.csv tables/links.parquet tables/naughty.csv tables/naughty.parquet";
    let names: Vec<String> = found.keys().map(|name| name.trim_start_matches("deep/er/out/").to_owned()).collect();
    assert_eq!(names, wanted.split_whitespace().collect::<Vec<_>>());
    assert_eq!(json["files"].as_array().unwrap().len(), found.len());
    for (record, (name, bytes)) in manifest.files.iter().zip(&found) {
        assert!(name.ends_with(&record.path));
        assert_eq!(record.bytes, bytes.len() as u64);
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(record.sha256, hash, "{name}");
    }
}

#[test]
fn two_bundles_of_the_same_contents_are_the_same_bytes() {
    let (one, two) = (folder(), folder());
    write(&contents(), &one.path().join("out"), Overwrite::Refuse).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| write(&contents(), &two.path().join("other/name"), Overwrite::Refuse)).unwrap();
    assert_eq!(files(&one.path().join("out")), files(&two.path().join("other/name")));
    for (name, bytes) in files(one.path()) {
        let text = String::from_utf8_lossy(&bytes);
        let root = one.path().to_str().unwrap();
        assert!(!text.contains(root) && !text.contains("somebody"), "{name} tells where it was made");
    }
}

#[test]
fn an_earlier_bundle_is_replaced_whole() {
    let root = folder();
    let out = root.path().join("out");
    let mut earlier = contents();
    earlier.extra_text_files.push(("earlier.txt".to_owned(), "x".to_owned()));
    write(&earlier, &out, Overwrite::ReplaceCorridorBundle).unwrap();
    assert!(matches!(write(&contents(), &out, Overwrite::Refuse), Err(BundleError::Exists { .. })));
    assert!(out.join("earlier.txt").exists());
    fs::write(out.join(".DS_Store"), "x").unwrap();
    write(&contents(), &out, Overwrite::ReplaceCorridorBundle).unwrap();
    assert!(!out.join("earlier.txt").exists());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "stray files beside the bundle");
}

#[test]
fn what_is_not_ours_is_refused_unless_forced() {
    let root = folder();
    let out = root.path().join("out");
    fs::create_dir(&out).unwrap();
    check_destination(&out, Overwrite::Refuse).expect("an empty folder will do");
    fs::write(out.join("thesis.doc"), "years of work").unwrap();
    for overwrite in [Overwrite::Refuse, Overwrite::ReplaceCorridorBundle] {
        assert!(check_destination(&out, overwrite).is_err());
        assert!(write(&contents(), &out, overwrite).is_err());
    }
    // A manifest of something else makes it no bundle.
    fs::write(out.join("manifest.json"), "{\"name\":\"web app\"}").unwrap();
    let error = write(&contents(), &out, Overwrite::ReplaceCorridorBundle).unwrap_err();
    assert_eq!(error.code(), "B003");
    assert_eq!(files(root.path()).len(), 2);
    write(&contents(), &out, Overwrite::Force).unwrap();
    assert!(!out.join("thesis.doc").exists());
    // A file of the user inside a bundle is kept too.
    fs::write(out.join("figures/notes.txt"), "mine").unwrap();
    let error = write(&contents(), &out, Overwrite::ReplaceCorridorBundle).unwrap_err();
    assert_eq!(error.code(), "B005");
    assert!(error.to_string().contains("figures/notes.txt"));
}

#[test]
fn files_links_and_the_ground_we_stand_on_are_refused() {
    let root = folder();
    let file = root.path().join("file");
    fs::write(&file, "x").unwrap();
    for overwrite in [Overwrite::Refuse, Overwrite::Force] {
        assert_eq!(check_destination(&file, overwrite).unwrap_err().code(), "B001");
        assert_eq!(check_destination(&file.join("below"), overwrite).unwrap_err().code(), "B002");
        let here = std::env::current_dir().unwrap();
        assert_eq!(check_destination(&here, overwrite).unwrap_err().code(), "B014");
        assert_eq!(check_destination(here.parent().unwrap(), overwrite).unwrap_err().code(), "B014");
        assert_eq!(check_destination("/".as_ref(), overwrite).unwrap_err().code(), "B014");
    }
    #[cfg(unix)]
    {
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(write(&contents(), &link, Overwrite::Force).unwrap_err().code(), "B001");
        assert!(files(&real).is_empty());
    }
    assert_eq!(fs::read(file).unwrap(), b"x");
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_parent_is_told_before_anything_is_computed() {
    assert_eq!(check_destination("/proc/corridor-out".as_ref(), Overwrite::Force).unwrap_err().code(), "B002");
    assert!(write(&contents(), "/proc/corridor-out".as_ref(), Overwrite::Force).is_err());
}

#[test]
fn a_second_run_on_the_same_folder_is_told() {
    let root = folder();
    let lock = fs::File::create(root.path().join(".out.corridor-lock")).unwrap();
    lock.lock().unwrap();
    let error = write(&contents(), &root.path().join("out"), Overwrite::Force).unwrap_err();
    assert_eq!(error.code(), "B006");
    drop(lock);
    write(&contents(), &root.path().join("out"), Overwrite::Force).expect("a lock nobody holds is no lock");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn racing_runs_leave_one_whole_bundle() {
    let root = folder();
    let out = root.path().join("out");
    let wins = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|run| {
                let out = out.clone();
                scope.spawn(move || {
                    let mut contents = contents();
                    contents.title = format!("run {run}");
                    write(&contents, &out, Overwrite::ReplaceCorridorBundle)
                })
            })
            .collect();
        runs.into_iter().filter_map(|run| run.join().unwrap().ok()).count()
    });
    assert!(wins >= 1);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    let found = files(&out);
    let manifest: serde_json::Value = serde_json::from_slice(&found["manifest.json"]).unwrap();
    for record in manifest["files"].as_array().unwrap() {
        let bytes = &found[record["path"].as_str().unwrap()];
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(record["sha256"], hash.as_str());
    }
}

#[test]
fn contents_that_contradict_themselves_write_nothing() {
    let root = folder();
    let out = root.path().join("out");
    type Break = fn(&mut corridor::bundle::Contents);
    let broken: [(&str, Break); 9] = [
        ("B009", |c| c.figures[0].id = "../evil".to_owned()),
        ("B009", |c| c.tables[0].name = "con".to_owned()),
        ("B009", |c| c.figures.push(c.figures[0].clone())),
        ("B009", |c| c.extra_text_files[0].0 = "/etc/passwd".to_owned()),
        ("B010", |c| c.tables[0].columns[2].values = corridor::tables::Values::Real(vec![Some(f64::NAN); 7])),
        ("B010", |c| c.tables[0].columns[1].values = corridor::tables::Values::Flag(vec![])),
        ("B011", |c| c.features[0].geometry = geo::Point::new(61.0, 512.0).into()),
        ("B012", |c| c.report.sections[0].blocks.push(corridor::bundle::Block::Figure("gone".to_owned()))),
        ("B013", |c| c.run.inputs[0].rows_used = 96),
    ];
    for (code, break_it) in broken {
        let mut contents = contents();
        break_it(&mut contents);
        assert_eq!(write(&contents, &out, Overwrite::Force).unwrap_err().code(), code);
        assert!(files(root.path()).is_empty());
    }
}

#[test]
fn plain_files_are_added_all_or_none() {
    let root = folder();
    let out = root.path().join("project");
    let plain =
        |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect::<Vec<_>>();
    write_files(&plain(&["corridor.toml", "data/roads.csv"]), &out, Overwrite::Refuse).unwrap();
    let error =
        write_files(&plain(&["more.csv", "corridor.toml"]), &out, Overwrite::ReplaceCorridorBundle).unwrap_err();
    assert_eq!(error.code(), "B004");
    assert!(!out.join("more.csv").exists());
    write_files(&plain(&["more.csv"]), &out, Overwrite::Refuse).unwrap();
    write_files(&[("corridor.toml".to_owned(), b"new".to_vec())], &out, Overwrite::Force).unwrap();
    let names: Vec<String> = files(root.path()).into_keys().collect();
    assert_eq!(names, ["project/corridor.toml", "project/data/roads.csv", "project/more.csv"]);
    assert_eq!(fs::read(out.join("corridor.toml")).unwrap(), b"new");
    let evil = [
        "..",
        "../x",
        "/x",
        "a//b",
        "a/../b",
        ".hidden",
        "x.",
        "C:x",
        "a\\b",
        "con",
        "aux.txt",
        "CON.csv",
        "",
        "a b",
        "ü",
        "a\0",
        "..././x",
        "nul",
        "a/con/b",
        "x:y",
        "tables/../../x",
        "\u{ff0e}\u{ff0e}/x",
    ];
    for name in evil {
        let error = write_files(&[(name.to_owned(), vec![])], &out, Overwrite::Force).unwrap_err();
        assert_eq!(error.code(), "B009", "{name:?}");
    }
    assert_eq!(files(root.path()).len(), 3);
}
