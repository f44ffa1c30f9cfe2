"""The road, sea and crossing network: clip, countries, crossings, green border, contraction, times.

Every rule that changes the source is stated where it is applied and counted in build_report.json.
"""
import json
import math
import os
import re
from collections import Counter, deque

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from shapely.geometry import LineString

import fetch
from geo import (HERE, along, chord_of_km, dist_km, hilbert, in_box, km_of_chord,
                 nearest_on_segment, num, read_csv, slug, unit_vectors, write_csv)

SEA_FIRST = 560282        # scgraph_data 2.0.0: nodes from here on are sea lanes, those before are roads
CROSSING_KM = 0.2         # a crossing link, post to post, by convention
MIN_LEG_KM = 0.01
GREEN_STEP_KM = 40.0
GREEN_REACH_KM = 40.0
GREEN_FACTOR = 1.5
GREEN_MIN_KM = 10.0       # assumption: going round a post or a line off the road takes at least this
GREEN_KMH = 5.0
SEA_KMH = 25.0
CROSSING_KMH = 20.0
PORT_KMH = 20.0
GREEN_PAIRS = (("AFG", "IRN"), ("AFG", "PAK"))
MATCH_KM = 15.0           # an official crossing and a computed intersection further apart are not joined
CHORD_KM = 10.0           # a link longer than this is a chord: its own position is not to be trusted
LONG_CHORD_KM = 30.0
LONG_CHORD_SHARE = 0.35
CHORD_TORTUOSITY = 1.3    # assumption: road length over straight line, for chords without bends of their own
STRAIGHT = 1.01           # a link up to this ratio of length to straight line has no bends of its own
SLIVER_KM = 3.0
ALWAYS_COLLAPSE_KM = 1.0
SLIVER_NODES = 40
COLLAPSE_KM = 3.0
MANUAL_SNAP_KM = 8.0
MANUAL_KMH = 40.0         # assumption
MANUAL_ROUGH_KMH = 25.0   # assumption, where the table's note says rough, track, seasonal or desert, and for ferries
ROUGH_WORDS = r"\b(rough|tracks?|seasonal|desert)\b"
RAIL_NEXT_KM = 3.0
GAP_KM = 1.0              # pieces off the main network are joined to it over a gap up to this, inside one country
STUB_GAP_KM = 5.0         # the same for the dead-end stub behind an official crossing
STUB_NODES = 40
GAP_FACTOR = 1.3
NODE_BONUS_KM = 5.0       # green border: an existing node is preferred to a point on a link this much nearer
ANCHOR_KM = 5.0           # a place with a node this near needs no anchor
ANCHOR_LINK_KM = 10.0     # a link is split beside a place up to this far from it
ACCESS_ISO = ("AFG",)     # provincial centres here are joined to the network in any case
ACCESS_FACTOR = 1.3       # assumption
# roads of the central highlands that the source lacks altogether
ACCESS_EXTRA = [("AFG-fayroz-koh", "AFG-herat"), ("AFG-nili", "AFG-bamyan")]
ACCESS_KMH = 30.0         # assumption
# Road nodes that the generalised border line puts into the wrong country (lon, lat): Armenian bank of the Aras, Kapan.
COUNTRY_FIXES = {"ARM": [(46.209, 38.855), (46.210, 38.856), (46.266, 38.888), (46.296, 38.897), (46.310, 38.901),
                         (46.321, 38.904), (46.345, 38.911), (46.365, 38.917), (46.424, 39.2)],
                 "KAZ": [(69.405, 41.534), (69.407, 41.55)],   # Shymkent road north of Zhibek Zholy
                 # the road from Osh to Bishkek where it follows the border: Bek-Abad after Uzgen, and north of Kochkor-Ata
                 "KGZ": [(72.984, 40.861), (72.311, 41.049)]}
# Roads of the Iranian bank which the source joins to nodes of the Armenian bank: (far end, wrong end, right end, added km).
# There is one road bridge, at Norduz; it comes from the table of manual links.
RELINK = [((45.805, 38.9), (46.209, 38.855), (46.218, 38.851), 1.2),
          ((46.878, 39.12), (46.345, 38.911), (46.218, 38.851), 16.7)]
# Roads inside a country that are missing in the source: country, ends, what. General knowledge; length: geodesic x 1.3,
# not cited.
DOMESTIC_LINKS = [("KGZ", (70.82, 40.061), (71.711, 40.086), "Batken - Pulgon, round the Uzbek land at Sokh and Rishton"),
                  ("KGZ", (69.544, 40.083), (70.813, 40.052), "Sulukta - Batken, round the Tajik land at Vorukh"),
                  ("KGZ", (73.954, 41.389), (73.993, 41.414), "Kazarman, on the road from Jalal-Abad to Naryn")]
DOMESTIC_DETOUR = 1.3


# ---------------------------------------------------------------- speed rule

# Standard of roads by country: an assumption (general knowledge), set so that the checks in build_report come out right.
COUNTRY_SPEED = {"AFG": 0.75, "PAK": 0.85, "TJK": 0.65, "KGZ": 0.75, "TKM": 0.85, "UZB": 0.95, "IRQ": 0.95, "SYR": 0.9,
                 "YEM": 0.75, "ERI": 0.75, "SDN": 0.75, "ETH": 0.75, "IRN": 1.15, "TUR": 1.15, "ARE": 1.15, "SAU": 1.15,
                 "OMN": 1.15, "KWT": 1.15, "QAT": 1.15, "BHR": 1.15, "ISR": 1.1, "GRC": 1.1}

SPEED_RULE = (
    "speed = 68 km/h x country x urban x bend, clamped to 20..80. country: a factor for the standard of roads, see "
    "country_speed_factors (assumption; 1 where not listed). urban = 1 / (1 + 0.55 * max(0, density - 0.15)), density = "
    "junctions (3 or more links) per km2 within 2.5 km of the link's middle; rural links (density < 0.05) of 15 km or more "
    "x 1.12. bend = (length / great-circle distance)^-1.2 for links whose ends are 1 km or more apart, not below 0.45. "
    "Road class, direction, surface and slope are not in the source. Sea 25 km/h (13.5 kn); port links 20 km/h without dwell; "
    "crossing links 20 km/h without dwell; manual links 40 km/h, rough ones and ferries 25 (assumption); green border "
    "5 km/h (assumption: pack animals, off-road).")


def road_speed(length_km, geodesic_km, density, iso):
    v = 68.0 * COUNTRY_SPEED.get(iso, 1.0) / (1.0 + 0.55 * max(0.0, density - 0.15))
    if density < 0.05 and length_km >= 15.0:
        v *= 1.12
    if geodesic_km >= 1.0:
        v *= max(0.45, max(1.0, length_km / geodesic_km) ** -1.2)
    return min(80.0, max(20.0, v))


# ---------------------------------------------------------------- container

class Net:
    def __init__(self):
        self.lon, self.lat, self.iso, self.kind = [], [], [], []   # kind: road | sea | post
        self.links = []   # dict: u v mode km h iso geom source

    def node(self, lon, lat, iso, kind):
        self.lon.append(round(lon, 5))
        self.lat.append(round(lat, 5))
        self.iso.append(iso)
        self.kind.append(kind)
        return len(self.lon) - 1

    def pos(self, i):
        return (self.lon[i], self.lat[i])

    def link(self, u, v, mode, km, h, iso, source, geom=()):
        self.links.append({"u": u, "v": v, "mode": mode, "km": km, "h": h, "iso": iso,
                           "geom": list(geom), "source": source})
        return len(self.links) - 1

    def dist(self, u, v):
        return dist_km(self.lon[u], self.lat[u], self.lon[v], self.lat[v])


