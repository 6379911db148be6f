"""liblrpot from Python: machine-learned interatomic potentials with long-range electrostatics,
through ctypes alone.

With ASE:

    from lrpot import LRPOT
    atoms.calc = LRPOT("model.lrp")
    atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress(), atoms.get_charges()

Without (NumPy is all that is needed):

    from lrpot import Evaluator, Model
    evaluator = Evaluator(Model("model.lrp"))
    result = evaluator.compute(symbols, positions, cell, (True, True, True))
    result["energy"], result["forces"], result["virial"]

A model fitted to data, the same as `lrpot fit train.xyz -o model.lrp` gives:

    model = lrpot.fit("train.xyz", "model.lrp")

Coulomb sums of given charges are in lrpot.coulomb, phonons in lrpot.phonons, spectra of
trajectories in lrpot.spectra, learned polar tensors in lrpot.tensors.

Units: A, eV, e; stress in eV/A^3, tension positive. Born charges have the index of the polarization
before that of the displacement. The library is that of the module's own prefix, else the one that
the loader finds; LRPOT_LIBRARY names another.
"""
import copy
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
    "Field",
    "Fragments",
    "LRPOT",
    "Committee",
    "build_info",
    "charge_kinds",
    "fit",
    "suggest",
    "version",
]

SONAME = "liblrpot.so.0.1"
OK = 0
E_SPECIES = 6
LOG_WARNING = 1
BORN_UNFOLDED, BORN_PHASE = 0, 1
E_END = 46
FIT_TRAIN, FIT_VALID = 0, 1
MAX_TARGETS = 16
QUANTITIES = 23


def _candidates():
    """Where the library may be, best first."""
    if os.environ.get("LRPOT_LIBRARY"):
        yield os.environ["LRPOT_LIBRARY"]
        return
    for folder in pathlib.Path(__file__).resolve().parents:
        if folder.name.startswith("lib"):
            # Beside the folder that Python's own are in: lib, lib64, and lib/x86_64-linux-gnu on
            # Debian.
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
        ("potential_reference", ctypes.c_int32),
        ("fragment_potentials", ctypes.c_void_p),
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


class FieldStruct(_Struct):
    """lrpot_field."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("kind", ctypes.c_int32),
        ("form", ctypes.c_int32),
        ("value", ctypes.c_double * 3),
        ("eps_inf", ctypes.c_double * 9),
        ("positions", _double_p),
        ("dipole", _double_p),
        ("acting", _double_p),
        ("on_charges", _double_p),
        ("charges", _double_p),
    ]


class HeatFlux(_Struct):
    """lrpot_heat_flux."""

    _fields_ = [("struct_size", ctypes.c_size_t)] + [
        (name, ctypes.c_double * 3) for name in ("flux", "convective", "virial", "charges")
    ]


class BasisOptions(_Struct):
    """lrpot_basis_options; everything open."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("level", ctypes.c_int32),
        ("n_species", ctypes.c_int32),
        ("radial_size", ctypes.c_int32),
        ("kernel", ctypes.c_int32),
        ("min_distance", ctypes.c_double),
        ("cutoff", ctypes.c_double),
        ("scaling", ctypes.c_double),
        ("radial_step", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
    ]


class PotentialOptions(_Struct):
    """lrpot_potential_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("symbols", ctypes.POINTER(ctypes.c_char_p)),
        ("n_species", ctypes.c_int32),
        ("charges", ctypes.c_int32),
        ("basis", ctypes.POINTER(BasisOptions)),
        ("charge_basis", ctypes.POINTER(BasisOptions)),
        ("charge_options", ctypes.c_void_p),
        ("widths", _double_p),
        ("accuracy", ctypes.c_double),
        ("hidden", ctypes.c_int32 * 2),
        ("charge_input", ctypes.c_int32),
        ("species_coefficients", ctypes.c_int32),
    ]


class SuggestionFacts(_Struct):
    """lrpot_fit_suggestion_facts."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("equations", ctypes.c_int64),
        ("shortest_distance", ctypes.c_double),
        ("shortest_frame", ctypes.c_int64),
        ("own_charge_coefficients", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
    ]

    def __init__(self):
        super().__init__(shortest_frame=-1)


class FitOptions(_Struct):
    """lrpot_fit_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("errors", ctypes.c_double * MAX_TARGETS),
        ("regularization", ctypes.c_double),
        ("max_iterations", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        ("seed", ctypes.c_int64),
        ("tolerance", ctypes.c_double),
        ("forces_relative", ctypes.c_double),
        ("sum_rule_error", ctypes.c_double),
        ("resume", ctypes.c_int32),
        ("starts", ctypes.c_int32),
        ("robustness", ctypes.c_double),
        ("targets", ctypes.c_int32),
        ("flags", ctypes.c_int32),
        ("memory_limit", ctypes.c_double),
        ("patience", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
        ("gap_barrier", ctypes.c_double),
    ]


class FitFrame(_Struct):
    """lrpot_fit_frame."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("set", ctypes.c_int32),
        ("source", ctypes.c_int32),
        ("weight", ctypes.c_double),
        ("target_weights", ctypes.c_double * MAX_TARGETS),
        ("place", ctypes.c_int64),
    ]


