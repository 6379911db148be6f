#!/usr/bin/env python3
"""Writes nacl_nep.txt, a charged NEP in GPUMD's format that binds rock salt: charges near +-0.7 e
that answer to their neighbours, flexible ZBL pairs as repulsion, random small weights for the rest.
No data were fitted.

usage: make_nacl_nep.py > nacl_nep.txt"""
import random

random.seed(16)
SPECIES, RADIAL, ANGULAR, K, NEURONS, L = 2, 4, 3, 7, 8, 3
FEATURES = RADIAL + ANGULAR * (L + 1)  # one 4-body invariant


def numbers(count, size):
    return [size * random.uniform(-1, 1) for _ in range(count)]


def network(charge):
    """The first neuron saturates and carries the charge; the others follow the neighbours."""
    w0 = numbers(NEURONS * FEATURES, 0.5)
    for d in range(FEATURES):
        w0[d] *= 0.02
    b0 = [-2.0] + numbers(NEURONS - 1, 1.0)
    return w0 + b0 + [0.0] + numbers(NEURONS - 1, 0.06) + [charge] + numbers(NEURONS - 1, 0.03)


values = network(0.75) + network(-0.75)
values += [1.5, 0.1]  # sqrt(eps_inf), bias
values += numbers(RADIAL * K * SPECIES**2 + ANGULAR * K * SPECIES**2, 1.0)
values += [0.3] * FEATURES
for pair in range(3):
    values += [0.5, 5.0] + [0.35, 0.355] + [0.0, 1.0] * 3
print("nep4_zbl_charge1 2 Na Cl")
print("zbl 0 0")
print("cutoff 6 5 60 40")
print("n_max", RADIAL - 1, ANGULAR - 1)
print("basis_size", K - 1, K - 1)
print("l_max", L, 2, 0)
print("ANN", NEURONS, 0)
for value in values:
    print(f"{value:15.7e}")
