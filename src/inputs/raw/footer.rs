//! The footer of a Parquet file, read and written again without its logical types.
//!
//! The data-frame library is compiled without dates, times and decimals. Their columns are stored as plain numbers, which
//! it reads when the footer does not say what they mean; here it is noted instead. The footer is Thrift, compact protocol;
//! the structures are those of `parquet.thrift` (Apache Parquet format 2.x).

/// What the stored values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Themselves.
    Plain,
    /// Days from 1970-01-01.
    Date,
    /// So many to the second, from 1970-01-01.
    Timestamp(i64),
    /// The same, turned into the time of Greenwich: a day may be another one where it was written.
    Instant(i64),
    /// So many to the second, from midnight.
    Time(i64),
    /// Whole numbers of 10^-scale.
    Decimal(u32),
    /// Without a sign.
    Unsigned,
    /// Lists, structures, or the old time stamps of 12 bytes: not read.
    NotRead,
}

/// A footer without logical types.
pub(super) struct Footer {
    /// Thrift bytes.
    pub(super) bytes: Vec<u8>,
    /// Name and meaning of each column, in order.
    pub(super) columns: Vec<(String, Meaning)>,
    /// The value of the entry `geo`.
    pub(super) geo: Option<String>,
}

/// Deepest nesting of Thrift structures.
const MAX_DEPTH: usize = 64;

const BOOL_TRUE: u8 = 1;
const BOOL_FALSE: u8 = 2;
const I8: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Physical types of `parquet.thrift`.
const INT96: i64 = 3;

/// Reads and rewrites a footer; `None` when it is not one.
pub(super) fn rewrite(bytes: &[u8]) -> Option<Footer> {
    let mut reader = Reader { bytes, at: 0 };
    let mut footer = Footer { bytes: Vec::with_capacity(bytes.len()), columns: Vec::new(), geo: None };
    let (mut last_in, mut last_out) = (0, 0);
    while let Some((id, kind)) = reader.field(&mut last_in)? {
        put_field(&mut footer.bytes, &mut last_out, id, kind);
        match (id, kind) {
            (2, LIST) => schema(&mut reader, &mut footer)?,
            (5, LIST) => entries(&mut reader, &mut footer)?,
            _ => footer.bytes.extend_from_slice(reader.skip(kind, 0)?),
        }
    }
    footer.bytes.push(0);
    Some(footer)
}

/// One element of the schema, as far as it is looked at.
#[derive(Default)]
struct Element {
    physical: i64,
    name: String,
    child_count: i64,
    is_repeated: bool,
    converted: Option<i64>,
    scale: i64,
    logical: Option<Logical>,
}

/// A logical type: its number in the union, the scale of a decimal, values to the second, whether it has a sign, whether
/// its times are those of Greenwich.
#[derive(Clone, Copy)]
struct Logical {
    id: i16,
    scale: i64,
    per_second: i64,
    is_signed: bool,
    is_utc: bool,
}

fn schema(reader: &mut Reader<'_>, footer: &mut Footer) -> Option<()> {
    let (count, kind) = reader.list()?;
    if kind != STRUCT {
        return None;
    }
    put_list(&mut footer.bytes, count, STRUCT);
    // Elements left to come below the root's children: nested ones belong to the column at hand.
    let mut nested = 0_i64;
    for ix in 0..count {
        let element = element(reader, &mut footer.bytes)?;
        if ix == 0 {
            continue;
        }
        if nested > 0 {
            nested += element.child_count - 1;
            continue;
        }
        nested = element.child_count;
        footer.columns.push((element.name.clone(), meaning(&element)));
    }
    (nested == 0).then_some(())
}

fn meaning(element: &Element) -> Meaning {
    if element.child_count > 0 || element.is_repeated || element.physical == INT96 {
        return Meaning::NotRead;
    }
    let scale =
        |scale: i64| u32::try_from(scale).ok().filter(|scale| *scale <= 38).map_or(Meaning::NotRead, Meaning::Decimal);
    if let Some(logical) = element.logical {
        return match logical.id {
            5 => scale(logical.scale),
            6 => Meaning::Date,
            7 => Meaning::Time(logical.per_second),
            8 if logical.is_utc => Meaning::Instant(logical.per_second),
            8 => Meaning::Timestamp(logical.per_second),
            10 if !logical.is_signed => Meaning::Unsigned,
            _ => Meaning::Plain,
        };
    }
    match element.converted {
        Some(5) => scale(element.scale),
        Some(6) => Meaning::Date,
        Some(7) => Meaning::Time(1_000),
        Some(8) => Meaning::Time(1_000_000),
        Some(9) => Meaning::Timestamp(1_000),
        Some(10) => Meaning::Timestamp(1_000_000),
        Some(11..=14) => Meaning::Unsigned,
        _ => Meaning::Plain,
    }
}

