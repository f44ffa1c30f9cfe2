//! Plans near a relaxation, and better plans by swaps.

use super::cut_search::Game;
use super::rules::Choices;

/// Columns on each side of the swaps tried in a round.
const SWAP_WIDTH: usize = 12;
/// Rounds of swaps at most.
const ROUND_LIMIT: usize = 40;

/// A lawful choice near `x`: columns in falling value, as long as the rows allow; none when that ends unlawful.
pub(in crate::siting) fn rounded(choices: &Choices, x: &[f64]) -> Option<Vec<bool>> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| {
        (choices.is_required[b].cmp(&choices.is_required[a])).then(x[b].total_cmp(&x[a])).then(a.cmp(&b))
    });
    let mut chosen = vec![false; x.len()];
    let rows_of = rows_of_columns(choices, x.len());
    let mut used = vec![0_i64; choices.rows.len()];
    // Twice: a column that waits for another one.
    for column in order.iter().chain(&order) {
        let fits = rows_of[*column].iter().all(|&(row, c)| c <= 0 || used[row] + c <= choices.rows[row].at_most);
        if !chosen[*column] && fits {
            chosen[*column] = true;
            for &(row, c) in &rows_of[*column] {
                used[row] += c;
            }
        }
    }
    choices.is_lawful(&chosen).then_some(chosen)
}

fn rows_of_columns(choices: &Choices, column_count: usize) -> Vec<Vec<(usize, i64)>> {
    let mut rows_of = vec![Vec::new(); column_count];
    for (number, row) in choices.rows.iter().enumerate() {
        for &(column, coefficient) in &row.terms {
            rows_of[column].push((number, coefficient));
        }
    }
    rows_of
}

/// Swaps one chosen column for one where most of the objective still passes, as long as that helps.
pub(super) fn by_swaps(game: &dyn Game, choices: &Choices, mut value: f64, mut chosen: Vec<bool>) -> Vec<bool> {
    for _ in 0..ROUND_LIMIT {
        let pressure = game.pressure(&chosen);
        let mut adds: Vec<usize> = (0..chosen.len()).filter(|&c| !chosen[c] && pressure[c] > 0.0).collect();
        adds.sort_by(|&a, &b| pressure[b].total_cmp(&pressure[a]).then(a.cmp(&b)));
        adds.truncate(SWAP_WIDTH);
        let taken: Vec<usize> = (0..chosen.len()).filter(|&column| chosen[column]).collect();
        let mut drops: Vec<(f64, usize)> =
            taken.into_iter().map(|column| (with(game, &mut chosen, &[column]), column)).collect();
        drops.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        drops.truncate(SWAP_WIDTH);
        let mut best: Option<(f64, Vec<usize>)> = None;
        let moves = adds.iter().map(|&add| vec![add]);
        let swaps = adds.iter().flat_map(|&add| drops.iter().map(move |&(_, drop)| vec![add, drop]));
        for flips in moves.chain(swaps) {
            flip(&mut chosen, &flips);
            let is_lawful = choices.is_lawful(&chosen);
            flip(&mut chosen, &flips);
            if is_lawful {
                let with_it = with(game, &mut chosen, &flips);
                if with_it < best.as_ref().map_or(value - value.abs() * 1e-12, |best| best.0) {
                    best = Some((with_it, flips));
                }
            }
        }
        let Some((better, flips)) = best else { break };
        value = better;
        flip(&mut chosen, &flips);
    }
    chosen
}

fn flip(chosen: &mut [bool], flips: &[usize]) {
    for &column in flips {
        chosen[column] = !chosen[column];
    }
}

/// The objective with some columns flipped.
fn with(game: &dyn Game, chosen: &mut [bool], flips: &[usize]) -> f64 {
    flip(chosen, flips);
    let value = game.value(chosen);
    flip(chosen, flips);
    value
}
