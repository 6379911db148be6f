"""The Python package against the library: structs, values to the last digits, lifetimes, failures;
with ASE its calculators.
usage: check_python.py LIBLRPOT LIBLAYOUT REFERENCE_VALUES FOLDER_OF_EXAMPLE_DATA
FOLDER_OF_LRPOT_PY"""
import copy
import ctypes
import gc
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
library, layout, reference_values, data, bindings = (
    str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:6]
)
os.environ["LRPOT_LIBRARY"] = library
# NumPy's BLAS starts threads for matrices of three rows, and they wait busily for one another.
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, bindings)
try:
    import numpy as np
except ImportError as error:
    tap.skip("the_python_module_is_tested", f"{error} (package python3-numpy)")
    tap.done()
import lrpot

holder = tempfile.TemporaryDirectory(prefix="lrpot-python-")
folder = pathlib.Path(holder.name)
many_body, rocksalt = folder / "many_body.json", pathlib.Path(data) / "rocksalt.json"
example = pathlib.Path(data).parent / "26_electrodes"
subprocess.run([reference_values, str(many_body)], check=True)
EXACT = 1e-12


def system(seed=1, n=3, edge=2.9):
    """Symbols, positions and a skewed cell of rock salt with noise."""
    rng = np.random.default_rng(seed)
    sites = np.array([[x, y, z] for x in range(n) for y in range(n) for z in range(n + 1)])
    cell = edge * np.array([[n, 0, 0], [0.3, n, 0], [-0.2, 0.1, n + 1]])
    positions = (sites + 0.05) / [n, n, n + 1] @ cell + rng.normal(0, 0.08, sites.shape)
    return ["Na" if sum(site) % 2 == 0 else "Cl" for site in sites], positions, cell


def reference(model, symbols, positions, cell, pbc="T T T"):
    """What a C program gets from the same structure."""
    file = folder / "reference.xyz"
    rows = [
        f"{symbol} {' '.join(repr(float(x)) for x in r)}" for symbol, r in zip(symbols, positions)
    ]
    lattice = (
        f'Lattice="{" ".join(repr(float(x)) for x in np.ravel(cell))}" ' if cell is not None else ""
    )
    file.write_text(
        "\n".join(
            [str(len(rows)), f'{lattice}pbc="{pbc}" Properties=species:S:1:pos:R:3', *rows, ""]
        )
    )
    done = subprocess.run(
        [reference_values, str(model), str(file)], check=True, capture_output=True, text=True
    )
    return {name: np.array(values) for name, values in json.loads(done.stdout).items()}


def worst(found, expected):
    """Largest relative difference of the quantities of a reference."""
    names = [name for name in expected if name in found]
    assert len(names) == len(expected), (sorted(found), sorted(expected))
    return max(
        np.abs(np.ravel(found[name]) - expected[name]).max()
        / max(1.0, np.abs(expected[name]).max())
        for name in names
    )


def check_structs():
    lib = ctypes.CDLL(layout)
    lib.layout_size.restype = lib.layout_offset.restype = ctypes.c_int64
    lib.layout_offset.argtypes = [ctypes.c_char_p, ctypes.c_int64]
    lib.layout_is_initial.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t]
    structs = {
        b"lrpot_atoms": lrpot.Atoms,
        b"lrpot_outputs": lrpot.Outputs,
        b"lrpot_field": lrpot.FieldStruct,
        b"lrpot_heat_flux": lrpot.HeatFlux,
        b"lrpot_basis_options": lrpot.BasisOptions,
        b"lrpot_potential_options": lrpot.PotentialOptions,
        b"lrpot_fit_options": lrpot.FitOptions,
        b"lrpot_fit_frame": lrpot.FitFrame,
        b"lrpot_fit_suggestion_facts": lrpot.SuggestionFacts,
    }
    # Those of models start open, to be completed by the library.
    opened = (lrpot.BasisOptions, lrpot.PotentialOptions)
    for name, struct in structs.items():
        tap.ok(
            lib.layout_size(name) == ctypes.sizeof(struct),
            f"{name.decode()}_has_the_size_of_c",
            [lib.layout_size(name), ctypes.sizeof(struct)],
        )
        offsets = [getattr(struct, field[0]).offset for field in struct._fields_]
        wanted = [lib.layout_offset(name, k) for k in range(len(offsets) + 1)]
        tap.ok(offsets + [-1] == wanted, f"{name.decode()}_has_the_members_of_c", [offsets, wanted])
        value = struct()
        if struct in opened:
            continue
        tap.ok(
            lib.layout_is_initial(name, ctypes.byref(value), ctypes.sizeof(struct)) == 1,
            f"{name.decode()}_starts_as_in_c",
        )


