#!/usr/bin/env python3
"""Check the tables under data/: sources, shares, ids, years, blanks, terminals, scenarios, size, hashes.

    python3 data/build/check.py          prints one line a check; exit 1 if any fails

Python 3.11, no packages. It reads only; what it finds is to be put right in the table or its builder.
"""
import csv
import gzip
import hashlib
import io
import math
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.dirname(HERE)
MAX_BYTES = 12_000_000
TERMINAL_KM = 25.0
YEARS = range(1990, 2027)
DRUGS = {"heroin", "morphine", "opium", "heroin+morphine", "poppy straw", "opiate other", "acetic anhydride",
         "precursor other", "precursor unspecified"}
WORDS = {  # (table, column): values
    ("crossings.csv", "mode"): "road rail ferry sea green",
    ("crossings.csv", "status"): "open restricted closed unofficial",
    ("crossings.csv", "flag"): "ok no_road_within_15km unnamed",
    ("crossings.csv", "verification"): "opened unverified computed assumption",
    ("crossings.csv", "position_basis"): "cited computed moved assumption",
    ("places.csv", "kind"): "capital city port adm1_centre",
    ("reporting.csv", "status"): "reported not_reported",
    ("seizures.csv", "precision"): "point crossing city district province country none",
    ("seizures.csv", "commodity"): "opiates precursors",
    ("seizures_unplaced.csv", "commodity"): "opiates precursors",
    ("reference/demand.csv", "commodity"): "opiates precursors",
    ("reference/gateways.csv", "commodity"): "opiates precursors",
    ("reference/offices.csv", "status"): "open planned unknown closed",
    ("reference/production.csv", "quantity"): "opium_production poppy_cultivation",
    ("reference/route_shares.csv", "kind"): "first_crossing route",
    ("reference/route_shares.csv", "quantity"): "flow seizures",
    ("reference/route_shares.csv", "use"): "calibration validation comparison",
    ("reference/seizure_totals.csv", "status"): "reported not_reported",
    ("reference/sources.csv", "opened"): "yes no",
}
KEYS = {
    "crossings.csv": "crossing_id", "places.csv": "place_id", "seizures.csv": "seizure_id", "reporting.csv": "iso3 commodity year",
    "seizures_unplaced.csv": "iso3 drug year reason", "reference/sources.csv": "source_id",
    "reference/production.csv": "iso3 adm1 year quantity source_id", "reference/demand.csv": "destination_id commodity year",
    "reference/gateways.csv": "gateway_id", "reference/supply_precursors.csv": "origin_id",
    "reference/route_shares.csv": "share_id", "reference/seizure_totals.csv": "iso3 year drug source_id",
    "reference/offices.csv": "office_id", "reference/agreements.csv": "agreement_id", "reference/conversions.csv": "from_item to_item",
    "reference/prices.csv": "iso3 place drug year level source_id", "reference/facts.csv": "area measure unit year source_id value",
    "build/hand/crossings.csv": "iso3_a iso3_b key", "build/hand/manual_links.csv": "key",
}
MAY_BE_BLANK = {  # columns that may be empty; every other cell of a table in KEYS is mandatory
    "crossings.csv": "post_a_node post_b_node link_id match_distance_km note",
    "places.csv": "adm1 population",
    "seizures.csv": "adm1 place lon lat kg_note", "seizures_unplaced.csv": "quantity_mg", "reporting.csv": "n_cases",
    "reference/sources.csv": "publisher year url words_relied_on licence_note",
    "reference/production.csv": "adm1 value note", "reference/demand.csv": "iso3 low_kg high_kg note",
    "reference/gateways.csv": "note", "reference/supply_precursors.csv": "note",
    "reference/route_shares.csv": "low high note", "reference/seizure_totals.csv": "quantity_kg note",
    "reference/offices.csv": "opened_year paired_with note", "reference/agreements.csv": "year note",
    "reference/conversions.csv": "low high note", "reference/prices.csv": "iso3 note", "reference/facts.csv": "year note",
    "build/hand/crossings.csv": "note", "build/hand/manual_links.csv": "crossing_key note",
}
HOSTS = re.compile(r"\b(?:%s)\b" % "|".join(  # written apart, so that this file passes its own check
    r"\.".join(h) for h in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("crates", "io"), ("deb", "debian", "org"))))
problems = []


def table(name):
    raw = open(os.path.join(DATA, name), "rb").read()
    if name.endswith(".gz"):
        raw = gzip.decompress(raw)
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))


def say(what, found, note=""):
    """One line a check; `found` lists what is wrong."""
    problems.extend(f"{what}: {f}" for f in found)
    print(f"{'ok  ' if not found else 'FAIL'} {what}{': ' + note if note else ''}")
    for f in list(found)[:15]:
        print(f"       {f}")
    if len(found) > 15:
        print(f"       and {len(found) - 15} more")


