#!/usr/bin/env python3
"""Runs the LAMMPS examples for a short time and asks the lrpot command for their result. Prints TAP.

usage: dynamics.py LAUNCHER LRPOT [NAME]
A short run cannot give the README's numbers; that its result is of the right size says that input, files and commands go together."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from tap import Tap

DIPOLE = ["--columns", "2,3,4", "--kind", "dipole"]
CURRENT = ["--columns", "2,3,4", "--kind", "current", "--scale", "0.001"]
# Folder, LAMMPS' arguments, verb and its arguments, what of its result lies between which numbers.
RUNS = [
    ("11_lammps_nacl", ["-in", "in.nacl", "-var", "steps", "500", "-var", "warm", "300"],
     ["eps", "dipole.txt", *DIPOLE, "--step", "1", "--volume", "4754.2", "--temperature", "290"], (("ratio", "value"), 1.3, 10.0)),
    ("16_lammps_conductivity", ["-in", "in.melt", "-var", "steps", "400", "-var", "warm", "200", "-var", "cells", "2", "-var", "field", "0.1"],
     ["conductivity", "current.txt", *CURRENT, "--step", "4", "--volume", "2000.4", "--field", "0,0,0.1"], (("field", "value"), 0.01, 5.0)),
    ("17_lammps_loop", ["-in", "in.loop", "-var", "steps", "160", "-var", "quarter", "4", "-var", "cycles", "1"],
     ["loop", "loop.txt", "--columns", "2,3", "--volume", "1524.6"], (("area",), 10.0, 300.0)),
]


def program(command, folder):
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    env.pop("MALLOC_PERTURB_", None)
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def short_run(launcher, lrpot, folder, name, arguments, verb, wanted):
    for path in (HERE / name).iterdir():
        shutil.copy(path, folder)
    program([launcher, *arguments, "-log", "none"], folder)
    result = json.loads(program([lrpot, *verb, "--json"], folder))
    keys, low, high = wanted
    for key in keys:
        result = result[key]
    if not low < result < high:
        raise AssertionError(f"{keys[0]} = {result!r}, expected between {low} and {high}")


def main():
    launcher, lrpot = (os.path.abspath(path) for path in sys.argv[1:3])
    tap = Tap()
    for name, *rest in RUNS:
        if len(sys.argv) > 3 and sys.argv[3] != name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                short_run(launcher, lrpot, folder, name, *rest)
                tap.ok(True, name)
            except (AssertionError, OSError, KeyError) as problem:
                tap.ok(False, name, str(problem).splitlines())
    tap.done()


if __name__ == "__main__":
    main()
