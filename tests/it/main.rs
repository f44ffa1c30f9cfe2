//! Integration tests.

mod bundle_formats;
mod bundle_place;
mod bundle_public;
mod bundle_sample;
