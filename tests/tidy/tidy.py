#!/usr/bin/env python3
"""Rules of this code base that no compiler checks.

    tests/tidy/tidy.py              checks the checkout; 1 where a rule is broken
    tests/tidy/tidy.py --self-test  plants a violation of every rule and finds it

Lengths are warnings: a function over 70 lines or a file over 400. What has to be
that long stands in allow.txt with its reason; an entry without one, or one that
nothing needs any more, is an error.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FUNCTION_LINES = 70
FILE_LINES = 400

# Which rooms a room may include from; the order of the linker's arrows.
ROOMS = ["messages", "config", "actors", "runtime"]
# Inside of runtime: each part sees itself and these.
RUNTIME_PARTS = {
    "store": set(),
    "client": set(),
    "http": set(),
    "engine": {"store", "client", "http"},
    "cli": {"engine", "store", "client", "http"},
    "main.cpp": {"cli"},
}
SLEEPS = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|time\.sleep)\b|(?<![\w.])sleep\(")
RAW_OWNERS = re.compile(r"\bnew\b(?!\s*\()\s+[\w:]|\bnew\s*\(|(?<!operator )\bdelete\b(?!\s*;)|"
                        r"\b(malloc|calloc|realloc|free)\s*\(")
HANDLER = re.compile(r"caf::(?:reacts_to<[^>]*>|replies_to<[^>]*>::with<[^>]*>)")
UNFINISHED = re.compile("|".join(rf"\b{a}{b}\b" for a, b in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"))))
HOME_FOLDERS = re.compile(r"(?<![\w.$}])/(?:home|Users|root)/[\w.-]+")
PRIVATE_TYPE = re.compile(r"(?:struct|class|enum class|enum) (\w+)|using (\w+) =")
PRIVATE_NAME = re.compile(r"(?!struct|class|enum|using|template|namespace|extern)[A-Za-z_][\w:<>,&*\s]*?[\s&*>](\w+)(?:\(|\{| = |\[)")
NO_FUNCTION = re.compile(r"\s*(namespace|struct|class|enum|union|extern|if|else|for|while|do|switch|try|catch|case|"
                         r"default|typedef|using|return|public|private|protected)\b|\s*[}#/]")


class Finding:
    def __init__(self, file, line, text, warning=False, name=""):
        self.file, self.line, self.text, self.warning, self.name = file, line, text, warning, name

    def __str__(self):
        level = "warning" if self.warning else "error"
        return f"{self.file}:{self.line}: {level}: {self.text}"


class Source:
    """A file of the checkout; `code` is it without comments and literals, line for line."""

    def __init__(self, root, path):
        self.path = path
        self.parts = pathlib.PurePosixPath(path).parts
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()
        self.is_cpp = path.endswith((".cpp", ".hpp"))
        self.code = without_comments(self.text).splitlines() if self.is_cpp else self.lines


def without_comments(text):
    """Blanks comments, strings and characters of C++; the lines stay where they are."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.S)

    def blank(match):
        found = match.group(0)
        kept = re.sub(r"[^\n]", " ", found)
        return '"' + kept[1:-1] + '"' if found.endswith('"') and len(found) > 1 else kept

    return pattern.sub(blank, text)


# ------------------------------------------------------------------ rules


def check_arrows(source):
    """runtime -> actors -> config -> messages, and no cycle inside of runtime."""
    if not source.is_cpp or source.parts[0] not in ROOMS:
        return
    own = ROOMS.index(source.parts[0])
    for number, line in enumerate(source.lines, 1):
        found = re.match(r'\s*#include "([^"]+)"', line)
        target = pathlib.PurePosixPath(found.group(1)).parts if found else ()
        if not target or target[0] not in ROOMS:
            continue
        if ROOMS.index(target[0]) > own:
            yield Finding(source.path, number, f"{source.parts[0]} must not include {target[0]}: arrows go "
                                               "runtime -> actors -> config -> messages")
        elif target[0] == "runtime" and len(target) > 2:  # a file of runtime itself is for all of its parts
            if target[1] not in RUNTIME_PARTS.get(source.parts[1], set()) | {source.parts[1]}:
                yield Finding(source.path, number, f"runtime/{source.parts[1]} must not include runtime/{target[1]}")


