"""What each part of a notification's way costs alone, and how near the whole comes to that.

HTTP server, store, actor chain and HTTP client, each by itself on the same
bodies, then all of them as the engine. See README.md.
"""
import json
import os
import subprocess
import time

import harness
import machine
import plot as chart
import scene

QUICK = {"seconds": 0.5, "users": 500, "capacity_seconds": 1}
OPTED_OUT = 0.1  # of the notifications: they cost no call


def add_arguments(parser):
    scene.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=10, help="for how long each part runs (10)")
    parser.add_argument("--capacity-seconds", type=float, default=20, help="for how long the whole engine runs (20)")
    parser.add_argument("--connections", type=int, default=64, help="pieces of work at once, everywhere (64)")


def run(arguments):
    with scene.Scene(arguments) as here:
        whole = whole_engine(here, arguments)
        templates = here.write_templates()
        here.engine.stop()
        parts = {
            "http": http_part(here, arguments),
            **{name: one_part(here, arguments, name, templates) for name in ("store", "actors", "client")},
        }
    return verdict(arguments, whole, parts)


def whole_engine(here, arguments):
    """Capacity, and what engine, generator and vendor spend on a thousand notifications."""
    harness.say(f"the whole engine for {arguments.capacity_seconds:g} s")
    others = {"generator": 0.0, "vendor": -here.vendor.cpu_seconds()}
    before, cpu, start = here.engine.ended(), here.engine.cpu_seconds(), time.monotonic()
    with here.load(seconds=arguments.capacity_seconds, connections=arguments.connections) as load:
        sent = load.result()
    completed = scene.wait_for_the_rest(here.engine, before, sent["accepted"])
    elapsed = time.monotonic() - start
    others["vendor"] += here.vendor.cpu_seconds()
    others["generator"] = sent["cpu_s"]
    return {"per_s": completed / elapsed,
            "engine": (here.engine.cpu_seconds() - cpu) / completed * 1000,
            **{name: cpu / completed * 1000 for name, cpu in others.items()}}


def http_part(here, arguments):
    harness.say("the HTTP server alone")
    command = part_command(here, arguments, "http")
    with harness.Process(command, stdout=subprocess.PIPE, text=True) as server:
        server.port = json.loads(server.child.stdout.readline())["port"]
        server.key = here.engine.key
        cpu = server.cpu_seconds()
        sent = harness.run_load(here.folder, server, users=arguments.users, seconds=arguments.seconds,
                                connections=arguments.connections)
        cpu = server.cpu_seconds() - cpu
    return {"per_s": sent["rate"], "cpu_s_per_1000": cpu / sent["accepted"] * 1000}


def one_part(here, arguments, name, templates):
    harness.say(f"the {name} alone")
    here.vendor.reset()
    command = part_command(here, arguments, name) + ["--like", ",".join(templates)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def part_command(here, arguments, name):
    return [str(word) for word in (here.folder / "bench/bench_parts", "--part", name, "--config",
                                   here.work / "carillon.toml", "--seconds", arguments.seconds, "--at-once",
                                   arguments.connections)]


def verdict(arguments, whole, parts):
    costs = {name: part["cpu_s_per_1000"] * (1 - OPTED_OUT if name == "client" else 1)
             for name, part in parts.items()}
    together = sum(costs.values())
    everything = together + whole["generator"] + whole["vendor"]
    cpus = len(os.sched_getaffinity(0))
    possible = 1000 * cpus / everything
    return {
        **{f"{name}_per_s": round(part["per_s"], 1) for name, part in parts.items()},
        **{f"{name}_cpu_s_per_1000": round(part["cpu_s_per_1000"], 5) for name, part in parts.items()},
        "parts_cpu_s_per_1000": round(together, 5),
        "engine_cpu_s_per_1000": round(whole["engine"], 5),
        "generator_cpu_s_per_1000": round(whole["generator"], 5),
        "vendor_cpu_s_per_1000": round(whole["vendor"], 5),
        "capacity_per_s": round(whole["per_s"], 1),
        "possible_per_s": round(possible, 1),
        "efficiency": round(whole["per_s"] / possible, 3),
        "seconds": arguments.seconds,
        "vendor_delay_ms": arguments.vendor_delay_ms,
        "machine": machine.describe(),
    }


def plot(result):
    return chart.bars("parts: CPU per 1,000 notifications", "CPU-s", {
        name: {"CPU-s per 1,000": result[f"{name}_cpu_s_per_1000"]}
        for name in ("http", "store", "actors", "client", "parts", "engine")})
