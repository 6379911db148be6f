#!/usr/bin/env python3
"""From a disordered crystal to its lattice constant and bulk modulus, by ASE with a model of liblrpot."""
import numpy as np
from ase.constraints import ExpCellFilter
from ase.io import read
from ase.optimize import BFGS

from lrpot import LRPOT

atoms = read("rattled.xyz")
atoms.calc = LRPOT("rocksalt.json", skin=1.0)
print(f"as read    {atoms.get_potential_energy() / len(atoms):12.6f} eV per ion")

# Ions and cell together: needs forces and stress that belong to the same energy.
optimizer = BFGS(ExpCellFilter(atoms), logfile=None)
converged = optimizer.run(fmax=1e-4, steps=300)
edge = atoms.cell.lengths().mean() / 2
print(
    f"relaxed    {atoms.get_potential_energy() / len(atoms):12.6f} eV per ion, {'converged' if converged else 'not converged'}"
)
print(
    f"lattice constant {edge:9.4f} A, angles {'all' if np.allclose(atoms.cell.angles(), 90, atol=0.01) else 'not all'} right"
)


def pressure(strain):
    """Of the relaxed crystal, scaled."""
    scaled = atoms.copy()
    scaled.set_cell(atoms.cell * (1 + strain), scale_atoms=True)
    scaled.calc = atoms.calc
    return -scaled.get_stress()[:3].mean()


h = 1e-3
bulk_modulus = (pressure(-h) - pressure(h)) / (6 * h)
print(f"bulk modulus     {160.21766 * bulk_modulus:9.2f} GPa")

charges = atoms.get_charges()
born = atoms.calc.get_born_effective_charges(atoms)
sodium = atoms.symbols == "Na"
print(
    f"sodium: charge {charges[sodium].mean():7.4f} e, Born charge {np.trace(born[sodium].mean(axis=0)) / 3:7.4f} e"
)
