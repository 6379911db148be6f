#!/bin/sh
# Quantum ESPRESSO 6.7 (Debian 6.7-2+b1), pw.x with calculation = 'md': PREFIX.xml, the same as
# PREFIX.save/data-file-schema.xml.
#
# Expected: the element `output` describes one state: energy and forces belong to the positions
# that stand beside them, as they do after an scf run.
# Seen: after the last step pw.x moves the atoms once more. `output` has the energy and forces of
# the last step, and the structure of the step that would come next. The elements `step` are
# consistent. Exit code and messages are those of success.
# Consequence: a reader that takes `output`, as one does for scf, gets a wrong pair of structure
# and forces. Sets for fitting potentials that are collected from many short runs hold one such
# frame for each run. The error is that of one time step: small, and nothing else shows it.
# Take structure, energy and forces from the last `step`.

set -eu
here=$(dirname "$0")
# shellcheck source=findings/packages.sh
. "$here/packages.sh"
fetch quantum-espresso=6.7-2+b1 quantum-espresso-data=6.7-2
cd "$tmp/run"
cat >check.py <<'END'
import subprocess
import sys
import xml.etree.ElementTree as tree

import numpy as np

PSEUDO = sys.argv[1]
START = np.array([[0.0, 0.0, 0.0], [2.502, 2.779, 2.909]])


def run(name, calculation, places):
    atoms = "\n".join(
        f"  {s} {x:.14f} {y:.14f} {z:.14f}" for s, (x, y, z) in zip(("Al", "As"), places)
    )
    with open(f"{name}.in", "w") as out:
        out.write(f"""&control
  calculation = '{calculation}', prefix = '{name}', outdir = './out', pseudo_dir = '{PSEUDO}'
  nstep = 3, dt = 60, tprnfor = .true.
/
&system
  ibrav = 0, nat = 2, ntyp = 2, ecutwfc = 10, nosym = .true.
/
&electrons
  conv_thr = 1e-11
/
&ions
/
ATOMIC_SPECIES
  Al 26.98 Al.pz-vbc.UPF
  As 74.92 As.pz-bhs.UPF
CELL_PARAMETERS bohr
  0.00 5.29 5.40
  5.37 0.11 5.37
  5.52 5.29 0.00
ATOMIC_POSITIONS bohr
{atoms}
K_POINTS automatic
  2 2 2 1 1 1
""")
    done = subprocess.run(["pw.x", "-in", f"{name}.in"], capture_output=True, text=True)
    version = next(line for line in done.stdout.splitlines() if "Program PWSCF" in line)
    return tree.parse(f"out/{name}.xml").getroot(), version.split(" starts")[0].strip(), done


def state(element):
    places = [[float(w) for w in atom.text.split()] for atom in element.iter("atom")]
    forces = [float(w) for w in element.find("forces").text.split()]
    energy = float(element.find("total_energy/etot").text)
    return np.array(places), energy, np.array(forces).reshape(-1, 3)


root, version, done = run("md", "md", START)
print(version, "- exit code of the md run:", done.returncode)
step_places, step_energy, step_forces = state(root.findall("step")[-1])
out_places, out_energy, out_forces = state(root.find("output"))
print(f"last step: z of As {step_places[1, 2]:.6f} bohr, energy {step_energy:.8f} Ha")
print(f"output:    z of As {out_places[1, 2]:.6f} bohr, energy {out_energy:.8f} Ha")
_, energy_at_step, forces_at_step = state(run("a", "scf", step_places)[0].find("output"))
_, energy_at_output, forces_at_output = state(run("b", "scf", out_places)[0].find("output"))
print(f"scf at the structure of the last step: energy {energy_at_step:.8f} Ha,"
      f" forces off by {abs(forces_at_step - out_forces).max():.1e} Ha/bohr")
print(f"scf at the structure of output:        energy {energy_at_output:.8f} Ha,"
      f" forces off by {abs(forces_at_output - out_forces).max():.1e} Ha/bohr")
same = (
    done.returncode == 0
    and out_energy == step_energy
    and (out_forces == step_forces).all()
    and abs(energy_at_step - out_energy) < 1e-7
    and abs(forces_at_step - out_forces).max() < 1e-5
    and abs(energy_at_output - out_energy) > 1e-4
    and abs(forces_at_output - out_forces).max() > 1e-4
)
print("behaviour as recorded" if same else "behaviour has changed")
raise SystemExit(0 if same else 1)
END
/usr/bin/python3 check.py "$root/usr/share/espresso/pseudo"
