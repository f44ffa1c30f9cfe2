//! A result as a table with named, documented, typed columns; the data frame behind a Parquet file.

mod flow;
mod labels;
mod planning;
mod risk;
mod scenario;
mod seizures;
mod study;
mod views;

pub use flow::{crossings, pairs, routes, shares, terminals, top_links};
pub use labels::Labels;
pub use planning::{displacement, offices, plan, returns_curve};
pub use risk::{country_levels, segments};
pub use scenario::{scenario_summary, scenarios, sensitivity};
pub use seizures::{precursor_seizures, seizure_precision, seizures_by_country, sources};
pub use study::{near_optimal_plans, plan_sites, rollout};
pub use views::{
    coalitions, cooperation, displacement_by_country, plan_draws, plan_equity, plan_frontier, plan_regret, shapley,
};

use polars::prelude::{Column as Series, DataFrame, PolarsResult};

/// A table of results.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Slug, `[a-z0-9_]`: also the file's name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What it shows, its model level, source and assumptions.
    pub note: String,
    /// Columns of equal length.
    pub columns: Vec<Column>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug)]
pub struct Column {
    /// Name, with its unit as suffix.
    pub name: String,
    /// What it holds.
    pub doc: String,
    /// Its values.
    pub values: Values,
}

/// The values of a column; `None` is "not reported" or "does not apply", never zero.
#[derive(Clone, Debug)]
pub enum Values {
    /// Text.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Real numbers, all finite.
    Real(Vec<Option<f64>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

impl Values {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Flag(values) => values.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(name: &str, title: &str, note: &str) -> Self {
        Self { name: name.to_owned(), title: title.to_owned(), note: note.to_owned(), columns: Vec::new() }
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The table with a text column more.
    #[must_use]
    pub fn text<T: Into<String>>(self, name: &str, doc: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.optional_text(name, doc, values.into_iter().map(|value| Some(value.into())))
    }

    /// The table with a text column more, some cells empty.
    #[must_use]
    pub fn optional_text(self, name: &str, doc: &str, values: impl IntoIterator<Item = Option<String>>) -> Self {
        self.with(name, doc, Values::Text(values.into_iter().collect()))
    }

    /// The table with a column of whole numbers more.
    #[must_use]
    pub fn integer(self, name: &str, doc: &str, values: impl IntoIterator<Item = i64>) -> Self {
        self.with(name, doc, Values::Integer(values.into_iter().map(Some).collect()))
    }

    /// The table with a column of whole numbers more, some cells empty.
    #[must_use]
    pub fn optional_integer(self, name: &str, doc: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        self.with(name, doc, Values::Integer(values.into_iter().collect()))
    }

    /// The table with a column of real numbers more, each rounded to `decimals` (`-0` becomes 0); not finite = empty.
    #[must_use]
    pub fn real(self, name: &str, doc: &str, decimals: i32, values: impl IntoIterator<Item = f64>) -> Self {
        self.optional_real(name, doc, decimals, values.into_iter().map(Some))
    }

    /// As [`Table::real`], some cells empty.
    #[must_use]
    pub fn optional_real(
        self,
        name: &str,
        doc: &str,
        decimals: i32,
        values: impl IntoIterator<Item = Option<f64>>,
    ) -> Self {
        let scale = 10_f64.powi(decimals);
        let rounded = values.into_iter().map(|value| {
            value.map(|number| (number * scale).round() / scale + 0.0).filter(|number| number.is_finite())
        });
        self.with(name, doc, Values::Real(rounded.collect()))
    }

    /// The table with a yes/no column more.
    #[must_use]
    pub fn flag(self, name: &str, doc: &str, values: impl IntoIterator<Item = bool>) -> Self {
        self.with(name, doc, Values::Flag(values.into_iter().map(Some).collect()))
    }

    fn with(mut self, name: &str, doc: &str, values: Values) -> Self {
        self.columns.push(Column { name: name.to_owned(), doc: doc.to_owned(), values });
        self
    }

    /// The table as a data frame.
    ///
    /// # Errors
    /// When two columns share a name or differ in length.
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        let columns = self.columns.iter().map(|column| {
            let name = column.name.as_str().into();
            match &column.values {
                Values::Text(values) => Series::new(name, values),
                Values::Integer(values) => Series::new(name, values),
                Values::Real(values) => Series::new(name, values),
                Values::Flag(values) => Series::new(name, values),
            }
        });
        DataFrame::new(self.row_count(), columns.collect())
    }
}
