"""C and C++ are laid out by .clang-format. No line of code, and no line of prose in Markdown, has
more than 100 columns."""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from sources import ROOT
from tap import Tap

COLUMNS = 100
C = (".c", ".h", ".cpp", ".hpp")
FOLDERS = {
    **dict.fromkeys(("include", "lib", "tools", "bench"), C),
    **dict.fromkeys(("bindings", "tests"), (*C, ".f90", ".py")),
    "examples": (*C, ".f90"),
    "abi": (".py",),
}
FORMATTER = "14"  # another version lays out differently


def code():
    return [
        path
        for folder, endings in FOLDERS.items()
        for ending in endings
        for path in sorted((ROOT / folder).rglob("*" + ending))
    ]


def pages():
    return [
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").rglob("*.md")),
    ]


def prose(text):
    """Numbered lines of a page, without tables, blocks of code and equations."""
    fence, equation = False, False
    for number, line in enumerate(text.splitlines(), 1):
        start = line.lstrip()
        if start.startswith("```"):
            fence = not fence
        equation = equation or start.startswith(r"\f[")
        if not (fence or equation or start.startswith("|") or line.startswith("    ")):
            yield number, line
        if r"\f]" in line:
            equation = False


def formatter():
    name = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not name:
        return None
    version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
    return name if f"version {FORMATTER}." in version else None


def wide(paths, lines):
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in lines(path.read_text())
        if len(line) > COLUMNS
    ]


tap = Tap()
found = wide(code(), lambda text: enumerate(text.splitlines(), 1))
tap.ok(not found, f"no line of code has more than {COLUMNS} columns", found)
found = wide(pages(), prose)
tap.ok(not found, f"no line of prose has more than {COLUMNS} columns", found)
command = formatter()
if command:
    done = subprocess.run(
        [command, "--dry-run", "-Werror", *(path for path in code() if path.suffix in C)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    wrong = [line for line in done.stderr.splitlines() if "error:" in line]
    tap.ok(done.returncode == 0, "code is laid out by .clang-format", wrong)
else:
    tap.skip("code is laid out by .clang-format", f"no clang-format {FORMATTER}")
tap.done()
