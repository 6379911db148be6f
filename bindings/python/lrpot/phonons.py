"""Vibrations of crystals and layers at any wave vector, without a supercell.

    from lrpot import Model
    from lrpot.phonons import Phonons
    phonons = Phonons(Model("model.lrp"), symbols, positions, cell)
    phonons.frequencies((0.5, 0, 0))                         # THz, fractions of reciprocal vectors
    phonons.frequencies((0, 0, 0), direction=(0, 0, 1))      # with the longitudinal field
    layer = Phonons(Model("model.lrp"), symbols, positions, cell, periodic=(True, True, False))
    layer.frequencies((1 / 3, 1 / 3, 0))                     # in its plane

Forces on the atoms should be zero, which is not checked. lrpot/phonons.h explains each function."""
import ctypes

import numpy as np

from . import (
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
    _Structure,
    _System,
    _Workspace,
)

__all__ = ["Phonons", "path", "infrared", "displacements", "second_order"]

_PATH_MOST, _PATH_LABEL = 32, 8

_declare("lrpot_phonons_create", _status, _handle_p, _handle, _handle, _handle, ctypes.c_double)
_declare("lrpot_phonons_free", None, _handle)
_declare("lrpot_phonons_set_screening", _status, _handle, _double_p)
_declare("lrpot_phonons_set_sheet", _status, _handle, ctypes.c_double, ctypes.c_double)
_declare("lrpot_phonons_count", ctypes.c_int64, _handle)
_declare("lrpot_phonons_masses", _double_p, _handle)
_declare("lrpot_phonons_leak", ctypes.c_double, _handle)
for _name, _outputs in (("matrix", 1), ("modes", 2)):
    _declare(
        "lrpot_phonons_" + _name,
        _status,
        _handle,
        _handle,
        _double_p,
        _double_p,
        *[_double_p] * _outputs,
    )
_declare("lrpot_phonons_velocities", _status, _handle, _handle, *[_double_p] * 4)
_declare("lrpot_phonons_grueneisen", _status, *[_handle] * 4, *[_double_p] * 4)
_declare("lrpot_phonons_mesh_waves", _status, _handle, _int32_p, _double_p, _double_p)
_declare(
    "lrpot_phonons_projected_density",
    _status,
    *[ctypes.c_int64] * 3,
    *[_double_p] * 3,
    ctypes.c_double,
    ctypes.c_int64,
    ctypes.c_double,
    ctypes.c_double,
    _double_p,
)
_declare("lrpot_phonons_mesh_count", ctypes.c_int64, _int32_p)
_declare("lrpot_phonons_mesh", _status, _handle, _handle, _int32_p, _double_p, _double_p)
_declare(
    "lrpot_phonons_density",
    _status,
    ctypes.c_int64,
    ctypes.c_int64,
    _double_p,
    _double_p,
    ctypes.c_double,
    ctypes.c_int64,
    ctypes.c_double,
    ctypes.c_double,
    _double_p,
)
_declare("lrpot_phonons_path", _status, _double_p, _int32_p, _double_p, ctypes.c_char_p, _int32_p)
_declare(
    "lrpot_phonons_layer_path",
    _status,
    _double_p,
    ctypes.c_int32,
    _int32_p,
    _double_p,
    ctypes.c_char_p,
    _int32_p,
)
_declare(
    "lrpot_phonons_infrared",
    _status,
    ctypes.c_int64,
    _double_p,
    _double_p,
    _double_p,
    ctypes.c_double,
    *[_double_p] * 4,
)
_declare("lrpot_phonons_raman", _status, ctypes.c_int64, *[_double_p] * 6)
_declare(
    "lrpot_phonons_displacements",
    _status,
    ctypes.c_int64,
    _double_p,
    ctypes.c_int64,
    *[_double_p] * 2,
)
_declare(
    "lrpot_response_second_order",
    _status,
    *[_handle] * 3,
    *[_double_p] * 3,
    ctypes.c_double,
    *[_double_p] * 2,
)


def _with_normal(cell, periodic):
    """The cell, its row that does not repeat being the unit normal of the others."""
    cell = np.array(cell, dtype=np.float64, order="C").reshape(3, 3)
    for row in range(3):
        if not periodic[row]:
            normal = np.cross(cell[(row + 1) % 3], cell[(row + 2) % 3])
            cell[row] = normal / np.linalg.norm(normal)
    return cell