def check_values():
    model = lrpot.Model(many_body)
    tap.ok(
        model.symbols == ("Na", "Cl") and model.has_charges and model.cutoff == 5.0,
        "a_model_tells_what_it_is",
        [model.symbols, model.cutoff],
    )
    kinds = lrpot.charge_kinds()
    tap.ok(
        list(kinds)[:2] == ["none", "fixed"] and all(kinds.values()) and model.charges == "edqrd",
        "a_model_names_its_kind_of_charges",
        [model.charges, kinds],
    )
    info = lrpot.build_info()
    tap.ok(
        list(info) == ["commit", "blas", "openmp", "kernels"]
        and all(info.values())
        and info["kernels"] in ("plain", "AVX2", "AVX-512"),
        "the_library_tells_what_it_is_made_of",
        [info],
    )
    kernels = lrpot.ewald_kernels()
    tap.ok(
        next(iter(kernels)) == "coulomb" and "dispersion" in kernels and all(kernels.values()),
        "the_kernels_of_the_coulomb_sum_have_names",
        [kernels],
    )
    evaluator = lrpot.Evaluator(model)
    symbols, positions, cell = system()
    for kind, box, pbc in (("crystal", cell, "T T T"), ("molecule", None, "F F F")):
        expected = reference(many_body, symbols, positions, box, pbc)
        found = evaluator.compute(
            symbols, positions, box, [p == "T" for p in pbc.split()], born_charges=True
        )
        error = worst(found, expected)
        tap.ok(error < EXACT, f"values_of_a_{kind}_are_those_of_c", [error])
        tap.ok(
            abs(found["energies"].sum() - found["energy"]) < 1e-9 * abs(found["energy"]),
            f"energies_of_the_atoms_of_a_{kind}_sum_up",
        )
    two = lrpot.Evaluator(model, threads=2).compute(symbols, positions, cell, True)
    tap.ok(
        np.abs(two["forces"] - evaluator.compute(symbols, positions, cell, True)["forces"]).max()
        < 1e-11,
        "two_threads_give_the_same_forces",
    )
    Z = found["born_charges"]
    tap.ok(
        np.abs(lrpot.project(Z).sum(axis=0)).max() < 1e-12 and np.abs(Z.sum(axis=0)).max() > 0,
        "projection_imposes_the_sum_rule",
    )


def check_list():
    model = lrpot.Model(many_body)
    evaluator = lrpot.Evaluator(model, skin=0.6)
    symbols, positions, cell = system(2)
    rng = np.random.default_rng(4)
    errors = []
    for step in range(20):
        positions = positions + rng.normal(0, 0.02, positions.shape)
        deformation = np.eye(3) + rng.normal(0, 0.003, (3, 3))
        positions, cell = positions @ deformation, cell @ deformation
        found = evaluator.compute(symbols, positions, cell, True, born_charges=True)
        fresh = lrpot.Evaluator(model, skin=0.0).compute(symbols, positions, cell, True)
        errors.append(
            max(
                np.abs(found[name] - fresh[name]).max()
                for name in ("energy", "forces", "virial", "charges")
            )
        )
    searches = evaluator.neighbours.searches
    tap.ok(1 < searches < 15, "a_list_serves_several_steps_of_a_breathing_cell", [searches])
    tap.ok(max(errors) < 1e-7, "a_list_that_is_kept_misses_nobody", errors)
    wrapped = positions + cell[0] * (np.arange(len(positions)) % 3)[:, None]
    moved = evaluator.compute(symbols, wrapped, cell, True)
    tap.ok(abs(moved["energy"] - found["energy"]) < 1e-9, "atoms_may_jump_by_a_cell_vector")
    fewer = evaluator.compute(symbols[:4], positions[:4])
    alone = lrpot.Evaluator(model).compute(symbols[:4], positions[:4])
    tap.ok(abs(fewer["energy"] - alone["energy"]) < 1e-12, "an_evaluator_takes_another_system")


def check_lifetimes():
    symbols, positions, cell = system(3)
    evaluator = lrpot.Evaluator(lrpot.Model(many_body))
    gc.collect()
    first = evaluator.compute(symbols, positions, cell, True)
    kept = first["forces"].copy()
    evaluator.compute(symbols, positions + 0.3 * np.sin(positions), cell, True)
    tap.ok(np.array_equal(first["forces"], kept), "results_are_new_arrays")
    for way, other in (
        ("pickled", pickle.loads(pickle.dumps(evaluator))),
        ("copied", copy.deepcopy(evaluator)),
    ):
        again = other.compute(symbols, positions, cell, True)
        tap.ok(np.abs(again["forces"] - kept).max() < 1e-12, f"an_evaluator_can_be_{way}")
    model = lrpot.Model(rocksalt)
    freed = model._finalizer
    del model
    gc.collect()
    tap.ok(not freed.alive, "a_model_is_freed_with_its_last_name")
    lists = np.asfortranarray(positions), np.asfortranarray(cell)
    tap.ok(
        np.abs(evaluator.compute(symbols, *lists, True)["forces"] - kept).max() < 1e-12,
        "arrays_of_any_order_are_taken",
    )
    tap.ok(
        np.abs(
            evaluator.compute(symbols, positions.tolist(), cell.tolist(), True)["forces"] - kept
        ).max()
        < 1e-12,
        "lists_are_taken",
    )


def raises(kind, words, fact, call):
    try:
        call()
    except kind as error:
        tap.ok(all(word in str(error) for word in words), fact, [error])
    except Exception as error:  # reported below as the wrong one
        tap.ok(False, fact, [repr(error)])
    else:
        tap.ok(False, fact, ["nothing was raised"])


