//! The queue of a search with whole costs: buckets of equal width, and a heap for the bucket at hand.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Most buckets.
const MOST_BUCKETS: usize = 4096;

/// Nodes by cost, then by number. Keys taken never fall, and no key lies farther ahead of the last one taken than the
/// largest step: then a ring of buckets holds all (Denardo & Fox 1979, "Shortest-route methods: 1. Reaching, pruning, and
/// buckets", Operations Research 27). Inside a bucket a binary heap keeps the order exact.
#[derive(Debug, Default)]
pub(super) struct BucketQueue {
    buckets: Vec<Vec<u64>>,
    heap: BinaryHeap<Reverse<u64>>,
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
        self.heap.clear();
        (self.at, self.waiting, self.shift) = (0, 0, 32);
        while (u64::from(largest_step) >> (self.shift - 32)) + 2 > count as u64 {
            self.shift += 1;
        }
    }

    #[inline]
    pub fn push(&mut self, cost: u32, node: u32) {
        let key = u64::from(cost) << 32 | u64::from(node);
        let bucket = key >> self.shift;
        if bucket <= self.at {
            self.heap.push(Reverse(key));
        } else {
            let ring = self.buckets.len() - 1;
            self.buckets[bucket as usize & ring].push(key);
            self.waiting += 1;
        }
    }

    /// Cost and node.
    #[inline]
    pub fn pop(&mut self) -> Option<(u32, u32)> {
        loop {
            if let Some(Reverse(key)) = self.heap.pop() {
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
            let bucket = &mut self.buckets[self.at as usize & ring];
            self.waiting -= bucket.len();
            // The heap's own memory takes the bucket's keys, and orders them in one go.
            let mut keys = std::mem::take(&mut self.heap).into_vec();
            keys.extend(bucket.drain(..).map(Reverse));
            self.heap = BinaryHeap::from(keys);
        }
    }
}
