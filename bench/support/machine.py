"""Where a benchmark ran, and how fast that was just then. Standard library only.

A shared machine is one of several speeds, often within the hour: `work_ms`, `wake_us`
and `sync_us` are the same small tasks every time, so a figure can be read beside them.
"""
import json
import multiprocessing
import os
import pathlib
import re
import statistics
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = 5


def work(_=None):
    """Milliseconds for making, sorting and reading back 40,000 small texts."""
    began = time.perf_counter()
    rows = [{"key": f"{i * 2654435761 % 40009}", "at": i} for i in range(40_000)]
    rows.sort(key=lambda row: row["key"])
    json.loads(json.dumps(rows))
    return (time.perf_counter() - began) * 1e3


def work_ms():
    """... with every processor at it, as under load; the best of some rounds."""
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        return min(max(pool.map(work, range(os.cpu_count()), 1)) for _ in range(ROUNDS))


def wake_us():
    """Microseconds until a thread on another processor that sleeps has been woken: half a round trip."""
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    child = os.fork()
    if child == 0:
        for _ in range(ROUNDS * 400):
            theirs.send_bytes(theirs.recv_bytes())
        os._exit(0)
    trips = []
    for _ in range(ROUNDS * 400):
        began = time.perf_counter()
        ours.send_bytes(b"x")
        ours.recv_bytes()
        trips.append(time.perf_counter() - began)
    os.waitpid(child, 0)
    return statistics.median(trips) / 2 * 1e6


def sync_us():
    """Microseconds until a page is durable on the disk of the checkout: the median of a thousand."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryFile(dir=ROOT / "build") as file:
        os.ftruncate(file.fileno(), 1 << 20)
        os.fsync(file.fileno())
        took = []
        for i in range(1000):
            os.pwrite(file.fileno(), os.urandom(4096), i % 256 * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def describe():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"cpus": os.cpu_count(), "model": model.group(1) if model else "unknown", "kernel": os.uname().release,
            "work_ms": round(work_ms(), 1), "wake_us": round(wake_us(), 1), "sync_us": round(sync_us(), 1)}
