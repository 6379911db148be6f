#!/usr/bin/env python3
"""What a field costs in LAMMPS: processor time of a step of pair style lrpot with `field` (forces
by the Born charges of the model) over that of a step without, in turns.

usage: bench/lammps_field.py BUILD MODEL.lrp [--cells 8] [--steps 300] [--repeat 5] [--accuracy X]
MODEL: of Na and Cl, such as nacl-results/edqrd.model-1 of ./run nacl. The least of all runs counts,
since other work on the machine makes them longer."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SCRIPT = """units metal
atom_style charge
newton on
lattice custom 5.605 a1 1 0 0 a2 0 1 0 a3 0 0 1 &
    basis 0 0 0 basis 0 0.5 0.5 basis 0.5 0 0.5 basis 0.5 0.5 0 &
    basis 0.5 0.5 0.5 basis 0.5 0 0 basis 0 0.5 0 basis 0 0 0.5
region box block 0 {cells} 0 {cells} 0 {cells}
create_box 2 box
create_atoms 1 box basis 5 2 basis 6 2 basis 7 2 basis 8 2
mass 1 22.98976928
mass 2 35.45
pair_style lrpot accuracy {accuracy}{field}
pair_coeff * * {model} Na Cl
velocity all create 600 20260 loop geom mom yes dist gaussian
timestep 0.001
fix move all nve
thermo {steps}
run {steps}
"""


def seconds(given, steps, field, folder):
    """Processor time of a run."""
    text = SCRIPT.format(
        cells=given.cells, accuracy=given.accuracy, field=field, model=given.model, steps=steps
    )
    (folder / "in.lmp").write_text(text)
    before = os.times()
    command = [given.build / "bindings" / "lammps" / "lrpot-lmp", "-in", "in.lmp", "-log", "none"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-1000:])
    after = os.times()
    return after.children_user - before.children_user


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--accuracy", type=float, default=1e-3)
    given = parser.parse_args()
    given.build, given.model = given.build.resolve(), given.model.resolve()
    least = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(given.repeat):
            for field in ("", " field 0 0 0.01"):
                # What the start costs is taken off.
                start, whole = (
                    seconds(given, steps, field, pathlib.Path(folder)) for steps in (1, given.steps)
                )
                cost = (whole - start) / (given.steps - 1)
                least[field] = min(least.get(field, cost), cost)
    plain, acted = least.values()
    atoms = 8 * given.cells**3
    print(f"{atoms} atoms, accuracy {given.accuracy} eV/A, least of {given.repeat}")
    print(f"without field {1e6 * plain / atoms:.3f} us per atom and step")
    print(
        f"with field    {1e6 * acted / atoms:.3f} us per atom and step, {acted / plain:.3f} times"
    )


if __name__ == "__main__":
    main()
