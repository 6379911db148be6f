"""Parity plot of the forces and phonon bands of the two models that run.sh has fitted.

Usage: plot.py DATA_FOLDER RESULT_FOLDER
"""

import os
import re
import sys

import matplotlib

matplotlib.use("Agg")  # no display needed
import matplotlib.pyplot as plt
import numpy as np

MODELS = (("mtp", "MTP", "tab:orange"), ("edqrd", "MTP+EDQRd", "tab:blue"))
BANDS = (
    ("mtp", "MTP", "tab:orange", "-"),
    ("small", "MTP+EDQRd, small cells alone", "tab:blue", ":"),
    ("edqrd", "MTP+EDQRd, five models, one sigma", "tab:blue", "-"),
)
TO, LO = 4.346, 7.297  # THz, first principles (data/README.md)


def read_forces(path):
    """Forces of all frames of an extended XYZ file, [atoms, 3]."""
    rows = []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            n = int(line)
            columns = next(lines).split("Properties=")[1].split()[0].split(":")
            start = 0
            for name, width in zip(columns[0::3], columns[2::3]):
                if name == "forces":
                    break
                start += int(width)
            for _ in range(n):
                rows.append([float(x) for x in next(lines).split()[start : start + 3]])
    return np.array(rows)


def parity_plot(data, out):
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 4.4))
    for panel, name in zip(axes, ("train", "valid")):
        reference = read_forces(os.path.join(data, name + ".xyz")).ravel()
        limit = 1.05 * np.abs(reference).max()
        panel.plot([-limit, limit], [-limit, limit], color="0.6", linewidth=0.8)
        for key, label, colour in MODELS:
            forces = read_forces(os.path.join(out, f"{key}.{name}.xyz")).ravel()
            rmse = 1e3 * np.sqrt(np.mean((forces - reference) ** 2))
            panel.plot(
                reference,
                forces,
                ".",
                markersize=3,
                color=colour,
                alpha=0.6,
                label=f"{label}: {rmse:.1f} meV/Å",
            )
        panel.set_title("training" if name == "train" else "validation")
        panel.set_xlabel("first-principles force (eV/Å)")
        panel.legend(frameon=False, markerscale=3)
    axes[0].set_ylabel("force of the model (eV/Å)")
    figure.tight_layout()
    figure.savefig(os.path.join(out, "parity.png"), dpi=150)
    plt.close(figure)


def bands(path):
    """Lines of the path: distances, frequencies (THz) and their deviations (0 for one model)."""
    with open(path, encoding="ascii") as rows:
        names = next(rows).strip().split(",")
        table = np.loadtxt(rows, delimiter=",")
    modes = [k for k, name in enumerate(names) if re.match(r"mode\d+/", name)]
    spreads = [k for k, name in enumerate(names) if "_spread/" in name]
    # both ends of every line are rows: where a line begins, the distance stays
    starts = [0, *(np.flatnonzero(np.diff(table[:, 0]) == 0) + 1), len(table)]
    for start, end in zip(starts, starts[1:]):
        part = table[start:end]
        deviation = part[:, spreads] if spreads else np.zeros_like(part[:, modes])
        yield part[:, 0], part[:, modes], deviation


def zoom(panel, out, gamma):
    """The LO branch next to Gamma, where one standard deviation can be seen."""
    inset = panel.inset_axes([0.52, 0.78, 0.30, 0.16])
    for x, y, deviation in bands(os.path.join(out, "edqrd.bands.csv")):
        inset.fill_between(
            x, y[:, -1] - deviation[:, -1], y[:, -1] + deviation[:, -1], color="tab:blue", alpha=0.3
        )
        inset.plot(x, y[:, -1], color="tab:blue", linewidth=0.9)
    inset.plot([gamma], [LO], "k_", markersize=14, markeredgewidth=2)
    inset.set_xlim(gamma - 0.12, gamma + 0.12)
    inset.set_ylim(LO - 0.12, LO + 0.06)
    inset.set_xticks([])
    inset.tick_params(labelsize=6)
    inset.set_title("LO at Γ, one sigma", fontsize=7)


def band_plot(out):
    figure, panel = plt.subplots(figsize=(6.4, 4.8))
    for key, label, colour, style in BANDS:
        for s, (x, y, deviation) in enumerate(bands(os.path.join(out, key + ".bands.csv"))):
            for b in range(y.shape[1]):
                panel.fill_between(
                    x,
                    y[:, b] - deviation[:, b],
                    y[:, b] + deviation[:, b],
                    color=colour,
                    alpha=0.3,
                    linewidth=0,
                )
                panel.plot(
                    x,
                    y[:, b],
                    style,
                    color=colour,
                    linewidth=0.9,
                    label=label if s == b == 0 else None,
                )
    edges = [x[0] for x, _, _ in bands(os.path.join(out, "edqrd.bands.csv"))]
    edges.append(x[-1])
    ticks = list(zip(edges, ("L", "Γ", "X|K", "Γ")))
    zoom(panel, out, ticks[1][0])
    gamma = [x for x, name in ticks if name == "Γ"]
    panel.plot(
        gamma,
        [TO] * len(gamma),
        "k_",
        markersize=14,
        markeredgewidth=2,
        label="first principles, TO and LO at Γ",
        linestyle="none",
    )
    panel.plot(gamma, [LO] * len(gamma), "k_", markersize=14, markeredgewidth=2, linestyle="none")
    for x, _ in ticks:
        panel.axvline(x, color="0.8", linewidth=0.8)
    panel.axhline(0.0, color="0.8", linewidth=0.8)
    panel.set_xticks([x for x, _ in ticks])
    panel.set_xticklabels([name for _, name in ticks])
    panel.set_xlim(ticks[0][0], ticks[-1][0])
    panel.set_ylim(-0.4, 10.2)
    panel.set_ylabel("frequency (THz)")
    panel.set_title("NaCl, a = 5.605 Å, fitted to energies, forces and stresses", fontsize=9)
    panel.legend(frameon=True, fontsize=8, loc="upper left")
    figure.tight_layout()
    figure.savefig(os.path.join(out, "bands.png"), dpi=120)
    plt.close(figure)


def main():
    data, out = sys.argv[1:3]
    parity_plot(data, out)
    band_plot(out)
    print(
        f"plots: {os.path.join(out, 'parity.png')}, {os.path.join(out, 'bands.png')}",
        file=sys.stderr,
    )


main()
