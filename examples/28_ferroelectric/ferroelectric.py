#!/usr/bin/env python3
"""Teacher and student of a ferroelectric: P(T), transition, loops and dipoles of the cells.

usage: ferroelectric.py LRPOT LRPOT_LMP [--short] [--figure FILE.png]
Runs in the current folder; runs and models that are there already are not made again. --short shows
that all goes together. The figure needs matplotlib."""
import argparse
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys

import make_data

HERE = pathlib.Path(__file__).resolve().parent
VOLUME = 8 * 5.3 * 5.3 * 6.3  # A^3, of 64 ions
UNIT = 1602.176634 / VOLUME  # uC/cm^2 in one e A
BLOCKS, WARM = 10, 2000
WHO = ("teacher", "student")


def run(*words, codes=(0,)):
    words = [str(word) for word in words]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def lammps(options, script, out, **values):
    """Runs an input in the folder of the results, if its output is not there."""
    if pathlib.Path(out).exists():
        return
    for path in [HERE / script, *HERE.glob("*.lmp")]:
        if not pathlib.Path(path.name).exists():
            pathlib.Path(path.name).symlink_to(path)
    words = [w for name, value in values.items() for w in ("-var", name, value)]
    partial = f"{out}.partial"
    quiet = ["-log", "none", "-screen", "none"]
    run(options.lammps, "-in", script, *words, "-var", "out", partial, *quiet)
    pathlib.Path(partial).rename(out)


def learn(options):
    if not pathlib.Path("train.xyz").exists():
        frames = 2 if options.short else 7
        run(sys.executable, HERE / "make_data.py", options.lammps, frames)
    if not pathlib.Path("student.model").exists():
        sizes = "--charges edqrd --level 8 --charge-level 4 --cutoff 5 --starts 1 --threads 1"
        iterations = 20 if options.short else 60
        words = ["train.xyz", "--valid", "valid.xyz", *sizes.split(), "-i", iterations]
        run(options.lrpot, "fit", *words, "-o", "student.model", codes=(0, 4))


def dipoles(name, column):
    rows = [line.split() for line in open(name) if not line.startswith("#")]
    return [(int(row[0]), float(row[column]) * UNIT) for row in rows]


def poled(options, who, T):
    """Polarization along a run without field, in blocks."""
    name = f"poled_{who}_{T}.txt"
    steps = 1000 if options.short else 30000
    warm = 200 if options.short else WARM
    lammps(options, "in.poled", name, who=who, T=T, steps=steps, warm=warm)
    values = [p for step, p in dipoles(name, 1) if step > 2 * warm]
    size = len(values) // BLOCKS
    return [values[k * size : (k + 1) * size] for k in range(BLOCKS)]


def moments(blocks):
    values = [p for block in blocks for p in block]
    second = sum(p * p for p in values) / len(values)
    fourth = sum(p**4 for p in values) / len(values)
    return math.sqrt(second), 1 - fourth / (3 * second * second)


def mean(values):
    m = sum(values) / len(values)
    return m, math.sqrt(sum((x - m) ** 2 for x in values) / (len(values) - 1) / len(values))


def crossing(temperatures, cumulants):
    """Where the cumulant falls through 1/3, halfway from two wells to one, the last time."""
    pairs = list(zip(temperatures, cumulants))
    for (T1, u1), (T2, u2) in reversed(list(zip(pairs, pairs[1:]))):
        if u1 > 1 / 3 >= u2:
            return T1 + (T2 - T1) * (u1 - 1 / 3) / (u1 - u2)
    return math.nan


def transition(runs):
    """Temperature of the transition of 64 ions; its error by drawing blocks again."""
    source, temperatures = random.Random(1), sorted(runs)
    value = crossing(temperatures, [moments(runs[T])[1] for T in temperatures])
    drawn = [
        crossing(
            temperatures, [moments(source.choices(runs[T], k=BLOCKS))[1] for T in temperatures]
        )
        for _ in range(200)
    ]
    drawn = [T for T in drawn if not math.isnan(T)]
    return value, mean(drawn)[1] * math.sqrt(len(drawn)) if len(drawn) > 1 else math.nan


def loop(options, who, T):
    name = f"loop_{who}_{T}.txt"
    sizes = {"quarter": 4, "cycles": 1, "steps": 60} if options.short else {}
    lammps(options, "in.loop", name, who=who, T=T, **sizes)
    words = ["loop", name, "--columns", "2,3", "--volume", VOLUME, "--json"]
    return json.loads(run(options.lrpot, *words))


