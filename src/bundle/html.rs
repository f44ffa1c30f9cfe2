//! `report.html`: the report as one file that opens anywhere, prints on A4 and fetches and runs nothing.

use super::manifest::file_name;
use super::view::{MISSING, View, grouped, heading};
use super::{Block, Contents, InputFile, Profile, suppress, svg, text};
use crate::tables::{Column, Table};
use std::fmt::Write;

const STYLE: &str = include_str!("report.css");
/// Heading of the list of files.
pub(super) const FILES_HEADING: &str = "Files of this bundle";
/// The page may show its own styles and images, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

/// The report as HTML.
pub(super) fn report(contents: &Contents) -> String {
    let report = &contents.report;
    let title = text::html(&report.title);
    let classification = text::html(&contents.run.classification);
    let stamp = page_stamp(&contents.run.classification);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{stamp}</style>\n</head>\n<body>\n<header class=\"cover\">\n"
    );
    if !classification.is_empty() {
        let _ = writeln!(page, "<p class=\"band\">{classification}</p>");
    }
    let _ = writeln!(page, "<h1>{title}</h1>");
    if !report.subtitle.is_empty() {
        let _ = writeln!(page, "<p class=\"subtitle\">{}</p>", text::html(&report.subtitle));
    }
    page.push_str("</header>\n<main>\n");
    if contents.run.profile == Profile::Public {
        let _ = writeln!(page, "<p class=\"notice\">{}</p>", text::html(suppress::NOTICE));
    }
    if !report.summary.is_empty() {
        page.push_str(
            "<section class=\"summary\" aria-labelledby=\"key-findings\">\n<h2 id=\"key-findings\">Key findings</h2>\n",
        );
        bullets(&mut page, &report.summary);
        page.push_str("</section>\n");
    }
    table_of_contents(&mut page, contents);
    let (mut figure_number, mut table_number) = (0, 0);
    for (section, number) in report.sections.iter().zip(1..) {
        let _ = writeln!(
            page,
            "<section>\n<h2 id=\"s{number}\"><span class=\"number\">{number}</span> {}</h2>",
            text::html(&section.heading)
        );
        for block in &section.blocks {
            match block {
                Block::Text(running) => {
                    for paragraph in text::paragraphs(running) {
                        let _ = writeln!(page, "<p>{}</p>", text::html(paragraph));
                    }
                }
                Block::Bullets(items) => bullets(&mut page, items),
                Block::Figure(id) => {
                    figure_number += 1;
                    figure(&mut page, contents, id, figure_number);
                }
                Block::Table { name, first_rows, columns } => {
                    table_number += 1;
                    if let Some(found) = contents.tables.iter().find(|table| &table.name == name) {
                        table(&mut page, found, *first_rows, columns, table_number);
                    }
                }
            }
        }
        page.push_str("</section>\n");
    }
    files(&mut page, contents);
    page.push_str("</main>\n<footer>\n");
    for line in &report.footer {
        let _ = writeln!(page, "<p>{}</p>", text::html(line));
    }
    let version = text::html(&contents.run.version);
    let _ = writeln!(
        page,
        "<p>Made by corridor {version}. Inputs, parameters and hashes: <a href=\"manifest.json\">manifest.json</a>.</p>"
    );
    if !classification.is_empty() {
        let _ = writeln!(page, "<p class=\"band\">{classification}</p>");
    }
    page.push_str("</footer>\n</body>\n</html>\n");
    page
}

/// The classification at the foot of every printed page, as a style rule.
fn page_stamp(classification: &str) -> String {
    let mut content = String::new();
    for c in text::clean(classification).chars() {
        if c.is_ascii_alphanumeric() {
            content.push(c);
        } else {
            let _ = write!(content, "\\{:x} ", u32::from(c));
        }
    }
    if content.is_empty() {
        return content;
    }
    format!(
        "@page {{ @bottom-left {{ content: \"{content}\"; color: #46566a; font: 8pt \"Noto Sans\", \"Segoe UI\", Arial, sans-serif; }} }}\n"
    )
}

/// A title ending in a full stop, so that text may follow it.
pub(super) fn sentence(title: &str) -> String {
    let title = title.trim();
    let is_ended = title.is_empty() || title.ends_with(['.', '?', '!', ':']);
    format!("{title}{}", if is_ended { "" } else { "." })
}

fn bullets(page: &mut String, items: &[String]) {
    page.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(page, "<li>{}</li>", text::html(item));
    }
    page.push_str("</ul>\n");
}

fn table_of_contents(page: &mut String, contents: &Contents) {
    page.push_str("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ol>\n");
    for (section, number) in contents.report.sections.iter().zip(1..) {
        let _ = writeln!(page, "<li><a href=\"#s{number}\">{}</a></li>", text::html(&section.heading));
    }
    let _ = write!(page, "<li class=\"plain\"><a href=\"#files\">{FILES_HEADING}</a></li>\n</ol>\n</nav>\n");
}

fn figure(page: &mut String, contents: &Contents, id: &str, number: usize) {
    let Some(figure) = contents.figures.iter().find(|figure| figure.id == id) else { return };
    let (title, caption) = (text::html(&sentence(&figure.title)), text::html(&figure.caption));
    let _ = writeln!(page, "<figure id=\"figure-{number}\">");
    if !figure.svg.is_empty() {
        let _ = writeln!(page, "{}", svg::figure(&figure.svg, id, &figure.alt));
    }
    let _ = writeln!(
        page,
        "<figcaption><strong>Figure {number}. {title}</strong> {caption} \
         <a class=\"data\" href=\"figures/{id}.csv\">Data</a></figcaption>\n</figure>"
    );
}