def check_failures():
    evaluator = lrpot.Evaluator(lrpot.Model(rocksalt))
    broken = folder / "broken.json"
    broken.write_text("{")
    raises(
        lrpot.Error, ["nothing.lrp"], "a_missing_model_is_named", lambda: lrpot.Model("nothing.lrp")
    )
    raises(lrpot.Error, ["broken.json"], "a_broken_model_is_named", lambda: lrpot.Model(broken))
    raises(
        lrpot.Error,
        ["no Xe", "Na, Cl"],
        "an_unknown_element_is_named",
        lambda: evaluator.compute(["Xe"], [[0, 0, 0]]),
    )
    raises(
        ValueError,
        ["2 symbols for 1"],
        "arrays_must_fit",
        lambda: evaluator.compute(["Na", "Cl"], [[0, 0, 0]]),
    )
    raises(
        lrpot.Error,
        ["same position"],
        "coincident_atoms_are_an_error",
        lambda: evaluator.compute(["Na", "Cl"], [[0, 0, 0], [0, 0, 0]]),
    )
    raises(
        lrpot.Error,
        ["nan"],
        "positions_that_are_no_numbers_are_an_error",
        lambda: evaluator.compute(["Na"], [[0, np.nan, 0]]),
    )
    raises(
        lrpot.Error,
        ["volume"],
        "a_flat_cell_is_an_error",
        lambda: evaluator.compute(["Na"], [[0, 0, 0]], np.zeros((3, 3)), True),
    )
    try:
        lrpot.Model("nothing.lrp")
    except lrpot.Error as error:
        tap.ok(
            (error.status, error.name) == (40, "LRPOT_E_OPEN"),
            "an_error_tells_its_status",
            [error.status, error.name],
        )
    found = evaluator.compute(["Na", "Cl"], [[0, 0, 0], [2.8, 0, 0]])
    tap.ok(np.isfinite(found["energy"]), "an_evaluator_survives_failures")
    missing = {**os.environ, "LRPOT_LIBRARY": "/nowhere/liblrpot.so", "PYTHONPATH": bindings}
    done = subprocess.run(
        [sys.executable, "-c", "import lrpot"], env=missing, capture_output=True, text=True
    )
    tap.ok(
        done.returncode != 0 and "LRPOT_LIBRARY" in done.stderr and "/nowhere" in done.stderr,
        "a_missing_library_is_an_import_error",
        [done.stderr],
    )
    hidden = (
        "import sys; sys.modules['ase'] = None; import lrpot;"
        " lrpot.Evaluator(lrpot.Model(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden, str(rocksalt)],
        env={**os.environ, "PYTHONPATH": bindings},
        capture_output=True,
        text=True,
    )
    tap.ok(done.returncode == 0, "the_low_level_part_needs_no_ase", [done.stderr])


def check_calculator(Atoms):
    from ase.calculators.calculator import PropertyNotImplementedError

    symbols, positions, cell = system(5)
    atoms = Atoms(symbols, positions=positions, cell=cell, pbc=True)
    expected = reference(many_body, symbols, positions, cell)
    atoms.calc = lrpot.LRPOT(many_body)
    values = {
        "energy": atoms.get_potential_energy(),
        "forces": atoms.get_forces(),
        "virial": -atoms.get_volume() * atoms.get_stress(voigt=False),
        "charges": atoms.get_charges(),
        "dipole": atoms.get_dipole_moment(),
        "energies": atoms.get_potential_energies(),
    }
    error = worst(values, {name: expected[name] for name in values})
    tap.ok(error < EXACT, "values_of_the_calculator_are_those_of_c", [error])
    tap.ok(
        atoms.get_potential_energy(force_consistent=True) == values["energy"],
        "free_energy_is_the_energy",
    )
    Z = atoms.calc.get_property("born_effective_charges", atoms)
    wanted = expected["born_charges"].reshape(-1, 3, 3)
    tap.ok(
        np.abs(Z - wanted + wanted.mean(axis=0)).max() < EXACT,
        "born_charges_of_the_calculator_are_projected",
    )
    scaled = lrpot.LRPOT(many_body, eps_inf=2.25)
    tap.ok(
        np.abs(scaled.get_property("born_effective_charges", atoms) - 1.5 * Z).max() < EXACT,
        "eps_inf_scales_born_charges",
    )
    h, i = 1e-3, 4
    slopes = np.empty((3, 3))
    for b in range(3):
        ends = []
        for way in (1, -1):
            moved = Atoms(symbols, positions=positions, pbc=False)
            moved.positions[i, b] += way * h
            ends.append(lrpot.LRPOT(many_body).get_property("dipole", moved))
        slopes[:, b] = (ends[0] - ends[1]) / (2 * h)
    molecule = Atoms(symbols, positions=positions, pbc=False)
    found = lrpot.Evaluator(lrpot.Model(many_body)).compute(symbols, positions, born_charges=True)[
        "born_charges"
    ][i]
    tap.ok(
        np.abs(slopes - found).max() < 1e-6,
        "the_first_index_is_the_dipole_and_the_second_the_displacement",
        [slopes, found],
    )
    model = lrpot.Model(many_body)
    raises(
        ValueError,
        ["active set"],
        "a_model_without_an_active_set_grades_nothing",
        lambda: lrpot.Evaluator(model).compute(symbols, positions, grades=True),
    )
    empty, library = ctypes.c_void_p(), lrpot._lib
    library.lrpot_active_set_create(ctypes.byref(empty), ctypes.c_void_p(model._handle))
    library.lrpot_potential_set_active_set(ctypes.c_void_p(model._handle), empty)
    library.lrpot_active_set_free(empty)
    grades = lrpot.Evaluator(model).compute(symbols, positions, grades=True)["grades"]
    tap.ok(
        grades.shape == (len(symbols),) and np.all(np.isinf(grades)),
        "to_an_empty_set_every_atom_is_new",
        [grades],
    )
    raises(
        PropertyNotImplementedError,
        ["stress"],
        "a_molecule_has_no_stress",
        lambda: lrpot.LRPOT(many_body).get_property("stress", molecule),
    )
    raises(
        PropertyNotImplementedError,
        ["magmom"],
        "there_are_no_magnetic_moments",
        lambda: atoms.get_magnetic_moment(),
    )
    check_numerical(atoms)
    copied = pickle.loads(pickle.dumps(atoms.calc))
    tap.ok(
        abs(copied.get_property("energy", atoms) - values["energy"]) < 1e-10,
        "a_calculator_can_be_pickled",
    )
    tap.ok(
        copy.deepcopy(atoms.calc).get_property("energy", atoms) is not None,
        "a_calculator_can_be_copied",
    )


