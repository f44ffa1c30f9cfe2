//! A search's progress on stderr: objective, bound and gap, with the seconds since it began.

use super::answer::gap_text;
use crate::siting::Standing;
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Time between two lines.
const PAUSE: Duration = Duration::from_secs(1);

/// Lines on stderr, one a second at most.
pub(super) struct Lines {
    start: Instant,
    last: Cell<Option<Instant>>,
}

impl Lines {
    /// Silent unless it is asked for or a terminal reads.
    pub(super) fn new(is_wanted: bool) -> Option<Self> {
        (is_wanted || io::stderr().is_terminal()).then(|| Self { start: Instant::now(), last: Cell::new(None) })
    }

    /// A line, unless one was written just now. `value` shows an objective.
    pub(super) fn tell(&self, standing: Standing, value: &dyn Fn(i128) -> f64) {
        if self.last.get().is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last.set(Some(Instant::now()));
        let seconds = self.start.elapsed().as_secs_f64();
        let bound = value(standing.bound);
        let objective = standing.objective.map_or("none yet".to_owned(), |objective| value(objective).to_string());
        let gap = standing.objective.and_then(|objective| super::answer::gap(objective, standing.bound));
        let _ = writeln!(
            io::stderr().lock(),
            "{seconds:8.1} s  objective {objective}, bound {bound}, gap {}",
            gap_text(gap)
        );
    }
}
