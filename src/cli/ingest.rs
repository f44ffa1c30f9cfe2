//! `corridor ingest`: raw records to the project's seizure table.

use super::destinations::{check_apart, real_place};
use super::output::{Format, Shown, grouped};
use super::setup::record_rules;
use crate::bundle::{Overwrite, SeizureFormat, seizure_file, seizure_place_file, write_files_of_folders};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::inputs::finding::quarantine_csv;
use crate::inputs::geocode::UserPlaces;
use crate::inputs::ingest::{
    Account, DateOrder, IngestError, IngestParams, Ingested, PlaceTable, RepeatedBlocks, ingest, place_table,
};
use crate::inputs::raw::{DecimalMark, RawErrorKind, RawTable, ReadOptions, read_table};
use crate::inputs::vocabulary::{Field, Vocabulary};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `corridor ingest`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files of records: CSV (also .gz, .zst), XLSX, ODS, Parquet, GeoJSON, GeoPackage.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The seizure table to write: .parquet or .csv.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the rows set aside, each with its reason and what to do, to this CSV file.
    #[arg(long, value_name = "FILE")]
    quarantine: Option<PathBuf>,
    /// Your own table of places (country, text, adm1 or lon and lat): it wins over the gazetteer.
    #[arg(long, value_name = "FILE")]
    places: Option<PathBuf>,
    /// Write the texts that stayed at country precision, with their candidates, to this CSV file.
    #[arg(long, value_name = "FILE")]
    unplaced: Option<PathBuf>,
    /// Order of day and month where the date itself does not tell: dmy or mdy.
    #[arg(long, value_name = "ORDER")]
    date_order: Option<DateOrder>,
    /// The column of a field, such as country=Land; may be given several times.
    #[arg(long, value_name = "FIELD=HEADER", value_delimiter = ',')]
    columns: Vec<String>,
    /// Numbers are written with a decimal comma.
    #[arg(long)]
    decimal_comma: bool,
    /// The delimiter of text files, one character or `tab` [default: sniffed].
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// The encoding of text files, such as windows-1251 [default: sniffed].
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The sheet or layer [default: all that hold records].
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// What a row that cannot be used does: `quarantine` sets it aside, `stop` writes nothing [default: quarantine].
    #[arg(long, value_name = "WHAT", value_parser = ["quarantine", "stop"])]
    on_bad_row: Option<String>,
    /// corridor.toml, or the directory that holds it: its [records] columns and on_bad_row are used; flags win.
    #[arg(long, value_name = "PATH")]
    config: Option<PathBuf>,
    /// Write the sums by place, drug and year: the seizures.csv that `corridor run` reads.
    #[arg(long, value_name = "FILE.csv")]
    table: Option<PathBuf>,
    /// The source_id in every row of --table, a row of reference/sources.csv.
    #[arg(long, value_name = "ID", default_value = "own-records", requires = "table")]
    source_id: String,
    /// What --table does with a country-year that a file holds twice as a whole: count it once, or every record.
    #[arg(long, value_name = "WHAT", default_value = "once", value_parser = ["once", "keep"], requires = "table")]
    repeated_blocks: String,
    /// Replace files that are there already.
    #[arg(long)]
    force: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(super) fn format(&self) -> Format {
        Format::from_flag(self.json)
    }
}

/// Names of files with their bytes.
type NamedFiles = Vec<(String, Vec<u8>)>;

/// Positions not used that `--json` lists.
const POSITIONS_SHOWN: usize = 50;

/// Texts at country precision that are printed.
const UNPLACED_SHOWN: usize = 50;

