"""Densities fitted to polarizable crystals whose response is known exactly.

    python3 bench/teacher_crystals.py --data FOLDER [--lrpot COMMAND] [--crystal NAME]...

FOLDER holds shell_nacl, shell_uniaxial and shell_superionic: core-shell crystals with train.xyz and
valid.xyz. A density is fitted to energies and forces of 9 to 16 frames of the one and, with Born
charges and eps_inf, of 2 to 4 distorted frames of the other. Prints *quantity, teacher, model,
difference* of the perfect crystal, whose response no frame of the fit has."""
import argparse
import json
import pathlib
import subprocess
import tempfile

FIT = (
    "--charges density --order 1 --level 12 --charge-level 4 --cutoff 6 --charge-cutoff 4.5 "
    "--species-coefficients all --reach 4 --targets energy,forces,bec,eps_inf --starts 1"
)
# Errors that count as one, in the order of --weights. The tensors of a few frames have to hold
# against thousands of forces: 0.005 for eps_inf, where 0.03 eV/A count for a force.
ERRORS = "0.001,0.03,0.003,0.02,0.02,0.01,0.1,0.02,0.05,0.005,1"
# What frames without tensors carry.
WITHOUT = ' config_bec_weight=0 config_eps_inf_weight=0 eps_inf="1 0 0 0 1 0 0 0 1"'

A_NACL, A_FLUORITE = 5.58111140, 5.44859066
A_LAYERS, C_LAYERS, Z_LAYERS = 3.79449869, 6.55708324, 0.24871359


def fcc(a):
    return [(0, a / 2, a / 2), (a / 2, 0, a / 2), (a / 2, a / 2, 0)]


# Of each crystal: frames of train.xyz, and of those of valid.xyz that have Born charges; options;
# cell, sites (fractions), and what is known: name, value, direction of q, how it is found.
CRYSTALS = {
    "nacl": {
        "train": (48, 51, 52, 60, 61, 62, 63, 64, 65),
        "tensors": (8, 9),
        "options": "--widths Na=0.8,Cl=1.0 --max-iterations 18",
        "cell": fcc(A_NACL),
        "sites": [("Na", 0, 0, 0), ("Cl", 0.5, 0.5, 0.5)],
        "known": [
            ("eps_inf", 2.363954, "0,0,1", ("eps", 2)),
            ("Z* Na", 1.097258, "0,0,1", ("bec", 2)),
            ("TO THz", 5.305579, "0,0,1", ("mode", 3)),
            ("LO THz", 8.081445, "0,0,1", ("mode", 5)),
        ],
    },
    "uniaxial": {
        "train": tuple(range(0, 40, 3)),
        "tensors": (1, 3, 5, 7),
        "options": "--widths Ca=0.8,Cl=1.0 --max-iterations 30",
        "cell": [(A_LAYERS, 0, 0), (-A_LAYERS / 2, A_LAYERS * 3**0.5 / 2, 0), (0, 0, C_LAYERS)],
        "sites": [
            ("Ca", 0, 0, 0),
            ("Cl", 1 / 3, 2 / 3, Z_LAYERS),
            ("Cl", 2 / 3, 1 / 3, 1 - Z_LAYERS),
        ],
        "known": [
            ("eps_inf in plane", 2.839657, "1,0,0", ("eps", 0)),
            ("eps_inf along c", 2.601884, "1,0,0", ("eps", 2)),
            ("Z* Ca in plane", 2.091955, "1,0,0", ("bec", 0)),
            ("Z* Ca along c", 1.493304, "1,0,0", ("bec", 2)),
            ("TO in plane THz", 3.174337, "0,0,1", ("mode", 3)),
            ("TO along c THz", 7.969235, "1,0,0", ("mode", 8)),
            ("LO in plane THz", 6.529305, "1,0,0", ("mode", 6)),
            ("LO along c THz", 9.034017, "0,0,1", ("mode", 8)),
        ],
    },
    "superionic": {
        "train": (0, 5, 11, 16, 22, 24, 25, 27, 28, 31, 34, 35, 36, 37, 38, 39),
        "tensors": (0, 2, 4),
        "options": "--widths Ca=0.8,F=0.8 --max-iterations 30",
        "cell": fcc(A_FLUORITE),
        "sites": [("Ca", 0, 0, 0), ("F", 0.25, 0.25, 0.25), ("F", 0.75, 0.75, 0.75)],
        "known": [
            ("eps_inf", 2.078937, "0,0,1", ("eps", 2)),
            ("Z* Ca", 2.103038, "0,0,1", ("bec", 2)),
            ("TO THz", 7.265634, "0,0,1", ("mode", 3)),
            ("LO THz", 13.117667, "0,0,1", ("mode", 8)),
        ],
    },
}


def frames(path):
    lines = path.read_text().splitlines()
    found = []
    while lines:
        n = int(lines[0])
        found.append((lines[1], lines[2 : n + 2]))
        lines = lines[n + 2 :]
    return found


def without_tensors(frame):
    head, rows = frame
    head = head.replace("forces:R:3", "forces:R:3:bec:R:9") + WITHOUT
    return head, [row + " 0" * 9 for row in rows]


def write_training(data, crystal, path):
    train, valid = (frames(data / name) for name in ("train.xyz", "valid.xyz"))
    tensors = [frame for frame in valid if "bec:R:9" in frame[0]]
    chosen = [without_tensors(train[k]) for k in crystal["train"]]
    chosen += [tensors[k] for k in crystal["tensors"]]
    path.write_text(
        "".join(f"{len(rows)}\n{head}\n" + "\n".join(rows) + "\n" for head, rows in chosen)
    )


def write_perfect(crystal, path):
    rows, sites = crystal["cell"], crystal["sites"]
    cell = " ".join(f"{x:.10f}" for row in rows for x in row)
    text = f'{len(sites)}\nLattice="{cell}" pbc="T T T" Properties=species:S:1:pos:R:3\n'
    for symbol, *s in sites:
        at = [sum(s[k] * rows[k][x] for k in range(3)) for x in range(3)]
        text += symbol + "".join(f" {x:.10f}" for x in at) + "\n"
    path.write_text(text)


def value(found, how):
    what, index = how
    if what == "eps":
        return found["eps_inf"][4 * index]
    if what == "bec":
        return found["bec"][0][index][index]
    groups = found["spectrum_with_field"]
    return sorted(g["thz"] for g in groups for _ in range(g["modes"]))[index]


def compare(name, crystal, options, folder):
    def run(verb, *rest):
        command = [options.lrpot, verb, *map(str, rest)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    data = options.data / f"shell_{name}"
    train, perfect, model = (folder / f"{name}.{end}" for end in ("xyz", "cell.xyz", "model"))
    write_training(data, crystal, train)
    write_perfect(crystal, perfect)
    sizes = FIT.split() + ["--weights", ERRORS] + crystal["options"].split()
    run("fit", train, "-q", "-o", model, *sizes)
    for title, right, direction, how in crystal["known"]:
        found = value(json.loads(run("phonon", model, perfect, "--json", "-d", direction)), how)
        print(f"{name:11} {title:17} {right:9.4f} {found:9.4f} {100 * (found / right - 1):+7.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--lrpot", default="lrpot")
    parser.add_argument("--crystal", action="append", choices=CRYSTALS, help="default: all three")
    options = parser.parse_args()
    print(f"{'crystal':11} {'quantity':17} {'teacher':>9} {'model':>9} difference")
    with tempfile.TemporaryDirectory() as place:
        for name in options.crystal or CRYSTALS:
            compare(name, CRYSTALS[name], options, pathlib.Path(place))


main()
