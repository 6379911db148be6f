"""Parity plot of the forces and phonon bands of the two models that run.sh has fitted.

Usage: plot.py DATA_FOLDER RESULT_FOLDER
"""

import os
import sys

import matplotlib

matplotlib.use("Agg")  # no display needed
import matplotlib.pyplot as plt
import numpy as np

MODELS = (("mtp", "MTP", "tab:orange"), ("edqrd", "MTP+EDQRd", "tab:blue"))
BANDS = (
    ("mtp", "MTP", "tab:orange", "-"),
    ("small", "MTP+EDQRd, small cells alone", "tab:blue", ":"),
    ("edqrd", "MTP+EDQRd", "tab:blue", "-"),
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


def bands(folder, with_field):
    """Distances and frequencies (THz) along L-Γ-X-K-Γ of the fcc zone, one pair per segment, and the corners."""
    import phonopy

    phonon = phonopy.load(
        unitcell_filename=os.path.join(folder, "POSCAR"),
        force_constants_filename=os.path.join(folder, "FORCE_CONSTANTS"),
        born_filename=os.path.join(folder, "BORN") if with_field else None,
        supercell_matrix=[4, 4, 4],
        primitive_matrix="P",
        is_nac=with_field,
        log_level=0,
    )
    corners = [("L", (0.5, 0.5, 0.5)), ("Γ", (0.0, 0.0, 0.0)), ("X", (0.5, 0.5, 0.0))], [
        ("K", (0.375, 0.75, 0.375)),
        ("Γ", (0.0, 0.0, 0.0)),
    ]
    paths, ticks = [], []
    for part in corners:
        for (_, start), (_, end) in zip(part, part[1:]):
            paths.append(np.linspace(start, end, 61))
    phonon.run_band_structure(paths, is_band_connection=False)
    result = phonon.get_band_structure_dict()
    at = [segment[0] for segment in result["distances"]] + [result["distances"][-1][-1]]
    ticks = list(zip(at, ("L", "Γ", "X|K", "Γ")))
    return result["distances"], result["frequencies"], ticks


def band_plot(out):
    figure, panel = plt.subplots(figsize=(6.4, 4.4))
    for key, label, colour, style in BANDS:
        folder = os.path.join(out, key + ".phonopy")
        distances, frequencies, ticks = bands(folder, os.path.exists(os.path.join(folder, "BORN")))
        for s, (x, y) in enumerate(zip(distances, frequencies)):
            for b in range(y.shape[1]):
                panel.plot(
                    x,
                    y[:, b],
                    style,
                    color=colour,
                    linewidth=1.2,
                    label=label if s == b == 0 else None,
                )
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
    panel.set_ylabel("frequency (THz)")
    panel.set_title("NaCl, a = 5.605 Å, fitted to energies, forces and stresses", fontsize=9)
    panel.legend(frameon=True, fontsize=8, loc="lower right")
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
