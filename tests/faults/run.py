#!/usr/bin/env python3
"""The real engine under load while its disk fails, its actors die and its clock steps.

    tests/faults/run.py [disk] [power] [actors] [clock] [--rounds N] [--seed S] [--build build/debug]

  disk     writes, half writes, syncs and a full disk fail under load: clear 503 and
           507 answers that name the file and the remedy, service again without a
           restart, 0 lost
  power    power is lost under load and what was not synced with it, whole or in
           part: 0 lost, the files sound
  actors   every actor of both lanes is killed under load, one after the other, at
           last the supervisor: 0 lost, the others untouched, each restart counted
  clock    the wall clock steps by an hour and a day, forward and back, while the
           engine runs and over a restart: what waits goes out, paced by the slots and
           by its limits, nothing twice

Without a name all four. `--rounds` repeats each part; 10 are the long form.
"""
import argparse
import collections
import contextlib
import datetime
import pathlib
import random
import sqlite3
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
for place in ("bench/support", "tests/crash"):
    sys.path.insert(0, str(ROOT / place))

import harness  # noqa: E402
import reader  # noqa: E402
from engine import FaultyEngine  # noqa: E402

LANES = ("critical", "bulk")
SLOTS = 8
FAULTS = {  # order to the disk -> status of a refusal, words its answer must hold
    "file=.db write_errors": (503, ".db", "check the disk"),
    "file=.db-wal short_writes": (503, ".db", "check the disk"),
    "file=.db sync_errors": (503, ".db", "check the disk"),
    "file=.db room=0": (507, ".db", "free space"),
}
HOUR, DAY = 3600, 86400

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
retry = {{ max_attempts = 100, initial_backoff = "2s", strategy = "fixed", max_backoff = "10s" }}

[types.paced]
limit = {{ rate = 2, per = "1s", burst = 1, over = "delay" }}

