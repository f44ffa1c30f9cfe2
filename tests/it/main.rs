//! Integration tests.

// A test that cannot go on has failed; and tests plant files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod architecture_rooms;
mod bundle_formats;
mod bundle_place;
mod bundle_public;
mod bundle_sample;
mod cli_check_files;
mod cli_check_planted;
mod cli_commands;
mod cli_config;
mod cli_solve;
mod coverage_measure;
mod determinism_threads;
mod figures_charts;
mod figures_maps;
mod figures_raster;
mod figures_support;
mod flow_assign;
mod flow_trips;
mod golden_run;
mod ingest_command;
mod ingest_geocode;
mod ingest_table;
mod ingest_vocabulary;
mod inputs_check_dates;
mod inputs_faults;
mod inputs_fixture;
mod inputs_geojson;
mod inputs_load;
mod inputs_mutations;
mod inputs_raw_binary;
mod inputs_raw_csv;
mod inputs_raw_fuzz;
mod inputs_raw_geojson;
mod inputs_raw_parquet;
mod network_alternatives;
mod network_artefact;
mod network_cli;
mod network_fixture;
mod network_hierarchy;
mod network_questions;
mod network_reach;
mod network_trees;
mod plan_cooperation;
mod plan_siting;
mod plan_study;
mod risk_assess;
mod risk_rates;
mod scenario_fixture;
mod scenario_runs;
mod siting_brute;
mod siting_interdiction;
mod siting_oracle;
mod siting_plan;
