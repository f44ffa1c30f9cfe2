//! Figures inside the report: inlined with ids of their own, or as an image when they hold more than plain drawing.

use super::text;

/// Elements that only draw.
const ELEMENTS: [&str; 22] = [
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "title",
    "desc",
    "defs",
    "clipPath",
    "mask",
    "linearGradient",
    "radialGradient",
    "stop",
    "use",
    "pattern",
    "marker",
];

/// The figure as HTML: its ids begin with `fig-<id>-`, `alt` is read out in its place.
pub(super) fn figure(svg: &str, id: &str, alt: &str) -> String {
    let label = text::html(alt);
    inline(svg, &format!("fig-{id}-"), &label).unwrap_or_else(|| {
        // A browser runs nothing inside an image.
        format!("<img alt=\"{label}\" src=\"data:image/svg+xml;base64,{}\">", base64(svg.as_bytes()))
    })
}

/// The SVG rewritten for inlining; none when it is not well-formed or holds anything but plain drawing.
fn inline(svg: &str, prefix: &str, label: &str) -> Option<String> {
    let mut rest = svg.trim_start_matches('\u{feff}').trim();
    let mut open: Vec<&str> = Vec::new();
    let mut written = String::with_capacity(svg.len() + svg.len() / 8);
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        if !(open.is_empty() && before.trim().is_empty()) {
            if open.is_empty() {
                return None;
            }
            written.push_str(before);
        }
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if tag.starts_with("<?xml") && written.is_empty() {
            rest = tag.split_once("?>")?.1;
        } else if tag.starts_with("<!DOCTYPE") && written.is_empty() {
            let (doctype, after) = tag.split_once('>')?;
            if doctype.contains('[') {
                return None;
            }
            rest = after;
        } else if let Some(closing) = tag.strip_prefix("</") {
            let (name, after) = closing.split_once('>')?;
            if open.pop()? != name.trim_end() {
                return None;
            }
            written.push_str(&format!("</{}>", name.trim_end()));
            rest = after;
        } else {
            let is_root = open.is_empty();
            if is_root && !written.is_empty() {
                return None;
            }
            let (name, attributes, is_closed, after) = start_tag(tag)?;
            if !ELEMENTS.contains(&name) || (is_root && (name != "svg" || is_closed)) {
                return None;
            }
            written.push('<');
            written.push_str(name);
            write_attributes(&mut written, &attributes, is_root, prefix)?;
            if is_root {
                written.push_str(&format!(" role=\"img\" aria-label=\"{label}\""));
            }
            written.push_str(if is_closed { "/>" } else { ">" });
            if !is_closed {
                open.push(name);
            }
            rest = after;
        }
    }
    (open.is_empty() && rest.trim().is_empty() && !written.is_empty()).then_some(written)
}

type Attributes<'a> = Vec<(&'a str, &'a str)>;

/// Name, attributes with their values as escaped in the source, whether it closes itself, and what follows.
fn start_tag(tag: &str) -> Option<(&str, Attributes<'_>, bool, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
    let inner = tag.strip_prefix('<')?;
    let (name, mut rest) = inner.split_at(inner.find(|c| !is_name(c))?);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((name, attributes, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((name, attributes, false, after));
        }
        let (key, value) = rest.split_at(rest.find(|c| !is_name(c))?);
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|&c| matches!(c, '"' | '\''))?;
        let (value, after) = value.get(1..)?.split_once(quote)?;
        if key.is_empty() || value.contains('<') {
            return None;
        }
        attributes.push((key, value));
        rest = after;
    }
}

fn write_attributes(written: &mut String, attributes: &Attributes, is_root: bool, prefix: &str) -> Option<()> {
    let find = |name: &str| attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    if is_root && find("viewBox").is_none() {
        let size = |name: &str| find(name)?.trim_end_matches("px").parse::<f64>().ok();
        written.push_str(&format!(" viewBox=\"0 0 {} {}\"", size("width")?, size("height")?));
    }
    for &(key, value) in attributes {
        let lower = key.to_ascii_lowercase();
        // Classes and labels are the page's; the size follows the page.
        let is_dropped =
            lower == "class" || lower.starts_with("aria-") || matches!(lower.as_str(), "role" | "tabindex");
        if is_dropped || (is_root && matches!(lower.as_str(), "width" | "height" | "id" | "style")) {
            continue;
        }
        if lower.starts_with("on") {
            return None;
        }
        let value = match lower.as_str() {
            "id" => format!("{prefix}{value}"),
            "href" | "xlink:href" => format!("#{prefix}{}", value.strip_prefix('#')?),
            _ => value.replace("url(#", &format!("url(#{prefix}")),
        };
        if value.matches("url(").count() != value.matches("url(#").count() {
            return None;
        }
        written.push_str(&format!(" {key}=\"{}\"", value.replace('"', "&quot;")));
    }
    Some(())
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |ix: usize| u32::from(chunk.get(ix).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for ix in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * ix) & 63) as usize];
            text.push(if ix <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
