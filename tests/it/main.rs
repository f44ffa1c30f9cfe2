//! The test binary.

mod figures_charts;
mod figures_maps;
mod figures_raster;
mod figures_support;
