"""Compares corridor's siting solvers with HiGHS called directly and with spopt, on the instances of benches/siting.rs.

    python3 -m venv target/venv-peers
    target/venv-peers/bin/pip install numpy highspy spopt pulp
    target/venv-peers/bin/python benches/siting_peers.py

Each program builds and solves the same instance on one thread; the fastest of three rounds counts where a round is
short. Objectives must be equal. HiGHS gets the strongest plain model: merged cover rows for maximal covering, the full
x_ij model for the p-median, the dual of the shortest path (Israeli & Wood 2002) for interdiction on the 10 x 10 grid. Instances on which it needs more than 100 s are left out. Needs cargo; run from the top
folder. Not part of the tests.

    target/venv-peers/bin/python benches/siting_peers.py --data DIR

takes the instances from DIR/S, DIR/M and DIR/L instead: `mclp_sites.csv` (lon, lat), `mclp_demand.csv` (lon, lat,
weight), `mclp.json` (p, radius_km; great circle) and OR-Library files `pmed_N_p.txt`. HiGHS then has two threads, its
plain default gap of 1e-4 counts as solved, and spopt is called with HiGHS, its faster solver.
"""

import csv
import heapq
import json
import pathlib
import subprocess
import sys
import time

import highspy
import numpy as np

LIMIT_S = 100.0
THREADS = 2 if "--data" in sys.argv else 1


def timed(work):
    best, answer = np.inf, None
    for _ in range(3):
        begin = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - begin)
        if best > 10:
            break
    return best, answer


def solved(lp):
    """Objective of a model that HiGHS proves optimal."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", THREADS)
    solver.setOptionValue("time_limit", LIMIT_S)
    solver.passModel(lp)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    return round(solver.getInfo().objective_function_value), status


def model(cost, lower, upper, rows, integer_count):
    """A row-wise model of zeros and ones; `rows` are (columns, coefficients)."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), np.ones(len(cost))
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(columns) for columns, _ in rows])
    lp.a_matrix_.index_ = np.concatenate([columns for columns, _ in rows])
    lp.a_matrix_.value_ = np.concatenate([values for _, values in rows]).astype(float)
    kinds = [highspy.HighsVarType.kInteger] * integer_count
    lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(cost) - integer_count)
    return lp


def covering(instance, site_count):
    merged = {}
    for weight, row in zip(instance["weights"], instance["reach"]):
        if row:
            key = tuple(site for site, _ in row)
            merged[key] = merged.get(key, 0) + weight
    rows = [(np.r_[key, site_count + i], np.r_[np.ones(len(key)), -1]) for i, key in enumerate(merged)]
    rows.append((np.arange(site_count), np.ones(site_count)))
    cost = np.r_[np.zeros(site_count), -np.array(list(merged.values()), float)]
    lower = np.r_[np.zeros(len(merged)), -highspy.kHighsInf]
    upper = np.r_[np.full(len(merged), highspy.kHighsInf), instance["p"]]
    objective, status = solved(model(cost, lower, upper, rows, site_count))
    return -objective, status


def median(instance):
    costs = np.array([[cost for _, cost in row] for row in instance["reach"]], float)
    n = len(costs)
    index = n + np.arange(n * n).reshape(n, n)
    rows = [(index[i], np.ones(n)) for i in range(n)]
    rows += [(np.array([index[i, j], j]), np.array([1, -1])) for i in range(n) for j in range(n)]
    rows.append((np.arange(n), np.ones(n)))
    lower = np.r_[np.ones(n), np.full(n * n, -highspy.kHighsInf), 0]
    upper = np.r_[np.ones(n), np.zeros(n * n), instance["p"]]
    return solved(model(np.r_[np.zeros(n), costs.ravel()], lower, upper, rows, n))


def interdiction(instance):
    """Distances pi and attacks x: pi_j - pi_i - d x <= c, at most p attacks, greatest pi of the destination."""
    arcs = np.array(instance["arcs"])
    tails, heads = arcs[:, 0].astype(int), arcs[:, 1].astype(int)
    origin, n = heads.max() - 1, heads.max() + 1
    attacks = np.flatnonzero(arcs[:, 3] > 0)
    place = {arc: i for i, arc in enumerate(attacks)}
    k = len(attacks)
    # attacks first, as whole numbers
    rows = []
    for arc, (tail, head) in enumerate(zip(tails, heads)):
        columns, values = [k + head, k + tail], [1.0, -1.0]
        if arc in place:
            columns.append(place[arc])
            values.append(-arcs[arc, 3])
        rows.append((np.array(columns), np.array(values)))
    rows.append((np.arange(k), np.ones(k)))
    cost = np.zeros(k + n)
    cost[k + n - 1] = -1.0
    lp = model(cost, np.full(len(rows), -highspy.kHighsInf), np.r_[arcs[:, 2], instance["p"]], rows, k)
    upper = np.r_[np.ones(k), np.full(n, arcs[:, 2:].sum())]
    upper[k + origin] = 0.0
    lp.col_upper_ = upper
    objective, status = solved(lp)
    return -objective, status


