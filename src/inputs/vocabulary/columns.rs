//! Headers to fields of a seizure record.

use crate::inputs::raw::{RawRow, RawTable, TWO_ROWS_JOINED};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

macro_rules! fields {
    ($($(#[$meta:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// A field of a seizure record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$meta])* $variant),+ }
        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word used in `--columns` and in the vocabulary.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }
    };
}

fields! {
    /// Identifier of the record in its source.
    Id = "id",
    /// Region of the world.
    Region = "region",
    /// Sub-region.
    Subregion = "subregion",
    /// Country of the seizure.
    Country = "country",
    /// First-level division.
    Division = "division",
    /// Second-level division.
    District = "district",
    /// Place, free text.
    Place = "place",
    /// Date or year.
    Date = "date",
    /// Drug.
    Drug = "drug",
    /// Amount, in `unit`.
    Amount = "amount",
    /// Amount in kilograms.
    AmountKg = "amount_kg",
    /// Amount in grams.
    AmountG = "amount_g",
    /// Amount in milligrams.
    AmountMg = "amount_mg",
    /// Unit of `amount`.
    Unit = "unit",
    /// Degrees east.
    Lon = "lon",
    /// Degrees north.
    Lat = "lat",
    /// Number of cases the row stands for.
    Cases = "n_cases",
    /// Where it was hidden.
    HidingPlace = "hiding_place",
    /// Kind of place.
    Installation = "installation",
    /// Means of transport.
    Transport = "transport",
    /// Country of production.
    Origin = "origin",
    /// Country of departure.
    Departure = "departure",
    /// Country of destination.
    Destination = "destination",
    /// Route.
    Routing = "routing",
    /// Who published it.
    Source = "source",
    /// Remark.
    Note = "note",
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Headers that are known.
#[derive(Clone, Debug)]
pub struct Columns {
    by_key: HashMap<String, (Field, usize)>,
}

/// Why the columns of a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapProblem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// Which column of a table holds which field.
#[derive(Clone, Debug, Default)]
pub struct ColumnMap {
    by_field: Vec<(Field, usize)>,
    /// Further columns of the date, best first: they stand in where the first is blank.
    other_dates: Vec<usize>,
    /// Columns of year, month and day (where there is one), when no column holds the date as a whole.
    date_parts: Option<[Option<usize>; 3]>,
    /// Field and header as matched, in the table's order.
    pub matched: Vec<(Field, String)>,
    /// Headers that are not used.
    pub unused: Vec<String>,
}

impl ColumnMap {
    /// Index of the column of a field.
    #[must_use]
    pub fn ix(&self, field: Field) -> Option<usize> {
        self.by_field.iter().find(|(known, _)| *known == field).map(|(_, ix)| *ix)
    }

    /// What a row says of its date: the cell of the date, that of a further column of dates (such as the year) where it is
    /// blank, or the cells of year, month and day.
    #[must_use]
    pub fn date_text<'t>(&self, row: RawRow<'t>) -> Cow<'t, str> {
        if let Some(parts) = self.date_parts {
            let cells = parts.into_iter().map(|ix| ix.map_or("", |ix| row.cell(ix).trim()));
            return Cow::Owned(cells.take_while(|cell| !cell.is_empty()).collect::<Vec<_>>().join("-"));
        }
        let columns = self.ix(Field::Date).into_iter().chain(self.other_dates.iter().copied());
        let cells = columns.map(|ix| row.cell(ix).trim());
        Cow::Borrowed(cells.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default())
    }

    /// Header of a field's column; the field's word when there is none.
    #[must_use]
    pub fn header(&self, field: Field) -> &str {
        self.matched.iter().find(|(known, _)| *known == field).map_or(field.as_str(), |(_, header)| header)
    }
}

impl Columns {
    /// Columns: field, header, basis. Earlier rows win where two headers of a table say the same field.
    pub(super) fn read(rows: &[csv::StringRecord]) -> Self {
        let mut by_key = HashMap::new();
        for (rank, row) in rows.iter().enumerate() {
            let (word, header) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
            if let Some(field) = Field::ALL.iter().find(|field| field.as_str() == word) {
                by_key.entry(header_key(header)).or_insert((*field, rank));
            }
        }
        for field in Field::ALL {
            by_key.entry(header_key(field.as_str())).or_insert((*field, rows.len()));
        }
        Self { by_key }
    }

    /// The field that a header stands for.
    #[must_use]
    pub fn field_of(&self, header: &str) -> Option<Field> {
        self.by_key.get(&header_key(header)).map(|(field, _)| *field)
    }

