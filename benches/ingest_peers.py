"""Compares loading, cleaning and grouping seizure records from CSV with polars: times in the same run, equal answers.

    python3 -m venv target/venv-peers
    target/venv-peers/bin/pip install polars
    target/venv-peers/bin/python benches/ingest_peers.py seizures.csv

The rule is stated in benches/ingest.rs; both read the same file with all threads, and the median of seven rounds counts.
Ours run before and after theirs, and all rounds count, so that a busy machine slows both. Needs cargo, or the bench's own program as second argument; run from the top folder. Not
part of the tests.
"""

import json
import statistics
import subprocess
import sys
import time

import polars as pl

ROUND_COUNT = 7
ALIASES = {
    "diacetylmorphine": "heroin",
    "meth": "methamphetamine",
    "crystal meth": "methamphetamine",
    "hashish": "cannabis resin",
    "marijuana": "cannabis herb",
}
FACTORS = {"kg": 1000.0, "g": 1.0, "t": 1e6, "lb": 453.59237, "mg": 0.001}
SCHEMA = {
    "date": pl.Utf8,
    "lat": pl.Float64,
    "lon": pl.Float64,
    "drug": pl.Utf8,
    "quantity": pl.Float64,
    "unit": pl.Utf8,
}


def theirs(path):
    rows = (
        pl.scan_csv(path, schema=SCHEMA)
        .with_columns(
            d=pl.col("date").str.to_date("%Y-%m-%d", strict=False),
            drug=pl.col("drug").str.strip_chars().str.to_lowercase().replace(ALIASES),
            f=pl.col("unit").str.to_lowercase().replace_strict(FACTORS, default=None, return_dtype=pl.Float64),
        )
        .with_columns(g=(pl.col("quantity") * pl.col("f")).round(0, mode="half_to_even"))
        .filter(
            pl.col("d").is_not_null()
            & (pl.col("quantity") > 0)
            & pl.col("g").is_not_null()
            & (pl.col("lon") >= 43)
            & (pl.col("lon") < 80)
            & (pl.col("lat") >= 22)
            & (pl.col("lat") < 46)
        )
    )
    keys = {
        "y": pl.col("d").dt.year(),
        "cx": (pl.col("lon") * 2).floor().cast(pl.Int32),
        "cy": (pl.col("lat") * 2).floor().cast(pl.Int32),
    }
    groups = rows.group_by("drug", **keys).agg(n=pl.len(), g=pl.col("g").sum()).collect(engine="streaming")
    return {
        "rows": int(groups["n"].sum()),
        "groups": groups.height,
        "grams": int(groups["g"].sum()),
        "count_sq": int((groups["n"].cast(pl.Int64) ** 2).sum()),
    }


def main() -> int:
    path = sys.argv[1]
    if len(sys.argv) > 2:
        command = [sys.argv[2], "--bench", path]
    else:
        command = ["cargo", "bench", "--locked", "--quiet", "--bench", "ingest", "--", path]
    measured, seconds = [], []

    def our_rounds():
        ours = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        measured.extend(ours["seconds"])
        return ours

    ours = our_rounds()
    for _ in range(ROUND_COUNT):
        begin = time.perf_counter()
        answer = theirs(path)
        seconds.append(time.perf_counter() - begin)
    our_rounds()
    mine, other = statistics.median(measured), statistics.median(seconds)
    print(f"{answer['rows']} clean rows in {answer['groups']} groups")
    print(f"corridor        {1000 * mine:8.1f} ms (median)")
    print(f"polars {pl.__version__:9}{1000 * other:8.1f} ms (median)")
    print(f"ratio           {other / mine:8.2f} times")
    same = answer == ours["answer"]
    print("answers: " + ("the same" if same else f"{answer} and {ours['answer']}"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
