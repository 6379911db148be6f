#!/usr/bin/env python3
"""lrpot_phonons_lattice_path() beside the table of ASE: routes, and lengths of every corner, for
all variants of the fourteen lattices, in the settings of crystallography and turned in space.
usage: check_lattice_paths.py LIBRARY"""
import ctypes
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
try:
    import ase.lattice as lattices
    import numpy as np
    from ase.cell import Cell
except ImportError:
    tap.skip("paths of all lattices", "ASE is not installed")
    tap.done()
library = ctypes.CDLL(sys.argv[1])
library.lrpot_last_error.restype = ctypes.c_char_p
TURN = np.linalg.qr(np.array([[0.3, 0.9, -0.2], [-0.7, 0.4, 0.6], [0.5, 0.1, 0.8]]))[0]


def pointer(values):
    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def call(name, axes):
    axes, corners = np.ascontiguousarray(axes, float), np.zeros((32, 3))
    count, starts = ctypes.c_int32(), (ctypes.c_int32 * 32)()
    labels = ctypes.create_string_buffer(32 * 8)
    status = library.lrpot_phonons_lattice_path(
        name.encode(), pointer(axes), ctypes.byref(count), pointer(corners), labels, starts
    )
    label = lambda k: labels.raw[8 * k : 8 * k + 8].split(b"\0")[0].decode()
    found = [(label(k), starts[k], corners[k] / (2 * np.pi)) for k in range(count.value)]
    return status, found


def check(name, axes, reference):
    status, found = call(name, np.array(axes) @ TURN)
    fact = f"{name} {reference.variant}"
    route = [re.findall(r"[A-Z]\d*", line) for line in reference.special_path.split(",")]
    wanted = [(label, int(k == 0)) for line in route for k, label in enumerate(line)]
    tap.ok(
        status == 0 and [f[:2] for f in found] == wanted,
        f"{fact}: the route",
        [found, library.lrpot_last_error()],
    )
    points, waves = reference.get_special_points(), np.linalg.inv(reference.tocell()).T
    length = {label: np.linalg.norm(at @ waves) for label, at in points.items()}
    ours = {label: np.linalg.norm(at) for label, _, at in found}
    worst = max(abs(ours[label] - length[label]) for label in ours)
    tap.ok(worst < 1e-12, f"{fact}: lengths of the corners", [worst])


d = lambda *lengths: np.diag(np.array(lengths, float))
check("cP", d(4, 4, 4), lattices.CUB(4))
check("cF", d(4, 4, 4), lattices.FCC(4))
check("cI", d(4, 4, 4), lattices.BCC(4))
check("tP", d(4, 4, 6), lattices.TET(4, 6))
check("tI", d(4, 4, 3), lattices.BCT(4, 3))
check("tI", d(4, 4, 7), lattices.BCT(4, 7))
check("oP", d(5, 3, 4), lattices.ORC(3, 4, 5))
check("oF", d(6, 5, 3), lattices.ORCF(3, 5, 6))
check("oF", d(5, 4.5, 4), lattices.ORCF(4, 4.5, 5))
a = 1 / np.sqrt(1 / 25 + 1 / 36)
check("oF", d(5, a, 6), lattices.ORCF(a, 5, 6))
check("oI", d(5, 3, 4), lattices.ORCI(3, 4, 5))
check("oC", d(5, 3, 4), lattices.ORCC(3, 5, 4))
check("oA", d(4, 5, 3), lattices.ORCC(3, 5, 4))
hexagon = np.array([[4, 0, 0], [-2, 2 * 3**0.5, 0], [0, 0, 6.0]])
check("hP", hexagon, lattices.HEX(4, 6))
for c in (12.0, 3.0):
    axes = hexagon.copy()
    axes[2, 2] = c
    primitive = np.array([[2, 1, 1], [-1, 1, 1], [-1, -2, 1]]) / 3 @ axes
    a = np.linalg.norm(primitive[0])
    alpha = np.degrees(np.arccos(primitive[0] @ primitive[1] / a**2))
    check("hR", axes, lattices.RHL(a, alpha))


def monoclinic(a, b, c, alpha):
    """Axes of the table: the first is unique."""
    alpha = np.radians(alpha)
    return np.array([[a, 0, 0], [0, b, 0], [0, c * np.cos(alpha), c * np.sin(alpha)]])


for shape in ((3, 4, 5, 70), (6, 4, 5, 80)):
    a, b, c = monoclinic(*shape)
    check("mP", [b, a, -c], lattices.MCL(*shape))
    check("mP", [c + b, a, -b], lattices.MCL(*shape))
limit = 4 * np.sin(np.radians(70))
for shape in ((3, 4, 5, 70), (limit, 4, 5, 70), (6, 4, 5, 80), (4.2, 4, 5, 70)):
    a, b, c = monoclinic(*shape)
    check("mC", [b, a, -c], lattices.MCLC(*shape))
    check("mC", [b, a, b - c], lattices.MCLC(*shape))
    check("mC", [b + 2 * c, a, -c], lattices.MCLC(*shape))


def minima(waves):
    """Lengths of the shortest three independent vectors of a lattice, by trying many."""
    steps = np.array(np.meshgrid(*[range(-4, 5)] * 3)).reshape(3, -1).T
    vectors = sorted((steps[np.any(steps != 0, axis=1)] @ waves).tolist(), key=np.linalg.norm)
    basis = []
    for vector in vectors:
        if np.linalg.matrix_rank([*basis, vector], tol=1e-9) > len(basis):
            basis.append(vector)
    return np.linalg.norm(basis, axis=1)


# ASE reduces the direct axes, the table the reciprocal ones
seeds = np.random.default_rng(1)
for _ in range(12):
    cell = np.eye(3) * 4 + seeds.normal(size=(3, 3)) * 2
    _, found = call("aP", cell @ TURN)
    at = {label: k for label, _, k in found}
    whole = all(
        abs(2 * cell @ TURN @ k - np.rint(2 * cell @ TURN @ k)).max() < 1e-9 for k in at.values()
    )
    tap.ok(whole and len(at) == 8, "aP: corners are halves of reciprocal vectors", at)
    # both variants have L = X + Y, M = Y + Z, N = X + Z, R = X + Y + Z
    obtuse = np.linalg.norm(at["Z"]) < np.linalg.norm(at["M"])
    singles = ("X", "Y", "Z" if obtuse else "M")
    lengths = sorted(2 * np.linalg.norm(at[label]) for label in singles)
    tap.ok(
        np.allclose(lengths, minima(np.linalg.inv(cell @ TURN).T)),
        "aP: of the shortest vectors",
        [lengths],
    )
    b = (
        [2 * at["X"], 2 * at["Y"], 2 * at["Z"]]
        if obtuse
        else [2 * at["Y"], -2 * at["X"], 2 * at["M"]]
    )
    dots = [b[0] @ b[1], b[1] @ b[2], b[2] @ b[0]]
    tap.ok(max(dots) < 0 if obtuse else min(dots) > 0, "aP: angles all obtuse or all acute", dots)
status, _ = call("xP", d(1, 2, 3))
tap.ok(status == 1 and b"xP" in library.lrpot_last_error(), "another lattice is refused")
status, _ = call("cP", np.array([[1, 0, 0], [2, 0, 0], [0, 0, 1.0]]))
tap.ok(status == 65, "a cell without volume is refused", [status])
tap.done()
