//! The embedded tables in the form the stages take.

use corridor::inputs::{DataSource, Inputs, load};
use corridor::risk::Province;
use corridor::scenario::{Settings, WorldTables};
use corridor::{flow, records::Iso3};

/// The baseline year of the default configuration.
const BASELINE_YEAR: i32 = 2013;

/// The tables inside the program.
pub fn inputs() -> Inputs {
    load(&DataSource::Embedded).unwrap_or_else(|problems| panic!("the embedded data do not load: {problems:?}"))
}

/// Default settings in the baseline year.
pub fn settings() -> Settings {
    Settings { baseline_year: BASELINE_YEAR, ..Settings::default() }
}

/// Provinces as the risk room takes them.
pub fn provinces(inputs: &Inputs) -> Vec<Province<'_>> {
    let country = |code: &str| code.parse::<Iso3>().ok();
    let areas = inputs.boundaries.provinces.iter();
    areas
        .filter_map(|area| Some(Province { country: country(&area.iso3)?, adm1: &area.name, outline: &area.polygons }))
        .collect()
}

/// All tables of a run.
pub fn tables<'a>(inputs: &'a Inputs, provinces: &'a [Province<'a>]) -> WorldTables<'a> {
    WorldTables {
        nodes: &inputs.nodes,
        links: &inputs.links,
        crossings: &inputs.crossings,
        provinces,
        trips: flow::TripTables {
            places: &inputs.places,
            productions: &inputs.productions,
            demands: &inputs.demands,
            gateways: &inputs.gateways,
            precursor_supplies: &inputs.precursor_supplies,
            conversions: &inputs.conversions,
        },
        seizures: &inputs.seizures,
        reportings: &inputs.reportings,
        totals: &inputs.seizure_totals,
        route_shares: &inputs.route_shares,
        offices: &inputs.offices,
        agreements: &inputs.agreements,
    }
}
