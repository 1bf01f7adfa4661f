"""What the benchmarks of the whole engine have in common: one configuration,
people with preferences, a webhook vendor, and how outcomes are counted."""
import contextlib
import json
import subprocess
import time

import harness

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
    """Arguments every benchmark of the whole engine takes."""
    parser.add_argument("--users", type=int, default=100_000, help="people with preferences, every tenth opted out")
    parser.add_argument("--slots", type=int, default=256, help="calls at once to the vendor, per lane (256)")
    parser.add_argument("--vendor-delay-ms", type=float, default=0, help="the vendor answers after so long (0)")
    parser.add_argument("--scheduling", choices=["off", "realtime", "idle"],
                        help="`[node] scheduling` of the engine (its default)")


def add_capacity_arguments(parser):
    """Of the benchmarks whose load is a share of the capacity."""
    parser.add_argument("--capacity", type=float, help="completions per second; measured first where it is not given")
    parser.add_argument("--capacity-seconds", type=float, default=15, help="for how long it is measured (15)")


class Scene(contextlib.ExitStack):
    """A running engine with its people, their vendor and a folder of its own. `data` is a store to
    begin with, which is copied, with people whose vendor has that port; `more` is added to the configuration."""

    def __init__(self, arguments, data=None, port=0, more=""):
        super().__init__()
        self.arguments, self.data, self.port, self.more = arguments, data, port, more
        self.folder = harness.build(arguments)

    def __enter__(self):
        try:
            self.work = self.enter_context(harness.Workspace())
            self.vendor = self.start_vendor(self.port)
            if self.data:
                harness.copy_store(self.data, self.work / "data")
            self.start_engine().wait_ready()
            if not self.data or self.vendor.port != self.port:
                self.create_people(self.vendor, self.arguments.users)
        except BaseException:
            self.close()  # what stands already; nobody else would
            raise
        return self

    def start_engine(self, slots=None):
        """On the scene's folder; the one before has ended."""
        wish = self.arguments.scheduling
        node = f'[node]\nscheduling = "{wish}"\n' if wish else ""
        config = node + self.more + CONFIG.format(slots=slots or self.arguments.slots)
        self.engine = self.enter_context(harness.Engine(self.folder / "carillon", self.work, config))
        return self.engine

    def start_vendor(self, port=0):
        """At that port if it is free, else at any."""
        script = f"delay_ms={self.arguments.vendor_delay_ms}"
        try:
            vendor = harness.Vendor(self.folder, script, port)
        except OSError:
            vendor = harness.Vendor(self.folder, script)
        return self.enter_context(vendor)

    def create_people(self, vendor, users, first=0):
        """Contacts and preferences through the API; their webhooks are `vendor`'s."""
        harness.say(f"creating {users} people with contacts and preferences")
        made = harness.run_load(self.folder, self.engine, work="people", first_user=first, users=users,
                                contact=f"{vendor.url}/hook", connections=64, seconds=900)
        if made["accepted"] != 2 * users:
            raise RuntimeError(f"people could not be created: {made}\n{self.engine.log_tail()}")

    def load(self, **arguments):
        """A started load generator; its people are the scene's unless `users` says otherwise."""
        return harness.start_load(self.folder, self.engine, **{"users": self.arguments.users, **arguments})

    def post(self, user, **fields):
        """Sends one notification by hand, of the shape and size the load generator sends; its id."""
        body = {"user_id": f"u_{user:07}", "type": "bench", "priority": "medium", "channels": ["webhook"],
                "content": {"data": {"bench": "b:" + "0" * 19 + ":" + "0" * 16}, "title": "Your order is on its way",
                            "body": ""}, **fields}
        body["content"]["body"] = "x" * (512 - len(json.dumps(body, separators=(",", ":"))))
        return self.engine.call("POST", "/v1/notifications", **body)["id"]

    def wait_for_status(self, notification, status, seconds=20):
        """Until the only delivery of that notification is in that state."""
        def there():
            seen = self.engine.call("GET", f"/v1/notifications/{notification}")["deliveries"][0]
            return seen["status"] == status
        harness.wait_until(there, f"{notification} is not {status}", seconds)

    def write_templates(self):
        """Ids of notifications as the engine writes them: nine delivered, and one of a person who opted out."""
        wanted, unwanted = [self.post(user) for user in range(1, 10)], self.post(0)
        for one in wanted:
            self.wait_for_status(one, "delivered")
        self.wait_for_status(unwanted, "suppressed")
        return [*wanted, unwanted]

    def fill(self, templates, count, **arguments):
        """Adds copies of notifications that the engine wrote; it has ended. See bench/fill."""
        words = [self.folder / "bench/bench_fill", "--config", self.work / "carillon.toml", "--like",
                 ",".join(templates), "--count", count, "--users", self.arguments.users]
        for name, value in arguments.items():
            words += ["--" + name.replace("_", "-"), value]
        harness.say(f"filling the store with {count:,} notifications")
        subprocess.run([str(word) for word in words], check=True)

    def capacity(self):
        """Completions per second of a closed loop, or what `--capacity` gives."""
        if self.arguments.capacity:
            return self.arguments.capacity
        seconds = self.arguments.capacity_seconds
        harness.say(f"measuring the capacity for {seconds:g} s")
        before, start = self.engine.ended(), time.monotonic()
        with self.load(seconds=seconds, connections=64) as load:
            accepted = load.result()["accepted"]
        completed = wait_for_the_rest(self.engine, before, accepted)
        capacity = completed / (time.monotonic() - start)
        harness.say(f"  {capacity:.0f} completions/s")
        return capacity

    def settle(self, seconds=60):
        """Waits until the engine has nothing left to do, so that one measurement's rest is not in the next."""
        last = self.engine.cpu_seconds()

        def at_rest():
            nonlocal last
            now, before = self.engine.cpu_seconds(), last
            last = now
            return now - before <= 0.02
        with contextlib.suppress(TimeoutError):
            harness.wait_until(at_rest, "the engine is still at work", seconds, 0.5)


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


def rounded(times, *names):
    """The named quantiles of a histogram's JSON, in ms with three digits."""
    return [round(times.get(name, 0.0), 3) for name in names]
