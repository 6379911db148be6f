"""The modules of the Python package beside its models: Coulomb sums, phonons, spectra, tensors;
against known values and against the command.
usage: check_python_modules.py LIBLRPOT LIBLAYOUT LRPOT FOLDER_OF_EXAMPLE_DATA FOLDER_OF_LRPOT_PY"""
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
library, layout, command, data, bindings = (
    str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:6]
)
os.environ.update(LRPOT_LIBRARY=library, OMP_NUM_THREADS="1")
sys.path.insert(0, bindings)
try:
    import numpy as np
except ImportError as error:
    tap.skip("the_python_modules_are_tested", f"{error} (package python3-numpy)")
    tap.done()
import lrpot
from lrpot import coulomb, host, phonons, spectra, tensors

holder = tempfile.TemporaryDirectory(prefix="lrpot-python-")
folder = pathlib.Path(holder.name)
rocksalt = pathlib.Path(data) / "rocksalt.json"
K_E = 14.3996454784255
MADELUNG = 1.7475645946331822  # of rock salt


def run(*arguments):
    done = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def raises(kind, words, function, *arguments, **named):
    try:
        function(*arguments, **named)
    except kind as error:
        tap.ok(words in str(error), f"refused: {words}", [str(error)])
    else:
        tap.ok(False, f"refused: {words}", ["nothing was raised"])


def crystal(edge=5.605):
    """The conventional cell of rock salt."""
    sites = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    symbols = ["Na" if site.sum() % 2 == 0 else "Cl" for site in sites]
    return symbols, sites * edge / 2, edge * np.eye(3)


def toy(edges):
    """c_i = b + 0.4 tanh(sum_j p_j g), U_i = (sum_j g)^2 with g = (1 - r^2/16)^3."""
    d, i, sign = edges.vectors, edges.centres, np.array([0.8, -1.1])[edges.species]
    own = edges.species[: edges.n]
    x = 1 - (d**2).sum(1) / 16
    g, slope = x**3, (-6 / 16 * x**2)[:, None] * d
    h = np.tanh(np.bincount(i, sign[edges.neighbours] * g, edges.n))
    density = np.bincount(i, g, edges.n)
    return {
        "charges": np.array([0.6, -0.5])[own] + 0.4 * h,
        "charge_gradients": (0.4 * (1 - h**2)[i] * sign[edges.neighbours])[:, None] * slope,
        "energies": density**2,
        "energy_gradients": 2 * density[i][:, None] * slope,
    }


