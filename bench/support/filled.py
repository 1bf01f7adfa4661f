"""Stores that hold millions of finished notifications; made once, kept in build/ and copied for each run."""
import hashlib
import json
import os
import shutil
import time

import harness
import scene

HOURS = 30 * 24  # over which the notifications were accepted
TOO_OLD = 0.08   # share of them that retention has to remove while the benchmark runs
BYTES_A_ROW = 1_600
KEPT = harness.ROOT / "build" / "bench-stores"


def store(arguments, rows):
    """Folder of a store with `rows` finished notifications that are to be kept, and some that are too old."""
    folder = KEPT / f"{rows}-{arguments.users}-{layout()}"
    if not (folder / "made.json").exists():
        make(arguments, rows, folder)
    needs = sum(file.stat().st_size for file in (folder / "data").iterdir())
    check_room(needs + 4_000_000_000, "to copy the filled store and run on the copy")
    return folder


def scene_on(arguments, folder):
    """A scene on a copy. However old the store is, TOO_OLD of its notifications are past the retention."""
    made = json.loads((folder / "made.json").read_text())
    age = (time.time() - made["at"]) / 3600
    more = f'[store]\nretention = "{int(HOURS * (1 - TOO_OLD) + age)}h"\n'
    return scene.Scene(arguments, folder / "data", made["port"], more)


def layout():
    """Changes when rows are written differently, so that an old store is not used."""
    sources = [harness.ROOT / "runtime/store" / name for name in ("lane/lane_schema.cpp", "codec.cpp")]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def make(arguments, rows, folder):
    count = int(rows / (1 - TOO_OLD))
    check_room(count * BYTES_A_ROW, f"for a store of {count:,} notifications")
    for old in KEPT.glob(f"{rows}-*"):  # of another layout, or not finished
        shutil.rmtree(old)
    folder.mkdir(parents=True)
    with scene.Scene(arguments) as here:
        templates = here.write_templates()
        here.engine.stop()
        here.fill(templates, count, from_h=HOURS, to_h=0.1)
        os.rename(here.work / "data", folder / "data")
        made = {"at": time.time(), "count": count, "port": here.vendor.port}
    (folder / "made.json").write_text(json.dumps(made))


def check_room(wanted, what):
    free = shutil.disk_usage(harness.ROOT).free
    if free < wanted:
        raise SystemExit(f"bench/run: {wanted / 1e9:.0f} GB of disk are needed {what}, {free / 1e9:.0f} GB are free; "
                         f"ask for fewer --rows, or remove {KEPT}")
