"""How the hierarchy grows with the network: a table, and one chart of time and memory against nodes.

    python benches/network_growth.py FOLDER [--scales S,M,world,L] [--program FILE] [--lines FILE] --out docs/network-growth.svg

FOLDER as for network_peers.py; `world` is made by world_workload.py. Each scale runs in its own process of `cargo bench
--bench network` (or of the program that `--program` names, built by it), so that its memory is its own. `--lines` keeps what
was measured, a JSON object a scale, and reads it again when the file is there: then nothing runs. Processor seconds of
all threads: they say the same on a busy machine. Nothing but Python's standard library is used.
"""

import argparse
import json
import math
import os
import subprocess
import sys

STEPS = [("build", "build", "#D55E00"), ("customise", "customise", "#0072B2"), ("sweep_16", "16 one-to-all sweeps", "#009E73"),
         ("load", "save and load", "#555555")]
WIDTH, HEIGHT = 1040, 480


def measured(folder, scales, program):
    bench = [program] if program else ["cargo", "bench", "--quiet", "--bench", "network", "--"]
    for scale in scales:
        command = [*bench, os.path.abspath(folder), scale, "growth", "--bench"]
        done = subprocess.run(command, capture_output=True, text=True)
        lines = [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]
        if done.returncode != 0 or not lines:
            sys.exit(f"{scale}: {done.stderr.strip()[-500:]}")
        yield from lines


def spent(both):
    """Processor seconds; the clock's where it is too short for the processor clock."""
    clock, processor = both
    return processor if processor > 0.005 else clock


def seconds(line, step):
    steps = line["steps"]
    return spent(steps["save"]) + spent(steps["load"]) if step == "load" else spent(steps[step])


def short(value):
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def table(lines):
    print("| scale | nodes | arcs | arcs of the hierarchy | file, MB | build, s | save, s | load, s | customise, ms | four sets, ms a set "
          "| sweep, ms a source | route, us | memory, MB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for line in lines:
        step = {name: spent(both) for name, both in line["steps"].items()}
        cells = [line["scale"], f"{line['nodes']:,}", f"{line['arcs']:,}", f"{line['up_arcs']:,}", short(line["bytes"] / 1e6),
                 short(step["build"]), short(step["save"]), short(step["load"]), short(step["customise"] * 1e3),
                 short(step["customise_4"] / 4 * 1e3), short(step["sweep_16"] / 16 * 1e3), short(step["routes_100"] * 1e4),
                 f"{line['memory_mb_most']:,}"]
        print("| " + " | ".join(cells) + " |")


def panel(left, title, lines, curves, lowest, highest):
    """Axes and curves of one half; all scales logarithmic."""
    right, top, bottom = left + 330, 90, 400
    nodes = [line["nodes"] for line in lines]
    low_x, high_x = math.log10(min(nodes)) - 0.15, math.log10(max(nodes)) + 0.15
    at_x = lambda count: left + (math.log10(count) - low_x) / (high_x - low_x) * (right - left)
    at_y = lambda value: bottom - (math.log10(value) - lowest) / (highest - lowest) * (bottom - top)
    yield f'<text x="{left}" y="{top - 22}" font-weight="bold">{title}</text>'
    for power in range(lowest, highest + 1):
        y, text = at_y(10**power), f"{10**power:,}" if power >= 0 else f"{10**power:.{-power}f}"
        yield f'<path d="M{left} {y:.1f}H{right}" stroke="#dddddd"/>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
    for line in lines:
        x = at_x(line["nodes"])
        yield f'<path d="M{x:.1f} {bottom}v6" stroke="#333333"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{line["scale"]}</text>'
        count = f"{line['nodes'] / 1e6:.1f}M" if line["nodes"] >= 1e6 else f"{line['nodes'] / 1e3:.0f}k"
        yield f'<text x="{x:.1f}" y="{bottom + 36}" text-anchor="middle" fill="#555555">{count}</text>'
    for name, ink, values in curves:
        spots = [(at_x(count), at_y(value)) for count, value in zip(nodes, values)]
        road = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        yield f'<path d="M{road}" fill="none" stroke="{ink}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ink}"/>' for x, y in spots)
        yield f'<text x="{right + 6}" y="{spots[-1][1] + 4:.1f}" fill="{ink}">{name} {short(values[-1])}</text>'


def chart(lines):
    lines = sorted(lines, key=lambda line: line["nodes"])
    curves = [(name, ink, [max(seconds(line, step), 1e-4) for line in lines]) for step, name, ink in STEPS]
    all_seconds = [value for _, _, values in curves for value in values]
    memory = [("most held", "#CC79A7", [line["memory_mb_most"] for line in lines]),
              ("saved file", "#555555", [line["bytes"] / 1e6 for line in lines])]
    all_memory = [value for _, _, values in memory for value in values]
    floor, ceiling = lambda values: math.floor(math.log10(min(values))), lambda values: math.ceil(math.log10(max(values)))
    largest = f"{lines[-1]['nodes']:,}"
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
           f'font-size="12" fill="#222222">')
    yield "<title>Time and memory of the hierarchy against the number of nodes</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    yield (f'<text x="20" y="32" font-size="17" font-weight="bold">Memory and questions grow about in step with the network, preparation more steeply: '
           f"up to {largest} nodes</text>")
    yield from panel(70, "Processor seconds, all threads", lines, curves, floor(all_seconds), ceiling(all_seconds))
    yield from panel(600, "Memory, MB", lines, memory, floor(all_memory), ceiling(all_memory))
    yield ('<text x="20" y="466" fill="#555555">S, M, L: generated road-like networks; world: main roads (c) OpenStreetMap contributors, '
           "and sea lanes. Both axes logarithmic.</text>")
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--scales", default="S,M,world,L")
    parser.add_argument("--program")
    parser.add_argument("--lines")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    if args.lines and os.path.exists(args.lines):
        with open(args.lines, encoding="utf-8") as file:
            lines = [json.loads(text) for text in file if text.startswith("{")]
    else:
        lines = list(measured(args.folder, args.scales.split(","), args.program))
        if args.lines:
            with open(args.lines, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
    lines.sort(key=lambda line: line["nodes"])
    table(lines)
    with open(args.out, "w", encoding="utf-8") as file:
        file.write("\n".join(chart(lines)) + "\n")
    if not all(line["is_equal"] for line in lines):
        sys.exit("sweeps and searches do not agree")


if __name__ == "__main__":
    main()
