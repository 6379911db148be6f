#!/usr/bin/env python3
"""`lrpot dipoles`: cells of perovskite whose displacements are chosen, wrapped atoms, skewed and
strained cells, a drift, and the charges of a model along the way from the reference.
usage: check_dipoles.py LRPOT EXAMPLES_DATA"""
import json
import math
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap
from tool_run import Tool

tap = Tap()
holder = tempfile.TemporaryDirectory(prefix="lrpot-dipoles-")
folder = pathlib.Path(holder.name)
run = Tool(tap, str(pathlib.Path(sys.argv[1]).resolve()), folder)
MODEL = pathlib.Path(sys.argv[2]).resolve() / "rocksalt.json"
UNIT = 1602.176634  # uC/cm^2 in one e/A^2
N, A, CHARGES = 2, 4.0, {"A": 1.4, "B": 2.2, "O": -1.2}
BASIS = [
    ("A", (0.5, 0.5, 0.5)),
    ("B", (0, 0, 0)),
    ("O", (0.5, 0, 0)),
    ("O", (0, 0.5, 0)),
    ("O", (0, 0, 0.5)),
]
CUBE = [(i, j, k) for i in range(N) for j in range(N) for k in range(N)]
SITES = [(s, [x + t for x, t in zip(b, at)]) for at in CUBE for s, b in BASIS]


def times(v, m):
    return [sum(v[k] * m[k][a] for k in range(3)) for a in range(3)]


def lattice(c=1.0, shear=0.0):
    """Rows of one primitive cell."""
    return [[A, 0, 0], [shear, A, 0], [0.3 * shear, shear, c * A]]


def frame(rows, moves, shift=(0, 0, 0), charges=True):
    """The sites carried by the cell, moved, and put by whole cells elsewhere."""
    big = " ".join(repr(float(N * x)) for row in rows for x in row)
    lines = []
    for i, ((symbol, s), u) in enumerate(zip(SITES, moves)):
        away = times([N * ((i + a) % 3 - 1) for a in range(3)], rows) if any(shift) else [0] * 3
        r = [a + b + c + d for a, b, c, d in zip(times(s, rows), u, shift, away)]
        lines.append(" ".join([symbol, *map(repr, r), str(CHARGES[symbol]) if charges else ""]))
    names = "species:S:1:pos:R:3" + (":charges:R:1" if charges else "")
    return "\n".join([str(len(lines)), f'Lattice="{big}" Properties={names} pbc="T T T"', *lines])


def write(name, *frames):
    (folder / name).write_text("\n".join(frames) + "\n")


def random_moves(seed):
    source = random.Random(seed)
    return [[source.gauss(0, 0.15) for _ in range(3)] for _ in SITES]


def expected(moves):
    """Dipoles by the neighbours that perovskite has: 8 B of an A, 2 of an O."""
    count, found = len(moves), {at: [0.0] * 3 for at in CUBE}
    means = [sum(u[a] for u in moves) / count for a in range(3)]
    for (symbol, s), u in zip(SITES, moves):
        owners = [(0, 1) if x % 1 else (0,) for x in s]
        cells = [(i, j, k) for i in owners[0] for j in owners[1] for k in owners[2]]
        for t in cells:
            at = tuple(int(math.floor(x) + d) % N for x, d in zip(s, t))
            for a in range(3):
                found[at][a] += CHARGES[symbol] * (u[a] - means[a]) / len(cells)
    return [found[at] for at in CUBE]


def nearest(a, b, tolerance):
    return all(abs(x - y) < tolerance for p, q in zip(a, b) for x, y in zip(p, q))


def dipoles(*words):
    return json.loads(run("dipoles", *words, "--centre", "B", "--json").stdout)["frames"]


def check_cells():
    write("reference.xyz", frame(lattice(), [[0] * 3] * len(SITES)))
    all_moves = [random_moves(k) for k in range(4)]
    frames = [
        frame(lattice(), all_moves[0]),
        frame(lattice(1.03), all_moves[1]),
        frame(lattice(1.03, 0.1), all_moves[2]),
        frame(lattice(), all_moves[3], (0.4, -0.3, 0.2)),
    ]
    write("path.xyz", *frames)
    found = dipoles("path.xyz", "--reference", "reference.xyz")
    good = [nearest(f["dipoles"], expected(m), 1e-9) for f, m in zip(found, all_moves)]
    names = ["of a cube", "of a strained cell", "of a sheared cell", "of a drift and other images"]
    for fact, name in zip(good, names):
        tap.ok(fact, f"dipoles {name} are those of the neighbours of perovskite")
    volume = (N * A) ** 3
    sums = [UNIT * sum(p[a] for p in expected(all_moves[0])) / volume for a in range(3)]
    tap.ok(nearest([found[0]["polarization"]], [sums], 1e-9), "their sum is the polarization")


