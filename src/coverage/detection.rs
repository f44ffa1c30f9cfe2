//! How likely the offices detect a consignment at each crossing.

use super::catchment::{self, Response};
use super::{CoverageParams, DetectionDecay, OfficePost, Reach};

/// The answer at one crossing.
#[derive(Clone, Copy, Debug)]
pub(super) struct CrossingResponse {
    /// Nearest office to the post of each side.
    pub time_h: [Option<f64>; 2],
    /// Detection at the crossing.
    pub detection_probability: f64,
}

/// Detection of two offices that cooperate at level `c`: `best + c (joint - best)`, with `best = max(d_a, d_b)` and
/// `joint = 1 - (1 - d_a)(1 - d_b)`. From `best` at `c = 0` to `joint` at `c = 1`; rises with each argument.
#[must_use]
pub fn pair_detection_probability(d_a: f64, d_b: f64, cooperation: f64) -> f64 {
    let best = d_a.max(d_b);
    // joint - best = worst (1 - best), exact to the last digits when a probability is small.
    best + cooperation * d_a.min(d_b) * (1.0 - best)
}

/// Response and detection at every crossing. Input has been checked.
pub(super) fn responses(
    offices: &[OfficePost],
    reach: &Reach,
    cooperation_of_crossing: &[f64],
    params: &CoverageParams,
) -> Vec<CrossingResponse> {
    let post_count = reach.within.len();
    let all = catchment::responses(offices, reach, params);
    let mut time_h: Vec<Option<f64>> = vec![None; post_count];
    let mut domestic = vec![0.0_f64; post_count];
    let mut across: Vec<Vec<&Response>> = vec![Vec::new(); post_count];
    for response in &all {
        let nearest = &mut time_h[response.post];
        *nearest = Some(nearest.map_or(response.time_h, |time_h| time_h.min(response.time_h)));
        if response.is_from_across {
            across[response.post].push(response);
        } else {
            let best = &mut domestic[response.post];
            *best = best.max(detection(response.time_h, params));
        }
    }
    (0..post_count / 2)
        .map(|crossing_ix| {
            let posts = [2 * crossing_ix, 2 * crossing_ix + 1];
            let [d_a, d_b] = posts.map(|post| domestic[post]);
            let mut best = pair_detection_probability(d_a, d_b, cooperation_of_crossing[crossing_ix]);
            for (post, response) in posts.iter().flat_map(|&post| across[post].iter().map(move |r| (post, r))) {
                let cooperation = cooperation_of_crossing[response.crossing_ix];
                let helped =
                    pair_detection_probability(domestic[post], detection(response.time_h, params), cooperation);
                best = best.max(helped);
            }
            CrossingResponse { time_h: posts.map(|post| time_h[post]), detection_probability: best }
        })
        .collect()
}

/// Detection by one office that needs `time_h`.
pub(super) fn detection(time_h: f64, params: &CoverageParams) -> f64 {
    let fading = match params.detection_decay {
        DetectionDecay::None => 1.0,
        DetectionDecay::Linear if params.response_radius_h > 0.0 => 1.0 - time_h / params.response_radius_h,
        DetectionDecay::Linear => 1.0,
    };
    params.office_detection_probability * fading.max(0.0)
}
