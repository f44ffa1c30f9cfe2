//! `GeoJSON` (RFC 7946), feature by feature: the whole file is never held as a tree.

use super::encoding::decode;
use super::features::Features;
use super::geometry::{Broken, Position, Shape, Winding};
use super::members;
use super::table::RawTable;
use super::unique::Unique;
use super::{RawError, ReadOptions};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

const FIX: &str = "write the file as GeoJSON (RFC 7946)";

/// Reads a file's bytes.
pub(super) fn read(bytes: Vec<u8>, source: &str, options: &ReadOptions) -> Result<RawTable, RawError> {
    let decoded = decode(bytes, options.encoding.as_deref())?;
    if let Some(at) = decoded.undecodable.first() {
        let message = "bytes that do not belong to the encoding of the file".to_owned();
        return Err(RawError::refused("I605", message, "save the file as UTF-8").at(format!("at byte {at}")));
    }
    let begin = || {
        let mut features = Features::new(source, Winding::RightHand, options);
        features.table_mut().notes.push(decoded.note.clone());
        features
    };
    let mut features = begin();
    let mut top = Top { features: &mut features, count: 0, stopped: None, has_features: false };
    let mut reader = serde_json::Deserializer::from_str(&decoded.text);
    let parsed = (&mut top).deserialize(&mut reader).and_then(|members| reader.end().map(|()| members));
    let (stopped, mut has_features) = (top.stopped.take(), top.has_features);
    if let Some(error) = stopped {
        return Err(error);
    }
    let members = match parsed {
        Ok(members) => members,
        Err(error) => {
            features = begin();
            has_features = true;
            salvage(&decoded.text, &error, &mut features)?
        }
    };
    let foreign = foreign_crs(&members);
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "FeatureCollection" if !has_features => {
            return Err(RawError::refused("I621", "a FeatureCollection without `features`", FIX));
        }
        "FeatureCollection" => {
            if let Some(broken) = bbox(&members)? {
                features.warn(0, "bbox", broken);
            }
        }
        "Feature" => feature(Value::Object(members), 1, &mut features)?,
        "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon"
        | "GeometryCollection" => {
            let broken = told("I638", "a geometry without a feature around it", "write a FeatureCollection");
            features.warn(1, "geometry", broken);
            geometry_alone(&members, &mut features)?;
        }
        _ => {
            let found = members.get("type").map_or_else(|| "no `type`".to_owned(), |kind| format!("`type` is {kind}"));
            return Err(RawError::refused("I621", found, FIX));
        }
    }
    if let Some(name) = foreign {
        features.set_positions_aside(&name);
    }
    features.finish()
}

/// The members of a file that is not JSON as a whole: features that are not JSON are set aside. A file whose brackets do
/// not match is cut off, and refused.
fn salvage(text: &str, error: &serde_json::Error, features: &mut Features<'_>) -> Result<Map<String, Value>, RawError> {
    let refuse = || {
        let place = format!("line {} column {}", error.line(), error.column());
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or_default().to_owned();
        RawError::refused("I621", message, FIX).at(place)
    };
    let pieces = members::split(text).filter(|pieces| !pieces.features.is_empty()).ok_or_else(refuse)?;
    let mut kept = Map::new();
    for (name, value) in pieces.others {
        kept.insert(name.to_owned(), serde_json::from_str(value).map_err(|_| refuse())?);
    }
    for (number, piece) in (1..).zip(pieces.features) {
        match serde_json::from_str::<Unique>(piece) {
            Ok(found) => unique_feature(found, number, features)?,
            Err(_) => {
                let broken = Broken {
                    rule: "I622",
                    value: piece.to_owned(),
                    message: "a feature that is not JSON, or holds a number no computer number can hold",
                    fix: "correct or remove the feature",
                };
                features.refuse(number, "", &broken);
            }
        }
    }
    Ok(kept)
}

fn told(rule: &'static str, message: &'static str, fix: &'static str) -> Broken {
    Broken { rule, value: String::new(), message, fix }
}

/// The top object: its features are handled as they come, its other members are kept.
struct Top<'a, 'o> {
    features: &'a mut Features<'o>,
    count: u64,
    stopped: Option<RawError>,
    has_features: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Top<'_, '_> {
    type Value = Map<String, Value>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Top<'_, '_> {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == "features" {
                if self.has_features {
                    return Err(A::Error::custom("`features` is there twice"));
                }
                self.has_features = true;
                members.next_value_seed(List(&mut *self))?;
            } else {
                kept.insert(name, members.next_value()?);
            }
        }
        Ok(kept)
    }
}

struct List<'t, 'a, 'o>(&'t mut Top<'a, 'o>);

