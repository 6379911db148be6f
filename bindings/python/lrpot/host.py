"""Models whose charges and site energies come from a network of your own.

    from lrpot.host import HostModel
    def network(edges):                       # edges.vectors [E][3], of the rows edges.centres [E]
        ...
        return dict(charges=q, charge_gradients=dq, energies=u, energy_gradients=du)
    model = HostModel(["Na", "Cl"], 5.0, network)
    Evaluator(model).compute(symbols, positions, cell, True, born_charges=True)

Derivatives are by the vectors to the neighbours, one row [3] for each edge. A Jacobian dq_i/dr_j of
all positions, dense or as scipy's CSR, becomes such rows by edges.gradients(). A network with
automatic differentiation gives its reverse pass instead of rows:

    def pull(edges, charge_weights, energy_weights):       # of (weights * outputs).sum()
        ...
        return gradients                                   # by edges.vectors, [E][3]
    model = HostModel(["Na", "Cl"], 5.0, values, pull=pull)

The library adds neutralisation and the Coulomb sum; Evaluator, LRPOT and Phonons take the model as
any other. lrpot/host.h explains the conditions."""
import ctypes

import numpy as np

from . import (
    Atoms,
    Model,
    _check,
    _declare,
    _double_p,
    _handle,
    _handle_p,
    _int32_p,
    _int64_p,
    _lib,
    _pending,
    _status,
    _Struct,
    _text,
)

__all__ = ["HostModel", "Edges"]


class EdgesStruct(_Struct):
    """lrpot_host_edges."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("n_atoms", ctypes.c_int64),
        ("n_edges", ctypes.c_int64),
        ("offsets", _int64_p),
        ("neighbours", _int32_p),
        ("vectors", _double_p),
        ("species", _int32_p),
        ("atoms", ctypes.POINTER(Atoms)),
    ]


class ResultsStruct(_Struct):
    """lrpot_host_results."""

    _fields_ = [("struct_size", ctypes.c_size_t)] + [
        (name, _double_p)
        for name in ("charges", "energies", "charge_gradients", "energy_gradients")
    ]


class WeightsStruct(_Struct):
    """lrpot_host_weights."""

    _fields_ = [("struct_size", ctypes.c_size_t), ("charges", _double_p), ("energies", _double_p)]


_Function = ctypes.CFUNCTYPE(
    _status, ctypes.c_void_p, ctypes.POINTER(EdgesStruct), ctypes.POINTER(ResultsStruct)
)


_Product = ctypes.CFUNCTYPE(
    _status, ctypes.c_void_p, ctypes.POINTER(EdgesStruct), ctypes.POINTER(WeightsStruct), _double_p
)


class OptionsStruct(_Struct):
    """lrpot_host_options."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("symbols", ctypes.POINTER(_text)),
        ("evaluate", _Function),
        ("ctx", ctypes.c_void_p),
        ("n_species", ctypes.c_int32),
        ("charges", ctypes.c_int32),
        ("flags", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
        ("cutoff", ctypes.c_double),
        ("sigma", ctypes.c_double),
        ("accuracy", ctypes.c_double),
        ("eps_inf", ctypes.c_double),
        ("pull", _Product),
    ]


_declare("lrpot_potential_create_host", _status, _handle_p, ctypes.POINTER(OptionsStruct))
_FAILED = -1  # of the function, passed through by the library
_SELF = 1  # LRPOT_CHARGES_SELF
_MESSAGES = 4096  # LRPOT_HOST_MESSAGES


def _array(pointer, *shape):
    if 0 in shape:
        return np.zeros(shape)
    return np.ctypeslib.as_array(pointer, shape=shape)


class Edges:
    """Neighbours of all atoms within the cutoff, as compressed rows.

    n, n_edges; offsets [n + 1]; centres, neighbours [n_edges], the latter among all atoms; vectors
    [n_edges][3], r_j - r_i with the image of the neighbour, A; species [n_all] of all atoms,
    indices of the model's symbols (more than n where images are atoms of their own, as for
    phonons); wants_gradients: False where values alone are used. Arrays are the library's: copy
    what is kept."""

    def __init__(self, struct, wants_gradients=False):
        self.n, self.n_edges = struct.n_atoms, struct.n_edges
        self.offsets = _array(struct.offsets, self.n + 1)
        self.neighbours = _array(struct.neighbours, self.n_edges).astype(np.int64)
        self.vectors = _array(struct.vectors, self.n_edges, 3)
        self.species = _array(struct.species, struct.atoms.contents.n_all).astype(np.int64)
        self.centres = np.repeat(np.arange(self.n), np.diff(self.offsets))
        self.wants_gradients = wants_gradients

    def gradients(self, jacobian):
        """Rows [n_edges][3] from dq_i/dr_j [n][3 n], dense or scipy's CSR, columns 3 j + axis. The
        diagonal follows from the others. Each neighbour must be one image: cells are wider than
        twice the cutoff."""
        rows, columns = self.centres, self.neighbours
        if jacobian.shape != (self.n, 3 * self.n):
            raise ValueError(f"Jacobian of shape {jacobian.shape}: expected {self.n, 3 * self.n}")
        if len(np.unique(rows * self.n + columns)) != self.n_edges or np.any(rows == columns):
            raise ValueError("several images of a neighbour: give derivatives for each edge")
        found = np.stack(
            [np.asarray(jacobian[rows, 3 * columns + c]).reshape(-1) for c in range(3)], axis=1
        )
        own = np.arange(self.n)
        whole = abs(jacobian).sum()
        diagonal = sum(np.abs(np.asarray(jacobian[own, 3 * own + c])).sum() for c in range(3))
        beyond = whole - diagonal - np.abs(found).sum()
        if beyond > 1e-9 * max(whole, 1e-300):
            raise ValueError(
                f"the Jacobian has entries beyond the cutoff, of size {beyond:.3g} e/A"
            )
        return found


