//! One run: flow, loads of crossings, coverage by the offices there are, and the plan for new ones.

use super::{Patch, ScenarioError, Settings, World};
use crate::coverage::{Coverage, CrossingLoad, OfficePost, Reach, RouteLoad, measure};
use crate::flow::{Calibration, Demanded, Flow, Terminal, assign, assign_again};
use crate::network::{Network, retime};
use crate::parallel::map_in_order;
use crate::records::{Commodity, Crossing};
use crate::risk::{Risk, RouteRisk, assess, assumed_hazard, route_risks};

/// The baseline: flow under the assumed hazard, hazard estimated from it, and the constants fitted on the way.
#[derive(Debug)]
pub struct Baseline {
    /// Hazard by commodity, in the order of `Commodity::ALL`.
    pub risks: Vec<Risk>,
    /// Destinations by commodity with what must set out for each so that its demand arrives.
    pub destinations: Vec<Vec<Terminal>>,
    /// Opiate consignment the hazard was estimated with.
    pub consignment_kg: f64,
    /// Exit constants by commodity.
    pub exit_constants: Vec<Vec<f64>>,
    /// The run itself, flow under the estimated hazard.
    pub outcome: Outcome,
}

impl Baseline {
    /// Risk of the baseline's routes, by commodity.
    #[must_use]
    pub fn route_risks(&self) -> Vec<Vec<RouteRisk>> {
        let of = |(flow, risk): (&Flow, &Risk)| {
            let network = &self.outcome.network;
            route_risks(network, &flow.routes, &risk.link_hazard, &risk.link_hazard_low, &risk.link_hazard_high)
        };
        self.outcome.flows.iter().zip(&self.risks).map(of).collect()
    }
}

/// Result of one run.
#[derive(Debug)]
pub struct Outcome {
    /// The network it ran on.
    pub network: Network,
    /// The crossings with their statuses.
    pub crossings: Vec<Crossing>,
    /// Offices at work.
    pub offices: Vec<OfficePost>,
    /// Flow by commodity.
    pub flows: Vec<Flow>,
    /// Hazard of each link by commodity, offices included.
    pub link_hazards: Vec<Vec<f64>>,
    /// Flow of both commodities over each crossing in heroin equivalent, kg a year.
    pub weight_kg_per_year: Vec<f64>,
    /// What the offices cover.
    pub coverage: Coverage,
}

/// Runs the baseline: flow under the assumed hazard gives the exposure, hazard is estimated from it, and flow is
/// assigned again under that hazard, destinations raised by what is lost on the way. One feedback, not the fixed point of level 4.
///
/// # Errors
/// When a stage fails.
pub fn assess_baseline(world: &World<'_>, settings: &Settings) -> Result<Baseline, ScenarioError> {
    let network = world.network.clone();
    let assumed = assumed_hazard(&network, &settings.risk);
    let passes = map_in_order(&world.terminals, |(commodity, ends)| {
        let demanded = Demanded {
            commodity: *commodity,
            origins: &ends.origins,
            destinations: &ends.destinations,
            calibration: calibration(world, *commodity),
        };
        let exposure = assign(&network, world.tables.crossings, &demanded, &assumed, &settings.flow)?;
        let risk = assess(
            &network,
            world.tables.crossings,
            &world.segments,
            *commodity,
            &exposure.link_flow_kg_per_year,
            settings.flow.cost.of(*commodity).consignment_kg,
            &world.evidence(),
            &settings.risk,
        );
        let sent = before_losses(&network, &ends.destinations, &exposure, &risk.link_hazard);
        Ok::<_, ScenarioError>((exposure, risk, sent))
    });
    let (mut exposures, mut risks, mut destinations) = (Vec::new(), Vec::new(), Vec::new());
    for pass in passes {
        let (exposure, risk, sent) = pass?;
        exposures.push(exposure);
        risks.push(risk);
        destinations.push(sent);
    }
    let hazards: Vec<Vec<f64>> = risks.iter().map(|risk| risk.link_hazard.clone()).collect();
    let calibrations: Vec<Calibration<'_>> =
        world.terminals.iter().map(|(commodity, _)| calibration(world, *commodity)).collect();
    let run = Run { network, crossings: world.tables.crossings.to_vec(), production_factor: 1.0, known: &exposures };
    let outcome = run.finish(world, settings, &destinations, hazards, &calibrations, world.existing_offices.clone())?;
    let exit_constants = outcome.flows.iter().map(|flow| flow.exit_constants.clone()).collect();
    Ok(Baseline {
        risks,
        destinations,
        consignment_kg: settings.flow.cost.opiates.consignment_kg,
        exit_constants,
        outcome,
    })
}

