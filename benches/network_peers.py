"""Path questions of corridor against the libraries people use instead: ratios, and whether the answers are equal.

    python -m venv venv && venv/bin/pip install numpy scipy igraph routingkit-cch
    cargo bench --bench network --no-run
    venv/bin/python benches/network_peers.py FOLDER [S M] [--program FILE]

FOLDER holds one folder a scale with edges.csv (from, to, travel_h), nodes.csv (lon, lat), crossings.csv (from), origins.csv
(node) and od.csv (from, to); the generator of the peer benchmark makes it: `python gen.py S M --out FOLDER`. Costs are
whole microhours, so that every exact library gives the same sums. Five rounds a row, the median counts; processor
seconds are compared, because they say the same on a busy machine. The Rust libraries (petgraph, pathfinding, fast_paths,
cch) run in `cargo bench --bench network` (or in the program that `--program` names, built by it), the others here, with
the same two threads. A peer that fails or is missing gives a row that says so; the rest goes on. The exit code is 1 when
an answer differs from an exact peer's or a goal is missed.
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
    ("k_10", "scipy", "S", 50, 500),
    ("betweenness", "igraph", "M", 4, 10),
]

# row, scale, most milliseconds a unit that corridor may take
LIMITS = [("k_10", "M", 500), ("prepare", "M", 10_000)]


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
        if sum(seconds) > 30:
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
    """The Python libraries on one scale, a line at a time; a peer that fails is a line without seconds."""
    import numpy as np

    at = os.path.join(folder, scale)
    tail, head = (column(f"{at}/edges.csv", name, int) for name in ("from", "to"))
    cost = np.rint(np.array(column(f"{at}/edges.csv", "travel_h", float)) * 1e6).astype(np.int64)
    weight = cost.tolist()
    nodes = max(max(tail), max(head)) + 1
    origins = column(f"{at}/origins.csv", "node", int)
    pairs = list(zip(column(f"{at}/od.csv", "from", int), column(f"{at}/od.csv", "to", int)))
    posts = column(f"{at}/crossings.csv", "from", int)[: 200 if scale == "S" else 1000]
    lon, lat = (column(f"{at}/nodes.csv", name, float) for name in ("lon", "lat"))

    def line(row, who, units):
        return {"row": row, "scale": scale, "who": who, "units": units}

    def scipy():
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import dijkstra

        matrix = csr_matrix((cost.astype(float), (tail, head)), shape=(nodes, nodes))

        def reached():
            rows = dijkstra(matrix, indices=origins)
            return int(np.where(np.isfinite(rows), rows, 0).sum(axis=1).astype(np.int64).sum())

        one = timed(line("one_to_all", "scipy", len(origins)), reached)
        yield one
        yield {**one, "row": "swept_one_to_all"}
        if scale == "S":
            from scipy.sparse.csgraph import yen

            ten = lambda: int(sum(yen(matrix, a, b, 10).sum() for a, b in pairs))
            yield timed(line("k_10", "scipy", len(pairs)), ten)

    def igraph():
        import igraph

        graph = igraph.Graph(n=nodes, edges=list(zip(tail, head)), directed=True)
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

    def routingkit():
        import routingkit_cch as rk

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

    for name, work in (("scipy", scipy), ("igraph", igraph), ("routingkit-cch", routingkit)):
        try:
            yield from work()
        except Exception as why:  # a peer's failure is a row, not the end
            yield {**line("-", name, 1), "failed": f"{type(why).__name__}: {why}"}


def ours_of(folder, scale, program):
    """Lines of the Rust bench; what it printed before it failed counts."""
    bench = [program] if program else ["cargo", "bench", "--quiet", "--bench", "network", "--"]
    done = subprocess.run([*bench, os.path.abspath(folder), scale, "--bench"], capture_output=True, text=True)
    lines = [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]
    if done.returncode != 0:
        lines.append({"row": "-", "scale": scale, "who": "the Rust bench", "failed": done.stderr.strip()[-300:]})
    return lines


def told(line, own):
    """One row of the table, and whether goal and answer are as they should be."""
    # What takes a few milliseconds may be too short for the processor clock: the wall clock then.
    spent = [[statistics.median(entry[clock]) for entry in (own, line)] for clock in ("processor_seconds", "seconds")]
    spent = spent[0] if min(spent[0]) > 0.02 else spent[1]
    mine, theirs = (seconds / entry["units"] * 1e3 for seconds, entry in zip(spent, (own, line)))
    row, who, at = key = (line["row"], line["who"], line["scale"])
    goal = [goals[3:] for goals in GOALS if goals[:3] == key]
    is_equal = own["answer"] == line["answer"]
    equal = "yes" if is_equal else f"NO: {own['answer']}, {line['answer']}"
    met = "" if not goal else "stretch" if theirs >= goal[0][1] * mine else "yes" if theirs >= goal[0][0] * mine else "NO"
    goal = f"{goal[0][0]} x, {goal[0][1]} x" if goal else ""
    text = f"| {row} | {at} | {mine:.4g} ms | {who} {theirs:.4g} ms | {theirs / mine:.1f} x | {goal} | {met} | {equal} |"
    return text, met != "NO" and is_equal


def main():
    arguments = sys.argv[1:]
    program = None
    if "--program" in arguments:
        place = arguments.index("--program")
        program = os.path.abspath(arguments[place + 1])
        del arguments[place : place + 2]
    if not arguments:
        sys.exit(__doc__)
    folder, scales = arguments[0], arguments[1:] or ["S", "M"]
    lines = []
    for scale in scales:
        lines += ours_of(folder, scale, program)
        lines += peers(folder, scale)
    ours = {(line["row"], line["scale"]): line for line in lines if line["who"] == "corridor"}
    is_well = True
    print("| question | scale | ours, a unit | peer | ratio | goal, stretch | met | equal |")
    print("|---|---|---|---|---|---|---|---|")
    for line in lines:
        own = ours.get((line["row"], line["scale"]))
        if "failed" in line:
            print(f"| {line['row']} | {line['scale']} | | {line['who']} failed: {line['failed']} | | | | |")
            is_well = False
        elif line["who"] != "corridor" and own is not None:
            text, is_met = told(line, own)
            print(text)
            is_well &= is_met
    for row, scale, most in LIMITS:
        own = ours.get((row, scale))
        if own is not None:
            spent = statistics.median(own["seconds"]) / own["units"] * 1e3
            print(f"| {row} | {scale} | {spent:.4g} ms on the clock | | | at most {most} ms "
                  f"| {'yes' if spent <= most else 'NO'} | |")
            is_well &= spent <= most
    print()
    for line in lines:
        if line["who"] == "corridor" and "failed" not in line:
            print(f"{line['row']} {line['scale']}: {statistics.median(line['processor_seconds']):.4g} processor s, "
                  f"{statistics.median(line['seconds']):.4g} s on the clock, {line['units']} units")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
