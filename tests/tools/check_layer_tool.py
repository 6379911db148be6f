"""`lrpot phonon` of layers: slopes of polar branches against the bands, the polarizability against
the modes, the same in every setting of the cell; what a layer does not have is refused.

Usage: check_layer_tool.py LRPOT EXAMPLES_DATA"""
import csv
import json
import math
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap
from tool_run import Tool

COULOMB = 14.3996454784255  # eV A/e^2
THZ = math.sqrt(1.602176634e-19 / 1.66053906660e-27) * 1e-2 / (2 * math.pi)
EDGE = 3.9

tap = Tap()
folder = tempfile.TemporaryDirectory()
here = pathlib.Path(folder.name)
lrpot = Tool(tap, pathlib.Path(sys.argv[1]).resolve(), folder.name)
model = pathlib.Path(sys.argv[2]).resolve() / "rocksalt.json"


def write(name, cell, pbc, positions, symbols=("Na", "Cl")):
    rows = "".join(f"{s} {p[0]} {p[1]} {p[2]}\n" for s, p in zip(symbols, positions))
    lattice = " ".join(str(x) for row in cell for x in row)
    head = f'Lattice="{lattice}" pbc="{pbc}" Properties=species:S:1:pos:R:3'
    (here / name).write_text(f"{len(positions)}\n{head}\n{rows}")


def told(name, *options, code=0):
    return json.loads(lrpot("phonon", model, name, "--json", "-q", *options, code=code).stdout)


def bands(name, *options):
    lrpot("phonon", model, name, "-q", "--bands", "bands.csv", *options)
    with open(here / "bands.csv") as file:
        return [[float(x) for x in row] for row in list(csv.reader(file))[1:]]


def refused(fact, words, *arguments):
    done = lrpot("phonon", model, *arguments, code=2)
    tap.ok(words in done.stderr, fact, [done.stderr])


def close(a, b, tolerance):
    return all(abs(x - y) <= tolerance for x, y in zip(a, b)) and len(a) == len(b)


half = EDGE / 2
square = [[EDGE, 0, 0], [0, EDGE, 0], [0, 0, 0]]
write("layer.xyz", square, "T T F", [[0, 0, 0], [half, half, 0]])
layer = told("layer.xyz")
groups = layer["spectrum"]
lo = next(g for g in groups if g["lo_slope_thz_a"] > 0)
zo = next(g for g in groups if g["zo_slope_thz_a"] < 0)
tap.ok(
    [g["modes"] for g in groups] == [3, 2, 1] and lo["modes"] == 2 and abs(groups[0]["thz"]) < 1e-5,
    "a square of ions has three acoustic modes, two polar ones in the plane, one along the normal",
    [layer],
)

# df/dq of the file's branches at Gamma, by the wave vectors of a short path, and the closed formula
short = bands("layer.xyz", "--path", "G:0,0,0 A:0.002,0,0", "--points", 2)
q = [row[0] for row in short]
Z = [layer["bec"][0][a][a] for a in range(3)]
mass = 1 / (1 / 22.98976928 + 1 / 35.45)
formula = [
    s * 2 * math.pi * COULOMB / EDGE**2 * z * z / mass * THZ**2 / (2 * g["thz"])
    for s, z, g in ((1, Z[0], lo), (-1, Z[2], zo))
]
tap.ok(
    close([lo["lo_slope_thz_a"], zo["zo_slope_thz_a"]], formula, 1e-4),
    "slopes are those of the Born charges",
    [layer, formula],
)
raw = told("layer.xyz", "--raw")["spectrum"]
raw_slopes = [g["lo_slope_thz_a"] + g["zo_slope_thz_a"] for g in raw]
measured = [
    (4 * short[1][k] - short[2][k] - 3 * short[0][k]) / (2 * q[1]) for k in (7, 8, 9)
]  # the two modes in the plane, then that along the normal
tap.ok(
    abs(measured[0]) < 0.05
    and abs(measured[1] - raw_slopes[1]) < 0.05
    and abs(measured[2] - raw_slopes[2]) < 0.05,
    "bands begin with these slopes",
    [measured, raw_slopes],
)
alpha = [
    COULOMB / EDGE**2 * z * z / mass * THZ**2 / g["thz"] ** 2
    for z, g in ((Z[0], lo), (Z[2], zo))
]
tap.ok(
    close(
        layer["alpha_ionic_a"], [alpha[0], 0, 0, 0, alpha[0], 0, 0, 0, alpha[1]], 1e-4 * alpha[0]
    ),
    "the polarizability of the ions is that of the two oscillators",
    [layer["alpha_ionic_a"], alpha],
)