class HostModel(Model):
    """A model of your function.

    symbols: of the species. cutoff: A, beyond which charges and energies of an atom depend on no
    neighbour; of a message-passing network that of all layers together. function(edges): Edges to
    a dict of charges [n], charge_gradients [n_edges][3], energies [n] and energy_gradients; what
    is missing is 0. pull(edges, charge_weights, energy_weights): gradients [n_edges][3] by the
    vectors of sum_i(charge_weights[i] c_i + energy_weights[i] U_i), in place of those two of
    function, which is then asked for values alone; charge_weights is None without charges.
    messages: outputs of an atom depend on edges of other atoms too, as with the edges of one
    layer of a network that passes messages: forces and stress are offered, Born charges, fields
    and phonons not. charges: a kind that needs a basis (charge_kinds()), "none", or None: points
    that keep the total charge. sigma: A, of latent charges, with their energy of self_energy.
    accuracy: eV/A, of the Coulomb forces. eps_inf: dielectric constant that screens the charges."""

    def __init__(
        self,
        symbols,
        cutoff,
        function,
        charges=None,
        sigma=0.0,
        self_energy=False,
        accuracy=0.0,
        eps_inf=0.0,
        pull=None,
        messages=False,
    ):
        self._arguments = (tuple(symbols), cutoff, function, charges, sigma, self_energy, accuracy)
        self._arguments += (eps_inf, pull, messages)
        self._function = function
        self._pull = pull
        self._callback = _Function(self._evaluate)
        self._product = _Product(self._reverse) if pull is not None else _Product()
        kind = 0 if charges == "none" else _lib.lrpot_charges_kind_default(2)
        if charges not in (None, "none"):
            kind = _lib.lrpot_charges_kind_of(str(charges).encode())
        handle, names = ctypes.c_void_p(), [name.encode() for name in symbols]
        options = OptionsStruct(
            symbols=(_text * len(names))(*names),
            evaluate=self._callback,
            n_species=len(names),
            charges=kind,
            flags=(_SELF if self_energy else 0) | (_MESSAGES if messages else 0),
            cutoff=cutoff,
            sigma=sigma,
            accuracy=accuracy,
            eps_inf=eps_inf or 0.0,
            pull=self._product,
        )
        _check(_lib.lrpot_potential_create_host(ctypes.byref(handle), ctypes.byref(options)))
        self._own(handle.value, _lib.lrpot_potential_free)
        self._describe()

    def _evaluate(self, _, edges, values):
        try:
            values = values.contents
            view = Edges(edges.contents, bool(values.energy_gradients))
            told = self._function(view)
            shapes = {"charges": (view.n,), "energies": (view.n,)}
            for name in ("charge_gradients", "energy_gradients"):
                shapes[name] = (view.n_edges, 3)
            unknown = set(told) - set(shapes)
            if unknown:
                raise ValueError(f"{sorted(unknown)}: expected {', '.join(shapes)}")
            for name, shape in shapes.items():
                pointer = getattr(values, name)
                if not pointer or told.get(name) is None:
                    continue
                given = np.asarray(told[name], dtype=np.float64)
                if given.shape != shape:
                    raise ValueError(f"{name} of shape {given.shape}: expected {shape}")
                if 0 not in shape:
                    _array(pointer, *shape)[...] = given
        except BaseException as error:  # C cannot pass it on: the caller of the library raises it
            _pending.error = error
            return _FAILED
        return 0

    def _reverse(self, _, edges, weights, gradients):
        try:
            view, weights = Edges(edges.contents, True), weights.contents
            told = self._pull(
                view,
                _array(weights.charges, view.n) if weights.charges else None,
                _array(weights.energies, view.n),
            )
            given, shape = np.asarray(told, dtype=np.float64), (view.n_edges, 3)
            if given.shape != shape:
                raise ValueError(f"gradients of shape {given.shape}: expected {shape}")
            if view.n_edges > 0:
                _array(gradients, *shape)[...] = given
        except BaseException as error:  # as in _evaluate()
            _pending.error = error
            return _FAILED
        return 0

    def __reduce__(self):
        return HostModel, self._arguments