def check_numerical(atoms):
    """ASE's own differences."""
    from ase.calculators.test import numeric_force

    stress = atoms.calc.calculate_numerical_stress(atoms, d=1e-4)
    error = np.abs(stress - atoms.get_stress()).max()
    tap.ok(error < 1e-7, "stress_is_the_numerical_one_of_ase", [error])
    forces = atoms.get_forces()
    error = max(
        abs(numeric_force(atoms, i, a, d=1e-3) - forces[i, a]) for i, a in ((0, 0), (5, 1), (11, 2))
    )
    tap.ok(
        error < 1e-5 * max(1.0, np.abs(forces).max()),
        "forces_are_the_numerical_ones_of_ase",
        [error],
    )


FIELDS = (
    dict(E=(0.03, -0.05, 0.08)),
    dict(voltage=(0.3, -0.5, 0.8), eps_inf=2.3),
    dict(displacement=(1.5, -2.0, 2.5), eps_inf=np.diag([2.4, 1.9, 3.1]) + 0.1),
    dict(flux=(200.0, -150.0, 300.0)),
)


def check_field_differences(Atoms):
    """The enthalpy of positions: forces and stress by the differences of ASE."""
    symbols, positions, cell = system(7, n=2)
    errors = []
    for given in FIELDS:
        atoms = Atoms(symbols, positions=positions, cell=cell, pbc=True)
        field = lrpot.Field(dipole="positions", **given)
        plain = lrpot.LRPOT(rocksalt, accuracy=1e-9)
        atoms.calc = plain
        without = atoms.get_forces(), atoms.get_stress()
        atoms.calc = lrpot.LRPOT(rocksalt, accuracy=1e-9, field=field)
        forces, stress = atoms.get_forces(), atoms.get_stress()
        assert np.abs(forces - without[0]).max() > 1e-3, "the forces do not answer to the field"
        assert np.abs(stress - without[1]).max() > 1e-7, "the stress does not answer to the field"
        errors.append(np.abs(stress - atoms.calc.calculate_numerical_stress(atoms, d=1e-4)).max())
        found = atoms.calc.calculate_numerical_forces(atoms, d=1e-3)[:3]
        errors.append(np.abs(forces[:3] - found).max() * 1e-1)
    tap.ok(max(errors) < 1e-7, "forces_and_stress_in_a_field_are_the_numerical_ones", errors)


def check_field_path(Atoms):
    """Charges that follow: the enthalpy along a path of atoms and cell is the work of forces
    and stress; images do not matter."""
    symbols, positions, cell = system(8, n=2)
    rng = np.random.default_rng(9)
    ways = rng.normal(0, 0.15, positions.shape)
    strain = rng.normal(0, 0.02, (3, 3))
    strain = (strain + strain.T) / 2
    errors, images = [], []
    for given in FIELDS:
        ends = []
        for steps in (40, 80):
            atoms = Atoms(symbols, positions=positions, cell=cell, pbc=True)
            atoms.calc = lrpot.LRPOT(rocksalt, accuracy=1e-8, field=lrpot.Field(**given))
            first, work, before = atoms.get_potential_energy(), 0.0, None
            for k in range(steps + 1):
                F = np.eye(3) + strain * k / steps
                atoms.set_cell(cell @ F)
                atoms.positions = (positions + ways * k / steps) @ F
                rate = np.linalg.solve(F, strain)
                virial = -atoms.get_volume() * atoms.get_stress(voigt=False)
                now = np.sum(atoms.get_forces() * (ways @ F)) + np.sum(virial * rate)
                work += 0.0 if before is None else (now + before) / 2 / steps
                before = now
            ends.append(atoms.get_potential_energy() - first + work)
        errors.append(abs(4 * ends[1] - ends[0]) / 3 / abs(work))
        same = atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress()
        atoms.positions[2] += atoms.cell[1] - 2 * atoms.cell[0]
        images.append(abs(atoms.get_potential_energy() - same[0]))
        images.append(np.abs(atoms.get_forces() - same[1]).max())
        images.append(np.abs(atoms.get_stress() - same[2]).max())
    tap.ok(max(errors) < 1e-5, "enthalpy_along_a_path_is_the_work_of_forces_and_stress", errors)
    tap.ok(max(images) < 1e-7, "another_image_of_an_atom_is_the_same_in_a_field", images)


