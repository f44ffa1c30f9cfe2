//! What the planner may choose, as linear rows over the sites.

use crate::records::Iso3;
use crate::siting::CountryLimit;

/// Which offices are lawful together. A table is empty or has one entry a site; site numbers are from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficeRules {
    /// Most new offices; none = no limit.
    pub office_count: Option<u32>,
    /// Cost of a new office, whole numbers of one unit, 0 or more. Empty: they cost nothing.
    pub cost: Vec<i64>,
    /// Most that the new offices cost together; none = no limit.
    pub budget: Option<i64>,
    /// Offices that work already: at no cost, and they count towards no limit.
    pub existing: Vec<bool>,
    /// Sites that must have an office.
    pub required: Vec<bool>,
    /// Sites that must not get a new one.
    pub forbidden: Vec<bool>,
    /// The countries that a site counts for.
    pub country_of_site: Vec<Vec<Iso3>>,
    /// Fewest and most new offices in a country.
    pub country_limits: Vec<CountryLimit>,
    /// Sets of sites of which at most one has an office, existing ones included.
    pub exclusive: Vec<Vec<u32>>,
    /// Two sites that have an office both or neither.
    pub pairs: Vec<(u32, u32)>,
    /// The first site may have an office only where the second has one.
    pub conditional: Vec<(u32, u32)>,
}
