//! What countries win by planning together: pure functions over plain values.
//!
//! Players are numbered from 0; a coalition is a set of players as bits.

mod equilibrium;
mod shapley;
mod staffing;

pub use equilibrium::{Dynamics, Ending, best_responses};
pub use shapley::{LARGEST_PLAYER_COUNT, shapley};
pub use staffing::{Staffed, Staffing};
