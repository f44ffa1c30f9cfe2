//! Integration tests.

mod coverage_measure;
mod inputs_load;
mod siting_oracle;
mod siting_plan;
