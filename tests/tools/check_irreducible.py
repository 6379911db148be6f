#!/usr/bin/env python3
"""FORCE_CONSTANTS from irreducible displacements beside those of every displacement, which `lrpot
eval` computes for displaced supercells: crystals of several systems, also in cells that are not
primitive, left-handed or skewed. Modes at Gamma follow from the same displacements.
usage: check_irreducible.py LRPOT MODELS SPGLIB   (SPGLIB: found or none)"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
try:
    import numpy as np
except ImportError:
    tap.skip("irreducible displacements", "NumPy is not installed")
    tap.done()
lrpot, models, spglib = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
STEP, N = 0.01, 2
THIRD, HALF = 1 / 3, 0.5


def run(*words):
    done = subprocess.run([lrpot, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise RuntimeError(" ".join(map(str, words)) + "\n" + done.stderr)
    return done


def frame(cell, symbols, positions):
    lattice = " ".join(f"{x:.17g}" for x in np.ravel(cell))
    rows = [f"{s} " + " ".join(f"{x:.17g}" for x in r) for s, r in zip(symbols, positions)]
    head = f'Lattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"'
    return "\n".join([str(len(rows)), head, *rows]) + "\n"


def forces_in(path, n):
    lines = path.read_text().splitlines()
    head = lines[1].split("Properties=")[1].split()[0].split(":")
    at, column = 0, None
    for name, _, width in zip(head[0::3], head[1::3], head[2::3]):
        if name == "forces":
            column = at
        at += int(width)
    step = n + 2
    return np.array(
        [
            [
                [float(x) for x in line.split()[column : column + 3]]
                for line in lines[k + 2 : k + step]
            ]
            for k in range(0, len(lines), step)
        ]
    )


def brute(folder, model, cell, symbols, places):
    """Row (home atom, axis) for atoms in phonopy's order, symmetric and without rigid shifts."""
    home, cells = len(symbols), list(itertools.product(range(N), repeat=3))
    names, at = [], []
    for i in range(home):
        for c, b, a in cells:
            names.append(symbols[i])
            at.append((np.array(places[i]) + (a, b, c)) @ cell)
    at, n, frames = np.array(at), home * N**3, []
    for i, axis, s in itertools.product(range(home), range(3), (-2, -1, 1, 2)):
        moved = at.copy()
        moved[i * N**3, axis] += s * STEP
        frames.append(frame(N * cell, names, moved))
    (folder / "all.xyz").write_text("".join(frames))
    run("eval", model, folder / "all.xyz", "-o", folder / "out.xyz", "-q")
    forces = forces_in(folder / "out.xyz", n).reshape(home, 3, 4, n, 3)
    weights = np.array([1, -8, 8, -1]) / (12 * STEP)
    rows = -np.einsum("s,iasjb->iajb", weights, forces)
    index = {c: k for k, c in enumerate((a, b, c) for c, b, a in cells)}
    D = np.zeros((n, 3, n, 3))
    for i, (s, shift) in itertools.product(range(home), enumerate(index)):
        for j, (cell_index, old) in itertools.product(range(home), enumerate(index)):
            to = index[tuple((x + y) % N for x, y in zip(old, shift))]
            D[i * N**3 + s, :, j * N**3 + to] = rows[i, :, j * N**3 + cell_index]
    D = D.reshape(3 * n, 3 * n)
    D = (0.5 * (D + D.T)).reshape(n, 3, n, 3)
    for i in range(n):
        D[i, :, i] -= D[i].sum(axis=1)
    return D


def constants(path):
    lines = iter(path.read_text().splitlines())
    n = int(next(lines).split()[0])
    D = np.zeros((n, 3, n, 3))
    for _ in range(n * n):
        i, j = map(int, next(lines).split())
        for a in range(3):
            D[i - 1, a, j - 1] = [float(x) for x in next(lines).split()]
    return D


def hexagonal(a, c):
    return np.array([[a, 0, 0], [-a / 2, a * 3**0.5 / 2, 0], [0, 0, c]])


