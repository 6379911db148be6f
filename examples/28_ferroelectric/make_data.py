#!/usr/bin/env python3
"""Frames of the teacher, polar, paraelectric and while it turns round, in cells of several shapes.

usage: make_data.py LRPOT_LMP [FRAMES]      writes train.xyz, valid.xyz, centred.xyz"""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BAR = 6.241509e-7  # eV/A^3
SYMBOLS = {"1": "Ca", "2": "S"}
# Temperature (K), largest field (V/A), lattice constants a and c (A).
STATES = [
    (100, 0.1, 5.3, 6.3),
    (200, 0.2, 5.3, 6.3),
    (300, 0.2, 5.3, 6.3),
    (400, 0.15, 5.3, 6.3),
    (600, 0.1, 5.3, 6.3),
    (800, 0.0, 5.3, 6.3),
    (1000, 0.1, 5.3, 6.3),
    (200, 0.2, 5.2, 6.3),
    (400, 0.2, 5.4, 6.4),
    (600, 0.1, 5.3, 6.1),
]


def sample(lammps, folder, state, number, frames):
    """Runs in.sample; energies with stresses, and blocks of the dump."""
    words = {"T": state[0], "highest": state[1], "a": state[2], "c": state[3]}
    words.update(out=pathlib.Path(folder) / f"s{number}", seed=3000 + 100 * number, frames=frames)
    more = [word for name, value in words.items() for word in ("-var", name, str(value))]
    command = [lammps, "-in", "in.sample", *more, "-log", "none", "-screen", "none"]
    subprocess.run(command, cwd=HERE, check=True)
    values = [line.split() for line in open(f"{words['out']}.txt")]
    dump = open(f"{words['out']}.dump").read().split("ITEM: TIMESTEP\n")[1:]
    return [([float(x) for x in row], block.splitlines()) for row, block in zip(values, dump)]


def extended_xyz(values, lines):
    """One frame. Pressures of LAMMPS are xx yy zz xy xz yz, in bar; a stress is minus these."""
    at = next(k for k, line in enumerate(lines) if line.startswith("ITEM: BOX"))
    edges = [float(b) - float(a) for a, b in (line.split() for line in lines[at + 1 : at + 4])]
    xx, yy, zz, xy, xz, yz = (-BAR * p for p in values[1:])
    stress = " ".join(f"{s:.9g}" for s in (xx, xy, xz, xy, yy, yz, xz, yz, zz))
    lattice = f"{edges[0]:.9g} 0 0 0 {edges[1]:.9g} 0 0 0 {edges[2]:.9g}"
    head = f'Lattice="{lattice}" pbc="T T T" energy={values[0]:.9g} stress="{stress}" '
    rows = [line.split()[1:] for line in lines[at + 5 :]]
    atoms = [" ".join([SYMBOLS[row[0]], *row[1:]]) for row in rows]
    return "\n".join([str(len(atoms)), head + "Properties=species:S:1:pos:R:3:forces:R:3", *atoms])


def centred(a=5.3, c=6.3, cells=2):
    """The crystal without polarization, its atoms in LAMMPS' order."""
    basis = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    lattice = f"{cells * a} 0 0 0 {cells * a} 0 0 0 {cells * c}"
    rows = []
    for z in range(cells):
        for y in range(cells):
            for x in range(cells):
                for k, (i, j, l) in enumerate(basis):
                    r = (a * (x + i / 2), a * (y + j / 2), c * (z + l / 2))
                    rows.append(" ".join(["Ca" if k < 4 else "S", *(f"{v:.9g}" for v in r)]))
    head = f'Lattice="{lattice}" pbc="T T T" Properties=species:S:1:pos:R:3'
    return "\n".join([str(len(rows)), head, *rows]) + "\n"


def with_charges(dump, out):
    """Frames of a dump (id type x y z) with the teacher's charges."""
    texts = []
    for block in open(dump).read().split("ITEM: TIMESTEP\n")[1:]:
        lines = block.splitlines()
        at = next(k for k, line in enumerate(lines) if line.startswith("ITEM: BOX"))
        a, b, c = (float(v) - float(u) for u, v in (x.split() for x in lines[at + 1 : at + 4]))
        rows = [line.split()[1:5] for line in lines[at + 5 :]]
        atoms = [" ".join([SYMBOLS[r[0]], *r[1:], "1" if r[0] == "1" else "-1"]) for r in rows]
        head = f'Lattice="{a} 0 0 0 {b} 0 0 0 {c}" pbc="T T T" '
        head += "Properties=species:S:1:pos:R:3:charges:R:1"
        texts.append("\n".join([str(len(atoms)), head, *atoms]))
    pathlib.Path(out).write_text("\n".join(texts) + "\n")


def columns(reference, dipoles):
    """x, y and mean dipole along z of the columns of cells; dipoles are in the order of atoms."""
    lines = [line.split() for line in open(reference)][2:]
    places = [tuple(float(x) for x in row[1:3]) for row in lines if row[0] == "Ca"]
    found = {}
    for place, dipole in zip(places, dipoles):
        found.setdefault(place, []).append(dipole[2])
    return [(x, y, sum(p) / len(p)) for (x, y), p in sorted(found.items())]


def main():
    lammps = sys.argv[1]
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    sets = {"train": [], "valid": []}
    with tempfile.TemporaryDirectory() as folder:
        for number, state in enumerate(STATES):
            found = sample(lammps, folder, state, number, frames)
            for k, frame in enumerate(found):
                sets["valid" if k == frames - 1 else "train"].append(extended_xyz(*frame))
    for name, texts in sets.items():
        pathlib.Path(f"{name}.xyz").write_text("\n".join(texts) + "\n")
    pathlib.Path("centred.xyz").write_text(centred())


if __name__ == "__main__":
    main()
