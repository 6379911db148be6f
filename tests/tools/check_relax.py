#!/usr/bin/env python3
"""lrpot relax: forces and stress vanish, pressure is -dE/dV, elastic constants are second
derivatives of the energy that `lrpot eval` gives. Right values by differences here.
usage: check_relax.py LRPOT MODEL"""
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot, model = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
holder = tempfile.TemporaryDirectory(prefix="lrpot-relax-")
folder = pathlib.Path(holder.name)
GPA = 160.21766208


def run(*words):
    return subprocess.run(
        [lrpot, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=120
    )


def text_of(symbols, positions, cell, pbc="T T T"):
    lattice = " ".join(repr(float(x)) for row in cell for x in row)
    rows = "".join(
        f"{s} {' '.join(repr(float(x)) for x in r)}\n" for s, r in zip(symbols, positions)
    )
    head = f'Lattice="{lattice}" pbc="{pbc}" Properties=species:S:1:pos:R:3'
    return f"{len(symbols)}\n{head}\n{rows}"


def relax(crystal, *words, **more):
    (folder / "in.xyz").write_text(text_of(*crystal, **more))
    done = run("relax", model, "in.xyz", "--json", "-o", "out.xyz", *words)
    found = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    if "cell" in found:
        found["cell"] = [found["cell"][k : k + 3] for k in (0, 3, 6)]
    if found:
        found["positions"] = [
            found["positions"][k : k + 3] for k in range(0, 3 * len(crystal[0]), 3)
        ]
    return done, found


def evaluate(*crystals):
    (folder / "e.xyz").write_text("".join(text_of(*c) for c in crystals))
    frames = json.loads(run("eval", model, "e.xyz", "--json").stdout)
    frames = frames["frames"] if isinstance(frames, dict) else frames
    return [f["energy"] for f in frames], [f["forces"] for f in frames]


def strained(crystal, f):
    times = lambda r: [sum(r[a] * f[a][b] for a in range(3)) for b in range(3)]
    symbols, positions, cell = crystal
    return symbols, [times(r) for r in positions], [times(r) for r in cell]


def volume(cell):
    (a, b, c) = cell
    return abs(
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    )


noise = random.Random(4)
near = lambda width: [noise.uniform(-width, width) for _ in range(3)]
salt = (
    ["Na", "Cl"],
    [near(0.05), [2.8 + x for x in near(0.05)]],
    [
        [x + d for x, d in zip(row, near(0.1))]
        for row in ([0, 2.8, 2.8], [2.8, 0, 2.8], [2.8, 2.8, 0])
    ],
)
done, found = relax(salt)
tap.ok(done.returncode == 0 and found["largest_force"] <= 1e-4, "atoms_come_to_rest", [done.stderr])
tap.ok(found["cell"] == [[float(x) for x in row] for row in salt[2]], "a_fixed_cell_stays")
at_rest = (salt[0], found["positions"], found["cell"])
energies, forces = evaluate(at_rest)
tap.ok(
    abs(energies[0] - found["energy"]) < 1e-9 and max(map(abs, forces[0])) <= 1e-4,
    "eval_agrees",
    [energies, found["energy"], forces],
)
done, found = relax(salt, "--cell", "full", "-f", 1e-6, "--stress", 1e-5, "--elastic")
tap.ok(
    done.returncode == 0 and max(map(abs, found["stress"])) * GPA <= 1e-5,
    "the_cell_comes_to_rest",
    [done.stderr, found],
)
out = (folder / "out.xyz").read_text()
energy = float(re.search(r" energy=(\S+)", out).group(1))
tap.ok(
    abs(energy - found["energy"]) < 1e-12 and "stress=" in out, "the_file_has_the_results", [out]
)
again = (salt[0], found["positions"], found["cell"])
lengths = [math.sqrt(sum(x * x for x in row)) for row in found["cell"]]
tap.ok(max(lengths) - min(lengths) < 1e-4, "the_cubic_cell_is_found", lengths)

# second derivatives of the energy by strains; internal displacements are absent in rock salt
pairs = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]