class Phonons(_Owner):
    """Second derivatives of a model for one crystal, or for one layer, which repeats along two
    rows of its cell (periodic). Threads of Python need one each.

    model: a Model; symbols [n]; positions [n][3], A; cell [3][3], rows a, b, c. step: A, of the
    differences of forces; 0: 0.0005. eps_inf [3][3]: screens long waves by this tensor, which
    changes them where it differs between the axes. sheet: of a layer, A and a number: r_eff and the
    mean dielectric constant around it, which screen long waves by surroundings + r_eff |q|."""

    def __init__(
        self,
        model,
        symbols,
        positions,
        cell,
        step=0.0,
        threads=1,
        eps_inf=None,
        periodic=(True, True, True),
        sheet=None,
    ):
        system = _System(positions, cell, periodic, 0.0)
        names = list(symbols)
        if len(names) != system.n:
            raise ValueError(f"{len(names)} symbols for {system.n} positions")
        self.model, self.periodic = model, system.periodic
        handle = ctypes.c_void_p()
        self._work, structure = _Workspace(threads), _Structure(system, names)
        _check(
            _lib.lrpot_phonons_create(
                ctypes.byref(handle), model._handle, self._work._handle, structure._handle, step
            )
        )
        self._own(handle.value, _lib.lrpot_phonons_free)
        #: A, [3][3]; the row of a layer that does not repeat is its unit normal
        self.cell = _with_normal(system.cell, system.periodic)
        if sheet is not None:
            radius, surroundings = sheet
            _check(_lib.lrpot_phonons_set_sheet(self._handle, radius, surroundings))
        if eps_inf is not None:
            eps = np.array(eps_inf, dtype=np.float64, order="C")
            if eps.shape != (3, 3):
                raise ValueError(f"eps_inf of shape {eps.shape}: expected (3, 3)")
            _check(_lib.lrpot_phonons_set_screening(self._handle, _pointer(eps)))
        self.n_modes = _lib.lrpot_phonons_count(self._handle)
        #: u, [n]
        self.masses = np.array(_lib.lrpot_phonons_masses(self._handle)[: system.n])
        #: e/A: charge of a wave of infinite length; modes at Gamma need 0
        self.leak = _lib.lrpot_phonons_leak(self._handle)

    def wave_vector(self, fractions):
        """1/A, with the 2 pi, of fractions of the reciprocal vectors."""
        q = np.asarray(fractions, dtype=np.float64)
        if q.shape != (3,):
            raise ValueError(f"wave vector of shape {q.shape}: expected (3,)")
        return np.ascontiguousarray(2 * np.pi * np.linalg.solve(self.cell, q))

    def _mesh(self, points):
        """Points along each row: a single number counts for the rows that repeat."""
        mesh = np.array(np.broadcast_to(points, 3), dtype=np.int32)
        if np.ndim(points) == 0:
            mesh[~np.array(self.periodic)] = 1
        return mesh

    def _call(self, function, fractions, direction, *arrays):
        k = self.wave_vector(fractions)
        n = None if direction is None else np.array(direction, dtype=np.float64)
        if n is not None and n.shape != (3,):
            raise ValueError(f"direction of shape {n.shape}: expected (3,)")
        _check(
            function(
                self._handle,
                self._work._handle,
                _pointer(k),
                _pointer(n),
                *[_pointer(array) for array in arrays],
            )
        )

    def matrix(self, fractions, direction=None):
        """Second derivatives, eV/A^2, complex [3n][3n], not divided by masses. direction: of the
        limit at wave vectors of the reciprocal lattice, Cartesian; None: no longitudinal field."""
        D = np.empty((self.n_modes, self.n_modes), dtype=np.complex128)
        self._call(_lib.lrpot_phonons_matrix, fractions, direction, D)
        return D

    def modes(self, fractions, direction=None):
        """Frequencies [3n], THz, negative where imaginary, and modes [3n][n][3], complex, of length
        1, mass weighted."""
        frequencies = np.empty(self.n_modes)
        modes = np.empty((self.n_modes, self.n_modes), dtype=np.complex128)
        self._call(_lib.lrpot_phonons_modes, fractions, direction, frequencies, modes)
        return frequencies, modes.reshape(self.n_modes, -1, 3)

    def frequencies(self, fractions, direction=None):
        """Frequencies [3n], THz, negative where imaginary."""
        found = np.empty(self.n_modes)
        self._call(_lib.lrpot_phonons_modes, fractions, direction, found, None)
        return found

    def velocities(self, fractions, direction=None):
        """Frequencies [3n], THz, and group velocities [3n][3], km/s. At wave vectors of the
        reciprocal lattice both are those of the limit along the direction, 0.01/A away."""
        frequencies, found = np.empty(self.n_modes), np.empty((self.n_modes, 3))
        self._call(_lib.lrpot_phonons_velocities, fractions, direction, frequencies, found)
        return frequencies, found

    def grueneisen(self, smaller, larger, fractions, direction=None):
        """Frequencies [3n], THz, and Grueneisen parameters [3n], -d ln(frequency)/d ln(volume).
        smaller, larger: Phonons of the same crystal, its atoms at rest in cells of other volumes,
        1 % apart for example."""
        frequencies, found = np.empty(self.n_modes), np.empty(self.n_modes)

        def function(handle, work, *arrays):
            return _lib.lrpot_phonons_grueneisen(
                handle, smaller._handle, larger._handle, work, *arrays
            )

        self._call(function, fractions, direction, frequencies, found)
        return frequencies, found

    def mesh(self, points):
        """Weights [k] and frequencies [k][3n], THz, on a regular mesh of the Brillouin zone, half a
        step away from Gamma."""
        mesh = self._mesh(points)
        count = _lib.lrpot_phonons_mesh_count(_pointer(mesh, _int32_p))
        weights, frequencies = np.empty(count), np.empty((count, self.n_modes))
        _check(
            _lib.lrpot_phonons_mesh(
                self._handle,
                self._work._handle,
                _pointer(mesh, _int32_p),
                _pointer(weights),
                _pointer(frequencies),
            )
        )
        return weights, frequencies

    def density_of_states(self, points, width=0.1, n=500):
        """Frequencies [n], THz, and density of states [n], 1/THz, whose integral is 3n. width: THz,
        of the Gaussian of each mode."""
        weights, frequencies = self.mesh(points)
        low, high = frequencies.min() - 4 * width, frequencies.max() + 4 * width
        density = np.empty(n)
        _check(
            _lib.lrpot_phonons_density(
                *frequencies.shape,
                _pointer(weights),
                _pointer(frequencies),
                width,
                n,
                low,
                high,
                _pointer(density),
            )
        )
        return np.linspace(low, high, n), density

    def projected_density(self, points, parts=None, width=0.1, n=500):
        """Frequencies [n], THz, and the density of states of parts of the crystal, [parts][n]:
        of each atom, or of the sets of atoms that have the same number in parts [n_atoms], 0 to
        the largest."""
        mesh = self._mesh(points)
        count, atoms = _lib.lrpot_phonons_mesh_count(_pointer(mesh, _int32_p)), len(self.masses)
        weights, waves = np.empty(count), np.empty((count, 3))
        _check(
            _lib.lrpot_phonons_mesh_waves(
                self._handle, _pointer(mesh, _int32_p), _pointer(weights), _pointer(waves)
            )
        )
        part = np.arange(atoms) if parts is None else np.asarray(parts, dtype=np.int64)
        if part.shape != (atoms,) or part.min() < 0:
            raise ValueError(f"parts of shape {part.shape}: expected a number for each atom")
        belongs = (part[:, None] == np.arange(part.max() + 1)).astype(float)
        frequencies, shares = np.empty((count, self.n_modes)), []
        for k, wave in enumerate(waves):
            frequencies[k], modes = self.modes(self.cell @ wave / (2 * np.pi))
            shares.append((abs(modes) ** 2).sum(axis=2) @ belongs)
        shares = np.ascontiguousarray(shares)
        low, high = frequencies.min() - 4 * width, frequencies.max() + 4 * width
        densities = np.empty((belongs.shape[1], n))
        _check(
            _lib.lrpot_phonons_projected_density(
                *shares.shape,
                _pointer(weights),
                _pointer(frequencies),
                _pointer(shares),
                width,
                n,
                low,
                high,
                _pointer(densities),
            )
        )
        return np.linspace(low, high, n), densities


