"""`lrpot --version` tells what is running: right values from git, the processor and the loader.
usage: check_version.py LRPOT WIDE_BLAS ROOT SPGLIB; SPGLIB: found or none, as the build says"""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, wide_blas = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
root = pathlib.Path(sys.argv[3])
tap = Tap()


def run(*command, **more):
    return subprocess.run(
        [*map(str, command)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **more},
    )


def lines(*arguments, **more):
    return run(lrpot, *arguments, **more).stdout.splitlines()


def kernels_of_this_processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    flags = set(re.search(r"^flags\s*:(.*)$", text, re.M)[1].split())
    if not {"avx2", "fma"} <= flags:
        return "plain"
    return "AVX-512" if {"avx512f", "avx512dq", "avx512vl"} <= flags else "AVX2"


def loaded():
    """Names of the libraries that the loader finds for the command."""
    return {line.split()[0] for line in run("ldd", lrpot).stdout.splitlines() if line.split()}


told = lines("--version")
values = dict(line.split(": ", 1) for line in told[1:] if ": " in line)
tap.ok(
    [line.split(" " if k == 0 else ":")[0] for k, line in enumerate(told)]
    == ["lrpot", "commit", "BLAS", "OpenMP", "kernels", "symmetry"],
    "the lines have the documented order and names",
    told,
)
tap.ok(lines("fit", "--version") == told, "each verb prints the same")
# The tree may have gone on since it was built.
commit = values.get("commit", "").removesuffix("-dirty").split("-g")[-1]
git = ["git", f"--git-dir={root}/.git"]
if run(*git, "rev-parse", "HEAD").returncode == 0:
    known = run(*git, "merge-base", "--is-ancestor", commit, "HEAD").returncode == 0
    tap.ok(known, "the commit is one of this tree", told)
else:
    tap.ok(commit == "unknown", "without a clone the commit is unknown", told)
file = values["BLAS"].split(",")[0]
tap.ok(file in loaded(), "the BLAS is one that the loader finds", [file, loaded()])
other = lines("--version", LD_PRELOAD=wide_blas)[2]
tap.ok(other == f"BLAS: {pathlib.Path(wide_blas).name}", "a BLAS loaded first is named", [other])
runtime = values["OpenMP"].split(",")[0]
tap.ok(runtime == "none" or runtime in loaded(), "so is the OpenMP runtime", [runtime, loaded()])
tap.ok(
    (values["symmetry"].split()[0] == "spglib") == (sys.argv[4] == "found"),
    "spglib is used where the build found it",
    told,
)
if pathlib.Path("/proc/cpuinfo").exists() and os.uname().machine == "x86_64":
    tap.ok(values["kernels"] == kernels_of_this_processor(), "the kernels fit the processor", told)
tap.done()
