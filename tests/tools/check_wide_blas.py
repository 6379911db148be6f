#!/usr/bin/env python3
"""A BLAS with 64-bit integers that is loaded first is named.
usage: check_wide_blas.py LRPOT LIBRARY_OF_WIDE_BLAS EXAMPLES_DATA TRAIN.xyz"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot, library, data, train = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
for verb in ("eval", "phonon", "fit"):
    files = [data / "rocksalt.json"] if verb != "fit" else []
    more = ["-o", os.devnull, "--charges", "none"] if verb == "fit" else []
    done = subprocess.run(
        [lrpot, verb, *files, data / "rattled.xyz" if verb != "fit" else train, *more],
        env=dict(os.environ, LD_PRELOAD=str(library)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    tap.ok(
        done.returncode == 1 and "ILP64" in done.stderr,
        f"{verb}_names_a_blas_with_64_bit_integers",
        [done.returncode, done.stderr[-300:]],
    )
tap.done()
