#!/bin/sh
# Quantum ESPRESSO 6.7 (Debian 6.7-2+b1), ph.x with epsil: Born effective charges.
#
# Expected: the 3x3 block of an atom in the XML file of dynamical matrices (fildyn ending in .xml)
# reads like the block that ph.x prints: rows Ex Ey Ez (field), columns x y z (displacement).
# Seen: each line of a Z_AT_ element in the XML is one displacement, its columns are the fields. A
# reader that takes lines as rows gets the transpose of the printed table. The text form of the
# same file (fildyn without .xml) has the order of the print-out. No attribute tells of the order.
# Consequence: the mean and the diagonal are right, and cubic crystals show nothing. At sites of
# low symmetry the antisymmetric part has the wrong sign, so the LO modes, infrared intensities and
# fits to these charges are wrong. A sum over the atoms that is zero stays zero, so it is no check.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch quantum-espresso=6.7-2+b1 quantum-espresso-data=6.7-2
cd "$tmp/run"
cat >scf.in <<END
&control
  calculation = 'scf', prefix = 'x', outdir = './out'
  pseudo_dir = '$root/usr/share/espresso/pseudo'
/
&system
  ibrav = 0, nat = 2, ntyp = 2, ecutwfc = 10
/
&electrons
  conv_thr = 1e-12
/
ATOMIC_SPECIES
  Al 26.98 Al.pz-vbc.UPF
  As 74.92 As.pz-bhs.UPF
CELL_PARAMETERS angstrom
  0.00 2.80 2.86
  2.84 0.06 2.84
  2.92 2.80 0.00
ATOMIC_POSITIONS crystal
  Al 0.00 0.00 0.00
  As 0.27 0.24 0.23
K_POINTS automatic
  2 2 2 1 1 1
END
for file in dyn dyn.xml; do
    cat >"$file.in" <<END
phonons at the zone centre
&inputph
  prefix = 'x', outdir = './out', fildyn = '$file', epsil = .true., trans = .true., tr2_ph = 1e-14
/
0 0 0
END
    pw.x -in scf.in >scf.out 2>&1
    ph.x -in "$file.in" >"$file.out" 2>&1
done
grep -m1 -o 'PHONON v[^ ]*' dyn.out
cat >check.py <<'END'
import re
import xml.etree.ElementTree as tree

import numpy as np


def numbers(text):
    return [float(w) for w in re.findall(r"-?\d+\.\d+(?:[Ee][-+]\d+)?", text)]


printed_text = open("dyn.xml.out").read().split("Effective charges (d Force / dE)")[1]
lines = re.findall(r"E[xyz] +\((.*)\)", printed_text)[:6]
printed = np.array([numbers(line) for line in lines]).reshape(2, 3, 3)
block = open("dyn").read().split("Effective Charges E-U")[1].split("Diagonalizing")[0]
text = np.array([numbers(line) for line in block.splitlines() if len(numbers(line)) == 3])
text = text.reshape(2, 3, 3)
root = tree.parse("dyn.xml").getroot()
stored = [numbers(root.find(f".//Z_AT_.{i}").text) for i in (1, 2)]
stored = np.array(stored).reshape(2, 3, 3)

print("Z of Al as printed, rows Ex Ey Ez:\n", printed[0])
print("in the text file:\n", text[0])
print("in the XML file, lines as rows:\n", stored[0])
straight = abs(stored - printed).max()
turned = abs(stored.transpose(0, 2, 1) - printed).max()
print(f"largest difference XML - print {straight:.5f}, transposed {turned:.5f} e;"
      f" text - print {abs(text - printed).max():.5f} e")
same = straight > 0.01 and turned < 2e-5 and abs(text - printed).max() < 2e-5
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py
