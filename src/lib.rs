//! corridor: where traffickers' routes run, how risky each is, and which crossings to watch.

pub mod figures;
pub mod geodesy;
pub mod parallel;
pub mod records;
pub mod tables;
pub mod units;
