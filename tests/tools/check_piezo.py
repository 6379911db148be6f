#!/usr/bin/env python3
"""`lrpot piezo` on wurtzite: internal strain, clamped and relaxed piezoelectric and elastic tensors
and the second-order susceptibility by differences of what `lrpot eval`, `bec` and `relax` give.
usage: check_piezo.py LRPOT LIBRARY EXAMPLES_DATA PYTHON_MODULES"""
import json
import os
import pathlib
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap
from tool_run import Tool

tap = Tap()
tool, library, data, modules = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:5])
os.environ["LRPOT_LIBRARY"] = library
sys.path.insert(0, modules)
try:
    import numpy as np

    import lrpot
    from lrpot import phonons, spectra, tensors
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)
holder = tempfile.TemporaryDirectory(prefix="lrpot-piezo-")
folder = pathlib.Path(holder.name)
MODEL = pathlib.Path(data) / "rocksalt.json"
GPA, C_PER_M2 = 160.21766208, 16.02176634
VOIGT = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
SYMBOLS = ["Na", "Na", "Cl", "Cl"]  # of the crystal at hand
run = Tool(tap, tool, folder)


def write(name, positions, cell, symbols=None, extra=""):
    symbols = symbols or SYMBOLS
    lattice = " ".join(repr(float(x)) for x in np.ravel(cell))
    head = f'Lattice="{lattice}" pbc="T T T" Properties=species:S:1:pos:R:3 {extra}'
    rows = [f"{s} {' '.join(repr(float(x)) for x in r)}" for s, r in zip(symbols, positions)]
    (folder / name).write_text("\n".join([str(len(symbols)), head, *rows]) + "\n")


def relaxed(model, positions, cell, *words, symbols=None):
    write("start.xyz", positions, cell, symbols)
    words = ("relax", model, "start.xyz", "--json", "--forces", 1e-8, *words)
    found = json.loads(run(*words, code=0).stdout)
    return np.reshape(found["positions"], (-1, 3)), np.reshape(found["cell"], (3, 3))


def strained(array, j, strain):
    w = np.zeros((3, 3))
    w[VOIGT[j]] += strain / 2
    w.T[VOIGT[j]] += strain / 2
    return array @ (np.eye(3) + w)


def constant_charges():
    """The same model with charges that do not follow their neighbours."""
    text = MODEL.read_text()
    text = text[: text.rindex('"checksum"')].replace(
        '"linear": [0.0050000000000000001]', '"linear": [0.0]'
    )
    assert '"linear": [0.0]' in text
    text += f'"checksum": "crc32:{zlib.crc32(text.encode()):08x}"\n}}\n'
    (folder / "constant.json").write_text(text)
    return folder / "constant.json"


def wurtzite(model):
    a, c, u = 3.95, 3.95 * 1.633, 0.375
    cell = np.array([[a, 0, 0], [-a / 2, a * 0.75**0.5, 0], [0, 0, c]])
    reduced = [[1 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0.5], [1 / 3, 2 / 3, u], [2 / 3, 1 / 3, 0.5 + u]]
    # turned, so that no component is zero by symmetry
    q = np.linalg.qr(np.array([[1, 0.3, -0.2], [0.1, 1, 0.4], [0.3, -0.5, 1.0]]))[0]
    return relaxed(model, reduced @ cell @ q, cell @ q, "--cell", "full", "--stress", 1e-6)


def low_crystal(model):
    """A minimum of three pairs without any symmetry."""
    cell = [[5.613, 0.141, -0.3], [-0.094, 3.986, 0.111], [-2.381, -0.244, 6.76]]
    positions = [
        [3.251, 3.505, 3.036],
        [5.52, 3.631, 0.428],
        [0.571, 1.389, 5.086],
        [0.494, 3.431, 3.369],
        [-2.186, 1.315, 5.419],
        [3.539, 1.574, 0.967],
    ]
    return relaxed(model, np.array(positions), np.array(cell), "--cell", "full", "--stress", 1e-6)


def close(found, expected, tolerance):
    found, expected = np.asarray(found), np.asarray(expected)
    return np.abs(found - expected).max() < tolerance * np.abs(expected).max()


