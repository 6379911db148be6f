#!/bin/sh
# LAMMPS 29 Sep 2021 (Debian 20220106.git7586adbb6a+ds1-2+b2) writes, ASE 3.22.1 (Debian
# 3.22.1-3+deb12u1) reads a text dump with scaled coordinates (xs ys zs, the columns of
# `dump ... atom`).
#
# Expected: the dumps `x y z` and `xs ys zs` of one run hold the same atoms at the same places.
# Seen: from x y z ASE takes the places as they are. From xs ys zs it multiplies with the cell and
# leaves the lower corner of the box out, although it stores that corner (get_celldisp). All atoms
# are shifted by -corner. Distances within a frame are right, so the error is easy to miss.
# Consequence: LAMMPS changes a box about its middle, so under constant pressure or fix deform the
# corner moves, and the shift differs from frame to frame. An atom that rests appears to drift:
# mean square displacements, velocities by differences, and dipoles of charged cells from scaled
# dumps are wrong, and frames from both kinds of dump do not superpose.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch lammps=20220106.git7586adbb6a+ds1-2+b2 liblammps0=20220106.git7586adbb6a+ds1-2+b2 \
    python3-ase=3.22.1-3+deb12u1
cd "$tmp/run"
cat >in.box <<'END'
units metal
atom_style atomic
region box block -4 4 -4 4 -4 4
create_box 1 box
create_atoms 1 single 0 0 0
create_atoms 1 single 1 0.5 0
mass 1 20
pair_style zero 3
pair_coeff * *
dump absolute all custom 1 absolute.dump id type x y z
dump scaled all custom 1 scaled.dump id type xs ys zs
dump_modify absolute sort id format float %.10f
dump_modify scaled sort id format float %.10f
fix box all deform 1 x final -4.4 4.4 y final -4.4 4.4 z final -4.4 4.4 remap x
run 2
END
lmp -in in.box | grep -m1 '^LAMMPS'
cat >check.py <<'END'
import ase
import numpy as np
from ase.io import read

print("ASE", ase.__version__)
absolute = read("absolute.dump", ":", format="lammps-dump-text")
scaled = read("scaled.dump", ":", format="lammps-dump-text")
same = len(absolute) == len(scaled) == 3
for step, (a, s) in enumerate(zip(absolute, scaled)):
    corner = s.get_celldisp().ravel()
    shift = s.positions - a.positions
    print(
        f"step {step}: corner {corner[0]:.2f}; atom 1 from x y z {a.positions[0]},"
        f" from xs ys zs {s.positions[0]}; separation {a.get_distance(0, 1):.4f}"
        f" and {s.get_distance(0, 1):.4f} A"
    )
    same &= np.allclose(shift, -corner) and abs(corner[0]) > 3.9
    same &= abs(a.get_distance(0, 1) - s.get_distance(0, 1)) < 1e-8
drift = [np.linalg.norm(f[-1].positions[0] - f[0].positions[0]) for f in (absolute, scaled)]
print(f"displacement of atom 1, which rests at the origin: {drift[0]:.4f} and {drift[1]:.4f} A")
same &= drift[0] < 1e-8 and drift[1] > 0.5
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py
