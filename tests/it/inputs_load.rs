//! The tables inside the program.

use corridor::inputs::{DataSource, embedded, load};
use corridor::records::Mode;
use std::collections::BTreeSet;

#[test]
fn the_embedded_tables_load_without_a_row_set_aside() {
    let inputs = load(&DataSource::Embedded).unwrap_or_else(|refused| panic!("{:#?}", &refused.problems[..]));
    assert!(inputs.quarantine.is_empty(), "{:#?}", inputs.quarantine);
    assert!(inputs.nodes.len() > 10_000 && inputs.links.len() > inputs.nodes.len());
    assert!(inputs.crossings.iter().any(|crossing| crossing.id == "AFG-IRN-islam-qala"));
    for account in &inputs.accounts {
        let sum = account.rows_used + account.rows_quarantined + account.rows_excluded;
        assert_eq!(account.rows_in, sum, "{}", account.name);
        assert_eq!(account.sha256.len(), 64);
    }
    let names: Vec<&str> = inputs.accounts.iter().map(|account| account.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"seizures_unplaced.csv"), "{names:?}");
}

#[test]
fn every_crossing_link_joins_its_posts() {
    let inputs = load(&DataSource::Embedded).unwrap();
    for crossing in &inputs.crossings {
        let (Some(posts), Some(link_ix)) = (crossing.post_ixs, crossing.link_ix) else { continue };
        let link = &inputs.links[link_ix as usize];
        assert_eq!(
            BTreeSet::from(posts),
            BTreeSet::from([link.from_ix, link.to_ix]),
            "{} is not on its link",
            crossing.id
        );
        assert!(matches!(link.mode, Mode::Crossing | Mode::Green | Mode::Ferry | Mode::Rail), "{}", crossing.id);
    }
}

#[test]
fn two_loads_are_equal() {
    let [a, b] = [load(&DataSource::Embedded).unwrap(), load(&DataSource::Embedded).unwrap()];
    assert_eq!(a.accounts, b.accounts);
    assert_eq!(
        format!("{:?}", (&a.crossings, &a.seizures, &a.links[..1000])),
        format!("{:?}", (&b.crossings, &b.seizures, &b.links[..1000]))
    );
}

#[test]
fn embedded_files_come_plain_and_in_name_order() {
    let files = embedded::files().unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"network/links.csv") && names.contains(&"LICENCES.txt"), "{names:?}");
    assert!(names.iter().all(|name| !name.ends_with(".gz") && !name.contains("build") && !name.contains("..")));
    let links = &files.iter().find(|(name, _)| name == "network/links.csv").unwrap().1;
    assert!(links.starts_with(b"link_id,"));
}
