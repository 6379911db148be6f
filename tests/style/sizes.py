"""Limits of docs/contributing/style.md that a machine can check: sizes of files and functions,
unique names, no places of one machine."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINES_OF_A_FILE = 700
LINES_OF_A_FUNCTION = 120
BYTES_OF_TEST_DATA = 100_000
TEXT = {
    ".c",
    ".h",
    ".cpp",
    ".hpp",
    ".f90",
    ".py",
    ".sh",
    ".build",
    ".md",
    ".txt",
    ".lrp",
    ".xyz",
    ".json",
    ".mtp",
    ".cff",
    ".in",
    ".ini",
    ".pc",
    ".map",
    "",
}


def tracked():
    """Files of the project: git's where there is a clone, all but builds in an unpacked release."""
    try:
        names = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True, text=True
        ).stdout.split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [
            p
            for p in ROOT.rglob("*")
            if p.is_file()
            and not any(part.startswith("build") for part in p.relative_to(ROOT).parts)
        ]


def long_functions(path):
    start = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start - 1 > LINES_OF_A_FUNCTION:
                yield f"{path.relative_to(ROOT)}:{start}: {number - start - 1} lines"
            start = None


tap = Tap()
files = tracked()
code = [path for path in files if path.suffix in (".c", ".h", ".cpp", ".hpp")]
long = [
    f"{path.relative_to(ROOT)}: {count} lines"
    for path in code
    if not path.name.endswith("_table.c")
    and (count := len(path.read_text().splitlines())) > LINES_OF_A_FILE
]
tap.ok(not long, f"no file of code has more than {LINES_OF_A_FILE} lines", long)
long = [line for path in code if path.suffix == ".c" for line in long_functions(path)]
tap.ok(not long, f"no function has more than {LINES_OF_A_FUNCTION} lines", long)

library = [path for path in code if path.relative_to(ROOT).parts[0] == "lib"]
names = [path.name for path in library if path.suffix == ".c"]
twice = sorted({name for name in names if names.count(name) > 1})
tap.ok(not twice, "names of the library's source files are unique", twice)

large = [
    f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes"
    for path in files
    if path.relative_to(ROOT).parts[0] == "tests" and path.stat().st_size > BYTES_OF_TEST_DATA
]
tap.ok(not large, f"no file under tests/ has more than {BYTES_OF_TEST_DATA} bytes", large)

# Spelt so that this file does not find itself.
place = re.compile(
    r"(?<![\w.])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "t" + "mp")) + r")/\w"
)
found = [
    f"{path.relative_to(ROOT)}: {hit.group(0)}..."
    for path in files
    if path.suffix in TEXT
    if (hit := place.search(path.read_text(errors="replace")))
]
tap.ok(not found, "nothing names a place of one machine", found)

banned = re.compile(r"-ffast-math|-Ofast|-funsafe-math-optimizations")
builds = [path for path in files if path.name in ("meson.build", "meson_options.txt")]
fast = [
    f"{path.relative_to(ROOT)}:{n}"
    for path in builds
    for n, line in enumerate(path.read_text().splitlines(), 1)
    if banned.search(line.split("#")[0])
]
tap.ok(
    not fast,
    "no build file asks for -ffast-math, which would change rounding in the whole host process",
    fast,
)

# Output through the caller's descriptors, exits and locales: the library has none of them.
never = re.compile(
    r"\b(printf|puts|putchar|perror|exit|_exit|abort|setlocale|signal)\s*\(|\bstderr\b"
)
noisy = [
    f"{path.relative_to(ROOT)}:{n}: {line.strip()}"
    for path in library
    for n, line in enumerate(path.read_text().splitlines(), 1)
    if not line.lstrip().startswith(("/*", "*", "//")) and never.search(line.split("/*")[0])
]
tap.ok(not noisy, "the library never prints, exits, aborts or changes the locale", noisy)
tap.done()
