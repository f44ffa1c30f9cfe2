//! Hazard of interdiction by segment, from seizures as reported to pooled rates, and the risk of every route.
//!
//! Levels (each figure and table names the one it shows): 1 counts and quantities as reported; 2 exposure-adjusted
//! Poisson rate with the modelled flow as exposure; 3 gamma-Poisson empirical Bayes by country. Seizures alone do not
//! tell flow from detection: levels 2 and 3 hold only as far as the modelled flow does.

mod draws;
mod estimate;
mod reporting;
mod routes;
mod segments;

pub use draws::{Drawn, RateModel, RateModels};
pub use estimate::{GammaPrior, Interval, fit_prior, poisson_interval, posterior};
pub use reporting::{CountryLevel, counted_drugs, heroin_equivalent_kg};
pub use routes::{RouteRisk, route_risks};
pub use segments::{Province, Segments};

use crate::network::Network;
use crate::records::{Commodity, Conversion, Crossing, Iso3, Mode, Precision, Reporting, Seizure, SeizureTotal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters of [`assess`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RiskParams {
    /// First year of the records used.
    pub first_record_year: i32,
    /// Last year of the records used.
    pub last_record_year: i32,
    /// A commodity with fewer placed cases gets no estimate of level 2 or 3.
    pub smallest_case_count: u32,
    /// A crossing with at least this many cases of its own gets its own rate instead of its segment's.
    pub smallest_own_case_count: u32,
    /// A rate above this, per 1000 consignment-km, is held at it: it comes from seizures where the model puts almost no
    /// flow (assumption).
    pub largest_rate_per_1000_km: f64,
    /// Probability content of the intervals.
    pub interval_probability: f64,
    /// A crossing exposes a consignment as much as this many km of road (assumption).
    pub crossing_equivalent_km: f64,
    /// Hazard on land before any estimate, and where none can be given, per 1000 km (assumption).
    pub assumed_hazard_per_1000_km: f64,
    /// Hazard at sea, per 1000 km (assumption).
    pub sea_hazard_per_1000_km: f64,
}

impl Default for RiskParams {
    fn default() -> Self {
        Self {
            first_record_year: 2011,
            last_record_year: 2016,
            smallest_case_count: 30,
            smallest_own_case_count: 20,
            largest_rate_per_1000_km: 1.0,
            interval_probability: 0.95,
            crossing_equivalent_km: 100.0,
            assumed_hazard_per_1000_km: 0.1,
            sea_hazard_per_1000_km: 0.02,
        }
    }
}

/// What is known about seizures.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Seizures by place, drug and year.
    pub seizures: &'a [Seizure],
    /// Who reported when.
    pub reportings: &'a [Reporting],
    /// National totals.
    pub totals: &'a [SeizureTotal],
    /// Conversion factors.
    pub conversions: &'a [Conversion],
    /// Activity of each year relative to the baseline year (production index); a missing year counts 1.
    pub activity_of_year: &'a BTreeMap<i32, f64>,
}

/// Where a hazard comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HazardBasis {
    /// Records of the segment, pooled within its country.
    Segment,
    /// Records of the segment, but a rate beyond the largest allowed: held at it.
    Capped,
    /// None reported, no province layer to place them in, or hardly any exposure: the pool of all reporting countries.
    RegionalPool,
    /// Too few records of the commodity: an assumption.
    Assumed,
}

impl HazardBasis {
    /// The word used in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Segment => "segment records, pooled by country",
            Self::Capped => "segment records, held at the largest rate allowed",
            Self::RegionalPool => "no records to go by: pool of reporting countries",
            Self::Assumed => "assumption",
        }
    }
}

/// The estimate of one segment, rates per 1000 consignment-km.
#[derive(Clone, Debug)]
pub struct SegmentRisk {
    /// Country of the segment.
    pub country: Iso3,
    /// Its province; none = outside the province layer.
    pub adm1: Option<String>,
    /// Level 1: cases as reported; none = the country did not report.
    pub case_count: Option<u32>,
    /// Level 1: quantity as reported, kg heroin equivalent (opiates) or kg.
    pub quantity_kg: Option<f64>,
    /// Modelled exposure in the baseline year, consignment-km.
    pub exposure_consignment_km: f64,
    /// Level 2.
    pub rate: Option<Interval>,
    /// Level 3 (or its stand-in, see `basis`).
    pub pooled_rate: Interval,
    /// Where the pooled rate comes from.
    pub basis: HazardBasis,
}