/// Reads, ingests, writes.
pub(super) fn run(args: &Args) -> Result<Shown, Error> {
    let format = match args.out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("parquet") => SeizureFormat::Parquet,
        Some("csv") => SeizureFormat::Csv,
        _ => {
            let out = args.out.display();
            return Err(Error::Usage(format!("C120: --out {out}: name a file that ends in .parquet or .csv")));
        }
    };
    check_paths(args)?;
    let rules = record_rules(args.config.as_deref(), &args.columns, args.on_bad_row.as_deref())?;
    let vocabulary = Vocabulary::embedded().map_err(Error::Internal)?;
    let decimal = if args.decimal_comma { DecimalMark::Comma } else { DecimalMark::Point };
    let plain = ReadOptions { decimal, isolation: super::read::isolation()?, ..ReadOptions::default() };
    let places = match &args.places {
        Some(path) => user_places(path, &plain, &vocabulary)?,
        None => UserPlaces::default(),
    };
    let options = ReadOptions {
        encoding: args.encoding.clone(),
        delimiter: args.delimiter.as_deref().map(super::check_files::delimiter).transpose()?,
        sheet: args.sheet.clone(),
        ..plain
    };
    let mut tables = Vec::new();
    for path in &args.files {
        tables.extend(read(path, &options)?);
    }
    let params = IngestParams { columns: rules.columns, date_order: args.date_order, places };
    let ingested = ingest(tables, &vocabulary, &params).map_err(|error| match error {
        IngestError::Columns { .. } => Error::Refused(format!("I740: {error}")),
        IngestError::Program(_) => Error::Internal(error.to_string()),
    })?;
    if rules.on_bad_row == OnBadRow::Stop && ingested.rows_quarantined > 0 {
        return Err(Error::Refused(stopped(&ingested)));
    }
    let sums = args.table.as_ref().map(|_| match args.repeated_blocks.as_str() {
        "keep" => place_table(&ingested, RepeatedBlocks::AsInFile),
        _ => place_table(&ingested, RepeatedBlocks::Once),
    });
    // Without a row that can be used there is no table to write; why is written all the same.
    let is_empty = ingested.rows.is_empty();
    write(args, format, &ingested, sums.as_ref().filter(|_| !is_empty))?;
    let account = ingested.account();
    let mut shown = Shown::new(tell(args, &ingested, &account), to_json(args, &ingested, &account));
    if is_empty {
        let reason = "no row can be used, and no table is written";
        (shown.json["status"], shown.json["exit_code"]) = (json!("failed"), json!(3));
        shown.json["message"] = json!(reason);
        shown.json["problems"] = json!([{ "code": null, "message": reason }]);
        let Shown { text, json, .. } = shown;
        return Err(Error::Checked { reason, kind: RawErrorKind::Refused, text, json: Box::new(json) });
    }
    if let (Some(path), Some(sums)) = (&args.table, &sums) {
        tell_sums(path, sums, &mut shown);
    }
    Ok(shown)
}

/// Nothing that is read is written, and every output is a file of its own.
fn check_paths(args: &Args) -> Result<(), Error> {
    let mut inputs: Vec<&Path> = args.files.iter().map(PathBuf::as_path).collect();
    inputs.extend(args.places.as_deref());
    let config =
        args.config.as_deref().map(|path| if path.is_dir() { path.join("corridor.toml") } else { path.into() });
    inputs.extend(config.as_deref());
    let mut outputs = vec![("--out", args.out.as_path())];
    let others = [("--table", &args.table), ("--quarantine", &args.quarantine), ("--unplaced", &args.unplaced)];
    outputs.extend(others.into_iter().filter_map(|(flag, path)| Some((flag, path.as_deref()?))));
    check_apart(&inputs, &outputs)
}

pub(super) fn chosen_columns(texts: &[String]) -> Result<Vec<(String, String)>, Error> {
    let pair = |text: &String| {
        let (field, header) = text.split_once('=')?;
        Some((field.trim().to_owned(), header.trim().to_owned()))
    };
    let wrong =
        |text: &String| Error::Usage(format!("C121: --columns {text}: write FIELD=HEADER, such as country=Land"));
    let chosen: Vec<(String, String)> =
        texts.iter().map(|text| pair(text).ok_or_else(|| wrong(text))).collect::<Result<_, _>>()?;
    let fields: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    match chosen.iter().find(|(field, _)| !fields.contains(&field.as_str())) {
        None => Ok(chosen),
        Some((field, header)) => {
            let fields = fields.join(", ");
            Err(Error::Usage(format!("C121: --columns {field}={header}: `{field}` is no field; use one of: {fields}")))
        }
    }
}

