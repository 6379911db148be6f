/** @file lrpot/phonons.h
 *  @brief Vibrations of crystals at any wave vector: exact dynamical matrices, frequencies, the limit at Gamma along a direction.
 *
 *  No supercell: the primitive cell suffices, however small it is beside the cutoffs (theory: docs/theory/phonons.md). */
#ifndef LRPOT_PHONONS_H
#define LRPOT_PHONONS_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Second derivatives of a model for one crystal, ready for any wave vector. Immutable, so threads share it. */
typedef struct lrpot_phonons lrpot_phonons;

/** @brief Works out everything that does not depend on the wave vector.
 *
 *  The local part by 4th-order differences of its exact forces around each atom of the cell, the answer of the charges by adjoint
 *  passes; cost and memory O(n). Masses are the structure's, else those of its elements.
 *  @param[out] out        Free with lrpot_phonons_free().
 *  @param[in]  potential  Borrowed until then, and not to be changed.
 *  @param[in]  structure  A crystal: periodic_mask 7. Copied. Forces on its atoms should be zero, which nothing checks.
 *  @param[in]  step       A, of the differences; 0 means 0.0005.
 *  @return LRPOT_E_UNSUPPORTED for other periodicities; LRPOT_E_SPECIES, also for an atom of unknown mass; LRPOT_E_ARGUMENT,
 *          LRPOT_E_SINGULAR, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_create(lrpot_phonons **out, const lrpot_potential *potential, lrpot_workspace *work,
    const lrpot_structure *structure, double step);
/** @brief Frees it; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_phonons_free(lrpot_phonons *phonons);
/** @brief Number of modes: 3 n for n atoms; 0 for NULL. @since 0.1 */
LRPOT_API int64_t lrpot_phonons_count(const lrpot_phonons *phonons);
/** @brief Masses in u, [n]; borrowed. @since 0.1 */
LRPOT_API const double *lrpot_phonons_masses(const lrpot_phonons *phonons);

/** @brief Second derivatives of the energy for displacements that vary as exp(i k.(position)): the charges follow.
 *
 *  D[ia][jb] = sum over cells R of d2E/dr_ia(0) dr_jb(R) exp(i k.(r_j + R - r_i)). At a wave vector of the reciprocal lattice the total charge
 *  of the crystal is kept as the charge model keeps it.
 *  @param[in]  wave_vector  1/A, [3], with the 2 pi.
 *  @param[in]  direction    [3] or NULL. At wave vectors of the reciprocal lattice the limit along this direction: with the field of a
 *                           longitudinal wave, 4 pi k_e/V (n.Z_i)_a (n.Z_j)_b with the raw unfolded Born charges; NULL: without it. Ignored
 *                           elsewhere, and for equilibrated charges, which flow until no field is left.
 *  @param[out] matrix       eV/A^2, [3n][3n][2] (re, im after one another): Hermitian, not divided by masses.
 *  @return LRPOT_E_SINGULAR when equilibrated charges have no least energy there; LRPOT_E_NOT_FINITE, LRPOT_E_ARGUMENT, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_matrix(const lrpot_phonons *phonons, lrpot_workspace *work, const double *wave_vector,
    const double *direction, double *matrix);
/** @brief Frequencies and modes at a wave vector; inputs as for lrpot_phonons_matrix().
 *  @param[out] frequencies  THz, [3n], ascending; negative: imaginary.
 *  @param[out] modes        [3n][3n][2] or NULL: row m is mode m, e_ja of length 1, mass weighted: atoms move as e_ja/sqrt(m_j) exp(i k.(position)).
 *  @return As lrpot_phonons_matrix(); LRPOT_E_NOT_CONVERGED. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_modes(const lrpot_phonons *phonons, lrpot_workspace *work, const double *wave_vector,
    const double *direction, double *frequencies, double *modes);

/** @brief Charge that a wave of infinite length would carry: the largest d(sum of the cell's charges)/dr over its atoms, e/A, the whole crystal's
 *  redistribution left out. Where it is not 0 (atoms that are no centres of inversion) modes have no limit at Gamma: energies grow as 1/k^2.
 *  Always 0 for equilibrated charges and without charges. @since 0.1 */
LRPOT_API double lrpot_phonons_leak(const lrpot_phonons *phonons);

LRPOT_END_DECLS
#endif
