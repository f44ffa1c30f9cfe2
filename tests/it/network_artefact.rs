//! Damaged saved hierarchies: refused or served, never a panic, never more memory than the file's length calls for.

use crate::random::Random;
use corridor::geodesy::LonLat;
use corridor::inputs::with_mapped;
use corridor::network::{Hierarchy, NetworkError, Topology};
use sha2::{Digest, Sha256};

/// Start of the arrays; the fingerprint of the graph stands in the 32 bytes before.
const HEADER: usize = 72;

/// A saved hierarchy taken apart.
#[derive(Clone)]
struct Saved {
    counts: [u64; 3],
    arrays: [Vec<u32>; 5],
}

impl Saved {
    fn of(topology: &Topology, positions: Option<&[LonLat]>) -> Self {
        let bytes = Hierarchy::build(topology, positions).unwrap().to_bytes();
        let count = |ix: usize| u64::from_le_bytes(bytes[16 + 8 * ix..24 + 8 * ix].try_into().unwrap());
        let counts = [count(0), count(1), count(2)];
        let mut at = HEADER;
        let arrays = Self::lengths(counts).map(|length| {
            let end = at + 4 * length as usize;
            let numbers = bytes[at..end].chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
            at = end;
            numbers
        });
        let saved = Self { counts, arrays };
        assert_eq!(saved.sealed(), bytes);
        saved
    }

    fn lengths([nodes, arcs, up_arcs]: [u64; 3]) -> [u64; 5] {
        [nodes + 1, arcs, nodes, nodes + 1, up_arcs]
    }

    /// With fingerprint and checksum made right, so that damage meets the checks behind them.
    fn sealed(&self) -> Vec<u8> {
        let mut graph = Sha256::new();
        for array in &self.arrays[..2] {
            graph.update((array.len() as u64).to_le_bytes());
            array.iter().for_each(|number| graph.update(number.to_le_bytes()));
        }
        let mut bytes = [b"CORRHIER".as_slice(), &1_u32.to_le_bytes(), &[0; 4]].concat();
        self.counts.iter().for_each(|count| bytes.extend(count.to_le_bytes()));
        bytes.extend(graph.finalize());
        bytes.extend(self.arrays.iter().flatten().flat_map(|number| number.to_le_bytes()));
        let checksum = Sha256::digest(&bytes);
        bytes.extend(checksum);
        bytes
    }

    /// One change of a kind that gets past the outer checks.
    fn damage(&mut self, random: &mut Random) {
        let array = random.below(5) as usize;
        let length = self.arrays[array].len() as u32;
        if length < 2 {
            return;
        }
        let (at, other) = (random.below(length) as usize, random.below(length) as usize);
        let numbers = &mut self.arrays[array];
        match random.below(8) {
            0 => numbers[at] = random.next() as u32,
            1 => numbers[at] = [0, length, length - 1, u32::MAX, 1 << 31][random.below(5) as usize],
            2 => numbers[at] = numbers[at].wrapping_add(1),
            3 => numbers[at] = numbers[at].wrapping_sub(1),
            4 => numbers[at] = numbers[other],
            5 => numbers.swap(at, other),
            6 => numbers.fill(random.below(length)),
            // a number moves from one array to another, and the counts with it: the length stays right
            _ => {
                let number = numbers.remove(at);
                let to = random.below(5) as usize;
                let place = random.below(self.arrays[to].len() as u32 + 1) as usize;
                self.arrays[to].insert(place, number);
                self.counts = [self.arrays[2].len(), self.arrays[1].len(), self.arrays[4].len()].map(|len| len as u64);
            }
        }
    }
}

/// Whether the bytes are served; what is served must answer every question.
fn is_served(bytes: &[u8], random: &mut Random) -> bool {
    let Ok(hierarchy) = Hierarchy::from_bytes(bytes) else { return false };
    let topology = hierarchy.topology();
    let costs: Vec<u32> = (0..topology.arc_count()).map(|_| random.below(100)).collect();
    let metric = hierarchy.customise(&costs).unwrap();
    if topology.node_count() > 0 {
        let nodes = topology.node_count() as u32;
        let (from, to) = (random.below(nodes), random.below(nodes));
        let cost = metric.cost(from, to);
        assert_eq!(cost, metric.route(from, to).map(|route| route.cost));
        let tree = &metric.trees(&[from])[0];
        assert_eq!(cost.unwrap_or(u64::MAX), tree.cost[to as usize]);
    }
    assert_eq!(hierarchy.to_bytes(), bytes, "what was read is not what is served");
    true
}

