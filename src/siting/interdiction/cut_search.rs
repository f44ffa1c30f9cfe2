//! Branch and bound over yes-or-no columns whose objective is known through cuts alone.
//!
//! `minimise constant + sum_w cost_w theta_w`, `0 <= theta_w <= 1`, under rows over the columns `x` and cuts
//! `theta_w >= constant - sum a_j x_j` that a [`Game`] finds at fractional and whole-number points. One linear program is kept
//! and solved from its last basis; every bound is recomputed from the multipliers ([`Relaxation::proven_bound`]), so it
//! does not rest on the solver's tolerances. Work is counted, so the answer does not depend on the machine.

use super::SearchLimits;
use super::branching::{Branching, PseudoCosts};
use super::improve;
use super::rules::Choices;
use super::stopwatch::Stopwatch;
use super::work::Work;
use crate::siting::mip::{
    Column, ColumnKind, LinearEnd, LinearLimits, LinearPoint, MipError, Program, Relaxation, Row,
};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// `theta >= constant - sum of coefficient * x`; without a theta, `0 >= constant - sum of coefficient * x`.
#[derive(Clone, Debug)]
pub(in crate::siting) struct Cut {
    pub(in crate::siting) theta: Option<usize>,
    pub(in crate::siting) constant: f64,
    pub(in crate::siting) terms: Vec<(u32, f64)>,
}

impl Cut {
    /// Its right-hand side at `x`.
    pub(in crate::siting) fn value(&self, x: &[f64]) -> f64 {
        self.constant - self.terms.iter().map(|&(column, c)| c * x[column as usize]).sum::<f64>()
    }
}

/// What answers the planner's choice.
pub(in crate::siting) trait Game {
    /// Objective for each theta at 1, beyond `constant`.
    fn theta_costs(&self) -> Vec<f64>;
    /// Objective for each column; nothing for most games.
    fn column_cost(&self, _column: usize) -> f64 {
        0.0
    }
    /// Objective when all theta are 0.
    fn constant(&self) -> f64;
    /// Cuts that `x` and `theta` break by more than `tolerance`; exact at whole-number `x`.
    fn cuts(&self, x: &[f64], theta: &[f64], tolerance: f64) -> Vec<Cut>;
    /// The objective of a choice, exactly; infinite when the choice is no answer.
    fn value(&self, chosen: &[bool]) -> f64;
    /// For each column, how much of the objective passes where it would act.
    fn pressure(&self, chosen: &[bool]) -> Vec<f64>;
    /// Whether what was sought is found.
    fn is_done(&self) -> bool {
        false
    }
    /// No answer has an objective from here on.
    fn ceiling(&self) -> f64 {
        f64::INFINITY
    }
    /// Objectives are whole multiples of this; none when they may be anything.
    fn grain(&self) -> Option<f64> {
        None
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub(in crate::siting) struct Found {
    /// The best choice; none when none was met before a limit.
    pub(in crate::siting) chosen: Option<Vec<bool>>,
    pub(in crate::siting) bound: f64,
    pub(in crate::siting) node_count: u32,
    pub(in crate::siting) cut_count: u32,
}

/// A value this near a whole number is one.
pub(super) const NEAR: f64 = 1e-6;
/// Cuts must be broken by this much, of a theta's span.
const FRACTIONAL_TOLERANCE: f64 = 1e-6;
const WHOLE_TOLERANCE: f64 = 1e-8;
/// The linear program's objective runs over this range, whatever the problem's own.
const OBJECTIVE_RANGE: f64 = 1000.0;
/// Rows further than this from binding are dropped when the program is thinned.
const LOOSE: f64 = 0.02;
/// A round of cuts at the root that brings less than this share of the range is a slow one.
const ROOT_GAIN: f64 = 1e-6;

/// A part of the choices: some columns decided.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    bound: f64,
    number: u32,
    decided: Vec<(u32, bool)>,
}

impl Eq for Node {}
impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Node {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(self.number.cmp(&other.number))
    }
}

/// The relaxation's optimum at a node.
pub(super) struct Point {
    /// Values of the columns `x`.
    pub(super) x: Vec<f64>,
    pub(super) bound: f64,
    reduced: Vec<f64>,
    row_duals: Vec<f64>,
    values: Vec<f64>,
}

