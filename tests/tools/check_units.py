#!/usr/bin/env python3
"""Units and signs of other programs: what is read is right, or is not read, with a word on it.
usage: check_units.py LRPOT

Right values are those of a pair potential and a velocity Verlet run in NumPy, in eV, A, fs; each
case writes them in other units."""
import math
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
holder = tempfile.TemporaryDirectory(prefix="lrpot-units-")
folder = pathlib.Path(holder.name)
HARTREE, BOHR, KCAL, KJ = 27.211386245988, 0.529177210903, 0.0433641042385, 0.0103642696
BAR, ACCELERATION = 6.241509074e-7, 9.648533212e-3  # eV/A^3; A/fs^2 of 1 eV/(A u)
MASS = {"Na": 22.98976928, "Cl": 35.45}
SITES = np.array(
    [
        [0, 0, 0],
        [0, 0.5, 0.5],
        [0.5, 0, 0.5],
        [0.5, 0.5, 0],
        [0.5, 0, 0],
        [0, 0.5, 0],
        [0, 0, 0.5],
        [0.5, 0.5, 0.5],
    ]
)
SYMBOLS = ["Na"] * 4 + ["Cl"] * 4
IMAGES = np.array([[x, y, z] for x in range(-2, 3) for y in range(-2, 3) for z in range(-2, 3)])


def morse(positions, cell, depth=0.4, width=1.3, best=2.8):
    """Energy, forces and stress; every pair of images up to two cells."""
    d = (
        positions[None, :, None, :]
        - positions[:, None, None, :]
        + (IMAGES @ cell)[None, None, :, :]
    )
    r = np.linalg.norm(d, axis=-1)
    r[r < 1e-9] = np.inf
    x = np.exp(-width * (r - best))
    slope = depth * width * (-2 * x * x + 2 * x)
    pull = np.where(np.isfinite(r), slope / np.where(np.isfinite(r), r, 1), 0)[..., None] * d
    pull[~np.isfinite(pull)] = 0
    d = np.where(np.isfinite(r)[..., None], d, 0)
    forces = pull.sum(axis=(1, 2))
    stress = 0.5 * np.einsum("ijka,ijkb->ab", pull, d) / abs(np.linalg.det(cell))
    return 0.5 * (depth * (x * x - 2 * x)).sum(), forces, stress


def rattled(seed=1, n=12, size=5.6, amplitude=0.04, strained=True):
    """A crystal in pairs of cells that differ by a strain, each pair with other displacements."""
    rng = np.random.default_rng(seed)
    frames = []
    for k in range(n):
        s = SITES + rng.normal(size=(8, 3)) * amplitude / size
        strain = rng.normal(size=(3, 3)) * 0.004
        for sign in (-1, 1):
            cell = (
                np.eye(3)
                * size
                * (1 + strained * 0.02 * k / n)
                @ (np.eye(3) + strained * sign * 0.5 * (strain + strain.T))
            )
            positions = (s + (0 if strained else sign * 0.003 * rng.normal(size=(8, 3)))) @ cell
            e, f, w = morse(positions, cell)
            frames.append(dict(cell=cell, positions=positions, energy=e, forces=f, stress=w))
    return frames


def scattered(seed=3, n=60, size=5.6, amplitude=0.15, strain=0.02):
    """Frames that have nothing in common but the crystal: no two are near each other."""
    rng = np.random.default_rng(seed)
    frames = []
    for _ in range(n):
        e = rng.normal(size=(3, 3)) * strain
        cell = size * (np.eye(3) + 0.5 * (e + e.T))
        positions = (SITES + rng.normal(size=(8, 3)) * amplitude / size) @ cell
        e, f, w = morse(positions, cell)
        frames.append(dict(cell=cell, positions=positions, energy=e, forces=f, stress=w))
    return frames