def check_heat_flux():
    """Of a cluster: the rate of sum r e, in which the kinetic energy goes with the velocity."""
    evaluator = lrpot.Evaluator(lrpot.Model(many_body))
    symbols, positions, cell = system()
    n, rng = len(symbols), np.random.default_rng(7)
    v, masses = rng.normal(0, 10, (n, 3)), rng.uniform(20, 40, n)
    now = evaluator.compute(symbols, positions)
    acceleration = now["forces"] / (masses[:, None] * 1.0364269656e-4)

    def moment(t):
        r = positions + t * v + t * t / 2 * acceleration
        speeds = v + t * acceleration
        kinetic = 0.5 * 1.0364269656e-4 * masses * (speeds**2).sum(axis=1)
        return (evaluator.compute(symbols, r)["energies"] + kinetic) @ r

    found, h = evaluator.heat_flux(symbols, positions, v, masses), 4e-5
    rate = (8 * (moment(h) - moment(-h)) - moment(2 * h) + moment(-2 * h)) / (12 * h)
    tap.ok(
        np.abs(found["flux"] - rate).max() < 1e-6 * np.abs(rate).max(),
        "heat_flux_is_the_rate_of_energies_times_places",
        [found["flux"], rate],
    )
    parts = evaluator.heat_flux(symbols, positions, v, None, cell, True)
    total = parts["convective"] + parts["virial"] + parts["charges"]
    tap.ok(
        np.allclose(parts["flux"], total, rtol=1e-12), "heat_flux_of_a_crystal_has_its_parts", parts
    )
    raises(
        ValueError,
        ["reshape"],
        "velocities_of_another_number_of_atoms_are_refused",
        lambda: evaluator.heat_flux(symbols, positions, v[1:]),
    )


def check_flowing_charges():
    """Charges that respond to a field have other Born charges in it, which nothing computes."""
    models = pathlib.Path(__file__).resolve().parents[1] / "regression" / "models" / "0.1.0"
    evaluator = lrpot.Evaluator(lrpot.Model(models / "equilibrated.lrp"))
    system = (["Na", "Cl"], [[0, 0, 0], [2.4, 0.1, 0]])
    tap.ok(
        "born_charges" in evaluator.compute(*system, born_charges=True),
        "flowing_charges_have_born_charges_without_a_field",
    )
    field = lrpot.Field((0.1, 0, 0))
    energies = [evaluator.compute(*system, field=given)["energy"] for given in (None, field)]
    tap.ok(energies[0] != energies[1], "flowing_charges_have_an_enthalpy", energies)
    raises(
        lrpot.Error,
        ["respond to the field"],
        "born_charges_of_flowing_charges_in_a_field_are_refused",
        lambda: evaluator.compute(*system, field=field, born_charges=True),
    )


def check_field_inputs(Atoms):
    raises(
        ValueError,
        ["give one of"],
        "two_fields_are_refused",
        lambda: lrpot.Field((1, 0, 0), (1, 0, 0)),
    )
    raises(ValueError, ["give one of"], "no_field_is_refused", lambda: lrpot.Field())
    raises(
        ValueError,
        ["'positions'"],
        "an_unknown_dipole_is_refused",
        lambda: lrpot.Field((1, 0, 0), dipole="sum"),
    )
    raises(
        TypeError,
        ["expected a Field"],
        "a_bare_vector_is_refused",
        lambda: lrpot.LRPOT(rocksalt, field=(0, 0, 1)),
    )
    symbols, positions, cell = system(7, n=2)
    charged = Atoms(symbols, positions=positions, cell=cell, pbc=True)
    charged.calc = lrpot.LRPOT(rocksalt, total_charge=1.0, field=lrpot.Field(voltage=(0, 0, 1)))
    raises(
        lrpot.Error,
        ["the cell has the charge 1 e"],
        "charged_crystals_are_refused_in_a_field",
        charged.get_stress,
    )


def check_electrodes():
    """Two metal slabs at a voltage: charges, the grand potential, forces."""
    rows = [line.split() for line in (example / "capacitor.xyz").read_text().splitlines()[2:]]
    positions = np.array([row[1:4] for row in rows], dtype=float)
    of, symbols, cell = [int(row[4]) for row in rows], ["Al"] * 8, np.diag([2.5, 2.5, 1.0])
    slab = (True, True, False)
    evaluator = lrpot.Evaluator(lrpot.Model(example / "metal.json", accuracy=1e-9))

    def found(potentials, shift=0.0, **more):
        moved = positions.copy()
        moved[:4, 2] -= shift
        fragments = lrpot.Fragments(of, potentials=potentials, **more)
        return evaluator.compute(symbols, moved, cell, slab, fragments=fragments)

    rest, held = found([0, 0]), found({0: 1.0, 1: -1.0})
    C, q = held["capacitances"], held["fragment_charges"]
    errors = [
        q[0] - 2 * C[0, 0],
        q.sum(),
        held["energy"] - rest["energy"] + 2 * C[0, 0],
        held["energy_of_charges"] - held["energy"] - 2 * q[0],
        np.ptp(held["fragment_potentials"]) - 2,
        q[0] - held["charges"][:4].sum(),
    ]
    tap.ok(np.abs(errors).max() < 1e-9, "electrodes_are_a_capacitor", errors)
    slope = (found([1, -1], 1e-3)["energy"] - found([1, -1], -1e-3)["energy"]) / 2e-3
    force = held["forces"][:4, 2].sum()
    tap.ok(abs(slope - force) < 1e-7 and force > 1e-4, "they_attract", [slope, force])
    mixed = found([1, None], charges=[0.3, -0.3])
    tap.ok(
        np.abs(mixed["fragment_charges"] - [0.3, -0.3]).max() < 1e-12,
        "one_held_fragment_has_its_charge",
        [mixed["fragment_charges"]],
    )
    for potentials, words in (({2: 1.0}, ["no fragment 2"]), ([1.0], ["fragment 1"])):
        raises(ValueError, words, f"refused: {potentials}", lambda p=potentials: found(p))
    raises(
        ValueError,
        ["earth"],
        "an_unknown_reference_is_refused",
        lambda: found([1, 0], reference="earth"),
    )


