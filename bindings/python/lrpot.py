"""liblrpot from Python: machine-learned interatomic potentials with long-range electrostatics, through ctypes alone.

With ASE:

    from lrpot import LRPOT
    atoms.calc = LRPOT("model.lrp")
    atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress(), atoms.get_charges()

Without (NumPy is all that is needed):

    from lrpot import Evaluator, Model
    evaluator = Evaluator(Model("model.lrp"))
    result = evaluator.compute(symbols, positions, cell, (True, True, True))
    result["energy"], result["forces"], result["virial"]

Units: A, eV, e; stress in eV/A^3, tension positive. Born charges have the index of the polarization before that of the
displacement. The library is that of the module's own prefix, else the one that the loader finds; LRPOT_LIBRARY names another.
"""
import ctypes
import ctypes.util
import logging
import os
import pathlib
import threading
import weakref

import numpy as np

__all__ = [
    "Error",
    "Model",
    "Neighbours",
    "Evaluator",
    "LRPOT",
    "Committee",
    "charge_kinds",
    "version",
]

SONAME = "liblrpot.so.0.1"
OK = 0
E_SPECIES = 6
LOG_WARNING = 1
BORN_UNFOLDED, BORN_PHASE = 0, 1


def _candidates():
    """Where the library may be, best first."""
    if os.environ.get("LRPOT_LIBRARY"):
        yield os.environ["LRPOT_LIBRARY"]
        return
    for folder in pathlib.Path(__file__).resolve().parents:
        if folder.name.startswith("lib"):
            # Beside the folder that Python's own are in: lib, lib64, and lib/x86_64-linux-gnu on Debian.
            for pattern in (f"lib*/{SONAME}", f"lib*/*/{SONAME}"):
                yield from map(str, sorted(folder.parent.glob(pattern)))
    yield SONAME
    found = ctypes.util.find_library("lrpot")
    if found:
        yield found


def _load():
    tried = []
    for name in _candidates():
        try:
            return ctypes.CDLL(name)
        except OSError as error:
            tried.append(f"{name}: {error}")
    raise ImportError(
        "liblrpot is not to be found; LRPOT_LIBRARY=/path/to/liblrpot.so names it. Tried:\n  "
        + "\n  ".join(tried)
    )


_lib = _load()
_double_p = ctypes.POINTER(ctypes.c_double)
_int32_p = ctypes.POINTER(ctypes.c_int32)
_int64_p = ctypes.POINTER(ctypes.c_int64)
_handle = ctypes.c_void_p
_handle_p = ctypes.POINTER(ctypes.c_void_p)
_log_p = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)


class _Struct(ctypes.Structure):
    """A struct of the library, whose first member tells its size."""

    def __init__(self, **values):
        super().__init__(struct_size=ctypes.sizeof(type(self)), **values)


