//! The only clock of siting: read for a time limit that the user asks for, and for nothing else.

use std::time::Instant;

/// Seconds since it was started.
#[derive(Clone, Copy, Debug)]
pub(in crate::siting) struct Stopwatch(Instant);

impl Stopwatch {
    pub(in crate::siting) fn start() -> Self {
        Self(Instant::now())
    }

    pub(in crate::siting) fn elapsed_s(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
