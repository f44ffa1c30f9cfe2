//! The only door to the HiGHS solver: linear and mixed-integer programs, always minimised.
//!
//! One thread, a fixed seed, no relative or absolute gap, no clock: the same program gives the same answer each time.
//! HiGHS works in floating point; what must be exact is proved in whole numbers by the callers.

use highs::{Col, HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};

/// A column of a [`Program`].
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its coefficient in the objective, which is minimised.
    pub cost: f64,
    /// Least value, finite.
    pub lower: f64,
    /// Greatest value, finite.
    pub upper: f64,
    /// Whether its value is a whole number.
    pub kind: ColumnKind,
}

/// Whether a column's value is a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any real number within the bounds.
    Continuous,
    /// Whole numbers only.
    Integer,
}

/// A row: `lower <= sum of coefficient * column <= upper`.
#[derive(Clone, Debug)]
pub struct Row {
    /// Least value.
    pub lower: f64,
    /// Greatest value.
    pub upper: f64,
    /// Columns and their coefficients.
    pub terms: Vec<(usize, f64)>,
}

impl Row {
    /// `sum <= upper`.
    #[must_use]
    pub fn at_most(upper: f64, terms: Vec<(usize, f64)>) -> Self {
        Self { lower: f64::NEG_INFINITY, upper, terms }
    }

    /// `sum >= lower`.
    #[must_use]
    pub fn at_least(lower: f64, terms: Vec<(usize, f64)>) -> Self {
        Self { lower, upper: f64::INFINITY, terms }
    }
}

/// Minimise the cost of the columns within the rows.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// How a solve ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MipStatus {
    /// Optimal within the solver's tolerances.
    Optimal,
    /// Stopped at a limit; the values, if any, are the best found.
    Limit,
    /// No solution exists.
    Infeasible,
}

/// Limits of a solve. Without any, the answer depends on nothing but the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct MipLimits {
    /// Most branch-and-bound nodes.
    pub node_count: Option<u32>,
    /// Seconds; an answer under a time limit may differ from run to run.
    pub time_s: Option<f64>,
    /// What is sought.
    pub aim: MipAim,
    /// The relative gap at which to stop.
    pub gap_share: f64,
}

/// What a solve is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MipAim {
    /// The best solution.
    #[default]
    Optimum,
    /// Any solution, or the proof that there is none.
    AnySolution,
}

/// Answer of [`solve`].
#[derive(Clone, Debug)]
pub struct MipAnswer {
    /// Value of each column; empty when no solution was found.
    pub values: Vec<f64>,
    /// Objective of `values`.
    pub objective: f64,
    /// No solution is below this.
    pub bound: f64,
    /// `(objective - bound) / |objective|`; 0 when both are equal.
    pub gap_share: f64,
    /// How it ended.
    pub status: MipStatus,
    /// Iterations of the simplex method: a measure of the work.
    pub iteration_count: u64,
}

/// The solver refused a program or gave up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the solver stopped: {reason}")]
pub struct MipError {
    /// Its own word for it.
    pub reason: String,
}

fn stopped(reason: &impl std::fmt::Debug) -> MipError {
    MipError { reason: format!("{reason:?}") }
}

/// Solves a mixed-integer (or linear) program.
///
/// # Errors
/// [`MipError`] when the solver refuses the program or ends in a state that says nothing about it.
pub fn solve(program: &Program, limits: MipLimits) -> Result<MipAnswer, MipError> {
    if program.columns.is_empty() {
        return Ok(solve_empty(program));
    }
    let (mut model, _) = load(program)?;
    if let Some(node_count) = limits.node_count {
        set(&mut model, "mip_max_nodes", i32::try_from(node_count).unwrap_or(i32::MAX))?;
    }
    if limits.aim == MipAim::AnySolution {
        set(&mut model, "mip_max_improving_sols", 1)?;
    }
    if let Some(time_s) = limits.time_s {
        set(&mut model, "time_limit", time_s)?;
    }
    if limits.gap_share > 0.0 {
        set(&mut model, "mip_rel_gap", limits.gap_share)?;
    }
    let solved = model.try_solve().map_err(|status| stopped(&status))?;
    let status = status_of(&solved)?;
    let is_mixed = program.columns.iter().any(|column| column.kind == ColumnKind::Integer);
    let has_values = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
    let values = if has_values { solved.get_solution().columns().to_vec() } else { Vec::new() };
    let objective = if has_values { solved.objective_value() } else { f64::INFINITY };
    let bound = match (status, is_mixed) {
        (MipStatus::Infeasible, _) => f64::INFINITY,
        (_, true) => solved.double_info_value(c"mip_dual_bound").map_err(|status| stopped(&status))?,
        (MipStatus::Optimal, false) => objective,
        (MipStatus::Limit, false) => f64::NEG_INFINITY,
    };
    let gap_share = if objective == bound { 0.0 } else { (objective - bound) / objective.abs() };
    Ok(MipAnswer { values, objective, bound, gap_share, status, iteration_count: iterations_of(&solved) })
}