# other settings: permuted rows, a row that stands askew or in the way of a symmetry
write("turned.xyz", [[0, EDGE, 0], [5, 1, 9], [0, 0, EDGE]], "T F T", [[0, 0, 0], [0, half, half]])
write(
    "cubic.xyz", [[EDGE, 0, 0], [0, EDGE, 0], [0, 0, EDGE]], "T T F", [[0, 0, 0], [half, half, 0]]
)
for name, row in (("turned.xyz", 0), ("cubic.xyz", 2)):
    again = told(name)
    tap.ok(
        all(
            close([a[key] for key in sorted(a)], [b[key] for key in sorted(b)], 1e-5)
            for a, b in zip(groups, again["spectrum"])
        )
        and abs(again["alpha_ionic_a"][4 * row] - alpha[1]) < 1e-3 * alpha[0],
        f"the layer of {name} has the same",
        [groups, again],
    )
tap.ok(told("turned.xyz")["direction"] == [0, 1, 0], "the direction is one of its plane")

# two layers that only a crystal would repeat
far = [[0, 0, 0], [half, half, 0], [0, 0, 25], [half, half, 25]]
write("two.xyz", [[EDGE, 0, 0], [0, EDGE, 0], [0, 0, 50]], "T T F", far, ("Na", "Cl") * 2)
# they move against each other for nothing
two = told("two.xyz", code=4)["spectrum"]
tap.ok(
    [g["modes"] for g in two] == [6, 4, 2]
    and abs(two[1]["lo_slope_thz_a"] / lo["lo_slope_thz_a"] - 2) < 1e-3,
    "two layers far from each other have their modes twice, and long waves of both",
    [two],
)

standard = bands(
    "layer.xyz", "--points", 20, "--dos", "dos.csv", "--mesh", 6, "--grueneisen", "g.csv"
)
corners = [row[1:4] for row in standard]
tap.ok(
    [0.5, 0.5, 0] in corners and all(row[2] == 0 for row in corners),
    "the path is that of the square lattice",
    [corners],
)
with open(here / "dos.csv") as file:
    rows = [[float(x) for x in row] for row in list(csv.reader(file))[1:]]
states = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(rows, rows[1:]))
tap.ok(abs(states - 6) < 1e-3, "the density of states has all modes", [states])
with open(here / "g.csv") as file:
    values = [float(x) for x in list(csv.reader(file))[11][4:]]
tap.ok(all(map(math.isfinite, values)), "Grueneisen parameters are by area", [values])

# eps(q) = surroundings + r_eff |q|
path = ("--path", "G:0,0,0 A:0.02,0,0", "--points", 2)
plain, sheet = bands("layer.xyz", *path), bands("layer.xyz", *path, "--r-eff", 6)
lost = [(a[8] ** 2 - a[7] ** 2, b[8] ** 2 - b[7] ** 2) for a, b in zip(plain[1:], sheet[1:])]
tap.ok(
    all(b < 0.97 * a for a, b in lost), "the polarizability of a sheet screens its waves", [lost]
)
around = told("layer.xyz", "--surroundings", 2)["spectrum"][1]["lo_slope_thz_a"]
tap.ok(abs(around / lo["lo_slope_thz_a"] - 0.5) < 1e-9, "surroundings halve the slope", [around])
nep = model.parent / "nacl_nep.txt"
several = json.loads(lrpot("phonon", model, nep, "layer.xyz", "--json", "-q").stdout)
alone = json.loads(lrpot("phonon", nep, "layer.xyz", "--json", "-q").stdout)
slope = (lo["lo_slope_thz_a"] + alone["spectrum"][1]["lo_slope_thz_a"]) / 2
means = [(a["thz"] + b["thz"]) / 2 for a, b in zip(groups, alone["spectrum"])]
tap.ok(
    close(several["frequencies_thz"][3:], [means[1], means[1], means[2]], 1e-4)
    and abs(several["lo_slope_thz_a"] - slope) < 1e-4
    and "frequencies_with_field_thz" not in several,
    "an ensemble of models has the modes of a layer",
    [several],
)

write("crystal.xyz", [[5.6, 0, 0], [0, 5.6, 0], [0, 0, 5.6]], "T T T", [[0, 0, 0], [2.8, 2.8, 2.8]])
write("wire.xyz", square, "T F F", [[0, 0, 0], [half, half, 0]])
refused(
    "wave vectors across it are refused",
    "component 3 = 0",
    "layer.xyz",
    "--bands",
    "b.csv",
    "--path",
    "G:0,0,0 X:0,0,0.5",
)
refused("directions across it are refused", "not in the plane", "layer.xyz", "--direction", "0,0,1")
refused("its dielectric constant is refused", "--eps-inf", "layer.xyz", "--eps-inf", 3)
refused("files for phonopy are refused", "phonopy", "layer.xyz", "--write", "folder")
refused("a crystal has no sheet", "--r-eff", "crystal.xyz", "--r-eff", 3)
done = lrpot("phonon", model, "wire.xyz", code=3)
tap.ok("fewer than two directions" in done.stderr, "wires are refused", [done.stderr])
tap.done()
