//! Lines written as WKT.

use crate::geodesy::{LonLat, distance_km};

/// Farthest a line's end may lie from the node it belongs to: positions are rounded to a few decimals.
const END_TOLERANCE_KM: f64 = 1.0;

const EXPECTED: &str = "LINESTRING (lon lat, lon lat, ...) in decimal degrees";

/// The vertices of `text` between its ends, which must lie at `ends`.
pub(super) fn inner_vertices(text: &str, ends: [LonLat; 2]) -> Result<Vec<LonLat>, (String, &'static str)> {
    let mut vertices = line_string(text).ok_or_else(|| (text.to_owned(), EXPECTED))?;
    let (Some(first), Some(last)) = (vertices.first(), vertices.last()) else {
        return Err((text.to_owned(), EXPECTED));
    };
    let gap = |a: &LonLat, b: LonLat| distance_km(*a, b);
    let worst = gap(first, ends[0]).max(gap(last, ends[1]));
    if worst > END_TOLERANCE_KM {
        return Err((
            format!("an end {worst:.1} km from its node"),
            "a line that begins at from_node and ends at to_node",
        ));
    }
    vertices.pop();
    vertices.remove(0);
    Ok(vertices)
}

/// The vertices of a LINESTRING of at least two positions.
fn line_string(text: &str) -> Option<Vec<LonLat>> {
    let (keyword, rest) = text.split_at_checked("LINESTRING".len())?;
    let inside = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    if !keyword.eq_ignore_ascii_case("LINESTRING") {
        return None;
    }
    let vertices: Vec<LonLat> = inside.split(',').map(vertex).collect::<Option<_>>()?;
    (vertices.len() >= 2).then_some(vertices)
}

fn vertex(text: &str) -> Option<LonLat> {
    let mut numbers = text.split_ascii_whitespace().map(|number| number.parse::<f64>().ok());
    let position = LonLat::new(numbers.next()??, numbers.next()??)?;
    numbers.next().is_none().then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat { lon, lat }
    }

    #[test]
    fn inner_vertices_are_those_between_the_ends() {
        let ends = [at(61.0, 34.0), at(62.0, 35.0)];
        let line = "LINESTRING (61 34, 61.5 34.25,61.6 34.5, 62 35)";
        assert_eq!(inner_vertices(line, ends), Ok(vec![at(61.5, 34.25), at(61.6, 34.5)]));
        assert_eq!(inner_vertices("linestring(61 34,62 35)", ends), Ok(vec![]));
    }

    #[test]
    fn anything_else_is_refused() {
        let ends = [at(61.0, 34.0), at(62.0, 35.0)];
        let wrong = [
            "",
            "LINESTRING",
            "LINESTRING EMPTY",
            "LINESTRING (61 34)",
            "LINESTRING (61 34, 62)",
            "LINESTRING (61 34, 62 NaN)",
            "LINESTRING (61 34 1, 62 35 1)",
            "LINESTRING (61 34, 62 135)",
            "LINESTRING (61 34, 62 35",
            "POINT (61 34, 62 35)",
            "LINESTRINĠ (61 34, 62 35)",
            "LINESTRING (62 35, 61 34)",
        ];
        for text in wrong {
            assert!(inner_vertices(text, ends).is_err(), "{text}");
        }
    }
}