def path(cell, periodic=(True, True, True)):
    """Corners of the usual path through the Brillouin zone of a crystal or of a layer: a list of
    lines, each a list of (label, fractions of the reciprocal vectors)."""
    cell = _with_normal(cell, periodic)
    mask = sum(1 << row for row in range(3) if periodic[row])
    corners, starts = np.empty((_PATH_MOST, 3)), np.empty(_PATH_MOST, dtype=np.int32)
    count, labels = ctypes.c_int32(), ctypes.create_string_buffer(_PATH_MOST * _PATH_LABEL)
    found = ctypes.byref(count), _pointer(corners), labels, _pointer(starts, _int32_p)
    if mask == 7:
        _check(_lib.lrpot_phonons_path(_pointer(cell), *found))
    else:
        _check(_lib.lrpot_phonons_layer_path(_pointer(cell), mask, *found))
    lines = []
    for k in range(count.value):
        label = labels.raw[k * _PATH_LABEL : (k + 1) * _PATH_LABEL].split(b"\0")[0].decode()
        if starts[k] or not lines:
            lines.append([])
        lines[-1].append((label, cell @ corners[k] / (2 * np.pi)))
    return lines


def infrared(D, masses, born_charges, volume, eps_inf=None):
    """Transverse frequencies [3n], THz, mode charges [3n][3], e/sqrt(u), and the static dielectric
    tensor [3][3]. D: real [3n][3n] at Gamma, eV/A^2; born_charges [n][3][3]. Without eps_inf
    charges are the model's screened ones, and the tensor is eps_0/eps_inf."""
    D = np.array(np.real(D), dtype=np.float64, order="C")
    Z = np.array(born_charges, dtype=np.float64, order="C")
    m = np.array(masses, dtype=np.float64, order="C")
    n = len(m)
    if Z.shape != (n, 3, 3) or D.shape != (3 * n, 3 * n):
        raise ValueError(f"Born charges {Z.shape} and matrix {D.shape} for {n} masses")
    eps = None if eps_inf is None else np.array(eps_inf, dtype=np.float64, order="C")
    if eps is not None and eps.ndim == 0:
        eps = eps * np.eye(3)
    frequencies, polar, epsilon = np.empty(3 * n), np.empty((3 * n, 3)), np.empty((3, 3))
    _check(
        _lib.lrpot_phonons_infrared(
            n,
            _pointer(D),
            _pointer(m),
            _pointer(Z),
            volume,
            _pointer(eps),
            _pointer(frequencies),
            _pointer(polar),
            _pointer(epsilon),
        )
    )
    return frequencies, polar, epsilon


