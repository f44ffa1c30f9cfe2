//! Integration tests.

mod architecture_rooms;
mod bundle_formats;
mod bundle_place;
mod bundle_public;
mod bundle_sample;
mod coverage_measure;
mod determinism_threads;
mod flow_assign;
mod flow_trips;
mod inputs_load;
mod network_alternatives;
mod network_fixture;
mod network_reach;
mod network_trees;
mod risk_assess;
mod risk_rates;
mod scenario_fixture;
mod scenario_runs;
mod siting_oracle;
mod siting_plan;