class Atoms(_Struct):
    """lrpot_atoms."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("n_owned", ctypes.c_int64),
        ("n_all", ctypes.c_int64),
        ("positions", _double_p),
        ("species", _int32_p),
        ("cell", _double_p),
        ("ghost_owner", _int64_p),
        ("periodic_mask", ctypes.c_int32),
        ("stride", ctypes.c_int32),
        ("total_charge", ctypes.c_double),
        ("fragments", ctypes.c_void_p),
        ("fragment_charges", ctypes.c_void_p),
        ("n_fragments", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
    ]


class Outputs(_Struct):
    """lrpot_outputs."""

    _fields_ = [("struct_size", ctypes.c_size_t), ("flags", ctypes.c_int64)] + [
        (name, _double_p)
        for name in (
            "energy",
            "energy_atom",
            "forces",
            "virial",
            "virial_atom",
            "charges",
            "potential",
            "dipole",
            "field",
        )
    ]


def _declare(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, list(arguments)
    return function


_status, _text = ctypes.c_int32, ctypes.c_char_p
_atoms_p, _outputs_p = ctypes.POINTER(Atoms), ctypes.POINTER(Outputs)
_declare("lrpot_version", _text)
_declare("lrpot_last_error", _text)
_declare("lrpot_status_name", _text, _status)
_declare("lrpot_potential_load", _status, _handle_p, _text)
_declare("lrpot_potential_free", None, _handle)
_declare("lrpot_potential_cutoff", ctypes.c_double, _handle)
_declare("lrpot_potential_species_count", ctypes.c_int32, _handle)
_declare("lrpot_potential_symbols", ctypes.POINTER(_text), _handle)
_declare("lrpot_potential_set_symbols", _status, _handle, ctypes.c_int32, ctypes.POINTER(_text))
_declare("lrpot_potential_set_accuracy", _status, _handle, ctypes.c_double)
_declare("lrpot_potential_charges", _handle, _handle)
_declare("lrpot_charges_kind", ctypes.c_int32, _handle)
_declare("lrpot_charges_kind_count", ctypes.c_int32)
_declare("lrpot_charges_kind_name", _text, ctypes.c_int32)
_declare("lrpot_charges_kind_summary", _text, ctypes.c_int32)
_declare("lrpot_potential_active_set", _handle, _handle)
_declare("lrpot_active_set_grade", _status, _handle, _handle, _handle, _atoms_p, _handle, _double_p)
_declare(
    "lrpot_potential_compute",
    _status,
    _handle,
    _handle,
    _atoms_p,
    _handle,
    ctypes.c_void_p,
    _outputs_p,
)
_declare("lrpot_workspace_create", _status, _handle_p, ctypes.c_int32)
_declare("lrpot_workspace_free", None, _handle)
_declare("lrpot_workspace_set_log", None, _handle, _log_p, _handle)
_declare("lrpot_nlist_build", _status, _handle_p, _atoms_p, ctypes.c_double, ctypes.c_double)
_declare("lrpot_nlist_rebuild", _status, _handle, _atoms_p)
_declare("lrpot_nlist_free", None, _handle)
_declare(
    "lrpot_response_born_charges",
    _status,
    _handle,
    _handle,
    _atoms_p,
    _handle,
    ctypes.c_int32,
    _double_p,
    _double_p,
)
_declare("lrpot_response_project", _status, ctypes.c_int64, ctypes.c_double, _double_p)


@_log_p
def _to_logging(_, level, message):
    """What the library says goes to Python's logger "lrpot"."""
    logging.getLogger("lrpot").log(
        logging.WARNING if level == LOG_WARNING else logging.INFO, message.decode(errors="replace")
    )


class Error(RuntimeError):
    """A failure of the library: its message, with the status as number and as name."""

    def __init__(self, status, place="", message=None):
        self.status = status
        self.name = _lib.lrpot_status_name(status).decode()
        if message is None:
            message = _lib.lrpot_last_error().decode(errors="replace") or self.name
        super().__init__(
            message if not place or message.startswith(place) else f"{place}: {message}"
        )


def _check(status, place=""):
    if status != OK:
        raise Error(status, place)


def _pointer(array, kind=_double_p):
    return None if array is None else array.ctypes.data_as(kind)


class _Owner:
    """Holds a handle of the library and frees it with the object, or when the interpreter ends."""

    def _own(self, handle, free):
        self._handle = handle
        self._finalizer = weakref.finalize(self, free, handle)


def version():
    """Version of the library that is running, e.g. "0.1.0"."""
    return _lib.lrpot_version().decode()


def charge_kinds():
    """Kinds of charges that the library has: {name: what it is}."""
    kinds = range(_lib.lrpot_charges_kind_count())
    return {
        _lib.lrpot_charges_kind_name(kind).decode(): _lib.lrpot_charges_kind_summary(kind).decode()
        for kind in kinds
    }


class Model(_Owner):
    """A model file, the library's own or MLIP's .mtp. Threads may share it.

    species: names of the types of files that hold numbers only (.mtp). accuracy: RMS error of the Coulomb forces, eV/A, in place
    of the file's."""

    def __init__(self, path, species=None, accuracy=None):
        self._arguments = (os.fspath(path), None if species is None else tuple(species), accuracy)
        handle = ctypes.c_void_p()
        _check(_lib.lrpot_potential_load(ctypes.byref(handle), os.fsencode(path)), os.fspath(path))
        self._own(handle.value, _lib.lrpot_potential_free)
        if species is not None:
            names = (ctypes.c_char_p * len(species))(*[name.encode() for name in species])
            _check(
                _lib.lrpot_potential_set_symbols(self._handle, len(species), names), os.fspath(path)
            )
        if accuracy is not None:
            _check(_lib.lrpot_potential_set_accuracy(self._handle, accuracy), os.fspath(path))
        count = _lib.lrpot_potential_species_count(self._handle)
        self.symbols = tuple(
            name.decode() for name in _lib.lrpot_potential_symbols(self._handle)[:count]
        )
        self.cutoff = _lib.lrpot_potential_cutoff(self._handle)
        charges = _lib.lrpot_potential_charges(self._handle)
        self.has_charges = charges is not None
        #: name of the kind of charges, one of charge_kinds()
        self.charges = _lib.lrpot_charges_kind_name(_lib.lrpot_charges_kind(charges)).decode()
        self.has_active_set = _lib.lrpot_potential_active_set(self._handle) is not None

    def __reduce__(self):
        return Model, self._arguments

    def species(self, symbols):
        """Indices of element symbols in the model, int32."""
        numbers = {symbol: k for k, symbol in enumerate(self.symbols)}
        try:
            return np.array([numbers[symbol] for symbol in symbols], dtype=np.int32)
        except KeyError as error:
            raise Error(
                E_SPECIES,
                message=f"the model has no {error.args[0]}; its species are {', '.join(self.symbols)}",
            ) from None


