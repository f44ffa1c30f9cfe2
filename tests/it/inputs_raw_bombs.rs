//! Small files that ask for much: whatever they unpack to, the program and its reading process together stay below 512 MB,
//! and the end comes within seconds with a coded limit.

use crate::inputs_raw_binary::zip;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series};
use polars_io::prelude::ParquetWriter;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Kilobytes that a process has held at most, where the system tells.
fn most_kilobytes(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    tasks
        .flat_map(|task| {
            let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// Exit code, rule, and megabytes of the program and its children together, each at its most.
fn check(path: &Path) -> (Option<i32>, String, u64) {
    let begin = Instant::now();
    let answer = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_corridor"));
    command.args(["check", "--json"]).arg(path).stdout(answer.reopen().unwrap()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut most: BTreeMap<String, u64> = BTreeMap::new();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        for process in children(child.id()).into_iter().chain([child.id().to_string()]) {
            let found = most_kilobytes(&process);
            let known = most.entry(process).or_insert(0);
            *known = found.max(*known);
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    // The limit of time of the reading process is 4.5 s; starting and stopping come on top, on a busy machine too.
    assert!(begin.elapsed() < Duration::from_secs(20), "{path:?}: {:?}", begin.elapsed());
    let json: Value = serde_json::from_slice(&std::fs::read(answer.path()).unwrap()).unwrap();
    let rule = json["refused"][0]["rule"].as_str().unwrap_or_default().to_owned();
    (status.code(), rule, most.values().sum::<u64>() >> 10)
}

/// A workbook whose cells all show one text: small as a file, large as a table.
fn one_text_many_cells(len: usize, count: usize) -> Vec<u8> {
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let types = format!("<Types xmlns=\"{PACKAGE}/content-types\"/>");
    let top = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/>\
         </sheets></workbook>"
    );
    let parts = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{OFFICE}/sharedStrings\" \
         Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let texts = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", "x".repeat(len));
    let mut sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    for row in 1..=count {
        write!(sheet, "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>").unwrap();
    }
    sheet.push_str("</sheetData></worksheet>");
    let parts = [
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &top),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &parts),
        ("xl/sharedStrings.xml", &texts),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    zip(&parts.map(|(name, text)| (name, text.as_bytes())), None)
}

/// A spreadsheet of one row and one cell, each repeated.
fn one_cell_repeated(len: usize, rows: usize, columns: usize) -> Vec<u8> {
    let space = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office=\"{space}:office:1.0\" xmlns:table=\"{space}:table:1.0\" \
         xmlns:text=\"{space}:text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"s\"><table:table-row \
         table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"string\" \
         table:number-columns-repeated=\"{columns}\"><text:p>{}</text:p></table:table-cell></table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        "x".repeat(len)
    );
    let manifest = format!("<manifest:manifest xmlns:manifest=\"{space}:manifest:1.0\"/>");
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    zip(
        &[("mimetype", kind), ("META-INF/manifest.xml", manifest.as_bytes()), ("content.xml", content.as_bytes())],
        None,
    )
}

/// One long text in every row of a columnar file, where it is stored once.
fn one_text_many_rows(len: usize, count: usize) -> Vec<u8> {
    let column: Column = Series::new("a".into(), ["x".repeat(len).as_str()]).into_column().new_from_index(0, count);
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut DataFrame::new(count, vec![column]).unwrap()).unwrap();
    bytes
}

#[test]
fn small_files_that_ask_for_much_end_at_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"country,drug,date,quantity_kg\n".repeat(3 << 20);
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &text).unwrap();
        encoder.finish().unwrap()
    };
    let zeros = vec![b' '; 64 << 20];
    let bombs = [
        ("text.xlsx", one_text_many_cells(1_000_000, 2_000), &["I616", "I602", "I617"][..]),
        ("zeros.xlsx", zip(&[("xl/worksheets/sheet1.xml", &zeros)], Some(100)), &["I614"]),
        ("rows.ods", one_cell_repeated(90, 100_000, 90), &["I616", "I602", "I617"]),
        ("sheet.ods", one_cell_repeated(3, 1_048_576, 16_384), &["I611"]),
        ("text.parquet", one_text_many_rows(1_000, 1_000_000), &["I616", "I602", "I617"]),
        ("text.csv.gz", gzip, &["I602"]),
        ("text.csv.zst", zstd::encode_all(&text[..], 1).unwrap(), &["I602"]),
    ];
    for (name, bytes, rules) in bombs {
        assert!(bytes.len() < 2 << 20, "{name}: {} bytes", bytes.len());
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (code, rule, megabytes) = check(&path);
        println!("{name}: {rule}, {megabytes} MB");
        assert_eq!(code, Some(if rule == "I611" { 3 } else { 6 }), "{name}: {rule}");
        assert!(rules.contains(&rule.as_str()), "{name}: {rule}");
        assert!(megabytes < 512, "{name}: {megabytes} MB");
    }
}