# ---------------------------------------------------------------- source

def load_source():
    path = fetch.fetch("scgraph_data")["world_highways_and_marnet.py"]
    text = open(path, encoding="utf-8").read()
    a = text.index("graph=[") + 6
    b = text.index("\nnodes=[")
    c = text.index("\n", b + 1)
    graph = json.loads(re.sub(r"(\d+):", r'"\1":', text[a:b]))
    nodes = json.loads(text[b + 7:c])
    return nodes, graph


def clip(report):
    """Nodes and links wholly inside the box. Self-loops and 0 km links are dropped and counted."""
    nodes, graph = load_source()
    net, index = Net(), {}
    for i, (lat, lon) in enumerate(nodes):
        if in_box(lon, lat):
            index[i] = net.node(lon, lat, "", "sea" if i >= SEA_FIRST else "road")
    c = Counter()
    for i in index:
        for j, km in graph[i].items():
            j = int(j)
            if j == i:
                c["self_loops_dropped"] += 1
            elif j < i:
                continue
            elif j not in index:
                c["links_cut_at_box"] += 1
            elif km <= 0:
                c["zero_km_dropped"] += 1
            else:
                u, v = index[i], index[j]
                kinds = {net.kind[u], net.kind[v]}
                mode = "port" if len(kinds) == 2 else kinds.pop()
                net.link(u, v, mode, float(km), 0.0, "", "osm" if mode == "road" else "marnet")
                c["clipped_" + mode] += 1
    at = {p: i for i, p in enumerate(zip(net.lon, net.lat))}
    for far, wrong, right, more in RELINK:
        ends = {at[far], at[wrong]}
        for l in net.links:
            if {l["u"], l["v"]} == ends:
                l["u"], l["v"] = at[far], at[right]
                l["km"] += more
                l["source"] = "manual:general-knowledge"
                c["relinked_by_hand"] += 1
    same = Counter(zip(net.lon, net.lat))
    c["nodes_sharing_a_position"] = sum(n - 1 for n in same.values() if n > 1)
    c["clipped_road_nodes"] = sum(k == "road" for k in net.kind)
    c["clipped_sea_nodes"] = sum(k == "sea" for k in net.kind)
    for k in ("self_loops_dropped", "zero_km_dropped", "links_cut_at_box"):
        c.setdefault(k, 0)
    report["clip"] = dict(sorted(c.items()))
    return net


def set_countries(net, world, report):
    road = [i for i, k in enumerate(net.kind) if k == "road"]
    iso, nearest = world.countries_at([net.lon[i] for i in road], [net.lat[i] for i in road])
    for i, s in zip(road, iso):
        net.iso[i] = s
    fixed = 0
    for iso3, points in COUNTRY_FIXES.items():
        for i in road:
            if (net.lon[i], net.lat[i]) in points and net.iso[i] != iso3:
                net.iso[i] = iso3
                fixed += 1
    report["countries"] = {"road_nodes_placed_by_nearest_country": nearest, "road_nodes_corrected_by_hand": fixed}


def heal_slivers(net, world, keep_near, report):
    """Border-hugging roads: small pieces on the wrong side of a generalised border line.

    A piece = road nodes joined by links inside one country. If it has at most SLIVER_NODES nodes, all
    within SLIVER_KM of a border, and its links to the outside lead to one other country only, it is given
    to that country, unless an official crossing of that pair lies within 5 km (or a fifth of the length)
    of its links to that country. Repeated until nothing changes.
    """
    road = np.array([i for i, k in enumerate(net.kind) if k == "road"])
    deg = world.border_distance_deg([net.lon[i] for i in road], [net.lat[i] for i in road])
    near_border = {int(i): d * 111.2 <= SLIVER_KM for i, d in zip(road, deg)}
    adj = {}
    for l in net.links:
        if l["mode"] == "road":
            adj.setdefault(l["u"], []).append(l["v"])
            adj.setdefault(l["v"], []).append(l["u"])
    official = [o for o in keep_near if o["lon"] is not None]
    kept = []
    moved = pieces = rounds = 0
    while rounds < 6:
        rounds += 1
        seen, changed = set(), 0
        for s in sorted(near_border):
            if s in seen or not near_border[s]:
                continue
            comp, out, queue, ok = [s], set(), deque([s]), True
            seen.add(s)
            while queue:
                x = queue.popleft()
                for y in adj.get(x, ()):
                    if net.iso[y] != net.iso[s]:
                        out.add(net.iso[y])
                    elif y not in seen:
                        if not near_border[y]:
                            ok = False
                            continue
                        seen.add(y)
                        comp.append(y)
                        queue.append(y)
            if not ok or len(comp) > SLIVER_NODES or len(out) != 1:
                continue
            if any(o["pair"] == tuple(sorted((net.iso[s], next(iter(out))))) and any(
                    nearest_on_segment((o["lon"], o["lat"]), net.pos(i), net.pos(j))[1] <= max(5.0, 0.2 * net.dist(i, j))
                    for i in comp for j in adj[i] if net.iso[j] != net.iso[s]) for o in official):
                kept.append(comp)
                continue
            target = out.pop()
            for i in comp:
                net.iso[i] = target
            changed += len(comp)
            pieces += 1
        moved += changed
        if not changed:
            break
    report["countries"]["sliver_pieces_reassigned"] = pieces
    report["countries"]["sliver_nodes_reassigned"] = moved
    kept = {tuple(sorted(k)) for k in kept}
    report["countries"]["sliver_pieces_kept_beside_official_crossings"] = len(kept)
    return kept


def set_speeds(net):
    degree = Counter()
    for l in net.links:
        if l["mode"] == "road":
            degree[l["u"]] += 1
            degree[l["v"]] += 1
    junctions = [i for i in sorted(degree) if degree[i] >= 3]
    tree = cKDTree(unit_vectors([net.lon[i] for i in junctions], [net.lat[i] for i in junctions]))
    roads = [l for l in net.links if l["mode"] == "road"]
    mid = unit_vectors([(net.lon[l["u"]] + net.lon[l["v"]]) / 2 for l in roads],
                       [(net.lat[l["u"]] + net.lat[l["v"]]) / 2 for l in roads])
    n = tree.query_ball_point(mid, chord_of_km(2.5), return_length=True)
    area = math.pi * 2.5 ** 2
    for l, k in zip(roads, n.tolist()):
        l["density"] = k / area
        l["h"] = 0.0   # per country, below
    for l in net.links:
        if l["mode"] == "sea":
            l["h"] = l["km"] / SEA_KMH
        elif l["mode"] == "port":
            l["h"] = l["km"] / PORT_KMH
            l["iso"] = net.iso[l["u"]] or net.iso[l["v"]]
        else:
            l["iso"] = net.iso[l["u"]] if net.iso[l["u"]] == net.iso[l["v"]] else ""
            if l["iso"]:
                l["h"] = l["km"] / road_speed(l["km"], net.dist(l["u"], l["v"]), l["density"], l["iso"])


# ---------------------------------------------------------------- crossings

def _t_on(a, b, p):
    dx, dy = b[0] - a[0], b[1] - a[1]
    n = dx * dx + dy * dy
    return 0.0 if n == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / n))


