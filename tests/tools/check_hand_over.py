"""Files of `lrpot phonon --write` and the command that it prints, run by phonopy: every mode at
Gamma with the field of q -> 0, and modes at the zone boundary, against a dynamical matrix made here
by differences of forces. Species alternate in the files, atoms of one species have several sites or
masses, symmetry turns Born charges, cells are of either handedness. Skipped without phonopy
(Debian: python3-phonopy).

Usage: check_hand_over.py LRPOT NACL_DATA"""
import math
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

TOLERANCE = 0.001  # THz; phonopy's constants have other last digits
STEP = 0.001  # A, here and there: second derivatives jump where a neighbour crosses the cutoff
COULOMB = 14.3996454784255  # eV A/e^2
THZ = math.sqrt(1.602176634e-19 / 1.66053906660e-27) * 1e-2 / (2 * math.pi)
MASSES = {"Na": 22.989769, "Cl": 35.45}


def crystals(np):
    """Name: symbols, fractions, cell, direction, masses, what the comment line has besides."""
    root = math.sqrt
    wurtzite = [[4.4, 0, 0], [-2.2, 2.2 * root(3), 0], [0, 0, 7.2]]
    sites = [[1 / 3, 2 / 3, 0], [1 / 3, 2 / 3, 0.37], [2 / 3, 1 / 3, 0.5], [2 / 3, 1 / 3, 0.87]]
    salt = [[0, 0, 0], [0.5, 0.5, 0.5], [0, 0.5, 0.5], [0.5, 0, 0], [0.5, 0, 0.5], [0, 0.5, 0]]
    salt += [[0.5, 0.5, 0], [0, 0, 0.5]]
    rng = np.random.default_rng(3)
    loose = np.array([[0, 0, 0], [0.5, 0, 0], [0.5, 0.5, 0.5], [0, 0.5, 0.5]])
    return {
        "rock salt, conventional cell, isotopes": (
            ["Na", "Cl"] * 4,
            salt,
            np.eye(3) * 5.6,
            [0, 0, 1],
            [22.989769, 34.96885, 22.989769, 36.9659, 22.989769, 34.96885, 21.99, 36.9659],
            "",
        ),
        "perovskite, two sites of one species, rotated anions": (
            ["Cl", "Na", "Cl", "Na", "Cl"],
            [[0.5, 0.5, 0], [0, 0, 0], [0.5, 0, 0.5], [0.5, 0.5, 0.5], [0, 0.5, 0.5]],
            np.eye(3) * 5.5,
            [1, 0, 0],
            None,
            "",
        ),
        "rutile, eps_inf known": (
            ["Cl", "Na", "Cl", "Cl", "Na", "Cl"],
            [
                [0.305, 0.305, 0],
                [0, 0, 0],
                [-0.305, -0.305, 0],
                [0.805, 0.195, 0.5],
                [0.5, 0.5, 0.5],
            ]
            + [[0.195, 0.805, 0.5]],
            np.diag([6.2, 6.2, 4.2]),
            [1, 1, 0],
            None,
            'epsilon_inf="2.3"',
        ),
        "wurtzite, oblique direction": (
            ["Na", "Cl", "Na", "Cl"],
            sites,
            np.array(wurtzite),
            [0.3, 0.5, 0.7],
            None,
            "",
        ),
        "wurtzite, left-handed, atoms outside of the cell": (
            ["Cl", "Na", "Cl", "Na"],
            [[s[1] + 2, s[0] - 1, 1 - s[2]] for s in sites],
            np.array([wurtzite[1], wurtzite[0], wurtzite[2]]),
            [1, 0, 0],
            None,
            "",
        ),
        "rhombohedral, polar": (
            ["Na", "Cl"],
            [[0, 0, 0], [0.52, 0.52, 0.52]],
            np.array([[0.17, 2.9, 2.9], [2.9, 0.17, 2.9], [2.9, 2.9, 0.17]]),
            [1, -1, 0],
            None,
            "",
        ),
        "no symmetry": (
            ["Na", "Cl", "Na", "Cl"],
            loose + 0.02 * rng.normal(size=(4, 3)),
            np.array([[5.6, 0.2, 0], [0, 4.0, 0.3], [0.1, 0, 3.9]]),
            [1, 2, -1],
            None,
            "",
        ),
    }