def map_frames(options):
    """A crystal of 512 ions while it turns round: dipoles of its cells by teacher and student."""
    steps, every = (60, 30) if options.short else (600, 20)
    cells = 2 if options.short else 4
    values = {"T": 200, "pole": 0.03, "back": -0.05, "steps": steps, "every": every}
    lammps(options, "in.poled", "map.txt", cells=cells, **values)
    pathlib.Path("centred_map.xyz").write_text(make_data.centred(cells=cells))
    make_data.with_charges("frames.dump", "frames.xyz")
    words = ["frames.xyz", "--reference", "centred_map.xyz", "--centre", "Ca", "--json"]
    found = {}
    for who, model in (("teacher", []), ("student", ["student.model"])):
        found[who] = json.loads(run(options.lrpot, "dipoles", *model, *words))["frames"]
    return found


def compare_maps(found):
    pairs = [
        (a, b)
        for one, other in zip(found["teacher"], found["student"])
        for p, q in zip(one["dipoles"], other["dipoles"])
        for a, b in zip(p, q)
    ]
    square = lambda values: math.sqrt(sum(x * x for x in values) / len(values))
    return square([a - b for a, b in pairs]), square([a for a, _ in pairs])


def figure(path, runs, loops, found):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels, axes = pyplot.subplots(2, 2, figsize=(9, 7.5), constrained_layout=True)
    marks = dict(zip(WHO, ("o-", "s--")))
    for who in WHO:
        points = [(T, *mean([moments([b])[0] for b in runs[who][T]])) for T in sorted(runs[who])]
        axes[0, 0].errorbar(*zip(*points), fmt=marks[who], label=who, capsize=3)
        for (T, result), colour in zip(sorted(loops[who].items()), ("C0", "C3")):
            axes[0, 1].plot(
                result["E"],
                result["P"],
                marks[who],
                color=colour,
                ms=3,
                lw=0.8,
                label=f"{who}, {T} K",
            )
    axes[0, 0].set(xlabel="T (K)", ylabel="root mean square P (µC/cm²)", ylim=(0, None))
    axes[0, 1].set(xlabel="field (V/Å)", ylabel="P (µC/cm²)")
    for axis in axes[0]:
        axis.legend(fontsize=8)
    half = min(
        range(len(found["teacher"])), key=lambda k: abs(found["teacher"][k]["polarization"][2])
    )
    for axis, who in zip(axes[1], WHO):
        cells = make_data.columns("centred_map.xyz", found[who][half]["dipoles"])
        x, y, p = zip(*cells)
        shown = axis.scatter(x, y, c=p, cmap="coolwarm", s=420, vmin=-0.6, vmax=0.6, marker="s")
        axis.set(title=f"{who}: dipoles of the columns", xlabel="x (Å)", ylabel="y (Å)")
        axis.set_aspect("equal")
    panels.colorbar(shown, ax=axes[1], label="mean dipole of a cell along z (e Å)")
    panels.savefig(path, dpi=100)


def show(runs, loops, found):
    print("# root mean square P without field (uC/cm2), cumulant")
    print("#   T        teacher                      student")
    for T in sorted(runs["teacher"]):
        row = f"{T:5d} K"
        for who in WHO:
            p, bar = mean([moments([block])[0] for block in runs[who][T]])
            row += f"   {p:6.2f} +- {bar:4.2f}  {moments(runs[who][T])[1]:6.3f}   "
        print(row.rstrip())
    rows = [("transition (K)", *(transition(runs[who]) for who in WHO))]
    for T in sorted(loops["teacher"]):
        for key, unit in (("remanent", "uC/cm2"), ("coercive", "V/A"), ("area", "J/cm3")):
            rows.append((f"{key} at {T} K ({unit})", *(both(loops[who][T], key) for who in WHO)))
    print(f"\n{'':30s} {'teacher':>20s} {'student':>20s}")
    for name, *values in rows:
        print(f"{name:30s} " + " ".join(f"{v:12.4f} +- {e:6.4f}" for v, e in values))
    error, size = compare_maps(found)
    print(
        f"\ndipoles of {len(found['teacher'][0]['dipoles'])} cells of the same frames: rms", end=""
    )
    print(f" {size:.4f} e A, student minus teacher {error:.5f} e A")


def both(result, key):
    """Value and error; of remanence and coercive field the mean of the two branches. What a short
    loop does not tell is NaN."""
    known = lambda x: math.nan if x is None else x
    values, bars = result[key], result[f"{key}_error"]
    if key == "area":
        return known(values), known(bars)
    rising, falling = map(known, values)
    return abs(rising - falling) / 2, math.hypot(*map(known, bars)) / 2


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lrpot")
    parser.add_argument("lammps", metavar="lrpot-lmp")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--figure")
    options = parser.parse_args()
    learn(options)
    temperatures = (200, 800) if options.short else (100, 200, 300, 400, 500, 600, 700, 800, 1000)
    runs = {who: {T: poled(options, who, T) for T in temperatures} for who in WHO}
    loops = {who: {T: loop(options, who, T) for T in (200, 1000)} for who in WHO}
    found = map_frames(options)
    show(runs, loops, found)
    if options.figure:
        figure(options.figure, runs, loops, found)


if __name__ == "__main__":
    main()
