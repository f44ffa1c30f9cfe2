//! Text for people: without characters that hide or reorder, escaped for where it goes.

/// The text without control and direction-changing characters; newlines and tabs stay. Joiners stay too: Persian needs
/// them.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter(|&c| matches!(c, '\n' | '\t') || !c.is_control())
        .filter(|&c| {
            !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
                && !matches!(c, '\u{200b}' | '\u{fffe}' | '\u{ffff}' | '\u{fff9}'..='\u{fffb}')
        })
        .collect()
}

/// The text ending in exactly one newline.
pub(super) fn lines(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Paragraphs of a text, parted by blank lines.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// Cleaned and escaped for HTML text and quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in clean(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Cleaned and escaped for Markdown within a line: no markup, link or HTML comes from data.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in clean(text).chars() {
        match c {
            '\n' | '\t' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// As [`markdown`], for the start of a line: no heading, list or rule comes from data.
pub(super) fn markdown_line(text: &str) -> String {
    let mut escaped = markdown(text.trim_start());
    let rest = escaped.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = escaped.len() - rest.len();
    if (digits == 0 && rest.starts_with(['#', '-', '+', '='])) || (digits > 0 && rest.starts_with(['.', ')'])) {
        escaped.insert(digits, '\\');
    }
    escaped
}
