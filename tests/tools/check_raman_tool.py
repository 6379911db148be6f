#!/usr/bin/env python3
"""`lrpot fit --tensors polarizability` and `lrpot raman`: modes of a molecule and of a crystal by
differences here, and the spectrum of a harmonic trajectory, whose bands have the activities of the
modes.
usage: check_raman_tool.py LRPOT LIBRARY EXAMPLES_DATA PYTHON_MODULES"""
import json
import os
import pathlib
import sys
import tempfile

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
holder = tempfile.TemporaryDirectory(prefix="lrpot-raman-")
folder = pathlib.Path(holder.name)
MODEL = pathlib.Path(data) / "rocksalt.json"
MASSES = {"Na": 22.98976928, "Cl": 35.45}
EV = 1.602176634e-19 / 1.66053906660e-27 * 1e-10  # u A^2/fs^2
BOLTZMANN, CM_PER_THZ = 8.617333262e-5, 33.35640951981521
rng = np.random.default_rng(5)
run = Tool(tap, tool, folder)


def frame(symbols, positions, cell=None, **keys):
    head = "Properties=species:S:1:pos:R:3 pbc=" + ("F" if cell is None else "T")
    if cell is not None:
        head += f' Lattice="{" ".join(repr(float(x)) for x in np.ravel(cell))}"'
    for key, value in keys.items():
        head += f' {key}="{" ".join(repr(float(x)) for x in np.ravel(value))}"'
    rows = [f"{s} {' '.join(repr(float(x)) for x in r)}" for s, r in zip(symbols, positions)]
    return (
        "\n".join(
            [
                str(len(symbols)),
                head.replace("pbc=F", 'pbc="F F F"').replace("pbc=T", 'pbc="T T T"'),
                *rows,
            ]
        )
        + "\n"
    )


def bonds(symbols, x):
    """Polarizability of bonds, A^3: of atoms, and of pairs along and across them."""
    alpha = np.eye(3) * sum({"Na": 0.3, "Cl": 3.1}[s] for s in symbols)
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            r = np.linalg.norm(d)
            if r >= 5.0:
                continue
            decay = np.exp(-((r / 2.2) ** 2)) * (1 - (r / 5) ** 2) ** 3
            alpha = alpha + decay * (1.5 * np.eye(3) + 4.0 * np.outer(d, d) / r**2)
    return alpha


def slopes(function, x, step=1e-3):
    """Fourth-order differences by all coordinates, [n][3][...]."""
    out = []
    for k in range(x.size):
        parts = []
        for factor, by in ((1, -2), (-8, -1), (8, 1), (-1, 2)):
            moved = x.copy()
            moved.flat[k] += by * step
            parts.append(factor * function(moved))
        out.append(sum(parts) / (12 * step))
    return np.array(out).reshape(*x.shape, *out[0].shape)


def invariants(R):
    a = np.trace(R) / 3
    S = (R + R.T) / 2 - a * np.eye(3)
    return a * a, 1.5 * (S * S).sum()


def modes(symbols, x, cell, alpha):
    """Frequencies (cm-1), activities and Raman tensors by differences."""
    evaluator = lrpot.Evaluator(lrpot.Model(MODEL))
    periodic = cell is not None
    forces = lambda y: evaluator.compute(symbols, y, cell, periodic)["forces"]
    H = -slopes(forces, x).reshape(x.size, x.size)
    root = np.repeat(np.sqrt([MASSES[s] for s in symbols]), 3)
    w, e = np.linalg.eigh((H + H.T) / 2 / np.outer(root, root))
    R = np.einsum("kab,km->mab", slopes(alpha, x).reshape(-1, 3, 3), e / root[:, None])
    return np.sign(w) * np.sqrt(abs(w) * EV) / (2e-3 * np.pi) * CM_PER_THZ, R, e / root[:, None]