impl<'de> DeserializeSeed<'de> for List<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(found) = list.next_element::<Unique>()? {
            self.0.count += 1;
            if let Err(error) = unique_feature(found, self.0.count, self.0.features) {
                self.0.stopped = Some(error);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// A `crs` member (of the 2008 draft) that names anything but longitude and latitude of WGS 84.
fn foreign_crs(members: &Map<String, Value>) -> Option<String> {
    let crs = members.get("crs").filter(|crs| !crs.is_null())?;
    let name = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    if name.ends_with("CRS84") || name.ends_with(":4326") {
        return None;
    }
    Some(if name.is_empty() { crs.to_string().chars().take(200).collect() } else { name.to_owned() })
}

fn refused(rule: &'static str, value: &Value, message: &'static str) -> Broken {
    let mut text = value.to_string();
    if let Some((cut, _)) = text.char_indices().nth(200) {
        text.truncate(cut);
    }
    Broken { rule, value: text, message, fix: "correct the feature (RFC 7946, section 3)" }
}

/// A feature in which a name stands twice says two things, and is set aside.
fn unique_feature(found: Unique, number: u64, features: &mut Features<'_>) -> Result<(), RawError> {
    let Some(name) = found.repeated else { return feature(found.value, number, features) };
    let (message, fix) = ("a name that stands twice in one object", "keep one of the two members");
    features.refuse(number, &name, &Broken { rule: "I622", value: name.clone(), message, fix });
    Ok(())
}

/// Reads one feature into the table, or sets it aside.
fn feature(value: Value, number: u64, features: &mut Features<'_>) -> Result<(), RawError> {
    match feature_parts(&value) {
        Err((member, broken)) => {
            features.refuse(number, member, &broken);
            Ok(())
        }
        Ok((shape, warning)) => {
            if let Some(broken) = warning {
                features.warn(number, "bbox", broken);
            }
            if shape.is_none() {
                features.warn(
                    number,
                    "geometry",
                    told("I637", "a feature without a geometry", "give its position, if known"),
                );
            }
            let object = value.as_object();
            let properties = object.and_then(|object| object.get("properties")).and_then(Value::as_object);
            let id = object.and_then(|object| object.get("id")).filter(|id| !id.is_null());
            if let Some(id) = id.filter(|_| properties.is_none_or(|properties| !properties.contains_key("id"))) {
                features.cell("id", &cell_text(id))?;
            }
            for (name, value) in properties.into_iter().flatten() {
                let name = if name.trim().is_empty() { "unnamed" } else { name.trim() };
                features.cell(name, &cell_text(value))?;
            }
            features.end(number, shape.as_ref())
        }
    }
}

fn geometry_alone(members: &Map<String, Value>, features: &mut Features<'_>) -> Result<(), RawError> {
    match geometry(members, 0) {
        Ok((shape, warning)) => {
            if let Some(broken) = warning {
                features.warn(1, "bbox", broken);
            }
            features.end(1, Some(&shape))
        }
        Err(broken) => {
            features.refuse(1, "geometry", &broken);
            Ok(())
        }
    }
}

/// Texts as they are, numbers shortest, nothing as an empty cell, lists and objects as JSON.
fn cell_text(value: &Value) -> std::borrow::Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.into(),
        Value::Number(number) => match number.as_f64() {
            Some(real) if number.as_i64().is_none() && number.as_u64().is_none() => real.to_string().into(),
            _ => number.to_string().into(),
        },
        other => other.to_string().into(),
    }
}

type Parts = (Option<Shape>, Option<Broken>);

fn feature_parts(value: &Value) -> Result<Parts, (&'static str, Broken)> {
    let Some(object) = value.as_object() else {
        return Err(("", refused("I622", value, "not a feature")));
    };
    match object.get("type") {
        Some(Value::String(kind)) if kind == "Feature" => {}
        _ => {
            return Err(("type", refused("I622", object.get("type").unwrap_or(&Value::Null), "`type` is not Feature")));
        }
    }
    if let Some(id) = object.get("id").filter(|id| !matches!(id, Value::String(_) | Value::Number(_) | Value::Null)) {
        return Err(("id", refused("I622", id, "`id` is neither text nor number")));
    }
    match object.get("properties") {
        Some(Value::Object(_) | Value::Null) => {}
        Some(other) => return Err(("properties", refused("I622", other, "`properties` is no object"))),
        None => return Err(("properties", refused("I622", &Value::Null, "no member `properties`"))),
    }
    let warning = bbox(object).map_err(|error| ("bbox", bbox_broken(&error)))?;
    let (shape, inner) = match object.get("geometry") {
        Some(Value::Null) => (None, None),
        Some(Value::Object(geometry_object)) => {
            let (shape, inner) = geometry(geometry_object, 0).map_err(|broken| ("geometry", broken))?;
            (Some(shape), inner)
        }
        Some(other) => return Err(("geometry", refused("I622", other, "`geometry` is no object"))),
        None => return Err(("geometry", refused("I622", &Value::Null, "no member `geometry`"))),
    };
    Ok((shape, warning.or(inner)))
}

