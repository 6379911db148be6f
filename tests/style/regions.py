"""Parallel regions state their number of threads by the clause num_threads alone
(lib/core/threads.h says why)."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = re.compile(r"^#pragma omp parallel\b(?:[^\n]*\\\n)*[^\n]*", re.M)


def regions():
    for path in sorted((ROOT / "lib").rglob("*.c")):
        for match in REGION.finditer(path.read_text()):
            yield path.relative_to(ROOT), match.group()


tap = Tap()
found = list(regions())
tap.ok(len(found) > 20, "the library has parallel regions", [len(found)])
unnamed = [f"{path}: {text}" for path, text in found if "num_threads(" not in text]
tap.ok(not unnamed, "each region has the clause num_threads", unnamed)
both = [f"{path}: {text}" for path, text in found if re.search(r"\bif\s*\(", text)]
tap.ok(not both, "no region has the clause if", both)
tap.done()
