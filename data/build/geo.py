"""Small geometry and file helpers shared by the build."""
import csv
import gzip
import io
import json
import math
import os
import re

import numpy as np

R_KM = 6371.0088          # mean Earth radius; reproduces the lengths of the source's straight links
BOX = (25.0, 12.0, 80.0, 56.0)  # lon min, lat min, lon max, lat max

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.dirname(HERE)
BUILT = "2026-11-23"


def in_box(lon, lat):
    return BOX[0] <= lon <= BOX[2] and BOX[1] <= lat <= BOX[3]


def dist_km(lon1, lat1, lon2, lat2):
    """Great-circle distance (haversine) on the mean sphere."""
    a1, a2 = math.radians(lat1), math.radians(lat2)
    h = (math.sin((a2 - a1) / 2) ** 2
         + math.cos(a1) * math.cos(a2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2)
    return 2 * R_KM * math.asin(min(1.0, math.sqrt(h)))


def unit_vectors(lon, lat):
    lon, lat = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def chord_of_km(km):
    """Length of the unit-sphere chord under an arc of km (for k-d trees on unit vectors)."""
    return 2 * math.sin(km / R_KM / 2)


def km_of_chord(c):
    return 2 * R_KM * math.asin(min(1.0, c / 2))


def along(p, q, t):
    return (p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t)


def nearest_on_segment(p, a, b):
    """(t, km): the parameter of the point of segment a-b nearest to p, on a local flat map."""
    k = math.cos(math.radians(p[1]))
    ax, ay = (a[0] - p[0]) * k, a[1] - p[1]
    bx, by = (b[0] - p[0]) * k, b[1] - p[1]
    dx, dy = bx - ax, by - ay
    n = dx * dx + dy * dy
    t = 0.0 if n == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / n))
    x, y = along(a, b, t)
    return t, dist_km(p[0], p[1], x, y)


def hilbert(lon, lat, order=16):
    """Hilbert curve index of a position inside the region box."""
    n = 1 << order
    x = min(n - 1, max(0, int((lon - BOX[0]) / (BOX[2] - BOX[0]) * n)))
    y = min(n - 1, max(0, int((lat - BOX[1]) / (BOX[3] - BOX[1]) * n)))
    d, s = 0, n >> 1
    while s:
        rx, ry = int(bool(x & s)), int(bool(y & s))
        d += s * s * ((3 * rx) ^ ry)
        if ry == 0:
            if rx == 1:
                x, y = n - 1 - x, n - 1 - y
            x, y = y, x
        s >>= 1
    return d


def num(v, digits):
    """Fixed decimals, trailing zeros removed, never '-0'."""
    s = f"{v:.{digits}f}"
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


def slug(text):
    import unicodedata
    for a, b in (("ı", "i"), ("ə", "e"), ("Ə", "e"), ("ł", "l"), ("đ", "d"), ("ø", "o"), ("ß", "ss"), ("æ", "ae")):
        text = text.replace(a, b)
    t = unicodedata.normalize("NFKD", text)
    t = "".join(c for c in t if not unicodedata.combining(c)).lower()
    t = re.sub(r"['’‘`ʻʼ]", "", t)
    return re.sub(r"[^a-z0-9]+", "-", t).strip("-")


def write_bytes(rel, payload):
    path = os.path.join(DATA, rel)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if rel.endswith(".gz"):
        buf = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=buf, compresslevel=9, mtime=0) as z:
            z.write(payload)
        payload = buf.getvalue()
    tmp = path + ".part"
    with open(tmp, "wb") as f:
        f.write(payload)
    os.replace(tmp, path)
    return len(payload)


def write_csv(rel, header, rows):
    out = io.StringIO(newline="")
    w = csv.writer(out, lineterminator="\n")
    w.writerow(header)
    w.writerows(rows)
    return write_bytes(rel, out.getvalue().encode("utf-8"))


def write_json(rel, obj):
    return write_bytes(rel, (json.dumps(obj, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def write_geojson(rel, features):
    """One feature a line, compact."""
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    return write_bytes(rel, text.encode("utf-8"))


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))
