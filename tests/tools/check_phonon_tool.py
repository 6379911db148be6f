"""Numbers of `lrpot phonon` that hold for some crystals only: eps_0/eps_inf = (LO/TO)^2, the static
dielectric tensor, and what an unstable crystal leaves. Bands of all Bravais lattices. Right
values by differences of forces here.

Usage: check_phonon_tool.py LRPOT NACL_DATA"""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

COULOMB = 14.3996454784255  # eV A/e^2
THZ = math.sqrt(1.602176634e-19 / 1.66053906660e-27) * 1e-2 / (2 * math.pi)
MASSES = {"Na": 22.98976928, "Cl": 35.45}
STEP = 0.001


def lattice_of(cell):
    return " ".join(f"{x:.15g}" for row in cell for x in row)


def frame(symbols, positions, cell, extra=""):
    rows = "".join(f"{s} {p[0]:.15g} {p[1]:.15g} {p[2]:.15g}\n" for s, p in zip(symbols, positions))
    head = f'Lattice="{lattice_of(cell)}" pbc="T T T" Properties=species:S:1:pos:R:3 {extra}'
    return f"{len(symbols)}\n{head}\n{rows}"


class Product:
    def __init__(self, lrpot, model, folder):
        self.lrpot, self.model, self.folder = lrpot, model, folder

    def phonon(self, crystal, *options, extra=""):
        (self.folder / "crystal.xyz").write_text(frame(*crystal, extra))
        words = (self.lrpot, "phonon", self.model, "crystal.xyz", "--step", STEP, *options)
        return subprocess.run(
            list(map(str, words)), cwd=self.folder, capture_output=True, text=True
        )

    def forces(self, np, frames, n):
        (self.folder / "moved.xyz").write_text("".join(frames))
        words = (self.lrpot, "eval", self.model, "moved.xyz", "-q", "--bec", "-o", "out.xyz")
        subprocess.run(list(map(str, words)), cwd=self.folder, check=True, capture_output=True)
        lines, found = (self.folder / "out.xyz").read_text().splitlines(), []
        for at in range(0, len(lines), n + 2):
            parts, start = re.search(r"Properties=(\S+)", lines[at + 1]).group(1).split(":"), 0
            columns = {}
            for name, width in zip(parts[::3], map(int, parts[2::3])):
                rows = [line.split()[start : start + width] for line in lines[at + 2 : at + 2 + n]]
                if name in ("forces", "bec"):
                    columns[name] = np.array(rows, float)
                start += width
            found.append(columns)
        return found


def harmonic(np, product, crystal):
    """Force constants, Born charges of the model with the sum rule, roots of the masses."""
    symbols, positions, cell = crystal
    n, frames = len(symbols), [frame(*crystal)]
    for k in range(3 * n):
        for sign in (1, -1):
            moved = positions.copy()
            moved[k // 3, k % 3] += sign * STEP
            frames.append(frame(symbols, moved, cell))
    found = product.forces(np, frames, n)
    H = np.array(
        [
            (found[2 + 2 * k]["forces"] - found[1 + 2 * k]["forces"]).ravel() / (2 * STEP)
            for k in range(3 * n)
        ]
    )
    Z = found[0]["bec"].reshape(n, 3, 3)
    Z = Z - Z.mean(0)
    return (H + H.T) / 2, Z, np.repeat(np.sqrt([MASSES[s] for s in symbols]), 3)


def oscillators(np, product, crystal):
    """Frequencies without field, and eps_0/eps_inf = 1 + 4 pi k/V sum p p/w^2."""
    H, Z, root = harmonic(np, product, crystal)
    n, cell = len(Z), crystal[2]
    w, e = np.linalg.eigh(H / np.outer(root, root))
    p = np.einsum("kab,kbm->am", Z, (e / root[:, None]).reshape(n, 3, -1))
    optical = abs(w) > 1e-5
    factor = 4 * math.pi * COULOMB / abs(np.linalg.det(cell))
    epsilon = np.eye(3) + factor * (p[:, optical] / w[optical]) @ p[:, optical].T
    return THZ * np.sign(w) * np.sqrt(abs(w)), epsilon


def salt(np, a, c, extra=()):
    """Rock salt in its tetragonal cell of four atoms: cubic for c = a."""
    d = a / 2**0.5
    cell = np.diag([d, d, c])
    fractions = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0.5], [0, 0, 0.5]])
    return ["Na", "Cl", "Na", "Cl"], fractions @ cell, cell


def ratio(text):
    found = re.search(r"^eps_0/eps_inf = \(LO/TO\)\^2 = (\S+)", text, re.M)
    return float(found.group(1)) if found else None


