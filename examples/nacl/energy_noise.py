"""How much of a model's energy error is noise of the reference.

The reference energies are at constant plane-wave cutoff (44 Ry, Gamma point), so the number of plane waves N jumps with the shape of
the cell: ln(N / N_smooth), N_smooth = V k^3 / (6 pi^2), times -0.2833 eV per atom (the Pulay constant that the data's README gives)
is an error of each energy that no smooth potential can follow. Prints the error of each model as it is, with that noise taken off
the reference, and the correlation of the two.

Usage: energy_noise.py DATA_FOLDER RESULT_FOLDER (that of run.sh)
"""
import re
import sys

import numpy

CUTOFF = numpy.sqrt(44.0) / 0.529177210903  # 1/A
PULAY = 0.2833  # eV per atom


def frames(path):
    """Cell, number of atoms, energy, name of each frame."""
    with open(path, encoding="ascii") as stream:
        lines = stream.read().splitlines()
    at = 0
    while at < len(lines) and lines[at].strip():
        n = int(lines[at])
        comment = lines[at + 1]
        cell = numpy.array(
            re.search(r'Lattice="([^"]*)"', comment).group(1).split(), float
        ).reshape(3, 3)
        energy = float(re.search(r"(?:^|\s)energy=\"?([-+.0-9eE]+)", comment).group(1))
        name = re.search(r'config_type="?([^"\s]*)', comment).group(1)
        yield cell, n, energy, name
        at += n + 2


def noise(cell):
    """eV per atom by which the energy is too high."""
    reciprocal = 2 * numpy.pi * numpy.linalg.inv(cell).T
    reach = [int(CUTOFF * numpy.linalg.norm(row) / (2 * numpy.pi)) + 1 for row in cell]
    grid = numpy.stack(
        numpy.meshgrid(*[numpy.arange(-m, m + 1) for m in reach], indexing="ij"), -1
    ).reshape(-1, 3)
    count = (((grid @ reciprocal) ** 2).sum(1) <= CUTOFF**2).sum()
    return -PULAY * numpy.log(
        count / (abs(numpy.linalg.det(cell)) * CUTOFF**3 / (6 * numpy.pi**2))
    )


def main(data, results):
    print("RMSE of energies after one constant, meV/atom; crystals only (molten frames left out)")
    print(
        f"{'model':10} {'frames':>6} {'as given':>9} {'noise off':>9} {'noise':>7} {'correlation':>11}"
    )
    for model in ("mtp", "edqrd"):
        errors, noises = [], []
        for part in ("train", "valid"):
            reference = list(frames(f"{data}/{part}.xyz"))
            for (cell, n, energy, name), (_, _, found, _) in zip(
                reference, frames(f"{results}/{model}.{part}.xyz")
            ):
                if not name.startswith("melt"):
                    errors.append((found - energy) / n)
                    noises.append(-noise(cell))
        errors, noises = 1e3 * numpy.array(errors), 1e3 * numpy.array(noises)
        rest = errors - noises
        print(
            f"{model:10} {len(errors):6d} {errors.std():9.3f} {rest.std():9.3f} {noises.std():7.3f} "
            f"{numpy.corrcoef(errors, noises)[0, 1]:11.2f}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