def xyz(symbols, positions, cell, masses=None, extra=""):
    lattice = " ".join(f"{x:.15g}" for row in cell for x in row)
    column = ":masses:R:1" if masses is not None else ""
    text = (
        f'{len(symbols)}\nLattice="{lattice}" pbc="T T T"'
        f" Properties=species:S:1:pos:R:3{column} {extra}\n"
    )
    for k, symbol in enumerate(symbols):
        text += symbol + "".join(f" {x:.15g}" for x in positions[k])
        text += f" {masses[k]}\n" if masses is not None else "\n"
    return text


def run(*words, cwd=None):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=cwd)
    if done.returncode != 0:
        raise RuntimeError(" ".join(map(str, words)) + "\n" + done.stdout + done.stderr)
    return done


def columns(np, path, n, name):
    """A column of Properties, frame by frame."""
    out, lines = [], path.read_text().splitlines()
    for at in range(0, len(lines), n + 2):
        parts, start = re.search(r"Properties=(\S+)", lines[at + 1]).group(1).split(":"), 0
        for label, width in zip(parts[::3], map(int, parts[2::3])):
            if label == name:
                rows = [line.split()[start : start + width] for line in lines[at + 2 : at + 2 + n]]
                out.append(np.array(rows, float))
            start += width
    return out


