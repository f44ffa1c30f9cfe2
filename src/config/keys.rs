//! Unit, range and meaning of every key. A key without a row here fails a test.

use super::{ANY, Key};

/// Keys above the first section.
pub(super) const TOP: &[Key] = &[(
    "baseline_year",
    "calendar year",
    (1990.0, 2100.0),
    "The year whose figures are used. Seizure records exist for 2011 to 2016; a share or price of another year is used \
     with its year shown.",
)];

/// Where the tables come from.
pub(super) const DATA: &[Key] = &[(
    "dir",
    "path",
    ANY,
    "Directory with your own tables, seen from this file (`corridor init` writes a complete set). Empty: the tables \
     inside the program.",
)];

/// Travel times, delays and what may be travelled.
pub(super) const NETWORK: &[Key] = &[
    (
        "speed_rule",
        "-",
        ANY,
        "How a link's travel time is taken: `estimated` = the time in the link table, from tortuosity and junction density; `uniform` = length over uniform_speed_kmh. An assumption either way.",
    ),
    ("uniform_speed_kmh", "km/h", (1.0, 200.0), "Speed on every road and railway under the uniform rule. Assumption."),
    ("open_crossing_delay_h", "h", (0.0, 8760.0), "Time lost at an open crossing. Assumption."),
    ("restricted_crossing_delay_h", "h", (0.0, 8760.0), "Time lost at a restricted crossing. Assumption."),
    ("unofficial_crossing_delay_h", "h", (0.0, 8760.0), "Time lost at an unofficial crossing. Assumption."),
    ("port_dwell_h", "h", (0.0, 8760.0), "Time between road and sea at a port. Assumption."),
    ("green_border", "-", ANY, "Whether off-road arcs across borders may be used: `included` or `excluded`."),
];

/// Trips, costs and route choice.
pub(super) const FLOW: &[Key] = &[
    ("source_country", "ISO 3166-1 alpha-3", ANY, "The country whose exits are grouped."),
    (
        "exit_groups",
        "-",
        ANY,
        "Neighbours by the name of their first-crossing group, as in reference/route_shares.csv; part_of names the larger group.",
    ),
    (
        "cost.risk_weight",
        "USD/USD",
        (0.0, 100.0),
        "Theta: how many dollars a trafficker gives up to avoid one dollar of expected loss. Assumption.",
    ),
    (
        "cost.opiates.consignment_kg",
        "kg",
        (0.001, 1e6),
        "Weight of one consignment of opiates, in heroin equivalent. Assumption.",
    ),
    ("cost.opiates.value_usd_per_kg", "USD/kg", (0.0, 1e7), "Value lost with each kilogram of opiates seized."),
    ("cost.opiates.time_value_usd_per_h", "USD/h", (0.0, 1e6), "Value of an hour under way with opiates. Assumption."),
    ("cost.opiates.distance_cost_usd_per_km", "USD/km", (0.0, 1e6), "Cost of a kilometre with opiates. Assumption."),
    (
        "cost.precursors.consignment_kg",
        "kg",
        (0.001, 1e6),
        "Weight of one consignment of acetic anhydride. Assumption.",
    ),
    (
        "cost.precursors.value_usd_per_kg",
        "USD/kg",
        (0.0, 1e7),
        "Value lost with each kilogram of acetic anhydride seized.",
    ),
    (
        "cost.precursors.time_value_usd_per_h",
        "USD/h",
        (0.0, 1e6),
        "Value of an hour under way with precursors. Assumption.",
    ),
    (
        "cost.precursors.distance_cost_usd_per_km",
        "USD/km",
        (0.0, 1e6),
        "Cost of a kilometre with precursors. Assumption.",
    ),
    (
        "terminals.city_count",
        "cities",
        (1.0, 100.0),
        "A country's demand arrives at this many of its largest cities, by population. Assumption.",
    ),
    (
        "terminals.small_market_share",
        "share",
        (0.0, 1.0),
        "A destination with less than this share of all demand arrives at its largest city only. Assumption.",
    ),
    ("terminals.production_factor", "-", (0.0, 100.0), "Factor on production, 1 = as tabled; scenarios change it."),
    (
        "terminals.snap_radius_km",
        "km",
        (0.0, 2000.0),
        "Farthest a place of trips may lie from the node it is joined to.",
    ),
    (
        "trips.deterrence",
        "-",
        (0.0, 100.0),
        "Beta of the gravity model: how strongly cost deters, for each mean cost. Assumption.",
    ),
    ("trips.largest_round_count", "rounds", (1.0, 1e6), "Most rounds of balancing origins and destinations."),
    ("trips.tolerance", "-", (1e-15, 0.1), "Balancing ends when totals are met to this relative error."),
    (
        "alternatives.route_count",
        "routes",
        (1.0, 64.0),
        "Most routes kept for a pair; those added to reach every first-crossing group come on top.",
    ),
    ("alternatives.largest_stretch", "-", (1.0, 100.0), "A route costs at most this many times the cheapest."),
    (
        "alternatives.largest_overlap_share",
        "-",
        (0.0, 1.0),
        "A route shares at most this part of its cost with any cheaper one kept.",
    ),
    (
        "alternatives.smallest_plateau_share",
        "-",
        (0.0, 1.0),
        "A stretch of its own without a border crossing is at least this part of the cheapest route's cost.",
    ),
    (
        "alternatives.side_route_count",
        "routes",
        (0.0, 64.0),
        "Most routes over an off-road border arc added to each pair.",
    ),
    (
        "alternatives.largest_group_stretch",
        "-",
        (1.0, 1000.0),
        "A route added so that a first-crossing group is present costs at most this many times the cheapest.",
    ),
    (
        "choice.cost_sensitivity",
        "-",
        (0.0, 1000.0),
        "Mu: sensitivity to cost relative to the pair's cheapest route. Assumption.",
    ),
    (
        "choice.path_size_weight",
        "-",
        (0.0, 10.0),
        "Beta of the path-size term, which lowers the share of routes that overlap.",
    ),
    (
        "choice.green_border_capacity_kg_per_year",
        "kg/year",
        (0.0, 1e9),
        "Most flow an off-road border arc carries. Assumption.",
    ),
    ("choice.largest_round_count", "rounds", (1.0, 1e6), "Most rounds of fitting the constants of the exit groups."),
];

