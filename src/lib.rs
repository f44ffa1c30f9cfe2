//! corridor: where traffickers' routes run, how risky each is, and which crossings to watch.

pub mod bundle;
pub mod cli;
pub mod config;
pub mod cooperation;
pub mod coverage;
pub mod error;
pub mod figures;
pub mod flow;
pub mod geodesy;
pub mod inputs;
pub mod network;
pub mod parallel;
pub mod pipeline;
pub mod records;
pub mod report;
pub mod risk;
pub mod scenario;
pub mod siting;
pub mod tables;
pub mod units;
