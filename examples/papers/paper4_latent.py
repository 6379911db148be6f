#!/usr/bin/env python3
"""arXiv 2504.05169: latent Ewald summation infers the electrical response: water from energies and
forces alone.

Fits latent charges, the same local model without, and one with Born charges as targets to frames of
DATA/water_rpbe_d3; prints energies, forces and Born charges of validation frames beside the
published ones. With LRPOT_LMP=launcher of LAMMPS it adds the infrared bands of a short run;
--spectra gives those of long runs without and in fields instead."""
import math
import os
import shutil
import sys

import papers
import water_bands

EPSILON = 1.78  # of water, electronic
# Born charges are fitted on the scale of the model's screened ones.
KEY = f'eps_inf="{EPSILON} 0 0 0 {EPSILON} 0 0 0 {EPSILON}"'
CURRENT = [
    "--columns",
    "2,3,4",
    "--kind",
    "current",
    "--scale",
    "0.001",
    "--step",
    "1",
    "--volume",
    "1920.03",
    "--temperature",
    "300",
]

SPECTRA = "instead: bands of water in four fields, 55 ps each; LRPOT_LMP is needed"
options = papers.arguments(__doc__, "paper4-results", every=2, flags=(("--spectra", SPECTRA),))
train, valid = papers.data(options, "water_rpbe_d3/bec_train.xyz", "water_rpbe_d3/bec_val.xyz")
if options.short:
    size, every = [
        "--level",
        4,
        "--charge-level",
        2,
        "--charge-cutoff",
        4.5,
        "--max-iterations",
        2,
    ], 20
elif options.full:
    size, every = [
        "--level",
        14,
        "--charge-level",
        12,
        "--charge-cutoff",
        4,
        "--max-iterations",
        40,
    ], 1
else:
    size, every = [
        "--level",
        12,
        "--charge-level",
        8,
        "--charge-cutoff",
        4.5,
        "--max-iterations",
        25,
    ], options.every
size += ["--cutoff", 4.5, "--species-coefficients", "all", "--starts", 1]
if options.spectra and not options.short:
    every = 1
train, valid = papers.part(options, train, every, KEY), papers.part(
    options, valid, 10 if options.short else 1, KEY
)


def born(model):
    """RMSE in e of the diagonal and of the rest, physical charges."""
    out = options.out / "born.xyz"
    papers.run(
        options.lrpot,
        "eval",
        model,
        valid,
        "--bec",
        "--eps-inf",
        EPSILON,
        "--threads",
        options.threads,
        "-o",
        out,
    )
    sums, counts = [0.0, 0.0], [0, 0]
    for here, reference in zip(papers.columns(out, "bec"), papers.columns(valid, "bec")):
        for k in range(9):
            sums[k % 4 != 0] += (here[k] - reference[k]) ** 2
            counts[k % 4 != 0] += 1
    return [math.sqrt(s / n) for s, n in zip(sums, counts)], math.sqrt(sum(sums) / sum(counts))


def spectra():
    """Four runs with a model of all frames that saw energies and forces alone. Fields press
    molecules below the distances of the frames, where a barrier keeps them apart."""
    words = ["--charges", "latent", "--targets", "energy,forces", "--valid", valid]
    words += ["--gap-barrier", 2]
    large = ["--level", 16, "--charge-level", 12, "--radial-size", 10, "--charge-cutoff", 4]
    large += ["--cutoff", 4.5, "--species-coefficients", "all", "--starts", 1]
    large += ["--max-iterations", 40]
    model = papers.fit(options, "spectra", train, *words, *(size if options.short else large))
    water_bands.table(options, os.environ["LRPOT_LMP"], model, train, EPSILON)


if options.spectra:
    if "LRPOT_LMP" not in os.environ:
        sys.exit("--spectra: LRPOT_LMP is not set to a launcher of LAMMPS (lrpot-lmp)")
    spectra()
    sys.exit(0)

table = papers.Table(
    f"2504.05169, water: 10 validation frames of 64 molecules; one in {every} of 58 training frames"
)
for name, words, published in (
    (
        "E+F, local model",
        ["--charges", "none", "--targets", "energy,forces"],
        ("-", "(31.0)", "-", "-", "-"),
    ),
    (
        "E+F, latent charges",
        ["--charges", "latent", "--targets", "energy,forces"],
        ("0.25", "21.0", "0.06", "0.04", "51"),
    ),
    (
        "E+F+BEC, latent charges",
        ["--charges", "latent", "--targets", "energy,forces,bec"],
        ("0.19", "25.3", "0.04", "0.03", "-"),
    ),
):
    label = name.split(",")[0].replace("+", "") + ("_local" if "local" in name else "")
    model = papers.fit(options, label, train, "--valid", valid, *words, *size)
    here = papers.errors(options, model, valid, "--threads", options.threads)
    command = f"lrpot eval {label}.model bec_val.xyz"
    table.add(
        f"energy meV/atom, {name}", published[0], 1e3 * here["energy_per_atom"]["rmse"], command
    )
    table.add(f"forces meV/A, {name}", published[1], 1e3 * here["forces"]["rmse"], command)
    if "local" in name:
        continue
    (diagonal, rest), whole = born(model)
    command += f" --bec --eps-inf {EPSILON}"
    table.add(f"Born charges e, diagonal, {name}", published[2], diagonal, command)
    table.add(f"Born charges e, off diagonal, {name}", published[3], rest, command)
    table.add(f"Born charges me, all, {name}", published[4], 1e3 * whole, command)


def infrared(launcher):
    """Bands of a short run with the model that learned Born charges too."""
    here = papers.ROOT / "examples" / "15_lammps_water"
    for file in ("in.water", "band.awk"):
        shutil.copy(here / file, options.out)
    shutil.copy(options.out / "EFBEC.model", options.out / "water.model")
    water_bands.write_start(train, options.out / "water.data")
    steps = (
        ["-var", "warm", 20, "-var", "steps", 400]
        if options.short
        else ["-var", "warm", 1000, "-var", "steps", 4000]
    )
    papers.run(
        os.path.abspath(launcher),
        "-in",
        "in.water",
        *steps,
        cwd=options.out,
        env={**os.environ, "OMP_NUM_THREADS": options.threads},
    )
    papers.run(
        options.lrpot,
        "ir",
        "current.txt",
        *CURRENT,
        "--resolution",
        200 if options.short else 60,
        "--highest",
        4500,
        "-o",
        "ir.csv",
        cwd=options.out,
    )
    return (
        papers.run("awk", "-F,", "-f", "band.awk", "ir.csv", cwd=options.out)
        .split("all ")[1]
        .split(",")[0]
    )


if "LRPOT_LMP" in os.environ:
    table.add(
        "O-H stretch cm-1",
        "3400",
        infrared(os.environ["LRPOT_LMP"]),
        "lrpot-lmp -in in.water; lrpot ir",
    )
else:
    print(
        "no infrared bands: LRPOT_LMP is not set to a launcher of LAMMPS (lrpot-lmp)",
        file=sys.stderr,
    )
table.remark(
    "Published: 588 training frames, CACE (products of up to three, no messages), cutoff 4.5 A."
    " In brackets: the like model without long range (dataset of arXiv 2507.14302)."
)
table.remark("Born charges are times sqrt(1.78); index order polarization, displacement.")
table.show()
