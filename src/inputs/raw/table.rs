//! A table as it came: cell texts, nothing interpreted.

use super::super::finding::Finding;
use super::super::problem::Severity;
use super::DecimalMark;

/// One table of a file. All texts lie in one buffer; a cell is a pair of offsets.
#[derive(Clone, Debug, Default)]
pub struct RawTable {
    /// Name of the file.
    pub source: String,
    /// Sheet of a workbook, layer of a `GeoPackage`.
    pub sheet: Option<String>,
    /// Header texts: trimmed, none empty, none twice (an empty one is `column_3`, a second `x` is `x_2`).
    pub columns: Vec<String>,
    /// HXL hashtags by column (`#geo+lat`), empty texts where a column has none; empty when the table has no such row.
    pub hashtags: Vec<String>,
    /// How the file was read: delimiter, encoding, compression, rows taken as header.
    pub notes: Vec<String>,
    /// Rows that could not be read (quarantine) and what should be looked at (warnings), by row.
    pub problems: Vec<Finding>,
    /// How numbers are written in this table.
    pub decimal: DecimalMark,
    /// Rows that were set aside: each has at least one problem.
    pub quarantined_count: usize,
    text: String,
    chunks: Vec<Chunk>,
    row_count: usize,
}

/// Rows that follow each other; made by one thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    /// Begin and end of each cell, row by row.
    pub(super) spans: Vec<[u32; 2]>,
    /// Row in the file.
    pub(super) numbers: Vec<u32>,
    first_row: usize,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct RawRow<'t> {
    /// Row in the file, as in [`Finding::row`].
    pub number: u64,
    text: &'t str,
    spans: &'t [[u32; 2]],
}

impl<'t> RawRow<'t> {
    /// The text of a cell, not trimmed; empty when nothing is there or the table has no such column.
    #[must_use]
    #[inline]
    pub fn cell(&self, column_ix: usize) -> &'t str {
        match self.spans.get(column_ix) {
            Some(&[start, end]) => self.text.get(start as usize..end as usize).unwrap_or_default(),
            None => "",
        }
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let row = *self;
        (0..row.spans.len()).map(move |ix| row.cell(ix))
    }
}

impl RawTable {
    pub(super) fn new(source: &str, decimal: DecimalMark) -> Self {
        Self { source: source.to_owned(), decimal, ..Self::default() }
    }

    /// Rows that could be read.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.row_count
    }

    /// Rows in the file: those that could be read and those set aside.
    #[must_use]
    pub fn rows_in(&self) -> usize {
        self.row_count + self.quarantined_count
    }

    /// The row of that index, 0-based.
    ///
    /// # Panics
    /// When `ix` is not less than [`Self::row_count`].
    #[must_use]
    pub fn row(&self, ix: usize) -> RawRow<'_> {
        let chunk = &self.chunks[self.chunks.partition_point(|chunk| chunk.first_row <= ix) - 1];
        chunk.row(ix - chunk.first_row, &self.text, self.columns.len())
    }

    /// The 1-based row in the file of the row of that index.
    #[must_use]
    pub fn row_number(&self, ix: usize) -> u64 {
        self.row(ix).number
    }

    /// The text of a cell. Walking [`Self::rows`] is faster.
    #[must_use]
    pub fn cell(&self, ix: usize, column_ix: usize) -> &str {
        self.row(ix).cell(column_ix)
    }

    /// All rows in the file's order.
    pub fn rows(&self) -> impl Iterator<Item = RawRow<'_>> {
        (0..self.chunks.len()).flat_map(|part| self.rows_of_part(part))
    }

    /// Parts of the table of about the same size, to be worked on side by side: [`Self::rows_of_part`] gives their rows.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.chunks.len()
    }

    /// The rows of a part, in the file's order. Parts follow each other.
    ///
    /// # Panics
    /// When `part` is not less than [`Self::part_count`].
    pub fn rows_of_part(&self, part: usize) -> impl Iterator<Item = RawRow<'_>> {
        let (chunk, width) = (&self.chunks[part], self.columns.len());
        (0..chunk.numbers.len()).map(move |ix| chunk.row(ix, &self.text, width))
    }

    /// Index of the first row of a part.
    ///
    /// # Panics
    /// When `part` is not less than [`Self::part_count`].
    #[must_use]
    pub fn first_row_of_part(&self, part: usize) -> usize {
        self.chunks[part].first_row
    }

    /// Index of the column with this header.
    #[must_use]
    pub fn column_ix(&self, header: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == header)
    }

    /// A finding about a row of this table.
    #[must_use]
    #[allow(clippy::too_many_arguments)] // the parts of a finding, each of its own kind
    pub fn finding(
        &self,
        severity: Severity,
        rule: &'static str,
        row: u64,
        column: &str,
        value: &str,
        message: &str,
        fix: &str,
    ) -> Finding {
        Finding {
            source: self.source.clone(),
            sheet: self.sheet.clone().unwrap_or_default(),
            row: (row > 0).then_some(row),
            column: column.to_owned(),
            value: value.to_owned(),
            rule,
            message: message.to_owned(),
            fix: fix.to_owned(),
            severity,
        }
    }

    /// The rows of `chunks`, whose spans lie in `text`.
    pub(super) fn fill(&mut self, text: String, chunks: Vec<Chunk>) {
        self.text = text;
        self.chunks = chunks;
        self.chunks.retain(|chunk| !chunk.numbers.is_empty());
        self.row_count = 0;
        for chunk in &mut self.chunks {
            chunk.first_row = self.row_count;
            self.row_count += chunk.numbers.len();
        }
    }
}

impl Chunk {
    #[inline]
    fn row<'t>(&'t self, ix: usize, text: &'t str, width: usize) -> RawRow<'t> {
        RawRow { number: u64::from(self.numbers[ix]), text, spans: &self.spans[ix * width..(ix + 1) * width] }
    }
}

/// Fills a table row by row, for formats whose cells do not lie in one text.
#[derive(Debug, Default)]
pub(super) struct Rows {
    text: String,
    chunks: Vec<Chunk>,
}

/// Rows of a chunk that is filled row by row.
const CHUNK_ROWS: usize = 1 << 15;

impl Rows {
    /// Adds a row; `false` when the table's text is full (4 GB) and the row was not added.
    pub(super) fn push<'c>(&mut self, number: u64, cells: impl Iterator<Item = &'c str>) -> bool {
        if self.chunks.last().is_none_or(|chunk| chunk.numbers.len() >= CHUNK_ROWS) {
            self.chunks.push(Chunk::default());
        }
        let Some(chunk) = self.chunks.last_mut() else { return false };
        for cell in cells {
            let start = self.text.len();
            self.text.push_str(cell);
            let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) else { return false };
            chunk.spans.push([start, end]);
        }
        chunk.numbers.push(u32::try_from(number).unwrap_or(u32::MAX));
        true
    }

    /// Puts the rows into `table`.
    pub(super) fn finish(self, table: &mut RawTable) {
        table.fill(self.text, self.chunks);
    }
}