def _intervals(seg, poly, a, b):
    out = []
    for part in shapely.get_parts(seg.intersection(poly)):
        if part.geom_type == "LineString" and not part.is_empty:
            ts = sorted((_t_on(a, b, part.coords[0]), _t_on(a, b, part.coords[-1])))
            out.append(ts)
    return out


def intersect(net, world, report):
    """One point for every road link whose ends lie in different countries.

    Of several intersections with the border of the pair, the one that leaves the least of the link on the
    wrong side is kept; the others are counted. A link that never meets the border of its pair (its ends were
    placed by nearest country, or the two countries do not touch) is cut where the wrong-side part is least, or
    at its point nearest to the border.
    """
    found, c = [], Counter()
    for k, l in enumerate(net.links):
        if l["mode"] != "road":
            continue
        u, v = l["u"], l["v"]
        a_iso, b_iso = net.iso[u], net.iso[v]
        if a_iso == b_iso:
            continue
        if a_iso > b_iso:
            u, v, a_iso, b_iso = v, u, b_iso, a_iso
        a, b = net.pos(u), net.pos(v)
        seg = LineString([a, b])
        line = world.border(a_iso, b_iso)
        ts = []
        if line is not None:
            for g in shapely.get_parts(seg.intersection(line)):
                for x in shapely.get_coordinates(g):
                    ts.append(_t_on(a, b, x))
        ts = sorted(set(round(t, 9) for t in ts))
        ia = _intervals(seg, world.polys[a_iso], a, b)
        ib = _intervals(seg, world.polys[b_iso], a, b)

        def wrong(t):
            return (sum(max(0.0, e - max(s, t)) for s, e in ia) + sum(max(0.0, min(e, t) - s) for s, e in ib))
        if ts:
            t = min(ts, key=lambda x: (round(wrong(x), 9), abs(x - 0.5)))
            c["links_crossing"] += 1
            c["further_intersections_on_the_same_link"] += len(ts) - 1
            c["links_with_several_intersections"] += len(ts) > 1
        elif line is None:
            ends = [0.5] + [x for s in ia + ib for x in s]
            t = min(sorted(ends), key=lambda x: (round(wrong(x), 9), abs(x - 0.5)))
            c["links_between_countries_without_a_common_border"] += 1
        else:
            q = shapely.line_locate_point(seg, shapely.get_point(shapely.shortest_line(seg, line), 0), normalized=True)
            t = float(q)
            c["links_placed_at_nearest_border_point"] += 1
        inside = sum(e - s for s, e in ia + ib)
        third = max(0.0, 1.0 - inside) * l["km"]
        c["links_over_5_km_through_a_third_country"] += third > 5.0
        # keep the posts off the link's own ends
        margin = min(0.45, (CROSSING_KM / 2 + MIN_LEG_KM) / max(l["km"], 1e-6))
        t = max(margin, min(1 - margin, t))
        found.append({"link": k, "u": u, "v": v, "pair": (a_iso, b_iso), "t": t, "pos": along(a, b, t),
                      "chord": net.dist(u, v), "third_km": third, "touch": line is not None})
    report["intersections"] = dict(sorted(c.items()))
    return found