def tensor(text):
    line = next((line for line in text.splitlines() if line.startswith("eps ")), None)
    return [float(x) for x in line.split()[1:]] if line else None


def check_tensors(tap, np, product):
    cubic = salt(np, 5.605, 5.605)
    w, epsilon = oscillators(np, product, cubic)
    text = product.phonon(cubic).stdout
    tap.ok(
        ratio(text) is not None and abs(ratio(text) - epsilon[0, 0]) < 1e-3,
        "lo_and_to_of_a_cubic_crystal_make_its_dielectric_constant",
        [text, epsilon],
    )
    tap.ok("by w_LO^2 = w_TO^2" in text, "and_follow_the_formula_of_two_atoms")
    tall = salt(np, 5.6, 5.9)
    w, epsilon = oscillators(np, product, tall)
    for direction in ((1, 0, 0), (0, 0, 1), (1, 1, 1)):
        done = product.phonon(tall, "--direction", ",".join(map(str, direction)))
        name = "direction_%d_%d_%d" % direction
        tap.ok(
            ratio(done.stdout) is None and "by w_LO^2" not in done.stdout,
            f"{name}: modes_of_a_tetragonal_crystal_do_not_make_a_constant",
            [done.stdout],
        )
        got = tensor(done.stdout)
        right = [epsilon[0, 0], epsilon[1, 1], epsilon[2, 2], 0, 0, 0]
        tap.ok(
            got is not None and max(abs(a - b) for a, b in zip(got, right)) < 1e-3,
            f"{name}: oscillator_strengths_make_the_tensor",
            [got, right],
        )
        u = np.array(direction) / np.linalg.norm(direction)
        lst = re.search(r"product of \(LO/TO\)\^2 = ([\d.]+)", done.stdout)
        tap.ok(
            lst is not None and abs(float(lst.group(1)) - u @ epsilon @ u) < 1e-3,
            f"{name}: the_product_over_all_modes_agrees",
            [done.stdout],
        )


def check_screening(tap, np, product):
    """An anisotropic eps_inf: Z* = eps^(1/2).Z, the non-analytic term (q.Z*)(q.Z*)/(q.eps.q),
    eps_0 = eps_inf + oscillators of Z*."""
    tall = salt(np, 5.6, 5.9)
    H, Z, root = harmonic(np, product, tall)
    eps = np.array([[2.0, 0.2, 0.0], [0.2, 2.4, -0.1], [0.0, -0.1, 3.4]])
    w, e = np.linalg.eigh(eps)
    born = np.einsum("ac,kcb->kab", (e * np.sqrt(w)) @ e.T, Z)
    volume = abs(np.linalg.det(tall[2]))
    text = " ".join(map(str, eps.ravel()))
    for direction in ((1, 0, 0), (0, 0, 1), (1, 2, 3)):
        q = np.array(direction) / np.linalg.norm(direction)
        pull = np.einsum("a,kab->kb", q, born).ravel()
        D = H + 4 * math.pi * COULOMB / volume * np.outer(pull, pull) / (q @ eps @ q)
        squares = np.linalg.eigvalsh(D / np.outer(root, root))
        right = THZ * np.sign(squares) * np.sqrt(abs(squares))
        done = product.phonon(
            tall,
            "--json",
            "--direction",
            ",".join(map(str, direction)),
            extra=f'epsilon_inf="{text}"',
        )
        found = json.loads(done.stdout)
        groups = found["spectrum_with_field"]
        got = sorted(x["thz"] for x in groups for _ in range(x["modes"]))
        error = max(abs(a - b) for a, b in zip(got[3:], right[3:]))
        tap.ok(
            error < 2e-3, f"longitudinal_modes_with_a_tensor_{direction}", [error, got, list(right)]
        )
        error = np.abs(np.array(found["bec"]).reshape(-1, 3, 3) - born).max()
        tap.ok(error < 1e-3, f"born_charges_with_a_tensor_{direction}", [error])
    squares, e = np.linalg.eigh(H / np.outer(root, root))
    p = np.einsum("kab,kbm->am", born, (e / root[:, None]).reshape(len(Z), 3, -1))
    optical = abs(squares) > 1e-5
    static = (
        eps + 4 * math.pi * COULOMB / volume * (p[:, optical] / squares[optical]) @ p[:, optical].T
    )
    error = np.abs(np.array(found["eps_0"]).reshape(3, 3) - static).max()
    tap.ok(error < 5e-3, "static_tensor_with_a_tensor", [error, found["eps_0"], static])
    q = np.array((1, 2, 3)) / math.sqrt(14)
    error = found["lst_product"] / ((q @ static @ q) / (q @ eps @ q)) - 1
    tap.ok(abs(error) < 1e-3, "the_product_over_all_modes_is_that_of_the_tensors", [error])
    plain = json.loads(product.phonon(tall, "--json", "--direction", "1,2,3").stdout)
    apart = abs(plain["lst_product"] - found["lst_product"])
    tap.ok(apart > 1e-3, "and_another_one_than_without_the_tensor", [apart])