/// Reads an element and writes it without its logical type, unless it is part of a nested column.
fn element(reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Option<Element> {
    let mut element = Element::default();
    let (mut last_in, mut last_out) = (0, 0);
    while let Some((id, kind)) = reader.field(&mut last_in)? {
        let begin = reader.at;
        match (id, kind) {
            (1, 5) => element.physical = reader.zigzag()?,
            (3, 5) => element.is_repeated = reader.zigzag()? == 2,
            (4, BINARY) => element.name = String::from_utf8(reader.binary()?.to_vec()).ok()?,
            (5, 5) => element.child_count = reader.zigzag().filter(|count| (0..=1 << 20).contains(count))?,
            (6, 5) => element.converted = Some(reader.zigzag()?),
            (7, 5) => element.scale = reader.zigzag()?,
            (10, STRUCT) => element.logical = logical(reader)?,
            _ => drop(reader.skip(kind, 0)?),
        }
        if !matches!(id, 6 | 7 | 8 | 10) {
            put_field(out, &mut last_out, id, kind);
            out.extend_from_slice(reader.bytes.get(begin..reader.at)?);
        }
    }
    out.push(0);
    Some(element)
}

/// The union of logical types: outer `None` = broken.
fn logical(reader: &mut Reader<'_>) -> Option<Option<Logical>> {
    let (mut last, mut found) = (0, None);
    while let Some((id, kind)) = reader.field(&mut last)? {
        if kind != STRUCT {
            reader.skip(kind, 0)?;
            continue;
        }
        let mut logical = Logical { id, scale: 0, per_second: 1_000_000, is_signed: true, is_utc: false };
        let mut inner = 0;
        while let Some((field, kind)) = reader.field(&mut inner)? {
            match (id, field, kind) {
                (5, 1, 5) => logical.scale = reader.zigzag()?,
                (10, 2, BOOL_FALSE) => logical.is_signed = false,
                (8, 1, BOOL_TRUE) => logical.is_utc = true,
                (7 | 8, 2, STRUCT) => {
                    let mut unit = 0;
                    while let Some((number, kind)) = reader.field(&mut unit)? {
                        logical.per_second =
                            [1_000, 1_000_000, 1_000_000_000][usize::try_from(number).ok()?.clamp(1, 3) - 1];
                        reader.skip(kind, 0)?;
                    }
                }
                _ => drop(reader.skip(kind, 0)?),
            }
        }
        found = Some(logical);
    }
    Some(found)
}

/// Entries without the schema of Arrow, which says the logical types again.
fn entries(reader: &mut Reader<'_>, footer: &mut Footer) -> Option<()> {
    let (count, kind) = reader.list()?;
    if kind != STRUCT {
        return None;
    }
    let mut kept = Vec::new();
    for _ in 0..count {
        let begin = reader.at;
        let (mut last, mut key, mut value) = (0, &b""[..], None);
        while let Some((id, kind)) = reader.field(&mut last)? {
            match (id, kind) {
                (1, BINARY) => key = reader.binary()?,
                (2, BINARY) => value = Some(reader.binary()?),
                _ => drop(reader.skip(kind, 0)?),
            }
        }
        if key == b"geo" {
            footer.geo = value.and_then(|text| String::from_utf8(text.to_vec()).ok());
        }
        if key != b"ARROW:schema" {
            kept.push(reader.bytes.get(begin..reader.at)?);
        }
    }
    put_list(&mut footer.bytes, kept.len(), STRUCT);
    kept.iter().for_each(|entry| footer.bytes.extend_from_slice(entry));
    Some(())
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_field(out: &mut Vec<u8>, last: &mut i16, id: i16, kind: u8) {
    let step = i32::from(id) - i32::from(*last);
    match u8::try_from(step) {
        Ok(step @ 1..=15) => out.push(step << 4 | kind),
        _ => {
            out.push(kind);
            put_varint(out, (i64::from(id) << 1 ^ i64::from(id) >> 63) as u64);
        }
    }
    *last = id;
}

fn put_list(out: &mut Vec<u8>, count: usize, kind: u8) {
    if count < 15 {
        out.push((count as u8) << 4 | kind);
    } else {
        out.push(0xf0 | kind);
        put_varint(out, count as u64);
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Number and kind of the next field; inner `None` at the structure's end.
    fn field(&mut self, last: &mut i16) -> Option<Option<(i16, u8)>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        let id = match head >> 4 {
            0 => i16::try_from(self.zigzag()?).ok()?,
            step => last.checked_add(i16::from(step))?,
        };
        *last = id;
        Some(Some((id, head & 0x0f)))
    }

    fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            count => usize::from(count),
        };
        // Every item takes a byte at least.
        (count <= self.bytes.len() - self.at).then_some((count, head & 0x0f))
    }

    fn binary(&mut self) -> Option<&'b [u8]> {
        let len = usize::try_from(self.varint()?).ok()?;
        let bytes = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(bytes)
    }

    /// Passes over a value and gives its bytes.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<&'b [u8]> {
        if depth > MAX_DEPTH {
            return None;
        }
        let begin = self.at;
        match kind {
            BOOL_TRUE | BOOL_FALSE => {}
            I8 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            DOUBLE => {
                self.at = self.at.checked_add(8)?;
            }
            BINARY => drop(self.binary()?),
            LIST | SET => {
                let (count, kind) = self.list()?;
                for _ in 0..count {
                    self.skip_item(kind, depth)?;
                }
            }
            MAP => {
                let count = usize::try_from(self.varint()?).ok()?;
                if count > 0 {
                    let kinds = self.byte()?;
                    for _ in 0..count {
                        self.skip_item(kinds >> 4, depth)?;
                        self.skip_item(kinds & 0x0f, depth)?;
                    }
                }
            }
            STRUCT => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        self.bytes.get(begin..self.at)
    }

    /// An item of a list: truth takes a byte there.
    fn skip_item(&mut self, kind: u8, depth: usize) -> Option<()> {
        if matches!(kind, BOOL_TRUE | BOOL_FALSE) {
            self.byte().map(drop)
        } else {
            self.skip(kind, depth + 1).map(drop)
        }
    }
}