/// Seizure records and hazards.
pub(super) const RISK: &[Key] = &[
    ("first_record_year", "calendar year", (1990.0, 2100.0), "First year of the records used."),
    ("last_record_year", "calendar year", (1990.0, 2100.0), "Last year of the records used."),
    (
        "smallest_case_count",
        "cases",
        (0.0, 1e9),
        "A commodity with fewer placed cases gets no estimate of level 2 or 3.",
    ),
    (
        "smallest_own_case_count",
        "cases",
        (0.0, 1e9),
        "A crossing with at least this many cases of its own gets its own rate instead of its segment's.",
    ),
    (
        "largest_rate_per_1000_km",
        "interdictions per 1000 consignment-km",
        (0.0, 1e6),
        "A segment's rate above this is held at it and flagged: it comes from seizures where the model puts almost no flow. Assumption.",
    ),
    ("interval_probability", "probability", (0.01, 0.9999), "Probability content of the intervals."),
    (
        "crossing_equivalent_km",
        "km",
        (0.0, 1e5),
        "A crossing exposes a consignment as much as this many km of road. Assumption.",
    ),
    (
        "assumed_hazard_per_1000_km",
        "1/1000 km",
        (0.0, 100.0),
        "Hazard on land before any estimate, and where none can be given. Assumption.",
    ),
    ("sea_hazard_per_1000_km", "1/1000 km", (0.0, 100.0), "Hazard at sea. Assumption."),
];

/// What an office covers.
pub(super) const COVERAGE: &[Key] = &[
    (
        "response_radius_h",
        "h",
        (0.0, 1000.0),
        "Longest travel time at which an office still covers a post. Assumption.",
    ),
    (
        "office_detection_probability",
        "probability",
        (0.0, 0.999999),
        "Probability that an office at its own post detects a consignment there. Assumption.",
    ),
    (
        "detection_decay",
        "-",
        ANY,
        "How detection fades with response time: `none` within the radius, or `linear` to zero at the radius.",
    ),
    (
        "cross_border_response",
        "-",
        ANY,
        "Whether an office may act across the border: `never`, `when_paired` (both posts of the crossing staffed) or `always`.",
    ),
    (
        "border_passage_h",
        "h",
        (0.0, 1000.0),
        "Time an office's team needs to pass the border at its own crossing. Assumption.",
    ),
];

