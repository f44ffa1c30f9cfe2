//! What the commands share: reading the configuration, choosing the tables, telling errors.

use crate::config::{Config, ConfigProblem, OnBadRow, parse};
use crate::error::Error;
use crate::inputs::{DataSource, Problem, Severity};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Name of the configuration in a directory.
pub(super) const CONFIG_NAME: &str = "corridor.toml";

/// Largest configuration that is read.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Most problems told one by one to people; `--json` lists all.
const TOLD: usize = 30;

/// The configuration, and the tables it names. Without a file: the defaults and the tables inside the program.
pub(super) fn configure(path: Option<&Path>) -> Result<(Config, DataSource), Error> {
    let Some(path) = path else { return Ok((Config::default(), DataSource::Embedded)) };
    let path = if path.is_dir() { path.join(CONFIG_NAME) } else { path.to_owned() };
    let text = read_text(&path)?;
    let config: Config = parse(&text).map_err(Error::Config)?;
    let source = match config.data.dir.as_str() {
        "" => DataSource::Embedded,
        dir => DataSource::Directory(path.parent().map_or_else(|| PathBuf::from(dir), |parent| parent.join(dir))),
    };
    Ok((config, source))
}

/// How files of records are read: what the flags say, then what the configuration says.
pub(super) struct RecordRules {
    /// Field and header.
    pub(super) columns: Vec<(String, String)>,
    /// What a row that cannot be used does.
    pub(super) on_bad_row: OnBadRow,
}

/// The rules for files of records.
pub(super) fn record_rules(
    config: Option<&Path>,
    columns: &[String],
    on_bad_row: Option<&str>,
) -> Result<RecordRules, Error> {
    let flags = super::ingest::chosen_columns(columns)?;
    let told = configure(config)?.0.records;
    let mut columns: Vec<(String, String)> = told.columns.into_iter().collect();
    columns.retain(|(field, _)| flags.iter().all(|(chosen, _)| chosen != field));
    columns.extend(flags);
    let on_bad_row = match on_bad_row {
        Some("stop") => OnBadRow::Stop,
        Some(_) => OnBadRow::Quarantine,
        None => told.on_bad_row,
    };
    Ok(RecordRules { columns, on_bad_row })
}

fn read_text(path: &Path) -> Result<String, Error> {
    let unreadable = |found: String| {
        Error::Config(vec![ConfigProblem {
            code: "C105",
            key: String::new(),
            line: None,
            found: format!("{}: {found}", path.display()),
            expected: "a configuration in UTF-8".to_owned(),
            fix: format!("name a {CONFIG_NAME} (`corridor init DIR` writes one)"),
        }])
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(MAX_CONFIG_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > MAX_CONFIG_BYTES {
        return Err(unreadable("more than 1 MB".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| unreadable("text that is not UTF-8".to_owned()))
}

/// The threads of the whole process; the results do not depend on their number.
pub(super) fn use_threads(count: Option<usize>) -> Result<(), Error> {
    let Some(count) = count else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .build_global()
        .map_err(|error| Error::Limit(format!("{count} threads could not be started: {error}")))
}

/// An error for people.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::Inputs(refused) => {
            let fatal: Vec<&Problem> =
                refused.problems.iter().filter(|problem| problem.severity == Severity::Fatal).collect();
            format!("{error}\n{}", list(&fatal).trim_end())
        }
        _ => error.to_string(),
    }
}

/// An error for programs.
pub(super) fn error_json(error: &Error) -> Value {
    let problems = match error {
        Error::Inputs(refused) => json!(refused.problems),
        Error::Config(problems) => json!(problems),
        Error::Usage(text) | Error::Refused(text) => json!(told(text)),
        _ => json!(told(&error.to_string())),
    };
    let mut value = json!({
        "status": "failed",
        "kind": error.kind(),
        "exit_code": error.exit_code(),
        "message": error.to_string(),
        "problems": problems,
    });
    if let Error::NoPlan { details, .. } = error
        && let Some(members) = details.as_object()
    {
        for (key, member) in members {
            value[key.as_str()] = member.clone();
        }
    }
    value
}

/// Each line of a message that begins with a code, or holds one after the name of a file, as one problem; a message
/// without codes as one.
fn told(text: &str) -> Vec<Value> {
    let code = |line: &str| -> Option<String> {
        let is_code = |word: &&str| {
            let word = word.as_bytes();
            word.len() == 5
                && word[0].is_ascii_uppercase()
                && word[1..4].iter().all(u8::is_ascii_digit)
                && word[4] == b':'
        };
        line.split(' ').find(is_code).map(|word| word[..4].to_owned())
    };
    let coded: Vec<Value> =
        text.lines().filter_map(|line| Some(json!({ "code": code(line)?, "message": line }))).collect();
    if coded.is_empty() { vec![json!({ "code": Value::Null, "message": text })] } else { coded }
}

/// The first problems, one a line, and how many more there are.
pub(super) fn list(problems: &[&Problem]) -> String {
    let mut text = String::new();
    for problem in problems.iter().take(TOLD) {
        let _ = writeln!(text, "  {problem}");
    }
    if problems.len() > TOLD {
        let _ = writeln!(text, "  ... and {} more; --json lists all", problems.len() - TOLD);
    }
    text
}