def check_host():
    """A network of numpy: slopes of energy and dipole, modes, its whole Jacobian, its failures."""
    rng = np.random.default_rng(5)
    symbols, positions, cell = crystal()
    positions = positions + rng.uniform(-0.1, 0.1, positions.shape)
    model = host.HostModel(("Na", "Cl"), 4.0, toy)
    evaluator = lrpot.Evaluator(model)
    found = evaluator.compute(symbols, positions, cell, True)
    slopes, h = np.empty((8, 3)), 1e-4

    def differences(value):
        rows = []
        for k in range(24):
            row = 0
            for place, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
                moved = positions.copy()
                moved.flat[k] += place * h
                row = row + weight * value(moved) / (12 * h)
            rows.append(row)
        return np.array(rows)

    slopes = differences(lambda r: evaluator.compute(symbols, r, cell, True)["energy"])
    error = np.abs(found["forces"].ravel() + slopes).max()
    tap.ok(error < 1e-7, "forces_of_a_host_are_slopes", [error])
    free = evaluator.compute(symbols, positions, None, False, born_charges=True)
    slopes = differences(lambda r: evaluator.compute(symbols, r, None, False)["dipole"])
    error = np.abs(free["born_charges"].transpose(0, 2, 1).reshape(24, 3) - slopes).max()
    tap.ok(error < 1e-8, "born_charges_of_a_host_are_slopes_of_the_dipole", [error])
    tap.ok(model.descriptor == "network of the caller", "a_host_tells_what_it_is")

    def whole(make):
        def function(edges):
            told = toy(edges)
            jacobian = np.zeros((edges.n, edges.n, 3))
            np.add.at(jacobian, (edges.centres, edges.neighbours), told["charge_gradients"])
            own = np.arange(edges.n)
            jacobian[own, own] = -jacobian.sum(1)
            flat = make(jacobian.reshape(edges.n, -1))
            return {**told, "charge_gradients": edges.gradients(flat)}

        return lrpot.Evaluator(host.HostModel(("Na", "Cl"), 4.0, function))

    makers = {"dense": np.asarray}
    try:
        from scipy.sparse import csr_matrix

        makers["csr"] = csr_matrix
    except ImportError as error:
        tap.skip("a_jacobian_of_scipy", f"{error}")
    for name, make in makers.items():
        other = whole(make).compute(symbols, positions, None, False, born_charges=True)
        errors = [np.abs(other[key] - free[key]).max() for key in ("forces", "born_charges")]
        tap.ok(max(errors) < 1e-13, f"a_jacobian_of_positions_serves: {name}", errors)
    raises(ValueError, "several images", whole(np.asarray).compute, symbols, positions, cell, True)

    def values(edges):
        told = toy(edges)
        return {key: told[key] for key in ("charges", "energies")}

    def product(edges, charge_weights, energy_weights):
        told, i = toy(edges), edges.centres
        return (
            charge_weights[i, None] * told["charge_gradients"]
            + energy_weights[i, None] * told["energy_gradients"]
        )

    for title, system in {"cluster": (None, False), "crystal": (cell, True)}.items():
        pair = [
            lrpot.Evaluator(made).compute(symbols, positions, *system, born_charges=True)
            for made in (model, host.HostModel(("Na", "Cl"), 4.0, values, pull=product))
        ]
        errors = [np.abs(pair[1][k] - pair[0][k]).max() for k in ("forces", "born_charges")]
        tap.ok(max(errors) < 1e-12, f"a_product_serves_in_place_of_rows: {title}", errors)

    layers = lrpot.Evaluator(host.HostModel(("Na", "Cl"), 4.0, values, pull=product, messages=True))
    error = np.abs(layers.compute(symbols, positions, cell, True)["forces"] - found["forces"]).max()
    tap.ok(error < 1e-12, "forces_of_a_host_that_passes_messages", [error])
    raises(
        lrpot.Error,
        "need edges of all layers",
        layers.compute,
        symbols,
        positions,
        cell,
        True,
        born_charges=True,
    )

    def shape(edges):
        return {"charges": np.zeros(3)}

    def fails(edges):
        raise ZeroDivisionError("the network says no")

    for kind, words, function in (
        (ValueError, "charges of shape (3,): expected (8,)", shape),
        (ZeroDivisionError, "the network says no", fails),
        (ValueError, "expected charges, energies", lambda edges: {"charge": 1}),
    ):
        bad = lrpot.Evaluator(host.HostModel(("Na", "Cl"), 4.0, function))
        raises(kind, words, bad.compute, symbols, positions, cell, True)
    for kind, words, pull in (
        (ValueError, "gradients of shape (8,): expected", lambda edges, q, u: np.zeros(8)),
        (ZeroDivisionError, "the network says no", lambda edges, q, u: fails(edges)),
    ):
        bad = lrpot.Evaluator(host.HostModel(("Na", "Cl"), 4.0, values, pull=pull))
        raises(kind, words, bad.compute, symbols, positions, cell, True)
    raises(lrpot.Error, "cutoff = -1", host.HostModel, ("Na", "Cl"), -1.0, toy)
    half = 5.605 / 2
    primitive = half * (np.ones((3, 3)) - np.eye(3))
    made = phonons.Phonons(model, ["Na", "Cl"], np.array([[0, 0, 0], [half] * 3]), primitive)
    transverse, longitudinal = (
        np.sort(made.frequencies((0, 0, 0), direction=direction)) for direction in (None, (0, 0, 1))
    )
    tap.ok(
        np.abs(np.sort(np.abs(transverse))[:3]).max() < 1e-3
        and longitudinal[-1] > transverse[-1] + 0.1,
        "modes_of_a_host_split_at_gamma",
        [transverse, longitudinal],
    )


