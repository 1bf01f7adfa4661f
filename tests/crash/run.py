#!/usr/bin/env python3
"""Kills the real engine under load and counts what it promised to keep.

    tests/crash/run.py [--rounds 20] [--seed S] [--build build/debug] [--keep]

Two load generators (one a lane) send keyed requests without pause and repeat
what was not answered under the same key. Each round the engine is killed with
SIGKILL at a random moment and started again on the same folder. At the end:

  lost        every 202 has an outcome, or shows when it is tried again: 0 missing
  doubled     no key became two notifications, and so not two effects at a vendor
              that honours webhook-id: 0
  repeats     a call the vendor saw twice has a kill between the two, and per kill
              there are at most as many as there are slots

200 rounds are the long form: `tests/crash/run.py --rounds 200`.
"""
import argparse
import collections
import pathlib
import random
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/support"))

import harness  # noqa: E402
import reader  # noqa: E402

SLOTS = 8  # of the provider, in each lane
LANES = ("critical", "bulk")

CONFIG = f"""
[providers.vendor]
protocol = "webhook"
channel = "webhook"
credentials = {{ secret = "whsec_Y3Jhc2gtdGVzdC1zZWNyZXQtbm90LXJlYWwtb25l" }}
connections = {SLOTS}
in_flight = {SLOTS}
breaker = {{ window = 10000, min_calls = 10000, consecutive = 10000 }}

[channels.webhook]
providers = ["vendor"]
retry = {{ max_attempts = 100, initial_backoff = "50ms", strategy = "fixed" }}

[egress]
allow = ["127.0.0.0/8"]
"""

# Loopback sockets outlive a killed process for a moment: what it had already
# written still reaches the vendor after the kill.
AFTERGLOW_NS = 200_000_000


class Run:
    def __init__(self, arguments):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)
        self.build = pathlib.Path(arguments.build).resolve()
        self.kills = []  # CLOCK_MONOTONIC ns
        self.ports = (harness.free_port(), harness.free_port())

    def go(self):
        with harness.Workspace() as folder, harness.Vendor(self.build, "delay_ms=10") as vendor:
            first = self.start_engine(folder).wait_ready()
            try:
                self.create_people(first, vendor)
                answers = self.rounds(first, folder, vendor)
                verdict = self.judge(folder, vendor, answers)
            finally:
                self.engine.stop()
            if self.arguments.keep:
                harness.say(f"kept: {folder}")
                folder.rename(folder.with_name(folder.name + ".kept"))
            return verdict

    def start_engine(self, folder):
        self.engine = harness.Engine(self.build / "carillon", folder, CONFIG, self.ports)
        return self.engine

    def create_people(self, engine, vendor):
        made = harness.run_load(self.build, engine, work="people", users=200, opted_out_every=0,
                                contact=vendor.url + "/hook", connections=16, seconds=60)
        assert made["accepted"] == 400, made

    def rounds(self, engine, folder, vendor):
        """Kills and starts again; returns what the load generators counted."""
        pause = threading.Event()
        loads = [harness.start_load(self.build, engine, connections=24, rate=self.arguments.rate, users=200, insist=1,
                                    opted_out_every=0, seconds=36_000, drain=60, accepted=folder / f"{lane}.accepted",
                                    priority="high" if lane == "critical" else "medium", traffic=lane[0],
                                    priority_header=1 if lane == "critical" else 0,
                                    seed=self.random.getrandbits(50))
                 for lane in LANES]
        for number in range(1, self.arguments.rounds + 1):
            # Half of the kills come while the engine starts and recovers.
            alive = self.random.uniform(0.0, 0.3) if self.random.random() < 0.5 else self.random.uniform(0.3, 2.0)
            vendor.script(dedupe=1 if number % 2 == 0 else 0)
            pause.wait(alive)
            self.kills.append(time.monotonic_ns())
            self.engine.kill()
            harness.say(f"round {number}: killed after {alive:.2f} s; vendor has {vendor.stats()['distinct']}")
            self.start_engine(folder)
        self.engine.wait_ready()
        pause.wait(1)
        for load in loads:
            load.child.terminate()
        return [load.result() for load in loads]

    def judge(self, folder, vendor, answers):
        accepted = reader.accepted(folder / f"{lane}.accepted" for lane in LANES)
        api = reader.Reader(self.engine.port, self.engine.key)
        unfinished = reader.wait_for_outcomes(api, accepted.values(), harness)
        listed = api.list_ids()
        seen = vendor.lines("/ids")
        per_kill, unexplained = self.attribute(vendor.lines("/repeats"))
        keys = collections.Counter(key for _, _, key in seen)
        return {
            "seed": self.arguments.seed,
            "rounds": len(self.kills),
            "accepted": len(accepted),
            "unanswered": sum(answer["unanswered"] for answer in answers),
            "lost": len(unfinished.lost),
            "retrying": len(unfinished.retrying),
            "missing_from_list": len(set(accepted.values()) - listed),
            "never_called": len(set(accepted) - set(keys)),
            "doubled_keys": sum(count > 1 for count in keys.values()),
            "two_ids_for_a_key": accepted.conflicts,
            "repeats": sum(per_kill.values()) + unexplained,
            "repeats_without_a_kill": unexplained,
            "most_repeats_of_a_kill": max(per_kill.values(), default=0),
            "slots": SLOTS * len(LANES),
            "examples": unfinished.examples,
        }

    def attribute(self, repeats):
        """Counts repeated calls by the first kill after the call before."""
        per_kill, unexplained = collections.Counter(), 0
        for _, before, at in repeats:
            kill = self.kill_between(int(before), int(at))
            if kill is None:
                unexplained += 1
            else:
                per_kill[kill] += 1
        return per_kill, unexplained

    def kill_between(self, before, at):
        after = [kill for kill in self.kills if before <= kill <= at]
        just_before = [kill for kill in self.kills if before - AFTERGLOW_NS <= kill < before]
        return after[0] if after else just_before[-1] if just_before else None


def failures(verdict):
    bounds = {name: 0 for name in ("unanswered", "lost", "missing_from_list", "never_called", "doubled_keys",
                                   "two_ids_for_a_key", "repeats_without_a_kill")}
    bounds["most_repeats_of_a_kill"] = verdict["slots"]
    wrong = [f"{name} is {verdict[name]}, allowed are {most}" for name, most in bounds.items() if verdict[name] > most]
    if verdict["accepted"] < verdict["rounds"]:
        wrong.append("too little was accepted for the run to mean anything")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(31))
    parser.add_argument("--build", default=str(ROOT / "build/debug"), help="folder with the binaries")
    parser.add_argument("--rate", type=float, default=300, help="requests per second and lane")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    verdict = Run(arguments).go()
    for name, value in verdict.items():
        print(f"{name:24} {value}")
    wrong = failures(verdict)
    print("\n".join("FAILED: " + sentence for sentence in wrong) or "passed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