def _declare(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, list(arguments)
    return function


_status, _text = ctypes.c_int32, ctypes.c_char_p
_atoms_p, _outputs_p = ctypes.POINTER(Atoms), ctypes.POINTER(Outputs)
_declare("lrpot_version", _text)
_declare("lrpot_build_info", ctypes.c_int64, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int64)
_declare("lrpot_last_error", _text)
_declare("lrpot_status_name", _text, _status)
_declare("lrpot_potential_load", _status, _handle_p, _text)
_declare("lrpot_potential_free", None, _handle)
_declare("lrpot_potential_cutoff", ctypes.c_double, _handle)
_declare("lrpot_potential_species_count", ctypes.c_int32, _handle)
_declare("lrpot_potential_symbols", ctypes.POINTER(_text), _handle)
_declare("lrpot_potential_set_symbols", _status, _handle, ctypes.c_int32, ctypes.POINTER(_text))
_declare("lrpot_potential_set_accuracy", _status, _handle, ctypes.c_double)
_declare("lrpot_potential_set_precision", _status, _handle, ctypes.c_int32)
_declare("lrpot_potential_precision", ctypes.c_int32, _handle)
_declare("lrpot_potential_charges", _handle, _handle)
for _name, _outputs in (("fragments", 2), ("capacitance", 1)):
    _declare(
        f"lrpot_charges_{_name}",
        _status,
        _handle,
        _handle,
        _atoms_p,
        _handle,
        ctypes.c_void_p,
        *[_double_p] * _outputs,
    )
_declare("lrpot_charges_kind", ctypes.c_int32, _handle)
_declare("lrpot_ewald_kernel_count", ctypes.c_int32)
_declare("lrpot_ewald_kernel_name", _text, ctypes.c_int32)
_declare("lrpot_ewald_kernel_summary", _text, ctypes.c_int32)
_declare("lrpot_charges_kind_count", ctypes.c_int32)
_declare("lrpot_charges_kind_traits", ctypes.c_int32, ctypes.c_int32)
_declare("lrpot_charges_kind_name", _text, ctypes.c_int32)
_declare("lrpot_charges_kind_summary", _text, ctypes.c_int32)
_declare("lrpot_potential_basis", _handle, _handle)
_declare("lrpot_potential_epsilon_infinity", ctypes.c_double, _handle)
_declare("lrpot_basis_descriptor", _text, _handle)
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
_declare(
    "lrpot_potential_heat_flux",
    _status,
    _handle,
    _handle,
    _atoms_p,
    _handle,
    ctypes.c_void_p,
    _double_p,
    _double_p,
    ctypes.POINTER(HeatFlux),
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
for _name in ("lrpot_response_field_forces", "lrpot_response_enthalpy"):
    _declare(
        _name,
        _status,
        _handle,
        _handle,
        _atoms_p,
        _handle,
        ctypes.c_void_p,
        ctypes.POINTER(FieldStruct),
        _outputs_p,
    )
_declare("lrpot_charges_follow", ctypes.c_int32, _handle)
_declare("lrpot_reader_open", _status, _handle_p, _text)
_declare("lrpot_reader_next", _status, _handle, _handle_p)
_declare("lrpot_reader_close", None, _handle)
_declare("lrpot_quantity_name", _text, ctypes.c_int32)
_declare("lrpot_quantity_size", ctypes.c_int64, ctypes.c_int32, ctypes.c_int64)
_declare(
    "lrpot_structure_create",
    _status,
    _handle_p,
    ctypes.c_int64,
    ctypes.POINTER(_text),
    _double_p,
    _double_p,
    ctypes.c_int32,
)
_declare("lrpot_structure_set", _status, _handle, ctypes.c_int32, _double_p)
_declare("lrpot_structure_free", None, _handle)
_declare("lrpot_charges_kind_of", ctypes.c_int32, _text)
_declare("lrpot_potential_create", _status, _handle_p, ctypes.POINTER(PotentialOptions))
_declare("lrpot_potential_save", _status, _handle, _text)
_declare(
    "lrpot_fit_suggest",
    _status,
    _handle_p,
    ctypes.POINTER(PotentialOptions),
    ctypes.c_int64,
    _handle_p,
    ctypes.POINTER(FitFrame),
)
_declare("lrpot_fit_suggestion_free", None, _handle)
_declare("lrpot_fit_suggestion_options", ctypes.POINTER(PotentialOptions), _handle)
_declare("lrpot_fit_suggestion_get_facts", _status, _handle, ctypes.POINTER(SuggestionFacts))
_declare("lrpot_fit_suggestion_reason", _text, _handle, ctypes.c_int32, ctypes.POINTER(_text))
_declare("lrpot_fit_create", _status, _handle_p, _handle, ctypes.POINTER(FitOptions))
_declare("lrpot_fit_free", None, _handle)
_declare("lrpot_fit_set_log", None, _handle, _log_p, _handle)
_declare("lrpot_fit_add_frame", _status, _handle, _handle, ctypes.POINTER(FitFrame))
_declare("lrpot_fit_frame_weights", _status, _handle, ctypes.POINTER(FitFrame), _int32_p)
_declare("lrpot_fit_run", _status, _handle, ctypes.c_void_p, ctypes.c_void_p)
_declare("lrpot_response_project", _status, ctypes.c_int64, ctypes.c_double, _double_p)


@_log_p
def _to_logging(_, level, message):
    """What the library says goes to Python's logger "lrpot"."""
    logging.getLogger("lrpot").log(
        logging.WARNING if level == LOG_WARNING else logging.INFO, message.decode(errors="replace")
    )


_UNSUPPORTED = 5  # LRPOT_E_UNSUPPORTED
_FLOW = 256  # LRPOT_CHARGES_FLOW


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


# the exception of a function that the library called in this thread
_pending = threading.local()


def _check(status, place=""):
    if status == OK:
        return
    raised, _pending.error = getattr(_pending, "error", None), None
    if status < 0 and raised is not None:
        raise raised
    raise Error(status, place)


def _pointer(array, kind=_double_p):
    return None if array is None else array.ctypes.data_as(kind)


class _Owner:
    """Holds a handle of the library and frees it with the object, or when the interpreter ends."""

    def _own(self, handle, free):
        self._handle = handle
        self._finalizer = weakref.finalize(self, free, handle)


class _Workspace(_Owner):
    """Scratch memory of one thread of Python; threads: OpenMP threads of a call."""

    def __init__(self, threads=1):
        handle = ctypes.c_void_p()
        _check(_lib.lrpot_workspace_create(ctypes.byref(handle), threads))
        self._own(handle.value, _lib.lrpot_workspace_free)
        _lib.lrpot_workspace_set_log(self._handle, _to_logging, None)


def version():
    """Version of the library that is running, e.g. "0.1.0"."""
    return _lib.lrpot_version().decode()


def build_info():
    """What the running library is made of: commit, blas, openmp and kernels, by name."""
    items = ("commit", "blas", "openmp", "kernels")
    text = ctypes.create_string_buffer(512)
    found = {}
    for number, name in enumerate(items):
        _lib.lrpot_build_info(number, text, len(text))
        found[name] = text.value.decode()
    return found


def charge_kinds():
    """Kinds of charges that the library has: {name: what it is}."""
    kinds = range(_lib.lrpot_charges_kind_count())
    return {
        _lib.lrpot_charges_kind_name(kind).decode(): _lib.lrpot_charges_kind_summary(kind).decode()
        for kind in kinds
    }


def ewald_kernels():
    """Kernels of the Coulomb sum that the library has: {name: what it is}."""
    return {
        _lib.lrpot_ewald_kernel_name(k).decode(): _lib.lrpot_ewald_kernel_summary(k).decode()
        for k in range(_lib.lrpot_ewald_kernel_count())
    }


class Model(_Owner):
    """A model file: the library's own, MLIP's .mtp, or a nep.txt of GPUMD. Threads may share it.

    species: names of the types of files that hold numbers only (.mtp); a file that names its
    elements keeps them, others than its own are a ValueError. accuracy: RMS error of the Coulomb
    forces, eV/A, in place of the file's. precision: "double", or of a NEP "mixed"."""

    _PRECISIONS = ("double", "mixed")

    def __init__(self, path, species=None, accuracy=None, precision="double"):
        names = None if species is None else tuple(species)
        self._arguments = (os.fspath(path), names, accuracy, precision)
        handle = ctypes.c_void_p()
        _check(_lib.lrpot_potential_load(ctypes.byref(handle), os.fsencode(path)), os.fspath(path))
        self._own(handle.value, _lib.lrpot_potential_free)
        if species is not None:
            self._compare_species(os.fspath(path), species)
            names = (ctypes.c_char_p * len(species))(*[name.encode() for name in species])
            _check(
                _lib.lrpot_potential_set_symbols(self._handle, len(species), names), os.fspath(path)
            )
        if accuracy is not None:
            _check(_lib.lrpot_potential_set_accuracy(self._handle, accuracy), os.fspath(path))
        self._choose_precision(os.fspath(path), precision)
        self._describe()

    def _choose_precision(self, path, precision):
        if precision not in self._PRECISIONS:
            raise ValueError(f"precision={precision!r}: expected 'double' or 'mixed'")
        number = self._PRECISIONS.index(precision)
        _check(_lib.lrpot_potential_set_precision(self._handle, number), path)

    @property
    def precision(self):
        """ "double" or "mixed"."""
        return self._PRECISIONS[_lib.lrpot_potential_precision(self._handle)]

    def _describe(self):
        """Members that tell what the model is."""
        count = _lib.lrpot_potential_species_count(self._handle)
        self.symbols = tuple(
            name.decode() for name in _lib.lrpot_potential_symbols(self._handle)[:count]
        )
        self.cutoff = _lib.lrpot_potential_cutoff(self._handle)
        charges = _lib.lrpot_potential_charges(self._handle)
        self.has_charges = charges is not None
        #: name of the kind of charges, one of charge_kinds()
        kind = _lib.lrpot_charges_kind(charges)
        self.charges = _lib.lrpot_charges_kind_name(kind).decode()
        #: True where charges flow to the least energy, and so respond to a field
        self.responds = bool(_lib.lrpot_charges_kind_traits(kind) & _FLOW)
        #: "moment tensors", "neuroevolution potential (NEP)" or "network of the caller"
        self.descriptor = _lib.lrpot_basis_descriptor(
            _lib.lrpot_potential_basis(self._handle)
        ).decode()
        #: dielectric constant by which the charges are screened, None where the model states none
        self.eps_inf = _lib.lrpot_potential_epsilon_infinity(self._handle) or None
        self.has_active_set = _lib.lrpot_potential_active_set(self._handle) is not None

    def _compare_species(self, path, species):
        """Refuses to rename the elements of a file that names them."""
        count = _lib.lrpot_potential_species_count(self._handle)
        own = [name.decode() for name in _lib.lrpot_potential_symbols(self._handle)[:count]]
        named = not any(name.isdigit() for name in own)
        if named and list(species) != own:
            raise ValueError(
                f"{path}: species {', '.join(species)} given, but the file names its own: "
                f"{', '.join(own)}"
            )

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
                message=(
                    f"the model has no {error.args[0]}; its species are {', '.join(self.symbols)}"
                ),
            ) from None


class _Frames:
    """Structures of the library with their references, from a file or from what ASE or a program
    has."""

    def __init__(self, training, validation=()):
        self.handles, self.sets = [], []
        weakref.finalize(self, _free_structures, self.handles)
        for frames, which in ((training, FIT_TRAIN), (validation, FIT_VALID)):
            if isinstance(frames, (str, os.PathLike)):
                self._read(os.fspath(frames))
            else:
                for frame in frames:
                    self._add(frame)
            self.sets += [which] * (len(self.handles) - len(self.sets))
        self.n = len(self.handles)
        self.array = (ctypes.c_void_p * max(1, self.n))(*self.handles)
        self.how = (FitFrame * max(1, self.n))(*[FitFrame(set=which) for which in self.sets])

    def _read(self, path):
        reader = ctypes.c_void_p()
        _check(_lib.lrpot_reader_open(ctypes.byref(reader), os.fsencode(path)), path)
        try:
            while True:
                frame = ctypes.c_void_p()
                status = _lib.lrpot_reader_next(reader, ctypes.byref(frame))
                if status == E_END:
                    return
                _check(status, path)
                self.handles.append(frame.value)
        finally:
            _lib.lrpot_reader_close(reader)

    def _add(self, frame):
        if hasattr(frame, "get_chemical_symbols"):
            frame = _of_ase(frame)
        frame = dict(frame)
        symbols = list(frame.pop("symbols"))
        system = _System(
            frame.pop("positions"), frame.pop("cell", None), frame.pop("periodic", False), 0.0
        )
        if len(symbols) != system.n:
            raise ValueError(f"{len(symbols)} symbols for {system.n} positions")
        handle = _create_structure(system, symbols)
        self.handles.append(handle)
        known = {_lib.lrpot_quantity_name(q).decode(): q for q in range(1, QUANTITIES)}
        for name, values in frame.items():
            if name not in known:
                raise ValueError(f"{name}: expected one of {', '.join(known)}")
            values = np.array(values, dtype=np.float64, order="C").ravel()
            size = _lib.lrpot_quantity_size(known[name], system.n)
            if values.size != size:
                raise ValueError(f"{name}: {values.size} values, expected {size}")
            _check(_lib.lrpot_structure_set(handle, known[name], _pointer(values)))


def _create_structure(system, symbols):
    """Handle of a structure with the symbols [n] of a system; whoever calls frees it."""
    handle = ctypes.c_void_p()
    names = (ctypes.c_char_p * system.n)(*[symbol.encode() for symbol in symbols])
    _check(
        _lib.lrpot_structure_create(
            ctypes.byref(handle),
            system.n,
            names,
            _pointer(system.positions),
            _pointer(system.cell),
            system.struct.periodic_mask,
        )
    )
    return handle.value


class _Structure(_Owner):
    """A structure of the library, freed with the object."""

    def __init__(self, system, symbols):
        self._own(_create_structure(system, symbols), _lib.lrpot_structure_free)


def _free_structures(handles):
    for handle in handles:
        _lib.lrpot_structure_free(handle)


def _alike(a, b):
    """Whether two objects have the same members, or are both None."""
    if a is None or b is None:
        return a is b
    one, other = vars(a), vars(b)
    return one.keys() == other.keys() and all(
        np.array_equal(one[key], other[key], equal_nan=isinstance(one[key], np.ndarray))
        for key in one
    )


def _condition(calculator, what):
    """The Field or the Fragments of a calculator."""
    if what == "fragments":
        return calculator.fragments
    return None if calculator.field_path is None else calculator.field_path.field


def _of_ase(atoms):
    """A frame of an ASE Atoms object, with what its calculator holds."""
    if "fragment" in atoms.arrays:
        raise ValueError(
            "frames with fragments: write them to extended XYZ and give the name of the file"
        )
    frame = {
        "symbols": atoms.get_chemical_symbols(),
        "positions": atoms.positions,
        "cell": atoms.cell.array if any(atoms.pbc) else None,
        "periodic": atoms.pbc,
    }
    results = atoms.calc.results if atoms.calc is not None else {}
    for name in ("energy", "forces", "dipole", "charges"):
        if name in results:
            frame[name] = results[name]
    if "stress" in results:
        xx, yy, zz, yz, xz, xy = atoms.get_stress(voigt=True)
        frame["stress"] = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]
    return frame