def check_electrodes_of_ase():
    from ase.io import read

    atoms = read(example / "capacitor.xyz")
    atoms.calc = lrpot.LRPOT(example / "metal.json")
    raises(ValueError, ["Fragments.of_atoms"], "potentials_are_not_ignored", atoms.get_forces)
    atoms.calc = lrpot.LRPOT(example / "metal.json", fragments=lrpot.Fragments.of_atoms(atoms))
    energy = atoms.get_potential_energy()
    q = atoms.calc.results["fragment_charges"][0]
    tap.ok(
        abs(atoms.calc.results["energy_of_charges"] - energy - q) < 1e-9 and q > 1e-3,
        "the_calculator_takes_the_fragments_of_the_file",
        [energy, atoms.calc.results],
    )
    held = lrpot.Fragments(atoms.arrays["fragment"], potentials={0: 2.0, 1: 0.0})
    atoms.calc.fragments = held
    twice = lrpot.LRPOT(example / "metal.json", fragments=held)
    tap.ok(
        atoms.get_potential_energy() == twice.get_potential_energy(atoms) < energy,
        "another_voltage_is_another_energy",
        [energy, atoms.get_potential_energy()],
    )
    both = lrpot.Committee([example / "metal.json"] * 2, fragments=held)
    tap.ok(
        abs(both.get_potential_energy(atoms) - atoms.get_potential_energy()) < 1e-9,
        "a_committee_takes_fragments",
        [both.get_potential_energy(atoms)],
    )
    sorted_atoms = atoms[[0, 4, 1, 5, 2, 6, 3, 7]]
    sorted_atoms.calc = atoms.calc
    raises(ValueError, ["array fragment"], "another_order_is_seen", sorted_atoms.get_forces)
    for make in (
        lambda: lrpot.LRPOT(example / "metal.json", fragment=held),
        lambda: atoms.calc.set(fragments=held),
    ):
        raises(TypeError, ["fragment"], "an_unknown_argument_is_refused", make)
    lone = lrpot.LRPOT(example / "metal.json")
    mixed = lambda: lrpot.Committee([atoms.calc, lone])
    raises(ValueError, ["another fragments"], "members_hold_the_same_fragments", mixed)
    frames = [atoms, atoms]
    raises(
        ValueError,
        ["extended XYZ"],
        "fits_do_not_ignore_fragments",
        lambda: lrpot.fit(frames, "m.lrp"),
    )
    charged = lrpot.Fragments(held.of, charges={1: -1.0})
    tap.ok(list(charged.charges) == [0, -1], "charges_of_some_fragments", [charged.charges])


def check_dynamics(Atoms):
    from ase import units
    from ase.constraints import ExpCellFilter
    from ase.md.verlet import VelocityVerlet
    from ase.optimize import BFGS

    symbols, positions, cell = system(6, n=2)
    atoms = Atoms(symbols, positions=positions, cell=cell, pbc=True)
    atoms.calc = lrpot.LRPOT(rocksalt)
    BFGS(ExpCellFilter(atoms), logfile=None).run(fmax=1e-3, steps=200)
    tap.ok(
        np.abs(atoms.get_stress()).max() < 1e-4, "cell_and_positions_relax", [atoms.get_stress()]
    )
    rng = np.random.default_rng(8)
    atoms.set_velocities(rng.normal(0, 0.01, atoms.positions.shape))
    atoms.set_velocities(
        atoms.get_velocities() - atoms.get_momenta().sum(axis=0) / atoms.get_masses().sum()
    )
    energies = []
    step = VelocityVerlet(atoms, 1.0 * units.fs)
    for _ in range(40):
        step.run(10)
        energies.append(atoms.get_total_energy() / len(atoms))
    tap.ok(np.ptp(energies) < 2e-5, "dynamics_keep_the_energy", [np.ptp(energies)])
    searches = atoms.calc.evaluator.neighbours.searches
    tap.ok(searches < 200, "the_list_outlives_steps", [searches])