    /// Matches the columns of `table`; `chosen` (field word, header) wins over the vocabulary.
    ///
    /// # Errors
    /// A chosen field or header does not exist, or a column that every record needs is missing.
    pub fn map(&self, table: &RawTable, chosen: &[(String, String)]) -> Result<ColumnMap, MapProblem> {
        let mut found: Vec<(Field, usize, usize)> = Vec::new();
        for (ix, header) in table.columns.iter().enumerate() {
            let hashtag = table.hashtags.get(ix).map_or("", String::as_str);
            let known = self.by_key.get(&header_key(hashtag)).filter(|_| !hashtag.is_empty());
            if let Some((field, rank)) = known.or_else(|| self.by_key.get(&header_key(header))) {
                found.push((*field, *rank, ix));
            }
        }
        // `Position lat` of two header rows: the lower name alone, where no whole name says the same.
        if table.notes.iter().any(|note| note == TWO_ROWS_JOINED) {
            for (ix, header) in table.columns.iter().enumerate() {
                if found.iter().any(|(_, _, known)| *known == ix) {
                    continue;
                }
                let mut tails = header.match_indices(' ').map(|(at, _)| &header[at + 1..]);
                if let Some((field, rank)) = tails.find_map(|tail| self.by_key.get(&header_key(tail))) {
                    found.push((*field, rank.saturating_add(self.by_key.len()), ix));
                }
            }
        }
        found.sort_by_key(|(field, rank, ix)| (*field, *rank, *ix));
        let key_of = |ix: usize| table.columns.get(ix).map_or_else(String::new, |header| header_key(header));
        let is_date = |(field, _, _): &&(Field, usize, usize)| *field == Field::Date;
        let other_dates: Vec<usize> = found.iter().filter(is_date).skip(1).map(|(_, _, ix)| *ix).collect();
        let with_key = |key: &str| (0..table.columns.len()).find(|ix| key_of(*ix) == key);
        let (year, month, day) = (with_key("year"), with_key("month"), with_key("day"));
        let has_whole_date = found.iter().filter(is_date).any(|(_, _, ix)| Some(*ix) != year && Some(*ix) != day);
        let date_parts = (!has_whole_date && year.is_some() && month.is_some()).then_some([year, month, day]);
        if let (Some(_), Some(year)) = (date_parts, year) {
            found.retain(|(field, _, ix)| *field != Field::Date || *ix == year);
        }
        found.dedup_by_key(|(field, _, _)| *field);
        let mut by_field: Vec<(Field, usize)> = found.into_iter().map(|(field, _, ix)| (field, ix)).collect();
        for (word, header) in chosen {
            let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
            let field = Field::ALL.iter().find(|field| field.as_str() == word).ok_or_else(|| MapProblem {
                message: format!("`{word}` is no field of a seizure record"),
                fix: format!("use one of: {}", fields.join(", ")),
            })?;
            let wanted = header_key(header);
            let ix = table.columns.iter().position(|column| column == header);
            let ix = ix.or_else(|| table.columns.iter().position(|column| header_key(column) == wanted));
            let ix = ix.ok_or_else(|| MapProblem {
                message: format!("there is no column `{header}` for the field {word}"),
                fix: format!("name one of: {}", table.columns.join(", ")),
            })?;
            by_field.retain(|(known, column)| known != field && *column != ix);
            by_field.push((*field, ix));
        }
        let mut map = ColumnMap { by_field, other_dates, date_parts, ..ColumnMap::default() };
        if chosen.iter().any(|(word, _)| word == Field::Date.as_str()) {
            (map.other_dates, map.date_parts) = (Vec::new(), None);
        }
        for (ix, header) in table.columns.iter().enumerate() {
            match map.by_field.iter().find(|(_, column)| *column == ix) {
                Some((field, _)) => map.matched.push((*field, header.clone())),
                None => map.unused.push(header.clone()),
            }
        }
        map.check(table)?;
        Ok(map)
    }
}

impl ColumnMap {
    fn check(&self, table: &RawTable) -> Result<(), MapProblem> {
        let has = |field| self.ix(field).is_some();
        let mut missing: Vec<&str> =
            [Field::Country, Field::Drug, Field::Date].into_iter().filter(|f| !has(*f)).map(Field::as_str).collect();
        if ![Field::Amount, Field::AmountKg, Field::AmountG, Field::AmountMg].into_iter().any(has) {
            missing.push("amount");
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(MapProblem {
            message: format!(
                "no column for {}; the headers are: {}",
                missing.join(", "),
                table.columns.join(", ").trim_end_matches('.')
            ),
            fix: format!("say which column it is: --columns {}=HEADER", missing[0]),
        })
    }
}

/// Letters and digits of any script in lower case; a hashtag keeps its marks.
fn header_key(header: &str) -> String {
    if header.starts_with('#') {
        return header.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    }
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
