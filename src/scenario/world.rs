//! What all runs share: the frozen network, where places join it, segments, trips' ends and travel times of offices.

use super::{CandidateParams, ScenarioError, Settings};
use crate::coverage::{OfficePost, Reach};
use crate::flow::{Terminals, TripTables, terminals};
use crate::network::{Components, Network, SnapIndex, build, posts_within};
use crate::records::{
    Agreement, Commodity, Crossing, Iso3, Link, Mode, Node, Office, Reporting, RouteShare, Seizure, SeizureTotal,
};
use crate::risk::{Evidence, Province, Segments};
use std::collections::BTreeMap;

/// The input tables.
#[derive(Clone, Copy, Debug)]
pub struct WorldTables<'a> {
    /// Nodes.
    pub nodes: &'a [Node],
    /// The nodes in an order that keeps the network's hierarchy small; without it one is found.
    pub node_order: Option<&'a [u32]>,
    /// Links.
    pub links: &'a [Link],
    /// Crossings.
    pub crossings: &'a [Crossing],
    /// Province outlines.
    pub provinces: &'a [Province<'a>],
    /// Production, demand, gateways.
    pub trips: TripTables<'a>,
    /// Seizures.
    pub seizures: &'a [Seizure],
    /// Who reported when.
    pub reportings: &'a [Reporting],
    /// National totals.
    pub totals: &'a [SeizureTotal],
    /// Published shares.
    pub route_shares: &'a [RouteShare],
    /// Offices.
    pub offices: &'a [Office],
    /// Agreements.
    pub agreements: &'a [Agreement],
}

/// Everything that scenarios share.
#[derive(Debug)]
pub struct World<'a> {
    /// The tables.
    pub tables: WorldTables<'a>,
    /// The network of the baseline.
    pub network: Network,
    /// Its components.
    pub components: Components,
    /// Provinces of its nodes.
    pub segments: Segments,
    /// Ends of trips, opiates then precursors.
    pub terminals: Vec<(Commodity, Terminals)>,
    /// Production of each year relative to the baseline year.
    pub activity_of_year: BTreeMap<i32, f64>,
    /// Travel times between posts.
    pub reach: Reach,
    /// Offices that count as existing.
    pub existing_offices: Vec<OfficePost>,
    /// Cooperation level of each crossing's two countries.
    pub cooperation_of_crossing: Vec<f64>,
    /// Published shares of flow by exit group, used for calibration, summing to 1; empty = none published.
    pub target_exit_shares: Vec<f64>,
}

impl<'a> World<'a> {
    /// Prepares the tables for runs; `reach_h`: how far travel times between posts are needed.
    ///
    /// # Errors
    /// When the network is empty, or places cannot be joined to it.
    pub fn new(tables: WorldTables<'a>, settings: &Settings, reach_h: f64) -> Result<Self, ScenarioError> {
        let network = build(tables.nodes, tables.links, tables.crossings, &settings.network)?;
        if let Some(order) = tables.node_order {
            network.prepare(order)?;
        }
        let components = Components::of(&network);
        let snap = SnapIndex::new(&network, &components);
        let segments = Segments::new(&network, tables.provinces);
        let ends: Vec<(Commodity, Terminals)> = Commodity::ALL
            .iter()
            .map(|&commodity| {
                let params = &settings.flow.terminals;
                (commodity, terminals(&network, &snap, &tables.trips, commodity, settings.baseline_year, params))
            })
            .collect();
        let not_joined: Vec<String> = ends.iter().flat_map(|(_, ends)| ends.not_joined.clone()).collect();
        if !not_joined.is_empty() {
            return Err(ScenarioError::NotJoined(not_joined));
        }
        check_ids("candidates.required_crossing_ids", &settings.candidates.required_crossing_ids, tables.crossings)?;
        check_ids("candidates.forbidden_crossing_ids", &settings.candidates.forbidden_crossing_ids, tables.crossings)?;
        let existing_offices = existing_offices(&tables, &settings.candidates);
        let with_office = existing_offices.iter().map(|office| &tables.crossings[office.crossing_ix as usize].id);
        let mut forbidden: Vec<String> =
            with_office.filter(|id| settings.candidates.forbidden_crossing_ids.contains(id)).cloned().collect();
        forbidden.dedup();
        if !forbidden.is_empty() {
            return Err(ScenarioError::ForbiddenHasOffice(forbidden));
        }
        Ok(Self {
            reach: reach(&network, tables.crossings, reach_h),
            existing_offices,
            cooperation_of_crossing: cooperation(&tables),
            target_exit_shares: target_shares(&tables, settings)?,
            activity_of_year: activity(&tables, settings),
            terminals: ends,
            tables,
            network,
            components,
            segments,
        })
    }