def check_sleeps(source):
    """Tests and actors wait for events, not for time to pass."""
    is_test = source.parts[0] == "tests" and (source.is_cpp or source.parts[-1].startswith("test_"))
    if is_test or source.parts[0] == "actors":
        for number, line in enumerate(source.code, 1):
            if SLEEPS.search(line):
                yield Finding(source.path, number, "sleeps; wait for an event with a deadline, or inject the clock")


def check_owners(source):
    """No owning raw pointers."""
    if source.is_cpp:
        for number, line in enumerate(source.code, 1):
            if RAW_OWNERS.search(re.sub(r"=\s*delete\b", "", line)) and not line.lstrip().startswith("#"):
                yield Finding(source.path, number, "raw ownership; use a container, unique_ptr or a handle class")


def check_headers(source):
    """Headers begin with #pragma once and open no namespace for everybody."""
    if source.path.endswith(".hpp"):
        if "#pragma once" not in source.lines:
            yield Finding(source.path, 1, "a header needs #pragma once")
        for number, line in enumerate(source.code, 1):
            if re.search(r"\busing\s+namespace\b", line):
                yield Finding(source.path, number, "using namespace in a header")


def check_actor_comments(source):
    """Every message an actor takes is explained where it first appears."""
    if source.path != "messages/actors.hpp":
        return
    explained = set()
    previous = ""
    for number, line in enumerate(source.lines, 1):
        handlers = HANDLER.findall(line)
        if previous.lstrip().startswith("//"):
            explained.update(handlers[:1])
        for handler in handlers:
            if handler not in explained:
                yield Finding(source.path, number, f"{handler} has no comment above it that says what it does")
        previous = line


def check_unfinished(source):
    """Nothing is left for later in the code."""
    for number, line in enumerate(source.lines, 1):
        if UNFINISHED.search(line):
            yield Finding(source.path, number, "marks unfinished work; finish it or write an issue")


def check_paths(source, checkout=""):
    """No path of one person's machine."""
    for number, line in enumerate(source.lines, 1):
        if HOME_FOLDERS.search(line) or (checkout and checkout in line):
            yield Finding(source.path, number, "names a folder of one machine")


def functions(source):
    """(name, first line, lines) of every function; relies on clang-format's indentation."""
    for end, line in enumerate(source.code):
        closing = re.fullmatch(r"(\s*)\}", line.rstrip())
        if not closing:
            continue
        indent = len(closing.group(1))
        start = end - 1
        while start >= 0 and not re.match(rf"\s{{{indent}}}\S", source.code[start]):
            start -= 1
        header = source.code[start] if start >= 0 else ""
        name = re.search(r"([\w~:]+(?:operator\S+)?)\s*\(", header)
        if name and not NO_FUNCTION.match(header):
            yield name.group(1), start + 1, end - start + 1


def check_lengths(source):
    """Warnings: what is long is hard to read at once."""
    if not source.is_cpp:
        return
    if len(source.lines) > FILE_LINES:
        yield Finding(source.path, 1, f"{len(source.lines)} lines, over {FILE_LINES}", True, source.path)
    for name, line, length in functions(source):
        if length > FUNCTION_LINES:
            yield Finding(source.path, line, f"{name} has {length} lines, over {FUNCTION_LINES}", True,
                          f"{source.path}:{name}")


def room_of(source):
    """Where files are compiled in one go by a unity build; None: nowhere."""
    if source.path.endswith(".cpp") and source.parts[0] in ROOMS:
        return "/".join(source.parts[:2]) if source.parts[0] == "runtime" else source.parts[0]
    return "tests/sim" if source.path.startswith("tests/sim/") and source.path.endswith(".cpp") else None