#: options of a model in suggest() and fit(): struct, member
_CHOICES = {
    "level": ("basis", "level"),
    "radial_size": ("basis", "radial_size"),
    "radial_step": ("basis", "radial_step"),
    "min_distance": ("basis", "min_distance"),
    "cutoff": ("basis", "cutoff"),
    "charge_level": ("charge_basis", "level"),
    "charge_radial_step": ("charge_basis", "radial_step"),
    "charge_cutoff": ("charge_basis", "cutoff"),
}


class _Suggestion(_Owner):
    """Complete options of a model for frames, from those that are given."""

    def __init__(self, frames, charges=None, **given):
        wanted = PotentialOptions(
            basis=ctypes.pointer(BasisOptions(min_distance=-1.0)),
            charge_basis=ctypes.pointer(BasisOptions(min_distance=-1.0)),
            charges=-1,
            species_coefficients=-1,
        )
        if charges is not None:
            wanted.charges = _lib.lrpot_charges_kind_of(charges.encode())
            if wanted.charges < 0:
                raise ValueError(
                    f"charges={charges!r}: expected one of {', '.join(charge_kinds())}"
                )
        for name, value in given.items():
            if name not in _CHOICES:
                raise TypeError(f"{name}: expected some of charges, {', '.join(_CHOICES)}")
            part, member = _CHOICES[name]
            setattr(getattr(wanted, part).contents, member, value)
        handle = ctypes.c_void_p()
        _check(
            _lib.lrpot_fit_suggest(
                ctypes.byref(handle), ctypes.byref(wanted), frames.n, frames.array, frames.how
            )
        )
        self._own(handle.value, _lib.lrpot_fit_suggestion_free)
        self.options = _lib.lrpot_fit_suggestion_options(self._handle)

    def facts(self):
        options, facts = self.options.contents, SuggestionFacts()
        _check(_lib.lrpot_fit_suggestion_get_facts(self._handle, ctypes.byref(facts)))
        found = {
            name: getattr(getattr(options, part).contents, member)
            for name, (part, member) in _CHOICES.items()
        }
        found["charges"] = _lib.lrpot_charges_kind_name(options.charges).decode()
        found["symbols"] = tuple(symbol.decode() for symbol in options.symbols[: options.n_species])
        found["species_coefficients"] = bool(options.species_coefficients)
        found["own_charge_coefficients"] = bool(facts.own_charge_coefficients)
        found["widths"] = options.widths[: options.n_species] if options.widths else None
        found["equations"] = facts.equations
        found["shortest_distance"] = facts.shortest_distance
        reasons = []
        while (
            text := _lib.lrpot_fit_suggestion_reason(self._handle, len(reasons), None)
        ) is not None:
            reasons.append(text.decode())
        found["reasons"] = reasons
        return found


