"""Restarting with a million scheduled and a million pending notifications: memory, first delivery, rate.

The engine starts with a cold page cache on a store that holds both. See README.md.
"""
import datetime
import time

import harness
import machine
import plot as chart
import scene

QUICK = {"seconds": 3, "users": 500, "scheduled": 3_000, "pending": 3_000}


def add_arguments(parser):
    scene.add_arguments(parser)
    parser.add_argument("--scheduled", type=int, default=1_000_000, help="notifications due tomorrow (1000000)")
    parser.add_argument("--pending", type=int, default=1_000_000, help="notifications that may be sent now (1000000)")
    parser.add_argument("--seconds", type=float, default=120, help="for how long it drains at most (120)")


def run(arguments):
    with scene.Scene(arguments) as here:
        fill(here, arguments)
        return measure(here, arguments)


def fill(here, arguments):
    """One notification of each kind from the engine itself, then copies of them."""
    here.engine.stop()
    here.vendor.script(hang_rate=1)
    here.start_engine(slots=1).wait_ready()
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    scheduled = here.post(1, send_at=tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"))
    here.wait_for_status(scheduled, "scheduled")
    here.wait_for_status(here.post(2), "sending")  # takes the only slot and keeps it
    pending = here.post(3)
    here.wait_for_status(pending, "queued")
    here.engine.kill()
    here.vendor.script(hang_rate=0)
    here.fill([scheduled], arguments.scheduled, from_h=25, to_h=2, due_spread_s=86_400)
    here.fill([pending], arguments.pending, from_h=1.5, to_h=0.1)


def measure(here, arguments):
    harness.forget_pages(here.work / "data")
    here.vendor.reset()
    harness.say(f"starting the engine on it; it drains for {arguments.seconds:g} s at most")
    start = time.monotonic()
    engine = here.start_engine()
    with harness.Sampler(lambda: (time.monotonic() - start, engine.rss_mib(), here.vendor.stats()["distinct"]),
                         0.5) as sampler:
        engine.wait_ready()
        ready = time.monotonic() - start
        drain(here, arguments)
    seen = here.vendor.stats()
    here.settle(10)
    steady, peak = engine.rss_mib(), engine.rss_mib("VmHWM")
    engine.kill()  # what has not drained by now need not
    return {
        "rss_mib": round(peak, 1),
        "rss_steady_mib": round(steady, 1),
        "first_delivery_s": round(seen["first_ns"] / 1e9 - start, 3) if seen["calls"] else None,
        "ready_s": round(ready, 3),
        "drain_per_s": round((seen["distinct"] - 1) / max((seen["last_ns"] - seen["first_ns"]) / 1e9, 1e-3), 1),
        "drained": seen["distinct"],
        "duplicates": seen["duplicates"],
        "scheduled": arguments.scheduled,
        "pending": arguments.pending,
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": machine.describe(),
        "over_time": [[round(at, 1), round(rss, 1), count] for at, rss, count in sampler.samples],
    }


def drain(here, arguments):
    """Until everything pending was delivered, or the time is over."""
    try:
        harness.wait_until(lambda: here.vendor.stats()["distinct"] >= arguments.pending, "more is pending",
                           arguments.seconds, 0.5)
    except TimeoutError as problem:
        harness.say(str(problem))


def plot(result):
    return chart.lines("backlog", "seconds since the start", "MiB", {"resident memory": [
        (at, rss) for at, rss, _ in result["over_time"]]})
