//! The tables that come inside the program.

use super::source::{MAX_PLAIN_BYTES, inflate};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use rayon::prelude::*;

/// The packed tables; `build.rs` writes them and states the layout.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/data.bin"));

const MAGIC: &[u8] = b"CORRIDOR1";
/// Folders of tables that no data directory replaces.
const OWN: [&str; 2] = ["gazetteer/", "vocabulary/"];

const GZIPPED: u32 = 1;

/// One packed file.
#[derive(Clone, Copy)]
pub(super) struct Packed {
    pub(super) name: &'static str,
    how: u32,
    plain_len: u32,
    stored: &'static [u8],
}

impl Packed {
    /// The plain bytes.
    pub(super) fn unpack(&self) -> Result<Vec<u8>, String> {
        let room = self.plain_len as usize;
        let bytes = match self.how {
            GZIPPED => inflate(MultiGzDecoder::new(self.stored), room, MAX_PLAIN_BYTES)?,
            _ => inflate(DeflateDecoder::new(self.stored), room, MAX_PLAIN_BYTES)?,
        };
        if bytes.len() == room { Ok(bytes) } else { Err("its length is not the one packed with it".to_owned()) }
    }
}

/// The packed files in name order; empty when the program was built without data.
pub(super) fn packed() -> Vec<Packed> {
    let mut rest = BLOB.strip_prefix(MAGIC).unwrap_or_default();
    let count = take_number(&mut rest).unwrap_or(0);
    (0..count).map_while(|_| take_entry(&mut rest)).collect()
}

/// Every embedded file as (name with forward slashes, plain bytes), in name order. Compressed tables carry the name
/// of the plain table (`network/nodes.csv`). The gazetteer and the vocabularies are the program's own and are left out.
///
/// # Errors
/// A packed file that does not unpack: the program file is damaged.
pub fn files() -> Result<Vec<(String, Vec<u8>)>, String> {
    packed()
        .par_iter()
        .filter(|file| !OWN.iter().any(|folder| file.name.starts_with(folder)))
        .map(|file| {
            let bytes = file.unpack().map_err(|why| format!("embedded file {}: {why}", file.name))?;
            Ok((file.name.to_owned(), bytes))
        })
        .collect()
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(len)?;
    *rest = tail;
    Some(head)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
}

fn take_entry(rest: &mut &'static [u8]) -> Option<Packed> {
    let name_len = take_number(rest)? as usize;
    let name = std::str::from_utf8(take(rest, name_len)?).ok()?;
    let how = take_number(rest)?;
    let stored_len = take_number(rest)? as usize;
    let plain_len = take_number(rest)?;
    Some(Packed { name, how, plain_len, stored: take(rest, stored_len)? })
}