def suggest(frames, valid=(), **given):
    """The model that suits data, as a dict of its options: what `lrpot fit` takes for them.

    frames, valid: each a file (extended XYZ, .cfg), or a list of ASE Atoms with results, or of
    dicts with symbols, positions, and, where there are, cell, periodic, energy, forces, stress,
    total_charge and other quantities of the library by name. given: charges (a name of
    charge_kinds()), level, cutoff and the like, which are kept. Also in the dict: equations, the
    number of energies and force components; shortest_distance, A; reasons, a line for each
    choice."""
    return _Suggestion(_Frames(frames, valid), **given).facts()


def fit(frames, path, valid=(), seed=1, threads=1, max_iterations=0, starts=0, **given):
    """Fits the model of suggest() to energies, forces and stresses of frames, saves it and returns
    it, a Model.

    path: file of the model. seed: of the start. max_iterations: of the last stage, 0: the fit's own
    number. starts: initialisations tried, 0: 3. What the library says goes to logging's logger
    "lrpot"."""
    frames = _Frames(frames, valid)
    suggestion = _Suggestion(frames, **given)
    potential, run = ctypes.c_void_p(), ctypes.c_void_p()
    options = FitOptions(seed=seed, threads=threads, max_iterations=max_iterations, starts=starts)
    try:
        _check(_lib.lrpot_potential_create(ctypes.byref(potential), suggestion.options))
        _check(_lib.lrpot_fit_create(ctypes.byref(run), potential, ctypes.byref(options)))
        _lib.lrpot_fit_set_log(run, _to_logging, None)
        for handle, how in zip(frames.handles, frames.how):
            taken = ctypes.c_int32()
            _check(_lib.lrpot_fit_frame_weights(handle, ctypes.byref(how), ctypes.byref(taken)))
            if taken:
                _check(_lib.lrpot_fit_add_frame(run, handle, ctypes.byref(how)))
        _check(_lib.lrpot_fit_run(run, None, None))
        _check(_lib.lrpot_potential_save(potential, os.fsencode(path)), os.fspath(path))
    finally:
        _lib.lrpot_fit_free(run)
        _lib.lrpot_potential_free(potential)
    return Model(path)


