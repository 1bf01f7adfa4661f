"""What background work costs the calls beside it: the longest commit with and without.

Retention empties a full store while new notifications are accepted. See README.md.
"""
import json
import subprocess

import harness
import machine
import plot as chart

QUICK = {"seconds": 1, "count": 5_000}


def add_arguments(parser):
    parser.add_argument("--count", type=int, default=300_000, help="old notifications that retention removes (300,000)")
    parser.add_argument("--seconds", type=float, default=20, help="of each of the three parts (20)")
    parser.add_argument("--callers", type=int, default=16, help="accepts at once (16)")


def run(arguments):
    folder = harness.build(arguments)
    with harness.Workspace() as work:
        command = [folder / "bench/bench_upkeep", "--folder", work / "data", "--count", arguments.count,
                   "--seconds", arguments.seconds, "--callers", arguments.callers]
        printed = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    parts = json.loads(printed.stdout)
    calm = [parts["quiet"], parts["quiet_again"]]
    return {**{f"worst_{what}_ratio": round(parts["upkeep"][what]["max_ms"] / max(one[what]["max_ms"] for one in calm),
                                            2) for what in ("commits", "calls")},
            **{f"p999_{what}_ratio": round(parts["upkeep"][what]["p999_ms"] / max(one[what]["p999_ms"] for one in calm),
                                           2) for what in ("commits", "calls")},
            "parts": parts, "machine": machine.describe()}


def plot(result):
    shares = [("p50", "p50_ms"), ("p90", "p90_ms"), ("p99", "p99_ms"), ("p99.9", "p999_ms"), ("worst", "max_ms")]
    return chart.lines("upkeep", "share of the calls", "ms",
                       {part: [(place, values["calls"][key]) for place, (_, key) in enumerate(shares)]
                        for part, values in result["parts"].items()})