[egress]
allow = ["127.0.0.0/8"]
"""
PACE_S = 0.5


class Failed(AssertionError):
    pass


def expect(true, text):
    if not true:
        raise Failed(text)


class Scene:
    """One engine with a vendor, people and load on both lanes."""

    def __init__(self, build, seed):
        self.build, self.random = build, random.Random(seed)
        self.ports = (harness.free_port(), harness.free_port())
        self.pause = threading.Event()

    def __enter__(self):
        self.workspace = harness.Workspace()
        self.folder = self.workspace.__enter__()
        self.vendor = harness.Vendor(self.build, "delay_ms=5")
        self.loads = []
        self.start().wait_ready()
        made = harness.run_load(self.build, self.engine, work="people", users=100, opted_out_every=0,
                                contact=self.vendor.url + "/hook", connections=16, seconds=60)
        expect(made["accepted"] == 200, f"people could not be created: {made}")
        return self

    def __exit__(self, *_):
        for child in (*self.loads, self.engine, self.vendor):
            child.stop()
        self.workspace.__exit__(*_)

    def start(self, ahead=0):
        self.engine = FaultyEngine(self.build, self.folder, CONFIG, self.ports, ahead)
        return self.engine

    def start_load(self, rate=150):
        self.loads = [harness.start_load(self.build, self.engine, connections=16, rate=rate, users=100, insist=1,
                                         opted_out_every=0, seconds=36_000, drain=60,
                                         accepted=self.folder / f"{lane}.accepted",
                                         priority="high" if lane == "critical" else "medium", traffic=lane[0],
                                         priority_header=1 if lane == "critical" else 0,
                                         seed=self.random.getrandbits(50))
                      for lane in LANES]

    def end_load(self):
        for load in self.loads:
            load.child.terminate()
        answers = [load.result() for load in self.loads]
        self.loads = []
        return answers

    def ask(self, **more):
        return self.engine.post({"user_id": f"u_{self.random.randrange(100):07}", "type": "bench",
                                 "content": {"title": "t", "body": "b"}, **more})

    def judge(self, repeats_allowed):
        """Every 202 has its one outcome; the vendor saw nothing twice but what a death explains."""
        answers = self.end_load()
        accepted = reader.accepted(self.folder / f"{lane}.accepted" for lane in LANES)
        api = reader.Reader(self.engine.port, self.engine.key)
        unfinished = reader.wait_for_outcomes(api, accepted.values(), harness)
        keys = collections.Counter(key for _, _, key in self.vendor.lines("/ids"))
        repeats = len(self.vendor.lines("/repeats"))
        harness.say(f"  accepted {len(accepted)}, lost {len(unfinished.lost)}, repeats {repeats}")
        expect(len(accepted) > 50, "too little was accepted for the run to mean anything")
        expect(not unfinished.lost, f"lost: {unfinished.examples}")
        expect(not sum(answer["unanswered"] for answer in answers), "requests stayed unanswered")
        expect(not set(accepted) - set(keys), f"never called: {len(set(accepted) - set(keys))}")
        expect(accepted.conflicts == 0, "one key became two notifications")
        expect(max(keys[key] for key in accepted) == 1, "a key had two effects")
        expect(repeats <= repeats_allowed, f"{repeats} calls were repeated, {repeats_allowed} are explained")
        self.check_files()

    def check_files(self):
        self.engine.stop()
        for name in ("critical", "bulk", "control", "inbox"):
            with contextlib.closing(sqlite3.connect(self.folder / "data" / f"{name}.db")) as db:
                sound = db.execute("PRAGMA integrity_check").fetchall()
            expect(sound == [("ok",)], f"{name}.db: {sound[:3]}")


def disk(scene):
    scene.start_load()
    for fault, (status, *words) in FAULTS.items():
        scene.pause.wait(1)
        harness.say(f"  {fault}")
        scene.engine.order(f"disk {fault}")
        refusal = harness.wait_until(lambda: first_refusal(scene), f"{fault}: no refusal", 20)
        expect(refusal[0] == status, f"{fault}: answered {refusal}, not {status}")
        for word in words:
            expect(word in refusal[1]["detail"], f"{fault}: {word!r} is not in {refusal[1]['detail']!r}")
        expect(not scene.engine.ready(), f"{fault}: the engine calls itself ready")
        scene.engine.order("disk")
        harness.wait_until(scene.engine.ready, f"{fault}: not ready again", 20)
        status_after, answer = harness.wait_until(lambda: ask_again(scene), f"{fault}: no service again", 20)
        expect(status_after == 202, f"{fault}: after it {answer}")
    scene.judge(repeats_allowed=0)


def first_refusal(scene):
    status, answer = scene.ask()
    return None if status == 202 else (status, answer)


def ask_again(scene):
    status, answer = scene.ask()
    return (status, answer) if status == 202 else None


def power(scene):
    scene.start_load()
    for _ in range(5):
        scene.pause.wait(scene.random.uniform(0.2, 1.5))
        scene.engine.lose_power(scene.random.getrandbits(31))
        scene.start().wait_ready()
    scene.judge(repeats_allowed=5 * 2 * SLOTS)


def actors(scene):
    scene.start_load()
    names = ["ingest", "preference.0", "throttle", "dispatcher", "provider.vendor", "retry_timer", "status_sink", "supervisor"]
    for lane in LANES:
        for name in names:
            before = scene.engine.restarts()
            scene.pause.wait(0.6)
            scene.engine.order(f"kill {lane} {name}")
            harness.wait_until(lambda: changed(before, scene.engine.restarts()), f"{lane} {name} did not start again", 10)
            grown = changed(before, scene.engine.restarts())
            expect(grown == {(lane, name): 1}, f"killed {lane} {name}, started again were {grown}")
            harness.wait_until(lambda: ask_again(scene), f"no service after {lane} {name} died", 10)
    expect(scene.engine.ready(), "not ready after the restarts")
    scene.judge(repeats_allowed=len(LANES) * len(names) * SLOTS)


def changed(before, after):
    return {whom: value - before.get(whom, 0) for whom, value in after.items() if value != before.get(whom, 0)}


def clock(scene):
    for restart in (False, True):
        for step in (HOUR, DAY, -HOUR, -DAY):
            step_clock(scene, step, restart)
            step_over_places(scene, step, restart)
    scene.start_load()
    scene.pause.wait(1)
    for ahead in (HOUR, 0, DAY, 0):
        scene.engine.order(f"clock {ahead}")
        scene.pause.wait(1.5)
    scene.engine.order("clock 0")
    scene.judge(repeats_allowed=0)


def step_clock(scene, step, restart):
    """Work that waits for its retry goes out after the step, and at most SLOTS calls at once."""
    harness.say(f"  {step:+} s, {'over a restart' if restart else 'while running'}")
    scene.vendor.script(fail_rate=1)
    ids = [scene.ask()[1]["id"] for _ in range(60)]
    api = reader.Reader(scene.engine.port, scene.engine.key)
    harness.wait_until(lambda: all(api.get(f"/v1/notifications/{id}")["status"] == "retrying" for id in ids),
                       "not all of them wait for a retry", 30)
    if restart:
        ahead = scene.engine.ahead + step
        scene.engine.stop()
        scene.vendor.script(fail_rate=0)
        scene.vendor.reset()
        scene.start(ahead).wait_ready()
        api = reader.Reader(scene.engine.port, scene.engine.key)
    else:
        scene.vendor.script(fail_rate=0)
        scene.vendor.reset()
        scene.engine.ahead += step
        scene.engine.order(f"clock {scene.engine.ahead}")
    fresh = scene.ask()[1]["id"]
    harness.wait_until(lambda: all(api.get(f"/v1/notifications/{id}")["status"] == "delivered" for id in [fresh, *ids]),
                       f"work still waits after a step of {step} s", 30, 0.2)
    expect(scene.vendor.stats()["most_at_once"] <= 2 * SLOTS, "more calls at once than slots")
    expect(not scene.vendor.lines("/repeats"), "sent twice")
    scene.vendor.reset()


def step_over_places(scene, step, restart):
    """What waits for its place in a limit is as far apart as before, also where the step passed over the places."""
    ids = [scene.ask(user_id="u_0000001", type="paced")[1]["id"] for _ in range(6)]
    scene.engine.ahead += step
    if restart:
        scene.engine.stop()
        scene.start(scene.engine.ahead).wait_ready()
    else:
        scene.engine.order(f"clock {scene.engine.ahead}")
    api = reader.Reader(scene.engine.port, scene.engine.key)

    def ended():
        answers = [api.get(f"/v1/notifications/{id}") for id in ids]
        return answers if all(answer["status"] == "delivered" for answer in answers) else None

    answers = harness.wait_until(ended, f"work still waits for its place after a step of {step} s", 30, 0.2)
    starts = sorted(datetime.datetime.fromisoformat(answer["deliveries"][0]["attempts"][0]["started_at"]).timestamp()
                    for answer in answers)
    gaps = [after - before for before, after in zip(starts, starts[1:])]
    expect(min(gaps) > PACE_S * 0.8, f"a limit of one in {PACE_S} s let {gaps} between them")
    scene.vendor.reset()


PARTS = {part.__name__: part for part in (disk, power, actors, clock)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="; ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(31))
    parser.add_argument("--build", default=str(ROOT / "build/debug"), help="folder with the binaries")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    print(f"seed {arguments.seed}", flush=True)
    for number in range(arguments.rounds):
        for name in arguments.parts or PARTS:
            harness.say(f"{name}, round {number + 1}")
            try:
                with Scene(pathlib.Path(arguments.build).resolve(), arguments.seed + number) as scene:
                    PARTS[name](scene)
            except (Failed, TimeoutError) as wrong:
                print(f"FAILED: {name}: {wrong}")
                return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
