"""C and C++ are laid out by .clang-format, and no line of them has more than 100 columns."""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 100
FOLDERS = ("include", "lib", "tools", "bindings", "tests", "bench", "examples")
FORMATTER = "14"  # another version lays out differently


def code():
    return [
        path
        for folder in FOLDERS
        for ending in (".c", ".h", ".cpp", ".hpp")
        for path in sorted((ROOT / folder).rglob("*" + ending))
    ]


def formatter():
    name = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not name:
        return None
    version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
    return name if f"version {FORMATTER}." in version else None


tap = Tap()
wide = [
    f"{path.relative_to(ROOT)}:{number}"
    for path in code()
    for number, line in enumerate(path.read_text().splitlines(), 1)
    if len(line) > COLUMNS
]
tap.ok(not wide, f"no line of code has more than {COLUMNS} columns", wide)
command = formatter()
if command:
    done = subprocess.run(
        [command, "--dry-run", "-Werror", *code()], capture_output=True, text=True, cwd=ROOT
    )
    wrong = [line for line in done.stderr.splitlines() if "error:" in line]
    tap.ok(done.returncode == 0, "code is laid out by .clang-format", wrong)
else:
    tap.skip("code is laid out by .clang-format", f"no clang-format {FORMATTER}")
tap.done()
