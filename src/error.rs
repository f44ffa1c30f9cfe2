//! The union of what can go wrong in a run, and the exit code of each.

use crate::bundle::BundleError;
use crate::config::ConfigProblem;
use crate::figures::FigureError;
use crate::inputs::InputProblems;
use crate::inputs::raw::RawErrorKind;
use crate::scenario::ScenarioError;
use crate::siting::SitingError;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Exit codes of the program, with their meaning, as `--help` prints them.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done"),
    (1, "internal error: please report"),
    (2, "usage or configuration"),
    (3, "input refused"),
    (4, "infeasible"),
    (5, "some scenarios failed"),
    (6, "resource limit, or output could not be written"),
    (130, "interrupted"),
];

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A fault of the program.
    #[error("internal error: {0}")]
    Internal(String),
    /// The command line asks for something impossible.
    #[error("{0}")]
    Usage(String),
    /// The configuration is wrong; all its problems.
    #[error("{}", list_config_problems(.0))]
    Config(Vec<ConfigProblem>),
    /// The tables were refused; all their problems.
    #[error(transparent)]
    Inputs(#[from] InputProblems),
    /// The tables contradict each other so that the model cannot run.
    #[error("{0}")]
    Refused(String),
    /// No plan satisfies the constraints.
    #[error("infeasible: {0}")]
    Infeasible(String),
    /// No plan satisfies the constraints of a plain problem; what a program reads about it.
    #[error("{message}")]
    NoPlan {
        /// For people.
        message: String,
        /// Members of the JSON object.
        details: Box<serde_json::Value>,
    },
    /// Some scenarios failed, the others are written.
    #[error("{} of {scenario_count} scenarios failed: {}", failures.len(), failures.join("; "))]
    Scenarios {
        /// Scenarios asked for.
        scenario_count: usize,
        /// Name and reason of each failure.
        failures: Vec<String>,
    },
    /// Files were checked, and one was refused or nothing in them can be used.
    #[error("the files were checked: {reason}")]
    Checked {
        /// What ended the check.
        reason: &'static str,
        /// Exit code 3 or 6.
        kind: RawErrorKind,
        /// The findings for people.
        text: String,
        /// The findings for programs.
        json: Box<serde_json::Value>,
    },
    /// A limit on memory, time or size was reached.
    #[error("{0}")]
    Limit(String),
    /// An output could not be written.
    #[error("{} could not be written: {reason}", path.display())]
    Output {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The user stopped the run.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// The code the process ends with; [`EXIT_CODES`] explains them.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 1,
            Self::Usage(_) | Self::Config(_) => 2,
            Self::Inputs(_) | Self::Refused(_) => 3,
            Self::Infeasible(_) | Self::NoPlan { .. } => 4,
            Self::Scenarios { .. } => 5,
            Self::Checked { kind: RawErrorKind::Refused, .. } => 3,
            Self::Checked { kind: RawErrorKind::Resource, .. } | Self::Limit(_) | Self::Output { .. } => 6,
            Self::Interrupted => 130,
        }
    }

    /// A word for machines: `usage`, `config`, `inputs`, ...
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Internal(_) => "internal",
            Self::Usage(_) => "usage",
            Self::Config(_) => "config",
            Self::Inputs(_) | Self::Refused(_) => "inputs",
            Self::Infeasible(_) | Self::NoPlan { .. } => "infeasible",
            Self::Checked { kind: RawErrorKind::Refused, .. } => "inputs",
            Self::Checked { kind: RawErrorKind::Resource, .. } => "limit",
            Self::Scenarios { .. } => "scenarios",
            Self::Limit(_) => "limit",
            Self::Output { .. } => "output",
            Self::Interrupted => "interrupted",
        }
    }
}

fn list_config_problems(problems: &[ConfigProblem]) -> String {
    let mut text = match problems.len() {
        1 => "the configuration has 1 problem:".to_owned(),
        count => format!("the configuration has {count} problems:"),
    };
    for problem in problems {
        let _ = write!(text, "\n  {problem}");
    }
    text
}

impl From<BundleError> for Error {
    fn from(error: BundleError) -> Self {
        if error.is_internal() { Self::Internal(error.to_string()) } else { Self::Limit(error.to_string()) }
    }
}

impl From<FigureError> for Error {
    fn from(error: FigureError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        match error {
            ScenarioError::Siting(SitingError::Infeasible(_)) | ScenarioError::NoPlan(_) => {
                Self::Infeasible(error.to_string())
            }
            ScenarioError::Siting(SitingError::Refused(_))
            | ScenarioError::Patch(_)
            | ScenarioError::UnknownCrossings { .. } => Self::Usage(error.to_string()),
            ScenarioError::Siting(_) => Self::Internal(error.to_string()),
            ScenarioError::Coverage(_)
            | ScenarioError::MissingShares(_)
            | ScenarioError::CannotHoldOffice(_)
            | ScenarioError::ForbiddenHasOffice(_) => Self::Usage(error.to_string()),
            ScenarioError::Network(_) | ScenarioError::Flow(_) | ScenarioError::NotJoined(_) => {
                Self::Refused(error.to_string())
            }
        }
    }
}