def raman(D, masses, gradient, positions=None):
    """Transverse frequencies [3n], THz, and Raman tensors [3n][3][3], A^2/sqrt(u), of the modes. D:
    real [3n][3n] at Gamma, eV/A^2; gradient [n][3][3][3], A^2, as of TensorModel.raman; positions
    [n][3], A, of an isolated system, whose rotations are then taken out."""
    D = np.array(np.real(D), dtype=np.float64, order="C")
    R = np.array(gradient, dtype=np.float64, order="C")
    m = np.array(masses, dtype=np.float64, order="C")
    x = None if positions is None else np.array(positions, dtype=np.float64, order="C")
    n = len(m)
    if R.shape != (n, 3, 3, 3) or D.shape != (3 * n, 3 * n):
        raise ValueError(f"derivatives {R.shape} and matrix {D.shape} for {n} masses")
    if x is not None and x.shape != (n, 3):
        raise ValueError(f"positions {x.shape} for {n} masses")
    frequencies, found = np.empty(3 * n), np.empty((3 * n, 3, 3))
    arrays = (D, m, x, R, frequencies, found)
    _check(_lib.lrpot_phonons_raman(n, *[_pointer(array) for array in arrays]))
    return frequencies, found


def displacements(D, forces):
    """A for a unit of what acts, [m][n][3]: where the restoring forces of D (real [3n][3n] at
    Gamma, eV/A^2) balance forces [m][n][3]. Born charges Z.transpose(1, 0, 2) give those by a
    field."""
    D = np.array(np.real(D), dtype=np.float64, order="C")
    F = np.array(forces, dtype=np.float64, order="C")
    if F.ndim != 3 or F.shape[2] != 3 or D.shape != (3 * F.shape[1],) * 2:
        raise ValueError(f"forces {F.shape} and matrix {D.shape}: expected (m, n, 3), (3n, 3n)")
    found = np.empty_like(F)
    _check(
        _lib.lrpot_phonons_displacements(
            F.shape[1], _pointer(D), len(F), _pointer(F), _pointer(found)
        )
    )
    return found


def second_order(
    model, symbols, positions, cell, displaced, root=None, gradient=None, step=0.0, threads=1
):
    """Static second-order susceptibility d2P_a/dE_b dE_c / epsilon_0, A/V, [3][3][3], of a crystal
    at rest whose ions follow the field, and its parts [3][3][3][3] by the energy, the dipole and
    the polarizability. displaced [3][n][3]: displacements() by physical Born charges; root [3][3]:
    eps_inf^(1/2), None: the model's Born charges are physical; gradient [n][3][3][3], A^2, as of
    TensorModel.raman; None: that of the model's charges."""
    system = _System(positions, cell, (True, True, True), 0.0)
    work, structure = _Workspace(threads), _Structure(system, list(symbols))
    u = np.array(displaced, dtype=np.float64, order="C")
    r = None if root is None else np.array(root, dtype=np.float64, order="C")
    g = None if gradient is None else np.array(gradient, dtype=np.float64, order="C")
    shapes = ((u, (3, system.n, 3)), (r, (3, 3)), (g, (system.n, 3, 3, 3)))
    for array, shape in shapes:
        if array is not None and array.shape != shape:
            raise ValueError(f"an array of shape {array.shape}: expected {shape}")
    chi2, parts = np.empty((3, 3, 3)), np.empty((3, 3, 3, 3))
    handles = model._handle, work._handle, structure._handle
    arrays = [_pointer(array) for array in (r, u, g)]
    _check(
        _lib.lrpot_response_second_order(*handles, *arrays, step, _pointer(chi2), _pointer(parts))
    )
    return chi2, parts
