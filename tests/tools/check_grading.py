"""Warnings of `lrpot` about data that leave something open, and about structures beyond the data of
a fit.
usage: check_grading.py LRPOT"""
import json
import math
import pathlib
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot = str(pathlib.Path(sys.argv[1]).resolve())
holder = tempfile.TemporaryDirectory(prefix="lrpot-grading-")
folder = pathlib.Path(holder.name)
tap = Tap()
chance = random.Random(11)
EDGE = 4.6
# Two ions of each kind at places without symmetry, so that strain alone gives forces.
SPOTS = [(0.02, 0.05, 0.01), (0.52, 0.48, 0.06), (0.47, 0.04, 0.53), (0.01, 0.55, 0.47)]
SYMBOLS = ["Na", "Na", "Cl", "Cl"]
FIT = (
    "-c qrd --level 12 --cutoff 4 --radial-size 6 --starts 1 --max-iterations 15 --threads 1"
).split()


def pair(symbols, r):
    """Energy and its derivative: repulsion by species, smoothly ended at 6 A."""
    size = {("Na", "Na"): 0.4, ("Cl", "Cl"): 1.6, ("Cl", "Na"): 1.0}[tuple(sorted(symbols))]
    end = (6.0 - r) ** 2
    e = size * math.exp(-(r - 2.3) / 0.5)
    return e * end / 9, (-e / 0.5 * end - 2 * e * (6.0 - r)) / 9


def reference(cell, symbols, places):
    energy, forces = 0.0, [[0.0] * 3 for _ in places]
    span = range(-2, 3)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            for n in ((x, y, z) for x in span for y in span for z in span):
                if cell is None and n != (0, 0, 0):
                    continue
                shift = (
                    [sum(n[k] * cell[k][c] for k in range(3)) for c in range(3)]
                    if cell
                    else [0] * 3
                )
                d = [b[c] + shift[c] - a[c] for c in range(3)]
                r = math.sqrt(sum(x * x for x in d))
                if r < 1e-9 or r >= 6.0:
                    continue
                e, slope = pair((symbols[i], symbols[j]), r)
                energy += 0.5 * e
                for c in range(3):
                    forces[i][c] += slope * d[c] / r
    return energy, forces


def frame(cell, places, symbols=SYMBOLS):
    energy, forces = reference(cell, symbols, places)
    head = f"energy={energy!r} Properties=species:S:1:pos:R:3:forces:R:3"
    if cell:
        head = f'Lattice="{" ".join(repr(x) for row in cell for x in row)}" pbc="T T T" ' + head
    else:
        head = 'pbc="F F F" ' + head
    rows = [" ".join([s, *map(repr, p), *map(repr, f)]) for s, p, f in zip(symbols, places, forces)]
    return "\n".join([str(len(rows)), head, *rows]) + "\n"


def crystal(strain=0.0, rattle=0.0, scale=1.0, turn=0.0):
    cell = [[EDGE * scale * (i == j) for j in range(3)] for i in range(3)]
    for i in range(3):
        for j in range(3):
            cell[i][j] += EDGE * strain * chance.gauss(0, 1)
    c, s = math.cos(turn), math.sin(turn)
    cell = [[c * x - s * y, s * x + c * y, z] for x, y, z in cell]
    places = [
        [sum(f[k] * cell[k][a] for k in range(3)) + rattle * chance.gauss(0, 1) for a in range(3)]
        for f in SPOTS
    ]
    return frame(cell, places)


