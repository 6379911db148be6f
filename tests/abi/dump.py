"""The library fits programs built against the recorded interface: abidiff against abi/*.abi.
usage: dump.py SHARED Before 1.0 additions are fine, removals and changes are not. Needs debug
information, so a build without -g skips."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "abi"), str(ROOT / "tests" / "support")]
import public
from tap import Tap

library = sys.argv[1]
tap = Tap()
fact = "nothing of the recorded interface has gone or changed"
sections = subprocess.run(
    ["readelf", "--sections", "--wide", library], capture_output=True, text=True
).stdout
if shutil.which("abidiff") is None:
    tap.skip(fact, "abidiff (package abigail-tools) is not here")
elif ".debug_info" not in sections:
    tap.skip(fact, "the library has no debug information")
elif not public.DUMP.exists():
    tap.skip(fact, "nothing recorded yet")
else:
    run = subprocess.run(
        [
            "abidiff",
            "--no-added-syms",
            "--headers-dir2",
            str(public.HEADERS.parent),
            "--drop-private-types",
            "--suppressions",
            str(public.SUPPRESS),
            str(public.DUMP),
            library,
        ],
        capture_output=True,
        text=True,
    )
    tap.ok(run.returncode == 0, fact, (run.stdout + run.stderr).splitlines())
tap.done()
