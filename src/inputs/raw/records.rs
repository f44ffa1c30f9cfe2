//! Splitting text into records and cells (RFC 4180): a quote is special only at the begin of a cell.

/// Longest quoted cell; a longer one was never meant to be one.
const MAX_CELL_BYTES: usize = 1 << 20;

/// Positions of delimiters and line ends, eight bytes at a time.
pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    delimiters: u64,
    base: usize,
    hits: u64,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The top bit of each byte of `word` that is zero, exact for every byte.
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    !((word & LOW).wrapping_add(LOW) | word | LOW)
}

impl<'t> Scanner<'t> {
    pub(super) fn new(bytes: &'t [u8], delimiter: u8, from: usize) -> Self {
        let mut scanner = Self { bytes, delimiters: ONES.wrapping_mul(u64::from(delimiter)), base: from, hits: 0 };
        scanner.seek(from);
        scanner
    }

    /// Goes on from `at`.
    #[inline]
    pub(super) fn seek(&mut self, at: usize) {
        self.base = at;
        self.load();
    }

    #[inline]
    fn load(&mut self) {
        let word = match self.bytes.get(self.base..self.base.wrapping_add(8)).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => {
                let mut last = [0_u8; 8];
                let rest = self.bytes.get(self.base..).unwrap_or_default();
                last[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(last)
            }
        };
        self.hits = zero_bytes(word ^ self.delimiters) | zero_bytes(word ^ (ONES * b'\n' as u64));
    }

    /// The next delimiter or line end, or the length of the text.
    #[inline]
    pub(super) fn next(&mut self) -> usize {
        while self.hits == 0 {
            self.base += 8;
            if self.base >= self.bytes.len() {
                return self.bytes.len();
            }
            self.load();
        }
        let at = self.base + (self.hits.trailing_zeros() / 8) as usize;
        self.hits &= self.hits.wrapping_sub(1);
        at.min(self.bytes.len())
    }
}

/// A quoted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Where its closing quote stands.
    pub(super) close: usize,
    /// Whether quotes in it are doubled.
    pub(super) has_doubled: bool,
    /// Line ends in it.
    pub(super) line_ends: u32,
}

/// Why a cell that begins with a quote is not a quoted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadQuote {
    /// No closing quote up to the end (or for 1 MB).
    NeverClosed,
    /// Text between the closing quote and the delimiter.
    TextAfter,
}

/// The quoted cell whose opening quote stands at `open`.
pub(super) fn quoted(bytes: &[u8], open: usize, delimiter: u8) -> Result<Quoted, BadQuote> {
    let end = bytes.len().min(open + MAX_CELL_BYTES);
    let mut cell = Quoted { close: open, has_doubled: false, line_ends: 0 };
    let mut at = open + 1;
    loop {
        let Some(step) = bytes.get(at..end).and_then(|rest| memchr::memchr(b'"', rest)) else {
            return Err(BadQuote::NeverClosed);
        };
        cell.close = at + step;
        match bytes.get(cell.close + 1) {
            Some(b'"') => {
                cell.has_doubled = true;
                at = cell.close + 2;
            }
            Some(b'\r') if matches!(bytes.get(cell.close + 2), Some(b'\n') | None) => break,
            None | Some(b'\n') => break,
            Some(byte) if *byte == delimiter => break,
            Some(_) => return Err(BadQuote::TextAfter),
        }
    }
    let inside = &bytes[open + 1..cell.close];
    cell.line_ends = u32::try_from(memchr::memchr_iter(b'\n', inside).count()).unwrap_or(u32::MAX);
    Ok(cell)
}

/// The cells of the record at `from` and where the next begins: the plain way, for headers and sniffing. A cell with a
/// bad quote is taken as it stands.
pub(super) fn split_one(text: &str, delimiter: u8, from: usize) -> (Vec<String>, usize) {
    let bytes = text.as_bytes();
    let mut scanner = Scanner::new(bytes, delimiter, from);
    let (mut cells, mut start) = (Vec::new(), from);
    loop {
        let mut quoted_text = None;
        if bytes.get(start) == Some(&b'"')
            && let Ok(cell) = quoted(bytes, start, delimiter)
        {
            quoted_text = text.get(start + 1..cell.close).map(|inside| inside.replace("\"\"", "\""));
            scanner.seek(cell.close + 1);
        }
        let end = scanner.next();
        let is_last = end >= bytes.len() || bytes[end] == b'\n';
        let plain = text.get(start..end).unwrap_or_default();
        let plain = if is_last { plain.strip_suffix('\r').unwrap_or(plain) } else { plain };
        cells.push(quoted_text.unwrap_or_else(|| plain.to_owned()));
        start = end + 1;
        if is_last {
            return (cells, start.min(bytes.len()));
        }
    }
}

/// Delimiters that are tried, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Bytes and records looked at to find the delimiter.
const SNIFFED_BYTES: usize = 1 << 16;
const SNIFFED_RECORDS: usize = 200;

/// The delimiter that splits most of the first records into the same number of cells, two or more; the comma when none
/// does.
pub(super) fn sniff_delimiter(text: &str) -> u8 {
    let mut end = text.len().min(SNIFFED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    let score = |delimiter: u8| {
        let (mut widths, mut at) = (Vec::new(), 0);
        while at < sample.len() && widths.len() < SNIFFED_RECORDS {
            let (cells, next) = split_one(sample, delimiter, at);
            // The last record of a cut sample is cut too.
            if (cells.len() > 1 || !cells[0].trim().is_empty()) && (next < sample.len() || end == text.len()) {
                widths.push(cells.len());
            }
            at = next;
        }
        let most = widths
            .iter()
            .copied()
            .filter(|width| *width > 1)
            .max_by_key(|width| (widths.iter().filter(|other| *other == width).count(), *width));
        most.map_or((0, 0), |width| {
            let same = widths.iter().filter(|other| **other == width).count();
            (same * 20 / widths.len().max(1), width)
        })
    };
    let mut best = (b',', (0, 0));
    for delimiter in DELIMITERS {
        let this = score(delimiter);
        if this > best.1 {
            best = (delimiter, this);
        }
    }
    best.0
}