/// A program without columns: its rows hold or they do not.
fn solve_empty(program: &Program) -> MipAnswer {
    let holds = program.rows.iter().all(|row| row.lower <= 0.0 && row.upper >= 0.0);
    let (objective, status) = if holds { (0.0, MipStatus::Optimal) } else { (f64::INFINITY, MipStatus::Infeasible) };
    MipAnswer { values: Vec::new(), objective, bound: objective, gap_share: 0.0, status, iteration_count: 0 }
}

/// Solution of a linear program.
#[derive(Clone, Debug)]
pub struct LinearPoint {
    /// Value of each column.
    pub values: Vec<f64>,
    /// For each row, the change of the objective for one more unit on the row's right-hand side.
    pub row_duals: Vec<f64>,
}

/// Limits of one solve of a [`Relaxation`].
#[derive(Clone, Copy, Debug, Default)]
pub struct LinearLimits {
    /// Most iterations of the simplex method.
    pub iteration_count: Option<u64>,
    /// Seconds of all solves of this relaxation together.
    pub time_s: Option<f64>,
}

/// How a solve of a [`Relaxation`] ended.
#[derive(Clone, Debug)]
pub enum LinearEnd {
    /// At the optimum.
    Optimal(LinearPoint),
    /// There is no solution.
    Infeasible,
    /// At a limit; the point is whatever the solver had.
    Stopped(LinearPoint),
}

/// A linear program that is solved again and again under changed column bounds, each time from the last basis.
pub struct Relaxation {
    program: Program,
    model: Option<Model>,
    columns: Vec<Col>,
    iteration_count: u64,
}

impl Relaxation {
    /// Loads `program`; its column kinds do not matter.
    ///
    /// # Errors
    /// [`MipError`] when the solver refuses it.
    pub fn new(program: &Program) -> Result<Self, MipError> {
        let mut relaxed = program.clone();
        for column in &mut relaxed.columns {
            column.kind = ColumnKind::Continuous;
        }
        let mut relaxation = Self { program: relaxed, model: None, columns: Vec::new(), iteration_count: 0 };
        relaxation.reload()?;
        Ok(relaxation)
    }

    /// A fresh model, without the last basis.
    fn reload(&mut self) -> Result<(), MipError> {
        let (mut model, columns) = load(&self.program)?;
        set(&mut model, "solver", "simplex")?;
        (self.model, self.columns) = (Some(model), columns);
        Ok(())
    }

    /// Sets the bounds of a column.
    pub fn bound(&mut self, column_ix: usize, lower: f64, upper: f64) {
        let column = &mut self.program.columns[column_ix];
        if (column.lower, column.upper) != (lower, upper) {
            (column.lower, column.upper) = (lower, upper);
            if let Some(model) = &mut self.model {
                model.change_column_bounds(self.columns[column_ix], lower..=upper);
            }
        }
    }

    /// Adds a row; the next solve starts from the last basis.
    pub fn add_row(&mut self, row: Row) {
        if let Some(model) = &mut self.model {
            let terms: Vec<(Col, f64)> = row.terms.iter().map(|&(ix, c)| (self.columns[ix], c)).collect();
            model.add_row(row.lower..=row.upper, terms);
        }
        self.program.rows.push(row);
    }

    /// Keeps the rows whose entry is true, and forgets the last basis.
    ///
    /// # Errors
    /// [`MipError`] when the solver refuses the smaller program.
    pub fn keep_rows(&mut self, is_kept: &[bool]) -> Result<(), MipError> {
        let mut kept = is_kept.iter();
        self.program.rows.retain(|_| kept.next().copied().unwrap_or(true));
        self.reload()
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.program.rows.len()
    }

    /// How far each row is from its nearer bound at `values`; negative where it is broken.
    #[must_use]
    pub fn slacks(&self, values: &[f64]) -> Vec<f64> {
        let activity = |row: &Row| row.terms.iter().map(|&(ix, c)| c * values[ix]).sum::<f64>();
        self.program.rows.iter().map(|row| (activity(row) - row.lower).min(row.upper - activity(row))).collect()
    }