class _System:
    """Arrays of one structure in the library's form, and the struct that points to them."""

    def __init__(self, positions, cell, periodic, total_charge):
        # Copies: the caller may move its atoms while a neighbour list still remembers these.
        self.positions = np.array(positions, dtype=np.float64, order="C").reshape(-1, 3)
        self.periodic = tuple(bool(p) for p in np.broadcast_to(periodic, 3))
        self.cell = (
            None
            if cell is None or not any(self.periodic)
            else np.array(cell, dtype=np.float64, order="C").reshape(3, 3)
        )
        self.n = len(self.positions)
        mask = sum(1 << d for d in range(3) if self.periodic[d])
        self.struct = Atoms(
            n_owned=self.n,
            n_all=self.n,
            positions=_pointer(self.positions),
            cell=_pointer(self.cell),
            periodic_mask=mask,
            total_charge=total_charge,
        )


#: lists whose locks a forked child makes anew: threads that held them are not there any more
_lists = weakref.WeakSet()


def _unlock_lists():
    for neighbours in _lists:
        neighbours.lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock_lists)


class Neighbours(_Owner):
    """A neighbour list that is searched again only when atoms or cell moved too far; several evaluators may share one.

    lock: held while an evaluator computes with the list."""

    def __init__(self, cutoff, skin=0.5):
        self.cutoff, self.skin = cutoff, skin
        self.lock = threading.Lock()
        _lists.add(self)
        self.searches = 0
        self._system = self._handle = None

    def __reduce__(self):
        return Neighbours, (self.cutoff, self.skin)

    def update(self, system):
        """Makes the list hold for a system."""
        if self._handle is None:
            handle = ctypes.c_void_p()
            _check(
                _lib.lrpot_nlist_build(
                    ctypes.byref(handle), ctypes.byref(system.struct), self.cutoff, self.skin
                )
            )
            self._own(handle.value, _lib.lrpot_nlist_free)
        elif self._holds(system):
            return
        else:
            self._system = None
            _check(_lib.lrpot_nlist_rebuild(self._handle, ctypes.byref(system.struct)))
        self._system = system
        self.searches += 1

    def _holds(self, system):
        """A pair that was farther apart than cutoff + skin is farther apart than (1 - |F - 1|)(cutoff + skin) - 2 u now, where F
        deformed the cell and u is the largest way that an atom went beside it."""
        old = self._system
        if old is None or old.n != system.n or old.periodic != system.periodic:
            return False
        F = np.eye(3)
        if system.cell is not None and not np.array_equal(old.cell, system.cell):
            a, b, c = old.cell
            # Not by LAPACK, whose threads cost a thousand times as much as these nine numbers.
            reciprocal = np.array([np.cross(b, c), np.cross(c, a), np.cross(a, b)])
            volume = a @ reciprocal[0]
            if volume == 0:
                return False
            F = reciprocal.T @ system.cell / volume
        ways = system.positions - old.positions @ F
        farthest = np.sqrt(np.einsum("ia,ia->i", ways, ways).max(initial=0.0))
        room = (1 - np.linalg.norm(F - np.eye(3))) * (self.cutoff + self.skin) - self.cutoff
        return bool(room > 2 * farthest)