def deformation(parts):
    f = [[float(a == b) for b in range(3)] for a in range(3)]
    for k, e in parts:
        a, b = pairs[k]
        f[a][b] += e if a == b else e / 2
        if a != b:
            f[b][a] += e / 2
    return f


h, worst = 0.002, 0.0
for i in range(6):
    for j in range(6):
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        values, _ = evaluate(
            *[strained(again, deformation([(i, s * h), (j, t * h)])) for s, t in signs]
        )
        second = (values[0] - values[1] - values[2] + values[3]) / (4 * h * h)
        worst = max(worst, abs(second / volume(again[2]) * GPA - found["elastic_gpa"][6 * i + j]))
tap.ok(worst < 0.05, "elastic_constants_are_second_derivatives", [worst, found["elastic_gpa"]])
c = found["elastic_gpa"]
bulk = sum(c[6 * i + j] for i in range(3) for j in range(3)) / 9
tap.ok(abs(bulk - found["bulk_gpa"]) < 1e-9, "bulk_modulus_of_voigt", [bulk])

# pressure: -dE/dV by scaled cells
for mode in ("isotropic", "full"):
    done, found = relax(salt, "--cell", mode, "-P", 2, "-f", 1e-6, "--stress", 1e-5)
    pressed = (salt[0], found["positions"], found["cell"])
    steps = [
        strained(pressed, [[float(a == b) * s for b in range(3)] for a in range(3)])
        for s in (0.999, 1.001)
    ]
    low, high = evaluate(*steps)[0]
    slope = (high - low) / (volume(steps[1][2]) - volume(steps[0][2])) * GPA
    tap.ok(abs(slope + 2) < 2e-3, f"pressure_{mode}", [slope, done.stderr])
tap.ok(
    all(abs(found["stress"][k] * GPA + 2 * (k % 4 == 0)) < 2e-5 for k in range(9)),
    "the_stress_is_minus_the_pressure",
    found["stress"],
)
# a crystal with displacements inside: its constants by energies of relaxed strained cells
root = math.sqrt(3)
wurtzite = [[4.2, 0, 0], [-2.1, 2.1 * root, 0], [0, 0, 6.6]]
sites = [[1 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0.5], [1 / 3, 2 / 3, 0.38], [2 / 3, 1 / 3, 0.88]]
place = lambda x: [sum(x[d] * wurtzite[d][a] for d in range(3)) for a in range(3)]
crystal = (["Na", "Na", "Cl", "Cl"], [place(x) for x in sites], wurtzite)
done, found = relax(crystal, "--cell", "full", "-f", 1e-7, "--stress", 1e-6, "--elastic")
base = (crystal[0], found["positions"], found["cell"])
for k in (0, 2):
    energies = []
    for e in (-0.002, 0.0, 0.002):
        _, part = relax(strained(base, deformation([(k, e)])), "-f", 1e-7)
        energies.append(part["energy"])
    second = (energies[0] - 2 * energies[1] + energies[2]) / 0.002**2 / volume(base[2]) * GPA
    tap.ok(
        abs(second - found["elastic_gpa"][7 * k]) < 0.02 * abs(second) + 0.05,
        f"atoms_move_in_the_strained_cell_{k}",
        [second, found["elastic_gpa"][7 * k]],
    )
