#!/bin/sh
# LAMMPS 29 Sep 2021 (Debian 20220106.git7586adbb6a+ds1-2+b2), kspace_style ewald and pppm.
#
# Expected: the pressure of a periodic box is -dE/dV of the energy that the same run prints, and
# does not depend on how the Ewald sum is split.
# Seen: with a net charge Q the energy holds the neutralising background, -pi k Q^2 / (2 g^2 V), but
# the pressure lacks its volume derivative, -pi k Q^2 / (2 g^2 V^2). The pressure is too high, and
# it moves when only `kspace_style ... accuracy` or the cutoff changes, since both change g.
# The log warns of the net charge. It does not say that energy and pressure disagree.
# Consequence: constant-pressure runs, equations of state and stress labels of charged cells (ions,
# charged defects) carry an offset that grows as Q^2 and differs between settings; energies do not.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch lammps=20220106.git7586adbb6a+ds1-2+b2 liblammps0=20220106.git7586adbb6a+ds1-2+b2
cd "$tmp/run"
cat >check.py <<'END'
import math
import random
import re
import subprocess

COULOMB = 14.399645  # eV A
BAR = 1.6021766e6  # bar in 1 eV/A^3
random.seed(7)
PLACES = [[random.random() for _ in range(3)] for _ in range(8)]


def run(charges, edge, style, accuracy):
    with open("box.data", "w") as out:
        out.write("ions\n\n8 atoms\n1 atom types\n\n")
        for a in "xyz":
            out.write(f"0 {edge:.12f} {a}lo {a}hi\n")
        out.write("\nMasses\n\n1 1.0\n\nAtoms # charge\n\n")
        for i, (place, q) in enumerate(zip(PLACES, charges)):
            x, y, z = (edge * s for s in place)
            out.write(f"{i + 1} 1 {q} {x:.12f} {y:.12f} {z:.12f}\n")
    with open("in.box", "w") as out:
        out.write(
            "units metal\natom_style charge\nread_data box.data\n"
            "pair_style coul/long 8.0\npair_coeff * *\npair_modify table 0\n"
            f"kspace_style {style} {accuracy}\nthermo_style custom pe press\n"
            "thermo_modify format float %.10f\nrun 0\n"
        )
    text = subprocess.run(["lmp", "-in", "in.box"], capture_output=True, text=True).stdout
    energy, pressure = re.search(r"PotEng.*\n\s*(\S+)\s+(\S+)", text).groups()
    split = re.search(r"G vector \(1/distance\) = (\S+)", text).group(1)
    version = re.search(r"LAMMPS \(.*\)", text).group(0)
    return float(energy), float(pressure), float(split), version


def compare(charges, style, accuracy, edge=20.0, step=1e-3):
    volume = edge**3
    _, pressure, split, version = run(charges, edge, style, accuracy)
    high = run(charges, (volume * (1 + step)) ** (1 / 3), style, accuracy)[0]
    low = run(charges, (volume * (1 - step)) ** (1 / 3), style, accuracy)[0]
    slope = -(high - low) / (2 * step * volume) * BAR
    missing = math.pi * COULOMB * sum(charges) ** 2 / (2 * (split * volume) ** 2) * BAR
    print(
        f"{style:6} accuracy {accuracy:5} Q {sum(charges):2}  P {pressure:9.3f}"
        f"  -dE/dV {slope:9.3f}  difference {pressure - slope:7.3f}"
        f"  pi k Q^2/(2 g^2 V^2) {missing:7.3f} bar"
    )
    return pressure, slope, missing, version


neutral = [1, 1, 1, 1, -1, -1, -1, -1]
charged = [1, 1, 1, 1, 1, -1, -1, -1]
same = True
pressures = []
for style, accuracy in (("ewald", "1e-8"), ("ewald", "1e-5"), ("pppm", "1e-8")):
    pressure, slope, _, version = compare(neutral, style, accuracy)
    same &= abs(pressure - slope) < 0.3
    pressure, slope, missing, version = compare(charged, style, accuracy)
    same &= missing > 5 and abs(pressure - slope - missing) < 0.3
    pressures.append(pressure)
print(f"{version}: P of one charged box at two accuracies:"
      f" {pressures[0]:.3f}, {pressures[1]:.3f} bar")
same &= abs(pressures[0] - pressures[1]) > 3
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py