fn read(path: &Path, options: &ReadOptions) -> Result<Vec<RawTable>, Error> {
    read_table(path, options).map_err(|error| match error.kind {
        RawErrorKind::Refused => Error::Refused(error.to_string()),
        RawErrorKind::Resource => Error::Limit(error.to_string()),
    })
}

fn user_places(path: &Path, options: &ReadOptions, vocabulary: &Vocabulary) -> Result<UserPlaces, Error> {
    let tables = read(path, options)?;
    let Some(table) = tables.first() else { return Ok(UserPlaces::default()) };
    UserPlaces::read(table, &vocabulary.countries).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|p| format!("{} row {}, {}: `{}`. To do: {}.", table.source, p.row, p.column, p.value, p.fix))
            .collect();
        Error::Refused(lines.join("\n"))
    })
}

fn stopped(ingested: &Ingested) -> String {
    let mut text = format!(
        "{} of {} rows cannot be used, and on_bad_row = stop was asked for: nothing is written",
        ingested.rows_quarantined, ingested.rows_in
    );
    for finding in ingested.quarantine.iter().take(20) {
        let _ = write!(text, "\n  {finding}");
    }
    if ingested.quarantine.len() > 20 {
        let _ = write!(text, "\n  and {} more", ingested.quarantine.len() - 20);
    }
    text
}

/// All files are written or none.
fn write(args: &Args, format: SeizureFormat, ingested: &Ingested, sums: Option<&PlaceTable>) -> Result<(), Error> {
    let mut by_folder: BTreeMap<PathBuf, (PathBuf, NamedFiles)> = BTreeMap::new();
    let mut add = |path: &Path, bytes: Vec<u8>| -> Result<(), Error> {
        let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let name = name.ok_or_else(|| Error::Usage(format!("{}: name a file", path.display())))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (_, files) = by_folder.entry(real_place(folder)).or_insert_with(|| (folder.to_owned(), Vec::new()));
        files.push((name, bytes));
        Ok(())
    };
    if let Some(path) = &args.quarantine {
        add(path, quarantine_csv(&ingested.quarantine).into_bytes())?;
    }
    if let Some(path) = &args.unplaced {
        add(path, unplaced_csv(ingested)?)?;
    }
    if let (Some(path), Some(sums)) = (&args.table, sums) {
        add(path, seizure_place_file(sums, &args.source_id)?)?;
    }
    if !ingested.rows.is_empty() {
        add(&args.out, seizure_file(ingested, format)?)?;
    }
    let overwrite = if args.force { Overwrite::Force } else { Overwrite::Refuse };
    let folders: Vec<(PathBuf, NamedFiles)> = by_folder.into_values().collect();
    Ok(write_files_of_folders(&folders, overwrite)?)
}

