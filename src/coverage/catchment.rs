//! Which posts and crossings a set of offices reaches in time.

use super::{CoverageError, CoverageParams, CrossBorderResponse, OfficePost, Reach};

/// One office's response to one post within the radius.
#[derive(Clone, Copy, Debug)]
pub(super) struct Response {
    /// The post it responds to.
    pub post: usize,
    /// The crossing the office stands at.
    pub crossing_ix: usize,
    /// Hours on the way.
    pub time_h: f64,
    /// Whether it came over the border.
    pub is_from_across: bool,
}

/// Refuses parameters out of range, a reach that is too short or malformed, and offices that do not exist.
pub(super) fn check(offices: &[OfficePost], reach: &Reach, params: &CoverageParams) -> Result<(), CoverageError> {
    let not_negative = "a finite number >= 0";
    for (name, found, is_fine, expected) in [
        ("response_radius_h", params.response_radius_h, finite(params.response_radius_h), not_negative),
        ("border_passage_h", params.border_passage_h, finite(params.border_passage_h), not_negative),
        (
            "office_detection_probability",
            params.office_detection_probability,
            (0.0..1.0).contains(&params.office_detection_probability),
            "0 <= d < 1",
        ),
    ] {
        if !is_fine {
            return Err(CoverageError::Param { name, found, expected });
        }
    }
    if reach.radius_h.is_nan() || reach.radius_h < params.response_radius_h {
        return Err(CoverageError::ReachTooShort { found_h: reach.radius_h, needed_h: params.response_radius_h });
    }
    let post_count = reach.within.len();
    if !post_count.is_multiple_of(2) {
        return Err(CoverageError::Shape {
            what: "posts (two a crossing)",
            found: post_count,
            expected: post_count + 1,
        });
    }
    for (row, within) in reach.within.iter().enumerate() {
        for &(post, time_h) in within {
            if post as usize >= post_count {
                return Err(CoverageError::Shape { what: "post reached", found: post as usize, expected: post_count });
            }
            if !finite(time_h) {
                return Err(CoverageError::Value { what: "travel time", row, found: time_h, expected: not_negative });
            }
        }
    }
    for office in offices {
        if office.side > 1 {
            return Err(CoverageError::Shape { what: "side of an office", found: office.side.into(), expected: 2 });
        }
        if office.post() >= post_count {
            let found = office.crossing_ix as usize;
            return Err(CoverageError::Shape { what: "crossing of an office", found, expected: post_count / 2 });
        }
    }
    Ok(())
}

fn finite(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

/// Every response within the radius, offices in order of their posts. Input has been checked.
pub(super) fn responses(offices: &[OfficePost], reach: &Reach, params: &CoverageParams) -> Vec<Response> {
    let mut staffed = vec![false; reach.within.len()];
    for office in offices {
        staffed[office.post()] = true;
    }
    let mut responses = Vec::new();
    for home in (0..staffed.len()).filter(|&post| staffed[post]) {
        let partner = home ^ 1;
        let may_cross = match params.cross_border_response {
            CrossBorderResponse::Never => false,
            CrossBorderResponse::WhenPaired => staffed[partner],
            CrossBorderResponse::Always => true,
        };
        let ways = [(home, 0.0, false), (partner, params.border_passage_h, true)];
        for (from, start_h, is_from_across) in ways.into_iter().take(if may_cross { 2 } else { 1 }) {
            for &(post, travel_h) in &reach.within[from] {
                let time_h = start_h + travel_h;
                if time_h <= params.response_radius_h {
                    responses.push(Response { post: post as usize, crossing_ix: home / 2, time_h, is_from_across });
                }
            }
        }
    }
    responses
}

/// The crossings that `offices` cover, ascending: one row of the matrix that siting works on. A candidate site may be
/// one post or the pair of posts of a crossing.
///
/// # Errors
/// [`CoverageError`] as for [`super::measure`].
pub fn catchment(offices: &[OfficePost], reach: &Reach, params: &CoverageParams) -> Result<Vec<u32>, CoverageError> {
    check(offices, reach, params)?;
    let mut crossing_ixs: Vec<u32> =
        responses(offices, reach, params).iter().map(|response| response.post as u32 / 2).collect();
    crossing_ixs.sort_unstable();
    crossing_ixs.dedup();
    Ok(crossing_ixs)
}