def tensors_of(model, x, cell, *words):
    write("rest.xyz", x, cell)
    found = json.loads(run("piezo", model, "rest.xyz", "--json", *words).stdout)
    shapes = {
        **dict.fromkeys(("clamped_c_per_m2", "relaxed_c_per_m2", "improper_c_per_m2"), (3, 6)),
        **dict.fromkeys(("clamped_elastic_gpa", "elastic_gpa"), (6, 6)),
        **dict.fromkeys(("internal_strain", "displacement_by_strain"), (6, -1, 3)),
        "displacement_by_field": (3, -1, 3),
        "d_pc_per_n": (3, 6),
        **dict.fromkeys(("chi2_pm_per_v", "static_chi2_pm_per_v"), (3, 3, 3)),
        "static_chi2_parts_pm_per_v": (3, 3, 3, 3),
    }
    return {k: np.reshape(v, shapes[k]) if k in shapes else v for k, v in found.items()}


def differences(function, step):
    """Central differences of fourth order by the six strains."""
    out = []
    for j in range(6):
        parts = [
            f * np.array(function(j, k * step)) for f, k in ((1, -2), (-8, -1), (8, 1), (-1, 2))
        ]
        out.append(sum(parts) / (12 * step))
    return np.array(out)


def check_strain(model, x, cell, found):
    evaluator = lrpot.Evaluator(lrpot.Model(model))
    compute = lambda j, s, key: evaluator.compute(
        SYMBOLS, strained(x, j, s), strained(cell, j, s), True
    )[key]
    forces = differences(lambda j, s: compute(j, s, "forces"), 1e-3)
    tap.ok(
        close(found["internal_strain"], forces, 1e-6),
        "internal_strain_is_the_derivative_of_forces",
        [found["internal_strain"], forces],
    )
    energy = lambda j, s: compute(j, s, "energy")
    h, volume = 1e-3, abs(np.linalg.det(cell))
    second = [(energy(j, h) - 2 * energy(j, 0) + energy(j, -h)) / h**2 for j in range(6)]
    diagonal = np.diag(found["clamped_elastic_gpa"]) / GPA * volume
    tap.ok(
        close(diagonal, second, 1e-4), "clamped_stiffness_is_that_of_energies", [diagonal, second]
    )
    elastic = json.loads(
        run(
            "relax", model, "rest.xyz", "--elastic", "--json", "--forces", 1e-7, "--strain", 1e-3
        ).stdout
    )
    elastic = np.reshape(elastic["elastic_gpa"], (6, 6))
    tap.ok(
        close(found["elastic_gpa"], elastic, 1e-3),
        "relaxed_stiffness_is_that_of_relaxed_strains",
        [found["elastic_gpa"], elastic],
    )
    moved = differences(
        lambda j, s: relaxed(model, strained(x, j, s), strained(cell, j, s))[0] - strained(x, j, s),
        1e-3,
    )
    moved -= moved.mean(axis=1, keepdims=True)
    mine = found["displacement_by_strain"]
    mine = mine - mine.mean(axis=1, keepdims=True)
    tap.ok(
        close(mine, moved, 1e-3), "displacements_by_strain_are_those_of_relaxations", [mine, moved]
    )
    return moved


def check_piezo(model, x, cell, found, moved, follow):
    volume = abs(np.linalg.det(cell))
    bec = json.loads(run("bec", model, "rest.xyz", "--json").stdout)["frames"][0]
    Z = np.array(bec["bec"])
    # the converse effect: stress by a field at constant voltage, atoms clamped
    stress = []
    for a in range(3):
        volts = []
        for sign in (1, -1):
            text = ",".join(repr(float(v)) for v in sign * 0.01 * cell[:, a])
            words = ("eval", model, "rest.xyz", "-q", "--json", "--voltage=" + text)
            frame = json.loads(run(*words).stdout)["frames"][0]
            volts.append(np.reshape(frame["stress"], (3, 3)))
        change = (volts[0] - volts[1]) / 0.02
        stress.append([-(change[p] + change.T[p]) / 2 for p in VOIGT])
    clamped = C_PER_M2 * np.array(stress)
    size = np.abs(found["relaxed_c_per_m2"]).max()
    tap.ok(
        np.abs(found["clamped_c_per_m2"] - clamped).max() < 1e-6 * size
        and (np.abs(clamped).max() > 1e-3) == follow,
        "clamped_tensor_is_the_stress_by_a_field",
        [found["clamped_c_per_m2"], clamped],
    )
    expected = clamped + C_PER_M2 / volume * np.einsum("iab,jib->aj", Z, moved)
    tap.ok(
        close(found["relaxed_c_per_m2"], expected, 1e-3),
        "relaxed_tensor_adds_born_charges_times_displacements",
        [found["relaxed_c_per_m2"], expected],
    )
    d = found["relaxed_c_per_m2"] @ np.linalg.inv(found["elastic_gpa"]) * 1000
    tap.ok(close(found["d_pc_per_n"], d, 1e-6), "d_is_e_over_c")