SYMBOLS = ["Na", "Cl", "Na", "Cl", "Cl"]
START = np.array([[0, 0, 0], [2.5, 0, 0], [2.5, 2.4, 0.2], [0.1, 2.5, 0], [1.2, 1.3, 2.4]])


def check_fit():
    frames = [START + rng.normal(0, 0.12, START.shape) for _ in range(60)]
    text = "".join(frame(SYMBOLS, x, polarizability=bonds(SYMBOLS, x)) for x in frames)
    (folder / "alpha.xyz").write_text(text)
    words = ("alpha.xyz", "--tensors", "polarizability", "--valid", "20%", "--json")
    found = json.loads(run("fit", *words, "-o", "alpha.tensors").stdout)
    spread = np.std([bonds(SYMBOLS, x) for x in frames], axis=0).max()
    error = found["valid"]["polarizability"]
    tap.ok(
        error["n"] == 9 * 12 and error["rmse"] < 0.1 * spread,
        "a_fit_learns_the_polarizability_of_bonds",
        [error, spread],
    )
    model = tensors.TensorModel(folder / "alpha.tensors")
    x = START + rng.normal(0, 0.1, START.shape)
    alpha, gradient = model.polarizability(SYMBOLS, x), model.raman(SYMBOLS, x)
    tap.ok(
        np.abs(alpha - bonds(SYMBOLS, x)).max() < 0.3 * spread,
        "it_gives_that_of_other_atoms",
        [alpha, bonds(SYMBOLS, x)],
    )
    by = np.moveaxis(slopes(lambda y: model.polarizability(SYMBOLS, y), x), 1, -1)
    tap.ok(np.abs(gradient - by).max() < 1e-7, "its_raman_tensors_are_derivatives")
    # the same data in bohr^3
    text = "".join(
        frame(SYMBOLS, x, polarizability=bonds(SYMBOLS, x) / 0.529177210903**3) for x in frames
    )
    (folder / "bohr.xyz").write_text(text)
    words = ("bohr.xyz", *words[1:], "--units", "polarizability=bohr^3")
    again = json.loads(run("fit", *words, "-o", "bohr.tensors").stdout)
    difference = abs(again["valid"]["polarizability"]["rmse"] / error["rmse"] - 1)
    tap.ok(difference < 1e-3, "units_of_a_file_are_converted", [difference])
    refused = run("bec", "alpha.tensors", "alpha.xyz", code=3 if False else 1)
    tap.ok("polarizabilit" in refused.stderr, "it_has_no_born_charges", [refused.stderr])
    return model


def degenerate(found):
    """Sums over modes of one frequency."""
    groups = []
    for w, a, gamma in found:
        if groups and w - groups[-1][0] < 0.01:
            groups[-1][1:] = groups[-1][1] + a, groups[-1][2] + gamma
        else:
            groups.append([w, a, gamma])
    return groups


def relaxed(symbols, x, cell=None):
    (folder / "start.xyz").write_text(frame(symbols, x, cell))
    words = ("relax", MODEL, "start.xyz", "--json", "--forces", 1e-6, "-o", "rest.xyz")
    return np.reshape(json.loads(run(*words).stdout)["positions"], (-1, 3))


def check_molecule(model):
    x = relaxed(SYMBOLS, START)
    found = json.loads(
        run("raman", MODEL, "rest.xyz", "--tensors", "alpha.tensors", "--json").stdout
    )
    frequencies, R, _ = modes(SYMBOLS, x, None, lambda y: model.polarizability(SYMBOLS, y))
    expected = degenerate([(w, *invariants(r)) for w, r in zip(frequencies, R) if w > 5])
    groups = [g for g in found["groups"] if g["wavenumber"] > 5]
    good = len(groups) == len(expected) and sum(g["modes"] for g in groups) == 3 * len(SYMBOLS) - 6
    for group, (w, a, gamma) in zip(groups, expected):
        good &= abs(group["wavenumber"] / w - 1) < 1e-5
        activity = 45 * a + 7 * gamma
        good &= abs(group["activity"] - activity) < 1e-4 * activity + 1e-8
        good &= abs(group["isotropic"] - a) < 1e-4 * activity / 45 + 1e-9
        ratio = 3 * gamma / (45 * a + 4 * gamma)
        good &= activity < 1e-6 or abs(group["depolarization"] - ratio) < 1e-4
    tap.ok(good, "modes_of_a_molecule_have_the_activities_of_differences", [groups, expected])
    rest = [g for g in found["groups"] if g["wavenumber"] <= 5]
    tap.ok(
        sum(g["modes"] for g in rest) == 6 and all(g["activity"] == 0 for g in rest),
        "motions_of_the_whole_molecule_scatter_nothing",
        rest,
    )
    return x, groups


