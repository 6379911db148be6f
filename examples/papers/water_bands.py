"""Infrared bands of water without and in fields: dynamics in LAMMPS, spectra of blocks, centres
with error bars."""
import csv
import math
import os
import shutil

import papers

#: cm-1: name, window, published centre and what a field along it does (2504.05169)
BANDS = (
    ("hydrogen-bond stretch", 100, 320, "200", "-"),
    ("libration", 350, 1100, "650", "up"),
    ("bend", 1480, 1800, "1640", "-"),
    ("O-H stretch", 2800, 4000, "3400", "down"),
)
FIELDS = (0.0, 0.05, 0.10, 0.15)  # V/A along z, physical ones
BLOCKS = 5
LARGEST = 400  # e A/ps: currents beyond are those of molecules that fly apart
TAIL = 1000  # samples of 1 fs that are left out before
COLUMNS = {"all": 1, "along": 5}  # of the spectra that lrpot ir writes
CURRENT = "--columns 2,3,4 --kind current --scale 0.001 --step 1 --temperature 300".split()


def write_start(frame, path):
    """A frame of extended XYZ in a cube, as LAMMPS reads it."""
    lines = frame.read_text().splitlines()
    n, edge = int(lines[0]), lines[1].split('"')[1].split()[0]
    atoms = [
        f"{k} {1 if words[0] == 'O' else 2} 0 {' '.join(words[1:4])}"
        for k, words in enumerate((line.split() for line in lines[2 : 2 + n]), 1)
    ]
    sides = "\n".join(f"0 {edge} {a}lo {a}hi" for a in "xyz")
    head = f"first frame of the data\n\n{n} atoms\n2 atom types\n{sides}\n\nAtoms\n\n"
    path.write_text(head + "\n".join(atoms) + "\n")
    return float(edge) ** 3


def centre(spectrum, low, high, column):
    """Mean wavenumber of what lies above the line between the ends of the window."""
    part = [(row[0], row[column]) for row in spectrum if low <= row[0] <= high]
    if len(part) < 3:
        return math.nan
    (x0, y0), (x1, y1) = part[0], part[-1]
    above = [(x, max(y - y0 - (y1 - y0) * (x - x0) / (x1 - x0), 0.0)) for x, y in part]
    whole = sum(y for _, y in above)
    return sum(x * y for x, y in above) / whole if whole > 0 else math.nan


def spectrum(options, folder, name, volume, epsilon):
    """Rows of numbers of the spectrum of a table of currents."""
    resolution = 150 if options.short else 20
    words = ["ir", name, *CURRENT, "--volume", volume, "--eps-inf", epsilon, "--highest", 4500]
    papers.run(options.lrpot, *words, "--resolution", resolution, "-o", "ir.csv", cwd=folder)
    with open(folder / "ir.csv", newline="") as lines:
        return [[float(word) for word in row] for row in list(csv.reader(lines))[1:]]


def dynamics(options, launcher, model, start, field, epsilon):
    """Folder with current.txt of a run, of 55 ps after 5 ps without --short; one that has ended is
    taken as it is. A run in which molecules fly apart ends with status 1."""
    folder = options.out / f"field_{field:.2f}"
    if (folder / "ended").exists():
        return folder
    folder.mkdir(exist_ok=True)
    shutil.copy(papers.ROOT / "examples" / "15_lammps_water" / "in.water", folder)
    shutil.copy(model, folder / "water.model")
    shutil.copy(start, folder / "water.data")
    warm, steps = (20, 2600) if options.short else (10000, 110000)
    words = ["-in", "in.water", "-var", "field", field, "-var", "eps_inf", epsilon]
    words += ["-var", "warm", warm, "-var", "steps", steps]
    environment = {**os.environ, "OMP_NUM_THREADS": options.threads}
    papers.run(os.path.abspath(launcher), *words, cwd=folder, env=environment, codes=(0, 1))
    (folder / "ended").touch()
    return folder


def sound(options, folder):
    """Lines of current.txt, one for each fs, up to where the run broke, and whether it did. The
    model of --short has larger currents from the start."""
    largest = math.inf if options.short else LARGEST
    rows = [line for line in (folder / "current.txt").open() if not line.startswith("#")]
    for k, row in enumerate(rows):
        if not all(abs(float(word)) < largest for word in row.split()[1:]):
            return rows[: max(k - TAIL, 0)], True
    return rows, False


def blocks(options, folder, rows, volume, epsilon):
    """{(band, column): (mean, standard error)} over blocks of the run."""
    size, found = len(rows) // BLOCKS, {}
    for k in range(BLOCKS):
        (folder / "block.txt").write_text("".join(rows[k * size : (k + 1) * size]))
        one = spectrum(options, folder, "block.txt", volume, epsilon)
        for name, low, high, *_ in BANDS:
            for label, column in COLUMNS.items():
                found.setdefault((name, label), []).append(centre(one, low, high, column))
    result = {}
    for key, values in found.items():
        mean = sum(values) / BLOCKS
        scatter = sum((v - mean) ** 2 for v in values) / (BLOCKS * (BLOCKS - 1))
        result[key] = mean, math.sqrt(scatter)
    return result


def table(options, launcher, model, frames, epsilon):
    """Bands without field, and what fields do to them."""
    start = options.out / "water.data"
    volume = write_start(frames, start)
    out = papers.Table("2504.05169, infrared bands of water, cm-1, energies and forces alone")
    found = {}
    for field in FIELDS:
        folder = dynamics(options, launcher, model, start, field, epsilon)
        rows, broke = sound(options, folder)
        length = f"{len(rows) / 1000:.1f}" + (", then it broke" if broke else "")
        out.add(f"ps of dynamics, {field:.2f} V/A", "50", length, f"-var field {field}")
        found[field] = blocks(options, folder, rows, volume, epsilon)
    for name, _, _, published, moves in BANDS:
        rest = found[0.0][name, "all"]
        out.add(name, published, "%.0f +- %.0f" % rest, "in.water; lrpot ir")
        for field in FIELDS[1:]:
            for label in COLUMNS:
                mean, error = found[field][name, label]
                before, uncertain = found[0.0][name, label]
                moved = "%+.0f +- %.0f" % (mean - before, math.hypot(error, uncertain))
                where = "" if label == "all" else ", along the field"
                out.add(f"  {field:.2f} V/A{where}", moves, moved, f"-var field {field}")
    out.remark(f"Fields are physical: {epsilon} is eps_inf of water. Errors: {BLOCKS} blocks.")
    out.remark("Centre: mean wavenumber of what lies above the line between the ends of a window.")
    out.show()