class Matter:
    """Second derivatives by differences of the model's forces, and Born charges, with nothing of
    the product's phonons."""

    def __init__(self, np, lrpot, model, folder, symbols, positions, cell, repeat=1, step=STEP):
        shifts = [k * cell[0] for k in range(repeat)]
        places = np.concatenate([positions + shift for shift in shifts])
        box = cell.copy()
        box[0] *= repeat
        n, home = len(places), len(positions)
        text = xyz(symbols * repeat, places, box)
        for k in range(3 * home):
            for sign in (1, -1):
                moved = places.copy()
                moved[k // 3, k % 3] += sign * step
                text += xyz(symbols * repeat, moved, box)
        (folder / "moved.xyz").write_text(text)
        run(lrpot, "eval", model, folder / "moved.xyz", "-q", "--bec", "-o", folder / "forces.xyz")
        forces = columns(np, folder / "forces.xyz", n, "forces")
        rows = [(forces[2 + 2 * k] - forces[1 + 2 * k]) / (2 * step) for k in range(3 * home)]
        self.H = np.array(rows).reshape(3 * home, repeat, 3 * home).transpose(1, 0, 2)
        Z = columns(np, folder / "forces.xyz", n, "bec")[0].reshape(n, 3, 3)
        self.Z = (Z - Z.mean(0))[:home]
        self.volume, self.np = abs(np.linalg.det(cell)), np

    def modes(self, masses, phase, direction=None):
        np = self.np
        D = sum(h * phase**k for k, h in enumerate(self.H))
        D = (D + D.T) / 2
        if direction is not None:
            d = np.array(direction) / np.linalg.norm(direction)
            z = np.einsum("a,kab->kb", d, self.Z).ravel()
            D = D + 4 * math.pi * COULOMB / self.volume * np.outer(z, z)
        root = np.repeat(np.sqrt(masses), 3)
        w = np.linalg.eigvalsh(D / np.outer(root, root))
        return THZ * np.sign(w) * np.sqrt(abs(w))


def by_phonopy(np, command, folder):
    """Frequencies of the printed command, and of the zone boundary in the same run."""
    words = shlex.split(command)
    words[words.index("--qpoints") + 1] += " 0.5 0 0"
    run(*words, cwd=folder)
    text = (folder / "qpoints.yaml").read_text()
    found = np.array([float(x) for x in re.findall(r"frequency:\s*(\S+)", text)])
    return np.split(found, 2)


def compare(tap, np, lrpot, model, folder, name, crystal):
    symbols, fractions, cell, direction, masses, extra = crystal
    positions = np.array(fractions) @ cell
    (folder / "crystal.xyz").write_text(xyz(symbols, positions, cell, masses, extra))
    m = masses or [MASSES[s] for s in symbols]
    here = Matter(np, lrpot, model, folder, symbols, positions, cell)
    wide = Matter(np, lrpot, model, folder, symbols, positions, cell, 2)
    right, edge = here.modes(m, 1, direction), wide.modes(m, -1)
    # units of the other interface: crystals with isotopes, a left-handed cell, no symmetry
    both = masses is not None or np.linalg.det(cell) < 0 or name == "no symmetry"
    for interface in ("vasp", "qe") if both else ("vasp",):
        target = folder / interface
        done = run(
            *(lrpot, "phonon", model, folder / "crystal.xyz", "--write", target),
            *("--direction", ",".join(map(str, direction)), "--supercell", 2),
            *("--interface", interface, "--step", STEP),
        )
        lines = [line for line in done.stderr.splitlines() if re.match(r"\s*phonopy ", line)]
        first = (target / "BORN").read_text().split()[0]
        tap.ok(
            first == ("14.3996454784255" if interface == "vasp" else "default"),
            f"{name}: {interface}: born_has_the_unit_of_its_folder",
            [first],
        )
        found = by_phonopy(np, lines[-1], target)
        for where, good, got in zip(("gamma_with_field", "zone_boundary"), (right, edge), found):
            worst = abs(got - good).max() if len(got) == len(good) else float("inf")
            print(f"# {name}, {interface}, {where}: largest difference {worst:.1e} THz")
            tap.ok(worst < TOLERANCE, f"{name}: {interface}: {where}", [got, good])


def refusals(tap, np, lrpot, model, folder, crystal):
    """--independent may name one atom of each set, and BORN is the same as without it."""
    symbols, fractions, cell = crystal[:3]
    (folder / "crystal.xyz").write_text(xyz(symbols, np.array(fractions) @ cell, cell))

    def born(*options):
        words = (lrpot, "bec", model, "crystal.xyz", "--format", "phonopy", "-o", "BORN", *options)
        done = subprocess.run(list(map(str, words)), cwd=folder, capture_output=True, text=True)
        return done, (folder / "BORN").read_text().splitlines()

    plain, rows = born()
    if len(rows) == 7:  # built without spglib
        tap.ok("--nosym" in plain.stderr, "without_spglib_phonopy_is_told_of_all_atoms")
        return
    tap.ok(len(rows) == 5 and rows[0] == "default", "born_has_three_independent_atoms", rows)
    tap.ok(born("--independent", "3,1,4")[1] == rows, "any_member_names_its_set")
    few = born("--independent", "0,1")[0]
    tap.ok(few.returncode == 2 and "names 0 atoms" in few.stderr, "a_missing_set_is_an_error")
    many = born("--independent", "0,1,2,3")[0]
    tap.ok(many.returncode == 2 and "names 2 atoms" in many.stderr, "so_are_two_of_one_set")
    every, rows = born("--independent", "all")
    tap.ok(len(rows) == 7 and "--nosym" in every.stderr, "all_atoms_can_be_had")


def main():
    tap = Tap()
    lrpot, data = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    try:
        import numpy as np
    except ImportError:
        np = None
    if np is None or shutil.which("phonopy") is None:
        tap.skip("hand_over", "no NumPy or no phonopy (Debian: python3-phonopy)")
        tap.done()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        model = folder / "model"
        run(
            *(lrpot, "fit", data / "valid.xyz", "--charges", "edqrd", "--charge-level", 2),
            *("--level", 6, "--cutoff", 4.5, "--charge-cutoff", 4.5, "--threads", 1),
            *("--max-iterations", 6, "-o", model),
        )
        for name, crystal in crystals(np).items():
            compare(tap, np, lrpot, model, folder, name, crystal)
        perovskite = crystals(np)["perovskite, two sites of one species, rotated anions"]
        refusals(tap, np, lrpot, model, folder, perovskite)
    tap.done()


main()
