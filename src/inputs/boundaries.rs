//! Outlines of countries and provinces, and disputed borders.

use super::FileAccount;
use super::features::{Checked, Shape, read};
use super::problem::{Problem, Severity};
use super::source::{DataSource, PlainFile, PlainFiles, read_all};
use crate::geodesy::LonLat;
use crate::records::Iso3;
use geo::{Area as _, BoundingRect, MultiPolygon, Rect, Validation, coord};
use std::borrow::Cow;

pub(super) const COUNTRIES: &str = "boundaries/countries.geojson";
pub(super) const PROVINCES: &str = "boundaries/provinces.geojson";
pub(super) const DISPUTED: &str = "boundaries/disputed.geojson";

/// A country or province.
#[derive(Clone, Debug)]
pub struct Area {
    /// ISO 3166-1 alpha-3; empty where no state's code applies.
    pub iso3: String,
    /// Name of the country, or of the province.
    pub name: String,
    /// Its outline in degrees of WGS 84.
    pub polygons: MultiPolygon<f64>,
}

/// The outlines that maps show and that positions are looked up in.
#[derive(Clone, Debug, Default)]
pub struct Boundaries {
    /// Countries, in the file's order.
    pub countries: Vec<Area>,
    /// First-level divisions, in the file's order.
    pub provinces: Vec<Area>,
    /// Disputed or undetermined border lines with their names.
    pub disputed: Vec<(String, Vec<LonLat>)>,
}

impl Boundaries {
    /// Polygons that are no valid geometry (crossing themselves, holes outside), as warnings: generalised outlines
    /// often have some, and they are drawn all the same.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        let files = [(COUNTRIES, &self.countries), (PROVINCES, &self.provinces)];
        let areas = files
            .iter()
            .flat_map(|(file, areas)| areas.iter().zip(1..).map(move |(area, number)| (file, area, number)));
        areas
            .flat_map(|(file, area, number)| {
                area.polygons.validation_errors().into_iter().map(move |error| {
                    Problem::of_file(
                        "I503",
                        file,
                        &format!("{}: {error}", area.name),
                        "a valid polygon",
                        "repair the outline",
                    )
                    .at(number, "coordinates", Severity::Warning)
                })
            })
            .collect()
    }
}

/// The outlines inside the program.
///
/// # Errors
/// The program was built without its data.
pub fn embedded_boundaries() -> Result<Boundaries, String> {
    let files = read_all(&DataSource::Embedded, &[COUNTRIES, PROVINCES, DISPUTED], &[]);
    let mut problems = files.problems.clone();
    let (boundaries, _) = read_boundaries(&files, &mut problems);
    match problems.first() {
        Some(problem) => Err(problem.to_string()),
        None => Ok(boundaries),
    }
}

/// Reads the three files; a file that could not be read is listed already.
pub(super) fn read_boundaries(files: &PlainFiles, problems: &mut Vec<Problem>) -> (Boundaries, Vec<FileAccount>) {
    let mut boundaries = Boundaries::default();
    let mut accounts = Vec::new();
    for (name, property, areas) in
        [(COUNTRIES, "name", &mut boundaries.countries), (PROVINCES, "adm1", &mut boundaries.provinces)]
    {
        read_file(files.of(name), problems, &mut accounts, |feature, problems| {
            areas.extend(area(name, feature, property, problems));
        });
    }
    read_file(files.of(DISPUTED), problems, &mut accounts, |feature, problems| {
        let name = feature.text("name").to_owned();
        match feature.shape {
            Shape::Lines(lines) => boundaries.disputed.extend(lines.into_iter().map(|line| {
                let positions = line.iter().filter_map(|coord| LonLat::new(coord.x, coord.y)).collect();
                (name.clone(), positions)
            })),
            Shape::Area(_) => problems.push(wrong_kind(DISPUTED, feature.number, "an area", "a line")),
        }
    });
    (boundaries, accounts)
}

fn read_file(
    file: Option<&PlainFile>,
    problems: &mut Vec<Problem>,
    accounts: &mut Vec<FileAccount>,
    mut keep: impl FnMut(Checked, &mut Vec<Problem>),
) {
    let Some(file) = file else { return };
    let known = problems.len();
    let (features, count) = read(file, problems);
    for feature in features {
        keep(feature, problems);
    }
    let bad = (problems.len() - known).min(count);
    let mut account = FileAccount::new(file);
    (account.rows_in, account.rows_used, account.rows_quarantined) = (count, count - bad, bad);
    accounts.push(account);
}