def check_committee(Atoms):
    symbols, positions, cell = system(7)
    atoms = Atoms(symbols, positions=positions, cell=cell, pbc=True)
    single = [lrpot.LRPOT(path) for path in (many_body, rocksalt)]
    atoms.calc = lrpot.Committee([many_body, rocksalt])
    forces = np.array([calculator.get_property("forces", atoms) for calculator in single])
    tap.ok(
        np.abs(atoms.get_forces() - forces.mean(axis=0)).max() < 1e-11,
        "forces_of_a_committee_are_the_mean",
    )
    spread = np.abs(forces[0] - forces[1]) / np.sqrt(2)
    tap.ok(
        spread.max() > 1e-6 and np.abs(atoms.calc.spread["forces"] - spread).max() < 1e-11,
        "its_spread_is_the_standard_deviation",
        [spread.max()],
    )
    energies = [calculator.get_property("energy", atoms) for calculator in single]
    tap.ok(
        abs(atoms.calc.spread["energy"] - abs(energies[0] - energies[1]) / np.sqrt(2)) < 1e-9,
        "energies_spread_too",
    )
    tap.ok(
        np.abs(np.array([member["energy"] for member in atoms.calc.members]) - energies).max()
        < 1e-9,
        "members_are_the_models_results",
    )
    tap.ok(
        atoms.calc.calculators[0].evaluator.neighbours
        is atoms.calc.calculators[1].evaluator.neighbours,
        "members_share_a_list",
    )
    error = np.abs(atoms.calc.calculate_numerical_stress(atoms, d=1e-4) - atoms.get_stress()).max()
    tap.ok(error < 1e-7, "stress_of_a_committee_is_the_numerical_one", [error])
    atoms.positions[0, 0] += 0.1
    tap.ok(
        abs(
            atoms.get_potential_energy()
            - np.mean([c.get_property("energy", atoms) for c in single])
        )
        < 1e-9,
        "a_committee_follows_its_atoms",
    )
    raises(
        ValueError,
        ["two models"],
        "one_model_is_no_committee",
        lambda: lrpot.Committee([many_body]),
    )


FORK = """
import logging, multiprocessing, sys
import numpy as np
import lrpot
said = []
class Keep(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())
logging.getLogger("lrpot").addHandler(Keep())
rng = np.random.default_rng(4)
grid = np.stack(np.meshgrid(*[np.arange(4)] * 3, indexing="ij"), -1).reshape(-1, 3)
symbols = ["Cl" if s % 2 else "Na" for s in grid.sum(1)]
positions, cell = grid * 2.8 + rng.normal(0, 0.1, grid.shape), np.eye(3) * 11.2
model = lrpot.Model(sys.argv[1])
kept = lrpot.Evaluator(model, threads=2)
def values(evaluator):
    found = evaluator.compute(symbols, positions, cell, True, born_charges=True)
    return found["energy"], found["forces"].tobytes(), found["born_charges"].tobytes()
def child(_):
    said.clear()
    return values(lrpot.Evaluator(model, threads=2)) + values(kept), list(said)
first = values(kept) * 2
assert not said
for method in ("fork", "forkserver"):
    with multiprocessing.get_context(method).Pool(2) as pool:
        for found, messages in pool.map_async(child, range(4)).get(timeout=40):
            warned = all("1 thread instead of 2" in m for m in messages)
            print(method, found == first, len(messages), warned)
"""


def check_fork():
    """Children of a process that computed with threads: the same bits, by one thread, and a warning
    for each evaluator."""
    script = folder / "forking.py"
    text = FORK.split("first = values")
    body = "\n".join("    " + line for line in ("first = values" + text[1]).splitlines())
    script.write_text(text[0] + "if __name__ == '__main__':\n" + body + "\n")
    try:
        done = subprocess.run(
            [sys.executable, str(script), str(rocksalt)],
            capture_output=True,
            text=True,
            timeout=120,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        )
        lines, messages = done.stdout.splitlines(), done.stderr[-500:]
    except subprocess.TimeoutExpired:
        lines, messages = [], "hangs"
    # An evaluator that a child keeps warns in its first call only.
    forked = [line.split() for line in lines if line.startswith("fork ")]
    tap.ok(
        len(forked) == 4 and all(f[1] == "True" and f[3] == "True" for f in forked),
        "forked_children_give_the_bits_of_their_parent",
        [lines, messages],
    )
    tap.ok(
        any(f[2] == "2" for f in forked), "forked_children_warn_that_they_have_one_thread", [lines]
    )
    served = [line.split() for line in lines if line.startswith("forkserver ")]
    tap.ok(
        len(served) == 4 and all(f[1:3] == ["True", "0"] for f in served),
        "children_of_a_server_have_their_threads",
        [lines, messages],
    )


SHARED = """
import concurrent.futures, sys
import numpy as np
import lrpot
grid = np.stack(np.meshgrid(*[np.arange(4)] * 3, indexing="ij"), -1).reshape(-1, 3)
symbols = ["Cl" if s % 2 else "Na" for s in grid.sum(1)]
model = lrpot.Model(sys.argv[1])
shared = lrpot.Evaluator(model)
beside = lrpot.Evaluator(model, neighbours=shared.neighbours)
def forces(k, evaluator):
    moved = grid * 2.8 + np.random.default_rng(k).normal(0, 0.1, grid.shape)
    return evaluator.compute(symbols, moved, np.eye(3) * 11.2, True)["forces"]
right = [forces(k, lrpot.Evaluator(model)) for k in range(24)]
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    found = list(pool.map(lambda k: forces(k, (shared, beside)[k % 2]), range(24)))
print(max(abs(a - b).max() for a, b in zip(right, found)))
"""