def check_trajectory(model, x, groups):
    """Harmonic motion of an exact temperature, so small that the polarizability is linear."""
    kelvin, step, n = 2e-3, 8.0, 12000
    frequencies, _, shapes = modes(SYMBOLS, x, None, lambda y: model.polarizability(SYMBOLS, y))
    t = step * np.arange(n)
    path = np.zeros((n, x.size))
    for m in range(6, x.size):
        omega = 2e-3 * np.pi * frequencies[m] / CM_PER_THZ
        size = np.sqrt(2 * kelvin * BOLTZMANN * EV) / omega
        path += np.outer(size * np.cos(omega * t + 1.3 * m), shapes[:, m])
    path = x + path.reshape(n, *x.shape)
    (folder / "path.xyz").write_text(
        "".join(frame(SYMBOLS, y, time=[step * k]) for k, y in enumerate(path))
    )
    words = ("raman", "path.xyz", "--tensors", "alpha.tensors", "-T", kelvin, "--json", "-q")
    found = json.loads(run(*words, "--resolution", 1.5).stdout)
    w, activity, isotropic = (
        np.array(found[key]) for key in ("wavenumber", "activity", "isotropic")
    )
    places = np.array([g["wavenumber"] for g in groups])
    edges = np.r_[0, (places[1:] + places[:-1]) / 2, places[-1] + 100]
    good, seen = 0, []
    for k, group in enumerate(groups):
        if min(np.diff(places, prepend=-1e3, append=1e5)[k : k + 2]) < 12:
            continue  # bands that share their feet
        band = (w > edges[k]) & (w <= edges[k + 1])
        total, a = (w[1] - w[0]) * activity[band].sum(), (w[1] - w[0]) * isotropic[band].sum()
        seen.append((group["activity"], total, group["isotropic"], a))
        strength = max(g["activity"] for g in groups)
        good += abs(total - group["activity"]) < 0.02 * group["activity"] + 1e-3 * strength
    tap.ok(
        good == len(seen) >= 4,
        "bands_of_a_harmonic_trajectory_have_the_activities_of_the_modes",
        seen,
    )
    total = (w[1] - w[0]) * activity.sum() / sum(g["activity"] for g in groups)
    tap.ok(abs(total - 1) < 0.02, "and_so_has_their_sum", [total])
    # the same polarizabilities as a table
    alpha = np.array([model.polarizability(SYMBOLS, y) for y in path])
    order = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
    rows = "".join(
        f"{step * k / 1000:.9g} " + " ".join(repr(float(a[p])) for p in order) + "\n"
        for k, a in enumerate(alpha)
    )
    (folder / "alpha.txt").write_text(
        "# t(ps) alpha_xx alpha_yy alpha_zz alpha_yz alpha_xz alpha_xy\n" + rows
    )
    again = json.loads(run("raman", "alpha.txt", *words[4:], "--resolution", 1.5).stdout)
    close = np.allclose(again["activity"], activity, rtol=1e-6, atol=1e-9 * activity.max())
    tap.ok(close, "a_table_gives_the_same_spectrum")
    series = spectra.Series(alpha, step, 1.0, kelvin, kind="polarizability")
    segment = int(np.ceil(1e3 * CM_PER_THZ / (1.5 * step)))
    third = spectra.raman(series, segment=segment)
    close = np.allclose(third["activity"], activity, rtol=1e-6, atol=1e-9 * activity.max())
    tap.ok(close, "so_does_python")


