"""Polar tensors, dipoles and polarizabilities that were learned directly: files of
`lrpot fit --tensors`.

    from lrpot.tensors import TensorModel
    tensors = TensorModel("water.tensors")
    Z = tensors.born_charges(symbols, positions, cell, (True, True, True))

Z [n][3][3], e: index of the polarization before that of the displacement. lrpot/tensors.h explains
the kinds."""
import ctypes
import os

import numpy as np

from . import (
    Neighbours,
    _atoms_p,
    _check,
    _declare,
    _double_p,
    _handle,
    _handle_p,
    _int32_p,
    _lib,
    _Owner,
    _pointer,
    _status,
    _Struct,
    _System,
    _text,
    _Workspace,
    project,
)

__all__ = ["TensorModel"]

KINDS = ("independent", "dipole", "global", "local", "polarizability")


class TensorOptions(_Struct):
    """lrpot_tensor_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("symbols", ctypes.POINTER(_text)),
        ("n_species", ctypes.c_int32),
        ("kind", ctypes.c_int32),
        ("levels", ctypes.c_int32 * 4),
        ("radial_cost", ctypes.c_int32),
        ("kernel", ctypes.c_int32),
        ("min_distance", ctypes.c_double),
        ("cutoff", ctypes.c_double),
        ("potential", _handle),
    ]


_declare("lrpot_tensor_model_load", _status, _handle_p, _text)
_declare("lrpot_tensor_model_free", None, _handle)
_declare("lrpot_tensor_model_cutoff", ctypes.c_double, _handle)
_declare("lrpot_tensor_model_get_options", _status, _handle, ctypes.POINTER(TensorOptions))
_call = (_status, _handle, _handle, _atoms_p, _handle)
_declare("lrpot_tensor_model_born_charges", *_call, _double_p, _double_p)
_declare("lrpot_tensor_model_dipole", *_call, _double_p)
_declare("lrpot_tensor_model_polarizability", *_call, _double_p)
_declare("lrpot_tensor_model_raman", *_call, _double_p)


class TensorModel(_Owner):
    """A model of polar tensors, of the dipole of isolated systems, or of polarizabilities, with
    scratch memory. Threads of Python need one each."""

    def __init__(self, path, threads=1, skin=0.5):
        handle, options = ctypes.c_void_p(), TensorOptions()
        place = os.fspath(path)
        _check(_lib.lrpot_tensor_model_load(ctypes.byref(handle), os.fsencode(path)), place)
        self._own(handle.value, _lib.lrpot_tensor_model_free)
        _check(_lib.lrpot_tensor_model_get_options(self._handle, ctypes.byref(options)), place)
        self.symbols = tuple(name.decode() for name in options.symbols[: options.n_species])
        #: one of KINDS
        self.kind = KINDS[options.kind]
        self.cutoff = _lib.lrpot_tensor_model_cutoff(self._handle)
        self.neighbours = Neighbours(self.cutoff, skin)
        self._work = _Workspace(threads)

    def _compute(self, function, symbols, positions, cell, periodic, total_charge, *arrays):
        system = _System(positions, cell, periodic, total_charge)
        numbers = {symbol: number for number, symbol in enumerate(self.symbols)}
        missing = sorted(set(symbols) - set(numbers))
        if missing or len(symbols) != system.n:
            raise ValueError(
                f"the model has no {missing[0]}; it has {', '.join(self.symbols)}"
                if missing
                else f"{len(symbols)} symbols for {system.n} positions"
            )
        species = np.array([numbers[symbol] for symbol in symbols], dtype=np.int32)
        system.struct.species = _pointer(species, _int32_p)
        with self.neighbours.lock:
            self.neighbours.update(system)
            _check(
                function(
                    self._handle,
                    self._work._handle,
                    ctypes.byref(system.struct),
                    self.neighbours._handle,
                    *[_pointer(array) for array in arrays],
                )
            )

    def born_charges(
        self,
        symbols,
        positions,
        cell=None,
        periodic=(False, False, False),
        total_charge=0.0,
        sum_rule=True,
    ):
        """Z [n][3][3], e; sum_rule: imposed, otherwise as the model has it."""
        Z = np.empty((len(symbols), 3, 3))
        self._compute(
            _lib.lrpot_tensor_model_born_charges,
            symbols,
            positions,
            cell,
            periodic,
            total_charge,
            Z,
            None,
        )
        return project(Z, total_charge) if sum_rule else Z

    def dipole(self, symbols, positions):
        """e A, [3], of an isolated neutral system; models of kind "dipole"."""
        found = np.empty(3)
        self._compute(
            _lib.lrpot_tensor_model_dipole, symbols, positions, None, (False,) * 3, 0.0, found
        )
        return found

    def polarizability(self, symbols, positions, cell=None, periodic=(False, False, False)):
        """A^3, [3][3], of the system or of a crystal's cell; models of kind "polarizability"."""
        alpha = np.empty((3, 3))
        self._compute(
            _lib.lrpot_tensor_model_polarizability, symbols, positions, cell, periodic, 0.0, alpha
        )
        return alpha

    def raman(self, symbols, positions, cell=None, periodic=(False, False, False)):
        """Raman tensors A^2, [n][3][3][3]: d alpha_ab/dr_ic; models of kind "polarizability"."""
        gradient = np.empty((len(symbols), 3, 3, 3))
        self._compute(
            _lib.lrpot_tensor_model_raman, symbols, positions, cell, periodic, 0.0, gradient
        )
        return gradient
