//! The one test binary.

mod coverage_measure;
mod siting_oracle;
mod siting_plan;
