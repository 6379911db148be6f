"""Runs LAMMPS with pair style lrpot and the lrpot command on the same atoms, and reads what they
say."""
import os
import pathlib
import re
import subprocess

SYMBOLS = ["Na", "Cl"]
MASSES = [22.98976928, 35.45]
BAR = 1.6021765e6  # LAMMPS' own factor from eV/A^3 to bar in units metal
LAYER_ROOM = 7.5  # A, of a layer's box above and below


class Box:
    """Rock salt, each ion moved at random, in a cell that LAMMPS takes: rows a = (x 0 0), b = (xy y
    0), c = (xz yz z)."""

    def __init__(self, repeat, shift=0.15, tilt=(0.0, 0.0, 0.0), lattice=5.605, seed=1):
        n = [2 * r for r in repeat]
        lengths = [lattice * r for r in repeat]
        xy, xz, yz = tilt
        self.cell = [[lengths[0], 0, 0], [xy, lengths[1], 0], [xz, yz, lengths[2]]]
        self.types, self.positions = [], []
        self.state = seed
        for i in range(n[0]):
            for j in range(n[1]):
                for k in range(n[2]):
                    s = [i / n[0], j / n[1], k / n[2]]
                    r = [sum(s[d] * self.cell[d][c] for d in range(3)) for c in range(3)]
                    self.positions.append([x + shift * (2 * self.uniform() - 1) for x in r])
                    self.types.append((i + j + k) % 2)

    def uniform(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def volume(self, room=0.0):
        """With `room` that of the LAMMPS box of a layer, which is wider."""
        product = self.cell[0][0] * self.cell[1][1] * self.cell[2][2]
        return product if room == 0.0 else product / self.thickness * (self.thickness + 2 * room)

    def write_xyz(self, path, periodic=True, pbc="T T T"):
        head = ""
        if periodic:
            head = (
                'Lattice="'
                + " ".join(repr(float(x)) for row in self.cell for x in row)
                + f'" pbc="{pbc}" '
            )
        lines = [str(len(self.types)), head + "Properties=species:S:1:pos:R:3"]
        lines += [
            f"{SYMBOLS[t]} " + " ".join(repr(x) for x in r)
            for t, r in zip(self.types, self.positions)
        ]
        path.write_text("\n".join(lines) + "\n")

    def write_data(self, path, style="charge", margin=0.0, normal=None, wire=None):
        """A data file; with a margin (A) the box is that much wider on each side, for systems that
        do not repeat, along `normal` for layers, and across `wire` for wires."""
        c, room = self.cell, [margin] * 3
        if wire is not None:
            room = [0.0 if d == wire else LAYER_ROOM for d in range(3)]
        if normal is not None:
            room[normal], self.thickness = LAYER_ROOM, c[normal][normal]
        rows = [f"made by the tests\n\n{len(self.types)} atoms\n2 atom types\n"]
        rows += [
            f"{-room[d]!r} {c[d][d] + room[d]!r} {axis}lo {axis}hi" for d, axis in enumerate("xyz")
        ]
        if any(x != 0 for x in (c[1][0], c[2][0], c[2][1])):
            rows.append(f"{c[1][0]!r} {c[2][0]!r} {c[2][1]!r} xy xz yz")
        rows.append("\nMasses\n")
        rows += [f"{t + 1} {m}" for t, m in enumerate(MASSES)]
        rows.append("\nAtoms\n")
        charge = "" if style == "atomic" else " 0.0"
        # pairs of neighbours along the last direction
        molecule = (lambda i: f" {i // 2 + 1}") if style == "full" else (lambda i: "")
        rows += [
            f"{i + 1}{molecule(i)} {t + 1}{charge} " + " ".join(repr(x) for x in r)
            for i, (t, r) in enumerate(zip(self.types, self.positions))
        ]
        path.write_text("\n".join(rows) + "\n")


class Hosts:
    def __init__(self, launcher, lrpot, mpirun, folder):
        self.launcher, self.lrpot = os.path.abspath(launcher), os.path.abspath(lrpot)
        self.mpirun, self.folder = mpirun, pathlib.Path(folder)
        self.plugin = None  # program that loads a plugin and the plugin

    @staticmethod
    def environment():
        env = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
            "OMPI_MCA_mpi_yield_when_idle": "1",
        }
        # meson sets it; LAMMPS of 2021 destroys plans of its FFT twice, and Debian's own lmp with
        # pppm dies of it
        env.pop("MALLOC_PERTURB_", None)
        return env

    def lammps(self, script, ranks=1, fails=False, launcher=None, before=()):
        """Runs an input; returns what it wrote. `print` lines of the form "NAME = numbers" are
        found by values()."""
        infile = self.folder / "in.lmp"
        infile.write_text(script)
        command = [*(launcher or [self.launcher]), "-in", "in.lmp", "-log", "none", "-nocite"]
        if ranks > 1:
            command = [
                self.mpirun,
                "--allow-run-as-root",
                "--oversubscribe",
                "--bind-to",
                "none",
                "-np",
                str(ranks),
            ] + command
        done = subprocess.run(
            [*before, *command],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=300,
        )
        if (done.returncode != 0) != fails:
            raise AssertionError(
                f"LAMMPS on {ranks} ranks ended with {done.returncode}:\n{done.stdout[-3000:]}"
            )
        return done.stdout

    def direct(self, model, box, extra=(), periodic=True, pbc="T T T"):
        """The library called by its own command: energy, stress [9], and columns of the atoms by
        name."""
        box.write_xyz(self.folder / "direct.xyz", periodic, pbc)
        subprocess.run(
            [self.lrpot, "eval", model, "direct.xyz", "-o", "direct_out.xyz", "-q", *extra],
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lines = (self.folder / "direct_out.xyz").read_text().splitlines()
        result = {"energy": float(re.search(r"(?:^|\s)energy=(\S+)", lines[1]).group(1))}
        stress = re.search(r'stress="([^"]*)"', lines[1])
        if stress:
            result["stress"] = [float(x) for x in stress.group(1).split()]
        column = 0
        fields = [line.split() for line in lines[2:]]
        layout = re.search(r"Properties=(\S+)", lines[1]).group(1).split(":")
        for name, kind, count in zip(layout[0::3], layout[1::3], layout[2::3]):
            if kind == "R":
                result[name] = [
                    [float(x) for x in row[column : column + int(count)]] for row in fields
                ]
            column += int(count)
        return result


def values(text, name):
    """Numbers of the last line "name = ..." printed."""
    found = re.findall(rf"^{re.escape(name)} = (.*)$", text, re.M)
    if not found:
        raise AssertionError(f"no line '{name} =' in\n{text[-2000:]}")
    return [float(x) for x in found[-1].split()]


def dump(path):
    """Rows of the last frame of a dump sorted by id."""
    lines = pathlib.Path(path).read_text().splitlines()
    start = max(k for k, line in enumerate(lines) if line.startswith("ITEM: ATOMS"))
    return [[float(x) for x in line.split()] for line in lines[start + 1 :]]


def close(value, expected, tolerance, scale, what):
    """Lists of numbers (or numbers) that agree within tolerance * scale."""
    value, expected = flatten(value), flatten(expected)
    if len(value) != len(expected):
        raise AssertionError(f"{what}: {len(value)} numbers, expected {len(expected)}")
    worst = max(range(len(value)), key=lambda k: abs(value[k] - expected[k]))
    error = abs(value[worst] - expected[worst])
    if not error <= tolerance * scale:
        raise AssertionError(
            f"{what}[{worst}] = {value[worst]!r}, expected {expected[worst]!r}; |difference| /"
            f" tolerance = {error / (tolerance * scale):.3g}"
        )
    return error / scale


def flatten(x):
    if isinstance(x, (int, float)):
        return [float(x)]
    return [y for item in x for y in flatten(item)]


def largest(x):
    return max(abs(y) for y in flatten(x))
