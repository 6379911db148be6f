#!/usr/bin/env python3
"""Times the Coulomb sum of pair style lrpot beside LAMMPS' own coul/long + pppm: rock salt with charges of one electron, moved at random.

usage: bench/lammps_pppm.py BUILD [--cells N] [--ranks N,N] [--accuracy X,X] [--cutoff R] [--steps N]
For each accuracy asked for (as LAMMPS counts it, a fraction of the force of unit charges at 1 A) both sums run the same steps of NVE and are
compared with a sum a thousand times as accurate: RMS error of the forces over that asked for, time of a step, and the ratio of times.
The time of pair style lrpot holds that of its local layer, which here is a basis of one function with coefficient zero."""
import argparse
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "lammps"))
from hosts import Box, Hosts, dump, values

FORCE_AT_1A = 14.3996454784255  # eV/A between unit charges
OURS = "pair_style lrpot accuracy {eV!r}\npair_coeff * * fixed.json Na Cl"
THEIRS = "pair_style coul/long {cutoff}\npair_coeff * *\nkspace_style pppm {relative!r}"


def script(style, steps):
    return f"""units metal
atom_style charge
read_data box.data
set type 1 charge 1.0
set type 2 charge -1.0
{style}
neighbor 1.0 bin
thermo_modify norm no
dump d all custom 1000000 atoms.dump id fx fy fz
dump_modify d sort id format float %.17g
run 0
print "energy = $(pe:%.17g)"
undump d
timestep 0.0001
fix md all nve
run 5
run {steps}
"""


def measure(hosts, style, steps, ranks):
    text = hosts.lammps(script(style, steps), ranks)
    seconds = float(re.findall(r"^Loop time of (\S+)", text, re.M)[-1])
    return (
        values(text, "energy")[0],
        [row[1:] for row in dump(hosts.folder / "atoms.dump")],
        seconds / steps,
    )


def rms(forces, exact):
    return math.sqrt(
        sum((x - y) ** 2 for row, other in zip(forces, exact) for x, y in zip(row, other))
        / len(exact)
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cells", type=int, default=8, help="of 8 ions along each axis")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--accuracy", default="1e-4,1e-5")
    parser.add_argument("--cutoff", type=float, default=9.0, help="A, of coul/long")
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    box = Box((given.cells,) * 3, shift=0.15)
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(
            given.build / "bindings/lammps/lrpot-lmp",
            given.build / "tools/lrpot",
            shutil.which("mpirun"),
            folder,
        )
        shutil.copy(
            pathlib.Path(__file__).resolve().parents[1] / "examples/data/rocksalt.json", folder
        )
        subprocess.run([given.build / "tests/lammps/make_models", folder], check=True)
        box.write_data(hosts.folder / "box.data")
        print(f"{len(box.types)} ions, coul/long {given.cutoff} A")
        print(
            "asked (eV/A)  ranks  error/asked: lrpot  pppm   energy difference/|energy|  ms per step: lrpot    pppm  ratio"
        )
        for relative in [float(x) for x in given.accuracy.split(",")]:
            asked = relative * FORCE_AT_1A
            _, exact, _ = measure(hosts, OURS.format(eV=asked / 1000), 1, 1)
            for ranks in [int(n) for n in given.ranks.split(",")]:
                e1, f1, t1 = measure(hosts, OURS.format(eV=asked), given.steps, ranks)
                e2, f2, t2 = measure(
                    hosts, THEIRS.format(cutoff=given.cutoff, relative=relative), given.steps, ranks
                )
                print(
                    f"{asked:12.2e}  {ranks:5d}  {rms(f1, exact) / asked:18.2f} {rms(f2, exact) / asked:5.2f} {abs(e1 - e2) / abs(e1):27.1e}"
                    f"  {1e3 * t1:18.2f} {1e3 * t2:7.2f} {t1 / t2:6.2f}"
                )


if __name__ == "__main__":
    main()