/// Searches for the lawful choice with the least objective.
///
/// # Errors
/// [`MipError`] when the solver fails.
pub(in crate::siting) fn search(game: &dyn Game, choices: &Choices, limits: SearchLimits) -> Result<Found, MipError> {
    let mut search = Search::new(game, choices, limits)?;
    search.run()?;
    Ok(search.finish())
}

pub(super) struct Search<'a> {
    pub(super) game: &'a dyn Game,
    pub(super) choices: &'a Choices,
    limits: SearchLimits,
    relaxation: Relaxation,
    column_count: usize,
    fixed_row_count: usize,
    constant: f64,
    scale: f64,
    /// Columns decided once for all.
    lasting: Vec<Option<bool>>,
    best: Option<(f64, Vec<bool>)>,
    /// Least bound of the parts that were closed.
    closed_bound: f64,
    open: BinaryHeap<Reverse<Node>>,
    node_count: u32,
    thinned_row_count: usize,
    pseudo: PseudoCosts,
    started: Stopwatch,
    work: Work,
}

impl<'a> Search<'a> {
    fn new(game: &'a dyn Game, choices: &'a Choices, limits: SearchLimits) -> Result<Self, MipError> {
        let column_count = choices.sites_of_column.len();
        let theta_costs = game.theta_costs();
        let range: f64 = theta_costs.iter().sum();
        let scale = if range > 0.0 { OBJECTIVE_RANGE / range } else { 1.0 };
        let column = |cost: f64, lower: f64, upper: f64| Column { cost, lower, upper, kind: ColumnKind::Continuous };
        let mut columns: Vec<Column> = choices
            .sites_of_column
            .iter()
            .zip(&choices.is_required)
            .enumerate()
            .map(|(ix, (sites, &is_required))| {
                column(
                    game.column_cost(ix) * scale,
                    f64::from(u8::from(is_required)),
                    f64::from(u8::from(!sites.is_empty())),
                )
            })
            .collect();
        columns.extend(theta_costs.iter().map(|&cost| column(cost * scale, 0.0, 1.0)));
        let rows: Vec<Row> = choices.rows.iter().map(crate::siting::reduce::Limit::row).collect();
        let lasting = columns[..column_count].iter().map(|c| (c.lower == c.upper).then_some(c.lower > 0.5)).collect();
        let fixed_row_count = rows.len();
        Ok(Self {
            game,
            choices,
            limits,
            relaxation: Relaxation::new(&Program { columns, rows })?,
            column_count,
            fixed_row_count,
            constant: game.constant(),
            scale,
            lasting,
            best: None,
            closed_bound: f64::INFINITY,
            open: BinaryHeap::new(),
            node_count: 0,
            thinned_row_count: 0,
            pseudo: PseudoCosts::new(column_count),
            started: Stopwatch::start(),
            work: Work::default(),
        })
    }

    fn finish(self) -> Found {
        let open = self.open.iter().map(|node| node.0.bound).fold(f64::INFINITY, f64::min);
        let objective = self.best.as_ref().map_or(f64::INFINITY, |best| best.0);
        Found {
            bound: open.min(self.closed_bound).min(objective),
            chosen: self.best.map(|best| best.1),
            node_count: self.node_count,
            cut_count: (self.relaxation.row_count() - self.fixed_row_count) as u32,
        }
    }

    /// Parts with a bound from here on need no search.
    pub(super) fn cutoff(&self) -> f64 {
        let Some((best, _)) = self.best else { return self.game.ceiling() };
        let within_gap = best - best.abs() * self.limits.gap_share;
        self.game.grain().map_or(within_gap, |grain| within_gap.min(best - grain * (1.0 - 1e-6)))
    }

    pub(super) fn is_spent(&self) -> bool {
        self.work.steps() >= u64::from(self.limits.step_limit)
            || self.limits.time_s.is_some_and(|limit| self.started.elapsed_s() >= limit)
    }

