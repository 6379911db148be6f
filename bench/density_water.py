"""Born charges of liquid water and of water clusters by one self-consistent density: without a
factor between the two, since the model's own response screens the liquid.

usage: python3 bench/density_water.py [--lrpot COMMAND] [--threads 2] [--data FOLDER]
                                      [-- OPTIONS OF THE FIT]

Fitted are the Born charges of two frames of the liquid (192 atoms) and of the training clusters of
up to 45 atoms. The errors are of all validation frames: ten of the liquid, every fourth cluster,
those of up to 75 atoms among them. What chooses the state that is kept is the first of the former
and the smaller ones of the latter."""
import pathlib
import subprocess

import figures

LARGEST = 45  # atoms of a cluster in the fit: products of matrices of all moments take its time
LIQUID = (10, 45)

options = figures.arguments(__doc__, "density-water-results")
train, valid, water = figures.data(
    options, "water_rpbe_d3/bec_train.xyz", "water_rpbe_d3/bec_val.xyz", "spice_bec/water.xyz"
)


def write(name, frames):
    path = pathlib.Path(options.out) / name
    path.write_text("\n".join(frames) + "\n")
    return str(path)


def small(frames):
    return [frame for frame in frames if int(frame.split("\n")[0]) <= LARGEST]


def screening(model, path):
    """Mean eps_inf of the crystals of a file, as the model's response has it."""
    command = [options.lrpot, "bec", model, path]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.split()[1:4] for line in printed.splitlines() if line.startswith("eps_inf ")]
    values = [float(word) for line in lines for word in line]
    return sum(values) / len(values)


clusters = list(figures.xyz_frames(water))
kept_apart = clusters[3::4]
liquid, liquid_valid = (list(figures.xyz_frames(path)) for path in (train, valid))
fit = figures.Fit(
    options,
    "density",
    write(
        "train.xyz",
        [liquid[k] for k in LIQUID] + small(f for i, f in enumerate(clusters) if i % 4 != 3),
    ),
    *"--charges density --order 1 --targets bec --level 6 --charge-level 10 --cutoff 4.5".split(),
    *"--charge-cutoff 4.5 --starts 1 --max-iterations 30".split(),
    valid=write("valid.xyz", liquid_valid[:1] + small(kept_apart)),
)
table = figures.Table()
for name, path in (("liquid", valid), ("clusters", write("clusters.xyz", kept_apart))):
    born = fit.errors(path, bec=True)["all"]["bec"]
    table.add(f"Born charges, {name}, as they are", born["rmse"], 0.035, "e")
    table.add(
        f"  times {born['best_factor']:.3f}, the best factor",
        born["rmse_at_best_factor"],
        None,
        "e",
    )
table.add("eps_inf of the liquid, not fitted", screening(fit.model, valid))
table.note(fit.time())
table.end(options)
