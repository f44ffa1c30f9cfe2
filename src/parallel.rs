//! Parallel maps and sums whose result does not depend on the number of threads.

use rayon::prelude::*;

/// Length of the fixed chunks of [`sum_in_order`].
const CHUNK: usize = 1024;

/// `work` of every item, in the items' order, computed on all threads.
pub fn map_in_order<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(work).collect()
}

/// As [`map_in_order`], with a scratch value made once a thread by `scratch`; `work` must leave no trace of an item in
/// it that changes the next result.
pub fn map_in_order_with<T: Sync, S: Send, R: Send>(
    items: &[T],
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, &T) -> R + Sync + Send,
) -> Vec<R> {
    items.par_iter().map_init(scratch, work).collect()
}

/// Floating-point sum in fixed chunks combined in order: the same bits at any thread count.
pub fn sum_in_order<T: Sync>(items: &[T], value: impl Fn(&T) -> f64 + Sync) -> f64 {
    let parts: Vec<f64> = items.par_chunks(CHUNK).map(|chunk| chunk.iter().map(&value).sum()).collect();
    // + 0.0: the sum of nothing is -0.0
    parts.iter().sum::<f64>() + 0.0
}

/// Element-wise sum of per-item vectors of length `len`, accumulated in fixed groups of items added in order.
pub fn accumulate_in_order<T: Sync>(items: &[T], len: usize, add: impl Fn(&T, &mut [f64]) + Sync) -> Vec<f64> {
    accumulate_in_order_with(items, len, || (), |(), item, total| add(item, total))
}

/// As [`accumulate_in_order`], with a scratch value made once for each group by `scratch`; `add` must leave no trace of an
/// item in it that changes the next result.
pub fn accumulate_in_order_with<T: Sync, S>(
    items: &[T],
    len: usize,
    scratch: impl Fn() -> S + Sync,
    add: impl Fn(&mut S, &T, &mut [f64]) + Sync,
) -> Vec<f64> {
    let group = items.len().div_ceil(16).max(1);
    let parts: Vec<Vec<f64>> = items
        .par_chunks(group)
        .map(|chunk| {
            let (mut total, mut space) = (vec![0.0; len], scratch());
            for item in chunk {
                add(&mut space, item, &mut total);
            }
            total
        })
        .collect();
    let mut total = vec![0.0; len];
    for part in parts {
        for (sum, value) in total.iter_mut().zip(part) {
            *sum += value;
        }
    }
    total
}

/// Both results, computed on two threads when one is free.
pub fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(one, other)
}

/// `work` on every item, on all threads, with a scratch value made by `scratch` where needed; items carry what they
/// change (such as their own slice of an array).
pub fn on_each_with<T: Send, S: Send>(
    items: Vec<T>,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, T) + Sync + Send,
) {
    items.into_par_iter().for_each_init(scratch, |scratch, item| work(scratch, item));
}