def check_output():
    done = run("dipoles", "path.xyz", "--reference", "reference.xyz", "-c", "B", "-o", "map.xyz")
    lines = (folder / "map.xyz").read_text().splitlines()
    first = [[float(x) for x in line.split()[4:7]] for line in lines[2 : 2 + N**3]]
    tap.ok(nearest(first, expected(random_moves(0)), 1e-9), "-o has the centres and their dipoles")
    rows = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    tap.ok(len(rows) == 4 and "atomic_dipoles" in lines[1], "one line for each frame")


def rocksalt(moves):
    basis = [(x, y, z) for x in range(4) for y in range(4) for z in range(4)]
    half = 2.8
    rows = [
        " ".join(["Na" if sum(s) % 2 == 0 else "Cl", *(repr(half * x + d) for x, d in zip(s, u))])
        for s, u in zip(basis, moves)
    ]
    head = f'Lattice="{4 * half} 0 0 0 {4 * half} 0 0 0 {4 * half}" pbc="T T T" '
    return "\n".join([str(len(rows)), head + "Properties=species:S:1:pos:R:3", *rows])


def integral(moves, points, weights):
    """Sum of Z dr by the Born charges of `lrpot bec` at points of the way."""
    write("way.xyz", *(rocksalt([[x * d for d in u] for u in moves]) for x in points))
    steps = json.loads(run("bec", MODEL, "way.xyz", "--json", "-q").stdout)["frames"]
    total = [0.0] * 3
    for weight, step in zip(weights, steps):
        for Z, u in zip(step["bec"], moves):
            for a in range(3):
                total[a] += weight * sum(Z[a][b] * u[b] for b in range(3))
    return total


def check_model():
    """Charges along the way: the three points of Gauss and Legendre, and a fine Simpson rule. Born
    charges have kinks where an ion enters a neighbourhood, which three points do not resolve."""
    source, n = random.Random(5), 32
    moves = [[source.gauss(0, 0.1) for _ in range(3)] for _ in range(64)]
    means = [sum(u[a] for u in moves) / 64 for a in range(3)]
    moves = [[x - m for x, m in zip(u, means)] for u in moves]
    write("centred.xyz", rocksalt([[0.0] * 3] * 64))
    write("end.xyz", rocksalt(moves))
    simpson = [(1 if k in (0, n) else 4 if k % 2 else 2) / n / 3 for k in range(n + 1)]
    fine = integral(moves, [k / n for k in range(n + 1)], simpson)
    root = math.sqrt(0.15)
    same = integral(moves, [0.5 - root, 0.5, 0.5 + root], [5 / 18, 8 / 18, 5 / 18])
    words = ("dipoles", MODEL, "end.xyz", "-R", "centred.xyz", "-c", "Na", "--json")
    plain = json.loads(run(*words).stdout)["frames"][0]
    found = [sum(p[a] for p in plain["dipoles"]) for a in range(3)]
    tap.ok(nearest([found], [same], 1e-9), "a model's dipoles add up to the sum over three points")
    size = math.sqrt(sum(x * x for x in fine))
    tap.ok(nearest([found], [fine], 0.01 * size), "which is the integral of Z dr to 1 %")
    screened = json.loads(run(*words, "--eps-inf", 2.25).stdout)["frames"][0]
    good = nearest([screened["polarization"]], [[1.5 * p for p in plain["polarization"]]], 1e-12)
    tap.ok(good, "eps_inf multiplies them by its root")


def check_refusals():
    def refused(text, code, *words):
        done = run("dipoles", *words, code=code)
        tap.ok(text in done.stderr, f"refused: {text}", [done.stderr])

    refused("--centre is missing", 2, "path.xyz")
    refused("no atom of element Ti", 3, "path.xyz", "-c", "Ti")
    refused("--eps-inf is for", 2, "path.xyz", "-c", "B", "--eps-inf", 2)
    write("bare.xyz", frame(lattice(), random_moves(1), charges=False))
    refused("neither charges nor bec", 3, "bare.xyz", "-c", "B")
    write("charged.xyz", frame(lattice(), random_moves(1)).replace(" 1.4", " 1.5"))
    refused("a net charge of 0.8", 3, "charged.xyz", "-c", "B")
    far = [[0.0] * 3 for _ in SITES]
    far[3] = [0.0, 0.0, 0.48 * N * A]
    write("far.xyz", frame(lattice(), far))
    refused("far.xyz: frame 0", 1, "far.xyz", "-R", "reference.xyz", "-c", "B")
    write("free.xyz", frame(lattice(), far).replace('pbc="T T T"', 'pbc="T T F"'))
    refused("not periodic in three directions", 3, "free.xyz", "-c", "B")


check_cells()
check_output()
check_model()
check_refusals()
tap.done()
