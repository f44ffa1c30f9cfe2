//! Best responses in turn, until nobody wants to move: a Nash equilibrium in pure strategies, if the play gets there.

/// How the play ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A whole round without a move: an equilibrium.
    Fixed,
    /// The play came back to an earlier state; so many rounds make the cycle.
    Cycle {
        /// Rounds from the state back to itself.
        round_count: u32,
    },
    /// Neither within the limit of rounds.
    Limit,
}

/// A play to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamics<S> {
    /// The strategy of each player at the end.
    pub strategies: Vec<S>,
    /// Rounds played, the last one without a move included.
    pub round_count: u32,
    /// How it ended.
    pub ending: Ending,
}

/// Lets each player in turn, from 0 on, change to a better answer to the others' strategies.
///
/// `respond(player, strategies)` gives a strategy that is strictly better for the player, or none. At most
/// `round_limit` rounds are played.
///
/// # Errors
/// The first error of `respond`.
pub fn best_responses<S: Clone + PartialEq, E>(
    start: Vec<S>,
    round_limit: u32,
    mut respond: impl FnMut(usize, &[S]) -> Result<Option<S>, E>,
) -> Result<Dynamics<S>, E> {
    let mut strategies = start;
    let mut seen: Vec<Vec<S>> = vec![strategies.clone()];
    for round in 1..=round_limit {
        let mut is_moved = false;
        for player in 0..strategies.len() {
            if let Some(better) = respond(player, &strategies)? {
                strategies[player] = better;
                is_moved = true;
            }
        }
        if !is_moved {
            return Ok(Dynamics { strategies, round_count: round, ending: Ending::Fixed });
        }
        if let Some(at) = seen.iter().position(|earlier| *earlier == strategies) {
            let ending = Ending::Cycle { round_count: (seen.len() - at) as u32 };
            return Ok(Dynamics { strategies, round_count: round, ending });
        }
        seen.push(strategies.clone());
    }
    Ok(Dynamics { strategies, round_count: round_limit, ending: Ending::Limit })
}