/// Runs `patch` under the hazard and the constants of the baseline. `extra_offices` come on top of the existing ones
/// and raise the hazard at the crossings they cover; the existing ones are taken to be in the
/// records it was estimated from (those opened later are not: their effect is understated).
///
/// # Errors
/// When a stage fails, or the patch names what does not exist.
pub fn evaluate(
    world: &World<'_>,
    settings: &Settings,
    baseline: &Baseline,
    patch: Option<&Patch>,
    extra_offices: &[OfficePost],
) -> Result<Outcome, ScenarioError> {
    let mut crossings = world.tables.crossings.to_vec();
    let mut offices = extra_offices.to_vec();
    let mut production_factor = 1.0;
    if let Some(patch) = patch {
        patch.check(&crossings)?;
        crossings = patch.applied_to(&crossings);
        production_factor = patch.production_factor;
        let named = patch.paired_office_crossing_ids.iter().filter_map(|id| world.crossing_ix(id));
        offices.extend(named.flat_map(pair));
    }
    let network = retime(&world.network, world.tables.links, &crossings, &settings.network);
    let scale = settings.flow.cost.opiates.consignment_kg / baseline.consignment_kg;
    let mut hazards: Vec<Vec<f64>> = baseline.risks.iter().map(|risk| risk.link_hazard.clone()).collect();
    if (scale - 1.0).abs() > f64::EPSILON {
        // with fewer, larger consignments each one carries more of the same interdictions
        hazards[0].iter_mut().for_each(|hazard| *hazard *= scale);
    }
    offices.extend(&world.existing_offices);
    offices.sort_unstable();
    offices.dedup();
    add_office_hazard(world, settings, &crossings, &offices, &mut hazards)?;
    let calibrations: Vec<Calibration<'_>> =
        baseline.exit_constants.iter().map(|constants| Calibration::Hold(constants)).collect();
    let run = Run { network, crossings, production_factor, known: &baseline.outcome.flows };
    run.finish(world, settings, &baseline.destinations, hazards, &calibrations, offices)
}

/// What must set out for each destination: its demand over the mean probability of arriving, by the exposure's routes.
fn before_losses(network: &Network, destinations: &[Terminal], exposure: &Flow, hazard: &[f64]) -> Vec<Terminal> {
    let mut sent = vec![0.0; destinations.len()];
    let mut arrived = vec![0.0; destinations.len()];
    for (route, risk) in exposure.routes.iter().zip(route_risks(network, &exposure.routes, hazard, hazard, hazard)) {
        sent[route.destination_ix as usize] += route.flow_kg_per_year;
        arrived[route.destination_ix as usize] += route.flow_kg_per_year * risk.evasion_probability();
    }
    let losses = sent.iter().zip(&arrived).map(|(sent, arrived)| if *arrived > 0.0 { sent / arrived } else { 1.0 });
    destinations
        .iter()
        .zip(losses)
        .map(|(to, factor)| Terminal { flow_kg_per_year: to.flow_kg_per_year * factor, ..to.clone() })
        .collect()
}

/// Both posts of a crossing.
pub(super) fn pair(crossing_ix: u32) -> [OfficePost; 2] {
    [0, 1].map(|side| OfficePost { crossing_ix, side })
}

/// The offices of a plan: both posts of every chosen crossing.
#[must_use]
pub fn plan_offices(crossing_ixs: &[u32]) -> Vec<OfficePost> {
    crossing_ixs.iter().flat_map(|&ix| pair(ix)).collect()
}

fn calibration<'a>(world: &'a World<'_>, commodity: Commodity) -> Calibration<'a> {
    match commodity {
        Commodity::Opiates => Calibration::Fit(&world.target_exit_shares),
        Commodity::Precursors => Calibration::Hold(&[]),
    }
}