TURN = np.linalg.qr(np.array([[0.3, 0.9, -0.2], [-0.7, 0.4, 0.6], [0.5, 0.1, 0.8]]))[0]
FCC = 2.8 * np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
SALT = [[0, 0, 0], [HALF] * 3]
RHOMB = 4.1 * np.array([[1, 0.12, 0.12], [0.12, 1, 0.12], [0.12, 0.12, 1]])
# name, cell, symbols, places, largest number of displacements with spglib
CRYSTALS = [
    ("rock salt", FCC @ TURN, ["Na", "Cl"], SALT, 2),
    (
        "rock salt, skewed cell",
        np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]]) @ FCC,
        ["Na", "Cl"],
        [[0, 0, 0], [0, HALF, HALF]],
        2,
    ),
    ("rock salt, left-handed", FCC[[1, 0, 2]], ["Na", "Cl"], SALT, 2),
    (
        "rock salt, cell of two",
        np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2]]) @ FCC,
        ["Na", "Cl", "Na", "Cl"],
        [[0, 0, 0], [HALF, HALF, HALF / 2], [0, 0, HALF], [HALF, HALF, 0.75]],
        12,
    ),
    ("zinc blende", FCC, ["Na", "Cl"], [[0, 0, 0], [0.25] * 3], 2),
    (
        "wurtzite",
        hexagonal(4.3, 7.0),
        ["Na", "Na", "Cl", "Cl"],
        [
            [THIRD, 2 * THIRD, 0],
            [2 * THIRD, THIRD, HALF],
            [THIRD, 2 * THIRD, 0.38],
            [2 * THIRD, THIRD, 0.88],
        ],
        4,
    ),
    ("rhombohedral, displaced", RHOMB @ TURN, ["Na", "Cl"], [[0, 0, 0], [0.47] * 3], 4),
    (
        "rutile",
        np.diag([5.2, 5.2, 3.9]),
        ["Na", "Na", "Cl", "Cl", "Cl", "Cl"],
        [[0, 0, 0], [HALF] * 3, [0.3, 0.3, 0], [0.7, 0.7, 0], [0.8, 0.2, HALF], [0.2, 0.8, HALF]],
        5,
    ),
    (
        "monoclinic",
        np.array([[4.1, 0, 0], [0, 4.6, 0], [-0.7, 0, 4.4]]),
        ["Na", "Cl"],
        [[0, 0, 0], [0.45, HALF, 0.52]],
        6,  # the mirror plane holds two axes, and each is needed
    ),
    (
        "no symmetry",
        np.array([[4.1, 0.2, 0], [0.3, 4.6, 0.4], [-0.7, 0.1, 4.4]]),
        ["Na", "Cl", "Cl"],
        [[0, 0, 0], [0.45, HALF, 0.52], [0.1, 0.52, 0.03]],
        9,
    ),
]


def check(folder, name, cell, symbols, places, most):
    model = models / ("edqrd.lrp" if name.startswith("rock") else "none.lrp")
    crystal = folder / "crystal.xyz"
    crystal.write_text(frame(cell, symbols, np.array(places) @ cell))
    done = run(
        "phonon", model, crystal, "--write", folder / "out", "--supercell", N, "--step", STEP
    )
    D = constants(folder / "out" / "FORCE_CONSTANTS")
    lines = (folder / "out" / "POSCAR").read_text().splitlines()
    cell = np.array([[float(x) for x in line.split()] for line in lines[2:5]])
    count = [int(x) for x in lines[6].split()]
    named = [s for s, k in zip(lines[5].split(), count) for _ in range(k)]
    at = [[float(x) for x in line.split()[:3]] for line in lines[8 : 8 + len(named)]]
    assert lines[7] == "Cartesian"
    wanted = brute(folder, model, cell, named, np.linalg.solve(cell.T, np.array(at).T).T)
    worst, scale = abs(D - wanted).max(), abs(wanted).max()
    tap.ok(worst < 1e-6 * scale, f"{name}: as by all displacements", [worst, scale])
    note = [line for line in done.stderr.splitlines() if "displacements instead of" in line]
    used = int(note[0].split(" by ")[1].split()[0]) if note else 3 * len(symbols)
    allowed = most if spglib == "found" else 3 * len(symbols)
    tap.ok(used <= allowed, f"{name}: {allowed} displacements are enough", [used])


with tempfile.TemporaryDirectory(prefix="lrpot-irreducible-") as holder:
    for crystal in CRYSTALS:
        check(pathlib.Path(holder), *crystal)
tap.done()