def check_structs():
    lib = ctypes.CDLL(layout)
    lib.layout_size.restype = lib.layout_offset.restype = ctypes.c_int64
    lib.layout_offset.argtypes = [ctypes.c_char_p, ctypes.c_int64]
    structs = {
        "host_edges": host.EdgesStruct,
        "host_results": host.ResultsStruct,
        "host_weights": host.WeightsStruct,
        "host_options": host.OptionsStruct,
        "ewald_options": coulomb.EwaldOptions,
        "ewald_report": coulomb.EwaldReport,
        "ewald_error_report": coulomb.EwaldErrorReport,
        "series": spectra.SeriesStruct,
        "estimate": spectra.EstimateStruct,
        "spectrum_options": spectra.SpectrumOptions,
        "conductivity_options": spectra.ConductivityOptions,
        "loop_options": spectra.LoopOptions,
        "loop": spectra.LoopStruct,
        "tensor_options": tensors.TensorOptions,
    }
    for name, struct in structs.items():
        key = f"lrpot_{name}".encode()
        offsets = [getattr(struct, field[0]).offset for field in struct._fields_]
        wanted = [lib.layout_offset(key, k) for k in range(len(offsets) + 1)]
        tap.ok(
            lib.layout_size(key) == ctypes.sizeof(struct) and offsets + [-1] == wanted,
            f"lrpot_{name}_is_that_of_c",
            [offsets, wanted],
        )


def check_coulomb():
    symbols, positions, cell = crystal()
    charges = np.array([1.0 if s == "Na" else -1.0 for s in symbols])
    ewald = coulomb.Ewald(accuracy=1e-10)
    found = ewald.compute(positions, charges, cell, True)
    exact = -4 * K_E * MADELUNG / (5.605 / 2)
    tap.ok(abs(found["energy"] / exact - 1) < 1e-11, "rock_salt_has_its_madelung_constant")
    tap.ok(
        abs(found["potential"] @ charges / 2 - found["energy"]) < 1e-9
        and abs(np.trace(found["virial"]) - found["energy"]) < 1e-8,
        "potential_and_virial_belong_to_the_energy",
    )
    moved = positions + np.random.default_rng(5).normal(0, 0.1, positions.shape)
    found, step = ewald.compute(moved, charges, cell, True), np.zeros_like(moved)
    step[3, 1] = 1e-4
    up, down = (ewald.compute(moved + s * step, charges, cell, True) for s in (1, -1))
    tap.ok(
        abs((down["energy"] - up["energy"]) / 2e-4 - found["forces"][3, 1]) < 1e-6,
        "forces_are_derivatives",
    )
    A = ewald.matrix(moved, cell, True)
    tap.ok(
        abs(charges @ A @ charges / 2 - found["energy"]) < 1e-8 and np.allclose(A, A.T),
        "the_matrix_gives_the_energy",
    )
    channels = ewald.compute(moved, np.array([charges, 0.5 * charges]), cell, True)
    tap.ok(
        abs(channels["energy"] - 1.25 * found["energy"]) < 1e-8
        and channels["potential"].shape == (2, 8)
        and channels["field"].shape == (2, 8, 3),
        "channels_do_not_interact",
    )
    pair = coulomb.Ewald().compute([[0, 0, 0], [0, 0, 2.0]], [1, -1])
    tap.ok(abs(pair["energy"] + K_E / 2) < 1e-12, "isolated_charges")
    wide = coulomb.Ewald(widths=[0.5, 0.0], self_energy=True)
    wide = wide.compute([[0, 0, 0], [0, 0, 30.0]], [1, -1], species=[0, 1])
    own = K_E / (2 * np.sqrt(np.pi) * 0.5)
    tap.ok(abs(wide["energy"] - own + K_E / 30) < 1e-10, "widths_go_by_species", [wide["energy"]])
    rough = coulomb.Ewald(accuracy=1e-3, method="mesh")
    measured = rough.error(moved, charges, cell, True)
    tap.ok(
        1e-9 < measured["forces"] <= 1e-3 and measured["n_sample"] == 8,
        "the_error_is_measured",
        [measured],
    )
    tuned = rough.tune(moved, charges, cell, True, seconds=0.05)
    plan = rough.plan(moved, cell, True)
    tap.ok(
        tuned["method"] == plan["method"] == "mesh" and tuned["predicted_error"] <= 1e-3,
        "a_solver_is_tuned",
        [tuned, plan],
    )
    raises(ValueError, "kernel='gravity': expected one of coulomb", coulomb.Ewald, kernel="gravity")
    raises(ValueError, "method='fast'", coulomb.Ewald, method="fast")
    raises(TypeError, "relativ: expected one of relative", coulomb.Ewald, relativ=True)
    raises(ValueError, "charges of shape (2,)", ewald.compute, positions, [1, 2], cell, True)
    raises(lrpot.Error, "sigma", coulomb.Ewald, kernel="latent")
    raises(
        ValueError,
        "2 widths need the species",
        coulomb.Ewald(widths=[0.5, 1.0]).compute,
        positions,
        charges,
    )