/// A ring of some nodes with chords and a part of its own.
fn graph(random: &mut Random, nodes: u32) -> Topology {
    let ring = (0..nodes).map(|node| (node, (node + 1) % nodes));
    let chords: Vec<(u32, u32)> = (0..nodes / 2).map(|_| (random.below(nodes), random.below(nodes))).collect();
    let apart = [(nodes, nodes + 1), (nodes + 1, nodes), (nodes, nodes)];
    let ends: Vec<(u32, u32)> = ring.chain(chords).chain(apart).collect();
    Topology::new(nodes as usize + 3, &ends).0
}

#[test]
fn damage_behind_right_checksums_is_refused_or_served() {
    let mut random = Random(11);
    let (mut served, mut refused) = (0, 0);
    let mut reasons = std::collections::BTreeSet::new();
    for round in 0..30 {
        let whole = Saved::of(&graph(&mut random, 8 + 3 * round), None);
        assert!(is_served(&whole.sealed(), &mut random));
        for _ in 0..400 {
            let mut saved = whole.clone();
            (0..=random.below(3)).for_each(|_| saved.damage(&mut random));
            let bytes = saved.sealed();
            if is_served(&bytes, &mut random) {
                served += 1;
            } else {
                refused += 1;
                reasons.insert(Hierarchy::from_bytes(&bytes).unwrap_err().to_string());
            }
        }
    }
    assert!(served > 50 && refused > 5000, "{served} served, {refused} refused");
    // every check behind the checksum was met
    for what in ["arcs", "order of the nodes", "shortcuts", "order of the ranks"] {
        let is_met = reasons.iter().any(|reason| reason.contains(what));
        assert!(is_met, "{what} is not among {reasons:?}");
    }
}

#[test]
fn counts_are_held_against_the_length_before_anything_is_taken() {
    let mut random = Random(12);
    let mut saved = Saved::of(&graph(&mut random, 20), None);
    let whole = saved.counts;
    // each would ask for gigabytes, or more than a number holds, were it believed
    let large = [1_u64 << 30, (1 << 31) - 1, 1 << 31, 1 << 32, 1 << 61, 1 << 62, u64::MAX / 4, u64::MAX - 1, u64::MAX];
    for place in 0..3 {
        for count in large.into_iter().chain([0, whole[place] - 1, whole[place] + 1]) {
            saved.counts = whole;
            saved.counts[place] = count;
            let error = Hierarchy::from_bytes(&saved.sealed()).unwrap_err();
            let is_known =
                matches!(error, NetworkError::ArtefactTruncated { .. } | NetworkError::ArtefactCorrupt { .. });
            assert!(is_known, "{count} at {place}: {error}");
        }
        saved.counts = [large[place]; 3];
        assert!(Hierarchy::from_bytes(&saved.sealed()).is_err());
    }
}

#[test]
fn mapped_files_of_any_kind_are_refused_with_a_reason() {
    let mut random = Random(13);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.corridor");
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        with_mapped(&path, Hierarchy::from_bytes).unwrap()
    };
    let whole = Saved::of(&graph(&mut random, 30), None).sealed();
    assert!(read(&whole).is_ok());
    assert!(matches!(read(b""), Err(NetworkError::ArtefactTruncated { .. } | NetworkError::NotAnArtefact)));
    for _ in 0..200 {
        let length = random.below(400) as usize;
        let mut noise: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        assert!(read(&noise).is_err());
        // the same behind a right beginning
        let start = random.below(HEADER as u32 + 1) as usize;
        noise.splice(..start.min(length), whole[..start].iter().copied());
        assert!(read(&noise).is_err());
    }
    assert!(with_mapped(folder.path(), Hierarchy::from_bytes).is_err());
    assert!(with_mapped(&folder.path().join("none"), Hierarchy::from_bytes).is_err());
}