/// A bounding box that has the wrong shape is an error, one whose corners are exchanged a warning.
fn bbox(object: &Map<String, Value>) -> Result<Option<Broken>, RawError> {
    let Some(value) = object.get("bbox").filter(|value| !value.is_null()) else { return Ok(None) };
    let numbers: Option<Vec<f64>> = value
        .as_array()
        .and_then(|list| list.iter().map(|item| item.as_f64().filter(|number| number.is_finite())).collect());
    let Some(numbers) = numbers.filter(|numbers| matches!(numbers.len(), 4 | 6)) else {
        let mut text = value.to_string();
        text.truncate(text.char_indices().nth(200).map_or(text.len(), |(cut, _)| cut));
        return Err(RawError::refused("I626", text, "give four or six numbers: west, south, east, north"));
    };
    let half = numbers.len() / 2;
    let (west, south, north) = (numbers[0], numbers[1], numbers[half + 1]);
    // West may exceed east across the antimeridian. A latitude in the first place shows when the box does not hold the
    // geometry, which is checked where that is known.
    let is_wrong = south > north || !(-180.0..=180.0).contains(&west) || !(-90.0..=90.0).contains(&south);
    let is_exchanged = is_wrong || !holds_first_position(&numbers, half, object);
    Ok(is_exchanged.then(|| Broken {
        rule: "I643",
        value: value.to_string(),
        message: "a bounding box that does not hold its content or whose corners are out of order",
        fix: "write west, south, east, north, or leave it out",
    }))
}

fn bbox_broken(error: &RawError) -> Broken {
    Broken {
        rule: "I626",
        value: error.message.clone(),
        message: "`bbox` is not four or six numbers",
        fix: "give west, south, east, north, or leave it out",
    }
}

/// Whether the box holds the first position of the object's geometry, when it has one.
fn holds_first_position(numbers: &[f64], half: usize, object: &Map<String, Value>) -> bool {
    let geometry = object.get("geometry").and_then(Value::as_object).unwrap_or(object);
    let mut at = geometry.get("coordinates");
    while let Some(Value::Array(list)) = at {
        if let [Value::Number(x), Value::Number(y), ..] = list.as_slice() {
            let (Some(x), Some(y)) = (x.as_f64(), y.as_f64()) else { return true };
            // Boxes are often rounded; those across the antimeridian are not looked at.
            let is_between =
                |value: f64, low: f64, high: f64| low > high || (low - 1e-3..=high + 1e-3).contains(&value);
            return is_between(x, numbers[0], numbers[half]) && is_between(y, numbers[1], numbers[half + 1]);
        }
        at = list.first();
    }
    true
}

/// A geometry object.
fn geometry(object: &Map<String, Value>, depth: usize) -> Result<(Shape, Option<Broken>), Broken> {
    let kind = object.get("type").and_then(Value::as_str);
    let warning = bbox(object).map_err(|error| bbox_broken(&error))?;
    let null = Value::Null;
    if kind == Some("GeometryCollection") {
        let list = object.get("geometries").unwrap_or(&null);
        let members = list.as_array().ok_or_else(|| refused("I622", list, "`geometries` is no array"))?;
        if depth > 32 {
            return Err(refused("I622", &null, "collections nested more than 32 deep"));
        }
        let shapes = members
            .iter()
            .map(|member| match member.as_object() {
                Some(member) => geometry(member, depth + 1).map(|(shape, _)| shape),
                None => Err(refused("I622", member, "a member of the collection is no geometry")),
            })
            .collect::<Result<_, _>>()?;
        return Ok((Shape::Collection(shapes), warning));
    }
    let coordinates = object.get("coordinates").unwrap_or(&null);
    let list = || coordinates.as_array().ok_or_else(|| refused("I622", coordinates, "`coordinates` is no array"));
    let shape = match kind {
        Some("Point") => Shape::Point(position(coordinates)?),
        Some("MultiPoint") => Shape::MultiPoint(positions(coordinates)?),
        Some("LineString") => Shape::Line(positions(coordinates)?),
        Some("MultiLineString") => Shape::MultiLine(list()?.iter().map(positions).collect::<Result<_, _>>()?),
        Some("Polygon") => Shape::Polygon(list()?.iter().map(positions).collect::<Result<_, _>>()?),
        Some("MultiPolygon") => Shape::MultiPolygon(list()?.iter().map(rings).collect::<Result<_, _>>()?),
        _ => return Err(refused("I622", object.get("type").unwrap_or(&null), "`type` is not a kind of geometry")),
    };
    Ok((shape, warning))
}

fn rings(value: &Value) -> Result<Vec<Vec<Position>>, Broken> {
    let list = value.as_array().ok_or_else(|| refused("I623", value, "not a list of rings"))?;
    list.iter().map(positions).collect()
}

fn positions(value: &Value) -> Result<Vec<Position>, Broken> {
    let list = value.as_array().ok_or_else(|| refused("I623", value, "not a list of positions"))?;
    list.iter().map(position).collect()
}

fn position(value: &Value) -> Result<Position, Broken> {
    let wrong = || refused("I623", value, "a position is not two or more finite numbers");
    let list = value.as_array().ok_or_else(wrong)?;
    let mut numbers = list.iter().map(|number| number.as_f64().filter(|number| number.is_finite()));
    let (Some(Some(x)), Some(Some(y))) = (numbers.next(), numbers.next()) else { return Err(wrong()) };
    if !numbers.all(|number| number.is_some()) {
        return Err(wrong());
    }
    Ok(Position { x, y, count: u8::try_from(list.len()).unwrap_or(u8::MAX) })
}
