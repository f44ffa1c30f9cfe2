//! `report.md`: the report as plain text with pipe tables and links to the figures.

use super::html::{FILES_HEADING, INPUT_HEADINGS, input_rows, sentence, table_note};
use super::manifest::file_name;
use super::view::{MISSING, View, grouped, heading};
use super::{Block, Contents, Profile, suppress, text};
use std::fmt::Write;

/// The report as Markdown.
pub(super) fn report(contents: &Contents) -> String {
    let report = &contents.report;
    let mut page = format!("# {}\n", text::markdown(&report.title));
    if !report.subtitle.is_empty() {
        let _ = write!(page, "\n{}\n", text::markdown_line(&report.subtitle));
    }
    if !contents.run.classification.is_empty() {
        let _ = write!(page, "\n**{}**\n", text::markdown(&contents.run.classification));
    }
    if contents.run.profile == Profile::Public {
        let _ = write!(page, "\n{}\n", text::markdown_line(suppress::NOTICE));
    }
    if !report.summary.is_empty() {
        page.push_str("\n## Key findings\n");
        bullets(&mut page, &report.summary);
    }
    let (mut figure_number, mut table_number) = (0, 0);
    for (section, number) in report.sections.iter().zip(1..) {
        let _ = write!(page, "\n## {number}. {}\n", text::markdown(&section.heading));
        for block in &section.blocks {
            match block {
                Block::Text(running) => {
                    for paragraph in text::paragraphs(running) {
                        let _ = write!(page, "\n{}\n", text::markdown_line(paragraph));
                    }
                }
                Block::Bullets(items) => bullets(&mut page, items),
                Block::Figure(id) => {
                    figure_number += 1;
                    figure(&mut page, contents, id, figure_number);
                }
                Block::Table { name, first_rows, columns } => {
                    table_number += 1;
                    table(&mut page, contents, name, *first_rows, columns, table_number);
                }
            }
        }
    }
    files(&mut page, contents);
    if !report.footer.is_empty() {
        page.push_str("\n---\n");
        for line in &report.footer {
            let _ = write!(page, "\n{}\n", text::markdown_line(line));
        }
    }
    page
}

fn bullets(page: &mut String, items: &[String]) {
    page.push('\n');
    for item in items {
        let _ = writeln!(page, "- {}", text::markdown_line(item));
    }
}

fn figure(page: &mut String, contents: &Contents, id: &str, number: usize) {
    let Some(figure) = contents.figures.iter().find(|figure| figure.id == id) else { return };
    if !figure.svg.is_empty() {
        let _ = write!(page, "\n![{}](figures/{id}.svg)\n", text::markdown(&figure.alt));
    }
    let (title, caption) = (text::markdown(&sentence(&figure.title)), text::markdown(&figure.caption));
    let _ = write!(page, "\n**Figure {number}. {title}** {caption} Data: [figures/{id}.csv](figures/{id}.csv)\n");
}

fn table(page: &mut String, contents: &Contents, name: &str, first_rows: usize, columns: &[String], number: usize) {
    let Some(table) = contents.tables.iter().find(|table| table.name == name) else { return };
    let _ = write!(page, "\n**Table {number}. {}**\n\n", text::markdown(&table.title));
    let shown = super::html::shown_columns(table, columns);
    let views: Vec<View> = shown.iter().map(|column| View::new(column)).collect();
    let headings: Vec<String> = shown.iter().map(|column| text::markdown(&heading(&column.name))).collect();
    let _ = writeln!(page, "| {} |", headings.join(" | "));
    let rules: Vec<&str> = views.iter().map(|view| if view.is_number { "---:" } else { ":---" }).collect();
    let _ = writeln!(page, "| {} |", rules.join(" | "));
    for row in 0..table.row_count().min(first_rows) {
        let cells: Vec<String> =
            views.iter().map(|view| view.cell(row).map_or(MISSING.to_owned(), |cell| text::markdown(&cell))).collect();
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    let note = table_note(table, first_rows);
    if !note.is_empty() {
        let _ = write!(page, "\n{}\n", text::markdown_line(&note));
    }
}

fn files(page: &mut String, contents: &Contents) {
    let _ = write!(page, "\n## {FILES_HEADING}\n\n| File | What it holds | Rows |\n| :--- | :--- | ---: |\n");
    for table in &contents.tables {
        let (name, title) = (&table.name, text::markdown(&table.title));
        let rows = grouped(&table.row_count().to_string());
        let _ = writeln!(page, "| [tables/{name}.csv](tables/{name}.csv) | {title} | {rows} |");
    }
    if contents.run.inputs.is_empty() {
        return;
    }
    let _ = write!(page, "\n| Input | {} |\n| :--- | ---: | ---: | ---: | ---: |\n", INPUT_HEADINGS.join(" | "));
    for input in &contents.run.inputs {
        let rows = input_rows(input).map(|rows| grouped(&rows.to_string()));
        let _ = writeln!(page, "| {} | {} |", text::markdown(&file_name(&input.name)), rows.join(" | "));
    }
}
