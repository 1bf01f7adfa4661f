#!/usr/bin/env python3
"""Checks that every C++ file is as clang-format 14 writes it; 77 (skipped) with
another version, since each formats a little differently.

    tests/tidy/format.py          names the files that differ
    tests/tidy/format.py --write  formats them
"""
import pathlib
import re
import shutil
import subprocess
import sys

import tidy

VERSION = 14
SKIPPED = 77


def find_program():
    """clang-format of the wanted version, or the reason why there is none."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(name):
            said = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
            found = re.search(r"version (\d+)", said)
            if found and int(found.group(1)) == VERSION:
                return name, ""
    return None, f"no clang-format {VERSION} here; Debian 12 has it"


def main():
    program, reason = find_program()
    if not program:
        print(f"format: skipped, {reason}")
        return SKIPPED
    root = pathlib.Path(__file__).resolve().parents[2]
    files = [str(root / name) for name in tidy.tracked_files(root) if name.endswith((".cpp", ".hpp"))]
    if sys.argv[1:] == ["--write"]:
        return subprocess.run([program, "-i", *files], check=False).returncode
    said = subprocess.run([program, "--dry-run", "-Werror", *files], capture_output=True, text=True, check=False)
    different = sorted({line.split(":")[0] for line in said.stderr.splitlines() if "clang-format-violations" in line})
    for file in different:
        print(f"{pathlib.Path(file).relative_to(root)}: is not formatted")
    if different:
        print("format: run tests/tidy/format.py --write")
    return 1 if said.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
