"""How many notifications a second go the whole way, and at what CPU cost.

Single keyed POSTs from a closed loop into a fresh store, each to its durable
outcome, with everything on this machine. See README.md.
"""
import time

import harness
import plot as chart

CONFIG = """
[providers.vendor]
protocol = "webhook"
channel = "webhook"
credentials = {{ secret = "whsec_YmVuY2htYXJrLXNlY3JldC1ub3QtYS1yZWFsLW9uZQ==" }}
connections = {slots}
in_flight = {slots}

[channels.webhook]
providers = ["vendor"]

[types.bench]
category = "transactional"
channels = ["webhook"]

[limits]
per_user = {{ rate = 600, per = "1m", burst = 600, over = "delay" }}

[egress]
allow = ["127.0.0.0/8"]
"""


def add_arguments(parser):
    parser.add_argument("--seconds", type=float, default=60, help="for how long requests are sent (60)")
    parser.add_argument("--connections", type=int, default=64, help="of the closed loop (64)")
    parser.add_argument("--users", type=int, default=100_000, help="people with preferences, every tenth opted out")
    parser.add_argument("--vendor-delay-ms", type=float, default=0, help="the vendor answers after so long (0)")
    parser.add_argument("--slots", type=int, default=256, help="calls at once to the vendor, per lane (256)")


def run(arguments):
    folder = harness.build(arguments)
    with harness.Workspace() as work, \
            harness.Vendor(folder, f"delay_ms={arguments.vendor_delay_ms}") as vendor, \
            harness.Engine(folder / "carillon", work, CONFIG.format(slots=arguments.slots)) as engine:
        engine.wait_ready()
        create_people(folder, engine, vendor, arguments.users)
        return measure(folder, engine, vendor, arguments)


def create_people(folder, engine, vendor, users):
    harness.say(f"creating {users} people with contacts and preferences")
    made = harness.run_load(folder, engine, work="people", users=users, contact=f"{vendor.url}/hook", connections=64,
                            seconds=900)
    if made["accepted"] != 2 * users:
        raise RuntimeError(f"people could not be created: {made}\n{engine.log_tail()}")
    harness.say(f"  {made['rate']:.0f} PUTs/s")


def measure(folder, engine, vendor, arguments):
    harness.say(f"sending for {arguments.seconds:g} s over {arguments.connections} connections")
    ended_before, cpu_before, start = engine.ended(), engine.cpu_seconds(), time.monotonic()
    with harness.Sampler(lambda: (time.monotonic() - start, engine.ended() - ended_before)) as sampler:
        load = harness.run_load(folder, engine, users=arguments.users, connections=arguments.connections,
                                seconds=arguments.seconds)
        harness.say("waiting for the last outcomes")
        completed = wait_for_the_rest(engine, ended_before, load["accepted"])
        elapsed = time.monotonic() - start
    cpu = engine.cpu_seconds() - cpu_before
    seen = vendor.stats()
    return {
        "completions_per_s": round(completed / elapsed, 1),
        "engine_cpu_s_per_1000": round(cpu / max(completed, 1) * 1000, 5),
        "lost": max(load["accepted"] - completed, load["wanted"] - seen["distinct"], 0),
        "duplicates": seen["duplicates"],
        "accepted": load["accepted"],
        "delivered": seen["distinct"],
        "suppressed": load["accepted"] - load["wanted"],
        "answers": load["statuses"],
        "accept_p50_ms": round(load["latency"]["p50_ms"], 3),
        "accept_p99_ms": round(load["latency"]["p99_ms"], 3),
        "submit_to_vendor_p50_ms": round(seen["latency"].get("b", {}).get("p50_ms", 0), 3),
        "submit_to_vendor_p99_ms": round(seen["latency"].get("b", {}).get("p99_ms", 0), 3),
        "calls_at_once": seen["most_at_once"],
        "rss_mib": round(engine.rss_mib(), 1),
        "seconds": round(elapsed, 1),
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": harness.machine(),
        "completions_over_time": [[round(at, 1), count] for at, count in sampler.samples],
    }


def wait_for_the_rest(engine, before, accepted):
    """Outcomes so far, once all are there or none has come for 10 s."""
    last, since = -1, time.monotonic()

    def all_or_stuck():
        nonlocal last, since
        ended = engine.ended() - before
        if ended != last:
            last, since = ended, time.monotonic()
        return ended >= accepted or time.monotonic() - since > 10

    harness.wait_until(all_or_stuck, "outcomes still come in", 600)
    return last


def plot(result):
    points = [(0, 0), *result["completions_over_time"]]
    rates = [(at, (count - count_before) / (at - before))
             for (before, count_before), (at, count) in zip(points, points[1:])]
    return chart.lines("capacity", "seconds", "completions/s", {"completions per second": rates})