def check_unstable(tap, np, product):
    crystal = salt(np, 6.5, 6.5)
    w, _ = oscillators(np, product, crystal)
    count, lowest = int((w < -0.05).sum()), w.min()
    assert count > 0, w
    done = product.phonon(crystal)
    said = re.search(
        r"# unstable at Gamma: (\d+) imaginary branch.*lowest frequency (\S+)", done.stdout
    )
    tap.ok(
        said is not None
        and int(said.group(1)) == count
        and abs(float(said.group(2)) - lowest) < 1e-3,
        "imaginary_branches_at_gamma_are_named",
        [done.stdout, w],
    )
    tap.ok(
        done.returncode == 4 and "no static dielectric tensor" in done.stderr,
        "an_unstable_crystal_ends_with_4_and_the_reason",
        [done.returncode, done.stderr],
    )
    tap.ok(
        tensor(done.stdout) is None and "Lyddane" not in done.stdout,
        "it_has_no_static_dielectric_tensor",
    )
    primitive = (
        ["Na", "Cl"],
        np.array([[0, 0, 0], [3.25] * 3]),
        3.25 * (np.ones((3, 3)) - np.eye(3)),
    )
    done = product.phonon(
        primitive, "-b", "b.csv", "--points", 4, "--path", "G:0,0,0 X:0.5,0,0.5", "--json"
    )
    found = json.loads(done.stdout)["imaginary_on_path"]
    # the folded cell has this zone's X among its waves at Gamma
    tap.ok(
        abs(found["lowest_thz"] - lowest) < 1e-3 and found["at"] == "X (0.5 0 0.5)",
        "those_on_the_path_with_their_place",
        [found, lowest],
    )


def ten_crystals(np):
    """Fractions and cells of crystals of ten Bravais lattices, with the route of the table of
    Setyawan and Curtarolo for each."""
    root = math.sqrt(3)
    diagonal = lambda a, b, c: np.diag([float(a), float(b), float(c)])
    hexagonal = lambda a, c: np.array([[a, 0, 0], [-a / 2, a * root / 2, 0], [0, 0, c]])
    face = 0.5 * np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    body = 0.5 * np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]])
    salt = (["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    middle = (["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0]])
    zinc = (["Na", "Cl"], [[0, 0, 0], [0.25, 0.25, 0.25]])
    third, two = 1 / 3, 2 / 3
    rhombic = np.array([[2, 1, 1], [-1, 1, 1], [-1, -2, 1]]) / 3 @ hexagonal(4.0, 10.5)
    oblique = np.array([[3.9, 0, 0], [0, 4.4, 0], [-1.1, 0, 5.2]])
    centred = np.array([[0.5, 0.5, 0], [-0.5, 0.5, 0], [0, 0, 1]]) @ np.array(
        [[5.2, 0, 0], [0, 6.4, 0], [-1.3, 0, 4.9]]
    )
    return {
        "cP": (*salt, diagonal(3.5, 3.5, 3.5), "GXMGRX,MR"),
        "cF": (*salt, 5.6 * face, "GXWKGLUWLK,UX"),
        "cI": (["Na"], [[0, 0, 0]], 4.2 * body, "GHNGPH,PN"),
        "tP": (*salt, diagonal(3.6, 3.6, 3.9), "GXMGZRAZ,XR,MA"),
        "tI": (*middle, body @ diagonal(4.0, 4.0, 5.2), "GXYSGZS1NPY1Z,XP"),
        "oP": (*salt, diagonal(3.4, 3.7, 4.1), "GXSYGZURTZ,YT,UX,SR"),
        "oF": (*zinc, face @ diagonal(5.6, 6.0, 6.4), "GYCDXGZD1HC,C1Z,XH1,HY,LG"),
        "oI": (*middle, body @ diagonal(4.0, 4.6, 5.6), "GXLTWRX1ZGYSW,L1Y,Y1Z"),
        "oC": (
            *salt,
            np.array([[0.5, -0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]) @ diagonal(5.0, 5.8, 4.0),
            "GXSRAZGYX1A1TY,ZT",
        ),
        "hP": (
            ["Na", "Na", "Cl", "Cl"],
            [[third, two, 0], [two, third, 0.5], [third, two, 0.385], [two, third, 0.885]],
            hexagonal(4.3, 7.0),
            "GMKGALHA,LM,KH",
        ),
        "hR": (*salt, rhombic, "GLB1,BZGX,QFP1Z,LP"),
        "mP": (*salt, oblique, "GYHCEM1AXH1,MDZ,YD"),
        "mC": (*salt, centred, "GYFHZIF1,H1Y1XGN,MG"),
        "aP": (
            *salt,
            np.array([[3.6, 0.1, 0.2], [0.5, 3.9, -0.3], [0.7, 0.8, 4.3]]),
            "XGY,LGZ,NGM,RG",
        ),
    }


def other_cell(np, crystal):
    """The same crystal turned, in another primitive cell."""
    symbols, fractions, cell = crystal
    turn, _ = np.linalg.qr(np.array([[0.3, 0.9, -0.2], [-0.7, 0.4, 0.6], [0.5, 0.1, 0.8]]))
    mix = np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]])
    return symbols, fractions @ np.linalg.inv(mix), mix @ cell @ turn


