"""How long from submitting a notification to the vendor's socket, at 5 to 120 % of capacity.

Open loop; every latency counts from the instant the request should have left.
See README.md.
"""
import harness
import machine
import plot as chart
import scene

QUICK = {"seconds": 0.5, "users": 500, "capacity_seconds": 1}


def add_arguments(parser):
    scene.add_arguments(parser)
    scene.add_capacity_arguments(parser)
    parser.add_argument("--loads", type=float, nargs="+", default=[5, 25, 50, 80, 120], metavar="PERCENT",
                        help="of the capacity (5 25 50 80 120)")
    parser.add_argument("--seconds", type=float, default=20, help="for how long each load is sent (20)")
    parser.add_argument("--connections", type=int, default=512, help="at most, up to 100 %% of capacity (512)")
    parser.add_argument("--overload-connections", type=int, default=6000,
                        help="above; more than the engine lets wait, so that its bound shows (6000)")


def run(arguments):
    with scene.Scene(arguments) as here:
        capacity = here.capacity()
        levels = [measure(here, arguments, percent, capacity * percent / 100) for percent in arguments.loads]
    return {
        **{key: [level[key] for level in levels] for key in levels[0]},
        "capacity_per_s": round(capacity, 1),
        "seconds": arguments.seconds,
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": machine.describe(),
    }


def measure(here, arguments, percent, rate):
    harness.say(f"sending {rate:.0f}/s, {percent:g} % of capacity, for {arguments.seconds:g} s")
    here.settle()
    here.vendor.reset()
    before = here.engine.ended()
    connections = arguments.connections if percent <= 100 else arguments.overload_connections
    with here.load(rate=rate, seconds=arguments.seconds, connections=connections) as load:
        sent = load.result()
    completed = scene.wait_for_the_rest(here.engine, before, sent["accepted"])
    seen = here.vendor.stats()
    wanted = sent["started"] + sent["unsent"]
    p50, p99, p999, longest = scene.rounded(seen["latency"].get("b", {}), "p50_ms", "p99_ms", "p999_ms", "max_ms")
    return {
        "load_percent": percent,
        "p50_ms": p50,
        "p99_ms": p99,
        "p999_ms": p999,
        "max_ms": longest,
        "accept_p99_ms": scene.rounded(sent["latency"], "p99_ms")[0],
        "wanted_per_s": round(rate, 1),
        "accepted_per_s": round(sent["accepted"] / arguments.seconds, 1),
        "share_503": round(sent["statuses"].get("503", 0) / max(wanted, 1), 4),
        "unsent": sent["unsent"],
        "unanswered": sent["unanswered"] + sent["lost_connections"],
        "lost": max(sent["accepted"] - completed, sent["wanted"] - seen["distinct"], 0),
        "duplicates": seen["duplicates"],
    }


def plot(result):
    return chart.lines("latency", "% of capacity", "ms",
                       {name: list(zip(result["load_percent"], result[name]))
                        for name in ("p50_ms", "p99_ms", "p999_ms")})
