//! The Shapley value (Shapley 1953, "A value for n-person games"), exact over all coalitions.

/// Most players: the number of coalitions doubles with each.
pub const LARGEST_PLAYER_COUNT: usize = 10;

/// Each player's share of the value of all together: `sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))`.
///
/// `value_of_coalition[bits]` is the value of the coalition whose players are the set bits; its length is 2^n, `v(0)` is
/// what nobody achieves and is left out of the shares, which sum to `v(all) - v(0)`. None when the length is no power of
/// two or there are more than [`LARGEST_PLAYER_COUNT`] players.
#[must_use]
pub fn shapley(value_of_coalition: &[f64]) -> Option<Vec<f64>> {
    let count = value_of_coalition.len();
    if !count.is_power_of_two() || count > 1 << LARGEST_PLAYER_COUNT {
        return None;
    }
    let n = count.trailing_zeros() as usize;
    // weight of a coalition of each size: s! (n - s - 1)! / n! = 1 / (n * (n - 1 choose s))
    let mut weights = Vec::with_capacity(n);
    let mut choose = 1.0;
    for size in 0..n {
        weights.push(1.0 / (n as f64 * choose));
        choose *= (n - 1 - size) as f64 / (size + 1) as f64;
    }
    let share = |player: usize| -> f64 {
        let without = (0..count).filter(|bits| bits & (1 << player) == 0);
        let gain = |bits: usize| value_of_coalition[bits | (1 << player)] - value_of_coalition[bits];
        without.map(|bits| weights[bits.count_ones() as usize] * gain(bits)).sum::<f64>() + 0.0
    };
    Some((0..n).map(share).collect())
}
