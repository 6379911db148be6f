"""Bands of `lrpot phonon` against phonopy on the files that it writes: at Gamma and wherever the
supercell has a wave of that length for all models, and between these for rigid ions, whose forces
beyond the dipoles end inside the supercell. Skipped without phonopy (Debian: python3-phonopy).

Usage: check_phonopy.py LRPOT NACL_DATA"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

SUPERCELL = 5
TOLERANCE = 1e-3  # THz
HALF = 2.8025  # A, half a lattice constant
# Masses as phonopy has them.
CELL = f"0 {HALF} {HALF} {HALF} 0 {HALF} {HALF} {HALF} 0"
CRYSTAL = f"""2
Lattice="{CELL}" Properties=species:S:1:pos:R:3:masses:R:1 pbc="T T T"
Na 0 0 0 22.98976928
Cl {HALF} {HALF} {HALF} 35.453
"""
PATH = "G:0,0,0 X:0.5,0,0.5 | K:0.375,0.375,0.75 G:0,0,0 L:0.5,0.5,0.5"

# Runs under an interpreter that has phonopy. Input: rows of q and, at Gamma, a direction; output:
# frequencies.
PHONOPY = """
import json, sys
import numpy as np
import phonopy
folder, n = sys.argv[1], int(sys.argv[2])
phonon = phonopy.load(unitcell_filename=folder + "/POSCAR",
    force_constants_filename=folder + "/FORCE_CONSTANTS", born_filename=folder + "/BORN",
    supercell_matrix=[n] * 3, primitive_matrix=np.eye(3),
    symmetrize_fc=False, produce_fc=False, log_level=0)
phonon.nac_params = dict(phonon.nac_params, factor=14.3996454784255)
out = []
for q, direction in json.load(sys.stdin):
    phonon.run_qpoints([q], nac_q_direction=direction)
    out.append(sorted(phonon.get_qpoints_dict()["frequencies"][0]))
json.dump(out, sys.stdout)
"""


def interpreter():
    for name in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([name, "-c", "import phonopy"], capture_output=True).returncode == 0:
            return name
    return None


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise RuntimeError(" ".join(map(str, words)) + "\n" + done.stderr)
    return done.stdout


def is_integer(values):
    return all(abs(x - round(x)) < 1e-6 for x in values)


def by_phonopy(python, folder, points):
    done = subprocess.run(
        [python, "-c", PHONOPY, folder, str(SUPERCELL)],
        input=json.dumps(points),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def largest(rows):
    return max((max(abs(a - b) for a, b in zip(*row)) for row in rows), default=float("nan"))


# Slopes of branches and the density of states. Input: folders of the crystal and of it at smaller
# and larger volume, wave vectors, frequencies of the density; output: what phonopy finds.
SLOPES = """
import json, sys
import numpy as np
import phonopy
from phonopy import PhonopyGruneisen
n, task = int(sys.argv[1]), json.load(sys.stdin)
read = lambda folder: phonopy.load(unitcell_filename=folder + "/POSCAR",
    force_constants_filename=folder + "/FORCE_CONSTANTS", supercell_matrix=[n] * 3,
    primitive_matrix=np.eye(3), is_nac=False, symmetrize_fc=False, produce_fc=False, log_level=0)
phonon, smaller, larger = [read(folder) for folder in task["folders"]]
phonon.run_qpoints(task["points"], with_group_velocities=True)
out = {"velocities": phonon.get_qpoints_dict()["group_velocities"].tolist()}
ends = [[point, (np.array(point) + 1e-6).tolist()] for point in task["points"]]
found = PhonopyGruneisen(phonon, larger, smaller)
found.set_band_structure(ends)
out["parameters"] = [rows[0].tolist() for rows in found.get_band_structure()[4]]
phonon.run_mesh([4] * 3, with_eigenvectors=True, is_mesh_symmetry=False)
low, high, width = task["low"], task["high"], task["width"]
phonon.run_projected_dos(sigma=width, freq_min=low, freq_max=high, freq_pitch=(high - low) / 50,
    use_tetrahedron_method=False)
