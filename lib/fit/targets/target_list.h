/* The targets: one line for each, LRPOT_FIT_<first> of the public header with the record
 * lrpot__target_<second>. */
#ifndef LRPOT__TARGET_LIST_H
#define LRPOT__TARGET_LIST_H

#define LRPOT__TARGET_LIST(X)                 \
    X(ENERGY, energy)                         \
    X(FORCES, forces)                         \
    X(STRESS, stress)                         \
    X(DIPOLE, dipole)                         \
    X(CHARGES, charges)                       \
    X(BORN, born)                             \
    X(POTENTIAL, potential)                   \
    X(ATOMIC_DIPOLES, atomic_dipoles)         \
    X(ATOMIC_QUADRUPOLES, atomic_quadrupoles) \
    X(EPSILON_INF, epsilon_inf)               \
    X(POLARIZABILITY, polarizability)         \
    /* the last line: a new target stands above it */

#endif