/// The columns asked for, in that order; all when none is.
pub(super) fn shown_columns<'a>(table: &'a Table, columns: &[String]) -> Vec<&'a Column> {
    if columns.is_empty() {
        return table.columns.iter().collect();
    }
    columns.iter().filter_map(|wanted| table.columns.iter().find(|column| &column.name == wanted)).collect()
}

/// The table's note, and how much of the table is shown.
pub(super) fn table_note(table: &Table, first_rows: usize) -> String {
    let rows = table.row_count();
    let mut note = table.note.trim().to_owned();
    if rows > first_rows {
        let (shown, all) = (grouped(&first_rows.to_string()), grouped(&rows.to_string()));
        let gap = if note.is_empty() { "" } else { " " };
        let _ = write!(note, "{gap}First {shown} of {all} rows; all are in tables/{}.csv.", table.name);
    }
    note
}

fn table(page: &mut String, table: &Table, first_rows: usize, columns: &[String], number: usize) {
    let shown = shown_columns(table, columns);
    let views: Vec<View> = shown.iter().map(|column| View::new(column)).collect();
    let width = match shown.len() {
        0..=3 => " class=\"narrow\"",
        4..=8 => "",
        _ => " class=\"wide\"",
    };
    let _ = writeln!(
        page,
        "<div class=\"table\" id=\"table-{number}\">\n<table{width}>\n<caption><strong>Table {number}.</strong> {}</caption>\n<thead>\n<tr>",
        text::html(&table.title)
    );
    for (column, view) in shown.iter().zip(&views) {
        let (name, doc) = (text::html(&heading(&column.name)), text::html(&column.doc));
        let side = if view.is_number { " class=\"n\"" } else { "" };
        let _ = writeln!(page, "<th scope=\"col\"{side} title=\"{doc}\">{name}</th>");
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in 0..table.row_count().min(first_rows) {
        page.push_str("<tr>");
        for (ix, view) in views.iter().enumerate() {
            let side = if view.is_number { " class=\"n\"" } else { "" };
            let cell = view.cell(row).map_or_else(
                || format!("<span class=\"none\" title=\"not reported or does not apply\">{MISSING}</span>"),
                |cell| text::html(&cell),
            );
            let _ = if ix == 0 && !view.is_number {
                write!(page, "<th scope=\"row\">{cell}</th>")
            } else {
                write!(page, "<td{side}>{cell}</td>")
            };
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    let note = table_note(table, first_rows);
    if !note.is_empty() {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", text::html(&note));
    }
}

fn files(page: &mut String, contents: &Contents) {
    let _ = write!(
        page,
        "<section class=\"files\">\n<h2 id=\"files\">{FILES_HEADING}</h2>\n\
         <p>All tables with their column notes are in <a href=\"tables.xlsx\">tables.xlsx</a>, the map layers in \
         <a href=\"map.geojson\">map.geojson</a>, refused input values in <a href=\"quarantine.csv\">quarantine.csv</a>, \
         licences in <a href=\"LICENCES.txt\">LICENCES.txt</a>. A dash ({MISSING}) in a table is \u{201c}not \
         reported\u{201d} or \u{201c}does not apply\u{201d}, never zero.</p>\n"
    );
    if !contents.tables.is_empty() {
        list_head(page, &["Table", "What it holds"], &["Rows"]);
        for table in &contents.tables {
            let (name, title) = (&table.name, text::html(&table.title));
            let rows = grouped(&table.row_count().to_string());
            let _ = writeln!(
                page,
                "<tr><th scope=\"row\"><a href=\"tables/{name}.csv\">{name}</a></th><td>{title}</td><td class=\"n\">{rows}</td></tr>"
            );
        }
        page.push_str("</tbody>\n</table>\n</div>\n");
    }
    if !contents.run.inputs.is_empty() {
        list_head(page, &["Input"], &INPUT_HEADINGS);
        for input in &contents.run.inputs {
            let _ = write!(page, "<tr><th scope=\"row\">{}</th>", text::html(&file_name(&input.name)));
            for rows in input_rows(input) {
                let _ = write!(page, "<td class=\"n\">{}</td>", grouped(&rows.to_string()));
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</tbody>\n</table>\n</div>\n");
    }
    page.push_str("</section>\n");
}

/// Headings of what became of an input's rows.
pub(super) const INPUT_HEADINGS: [&str; 4] = ["Rows read", "Used", "Refused", "Left out by configuration"];

/// What became of an input's rows, under [`INPUT_HEADINGS`].
pub(super) fn input_rows(input: &InputFile) -> [u64; 4] {
    [input.rows_in, input.rows_used, input.rows_quarantined, input.rows_excluded]
}

fn list_head(page: &mut String, texts: &[&str], numbers: &[&str]) {
    page.push_str("<div class=\"table\">\n<table>\n<thead>\n<tr>");
    for heading in texts {
        let _ = write!(page, "<th scope=\"col\">{heading}</th>");
    }
    for heading in numbers {
        let _ = write!(page, "<th scope=\"col\" class=\"n\">{heading}</th>");
    }
    page.push_str("</tr>\n</thead>\n<tbody>\n");
}
