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
    tap.done()


main()
