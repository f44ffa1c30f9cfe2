//! Seeded random numbers: the same cases everywhere, so that a failing one can be run again.

/// Random numbers from a seed: SplitMix64 (Steele, Lea & Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number in `0..count`.
    pub fn below(&mut self, count: u32) -> u32 {
        self.under(u64::from(count)) as u32
    }

    /// A whole number in `0..end`.
    pub fn under(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A place in a row of `count`.
    pub fn place(&mut self, count: usize) -> usize {
        self.under(count.max(1) as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, many: u64) -> bool {
        self.under(many) == 0
    }

    /// A number in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// A standard exponential number.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }

    /// A Poisson number: arrivals in `mean` of unit time.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let (mut arrivals, mut time) = (0, self.exponential());
        while time < mean {
            arrivals += 1;
            time += self.exponential();
        }
        arrivals
    }

    /// A gamma number of whole shape and scale 1.
    pub fn gamma(&mut self, shape: u32) -> f64 {
        (0..shape).map(|_| self.exponential()).sum()
    }
}