/// The assessed hazard of one commodity.
#[derive(Clone, Debug)]
pub struct Risk {
    /// The commodity.
    pub commodity: Commodity,
    /// Every segment.
    pub segments: Vec<SegmentRisk>,
    /// Level of each country against its national totals.
    pub countries: Vec<CountryLevel>,
    /// Hazard of each link: estimate and interval.
    pub link_hazard: Vec<f64>,
    /// Lower ends.
    pub link_hazard_low: Vec<f64>,
    /// Upper ends.
    pub link_hazard_high: Vec<f64>,
    /// Hazard of each crossing; none when it is not on the network.
    pub crossing_hazard: Vec<Option<Interval>>,
    /// Cases at each crossing itself.
    pub own_case_count: Vec<u32>,
    /// Whether each crossing inherits its segments' hazard.
    pub is_inherited: Vec<bool>,
    /// Placed cases behind the estimates.
    pub placed_case_count: u32,
    /// Highest model level given: 3, or 1 when there are too few records.
    pub level: u8,
    /// The distributions that hazards are drawn from.
    pub models: RateModels,
}

/// A seizure this close to a crossing, and known that well, is the crossing's own, km.
const OWN_RADIUS_KM: f64 = 5.0;

/// Hazard before any estimate.
#[must_use]
pub fn assumed_hazard(network: &Network, params: &RiskParams) -> Vec<f64> {
    (0..network.link_count() as u32)
        .map(|link| {
            let per_1000_km = if network.mode(link) == Mode::Sea {
                params.sea_hazard_per_1000_km
            } else {
                params.assumed_hazard_per_1000_km
            };
            per_1000_km * segments::equivalent_km(network, link, params) / 1000.0
        })
        .collect()
}

