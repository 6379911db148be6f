#!/usr/bin/env python3
"""Files of VASP, Quantum ESPRESSO and LAMMPS as frames: values, index orders, damage, time, memory;
beside ASE's readers where ASE is installed.
usage: check_other_codes.py LRPOT REFERENCE_DATA [memory]; memory: without a sanitizer, whose
own memory counts"""
import gzip
import itertools
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = str(pathlib.Path(sys.argv[1]).resolve())
data = pathlib.Path(sys.argv[2]).resolve()
holder = tempfile.TemporaryDirectory(prefix="lrpot-codes-")
folder = pathlib.Path(holder.name)
KBAR = 1e8 / 1.602176634e-19 * 1e-30  # eV/A^3
try:
    import ase.io

    NO_ASE = None
except ImportError:
    NO_ASE = "ASE is not installed"

CELL = [[0.1, 2.8, 2.9], [2.7, 0.0, 2.95], [2.6, 2.85, 0.2]]
BORN = [[[2.1, 0.3, -0.2], [0.05, 1.9, 0.15], [0.4, -0.1, 2.2]]]
BORN.append([[-x + 0.01 for x in row] for row in BORN[0]])
EPSILON = [[9.1, 0.2, 0.1], [0.2, 8.7, -0.3], [0.1, -0.3, 8.9]]


def run(*arguments, **more):
    return subprocess.run(
        [lrpot, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        **more,
    )


def frames_of(text):
    """Frames of the extended XYZ that the command writes."""
    lines = text.splitlines()
    frames, at = [], 0
    while at < len(lines):
        n = int(lines[at])
        keys = {
            k: (quoted or plain)
            for k, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|(\S+))', lines[at + 1])
        }
        frame = {"info": keys, "cell": reshape(keys["Lattice"].split(), 3)}
        rows = [line.split() for line in lines[at + 2 : at + 2 + n]]
        first = 0
        names = keys["Properties"].split(":")
        for name, kind, width in zip(names[::3], names[1::3], map(int, names[2::3])):
            part = [row[first : first + width] for row in rows]
            first += width
            if kind != "S":
                part = [[float(x) for x in row] for row in part]
            frame[name] = part
        frame["species"] = [row[0] for row in frame["species"]]
        for key in ("energy", "total_charge", "stress", "epsilon_inf"):
            if key in keys:
                frame[key] = [float(x) for x in keys[key].split()]
        frames.append(frame)
        at += n + 2
    return frames


def reshape(numbers, width):
    numbers = [float(x) for x in numbers]
    return [numbers[k : k + width] for k in range(0, len(numbers), width)]


def flat(values):
    for value in values:
        if hasattr(value, "__iter__"):
            yield from flat(value)
        else:
            yield float(value)


def apart(a, b):
    a, b = list(flat(a)), list(flat(b))
    return max((abs(x - y) for x, y in zip(a, b)), default=0.0) if len(a) == len(b) else 1e9


def convert(name, *more):
    (folder / "out.xyz").unlink(missing_ok=True)
    done = run("convert", name, "out.xyz", *more)
    out = folder / "out.xyz"
    return done, frames_of(out.read_text()) if out.exists() else []


def close(name, a, b, tolerance):
    worst = apart(a, b)
    tap.ok(worst <= tolerance, name, [f"apart {worst:.3g}, allowed {tolerance:.3g}"])


def same_as_ase(name, frames, path, *, energy=True, stress=True, tolerance=2e-5, **how):
    """Positions, cell, species, energy, forces and stress of ASE, within its constants."""
    if NO_ASE:
        tap.skip(name, NO_ASE)
        return
    theirs = ase.io.read(path, index=":", **how)
    worst = 0.0 if len(theirs) == len(frames) else 1e9
    for ours, other in zip(frames, theirs):
        if ours["species"] != other.get_chemical_symbols():
            worst = 1e9
        worst = max(worst, apart(ours["pos"], other.positions), apart(ours["cell"], other.cell[:]))
        if energy:
            worst = max(
                worst,
                apart(ours["energy"], [other.get_potential_energy(force_consistent=True)]),
                apart(ours["forces"], other.get_forces()),
            )
        if stress and "stress" in ours and "stress" in other.calc.results:
            worst = max(worst, apart(ours["stress"], other.get_stress(voigt=False)))
    tap.ok(worst < tolerance, name, [f"apart {worst:.3g}; {len(frames)} and {len(theirs)} frames"])


# --- vasprun.xml by its public schema ------------------------------------------------------------


def vectors(name, rows, blanks="   "):
    lines = "".join(f"{blanks} <v> {' '.join(f'{x:.8f}' for x in row)} </v>\n" for row in rows)
    return f'{blanks}<varray name="{name}" >\n{lines}{blanks}</varray>\n'