/// Adds to the hazard of crossings what `offices` add over the existing ones.
fn add_office_hazard(
    world: &World<'_>,
    settings: &Settings,
    crossings: &[Crossing],
    offices: &[OfficePost],
    hazards: &mut [Vec<f64>],
) -> Result<(), ScenarioError> {
    let none = vec![CrossingLoad::default(); crossings.len()];
    let levels = &world.cooperation_of_crossing;
    let before = measure(&world.existing_offices, &world.reach, levels, &none, &[], &settings.coverage)?;
    let after = measure(offices, &world.reach, levels, &none, &[], &settings.coverage)?;
    for ((crossing, before), after) in crossings.iter().zip(&before.crossings).zip(&after.crossings) {
        if let Some(link) = crossing.link_ix {
            for hazard in hazards.iter_mut() {
                hazard[link as usize] += (after.added_hazard - before.added_hazard).max(0.0);
            }
        }
    }
    Ok(())
}

/// A network and crossings ready to be loaded.
struct Run<'a> {
    network: Network,
    crossings: Vec<Crossing>,
    production_factor: f64,
    /// Flows whose searches may be used again.
    known: &'a [Flow],
}

impl Run<'_> {
    fn finish(
        self,
        world: &World<'_>,
        settings: &Settings,
        destinations: &[Vec<Terminal>],
        link_hazards: Vec<Vec<f64>>,
        calibrations: &[Calibration<'_>],
        offices: Vec<OfficePost>,
    ) -> Result<Outcome, ScenarioError> {
        let Self { network, crossings, production_factor, known } = self;
        let commodities: Vec<_> =
            world.terminals.iter().zip(destinations).zip(link_hazards.iter().zip(calibrations)).collect();
        let flows = map_in_order(&commodities, |(((commodity, ends), destinations), (hazard, calibration))| {
            let origins: Vec<Terminal> = ends
                .origins
                .iter()
                .map(|origin| Terminal {
                    flow_kg_per_year: origin.flow_kg_per_year * production_factor,
                    ..origin.clone()
                })
                .collect();
            let demanded =
                Demanded { commodity: *commodity, origins: &origins, destinations, calibration: **calibration };
            let known = known.iter().find(|flow| flow.commodity == *commodity).map(|flow| &flow.searched);
            assign_again(&network, &crossings, &demanded, hazard, &settings.flow, known)
        });
        let flows = flows.into_iter().collect::<Result<Vec<_>, _>>()?;
        let weight_kg_per_year = weights_kg_per_year(&flows, crossings.len(), settings);
        let coverage = measure_all(&world.reach, world, settings, &offices, &weight_kg_per_year, &flows)?;
        Ok(Outcome { network, crossings, offices, flows, link_hazards, weight_kg_per_year, coverage })
    }
}

/// Flow of both commodities over each crossing in heroin equivalent, kg a year.
pub(super) fn weights_kg_per_year(flows: &[Flow], crossing_count: usize, settings: &Settings) -> Vec<f64> {
    let weight = |flow: &Flow| match flow.commodity {
        Commodity::Opiates => 1.0,
        Commodity::Precursors => settings.candidates.precursor_weight,
    };
    let at = |ix: usize| flows.iter().map(|flow| weight(flow) * flow.crossing_flow_kg_per_year[ix]).sum();
    (0..crossing_count).map(at).collect()
}

/// Coverage of crossings and of opiate routes by `offices`.
pub(super) fn measure_all(
    reach: &Reach,
    world: &World<'_>,
    settings: &Settings,
    offices: &[OfficePost],
    weight_kg_per_year: &[f64],
    flows: &[Flow],
) -> Result<Coverage, ScenarioError> {
    let loads: Vec<CrossingLoad> =
        weight_kg_per_year.iter().map(|&flow_kg_per_year| CrossingLoad { flow_kg_per_year }).collect();
    let routes: Vec<RouteLoad<'_>> = flows
        .iter()
        .filter(|flow| flow.commodity == Commodity::Opiates)
        .flat_map(|flow| &flow.routes)
        .filter(|route| !route.crossing_ixs.is_empty())
        .map(|route| RouteLoad { crossing_ixs: &route.crossing_ixs, flow_kg_per_year: route.flow_kg_per_year })
        .collect();
    Ok(measure(offices, reach, &world.cooperation_of_crossing, &loads, &routes, &settings.coverage)?)
}
