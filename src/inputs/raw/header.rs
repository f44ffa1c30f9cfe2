//! Which of the first rows are header: titles above it, a second header row, HXL hashtags.

/// The note of a table whose header stands in two rows.
pub(in crate::inputs) const TWO_ROWS_JOINED: &str = "two header rows joined";

/// Rows looked at.
pub(super) const LOOKED_AT: usize = 12;

/// The header of a table.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) columns: Vec<String>,
    pub(super) hashtags: Vec<String>,
    /// Rows of the sample before the first row of data.
    pub(super) row_count: usize,
    pub(super) notes: Vec<String>,
    /// Column names that had to be made up or changed: (number from 1, text as it came, name given).
    pub(super) renamed: Vec<(usize, String, String)>,
}

/// Finds the header in the first rows of a table (cells trimmed or not); `None` when there is none.
pub(super) fn find(sample: &[Vec<String>]) -> Option<Header> {
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let mut header = Header::default();
    // A title stands alone in its row above a wider table.
    let is_title = |ix: usize| filled(&sample[ix]) <= 1 && sample[ix + 1..].iter().any(|row| filled(row) >= 3);
    let first = (0..sample.len()).find(|ix| !is_title(*ix))?;
    for title in sample[..first].iter().filter(|row| filled(row) == 1) {
        header.notes.push(format!("title above the header passed over: {}", title.concat().trim()));
    }
    let top = &sample[first];
    if filled(top) == 0 {
        return None;
    }
    let mut names: Vec<String> = top.iter().map(|cell| cell.trim().to_owned()).collect();
    header.row_count = first + 1;
    if is_two_row_header(sample, first) {
        names = joined(&names, &sample[first + 1]);
        header.row_count += 1;
        header.notes.push(TWO_ROWS_JOINED.to_owned());
    }
    if is_hxl(&names) && sample.len() > header.row_count {
        // Hashtags above or instead of names.
        header.hashtags.clone_from(&names);
        header.notes.push("HXL hashtags taken as header".to_owned());
    } else if let Some(tags) = sample.get(header.row_count).filter(|row| is_hxl(row)) {
        header.hashtags = tags.iter().map(|cell| cell.trim().to_owned()).collect();
        header.row_count += 1;
        header.notes.push("HXL hashtag row recognised".to_owned());
    }
    header.columns = unique(&names, &mut header.renamed);
    header.hashtags.truncate(header.columns.len());
    Some(header)
}

/// Whether a cell is a number or a date rather than a name.
fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
        && cell.contains(|c: char| c.is_ascii_digit())
}

fn is_hxl(row: &[String]) -> bool {
    let filled: Vec<&str> = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let is_tag = |cell: &&&str| {
        let mut letters = cell.chars();
        letters.next() == Some('#') && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
    };
    !filled.is_empty() && filled.iter().filter(is_tag).count() * 2 > filled.len()
}

/// A group row over a name row: gaps in the first, names under the gaps, values only below both.
fn is_two_row_header(sample: &[Vec<String>], first: usize) -> bool {
    let (Some(top), Some(second), Some(third)) = (sample.get(first), sample.get(first + 1), sample.get(first + 2))
    else {
        return false;
    };
    if is_hxl(second) || second.iter().any(|cell| is_value(cell)) || !third.iter().any(|cell| is_value(cell)) {
        return false;
    }
    let gaps: Vec<usize> =
        (0..second.len().max(top.len())).filter(|&ix| top.get(ix).is_none_or(|cell| cell.trim().is_empty())).collect();
    let is_named = |ix: &usize| second.get(*ix).is_some_and(|cell| !cell.trim().is_empty());
    !gaps.is_empty() && gaps.iter().all(is_named) && sample[first + 2..].iter().any(|row| row.len() >= second.len())
}

/// `Location | | Amount` over `lat | lon | kg` gives `Location lat`, `Location lon`, `Amount kg`.
fn joined(top: &[String], second: &[String]) -> Vec<String> {
    let mut group = "";
    (0..top.len().max(second.len()))
        .map(|ix| {
            let own = top.get(ix).map_or("", |cell| cell.trim());
            if !own.is_empty() {
                group = own;
            }
            let name = second.get(ix).map_or("", |cell| cell.trim());
            match (group, name) {
                ("", name) => name.to_owned(),
                (_, "") => own.to_owned(),
                (group, name) => format!("{group} {name}"),
            }
        })
        .collect()
}

/// Names that are neither empty nor there twice.
fn unique(names: &[String], renamed: &mut Vec<(usize, String, String)>) -> Vec<String> {
    let mut given: Vec<String> = Vec::with_capacity(names.len());
    let mut taken: std::collections::HashSet<String> = std::collections::HashSet::with_capacity(names.len());
    for (number, name) in (1_usize..).zip(names) {
        let wanted = if name.is_empty() { format!("column_{number}") } else { name.clone() };
        let mut free = wanted.clone();
        let mut count = 2;
        while !taken.insert(free.clone()) {
            free = format!("{wanted}_{count}");
            count += 1;
        }
        if free != *name {
            renamed.push((number, name.clone(), free.clone()));
        }
        given.push(free);
    }
    given
}

impl Header {
    /// Columns, hashtags, notes and warnings into a table.
    pub(super) fn put_into(self, table: &mut super::RawTable) {
        table.columns = self.columns;
        table.hashtags = self.hashtags;
        table.notes.extend(self.notes);
        for (number, was, given) in self.renamed {
            let message = if was.is_empty() {
                format!("column {number} has no name in the header; it is called `{given}`")
            } else {
                format!("the header names `{was}` again in column {number}; it is called `{given}`")
            };
            let finding = table.finding(
                super::super::problem::Severity::Warning,
                "I644",
                0,
                &given,
                &was,
                &message,
                "give every column its own name",
            );
            table.problems.push(finding);
        }
    }
}