def structure(frame):
    return (
        " <structure>\n  <crystal>\n"
        + vectors("basis", frame["cell"])
        + '   <i name="volume">     40.00 </i>\n'
        + vectors("rec_basis", frame["cell"])
        + "  </crystal>\n"
        + vectors("positions", frame["fractions"])
        + " </structure>\n"
    )


def energies(free, zero):
    return (
        f'   <energy>\n    <i name="e_fr_energy"> {free:.8f} </i>\n'
        f'    <i name="e_wo_entrp"> {zero:.8f} </i>\n    <i name="e_0_energy"> {zero:.8f} </i>\n'
        "   </energy>\n"
    )


def calculation(frame, extra="", steps=3):
    text = " <calculation>\n"
    for step in range(steps):
        shift = 0.5 ** (step + 2) if step + 1 < steps else 0.0
        text += "  <scstep>\n" + energies(frame["energy"] + shift, frame["zero"] + shift)
        text += "  </scstep>\n"
    text += structure(frame) + vectors("forces", frame["forces"]) + vectors("stress", frame["kbar"])
    # the energy of the calculation may hold a difference only
    text += energies(frame["energy"], frame["zero"] - frame["energy"]).replace("   ", "  ")
    return (
        text
        + extra
        + "  <eigenvalues><array><set><r> 1.0 2.0 </r></set></array></eigenvalues>\n"
        + " </calculation>\n"
    )


def response(born=BORN, epsilon=EPSILON):
    sets = "".join(
        "   <set>\n"
        + "".join(f"    <v> {' '.join(map(str, row))} </v>\n" for row in z)
        + "   </set>\n"
        for z in born
    )
    return (
        '  <array name="born_charges" >\n   <dimension dim="1">ion</dimension>\n'
        + sets
        + "  </array>\n"
        + vectors("epsilon_rpa", [[5, 0, 0], [0, 5, 0], [0, 0, 5]])
        + vectors("epsilon", epsilon)
        + vectors("epsilon_ion", [[7, 0, 0], [0, 7, 0], [0, 0, 7]])
    )


def vasprun(calculations, electrons=8, steps_most=60, ibrion=-1):
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<modeling>\n <generator>\n'
        '  <i name="program" type="string">vasp </i>\n </generator>\n'
        f' <incar>\n  <i type="int" name="IBRION"> {ibrion}</i>\n </incar>\n'
        " <primitive_cell/>\n"
        ' <kpoints><varray name="kpointlist"><v> 0 0 0 </v></varray></kpoints>\n'
        ' <parameters>\n  <separator name="electronic" >\n'
        f'   <i name="NELECT">  {electrons:.8f}</i>\n'
        f'   <separator name="convergence" >\n    <i type="int" name="NELM"> {steps_most}</i>\n'
        "   </separator>\n  </separator>\n </parameters>\n"
        " <atominfo>\n  <atoms>       2 </atoms>\n  <types>       2 </types>\n"
        '  <array name="atoms" >\n   <dimension dim="1">ion</dimension>\n'
        '   <field type="string">element</field>\n   <field type="int">atomtype</field>\n'
        "   <set>\n    <rc><c>B </c><c>   1</c></rc>\n"
        "    <rc><c>N </c><c>   2</c></rc>\n   </set>\n"
        '  </array>\n  <array name="atomtypes" >\n   <dimension dim="1">type</dimension>\n'
        '   <field type="int">atomspertype</field>\n   <field type="string">element</field>\n'
        "   <field>mass</field>\n   <field>valence</field>\n"
        '   <field type="string">pseudopotential</field>\n   <set>\n'
        "    <rc><c>   1</c><c>B </c><c>     10.81100000</c><c>      3.00000000</c><c> PAW_PBE B"
        " </c></rc>\n"
        "    <rc><c>   1</c><c>N </c><c>     14.00700000</c><c>      5.00000000</c><c> PAW_PBE N"
        " </c></rc>\n"
        "   </set>\n  </array>\n </atominfo>\n"
        + structure(made[0]).replace("<structure", '<structure name="initialpos"')
        + "".join(calculations)
        + structure(made[0]).replace("<structure", '<structure name="finalpos"')
        + "</modeling>\n"
    )


