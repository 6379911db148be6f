"""Coulomb sums of given charges: isolated systems, slabs and crystals, to an accuracy that is asked
for and can be measured.

    from lrpot.coulomb import Ewald
    ewald = Ewald(accuracy=1e-6)
    found = ewald.compute(positions, charges, cell, (True, True, True))
    found["energy"], found["forces"]
    ewald.error(positions, charges, cell, (True, True, True))["forces"]     # eV/A, measured

Units: A, e, eV, V. lrpot/ewald.h explains each option."""
import ctypes

import numpy as np

from . import (
    Outputs,
    _atoms_p,
    _check,
    _declare,
    _double_p,
    _handle,
    _handle_p,
    _int32_p,
    _lib,
    _outputs_p,
    _Owner,
    _pointer,
    _status,
    _Struct,
    _System,
    _Workspace,
    ewald_kernels,
)

__all__ = ["Ewald"]

METHODS = {"auto": 0, "exact": 1, "mesh": 2, "spline": 3}
_FLAGS = {"relative": 1, "self_energy": 2, "slab_correction": 4, "vacuum": 8}
_MAX_CHANNELS = 64


class EwaldOptions(_Struct):
    """lrpot_ewald_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("accuracy", ctypes.c_double),
        ("splitting", ctypes.c_double),
        ("cutoff", ctypes.c_double),
        ("n_widths", ctypes.c_int32),
        ("flags", ctypes.c_int32),
        ("widths", _double_p),
        ("method", ctypes.c_int32),
        ("order", ctypes.c_int32),
        ("mesh", ctypes.c_int32 * 3),
        ("kernel", ctypes.c_int32),
        ("sigma", ctypes.c_double),
        ("energy_accuracy", ctypes.c_double),
        ("pressure_accuracy", ctypes.c_double),
        ("potential_accuracy", ctypes.c_double),
    ]


class EwaldReport(_Struct):
    """lrpot_ewald_report."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("splitting", ctypes.c_double),
        ("real_cutoff", ctypes.c_double),
        ("k_cutoff", ctypes.c_double),
        ("predicted_error", ctypes.c_double),
        ("n_vectors", ctypes.c_int64),
        ("method", ctypes.c_int32),
        ("order", ctypes.c_int32),
        ("mesh", ctypes.c_int32 * 3),
        ("reserved", ctypes.c_int32),
        ("seconds", ctypes.c_double),
        ("predicted_potential", ctypes.c_double),
        ("predicted_energy", ctypes.c_double),
        ("predicted_pressure", ctypes.c_double),
    ]


