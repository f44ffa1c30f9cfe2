//! Integration tests.

mod bundle_formats;
mod bundle_place;
mod bundle_public;
mod bundle_sample;
mod cli_commands;
mod cli_config;
mod coverage_measure;
mod figures_charts;
mod figures_maps;
mod figures_raster;
mod figures_support;
mod inputs_faults;
mod inputs_fixture;
mod inputs_geojson;
mod inputs_load;
mod inputs_mutations;
mod siting_oracle;
mod siting_plan;
