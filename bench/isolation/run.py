"""What a bulk flood at three times the capacity does to critical traffic, and the other way round.

Critical at 500/s alone, then beside floods: steady, in bursts, and with a bulk
vendor that hangs. The worst counts. See README.md.
"""
import time

import harness
import machine
import plot as chart
import scene

QUICK = {"seconds": 0.6, "users": 500, "critical_users": 200, "capacity_seconds": 1, "flood_connections": 500}
FLOODS = {"steady": {}, "burst": {"burst_on": 1, "burst_off": 1}, "hanging": {}}
LEAD_IN = 1.0  # seconds of flood before anything is measured


def add_arguments(parser):
    scene.add_arguments(parser)
    scene.add_capacity_arguments(parser)
    parser.add_argument("--seconds", type=float, default=30, help="for how long critical is measured each time (30)")
    parser.add_argument("--rate", type=float, default=500, help="of critical, per second (500)")
    parser.add_argument("--flood", type=float, default=3, help="bulk's rate as a multiple of the capacity (3)")
    parser.add_argument("--flood-connections", type=int, default=5000,
                        help="more than the engine lets wait, so that the flood does not slow itself (5000)")
    parser.add_argument("--critical-users", type=int, default=10_000, help="people of critical's own vendor (10000)")
    parser.add_argument("--floods", nargs="+", choices=FLOODS, default=list(FLOODS), help="which of them (all)")


def run(arguments):
    with scene.Scene(arguments) as here:
        ward = here.start_vendor()  # critical's vendor: bulk's load must not be charged to it
        instruments_first = ward.go_first()  # nor what its own process waits for a processor
        here.create_people(ward, arguments.critical_users, first=arguments.users)
        capacity = here.capacity()
        harness.say(f"critical alone, {arguments.rate:g}/s for {arguments.seconds:g} s")
        here.settle()
        alone = critical_load(here, ward, arguments)
        floods = {name: flood(here, ward, arguments, capacity, name)
                  for name in FLOODS if name in arguments.floods}
        here.engine.kill()  # its vendor still hangs: nothing to wait for
    return {**verdict(arguments, capacity, alone, floods), "instruments_first": instruments_first}


def critical_load(here, ward, arguments):
    """Sends critical traffic; how long it took to its vendor, and what was refused."""
    ward.reset()
    with here.load(traffic="c", priority="critical", priority_header=1, rate=arguments.rate, connections=64,
                   first_user=arguments.users, users=arguments.critical_users, seconds=arguments.seconds) as load:
        load.go_first()
        sent = load.result()
    wait_for_vendor(ward, sent["wanted"])
    seen = ward.stats()
    p50, p99, p999 = scene.rounded(seen["latency"].get("c", {}), "p50_ms", "p99_ms", "p999_ms")
    return {"p50_ms": p50, "p99_ms": p99, "p999_ms": p999,
            "accept_p99_ms": scene.rounded(sent["latency"], "p99_ms")[0],
            "shed": sent["started"] + sent["unsent"] - sent["accepted"],
            "lost": max(sent["wanted"] - seen["distinct"], 0)}


def wait_for_vendor(vendor, wanted):
    try:
        harness.wait_until(lambda: vendor.stats()["distinct"] >= wanted, "critical calls are missing", 20)
    except TimeoutError as problem:
        harness.say(str(problem))  # shows as `lost`


def flood(here, ward, arguments, capacity, name):
    """Bulk's rate under one kind of flood alone, then beside critical traffic, and what critical felt."""
    result = {}
    if name == "hanging":
        here.vendor.script(hang_rate=1)
    else:
        harness.say(f"{name} flood without critical")
        result["bulk_alone_per_s"] = beside_flood(here, arguments, capacity, name,
                                                  lambda: time.sleep(arguments.seconds))[1]
    harness.say(f"{name} flood with critical")
    felt, rate, answers = beside_flood(here, arguments, capacity, name, lambda: critical_load(here, ward, arguments))
    return {**result, "bulk_per_s": rate, **felt, "bulk_answers": answers}


def beside_flood(here, arguments, capacity, name, action):
    """Does `action` while bulk is flooded; its result, bulk's completions per second meanwhile, bulk's answers."""
    here.settle()
    with here.load(rate=arguments.flood * capacity, connections=arguments.flood_connections, seconds=3600, drain=10,
                   **FLOODS[name]) as load:
        time.sleep(LEAD_IN)
        before, start = bulk_ended(here.engine), time.monotonic()
        done = action()
        rate = (bulk_ended(here.engine) - before) / (time.monotonic() - start)
        load.child.terminate()
        answers = load.result()["statuses"]
    return done, round(rate, 1), answers


def bulk_ended(engine):
    return engine.metric("deliveries_total", lane="bulk", status=harness.ENDED)


def verdict(arguments, capacity, alone, floods):
    worst = max(one["p99_ms"] for one in floods.values())
    shares = [one["bulk_per_s"] / max(one["bulk_alone_per_s"], 1) for one in floods.values()
              if "bulk_alone_per_s" in one]
    return {
        "critical_p99_alone_ms": alone["p99_ms"],
        "critical_p99_flood_ms": worst,
        "critical_p99_ratio": round(worst / max(alone["p99_ms"], 0.001), 2),
        "critical_shed": alone["shed"] + sum(one["shed"] for one in floods.values()),
        "critical_lost": alone["lost"] + sum(one["lost"] for one in floods.values()),
        "bulk_share": round(min(shares), 3) if shares else None,
        "alone": alone,
        "floods": floods,
        "capacity_per_s": round(capacity, 1),
        "seconds": arguments.seconds,
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": machine.describe(),
    }


def plot(result):
    runs = {"alone": result["alone"], **result["floods"]}
    return chart.bars("isolation: critical, submit to vendor", "ms",
                      {name: {key: one[key] for key in ("p50_ms", "p99_ms")} for name, one in runs.items()})
