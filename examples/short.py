#!/usr/bin/env python3
"""Runs the programs of papers/ for a short time. Prints TAP.

usage: short.py LRPOT [NAME]
A short run cannot give the README's numbers; that each prints its table says that all goes
together."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from tap import Tap

SKIPPED = 77
# Program and how many rows its tables have at least.
RUNS = [("paper1_mtp_charges.py", 15), ("paper2_selfconsistent.py", 30), ("paper4_latent.py", 10)]
if os.environ.get("LRPOT_LONG"):
    RUNS.append(("paper3_static_dynamic.py", 6))

tap = Tap()
for name, rows in RUNS:
    if len(sys.argv) > 2 and sys.argv[2] != name:
        continue
    env = {
        **os.environ,
        "LRPOT": os.path.abspath(sys.argv[1]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    env.pop("MALLOC_PERTURB_", None)
    env.pop("LRPOT_LMP", None)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, str(HERE / "papers" / name), "--short", "--out", "results"],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode == SKIPPED:
        tap.skip(name, done.stdout.strip().splitlines()[-1].removeprefix("SKIP: "))
        continue
    found = [
        line
        for line in done.stdout.splitlines()
        if not line.startswith("$")
        and line.rstrip().endswith(("these", ".xyz", ".csv", "1.78", "--quick"))
    ]
    good = (
        done.returncode == 0
        and len(found) >= rows
        and not re.search(r"\s-?(nan|inf)\s", "\n".join(found))
    )
    tap.ok(
        good,
        name,
        []
        if good
        else [
            f"exit {done.returncode}, {len(found)} rows of {rows}",
            *done.stdout.splitlines()[-15:],
        ],
    )
tap.done()
