"""Trajectories as other programs write them: atoms in changing order, cells in other descriptions,
image flags, net charges, and results whose assumptions fail. The right values are dipoles that are
known without any cell, given as a table.
usage: check_trajectories_tool.py LRPOT"""
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

KELVIN, STEP = 300.0, 2.0
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
folder = tempfile.TemporaryDirectory()
tap = Tap()


def run(*arguments):
    return subprocess.run(
        [lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def write(name, text):
    pathlib.Path(folder.name, name).write_text(text)


def table(name, rows, head):
    write(name, "\n".join([head] + [" ".join(repr(x) for x in row) for row in rows]) + "\n")


def times(v, m):
    return [sum(v[k] * m[k][a] for k in range(3)) for a in range(3)]


def inverse(m):
    def minor(i, j):
        a, b, c, d = (i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3
        return m[a][c] * m[b][d] - m[a][d] * m[b][c]

    volume = sum(m[0][k] * minor(0, k) for k in range(3))
    return [[minor(j, i) / volume for j in range(3)] for i in range(3)], abs(volume)


class Run:
    """Pairs of charges that swing in Cartesian coordinates about places which the cell carries
    along."""

    def __init__(self, n=600, seed=1, cell=((9, 0, 0), (3.9, 8, 0), (-2, 3, 10)), extra=None):
        source, self.n = random.Random(seed), n
        self.cell = [list(map(float, row)) for row in cell]
        self.symbols = ["Na", "Cl"] * 6 + ([extra[0]] if extra else [])
        self.q = [0.4, -0.4] * 6 + ([extra[1]] if extra else [])
        self.places = [[source.random() for _ in range(3)] for _ in self.q]
        self.moves, u = [], [[0.0] * 3 for _ in self.q]
        for _ in range(n):
            self.moves.append([list(x) for x in u])
            u = [[0.9 * x + source.gauss(0, 0.15) for x in row] for row in u]

    def frames(self, cell_of=None, drift=0.0, flags=None, columns=(), order_of=None, charges=None):
        """cell_of(t): strained cell of the places and the rows that describe it."""
        text, q = [], charges or self.q
        for t in range(self.n):
            carried, rows = cell_of(t) if cell_of else (self.cell, self.cell)
            back, _ = inverse(rows)
            lines = []
            for i, symbol in enumerate(self.symbols):
                r = [
                    a + b + drift * t
                    for a, b in zip(times(self.places[i], carried), self.moves[t][i])
                ]
                s = times(r, back)
                image = [math.floor(x) for x in s]
                inside = times([x - k for x, k in zip(s, image)], rows)
                fields = [symbol, *(r if flags == "only unwrapped" else inside), q[i]]
                fields += image if flags == "images" else r if flags == "unwrapped" else []
                lines.append((i, fields))
            for i, fields in lines:
                for name in columns:
                    fields.append({"velocities": "0 0 0"}.get(name, i + 7))
            if order_of:
                lines = [lines[k] for k in order_of(t)]
            names = "pos:R:3" if flags != "only unwrapped" else "xu:R:1:yu:R:1:zu:R:1"
            names += ":charges:R:1"
            names += {"images": ":ix:I:1:iy:I:1:iz:I:1", "unwrapped": ":xu:R:1:yu:R:1:zu:R:1"}.get(
                flags, ""
            )
            names += "".join(f":{c}:{'R:3' if c == 'velocities' else 'I:1'}" for c in columns)
            lattice = " ".join(repr(x) for row in rows for x in row)
            text.append(
                f'{len(lines)}\nLattice="{lattice}" pbc="T T T" Properties=species:S:1:{names}'
                f" time={STEP * t}\n" + "".join(" ".join(map(str, f)) + "\n" for _, f in lines)
            )
        return "".join(text)

    def dipole(self, t, charges=None):
        return [
            sum(q * self.moves[t][i][a] for i, q in enumerate(charges or self.q)) for a in range(3)
        ]

    def volume(self):
        return inverse(self.cell)[1]

    def right(self, charges=None):
        """The result for the dipoles themselves."""
        rows = [[STEP * t, *self.dipole(t, charges)] for t in range(self.n)]
        table("right.txt", rows, "# t Mx My Mz")
        return eps("right.txt", "-V", self.volume())[0]


def eps(name, *more):
    result = run("eps", name, "-T", KELVIN, "--json", *more)
    value = json.loads(result.stdout)["ratio"]["value"] if result.returncode == 0 else None
    return value, result


def same(fact, name, right, part=1e-7, words=()):
    value, result = eps(name)
    tap.ok(
        value is not None
        and abs(value - right) < part * abs(right)
        and all(word in result.stderr for word in words),
        fact,
        [value, right, result.stderr],
    )


def refuses(fact, code, words, *arguments):
    result = run(*arguments)
    tap.ok(
        result.returncode == code
        and all(word in result.stderr for word in words)
        and result.stdout == "",
        fact,
        [result.returncode, result.stdout, result.stderr],
    )


def changing_order(n_atoms, seed=3):
    source, order = random.Random(seed), list(range(n_atoms))

    def order_of(t):
        if t % 7 == 3:
            source.shuffle(order)
        return list(order)

    return order_of


def check_ids():
    r = Run()
    right = r.right()
    for name in ("id", "atom_id", "Particle_Identifier", "tag", "index"):
        write("ids.xyz", r.frames(columns=(name,), order_of=changing_order(12)))
        same(f"atoms_are_told_apart_by_the_column_{name}", "ids.xyz", right)
    write("shuffled.xyz", r.frames(order_of=changing_order(12)))
    refuses(
        "without_ids_a_changing_order_is_refused",
        3,
        ["frame", "order"],
        "eps",
        "shuffled.xyz",
        "-T",
        KELVIN,
    )
    lines = r.frames(columns=("id",)).splitlines()
    twice = list(lines)
    twice[14 * 2 + 5] = twice[14 * 2 + 5].rsplit(" ", 1)[0] + " 7"
    write("twice.xyz", "\n".join(twice) + "\n")
    refuses(
        "an_id_that_stands_twice_is_named_with_frame_and_line",
        3,
        [f"twice.xyz:{14 * 2 + 6}:", "frame 2", "id 7"],
        "eps",
        "twice.xyz",
        "-T",
        KELVIN,
    )
    missing = list(lines)
    missing[14 * 2 + 5] = missing[14 * 2 + 5].rsplit(" ", 1)[0] + " 99"
    write("missing.xyz", "\n".join(missing) + "\n")
    refuses(
        "an_id_that_is_missing_is_named_with_frame_and_line",
        3,
        ["frame 2 (line 29)", "the id 10"],
        "eps",
        "missing.xyz",
        "-T",
        KELVIN,
    )
    half = list(lines)
    half[14 * 2 + 5] = half[14 * 2 + 5].rsplit(" ", 1)[0] + " 9.5"
    write("half.xyz", "\n".join(half).replace("id:I:1", "id:R:1") + "\n")
    refuses("an_id_that_is_no_whole_number_is_refused", 3, ["9.5"], "eps", "half.xyz", "-T", KELVIN)
    write("one.xyz", "\n".join(reversed(lines[2:14])))
    write("one.xyz", "\n".join(lines[:2] + lines[13:1:-1]) + "\n")
    result = run("convert", "one.xyz", "two.xyz")
    columns = pathlib.Path(folder.name, "two.xyz").read_text().splitlines()[2:]
    tap.ok(
        result.returncode == 0 and [int(c.split()[-1]) for c in columns] == list(range(7, 19)),
        "ids_are_written_back_in_their_order",
        [result.stderr, columns[:2]],
    )


FLIPS = [
    [[1, 0, 0], [-1, 1, 0], [0, 0, 1]],
    [[1, 0, 0], [0, 1, 0], [1, -1, 1]],
    [[1, 0, 0], [1, 1, 0], [0, 0, 1]],
    [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
]


def product(n, m):
    return [times(row, m) for row in n]


def check_cells():
    r = Run()
    right = r.right()

    def flipped(t):
        rows = r.cell
        for k in range(t // 50):
            rows = product(FLIPS[k % len(FLIPS)], rows)
        return r.cell, rows

    write("flips.xyz", r.frames(cell_of=flipped))
    same("other_vectors_of_the_lattice_are_no_motion", "flips.xyz", right)

    def breathing(t):
        f = 1 + 0.01 * math.sin(0.3 * t) + 0.003 * math.sin(1.7 * t)
        rows = [[f * x for x in row] for row in r.cell]
        return rows, rows

    write("npt.xyz", r.frames(cell_of=breathing))
    same("a_strained_cell_moves_no_atom", "npt.xyz", right, 0.03)
    write("npt_drift.xyz", r.frames(cell_of=breathing, drift=0.02))
    value, other = eps("npt.xyz")[0], eps("npt_drift.xyz")[0]
    tap.ok(
        value is not None and other is not None and abs(value / other - 1) < 0.01,
        "the_origin_does_not_matter_in_a_strained_cell",
        [value, other],
    )

    def sheared(t):
        """Shear without end, brought back by a flip whenever the tilt passes half a cell."""
        rows = [list(row) for row in r.cell]
        rows[1][0] += 0.05 * t
        back = [list(row) for row in rows]
        k = round(back[1][0] / back[0][0])
        back[1] = [x - k * y for x, y in zip(back[1], back[0])]
        return rows, back

    write("shear.xyz", r.frames(cell_of=sheared))
    same("a_sheared_cell_with_flips_is_followed", "shear.xyz", right, 0.05)
    for flags in ("images", "unwrapped", "only unwrapped"):
        write("flags.xyz", r.frames(cell_of=flipped, drift=0.1, flags=flags))
        same(f"places_by_{flags.replace(' ', '_')}_are_taken", "flags.xyz", right)

    def other(t):
        rows = r.cell if t < 9 else [[1.4 * x for x in row] for row in r.cell]
        return r.cell, rows

    write("other.xyz", r.frames(cell_of=other))
    refuses(
        "a_cell_of_another_lattice_is_refused",
        3,
        ["frame 9", "lattice"],
        "eps",
        "other.xyz",
        "-T",
        KELVIN,
    )
    far = Run(n=40)
    for t in range(20, 40):
        far.moves[t][5][0] += 4.4
    write("far.xyz", far.frames())
    refuses(
        "a_step_that_has_two_answers_is_refused_with_frame_and_atom",
        4,
        ["frame 20", "atom 5", "Cl"],
        "eps",
        "far.xyz",
        "-T",
        KELVIN,
    )


def check_charge():
    r = Run()
    right = r.right()
    noisy = [q + 1e-5 * math.sin(k) for k, q in enumerate(r.q)]
    write("noise.xyz", r.frames(charges=noisy))
    value, result = eps("noise.xyz")
    tap.ok(
        value is not None and abs(value / right - 1) < 1e-3 and "net charge" not in result.stderr,
        "a_sum_of_charges_that_is_rounding_is_not_mentioned",
        [value, right, result.stderr],
    )
    ion = Run(extra=("K", 1.0))
    masses = {"Na": 22.98976928, "Cl": 35.45, "K": 39.0983}
    total = sum(masses[s] for s in ion.symbols)
    rows = []
    for t in range(ion.n):
        centre = [
            sum(masses[s] * ion.moves[t][i][a] for i, s in enumerate(ion.symbols)) / total
            for a in range(3)
        ]
        rows.append([STEP * t, *(m - c for m, c in zip(ion.dipole(t), centre))])
    table("centre.txt", rows, "# t Mx My Mz")
    right = eps("centre.txt", "-V", ion.volume())[0]
    for name, drift in (("rest.xyz", 0.0), ("drift.xyz", 0.05)):
        write(name, ion.frames(drift=drift))
        same(
            f"a_net_charge_is_taken_about_the_centre_of_mass_{name[:-4]}",
            name,
            right,
            1e-4,
            ["net charge 1 e", "centre of mass"],
        )
    write("massless.xyz", ion.frames().replace("\nK ", "\nXq "))
    refuses(
        "a_net_charge_without_masses_is_refused",
        3,
        ["net charge", "mass"],
        "eps",
        "massless.xyz",
        "-T",
        KELVIN,
    )


def relaxation(seed, n, variance, time, mean=(0.0, 0.0, 0.0)):
    source, keep = random.Random(seed), math.exp(-STEP / time)
    x, rows = [0.0] * 3, []
    for i in range(n):
        rows.append([STEP * i, *(v + m for v, m in zip(x, mean))])
        x = [keep * v + source.gauss(0, math.sqrt(variance * (1 - keep * keep))) for v in x]
    return rows


def check_assumptions():
    physics = ["-T", KELVIN, "-V", 1000.0]
    current = "# t Jx Jy Jz"
    table("driven.txt", relaxation(1, 8000, 1e-4, 15.0, (0.0, 0.006, 0.0)), current)
    refuses(
        "a_driven_run_gives_no_conductivity_by_fluctuations",
        4,
        ["driven.txt", "mean", "along y"],
        "conductivity",
        "driven.txt",
        *physics,
    )
    rows = relaxation(2, 8000, 1e-4, 15.0)
    table("heated.txt", [[t, x + 1e-6 * t, y, z] for t, x, y, z in rows], current)
    refuses(
        "a_current_with_a_trend_gives_no_conductivity",
        4,
        ["heated.txt", "x"],
        "conductivity",
        "heated.txt",
        *physics,
    )
    wave = [[t, x, y, z + 0.006 * math.sin(2 * math.pi * t / 16000)] for t, x, y, z in rows]
    table("wave.txt", wave, current)
    refuses(
        "a_slow_drive_gives_no_conductivity", 4, ["wave.txt"], "conductivity", "wave.txt", *physics
    )
    table("ps.txt", [[t, *(1000 * x for x in v)] for t, *v in rows], current)
    refuses(
        "currents_in_another_unit_are_noticed",
        4,
        ["ps.txt", "--scale 0.001"],
        "conductivity",
        "ps.txt",
        *physics,
    )
    table("fs.txt", rows, current)
    right = json.loads(run("conductivity", "fs.txt", *physics, "--json").stdout)
    found = json.loads(run("conductivity", "ps.txt", *physics, "--scale", 0.001, "--json").stdout)
    tap.ok(
        abs(found["green_kubo"]["value"] / right["green_kubo"]["value"] - 1) < 1e-9,
        "the_scale_that_is_given_is_taken",
        [found["green_kubo"], right["green_kubo"]],
    )
    both, m = [], [0.0] * 3
    for (t, *j), (_, *k) in zip(rows, rows[1:]):
        both.append([t, *m, *(1000 * x for x in j)])
        m = [x + STEP * (a + b) / 2 for x, a, b in zip(m, j, k)]
    for name, factor in (("beside.txt", 1.0), ("contrary.txt", 7.0)):
        scaled = [[t, *(factor * x for x in r[:3]), *r[3:]] for t, *r in both]
        table(name, scaled, "# t Mx My Mz Jx Jy Jz")
    result = run("conductivity", "beside.txt", *physics, "--json")
    found = json.loads(result.stdout) if result.returncode == 0 else right
    tap.ok(
        "e A/ps" in result.stderr
        and abs(found["green_kubo"]["value"] / right["green_kubo"]["value"] - 1) < 0.01,
        "the_dipole_beside_a_current_tells_its_unit",
        [result.stderr, found["green_kubo"], right["green_kubo"]],
    )
    refuses(
        "a_dipole_that_contradicts_its_current_is_refused",
        4,
        ["contrary.txt", "0.007"],
        "conductivity",
        "contrary.txt",
        *physics,
    )
    walk, x, source = [], [0.0] * 3, random.Random(4)
    for t in range(2000):
        walk.append([STEP * t, *x])
        x = [v + source.gauss(0, 0.1) for v in x]
    table("walk.txt", walk, "# t Mx My Mz")
    refuses(
        "a_dipole_that_diffuses_has_no_dielectric_constant",
        4,
        ["walk.txt"],
        "eps",
        "walk.txt",
        *physics,
    )
    rows = relaxation(5, 4000, 1.0, 20.0)
    table("drift.txt", [[t, x, y + 5e-4 * t, z] for t, x, y, z in rows], "# t Mx My Mz")
    refuses(
        "a_dipole_that_drifts_has_no_dielectric_constant",
        4,
        ["drift.txt", "along y"],
        "eps",
        "drift.txt",
        *physics,
        "-o",
        "drift.csv",
    )
    tap.ok(
        pathlib.Path(folder.name, "drift.csv").is_file(),
        "curves_are_written_where_no_number_is_printed",
    )
    table("steady.txt", rows, "# t Mx My Mz")
    tap.ok(run("eps", "steady.txt", *physics).returncode == 0, "a_dipole_at_equilibrium_is_taken")
    sampled = [
        [5.0 * i, math.sin(0.6 * 5.0 * i), random.Random(i).gauss(0, 1), 0.0] for i in range(2000)
    ]
    table("coarse.txt", sampled, current)
    refuses(
        "bands_beyond_the_nyquist_frequency_are_noticed",
        4,
        ["coarse.txt", "cm-1"],
        "ir",
        "coarse.txt",
        *physics,
        "--scale",
        0.1,
    )


def swinging(name, step, n=1500, nu=0.02):
    """One ion that swings at nu/fs, with its velocity."""
    text = []
    for i in range(n):
        angle = 2 * math.pi * nu * step * i
        x, v = 0.1 * math.cos(angle), -0.2 * math.pi * nu * math.sin(angle)
        text.append(
            '2\nLattice="6 0 0 0 6 0 0 0 6" pbc="T T T"'
            f" Properties=species:S:1:pos:R:3:charges:R:1:velocities:R:3 time={step * i!r}\nNa"
            f" {x % 6!r} 0 0 0.5 {v!r} 0 0\nCl 3 3 3 -0.5 0 0 0\n"
        )
    write(name, "".join(text))


def check_sampling():
    swinging("fine.xyz", 2.0)
    result = run("ir", "fine.xyz", "-T", KELVIN, "--json")
    found = json.loads(result.stdout) if result.returncode == 0 else {}
    peak = found and found["wavenumber"][found["n_alpha"].index(max(found["n_alpha"]))]
    tap.ok(
        bool(found) and abs(peak - 0.02 * 33356.40952) < 100,
        "a_line_that_is_sampled_well_has_its_place",
        [peak, result.stderr],
    )
    swinging("coarse.xyz", 40.0)
    refuses(
        "velocities_and_steps_that_disagree_are_noticed",
        4,
        ["coarse.xyz", "velocities"],
        "ir",
        "coarse.xyz",
        "-T",
        KELVIN,
    )


def check_loops():
    steps = [*range(0, 11), *range(9, -11, -1), *range(-9, 11)]
    rows, state = [], 0.0
    for step in steps:
        state = 1.0 if step > 5 else -1.0 if step < -5 else state
        rows += [[0.01 * step, 0.03 * state + 1e-4 * math.sin(len(rows))] for _ in range(20)]
    table("named.txt", rows, "# E P")
    tap.ok(run("loop", "named.txt").returncode == 0, "a_column_P_is_a_polarization")
    table("bare.txt", rows, "# 1 2")
    for more in ((), ("--columns", "1,2")):
        refuses(
            f"a_column_without_a_name_needs_a_unit_{len(more)}",
            2,
            ["--volume", "--unit"],
            "loop",
            "bare.txt",
            *more,
        )
    table("dipole.txt", [[e, 2000 * p] for e, p in rows], "# E P")
    refuses("a_polarization_that_no_solid_has", 4, ["--volume"], "loop", "dipole.txt")
    drifting = [[e, p + 1e-4 * i] for i, (e, p) in enumerate(rows)]
    table("open.txt", drifting, "# E P")
    refuses("a_loop_that_does_not_close", 4, ["close"], "loop", "open.txt")


def check_options():
    table("m.txt", relaxation(6, 2000, 1.0, 10.0), "# t Mx My Mz")
    write("q.xyz", Run(n=200).frames())
    physics = ["-T", KELVIN, "-V", 1000.0]
    for words, arguments in (
        (["--velocity-unit", "table"], ["eps", "m.txt", *physics, "--velocity-unit", 0.001]),
        (["--from", "table"], ["ir", "m.txt", *physics, "--from", "charges"]),
        (["--scale", "trajectory"], ["eps", "q.xyz", "-T", KELVIN, "--scale", 2]),
        (["--velocity-unit"], ["eps", "q.xyz", "-T", KELVIN, "--velocity-unit", 0.001]),
        (["--width", "gaussian"], ["ir", "m.txt", *physics, "--width", 0.2]),
        (["--end", "--field"], ["conductivity", "m.txt", *physics, "-f", "0,0,1", "--end", 9]),
        (["--field"], ["conductivity", "m.txt", *physics, "-f", "0,0,0"]),
    ):
        refuses(f"{arguments[0]}_{words[0][2:]}_without_effect", 2, words, *arguments)


check_ids()
check_cells()
check_charge()
check_assumptions()
check_sampling()
check_loops()
check_options()
tap.done()
