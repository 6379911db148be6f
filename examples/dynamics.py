#!/usr/bin/env python3
"""Runs the LAMMPS examples for a short time; the lrpot command gives their result. Prints TAP.

usage: dynamics.py LAUNCHER LRPOT [NAME]
A short run cannot give the README's numbers; that its result is of the right size says that input,
files and commands go together."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from tap import Tap

DIPOLE = ["--columns", "2,3,4", "--kind", "dipole"]
CURRENT = ["--columns", "2,3,4", "--kind", "current", "--scale", "0.001"]
DATA = (
    pathlib.Path(os.environ.get("LRPOT_DATA", HERE.parents[1] / "shared" / "data"))
    / "water_rpbe_d3"
    / "bec_train.xyz"
)


def strongest(result):
    """Wavenumber of the strongest absorption beyond what molecules do as wholes."""
    return max(
        (n_alpha, k) for k, n_alpha in zip(result["wavenumber"], result["n_alpha"]) if k > 1000
    )[1]


# Folder, LAMMPS' arguments, verb and its arguments, a number of its result, its least and largest
# value.
RUNS = [
    (
        "11_lammps_nacl",
        ["-in", "in.nacl", "-var", "steps", "4000", "-var", "warm", "300"],
        ["eps", "dipole.txt", *DIPOLE, "--step", "1", "--volume", "4754.2", "--temperature", "290"],
        lambda result: result["ratio"]["value"],
        1.3,
        10.0,
    ),
    (
        "15_lammps_water",
        ["-in", "in.water", "-var", "warm", "20", "-var", "steps", "400", "-var", "field", "0.1"],
        [
            "ir",
            "current.txt",
            *CURRENT,
            "--step",
            "1",
            "--volume",
            "1920.03",
            "--temperature",
            "300",
        ],
        strongest,
        2500.0,
        4500.0,
    ),
    (
        "16_lammps_conductivity",
        [
            "-in",
            "in.melt",
            "-var",
            "steps",
            "400",
            "-var",
            "warm",
            "200",
            "-var",
            "cells",
            "2",
            "-var",
            "field",
            "0.1",
        ],
        [
            "conductivity",
            "current.txt",
            *CURRENT,
            "--step",
            "4",
            "--volume",
            "2000.4",
            "--field",
            "0,0,0.1",
        ],
        lambda result: result["field"]["value"],
        0.01,
        5.0,
    ),
    (
        "17_lammps_loop",
        ["-in", "in.loop", "-var", "steps", "160", "-var", "quarter", "4", "-var", "cycles", "1"],
        ["loop", "loop.txt", "--columns", "2,3", "--volume", "1524.6"],
        lambda result: result["area"],
        10.0,
        300.0,
    ),
    (
        "19_lammps_grade",
        ["-in", "in.guard", "-var", "hot", "6000", "-var", "steps", "3000"],
        ["select", "rocksalt.json", "new.xyz", "--active", "known.set"],
        lambda result: result["frames"][-1]["grade"],
        5.0,
        100.0,
    ),
    (
        "21_nep",
        ["-in", "in.nep", "-var", "steps", "3000", "-var", "warm", "300"],
        [
            "ir",
            "current.txt",
            *CURRENT,
            "--step",
            "5",
            "--volume",
            "4792.6",
            "--temperature",
            "300",
            "--highest",
            "400",
        ],
        lambda result: max(zip(result["n_alpha"], result["wavenumber"]))[1],
        60.0,
        200.0,
    ),
]


def program(command, folder):
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    env.pop("MALLOC_PERTURB_", None)
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise AssertionError(
            f"{' '.join(command)} ended with {done.returncode}:\n"
            f"{done.stdout[-1500:]}{done.stderr[-1500:]}"
        )
    return done.stdout


def fit_water(lrpot, folder):
    """The example's own command on two frames of its data.

    Water of smaller levels does not last 400 steps."""
    with open(DATA) as data, open(pathlib.Path(folder) / "few.xyz", "w") as few:
        few.writelines(line for _, line in zip(range(2 * (192 + 2)), data))
    program(
        [
            "env",
            f"LRPOT={lrpot}",
            "LEVEL=10",
            "CHARGE_LEVEL=4",
            "THREADS=1",
            "sh",
            "fit.sh",
            "few.xyz",
        ],
        folder,
    )


def sample_crystal(launcher, lrpot, folder):
    """The active set of the crystal as it is at 300 K."""
    program([launcher, "-in", "in.sample", "-var", "steps", "400", "-log", "none"], folder)
    frames(folder, "known")
    program(
        [
            lrpot,
            "select",
            "rocksalt.json",
            "known.xyz",
            "--train",
            "known.xyz",
            "--save",
            "known.set",
            "-q",
        ],
        folder,
    )


def frames(folder, name):
    xyz = program(["awk", "-v", "elements=Na Cl", "-f", "frames.awk", f"{name}.dump"], folder)
    (pathlib.Path(folder) / f"{name}.xyz").write_text(xyz)


def near_harmonic(launcher, lrpot, folder):
    """Ten picoseconds at 20 K come to the harmonic value within some of their error."""
    text = program(
        [
            sys.executable,
            "temperatures.py",
            lrpot,
            launcher,
            "--steps",
            "5000",
            "--temperatures",
            "20",
        ],
        folder,
    )
    harmonic = float(re.search("harmonic crystal: ([0-9.]+) by", text).group(1))
    value = float(re.search("20 K +by fluctuations ([0-9.]+)", text).group(1))
    if not abs(value - harmonic) < 0.4:
        raise AssertionError(f"temperatures.py: {value!r}, expected near {harmonic!r}")


def short_run(launcher, lrpot, folder, name, arguments, verb, number, low, high):
    for path in (HERE / name).iterdir():
        shutil.copy(path, folder)
    if name == "15_lammps_water":
        fit_water(lrpot, folder)
    if name == "19_lammps_grade":
        sample_crystal(launcher, lrpot, folder)
    program([launcher, *arguments, "-log", "none"], folder)
    if name == "19_lammps_grade":
        frames(folder, "new")
    if name == "11_lammps_nacl":
        near_harmonic(launcher, lrpot, folder)
    result = json.loads(program([lrpot, *verb, "--json"], folder))
    value = number(result)
    if not low < value < high:
        raise AssertionError(f"{verb[0]}: {value!r}, expected between {low} and {high}")


def learn(launcher, lrpot, folder):
    """Two cycles: the second exploration is longer than the first, the error falls."""
    for path in (HERE / "23_learn").iterdir():
        shutil.copy(path, folder)
    config = json.loads((HERE / "23_learn" / "learn.json").read_text())
    config["explore"][0], config["cycles"] = launcher, 2
    config["reference"][:3] = [lrpot, "eval", str(HERE / "data" / "rocksalt.json")]
    (pathlib.Path(folder) / "learn.json").write_text(json.dumps(config))
    program([sys.executable, "frames.py"], folder)
    for name in ("start", "valid"):
        program(
            [lrpot, "eval", config["reference"][2], f"{name}.plain.xyz", "-o", f"{name}.xyz"],
            folder,
        )
    done = subprocess.run(
        [lrpot, "learn", "learn.json"], cwd=folder, capture_output=True, text=True
    )
    if done.returncode != 4:
        raise AssertionError(f"lrpot learn ended with {done.returncode}: {done.stderr}")
    rows = json.loads((pathlib.Path(folder) / "learn" / "learn.json").read_text())["cycles"]
    errors = [row["valid_forces_rmse"] for row in rows]
    if not (len(rows) == 3 and rows[1]["halted"] and errors[2] < 0.5 * errors[0]):
        raise AssertionError(f"errors {errors}: expected to fall\n{done.stdout}")


def water_bands(launcher, lrpot, folder):
    """The program of the paper: four runs, and rows for each band in each field."""
    command = [sys.executable, str(HERE / "papers" / "paper4_latent.py"), "--spectra", "--short"]
    environment = {**os.environ, "LRPOT_LMP": launcher, "LRPOT": lrpot, "OMP_NUM_THREADS": "1"}
    given = {"cwd": folder, "env": environment, "text": True, "stdout": subprocess.PIPE}
    done = subprocess.run([*command, "--out", "results"], stderr=subprocess.STDOUT, **given)
    assert done.returncode == 0, done.stdout[-1500:]
    rows = [line for line in done.stdout.splitlines() if not line.startswith("$")]
    for ending, count in (("; lrpot ir", 4), ("-var field 0.0", 1), ("-var field 0.15", 9)):
        found = [row for row in rows if row.endswith(ending)]
        assert (
            len(found) == count
        ), f"{len(found)} of {count} rows '{ending}'\n{done.stdout[-1500:]}"


def ferroelectric(launcher, lrpot, folder):
    """Teacher and student are polar at 200 K, of the right size."""
    for path in (HERE / "28_ferroelectric").iterdir():
        shutil.copy(path, folder)
    text = program([sys.executable, "ferroelectric.py", lrpot, launcher, "--short"], folder)
    row = re.search(r"200 K +(\S+) \+- \S+ +\S+ +(\S+) \+-", text)
    if not all(5.0 < float(p) < 20.0 for p in row.groups()):
        raise AssertionError(f"ferroelectric.py: expected 5 to 20 uC/cm2 at 200 K\n{text}")


# Examples with a way of their own.
OWN = {"23_learn": learn, "28_ferroelectric": ferroelectric, "water_bands": water_bands}


def main():
    launcher, lrpot = (os.path.abspath(path) for path in sys.argv[1:3])
    tap = Tap()
    for name, *rest in [*RUNS, *((name,) for name in OWN)]:
        if len(sys.argv) > 3 and sys.argv[3] != name:
            continue
        if "water" in name and not DATA.exists():
            tap.skip(name, "no data folder water_rpbe_d3 in LRPOT_DATA")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                if name in OWN:
                    OWN[name](launcher, lrpot, folder)
                else:
                    short_run(launcher, lrpot, folder, name, *rest)
                tap.ok(True, name)
            except (
                AssertionError,
                AttributeError,
                IndexError,
                KeyError,
                OSError,
                ValueError,
            ) as problem:
                tap.ok(False, name, str(problem).splitlines())
    tap.done()


if __name__ == "__main__":
    main()