def check_improper(model, x, cell, found):
    """Constant charges: the polarization of the strained, relaxed crystals."""

    def polarization(j, s):
        y, box = relaxed(model, strained(x, j, s), strained(cell, j, s))
        y = y - (y - strained(x, j, s)).mean(axis=0)
        q = np.array([{"Na": 0.66, "Cl": -0.66}[symbol] for symbol in SYMBOLS])
        return q @ y / abs(np.linalg.det(box))

    derivative = C_PER_M2 * differences(polarization, 1e-3).T
    mine = np.array(found["polarization_c_per_m2"])
    other = C_PER_M2 * polarization(0, 0.0)
    # the branch of these positions
    improper = found["improper_c_per_m2"].copy()
    for j, (b, c) in enumerate(VOIGT):
        P = other - mine
        improper[:, j] += 0.5 * (np.eye(3)[b] * P[c] + np.eye(3)[c] * P[b]) - (b == c) * P
    tap.ok(
        close(improper, derivative, 1e-3),
        "improper_tensor_is_the_derivative_of_the_polarization",
        [improper, derivative],
    )
    tap.ok(
        np.abs(found["clamped_c_per_m2"]).max() < 1e-12, "charges_that_stay_have_no_clamped_tensor"
    )


def check_susceptibility(model, x, cell):
    """A polarizability of pairs, learned; the field moves the ions."""
    rng, frames = np.random.default_rng(3), []
    for k in range(40):
        y = x + rng.normal(0, 0.1, x.shape)
        d = (
            y[:, None]
            - y[None]
            + np.einsum(
                "ka,ab->kb",
                np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), -1).reshape(-1, 3),
                cell,
            )[:, None, None]
        )
        r = np.linalg.norm(d, axis=-1)
        weight = np.where((r > 0.1) & (r < 5), np.exp(-((r / 2.5) ** 2)), 0)
        unit = d / np.maximum(r, 0.1)[..., None]
        alpha = 5 * np.eye(3) + 3 * np.einsum("kij,kija,kijb->ab", weight, unit, unit)
        text = " ".join(repr(float(v)) for v in alpha.ravel())
        write(f"f{k}.xyz", y, cell, extra=f'polarizability="{text}"')
        frames.append((folder / f"f{k}.xyz").read_text())
    (folder / "alpha.xyz").write_text("".join(frames))
    run(
        "fit",
        "alpha.xyz",
        "--tensors",
        "polarizability",
        "--levels",
        "10,10",
        "-q",
        "-o",
        "alpha.tensors",
    )
    found = tensors_of(model, x, cell, "--tensors", "alpha.tensors")
    learned = tensors.TensorModel(folder / "alpha.tensors")
    evaluator = lrpot.Evaluator(lrpot.Model(model))
    Z = np.array(json.loads(run("bec", model, "rest.xyz", "--json").stdout)["frames"][0]["bec"])
    forces = lambda y: evaluator.compute(SYMBOLS, y, cell, True)["forces"]
    expected = np.zeros((3, 3, 3))
    for c in range(3):
        u = found["displacement_by_field"][c]
        h = 1e-3
        balance = (forces(x + h * u) - forces(x - h * u)) / (2 * h) + Z[:, c]
        tap.ok(np.abs(balance).max() < 1e-5, f"a_field_along_{'xyz'[c]}_is_balanced", [balance])
        slope = [learned.polarizability(SYMBOLS, x + s * h * u, cell, (True,) * 3) for s in (1, -1)]
        expected[..., c] = 4 * np.pi / abs(np.linalg.det(cell)) * (slope[0] - slope[1]) / (2 * h)
    tap.ok(
        close(found["chi2_pm_per_v"], 100 * expected, 1e-5),
        "second_order_susceptibility_is_the_change_of_chi_by_a_field",
        [found["chi2_pm_per_v"], expected],
    )
    found = tensors_of(model, x, cell, "--tensors", "alpha.tensors", "--second-order")
    mixed = found["chi2_pm_per_v"]
    cyclic = mixed + mixed.transpose(0, 2, 1) + mixed.transpose(2, 1, 0)
    tap.ok(
        close(found["static_chi2_parts_pm_per_v"][2], cyclic, 1e-9),
        "static_field_sees_the_polarizability_three_times",
        [found["static_chi2_parts_pm_per_v"][2], cyclic],
    )


