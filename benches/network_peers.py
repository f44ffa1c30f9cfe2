"""Path questions of corridor against the libraries people use instead: ratios, and whether the answers are equal.

    python -m venv venv && venv/bin/pip install numpy scipy igraph routingkit-cch
    cargo bench --bench network --no-run
    venv/bin/python benches/network_peers.py FOLDER [S M]

FOLDER holds one folder a scale with edges.csv (from, to, travel_h), nodes.csv (lon, lat), crossings.csv (from), origins.csv
(node) and od.csv (from, to); the generator of the peer benchmark makes it: `python gen.py S M --out FOLDER`. Costs are
whole microhours, so that every exact library gives the same sums. Five rounds a row, the median counts; processor
seconds are compared, because they say the same on a busy machine. The Rust libraries (petgraph, pathfinding, fast_paths,
cch) run in `cargo bench --bench network`, the others here, with the same two threads.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import time

THREADS = "2"
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = THREADS

# row, peer, scale at which the goal holds, goal, stretch
GOALS = [
    ("one_to_all", "scipy", "M", 2, 4),
    ("one_to_all_16", "petgraph", "M", 3, 4),
    ("swept_one_to_all", "scipy", "M", 30, 60),
    ("table", "routingkit-cch", "M", 3, 8),
    ("table", "cch", "M", 4, 8),
    ("point_to_point", "fast_paths", "M", 1, 2),
    ("point_to_point", "cch", "M", 1, 2),
    ("customise_and_100", "routingkit-cch", "M", 1.5, 4),
    ("customise_and_100", "cch", "M", 1.5, 4),
    ("k_10", "pathfinding", "S", 50, 500),
    ("k_10", "igraph", "S", 50, 500),
    ("betweenness", "igraph", "M", 4, 10),
]


def column(path, name, kind):
    with open(path, newline="") as file:
        return [kind(row[name]) for row in csv.DictReader(file)]


def timed(line, work):
    seconds, processor, answer = [], [], None
    for _ in range(5):
        begin, before = time.perf_counter(), time.process_time()
        answer = work()
        seconds.append(time.perf_counter() - begin)
        processor.append(time.process_time() - before)
        if sum(seconds) > 60:
            break
    return {**line, "seconds": seconds, "processor_seconds": processor, "answer": int(answer)}


def scenario(costs, number):
    import numpy as np

    with np.errstate(over="ignore"):
        z = np.uint64(number) * np.uint64(0x100000001B3) + np.arange(len(costs), dtype=np.uint64)
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.maximum(1, (costs * (512 + (z >> np.uint64(54)).astype(np.int64))) >> 10)


def peers(folder, scale):
    """The Python libraries on one scale, a line at a time."""
    import igraph
    import numpy as np
    import routingkit_cch as rk
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    at = os.path.join(folder, scale)
    tail, head = (column(f"{at}/edges.csv", name, int) for name in ("from", "to"))
    cost = np.rint(np.array(column(f"{at}/edges.csv", "travel_h", float)) * 1e6).astype(np.int64)
    nodes = max(max(tail), max(head)) + 1
    origins = column(f"{at}/origins.csv", "node", int)
    pairs = list(zip(column(f"{at}/od.csv", "from", int), column(f"{at}/od.csv", "to", int)))
    posts = column(f"{at}/crossings.csv", "from", int)[: 200 if scale == "S" else 1000]
    lon, lat = (column(f"{at}/nodes.csv", name, float) for name in ("lon", "lat"))

    def line(row, who, units):
        return {"row": row, "scale": scale, "who": who, "units": units}

    matrix = csr_matrix((cost.astype(float), (tail, head)), shape=(nodes, nodes))

    def reached(rows):
        return int(np.where(np.isfinite(rows), rows, 0).sum(axis=1).astype(np.int64).sum())

    one = timed(line("one_to_all", "scipy", len(origins)), lambda: reached(dijkstra(matrix, indices=origins)))
    yield one
    yield {**one, "row": "swept_one_to_all"}

    graph = igraph.Graph(n=nodes, edges=list(zip(tail, head)), directed=True)
    weight = cost.tolist()
    sources = origins[:64]
    yield timed(
        line("betweenness", "igraph", len(sources)),
        lambda: round(sum(graph.betweenness(weights=weight, sources=sources)) * 1e3),
    )
    if scale == "S":
        def ten(a, b):
            paths = graph.get_k_shortest_paths(a, b, k=10, weights=weight, output="epath")
            return sum(int(cost[path].sum()) for path in paths)

        yield timed(line("k_10", "igraph", len(pairs)), lambda: sum(ten(a, b) for a, b in pairs))

    order = rk.compute_order_inertial(nodes, tail, head, lat, lon)
    hierarchy = rk.CCH(order, tail, head, False)
    metric = rk.CCHMetric(hierarchy, weight)

    def table():
        query = rk.CCHOneToMany(metric, posts)
        return sum(sum(query.distances_from(post)) for post in posts)

    yield timed(line("table", "routingkit-cch", len(posts) ** 2), table)
    scenarios = [scenario(cost, number).tolist() for number in range(8)]

    def customise():
        total = 0
        for costs in scenarios:
            query = rk.CCHQuery(rk.CCHMetric(hierarchy, costs))
            total += sum(query.run(a, b).distance for a, b in pairs)
        return total

    yield timed(line("customise_and_100", "routingkit-cch", len(scenarios)), customise)


def main():
    folder, scales = sys.argv[1], sys.argv[2:] or ["S", "M"]
    lines = []
    for scale in scales:
        bench = ["cargo", "bench", "--quiet", "--bench", "network", "--", os.path.abspath(folder), scale]
        output = subprocess.run(bench, capture_output=True, text=True, check=True).stdout
        lines += [json.loads(text) for text in output.splitlines() if text.startswith("{")]
        lines += peers(folder, scale)
    ours = {(line["row"], line["scale"]): line for line in lines if line["who"] == "corridor"}
    print("| question | at | against | ours, ms a unit | theirs | ratio | goal | stretch | equal |")
    print("|---|---|---|---|---|---|---|---|---|")
    for line in lines:
        own = ours.get((line["row"], line["scale"]))
        if line["who"] == "corridor" or own is None:
            continue
        # What takes a few milliseconds is too short for the processor clock: the wall clock then.
        spent = [[statistics.median(entry[clock]) for entry in (own, line)] for clock in ("processor_seconds", "seconds")]
        spent = spent[0] if min(spent[0]) > 0.05 else spent[1]
        mine, theirs = (seconds / entry["units"] * 1e3 for seconds, entry in zip(spent, (own, line)))
        goal = [(goal, stretch) for row, who, at, goal, stretch in GOALS
                if (row, who, at) == (line["row"], line["who"], line["scale"])]
        goal, stretch = goal[0] if goal else ("", "")
        equal = "yes" if own["answer"] == line["answer"] else f"NO: {own['answer']}, {line['answer']}"
        print(f"| {line['row']} | {line['scale']} | {line['who']} | {mine:.4g} | {theirs:.4g} | {theirs / mine:.1f} x "
              f"| {goal} | {stretch} | {equal} |")
    for line in lines:
        if line["who"] == "corridor":
            print(f"{line['row']} {line['scale']}: {statistics.median(line['processor_seconds']):.4g} processor s, "
                  f"{statistics.median(line['seconds']):.4g} s on the clock, {line['units']} units")


if __name__ == "__main__":
    main()