fn area(file: &str, feature: Checked, property: &str, problems: &mut Vec<Problem>) -> Option<Area> {
    let (iso3, name) = (feature.text("iso3").to_owned(), feature.text(property).to_owned());
    if name.is_empty() {
        let fix = "name every area";
        problems.push(Problem::of_file("I406", file, "no text", "a text property", fix).at(
            feature.number,
            property,
            Severity::Fatal,
        ));
        return None;
    }
    if !iso3.is_empty() && iso3.parse::<Iso3>().is_err() {
        let expected = "a three-letter ISO 3166-1 code in capitals, or an empty text";
        problems.push(Problem::of_file("I205", file, &iso3, expected, "correct the code").at(
            feature.number,
            "iso3",
            Severity::Fatal,
        ));
        return None;
    }
    match feature.shape {
        Shape::Area(polygons) => Some(Area { iso3, name, polygons }),
        Shape::Lines(_) => {
            problems.push(wrong_kind(file, feature.number, "a line", "an area"));
            None
        }
    }
}

fn wrong_kind(file: &str, number: u64, found: &str, expected: &str) -> Problem {
    Problem::of_file("I405", file, found, expected, "move the feature to the file it belongs to").at(
        number,
        "geometry",
        Severity::Fatal,
    )
}

/// How near to the map's edge an outline counts as cut off, in degrees.
const EDGE_DEGREES: f64 = 0.01;

/// Countries of which the project's map shows bases abroad only: their land lies beyond the map.
const ELSEWHERE: &[&str] = &["GBR"];

/// A country: all areas of one code.
pub(super) struct Country<'a> {
    pub(super) iso3: &'a str,
    /// Name of its largest area.
    pub(super) name: &'a str,
    pub(super) polygons: Cow<'a, MultiPolygon<f64>>,
    pub(super) frame: Rect<f64>,
    /// Whether all of it is on the map: not cut off at the edge of the map that the outlines make together.
    pub(super) is_whole: bool,
}

/// The countries of the areas, each with all its areas (the Baikonur lease is Kazakhstan, too), in the order of the first of
/// them, and the frame of the map. Areas without a code are each their own.
pub(super) fn by_country(areas: &[Area]) -> (Vec<Country<'_>>, Option<Rect<f64>>) {
    let mut countries: Vec<(&Area, Cow<'_, MultiPolygon<f64>>, f64)> = Vec::new();
    for area in areas {
        let size = area.polygons.unsigned_area();
        match countries.iter_mut().find(|(known, _, _)| !area.iso3.is_empty() && known.iso3 == area.iso3) {
            Some((largest, polygons, largest_size)) => {
                polygons.to_mut().0.extend(area.polygons.0.iter().cloned());
                if size > *largest_size {
                    (*largest, *largest_size) = (area, size);
                }
            }
            None => countries.push((area, Cow::Borrowed(&area.polygons), size)),
        }
    }
    let sides = |frame: &Rect<f64>| [-frame.min().x, -frame.min().y, frame.max().x, frame.max().y];
    let mut map = [f64::NEG_INFINITY; 4];
    for frame in areas.iter().filter_map(|area| area.polygons.bounding_rect()) {
        for (side, edge) in sides(&frame).into_iter().zip(&mut map) {
            *edge = edge.max(side);
        }
    }
    let is_on_map = |frame: &Rect<f64>| sides(frame).iter().zip(&map).all(|(side, edge)| *side < edge - EDGE_DEGREES);
    let found: Vec<Country<'_>> = countries
        .into_iter()
        .filter_map(|(area, polygons, _)| {
            let frame = polygons.bounding_rect()?;
            let is_whole = is_on_map(&frame) && !ELSEWHERE.contains(&area.iso3.as_str());
            Some(Country { iso3: &area.iso3, name: &area.name, polygons, frame, is_whole })
        })
        .collect();
    let [west, south, east, north] = map;
    let frame = (!found.is_empty()).then(|| Rect::new(coord! { x: -west, y: -south }, coord! { x: east, y: north }));
    (found, frame)
}
