"""Compares corridor's one-to-all search with scipy's on the embedded network: times, and answers to the unit.

    python3 -m venv target/venv-peers
    target/venv-peers/bin/pip install scipy
    target/venv-peers/bin/python benches/peers.py

Both search the same arcs from the same sources with one thread, return distances and predecessors, and the fastest of
several rounds counts for each source. Needs cargo; run from the top folder. Not part of the tests.
"""

import json
import subprocess
import sys
import time

import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

ROUND_COUNT = 5


def shortest_parallel_arcs(tail, head, cost, node_count):
    """The cheapest of each set of parallel arcs: a sparse matrix holds one."""
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_array((cost[first].astype(float), (tail[first], head[first])), shape=(node_count, node_count))


def main() -> int:
    command = ["cargo", "bench", "--locked", "--quiet", "--bench", "peers", "--", "--export"]
    ours = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    arcs = [np.array(ours[name], dtype=np.int64) for name in ("tail", "head", "cost")]
    if arcs[2].min() == 0:
        sys.exit("an arc costs 0: a sparse matrix would drop it and the answers could not be compared")
    graph = shortest_parallel_arcs(*arcs, ours["node_count"])

    differing = 0
    theirs = []
    for source, cost_sum, reached_count in zip(ours["sources"], ours["cost_sum"], ours["reached_count"]):
        fastest = float("inf")
        for _ in range(ROUND_COUNT):
            begin = time.perf_counter()
            distance, _ = dijkstra(graph, indices=source, return_predecessors=True)
            fastest = min(fastest, time.perf_counter() - begin)
        theirs.append(fastest)
        # sums of whole numbers below 2^53: exact
        reached = distance[np.isfinite(distance)]
        if len(reached) != reached_count or sum(int(value) for value in reached) != cost_sum:
            differing += 1
            print(f"source {source}: the answers differ", file=sys.stderr)

    mine, other = np.median(ours["seconds"]), np.median(theirs)
    print(f"{ours['node_count']} nodes, {graph.nnz} arcs, {len(theirs)} sources, one thread")
    print(f"corridor          {1000 * mine:8.2f} ms a tree (median)")
    print(f"scipy {scipy.__version__:12}{1000 * other:8.2f} ms a tree (median)")
    print(f"ratio             {other / mine:8.2f} times")
    print("answers: " + ("the same to the unit" if differing == 0 else f"{differing} sources differ"))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