class EwaldErrorReport(_Struct):
    """lrpot_ewald_error_report."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("forces", ctypes.c_double),
        ("largest", ctypes.c_double),
        ("potential", ctypes.c_double),
        ("size", ctypes.c_double),
        ("reference", ctypes.c_double),
        ("n_sample", ctypes.c_int64),
        ("energy", ctypes.c_double),
        ("pressure", ctypes.c_double),
    ]


_options_p = ctypes.POINTER(EwaldOptions)
_report_p = ctypes.POINTER(EwaldReport)
_sum = (_handle, _handle, _atoms_p, _handle)
_declare("lrpot_ewald_create", _status, _handle_p, _options_p)
_declare("lrpot_ewald_free", None, _handle)
_declare("lrpot_ewald_kernel_of", ctypes.c_int32, ctypes.c_char_p)
_declare(
    "lrpot_ewald_eval_channels",
    _status,
    *_sum,
    ctypes.c_void_p,
    ctypes.c_int32,
    _double_p,
    _outputs_p,
)
_declare("lrpot_ewald_matrix", _status, _handle, _handle, _atoms_p, _double_p, _double_p, _double_p)
_declare("lrpot_ewald_plan", _status, _handle, _handle, _atoms_p, _report_p)
_declare(
    "lrpot_ewald_error", _status, *_sum, _double_p, ctypes.c_int64, ctypes.POINTER(EwaldErrorReport)
)
_declare(
    "lrpot_ewald_tune",
    _status,
    _handle_p,
    _options_p,
    *_sum[1:],
    _double_p,
    ctypes.c_double,
    _report_p,
)


def _members(struct, leave=("struct_size", "reserved", "method")):
    """A report as a dict."""
    found = {name: getattr(struct, name) for name, _ in struct._fields_ if name not in leave}
    if "mesh" in found:
        found["mesh"] = tuple(found["mesh"])
        found["method"] = {number: name for name, number in METHODS.items()}[struct.method]
    return found


class Ewald(_Owner):
    """A Coulomb solver with scratch memory. Threads of Python need one each.

    accuracy: eV/A, RMS error of the forces. widths: A, standard deviation of the Gaussian of each
    species, with `species` [n] in the calls. kernel: one of lrpot.ewald_kernels(); some need a
    sigma, A. method: "auto", "exact", "mesh" or "spline". Flags: relative (accuracy in units of the
    force between unit charges at 1 A), self_energy, slab_correction, vacuum. splitting, cutoff,
    order, mesh: given instead of chosen. energy_accuracy (eV per atom), pressure_accuracy
    (eV/A^3), potential_accuracy (V): bounds of those errors."""

    def __init__(
        self,
        accuracy=0.0,
        widths=None,
        kernel="coulomb",
        sigma=0.0,
        method="auto",
        splitting=0.0,
        cutoff=0.0,
        order=0,
        mesh=(0, 0, 0),
        energy_accuracy=0.0,
        pressure_accuracy=0.0,
        potential_accuracy=0.0,
        threads=1,
        **flags,
    ):
        number = _lib.lrpot_ewald_kernel_of(kernel.encode())
        if number < 0:
            raise ValueError(f"kernel={kernel!r}: expected one of {', '.join(ewald_kernels())}")
        if method not in METHODS:
            raise ValueError(f"method={method!r}: expected one of {', '.join(METHODS)}")
        for name in flags:
            if name not in _FLAGS:
                raise TypeError(f"{name}: expected one of {', '.join(_FLAGS)}")
        self._widths = None if widths is None else np.array(widths, dtype=np.float64).ravel()
        self._options = EwaldOptions(
            accuracy=accuracy,
            splitting=splitting,
            cutoff=cutoff,
            n_widths=0 if widths is None else len(self._widths),
            flags=sum(_FLAGS[name] for name, on in flags.items() if on),
            widths=_pointer(self._widths),
            method=METHODS[method],
            order=order,
            mesh=(ctypes.c_int32 * 3)(*mesh),
            kernel=number,
            sigma=sigma,
            energy_accuracy=energy_accuracy,
            pressure_accuracy=pressure_accuracy,
            potential_accuracy=potential_accuracy,
        )
        handle = ctypes.c_void_p()
        self._work = _Workspace(threads)
        _check(_lib.lrpot_ewald_create(ctypes.byref(handle), ctypes.byref(self._options)))
        self._own(handle.value, _lib.lrpot_ewald_free)

    def _system(self, positions, cell, periodic, species):
        system = _System(positions, cell, periodic, 0.0)
        kinds = np.zeros(system.n) if species is None else np.asarray(species)
        if kinds.shape != (system.n,):
            raise ValueError(f"species of shape {kinds.shape}: expected ({system.n},)")
        if species is None and self._widths is not None and len(self._widths) > 1:
            raise ValueError(f"{len(self._widths)} widths need the species of each atom")
        # The struct points to them for as long as the system lives.
        system.kinds = np.array(kinds, dtype=np.int32, order="C")
        system.struct.species = _pointer(system.kinds, _int32_p)
        return system

    def _charges(self, system, charges, channels=False):
        q = np.array(charges, dtype=np.float64, order="C")
        right = q.shape == (system.n,) or (
            channels and q.ndim == 2 and q.shape[1] == system.n and 0 < len(q) <= _MAX_CHANNELS
        )
        if not right:
            raise ValueError(f"charges of shape {q.shape}: expected ({system.n},)")
        return q

    def compute(self, positions, charges, cell=None, periodic=(False, False, False), species=None):
        """Energy and its derivatives, as a dict of new arrays: energy, energies [n], forces [n][3],
        virial [3][3], potential [n] (dE/dq), field [n][3].

        charges [n], or [channels][n] that do not interact with each other: potential and field then
        have the channel first."""
        system = self._system(positions, cell, periodic, species)
        q = self._charges(system, charges, channels=True)
        n, lead = system.n, q.shape[:-1]
        shapes = {
            "energy": 1,
            "energy_atom": n,
            "forces": (n, 3),
            "virial": (3, 3),
            "potential": (*lead, n),
            "field": (*lead, n, 3),
        }
        arrays = {name: np.empty(shape) for name, shape in shapes.items()}
        outputs = Outputs(**{name: _pointer(array) for name, array in arrays.items()})
        _check(
            _lib.lrpot_ewald_eval_channels(
                self._handle,
                self._work._handle,
                ctypes.byref(system.struct),
                None,
                None,
                1 if q.ndim == 1 else len(q),
                _pointer(q),
                ctypes.byref(outputs),
            )
        )
        arrays["energy"] = float(arrays["energy"][0])
        arrays["energies"] = arrays.pop("energy_atom")
        return arrays

    def matrix(self, positions, cell=None, periodic=(False, False, False), species=None):
        """A [n][n], V/e, with E = 1/2 q.A.q."""
        system = self._system(positions, cell, periodic, species)
        A = np.empty((system.n, system.n))
        _check(
            _lib.lrpot_ewald_matrix(
                self._handle,
                self._work._handle,
                ctypes.byref(system.struct),
                _pointer(A),
                None,
                None,
            )
        )
        return A

    def plan(self, positions, cell=None, periodic=(False, False, False), species=None):
        """Parameters in use, with the predicted errors: lrpot_ewald_report as a dict."""
        system = self._system(positions, cell, periodic, species)
        report = EwaldReport()
        _check(
            _lib.lrpot_ewald_plan(
                self._handle, self._work._handle, ctypes.byref(system.struct), ctypes.byref(report)
            )
        )
        return _members(report)

    def error(
        self, positions, charges, cell=None, periodic=(False, False, False), species=None, sample=0
    ):
        """Errors of compute(), measured against a far more accurate sum: forces (RMS), largest,
        potential, energy per atom, pressure, and the size of the exact forces. sample: number of
        atoms compared; 0: all."""
        system = self._system(positions, cell, periodic, species)
        q = self._charges(system, charges)
        report = EwaldErrorReport()
        _check(
            _lib.lrpot_ewald_error(
                self._handle,
                self._work._handle,
                ctypes.byref(system.struct),
                None,
                _pointer(q),
                sample,
                ctypes.byref(report),
            )
        )
        return _members(report)

    def tune(
        self,
        positions,
        charges,
        cell=None,
        periodic=(False, False, False),
        species=None,
        seconds=1.0,
    ):
        """Takes the fastest parameters for a system at the accuracy, by timing for some seconds.
        Returns them as plan() does."""
        system = self._system(positions, cell, periodic, species)
        q = self._charges(system, charges)
        report, handle = EwaldReport(), ctypes.c_void_p()
        _check(
            _lib.lrpot_ewald_tune(
                ctypes.byref(handle),
                ctypes.byref(self._options),
                self._work._handle,
                ctypes.byref(system.struct),
                None,
                _pointer(q),
                seconds,
                ctypes.byref(report),
            )
        )
        self._finalizer()
        self._own(handle.value, _lib.lrpot_ewald_free)
        return _members(report)