class Fragments:
    """Sets of atoms that each keep their charge, or are held at a potential: electrodes.

    of [n]: the fragment of each atom, from 0 on. charges: e, of each fragment, or a dict {fragment:
    e} of those that are not neutral; None: 0. potentials: V, of each fragment, None or nan for
    those that keep their charge; or a dict {fragment: V}. The arrays cannot be changed. reference:
    "shared", the held fragments count from a level of their own, and the sum of their charges is
    that of `charges`; or "vacuum", from the vacuum of an isolated system."""

    _references = ("shared", "vacuum")

    def __init__(self, of, charges=None, potentials=None, reference="shared"):
        self.of = np.array(of, dtype=np.int32, order="C")
        if self.of.ndim != 1 or np.any(self.of != np.asarray(of)):
            raise ValueError("of: expected a whole number for each atom")
        if reference not in self._references:
            raise ValueError(f"reference={reference!r}: expected one of {self._references}")
        self.reference = reference
        given = potentials if charges is None or isinstance(charges, dict) else charges
        found = int(self.of.max(initial=-1)) + 1
        self.n = found if given is None or isinstance(given, dict) else len(given)
        if found > self.n:
            raise ValueError(f"of: fragment {found - 1}, but {self.n} fragments are described")
        self.charges = None if charges is None else self._values("charges", charges, 0.0)
        self.potentials = (
            None if potentials is None else self._values("potentials", potentials, np.nan)
        )
        if self.charges is not None and not np.isfinite(self.charges).all():
            raise ValueError(f"charges: {self.charges.tolist()} are not all finite")
        for array in (self.of, self.charges, self.potentials):
            if array is not None:
                array.setflags(write=False)

    def _values(self, name, given, default):
        """A value for each fragment: of a list, None being the default, or of a dict."""
        values = np.full(self.n, default)
        if isinstance(given, dict):
            for fragment, value in given.items():
                if not 0 <= fragment < self.n:
                    raise ValueError(f"{name}: no fragment {fragment}, there are {self.n}")
                values[fragment] = value
            return values
        if len(given) != self.n:
            raise ValueError(f"{name}: {len(given)} values for {self.n} fragments")
        for fragment, value in enumerate(given):
            values[fragment] = default if value is None else value
        return values

    @property
    def holds(self):
        """Whether any fragment is held at a potential."""
        return self.potentials is not None and not np.isnan(self.potentials).all()

    @classmethod
    def of_atoms(cls, atoms):
        """Those of ASE's Atoms as extended XYZ is read: the array fragment, and fragment_charges,
        fragment_potentials and potential_reference of info; None without the array."""
        names = ("fragment_charges", "fragment_potentials")
        if "fragment" not in atoms.arrays:
            for name in names:
                if name in atoms.info:
                    raise ValueError(f"atoms.info has {name}, but there is no array fragment")
            return None
        given = [np.atleast_1d(atoms.info[n]) if n in atoms.info else None for n in names]
        return cls(
            atoms.arrays["fragment"], *given, atoms.info.get("potential_reference", "shared")
        )

    def _describe(self, struct):
        struct.fragments = self.of.ctypes.data
        struct.n_fragments = self.n
        if self.charges is not None:
            struct.fragment_charges = self.charges.ctypes.data
        if self.potentials is not None:
            struct.fragment_potentials = self.potentials.ctypes.data
        struct.potential_reference = self._references.index(self.reference)


class _System:
    """Arrays of one structure in the library's form, and the struct that points to them."""

    def __init__(self, positions, cell, periodic, total_charge, fragments=None):
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
        self.fragments = fragments
        if fragments is not None:
            if len(fragments.of) != self.n:
                raise ValueError(f"{len(fragments.of)} fragments of atoms for {self.n} atoms")
            fragments._describe(self.struct)
            if total_charge == 0.0 and fragments.charges is not None:
                self.struct.total_charge = float(fragments.charges.sum())


#: lists whose locks a forked child makes anew: threads that held them are not there any more
_lists = weakref.WeakSet()


def _unlock_lists():
    for neighbours in _lists:
        neighbours.lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock_lists)


