"""Longitudinal modes and bands of a uniaxial crystal, from energies, forces and stresses alone.

    python3 bench/uniaxial.py --data FOLDER [--lrpot COMMAND] [--model MODEL] [--lammps COMMAND]

FOLDER holds train.xyz, valid.xyz and reference.txt of a core-shell crystal of CdI2 structure with
an anisotropic eps_inf, whose modes are known. Prints *quantity, teacher, model, difference*; modes
by the angle of q from c, with their share in the strength of the polarization along q. With
--lammps also the dielectric tensor by the fluctuations of the dipole at 5 K (classical ones come to
those of the harmonic crystal as the temperature falls) beside the same model's by its modes."""
import argparse
import csv
import json
import math
import pathlib
import re
import subprocess
import tempfile

FIT = (
    "--charges edqrd --level 16 --charge-level 10 --cutoff 7.5 --charge-cutoff 6 --radial-size 14 "
    "--species-coefficients all --starts 1 -i 300 --threads 1"  # one order of sums on all machines
)
# Corners of the lines of reference.txt, in reciprocal vectors.
LINES = {
    "Gamma-A": "G:0,0,0 A:0,0,0.5",
    "Gamma-M": "G:0,0,0 M:0.5,0,0",
    "Gamma-K": "G:0,0,0 K:0.333333333333,0.333333333333,0",
}

STEPS, STEP, TEMPERATURE = 200000, 0.001, 5.0  # ps, K
# Two formula units in a right-angled cell. Friction near the frequencies of the modes forgets their
# phases fastest. Raw Born charges do not quite add up to zero, so the crystal as a whole stays.
INPUT = """units metal
atom_style charge
newton on
boundary p p p
lattice custom 1.0 a1 {a} 0 0 a2 0 {b} 0 a3 0 0 {c} &
    basis 0 0 0 basis 0.5 0.5 0 basis 0 {third} {z} basis 0.5 {sixth} {w} &
    basis 0.5 {five} {z} basis 0 {two} {w}
region box block 0 4 0 2 0 2
create_box 2 box
create_atoms 1 box basis 3 2 basis 4 2 basis 5 2 basis 6 2
mass 1 40.078
mass 2 35.453
pair_style lrpot accuracy 1e-4
pair_coeff * * {model} Ca Cl
velocity all create {twice} 20261 loop geom mom yes dist gaussian
timestep {step}
fix move all nve
fix bath all langevin {T} {T} 0.04 4711
fix still all momentum 1 linear 1 1 1
compute d all lrpot
run 5000
reset_timestep 0
fix out all ave/time 1 1 1 c_d[2] c_d[3] c_d[4] file dipole.txt
run {steps}
"""


def lattice(reference):
    return [float(x) for x in re.match(r"a (\S+) c (\S+) z (\S+)", reference).groups()]


def dielectric(reference):
    return [float(x) for x in re.search(r"eps_inf xx (\S+) zz (\S+)", reference).groups()]


def crystal(reference, path, tensor):
    a, c, z = lattice(reference)
    eps = dielectric(reference)
    rows = [(a, 0, 0), (-a / 2, a * math.sqrt(3) / 2, 0), (0, 0, c)]
    sites = [(0, 0, 0), (1 / 3, 2 / 3, z), (2 / 3, 1 / 3, 1 - z)]
    head = f'epsilon_inf="{eps[0]} 0 0 0 {eps[0]} 0 0 0 {eps[1]}"' if tensor else ""
    cell = " ".join(f"{x:.10f}" for row in rows for x in row)
    text = f'3\nLattice="{cell}" pbc="T T T" {head} Properties=species:S:1:pos:R:3\n'
    for symbol, s in zip(("Ca", "Cl", "Cl"), sites):
        at = [sum(s[k] * rows[k][x] for k in range(3)) for x in range(3)]
        text += symbol + "".join(f" {x:.10f}" for x in at) + "\n"
    path.write_text(text)


def rows_after(reference, title):
    """Numbers of the lines that follow the line with this beginning."""
    lines = iter(reference.splitlines())
    next(line for line in lines if line.startswith(title))
    rows = []
    for line in lines:
        words = line.split("max")[0].split()
        if not words or not re.match(r"^[\d.]+$", words[0]):
            break
        rows.append([float(x) for x in words])
    return rows


WIDTH = 42  # of names in the table


def show(name, right, found):
    print(f"{name:{WIDTH}} {right:9.4f} {found:9.4f} {100 * (found / right - 1):+7.2f} %")


def strength(ends, eps, angle):
    """Share of the upper of two coupled modes in the strength of the polarization along q, in the
    teacher: squares of its frequencies along the axes, and what q adds to them at an angle."""
    (axial_lo, plane_to), (axial_to, plane_lo) = ends
    x, z = eps[0] * math.sin(angle) ** 2, eps[1] * math.cos(angle) ** 2
    plane = math.sqrt((plane_lo**2 - plane_to**2) * x / (x + z))
    axial = math.sqrt((axial_lo**2 - axial_to**2) * z / (x + z))
    difference = axial_to**2 + axial**2 - plane_to**2 - plane**2
    turn = 0.5 * math.atan2(2 * plane * axial, difference)
    along = plane * math.sin(turn) + axial * math.cos(turn)
    return along**2 / (plane**2 + axial**2)


