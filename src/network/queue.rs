//! The queue of a search with whole costs: buckets of equal width, and the bucket at hand in order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Most buckets: their ends stay in the nearest cache.
const MOST_BUCKETS: usize = 1024;

/// Most keys of the bucket at hand that are kept in order by moving them; beyond, a heap takes what comes.
const MOST_MOVED: usize = 256;

/// Nodes by cost, then by number. Keys taken never fall, and no key lies farther ahead of the last one taken than the
/// largest step: then a ring of buckets holds all (Denardo & Fox 1979, "Shortest-route methods: 1. Reaching, pruning, and
/// buckets", Operations Research 27). Inside a bucket keys are sorted, so that the order is exact.
#[derive(Debug, Default)]
pub(super) struct BucketQueue {
    buckets: Vec<Vec<u64>>,
    /// The bucket at hand, the least key last.
    at_hand: Vec<u64>,
    /// Keys of the bucket at hand that came when it was long.
    late: BinaryHeap<Reverse<u64>>,
    /// Bits of a key below the number of its bucket.
    shift: u32,
    at: u64,
    waiting: usize,
}

impl BucketQueue {
    /// Empties the queue for a search over `node_count` nodes with steps of at most `largest_step`.
    pub fn begin(&mut self, node_count: usize, largest_step: u32) {
        let count = (node_count / 16).next_power_of_two().clamp(16, MOST_BUCKETS);
        self.buckets.iter_mut().for_each(Vec::clear);
        self.buckets.resize_with(count, Vec::new);
        self.at_hand.clear();
        self.late.clear();
        (self.at, self.waiting, self.shift) = (0, 0, 32);
        while (u64::from(largest_step) >> (self.shift - 32)) + 2 > count as u64 {
            self.shift += 1;
        }
    }

    #[inline]
    pub fn push(&mut self, cost: u32, node: u32) {
        let key = u64::from(cost) << 32 | u64::from(node);
        let bucket = key >> self.shift;
        if bucket > self.at {
            let ring = self.buckets.len() - 1;
            self.buckets[bucket as usize & ring].push(key);
            self.waiting += 1;
        } else if self.at_hand.len() < MOST_MOVED {
            let place = self.at_hand.partition_point(|&other| other > key);
            self.at_hand.insert(place, key);
        } else {
            self.late.push(Reverse(key));
        }
    }

    /// Cost and node.
    #[inline]
    pub fn pop(&mut self) -> Option<(u32, u32)> {
        loop {
            let is_late = match (self.at_hand.last(), self.late.peek()) {
                (Some(key), Some(Reverse(late))) => late < key,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            let key = if is_late { self.late.pop().map(|Reverse(key)| key) } else { self.at_hand.pop() };
            if let Some(key) = key {
                return Some(((key >> 32) as u32, key as u32));
            }
            if self.waiting == 0 {
                return None;
            }
            let ring = self.buckets.len() - 1;
            self.at += 1;
            while self.buckets[self.at as usize & ring].is_empty() {
                self.at += 1;
            }
            std::mem::swap(&mut self.at_hand, &mut self.buckets[self.at as usize & ring]);
            self.waiting -= self.at_hand.len();
            self.at_hand.sort_unstable_by(|a, b| b.cmp(a));
        }
    }
}