def group_parallel(net, found, report):
    """Intersections of one pair within ALWAYS_COLLAPSE_KM collapse onto one crossing; within COLLAPSE_KM if parallel.

    Parallel: on each side the two end nodes are within 3 km of one another, or are joined inside their country by a
    road path of at most 5 km (the two carriageways of one road, and ramps).
    """
    by_pair = {}
    for i, f in enumerate(found):
        by_pair.setdefault(f["pair"], []).append(i)
    adj = {}
    for l in net.links:
        if l["mode"] == "road" and net.iso[l["u"]] == net.iso[l["v"]]:
            adj.setdefault(l["u"], []).append((l["v"], l["km"]))
            adj.setdefault(l["v"], []).append((l["u"], l["km"]))

    def within(s, t, limit):
        if s == t:
            return True
        import heapq
        best, heap = {s: 0.0}, [(0.0, s)]
        while heap:
            d, x = heapq.heappop(heap)
            if x == t:
                return True
            if d > best[x]:
                continue
            for y, w in adj.get(x, ()):
                e = d + w
                if e <= limit and e < best.get(y, 1e9):
                    best[y] = e
                    heapq.heappush(heap, (e, y))
        return False

    parent = list(range(len(found)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i
    close_kept = 0
    for pair, idx in sorted(by_pair.items()):
        for x in range(len(idx)):
            for y in range(x + 1, len(idx)):
                f, g = found[idx[x]], found[idx[y]]
                if abs(f["pos"][1] - g["pos"][1]) > 0.03 or dist_km(*f["pos"], *g["pos"]) > COLLAPSE_KM:
                    continue
                if dist_km(*f["pos"], *g["pos"]) <= ALWAYS_COLLAPSE_KM or all(
                        net.dist(f[e], g[e]) <= 3.0 or within(f[e], g[e], 5.0) for e in "uv"):
                    parent[root(idx[y])] = root(idx[x])
                else:
                    close_kept += 1
    groups = {}
    for i in range(len(found)):
        groups.setdefault(root(i), []).append(i)
    out = []
    for members in groups.values():
        fs = sorted((found[i] for i in members), key=lambda f: (f["chord"], f["link"]))
        out.append({"pair": fs[0]["pair"], "members": fs, "pos": fs[0]["pos"], "chord": fs[0]["chord"]})
    out.sort(key=lambda g: (g["pair"], g["pos"]))
    report["intersections"]["parallel_links_collapsed"] = len(found) - len(out)
    report["intersections"]["close_but_not_parallel_pairs_kept"] = close_kept
    report["intersections"]["computed_crossings"] = len(out)
    return out


HAND = os.path.join(HERE, "hand", "crossings.csv")
HAND_LINKS = os.path.join(HERE, "hand", "manual_links.csv")
FALLBACK = os.environ.get("CORRIDOR_TEST_CROSSINGS", "")


def _float(s):
    try:
        return float(s)
    except (TypeError, ValueError):
        return None


def load_official():
    """Hand table of official crossings, sides in alphabetical order of the codes."""
    rows = []
    path = HAND if os.path.exists(HAND) else FALLBACK
    if not path or not os.path.exists(path):
        return rows, "none"
    for r in read_csv(path):
        a, b = r["iso3_a"].strip(), r["iso3_b"].strip()
        pa, pb = (r.get("post_a_name") or "").strip(), (r.get("post_b_name") or "").strip()
        if not pa and not pb and " - " in r["name"]:
            pa, pb = (x.strip() for x in r["name"].split(" - ", 1))
        if a > b:
            a, b, pa, pb = b, a, pb, pa
        key = (r.get("key") or "").strip() or slug(r["name"])
        rows.append({
            "id": f"{a}-{b}-{key}", "key": key,
            "name": r["name"].strip(), "pa": pa, "pb": pb, "pair": (a, b),
            "lon": _float(r.get("lon")), "lat": _float(r.get("lat")),
            "mode": (r.get("mode") or "road").strip(), "status": (r.get("status") or "open").strip(),
            "verification": (r.get("verification") or "unverified").strip(),
            "source": (r.get("source_id") or "").strip(), "note": (r.get("note") or r.get("basis") or "").strip(),
        })
    rows.sort(key=lambda r: r["id"])
    return rows, "hand" if path == HAND else "test"


def manual_keys():
    """Crossings with a manual link that is meant in any case (not only 'if that edge is dropped')."""
    if not os.path.exists(HAND_LINKS):
        return set()
    return {r["crossing_key"] for r in read_csv(HAND_LINKS) if "only if" not in r["note"]}


def match(net, groups, official, report):
    """Join official road crossings to computed ones. Adds 'group', 'basis', 'km' to the official rows.

    1. same pair, cited position within MATCH_KM of the intersection: nearest pairs first, one to one;
       where the link is a chord (> CHORD_KM) and the two are more than 1 km apart, the crossing moves to the
       cited position.
    2. chord (> CHORD_KM) passing within MATCH_KM of the cited position, for a crossing without a manual link: moved.
    3. chord over LONG_CHORD_KM whose nearest point is within LONG_CHORD_SHARE x its length of the cited position,
       for a crossing that has neither another road nor a manual link: moved.
    4. rail and ferry crossings take a road crossing that is left within RAIL_NEXT_KM, so that no two rows share a link.
    """
    c = Counter()
    by_pair = {}
    for gi, g in enumerate(groups):
        by_pair.setdefault(g["pair"], []).append(gi)
    by_hand = manual_keys()
    todo = [o for o in official if o["mode"] == "road" and o["lon"] is not None]
    used = {}

    def settle(limit, rule, candidates):
        for d, oi, gi in sorted(candidates):
            o = todo[oi]
            if "group" in o or gi in used:
                continue
            o["group"], o["km"], o["rule"] = gi, d, rule
            used[gi] = o
            c["rule_" + rule] += 1

    cand = []
    for oi, o in enumerate(todo):
        for gi in by_pair.get(o["pair"], ()):
            d = dist_km(o["lon"], o["lat"], *groups[gi]["pos"])
            if d <= MATCH_KM:
                cand.append((round(d, 6), oi, gi))
    settle(MATCH_KM, "1_within_15_km", cand)
    cand2, cand3 = [], []
    for oi, o in enumerate(todo):
        if "group" in o:
            continue
        for gi in by_pair.get(o["pair"], ()):
            if gi in used:
                continue
            g = groups[gi]
            f = g["members"][0]
            _, d = nearest_on_segment((o["lon"], o["lat"]), net.pos(f["u"]), net.pos(f["v"]))
            if o["key"] not in by_hand and g["chord"] > CHORD_KM and d <= MATCH_KM:
                cand2.append((round(d, 6), oi, gi))
            if o["key"] not in by_hand and g["chord"] > LONG_CHORD_KM and d <= LONG_CHORD_SHARE * g["chord"]:
                cand3.append((round(d, 6), oi, gi))
    settle(MATCH_KM, "2_chord_passes_within_15_km", cand2)
    settle(None, "3_long_chord_serves_it", cand3)
    rail = [o for o in official if o["mode"] != "road" and o["lon"] is not None]
    todo, cand = rail, []
    for oi, o in enumerate(rail):
        for gi in by_pair.get(o["pair"], ()):
            d = dist_km(o["lon"], o["lat"], *groups[gi]["pos"])
            if gi not in used and groups[gi]["chord"] <= CHORD_KM and d <= RAIL_NEXT_KM:
                cand.append((round(d, 6), oi, gi))
    settle(RAIL_NEXT_KM, "4_rail_or_ferry_beside_a_road_crossing", cand)
    todo = [o for o in official if o["lon"] is not None]
    for o in todo:
        if "group" in o:
            g = groups[o["group"]]
            d = dist_km(o["lon"], o["lat"], *g["pos"])
            o["move"] = g["chord"] > CHORD_KM and d > 1.0
            o["km"] = d
            c["moved"] += o["move"]
            c["matched"] += 1
    c["official_rows"] = len(official)
    c["official_rows_with_position"] = len(todo)
    report["matching"] = dict(sorted(c.items()))
    return used


def _toward(p, q, km):
    d = dist_km(*p, *q)
    return along(p, q, min(0.45, km / d) if d > 0 else 0.0)


def split(net, world, groups, used, report):
    """Put posts and a crossing link on every computed crossing; replaces the crossing road links."""
    drop, c = set(), Counter()
    for gi, g in enumerate(groups):
        a_iso, b_iso = g["pair"]
        o = used.get(gi)
        moved = bool(o and o["move"])
        centre = (o["lon"], o["lat"]) if moved else g["pos"]
        f = g["members"][0]
        half = CROSSING_KM / 2
        pa = _toward(centre, net.pos(f["u"]), half)
        pb = _toward(centre, net.pos(f["v"]), half)
        ia = net.node(*pa, a_iso, "post")
        ib = net.node(*pb, b_iso, "post")
        g["posts"], g["centre"] = (ia, ib), centre
        g["link"] = net.link(ia, ib, "crossing", CROSSING_KM, CROSSING_KM / CROSSING_KMH, "", "osm")
        legs = {}
        for f in g["members"]:
            l = net.links[f["link"]]
            drop.add(f["link"])
            if moved:
                straight = f["chord"]
                own = l["km"] / straight if straight > 0 else 1.0
                factor = own if own > STRAIGHT else CHORD_TORTUOSITY
                c["moved_links"] += 1
                c["moved_links_with_assumed_tortuosity"] += factor == CHORD_TORTUOSITY
                la = max(MIN_LEG_KM, factor * net.dist(f["u"], ia))
                lb = max(MIN_LEG_KM, factor * net.dist(f["v"], ib))
                g["tortuosity"] = factor
            else:
                rest = l["km"] - CROSSING_KM
                la, lb = rest * f["t"], rest * (1 - f["t"])
                if rest < 2 * MIN_LEG_KM:
                    c["links_too_short_for_the_crossing_km"] += 1
                    la = lb = MIN_LEG_KM
                la, lb = max(MIN_LEG_KM, la), max(MIN_LEG_KM, lb)
            for_a, for_b = net.dist(f["u"], ia), net.dist(f["v"], ib)
            if la < 0.98 * for_a or lb < 0.98 * for_b:   # a parallel link led to the posts of its neighbour
                c["legs_lengthened_to_the_straight_line"] += 1
                la, lb = max(la, for_a), max(lb, for_b)
            # both legs keep the character of the whole link; each takes the factor of its own country
            bend = (la + lb) / max(1e-6, net.dist(f["u"], ia) + net.dist(f["v"], ib))
            whole = la + lb
            va = road_speed(whole, whole / max(1.0, bend), l["density"], a_iso)
            vb = road_speed(whole, whole / max(1.0, bend), l["density"], b_iso)
            for end, post, km, v, iso in ((f["u"], ia, la, va, a_iso), (f["v"], ib, lb, vb, b_iso)):
                key = (end, post)
                if key in legs and legs[key] <= km:
                    continue
                legs[key] = km
                net.link(end, post, "road", km, km / v, iso, l["source"])
    net.links = _drop(net, groups, drop)
    report["split"] = dict(sorted(c.items()))


def _drop(net, groups, drop):
    """Remove links by index; crossing links are followed by identity, not by index."""
    for g in groups:
        g["link"] = net.links[g["link"]]
    return [l for i, l in enumerate(net.links) if i not in drop]


class Attach:
    """Attach a position to the road network of a country: the nearest node, or a new node on the nearest link."""

    def __init__(self, net):
        self.net = net
        lab = components(net)
        main = int(np.bincount(lab).argmax())
        self.nodes, self.links = {}, {}
        for i, k in enumerate(net.kind):
            if k == "road" and lab[i] == main:
                self.nodes.setdefault(net.iso[i], []).append(i)
        for l in net.links:
            if l["mode"] == "road" and l["iso"] and lab[l["u"]] == main:
                self.links.setdefault(l["iso"], []).append(l)
        self.splits = 0

    def find(self, iso, lon, lat):
        net = self.net
        ids = np.array(self.nodes[iso])
        p = unit_vectors([lon], [lat])[0]
        d = np.linalg.norm(unit_vectors([net.lon[i] for i in ids], [net.lat[i] for i in ids]) - p, axis=1)
        j = int(d.argmin())
        node, node_km = int(ids[j]), km_of_chord(float(d[j]))
        ls = self.links[iso]
        k = math.cos(math.radians(lat))
        ax = (np.array([net.lon[l["u"]] for l in ls]) - lon) * k
        ay = np.array([net.lat[l["u"]] for l in ls]) - lat
        dx = (np.array([net.lon[l["v"]] for l in ls]) - lon) * k - ax
        dy = np.array([net.lat[l["v"]] for l in ls]) - lat - ay
        t = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0, 1)
        j = int(np.hypot(ax + t * dx, ay + t * dy).argmin())
        x, y = along(net.pos(ls[j]["u"]), net.pos(ls[j]["v"]), float(t[j]))
        return (node, node_km), (ls[j], float(t[j]), dist_km(lon, lat, x, y))

    def split(self, l, t):
        """New node at parameter t of link l, which is cut in two; lengths and times in proportion."""
        net = self.net
        t = min(0.98, max(0.02, t))
        i = net.node(*along(net.pos(l["u"]), net.pos(l["v"]), t), l["iso"], "road")
        rest = dict(l, u=i, km=l["km"] * (1 - t), h=l["h"] * (1 - t), geom=[])
        l.update(v=i, km=l["km"] * t, h=l["h"] * t)
        net.links.append(rest)
        self.nodes[l["iso"]].append(i)
        self.links[l["iso"]].append(rest)
        self.splits += 1
        return i


def close_gaps(net, groups, used, report):
    """Join small gaps inside one country; the source rounds to 0.001 degree and lost some joints.

    A. every piece off the main network whose nearest main road node of its own country is within GAP_KM;
    B. the dead-end stub (up to STUB_NODES nodes) behind the post of an official crossing, within STUB_GAP_KM.
    """
    c, log = Counter(), []

    def join(i, j, label):
        km = max(0.05, GAP_FACTOR * net.dist(i, j))
        net.link(i, j, "road", km, km / MANUAL_KMH, net.iso[i], "assumption:gap")
        c[label] += 1

    lab = components(net)
    main = int(np.bincount(lab).argmax())
    road = [i for i, k in enumerate(net.kind) if k == "road"]
    trees, ids = {}, {}
    for iso in sorted({net.iso[i] for i in road}):
        ids[iso] = [i for i in road if lab[i] == main and net.iso[i] == iso]
        if ids[iso]:
            trees[iso] = cKDTree(unit_vectors([net.lon[i] for i in ids[iso]], [net.lat[i] for i in ids[iso]]))
    off = {}
    for i in road:
        if lab[i] != main and net.iso[i] in trees:
            off.setdefault((int(lab[i]), net.iso[i]), []).append(i)
    for (_, iso), members in sorted(off.items()):
        d, j = trees[iso].query(unit_vectors([net.lon[i] for i in members], [net.lat[i] for i in members]))
        k = int(d.argmin())
        if km_of_chord(float(d[k])) <= GAP_KM:
            join(members[k], ids[iso][int(j[k])], "pieces_joined")
    adj = {}
    for l in net.links:
        if l["mode"] == "road":
            adj.setdefault(l["u"], []).append(l["v"])
            adj.setdefault(l["v"], []).append(l["u"])
    for gi in sorted(used):
        for post in groups[gi]["posts"]:
            iso, comp, queue = net.iso[post], {post}, deque([post])
            while queue and len(comp) <= STUB_NODES:
                x = queue.popleft()
                for y in adj.get(x, ()):
                    if y not in comp and net.iso[y] == iso:
                        comp.add(y)
                        queue.append(y)
            if len(comp) > STUB_NODES or iso not in trees:
                continue
            best = None
            for i in sorted(comp - {post}):
                near = trees[iso].query_ball_point(unit_vectors([net.lon[i]], [net.lat[i]])[0], chord_of_km(STUB_GAP_KM))
                for j in near:
                    j = ids[iso][j]
                    if j not in comp and (best is None or (net.dist(i, j), i, j) < best):
                        best = (net.dist(i, j), i, j)
            if best:
                join(best[1], best[2], "stubs_joined")
                log.append(f"{used[gi]['id']}: {iso} side joined over {best[0]:.2f} km")
            else:
                c["stubs_left"] += 1
                log.append(f"{used[gi]['id']}: {iso} side ends after {len(comp) - 1} road nodes")
    report["gaps"] = dict(sorted(c.items()), log=log)


def manual(net, official, report):
    """Manual links: cited roads or bridges missing from the source, ends snapped to road nodes on their own side."""
    c = Counter()
    if not os.path.exists(HAND_LINKS):
        report["manual_links"] = {"rows": 0}
        return {}
    rows = sorted(read_csv(HAND_LINKS), key=lambda r: r["key"])
    by_key = {o["key"]: o for o in official}
    posts, log, att = {}, [], Attach(net)
    at = {net.pos(i): i for i, k in enumerate(net.kind) if k == "road"}
    for iso, p, q, what in DOMESTIC_LINKS:
        u, v = at[p], at[q]
        km = DOMESTIC_DETOUR * net.dist(u, v)
        net.link(u, v, "road", km, km / MANUAL_KMH, iso, "manual:general-knowledge")
        c["domestic_links"] += 1
        log.append(f"{what}: {num(km, 1)} km")

    def snap(iso, lon, lat):
        (node, d), (l, t, e) = att.find(iso, lon, lat)
        return (d, node, None, t) if d <= MANUAL_SNAP_KM or d <= e + 1.0 else (e, node, l, t)
    for r in rows:
        c["rows"] += 1
        o = by_key.get(r["crossing_key"])
        if o is None:
            c["crossing_key_unknown"] += 1
            log.append(f"{r['key']}: crossing {r['crossing_key']} is not in the table")
            continue
        if "group" in o:
            c["not_needed_crossing_has_a_road"] += 1
            log.append(f"{r['key']}: not needed, {o['id']} has a road in the source")
            continue
        if o["id"] in posts:
            c["second_link_of_a_crossing_refused"] += 1
            continue
        a_iso, b_iso = o["pair"]
        p = (float(r["from_lon"]), float(r["from_lat"]))
        q = (float(r["to_lon"]), float(r["to_lat"]))
        ways = []
        for x, y in ((p, q), (q, p)):
            su, sv = snap(a_iso, *x), snap(b_iso, *y)
            ways.append((round(max(su[0], sv[0]), 6), len(ways), su, sv))
        worst, _, su, sv = min(ways, key=lambda w: w[:2])
        if worst > MANUAL_SNAP_KM:
            c["end_too_far_from_a_road_node"] += 1
            log.append(f"{r['key']}: an end lies {worst:.1f} km from the nearest road node of its side")
            continue
        u, v = (att.split(x[2], x[3]) if x[2] is not None else x[1] for x in (su, sv))
        centre = (o["lon"], o["lat"])
        ia = net.node(*_toward(centre, net.pos(u), CROSSING_KM / 2), a_iso, "post")
        ib = net.node(*_toward(centre, net.pos(v), CROSSING_KM / 2), b_iso, "post")
        da, db = net.dist(u, ia), net.dist(v, ib)
        total = max(float(r["length_km"]) - CROSSING_KM, 2 * MIN_LEG_KM)
        rough = re.search(ROUGH_WORDS, r["note"].lower()) is not None or r["mode"] == "ferry"
        kmh = MANUAL_ROUGH_KMH if rough else MANUAL_KMH
        src = "manual:" + r["source_id"]
        for end, post, d, iso in ((u, ia, da, a_iso), (v, ib, db, b_iso)):
            km = max(MIN_LEG_KM, total * d / (da + db) if da + db > 0 else total / 2)
            net.link(end, post, "road", km, km / kmh, iso, src)
        li = net.link(ia, ib, "crossing", CROSSING_KM, CROSSING_KM / CROSSING_KMH, "", src)
        posts[o["id"]] = {"posts": (ia, ib), "centre": centre, "link": net.links[li], "basis": "cited"}
        o["km"] = worst
        o["extra"] = (f"road missing in the source: manual link of {num(float(r['length_km']), 1)} km at {num(kmh, 0)} km/h "
                      f"(assumption), its ends joined to the road network over at most {num(worst, 1)} km")
        c["added"] += 1
        c["added_rough"] += rough
    c["road_links_split_to_attach"] = att.splits
    report["manual_links"] = dict(sorted(c.items()), log=log)
    return posts


def anchor_places(net, places, report):
    """Give places a node of their own, since long links have none between their ends.

    A capital, provincial centre or city further than ANCHOR_KM from every node of its country: the nearest link within
    ANCHOR_LINK_KM is split at its nearest point. A provincial centre of ACCESS_ISO that still has no node within
    ANCHOR_KM gets a node at its place and an access link to the nearest road, length geodesic x ACCESS_FACTOR
    (source assumption:access): Ghor, Daykundi and Nuristan have no road in the source. Nodes near a place are not
    contracted.
    """
    c, log, anchors, att = Counter(), [], set(), Attach(net)
    trees = {iso: cKDTree(unit_vectors([net.lon[i] for i in ids], [net.lat[i] for i in ids]))
             for iso, ids in att.nodes.items()}
    for p in places:
        iso, lon, lat = p["iso3"], p["lon"], p["lat"]
        if p["kind"] == "port" or iso not in trees:
            continue
        near, j = trees[iso].query(unit_vectors([lon], [lat])[0])
        if near <= chord_of_km(ANCHOR_KM):
            anchors.add(att.nodes[iso][int(j)])
            continue
        (node, d), (l, t, e) = att.find(iso, lon, lat)
        if d <= ANCHOR_KM:
            continue
        centre = iso in ACCESS_ISO and p["kind"] in ("capital", "adm1_centre")
        if e <= (ANCHOR_KM if centre else ANCHOR_LINK_KM):
            anchors.add(att.split(l, t))
            c["links_split_beside_a_place"] += 1
        elif centre:
            end = node if d <= e + NODE_BONUS_KM else att.split(l, t)
            i = net.node(lon, lat, iso, "road")
            km = ACCESS_FACTOR * net.dist(i, end)
            net.link(i, end, "road", km, km / ACCESS_KMH, iso, "assumption:access")
            att.nodes[iso].append(i)
            anchors.update((i, end))
            c["access_links"] += 1
            log.append(f"{p['id']}: {km:.1f} km")
        else:
            c["places_left_without_a_road_near"] += 1
    by_id = {p["id"]: p for p in places}
    for a, b in ACCESS_EXTRA:
        i, j = (att.find(by_id[x]["iso3"], by_id[x]["lon"], by_id[x]["lat"])[0][0] for x in (a, b))
        km = ACCESS_FACTOR * net.dist(i, j)
        net.link(i, j, "road", km, km / ACCESS_KMH, by_id[a]["iso3"], "assumption:access")
        anchors.update((i, j))
        c["access_links_extra"] += 1
        log.append(f"{a} - {b}: {km:.1f} km")
    report["anchors"] = dict(sorted(c.items()), access_links_log=log)
    return anchors


# ---------------------------------------------------------------- green border

def components(net, modes=None):
    n = len(net.lon)
    ls = [l for l in net.links if modes is None or l["mode"] in modes]
    u = np.array([l["u"] for l in ls])
    v = np.array([l["v"] for l in ls])
    _, lab = connected_components(coo_matrix((np.ones(len(u)), (u, v)), shape=(n, n)), directed=False)
    return lab


def green_border(net, world, report):
    rows, c, att = [], Counter(), Attach(net)
    for pair in GREEN_PAIRS:
        line = world.border(*pair)
        parts = [p for p in shapely.get_parts(line)]
        parts.sort(key=lambda p: (-p.length, p.coords[0]))
        points, total = [], 0.0
        for p in parts:
            xy = list(p.coords)
            if xy[0][1] < xy[-1][1]:
                xy.reverse()
            cum = [0.0]
            for s, e in zip(xy, xy[1:]):
                cum.append(cum[-1] + dist_km(*s, *e))
            total += cum[-1]
            at = GREEN_STEP_KM / 2
            while at < cum[-1]:
                j = max(i for i in range(len(cum)) if cum[i] <= at)
                points.append(along(xy[j], xy[j + 1], (at - cum[j]) / max(cum[j + 1] - cum[j], 1e-9)))
                at += GREEN_STEP_KM
        seen, k = set(), 0
        for p in points:
            ends = [att.find(iso, *p) for iso in pair]
            if max(min(e[0][1], e[1][2]) for e in ends) > GREEN_REACH_KM:
                c[f"{pair[0]}-{pair[1]}_no_road_within_reach"] += 1
                continue
            u, v = (e[0][0] if e[0][1] <= min(GREEN_REACH_KM, e[1][2] + NODE_BONUS_KM) else att.split(*e[1][:2])
                    for e in ends)
            if (u, v) in seen:
                c[f"{pair[0]}-{pair[1]}_same_ends_as_another"] += 1
                continue
            seen.add((u, v))
            k += 1
            km = max(GREEN_MIN_KM, GREEN_FACTOR * net.dist(u, v))
            li = net.link(u, v, "green", km, km / GREEN_KMH, "", "assumption:green-border")
            rows.append({"id": f"{pair[0]}-{pair[1]}-g{k:02d}", "pair": pair, "pos": p, "u": u, "v": v,
                         "link": net.links[li]})
        c[f"{pair[0]}-{pair[1]}_links"] = k
        c[f"{pair[0]}-{pair[1]}_border_km"] = round(total)
        c[f"{pair[0]}-{pair[1]}_points"] = len(points)
    c["road_links_split_to_attach"] = att.splits
    report["green_border"] = dict(sorted(c.items()))
    return rows


# ---------------------------------------------------------------- main component, contraction

def keep_main(net, protect_rows, world, report):
    lab = components(net)
    main = int(np.bincount(lab).argmax())
    deg0 = Counter()
    for l in net.links:
        deg0[l["u"]] += 1
        deg0[l["v"]] += 1
    left_nodes, left_links, km = Counter(), 0, 0.0
    comps = {}
    for i, x in enumerate(lab.tolist()):
        if x != main:
            left_nodes[net.iso[i] or "sea"] += 1
            comps.setdefault(x, Counter())[net.iso[i] or "sea"] += 1
    for l in net.links:
        if lab[l["u"]] != main:
            left_links += 1
            km += l["km"]
    big = sorted(comps.items(), key=lambda kv: (-sum(kv[1].values()), kv[0]))
    mid = {}
    for i, x in enumerate(lab.tolist()):
        if x != main:
            mid.setdefault(x, []).append(i)
    report["left_out"] = {
        "components": len(comps), "nodes": sum(left_nodes.values()), "links": left_links, "link_km": round(km),
        "nodes_by_country": dict(sorted(left_nodes.items())),
        "components_of_20_nodes_or_more": [
            {"nodes": sum(cn.values()), "countries": dict(sorted(cn.items())),
             "centre": [round(float(np.mean([net.lon[i] for i in mid[x]])), 2),
                        round(float(np.mean([net.lat[i] for i in mid[x]])), 2)]}
            for x, cn in big if sum(cn.values()) >= 20],
    }
    net.links = [l for l in net.links if lab[l["u"]] == main]
    return [bool(x == main) for x in lab]


def contract(net, alive, protected, report):
    """Join the two links at every node of degree 2 inside one country and mode; shape kept as inner vertices."""
    adj = {}
    for l in net.links:
        adj.setdefault(l["u"], []).append(l)
        adj.setdefault(l["v"], []).append(l)
    gone = set()
    dead = set()
    c = Counter()
    for i in sorted(adj):
        if i in protected:
            continue
        ls = adj[i]
        if len(ls) != 2 or ls[0] is ls[1]:
            continue
        p, q = ls
        if p["mode"] != q["mode"] or p["mode"] not in ("road", "sea") or p["iso"] != q["iso"] or p["source"] != q["source"]:
            continue
        a = p["u"] if p["v"] == i else p["v"]
        b = q["u"] if q["v"] == i else q["v"]
        if a == b:
            c["loops_left_uncontracted"] += 1
            continue
        ga = p["geom"] if p["v"] == i else p["geom"][::-1]
        gb = q["geom"] if q["u"] == i else q["geom"][::-1]
        new = {"u": a, "v": b, "mode": p["mode"], "km": p["km"] + q["km"], "h": p["h"] + q["h"], "iso": p["iso"],
               "geom": ga + [net.pos(i)] + gb, "source": p["source"]}
        dead.update((id(p), id(q)))
        gone.add(i)
        adj[i] = []
        for end, old in ((a, p), (b, q)):
            adj[end] = [x for x in adj[end] if x is not old] + [new]
        net.links.append(new)
        c["nodes_contracted_" + p["mode"]] += 1
    net.links = [l for l in net.links if id(l) not in dead]
    for i in gone:
        alive[i] = False
    report["contraction"] = dict(sorted(c.items()))


# ---------------------------------------------------------------- output

def nearest_place(places, tree, lon, lat, isos=None):
    d, j = tree.query(unit_vectors([lon], [lat])[0])
    return places[int(j)], km_of_chord(float(d))


def prune_dead(net, alive):
    used = set()
    for l in net.links:
        used.update((l["u"], l["v"]))
    for i in range(len(alive)):
        alive[i] = alive[i] and i in used


def build(report, world, gazetteer, places):
    net = clip(report)
    set_countries(net, world, report)
    official, table = load_official()
    report["hand_table"] = {"used": table, "rows": len(official)}
    heal_slivers(net, world, official, report)
    set_speeds(net)
    found = intersect(net, world, report)
    groups = group_parallel(net, found, report)
    used = match(net, groups, official, report)
    split(net, world, groups, used, report)
    close_gaps(net, groups, used, report)
    manual_posts = manual(net, official, report)
    green = green_border(net, world, report)
    anchors = anchor_places(net, places, report)
    alive = keep_main(net, None, world, report)
    protected = set(anchors)
    for l in net.links:
        if l["mode"] in ("port", "crossing", "green"):
            protected.update((l["u"], l["v"]))
    contract(net, alive, protected, report)
    prune_dead(net, alive)

    order = sorted((i for i in range(len(alive)) if alive[i]),
                   key=lambda i: (hilbert(net.lon[i], net.lat[i]), net.lon[i], net.lat[i], i))
    new_id = {old: k for k, old in enumerate(order)}
    links = []
    for l in net.links:
        u, v, geom = new_id[l["u"]], new_id[l["v"]], l["geom"]
        if u > v:
            u, v, geom = v, u, geom[::-1]
        links.append((u, v, l["mode"], l["km"], l["h"], l["iso"], geom, l["source"], id(l)))
    links.sort(key=lambda x: (x[0], x[1], x[2], round(x[3], 3), x[6]))
    link_id = {x[8]: k for k, x in enumerate(links)}

    size_n = write_csv("network/nodes.csv.gz", ["node_id", "lon", "lat", "iso3"],
                       ([k, num(net.lon[i], 5), num(net.lat[i], 5), net.iso[i]] for k, i in enumerate(order)))

    def wkt(u, v, geom):
        if not geom:
            return ""
        pts = [net.pos(order[u])] + geom + [net.pos(order[v])]
        return "LINESTRING(" + ",".join(f"{num(x, 5)} {num(y, 5)}" for x, y in pts) + ")"
    size_l = write_csv(
        "network/links.csv.gz",
        ["link_id", "from_node", "to_node", "mode", "length_km", "travel_time_h", "iso3", "geometry", "source"],
        ([k, u, v, mode, num(max(km, 0.001), 3), num(max(h, 0.0001), 4), iso, wkt(u, v, geom), src]
         for k, (u, v, mode, km, h, iso, geom, src, _) in enumerate(links)))

    rows = crossing_rows(net, groups, used, official, manual_posts, green, new_id, link_id, gazetteer, report)
    size_c = write_csv("crossings.csv", CROSSING_COLUMNS, rows)
    modes = Counter(x[2] for x in links)
    kms = Counter()
    for x in links:
        kms[x[2]] += x[3]
    report["network"] = {"nodes": len(order), "links": len(links), "links_by_mode": dict(sorted(modes.items())),
                         "km_by_mode": {k: round(v, 1) for k, v in sorted(kms.items())},
                         "nodes_by_country": dict(sorted(Counter(net.iso[i] or "sea" for i in order).items())),
                         "speed_rule": SPEED_RULE, "country_speed_factors": COUNTRY_SPEED,
                         "bytes": {"nodes": size_n, "links": size_l, "crossings": size_c}}
    speeds = np.array([x[3] / x[4] for x in links if x[2] == "road"])
    report["network"]["road_speed_kmh_percentiles_5_25_50_75_95"] = [
        round(float(v), 1) for v in np.percentile(speeds, [5, 25, 50, 75, 95])]
    checks(net, order, links, report)
    return net, order, links


CROSSING_COLUMNS = ["crossing_id", "name", "post_a_name", "post_b_name", "iso3_a", "iso3_b", "lon", "lat", "mode",
                    "status", "post_a_node", "post_b_node", "link_id", "position_basis", "match_distance_km", "flag",
                    "verification", "source_id", "note"]


def crossing_rows(net, groups, used, official, manual_posts, green, new_id, link_id, gazetteer, report):
    rows, lost = [], []
    places, tree = gazetteer
    c = Counter()
    with_road = [(o, groups[o["group"]]["centre"]) for o in official if "group" in o]
    with_road += [(o, manual_posts[o["id"]]["centre"]) for o in official if o["id"] in manual_posts]

    def ids(g):
        ia, ib = g["posts"]
        if ia not in new_id:
            return None
        return new_id[ia], new_id[ib], link_id[id(g["link"])]
    for o in official:
        a, b = o["pair"]
        g = groups[o["group"]] if "group" in o else manual_posts.get(o["id"])
        note = o["note"]
        got = ids(g) if g is not None else None
        if g is not None and got is None:
            lost.append(o["id"])
        if got is None:
            pos, basis, flag, km, got = (o["lon"], o["lat"]), "cited", "no_road_within_15km", "", ("", "", "")
            near = [] if o["lon"] is None else sorted(
                (round(dist_km(o["lon"], o["lat"], *p), 1), x["id"]) for x, p in with_road if x["pair"] == o["pair"])
            if o["lon"] is not None and not in_box(o["lon"], o["lat"]):
                note = "; ".join(t for t in (note, "outside the region of the network") if t)
            elif near and near[0][0] <= MATCH_KM:
                note = "; ".join(t for t in (note, f"not in the network: the road here belongs to {near[0][1]}, "
                                                   f"{num(near[0][0], 1)} km away") if t)
        else:
            flag = "ok"
            pos = g["centre"]
            basis = "moved" if o.get("move") else g.get("basis", "computed")
            km = num(o.get("km", 0.0), 2)
            if "extra" in o:
                note = "; ".join(t for t in (note, o["extra"]) if t)
            elif o.get("move"):
                note = "; ".join(t for t in (note, f"the source draws a chord of {num(g['chord'], 1)} km here: split at the "
                                                   f"cited position, {num(o['km'], 1)} km from where it met the border, length = "
                                                   f"straight legs x {num(g['tortuosity'], 2)}") if t)
        rows.append([o["id"], o["name"], o["pa"], o["pb"], a, b,
                     "" if pos[0] is None else num(pos[0], 5), "" if pos[1] is None else num(pos[1], 5),
                     o["mode"], o["status"], *got, basis, km, flag, o["verification"], o["source"], note])
        c["official_" + flag] += 1
    states = {}
    for o in official:
        if o["mode"] == "road":
            states.setdefault(o["pair"], set()).add(o["status"])
    shut = {pair for pair, st in states.items() if st == {"closed"}}
    serial = Counter()
    for gi, g in enumerate(groups):
        if gi in used:
            continue
        got = ids(g)
        if got is None:
            lost.append("unnamed {}-{} at {:.3f},{:.3f}".format(*g["pair"], *g["pos"]))
            continue
        a, b = g["pair"]
        serial[(a, b)] += 1
        k = serial[(a, b)]
        place, d = nearest_place(places, tree, *g["pos"])
        note = f"link of {num(g['chord'], 1)} km" + (
            "" if g["chord"] <= CHORD_KM else ": position uncertain, grows with the link")
        if not g["members"][0]["touch"]:
            note += "; the two countries have no common border in the boundary layer"
        elif g["members"][0]["third_km"] > 5:
            note += f"; {num(g['members'][0]['third_km'], 0)} km of it in a third country or at sea"
        status = "unofficial"
        if (a, b) in shut:
            status = "closed"
            note += "; closed, as every official road crossing of this border is"
            c["unnamed_closed_with_their_border"] += 1
        rows.append([f"{a}-{b}-x{k:02d}", f"Unnamed {a}-{b} {k:02d} (near {place['name']})", "", "", a, b,
                     num(g["pos"][0], 5), num(g["pos"][1], 5), "road", status, *got, "computed", "", "unnamed",
                     "computed", "osm", note])
        c["unnamed"] += 1
    for r in green:
        a, b = r["pair"]
        place, d = nearest_place(places, tree, *r["pos"])
        rows.append([r["id"], f"Green border {r['id'][-2:]} {a}-{b} (near {place['name']})", "", "", a, b,
                     num(r["pos"][0], 5), num(r["pos"][1], 5), "green", "unofficial", new_id[r["u"]], new_id[r["v"]],
                     link_id[id(r["link"])], "assumption", "", "ok", "assumption", "assumption:green-border",
                     f"off-road arc, {num(r['link']['km'], 1)} km at 5 km/h: an assumption, not an observed route"])
        c["green"] += 1
    rows.sort(key=lambda r: r[0])
    assert len({r[0] for r in rows}) == len(rows), "crossing_id not unique"
    c["rows"] = len(rows)
    c["lost_outside_main_component"] = len(lost)
    report["crossings"] = dict(sorted(c.items()))
    report["crossings_lost"] = lost
    return rows


# ---------------------------------------------------------------- checks

CHECK_PLACES = {
    "Kandahar": (65.7101, 31.6133), "Tehran": (51.4215, 35.6944), "Istanbul": (28.9497, 41.0138),
    "Kabul": (69.1723, 34.5289), "Dushanbe": (68.7738, 38.5358), "Zaranj": (61.8604, 30.9600),
    "Bandar Abbas": (56.2808, 27.1832), "Moscow": (37.6156, 55.7522), "Sofia": (23.3242, 42.6975),
    "Jalalabad": (70.4486, 34.4289), "Herat": (62.1997, 34.3482), "Mashhad": (59.5675, 36.3156),
    "Karachi": (67.0104, 24.8608), "Quetta": (67.0127, 30.1834), "Mazar-e Sharif": (67.1109, 36.7090),
    "Khorog": (71.5448, 37.4897), "Zahedan": (60.8629, 29.4963), "Peshawar": (71.5785, 34.0080),
}
# (from, to, published check km or None, what a driver would expect in hours or None)
CHECKS = [("Kandahar", "Tehran", 1717, None), ("Kandahar", "Istanbul", 4066, None), ("Kabul", "Dushanbe", 536, None),
          ("Zaranj", "Bandar Abbas", 1046, None), ("Dushanbe", "Moscow", 3571, None),
          ("Kabul", "Jalalabad", None, "2.5-3.5"), ("Kandahar", "Herat", None, "8-10"), ("Kabul", "Kandahar", None, "6.5-9"),
          ("Tehran", "Mashhad", None, "9-11"), ("Karachi", "Quetta", None, "10-12"), ("Kabul", "Mazar-e Sharif", None, "7-9"),
          ("Dushanbe", "Khorog", None, "12-15"), ("Zahedan", "Mashhad", None, "11-13"), ("Kabul", "Peshawar", None, "5-8")]


def checks(net, order, links, report):
    idx = [k for k, i in enumerate(order) if net.kind[i] != "sea"]
    tree = cKDTree(unit_vectors([net.lon[order[k]] for k in idx], [net.lat[order[k]] for k in idx]))
    at = {}
    for name, (lon, lat) in CHECK_PLACES.items():
        d, j = tree.query(unit_vectors([lon], [lat])[0])
        at[name] = idx[int(j)]
    n = len(order)
    ls = [x for x in links if x[2] in ("road", "crossing")]

    def matrix(col):
        best = {}
        for x in ls:
            key = (x[0], x[1])
            if x[col] < best.get(key, 1e18):
                best[key] = x[col]
        u, v = np.array(list(best)).T
        return coo_matrix((np.array(list(best.values())), (u, v)), shape=(n, n)).tocsr()
    mk, mh = matrix(3), matrix(4)
    out = []
    for src in sorted({c[0] for c in CHECKS}):
        dk = dijkstra(mk, directed=False, indices=at[src])
        dh = dijkstra(mh, directed=False, indices=at[src])
        for a, b, want, hours in CHECKS:
            if a == src:
                r = {"from": a, "to": b, "shortest_km": round(float(dk[at[b]]), 1),
                     "fastest_h": round(float(dh[at[b]]), 2)}
                if want:
                    r["check_km"] = want
                    r["difference_percent"] = round(100 * (float(dk[at[b]]) / want - 1), 1)
                if hours:
                    r["expected_h_general_knowledge"] = hours
                out.append(r)
    report["distance_checks"] = out
