//! Can an attack within the budget reach a target length? Whole lengths: a set covering with weights, decided by HiGHS.
//!
//! Rows are path cuts in whole numbers, `sum min(d_a, need) x_a >= need`, found first on the linear relaxation, then at
//! each attack that HiGHS proposes (lazy rows: Israeli & Wood 2002, section 4). Any subset of the rows that no attack within
//! the budget keeps refutes the target; an attack that breaks no path cut reaches it.

use super::attack_game::AttackGame;
use super::interdiction::SearchLimits;
use super::interdiction::cut_search::{Cut, Game};
use super::interdiction::rules::Choices;
use super::interdiction::stopwatch::Stopwatch;
use super::interdiction::work::Work;
use super::mip::{Column, ColumnKind, MipAim, MipError, MipLimits, MipStatus, Program, Relaxation, Row, solve};
use super::reduce::Limit;

/// Rounds of cuts on the linear relaxation at most.
const LINEAR_ROUNDS: u32 = 40;
/// Rounds that raise the relaxation by less than `LEAST_GAIN` before it is left.
const SLOW_ROUNDS: u32 = 5;
const LEAST_GAIN: f64 = 0.01;
const FRACTIONAL_TOLERANCE: f64 = 1e-6;
const WHOLE_TOLERANCE: f64 = 1e-8;

/// Answer of [`decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// `game.best()` has it.
    Reached,
    /// No lawful attack does.
    Refuted,
    /// A limit came first.
    Open,
}

/// Whether a lawful attack reaches the fixed target of `game`; `steps` counts the programs solved, `work` what they took.
pub(super) fn decide(
    game: &AttackGame,
    choices: &Choices,
    limits: SearchLimits,
    steps: &mut u32,
    work: &mut Work,
) -> Result<Decision, MipError> {
    let started = Stopwatch::start();
    let columns = choices.is_required.iter().enumerate().map(|(column, &is_required)| Column {
        cost: game.column_cost(column),
        lower: f64::from(u8::from(is_required)),
        upper: 1.0,
        kind: ColumnKind::Integer,
    });
    let rows = choices.rows.iter().map(Limit::row).collect();
    let mut program = Program { columns: columns.collect(), rows };
    let mut relaxation = Relaxation::new(&program)?;
    let (mut slow_rounds, mut last) = (0, f64::NEG_INFINITY);
    for _ in 0..LINEAR_ROUNDS {
        let Some(point) = relaxation.solve()? else { return Ok(Decision::Refuted) };
        let x: Vec<f64> = point.values.iter().map(|value| value.clamp(0.0, 1.0)).collect();
        let cost = program.columns.iter().zip(&x).map(|(column, value)| column.cost * value).sum::<f64>();
        slow_rounds = if cost - last < LEAST_GAIN { slow_rounds + 1 } else { 0 };
        last = cost;
        let cuts = game.path_cuts(&x, FRACTIONAL_TOLERANCE);
        if slow_rounds >= SLOW_ROUNDS || cuts.is_empty() {
            break;
        }
        if cuts.iter().any(is_impossible) {
            return Ok(Decision::Refuted);
        }
        for cut in &cuts {
            relaxation.add_row(row(cut));
            program.rows.push(row(cut));
        }
    }
    while *steps < limits.node_count && work.steps() < u64::from(limits.step_limit) {
        *steps += 1;
        let time_s = limits.time_s.map(|time_s| (time_s - started.elapsed_s()).max(0.0));
        let aim = MipAim::AnySolution;
        let answer = solve(&program, MipLimits { node_count: Some(limits.node_count), time_s, aim, gap_share: 0.0 })?;
        work.charge(answer.iteration_count, program.rows.len());
        if answer.status == MipStatus::Infeasible {
            return Ok(Decision::Refuted);
        }
        let chosen: Vec<bool> = answer.values.iter().map(|&value| value > 0.5).collect();
        if chosen.is_empty() || !choices.is_lawful(&chosen) {
            return Ok(Decision::Open);
        }
        game.value(&chosen);
        if game.is_done() {
            return Ok(Decision::Reached);
        }
        let x: Vec<f64> = chosen.iter().map(|&is_chosen| f64::from(u8::from(is_chosen))).collect();
        let cuts = game.path_cuts(&x, WHOLE_TOLERANCE);
        if cuts.iter().any(is_impossible) {
            return Ok(Decision::Refuted);
        }
        if cuts.is_empty() {
            return Ok(Decision::Open);
        }
        program.rows.extend(cuts.iter().map(row));
    }
    Ok(Decision::Open)
}

/// Nothing can keep a cut without columns.
fn is_impossible(cut: &Cut) -> bool {
    cut.terms.is_empty()
}

fn row(cut: &Cut) -> Row {
    Row::at_least(cut.constant, cut.terms.iter().map(|&(column, added)| (column as usize, added)).collect())
}
