"""Starts what a benchmark needs and reads what it did. Standard library only."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDED = {"sent", "delivered", "suppressed", "expired", "cancelled", "failed", "bounced", "dead_lettered"}


def say(text):
    print(text, file=sys.stderr, flush=True)


def build(arguments):
    """The folder with engine, load generator and vendor; built unless `--build` names one."""
    if arguments.build:
        return pathlib.Path(arguments.build).resolve()
    folder = ROOT / "build" / arguments.preset
    if not (folder / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", arguments.preset], cwd=ROOT, check=True, stdout=sys.stderr)
    targets = ["carillon", "bench_load", "bench_vendor", "bench_fill", "bench_parts", "bench_upkeep"]
    subprocess.run(["cmake", "--build", str(folder), "--target", *targets], check=True, stdout=sys.stderr)
    return folder


def wait_until(condition, what, seconds=60, every=0.05):
    """Asks `condition` again and again; fails with `what` after `seconds`."""
    pause, give_up = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < give_up:
        answer = condition()
        if answer:
            return answer
        pause.wait(every)
    raise TimeoutError(f"after {seconds:g} s: {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, method="GET", headers=None, body=None, timeout=30):
    request = urllib.request.Request(url, method=method, headers=headers or {}, data=body)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read().decode()


class Process:
    """A child that is ended with its owner."""

    def __init__(self, command, **options):
        self.child = self.spawn(command, **options)

    def spawn(self, command, **options):
        return subprocess.Popen([str(word) for word in command], **options)

    def stop(self, seconds=40):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()

    def go_first(self):
        """Gives it a processor as soon as it has something to do; False where the system does not permit that."""
        try:
            os.sched_setscheduler(self.child.pid, os.SCHED_RR, os.sched_param(2))
        except PermissionError:
            return False
        return True

    def cpu_seconds(self):
        """User and system time of the process so far."""
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Vendor(Process):
    """The mock vendor of bench/vendor."""

    def __init__(self, folder, script="", port=0):
        super().__init__([folder / "bench/bench_vendor", "--script", script, "--port", port], stdout=subprocess.PIPE,
                         text=True)
        line = self.child.stdout.readline()
        if not line:
            raise OSError(f"bench_vendor ended with {self.stop()}")
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"

    def script(self, **settings):
        fetch(f"{self.url}/script?" + "&".join(f"{name}={value}" for name, value in settings.items()), "POST")

    def reset(self):
        fetch(f"{self.url}/reset", "POST")

    def stats(self):
        return json.loads(fetch(f"{self.url}/stats"))

    def lines(self, path):
        return [line.split() for line in fetch(self.url + path).splitlines()]


class Engine(Process):
    """`carillon serve` with its own folder, ports and log file."""

    def __init__(self, binary, folder, config, ports=None):
        self.folder = pathlib.Path(folder)
        self.port, self.admin_port = ports or (free_port(), free_port())
        server = f'[server]\nlisten = "127.0.0.1:{self.port}"\nadmin_listen = "127.0.0.1:{self.admin_port}"\n'
        (self.folder / "carillon.toml").write_text(server + config, encoding="utf-8")
        self.log = open(self.folder / "engine.log", "ab")
        super().__init__([binary, "serve", "--config", self.folder / "carillon.toml"],
                         stdout=self.log, stderr=self.log, cwd=self.folder)

    def wait_ready(self, seconds=60):
        def ready():
            if self.child.poll() is not None:
                raise RuntimeError(f"the engine ended with {self.child.returncode}:\n{self.log_tail()}")
            try:
                return fetch(f"http://127.0.0.1:{self.admin_port}/readyz", timeout=2) is not None
            except (urllib.error.URLError, OSError):
                return False
        try:
            wait_until(ready, "the engine is not ready", seconds, 0.02)
        except TimeoutError as problem:
            raise TimeoutError(f"{problem}:\n{self.log_tail()}") from None
        return self

    def kill(self):
        self.child.kill()
        self.child.wait()

    @property
    def key(self):
        return (self.folder / "data" / "admin.key").read_text(encoding="utf-8").strip()

    def call(self, method, path, **body):
        """One API call; what it answers."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        return json.loads(fetch(f"http://127.0.0.1:{self.port}{path}", method, headers, data))

    def log_tail(self):
        return (self.folder / "engine.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def rss_mib(self, what="VmRSS"):
        """Resident memory now, or with "VmHWM" the most it was."""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(rf"{what}:\s+(\d+) kB", status).group(1)) / 1024

    def metric(self, name, **wanted):
        """Sum of the samples of a metric whose labels are as wanted; a set allows several values."""
        total = 0.0
        for line in fetch(f"http://127.0.0.1:{self.admin_port}/metrics").splitlines():
            found = re.match(rf"carillon_{name}(?:{{(.*)}})? (\S+)", line)
            if found:
                labels = dict(re.findall(r'(\w+)="([^"]*)"', found.group(1) or ""))
                if all(labels.get(key) in (value if isinstance(value, set) else {value})
                       for key, value in wanted.items()):
                    total += float(found.group(2))
        return total

    def ended(self):
        """Deliveries with a terminal outcome since this process started."""
        return int(self.metric("deliveries_total", status=ENDED))


def run_load(folder, engine, **arguments):
    """Runs bench_load to its end; returns what it printed."""
    with start_load(folder, engine, **arguments) as load:
        return load.result()


def start_load(folder, engine, **arguments):
    return Load(folder, engine, arguments)


class Load(Process):
    def __init__(self, folder, engine, arguments):
        command = [folder / "bench/bench_load", "--port", engine.port, "--key", engine.key]
        for name, value in arguments.items():
            command += ["--" + name.replace("_", "-"), value]
        super().__init__(command, stdout=subprocess.PIPE, text=True)

    def result(self):
        text, _ = self.child.communicate()
        if self.child.returncode != 0:
            raise RuntimeError(f"bench_load ended with {self.child.returncode}")
        return json.loads(text)


class Sampler(threading.Thread):
    """Notes `read()` every `every` seconds until it is stopped."""

    def __init__(self, read, every=1.0):
        super().__init__(daemon=True)
        self.read, self.every, self.samples, self.done = read, every, [], threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()

    def run(self):
        while not self.done.wait(self.every):
            self.samples.append(self.read())


def forget_pages(folder):
    """Writes the folder's files to disk and drops them from the page cache, as after a restart of the machine."""
    for file in pathlib.Path(folder).iterdir():
        if file.is_file():
            with open(file, "rb") as opened:
                os.fsync(opened.fileno())
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def copy_store(source, target):
    """A store's folder as it is, on disk and out of the page cache; shares blocks where the file system can."""
    say(f"copying the store of {source}")
    subprocess.run(["cp", "-r", "--reflink=auto", str(source), str(target)], check=True)
    forget_pages(target)


class Workspace:
    """A temporary folder on the disk of the checkout, not in memory, so that syncs are real."""

    def __enter__(self):
        (ROOT / "build").mkdir(exist_ok=True)
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "build"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
