#!/bin/sh
# A model of water from first-principles energies, forces and Born charges, and a start for the dynamics.
# Usage: fit.sh DATA.xyz        leaves water.model and water.data; ITERATIONS=25 THREADS=2 LRPOT=lrpot
set -eu
[ -r "${1:?usage: fit.sh DATA.xyz}" ] || { echo "fit.sh: $1 cannot be read" >&2; exit 3; }
# Exit code 4: the iterations were used up, and the model is written.
"${LRPOT:-lrpot}" fit "$1" --charges edqrd --level "${LEVEL:-10}" --cutoff 4.5 --charge-level "${CHARGE_LEVEL:-6}" --charge-cutoff 4.5 --targets energy,forces,bec \
    --starts 1 --max-iterations "${ITERATIONS:-25}" --threads "${THREADS:-2}" -o water.model || [ $? -eq 4 ]
# The first frame as LAMMPS reads it: a cube, species and positions in the first four columns.
awk 'NR == 1 { n = $1 }
     NR == 2 { split($0, part, "\""); split(part[2], cell, " ")
               printf "first frame of the data\n\n%d atoms\n2 atom types\n0 %s xlo xhi\n0 %s ylo yhi\n0 %s zlo zhi\n\nAtoms\n\n", n, cell[1], cell[5], cell[9] }
     NR > 2 && NR <= n + 2 { print NR - 2, ($1 == "O" ? 1 : 2), 0, $2, $3, $4 }' "$1" > water.data
