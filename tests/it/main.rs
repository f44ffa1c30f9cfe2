//! Integration tests.

mod bundle_formats;
mod bundle_place;
mod bundle_public;
mod bundle_sample;
mod coverage_measure;
mod inputs_load;
mod network_alternatives;
mod network_fixture;
mod network_reach;
mod network_trees;
mod siting_oracle;
mod siting_plan;