def check_layer():
    """A square layer of rock salt: LO has the slope of its Born charges."""
    model, a, q = lrpot.Model(rocksalt), 3.9, 2e-4
    cell = [[a, 0, 0], [0, a, 0], [0, 0, 0]]
    positions, flat = [[0, 0, 0], [a / 2, a / 2, 0]], (True, True, False)
    made = phonons.Phonons(model, ["Na", "Cl"], positions, cell, periodic=flat)
    waves = [made.matrix((x * q * a / (2 * np.pi), 0, 0)) for x in (0, 1, 2)]
    slope = (4 * waves[1] - waves[2] - 3 * waves[0]) / (2 * q)
    born = lrpot.Evaluator(model).compute(["Na", "Cl"], positions, cell, flat, born_charges=True)
    pull, lift = (born["born_charges"][:, d].ravel() for d in (0, 2))
    wanted = 2 * np.pi * 14.3996454784255 / a**2 * (np.outer(pull, pull) - np.outer(lift, lift))
    tap.ok(
        np.allclose(slope, wanted, atol=1e-4 * abs(wanted).max()),
        "a_layer_has_the_slope_of_its_born_charges",
        [slope, wanted],
    )
    sheet = phonons.Phonons(model, ["Na", "Cl"], positions, cell, periodic=flat, sheet=(5, 1))
    lowered = made.matrix((0.02, 0, 0)) - sheet.matrix((0.02, 0, 0))
    tap.ok(pull @ lowered.real @ pull > 1e-3, "a_sheet_screens_its_waves", [lowered])
    lines = phonons.path(cell, flat)
    tap.ok(
        [label for label, _ in lines[0]] == ["G", "X", "M", "G"]
        and np.allclose(np.abs(lines[0][2][1]), (0.5, 0.5, 0)),
        "a_layer_has_its_path",
        [lines],
    )
    weights, frequencies = made.mesh(2)
    tap.ok(len(weights) == 2 and frequencies.shape == (2, 6), "a_mesh_of_a_layer_is_flat")
    raises(lrpot.Error, "along its normal", made.frequencies, (0, 0, 0.25))