def check_shared():
    """Threads of Python that share an evaluator, or its list, wait for each other: no crash, no
    mixture."""
    (folder / "sharing.py").write_text(SHARED)
    done = subprocess.run(
        [sys.executable, str(folder / "sharing.py"), str(rocksalt)],
        capture_output=True,
        text=True,
        timeout=120,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    tap.ok(
        done.returncode == 0 and float(done.stdout) < 1e-9,
        "threads_may_share_an_evaluator",
        [done.returncode, done.stdout, done.stderr[-500:]],
    )


def check_nep():
    """A nep.txt as any model: what it is, the values of C, forces that are slopes of the energy."""
    path = pathlib.Path(data) / "nacl_nep.txt"
    model = lrpot.Model(path)
    tap.ok(
        model.symbols == ("Na", "Cl")
        and model.descriptor == "neuroevolution potential (NEP)"
        and abs(model.eps_inf - 2.25) < 1e-12
        and lrpot.Model(rocksalt).eps_inf is None,
        "a_nep_tells_what_it_is",
        [model.symbols, model.descriptor, model.eps_inf],
    )
    symbols, positions, cell = system()
    expected = reference(path, symbols, positions, cell)
    found = lrpot.Evaluator(model).compute(symbols, positions, cell, True, born_charges=True)
    error = worst(found, expected)
    tap.ok(error < EXACT, "values_of_a_nep_are_those_of_c", [error])
    forces, h = found["forces"], 1e-4
    evaluator, slopes = lrpot.Evaluator(lrpot.Model(path, accuracy=1e-11)), []
    for sign in (1, -1):
        moved = positions.copy()
        moved[2, 1] += sign * h
        slopes.append(evaluator.compute(symbols, moved, cell, True)["energy"])
    slope = (slopes[1] - slopes[0]) / (2 * h)
    tap.ok(
        abs(slope - forces[2, 1]) < 1e-6, "forces_of_a_nep_are_its_slopes", [slope, forces[2, 1]]
    )


def check_species():
    """Files that name their elements keep them; those of numbers take the names given."""
    path = pathlib.Path(data) / "nacl_nep.txt"
    for species in (["Cl", "Na"], ["Na"], ["Na", "Br"]):
        try:
            lrpot.Model(path, species=species)
            told = "accepted"
        except ValueError as error:
            told = str(error)
        tap.ok("its own: Na, Cl" in told, f"a_nep_keeps_its_elements: {species}", [told])
    same = lrpot.Model(path, species=["Na", "Cl"])
    tap.ok(same.symbols == ("Na", "Cl"), "the_elements_of_the_file_are_accepted")


def check_nep_precision():
    """Mixed precision is chosen by name, kept by copies, and near double."""
    path = pathlib.Path(data) / "nacl_nep.txt"
    symbols, positions, cell = system(3)
    models = [lrpot.Model(path, precision=word) for word in ("double", "mixed")]
    kept = pickle.loads(pickle.dumps(models[1]))
    tap.ok(
        [m.precision for m in (*models, kept)] == ["double", "mixed", "mixed"],
        "a_model_tells_its_precision",
    )
    forces = [lrpot.Evaluator(m).compute(symbols, positions, cell, True)["forces"] for m in models]
    error = np.abs(forces[0] - forces[1]).max() / max(1, np.abs(forces[0]).max())
    tap.ok(0 < error < 2e-5, "mixed_precision_is_near_double", [error])
    for words, file, precision in (
        ("expected 'double' or 'mixed'", path, "half"),
        ("mixed precision is of NEPs", rocksalt, "mixed"),
    ):
        try:
            lrpot.Model(file, precision=precision)
            told = "nothing"
        except (ValueError, lrpot.Error) as error:
            told = str(error)
        tap.ok(words in told, f"refused: {words}", [told])


def check_members_of_a_committee():
    """Members without a common meaning are refused, as by the command."""
    try:
        import ase  # noqa: F401
    except ImportError as error:
        tap.skip("members_of_a_committee", f"{error}")
        return
    path = pathlib.Path(data) / "nacl_nep.txt"
    text = path.read_text()
    other = folder / "other_nep.txt"
    other.write_text(text.replace("1.5000000e+00", "1.6000000e+00"))
    tap.ok(len(lrpot.Committee([path, other], eps_inf=2).calculators) == 2, "one_eps_inf_for_all")
    raises(
        ValueError, ["2.56", "give eps_inf"], "two_eps_inf", lambda: lrpot.Committee([path, other])
    )
    third = folder / "third_nep.txt"
    third.write_text(text.replace("Na Cl", "Li Cl"))
    raises(ValueError, ["species"], "two_sets_of_species", lambda: lrpot.Committee([path, third]))
    fourth = folder / "fourth_nep.txt"
    fourth.write_text(text.replace("_charge1", "_charge2"))
    raises(
        ValueError,
        ["charges latent", "the same kind of charges"],
        "two_kinds_of_charges",
        lambda: lrpot.Committee([path, fourth]),
    )


check_structs()
check_values()
check_nep()
check_nep_precision()
check_members_of_a_committee()
check_species()
check_list()
check_lifetimes()
check_failures()
check_heat_flux()
check_flowing_charges()
check_electrodes()
check_shared()
check_fork()
try:
    from ase import Atoms
except ImportError as error:
    tap.skip("the_calculators_of_ase_are_tested", f"{error} (package python3-ase)")
else:
    check_calculator(Atoms)
    check_field_differences(Atoms)
    check_field_path(Atoms)
    check_field_inputs(Atoms)
    check_electrodes_of_ase()
    check_dynamics(Atoms)
    check_committee(Atoms)
tap.done()
