#!/usr/bin/env python3
"""Builds the fuzz targets and runs each for a while.

    tests/fuzz/run.py                          10 s each, as CI does
    tests/fuzz/run.py --seconds 1800           the long form: half an hour each
    tests/fuzz/run.py --seconds 60 TARGET ...  only these
    tests/fuzz/run.py --replay FILE TARGET     one input again, to see what it breaks
    tests/fuzz/run.py --list                   the targets

What a run learns stays in build/fuzz/corpus and is where the next one begins; an
input that breaks something is kept in build/fuzz/found and named. Needs clang with
its libFuzzer (`tests/run --fuzz` installs them).
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
BUILD = ROOT / "build" / "fuzz"
LONGEST_INPUT = 4096
SLOWEST_INPUT_S = 10
MEMORY_MIB = 2048


def target_names():
    return sorted(file.stem for file in HERE.glob("*.cpp"))


def build(names):
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", str(BUILD), "--target", *(f"fuzz_{name}" for name in names)], check=True)


def program(name):
    return BUILD / "tests" / "fuzz" / f"fuzz_{name}"


def environment():
    return os.environ | {"UBSAN_OPTIONS": "print_stacktrace=1", "ASAN_OPTIONS": "allocator_may_return_null=1"}


def run_one(name, seconds):
    """(kept its promises, inputs tried, what it said)."""
    corpus, found = BUILD / "corpus" / name, BUILD / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    seeds = HERE / "seeds" / name
    command = [str(program(name)), f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}",
               f"-timeout={SLOWEST_INPUT_S}", f"-rss_limit_mb={MEMORY_MIB}", f"-artifact_prefix={found}/{name}-",
               "-print_final_stats=1", "-verbosity=0", str(corpus), str(seeds)]
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment(), check=False)
    tried = re.search(r"stat::number_of_executed_units:\s+(\d+)", ran.stderr)
    return ran.returncode == 0, int(tried.group(1)) if tried else 0, ran.stderr


def run_all(names, seconds):
    failed = 0
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(run_one, name, seconds): name for name in names}
        for run in concurrent.futures.as_completed(runs):
            kept, tried, said = run.result()
            failed += not kept
            print(f"{runs[run]:16} {tried:>12,} inputs  {'ok' if kept else 'FAILED'}", flush=True)
            if not kept:
                print(said[-6000:], flush=True)
    print(f"fuzz: {len(names) - failed} passed, {failed} failed, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


def main():
    take = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    take.add_argument("targets", nargs="*", metavar="TARGET")
    take.add_argument("--seconds", type=int, default=10, help="of each target (10)")
    take.add_argument("--replay", type=pathlib.Path, metavar="FILE")
    take.add_argument("--list", action="store_true")
    given = take.parse_args()
    known = target_names()
    if given.list:
        return print("\n".join(known))
    if unknown := [name for name in given.targets if name not in known]:
        take.error(f"there is no target {unknown[0]}; there are {', '.join(known)}")
    if given.seconds < 1:
        take.error("--seconds takes 1 or more")
    if given.replay and len(given.targets) != 1:
        take.error("--replay takes one TARGET")
    names = given.targets or known
    build(names)
    if given.replay:
        return subprocess.run([str(program(names[0])), str(given.replay)], env=environment(), check=False).returncode
    return run_all(names, given.seconds)


if __name__ == "__main__":
    sys.exit(main())