def check_phonons():
    model, (symbols, positions, cell) = lrpot.Model(rocksalt), crystal()
    made = phonons.Phonons(model, symbols, positions, cell)
    file = folder / "crystal.xyz"
    rows = [f"{s} {' '.join(repr(float(x)) for x in r)}" for s, r in zip(symbols, positions)]
    lattice = " ".join(repr(float(x)) for x in cell.ravel())
    head = f'Lattice="{lattice}" pbc="T T T" Properties=species:S:1:pos:R:3'
    file.write_text("\n".join([str(len(rows)), head, *rows]) + "\n")
    gamma = made.frequencies((0, 0, 0))
    told = json.loads(run("phonon", rocksalt, file, "--json"))
    ratio = np.reshape(told["eps_0_over_eps_inf"], (3, 3))
    groups = told["spectrum"]
    modes = np.sort(np.concatenate([[group["thz"]] * group["modes"] for group in groups]))
    tap.ok(max(abs(np.sort(gamma) - modes)) < 1e-4, "the_command_has_the_same_frequencies", [gamma])
    primitive = 5.605 / 2 * np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0]])
    small = phonons.Phonons(model, ["Na", "Cl"], [[0, 0, 0], [2.8025] * 3], primitive)
    folded = np.concatenate(
        [small.frequencies(q) for q in ((0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5))]
    )
    tap.ok(
        np.abs(np.sort(folded) - np.sort(gamma)).max() < 1e-4,
        "the_primitive_cell_has_the_same_modes",
        [np.sort(folded), gamma],
    )
    frequencies, vectors = small.modes((0.1, 0.2, 0.3))
    D = small.matrix((0.1, 0.2, 0.3))
    roots = np.sqrt(np.repeat(small.masses, 3))
    wanted = np.einsum(
        "mi,ij,mj->m", vectors.reshape(6, 6).conj() / roots, D, vectors.reshape(6, 6) / roots
    ).real
    # eV/A^2/u in THz^2
    unit = 1.602176634e-19 * 1e20 / 1.66053906660e-27 * 1e-24 / (4 * np.pi**2)
    tap.ok(
        np.allclose(wanted * unit, np.sign(frequencies) * frequencies**2, rtol=1e-9),
        "modes_belong_to_the_matrix",
        [wanted * unit, frequencies**2],
    )
    along = small.frequencies((0, 0, 0), direction=(0, 0, 1))
    tap.ok(
        along[-1] > gamma.max() - 1e-9 and along[-1] > along[-2] + 1, "lo_lies_above_to", [along]
    )
    eps, n = np.diag([2.0, 2.0, 5.0]), np.array([1.0, 0, 1]) / np.sqrt(2)
    screened = phonons.Phonons(
        model, ["Na", "Cl"], [[0, 0, 0], [2.8025] * 3], primitive, eps_inf=eps
    ).matrix((0, 0, 0), direction=n)
    born = lrpot.Evaluator(model).compute(
        ["Na", "Cl"], [[0, 0, 0], [2.8025] * 3], primitive, True, born_charges=True
    )["born_charges"]
    pull = np.einsum("a,ab,kbc->kc", n, np.sqrt(eps), born).ravel()
    field = 4 * np.pi * 14.3996454784255 / abs(np.linalg.det(primitive)) / (n @ eps @ n)
    wanted = small.matrix((0, 0, 0)) + field * np.outer(pull, pull)
    tap.ok(
        np.abs(screened - wanted).max() < 1e-4 * np.abs(wanted).max(),
        "long_waves_are_screened_by_a_tensor",
        [screened, wanted],
    )
    weights, mesh = small.mesh(4)
    tap.ok(abs(weights.sum() - 1) < 1e-12 and mesh.shape == (len(weights), 6), "a_mesh_of_the_zone")
    axis, density = small.density_of_states(4)
    area = ((density[1:] + density[:-1]) / 2 * np.diff(axis)).sum()
    tap.ok(abs(area - 6) < 1e-3, "the_density_of_states_counts_modes")
    lines = phonons.path(primitive)
    corners = dict(corner for line in lines for corner in line)
    length = np.linalg.norm(small.wave_vector(corners["X"]))
    tap.ok(abs(length - 2 * np.pi / 5.605) < 1e-9, "the_path_has_its_corners", [lines])
    Z = lrpot.project(
        lrpot.Evaluator(model).compute(
            ["Na", "Cl"], [[0, 0, 0], [2.8025] * 3], primitive, True, born_charges=True
        )["born_charges"]
    )
    transverse, polar, epsilon = phonons.infrared(
        small.matrix((0, 0, 0)), small.masses, Z, abs(np.linalg.det(primitive))
    )
    tap.ok(
        np.abs(epsilon - ratio).max() < 1e-4 and np.abs(polar[3:]).max() > 0.1,
        "the_dielectric_tensor_is_that_of_the_command",
        [epsilon, ratio, transverse],
    )
    raises(ValueError, "wave vector of shape (2,)", small.frequencies, (0, 0))
    raises(lrpot.Error, "Ar", phonons.Phonons, model, ["Na", "Ar"], positions[:2], cell)


