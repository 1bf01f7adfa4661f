"""How many notifications a second go the whole way, and at what CPU cost.

Single keyed POSTs from a closed loop into a fresh store, each to its durable
outcome, with everything on this machine. See README.md.
"""
import time

import harness
import plot as chart
import scene

QUICK = {"seconds": 1, "users": 500}


def add_arguments(parser):
    scene.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60, help="for how long requests are sent (60)")
    parser.add_argument("--connections", type=int, default=64, help="of the closed loop (64)")


def run(arguments):
    with scene.Scene(arguments) as here:
        return measure(here, arguments)


def measure(here, arguments):
    harness.say(f"sending for {arguments.seconds:g} s over {arguments.connections} connections")
    engine = here.engine
    before, cpu_before, start = engine.ended(), engine.cpu_seconds(), time.monotonic()
    with harness.Sampler(lambda: (time.monotonic() - start, engine.ended() - before)) as sampler:
        with here.load(connections=arguments.connections, seconds=arguments.seconds) as load:
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
        "seconds": round(elapsed, 1),
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": harness.machine(),
        "completions_over_time": [[round(at, 1), count] for at, count in sampler.samples],
    }


def plot(result):
    points = [(0, 0), *result["completions_over_time"]]
    rates = [(at, (count - count_before) / (at - before))
             for (before, count_before), (at, count) in zip(points, points[1:])]
    return chart.lines("capacity", "seconds", "completions/s", {"completions per second": rates})
