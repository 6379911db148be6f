"""Frames of rock salt with random displacements, without labels: to start from, and kept apart.

usage: python3 frames.py       writes start.plain.xyz and valid.plain.xyz"""
import random

HALF = 2.8025  # A


def frame(displacement):
    """64 ions, each coordinate displaced by a Gaussian of that width in A."""
    rows = []
    for x in range(4):
        for y in range(4):
            for z in range(4):
                moved = [HALF * c + random.gauss(0, displacement) for c in (x, y, z)]
                rows.append(("Na", "Cl")[(x + y + z) % 2] + " %.6f %.6f %.6f" % tuple(moved))
    edge = 4 * HALF
    cell = f'Lattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" pbc="T T T"'
    return f"64\n{cell} Properties=species:S:1:pos:R:3\n" + "\n".join(rows) + "\n"


random.seed(7)
for name, displacements in (("start", 6 * [0.03]), ("valid", [0.1, 0.15, 0.2, 0.25])):
    with open(f"{name}.plain.xyz", "w") as out:
        out.writelines(frame(displacement) for displacement in displacements)