def made_frame(seed):
    noise = random.Random(seed)
    number = lambda width: round(noise.uniform(-width, width), 8)
    forces = [[number(2) for _ in range(3)] for _ in range(2)]
    kbar = [[number(50) for _ in range(3)] for _ in range(3)]
    return {
        "cell": [[x + number(0.05) for x in row] for row in CELL],
        "fractions": [[number(0.1) for _ in range(3)], [0.25 + number(0.1) for _ in range(3)]],
        "forces": forces,
        "kbar": [[round((kbar[a][b] + kbar[b][a]) / 2, 8) for b in range(3)] for a in range(3)],
        "energy": round(-15 + number(1), 8),
        "zero": round(-15.01 + number(1), 8),
    }


def positions(frame):
    return [
        [sum(f[d] * frame["cell"][d][a] for d in range(3)) for a in range(3)]
        for f in frame["fractions"]
    ]


made = [made_frame(seed) for seed in range(3)]
text = vasprun(
    [calculation(f, response() if k == 2 else "") for k, f in enumerate(made)], electrons=7.5
)
path = folder / "vasprun.xml"
path.write_text(text)
done, frames = convert(path)
tap.ok(done.returncode == 0 and len(frames) == 3, "a_vasprun_gives_its_ionic_steps", [done.stderr])
close("vasp_positions", [f["pos"] for f in frames], [positions(f) for f in made], 1e-7)
close("vasp_cells", [f["cell"] for f in frames], [f["cell"] for f in made], 1e-7)
close("vasp_forces", [f["forces"] for f in frames], [f["forces"] for f in made], 1e-12)
close("vasp_energies_are_free", [f["energy"] for f in frames], [[f["energy"]] for f in made], 1e-12)
close(
    "vasp_energies_without_smearing_are_kept",
    [float(f["info"]["e_0_energy"]) for f in frames],
    [f["zero"] for f in made],
    1e-10,
)
close(
    "vasp_stress_is_tension_positive",
    [f["stress"] for f in frames],
    [[[-KBAR * x for x in row] for row in f["kbar"]] for f in made],
    1e-9,
)
close("vasp_net_charge", [f["total_charge"] for f in frames], [[0.5]] * 3, 1e-12)
tap.ok("bec" not in frames[0] and "bec" in frames[2], "born_charges_stay_with_their_frame")
close("vasp_born_rows_are_directions_of_the_field", frames[2]["bec"], BORN, 1e-12)
close("vasp_epsilon_of_the_electrons", frames[2]["epsilon_inf"], EPSILON, 1e-12)
tap.ok(
    frames[2]["bec"][0][1] == 0.3 and frames[2]["bec"][0][3] == 0.05, "xy_and_yx_are_not_exchanged"
)
same_as_ase("vasprun_as_ase_reads_it", frames, path, format="vasp-xml")
last = text
path.write_bytes(gzip.compress(last.encode()))
_, zipped = convert(path)
tap.ok(zipped == frames, "gzip_is_read")
path.write_text(last)

