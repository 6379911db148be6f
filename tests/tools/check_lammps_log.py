#!/usr/bin/env python3
"""eps, ir, conductivity and loop on the log of LAMMPS and the file of `fix ave/time`: the same
results as with every option given, from logs in LAMMPS' own words.
usage: check_lammps_log.py LRPOT"""
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
holder = tempfile.TemporaryDirectory(prefix="lrpot-log-")
folder = pathlib.Path(holder.name)
(folder / "run").mkdir()
HEAD = """LAMMPS (29 Sep 2021 - Update 2)
units metal
Created orthogonal box = (0.0000000 0.0000000 0.0000000) to (10.000000 10.000000 10.000000)
replicate 2 1 1
  orthogonal box = (0.0000000 0.0000000 0.0000000) to (20.000000 10.000000 10.000000)
timestep ${dt}
timestep 0.002
fix bath all langevin 3000 3000 0.1 4711
run 200
Step Temp PotEng Press
       0         3000   -113.00623   -12551.833
     200    2858.8765   -96.002473   14095.64
Loop time of 0.09 on 1 procs for 200 steps with 64 atoms
unfix bath
"""
FIX = "fix out all ave/time 2 1 2 {} file series.txt\n"
TAIL = """run 400
Step Temp PotEng Press{extra}
       0         1490   -113.00623   -12551.833{first}
     400         1530   -96.002473   14095.64{last}
Loop time of 0.09 on 1 procs for 400 steps with 64 atoms
"""