density = phonon.get_projected_dos_dict()
out["frequencies"] = density["frequency_points"].tolist()
out["density"] = density["projected_dos"].tolist()
json.dump(out, sys.stdout)
"""
# Forces of the model without charges reach 7 A; a supercell of 5 holds them.
SLOPES_SUPERCELL = 5
SLOPES_PATH = "A:0.1,0.2,0.37 B:0.31,0.05,0.44"


def table(path):
    rows = list(csv.reader(open(path)))
    return rows[0], [[float(x) for x in row] for row in rows[1:]]


def scaled(volume):
    """The crystal in a cell of another volume."""
    edge = HALF * volume ** (1 / 3)
    return CRYSTAL.replace(f"{HALF}", f"{edge:.15g}")


def at(rows, x):
    """Value of a curve [(x, y)] by a parabola through the three points around."""
    k = min(range(1, len(rows) - 1), key=lambda k: abs(rows[k][0] - x))
    (a, u), (b, v), (c, w) = rows[k - 1 : k + 2]
    return (
        u * (x - b) * (x - c) / ((a - b) * (a - c))
        + v * (x - a) * (x - c) / ((b - a) * (b - c))
        + w * (x - a) * (x - b) / ((c - a) * (c - b))
    )


def compare_slopes(tap, python, lrpot, data, folder):
    model = folder / "model"
    fit = "--charges none --level 6 --cutoff 3.5 --threads 1 --max-iterations 6".split()
    run(lrpot, "fit", data / "valid.xyz", *fit, "-o", model)
    folders = []
    for volume in (1.0, 0.995, 1.005):
        folders.append(folder / f"volume-{volume}")
        crystal = folder / f"crystal-{volume}.xyz"
        crystal.write_text(scaled(volume))
        run(
            lrpot,
            "phonon",
            model,
            crystal,
            "--write",
            folders[-1],
            "-q",
            "--supercell",
            SLOPES_SUPERCELL,
        )
    words = ["--path", SLOPES_PATH, "--points", 4, "--mesh", 4, "--width", 0.1, "-q"]
    files = {name: folder / (name + ".csv") for name in ("velocities", "grueneisen", "dos")}
    words += [word for name, path in files.items() for word in ("--" + name, path)]
    run(lrpot, "phonon", model, folder / "crystal-1.0.xyz", *words, "--projected", "atoms")
    _, velocities = table(files["velocities"])
    _, parameters = table(files["grueneisen"])
    names, density = table(files["dos"])
    task = {
        "folders": [str(name) for name in folders],
        "points": [row[1:4] for row in velocities],
        "low": density[0][0],
        "high": density[-1][0],
        "width": 0.1,
    }
    words = [python, "-c", SLOPES, str(SLOPES_SUPERCELL)]
    done = subprocess.run(words, input=json.dumps(task), capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    flat = [[0.1 * x for mode in rows for x in mode] for rows in theirs["velocities"]]  # A THz
    worst = largest([(row[4:], other) for row, other in zip(velocities, flat)])
    tap.ok(worst < 0.002, "group velocities agree with phonopy, km/s", [worst])
    worst = largest([(row[4:], other) for row, other in zip(parameters, theirs["parameters"])])
    tap.ok(worst < 0.002, "Grueneisen parameters agree with phonopy", [worst])
    tap.ok(names[2:] == ["density_Na1/THz^-1", "density_Cl2/THz^-1"], "parts of the density", names)
    worst = 0.0
    for part in range(2):
        curve = [(row[0], row[2 + part]) for row in density]
        pairs = list(zip(theirs["frequencies"], theirs["density"][part]))[1:-1]
        worst = max([worst] + [abs(at(curve, x) - y) for x, y in pairs])
    highest = max(row[1] for row in density)
    tap.ok(worst < 0.003 * highest, "projected densities agree with phonopy", [worst, highest])


def compare(tap, python, lrpot, data, kind, folder):
    model = folder / "model"
    run(
        lrpot,
        "fit",
        data / "valid.xyz",
        "--charges",
        kind,
        "--charge-level",
        2,
        "--level",
        6,
        "--cutoff",
        4.5,
        "--charge-cutoff",
        4.5,
        "--threads",
        1,
        "--max-iterations",
        6,
        "-o",
        model,
    )
    crystal = folder / "crystal.xyz"
    crystal.write_text(CRYSTAL)
    result = json.loads(
        run(
            lrpot,
            "phonon",
            model,
            crystal,
            "--write",
            folder,
            "--supercell",
            SUPERCELL,
            "--path",
            PATH,
            "--points",
            10,
            "--bands",
            folder / "bands.csv",
            "--json",
        )
    )
    rows = [[float(x) for x in row] for row in list(csv.reader(open(folder / "bands.csv")))[1:]]
    inside = [row for row in rows if not is_integer(row[1:4])]
    theirs = by_phonopy(
        python, str(folder), [(row[1:4], None) for row in inside] + [([0, 0, 0], [1, 0, 1])]
    )
    gamma = theirs.pop()
    mine = [group["thz"] for group in result["spectrum_with_field"] for _ in range(group["modes"])]
    tap.ok(
        largest([(mine, gamma)]) < TOLERANCE, f"{kind}: gamma_agrees_with_phonopy", [mine, gamma]
    )
    both = [
        (row[4:], other, is_integer(SUPERCELL * x for x in row[1:4]))
        for row, other in zip(inside, theirs)
    ]
    worst = largest([(a, b) for a, b, shared in both if shared])
    tap.ok(worst < TOLERANCE, f"{kind}: waves_of_the_supercell_agree_with_phonopy", [worst])
    worst = largest([(a, b) for a, b, shared in both if not shared])
    if kind == "qrd":
        tap.ok(worst < TOLERANCE, f"{kind}: the_whole_path_agrees_with_phonopy", [worst])
    else:
        print(
            f"# {kind}: between the supercell's waves phonopy interpolates, off by up to"
            f" {worst:.4f} THz"
        )


def main():
    tap, lrpot, data, python = (
        Tap(),
        pathlib.Path(sys.argv[1]).resolve(),
        pathlib.Path(sys.argv[2]).resolve(),
        interpreter(),
    )
    for kind in ("qrd", "edqrd"):
        if python is None:
            tap.skip(f"{kind}: bands_agree_with_phonopy", "no phonopy (Debian: python3-phonopy)")
            continue
        with tempfile.TemporaryDirectory() as folder:
            compare(tap, python, lrpot, data, kind, pathlib.Path(folder))
    if python is None:
        tap.skip("slopes_and_densities", "no phonopy (Debian: python3-phonopy)")
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare_slopes(tap, python, lrpot, data, pathlib.Path(folder))
    tap.done()


main()