    fn run(&mut self) -> Result<(), MipError> {
        self.open.push(Reverse(Node { bound: f64::NEG_INFINITY, number: 0, decided: Vec::new() }));
        let mut next_number = 1;
        while let Some(Reverse(mut node)) = self.open.pop() {
            if node.bound >= self.cutoff() {
                self.close(node.bound);
                continue;
            }
            if self.node_count >= self.limits.node_count || self.is_spent() || self.game.is_done() {
                self.open.push(Reverse(node));
                return Ok(());
            }
            self.node_count += 1;
            let is_root = node.number == 0;
            while let Some(mut point) = self.explore(&mut node)? {
                if is_root {
                    self.after_root(&mut point)?;
                }
                if node.bound >= self.cutoff() {
                    self.close(node.bound);
                    break;
                }
                if self.is_spent() {
                    self.open.push(Reverse(node));
                    return Ok(());
                }
                self.settle(&mut node, &point, is_root);
                match self.branch(&point, node.bound)? {
                    Branching::Whole => {
                        self.close(node.bound);
                        break;
                    }
                    Branching::Forced(column, value) => node.decided.push((column, value)),
                    Branching::Split { column, bounds } => {
                        for (value, bound) in [(false, bounds[0]), (true, bounds[1])] {
                            let mut decided = node.decided.clone();
                            decided.push((column, value));
                            self.open.push(Reverse(Node {
                                bound: bound.max(node.bound),
                                number: next_number,
                                decided,
                            }));
                            next_number += 1;
                        }
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn close(&mut self, bound: f64) {
        self.closed_bound = self.closed_bound.min(self.rounded_up(bound));
    }

    /// The least objective that is not below `bound`.
    fn rounded_up(&self, bound: f64) -> f64 {
        self.game.grain().map_or(bound, |grain| ((bound / grain) - 1e-6).ceil() * grain)
    }

    /// Solves the relaxation of `node` with all its cuts; none when the part is closed.
    fn explore(&mut self, node: &mut Node) -> Result<Option<Point>, MipError> {
        self.place(&node.decided);
        let is_root = node.number == 0;
        let mut slow_rounds = 0;
        loop {
            let Some(point) = self.relax()? else {
                return Ok(None);
            };
            let gain = point.bound - node.bound;
            node.bound = node.bound.max(point.bound);
            if node.bound >= self.cutoff() {
                self.close(node.bound);
                return Ok(None);
            }
            let is_whole = point.x.iter().all(|&value| (value - value.round()).abs() <= NEAR);
            if is_whole {
                self.offer(point.x.iter().map(|&value| value > 0.5).collect());
            }
            // What is still missing decides how much a round must bring.
            let missing = self.cutoff() - node.bound;
            let least_gain = if is_root || missing.is_infinite() {
                ROOT_GAIN * OBJECTIVE_RANGE / self.scale
            } else {
                missing * 0.02
            };
            slow_rounds = if gain < least_gain { slow_rounds + 1 } else { 0 };
            if !is_whole && slow_rounds > if is_root { 6 } else { 2 } {
                return Ok(Some(point));
            }
            let tolerance = if is_whole { WHOLE_TOLERANCE } else { FRACTIONAL_TOLERANCE };
            let x: Vec<f64> = if is_whole { point.x.iter().map(|v| v.round()).collect() } else { point.x.clone() };
            let cuts = self.game.cuts(&x, &point.values[self.column_count..], tolerance);
            if cuts.is_empty() || self.is_spent() {
                return Ok(Some(point));
            }
            // Nothing can keep a cut without columns, and the solver may not see it.
            if cuts.iter().any(|cut| cut.theta.is_none() && cut.terms.is_empty() && cut.constant > 0.0) {
                return Ok(None);
            }
            for cut in cuts {
                let mut terms: Vec<(usize, f64)> = cut.terms.iter().map(|&(ix, c)| (ix as usize, c)).collect();
                terms.extend(cut.theta.map(|theta| (self.column_count + theta, 1.0)));
                self.relaxation.add_row(Row::at_least(cut.constant, terms));
            }
        }
    }

    /// Puts the bounds of a node's decisions into the program.
    fn place(&mut self, decided: &[(u32, bool)]) {
        let mut fates = self.lasting.clone();
        for &(column, value) in decided {
            fates[column as usize] = Some(value);
        }
        for (column, fate) in fates.into_iter().enumerate() {
            let (lower, upper) =
                fate.map_or((0.0, 1.0), |value| (f64::from(u8::from(value)), f64::from(u8::from(value))));
            self.relaxation.bound(column, lower, upper);
        }
    }

    pub(super) fn bound_column(&mut self, column: usize, lower: f64, upper: f64) {
        self.relaxation.bound(column, lower, upper);
    }

    fn relax(&mut self) -> Result<Option<Point>, MipError> {
        self.relax_within(LinearLimits::default())
    }

    /// The optimum, or where the limits stopped it: then the bound is proven, and weaker.
    pub(super) fn relax_within(&mut self, limits: LinearLimits) -> Result<Option<Point>, MipError> {
        let end = self.relaxation.solve_within(limits)?;
        self.work.charge(self.relaxation.iteration_count(), self.relaxation.row_count());
        let (LinearEnd::Optimal(LinearPoint { values, row_duals })
        | LinearEnd::Stopped(LinearPoint { values, row_duals })) = end
        else {
            return Ok(None);
        };
        let (bound, reduced) = self.relaxation.proven_bound(&row_duals);
        Ok(Some(Point {
            x: values[..self.column_count].iter().map(|value| value.clamp(0.0, 1.0)).collect(),
            bound: self.constant + bound / self.scale,
            reduced: reduced[..self.column_count].iter().map(|value| value / self.scale).collect(),
            row_duals,
            values,
        }))
    }

    /// After the root: a first plan near its relaxation, and only the rows that matter.
    fn after_root(&mut self, point: &mut Point) -> Result<(), MipError> {
        if let Some(chosen) = improve::rounded(self.choices, &point.x) {
            self.offer(chosen);
        }
        if point.bound < self.cutoff()
            && let Some((value, chosen)) = self.best.clone()
        {
            self.offer(improve::by_swaps(self.game, self.choices, value, chosen));
        }
        if point.bound < self.cutoff() {
            self.thin(point)?;
        }
        Ok(())
    }

    /// Drops the cuts that are far from binding.
    fn thin(&mut self, point: &Point) -> Result<(), MipError> {
        let is_kept: Vec<bool> = self
            .relaxation
            .slacks(&point.values)
            .iter()
            .zip(&point.row_duals)
            .enumerate()
            .map(|(row, (&slack, &dual))| row < self.fixed_row_count || dual != 0.0 || slack < LOOSE)
            .collect();
        self.relaxation.keep_rows(&is_kept)?;
        self.thinned_row_count = self.relaxation.row_count();
        Ok(())
    }

    /// Decides columns that any better plan must or must not have, by their reduced costs.
    fn settle(&mut self, node: &mut Node, point: &Point, is_root: bool) {
        let cutoff = self.cutoff();
        for (column, &reduced) in point.reduced.iter().enumerate() {
            let is_open = self.lasting[column].is_none() && !node.decided.iter().any(|d| d.0 as usize == column);
            if is_open && point.bound + reduced.abs() >= cutoff {
                if is_root {
                    self.lasting[column] = Some(reduced < 0.0);
                } else {
                    node.decided.push((column as u32, reduced < 0.0));
                }
                // What was left out by this lies at the cutoff or above.
                self.closed_bound = self.closed_bound.min(self.rounded_up(point.bound + reduced.abs()));
            }
        }
    }

    /// Takes a choice as the best one if it is lawful and better.
    pub(super) fn offer(&mut self, chosen: Vec<bool>) {
        if !self.choices.is_lawful(&chosen) {
            return;
        }
        let value = self.game.value(&chosen);
        if value < self.best.as_ref().map_or(f64::INFINITY, |best| best.0) {
            self.best = Some((value, chosen));
        }
    }

    /// A column to decide when all are whole within tolerance and yet their roundings break a row.
    pub(super) fn not_quite_whole(&self, point: &Point) -> Option<u32> {
        let chosen: Vec<bool> = point.x.iter().map(|&value| value > 0.5).collect();
        let distance = |column: usize| (point.x[column] - point.x[column].round()).abs();
        (0..self.column_count)
            .filter(|&column| distance(column) > 0.0)
            .max_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(b.cmp(&a)))
            .filter(|_| !self.choices.is_lawful(&chosen))
            .map(|column| column as u32)
    }

    fn branch(&mut self, point: &Point, node_bound: f64) -> Result<Branching, MipError> {
        if self.node_count > 1
            && let Some(chosen) = improve::rounded(self.choices, &point.x)
        {
            self.offer(chosen);
        }
        if self.node_count > 1 && self.relaxation.row_count() > 2 * self.thinned_row_count + 2000 {
            self.thin(point)?;
        }
        let mut pseudo = std::mem::take(&mut self.pseudo);
        let branching = pseudo.choose(self, point, node_bound);
        self.pseudo = pseudo;
        branching
    }
}
