"""The engine whose disk, clock and actors obey the test: carillon_faulty."""
import json
import subprocess
import urllib.error
import urllib.request

import harness


class FaultyEngine(harness.Engine):
    def __init__(self, build, folder, config, ports, ahead=0):
        self.ahead = ahead
        self.command = [build / "tests/carillon_faulty", "carillon.toml", ahead]
        super().__init__(self.command[0], folder, config, ports)

    def spawn(self, command, **options):
        options |= {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return super().spawn(self.command, **options)

    def order(self, words):
        self.child.stdin.write(words + "\n")
        self.child.stdin.flush()
        # The first start prints the new key there too.
        for line in self.child.stdout:
            if line.startswith("ok"):
                return
            if line.startswith("unknown"):
                raise ValueError(line)
        raise RuntimeError(f"the engine ended at {words!r}:\n{self.log_tail()}")

    def lose_power(self, seed):
        self.child.stdin.write(f"power {seed}\n")
        self.child.stdin.flush()
        self.child.wait(30)

    def post(self, body, key=None):
        """Status and document of one POST /v1/notifications, whatever it is."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/notifications", json.dumps(body).encode(),
                                         headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def ready(self):
        try:
            harness.fetch(f"http://127.0.0.1:{self.admin_port}/readyz")
            return True
        except urllib.error.HTTPError:
            return False

    def restarts(self):
        """Actor -> how often it was started again, by (lane, actor)."""
        found = {}
        for line in harness.fetch(f"http://127.0.0.1:{self.admin_port}/metrics").splitlines():
            if line.startswith("carillon_actor_restarts_total{"):
                labels, value = line.split("{")[1].split("} ")
                pairs = dict(part.split("=") for part in labels.replace('"', "").split(","))
                found[pairs["lane"], pairs["actor"]] = float(value)
        return found