def corners(csv):
    """Rows of a file of bands at the ends of its lines: wave vector and frequencies."""
    rows = [line.split(",") for line in csv.read_text().splitlines() if not line.startswith("#")]
    return [[float(x) for x in row] for row in rows[1:]]


def check_paths(tap, np, product):
    for name, (symbols, fractions, cell, route) in ten_crystals(np).items():
        tables = []
        for turn in (False, True):
            crystal = (symbols, np.array(fractions), cell)
            if turn:
                crystal = other_cell(np, crystal)
            at = (crystal[0], crystal[1] @ crystal[2], crystal[2])
            done = product.phonon(at, "-b", "b.csv", "--points", 2)
            tap.ok(
                done.returncode in (0, 4) and "TO" in done.stdout,
                f"{name}_bands_without_an_option{'_turned' * turn}",
                [done.returncode, done.stderr, done.stdout],
            )
            tables.append(corners(product.folder / "b.csv"))
            (product.folder / "b.csv").unlink()
        lines = sum(len(re.findall("[A-Z]", line)) - 1 for line in route.split(","))
        # two steps on each line, its ends included
        tap.ok(len(tables[0]) == 3 * lines, f"{name}_has_its_lines", [len(tables[0]), lines])
        frequencies = [np.array(t)[:, -3 * len(symbols) :] for t in tables]
        same = frequencies[0].shape == frequencies[1].shape
        worst = abs(frequencies[0] - frequencies[1]).max() if same else 99
        tap.ok(worst < 2e-3, f"{name}_bands_do_not_depend_on_the_cell", [worst])
    salt_8 = salt(np, 5.605, 5.605)
    done = product.phonon(salt_8, "-b", "b.csv", "--points", 2)
    tap.ok(
        done.returncode == 0 or "folded" in done.stderr,
        "a_cell_of_several_primitive_ones_is_told",
        [done.stderr],
    )
    done = product.phonon(salt_8, "-b", "own.csv", "--path", "G:0,0,0 Z:0.5,0.5,0.5")
    tap.ok(done.returncode in (0, 4), "a_given_path_is_taken", [done.stderr])


def check_thermal(tap, np, product):
    crystal = salt(np, 5.605, 5.605)
    done = product.phonon(
        crystal, "--thermal", "t.csv", "--temperatures", "0,4000,100", "--mesh", 3
    )
    lines = (product.folder / "t.csv").read_text().splitlines()
    tap.ok(done.returncode in (0, 4) and len(lines) == 42, "thermal_properties", [done.stderr])
    t, free, energy, entropy, capacity = np.array([line.split(",") for line in lines[1:]], float).T
    modes = 3 * len(crystal[0])
    tap.ok(free[0] == energy[0] > 0 and entropy[0] == capacity[0] == 0, "the_zero_point", lines[:3])
    tap.ok(abs(free - (energy - t * entropy)).max() < 1e-8, "free_energy_is_u_minus_ts")
    tap.ok(abs(capacity[-1] / (modes * 8.617333262e-5) - 1) < 1e-3, "dulong_and_petit", [capacity])
    slope = (free[2:] - free[:-2]) / (t[2:] - t[:-2])
    tap.ok(abs(slope + entropy[1:-1])[5:].max() < 2e-3 * entropy.max(), "entropy_is_a_slope")
    done = product.phonon(crystal, "--thermal", "t.csv", "--temperatures", "10,0,1")
    tap.ok(done.returncode == 2, "temperatures_in_order", [done.stderr])


