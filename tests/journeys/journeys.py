#!/usr/bin/env python3
"""The documented journeys in a clean prefix: each `lrpot` line of the README, of the tutorials and
of the how-to pages is run as it stands, on small data and with small fits; README's program is
built and run by README's own command, the Python package is imported from where it was installed.

A line that another test runs is named in ELSEWHERE; a new line of a page is run by itself.
Exit code 4 is a result, too: a fit of a few iterations has not converged, and a coarse model may
make a crystal unstable.
usage: journeys.py BUILD MESON [PYTHON WITH NUMPY]"""
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from tap import Tap

tap = Tap()
build, meson, data = sys.argv[1], sys.argv[2], ROOT / "examples"
python = sys.argv[3] if len(sys.argv) > 3 else None
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/tutorials/*.md"))]
PAGES += sorted(ROOT.glob("docs/how-to/*.md"))
# Lines by their beginning, or pages as a whole.
ELSEWHERE = {
    "from_other_codes.md": "check_from_other_codes runs them on files of these codes",
    "lrpot drive": "needs a server: check_drive, 10_ase",
    "lrpot learn": "needs LAMMPS: check_learn",
    "lrpot phonon MODEL layer.xyz": "needs a layer: check_layer_tool",
    "lrpot raman": "needs a model of polarizabilities: check_raman_tool",
    "lrpot dipoles": "needs a polar crystal and its centre: check_dipoles",
    "lrpot-lmp": "needs LAMMPS: the suite lammps",
    "lrpot eps --lammps": "needs a run of LAMMPS: check_lammps_log",
    "lrpot ir --lammps": "needs a run of LAMMPS: check_lammps_log",
    "lrpot conductivity --lammps": "needs a run of LAMMPS: check_lammps_log",
    "lrpot loop --lammps": "needs a run of LAMMPS: check_lammps_log",
    "lrpot fit train.xyz --valid 10% --start pot.mtp": "needs a model of MLIP: check_start",
    "lrpot fit train.xyz --start nep.txt": "needs a NEP without charges: check_nep_tool",
}
# Sizes of fits, as small as they can be.
SMALLER = [
    (r"(--(?:level|charge-level)) \d+", r"\1 4"),
    (r"(--(?:levels|joint-levels)) [\d,]+", r"\1 4,4"),
    (r"(--(?:cutoff|charge-cutoff)) [\d.]+", r"\1 4"),
    (r"--ensemble \d+", "--ensemble 2"),
    (r"--threads \d+", "--threads 1"),
    (r"--(?:valid|V) 10%", "--valid 25%"),
]
FEW = {"--level": "4", "--cutoff": "4", "--max-iterations": "3", "--starts": "1"}


def smaller(line):
    for pattern, text in SMALLER:
        line = re.sub(pattern, text, line)
    parts = re.split(r"(;\s*)", line)
    for k, part in enumerate(parts):
        if not part.strip().startswith("lrpot fit"):
            continue
        tensors = "--tensors" in part
        for option, value in FEW.items():
            has_it = option + " " in part or (tensors and option in ("--level", "--starts"))
            keeps = ("--resume" in part or "--start " in part) and option in ("--level", "--cutoff")
            if tensors and option == "--max-iterations" or has_it or keeps:
                continue
            part += f" {option} {value}"
        parts[k] = part
    return "".join(parts)


def lines_of(page):
    """Commands of the indented blocks, each with what continues it, without comments."""
    found, text = [], page.read_text().splitlines()
    for k, line in enumerate(text):
        if not re.match(r"    (lrpot(-\w+)?) ", line):
            continue
        if line.rstrip().endswith(");") or "::" in line or "lrpot =" in line:
            continue  # source text
        while line.rstrip().endswith("\\"):
            k += 1
            line = line.rstrip()[:-1] + text[k]
        found.append(re.sub(r"\s+", " ", re.sub(r"\s#\s.*", "", line)).strip())
    return found


def install(stage):
    words = [meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", str(stage)]
    done = subprocess.run(words, capture_output=True, text=True)
    pc = sorted(stage.rglob("lrpot.pc"))
    tools = sorted(stage.rglob("bin/lrpot"))
    tap.ok(done.returncode == 0 and pc and tools, "the installation", done.stderr.splitlines())
    if not pc or not tools:
        tap.done()
    libraries = pc[0].parent.parent
    package = [path.parent.parent for path in stage.rglob("lrpot/__init__.py")]
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LRPOT", "PYTHON"))},
        "PATH": f"{tools[0].parent}:{os.environ['PATH']}",
        "LD_LIBRARY_PATH": str(libraries),
        "PKG_CONFIG_PATH": str(pc[0].parent),
        "PKG_CONFIG_SYSROOT_DIR": str(stage),
        "PYTHONPATH": str(package[0]) if package else "",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def frames_of(path, count):
    lines = path.read_text().splitlines(True)
    out, at = "", 0
    for _ in range(count):
        n = int(lines[at])
        out += "".join(lines[at : at + n + 2])
        at += n + 2
    return out


def noise(source, n, time):
    """n values with a memory of `time` steps, of variance 1."""
    value, keep, out = 0.0, math.exp(-1 / time), []
    for _ in range(n):
        value = keep * value + math.sqrt(1 - keep * keep) * source.gauss(0, 1)
        out.append(value)
    return out


def smooth(values, width=12):
    """Running means, three times: no fast motion is left."""
    for _ in range(3):
        sums = [0.0]
        for x in values:
            sums.append(sums[-1] + x)
        n = len(values)
        ends = [(max(0, k - width), min(n, k + width + 1)) for k in range(n)]
        values = [(sums[b] - sums[a]) / (b - a) for a, b in ends]
    return values


def table(path, header, rows):
    path.write_text(header + "\n" + "".join(" ".join(f"{x:.9g}" for x in r) + "\n" for r in rows))


def series(folder):
    """What the page on trajectories reads: dipoles, currents, a heat flux, records of a loop."""
    source = random.Random(5)
    dipoles = list(zip(*[smooth(noise(source, 6000, 20)) for _ in range(3)]))
    head = 'Lattice="12 0 0 0 12 0 0 0 12" pbc="T T T" Properties=species:S:1:pos:R:3 dipole='
    (folder / "TRAJECTORY.xyz").write_text(
        "".join(f'1\n{head}"{x:.6f} {y:.6f} {z:.6f}"\nNa 0 0 0\n' for x, y, z in dipoles)
    )
    (folder / "trajectory.xyz").write_text(
        "".join(
            f'1\n{head}"{x:.6f} {y:.6f} {z:.6f}" time={2.0 * k}\nNa 0 0 0\n'
            for k, (x, y, z) in enumerate(dipoles)
        )
    )
    energies = noise(source, len(dipoles), 20)
    path = (
        (folder / "trajectory.xyz").read_text().replace("\nNa 0 0 0\n", " energy=%.6f\nNa 0 0 0\n")
    )
    (folder / "path.xyz").write_text(path % tuple(0.2 * x - 3 for x in energies))
    currents = zip(*[noise(source, 8000, 15) for _ in range(3)])
    rows = [(float(k), *(1e-3 * x for x in row)) for k, row in enumerate(currents)]
    table(folder / "CURRENT.txt", "# time(fs) jx(e*A/fs) jy(e*A/fs) jz(e*A/fs)", rows)
    table(folder / "FLUX.txt", "# time(fs) jx(eV*A/fs) jy(eV*A/fs) jz(eV*A/fs)", rows)
    records, period = [], 2000
    for k in range(3 * period):
        field = 0.1 * math.sin(2 * math.pi * k / period)
        lagging = math.tanh(
            30 * (field - 0.02 * math.copysign(1, math.cos(2 * math.pi * k / period)))
        )
        records.append((float(k), field, 0.01 * lagging + 2e-4 * source.gauss(0, 1)))
    table(folder / "RECORDS.txt", "# time(fs) field(V/A) polarization(e/A2)", records)


def stock(folder, env):
    """Names that the pages take for granted, as small files."""
    nacl = data / "nacl" / "data"
    few = frames_of(nacl / "train.xyz", 6)
    for name in ("train.xyz", "pool.xyz", "frames.xyz"):
        (folder / name).write_text(few)
    for name in ("valid.xyz", "file.xyz"):
        (folder / name).write_text(frames_of(nacl / "valid.xyz", 1))
    (folder / "long_train.xyz").write_text(frames_of(nacl / "long_train.xyz", 1))
    for name in ("TRAIN.xyz", "VALID.xyz"):
        shutil.copy(nacl / "bec_train.xyz", folder / name)
    for name in ("primitive.xyz", "crystal.xyz", "relaxed.xyz", "rest.xyz", "FILE"):
        shutil.copy(nacl / "primitive.xyz", folder / name)
    shutil.copy(data / "data" / "nacl_nep.txt", folder / "nep.txt")
    shutil.copy(data / "data" / "rocksalt.json", folder / "MODEL")
    for name in ("metal.json", "capacitor.xyz"):
        shutil.copy(data / "26_electrodes" / name, folder / name)
    words = "lrpot fit train.xyz --charges edqrd --level 4 --charge-level 2 --cutoff 4 --starts 1"
    for k, name in enumerate(("model.lrp", "model-2.lrp", "model-3.lrp", "P1")):
        more = ["-i", "3", "-q", "--seed", str(k + 1), "-o", name]
        done = subprocess.run([*words.split(), *more], cwd=folder, env=env, capture_output=True)
        assert done.returncode in (0, 4), done.stderr
    half = 2.8
    rows = [
        f"{'Na' if (a + b + c) % 2 == 0 else 'Cl'} {a * half} {b * half} {c * half}"
        f" {1 - 2 * ((a + b + c) % 2)}"
        for a in range(2)
        for b in range(2)
        for c in range(2)
    ]
    head = (
        'Lattice="5.6 0 0 0 5.6 0 0 0 5.6" pbc="T T T" Properties=species:S:1:pos:R:3:charges:R:1'
    )
    (folder / "charges.xyz").write_text("\n".join([str(len(rows)), head, *rows]) + "\n")
    series(folder)


def reason_for(page, line):
    if page.name in ELSEWHERE:
        return ELSEWHERE[page.name]
    return next((why for start, why in ELSEWHERE.items() if line.startswith(start)), None)


def outputs_of(line):
    plain = re.findall(r"(?:-o|--plot|--bands|--dos|--dos-plot|--save|--eos|--thermal) (\S+)", line)
    return [name for name in plain if "." in name and "--ensemble" not in line]  # --plot NAME


def walk(page, folder, env):
    for line in lines_of(page):
        fact = f"{page.name}: {line}"
        why = reason_for(page, line)
        if why is not None:
            print(f"# {fact}: {why}")  # nothing is missing here: another test runs it
            continue
        command = smaller(line)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
        )
        good = done.returncode in (0, 4) and (
            done.stdout or "-o " in line or line.startswith("lrpot convert")
        )
        lost = [name for name in outputs_of(command) if not (folder / name).exists()]
        if "no plotter" in done.stderr or "not drawn" in done.stderr:
            tap.skip(fact, "no plotter")
            continue
        lost = lost if done.returncode == 0 else []
        tap.ok(good and not lost, fact, [command, done.returncode, lost, done.stderr[-600:]])


def program(folder, env):
    text = (ROOT / "README.md").read_text()
    source = re.search(r"```c\n(.*?)```", text, re.S).group(1)
    line = re.search(r"^    (cc program\.c .*)$", text, re.M).group(1)
    (folder / "program.c").write_text(source)
    done = subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True)
    tap.ok(done.returncode == 0, "README's program is built by README's command", [done.stderr])
    words = ["./program", "model.lrp", "file.xyz"]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    words = ["lrpot", "eval", "model.lrp", "file.xyz", "--json"]
    told = json.loads(
        subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True).stdout
    )
    energy = (told["frames"] if isinstance(told, dict) else told)[0]["energy"]
    found = re.search(r"(\d+) atoms, (\S+) eV", done.stdout)
    good = found and abs(float(found.group(2)) - energy) < 1e-8 * abs(energy)
    tap.ok(good, "README's program gives the energy of the command", [done.stdout, energy])


def package(folder, env):
    if python is None or not env["PYTHONPATH"]:
        tap.skip("the installed Python package", "no Python with NumPy, or not installed")
        return
    script = (
        "import lrpot, importlib.metadata as m\n"
        "print(lrpot.__file__, lrpot.version(), m.version('lrpot'))\n"
        "print(lrpot.Model('model.lrp').cutoff)\n"
    )
    done = subprocess.run(
        [python, "-c", script], cwd=folder, env=env, capture_output=True, text=True
    )
    good = done.returncode == 0 and str(env["PYTHONPATH"]) in done.stdout
    tap.ok(good, "the installed Python package", [done.stdout, done.stderr])


with tempfile.TemporaryDirectory(prefix="lrpot-journeys-") as holder:
    stage, folder = pathlib.Path(holder) / "stage", pathlib.Path(holder) / "stock"
    folder.mkdir()
    env = install(stage)
    stock(folder, env)
    program(folder, env)
    package(folder, env)
    for page in PAGES:
        if not lines_of(page):
            continue
        place = pathlib.Path(holder) / page.stem
        shutil.copytree(folder, place)
        walk(page, place, env)
    used = [page.name for page in PAGES] + [line for page in PAGES for line in lines_of(page)]
    stale = [k for k in ELSEWHERE if not any(x.startswith(k) for x in used)]
    tap.ok(not stale, "lines that are tested elsewhere exist", stale)
tap.done()
