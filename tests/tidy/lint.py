#!/usr/bin/env python3
"""Runs clang-tidy, as .clang-tidy says, over the engine's own sources and headers.

    tests/tidy/lint.py           everything that changed since it was found clean
    tests/tidy/lint.py REGEX     only files whose path matches

`tests/run --lint` installs what is missing and calls it. build/lint holds a build
folder of its own (precompiled headers are g++'s) and a stamp a file that is clean:
the digest of everything its analysis read. So a change costs the analysis of the
files that include it, and nothing else.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "lint"
STAMPS = BUILD / "clean"
ROOMS = ("messages", "config", "actors", "runtime", "bench")


def configure():
    subprocess.run(["cmake", "--preset", "debug", "-B", str(BUILD), "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON",
                    "-DCARILLON_TESTS=OFF", "-DCARILLON_BENCH=ON"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def commands(pattern):
    """(file, compile command) of every source of the rooms."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in ROOMS and re.search(pattern, str(file)):
            yield file.relative_to(ROOT), shlex.split(entry["command"])


@functools.cache
def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@functools.cache
def analyser():
    return subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout


def state(command, files):
    """What a finding depends on: the analyser, its rules, the command, and all that was read."""
    rules = digest(ROOT / ".clang-tidy")
    read = [(file, digest(file) if os.path.exists(file) else "") for file in files]
    return hashlib.sha256(repr((analyser(), rules, command, read)).encode()).hexdigest()


def files_read(command):
    """The source and every header it includes, the system's too."""
    words = iter(command)
    kept = []
    for word in words:
        if word == "-o":
            next(words)
        elif word != "-c" and not word.endswith("ccache"):
            kept.append(word)
    said = subprocess.run([*kept, "-M"], cwd=BUILD, capture_output=True, text=True, check=True).stdout
    return sorted({str((BUILD / word).resolve()) for word in said.replace("\\\n", " ").split()[1:]})


def stamp_of(file):
    return STAMPS / (str(file).replace("/", "__") + ".json")


def is_clean(file, command):
    try:
        stamp = json.loads(stamp_of(file).read_text())
    except (OSError, ValueError):
        return False
    return stamp["state"] == state(command, stamp["files"])


def analyse(file, command):
    """What clang-tidy found, empty where the file is clean, and how long it took."""
    began = time.monotonic()
    files = files_read(command)
    before = state(command, files)
    said = subprocess.run(["clang-tidy", "-p", str(BUILD), "--quiet", str(ROOT / file)],
                          capture_output=True, text=True, check=False)
    if said.returncode == 0:
        stamp_of(file).write_text(json.dumps({"state": before, "files": files}))
        return "", time.monotonic() - began
    return said.stdout or said.stderr, time.monotonic() - began


def findings(text):
    """A finding in a header comes up in every source that includes it: each once."""
    parts = re.split(r"^(?=\S+:\d+:\d+: (?:warning|error): )", text, flags=re.MULTILINE)
    return [part.rstrip() for part in parts if part.strip()]


def main():
    os.chdir(ROOT)
    configure()
    STAMPS.mkdir(exist_ok=True)
    began = time.monotonic()
    todo = [(file, command) for file, command in commands(sys.argv[1] if sys.argv[1:] else "")
            if not is_clean(file, command)]
    print(f"lint: {len(todo)} files to analyse", flush=True)
    known, dirty = set(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(analyse, file, command): file for file, command in todo}
        for done, run in enumerate(concurrent.futures.as_completed(runs), 1):
            text, took = run.result()
            dirty += bool(text)
            print(f"[{done}/{len(todo)}] {runs[run]} {took:.0f} s{', not clean' if text else ''}", flush=True)
            for finding in findings(text):
                if finding not in known:
                    known.add(finding)
                    print(finding, flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"lint: {dirty} of {len(todo)} files are not clean, {time.monotonic() - began:.0f} s, "
          f"{used.ru_utime + used.ru_stime:.0f} s of processor time")
    return 1 if dirty else 0


if __name__ == "__main__":
    sys.exit(main())
