"""Electrodes in the command: what eval tells of a capacitor, what it writes, and the verbs that
refuse fragments at potentials.

Usage: check_electrode_tool.py LRPOT FOLDER_OF_THE_EXAMPLE MODELS (folder of edqrd.lrp)"""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

lrpot, example = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
models = pathlib.Path(sys.argv[3]).resolve()
tap = Tap()
folder = tempfile.TemporaryDirectory()
here = pathlib.Path(folder.name)
metal = example / "metal.json"
PLATES = (example / "capacitor.xyz").read_text()


def run(*arguments):
    return subprocess.run(
        [lrpot, *map(str, arguments)], capture_output=True, text=True, cwd=folder.name
    )


def structure(name, potentials, text=PLATES):
    keys = f"fragment_potentials={potentials}" if potentials else ""
    (here / name).write_text(re.sub(r'fragment_potentials="[^"]*"', keys, text))
    return name


def evaluated(name):
    done = run("eval", metal, name, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["frames"][0]


def check_eval():
    rest = evaluated(structure("rest.xyz", '"0 0"'))
    found = evaluated(structure("held.xyz", '"1.5 -0.5"'))
    q, levels, C = (found[k] for k in ("fragment_charges", "fragment_potentials", "capacitances"))
    tap.ok(abs(q[0] + q[1]) < 1e-12 and q[0] > 0.005, "electrodes_are_neutral_together", q)
    tap.ok(abs(q[0] - sum(found["charges"][:4])) < 1e-12, "charges_are_those_of_the_atoms", q)
    tap.ok(abs(levels[0] - levels[1] - 2) < 1e-9, "potentials_differ_by_the_voltage", levels)
    tap.ok(abs(q[0] - 2 * C[0]) < 1e-9, "charge_is_capacitance_times_voltage", [q, C])
    grand = found["energy"] - rest["energy"]
    tap.ok(abs(grand + 0.5 * C[0] * 4) < 1e-9, "energy_is_the_grand_potential", [grand, C])
    energy = found["energy_of_charges"] - rest["energy"]
    tap.ok(
        abs(energy - 0.5 * C[0] * 4) < 1e-9, "energy_of_charges_is_that_of_a_capacitor", [energy]
    )
    text = run("eval", metal, "held.xyz").stdout
    told = re.search(r"capacitance ([\d.]+) e/V = ([\d.e-]+) F", text)
    tap.ok(
        told
        and abs(float(told[1]) - C[0]) < 1e-9
        and abs(float(told[2]) / C[0] / 1.602177e-19 - 1) < 1e-4,
        "a_table_tells_the_capacitance",
        [text],
    )
    bare = evaluated(structure("bare.xyz", ""))
    tap.ok("fragment_charges" not in bare, "nothing_is_told_without_electrodes", bare.keys())


def check_output():
    done = run("eval", metal, structure("held.xyz", '"1.5 -0.5"'), "-o", "out.xyz", "-q")
    line = (here / "out.xyz").read_text().splitlines()[1]
    found = evaluated("held.xyz")
    values = re.search(r'found_charges="([^"]*)"', line)
    tap.ok(
        done.returncode == 0
        and 'fragment_potentials="1.5 -0.5"' in line
        and values
        and math.isclose(float(values[1].split()[0]), found["fragment_charges"][0], rel_tol=1e-9)
        and "found_potentials=" in line
        and "energy_of_charges=" in line,
        "written_frames_have_potentials_given_and_charges_found",
        [done.stderr, line],
    )

    stale = re.sub('fragment_potentials="[^"]*"', 'fragment_potentials="0.5 0"', line)
    frame = (here / "out.xyz").read_text().replace(line, stale)
    (here / "stale.xyz").write_text(frame)
    moved = run("relax", metal, "stale.xyz", "-o", "relaxed.xyz", "--steps", "1", "-q")
    line = (here / "relaxed.xyz").read_text().splitlines()[1]
    tap.ok(
        moved.returncode in (0, 4) and "found_" not in line and "energy_of" not in line,
        "charges_of_other_places_are_not_kept",
        [moved.stderr, line],
    )


def check_refusals():
    crystal = PLATES.replace('0 0 1" pbc="T T F"', '0 0 31" pbc="T T T"')
    charged = re.sub(r"(\w+ .*) ([01])\n", r"\1 \2 0\n", PLATES)
    charged = charged.replace("fragment:R:1", "fragment:R:1:charges:R:1")
    salt = '2\nLattice="2.8 2.8 0 2.8 0 2.8 0 2.8 2.8" Properties=species:S:1:pos:R:3:fragment:I:1 '
    salt += 'fragment_potentials=""\nNa 0 0 0 0\nCl 2.8 2.8 2.8 1\n'
    held = structure("crystal.xyz", '"1 0"', crystal)
    structure("charged.xyz", '"1 0"', charged)
    structure("salt.xyz", '"1 0"', salt)
    structure("vacuum.xyz", '"1 0" potential_reference=vacuum', crystal)
    structure("unknown.xyz", '"1 0 0"', crystal)
    structure("alone.xyz", "1", crystal)
    structure("fitted.xyz", '"1 0" energy=0', crystal)
    structure("molecule.xyz", '"1 0"', re.sub("Lattice=.* P", "P", crystal))
    for words, said in (
        (("bec", metal, held), "fragment 0 is held"),
        (("phonon", metal, held, "--bands", "bands.csv"), "phonons: fragment 0 is held"),
        (("piezo", metal, held), "fragment 0 is held"),
        (("coulomb", "charged.xyz"), "fragment_potentials"),
        (("eval", models / "edqrd.lrp", "salt.xyz"), "charges of kind 'edqrd' have no level"),
        (("eval", metal, "molecule.xyz", "--field", "0,0,0.1"), "leave out the field"),
        (("eval", metal, "vacuum.xyz"), "the potential 1 V of fragment 0 counts from the vacuum"),
        (("eval", metal, "unknown.xyz"), "fragment 2 is held at a potential of 0 V but has no"),
        (("eval", metal, "alone.xyz"), "is of fragment 1, but there are 1 potentials"),
        (("fit", "fitted.xyz", "-o", "x.lrp", "--charges", "equilibrated"), "fragment 0 is held"),
    ):
        done = run(*words)
        tap.ok(
            done.returncode not in (0, 4) and said in done.stderr,
            f"refused: {words[0]} {pathlib.Path(words[-1]).name}",
            [done.returncode, done.stdout[-300:], done.stderr],
        )


check_eval()
check_output()
check_refusals()
tap.done()