def run(*arguments):
    return subprocess.run(
        [lrpot, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=300
    )


def write(name, frames):
    (folder / name).write_text("".join(frames))


def warnings(name, *frames, more=()):
    write(f"{name}.xyz", frames)
    arguments = ["fit", f"{name}.xyz", *FIT, *more, "-o", f"{name}.model"]
    done = run(*arguments)
    return done, [line for line in done.stderr.splitlines() if "WARNING" in line]


def told(done, words, fact, wanted=True):
    tap.ok((words in done.stderr) == wanted, fact, [done.returncode, done.stderr[-1500:]])


def check_data():
    done, _ = warnings("strained", *(crystal(strain=0.006) for _ in range(40)))
    told(done, "the same fractional coordinates", "cells that are only strained are told of")
    told(done, "one composition", "one composition is told of")
    told(done, "one cell shape", "strained cells have no one shape", False)
    strong = re.search(r"strong extrapolation: grade (\S+) .*displacements of 0.03 A", done.stderr)
    tap.ok(
        strong and float(strong[1]) > 10,
        "after the fit the grade of small displacements is told",
        [done.stderr[-800:]],
    )
    done, _ = warnings("moved", *(crystal(rattle=0.1) for _ in range(80)))
    told(done, "fractional coordinates", "displaced atoms are displaced", False)
    told(done, "one density", "one density is told of")
    told(done, "one cell shape", "one cell shape is told of")
    done, _ = warnings("sized", *(crystal(rattle=0.1, scale=1 + 0.01 * k) for k in range(-5, 6)))
    told(done, "one density", "several densities are not one", False)
    told(done, "one cell shape", "cubes of several sizes have one shape")
    done, _ = warnings("turned", *(crystal(turn=0.3 * k) for k in range(5)))
    told(done, "the same structure, up to rotation", "one structure turned about is told of")
    mixed = [crystal(strain=0.02, rattle=0.1, scale=1 + 0.01 * k) for k in range(-4, 5)]
    cells = [
        [[4.0 + 0.1 * k * (i == 0 == j) if i == j else 0.0 for j in range(3)] for i in range(3)]
        for k in range(4)
    ]
    places = [[0.1, 0.2, 0.0], [2.1, 2.2, 1.9 + 0.1]]
    mixed += [frame(cell, places, ["Na", "Cl"]) for cell in cells]
    mixed += [frame(cell, places, ["Cl", "Cl"]) for cell in cells]
    done, found = warnings("mixed", *mixed)
    tap.ok(
        done.returncode == 0
        and not [w for w in found if "data do not cover" in w and "extrapol" not in w],
        "data of several kinds are not warned of",
        found,
    )


def check_molecules():
    def box(free):
        cell = None if free else [[9.0 * (i == j) for j in range(3)] for i in range(3)]
        centres = [(4.5, 4.5, 4.5)] if free else [(2.0, 2.0, 2.0), (6.5, 6.5, 6.5)]
        places, symbols = [], []
        for x, y, z in centres:
            r = 2.0 + 0.1 * chance.gauss(0, 1)
            places += [[x, y, z], [x + r, y, z + 0.2 * chance.gauss(0, 1)]]
            symbols += ["Na", "Cl"]
        return frame(cell, places, symbols)

    done, _ = warnings("bulk", *(box(False) for _ in range(8)))
    told(done, "not cover a free molecule", "molecules of which none is free are told of")
    done, _ = warnings("both", *(box(False) for _ in range(8)), box(True), box(True))
    told(done, "free molecule", "a free molecule is enough", False)


def served():
    """An i-PI server that sends one rattled crystal; says what `lrpot drive` told."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    lines = (folder / "pool.xyz").read_text().splitlines()
    places = [float(x) for line in lines[2:6] for x in line.split()[1:4]]
    cell = [float(x) for x in re.search('Lattice="([^"]*)"', lines[1])[1].split()]
    bohr = 0.529177210544
    transposed = [cell[3 * j + i] / bohr for i in range(3) for j in range(3)]

    def serve():
        link, _ = server.accept()
        message = b"POSDATA".ljust(12) + struct.pack("<18d", *transposed, *[0.0] * 9)
        link.sendall(
            message + struct.pack("<i", 4) + struct.pack("<12d", *(x / bohr for x in places))
        )
        link.sendall(b"GETFORCE".ljust(12))
        link.recv(65536)
        link.sendall(b"EXIT".ljust(12))
        link.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    done = run(
        "drive",
        "strained.model",
        "--tcp",
        f"127.0.0.1:{server.getsockname()[1]}",
        "--structure",
        "pool.xyz",
    )
    thread.join(10)
    server.close()
    return done


def check_verbs():
    write("pool.xyz", [crystal(rattle=0.03) for _ in range(5)])
    write("rest.xyz", [crystal()])
    done = run("eval", "strained.model", "strained.xyz", "--json")
    grade = json.loads(done.stdout)["grade"]
    told(done, "extrapolation", "frames of the fit are not warned of", False)
    tap.ok(
        grade["largest"] <= 1.06 and grade["above_threshold"] == 0,
        "their grades are about 1",
        [grade],
    )
    done = run("eval", "strained.model", "strained.xyz", "pool.xyz", "--json")
    grade = json.loads(done.stdout)["grade"]
    found = re.search(
        r"extrapolation: grade (\S+) at atom (\d+) \((\w+)\) of pool.xyz: frame (\d+)", done.stderr
    )
    tap.ok(
        found
        and abs(float(found[1]) / grade["largest"] - 1) < 1e-3
        and int(found[2]) == grade["atom"]
        and found[3] == SYMBOLS[int(found[2])]
        and grade["above_threshold"] == 5,
        "eval names grade, atom and frame of what lies beyond",
        [grade, done.stderr],
    )
    chosen = run("select", "strained.model", "pool.xyz", "--train", "strained.xyz", "--json")
    most = max(f["grade"] for f in json.loads(chosen.stdout)["frames"])
    tap.ok(
        0.2 < grade["largest"] / most < 5,
        "the grade is that by an active set made of all training frames",
        [grade["largest"], most],
    )
    own = run("select", "strained.model", "pool.xyz", "--json")
    most = max(f["grade"] for f in json.loads(own.stdout)["frames"])
    tap.ok(
        own.returncode == 0 and abs(most / grade["largest"] - 1) < 1e-6,
        "select grades by the set of the model when no other is given",
        [own.stderr, most],
    )
    told(
        run("phonon", "strained.model", "rest.xyz"),
        "strong extrapolation",
        "phonon tells of it at a crystal at rest",
    )
    told(run("bec", "strained.model", "rest.xyz"), "strong extrapolation", "bec tells of it")
    done = served()
    tap.ok(
        done.returncode == 0 and "strong extrapolation" in done.stderr,
        "drive tells of it during the run",
        [done.returncode, done.stderr],
    )
    told(
        run("phonon", "moved.model", "rest.xyz"),
        "strong extrapolation",
        "a model that knows displacements is trusted with phonons",
        False,
    )
    info = run("info", "strained.model")
    tap.ok(
        re.search(r"active set +\d+ rows of each species", info.stdout),
        "info shows the set",
        [info.stdout],
    )


def check_without():
    text = (folder / "strained.model").read_text()
    short = run("fit", "strained.xyz", *FIT, "--checkpoint", "kept.checkpoint", "-o", "k.model")
    done = run("eval", "kept.checkpoint", "strained.xyz")
    tap.ok(
        short.returncode == 0 and done.returncode == 0 and "has no active set" in done.stderr,
        "a model without a set says so",
        [done.stderr],
    )
    damaged = re.sub(r'("rows": ?")....', r"\1!!!!", text, count=1)
    (folder / "damaged.model").write_text(damaged)
    done = run("eval", "damaged.model", "strained.xyz")
    tap.ok(damaged != text and done.returncode != 0, "a damaged set is refused", [done.stderr])


def check_boundaries():
    """Targets that a fit cannot use for want of periodic directions."""
    stressed = [
        crystal(rattle=0.1, strain=0.02).replace("energy=", 'stress="1 0 0 0 1 0 0 0 1" energy=')
        for _ in range(3)
    ]
    stressed[1] = stressed[1].replace('pbc="T T T"', 'pbc="T T F"')
    few = ["--max-iterations", 1]
    done, _ = warnings("layers", *stressed, more=[*few, "--targets", "energy,forces,stress"])
    told(
        done,
        "the stress of 1 of 3 frames is left out (the first: layers.xyz: frame 1)",
        "stresses of layers that are named as a target are told of",
    )
    done, _ = warnings("usual", *stressed, more=few)
    told(done, "left out", "targets that were not named are not", False)


check_data()
check_boundaries()
check_molecules()
check_verbs()
check_without()
tap.done()
