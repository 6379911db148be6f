#!/bin/sh
# GROMACS 2022.5 (Debian 2022.5-2), double precision, coulombtype = PME.
#
# Expected: for ions at rest the pressure of a periodic box is -dE/dV of the energy that the same
# run writes, for any net charge, and does not depend on ewald-rtol.
# Seen: with a net charge Q the energy holds the neutralising background, -pi k Q^2 / (2 a^2 V), and
# does not depend on the splitting parameter a. The pressure should hold -pi k Q^2 / (2 a^2 V^2).
# It holds a quarter of that: it is too high by three quarters of the term, for each Q and a.
# grompp notes that a net charge can give artefacts. It does not name the pressure, nor that the
# result depends on ewald-rtol and rcoulomb. The energy looks right in the usual test of the split.
# Consequence: pressure coupling of charged boxes aims at a pressure that is off by an amount
# growing as Q^2 / V^2. The offset is some bar for single ions in boxes of 2 nm.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch gromacs=2022.5-2 gromacs-data=2022.5-2 libgromacs7=2022.5-2
cd "$tmp/run"
cat >check.py <<'END'
import math
import os
import random
import re
import subprocess

COULOMB = 138.935458  # kJ nm / (mol e^2)
BAR = 16.6053907  # bar in 1 kJ/(mol nm^3)
CUTOFF = 0.9
random.seed(7)
PLACES = [[random.random() for _ in range(3)] for _ in range(8)]
# The masses keep the ions at rest, so that the pressure has no kinetic part.
TOPOLOGY = """[ defaults ]
1 1 no 1.0 1.0
[ atomtypes ]
P 1.0 1.0 A 0 0
N 1.0 -1.0 A 0 0
[ moleculetype ]
P 0
[ atoms ]
1 P 1 P P 1 1.0 1e7
[ moleculetype ]
N 0
[ atoms ]
1 N 1 N N 1 -1.0 1e7
[ system ]
ions
[ molecules ]
"""
SETTINGS = """integrator = md
nsteps = 0
continuation = yes
comm-mode = none
coulombtype = PME
rcoulomb = {0}
rvdw = {0}
rlist = {0}
verlet-buffer-tolerance = -1
fourierspacing = 0.03
pme-order = 8
nstenergy = 1
nstcalcenergy = 1
ewald-rtol = {1}
"""


def call(*words, text=None):
    done = subprocess.run(("gmx_d",) + words, input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout + done.stderr


def run(positive, edge, rtol):
    for name in os.listdir("."):
        if name.startswith("box."):
            os.remove(name)
    with open("box.top", "w") as out:
        out.write(TOPOLOGY + f"P {positive}\nN {8 - positive}\n")
    with open("box.mdp", "w") as out:
        out.write(SETTINGS.format(CUTOFF, rtol))
    with open("box.gro", "w") as out:
        out.write("ions\n8\n")
        for i, place in enumerate(PLACES):
            name = "P" if i < positive else "N"
            x = "".join(f"{edge * s:16.11f}" for s in place)
            out.write(f"{i + 1:5d}{name:<5}{name:>5}{i + 1:5d}{x}\n")
        out.write(f"{edge:16.11f}" * 3 + "\n")
    call("grompp", "-f", "box.mdp", "-c", "box.gro", "-p", "box.top", "-o", "box.tpr",
         "-po", "box.out.mdp", "-maxwarn", "2")
    log = call("mdrun", "-s", "box.tpr", "-deffnm", "box", "-nt", "1")
    call("energy", "-f", "box.edr", "-o", "box.xvg", "-dp", text="Potential\nPressure\n\n")
    rows = [line.split() for line in open("box.xvg") if line[0] not in "#@"]
    version = re.search(r"GROMACS - gmx mdrun, (\S+)", log).group(1)
    return float(rows[0][1]), float(rows[0][2]), version


def splitting(rtol):
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if math.erfc(middle * CUTOFF) > rtol else (low, middle)
    return low


same = True
pressures = {}
for positive, rtol in ((4, 1e-7), (5, 1e-5), (5, 1e-7), (6, 1e-7)):
    charge, edge, step = 2 * positive - 8, 2.0, 1e-3
    volume = edge**3
    energy, pressure, version = run(positive, edge, rtol)
    high = run(positive, (volume * (1 + step)) ** (1 / 3), rtol)[0]
    low = run(positive, (volume * (1 - step)) ** (1 / 3), rtol)[0]
    slope = -(high - low) / (2 * step * volume) * BAR
    whole = math.pi * COULOMB * (charge / (splitting(rtol) * volume)) ** 2 / 2 * BAR
    print(
        f"Q {charge} ewald-rtol {rtol:.0e}  E {energy:10.3f} kJ/mol  P {pressure:9.3f}"
        f"  -dE/dV {slope:9.3f}  difference {pressure - slope:7.3f}"
        f"  3/4 of pi k Q^2/(2 a^2 V^2) {0.75 * whole:7.3f} bar"
    )
    same &= abs(pressure - slope - 0.75 * whole) < 0.05 and (charge == 0 or whole > 5)
    pressures[charge, rtol] = pressure
print(f"GROMACS {version}: P of one charged box with two values of ewald-rtol:"
      f" {pressures[2, 1e-5]:.3f}, {pressures[2, 1e-7]:.3f} bar")
same &= abs(pressures[2, 1e-5] - pressures[2, 1e-7]) > 3
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py