def by_spopt(instance, site_count):
    import pulp
    from spopt.locate import MCLP

    radius = instance.get("radius", 150_000)
    costs = np.full((len(instance["weights"]), site_count), 1e9)
    for demand, row in enumerate(instance["reach"]):
        for site, cost in row:
            costs[demand, site] = cost
    weights = np.array(instance["weights"])
    found = MCLP.from_cost_matrix(costs, weights, service_radius=radius, p_facilities=instance["p"])
    solver = pulp.PULP_CBC_CMD(msg=0, threads=1, timeLimit=LIMIT_S)
    if "site_count" in instance:
        solver = pulp.HiGHS(msg=False, threads=THREADS, timeLimit=LIMIT_S)
    found = found.solve(solver, results=False)
    return round(found.problem.objective.value()), pulp.LpStatus[found.problem.status]


def columns(path, *names):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[name]) for row in rows]) for name in names]


def read_covering(folder):
    """Demands, and the sites within the radius of each on a sphere of 6371.0088 km."""
    told = json.loads((folder / "mclp.json").read_text())
    lon, lat, weight = columns(folder / "mclp_demand.csv", "lon", "lat", "weight")
    site_lon, site_lat = columns(folder / "mclp_sites.csv", "lon", "lat")
    lon, lat, site_lon, site_lat = (np.radians(values) for values in (lon, lat, site_lon, site_lat))
    half = np.sin((lat[:, None] - site_lat[None]) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(site_lat)[None] * np.sin((lon[:, None] - site_lon[None]) / 2) ** 2
    is_near = 2 * 6371.0088 * np.arcsin(np.sqrt(half)) <= told["radius_km"]
    reach = [[[int(site), 1] for site in np.flatnonzero(row)] for row in is_near]
    name = f"mclp_{len(lon)}_{len(site_lon)}_{told['p']}"
    weights = [int(w) for w in weight]
    return {"name": name, "p": told["p"], "radius": 1, "site_count": len(site_lon), "weights": weights, "reach": reach}


def read_median(path):
    """An OR-Library graph with the shortest distances between all nodes; of a repeated edge the last counts."""
    lines = [[int(cell) for cell in line.split()] for line in path.read_text().splitlines() if line.strip()]
    node_count, _, p = lines[0]
    edges = {(min(a, b) - 1, max(a, b) - 1): cost for a, b, cost in lines[1:]}
    near = [[] for _ in range(node_count)]
    for (a, b), cost in edges.items():
        near[a].append((b, cost))
        near[b].append((a, cost))
    reach = []
    for source in range(node_count):
        least, queue = {}, [(0, source)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node not in least:
                least[node] = cost
                for other, step in near[node]:
                    heapq.heappush(queue, (cost + step, other))
        reach.append([[node, least[node]] for node in range(node_count)])
    weights = [1] * node_count
    return {"name": path.stem, "p": p, "site_count": node_count, "weights": weights, "reach": reach}


def main() -> int:
    command = ["cargo", "bench", "--locked", "--quiet", "--bench", "siting", "--", "--export"]
    if "--data" in sys.argv:
        root = pathlib.Path(sys.argv[sys.argv.index("--data") + 1])
        given = []
        for folder in (root / scale for scale in "SML"):
            if (folder / "mclp.json").exists():
                given.append(read_covering(folder))
            given.extend(read_median(path) for path in sorted(folder.glob("pmed_*.txt")))
        file = pathlib.Path("target/siting-instances.json").resolve()
        file.write_text(json.dumps(given))
        command = command[:-1] + ["--instances", str(file)]
    ours = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    if "--data" in sys.argv:
        ours = [dict(instance, **answer) for instance, answer in zip(given, ours)]
    is_good = True
    print(f"{'instance':20} {'corridor s':>11} {'HiGHS s':>9} {'x':>7} {'spopt s':>9} {'x':>7}  objective")
    for instance in ours:
        is_covering = instance["name"].startswith("mclp")
        is_grid = instance["name"].startswith("grid")
        site_count = int(instance["name"].split("_")[2 if is_covering else 1])
        peers = []
        if is_covering:
            peers.append(timed(lambda: covering(instance, site_count)))
            if site_count <= 500:
                peers.append(timed(lambda: by_spopt(instance, site_count)))
        elif is_grid:
            if site_count <= 10:
                peers.append(timed(lambda: interdiction(instance)))
        elif site_count <= (200 if "site_count" in instance else 400):
            peers.append(timed(lambda: median(instance)))
        line = f"{instance['name']:20} {instance['seconds']:11.4f}"
        for seconds, (objective, status) in peers:
            line += f" {seconds:9.3f} {seconds / instance['seconds']:7.1f}"
            is_good &= status != "Optimal" or abs(objective - instance["objective"]) <= 1e-4 * instance["objective"]
        line += " " * (17 * (2 - len(peers))) + f"  {instance['objective']}"
        if is_covering:
            line += f"; quick {instance['quick_share']:.4%} in {instance['quick_seconds'] * 1e3:.1f} ms"
        print(line)
        is_good &= instance["is_proven"]
    print("all objectives equal and proven" if is_good else "OBJECTIVES DIFFER")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