/// Estimates hazard by segment and gives it to links and crossings.
///
/// Cases `N_s ~ Poisson(lambda_s E_s)`, `E_s` = consignment-km of the modelled flow over the years the country
/// reported, divided by the country's level factor (national total over recorded quantity), so that `lambda_s` is the
/// rate of all interdictions, not of the recorded ones. `flow_kg_per_year[l]`: modelled flow on each link.
#[must_use]
#[expect(clippy::too_many_arguments, reason = "network, flow and evidence come from three rooms")]
pub fn assess(
    network: &Network,
    crossings: &[Crossing],
    segments: &Segments,
    commodity: Commodity,
    flow_kg_per_year: &[f64],
    consignment_kg: f64,
    evidence: &Evidence<'_>,
    params: &RiskParams,
) -> Risk {
    let exposure = segments.exposure(network, flow_kg_per_year, consignment_kg, params);
    let years = params.first_record_year..=params.last_record_year;
    let drugs = counted_drugs(commodity);
    let is_counted = |seizure: &&Seizure| years.contains(&seizure.year) && drugs.contains(&seizure.drug.as_str());
    let counted: Vec<&Seizure> = evidence.seizures.iter().filter(is_counted).collect();
    let countries = reporting::country_levels(commodity, &counted, segments, evidence, params);
    let level_of: BTreeMap<Iso3, &CountryLevel> = countries.iter().map(|level| (level.country, level)).collect();

    let mut cases = vec![0_u32; segments.len()];
    let mut quantity_kg = vec![0.0; segments.len()];
    for seizure in &counted {
        if let Some(segment) = segments.of_seizure(seizure) {
            cases[segment] += seizure.case_count;
            quantity_kg[segment] += heroin_equivalent_kg(seizure, evidence.conversions);
        }
    }
    let placed_case_count: u32 = cases.iter().sum();
    let is_estimated = placed_case_count >= params.smallest_case_count;

    // effective exposure: reported years, country level, share of its cases that could be placed
    let effective: Vec<Option<f64>> = (0..segments.len())
        .map(|segment| {
            segments.adm1(segment)?;
            let level = level_of.get(&segments.country(segment))?;
            let placed = level.placed_share()?;
            Some(exposure[segment] * level.activity_years * placed / level.factor())
        })
        .collect();
    let priors = estimate::country_priors(segments, &cases, &effective);
    let pool = || {
        let pool = posterior(&priors.regional, 0, 0.0, params.interval_probability);
        pool.at_most(params.largest_rate_per_1000_km / 1000.0)
    };
    let at_most = params.largest_rate_per_1000_km / 1000.0;
    let model_of = |prior: &GammaPrior, cases: u32, exposed: f64| RateModel::Gamma {
        shape: prior.shape + f64::from(cases),
        rate: prior.rate + exposed,
        at_most,
    };
    let mut models = Vec::with_capacity(segments.len());
    let rates: Vec<SegmentRisk> = (0..segments.len())
        .map(|segment| {
            let country = segments.country(segment);
            let reported = level_of.contains_key(&country);
            let observed = effective[segment].filter(|&exposed| exposed > 0.0 && is_estimated);
            let (pooled, basis) = if !is_estimated {
                let assumed = params.assumed_hazard_per_1000_km / 1000.0;
                (Interval { estimate: assumed, low: 0.0, high: 2.0 * assumed }, HazardBasis::Assumed)
            } else if let (Some(exposed), Some(prior)) = (effective[segment], priors.of_country.get(&country)) {
                let own = posterior(prior, cases[segment], exposed, params.interval_probability);
                let largest = params.largest_rate_per_1000_km / 1000.0;
                match (own.estimate > largest, cases[segment]) {
                    (false, _) => (own, HazardBasis::Segment),
                    (true, 1..) => (own.at_most(largest), HazardBasis::Capped),
                    // no record and hardly any exposure: nothing of its own to go by
                    (true, 0) => (pool(), HazardBasis::RegionalPool),
                }
            } else {
                (pool(), HazardBasis::RegionalPool)
            };
            models.push(match (basis, effective[segment], priors.of_country.get(&country)) {
                (HazardBasis::Assumed, _, _) => RateModel::Uniform { high: pooled.high },
                (HazardBasis::Segment | HazardBasis::Capped, Some(exposed), Some(prior)) => {
                    model_of(prior, cases[segment], exposed)
                }
                _ => model_of(&priors.regional, 0, 0.0),
            });
            SegmentRisk {
                country,
                adm1: segments.adm1(segment).map(str::to_owned),
                case_count: reported.then_some(cases[segment]),
                quantity_kg: reported.then_some(quantity_kg[segment]),
                exposure_consignment_km: exposure[segment],
                rate: observed.map(|exposed| {
                    poisson_interval(cases[segment], exposed, params.interval_probability).scaled(1000.0)
                }),
                pooled_rate: pooled.scaled(1000.0),
                basis,
            }
        })
        .collect();

    let mut link_hazard = segments.link_hazard(network, params, |segment| rates[segment].pooled_rate.estimate / 1000.0);
    let mut link_hazard_low = segments.link_hazard(network, params, |segment| rates[segment].pooled_rate.low / 1000.0);
    let mut link_hazard_high =
        segments.link_hazard(network, params, |segment| rates[segment].pooled_rate.high / 1000.0);

    let own_case_count = own_cases(crossings, &counted);
    let mut is_inherited = vec![true; crossings.len()];
    let mut own_models = vec![None; crossings.len()];
    let crossing_hazard = crossings
        .iter()
        .enumerate()
        .map(|(ix, crossing)| {
            let link = crossing.link_ix? as usize;
            let consignment_years: f64 = crossing
                .countries
                .iter()
                .filter_map(|country| level_of.get(country))
                .map(|level| flow_kg_per_year[link] / consignment_kg * level.activity_years / level.factor())
                .fold(0.0, f64::max);
            if is_estimated && own_case_count[ix] >= params.smallest_own_case_count && consignment_years > 0.0 {
                let largest =
                    params.largest_rate_per_1000_km / 1000.0 * segments::equivalent_km(network, link as u32, params);
                let own = poisson_interval(own_case_count[ix], consignment_years, params.interval_probability);
                let own = own.at_most(largest);
                (link_hazard[link], link_hazard_low[link], link_hazard_high[link]) = (own.estimate, own.low, own.high);
                is_inherited[ix] = false;
                own_models[ix] = Some(RateModel::Gamma {
                    shape: f64::from(own_case_count[ix]),
                    rate: consignment_years,
                    at_most: largest,
                });
            }
            Some(Interval { estimate: link_hazard[link], low: link_hazard_low[link], high: link_hazard_high[link] })
        })
        .collect();
    Risk {
        commodity,
        segments: rates,
        countries,
        link_hazard,
        link_hazard_low,
        link_hazard_high,
        crossing_hazard,
        own_case_count,
        is_inherited,
        placed_case_count,
        level: if is_estimated { 3 } else { 1 },
        models: RateModels { segments: models, crossings: own_models },
    }
}

/// Cases recorded at each crossing itself, each case at the nearest crossing only.
fn own_cases(crossings: &[Crossing], seizures: &[&Seizure]) -> Vec<u32> {
    let mut own = vec![0; crossings.len()];
    for seizure in seizures {
        let (Some(at), Precision::Point | Precision::Crossing) = (seizure.position, seizure.precision) else {
            continue;
        };
        let nearest = crossings
            .iter()
            .enumerate()
            .filter(|(_, crossing)| crossing.is_official() && crossing.link_ix.is_some())
            .filter(|(_, crossing)| crossing.countries.contains(&seizure.country))
            .map(|(ix, crossing)| (crate::geodesy::distance_km(at, crossing.position), ix))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        if let Some((distance_km, ix)) = nearest
            && distance_km <= OWN_RADIUS_KM
        {
            own[ix] += seizure.case_count;
        }
    }
    own
}
