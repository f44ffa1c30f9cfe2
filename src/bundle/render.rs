//! A bundle's files as bytes: the same contents give the same bytes.

use super::manifest::Manifest;
use super::{
    Block, BundleError, Contents, NamedBytes, Profile, csv_text, geo_json, html, markdown, names, parquet, suppress,
    text, workbook,
};
use crate::tables::{Table, Values};
use std::collections::BTreeSet;

/// All files of the bundle, the manifest last.
pub(super) fn bundle(contents: &Contents) -> Result<(Vec<NamedBytes>, Manifest), BundleError> {
    let suppressed;
    let contents = match contents.run.profile {
        Profile::Working => contents,
        Profile::Public => {
            suppressed = suppress::contents(contents);
            &suppressed
        }
    };
    check(contents)?;
    let classification = &contents.run.classification;
    let mut files = vec![
        ("report.html".to_owned(), html::report(contents).into_bytes()),
        ("report.md".to_owned(), markdown::report(contents).into_bytes()),
        ("map.geojson".to_owned(), geo_json::map(contents)?.into_bytes()),
        ("quarantine.csv".to_owned(), quarantine_file(&contents.quarantine)?),
        ("LICENCES.txt".to_owned(), text::lines(&contents.licences).into_bytes()),
        ("tables.xlsx".to_owned(), workbook::workbook(contents)?),
    ];
    for figure in &contents.figures {
        let path = |ending: &str| format!("figures/{}.{ending}", figure.id);
        files.push((path("csv"), csv_text::raw(&figure.data)?));
        files.push((path("txt"), caption_file(figure, classification).into_bytes()));
        if !figure.svg.is_empty() {
            files.push((path("svg"), figure.svg.clone().into_bytes()));
        }
        if !figure.png.is_empty() {
            files.push((path("png"), figure.png.clone()));
        }
    }
    let tables: Vec<Result<[NamedBytes; 2], BundleError>> = crate::parallel::map_in_order(&contents.tables, |table| {
        Ok([
            (format!("tables/{}.csv", table.name), csv_text::guarded(table)?),
            (format!("tables/{}.parquet", table.name), parquet::file(table, classification)?),
        ])
    });
    for pair in tables {
        files.extend(pair?);
    }
    for (path, content) in &contents.extra_text_files {
        files.push((path.clone(), content.clone().into_bytes()));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    names::check_paths(files.iter().map(|(path, _)| path.as_str()).chain(["manifest.json"]))?;
    let manifest = Manifest::new(contents, &files);
    let mut json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| BundleError::Table { table: "manifest.json".to_owned(), why: error.to_string() })?;
    json.push(b'\n');
    files.push(("manifest.json".to_owned(), json));
    Ok((files, manifest))
}

/// The refused values; the header alone when there is none.
fn quarantine_file(quarantine: &Table) -> Result<Vec<u8>, BundleError> {
    if quarantine.columns.is_empty() {
        return Ok(b"source,sheet,row,column,raw_value,rule,message,fix\n".to_vec());
    }
    csv_text::raw(quarantine)
}

/// The text that goes with a figure: what to write under it and what to read out.
fn caption_file(figure: &super::FigureFile, classification: &str) -> String {
    let mut parts = vec![figure.title.clone(), figure.caption.clone(), format!("In words: {}", figure.alt)];
    if !classification.is_empty() {
        parts.push(classification.to_owned());
    }
    text::lines(&parts.join("\n\n"))
}

/// Checks everything that would make a bundle contradict itself.
fn check(contents: &Contents) -> Result<(), BundleError> {
    for figure in &contents.figures {
        names::check_slug(&figure.id)?;
        check_table(&figure.data, &figure.id)?;
    }
    for table in &contents.tables {
        names::check_slug(&table.name)?;
        check_table(table, &table.name)?;
    }
    check_table(&contents.quarantine, "quarantine")?;
    for input in &contents.run.inputs {
        let parts = [input.rows_used, input.rows_quarantined, input.rows_excluded];
        let accounted = parts.iter().fold(0_u64, |sum, rows| sum.saturating_add(*rows));
        if accounted != input.rows_in {
            return Err(BundleError::RowsLost { name: input.name.clone(), rows_in: input.rows_in, accounted });
        }
    }
    for block in contents.report.sections.iter().flat_map(|section| &section.blocks) {
        check_block(contents, block)?;
    }
    Ok(())
}

fn check_table(table: &Table, name: &str) -> Result<(), BundleError> {
    let refuse = |why: String| Err(BundleError::Table { table: name.to_owned(), why });
    let mut seen = BTreeSet::new();
    for column in &table.columns {
        if !seen.insert(column.name.to_lowercase()) {
            return refuse(format!("two columns are named {:?}", column.name));
        }
        if column.values.len() != table.row_count() {
            return refuse(format!(
                "column {:?} has {} rows, not {}",
                column.name,
                column.values.len(),
                table.row_count()
            ));
        }
        if let Values::Real(values) = &column.values
            && values.iter().flatten().any(|value| !value.is_finite())
        {
            return refuse(format!("column {:?} holds a value that is no finite number", column.name));
        }
    }
    Ok(())
}

fn check_block(contents: &Contents, block: &Block) -> Result<(), BundleError> {
    let refuse = |what, name: &str| Err(BundleError::Reference { what, name: name.to_owned() });
    match block {
        Block::Text(_) | Block::Bullets(_) => Ok(()),
        Block::Figure(id) if contents.figures.iter().any(|figure| &figure.id == id) => Ok(()),
        Block::Figure(id) => refuse("figure", id),
        Block::Table { name, columns, .. } => {
            let Some(table) = contents.tables.iter().find(|table| &table.name == name) else {
                return refuse("table", name);
            };
            match columns.iter().find(|&wanted| table.columns.iter().all(|column| &column.name != wanted)) {
                Some(missing) => refuse("column", missing),
                None => Ok(()),
            }
        }
    }
}