class Evaluator(_Owner):
    """A model with scratch memory; threads: OpenMP threads of a call. Threads of Python that share an evaluator, or its neighbour
    list, wait for each other; with one each they run side by side.

    A child that was forked (multiprocessing's "fork") after its parent computed goes on with one thread, and logging's logger
    "lrpot" warns of it; children of "spawn" and "forkserver" have all their threads."""

    def __init__(self, model, threads=1, skin=0.5, neighbours=None):
        self.model, self.threads = model, threads
        self.neighbours = neighbours if neighbours is not None else Neighbours(model.cutoff, skin)
        handle = ctypes.c_void_p()
        _check(_lib.lrpot_workspace_create(ctypes.byref(handle), threads))
        self._own(handle.value, _lib.lrpot_workspace_free)
        _lib.lrpot_workspace_set_log(self._handle, _to_logging, None)

    def __reduce__(self):
        return Evaluator, (self.model, self.threads, self.neighbours.skin, self.neighbours)

    def compute(
        self,
        symbols,
        positions,
        cell=None,
        periodic=(False, False, False),
        total_charge=0.0,
        born_charges=False,
        grades=False,
    ):
        """Everything the model has to say, as a dict of new arrays.

        symbols [n]; positions [n][3], A; cell [3][3], rows a, b, c; periodic: a flag, or one for each row.
        energy; energies [n]; forces [n][3]; virial [3][3], -dE/dstrain; where the model has charges: charges [n], potential [n]
        (dE/dq), dipole [3] (sum q r), and on demand born_charges [n][3][3] with the sum rule as the model has it, and grades [n]:
        how far each atom lies outside of the data of the fit, 1 inside, from 2.1 on beyond; models with has_active_set.
        """
        system = _System(positions, cell, periodic, total_charge)
        species = self.model.species(symbols)
        if len(species) != system.n:
            raise ValueError(f"{len(species)} symbols for {system.n} positions")
        system.struct.species = _pointer(species, _int32_p)
        n = system.n
        shapes = {"energy": 1, "energy_atom": n, "forces": (n, 3), "virial": (3, 3)}
        if self.model.has_charges:
            shapes.update(charges=n, potential=n, dipole=3)
        arrays = {name: np.empty(shape) for name, shape in shapes.items()}
        outputs = Outputs(**{name: _pointer(array) for name, array in arrays.items()})
        with self.neighbours.lock:
            self.neighbours.update(system)
            _check(
                _lib.lrpot_potential_compute(
                    self.model._handle,
                    self._handle,
                    ctypes.byref(system.struct),
                    self.neighbours._handle,
                    None,
                    ctypes.byref(outputs),
                )
            )
            arrays["energy"] = float(arrays["energy"][0])
            arrays["energies"] = arrays.pop("energy_atom")
            if born_charges:
                arrays["born_charges"] = self._born_charges(system)
            if grades:
                arrays["grades"] = self._grades(system)
        return arrays

    def _grades(self, system):
        active = _lib.lrpot_potential_active_set(self.model._handle)
        if active is None:
            raise ValueError("the model carries no active set, by which grades are found")
        found = np.empty(system.n)
        _check(
            _lib.lrpot_active_set_grade(
                active,
                self.model._handle,
                self._handle,
                ctypes.byref(system.struct),
                self.neighbours._handle,
                _pointer(found),
            )
        )
        return found

    def _born_charges(self, system):
        Z = np.empty((system.n, 3, 3))
        _check(
            _lib.lrpot_response_born_charges(
                self.model._handle,
                self._handle,
                ctypes.byref(system.struct),
                self.neighbours._handle,
                BORN_UNFOLDED,
                _pointer(Z),
                None,
            )
        )
        return Z


def project(born_charges, total_charge=0.0):
    """Born charges [n][3][3] with the acoustic sum rule imposed: the mean removed, total_charge / n left on the diagonal."""
    Z = np.array(born_charges, dtype=np.float64, order="C")
    _check(_lib.lrpot_response_project(len(Z), total_charge, _pointer(Z)))
    return Z


