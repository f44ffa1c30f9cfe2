//! corridor: where traffickers' routes run, how risky each is, and which crossings to watch.

pub mod cli;
pub mod config;
pub mod error;
pub mod geodesy;
pub mod inputs;
pub mod parallel;
pub mod records;
pub mod tables;
pub mod units;