def check_words(tap, np, product):
    crystal = salt(np, 5.605, 5.605)
    text = product.phonon(crystal).stdout
    tap.ok(text.count("eps_inf is not known") == 2, "screened_values_are_called_so", [text])
    done = product.phonon(crystal, extra='epsilon_inf="2.4"')
    tap.ok("not known" not in done.stdout, "physical_ones_are_not", [done.stdout])
    done = product.phonon(crystal, extra='epsilon_inf="2.0 0 0 0 2.0 0 0 0 3.0"')
    tap.ok("anisotropic" in done.stderr, "an_anisotropic_eps_inf_is_told", [done.stderr])
    done = product.phonon(crystal, "--independent", "all")
    tap.ok(done.returncode == 2, "rows_without_files_are_a_usage_error", [done.stderr])
    slab = salt(np, 5.605, 5.605)
    slab = (slab[0], slab[1], np.diag([slab[2][0, 0], slab[2][1, 1], 20.0]))
    done = product.phonon(slab)
    tap.ok("vacuum" in done.stderr, "a_layer_between_vacuum_is_told", [done.stderr])


def check_densities(tap, np, product, data):
    """A density screens the field of a longitudinal wave by its own dielectric tensor."""
    one = product.folder / "one.xyz"
    one.write_text("".join((data / "valid.xyz").read_text().splitlines(keepends=True)[:66]))
    words = (product.lrpot, "fit", one, "--charges", "density", "--order", 1, "--reach", 3.2)
    words += ("--charge-level", 2, "--level", 4, "--cutoff", 5, "--radial-size", 4, "--starts", 1)
    words += ("--threads", 1, "--max-iterations", 1, "-o", product.folder / "density")
    subprocess.run(list(map(str, words)), check=True, capture_output=True)
    density = Product(product.lrpot, product.folder / "density", product.folder)
    crystal, n = salt(np, 5.6, 5.9), np.array([0.6, 0, 0.8])
    H, Z, root = harmonic(np, density, crystal)
    done = density.phonon(crystal, "--direction", "0.6,0,0.8", "--json")
    bec = subprocess.run(
        [str(product.lrpot), "bec", str(density.model), "crystal.xyz", "--json"],
        cwd=product.folder,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    eps = np.array(json.loads(bec.stdout)["frames"][0]["eps_inf"]).reshape(3, 3)
    tap.ok(
        np.allclose(np.ravel(found["eps_inf"]), eps.ravel(), atol=1e-6)
        and eps[2, 2] - eps[0, 0] != 0
        and eps[0, 0] > 1,
        "bec_and_phonon_agree_on_the_dielectric_tensor_of_a_density",
        [found["eps_inf"], eps],
    )
    charge = np.einsum("a,iab->ib", n, Z).ravel()
    factor = 4 * math.pi * COULOMB / abs(np.linalg.det(crystal[2])) / (n @ eps @ n)
    w = np.linalg.eigvalsh((H + factor * np.outer(charge, charge)) / np.outer(root, root))
    right = THZ * np.sign(w) * np.sqrt(abs(w))
    own = np.repeat(
        [g["thz"] for g in found["spectrum_with_field"]],
        [g["modes"] for g in found["spectrum_with_field"]],
    )
    tap.ok(
        len(own) == 12 and np.allclose(own * abs(own), right * abs(right), atol=2e-2),
        "it_screens_the_field_of_longitudinal_waves",
        [own, right],
    )
    tap.ok(
        np.allclose(np.reshape(found["bec"], (4, 3, 3)), Z, atol=1e-5),
        "its_born_charges_are_physical",
        [found["bec"], Z],
    )
    refused = density.phonon(crystal, "--eps-inf", 2.5)
    tap.ok(
        refused.returncode == 3 and "leave --eps-inf out" in refused.stderr,
        "it_takes_no_other_dielectric_constant",
        refused,
    )


def main():
    tap = Tap()
    lrpot, data = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    try:
        import numpy as np
    except ImportError:
        tap.skip("phonon", "no NumPy")
        tap.done()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        words = (lrpot, "fit", data / "valid.xyz", "--charges", "edqrd", "--charge-level", 2)
        words += ("--level", 6, "--cutoff", 4.5, "--charge-cutoff", 4.5, "--threads", 1)
        words += ("--max-iterations", 6, "-o", folder / "model")
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
        product = Product(lrpot, folder / "model", folder)
        for check in (
            check_tensors,
            check_screening,
            check_unstable,
            check_paths,
            check_thermal,
            check_words,
        ):
            check(tap, np, product)
        check_densities(tap, np, product, data)
    tap.done()


main()