# equation of state: minimum and moduli by differences of energies of isotropic cells, and pressures
done, found = relax(salt, "--cell", "isotropic", "-f", 1e-7, "--stress", 1e-6, "--eos", "e.csv")
eos = found["equation_of_state"]
rest = (salt[0], found["positions"], found["cell"])
v0 = volume(rest[2])
scales = [(1 + k * 0.01) ** (1 / 3) for k in range(-3, 4)]
curve = evaluate(
    *[strained(rest, [[float(a == b) * s for b in range(3)] for a in range(3)]) for s in scales]
)[0]
second = (-curve[1] + 16 * curve[2] - 30 * curve[3] + 16 * curve[4] - curve[5]) / 12 / 1e-4
third = (curve[0] - 8 * curve[1] + 13 * curve[2] - 13 * curve[4] + 8 * curve[5] - curve[6]) / 8e-6
bulk, slope = second / v0 * GPA, -1 - third / second
tap.ok(abs(eos["volume"] / v0 - 1) < 1e-4, "eos_volume", [eos["volume"], v0])
tap.ok(
    abs(eos["energy"] - found["energy"]) < 3 * eos["rms"] + 1e-7,
    "eos_energy",
    [eos["energy"], found["energy"]],
)
tap.ok(abs(eos["bulk_gpa"] / bulk - 1) < 0.01, "eos_bulk_modulus", [eos["bulk_gpa"], bulk])
tap.ok(abs(eos["bulk_slope"] - slope) < 0.3, "eos_slope_of_the_modulus", [eos["bulk_slope"], slope])
lines = [list(map(float, x.split(","))) for x in (folder / "e.csv").read_text().splitlines()[1:]]
x = [(v / eos["volume"]) ** (-1 / 3) for v, _, _, _ in lines]
birch = [
    1.5 * eos["bulk_gpa"] * (t**7 - t**5) * (1 + 0.75 * (eos["bulk_slope"] - 4) * (t**2 - 1))
    for t in x
]
worst = max(abs(p - q) for (_, _, p, _), q in zip(lines, birch))
tap.ok(len(lines) == 11 and worst < 0.02 * max(birch), "eos_pressures", [worst, max(birch)])
done, _ = relax(strained(salt, deformation([(k, 0.2) for k in range(3)])), "--eos", "e.csv")
tap.ok(done.returncode == 4 and "no minimum" in done.stderr, "eos_without_minimum", [done.stderr])
done, found = relax(crystal, "--cell", "full", "-f", 1e-6, "--stress", 1e-5, "--eos", "e.csv")
elastic = run("relax", model, "out.xyz", "--elastic", "--json", "--cell", "full")
C = json.loads(elastic.stdout)["elastic_gpa"]
c = [[C[6 * a + b] for b in range(3)] for a in range(3)]
reuss = (  # hexagonal crystal under hydrostatic pressure
    c[2][2] * (c[0][0] + c[0][1]) - 2 * c[0][2] ** 2
) / (c[0][0] + c[0][1] + 2 * c[2][2] - 4 * c[0][2])
bulk = found["equation_of_state"]["bulk_gpa"]
tap.ok(abs(bulk / reuss - 1) < 0.02, "eos_of_a_cell_that_changes_its_shape", [bulk, reuss])
# isolated molecules, files, and what is refused
dimer = (["Na", "Cl"], [[0, 0, 0], [0.3, 0.1, 2.2]], [[20, 0, 0], [0, 20, 0], [0, 0, 20]])
done, found = relax(dimer, pbc="F F F")
tap.ok(done.returncode == 0 and found["largest_force"] <= 1e-4, "an_isolated_pair", [done.stderr])
done, _ = relax(dimer, "--cell", "full", pbc="F F F")
tap.ok(done.returncode == 3 and "--cell fixed" in done.stderr, "no_cell_to_relax", [done.stderr])
done, found = relax(salt, "--steps", 1)
tap.ok(
    done.returncode == 4 and not found["converged"] and (folder / "out.xyz").exists(),
    "too_few_steps_have_exit_code_4",
    [done.returncode, done.stderr],
)
done, _ = relax(salt, "-P", 1)
tap.ok(
    done.returncode == 2 and "--cell full" in done.stderr, "pressure_needs_a_cell", [done.stderr]
)
(folder / "in.xyz").write_text(text_of(*salt))
done = run("relax", model, "in.xyz", "-o", "POSCAR_relaxed")
tap.ok((folder / "POSCAR_relaxed").read_text().splitlines()[5].split() == ["Na", "Cl"], "a_poscar")
for verb in ("phonon", "bec"):
    done = run(verb, model, "in.xyz")
    tap.ok("lrpot relax MODEL" in done.stderr, f"{verb}_offers_it", [done.stderr])
    done = run(verb, model, "POSCAR_relaxed")
    tap.ok("lrpot relax" not in done.stderr, f"{verb}_does_not_at_rest", [done.stderr])
tap.done()