def trajectory(seed=2, steps=60, dt=1.0, every=1, size=5.6, kelvin=300.0):
    """Velocity Verlet in a fixed cell; dt in fs."""
    rng = np.random.default_rng(seed)
    m = np.array([MASS[s] for s in SYMBOLS])[:, None]
    cell = np.eye(3) * size
    r = SITES @ cell + rng.normal(size=(8, 3)) * 0.02
    v = rng.normal(size=(8, 3)) * np.sqrt(8.617333e-5 * kelvin * ACCELERATION / m)
    v -= (m * v).sum(0) / m.sum()
    e, f, w = morse(r, cell)
    frames = []
    for k in range(steps * every):
        if k % every == 0:
            frames.append(
                dict(
                    cell=cell,
                    positions=r % size,
                    energy=e,
                    forces=f,
                    stress=w,
                    velocities=v,
                    time=k * dt,
                    step=k,
                )
            )
        v = v + 0.5 * dt * f / m * ACCELERATION
        r = r + dt * v
        e, f, w = morse(r, cell)
        v = v + 0.5 * dt * f / m * ACCELERATION
    return frames


def row(values):
    return " ".join(f"{x:.12g}" for x in np.asarray(values).ravel())


def write(name, frames, keys, units):
    """keys: name in the file of each quantity that is written; units: what its number is divided
    by."""
    with open(folder / name, "w") as out:
        for k, frame in enumerate(frames):
            n = len(frame["positions"])
            head = [f'Lattice="{row(frame["cell"])}" pbc="T T T"']
            columns, tables = "species:S:1:pos:R:3", []
            for quantity, key in keys.items():
                scale = units.get(quantity, 1.0)
                scale = scale(frame) if callable(scale) else scale
                if quantity in ("forces", "velocities"):
                    columns += f":{key}:R:3"
                    tables.append(frame[quantity] / scale)
                elif quantity == "stress":
                    if k % units.get("every", 1) == 0:
                        head.append(f'{key}="{row(frame["stress"] / scale)}"')
                elif quantity == "virial":
                    volume = abs(np.linalg.det(frame["cell"]))
                    head.append(f'{key}="{row(-frame["stress"] * volume / scale)}"')
                else:
                    head.append(f"{key}={frame[quantity] / scale:.15g}")
            out.write(f"{n}\n{' '.join(head)} Properties={columns}\n")
            for i in range(n):
                numbers = [frame["positions"][i]] + [t[i] for t in tables]
                out.write(SYMBOLS[i] + " " + " ".join(row(x) for x in numbers) + "\n")


def read(name):
    """Frames of an extended XYZ file as the command writes it."""
    lines, frames, at = (folder / name).read_text().splitlines(), [], 0
    while at < len(lines):
        n, head = int(lines[at]), lines[at + 1]
        frame = {k: v for k, v in re.findall(r'(\w+)=(?:"([^"]*)"|(?=\S))', head)}
        for key, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|(\S+))', head):
            frame[key] = a or b
        table, place = [line.split() for line in lines[at + 2 : at + 2 + n]], 0
        for column in re.findall(r"(\w+):[SRIL]:(\d+)", frame["Properties"]):
            width = int(column[1])
            if column[0] not in ("species",):
                frame[column[0]] = np.array(
                    [[float(x) for x in row[place : place + width]] for row in table]
                )
            place += width
        for key in ("energy", "time"):
            if key in frame:
                frame[key] = float(frame[key])
        if "stress" in frame:
            frame["stress"] = np.array([float(x) for x in frame["stress"].split()]).reshape(3, 3)
        frames.append(frame)
        at += 2 + n
    return frames


