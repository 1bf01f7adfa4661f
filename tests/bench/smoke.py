#!/usr/bin/env python3
"""A quick run of one benchmark: does it work, and does its README say what it prints?

    tests/bench/smoke.py NAME --build build/debug
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
MUST_BE_ZERO = re.compile(r"lost|duplicates|critical_lost")


def run(name, build):
    """The printed object; fails unless the drawing is XML."""
    with tempfile.TemporaryDirectory() as folder:
        drawing = pathlib.Path(folder) / "drawing.svg"
        command = [sys.executable, ROOT / "bench/run", name, "--quick", "--json", "--build", build, "--plot", drawing]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        xml.etree.ElementTree.parse(drawing)
    return json.loads(done.stdout)


def documented(name):
    """The keys in the first column of the README's table of keys."""
    text = (ROOT / "bench" / name / "README.md").read_text(encoding="utf-8")
    table = text.split("**Keys of the result.**")[1].split("**Figures.**")[0]
    return {key for cell in re.findall(r"^\| (`[^|]*)", table, re.M) for key in re.findall(r"`(\w+)`", cell)}


def total(value):
    return sum(value) if isinstance(value, list) else value


def problems(result, keys):
    for key in sorted(result.keys() ^ keys):
        yield f"{key} is {'printed but not in the README' if key in result else 'in the README but not printed'}"
    for key, value in result.items():
        if MUST_BE_ZERO.fullmatch(key) and total(value) != 0:
            yield f"{key} is {value}, not 0"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--build", required=True)
    arguments = parser.parse_args()
    result = run(arguments.name, arguments.build)
    found = list(problems(result, documented(arguments.name) | {"benchmark"}))
    print("\n".join(found) or f"{arguments.name}: {len(result)} keys as documented")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