    /// The evidence behind hazard estimates.
    #[must_use]
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            seizures: self.tables.seizures,
            reportings: self.tables.reportings,
            totals: self.tables.totals,
            conversions: self.tables.trips.conversions,
            activity_of_year: &self.activity_of_year,
        }
    }

    /// Index of a crossing by its name.
    #[must_use]
    pub fn crossing_ix(&self, id: &str) -> Option<u32> {
        self.tables.crossings.iter().position(|crossing| crossing.id == id).map(|ix| ix as u32)
    }

    /// Whether a crossing belongs to the countries that plan.
    #[must_use]
    pub fn is_planned(&self, crossing: &Crossing, candidates: &CandidateParams) -> bool {
        crossing.link_ix.is_some() && crossing.countries.iter().any(|country| candidates.countries.contains(country))
    }
}

/// Travel times between posts.
pub(super) fn reach(network: &Network, crossings: &[Crossing], radius_h: f64) -> Reach {
    Reach { within: posts_within(network, crossings, radius_h), radius_h }
}

fn check_ids(key: &'static str, ids: &[String], crossings: &[Crossing]) -> Result<(), ScenarioError> {
    let unknown: Vec<String> = ids.iter().filter(|id| !crossings.iter().any(|c| c.id == **id)).cloned().collect();
    if unknown.is_empty() { Ok(()) } else { Err(ScenarioError::UnknownCrossings { key, ids: unknown }) }
}

/// Offices open by the stated year, at crossings that are on the network.
fn existing_offices(tables: &WorldTables<'_>, candidates: &CandidateParams) -> Vec<OfficePost> {
    let mut posts: Vec<OfficePost> = tables
        .offices
        .iter()
        .filter(|office| {
            office.status == "open" && office.opened_year.is_none_or(|year| year <= candidates.office_year)
        })
        .filter_map(|office| {
            let ix = tables.crossings.iter().position(|crossing| crossing.id == office.crossing_id)?;
            let crossing = &tables.crossings[ix];
            crossing.link_ix?;
            let side = crossing.countries.iter().position(|&country| country == office.country)?;
            Some(OfficePost { crossing_ix: ix as u32, side: side as u8 })
        })
        .collect();
    posts.sort_unstable();
    posts.dedup();
    posts
}

/// Highest level among the agreements of each crossing's two countries; 0 without one.
fn cooperation(tables: &WorldTables<'_>) -> Vec<f64> {
    let mut level: BTreeMap<[Iso3; 2], f64> = BTreeMap::new();
    for agreement in tables.agreements {
        let known = level.entry(agreement.countries).or_default();
        *known = known.max(agreement.level);
    }
    tables.crossings.iter().map(|crossing| level.get(&crossing.countries).copied().unwrap_or(0.0)).collect()
}

/// Published calibration shares of the exit groups, scaled to sum to 1 (a published remainder is spread by share);
/// empty when no group has one.
fn target_shares(tables: &WorldTables<'_>, settings: &Settings) -> Result<Vec<f64>, ScenarioError> {
    let share_of = |name: &str| {
        let is_target = |row: &&RouteShare| {
            row.kind == "first_crossing"
                && row.quantity == "flow"
                && row.used_for == "calibration"
                && row.member == name
        };
        tables.route_shares.iter().find(is_target).map(|row| row.share_percent)
    };
    let groups = &settings.flow.exit_groups;
    let shares: Vec<f64> = groups.iter().filter_map(|group| share_of(&group.name)).collect();
    if !shares.is_empty() && shares.len() < groups.len() {
        let missing = groups.iter().filter(|group| share_of(&group.name).is_none());
        return Err(ScenarioError::MissingShares(missing.map(|group| group.name.clone()).collect()));
    }
    let total: f64 = shares.iter().sum();
    Ok(shares.iter().map(|share| share / total).collect())
}

/// National production of each year over that of the baseline year.
fn activity(tables: &WorldTables<'_>, settings: &Settings) -> BTreeMap<i32, f64> {
    let national: BTreeMap<i32, f64> = tables
        .trips
        .productions
        .iter()
        .filter(|row| row.adm1.is_none() && row.country == settings.flow.source_country)
        .map(|row| (row.year, row.opium_kg_per_year))
        .collect();
    let Some(&base) = national.get(&settings.baseline_year) else { return BTreeMap::new() };
    national.into_iter().map(|(year, kg)| (year, kg / base)).collect()
}

/// Whether a crossing can hold an office: official, on the network, not green.
pub(super) fn can_hold_office(crossing: &Crossing) -> bool {
    crossing.is_official() && crossing.link_ix.is_some() && crossing.mode != Mode::Green
}
