"""How many notifications a second go the whole way, and at what CPU cost.

Single keyed POSTs from a closed loop, each to its durable outcome, with everything
on this machine: into a fresh store, with a slow vendor, and into a store that
holds ten million finished notifications. See README.md.
"""
import sqlite3
import time

import filled
import harness
import machine
import plot as chart
import scene

QUICK = {"seconds": 1, "slow_seconds": 0.5, "seconds_10m": 1, "users": 500, "rows": 5_000}
SLOW_MS = 20


def add_arguments(parser):
    scene.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60, help="for how long requests go into a fresh store (60)")
    parser.add_argument("--slow-seconds", type=float, default=20, help="... with a vendor that takes 20 ms (20)")
    parser.add_argument("--seconds-10m", type=float, default=180, help="... into the filled store (180)")
    parser.add_argument("--rows", type=int, default=10_000_000,
                        help="finished notifications in the filled store; 0 leaves it out (10000000)")
    parser.add_argument("--connections", type=int, default=64, help="of the closed loop (64)")


def run(arguments):
    with scene.Scene(arguments) as here:
        parts = {"fresh": measure(here, arguments, arguments.seconds)}
        if arguments.slow_seconds:
            here.vendor.script(delay_ms=SLOW_MS)
            parts["slow_vendor"] = measure(here, arguments, arguments.slow_seconds)
    if arguments.rows:
        parts["filled"] = with_history(arguments)
    return {
        "completions_per_s": parts["fresh"]["completions_per_s"],
        "completions_per_s_20ms": parts.get("slow_vendor", {}).get("completions_per_s"),
        "completions_per_s_10m": parts.get("filled", {}).get("completions_per_s"),
        "engine_cpu_s_per_1000": parts["fresh"]["engine_cpu_s_per_1000"],
        "lost": sum(part["lost"] for part in parts.values()),
        "duplicates": sum(part["duplicates"] for part in parts.values()),
        "rows": arguments.rows,
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": machine.describe(),
        **{name: parts.get(name) for name in ("fresh", "slow_vendor", "filled")},
    }


def with_history(arguments):
    """The same into a copy of the filled store, with retention at work."""
    folder = filled.store(arguments, arguments.rows)
    with filled.scene_on(arguments, folder) as here:
        before = oldest_key(here)
        result = measure(here, arguments, arguments.seconds_10m)
        return {**result, "removed_by_retention": removed_since(folder, before, oldest_key(here))}


def oldest_key(here):
    return one_number(here.work / "data", "SELECT min(key) FROM notification")


def removed_since(folder, first, last):
    """Notifications of the store as it was copied that lie between the oldest key then and now."""
    return one_number(folder / "data", f"SELECT count(*) FROM notification WHERE key >= {first} AND key < {last}")


def one_number(data, query):
    file = sqlite3.connect(f"file:{data / 'bulk.db'}?mode=ro", uri=True)
    try:
        return file.execute(query).fetchone()[0]
    finally:
        file.close()


def measure(here, arguments, seconds):
    harness.say(f"sending for {seconds:g} s over {arguments.connections} connections")
    here.vendor.reset()
    engine, wal = here.engine, here.work / "data" / "bulk.db-wal"
    before, cpu_before, start = engine.ended(), engine.cpu_seconds(), time.monotonic()

    def look():
        return time.monotonic() - start, engine.ended() - before, wal.stat().st_size
    with harness.Sampler(look) as sampler:
        with here.load(connections=arguments.connections, seconds=seconds) as load:
            sent = load.result()
        harness.say("waiting for the last outcomes")
        completed = scene.wait_for_the_rest(engine, before, sent["accepted"])
        elapsed = time.monotonic() - start
    cpu = engine.cpu_seconds() - cpu_before
    seen = here.vendor.stats()
    accept_p50, accept_p99 = scene.rounded(sent["latency"], "p50_ms", "p99_ms")
    vendor_p50, vendor_p99 = scene.rounded(seen["latency"].get("b", {}), "p50_ms", "p99_ms")
    return {
        "completions_per_s": round(completed / elapsed, 1),
        "engine_cpu_s_per_1000": round(cpu / max(completed, 1) * 1000, 5),
        "lost": max(sent["accepted"] - completed, sent["wanted"] - seen["distinct"], 0),
        "duplicates": seen["duplicates"],
        "accepted": sent["accepted"],
        "delivered": seen["distinct"],
        "suppressed": sent["accepted"] - sent["wanted"],
        "answers": sent["statuses"],
        "accept_p50_ms": accept_p50,
        "accept_p99_ms": accept_p99,
        "submit_to_vendor_p50_ms": vendor_p50,
        "submit_to_vendor_p99_ms": vendor_p99,
        "calls_at_once": seen["most_at_once"],
        "rss_mib": round(engine.rss_mib(), 1),
        "wal_mib": round(max((size for _, _, size in sampler.samples), default=0) / 2**20, 1),
        "seconds": round(elapsed, 1),
        "completions_over_time": [[round(at, 1), count] for at, count, _ in sampler.samples],
    }


def rates(part):
    points = [(0, 0), *part["completions_over_time"]]
    return [(at, (count - count_before) / (at - before))
            for (before, count_before), (at, count) in zip(points, points[1:])]


def plot(result):
    return chart.lines("capacity", "seconds", "completions/s", {
        name: rates(result[part]) for part, name in (("fresh", "fresh store"), ("slow_vendor", "vendor at 20 ms"),
                                                     ("filled", "filled store")) if result[part]})