def km(a, b):
    h = (math.sin(math.radians(b[1] - a[1]) / 2) ** 2
         + math.cos(math.radians(a[1])) * math.cos(math.radians(b[1])) * math.sin(math.radians(b[0] - a[0]) / 2) ** 2)
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def committed():
    """Paths under data/ that git holds or would hold; without git, all but the cache."""
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."], cwd=DATA,
                          capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return sorted(p for p in done.stdout.decode("utf-8").split("\0") if p and os.path.exists(os.path.join(DATA, p)))
    out = []
    for root, dirs, names in os.walk(DATA):
        dirs[:] = [d for d in dirs if d not in (".cache", "__pycache__")]
        out += [os.path.relpath(os.path.join(root, n), DATA) for n in names]
    return sorted(out)


def main():
    t = {name: table(name) for name in KEYS}
    nodes = {r["node_id"]: (float(r["lon"]), float(r["lat"])) for r in table("network/nodes.csv.gz")}
    links = table("network/links.csv.gz")

    # sources
    sources = {r["source_id"]: r for r in t["reference/sources.csv"]}
    used = Counter()
    bad = []
    for name, rows in t.items():
        if "source_id" in rows[0] and name != "reference/sources.csv":
            for r in rows:
                used[r["source_id"]] += 1
                if r["source_id"] not in sources:
                    bad.append(f"{name}: {r['source_id'] or '(blank)'}")
    for r in links:
        prefix, _, rest = r["source"].partition(":")
        i = rest if prefix == "manual" else r["source"]
        used[i] += 1
        if i not in sources:
            bad.append(f"network/links.csv.gz: {r['source'] or '(blank)'}")
    opened = sum(r["opened"] == "yes" for r in sources.values())
    say("every source_id is in reference/sources.csv", sorted(set(bad)), f"{len(sources)} sources, {opened} opened, {sum(used.values())} uses")
    say("opened sources have the words relied on, others none", [
        i for i, r in sources.items() if (r["opened"] == "yes") != bool(r["words_relied_on"])])
    notes = " ".join(r.get("note", "") for rows in t.values() for r in rows)
    idle = [i for i in sources if not used[i] and i not in notes and i != "natural-earth"]
    print(f"     sources that no row uses and no note names: {', '.join(idle) or 'none'}")

    # keys, blanks, words, years
    bad, blank, words, years = [], [], [], []
    for name, rows in t.items():
        cols = KEYS[name].split()
        bad += [f"{name}: {k} x {n}" for k, n in Counter(tuple(r[c] for c in cols) for r in rows).items() if n > 1]
        free = set(MAY_BE_BLANK.get(name, "").split())
        for n, r in enumerate(rows, 2):
            posts = name == "crossings.csv" and (r["flag"] == "unnamed" or r["mode"] == "green")
            blank += [f"{name} row {n}: {c}" for c, v in r.items() if (v is None or not v.strip()) and c not in free
                      and not (posts and c in ("post_a_name", "post_b_name"))]
            for c in ("year", "opened_year"):
                span = r.get(c, "").split("-") if name == "reference/facts.csv" else [r.get(c, "")]
                if r.get(c) and (len(span) > 2 or span != sorted(span) or not all(y.isdigit() and int(y) in YEARS for y in span)):
                    years.append(f"{name} row {n}: {c} {r[c]}")
            if "drug" in r and r["drug"] not in DRUGS:
                words.append(f"{name} row {n}: drug {r['drug']}")
    for (name, c), allowed in WORDS.items():
        words += [f"{name}: {c} {v}" for v in sorted({r[c] for r in t[name]} - set(allowed.split()))]
    say("no duplicate keys", bad)
    say("no blank mandatory cell", blank)
    say("vocabularies", sorted(set(words)))
    say("years plausible", years)

    # shares
    sums = defaultdict(float)
    for r in t["reference/gateways.csv"]:
        sums[(r["destination_id"], r["commodity"])] += float(r["share"])
    sums["supply_precursors"] = sum(float(r["share"]) for r in t["reference/supply_precursors.csv"])
    say("shares sum to 1", [f"{k}: {v:.6f}" for k, v in sums.items() if abs(v - 1) > 1e-6], f"{len(sums)} groups")
    bad = []
    for r in t["reference/route_shares.csv"]:
        v = [number(r[c]) for c in ("low", "share_percent", "high") if r[c]]
        if any(x is None or not 0 <= x <= 100 for x in v) or v != sorted(v):
            bad.append(f"{r['share_id']}: low, share, high {v}")
        if r["use"] == "calibration" and r["quantity"] != "flow":
            bad.append(f"{r['share_id']}: calibration on {r['quantity']}")
    total = sum(float(r["share_percent"]) for r in t["reference/route_shares.csv"]
                if r["use"] == "calibration" and r["kind"] == "first_crossing")
    if total > 100:
        bad.append(f"calibration shares sum to {total} %")
    say("route shares in range, calibration only on flow", bad, f"calibration shares of first_crossing sum to {total:g} %, remainder {100 - total:g} %")

    # crossings and offices
    crossings = {r["crossing_id"]: r for r in t["crossings.csv"]}
    link_of = {r["link_id"]: r for r in links}
    bad = []
    for i, r in crossings.items():
        m = re.fullmatch(r"([A-Z]{3})-([A-Z]{3})-[a-z0-9-]+", i)
        if not m or m.groups() != (r["iso3_a"], r["iso3_b"]) or r["iso3_a"] >= r["iso3_b"]:
            bad.append(f"{i}: id and countries")
        have = [bool(r[c]) for c in ("link_id", "post_a_node", "post_b_node")]
        if len(set(have)) != 1 or have[0] != (r["flag"] != "no_road_within_15km"):
            bad.append(f"{i}: flag {r['flag']} and link {r['link_id'] or 'none'}")
        elif have[0]:
            link = link_of.get(r["link_id"])
            if not link or {link["from_node"], link["to_node"]} != {r["post_a_node"], r["post_b_node"]}:
                bad.append(f"{i}: link {r['link_id']} does not join its posts")
        if r["verification"] == "opened" and sources[r["source_id"]]["opened"] != "yes":
            bad.append(f"{i}: verification opened, source {r['source_id']} not opened")
    hand = {f"{r['iso3_a']}-{r['iso3_b']}-{r['key']}" for r in t["build/hand/crossings.csv"]}
    named = {i for i, r in crossings.items() if r["flag"] != "unnamed" and r["mode"] != "green"}
    bad += [f"{i}: in build/hand/crossings.csv only" for i in sorted(hand - named)]
    bad += [f"{i}: named, not in build/hand/crossings.csv" for i in sorted(named - hand)]
    if len(named) < 80:
        bad.append(f"only {len(named)} named crossings")
    count = Counter(crossings[i]["verification"] for i in named)
    say("crossings: ids, posts, links, verification", bad,
        f"{len(named)} named ({count['opened']} opened, {count['unverified']} unverified, "
        f"{sum(bool(crossings[i]['link_id']) for i in named)} on the network, "
        f"{sum(not crossings[i]['link_id'] for i in named)} without a road), "
        f"{sum(r['flag'] == 'unnamed' for r in crossings.values())} unnamed, {sum(r['mode'] == 'green' for r in crossings.values())} green")
    offices = {r["office_id"]: r for r in t["reference/offices.csv"]}
    bad = []
    for i, r in offices.items():
        c = crossings.get(r["crossing_id"])
        if not c:
            bad.append(f"{i}: crossing {r['crossing_id']}")
        elif r["iso3"] not in (c["iso3_a"], c["iso3_b"]):
            bad.append(f"{i}: country {r['iso3']} at {r['crossing_id']}")
        elif not c["link_id"] and "not on the road network" not in r["note"]:
            bad.append(f"{i}: crossing not on the network, no note")
        p = r["paired_with"]
        if p and (p not in offices or offices[p]["crossing_id"] != r["crossing_id"] or offices[p]["paired_with"] != i):
            bad.append(f"{i}: paired with {p}")
    off = [i for i, r in offices.items() if r["crossing_id"] in crossings and not crossings[r["crossing_id"]]["link_id"]]
    say("offices: crossings exist, pairs agree", bad, f"{len(offices)} offices, not on the network: {', '.join(off) or 'none'}")

    # terminals
    kinds = defaultdict(set)
    for r in links:
        kinds[r["from_node"]].add(r["mode"])
        kinds[r["to_node"]].add(r["mode"])
    bins = {"sea": defaultdict(list), "road": defaultdict(list)}
    for n, p in nodes.items():
        for kind, cells in bins.items():
            if kind in kinds[n]:
                cells[(math.floor(p[0]), math.floor(p[1]))].append(p)

    def nearest(kind, p):
        x, y = math.floor(p[0]), math.floor(p[1])
        around = [q for i in (-1, 0, 1) for j in (-1, 0, 1) for q in bins[kind][(x + i, y + j)]]
        return min((km(p, q) for q in around), default=math.inf)

    bad, worst, count = [], (0.0, ""), 0
    ends = [(r["gateway_id"], r) for r in t["reference/gateways.csv"]] + [(r["origin_id"], r) for r in t["reference/supply_precursors.csv"]]
    ends += [(r["place_id"], r) for r in t["places.csv"] if r["iso3"] == "AFG" and r["kind"] in ("adm1_centre", "capital")]
    for i, r in ends:
        p = (float(r["lon"]), float(r["lat"]))
        kind = "sea" if "sea exit" in r["name"] or re.search(r"\b(east|south) exit\b", r["name"]) else "road"
        d = nearest(kind, p)
        count += 1
        worst = max(worst, (d, i))
        if d > TERMINAL_KM:
            bad.append(f"{i}: nearest {kind} node {d:.1f} km")
        if kind == "sea" and nearest("road", p) < d:
            bad.append(f"{i}: a road node is nearer than the sea node")
    say(f"terminals within {TERMINAL_KM:g} km of a node of their kind", bad, f"{count} terminals, farthest {worst[0]:.1f} km ({worst[1]})")

    # observations
    bad = [f"{r['iso3']} {r['year']} {r['drug']}: {r['status']} with {r['quantity_kg'] or 'no quantity'}"
           for r in t["reference/seizure_totals.csv"] if (r["status"] == "reported") != bool(r["quantity_kg"])]
    bad += [f"reporting {r['iso3']} {r['year']} {r['commodity']}" for r in t["reporting.csv"] if (r["status"] == "reported") != bool(r["n_cases"])]
    say("not reported is an empty cell, never zero", bad)
    first, bad = {}, []
    for r in t["reference/seizure_totals.csv"]:
        k = (r["iso3"], r["year"], r["drug"])
        rank = (r["status"] != "reported", sources[r["source_id"]]["opened"] != "yes")
        if k in first and rank < first[k]:
            bad.append(f"{k}: {r['source_id']} should come first")
        first.setdefault(k, rank)
    say("of two sources of one total the opened one comes first", bad,
        f"{sum(n > 1 for n in Counter((r['iso3'], r['year'], r['drug']) for r in t['reference/seizure_totals.csv']).values())} doubled")
    bad = [r["seizure_id"] for r in t["seizures.csv"]
           if not re.fullmatch(r"\d+", r["quantity_mg"]) or (r["precision"] in ("country", "none")) == bool(r["lon"])]
    say("seizures: whole milligrams, a position unless country precision", bad, f"{sum(int(r['n_cases']) for r in t['seizures.csv'])} cases")

    # scenarios
    bad = []
    names = sorted(os.listdir(os.path.join(DATA, "scenarios")))
    for n in names:
        s = tomllib.load(open(os.path.join(DATA, "scenarios", n), "rb"))
        if s.get("id") != n.removesuffix(".toml") or not s.get("title") or not s.get("note"):
            bad.append(f"{n}: id, title or note")
        for key, ids in s.items():
            if key.endswith("_ids"):
                bad += [f"{n}: {i} not a crossing on the network" for i in ids if not crossings.get(i, {}).get("link_id")]
            elif key not in ("id", "title", "note", "production_factor"):
                bad.append(f"{n}: key {key}")
        for i in s.get("paired_office_crossing_ids", []):
            if any(o["crossing_id"] == i and o["status"] == "open" for o in offices.values()):
                bad.append(f"{n}: {i} has an open office")
    say("scenarios", bad, ", ".join(names))

    # files
    files = committed()
    bad = [f for f in files if ".cache" in f or "__pycache__" in f or f.endswith(".pyc")]
    for f in files:
        raw = open(os.path.join(DATA, f), "rb").read()
        text = (gzip.decompress(raw) if f.endswith(".gz") else raw).decode("utf-8")
        if "\r" in text:
            bad.append(f"{f}: carriage return")
        if re.search(r"(?<![\w.:/-])/(work|tmp|home|root)/", text):
            bad.append(f"{f}: a path of one machine")
        if HOSTS.search(text):
            bad.append(f"{f}: host of a package registry")
    say("files: UTF-8, LF, no cache, no local path", bad)
    size = sum(os.path.getsize(os.path.join(DATA, f)) for f in files)
    say(f"size of all committed files at most {MAX_BYTES} bytes", [str(size)] if size > MAX_BYTES else [], f"{size} bytes in {len(files)} files")
    listed = dict(re.findall(r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$", open(os.path.join(DATA, "README.md"), encoding="utf-8").read(), re.M))
    bad = [f"{f}: in README.md, not there" for f in listed if f not in files]
    for f in files:
        if f.endswith((".csv", ".gz", ".json", ".toml")):
            if listed.get(f) != hashlib.sha256(open(os.path.join(DATA, f), "rb").read()).hexdigest():
                bad.append(f"{f}: {'hash differs' if f in listed else 'not in README.md'}")
    for line in open(os.path.join(HERE, "seizures.sha256"), encoding="ascii"):
        want, f = line.split()
        if hashlib.sha256(open(os.path.join(DATA, f), "rb").read()).hexdigest() != want:
            bad.append(f"{f}: differs from seizures.sha256")
    say("hashes of README.md and seizures.sha256", bad, f"{len(listed)} files")

    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
