#!/bin/sh
# LAMMPS 29 Sep 2021 (Debian 20220106.git7586adbb6a+ds1-2+b2), kspace_modify slab with kspace_style
# ewald and pppm.
#
# Expected: in a slab (boundary p p f) each component of the pressure is minus the derivative of
# the printed energy by that length of the box, per volume.
# Seen: energy and forces hold the slab correction, E_s = 2 pi k M_z^2 / V with the dipole M_z across
# the slab and the volume V of the extended box. The pressure lacks its derivatives: pxx and pyy are
# too low and pzz is too high, each by E_s / V' with the volume V' that LAMMPS divides by. Without a
# dipole nothing is missing. The log has no warning.
# Consequence: lateral pressures, surface tensions and lateral box relaxations of polar slabs
# (electrolytes at electrodes, membranes, polar surfaces, water in a field) are off as M_z^2, while
# energies and forces are right.

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
STRETCH = 3.0  # of the box across the slab, inside LAMMPS
BOX = (20.0, 20.0, 20.0)
CHARGES = [1, 1, 1, 1, -1, -1, -1, -1]
random.seed(3)
POLAR = [[random.random(), random.random(), 0.3 + 0.4 * random.random()] for _ in range(8)]
# each charge and its opposite at the same height: no dipole across the slab
FLAT = [[x, y, POLAR[i % 4][2]] for i, (x, y, _) in enumerate(POLAR)]


def run(places, box, style, accuracy):
    with open("slab.data", "w") as out:
        out.write("ions\n\n8 atoms\n1 atom types\n\n")
        for a, length in zip("xyz", box):
            out.write(f"0 {length:.12f} {a}lo {a}hi\n")
        out.write("\nMasses\n\n1 1.0\n\nAtoms # charge\n\n")
        for i, (place, q) in enumerate(zip(places, CHARGES)):
            x, y, z = (length * s for length, s in zip(box, place))
            out.write(f"{i + 1} 1 {q} {x:.12f} {y:.12f} {z:.12f}\n")
    with open("in.slab", "w") as out:
        out.write(
            "units metal\natom_style charge\nboundary p p f\nread_data slab.data\n"
            "pair_style coul/long 8.0\npair_coeff * *\npair_modify table 0\n"
            f"kspace_style {style} {accuracy}\nkspace_modify slab {STRETCH}\n"
            "thermo_style custom pe vol pxx pyy pzz\n"
            "thermo_modify format float %.10f\nrun 0\n"
        )
    text = subprocess.run(["lmp", "-in", "in.slab"], capture_output=True, text=True).stdout
    values = [float(x) for x in re.search(r"PotEng.*\n(.*)\n", text).group(1).split()]
    return values, re.search(r"LAMMPS \(.*\)", text).group(0)


def compare(name, places, style, accuracy, step=1e-3):
    """Largest deviation of pressure + slope from the term that is missing, and that term, in bar."""
    (_, volume, *pressure), version = run(places, BOX, style, accuracy)
    dipole = sum(q * place[2] * BOX[2] for q, place in zip(CHARGES, places))
    energy = 2 * math.pi * COULOMB * dipole**2 / (math.prod(BOX) * STRETCH)
    missing = energy / volume * BAR
    worst = 0.0
    for axis, sign in enumerate((-1, -1, 1)):
        high, low = list(BOX), list(BOX)
        high[axis] *= 1 + step
        low[axis] *= 1 - step
        difference = run(places, high, style, accuracy)[0][0]
        difference -= run(places, low, style, accuracy)[0][0]
        slope = -difference / (2 * step * volume) * BAR
        print(
            f"{name:6} {style:6} p{'xyz'[axis] * 2} {pressure[axis]:10.3f}  -dE/de/V {slope:10.3f}"
            f"  difference {pressure[axis] - slope:9.3f}  E_s/V' {missing:8.3f} bar"
        )
        worst = max(worst, abs(pressure[axis] - slope - sign * missing))
    return worst, missing, version


same = True
for style, accuracy in (("ewald", "1e-8"), ("pppm", "1e-7")):
    worst, _, version = compare("flat", FLAT, style, accuracy)
    same &= worst < 0.3
    worst, missing, version = compare("polar", POLAR, style, accuracy)
    same &= worst < 0.3 and missing > 100
print(version)
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py
