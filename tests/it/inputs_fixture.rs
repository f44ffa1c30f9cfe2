//! A data directory of a few rows that loads without a problem, for tests to spoil.

#![allow(clippy::unwrap_used)]

use corridor::inputs::{DataSource, InputProblems, Inputs, Problem, load};
use std::fs::{create_dir_all, remove_file};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const SQUARE: &str = "[[[58,24],[64,24],[64,36],[58,36],[58,24]]]";

/// Every required table.
pub const TABLES: &[(&str, &str)] = &[
    (
        "network/nodes.csv",
        "node_id,lon,lat,iso3\nn1,61.0,34.0,AFG\nn2,60.9,34.1,IRN\nn3,62.2,34.35,AFG\ns1,60.0,25.0,\n",
    ),
    (
        "network/links.csv",
        "link_id,from_node,to_node,mode,length_km,travel_time_h,iso3,geometry,source\n\
         1,n1,n2,crossing,14.4,0.5,,,manual\n\
         2,n1,n3,road,120.5,2,AFG,\"LINESTRING (61 34, 61.5 34.2, 62.2 34.35)\",osm\n\
         3,n2,s1,sea,1015,30,,,marnet\n",
    ),
    (
        "crossings.csv",
        "crossing_id,name,post_a_name,post_b_name,iso3_a,iso3_b,lon,lat,mode,status,post_a_node,post_b_node,link_id,\
         position_basis,match_distance_km,flag,verification,source_id,note\n\
         AFG-IRN-islam-qala,Islam Qala - Dogharoun,Islam Qala,Dogharoun,AFG,IRN,61.0,34.05,road,open,n1,n2,1,cited,0,ok,opened,wdr,\n\
         AFG-IRN-x01,Crossing without a road,,,AFG,IRN,60.6,33.0,road,unofficial,,,,computed,22,no_road_within_15km,computed,wdr,\n",
    ),
    (
        "places.csv",
        "place_id,name,iso3,adm1,lon,lat,kind,population,source_id\n\
         AFG-hirat,Hirat,AFG,Hirat,62.2,34.35,adm1_centre,272806,wdr\n\
         IRN-chabahar,Chabahar,IRN,,60.6,25.3,port,,wdr\n",
    ),
    (
        "reference/sources.csv",
        "source_id,title,publisher,year,url,opened,words_relied_on,licence_note\n\
         wdr,World Drug Report,UNODC,2010,https://example.org,yes,,\n",
    ),
    (
        "reference/production.csv",
        "iso3,adm1,year,quantity,value,unit,basis,source_id,note\n\
         AFG,Hilmand,2012,opium_production,1500.5,t,published,wdr,\n\
         AFG,Nimroz,2012,opium_production,250,kg,published,wdr,\n\
         AFG,Hilmand,2012,poppy_cultivation,75176,ha,published,wdr,\n",
    ),
    (
        "reference/demand.csv",
        "destination_id,name,iso3,commodity,year,flow_kg_per_year,low_kg,high_kg,basis,source_id,note\n\
         EUR,Europe,,opiates,2009,75000,,,published,wdr,\n",
    ),
    (
        "reference/gateways.csv",
        "gateway_id,destination_id,commodity,name,lon,lat,share,basis,source_id,note\n\
         g1,EUR,opiates,North,60.0,35.5,0.6,assumption,assumption,\n\
         g2,EUR,opiates,Sea,60.0,25.0,0.4,assumption,assumption,\n",
    ),
    (
        "reference/supply_precursors.csv",
        "origin_id,name,iso3,lon,lat,share,basis,source_id,note\nAA-1,Chabahar,IRN,60.6,25.3,1,assumption,wdr,\n",
    ),
    (
        "reference/route_shares.csv",
        "share_id,kind,member,quantity,year,share_percent,low,high,use,source_id,note\n\
         fc-1,first_crossing,IRN,flow,2009,40,,,calibration,wdr,\n",
    ),
    (
        "reference/seizure_totals.csv",
        "iso3,year,drug,quantity_kg,status,source_id,note\n\
         IRN,2012,opium,387800.5,reported,wdr,\nIRN,2012,heroin+morphine,,not_reported,wdr,\n",
    ),
    (
        "reference/prices.csv",
        "iso3,place,drug,year,price_usd_per_kg,level,source_id,note\nAFG,Hirat,heroin,2012,2500,wholesale,wdr,\n",
    ),
    (
        "reference/conversions.csv",
        "from_item,to_item,factor,low,high,unit,basis,source_id,note\nopium,heroin,0.1,,,kg/kg,published,wdr,\n",
    ),
    (
        "reference/offices.csv",
        "office_id,name,crossing_id,iso3,opened_year,status,paired_with,basis,source_id,note\n\
         BLO-1,Islam Qala,AFG-IRN-islam-qala,AFG,2012,open,,published,wdr,\n",
    ),
    (
        "reference/agreements.csv",
        "agreement_id,name,kind,year,iso3_a,iso3_b,level,basis,source_id,note\n\
         TI,Triangular Initiative,initiative,2007,AFG,IRN,0.5,assumption,wdr,\n",
    ),
    (
        "seizures.csv",
        "seizure_id,iso3,adm1,place,lon,lat,precision,uncertainty_km,commodity,drug,year,n_cases,quantity_mg,kg_note,source_id\n\
         s1,AFG,Hirat,,62.2,34.35,province,80,opiates,heroin,2012,3,1500000,,wdr\n\
         s2,AFG,,,,,country,,opiates,opium,2012,1,900000000000000,,wdr\n",
    ),
    (
        "reporting.csv",
        "iso3,commodity,year,status,n_cases\nAFG,opiates,2012,reported,4\nIRN,opiates,2012,not_reported,\n",
    ),
    ("LICENCES.txt", "The terms.\n"),
];

/// A directory with [`TABLES`] and three boundary files.
pub struct Fixture {
    dir: TempDir,
}

impl Fixture {
    pub fn new() -> Self {
        let fixture = Self { dir: TempDir::new().unwrap() };
        for (name, text) in TABLES {
            fixture.write(name, text.as_bytes());
        }
        for (file, properties) in
            [("countries", r#"{"iso3":"AFG","name":"Afghanistan"}"#), ("provinces", r#"{"iso3":"AFG","adm1":"Hirat"}"#)]
        {
            let geometry = format!(r#"{{"type":"Polygon","coordinates":{SQUARE}}}"#);
            fixture.write(&format!("boundaries/{file}.geojson"), features(properties, &geometry).as_bytes());
        }
        let line = r#"{"type":"LineString","coordinates":[[60,30],[61,31]]}"#;
        fixture.write("boundaries/disputed.geojson", features(r#"{"name":"A line"}"#, line).as_bytes());
        fixture
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.file(name);
        create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
        file.write_all(bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.file(name)).unwrap()
    }

    pub fn remove(&self, name: &str) {
        remove_file(self.file(name)).unwrap();
    }

    /// Replaces a text that occurs exactly once.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(name)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}");
        self.write(name, text.replace(from, to).as_bytes());
    }

    pub fn load(&self) -> Result<Inputs, InputProblems> {
        load(&DataSource::Directory(self.path().to_owned()))
    }

    /// What is wrong, fatal or not.
    pub fn problems(&self) -> Vec<Problem> {
        match self.load() {
            Ok(inputs) => inputs.quarantine.into_iter().chain(inputs.warnings).collect(),
            Err(refused) => refused.problems,
        }
    }
}

/// A FeatureCollection of one feature.
pub fn features(properties: &str, geometry: &str) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#
    )
}
