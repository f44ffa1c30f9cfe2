//! The saved form of a hierarchy: a header, five arrays of little-endian 32-bit numbers and a checksum.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `CORRHIER` |
//! | 4 | version of the form, 1 |
//! | 4 | 0 |
//! | 3 x 8 | number of nodes `n`, arcs `m`, up-arcs `u` |
//! | 32 | SHA-256 of the graph: its two arrays below |
//! | 4 (n + 1), 4 m | first arc of each node, head of each arc |
//! | 4 n | node of each rank |
//! | 4 (n + 1), 4 u | first up-arc of each rank, head rank of each up-arc |
//! | 32 | SHA-256 of all before |
//!
//! Everything else follows from these. A reader believes nothing: lengths are compared before anything is allocated, and
//! the arrays are checked for every property that later code relies on.

use super::Hierarchy;
use super::skeleton::{NONE, Skeleton};
use crate::network::{NetworkError, Topology};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"CORRHIER";
/// Version of the form written here, and the only one read.
const VERSION: u32 = 1;
const HEADER_LENGTH: usize = 8 + 4 + 4 + 3 * 8 + 32;
const CHECKSUM_LENGTH: usize = 32;

impl Hierarchy {
    /// The saved form: graph and hierarchy, so that nothing else is needed to ask questions; about 4 bytes for each
    /// node (three times), arc and up-arc.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Skeleton { node_of, up_first, up_head, .. } = &self.skeleton;
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for count in [node_of.len(), self.topology.arc_count(), up_head.len()] {
            bytes.extend_from_slice(&(count as u64).to_le_bytes());
        }
        bytes.extend_from_slice(&fingerprint(&self.topology));
        for array in [self.topology.first_arcs(), self.topology.heads(), node_of, up_first, up_head] {
            bytes.extend(array.iter().flat_map(|number| number.to_le_bytes()));
        }
        let checksum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// When the bytes are no saved hierarchy, of another version, cut short or changed. Never panics and never allocates
    /// more than a small multiple of `bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetworkError> {
        let corrupt = |what: &'static str| NetworkError::ArtefactCorrupt { what };
        let numbers_of = Sections::read(bytes)?;
        let [first_arc, head, node_of, up_first, up_head] = numbers_of.arrays;
        let topology = Topology::from_rows(first_arc, head).ok_or(corrupt("arcs"))?;
        if fingerprint(&topology) != numbers_of.fingerprint {
            return Err(corrupt("fingerprint"));
        }
        let rank_of = ranks(&node_of).ok_or(corrupt("order of the nodes"))?;
        if !is_chordal(&up_first, &up_head) {
            return Err(corrupt("shortcuts"));
        }
        let skeleton = Skeleton::new(node_of, rank_of, up_first, up_head);
        if !stands_by_subtrees(&skeleton) {
            return Err(corrupt("order of the ranks"));
        }
        Self::assemble(topology, skeleton).ok_or(corrupt("shortcuts"))
    }

    /// As [`Self::from_bytes`], for a graph known beforehand.
    ///
    /// # Errors
    /// Also when the saved hierarchy was built for another graph.
    pub fn from_bytes_for(bytes: &[u8], topology: &Topology) -> Result<Self, NetworkError> {
        let hierarchy = Self::from_bytes(bytes)?;
        if hierarchy.topology == *topology { Ok(hierarchy) } else { Err(NetworkError::ArtefactStale) }
    }
}

/// SHA-256 of a graph's two arrays.
fn fingerprint(topology: &Topology) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for array in [topology.first_arcs(), topology.heads()] {
        hasher.update((array.len() as u64).to_le_bytes());
        for numbers in array.chunks(1024) {
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            hasher.update(&bytes);
        }
    }
    hasher.finalize().into()
}

/// The parts of the saved form as they stand there.
struct Sections {
    fingerprint: [u8; 32],
    arrays: [Vec<u32>; 5],
}

impl Sections {
    fn read(bytes: &[u8]) -> Result<Self, NetworkError> {
        if bytes.iter().zip(MAGIC).any(|(found, known)| found != known) {
            return Err(NetworkError::NotAnArtefact);
        }
        let truncated = |expected: u64| NetworkError::ArtefactTruncated { length: bytes.len() as u64, expected };
        let (header, body) = bytes.split_at_checked(HEADER_LENGTH).ok_or(truncated(HEADER_LENGTH as u64))?;
        let version = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
        if version != VERSION {
            return Err(NetworkError::ArtefactVersion { found: version, known: VERSION });
        }
        let number =
            |ix: usize| header[16 + 8 * ix..24 + 8 * ix].iter().rev().fold(0, |sum, &b| sum << 8 | u64::from(b));
        let (nodes, arcs, up_arcs) = (number(0), number(1), number(2));
        if nodes.max(arcs).max(up_arcs) >= 1 << 31 {
            return Err(NetworkError::ArtefactCorrupt { what: "counts" });
        }
        let lengths = [nodes + 1, arcs, nodes, nodes + 1, up_arcs];
        let expected = (HEADER_LENGTH + CHECKSUM_LENGTH) as u64 + 4 * lengths.iter().sum::<u64>();
        if expected != bytes.len() as u64 {
            return Err(truncated(expected));
        }
        let (content, checksum) = bytes.split_at(bytes.len() - CHECKSUM_LENGTH);
        if Sha256::digest(content)[..] != *checksum || header[12..16] != [0; 4] {
            return Err(NetworkError::ArtefactCorrupt { what: "checksum" });
        }
        let mut rest = &body[..body.len() - CHECKSUM_LENGTH];
        let arrays = lengths.map(|length| {
            let (own, further) = rest.split_at(4 * length as usize);
            rest = further;
            own.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect()
        });
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(&header[HEADER_LENGTH - 32..]);
        Ok(Self { fingerprint, arrays })
    }
}

/// The rank of each node when `node_of` names every node once.
fn ranks(node_of: &[u32]) -> Option<Vec<u32>> {
    let mut rank_of = vec![NONE; node_of.len()];
    for (rank, &node) in node_of.iter().enumerate() {
        let place = rank_of.get_mut(node as usize).filter(|place| **place == NONE)?;
        *place = rank as u32;
    }
    Some(rank_of)
}

/// Whether the up-arcs of each rank rise, lead upward, and (without the first) are up-arcs of the rank the first leads
/// to.
fn is_chordal(up_first: &[u32], up_head: &[u32]) -> bool {
    let count = up_first.len() - 1;
    let in_order = up_first[0] == 0 && up_first.is_sorted() && up_first[count] as usize == up_head.len();
    in_order
        && (0..count).all(|rank| {
            let row = &up_head[up_first[rank] as usize..up_first[rank + 1] as usize];
            let Some((&parent, rest)) = row.split_first() else { return true };
            let rises =
                parent as usize > rank && row.is_sorted_by(|a, b| a < b) && (row[row.len() - 1] as usize) < count;
            rises && {
                let mut above =
                    up_head[up_first[parent as usize] as usize..up_first[parent as usize + 1] as usize].iter();
                rest.iter().all(|head| above.any(|known| known == head))
            }
        })
}

/// Whether every subtree of the elimination tree is a run of ranks.
fn stands_by_subtrees(skeleton: &Skeleton) -> bool {
    let mut open: Vec<u32> = Vec::new();
    for rank in 0..skeleton.count() as u32 {
        while open.last().is_some_and(|&top| skeleton.parent(top) == Some(rank)) {
            open.pop();
        }
        open.push(rank);
    }
    open.iter().all(|&rank| skeleton.parent(rank).is_none())
}
