"""Figure 1 of arXiv 2406.10915: errors against the number of features of the potential, at three
body orders, for clusters of water that a fit did not see, over several splits."""
import statistics

import papers

# Features: 0 is no response; otherwise W (L + 1)^2 of W widths and moments up to L.
FEATURES = {0: "none", 1: "W=1, L=0", 8: "W=2, L=1", 27: "W=3, L=2"}
# Level of the basis of the charges, and the greatest number of atoms that one of its functions
# couples: itself and 1, 2 or 3 neighbours.
ORDERS = {2: 2, 4: 3, 6: 4}
QUANTITIES = {"dipole": "me A", "forces": "meV/A", "energy": "meV/atom"}
KEYS = {"energy": "energy_per_atom"}


def splits(options, path, folds, most_atoms):
    """[(training, validation)] of the clusters of so many atoms: cluster k is validation of split k
    modulo the number of splits."""
    lines, frames = path.read_text().splitlines(keepends=True), []
    while lines:
        n = int(lines[0]) + 2
        frames += [lines[:n]] if n <= most_atoms + 2 else []
        lines = lines[n:]
    files = []
    for fold in range(folds):
        pair = [options.out / f"{name}-{fold}.xyz" for name in ("training", "validation")]
        for path, mine in zip(pair, (False, True)):
            chosen = [f for k, f in enumerate(frames) if (k % folds == fold) is mine]
            path.write_text("".join(line for frame in chosen for line in frame))
        files.append(pair)
    return files


def errors_of(options, features, level, fold, files, iterations):
    """{quantity: error} of one fit over the clusters that it did not see."""
    words = [files[0], "--level", 12, "--cutoff", 4.5, "--charge-level", level, "--starts", 1]
    words += ["-i", iterations]
    words += ["--targets", "energy,forces,dipole", "--weights", "0.0005,0.003,0.001,0.002"]
    words += ["--charges", "density", "--order", 2, "--features", features, "-q"]
    model = papers.fit(options, f"figure-{features}-{level}-{fold}", *words)
    found = papers.errors(options, model, files[1])
    return {name: 1e3 * found[KEYS.get(name, name)]["rmse"] for name in QUANTITIES}


def draw(path, found):
    """The picture, where there is matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return print(f"no matplotlib, so no {path}")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4))
    for axis, name in zip(axes, QUANTITIES):
        top = 0.0
        for level, order in ORDERS.items():
            features = [f for f, l in found if l == level]
            values = [[split[name] for split in found[f, level]] for f in features]
            places = [k + 0.06 * (order - 3) for k in range(len(features))]
            middle = list(map(statistics.median, values))
            spread = [
                [m - min(v) for m, v in zip(middle, values)],
                [max(v) - m for m, v in zip(middle, values)],
            ]
            top = max(top, *middle)
            axis.errorbar(
                places, middle, spread, marker="o", capsize=2, label=f"body order {order}"
            )
        axis.set_xticks(range(len(features)), features)
        axis.set_xlabel("features of the potential")
        axis.set_ylabel(f"{name}, {QUANTITIES[name]}")
        axis.set_ylim(0, 2 * top)  # a split that failed leaves the picture, not the table
    axes[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    print(f"{path} written")


def run(options, path):
    """Fits, prints the table and draws. path: the clusters."""
    features, folds, most, iterations = list(FEATURES), 3, 18, 30
    if options.short:
        features, folds, most, iterations = [0, 1], 2, 9, 2
    files, found = splits(options, path, folds, most), {}
    for number in features:
        for level in ORDERS:
            found[number, level] = [
                errors_of(options, number, level, fold, pair, iterations)
                for fold, pair in enumerate(files)
            ]
    table = papers.Table(
        f"2406.10915, figure 1: errors over clusters that {folds} fits did not see, median and"
        " extremes"
    )
    for (number, level), values in found.items():
        for name, unit in QUANTITIES.items():
            each = [split[name] for split in values]
            here = f"{statistics.median(each):.3g} ({min(each):.3g} to {max(each):.3g})"
            text = f"{name} {unit}, {number} features ({FEATURES[number]})"
            table.add(f"{text}, body order {ORDERS[level]}", "-", here, "lrpot eval these")
    table.show()
    draw(options.out / "features.png", found)
