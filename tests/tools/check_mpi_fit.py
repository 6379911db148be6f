"""`lrpot-mpi fit`: the same model as one process fits, failures of one process and of all, a killed
process. usage: check_mpi_fit.py LRPOT LRPOT_MPI NACL_DATA"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, shared, data = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:4])
holder = tempfile.TemporaryDirectory()
here = pathlib.Path(holder.name)
tap = Tap()
mpirun = shutil.which("mpirun")
if mpirun is None:
    tap.skip("fits shared among processes", "no mpirun")
    tap.done()
# As root, as in containers; more processes than cores.
FREE = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
environment = {
    **os.environ,
    **FREE,
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMP_NUM_THREADS": "1",
    "TMPDIR": "/tmp",
}


def run(*arguments):
    return subprocess.run(
        [*map(str, arguments)], capture_output=True, text=True, cwd=here, env=environment
    )


def fit(processes, *arguments):
    start = [mpirun, "-n", processes, shared] if processes > 1 else [lrpot]
    return run(*start, "fit", f"{data}/train.xyz", *arguments)


def errors(name, member=0):
    return json.loads((here / f"{name}.fit.json").read_text())["members"][member]


SHORT = "-V 20% --starts 1 -t 1 -q".split()
# Few iterations: sums of another order differ in the last digit, and each iteration on a path
# through narrow valleys makes this ten times as much.
KINDS = {
    "edqrd": "-c edqrd -l 8 --charge-level 4 -i 3",
    "latent": "-c latent -l 8 --charge-level 4 -i 3",
    "equilibrated": "-c equilibrated -l 6 --charge-level 4 -i 3",
    "none": "-c none -l 8 -i 3",
}
for kind, options in KINDS.items():
    for processes in (1, 2, 3):
        done = fit(processes, *SHORT, *options.split(), "-o", f"{kind}{processes}")
        tap.ok(done.returncode == 0, f"{kind}, {processes} processes", [done.stderr])
    first, second, third = (errors(f"{kind}{p}") for p in (1, 2, 3))
    for other, processes in ((second, 2), (third, 3)):
        differences = [
            abs(first[part][name]["rmse"] / other[part][name]["rmse"] - 1)
            for part in ("train", "valid")
            for name in ("energy_per_atom", "forces", "stress")
        ]
        same = [
            first[p][n]["values"] == other[p][n]["values"]
            for p in ("train", "valid")
            for n in ("energy_per_atom", "forces", "stress")
        ]
        tap.ok(
            max(differences) < 1e-3 and all(same) and first["iterations"] == other["iterations"],
            f"{kind}: {processes} processes find the errors of one",
            [differences, first["iterations"], other["iterations"]],
        )

members = fit(2, *SHORT, *KINDS["none"].split(), "--ensemble", 2, "-o", "member")
tap.ok(
    members.returncode == 0 and (here / "member-1").exists() and (here / "member-2").exists(),
    "an ensemble",
    [members.stderr],
)
tap.ok(
    len(re.findall("^train +forces +meV", members.stdout, re.M)) == 2,
    "each result is printed once",
    [members.stdout],
)

alone = run(mpirun, "-n", 2, lrpot, "fit", f"{data}/train.xyz", "-o", "alone")
tap.ok(
    alone.returncode == 2
    and "mpirun lrpot-mpi fit" in alone.stderr
    and not (here / "alone").exists(),
    "mpirun of the command that does not share is refused",
    [alone.stderr],
)
missing = run(mpirun, "-n", 2, shared, "fit", "missing.xyz", "-o", "x")
tap.ok(
    missing.returncode == 3 and missing.stderr.count("missing.xyz: cannot be opened") == 1,
    "a missing file is told once",
    [missing.stderr],
)
other = run(mpirun, "-n", 2, shared, "eval", "x", "y")
tap.ok(other.returncode == 2 and "all other verbs" in other.stderr, "other verbs are refused")
full = fit(2, *SHORT, *KINDS["none"].split(), "-o", "/dev/full")
tap.ok(
    full.returncode == 1 and "No space left" in full.stderr,
    "a disk that is full ends all processes",
    [full.returncode, full.stderr],
)

# A process is killed in a long fit: the checkpoint stays, and the fit goes on from it.
long = "-c edqrd -l 16 -i 100000 --tolerance 0 --starts 1 -t 1 -q --checkpoint-every 0.1".split()
process = subprocess.Popen(
    [mpirun, "-n", "2", shared, "fit", f"{data}/train.xyz", *long, "-o", "long"],
    cwd=here,
    env=environment,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.PIPE,
    text=True,
)
deadline = time.time() + 120
while not (here / "long.checkpoint").exists() and time.time() < deadline:
    time.sleep(0.1)
children = subprocess.run(
    ["pgrep", "-P", str(process.pid)], capture_output=True, text=True
).stdout.split()
tap.ok(len(children) == 2, "two processes run", [children])
os.kill(int(children[-1]), signal.SIGKILL)
process.communicate(timeout=120)
tap.ok(process.returncode != 0 and not (here / "long").exists(), "the others end with it")
again = fit(2, *SHORT, "--resume", "long.checkpoint", "-i", 1, "-o", "resumed")
tap.ok(again.returncode == 0, "the fit goes on from its checkpoint", [again.stderr])
tap.done()
