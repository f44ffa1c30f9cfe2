//! corridor.toml: defaults, all problems at once, and a template that says everything.

#![allow(clippy::unwrap_used)]

use corridor::config::{
    ANY, Config, ConfigProblem, Documented, KeyDoc, documented_toml, effective_toml, key_paths, parse,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rule {
    Fast,
    Exact,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Flow {
    theta: f64,
    route_count: u32,
    rule: Rule,
    cap_kg: Option<f64>,
    years: Vec<i32>,
    price: BTreeMap<String, f64>,
    inner: Inner,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Inner {
    is_on: bool,
}

impl Default for Flow {
    fn default() -> Self {
        let price = BTreeMap::from([("heroin".to_owned(), 2500.0)]);
        Self {
            theta: 0.5,
            route_count: 8,
            rule: Rule::Fast,
            cap_kg: None,
            years: vec![2012],
            price,
            inner: Inner::default(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sample {
    name: String,
    flow: Flow,
}

impl Documented for Sample {
    fn docs() -> Vec<KeyDoc> {
        let mut docs = KeyDoc::section("", &[("name", "-", ANY, "The name of the run.")]);
        docs.extend(KeyDoc::section(
            "flow",
            &[
                ("theta", "1/USD", (0.0, 1.0), "How strongly cost decides between routes. A long sentence follows so that the comment must be cut into lines."),
                ("route_count", "routes", (1.0, 64.0), "Routes of a pair."),
                ("rule", "-", ANY, "`fast` or `exact`."),
                ("cap_kg", "kg", (0.0, f64::INFINITY), "Largest flow; without it, no limit."),
                ("years", "calendar year", (1990.0, 2100.0), "Years."),
                ("price.*", "USD/kg", (0.0, 1e6), "Price of a drug."),
                ("inner.is_on", "-", ANY, "A switch."),
            ],
        ));
        docs
    }

    fn more_problems(&self) -> Vec<(String, String)> {
        let is_wrong = self.flow.cap_kg.is_some_and(|cap_kg| cap_kg < f64::from(self.flow.route_count));
        is_wrong.then(|| ("flow.cap_kg".to_owned(), "a kg for each route".to_owned())).into_iter().collect()
    }
}

fn problems(text: &str) -> Vec<ConfigProblem> {
    parse::<Sample>(text).unwrap_err()
}

#[test]
fn what_is_not_named_keeps_its_default() {
    assert_eq!(parse::<Sample>("").unwrap(), Sample::default());
    let sample = parse::<Sample>("\u{feff}flow.route_count = 3\r\nflow.price.opium = 120\r\n").unwrap();
    assert_eq!((sample.flow.route_count, sample.flow.theta), (3, 0.5));
    assert_eq!(sample.flow.price, BTreeMap::from([("heroin".to_owned(), 2500.0), ("opium".to_owned(), 120.0)]));
    assert_eq!(parse::<Sample>("[flow]\ntheta = 1\ncap_kg = 40.5\n").unwrap().flow.cap_kg, Some(40.5));
    assert_eq!(parse::<Config>("").unwrap(), Config::default());
}

#[test]
fn all_problems_come_at_once_with_key_and_line() {
    let text = "nmae = \"x\"\n\n[flow]\ntehta = 0.2\nroute_count = \"many\"\nrule = \"fats\"\nyears = [\"2012\"]\ninner.is_on = 1\n\n[folw]\na = 1\n";
    let told = problems(text);
    let brief: Vec<_> = told.iter().map(|p| (p.code, p.key.as_str(), p.line)).collect();
    assert_eq!(
        brief,
        [
            ("C102", "nmae", Some(1)),
            ("C102", "flow.tehta", Some(4)),
            ("C103", "flow.route_count", Some(5)),
            ("C103", "flow.rule", Some(6)),
            ("C103", "flow.years", Some(7)),
            ("C103", "flow.inner.is_on", Some(8)),
            ("C102", "folw", Some(10)),
        ]
    );
    assert_eq!(told[0].fix, "write `name` if that is meant");
    assert_eq!(told[1].fix, "write `flow.theta` if that is meant");
    assert_eq!((told[2].found.as_str(), told[2].expected.as_str()), ("\"many\"", "a whole number"));
    assert!(told[3].expected.contains("fast") && told[3].expected.contains("exact"), "{}", told[3]);
    assert_eq!((told[5].found.as_str(), told[5].expected.as_str()), ("1", "true or false"));
    assert_eq!(told[6].fix, "write `flow` if that is meant");
}

#[test]
fn ranges_are_checked_with_the_line_of_the_key() {
    let cases = [
        ("[flow]\ntheta = 1.5\n", "flow.theta", Some(2), "1.5", "0 to 1"),
        ("[flow]\ntheta = nan\n", "flow.theta", Some(2), "nan", "0 to 1"),
        ("[flow]\nroute_count = 0\n", "flow.route_count", Some(2), "0", "1 to 64"),
        ("[flow]\n\nyears = [2012, 12]\n", "flow.years", Some(3), "[2012, 12]", "1990 to 2100"),
        ("flow.price.opium = -1.0\n", "flow.price.opium", Some(1), "-1.0", "0 to 1000000"),
        ("flow.cap_kg = inf\n", "flow.cap_kg", Some(1), "inf", "0 or more"),
        ("flow.cap_kg = 2.0\n", "flow.cap_kg", Some(1), "2.0", "a kg for each route"),
    ];
    for (text, key, line, found, expected) in cases {
        let told = problems(text);
        assert_eq!(told.len(), 1, "{told:?}");
        let brief =
            (told[0].code, told[0].key.as_str(), told[0].line, told[0].found.as_str(), told[0].expected.as_str());
        assert_eq!(brief, ("C104", key, line, found, expected));
    }
    let told = parse::<Config>("baseline_year = 12").unwrap_err();
    assert_eq!((told[0].key.as_str(), told[0].expected.as_str()), ("baseline_year", "1990 to 2100"));
}

#[test]
fn text_that_is_not_toml_is_told_by_line() {
    let told = problems("name = \"a\"\nflow = \n[x\n");
    assert!(told.len() >= 2 && told.iter().all(|p| p.code == "C101"), "{told:?}");
    assert!(matches!(told[0].line, Some(2 | 3)), "{told:?}");
    assert_eq!(problems("name = \"a\"\nname = \"b\"\n")[0].code, "C101");
    let shown = problems("name = 1 \u{1b}[31m\n")[0].to_string();
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn a_table_where_a_value_stands_and_the_reverse_are_refused() {
    assert_eq!(problems("[name]\na = 1\n")[0].code, "C103");
    assert_eq!(problems("flow = 3\n")[0].key, "flow");
}

#[test]
fn the_template_and_the_effective_text_read_back() {
    let mut sample = Sample::default();
    sample.flow.theta = 0.25;
    sample.flow.cap_kg = Some(10.0);
    sample.name = "a \"b\"\n".to_owned();
    for text in [documented_toml(&sample), effective_toml(&sample)] {
        assert_eq!(parse::<Sample>(&text).unwrap(), sample, "{text}");
    }
    let text = documented_toml(&Sample::default());
    assert!(
        text.contains("# cap_kg =\n") && text.contains("# Unit: 1/USD. Default: 0.5. Range: 0 to 1.\ntheta = 0.5\n"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 110), "{text}");
    assert_eq!(parse::<Sample>(&text).unwrap(), Sample::default());
    assert!(!effective_toml(&sample).contains('#'));
}

#[test]
fn every_key_of_the_configuration_is_documented() {
    let table = toml::Table::try_from(Config::default()).unwrap();
    let docs = Config::docs();
    for path in key_paths(&table) {
        assert!(docs.iter().any(|doc| doc.covers(&path)), "{path} has no row in config/keys.rs");
    }
    assert!(docs.iter().all(|doc| !doc.unit.is_empty() && doc.doc.ends_with('.')));
    assert_eq!(parse::<Config>(&documented_toml(&Config::default())).unwrap(), Config::default());
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    let text = "[risk]\nfirst_record_year = 2015\nlast_record_year = 2012\n[sensitivity]\nrisk_weight = [1.0, 0.0]\n";
    let told: Vec<_> = parse::<Config>(text).unwrap_err().into_iter().map(|p| (p.code, p.key, p.line)).collect();
    let expected = [("risk.last_record_year", 3), ("sensitivity.risk_weight", 5)];
    assert_eq!(told, expected.map(|(key, line)| ("C104", key.to_owned(), Some(line))));
}

#[test]
fn a_key_deep_in_a_section_is_set_alone() {
    let config: Config =
        parse("[flow.cost.opiates]\nconsignment_kg = 5\n[[siting.country_limits]]\ncountry = \"AFG\"\n").unwrap();
    let mut expected = Config::default();
    expected.flow.cost.opiates.consignment_kg = 5.0;
    expected.siting.country_limits.clone_from(&config.siting.country_limits);
    assert_eq!((config.siting.country_limits.len(), &config), (1, &expected));
    assert_eq!(parse::<Config>(&effective_toml(&config)).unwrap(), config);
    let told = parse::<Config>("[[siting.country_limits]]\ncountry = \"Afg\"\n").unwrap_err();
    assert_eq!((told[0].code, told[0].key.as_str()), ("C103", "siting.country_limits"));
}