# `epsilon` and `epsilon_scf` whichever comes first; run by displacements
for order in (("epsilon", "epsilon_scf"), ("epsilon_scf", "epsilon")):
    part = "".join(
        vectors(name, EPSILON if name == "epsilon" else [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        for name in order
    )
    (folder / "order.xml").write_text(vasprun([calculation(made[0], part)]))
    _, frames = convert("order.xml")
    close(f"epsilon_counts_before_scf_{order[0]}", frames[0]["epsilon_inf"], EPSILON, 1e-12)
(folder / "phonons.xml").write_text(vasprun([calculation(made[0], response())], ibrion=8))
done, frames = convert("phonons.xml")
tap.ok(
    "WARNING: Born charges of a run by displacements" in done.stderr, "an_order_in_doubt_is_told"
)
tap.ok("total_charge" not in frames[0], "a_neutral_cell_has_no_net_charge_stated")

# Electrons that are not converged
(folder / "part.xml").write_text(
    vasprun(
        [calculation(made[0]), calculation(made[1], steps=6), calculation(made[2])], steps_most=6
    )
)
done, frames = convert("part.xml")
close(
    "converged_frames_stay",
    [f["energy"] for f in frames],
    [[made[k]["energy"]] for k in (0, 2)],
    1e-12,
)
tap.ok("1 frames are left out" in done.stderr, "unconverged_frames_are_counted", [done.stderr])

# Damage: every cut gives an error with the place, and no file.
bad = []
for cut in range(1, len(last) - 15, 97):
    path.write_text(last[:cut])
    done, frames = convert(path)
    if (
        done.returncode != 3
        or frames
        or (cut > 500 and not re.search(r"vasprun.xml:\d+: ", done.stderr))
    ):
        bad.append(f"cut at {cut}: {done.returncode} {done.stderr}")
tap.ok(not bad, "cut_files_are_refused_with_a_line", bad[:3])
whole = last.index("</calculation>") + 20
path.write_text(last[: whole + 400])
done = run("eval", "--help")
lines = last.splitlines()
row = next(k for k, line in enumerate(lines) if "<v>" in line and "forces" in lines[k - 1])


def damaged(name, old, new, pattern):
    changed = list(lines)
    changed[row] = changed[row].replace(*((old, new) if old else (changed[row], new)))
    path.write_text("\n".join(changed))
    done, frames = convert(path)
    tap.ok(
        done.returncode == 3 and not frames and re.search(pattern, done.stderr) is not None,
        name,
        [done.stderr],
    )


damaged(
    "stars_are_named", None, "   <v> 0.1 ******** 0.2 </v>", rf"vasprun.xml:{row + 1}: .*\*\*\*"
)
damaged(
    "too_few_numbers", None, "   <v> 0.1 0.2 </v>", rf"vasprun.xml:{row + 1}: forces: 2 numbers"
)
damaged("too_many_numbers", None, "   <v> 1 2 3 4 </v>", rf"vasprun.xml:{row + 1}: forces: '4'")
damaged("a_missing_row", None, "", "1 rows of forces.*2 atoms")
damaged("no_number", None, "   <v> nan 0.2 0.1 </v>", rf"vasprun.xml:{row + 1}: .*'nan'")
bombs = {
    "expansion": '<!DOCTYPE m [<!ENTITY a "'
    + "x" * 100
    + '">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{("&" + chr(97 + k) + ";") * 20}">' for k in range(9))
    + "]>\n<modeling><i>&j;</i>",
    "external": '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<modeling><i>&a;</i>',
}
for name, bomb in bombs.items():
    path.write_text('<?xml version="1.0"?>\n' + bomb + last[last.index("<modeling>") + 10 :])
    begin = time.process_time()
    done, frames = convert(path)
    tap.ok(
        done.returncode == 3
        and not frames
        and re.search("not followed|entity reference loop", done.stderr),
        f"entities_are_refused_{name}",
        [done.stderr],
    )


# Time grows with the length, the memory does not.
def many(n):
    block = "".join(calculation(made[k % 3]) for k in range(30))
    with open(path, "w") as file:
        head, tail = vasprun(["@"]).split("@")
        file.write(head)
        for _ in range(n // 30):
            file.write(block)
        file.write(tail)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", "import resource, subprocess, sys\n"
         "subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)\n"
         "u = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(u.ru_utime, u.ru_maxrss)",
         lrpot, "convert", str(path), str(folder / "many.xyz")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes, path.stat().st_size


short, long = many(1500), many(12000)
tap.ok(
    long[0] < 14 * short[0] + 0.2,
    "time_is_linear",
    [f"{short[0]} s for {short[2]} bytes, {long[0]} s for {long[2]} bytes"],
)
tap.ok(
    long[1] < short[1] + 8000 or "memory" not in sys.argv[3:],
    "memory_does_not_grow",
    [f"{short[1]} kB for {short[2]} bytes, {long[1]} kB for {long[2]} bytes"],
)
path.unlink()
(folder / "many.xyz").unlink()

# --- Quantum ESPRESSO ----------------------------------------------------------------------------
espresso = data / "espresso"
counts = {"scf": 1, "relax": 2, "md": 3}
BOHR, HARTREE = 0.529177210903, 27.211386245988
for name, count in counts.items():
    done, frames = convert(espresso / f"{name}.xml")
    tap.ok(done.returncode == 0 and len(frames) == count, f"espresso_{name}_steps", [done.stderr])
    # the text output has 6 to 8 digits
    same_as_ase(
        f"espresso_{name}_as_ase_reads_the_text",
        frames,
        espresso / f"{name}.pwo",
        format="espresso-out",
        tolerance=1e-4,
    )
    tap.ok(
        ["stress" in f for f in frames] == [False] * (count - 1) + [True],
        f"espresso_{name}_stress_belongs_to_the_last_step",
    )
# ph.x: the table that it prints has rows of the field, columns of the displacement
done, frames = convert(espresso / "dyn.xml")
printed = """0 2.05324 0.46162 0.26165 0.50194 1.81130 0.42156 0.19976 0.43339 2.07734
-3.25377 2.09133 2.07509 2.05162 -3.23875 2.22117 2.13616 2.20773 -3.32881"""
born = [float(x) for x in printed.split()[1:]]  # 0: no line begins with a sign
close("phonon_born_charges", frames[0]["bec"], born, 6e-6)
epsilon = "12.530638448 -5.061050051 -5.062156870 13.385229677 -6.277337373 13.693438526".split()
e = frames[0]["epsilon_inf"]
close("phonon_dielectric_tensor", [e[k] for k in (0, 1, 2, 4, 5, 8)], map(float, epsilon), 2e-7)
close("phonon_cell", frames[0]["cell"], [0, 2.8, 2.86, 2.84, 0.06, 2.84, 2.92, 2.8, 0], 1e-9)
at = [
    0.27 * a + 0.24 * b + 0.23 * c
    for a, b, c in zip((0, 2.8, 2.86), (2.84, 0.06, 2.84), (2.92, 2.8, 0))
]
close("phonon_positions", frames[0]["pos"], [0, 0, 0, *at], 1e-9)
source = (espresso / "dyn.xml").read_text()
for name, old, new, words in (
    (
        "without_response",
        'epsil="true" zstar="true"',
        'epsil="false" zstar="false"',
        "epsil = .true.",
    ),
    ("a_charge_is_missing", "Z_AT_.2>", "OTHER.2>", "1 Born charges for 2 atoms"),
    ("no_cell", "AT>", "XT>", "no <AT>"),
    ("a_number_is_missing", "2.053240127374878E+00 ", "", "Z_AT_"),
    ("an_atom_is_missing", "<ATOM.1 ", "<ATOM.7 ", "ATOM.1"),
    ("cut", source[2000:], "", ""),
):
    (folder / "d.xml").write_text(source.replace(old, new))
    done = run("convert", "d.xml", "d.xyz")
    tap.ok(done.returncode == 3 and words in done.stderr, f"phonon_{name}", [done.stderr])
(folder / "tensors.xml").write_text(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Root>\n<EF_TENSORS>\n</EF_TENSORS>\n</Root>\n'
)
done = run("convert", "tensors.xml", "d.xyz")
tap.ok(done.returncode == 3 and "fildyn" in done.stderr, "phonon_tensors_alone", [done.stderr])
source = (espresso / "relax.xml").read_text()
done, frames = convert(espresso / "relax.xml")
etot = [float(x) * HARTREE for x in re.findall("<etot>(.*)</etot>", source)]
close("espresso_energies", [f["energy"][0] for f in frames], etot[:2], 1e-9)
printed = re.search(r'<stress rank="2" dims="3 3" order="F">(.*?)</stress>', source, re.S).group(1)
close(
    "espresso_stress_is_tension_positive",
    frames[1]["stress"],
    [-float(x) * HARTREE / BOHR**3 for x in printed.split()],
    1e-12,
)
steps = source.split("<step ")
close(
    "espresso_positions_of_the_step_not_of_the_next",
    frames[1]["pos"],
    [
        [float(x) * BOHR for x in row.split()]
        for row in re.findall("<atom name=.*?>(.*)</atom>", steps[2].split("</step>")[0])
    ],
    1e-12,
)
changed = source.replace("<tot_charge>0.0", "<tot_charge>1.0").replace('name="Al"', 'name="Al1"')
changed = changed.replace(
    "</bands>",
    "</bands><boundary_conditions><assume_isolated>martyna-tuckerman</assume_isolated>"
    "</boundary_conditions>",
    1,
)
(folder / "charged.xml").write_text(changed)
_, frames = convert("charged.xml")
tap.ok(
    [f["total_charge"] for f in frames] == [[1.0]] * 2
    and frames[0]["species"] == ["Al", "As"]
    and frames[0]["info"]["pbc"] == "F F F",
    "espresso_net_charge_labels_and_boundaries",
    [frames[0]],
)
half = source.replace("<convergence_achieved>true", "<convergence_achieved>false", 1)
(folder / "half.xml").write_text(half)
done, frames = convert("half.xml")
tap.ok(
    len(frames) == 1 and "1 frames are left out" in done.stderr,
    "espresso_unconverged",
    [done.stderr],
)
final = re.sub("(<opt_conv>.*?)false", r"\1true", source, flags=re.S)
at = final.index("<output>")
final = final[:at] + final[at:].replace("<etot>-8.484453051231633e0", "<etot>-8.4844e0")
(folder / "final.xml").write_text(final)
done, frames = convert("final.xml")
tap.ok(
    len(frames) == 3
    and abs(frames[2]["energy"][0] + 8.4844 * HARTREE) < 1e-9
    and "stress" in frames[2]
    and "stress" not in frames[1],
    "a_last_calculation_of_a_relaxed_cell_is_a_frame",
    [len(frames)],
)
bad = []
for cut in range(1, len(source) - 20, 211):
    (folder / "cut.xml").write_text(source[:cut])
    done, frames = convert("cut.xml")
    if done.returncode != 3 or frames:
        bad.append(f"cut at {cut}: {done.returncode} {done.stderr}")
tap.ok(not bad, "cut_files_of_espresso_are_refused", bad[:3])
row = next(k for k, line in enumerate(source.splitlines()) if "<forces rank" in line) + 2
lines = source.splitlines()
lines[row] = "      0.1 x.2 0.3"
(folder / "cut.xml").write_text("\n".join(lines))
done, _ = convert("cut.xml")
tap.ok(
    f"cut.xml:{row + 1}: forces is 'x.2'" in done.stderr,
    "the_line_of_a_value_inside_a_text",
    [done.stderr],
)

# --- POSCAR --------------------------------------------------------------------------------------
ROWS = "1.0 0.1 0.0\n0.2 2.0 0.0\n0.0 0.3 3.0\n"
POSCARS = {
    "direct": "t\n2.0\n" + ROWS + "Na Cl\n1 2\nDirect\n0.1 0.2 0.3\n0.5 0.5 0.5\n0.9 0.1 0.2\n",
    "cartesian": "t\n2.0\n"
    + ROWS
    + "Na Cl\n1 2\nCartesian\n0.1 0.2 0.3 Na\n0.5 0.5 0.5\n0.9 0.1 0.2\n",
    "selective": "t\n1.5\n" + ROWS + " Na Cl\n 1 2 ! comment\nSelective dynamics\ndirect\n"
    "0.1 0.2 0.3 T T F\n0.5 0.5 0.5 F F F\n0.9 0.1 0.2 T T T\n\n0.0 0.0 0.0\n0 0 0\n0 0 0\n",
    "interleaved": "t\n1.5\n"
    + ROWS
    + "Na Cl Na\n1 1 1\nDirect\n0.1 0.2 0.3\n0.5 0.5 0.5\n0.9 0.1 0.2\n",
    "vasp4": "Na Cl\n1.5\n" + ROWS + "1 2\nDirect\n0.1 0.2 0.3\n0.5 0.5 0.5\n0.9 0.1 0.2\n",
}
for name, content in POSCARS.items():
    (folder / "POSCAR").write_text(content)
    done, frames = convert("POSCAR")
    tap.ok(done.returncode == 0 and len(frames) == 1, f"poscar_{name}", [done.stderr])
    if frames:
        same_as_ase(
            f"poscar_{name}_as_ase",
            frames,
            folder / "POSCAR",
            format="vasp",
            energy=False,
            stress=False,
        )
(folder / "POSCAR").write_text(
    "t\n1 2 3\n" + ROWS + "Na_pv Cl/1a2b\n1 1\nCart\n0.1 0.2 0.3\n0.5 0.5 0.5\n"
)
_, frames = convert("POSCAR")
close(
    "three_factors",
    frames[0]["cell"] + frames[0]["pos"],
    [[1, 0.2, 0], [0.2, 4, 0], [0, 0.6, 9], [0.1, 0.4, 0.9], [0.5, 1, 1.5]],
    1e-12,
)
(folder / "POSCAR").write_text("t\n-48\n1 0 0\n0 2 0\n0.5 0 3\nNa\n1\nK\n0.1 0.2 0.3\n")
_, frames = convert("POSCAR")
close("the_volume_scales_positions_too", frames[0]["pos"], [[0.2, 0.4, 0.6]], 1e-12)
(folder / "POSCAR").write_text("t\n1 2 3\n" + ROWS + "Na_pv Cl/1a2b\n1 1\nCart\n0 0 0\n1 1 1\n")
_, frames = convert("POSCAR")
tap.ok(frames[0]["species"] == ["Na", "Cl"], "names_of_potentials_are_cut", [frames[0]["species"]])
for name, content, pattern in (
    (
        "short",
        POSCARS["direct"].replace("0.9 0.1 0.2\n", ""),
        "POSCAR:10: the file ends before all atoms",
    ),
    (
        "word",
        POSCARS["direct"].replace("0.5 0.5 0.5", "0.5 o.5 0.5"),
        "POSCAR:10: position is 'o.5'",
    ),
    (
        "nameless",
        POSCARS["vasp4"].replace("Na Cl", "no names here"),
        "no line of symbols.*--species",
    ),
    ("counts", POSCARS["direct"].replace("1 2\n", "1\n"), "2 symbols but 1 numbers"),
    ("factor", POSCARS["direct"].replace("t\n2.0", "t\n0.0"), "POSCAR:2: scaling factor is 0"),
    (
        "mode",
        POSCARS["direct"].replace("Direct", "Forward"),
        "POSCAR:8: 'Forward', expected Direct",
    ),
):
    (folder / "POSCAR").write_text(content)
    done, frames = convert("POSCAR")
    tap.ok(
        done.returncode == 3 and re.search(pattern, done.stderr) is not None,
        f"poscar_{name}_is_refused",
        [done.stderr],
    )
done = run("convert", "POSCAR", "out.xyz", "--species", "Na,Cl")
head = "cell\n1.0\n" + ROWS + "Na Cl\n1 1\n"
moved = ["0.1 0.2 0.3\n0.5 0.5 0.5\n", "0.15 0.2 0.3\n0.5 0.55 0.5\n"]
for name, content in {
    "one_head": head
    + "".join(f"Direct configuration= {k + 1:5d}\n{m}" for k, m in enumerate(moved)),
    "own_heads": "".join(
        head + f"Direct configuration= {k + 1:5d}\n{m}" for k, m in enumerate(moved)
    ),
}.items():
    (folder / "XDATCAR").write_text(content)
    done, frames = convert("XDATCAR")
    tap.ok(len(frames) == 2, f"xdatcar_{name}", [done.stderr])
    same_as_ase(
        f"xdatcar_{name}_as_ase",
        frames,
        folder / "XDATCAR",
        format="vasp-xdatcar",
        energy=False,
        stress=False,
    )

# --- LAMMPS dumps --------------------------------------------------------------------------------
# written by LAMMPS (in.dumps): a triclinic box with its corner off the origin, lines in any order
dumps = data / "lammps_dumps"
done, plain = convert(dumps / "custom.dump")
tap.ok(len(plain) == 5 and done.returncode == 0, "dump_frames", [done.stderr])
close("dump_cell", plain[0]["cell"], [[4, 0, 0], [1.2, 5, 0], [-0.7, 0.9, 6]], 1e-12)
tap.ok([f["id"] for f in plain] == [[[1], [2], [3], [4]]] * 5, "dump_atoms_are_ordered_by_id")
tap.ok(plain[4]["species"] == ["Na", "Cl", "Na", "Cl"], "dump_elements")
table = [line.split() for line in (dumps / "custom.dump").read_text().splitlines()[-4:]]
by_id = sorted(table, key=lambda row: int(row[0]))
close(
    "dump_velocities_of_metal",
    plain[4]["velocities"],
    [[float(x) / 1e3 for x in row[9:12]] for row in by_id],
    1e-12,
)
close(
    "dump_forces_of_metal",
    plain[4]["forces"],
    [[float(x) for x in row[12:15]] for row in by_id],
    1e-12,
)
close("dump_charges", plain[4]["charges"], [[float(row[15])] for row in by_id], 1e-12)
close("dump_images", plain[4]["image"], [[float(x) for x in row[6:9]] for row in by_id], 0)
close("dump_times_in_fs", [float(f["info"]["time"]) for f in plain], [0, 100, 200, 300, 400], 1e-9)
# ASE fails on a column q
(folder / "plain.dump").write_text((dumps / "custom.dump").read_text().replace("fz q", "fz c_q"))
same_as_ase(
    "dump_as_ase",
    plain,
    folder / "plain.dump",
    format="lammps-dump-text",
    energy=False,
    stress=False,
)
for name, options in (
    ("scaled.dump", ["--species", "Na,Cl"]),
    ("atom.dump", ["--species", "Na,Cl"]),
    ("both.dump", []),
    ("unwrapped.dump.gz", []),
):
    done, frames = convert(dumps / name, *options)
    ok = len(frames) == 5 and [f["species"] for f in frames] == [f["species"] for f in plain]
    tap.ok(ok, f"{name}_species", [done.stderr])
    for k, frame in enumerate(frames):
        if "unwrapped" in name:
            frame["pos"] = [
                [x - sum(i[d] * frame["cell"][d][a] for d in range(3)) for a, x in enumerate(r)]
                for r, i in zip(frame["pos"], plain[k]["image"])
            ]
    close(f"{name}_has_the_same_atoms", [f["pos"] for f in frames], [f["pos"] for f in plain], 1e-4)
    if "both" in name:
        close(
            "images_of_unwrapped_fractions",
            [f["image"] for f in frames],
            [f["image"] for f in plain],
            0,
        )
source = (dumps / "custom.dump").read_text()
unstated = re.sub("ITEM: UNITS\nmetal\n", "", source)
(folder / "d.dump").write_text(unstated)
done, frames = convert("d.dump")
tap.ok(
    "velocities" not in frames[0]
    and "forces" not in frames[0]
    and "time" not in frames[0]["info"]
    and re.search("does not say its units: velocities and forces are not taken", done.stderr),
    "a_dump_without_units_gives_no_guesses",
    [done.stderr],
)
done, frames = convert("d.dump", "--units", "real")
close(
    "stated_units_are_used",
    frames[4]["velocities"],
    [[float(x) for x in row[9:12]] for row in by_id],
    1e-12,
)
close(
    "stated_forces",
    frames[4]["forces"],
    [[float(x) * 0.0433641042385 for x in row[12:15]] for row in by_id],
    1e-9,
)
# dump_modify thresh leaves snapshots without atoms where no atom is beyond it
empty = "ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n0\nITEM: BOX BOUNDS pp pp pp\n" + 3 * "0 9\n"
empty += "ITEM: ATOMS id element x y z\n"
(folder / "d.dump").write_text(empty + source + empty)
done, frames = convert("d.dump")
tap.ok(
    done.returncode == 0
    and len(frames) == 5
    and frames[4]["cell"] == plain[4]["cell"]
    and frames[0]["info"]["timestep"] == plain[0]["info"]["timestep"],
    "snapshots_without_atoms_are_passed_over",
    [done.stderr],
)
(folder / "d.dump").write_text(empty)
tap.ok("holds no frame" in convert("d.dump")[0].stderr, "a_dump_without_atoms_holds_no_frame")
(folder / "d.dump").write_text(empty.replace("\n0\nITEM: BOX", "\n-3\nITEM: BOX"))
tap.ok(
    "d.dump:4: the number of atoms is -3, expected 0 or more" in convert("d.dump")[0].stderr,
    "a_negative_number_of_atoms",
)
(folder / "d.dump").write_text(source.replace("\nmetal\n", "\nelectron\n"))
tap.ok(
    "d.dump:2: the units are 'electron'" in convert("d.dump")[0].stderr, "other_lengths_are_refused"
)
done, frames = convert(dumps / "scaled.dump")
tap.ok(
    frames[0]["species"] == ["1", "2", "1", "2"] and "numbers of the types" in done.stderr,
    "types_without_names",
    [done.stderr],
)
done, frames = convert(dumps / "scaled.dump", "--species", "Na")
tap.ok(
    "scaled.dump:11: type is 2, but only the types 1 to 1" in done.stderr,
    "a_type_without_name",
    [done.stderr],
)
box = (
    "ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS abc origin pp pp ff\n"
    "1 2 3 10\n-2 1 0 20\n0 1 4 30\nITEM: ATOMS zs xs element ys\n0.5 0.25 Ar 0.125\n"
)
(folder / "d.dump").write_text(box)
done, frames = convert("d.dump")
tap.ok(bool(frames) and frames[0]["info"]["pbc"] == "T T F", "boundaries_of_a_dump", [done.stderr])
close(
    "a_general_box",
    frames[0]["cell"] + frames[0]["pos"],
    [[1, 2, 3], [-2, 1, 0], [0, 1, 4], [10, 21.125, 32.75]],
    1e-12,
)
lines = source.splitlines(keepends=True)
for name, content, pattern in (
    ("cut", "".join(lines[:14]), r"d.dump:14: frame 0 has 4 atoms but the file ends after 1 lines"),
    (
        "short_line",
        "".join(lines[:14]) + "2 2 Cl\n",
        r"d.dump:15: atom 1 of 4 in frame 0: the line has 3 fields",
    ),
    (
        "value",
        source.replace(" Na ", " Na 1e ", 1).replace(" 0.1 1 ", " 1 ", 1),
        "d.dump:14: x is '1e'",
    ),
    ("twice", source.replace("\n2 2 Cl", "\n1 2 Cl", 1), "d.dump:15: .*belongs to an atom before"),
    ("no_positions", source.replace(" x y z", " cx cy cz"), "d.dump:13: no columns of positions"),
    (
        "no_species",
        source.replace("type element", "a b"),
        "no column of species; expected element or type",
    ),
    (
        "item",
        source.replace("ITEM: TIMESTEP", "ITEM: TIMESTAMP", 2).replace(
            "ITEM: TIMESTAMP", "ITEM: CLOCK", 1
        ),
        "d.dump:5: 'ITEM: CLOCK'",
    ),
):
    (folder / "d.dump").write_text(content)
    done, frames = convert("d.dump")
    tap.ok(
        done.returncode == 3 and not frames and re.search(pattern, done.stderr) is not None,
        f"dump_{name}_is_refused",
        [done.stderr],
    )
whole = gzip.compress(source.encode())
for name, content in (
    ("cut", whole[:-20]),
    ("changed", whole[:60] + bytes([whole[60] ^ 255]) + whole[61:]),
):
    (folder / "d.dump.gz").write_bytes(content)
    done, frames = convert("d.dump.gz")
    tap.ok(
        done.returncode == 3 and not frames and "gunzip -t" in done.stderr,
        f"gzip_{name}_is_refused",
        [done.stderr],
    )

tap.done()
