#!/usr/bin/env python3
"""The commands and scripts of the page 'Take data from other codes', run as they stand on files of
each program. Commands of ASE, and scripts that import it, are skipped without ASE.
usage: check_from_other_codes.py LRPOT REFERENCE_DATA PAGE"""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tap import Tap

tap = Tap()
lrpot = pathlib.Path(sys.argv[1]).resolve()
data = pathlib.Path(sys.argv[2]).resolve()
page = pathlib.Path(sys.argv[3]).read_text()
holder = tempfile.TemporaryDirectory(prefix="lrpot-page-")
folder = pathlib.Path(holder.name)
try:
    import ase
    import ase.io
    import numpy

    NO_ASE = None
except ImportError:
    NO_ASE = "ASE is not installed"


def prepare():
    corpus = data.parents[1] / "fuzz" / "corpus" / "codes"
    vasp = (corpus / "vasprun").read_text()
    (folder / "vasprun.xml").write_text(vasp)
    (folder / "cut.xml").write_text(vasp[: vasp.rindex("</calculation>") - 300])
    (folder / "second").mkdir()
    (folder / "second/vasprun.xml.gz").write_bytes(gzip.compress(vasp.encode()))
    (folder / "out").mkdir()
    shutil.copy(data / "espresso/relax.xml", folder / "out")
    shutil.copy(data / "espresso/dyn.xml", folder)
    shutil.copy(data / "espresso/relax.pwo", folder)
    shutil.copy(data / "lammps_dumps/custom.dump", folder / "run.dump")
    shutil.copy(data / "lammps_dumps/scaled.dump", folder / "types.dump")
    (folder / "train.cfg").write_text(
        "BEGIN_CFG\nSize\n1\nSupercell\n3 0 0\n0 3 0\n0 0 3\n"
        "AtomData: id type cartes_x cartes_y cartes_z fx fy fz\n1 1 0 0 0 0 0 0\n"
        "Energy\n-1.5\nEND_CFG\n"
    )
    if NO_ASE:
        return
    atoms = ase.Atoms("NaCl", [[0, 0, 0], [0, 0, 2.5]], cell=[5, 5, 5], pbc=True)
    ase.io.write(folder / "run.traj", atoms)
    for kind, factor in (("pos", 1.0), ("frc", 0.01)):
        frames = "".join(
            f"2\n i = {k}, time = {k / 2:.3f}, E = {-1.5 - k}\n"
            f" Na 0 0 {factor * k}\n Cl 0 0 {2.5 * factor}\n"
            for k in range(2)
        )
        (folder / f"NaCl-{kind}-1.xyz").write_text(frames)
    (folder / "NaCl-1.cell").write_text(
        "# Step Time Ax Ay Az Bx By Bz Cx Cy Cz Volume\n"
        + "".join(f"{k} {k / 2} 5 0 0 0 {6 + k} 0 0 0 7 {35 * (6 + k)}\n" for k in range(2))
    )
    deepmd = folder / "system/set.000"
    deepmd.mkdir(parents=True)
    (folder / "system/type.raw").write_text("1\n0\n")
    (folder / "system/type_map.raw").write_text("Na\nCl\n")
    arrays = {"box": 9, "coord": 6, "force": 6, "virial": 9}
    for seed, (key, width) in enumerate(arrays.items()):
        values = numpy.random.default_rng(seed).normal(size=(3, width)).round(6)
        if key == "box":
            values = numpy.tile(numpy.diag([5.0, 6.0, 7.0]).ravel(), (3, 1))
        if key == "virial":
            values += values.reshape(3, 3, 3).transpose(0, 2, 1).reshape(3, 9)
        numpy.save(deepmd / f"{key}.npy", values)
    numpy.save(deepmd / "energy.npy", numpy.array([[-1.0], [-2.0], [-3.0]]))


def run(command, **more):
    environment = dict(os.environ, PATH=f"{lrpot.parent}:{os.environ['PATH']}", OMP_NUM_THREADS="1")
    if command.startswith("ase "):
        command = f"{sys.executable} -m {command}"
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True,
        timeout=300, **more,
    )  # fmt: skip


prepare()
commands = re.findall(r"^    ((?:lrpot|ase) .*)$", page, re.M) + re.findall(
    r"`(ase convert -i .*?)`", page
)
for command in commands:
    fact = f"'{command}'"
    if command.startswith("ase") and NO_ASE:
        tap.skip(fact, NO_ASE)
    elif "OUTCAR" in command:
        tap.skip(fact, "VASP's output may not be kept here")
    else:
        done = run(command)
        tap.ok(done.returncode == 0, fact, [done.stdout, done.stderr])
tap.ok(len(commands) >= 9, "the page has its commands", commands)
scripts = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
for script in scripts:
    name = re.search(r'ase.io.write\("(.*?)"', script).group(1)
    if NO_ASE:
        tap.skip(f"the script that writes {name}", NO_ASE)
        continue
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True
    )
    read = run(f"lrpot convert {name} again.xyz")
    tap.ok(
        done.returncode == 0 and read.returncode == 0,
        f"the script that writes {name}",
        [done.stderr, read.stderr],
    )
if not NO_ASE:
    out = ase.io.read(folder / "cp2k.xyz", ":")
    tap.ok(
        abs(out[1].get_potential_energy() + 2.5 * 27.2113838) < 1e-3
        and abs(out[1].get_forces()[1][2] - 0.025 * 51.4220670) < 1e-4
        and abs(out[1].cell[1][1] - 7) < 1e-9,
        "CP2K: energies and forces in eV and A, cells by frame",
    )
    run("lrpot convert deepmd.xyz again.xyz")
    frames = ase.io.read(folder / "again.xyz", ":")
    virial = numpy.load(folder / "system/set.000/virial.npy")[2].reshape(3, 3)
    coordinates = numpy.load(folder / "system/set.000/coord.npy")[2].reshape(2, 3)
    text = (folder / "again.xyz").read_text().splitlines()[9]
    stress = [float(x) for x in re.search(r'stress="(.*?)"', text).group(1).split()]
    tap.ok(
        frames[2].get_chemical_symbols() == ["Cl", "Na"]
        and abs(frames[2].positions - coordinates).max() < 1e-8
        and abs(frames[2].get_potential_energy() + 3.0) < 1e-9
        and abs(numpy.array(stress).reshape(3, 3) + virial / 210.0).max() < 1e-8,
        "DeePMD: species, positions, energy, and a stress of the opposite sign of the virial",
        [stress, -virial / 210.0],
    )
whole = (folder / "whole.xyz").read_text().splitlines()
tap.ok(whole[0] == "2" and len(whole) == 4, "the whole steps of an unfinished run are kept", whole)
tap.done()
