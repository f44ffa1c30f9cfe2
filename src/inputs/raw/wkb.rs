//! Well-known binary geometries. Counts are held against the bytes that are there before anything is made of them.

use super::geometry::{Position, Shape};

/// Deepest nesting of collections.
const MAX_DEPTH: usize = 32;

/// The geometry of `bytes` (ISO or EWKB); `Err` says what is wrong.
pub(super) fn shape(bytes: &[u8]) -> Result<Shape, &'static str> {
    let mut reader = Reader { bytes };
    let shape = reader.shape(0)?;
    if reader.bytes.is_empty() { Ok(shape) } else { Err("bytes after the geometry") }
}

/// The geometry of a `GeoPackage` cell: a header of its own before the well-known binary. `None` = marked as empty.
pub(super) fn geopackage_shape(bytes: &[u8]) -> Result<Option<(i32, Shape)>, &'static str> {
    let header: [u8; 8] =
        bytes.get(..8).and_then(|head| head.try_into().ok()).ok_or("a geometry of fewer than 8 bytes")?;
    if &header[..2] != b"GP" {
        return Err("a geometry without the letters GP");
    }
    let flags = header[3];
    let id = [header[4], header[5], header[6], header[7]];
    let srs = if flags & 1 == 1 { i32::from_le_bytes(id) } else { i32::from_be_bytes(id) };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("an envelope of a kind that does not exist"),
    };
    if flags & 0b10_0000 != 0 {
        return Err("an extended geometry");
    }
    if flags & 0b1_0000 != 0 {
        return Ok(None);
    }
    Ok(Some((srs, shape(bytes.get(8 + envelope..).ok_or("a geometry that is cut off")?)?)))
}

struct Reader<'b> {
    bytes: &'b [u8],
}

/// Byte order and numbers a position.
#[derive(Clone, Copy)]
struct Layout {
    is_little: bool,
    count: u8,
}

const CUT: &str = "a geometry that is cut off";

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(CUT)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn whole(&mut self, is_little: bool) -> Result<u32, &'static str> {
        let bytes = self.take::<4>()?;
        Ok(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A count of things of at least `least` bytes each.
    fn count(&mut self, layout: Layout, least: usize) -> Result<usize, &'static str> {
        let count = self.whole(layout.is_little)? as usize;
        if count.saturating_mul(least) > self.bytes.len() { Err(CUT) } else { Ok(count) }
    }

    fn position(&mut self, layout: Layout) -> Result<Position, &'static str> {
        let mut numbers = [0.0; 4];
        for slot in numbers.iter_mut().take(usize::from(layout.count)) {
            let bytes = self.take::<8>()?;
            *slot = if layout.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
        }
        if !numbers[0].is_finite() || !numbers[1].is_finite() {
            return Err("a position that is not two finite numbers");
        }
        Ok(Position { x: numbers[0], y: numbers[1], count: layout.count })
    }

    fn positions(&mut self, layout: Layout) -> Result<Vec<Position>, &'static str> {
        let count = self.count(layout, 8 * usize::from(layout.count))?;
        (0..count).map(|_| self.position(layout)).collect()
    }

    fn rings(&mut self, layout: Layout) -> Result<Vec<Vec<Position>>, &'static str> {
        let count = self.count(layout, 4)?;
        (0..count).map(|_| self.positions(layout)).collect()
    }

    fn shape(&mut self, depth: usize) -> Result<Shape, &'static str> {
        if depth > MAX_DEPTH {
            return Err("collections nested more than 32 deep");
        }
        let is_little = match self.take::<1>()? {
            [1] => true,
            [0] => false,
            _ => return Err("a byte order that is neither 0 nor 1"),
        };
        let code = self.whole(is_little)?;
        if code & 0x2000_0000 != 0 {
            self.take::<4>()?;
        }
        let iso = code & 0x0fff_ffff;
        let has_z = code & 0x8000_0000 != 0 || matches!(iso / 1000, 1 | 3);
        let has_m = code & 0x4000_0000 != 0 || matches!(iso / 1000, 2 | 3);
        if iso / 1000 > 3 {
            return Err("a geometry of a kind that is not read");
        }
        let layout = Layout { is_little, count: 2 + u8::from(has_z) + u8::from(has_m) };
        let members = |reader: &mut Self| -> Result<Vec<Shape>, &'static str> {
            let count = reader.count(layout, 5)?;
            (0..count).map(|_| reader.shape(depth + 1)).collect()
        };
        const MIXED: &str = "a part of another kind than its whole";
        Ok(match iso % 1000 {
            1 => Shape::Point(self.position(layout)?),
            2 => Shape::Line(self.positions(layout)?),
            3 => Shape::Polygon(self.rings(layout)?),
            4 => Shape::MultiPoint(
                members(self)?
                    .into_iter()
                    .map(|part| if let Shape::Point(at) = part { Ok(at) } else { Err(MIXED) })
                    .collect::<Result<_, _>>()?,
            ),
            5 => Shape::MultiLine(
                members(self)?
                    .into_iter()
                    .map(|part| if let Shape::Line(line) = part { Ok(line) } else { Err(MIXED) })
                    .collect::<Result<_, _>>()?,
            ),
            6 => Shape::MultiPolygon(
                members(self)?
                    .into_iter()
                    .map(|part| if let Shape::Polygon(rings) = part { Ok(rings) } else { Err(MIXED) })
                    .collect::<Result<_, _>>()?,
            ),
            7 => Shape::Collection(members(self)?),
            _ => return Err("a geometry of a kind that is not read"),
        })
    }
}