fn unplaced_csv(ingested: &Ingested) -> Result<Vec<u8>, Error> {
    let failed = |error: csv::Error| Error::Internal(error.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(["iso3", "division", "place", "reason", "rows", "candidates"]).map_err(failed)?;
    for text in ingested.unplaced() {
        let rows = text.rows.to_string();
        let candidates = text.candidates.join("; ");
        let cells = [&text.iso3, &text.division, &text.place, &text.reason, &rows, &candidates];
        writer.write_record(cells).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(error.to_string()))
}

/// What the table of places holds and what it leaves out.
fn tell_sums(path: &Path, sums: &PlaceTable, shown: &mut Shown) {
    let left_out: Vec<String> =
        sums.left_out.iter().map(|(rule, count)| format!("; {} left out: {rule}", grouped(*count))).collect();
    let _ = write!(
        shown.text,
        "\nSums by place, drug and year: {} records in {} rows{}. Written: {}\n",
        grouped(sums.record_count),
        grouped(sums.rows.len()),
        left_out.concat(),
        path.display()
    );
    shown.json["table"] = json!({
        "out": path.display().to_string(),
        "rows": sums.rows.len(),
        "records": sums.record_count,
        "left_out": sums.left_out,
    });
}

fn to_json(args: &Args, ingested: &Ingested, account: &Account) -> Value {
    let files: Vec<Value> = ingested
        .tables
        .iter()
        .zip(&ingested.maps)
        .map(|(table, map)| {
            let matched: serde_json::Map<String, Value> =
                map.matched.iter().map(|(field, header)| (field.to_string(), json!(header))).collect();
            json!({
                "file": table.source,
                "sheet": table.sheet,
                "rows_in": table.rows_in(),
                "notes": table.notes,
                "columns": matched,
                "columns_not_used": map.unused,
            })
        })
        .collect();
    let unplaced = ingested.unplaced();
    let mut object = json!({ "status": "ok" });
    if let (Value::Object(object), Ok(Value::Object(numbers))) = (&mut object, serde_json::to_value(account)) {
        object.extend(numbers);
        object.insert("out".to_owned(), json!(args.out.display().to_string()));
        object.insert("files".to_owned(), json!(files));
        let left_out = ingested.tables_left_out.iter();
        let left_out: Vec<Value> = left_out.map(|(table, why)| json!({ "table": table, "reason": why })).collect();
        object.insert("tables_left_out".to_owned(), json!(left_out));
        object.insert("positions_not_used_rows".to_owned(), json!(ingested.position_findings(POSITIONS_SHOWN)));
        object.insert("unplaced_texts".to_owned(), json!(unplaced.len()));
        object.insert("unplaced".to_owned(), json!(unplaced.iter().take(UNPLACED_SHOWN).collect::<Vec<_>>()));
    }
    object
}

fn tell(args: &Args, ingested: &Ingested, account: &Account) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} rows in = {} used + {} set aside + {} left out.{}\n",
        grouped(account.rows_in),
        grouped(account.rows_used),
        grouped(account.rows_quarantined),
        grouped(account.rows_excluded),
        if ingested.rows.is_empty() { String::new() } else { format!(" Written: {}", args.out.display()) }
    );
    for (table, why) in &ingested.tables_left_out {
        let _ = writeln!(text, "{table} left out: {why}");
    }
    for (table, map) in ingested.tables.iter().zip(&ingested.maps) {
        let matched: Vec<String> = map.matched.iter().map(|(field, header)| format!("{field} = {header}")).collect();
        let _ = writeln!(text, "{}: {}", table.source, matched.join(", "));
        if !map.unused.is_empty() {
            let _ = writeln!(text, "  columns not used: {}", map.unused.join(", "));
        }
    }
    let mut list = |title: &str, counts: &mut dyn Iterator<Item = (&str, usize)>| {
        let counts: Vec<(&str, usize)> = counts.filter(|(_, count)| *count > 0).collect();
        if !counts.is_empty() {
            let _ = writeln!(text, "\n{title}");
            for (name, count) in counts {
                let _ = writeln!(text, "{:>12}  {name}", grouped(count));
            }
        }
    };
    list("Used rows by precision", &mut account.by_precision.iter().map(|(name, count)| (*name, *count)));
    list(
        "Rows set aside or left out, by rule",
        &mut account.by_rule.iter().map(|(name, count)| (name.as_str(), *count)),
    );
    let reasons = &account.country_precision_by_reason;
    list("At country precision, by reason", &mut reasons.iter().map(|(name, count)| (name.as_str(), *count)));
    list(
        "Positions not used (the rows stand where their texts say), by rule",
        &mut account.positions_not_used.iter().map(|(name, count)| (*name, *count)),
    );
    for finding in ingested.position_findings(5) {
        let _ = writeln!(text, "              {finding}");
    }
    let unplaced = ingested.unplaced();
    if !unplaced.is_empty() {
        let _ = writeln!(
            text,
            "\n{} texts stayed at country precision (--unplaced FILE lists them), such as",
            unplaced.len()
        );
        for one in unplaced.iter().take(5) {
            let said = [one.iso3.as_str(), one.division.as_str(), one.place.as_str()];
            let said = said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
            let may_be = if one.candidates.is_empty() {
                String::new()
            } else {
                format!("; may be {}", one.candidates.join(", "))
            };
            let _ = writeln!(text, "{:>12}  {said}: {}{may_be}", grouped(one.rows), one.reason);
        }
    }
    text
}