    /// A lower bound on the optimum under the present bounds that holds for any `row_duals`, however inexact (Neumaier &
    /// Shcherbina 2004), but for the rounding of the sums, and the reduced cost of each column.
    #[must_use]
    pub fn proven_bound(&self, row_duals: &[f64]) -> (f64, Vec<f64>) {
        let mut reduced: Vec<f64> = self.program.columns.iter().map(|column| column.cost).collect();
        let mut bound = 0.0;
        for (row, &dual) in self.program.rows.iter().zip(row_duals) {
            let side = if dual > 0.0 { row.lower } else { row.upper };
            if dual == 0.0 || side.is_infinite() {
                continue;
            }
            bound += dual * side;
            for &(ix, coefficient) in &row.terms {
                reduced[ix] -= dual * coefficient;
            }
        }
        for (column, &reduced) in self.program.columns.iter().zip(&reduced) {
            bound += (reduced * column.lower).min(reduced * column.upper);
        }
        (bound, reduced)
    }

    /// The optimum under the present bounds; none when there is no solution.
    ///
    /// # Errors
    /// [`MipError`] when the solver fails.
    pub fn solve(&mut self) -> Result<Option<LinearPoint>, MipError> {
        match self.solve_within(LinearLimits::default())? {
            LinearEnd::Optimal(point) => Ok(Some(point)),
            LinearEnd::Infeasible => Ok(None),
            LinearEnd::Stopped(_) => Err(stopped(&MipStatus::Limit)),
        }
    }

    /// As [`Relaxation::solve`], within limits.
    ///
    /// # Errors
    /// [`MipError`] when the solver fails.
    pub fn solve_within(&mut self, limits: LinearLimits) -> Result<LinearEnd, MipError> {
        match self.solve_once(limits) {
            // A basis that led nowhere: once more from scratch.
            Err(_) => self.reload().and_then(|()| self.solve_once(limits)),
            answer => answer,
        }
    }

    /// Iterations of the last solve.
    #[must_use]
    pub fn iteration_count(&self) -> u64 {
        self.iteration_count
    }

    /// Entries of all rows.
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.program.rows.iter().map(|row| row.terms.len()).sum()
    }

    fn solve_once(&mut self, limits: LinearLimits) -> Result<LinearEnd, MipError> {
        let mut model = self.model.take().ok_or_else(|| stopped(&"no model"))?;
        // Set each time: the model keeps it.
        let most = limits.iteration_count.and_then(|count| i32::try_from(count).ok()).unwrap_or(i32::MAX);
        set(&mut model, "simplex_iteration_limit", most)?;
        if let Some(time_s) = limits.time_s {
            set(&mut model, "time_limit", time_s)?;
        }
        let solved = model.try_solve().map_err(|status| stopped(&status))?;
        let status = status_of(&solved)?;
        self.iteration_count = iterations_of(&solved);
        let point = || {
            let solution = solved.get_solution();
            LinearPoint { values: solution.columns().to_vec(), row_duals: solution.dual_rows().to_vec() }
        };
        let end = match status {
            MipStatus::Optimal => LinearEnd::Optimal(point()),
            MipStatus::Infeasible => LinearEnd::Infeasible,
            MipStatus::Limit => LinearEnd::Stopped(point()),
        };
        self.model = Some(Model::from(solved));
        Ok(end)
    }
}

fn iterations_of(solved: &SolvedModel) -> u64 {
    u64::try_from(solved.simplex_iteration_count()).unwrap_or(0)
}

fn load(program: &Program) -> Result<(Model, Vec<Col>), MipError> {
    let mut problem = RowProblem::new();
    let columns: Vec<Col> = program
        .columns
        .iter()
        .map(|column| {
            let is_integer = column.kind == ColumnKind::Integer;
            problem.add_column_with_integrality(column.cost, column.lower..=column.upper, is_integer)
        })
        .collect();
    for row in &program.rows {
        let terms: Vec<(Col, f64)> =
            row.terms.iter().map(|&(column_ix, coefficient)| (columns[column_ix], coefficient)).collect();
        problem.add_row(row.lower..=row.upper, &terms);
    }
    let mut model = problem.try_optimise(Sense::Minimise).map_err(|status| stopped(&status))?;
    model.make_quiet();
    set(&mut model, "threads", 1)?;
    set(&mut model, "parallel", "off")?;
    set(&mut model, "random_seed", 0)?;
    set(&mut model, "mip_rel_gap", 0.0)?;
    set(&mut model, "mip_abs_gap", 0.0)?;
    Ok((model, columns))
}

fn set<V: highs::HighsOptionValue>(model: &mut Model, option: &str, value: V) -> Result<(), MipError> {
    model.try_set_option(option, value).map_err(|error| stopped(&error))
}

fn status_of(solved: &SolvedModel) -> Result<MipStatus, MipError> {
    match solved.status() {
        HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty => Ok(MipStatus::Optimal),
        // Columns are bounded, so "unbounded or infeasible" can only be the latter.
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Ok(MipStatus::Infeasible),
        HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedSolutionLimit
        | HighsModelStatus::ReachedInterrupt
        | HighsModelStatus::ReachedIterationLimit => Ok(MipStatus::Limit),
        other => Err(stopped(&other)),
    }
}