def _make_calculators():
    """The classes that need ASE, made when one of them is first asked for."""
    from ase.calculators.calculator import Calculator, all_changes

    local = ["energy", "free_energy", "energies", "forces", "stress"]
    charged = ["charges", "dipole", "born_effective_charges"]

    def evaluate(evaluator, atoms, wanted, total_charge, scale):
        """Results under ASE's names; Born charges only where asked for."""
        born, grades = "born_effective_charges" in wanted, "extrapolation_grades" in wanted
        found = evaluator.compute(
            atoms.get_chemical_symbols(),
            atoms.positions,
            np.array(atoms.cell),
            atoms.pbc,
            total_charge,
            born,
            grades,
        )
        results = {name: found[name] for name in ("energy", "energies", "forces")}
        results["free_energy"] = found["energy"]
        if any(atoms.pbc) and atoms.cell.rank == 3:
            stress = -found["virial"] / atoms.get_volume()
            stress = (stress + stress.T) / 2
            results["stress"] = stress[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]]
        if "charges" in found:
            results["charges"], results["dipole"] = (
                scale * found["charges"],
                scale * found["dipole"],
            )
        if grades:
            results["extrapolation_grades"] = found["grades"]
        if born:
            results["born_effective_charges"] = scale * project(
                found["born_charges"], found["charges"].sum()
            )
        return results

    class _Base(Calculator):
        # Charges and magnetic moments of ASE's atoms are not looked at.
        ignored_changes = {"initial_charges", "initial_magmoms"}

        def get_born_effective_charges(self, atoms=None):
            """Born charges [n][3][3], e: index of the polarization first, then of the displacement; sum rule imposed."""
            return self.get_property("born_effective_charges", atoms)

        def get_extrapolation_grades(self, atoms=None):
            """[n]: 1 inside of the data of the fit, from 2.1 on beyond them; for models that carry an active set."""
            return self.get_property("extrapolation_grades", atoms)

    class LRPOT(_Base):
        """ASE calculator of a model.

        model: path of a file, or a Model. threads: OpenMP threads. skin: A, of the neighbour list. total_charge: of the system, e,
        for models that share it out. species, accuracy: as for Model. eps_inf: charges, dipole and Born charges are multiplied by
        its root, which makes them those that a physical field acts on; the model's own are screened.
        Periodic dipoles are sum q r of the positions as they are."""

        name = "lrpot"

        def __init__(
            self,
            model,
            threads=1,
            skin=0.5,
            total_charge=0.0,
            species=None,
            accuracy=None,
            eps_inf=None,
            neighbours=None,
            **kwargs,
        ):
            self.model = model if isinstance(model, Model) else Model(model, species, accuracy)
            self.evaluator = Evaluator(self.model, threads, skin, neighbours)
            self.total_charge, self.scale = total_charge, 1.0 if eps_inf is None else float(
                np.sqrt(eps_inf)
            )
            self.implemented_properties = local + (charged if self.model.has_charges else [])
            if self.model.has_active_set:
                self.implemented_properties.append("extrapolation_grades")
            super().__init__(**kwargs)

        def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            self.results = evaluate(
                self.evaluator, self.atoms, properties, self.total_charge, self.scale
            )

    class Committee(_Base):
        """ASE calculator of several models: results are means; spread holds the standard deviations (n - 1) of the same results,
        members the results of each model. The models share a neighbour list where their species and cutoffs allow it.

        models: paths, Models or LRPOT calculators; the other arguments as for LRPOT."""

        name = "lrpot-committee"

        def __init__(
            self,
            models,
            threads=1,
            skin=0.5,
            total_charge=0.0,
            species=None,
            accuracy=None,
            eps_inf=None,
            **kwargs,
        ):
            loaded = [
                model if isinstance(model, (Model, LRPOT)) else Model(model, species, accuracy)
                for model in models
            ]
            if len(loaded) < 2:
                raise ValueError(f"a committee of {len(loaded)}: expected two models or more")
            # Entries beyond a model's own cutoff are skipped, so the longest list serves all.
            shared = Neighbours(
                max((m.model if isinstance(m, LRPOT) else m).cutoff for m in loaded), skin
            )
            self.calculators = [
                m
                if isinstance(m, LRPOT)
                else LRPOT(m, threads, skin, total_charge, eps_inf=eps_inf, neighbours=shared)
                for m in loaded
            ]
            self.implemented_properties = [
                name
                for name in local + charged
                if all(name in c.implemented_properties for c in self.calculators)
            ]
            self.members, self.spread = [], {}
            super().__init__(**kwargs)

        def reset(self):
            super().reset()
            self.members, self.spread = [], {}

        def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            self.members = [
                evaluate(c.evaluator, self.atoms, properties, c.total_charge, c.scale)
                for c in self.calculators
            ]
            common = [
                name for name in self.members[0] if all(name in member for member in self.members)
            ]
            stacks = {name: np.array([member[name] for member in self.members]) for name in common}
            self.results = {name: stack.mean(axis=0) for name, stack in stacks.items()}
            self.spread = {name: stack.std(axis=0, ddof=1) for name, stack in stacks.items()}

    for made in (LRPOT, Committee):
        made.__module__, made.__qualname__ = __name__, made.__name__
    return {"LRPOT": LRPOT, "Committee": Committee}


def __getattr__(name):
    """LRPOT and Committee, so that the rest of the module does without ASE."""
    if name not in ("LRPOT", "Committee"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(_make_calculators())
    return globals()[name]