def private_names(source):
    """(line, name) of what stands in the file's anonymous namespaces, at the margin."""
    inside = False
    for number, line in enumerate(source.code, 1):
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}") and source.lines[number - 1].startswith("} // namespace"):
            inside = False
        elif inside and (found := PRIVATE_TYPE.match(line) or PRIVATE_NAME.match(line)):
            yield number, found.group(found.lastindex)


def check_private_names(sources):
    """A unity build joins files of a room as they come, so another file beside them must not make two names meet."""
    seen = {}
    for source in sources:
        room = room_of(source)
        for number, name in private_names(source) if room else ():
            first = seen.setdefault((room, name), source.path)
            if first != source.path:
                yield Finding(source.path, number, f"{name} is private to {first} too; a unity build of {room} may join them")


RULES = [check_arrows, check_sleeps, check_owners, check_headers, check_actor_comments, check_unfinished, check_paths,
         check_lengths, check_private_names]

# ------------------------------------------------------------------ the run


def tracked_files(root):
    """Files of the checkout that are not ignored; without git, all outside of build."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"], capture_output=True,
                            text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else [
        str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()]
    for name in names:
        path = pathlib.PurePosixPath(name)
        if path.parts[0] not in (".git", "build", "data") and (root / name).is_file() and is_text(root / name):
            yield str(path)


def is_text(file):
    with open(file, "rb") as opened:
        return b"\0" not in opened.read(4096)


def read_allowed(root):
    """Entries of allow.txt: {name: line}, and findings for those without a reason."""
    allowed, broken = {}, []
    file = root / "tests/tidy/allow.txt"
    for number, line in enumerate(file.read_text().splitlines() if file.exists() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip():
            broken.append(Finding("tests/tidy/allow.txt", number, f"{name} stands here without a reason"))
        allowed[name] = number
    return allowed, broken


def check(root, checkout="", rules=None):
    allowed, findings = read_allowed(root)
    used = set()
    rules = RULES if rules is None else rules
    sources = [Source(root, path) for path in sorted(tracked_files(root))]
    if check_private_names in rules:
        findings += check_private_names(sources)
    for source in sources:
        for rule in rules:
            if rule is check_private_names:
                continue
            found = rule(source, checkout) if rule is check_paths else rule(source)
            for finding in found:
                if finding.warning and finding.name in allowed:
                    used.add(finding.name)
                else:
                    findings.append(finding)
    findings += [Finding("tests/tidy/allow.txt", line, f"{name} needs no entry any more")
                 for name, line in allowed.items() if name not in used]
    return findings


# ------------------------------------------------------------------ self-test

LONG_FUNCTION = "int f(int a,\n      int b) {\n" + "  a += b;\n" * FUNCTION_LINES + "  return a;\n}\n"
PLANTED = [  # files, text, part of the finding; None: must be left alone
    ("messages/a.cpp", '#include "config/b.hpp"\n', "must not include config"),
    ("actors/a.cpp", '#include "runtime/http/b.hpp"\n', "must not include runtime"),
    ("actors/a.cpp", '#include "config/b.hpp"\n#include "messages/b.hpp"\n', None),
    ("runtime/store/a.cpp", '#include "runtime/http/b.hpp"\n', "runtime/store must not include runtime/http"),
    ("runtime/http/a.cpp", '#include "runtime/engine/b.hpp"\n', "runtime/http must not include runtime/engine"),
    ("runtime/http/a.cpp", '#include "runtime/b.hpp"\n', None),
    ("runtime/a.hpp", '#include "runtime/http/b.hpp"\n', "must not include runtime/http"),
    ("runtime/engine/a.cpp", '#include "runtime/store/b.hpp"\n', None),
    ("tests/x/a_test.cpp", "std::this_thread::sleep_for(1s);\n", "sleeps"),
    ("actors/a.cpp", "usleep(5);\n", "sleeps"),
    ("tests/x/test_a.py", "time.sleep(1)\n", "sleeps"),
    ("tests/x/a_test.cpp", "// sleep_for is not used\n", None),
    ("runtime/http/a.cpp", "auto* p = new int;\n", "raw ownership"),
    ("runtime/http/a.cpp", "delete p;\n", "raw ownership"),
    ("runtime/http/a.cpp", "void* p = malloc(3);\n", "raw ownership"),
    ("runtime/http/a.cpp", 'a(const a&) = delete; // new thing\nauto t = "new int";\n', None),
    ("config/a.hpp", "#pragma once\nusing namespace std;\n", "using namespace in a header"),
    ("config/a.hpp", "int a;\n", "#pragma once"),
    ("config/a.cpp", "using namespace std;\n", None),
    ("messages/actors.hpp", "#pragma once\n  caf::reacts_to<a_atom>,\n", "has no comment"),
    ("messages/actors.hpp", "#pragma once\n  // Why.\n  caf::replies_to<a_atom, int>::with<int>, caf::reacts_to<b>,\n",
     "caf::reacts_to<b> has no comment"),
    ("messages/actors.hpp", "#pragma once\n  // Why.\n  caf::reacts_to<a>,\n  caf::reacts_to<a>>;\n", None),
    ("README.md", "TO" + "DO: write this\n", "unfinished"),
    ("README.md", "see /ho" + "me/someone/carillon\n", "one machine"),
    ("deploy/a", "cd /checkout/of/mine\n", "one machine"),
    ("README.md", "https://example.org/home/page\n", None),
    ("config/a.cpp", LONG_FUNCTION, "f has 74 lines"),
    ("config/a.cpp", "int a;\n" * (FILE_LINES + 1), "401 lines"),
    ("config/a.cpp", "namespace a {\n\n" + "int a();\n" * 80 + "\n}\n", None),
    ("actors/a.cpp actors/b.cpp", "namespace {\n\nint f(int a) {\n  return a;\n}\n\n} // namespace\n", "f is private to actors/a.cpp too"),
    ("actors/a.cpp actors/b.cpp", "namespace {\n\nconstexpr int most = 3;\n\n} // namespace\n", "most is private to"),
    ("actors/a.cpp actors/b.cpp", "namespace {\n\nstruct row {\n  int a;\n};\n\n} // namespace\n", "row is private to"),
    ("actors/a.cpp config/a.cpp", "namespace {\n\nint f(int a) {\n  return a;\n}\n\n} // namespace\nint g() {\n}\n", None),
    ("actors/a.cpp actors/b.cpp", "int g() {\n}\n", None),
    ("tests/tidy/allow.txt", "config/a.cpp\n", "without a reason"),
    ("tests/tidy/allow.txt", "config/a.cpp it is a table\n", "needs no entry any more"),
]


def missed(rules):
    """The planted cases that these rules judge wrongly."""
    wrong = []
    for path, text, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for one in path.split():
                (root / one).parent.mkdir(parents=True, exist_ok=True)
                (root / one).write_text(text)
            found = [str(finding) for finding in check(root, "/checkout/of/mine", rules)]
        if not any(expected in one for one in found) if expected else found:
            wrong.append(f"{path}: expected {expected!r}, found {found}, in: {text[:200]}")
    return wrong


def self_test():
    wrong = missed(RULES)
    wrong += [f"{rule.__name__} finds nothing that is planted" for rule in RULES
              if not missed([other for other in RULES if other is not rule])]
    for one in wrong:
        print(one, file=sys.stderr)
    print(f"tidy: {len(PLANTED)} planted cases, {len(RULES)} rules, {len(wrong)} failures")
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    root = HERE.parent.parent
    findings = check(root, str(root))
    for finding in findings:
        print(finding)
    errors = sum(not finding.warning for finding in findings)
    print(f"tidy: {errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