/// How many offices, and within which limits.
pub(super) const SITING: &[Key] = &[
    ("new_office_count", "offices", (0.0, 10000.0), "Most new offices (p)."),
    ("curve_max_office_count", "offices", (0.0, 10000.0), "The returns curve runs from 0 to this many new offices."),
    (
        "budget_usd",
        "USD",
        (0.0, 1e15),
        "Most that all new offices cost together, in whole US dollars; without it, no limit.",
    ),
    (
        "country_limits",
        "-",
        ANY,
        "Limits for each country, such as { country = \"AFG\", new_office_min = 1, new_office_max = 3 }.",
    ),
    (
        "search_step_limit",
        "steps",
        (1.0, 1e9),
        "Most steps of one exact search; beyond it the best plan found is given with its bound and gap. Counted in steps, not seconds, so that the answer does not depend on the machine.",
    ),
];

/// Which crossings are watched and may get an office.
pub(super) const CANDIDATES: &[Key] = &[
    (
        "countries",
        "ISO 3166-1 alpha-3",
        ANY,
        "Crossings of these countries are the demand and the candidate sites: the coalition that plans together.",
    ),
    ("office_year", "calendar year", (1990.0, 2100.0), "Offices known to be open by this year count as existing."),
    (
        "precursor_weight",
        "kg/kg",
        (0.0, 1000.0),
        "Weight of a kilogram of precursor beside a kilogram of heroin equivalent: the heroin it can make.",
    ),
    ("required_crossing_ids", "crossing_id", ANY, "Crossings that must get an office."),
    ("forbidden_crossing_ids", "crossing_id", ANY, "Crossings without an office that must not get one."),
];

/// Low and high values of the assumptions in the sensitivity table.
pub(super) const SENSITIVITY: &[Key] = &[
    ("uniform_speed_kmh", "km/h", (1.0, 200.0), "Uniform road speeds that replace the speed rule, low and high."),
    ("risk_weight", "USD/USD", (0.0, 100.0), "Theta, low and high."),
    ("consignment_kg", "kg", (0.001, 1e6), "Consignment of opiates, low and high."),
    ("response_radius_h", "h", (0.0, 1000.0), "Response radius of an office, low and high."),
    ("green_border_capacity_kg_per_year", "kg/year", (0.0, 1e9), "Capacity of an off-road border arc, low and high."),
];

/// What `corridor plan` looks at beyond the best plan.
pub(super) const PLAN: &[Key] = &[
    (
        "draws",
        "draws",
        (0.0, 10000.0),
        "Draws of the hazards from their posterior, each with its own flow and its own best plan.",
    ),
    ("seed", "-", (0.0, 4294967295.0), "Seed of the draws: the same seed gives the same draws."),
    (
        "searched_draws",
        "draws",
        (0.0, 10000.0),
        "Draws, the first ones, in which routes are searched anew; the others choose among all routes found so far, several times faster. A few of these are searched too and compared in the plan_draws table.",
    ),
    (
        "within_percent",
        "percent",
        (0.0, 100.0),
        "Plans that cover at most this much less than the best one are counted as near-optimal.",
    ),
    ("listed_plans", "plans", (0.0, 100000.0), "Most near-optimal plans in the table; all are counted."),
    (
        "count_step_limit",
        "steps",
        (1.0, 1e9),
        "Most steps of the count of near-optimal plans; beyond it the count is a lower limit and says so.",
    ),
    (
        "phases",
        "offices",
        (0.0, 10000.0),
        "New offices open at the end of each phase of the roll-out, rising; none is closed again.",
    ),
    (
        "phase_weights",
        "-",
        (0.0, 1000.0),
        "Weight of what is covered at the end of each phase, whole numbers. Equal weights: an assumption.",
    ),
    (
        "opiate_shares",
        "share",
        (0.0, 1.0),
        "Weights of opiates in the joint objective, rising; precursors have the rest. Each commodity counts as a share of its own flow.",
    ),
    (
        "posts_per_country",
        "posts",
        (0.0, 1000.0),
        "New posts that each planning country can staff when planning alone, selfishly or together. Assumption.",
    ),
    (
        "least_country_share",
        "share",
        (0.0, 1.0),
        "Least share of its own flow that every planning country must have covered in the constrained plan of the equity table.",
    ),
];

/// How files of records are read.
pub(super) const RECORDS: &[Key] = &[
    (
        "on_bad_row",
        "-",
        ANY,
        "What a row that cannot be used does in `corridor ingest` and `corridor check FILE`: `quarantine` sets it aside with its reason and uses the others, `stop` ends the command with exit code 3.",
    ),
    (
        "columns.*",
        "header",
        ANY,
        "Header of the column that holds a field, such as { country = \"Land\", date = \"Wann\" }. It wins over the headers that are known; the fields are listed in docs/data.md.",
    ),
];
