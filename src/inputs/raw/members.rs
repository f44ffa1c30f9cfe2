//! The members of a JSON object and the items of its `features` as pieces of text, found by brackets and quotes alone:
//! what is left when one item is not JSON, so that it costs that item and not the file.

/// The pieces of a top object.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pieces<'t> {
    /// Items of the array `features`.
    pub(super) features: Vec<&'t str>,
    /// The other members: name as written between its quotes, value.
    pub(super) others: Vec<(&'t str, &'t str)>,
}

/// Splits a top object; `None` when its brackets do not match up to the end: then the file is cut off or no JSON.
pub(super) fn split(text: &str) -> Option<Pieces<'_>> {
    let mut pieces = Pieces::default();
    let mut at = after(text, skip_space(text, 0), b'{')?;
    loop {
        at = skip_space(text, at);
        let end = value_end(text, at)?;
        let name = text.get(at..end)?.strip_prefix('"')?.strip_suffix('"')?;
        at = skip_space(text, after(text, skip_space(text, end), b':')?);
        if name == "features" && text.as_bytes().get(at) == Some(&b'[') {
            at = items(text, at + 1, &mut pieces.features)?;
        } else {
            let end = value_end(text, at)?;
            pieces.others.push((name, text.get(at..end)?));
            at = end;
        }
        at = skip_space(text, at);
        match text.as_bytes().get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return (skip_space(text, at + 1) == text.len()).then_some(pieces),
            _ => return None,
        }
    }
}

/// The items of an array whose opening bracket is before `at`; where it ends.
fn items<'t>(text: &'t str, mut at: usize, found: &mut Vec<&'t str>) -> Option<usize> {
    loop {
        at = skip_space(text, at);
        if text.as_bytes().get(at) == Some(&b']') {
            return Some(at + 1);
        }
        let end = value_end(text, at)?;
        found.push(text.get(at..end)?.trim_end());
        at = skip_space(text, end);
        match text.as_bytes().get(at) {
            Some(b',') => at += 1,
            Some(b']') => return Some(at + 1),
            _ => return None,
        }
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn after(text: &str, at: usize, byte: u8) -> Option<usize> {
    (text.as_bytes().get(at) == Some(&byte)).then_some(at + 1)
}

/// Where the value that begins at `at` ends: after its last bracket or quote, or before the next comma or bracket.
fn value_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut ix) = (0_usize, at);
    loop {
        match *bytes.get(ix)? {
            b'"' => {
                ix += 1;
                loop {
                    let step = memchr::memchr2(b'"', b'\\', bytes.get(ix..)?)?;
                    ix += step + 1;
                    if bytes[ix - 1] == b'"' {
                        break;
                    }
                    ix += 1;
                }
                if depth == 0 {
                    return Some(ix);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return (ix > at).then_some(ix),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(ix + 1);
                }
            }
            b',' if depth == 0 => return (ix > at).then_some(ix),
            _ => {}
        }
        ix += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_those_between_commas_of_their_level() {
        let text = r#" {"type":"x","features":[ {"a":[1,{"b":"}\","}]} , NaN,[2] ,{"c":1e400}],"n": 1 } "#;
        let pieces = split(text).unwrap();
        assert_eq!(pieces.features, [r#"{"a":[1,{"b":"}\","}]}"#, "NaN", "[2]", r#"{"c":1e400}"#]);
        assert_eq!(pieces.others, [("type", "\"x\""), ("n", "1 ")]);
        for cut in 0..text.trim_end().len() {
            assert_eq!(split(&text[..cut]), None, "{cut}");
        }
        for wrong in ["", "[]", "{", "{}", "{\"a\"}", "{\"a\":}", "{\"a\":1}x", "{\"features\":[,]}", "{\"a\\"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }
}