def settled(evaluator, symbols, x, cell, factor, field, stiffness):
    """Positions at rest in a field, and the change of the dipole on the way there."""
    born = lambda y: lrpot.project(
        evaluator.compute(symbols, y, cell, True, born_charges=True)["born_charges"]
    )
    y = x.copy()
    for _ in range(40):
        found = evaluator.compute(symbols, y, cell, True, born_charges=True)
        force = found["forces"] + factor * np.einsum(
            "iab,a->ib", lrpot.project(found["born_charges"]), field
        )
        y = y + (np.linalg.pinv(stiffness, rcond=1e-7) @ force.ravel()).reshape(-1, 3)
        if np.abs(force).max() < 1e-9:
            break
    nodes, weights = np.polynomial.legendre.leggauss(4)
    moment = sum(
        0.5 * w * np.einsum("iab,ib->a", born(x + 0.5 * (1 + t) * (y - x)), y - x)
        for t, w in zip(nodes, weights)
    )
    return factor * moment


def check_second_order(model, x, cell, follow):
    """Polarizations of crystals that come to rest in fields along directions of no symmetry."""
    epsilon, h, volume = 2.25, 0.004, abs(np.linalg.det(cell))
    write("rest.xyz", x, cell)
    words = ("--second-order", "--eps-inf", epsilon)
    found = tensors_of(model, x, cell, *words)
    chi2 = found["static_chi2_pm_per_v"]
    parts = found["static_chi2_parts_pm_per_v"]
    evaluator = lrpot.Evaluator(lrpot.Model(model))
    steps = np.eye(3 * len(x)).reshape(-1, len(x), 3) * 1e-3
    forces = lambda y: evaluator.compute(SYMBOLS, y, cell, True)["forces"].ravel()
    stiffness = np.array([(forces(x - s) - forces(x + s)) / 2e-3 for s in steps])
    for direction in np.linalg.qr(np.array([[1, 0.3, -0.2], [0.1, 1, 0.4], [0.3, -0.5, 1.0]]))[0]:
        moment = lambda s: settled(
            evaluator, SYMBOLS, x, cell, epsilon**0.5, s * h * direction, stiffness
        )
        second = (16 * (moment(1) + moment(-1)) - moment(2) - moment(-2)) / (12 * h**2)
        expected = 100 * 4 * np.pi * 14.3996454784255 / volume * second
        mine = np.einsum("abc,b,c->a", chi2, direction, direction)
        tap.ok(
            close(mine, expected, 1e-4),
            "static_second_order_susceptibility_is_that_of_crystals_at_rest_in_fields",
            [mine, expected],
        )
    Z = np.array(json.loads(run("bec", model, "rest.xyz", "--json").stdout)["frames"][0]["bec"])
    D = phonons.Phonons(lrpot.Model(model), SYMBOLS, x, cell).matrix((0, 0, 0))
    moved = phonons.displacements(D, epsilon**0.5 * Z.transpose(1, 0, 2))
    given = (lrpot.Model(model), SYMBOLS, x, cell, moved, epsilon**0.5 * np.eye(3))
    again, _ = phonons.second_order(*given)
    tap.ok(close(100 * again, chi2, 1e-5), "python_gives_the_same_tensor", [100 * again, chi2])
    turned = [chi2.transpose(order) for order in ((1, 0, 2), (2, 1, 0))]
    tap.ok(all(close(t, chi2, 1e-9) for t in turned), "it_is_symmetric_in_all_indices")
    size = np.abs(chi2).max()
    tap.ok(close(parts.sum(axis=0), chi2, 1e-9), "its_parts_add_up")
    tap.ok(
        np.abs(parts[0]).max() > 1e-3 * size
        and (np.abs(parts[1]).max() > 1e-3 * size) == follow
        and np.abs(parts[2]).max() == 0.0,
        "charges_that_stay_have_no_second_order_dipole",
        [parts[1]],
    )


