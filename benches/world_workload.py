"""Writes the world's main roads and sea lanes as a workload of the network benches.

    python3 -m venv target/venv-peers
    target/venv-peers/bin/pip install scgraph_data==2.0.0
    target/venv-peers/bin/python benches/world_workload.py OUT

OUT gets `nodes.csv` (id, lon, lat), `edges.csv` (from, to, length_km, travel_h: both directions of each link, the time
at 50 km/h on every link, an assumption that only makes the costs whole numbers), `origins.csv` (64 nodes, evenly
spaced) and `od.csv` (100 pairs). Roads (c) OpenStreetMap contributors (ODbL 1.0), sea lanes from searoute
(Apache-2.0), both by way of scgraph_data (MIT).
"""

import ast
import importlib.util
import sys
from pathlib import Path

SPEED_KMH = 50.0


def tables():
    """Neighbours with km of each node, and positions (lat, lon): read as text, for the module asks for another package."""
    module = "world_highways_and_marnet.py"
    package = importlib.util.find_spec("scgraph_data")
    if package is None:
        sys.exit("the package scgraph_data is missing; see the head of this file")
    text = (Path(package.origin).parent / module).read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name in ("graph", "nodes"):
            found[name] = ast.literal_eval(value)
    return found["graph"], found["nodes"]


def main() -> int:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    graph, nodes = tables()
    with open(out / "nodes.csv", "w", encoding="utf-8") as file:
        file.write("id,lon,lat\n")
        file.writelines(f"{ix},{node[1]},{node[0]}\n" for ix, node in enumerate(nodes))
    count = 0
    with open(out / "edges.csv", "w", encoding="utf-8") as file:
        file.write("from,to,length_km,travel_h\n")
        for tail, neighbours in enumerate(graph):
            for head, length_km in sorted(neighbours.items()):
                file.write(f"{tail},{head},{length_km:.3f},{length_km / SPEED_KMH:.6f}\n")
                count += 1
    step = len(nodes) // 64
    with open(out / "origins.csv", "w", encoding="utf-8") as file:
        file.write("node\n")
        file.writelines(f"{ix * step}\n" for ix in range(64))
    with open(out / "od.csv", "w", encoding="utf-8") as file:
        file.write("from,to\n")
        # steps without a common factor with the number of nodes spread the pairs over the world
        file.writelines(f"{ix * 7919 % len(nodes)},{(ix * 104729 + 1) % len(nodes)}\n" for ix in range(100))
    print(f"{len(nodes)} nodes, {count} arcs in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