def check_crystal(model):
    a = 5.6
    fractions = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    x = np.vstack([fractions, fractions + [0.5, 0, 0]]) * a
    symbols, cell = ["Na"] * 4 + ["Cl"] * 4, a * np.eye(3)
    (folder / "salt.xyz").write_text(frame(symbols, x, cell))
    words = ("raman", MODEL, "salt.xyz", "--tensors", "alpha.tensors", "--json")
    found = json.loads(run(*words).stdout)
    optical = [g for g in found["groups"] if g["wavenumber"] > 30]
    # modes at the zone centre of the primitive cell are odd; folded ones are even or odd
    alpha = lambda y: model.polarizability(symbols, y, cell, (True,) * 3)
    frequencies, R, _ = modes(symbols, x, cell, alpha)
    total = sum(45 * i + 7 * g for i, g in map(invariants, R[3:]))
    mine = sum(g["activity"] for g in found["groups"])
    tap.ok(
        abs(mine - total) < 1e-4 * total + 1e-9,
        "a_crystal_has_the_sum_of_differences",
        [mine, total],
    )
    primitive = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * a / 2
    (folder / "primitive.xyz").write_text(
        frame(["Na", "Cl"], [[0, 0, 0], [a / 2, 0, 0]], primitive)
    )
    words = ("raman", MODEL, "primitive.xyz", *words[3:])
    odd = json.loads(run(*words).stdout)
    tap.ok(
        max(g["activity"] for g in odd["groups"]) < 1e-15 and len(optical) > 0,
        "odd_modes_of_rock_salt_scatter_nothing",
        [odd["groups"]],
    )
    done = run(
        "raman",
        MODEL,
        "salt.xyz",
        "--tensors",
        "alpha.tensors",
        "--laser",
        532,
        "-T",
        300,
        "--spectrum",
        "salt.csv",
        "--broadening",
        4,
    )
    table = np.genfromtxt(folder / "salt.csv", delimiter=",", names=True)
    area = table["activityA4ucm1"].sum()
    tap.ok(
        abs(area / mine - 1) < 0.02 if mine > 1e-6 else area < 1e-6,
        "the_broadened_spectrum_has_the_same_area",
        [area, mine],
    )
    tap.ok("cross section" in done.stdout, "a_laser_adds_cross_sections", [done.stdout])


def refuses(fact, code, words, *command):
    done = run(*command, code=code)
    tap.ok(all(word in done.stderr for word in words), fact, [done.stderr])


def check_refusals():
    refuses(
        "a_trajectory_needs_polarizabilities", 3, ["--tensors"], "raman", "start.xyz", "-T", 300
    )
    refuses("a_trajectory_needs_a_temperature", 2, ["--temperature"], "raman", "alpha.txt")
    refuses(
        "charges_that_do_not_respond_are_refused",
        1,
        ["LRPOT_TENSORS_POLARIZABILITY"],
        "raman",
        MODEL,
        "rest.xyz",
    )
    refuses(
        "options_of_modes_are_refused_on_a_trajectory",
        2,
        ["--broadening"],
        "raman",
        "alpha.txt",
        "-T",
        300,
        "--broadening",
        3,
    )
    refuses(
        "options_of_trajectories_are_refused_on_modes",
        2,
        ["--resolution"],
        "raman",
        MODEL,
        "rest.xyz",
        "--resolution",
        3,
    )
    (folder / "other.txt").write_text("# t Mx My Mz\n" + "0 1 2 3\n" * 20)
    refuses("a_table_of_dipoles_is_refused", 3, ["alpha_xx"], "raman", "other.txt", "-T", 300)


model = check_fit()
x, groups = check_molecule(model)
check_trajectory(model, x, groups)
check_crystal(model)
check_refusals()
tap.done()