class Neighbours(_Owner):
    """A neighbour list that is searched again only when atoms or cell moved too far; several
    evaluators may share one.

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
        """A pair that was farther apart than cutoff + skin is farther apart than (1 - |F -
        1|)(cutoff + skin) - 2 u now, where F deformed the cell and u is the largest way that an
        atom went beside it."""
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


class Field:
    """A uniform field and the quantity that stays constant: one of
    E [3], the field, V/A;  voltage [3], E.a along the cell rows, V;
    displacement [3], D = eps_inf E + 4 pi k P, V/A;
    flux [3], V D.b through the faces of the cell, V A.

    eps_inf: number or [3][3]. With it these are physical. Without it the model's own counts, which
    charged NEPs have (Model.eps_inf), and otherwise they act on the model's charges as they are.
    dipole: "current" or "positions", the form of the dipole of charges that follow
    their neighbours in a crystal.
    """

    KINDS = ("E", "voltage", "displacement", "flux")

    def __init__(
        self, E=None, voltage=None, displacement=None, flux=None, eps_inf=None, dipole="current"
    ):
        given = [value is not None for value in (E, voltage, displacement, flux)]
        if sum(given) != 1:
            raise ValueError(f"{sum(given)} fields: give one of E, voltage, displacement and flux")
        if dipole not in ("current", "positions"):
            raise ValueError(f"dipole={dipole!r}: expected 'current' or 'positions'")
        self.kind, self.dipole = given.index(True), dipole
        self.value = np.array((E, voltage, displacement, flux)[self.kind], dtype=float).reshape(3)
        eps = np.zeros((3, 3)) if eps_inf is None else np.asarray(eps_inf, dtype=float)
        self.eps_inf = eps * np.eye(3) if eps.ndim == 0 else eps.reshape(3, 3)

    def _struct(self):
        return FieldStruct(
            kind=self.kind,
            form=0 if self.dipole == "current" else 1,
            value=(ctypes.c_double * 3)(*self.value),
            eps_inf=(ctypes.c_double * 9)(*self.eps_inf.ravel()),
        )


class FieldPath:
    """A Field along the path of a system: unwrapped positions, and the dipole of charges that
    follow their neighbours as the integral of its changes. Each evaluation moves it on."""

    def __init__(self, field):
        self.field = field
        self.unwrapped = self.moment = self._last = None

    def advance(self, evaluator, system):
        """Moves on to a system, whose list is up to date."""
        charges = _lib.lrpot_potential_charges(evaluator.model._handle)
        follows = (
            any(system.periodic)
            and self.field.dipole == "current"
            and bool(_lib.lrpot_charges_follow(charges))
        )
        now = {"positions": system.positions, "cell": system.cell}
        if follows:
            now["born"], now["strain"] = evaluator._unit_fields(system)
        if self._last is None or system.cell is None or len(self.unwrapped) != system.n:
            self.unwrapped, self.moment = system.positions.copy(), None
        else:
            self._move(now, system.periodic, follows)
        self._last = now
        return follows

    def _move(self, now, periodic, follows):
        old = self._last
        inverse = np.linalg.inv(old["cell"])
        middle = (old["cell"] + now["cell"]) / 2
        way = now["positions"] @ np.linalg.inv(now["cell"]) - old["positions"] @ inverse
        way -= np.round(way) * np.array(periodic)
        self.unwrapped = (self.unwrapped @ inverse + way) @ now["cell"]
        if not follows or self.moment is None:
            return
        strain = np.linalg.solve(middle, now["cell"] - old["cell"])
        change = np.einsum("iab,ib->a", old["born"] + now["born"], way @ middle) / 2
        change += np.einsum("abc,bc->a", old["strain"] + now["strain"], strain) / 2
        self.moment = self.moment + change + (self.moment + change / 2) @ strain


class Evaluator(_Owner):
    """A model with scratch memory; threads: OpenMP threads of a call. Threads of Python that share
    an evaluator, or its neighbour list, wait for each other; with one each they run side by side.

    A child that was forked (multiprocessing's "fork") after its parent computed goes on with one
    thread, and logging's logger "lrpot" warns of it; children of "spawn" and "forkserver" have all
    their threads."""

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
        field=None,
        fragments=None,
    ):
        """Everything the model has to say, as a dict of new arrays.

        symbols [n]; positions [n][3], A; cell [3][3], rows a, b, c; periodic: a flag, or one for
        each row. energy; energies [n]; forces [n][3]; virial [3][3], -dE/dstrain; where the model
        has charges: charges [n], potential [n] (dE/dq), dipole [3] (sum q r), and on demand
        born_charges [n][3][3] with the sum rule as the model has it, and grades [n]: how far each
        atom lies outside of the data of the fit, 1 inside, from 2.1 on beyond; models with
        has_active_set. field: a Field, or a FieldPath that this evaluation moves on. energy is then
        the enthalpy, with its forces and its virial at the condition of the field, and field [3]
        the physical field that acts, V/A. fragments: a Fragments; total_charge is then the sum of
        their charges. Where one is held at a potential, energy is the grand potential E - sum V Q
        with its forces and virial, and the results have fragment_charges [f], fragment_potentials
        [f] (V, nan without atoms), capacitances [f][f] (dQ/dV, e/V) and energy_of_charges (E); not
        in a field."""
        system = self._system(symbols, positions, cell, periodic, total_charge, fragments)
        holds = fragments is not None and fragments.holds
        if holds and field is not None:
            raise ValueError("fragments that are held at potentials, in a field: give one of both")
        if born_charges and field is not None and self.model.responds:
            message = (
                f"charges of kind {self.model.charges} respond to the field: Born charges are not "
                "available in it"
            )
            raise Error(_UNSUPPORTED, message=message)
        n = system.n
        shapes = {"energy": 1, "energy_atom": n, "forces": (n, 3), "virial": (3, 3)}
        if self.model.has_charges:
            shapes.update(charges=n, potential=n, dipole=3)
        arrays = {name: np.empty(shape) for name, shape in shapes.items()}
        outputs = Outputs(**{name: _pointer(array) for name, array in arrays.items()})
        with self.neighbours.lock:
            self.neighbours.update(system)
            if field is None:
                self._call(_lib.lrpot_potential_compute, system, outputs)
            else:
                arrays["field"] = self._enthalpy(system, field, outputs, arrays)
            arrays["energy"] = float(arrays["energy"][0])
            arrays["energies"] = arrays.pop("energy_atom")
            if born_charges:
                arrays["born_charges"] = self._born_charges(system)
            if grades:
                arrays["grades"] = self._grades(system)
            if holds:
                arrays.update(self._electrodes(system, arrays["energy"]))
        return arrays

    def _electrodes(self, system, grand):
        """Charges and potentials of the fragments, their capacitances, and E = Omega + sum V Q."""
        n, held = system.fragments.n, system.fragments.potentials
        q, levels, C = np.empty(n), np.empty(n), np.empty((n, n))
        call = (
            _lib.lrpot_potential_charges(self.model._handle),
            self._handle,
            ctypes.byref(system.struct),
            self.neighbours._handle,
            None,
        )
        _check(_lib.lrpot_charges_fragments(*call, _pointer(q), _pointer(levels)))
        _check(_lib.lrpot_charges_capacitance(*call, _pointer(C)))
        return {
            "fragment_charges": q,
            "fragment_potentials": levels,
            "capacitances": C,
            "energy_of_charges": grand + float(np.nansum(held * q)),
        }

    def heat_flux(
        self,
        symbols,
        positions,
        velocities,
        masses=None,
        cell=None,
        periodic=(False, False, False),
        total_charge=0.0,
    ):
        """Heat flux J = d/dt sum r e and its parts, as a dict of arrays [3], eV A/ps.

        velocities [n][3], A/ps; masses [n], u: without them kinetic energies are left out. flux is
        the sum of convective, virial and charges. See docs/theory/heat_flux.md."""
        system = self._system(symbols, positions, cell, periodic, total_charge)
        speeds = np.array(velocities, dtype=np.float64, order="C").reshape(system.n, 3)
        weights = None
        if masses is not None:
            weights = np.array(masses, dtype=np.float64, order="C").reshape(system.n)
        found = HeatFlux()
        with self.neighbours.lock:
            self.neighbours.update(system)
            self._call(
                _lib.lrpot_potential_heat_flux, system, found, _pointer(speeds), _pointer(weights)
            )
        parts = ("flux", "convective", "virial", "charges")
        return {name: np.array(getattr(found, name)) for name in parts}

    def _system(self, symbols, positions, cell, periodic, total_charge, fragments=None):
        system = _System(positions, cell, periodic, total_charge, fragments)
        system.species = self.model.species(symbols)  # alive as long as the pointer to it
        if len(system.species) != system.n:
            raise ValueError(f"{len(system.species)} symbols for {system.n} positions")
        system.struct.species = _pointer(system.species, _int32_p)
        return system

    def _call(self, function, system, outputs, *more):
        _check(
            function(
                self.model._handle,
                self._handle,
                ctypes.byref(system.struct),
                self.neighbours._handle,
                None,
                *more,
                ctypes.byref(outputs),
            )
        )

    def _enthalpy(self, system, field, outputs, arrays):
        if not self.model.has_charges:
            raise ValueError("the model has no charges for a field to act on")
        path = field if isinstance(field, FieldPath) else FieldPath(field)
        follows = path.advance(self, system) if field is path else False
        acting = np.empty(3)
        struct = path.field._struct()
        struct.acting = _pointer(acting)
        if path.unwrapped is not None:
            struct.positions = _pointer(path.unwrapped)
        if follows and path.moment is not None:
            struct.dipole = _pointer(path.moment)
        self._call(_lib.lrpot_response_enthalpy, system, outputs, ctypes.byref(struct))
        if follows:
            path.moment = arrays["dipole"].copy()
        return acting

    def _unit_fields(self, system):
        """Born charges [n][3][3], and the response of the dipole to strain [3][3][3]: those of unit
        fields at constant voltage."""
        born, strain = np.empty((system.n, 3, 3)), np.zeros((3, 3, 3))
        whole = all(system.periodic)
        for a in range(3):
            forces, virial = np.empty((system.n, 3)), np.zeros((3, 3))
            own = {"eps_inf": 1.0}  # on the charges as they are
            struct = Field(voltage=system.cell[:, a], **own)._struct() if whole else None
            if struct is None:
                struct = Field(E=np.eye(3)[a], **own)._struct()
            outputs = Outputs(forces=_pointer(forces), virial=_pointer(virial) if whole else None)
            self._call(_lib.lrpot_response_field_forces, system, outputs, ctypes.byref(struct))
            born[:, a], strain[a] = forces, virial
        return born, strain

    def _grades(self, system):
        active = _lib.lrpot_potential_active_set(self.model._handle)
        if active is None:
            moments = self.model.descriptor == "moment tensors"
            reason = "" if moments else f": it is a {self.model.descriptor}, which cannot have one"
            raise ValueError(f"the model has no active set, which grades need{reason}")
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
    """Born charges [n][3][3] with the acoustic sum rule imposed: the mean removed, total_charge / n
    left on the diagonal."""
    Z = np.array(born_charges, dtype=np.float64, order="C")
    _check(_lib.lrpot_response_project(len(Z), total_charge, _pointer(Z)))
    return Z


def _make_calculators():
    """The classes that need ASE, made when one of them is first asked for."""
    from ase.calculators.calculator import Calculator, all_changes

    local = ["energy", "free_energy", "energies", "forces", "stress"]
    charged = ["charges", "dipole", "born_effective_charges"]

    electrodes = ("fragment_charges", "fragment_potentials", "capacitances", "energy_of_charges")

    def evaluate(evaluator, atoms, wanted, total_charge, scale, field=None, fragments=None):
        """Results under ASE's names; Born charges only where asked for."""
        order = atoms.arrays.get("fragment")
        if fragments is not None and order is not None and not np.array_equal(order, fragments.of):
            raise ValueError(
                "the fragments of the calculator are not those of the atoms, whose array fragment "
                "differs: were atoms added, removed or sorted? Give Fragments.of_atoms(atoms) anew"
            )
        if fragments is None and "fragment_potentials" in atoms.info:
            raise ValueError(
                "atoms.info has fragment_potentials, but the calculator has no fragments: give "
                "fragments=lrpot.Fragments.of_atoms(atoms)"
            )
        born, grades = "born_effective_charges" in wanted, "extrapolation_grades" in wanted
        found = evaluator.compute(
            atoms.get_chemical_symbols(),
            atoms.positions,
            np.array(atoms.cell),
            atoms.pbc,
            total_charge,
            born,
            grades,
            field,
            fragments,
        )
        results = {name: found[name] for name in ("energy", "energies", "forces")}
        results["free_energy"] = found["energy"]
        results.update({name: found[name] for name in electrodes if name in found})
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

        def set(self, **kwargs):
            if kwargs:
                raise TypeError(f"{type(self).__name__}: no argument {', '.join(sorted(kwargs))}")
            return super().set()

        def get_born_effective_charges(self, atoms=None):
            """Born charges [n][3][3], e: index of the polarization first, then of the displacement;
            sum rule imposed."""
            return self.get_property("born_effective_charges", atoms)

        def get_extrapolation_grades(self, atoms=None):
            """[n]: 1 inside of the data of the fit, from 2.1 on beyond them; for models that carry
            an active set."""
            return self.get_property("extrapolation_grades", atoms)

    class LRPOT(_Base):
        """ASE calculator of a model.

        model: path of a file, or a Model. threads: OpenMP threads. skin: A, of the neighbour list.
        total_charge: of the system, e, for models that share it out. species, accuracy: as for
        Model. eps_inf: charges, dipole and Born charges are multiplied by its root, which makes
        them those that a physical field acts on; the model's own are screened. None: that of the
        model (Model.eps_inf, which charged NEPs have), otherwise 1. field: a Field, of which energy
        is the enthalpy and forces and stress its derivatives (eps_inf is that of the field where
        the field has none); the calculator follows atoms and dipole from one evaluation to the
        next, and begin_path() begins anew. Periodic dipoles are sum q r of the positions as they
        are. fragments: a Fragments, with the charges and potentials that they keep; where one is
        held at a potential, energies are grand potentials, and results has fragment_charges,
        fragment_potentials, capacitances and energy_of_charges too."""

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
            field=None,
            precision="double",
            fragments=None,
            **kwargs,
        ):
            self.model = (
                model if isinstance(model, Model) else Model(model, species, accuracy, precision)
            )
            self.evaluator = Evaluator(self.model, threads, skin, neighbours)
            screening = eps_inf or self.model.eps_inf or 1.0
            self.total_charge, self.scale = total_charge, float(np.sqrt(screening))
            self.implemented_properties = local + (charged if self.model.has_charges else [])
            if self.model.has_active_set:
                self.implemented_properties.append("extrapolation_grades")
            if field is not None and not isinstance(field, Field):
                raise TypeError(f"field={field!r}: expected a Field, as Field(E=(0, 0, 0.1))")
            if field is not None and eps_inf is not None and not field.eps_inf.any():
                field = copy.copy(field)
                field.eps_inf = float(eps_inf) * np.eye(3)
            self.field_path = None if field is None else FieldPath(field)
            super().__init__(**kwargs)
            self.fragments = fragments

        @property
        def fragments(self):
            """The Fragments of the atoms, or None; others make earlier results void."""
            return self._fragments

        @fragments.setter
        def fragments(self, fragments):
            if fragments is not None and not isinstance(fragments, Fragments):
                raise TypeError(f"fragments={fragments!r}: expected a Fragments")
            self._fragments = fragments
            self.reset()

        def begin_path(self):
            """Forgets the path of the atoms in a field: the dipole begins anew with sum q r."""
            if self.field_path is not None:
                self.field_path = FieldPath(self.field_path.field)

        def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            self.results = evaluate(
                self.evaluator,
                self.atoms,
                properties,
                self.total_charge,
                self.scale,
                self.field_path,
                self.fragments,
            )

    class Committee(_Base):
        """ASE calculator of several models: results are means; spread holds the standard deviations
        (n - 1) of the same results, members the results of each model. The models share a neighbour
        list where their species and cutoffs allow it.

        models: paths, Models or LRPOT calculators, of the same species and kind of charges,
        screened by the same eps_inf, in the same field and with the same fragments; the other
        arguments as for LRPOT. LRPOT calculators bring field and fragments along."""

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
            field=None,
            fragments=None,
            **kwargs,
        ):
            models = list(models)
            if (field or fragments) and any(isinstance(model, LRPOT) for model in models):
                raise ValueError("a committee of calculators: give them field and fragments")
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
                (
                    m
                    if isinstance(m, LRPOT)
                    else LRPOT(
                        m,
                        threads,
                        skin,
                        total_charge,
                        eps_inf=eps_inf,
                        neighbours=shared,
                        field=field,
                        fragments=fragments,
                    )
                )
                for m in loaded
            ]
            self._compare_members()
            self.implemented_properties = [
                name
                for name in local + charged
                if all(name in c.implemented_properties for c in self.calculators)
            ]
            self.members, self.spread = [], {}
            super().__init__(**kwargs)

        def _compare_members(self):
            """Refuses members whose results have no common meaning, as the command does."""
            first, *others = self.calculators
            for number, other in enumerate(others, 1):
                for what, own, wanted in (
                    ("species", sorted(other.model.symbols), sorted(first.model.symbols)),
                    ("charges", other.model.charges, first.model.charges),
                ):
                    if own != wanted:
                        raise ValueError(
                            f"member {number} of the committee has {what} {own}, member 0 has "
                            f"{wanted}: all have the same species and the same kind of charges"
                        )
                for what in ("field", "fragments"):
                    if not _alike(_condition(first, what), _condition(other, what)):
                        raise ValueError(
                            f"member {number} of the committee has another {what} than member 0"
                        )
                if first.model.has_charges and other.scale != first.scale:
                    raise ValueError(
                        f"member {number} of the committee has eps_inf {other.scale**2:g}, member "
                        f"0 has {first.scale**2:g}: a committee needs one for all, give eps_inf"
                    )

        def reset(self):
            super().reset()
            self.members, self.spread = [], {}

        def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
            super().calculate(atoms, properties, system_changes)
            self.members = [
                evaluate(
                    c.evaluator,
                    self.atoms,
                    properties,
                    c.total_charge,
                    c.scale,
                    c.field_path,
                    c.fragments,
                )
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