def check_limits(model):
    a = 5.6
    cell = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * a / 2
    x, cell = relaxed(
        model, [[0, 0, 0], [a / 2, 0, 0]], cell, "--cell", "full", symbols=["Na", "Cl"]
    )
    write("salt.xyz", x, cell, ["Na", "Cl"])
    salt = json.loads(run("piezo", model, "salt.xyz", "--json", "--second-order").stdout)
    tap.ok(
        np.abs(salt["static_chi2_pm_per_v"]).max() < 1e-4,
        "rock_salt_has_a_centre_and_no_second_order_susceptibility",
        [salt["static_chi2_pm_per_v"]],
    )
    tap.ok(
        np.abs(salt["relaxed_c_per_m2"]).max() < 1e-8,
        "rock_salt_is_not_piezoelectric",
        [salt["relaxed_c_per_m2"]],
    )
    b = 5.9
    write(
        "blende.xyz",
        [[0, 0, 0], [b / 4] * 3],
        np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * b / 2,
        ["Na", "Cl"],
    )
    done = run("piezo", model, "blende.xyz", code=4)
    tap.ok(
        "unstable against strain" in done.stderr and "\nd " not in done.stdout,
        "a_crystal_unstable_against_strain_has_no_d",
        [done.stderr],
    )
    (folder / "molecule.xyz").write_text("1\nProperties=species:S:1:pos:R:3\nNa 0 0 0\n")
    done = run("piezo", model, "molecule.xyz", code=3)
    tap.ok('pbc="T T T"' in done.stderr, "a_molecule_is_refused", [done.stderr])


def check_pyroelectricity():
    """Harmonic coordinates with a dipole quadratic in them: dM/dT = b k_B/k."""
    rng, n, kelvin, volume = np.random.default_rng(11), 40000, 310.0, 250.0
    kB, stiff, slope = 8.617333262e-5, np.array([1.3, 0.7, 2.1]), np.array([0.9, -0.4, 0.0])
    q = rng.normal(0, 1, (n, 3)) * np.sqrt(kB * kelvin / stiff)
    bath = rng.normal(0, 1, (n, 10)) * np.sqrt(kB * kelvin)
    U = 0.5 * (stiff * q**2).sum(1) + 0.5 * (bath**2).sum(1) - 37.0
    M = [0.3, -2.0, 5.0] + slope * q**2 + 0.01 * rng.normal(0, 1, (n, 3))
    rows = "".join(
        f"{k} {m[0]:.12g} {m[1]:.12g} {m[2]:.12g} {u:.12g}\n" for k, (m, u) in enumerate(zip(M, U))
    )
    (folder / "m.txt").write_text("# t Mx My Mz E\n" + rows)
    right = slope * kB / stiff / volume
    words = ("pyro", "m.txt", "-T", kelvin, "-V", volume, "--json")
    found = json.loads(run(*words).stdout)
    value, error = (np.array(found[key]) / 16021766.34 for key in ("coefficient", "error"))
    good = (np.abs(value - right) < 5 * error).all() and (error < 0.1 * abs(right[0])).all()
    tap.ok(good, "pyroelectric_coefficient_of_harmonic_coordinates", [value, right, error])
    series = spectra.Series(M, 1.0, volume, kelvin)
    again, _ = spectra.pyroelectric(series, U)
    tap.ok(close(again, value, 1e-6), "python_gives_the_same_coefficient", [again, value])
    screened = json.loads(run(*words, "--eps-inf", 4).stdout)
    tap.ok(
        close(screened["coefficient"], 2 * np.array(found["coefficient"]), 1e-12),
        "screened_charges_are_multiplied_by_the_root",
    )
    (folder / "none.txt").write_text("# t Mx My Mz\n" + "0 1 2 3\n" * 20)
    done = run("pyro", "none.txt", *words[2:], "--step", 1, code=3)
    tap.ok("--energy" in done.stderr, "a_table_without_energies_is_refused", [done.stderr])
    drift = "".join(
        f"{k} {0.01 * k + m[0]:.9g} 0 0 {u:.9g}\n" for k, (m, u) in enumerate(zip(M[:2000], U))
    )
    (folder / "drift.txt").write_text("# t Mx My Mz E\n" + drift)
    done = run("pyro", "drift.txt", *words[2:], code=4)
    tap.ok("drifts" in done.stderr, "a_dipole_that_drifts_is_refused", [done.stderr])


for model, follow in ((MODEL, True), (constant_charges(), False)):
    SYMBOLS = ["Na"] * (2 + (not follow)) + ["Cl"] * (2 + (not follow))
    x, cell = wurtzite(model) if follow else low_crystal(model)
    found = tensors_of(model, x, cell)
    moved = check_strain(model, x, cell, found)
    check_piezo(model, x, cell, found, moved, follow)
    check_second_order(model, x, cell, follow)
check_improper(model, x, cell, found)
SYMBOLS = ["Na", "Na", "Cl", "Cl"]
check_susceptibility(MODEL, *wurtzite(MODEL))
check_limits(MODEL)
check_pyroelectricity()
tap.done()