def ornstein(n, decay, rng):
    noise, values = rng.normal(size=(n, 3)), np.zeros((n, 3))
    for k in range(1, n):
        values[k] = decay * values[k - 1] + np.sqrt(1 - decay**2) * noise[k]
    return values


def check_spectra():
    rng = np.random.default_rng(11)
    M = ornstein(40000, 0.9, rng)
    series = spectra.Series(M, step=1.0, volume=1000.0, temperature=300)
    eps = spectra.dielectric_constant(series, running=10)
    wanted = 1 + 4 * np.pi * K_E * 3 / (3 * 1000 * 8.617333262e-5 * 300)
    tap.ok(
        abs(eps.value - wanted) < 4 * eps.error and eps.error < 0.1 * wanted and eps.plateau,
        "the_dielectric_constant_has_its_value",
        [eps, wanted],
    )
    tap.ok(
        eps.running.shape == (10,) and abs(eps.running[-1] / eps.value - 1) < 0.01,
        "and_its_running_estimate",
    )
    number = spectra.mean(M[:, 0])
    tap.ok(abs(number.value) < 4 * number.error and number.inefficiency > 5, "means_have_errors")
    spectrum = spectra.infrared(series, segment=512)
    twice = spectra.infrared(series, segment=512, eps_inf=2.0)
    tap.ok(
        len(spectrum["wavenumber"]) == 257
        and np.allclose(twice["n_alpha"], 2 * spectrum["n_alpha"])
        and np.allclose(spectrum["axes"].mean(axis=1), spectrum["n_alpha"])
        and spectrum["segments"] > 100,
        "a_spectrum_has_its_columns",
    )
    J = ornstein(60000, 0.95, rng) * 0.01
    current = spectra.Series(J, step=1.0, volume=1000.0, temperature=300, kind="current")
    exact = 1e-4 * (1 + 0.95) / (2 * (1 - 0.95)) / (1000 * 8.617333262e-5 * 300) * 16021.76634
    kubo = spectra.conductivity(current, lags=50)
    einstein = spectra.conductivity(current, "einstein", lags=50)
    tap.ok(
        abs(kubo.value - exact) < 4 * kubo.error and kubo.error < 0.3 * exact,
        "green_and_kubo_give_the_conductivity",
        [kubo, exact],
    )
    tap.ok(
        abs(einstein.value - exact) < 4 * einstein.error and len(einstein.displacement) == 50,
        "so_does_einstein",
        [einstein, exact],
    )
    flux = spectra.Series(J, step=1.0, volume=1000.0, temperature=300, kind="heat")
    kappa = spectra.thermal_conductivity(flux, lags=50)
    tap.ok(
        np.allclose(kappa.value, kubo.value * 1602176.634 / 16021.76634 / 300, rtol=1e-12)
        and np.allclose(kappa.correlation, kubo.correlation)
        and len(kappa.integral_error) == 50,
        "a_heat_flux_conducts_heat_by_the_same_integral",
        [kappa, kubo],
    )
    driven = spectra.Series(J + [0, 0, 0.02], 1.0, 1000.0, kind="current")
    field = spectra.conductivity(driven, "field", field=(0, 0, 0.1))
    tap.ok(
        abs(field.value / (0.02 / (1000 * 0.1) * 16021.76634) - 1) < 0.1
        and field.density.shape == (3,),
        "a_field_gives_it_by_its_current",
        [field],
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drifting = spectra.Series(M + np.linspace(0, 100, len(M))[:, None], 1.0, 1000.0, 300)
        told = spectra.dielectric_constant(drifting)
    tap.ok(
        told.assumption is not None and caught[0].category is spectra.AssumptionWarning,
        "an_assumption_that_fails_is_told",
    )
    up = np.linspace(-1, 1, 41)
    fields = np.concatenate([up[20:], up[::-1], up, up[:20:-1]])
    rising = np.concatenate([np.full(21, 0), np.zeros(41), np.ones(41), np.zeros(20)])
    P = np.tanh(10 * (fields + np.where(rising > 0, -0.3, 0.3)))
    found = spectra.loop(fields, P)
    tap.ok(
        abs(np.abs(found["coercive"]) - 0.3).max() < 0.02
        and found["branches"][0] == "virgin"
        and len(found["fields"]) == len(found["branches"]),
        "a_loop_has_its_coercive_field",
        [found],
    )
    raises(ValueError, "values of shape (5,)", spectra.Series, np.zeros(5), 1.0, 1.0)
    raises(ValueError, "needs field=", spectra.conductivity, current, "field")
    raises(lrpot.Error, "16", spectra.mean, [1.0, 2.0])


def check_tensors():
    # Labels of a model: its own Born charges.
    symbols, positions, cell = crystal()
    evaluator, rng = lrpot.Evaluator(lrpot.Model(rocksalt)), np.random.default_rng(2)
    rows = []
    for _ in range(12):
        moved = positions + rng.normal(0, 0.05, positions.shape)
        Z = lrpot.project(
            evaluator.compute(symbols, moved, cell, True, born_charges=True)["born_charges"]
        )
        lattice = " ".join(repr(float(x)) for x in cell.ravel())
        rows += ["8", f'Lattice="{lattice}" Properties=species:S:1:pos:R:3:born_charges:R:9']
        rows += [
            f"{s} {' '.join(repr(float(x)) for x in [*r, *z.ravel()])}"
            for s, r, z in zip(symbols, moved, Z)
        ]
    (folder / "born.xyz").write_text("\n".join(rows) + "\n")
    file = folder / "rocksalt.tensors"
    run("fit", folder / "born.xyz", "--tensors", "independent", "-o", file, "-q")
    model = tensors.TensorModel(file)
    found = model.born_charges(symbols, moved, cell, True)
    tap.ok(
        model.kind == "independent" and model.symbols == ("Na", "Cl"),
        "a_tensor_model_tells_its_kind",
    )
    tap.ok(
        np.abs(found - Z).max() < 0.01 and np.abs(found.sum(axis=0)).max() < 1e-9,
        "tensors_are_those_of_the_fit",
        [np.abs(found - Z).max()],
    )
    raw = model.born_charges(symbols, moved, cell, True, sum_rule=False)
    tap.ok(np.abs(lrpot.project(raw) - found).max() < 1e-12, "the_sum_rule_is_imposed_on_demand")
    raises(ValueError, "the model has no Ar", model.born_charges, ["Ar"] * 8, moved, cell, True)
    raises(lrpot.Error, "none.tensors", tensors.TensorModel, folder / "none.tensors")
    raises(lrpot.Error, "dipole", model.dipole, symbols, moved)


check_structs()
check_coulomb()
check_phonons()
check_layer()
check_host()
check_spectra()
check_tensors()
tap.done()