def run(*words):
    return subprocess.run(
        [lrpot, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=120
    )


def series(n, correlated=0.8, bound=False):
    """Currents with a short memory, or dipoles of a damped oscillator."""
    noise = random.Random(5)
    rows = [[0.0] * 3, [0.0] * 3]
    for _ in range(n):
        if bound:
            rows.append([1.8 * b - 0.9 * a + noise.gauss(0, 1) for a, b in zip(*rows[-2:])])
        else:
            rows.append([correlated * x + noise.gauss(0, 9) for x in rows[-1]])
    return rows[2:]


def write(names, rows, log, every=2):
    lines = [f"{every * k} " + " ".join(f"{x:.8g}" for x in row) for k, row in enumerate(rows)]
    (folder / "run/series.txt").write_text(
        f"# Time-averaged data for fix out\n# TimeStep {names}\n" + "\n".join(lines) + "\n"
    )
    (folder / "run/log.lammps").write_text(log)


def log_of(values, before="fix move all nvt temp 1500 1500 0.2\n", **columns):
    columns = {"extra": "", "first": "", "last": "", **columns}
    return (
        HEAD + before + "reset_timestep 0\ncompute d all lrpot\ncompute b all lrpot born\n"
        + FIX.format(values)
        + TAIL.format(**columns)
    )  # fmt: skip


def same(fact, words, options, exit_code=0):
    told = run(*words, "--lammps", "run/log.lammps", "--json")
    given = run(words[0], "run/series.txt", *words[1:], *options, "--json")
    tap.ok(
        told.returncode == given.returncode == exit_code and told.stdout == given.stdout,
        fact,
        [told.returncode, told.stderr, given.returncode, given.stderr],
    )
    return told


currents, dipoles = series(20000), series(20000, bound=True)
J, M = "c_d[5] c_d[6] c_d[7]", "c_d[2] c_d[3] c_d[4]"
GIVEN = ["--step", 4, "--volume", 2000]
CURRENT = ["--kind", "current", "--scale", 0.001]
write(J, currents, log_of(J))
told = same(
    "conductivity_by_the_log",
    ["conductivity"],
    [*GIVEN, *CURRENT, "--columns", "2,3,4", "-T", 1500],
)
tap.ok("1500 K, of the thermostat" in told.stderr, "the_temperature_is_told", [told.stderr])
same("ir_by_the_log", ["ir"], [*GIVEN, *CURRENT, "--columns", "2,3,4", "-T", 1500])
H = "c_d[1] c_d[2] c_d[3]"
write(H, currents, log_of(H).replace("compute d all lrpot\n", "compute d all lrpot/heatflux\n"))
same(
    "thermal_conductivity_by_the_log",
    ["conductivity", "--heat"],
    [*GIVEN, "--scale", 0.001, "--columns", "2,3,4", "-T", 1500],
)
write(H, currents, log_of(H))
told = run("conductivity", "--heat", "--lammps", "run/log.lammps")
tap.ok(
    told.returncode == 3 and "no 'compute ID all lrpot/heatflux'" in told.stderr,
    "a_dipole_is_no_heat_flux",
    [told.stderr],
)
write(M, dipoles, log_of(M))
same("eps_by_the_log", ["eps"], [*GIVEN, "--kind", "dipole", "--columns", "2,3,4", "-T", 1500])
both = [m + j for m, j in zip(dipoles, currents)]
write(f"{M} {J}", both, log_of(f"{M} {J}"))
same(
    "eps_takes_the_dipole_of_both",
    ["eps"],
    [*GIVEN, "--kind", "dipole", "--columns", "2,3,4", "-T", 1500],
)
same("ir_takes_the_current", ["ir"], [*GIVEN, *CURRENT, "--columns", "5,6,7", "-T", 1500])
# operands and options win over the log
told = run("eps", "run/series.txt", "--lammps", "run/log.lammps", "-V", 1000, "-T", 300, "--json")
given = run("eps", "run/series.txt", "--columns", "1,2,3,4", "--kind", "dipole", "--step", 4,
            "-V", 1000, "-T", 300, "--json")  # fmt: skip
tap.ok(told.stdout == given.stdout and told.stdout, "options_win", [told.stderr, given.stderr])
# without a thermostat of one temperature the mean of the thermo output counts
write(M, dipoles, log_of(M, before="fix move all nve\n"))
told = run("eps", "--lammps", "run/log.lammps")
tap.ok("1510 K, mean of the log" in told.stderr, "mean_temperature", [told.stderr])
write(M, dipoles, log_of(M, before="fix b all langevin 300 1500 0.1 1\n"))
told = run("eps", "--lammps", "run/log.lammps")
tap.ok("1510 K, mean of the log" in told.stderr, "a_ramp_is_no_temperature", [told.stderr])
# a box that changes
npt = "fix move all npt temp 1500 1500 0.2 iso 0 0 1\n"
write(M, dipoles, log_of(M, before=npt))
told = run("eps", "--lammps", "run/log.lammps")
tap.ok(
    told.returncode == 3 and "--volume" in told.stderr, "a_moving_box_needs_a_column", [told.stderr]
)
write(M, dipoles, log_of(M, before=npt, extra=" Volume", first=" 1990", last=" 2030"))
told = run("eps", "--lammps", "run/log.lammps")
tap.ok("V = 2010 A^3" in told.stderr, "the_mean_volume_of_the_thermo_output", [told.stderr])
# what is wrong is said
for fact, log, words in (
    ("no_lrpot", log_of(M).replace("all lrpot\n", "all temp\n"), "no 'compute ID all lrpot'"),
    ("other_file", log_of(M).replace("series.txt", "other.txt"), "writes c_d[...] to series.txt"),
    ("other_units", log_of(M).replace("units metal", "units real"), "units 'real', expected metal"),
    (
        "changing_step",
        log_of(M) + "timestep 0.001\nrun 10\n",
        "the time step changes from 2 to 1 fs",
    ),
):
    write(M, dipoles, log)
    told = run("eps", "run/series.txt", "--lammps", "run/log.lammps")
    tap.ok(told.returncode == 3 and words in told.stderr, f"{fact}_is_refused", [told.stderr])
write("c_d[8]", [[x[0]] for x in dipoles], log_of("c_d[8]"))
told = run("eps", "--lammps", "run/log.lammps")
tap.ok("has neither c_d[2] to c_d[4]" in told.stderr, "other_components", [told.stderr])
told = run("eps")
tap.ok(told.returncode == 2 and "--lammps LOG" in told.stderr, "nothing_to_read", [told.stderr])
write(M, dipoles, log_of(M))
told = run("eps", "--lammps", "run/log.lammps", "-o", "run/series.txt")
tap.ok(told.returncode == 2, "the_file_of_the_log_is_no_output", [told.stderr])
# loops
fields = [*range(0, 10), *range(10, -10, -1), *range(-10, 11)]
noise = random.Random(3)
rows = [
    [0.01 * e, 20 * (0.001 * e + (0.01 if k < 25 or k >= 45 else -0.01)) + noise.gauss(0, 0.01)]
    for k, e in enumerate(fields)
    for _ in range(20)
]
write("v_field c_d[4]", rows, log_of("v_field c_d[4]"))
same("loop_by_the_log", ["loop"], ["--columns", "2,3", "--volume", 2000])
swapped = [[p, e] for e, p in rows]
write("c_d[4] c_d[11]", swapped, log_of("c_d[4] c_d[11]"))
same("the_field_of_the_compute", ["loop"], ["--columns", "3,2", "--volume", 2000])
write(f"v_field {M}", [[r[0], *r[1:], 0, 0] for r in rows], log_of(f"v_field {M}"))
told = run("loop", "--lammps", "run/log.lammps")
tap.ok("expected one" in told.stderr, "three_components_are_a_question", [told.stderr])
tap.done()
