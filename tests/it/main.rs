//! Integration tests.

mod cli_commands;
mod cli_config;
mod inputs_faults;
mod inputs_fixture;
mod inputs_geojson;
mod inputs_load;
mod inputs_mutations;