def directions(run, reference, file):
    rows = rows_after(reference, "Angle-dependent")
    ends = [extremes(row[1:], row[1:])[0] for row in (rows[0], rows[-1])]
    eps = dielectric(reference)
    for row in rows:
        angle = math.radians(row[0])
        toward = f"{math.sin(angle):.12f},0,{math.cos(angle):.12f}"
        found = json.loads(run("phonon", file, "--json", "-d", toward))
        groups = found["spectrum_with_field"]
        modes = sorted(g["thz"] for g in groups for _ in range(g["modes"]))[3:]
        share = strength(ends, eps, angle)
        for name, part, right, value in zip(
            ("upper", "lower"), (share, 1 - share), *extremes(row[1:], modes)
        ):
            show(f"{row[0]:g} degrees, {name}, {100 * part:.0f} % longitudinal", right, value)
    return found


def extremes(right, found):
    """Of the six optical modes: the highest, and the one of the Eu pair that follows q. Two of the
    others are the Eg pair and one the A1g mode, which q does not move."""
    fixed = [3.174337, 4.040339, 4.040339, 7.430595]
    left = list(right)
    for value in fixed:
        left.remove(min(left, key=lambda x: abs(x - value)))
    places = [sorted(right).index(x) for x in sorted(left, reverse=True)]
    return [sorted(right)[k] for k in places], [found[k] for k in places]


def bands(run, reference, file, folder):
    """Root mean square difference to the teacher along each line, Gamma left out."""
    for title, path in LINES.items():
        right = rows_after(reference, title + ",")
        out = folder / "bands.csv"
        run("phonon", file, "--bands", out, "--path", path, "--points", str(len(right) - 1))
        found = [[float(x) for x in row[4:]] for row in list(csv.reader(out.open()))[1:]]
        pairs = [(a, b) for r, f in zip(right[1:], found[1:]) for a, b in zip(r[1:], f)]
        rms = math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(pairs))
        print(f"bands {title}: rms difference {rms:.4f} THz over {len(pairs)} frequencies")


def fluctuations(run, lammps, reference, model, file, folder):
    """Each axis of the tensor of the model's own charges: by its modes, and by dynamics."""
    a, c, z = lattice(reference)
    b = math.sqrt(3) * a
    thirds = dict(third=1 / 3, sixth=1 / 6, five=5 / 6, two=2 / 3)
    (folder / "in.crystal").write_text(
        INPUT.format(
            a=a,
            b=b,
            c=c,
            z=z,
            w=1 - z,
            **thirds,
            model=pathlib.Path(model).resolve(),
            T=TEMPERATURE,
            twice=2 * TEMPERATURE,
            step=STEP,
            steps=STEPS,
        )
    )
    command = [pathlib.Path(lammps).resolve(), "-in", "in.crystal"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    words = ["--columns", "2,3,4", "--kind", "dipole", "--step", 1000 * STEP]
    words += ["--volume", 16 * a * b * c, "--temperature", TEMPERATURE, "--json"]
    found = json.loads(run("eps", folder / "dipole.txt", *words))
    modes = json.loads(run("phonon", file, "--raw", "--json"))["eps_0_over_eps_inf"]
    for axis, name in enumerate("xyz"):
        value, error = found[name]
        print(
            f"eps_0/eps_inf along {name} by modes {modes[4 * axis]:.4f}, by fluctuations", end=" "
        )
        print(f"{value:.4f} +- {error:.4f}, {(value - modes[4 * axis]) / error:+.1f} errors")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--lrpot", default="lrpot")
    parser.add_argument("--model", help="take this model instead of a fit")
    parser.add_argument("--lammps", help="lrpot-lmp: the dielectric tensor by dynamics, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        model = arguments.model or folder / "uniaxial.model"

        def run(verb, *rest):
            head = [arguments.lrpot, verb] + ([model] if verb == "phonon" else [])
            done = subprocess.run(
                list(map(str, head + list(rest))), check=True, stdout=subprocess.PIPE
            )
            return done.stdout.decode()

        train, valid = arguments.data / "train.xyz", arguments.data / "valid.xyz"
        if not arguments.model:
            run("fit", train, "--valid", valid, "-q", "-o", model, *FIT.split())
        reference = (arguments.data / "reference.txt").read_text()
        file = folder / "crystal.xyz"
        crystal(reference, file, True)
        print(f"{'quantity':{WIDTH}} {'teacher':>9} {'model':>9}")
        found = directions(run, reference, file)
        in_plane, along = re.search(
            r"eps_0 full static response: xx (\S+) zz (\S+)", reference
        ).groups()
        show("eps_0 in plane", float(in_plane), found["eps_0"][0])
        show("eps_0 along c", float(along), found["eps_0"][8])
        bands(run, reference, file, folder)
        if arguments.lammps:
            fluctuations(run, arguments.lammps, reference, model, file, folder)


main()
