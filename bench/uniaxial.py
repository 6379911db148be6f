"""Longitudinal modes and bands of a uniaxial crystal, from energies, forces and stresses alone.

    python3 bench/uniaxial.py --data FOLDER [--lrpot COMMAND] [--model MODEL]

FOLDER holds train.xyz, valid.xyz and reference.txt of a core-shell crystal of CdI2 structure with
an anisotropic eps_inf, whose modes are known. Prints *quantity, teacher, model, difference*."""
import argparse
import csv
import json
import math
import pathlib
import re
import subprocess
import tempfile

FIT = (
    "--charges edqrd --level 16 --charge-level 8 --cutoff 6 --radial-size 12 "
    "--species-coefficients all --starts 1 -i 150"
)
# Corners of the lines of reference.txt, in reciprocal vectors.
LINES = {
    "Gamma-A": "G:0,0,0 A:0,0,0.5",
    "Gamma-M": "G:0,0,0 M:0.5,0,0",
    "Gamma-K": "G:0,0,0 K:0.333333333333,0.333333333333,0",
}


def crystal(reference, path, tensor):
    a, c, z = (float(x) for x in re.match(r"a (\S+) c (\S+) z (\S+)", reference).groups())
    eps = [float(x) for x in re.search(r"eps_inf xx (\S+) zz (\S+)", reference).groups()]
    rows = [(a, 0, 0), (-a / 2, a * math.sqrt(3) / 2, 0), (0, 0, c)]
    sites = [(0, 0, 0), (1 / 3, 2 / 3, z), (2 / 3, 1 / 3, 1 - z)]
    head = f'epsilon_inf="{eps[0]} 0 0 0 {eps[0]} 0 0 0 {eps[1]}"' if tensor else ""
    cell = " ".join(f"{x:.10f}" for row in rows for x in row)
    text = f'3\nLattice="{cell}" pbc="T T T" {head} Properties=species:S:1:pos:R:3\n'
    for symbol, s in zip(("Ca", "Cl", "Cl"), sites):
        at = [sum(s[k] * rows[k][x] for k in range(3)) for x in range(3)]
        text += symbol + "".join(f" {x:.10f}" for x in at) + "\n"
    path.write_text(text)


def rows_after(reference, title):
    """Numbers of the lines that follow the line with this beginning."""
    lines = iter(reference.splitlines())
    next(line for line in lines if line.startswith(title))
    rows = []
    for line in lines:
        words = line.split("max")[0].split()
        if not words or not re.match(r"^[\d.]+$", words[0]):
            break
        rows.append([float(x) for x in words])
    return rows


def show(name, right, found):
    print(f"{name:34} {right:9.4f} {found:9.4f} {100 * (found / right - 1):+7.2f} %")


def directions(run, reference, file):
    for row in rows_after(reference, "Angle-dependent"):
        angle = math.radians(row[0])
        toward = f"{math.sin(angle):.12f},0,{math.cos(angle):.12f}"
        found = json.loads(run("phonon", file, "--json", "-d", toward))
        groups = found["spectrum_with_field"]
        modes = sorted(g["thz"] for g in groups for _ in range(g["modes"]))[3:]
        for name, right, value in zip(("upper", "lower"), *extremes(row[1:], modes)):
            show(f"LO at {row[0]:g} degrees from c, {name}", right, value)
    return found


def extremes(right, found):
    """Of the six optical modes: the highest, and the one of the Eu pair that follows q. Two of the
    others are the Eg pair and one the A1g mode, which q does not move."""
    fixed = [3.174337, 4.040339, 4.040339, 7.430595]
    left = list(right)
    for value in fixed:
        left.remove(min(left, key=lambda x: abs(x - value)))
    places = [sorted(right).index(x) for x in sorted(left, reverse=True)]
    return [sorted(right)[k] for k in places], [found[k] for k in places]


def bands(run, reference, file, folder):
    """Root mean square difference to the teacher along each line, Gamma left out."""
    for title, path in LINES.items():
        right = rows_after(reference, title + ",")
        out = folder / "bands.csv"
        run("phonon", file, "--bands", out, "--path", path, "--points", str(len(right) - 1))
        found = [[float(x) for x in row[4:]] for row in list(csv.reader(out.open()))[1:]]
        pairs = [(a, b) for r, f in zip(right[1:], found[1:]) for a, b in zip(r[1:], f)]
        rms = math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(pairs))
        print(f"bands {title}: rms difference {rms:.4f} THz over {len(pairs)} frequencies")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--lrpot", default="lrpot")
    parser.add_argument("--model", help="take this model instead of a fit")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        model = arguments.model or folder / "uniaxial.model"

        def run(verb, *rest):
            head = [arguments.lrpot, verb] + ([model] if verb == "phonon" else [])
            done = subprocess.run(
                list(map(str, head + list(rest))), check=True, stdout=subprocess.PIPE
            )
            return done.stdout.decode()

        train, valid = arguments.data / "train.xyz", arguments.data / "valid.xyz"
        if not arguments.model:
            run("fit", train, "--valid", valid, "-q", "-o", model, *FIT.split())
        reference = (arguments.data / "reference.txt").read_text()
        file = folder / "crystal.xyz"
        crystal(reference, file, True)
        print(f"{'quantity':34} {'teacher':>9} {'model':>9}")
        found = directions(run, reference, file)
        in_plane, along = re.search(
            r"eps_0 full static response: xx (\S+) zz (\S+)", reference
        ).groups()
        show("eps_0 in plane", float(in_plane), found["eps_0"][0])
        show("eps_0 along c", float(along), found["eps_0"][8])
        bands(run, reference, file, folder)


main()