def convert(*more, source="in.xyz", target="out.xyz"):
    return subprocess.run(
        [lrpot, "convert", source, target, *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )


def differs(frames, got, quantity, tolerance):
    worst = 0.0
    for a, b in zip(frames, got):
        if quantity in b:
            worst = max(
                worst,
                float(np.max(np.abs(np.asarray(b[quantity]) - a[quantity])))
                / (1.0 + float(np.max(np.abs(a[quantity])))),
            )
    return worst if worst > tolerance else 0.0


def case(
    fact, frames, keys, units, taken=(), absent=(), said=None, refused=False, more=(), again=True
):
    """Every quantity of `taken` comes in the library's units; those of `absent` do not come."""
    write("in.xyz", frames, keys, units)
    done = convert(*more)
    notes = "\n".join(line for line in done.stderr.splitlines() if "frames written" not in line)
    problems = []
    if refused:
        tap.ok(
            done.returncode == 3 and re.search(said, done.stderr) is not None, fact, [done.stderr]
        )
        return
    if done.returncode != 0:
        tap.ok(False, fact, [done.stderr])
        return
    got = read("out.xyz")
    for quantity in taken:
        if not any(quantity in frame for frame in got):
            problems.append(f"{quantity} is missing")
        elif differs(frames, got, quantity, 2e-3):
            problems.append(f"{quantity} differs by {differs(frames, got, quantity, 2e-3):.3g}")
    problems += [
        f"{quantity} was taken" for quantity in absent if any(quantity in frame for frame in got)
    ]
    if said is None and notes:
        problems.append("said: " + notes)
    if said is not None and re.search(said, notes) is None:
        problems.append(f"not said: {said}; but: {notes}")
    if again and not problems:
        second = convert(source="out.xyz", target="again.xyz")
        if (folder / "again.xyz").read_bytes() != (folder / "out.xyz").read_bytes():
            problems.append("a second time converts again: " + second.stderr)
    tap.ok(not problems, fact, problems + [notes])


DATA = dict(energy="energy", forces="forces", stress="stress")
LAMMPS = dict(
    step="Timestep",
    time="Time",
    energy="Potential_energy",
    stress="Stress",
    velocities="vel",
    forces="forces",
)
MD = dict(time="time", energy="energy", forces="forces", velocities="velocities")

# The reference itself: forces and stress are slopes of the energy.
cell, positions = np.eye(3) * 5.6, SITES * 5.6 + np.random.default_rng(0).normal(size=(8, 3)) * 0.05
e0, f0, s0 = morse(positions, cell)
h = 1e-4
moved = [morse(positions + d * np.eye(24)[3].reshape(8, 3), cell)[0] for d in (h, -h)]
grown = [morse(positions * (1 + d), cell * (1 + d))[0] for d in (h, -h)]
tap.ok(
    abs((moved[1] - moved[0]) / (2 * h) - f0[1, 0]) < 1e-6
    and abs((grown[0] - grown[1]) / (2 * h) - np.trace(s0) * 5.6**3) < 1e-4,
    "the_reference_is_consistent",
    [moved, f0[1, 0], grown, np.trace(s0) * 5.6**3],
)

strained, still, run = rattled(), rattled(strained=False), trajectory()
case("own_units_are_taken_without_a_word", strained, DATA, {}, DATA)
case("own_units_at_one_volume_are_taken_without_a_word", still, DATA, {}, DATA)
case("a_run_in_own_units_is_taken_without_a_word", run, MD, {}, MD)
for name, scale in {
    "GPa": 1e4 * BAR,
    "kbar": 1e3 * BAR,
    "bar": BAR,
    "hartree/bohr.3": HARTREE / BOHR**3,
    "kcal/mol/A.3": KCAL,
}.items():
    for sign in (1, -1):
        case(
            f"stress_in_{'minus_' if sign < 0 else ''}{name}_is_converted",
            strained,
            DATA,
            dict(stress=sign * scale),
            DATA,
            said="stress in " + name + (".*opposite sign" if sign < 0 else ""),
        )
case(
    "a_stress_of_the_wrong_sign_is_turned",
    strained,
    DATA,
    dict(stress=-1.0),
    DATA,
    said="WARNING.*wrong sign",
)
case(
    "every_other_stress_is_enough",
    strained,
    DATA,
    dict(stress=-1.0, every=2),
    DATA,
    said="WARNING.*wrong sign",
)
case(
    "stress_times_volume_is_divided",
    strained,
    DATA,
    dict(stress=lambda f: 1 / abs(np.linalg.det(f["cell"]))),
    DATA,
    said="divided by the volume",
)
case(
    "stress_times_volumes_that_differ_and_are_near_gpa_is_divided",
    rattled(n=60, size=5.7, amplitude=0.01),
    DATA,
    dict(stress=lambda f: -1 / abs(np.linalg.det(f["cell"]))),
    DATA,
    said="divided by the volume",
)
case(
    "a_virial_of_the_wrong_sign_is_turned",
    strained,
    dict(energy="energy", forces="forces", virial="virial"),
    dict(virial=-1.0),
    ["stress"],
    said="wrong sign",
)
case(
    "energies_alone_tell_the_sign_of_scaled_cells",
    rattled(amplitude=0.0),
    dict(energy="energy", stress="stress"),
    dict(stress=-1.0),
    ["stress"],
    said="wrong sign",
)
case(
    "volumes_that_do_not_change_tell_no_sign",
    still,
    DATA,
    dict(stress=-1.0),
    ["energy", "forces"],
    again=False,
)
case(
    "a_stress_beyond_reason_is_not_taken",
    still,
    DATA,
    dict(stress=BAR / 100),
    ["energy", "forces"],
    ["stress"],
    said="WARNING.*stress is not taken",
)
case(
    "gpa_beside_a_virial_is_converted",
    still,
    {**DATA, "virial": "virial"},
    dict(stress=1e4 * BAR),
    DATA,
    said="stress in GPa",
    again=False,
)
case(
    "a_stress_of_the_virials_sign_is_not_taken",
    still,
    {**DATA, "virial": "virial"},
    dict(stress=-1.0),
    ["energy"],
    ["stress"],
    said="WARNING.*virial",
    again=False,
)

for e_name, e, f_name, f in (
    ("hartree", HARTREE, "eV/A", 1.0),
    ("rydberg", HARTREE / 2, "eV/A", 1.0),
    ("kcal/mol", KCAL, "eV/A", 1.0),
    ("kJ/mol", KJ, "eV/A", 1.0),
    ("eV", 1.0, "hartree/bohr", HARTREE / BOHR),
    ("eV", 1.0, "rydberg/bohr", HARTREE / BOHR / 2),
    ("eV", 1.0, "kcal/mol/A", KCAL),
    ("kJ/mol", KJ, "kJ/mol/nm", KJ / 10),
):
    for kind, frames in (("strained", strained), ("still", still)):
        case(
            f"energies_in_{e_name}_and_forces_in_{f_name}_are_converted_{kind}",
            frames,
            DATA,
            dict(energy=e, forces=f),
            DATA,
            said=f"energies in {e_name}" if e != 1 else f"forces in {f_name}",
        )
case("gradients_are_turned", still, DATA, dict(forces=-1.0), DATA, said="sign of the gradient")
case(
    "energies_per_atom_are_multiplied",
    still,
    DATA,
    dict(energy=lambda f: 8.0),
    DATA,
    said="per atom",
)
case(
    "atomic_units_of_either_kind_are_not_taken",
    still,
    DATA,
    dict(energy=HARTREE, forces=HARTREE / BOHR),
    (),
    ["energy", "forces"],
    said="WARNING.*hartree or rydberg",
)
case(
    "stresses_beside_atomic_units_are_not_taken",
    strained,
    DATA,
    dict(energy=HARTREE, forces=HARTREE / BOHR, stress=HARTREE / BOHR**3),
    (),
    DATA,
    said="WARNING.*stresses are not taken.*hartree or rydberg",
)
far = scattered(amplitude=0.25)
case(
    "gradients_of_frames_rather_far_apart_are_turned",
    scattered(),
    DATA,
    dict(forces=-1.0),
    DATA,
    said="sign of the gradient",
)
case("own_units_of_scattered_frames_are_taken_without_a_word", far, DATA, {}, DATA)
for name, units in {
    "hartree": dict(energy=HARTREE),
    "energies_per_atom": dict(energy=lambda f: 8.0),
    "gradients": dict(forces=-1.0),
}.items():
    case(f"{name}_of_scattered_frames_are_refused", far, DATA, units, refused=True, said="contradi")
problems = []
for seed in range(30):
    few = scattered(seed, n=5 + seed % 4, amplitude=0.02 + 0.01 * (seed % 9), strain=0.03)
    write("in.xyz", few, DATA, {})
    done = convert()
    said = [line for line in done.stderr.splitlines() if "frames written" not in line]
    problems += [f"seed {seed}: {line}" for line in said]
tap.ok(not problems, "own_units_of_few_frames_are_taken_without_a_word", problems)
write("in.xyz", scattered(amplitude=0.1, strain=0.07), DATA, dict(stress=-1.0))
done = convert()
tap.ok(
    re.search("stress (is not taken|has the wrong sign)", done.stderr) is not None,
    "stresses_of_the_wrong_sign_in_scattered_frames_are_noticed",
    [done.stderr],
)
case(
    "atomic_units_that_are_stated_are_converted",
    still,
    DATA,
    dict(energy=HARTREE, forces=HARTREE / BOHR),
    ["energy", "forces"],
    said="",
    more=["--units", "energy=hartree,forces=hartree/bohr"],
)
case(
    "a_contradiction_is_refused", still, DATA, dict(forces=1 / 3.3), refused=True, said="contradict"
)
case(
    "what_is_stated_is_not_doubted",
    still,
    DATA,
    dict(),
    ["energy", "forces"],
    more=["--units", "energy=eV,forces=eV/A"],
)

ps = dict(time=1e3, velocities=1e-3)
metal = dict(**ps, stress=-BAR)
case(
    "lammps_metal_is_converted_but_for_its_stress",
    run,
    LAMMPS,
    metal,
    ["time", "velocities", "energy", "forces"],
    ["stress"],
    said="time in ps",
)
case(
    "lammps_metal_that_is_stated_is_converted",
    run,
    LAMMPS,
    metal,
    ["time", "velocities", "energy", "forces", "stress"],
    said="",
    more=["--units", "metal"],
)
case(
    "lammps_real_is_converted_by_the_accelerations",
    run,
    LAMMPS,
    dict(energy=KCAL, forces=KCAL, stress=-1.01325 * BAR),
    ["time", "velocities", "energy", "forces"],
    ["stress"],
    said="forces in kcal/mol/A",
)
real = dict(energy=KCAL, forces=KCAL, stress=-1.01325 * BAR)
rare = trajectory(steps=12, every=200)
case(
    "two_frames_of_lammps_real_have_energies_in_the_unit_of_their_forces",
    trajectory(steps=2),
    LAMMPS,
    dict(energy=KCAL, forces=KCAL, stress=-1.01325 * BAR),
    ["energy", "forces", "velocities", "time"],
    ["stress"],
    said="energies in kcal/mol",
)
case(
    "lammps_real_is_not_taken_where_nothing_tells",
    rare,
    LAMMPS,
    real,
    ["time", "velocities"],
    ["energy", "forces", "stress"],
    said="--units real",
)
case(
    "lammps_real_that_is_stated_is_converted",
    rare,
    LAMMPS,
    real,
    LAMMPS.keys() - {"step"},
    said="",
    more=["--units", "real"],
)
case(
    "lammps_metal_with_frames_far_apart",
    rare,
    LAMMPS,
    metal,
    ["time", "velocities", "energy", "forces"],
    ["stress"],
    said="time in ps",
)
without_time = {k: v for k, v in LAMMPS.items() if k != "time"}
case(
    "lammps_metal_without_a_time",
    run,
    without_time,
    metal,
    ["velocities", "energy", "forces"],
    ["stress"],
    said="velocities in A/ps",
)
case(
    "lammps_without_time_or_velocities",
    still[:1],
    dict(energy="Potential_energy", forces="forces", stress="Stress"),
    dict(),
    ["energy", "forces"],
)
for f in still:
    f["step"] = 10
case(
    "lammps_of_an_unknown_style_is_not_taken",
    still,
    dict(step="Timestep", energy="Potential_energy", forces="forces"),
    dict(energy=KCAL, forces=KCAL),
    (),
    ["energy", "forces"],
    said="--units metal or --units real",
)

for k, f in enumerate(strained):
    f.update(step=k, time=float(k))
case(
    "lammps_stress_is_converted_where_volumes_tell",
    strained,
    {key: name for key, name in LAMMPS.items() if key != "velocities"},
    metal,
    ["energy", "forces", "stress"],
    said="stress in bar, with the opposite sign",
)

geometry = dict(time="time", velocities="velocities")
case("times_in_ps_and_velocities_in_a_over_ps", run, geometry, ps, geometry, said="time in ps")
case(
    "times_in_fs_and_velocities_in_a_over_ps",
    run,
    geometry,
    dict(velocities=1e-3),
    geometry,
    said="velocities in A/ps",
)
case(
    "times_in_ps_and_velocities_in_a_over_fs",
    run,
    geometry,
    dict(time=1e3),
    geometry,
    said="time in ps",
)
case(
    "times_in_fs_and_velocities_of_ase",
    run,
    geometry,
    dict(velocities=1 / 10.180505711),
    geometry,
    said="velocities in ase",
)
case(
    "times_in_fs_and_atomic_units_of_velocity",
    run,
    geometry,
    dict(velocities=BOHR / 0.0241888432658),
    geometry,
    said="velocities in bohr/atu",
)
case("times_in_ps_alone", run, dict(time="time"), dict(time=1e3), ["time"], said="time in ps")
case(
    "times_in_ps_with_forces",
    trajectory(kelvin=0.01),
    dict(time="time", forces="forces"),
    dict(time=1e3),
    ["time", "forces"],
    said="time in ps",
)
case(
    "times_of_ten_fs_in_ps",
    trajectory(steps=20, every=10),
    dict(time="Time", velocities="vel"),
    ps,
    geometry,
    said="time in ps",
)
case(
    "motion_too_hot_for_fs_is_said",
    trajectory(steps=20, every=10),
    dict(time="time"),
    dict(time=1e3),
    said="WARNING.*--units time=ps",
    again=False,
)
case(
    "velocities_that_fit_nothing_are_not_taken",
    run,
    geometry,
    dict(velocities=0.3),
    ["time"],
    ["velocities"],
    said="WARNING.*velocities are not taken",
)

write("in.xyz", still, DATA, {})
for text, pattern in (
    ("stress=furlong", "GPa"),
    ("colour=red", "cannot be chosen"),
    ("stress", "quantity=unit"),
):
    done = convert("--units", text)
    tap.ok(
        done.returncode != 0 and re.search(pattern, done.stderr) is not None,
        f"unknown_units_are_named_{text.replace('=', '_')}",
        [done.stderr],
    )

# A set of a fit has units of its own.
write("in.xyz", still, DATA, dict(energy=HARTREE, forces=HARTREE / BOHR))
sets = '{"sets": [{"file": "in.xyz", "units": {"energy": "hartree", "forces": "hartree/bohr"}}]}'
(folder / "fit.json").write_text(sets)
fitted = [
    "fit",
    "--config",
    "fit.json",
    "--charges",
    "none",
    "--level",
    "2",
    "-i",
    "1",
    "-o",
    "m.lrp",
]
done = subprocess.run([lrpot, *fitted], cwd=folder, capture_output=True, text=True, timeout=60)
tap.ok(
    done.returncode in (0, 4)
    and "energy     in 24 frames" in done.stderr
    and "forces     in 24 frames" in done.stderr,
    "a_set_of_a_fit_has_units_of_its_own",
    [done.stderr],
)
(folder / "fit.json").write_text(sets.replace('"hartree"', '"furlong"'))
done = subprocess.run([lrpot, *fitted], cwd=folder, capture_output=True, text=True, timeout=60)
tap.ok(
    done.returncode != 0 and "furlong" in done.stderr,
    "a_wrong_unit_of_a_set_is_refused",
    [done.stderr],
)


def quiet(arguments):
    return subprocess.run(
        [lrpot, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )


FIT = "-c none --level 6 --cutoff 5 -i 30 --starts 1 -q"
# A model tells signs and units of data that do not tell themselves.
for name, scale, wanted in (
    ("right", 1.0, None),
    ("turned", -1.0, "-1 times"),
    ("twentieth", 20.0, "0.05 times"),
):
    one = scattered(5, n=20, strain=0.0)
    write("one.xyz", one, DATA, {})
    quiet(["fit", "one.xyz", "-o", "one.lrp", *FIT.split()])
    quiet(["eval", "one.lrp", "one.xyz", "-q", "-o", "own.xyz"])
    own = [dict(f, positions=g["positions"], cell=g["cell"]) for f, g in zip(read("own.xyz"), one)]
    write("other.xyz", own, dict(forces="forces", stress="stress"), dict(stress=scale))
    done = quiet(["eval", "one.lrp", "other.xyz"])
    said = re.findall("WARNING: stress.*", done.stderr)
    tap.ok(
        not said if wanted is None else len(said) == 1 and wanted in said[0],
        f"stresses_beside_a_model_{name}",
        [done.stderr],
    )

# Files of other kinds are named for what they are, with the way to convert them.
FOREIGN = {
    "OUTCAR": (
        b" vasp.6.3.0 20Jan22 (build ...) complex\n executed on\n",
        "OUTCAR.*vasprun.xml.*vasp-out",
    ),
    "t.xyz.bz2": (b"BZh91AY&SY\x00\x00", "bzip2.*bunzip2"),
    "cut.xyz.gz": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip.*gunzip -t"),
    "a.traj": (b"- of UlmASE-Trajectory\x00\x00", "ASE trajectory"),
    "a.cif": (b"data_NaCl\n_cell_length_a 5.6\n", "CIF"),
    "run.pwo": (
        b"\n     Program PWSCF v.6.7MaX starts\n",
        "Quantum ESPRESSO.*data-file-schema.xml",
    ),
    "run.pwi": (b"&CONTROL\n calculation='scf'\n/\n", "input of Quantum ESPRESSO.*espresso-in"),
    "cp2k.out": (b" CP2K| version string: CP2K version 2023.1\n", "CP2K.*other codes"),
    "run.abo": (b".Version 9.6.2 of ABINIT \n.(MPI version\n", "ABINIT.*abinit-out"),
    "aims.out": (b"          Invoking FHI-aims ...\n", "FHI-aims.*aims-output"),
    "g16.log": (b" Entering Gaussian System, Link 0=g16\n", "Gaussian.*gaussian-out"),
    "nw.out": (b"   Northwest Computational Chemistry Package\n", "NWChem.*nwchem-out"),
    "castep.castep": (b" | CASTEP version 20.1 |\n", "CASTEP.*castep-castep"),
    "energy.npy": (b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'", "DeePMD.*other codes"),
    "a.db": (b"SQLite format 3\x00", "database of ASE.*-i db"),
    "a.xtc": (b"\x00\x00\x07\xcb\x00\x00\x00\x08", "XTC"),
    "in.data": (b"made by hand\n\n2 atoms\n1 atom types\n0 4 xlo xhi\n", "LAMMPS data file"),
    "log.lammps": (b"LAMMPS (29 Sep 2021)\n", "log of LAMMPS.*dump"),
    "atomeye.cfg": (b"Number of particles = 2\n", "AtomEye"),
    "page.xml": (b'<?xml version="1.0"?>\n<html/>\n', "XML of a kind.*vasprun.xml"),
    "vaspout.h5": (b"\x89HDF\r\n\x1a\n", "HDF5.*vasprun.xml"),
}
for name, (content, pattern) in FOREIGN.items():
    (folder / name).write_bytes(content)
    done = convert(source=name)
    tap.ok(
        done.returncode == 3 and re.search(pattern, done.stderr) is not None,
        f"{name}_is_named",
        [done.stderr],
    )
(folder / "a_folder").mkdir()
done = convert(source="a_folder")
tap.ok(
    done.returncode == 3 and re.search("a_folder: is a folder; name a file in it", done.stderr),
    "a_folder_is_named",
    [done.stderr],
)
(folder / "POSCAR_run").write_text("1\ncomment\nH 0 0 0\n")
done = convert(source="POSCAR_run")
tap.ok(done.returncode == 0, "an_xyz_file_may_be_called_anything", [done.stderr])
tap.done()
