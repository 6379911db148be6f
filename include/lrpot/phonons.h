/** @file lrpot/phonons.h
 *  @brief Vibrations of crystals at any wave vector: exact dynamical matrices, frequencies, the
 * limit at Gamma along a direction.
 *
 *  No supercell: the primitive cell suffices, however small it is beside the cutoffs (theory:
 * docs/theory/phonons.md). */
#ifndef LRPOT_PHONONS_H
#define LRPOT_PHONONS_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Second derivatives of a model for one crystal, ready for any wave vector. Immutable, so
 * threads share it. */
typedef struct lrpot_phonons lrpot_phonons;

/** @brief Works out everything that does not depend on the wave vector.
 *
 *  The local part by 4th-order differences of its exact forces around each atom of the cell, the
 * answer of the charges by adjoint passes; cost and memory O(n). Masses are the structure's, else
 * those of its elements.
 *  @param[out] out        Free with lrpot_phonons_free().
 *  @param[in]  potential  Borrowed until then, and not to be changed.
 *  @param[in]  structure  A crystal: periodic_mask 7. Copied. Forces on its atoms should be zero,
 * which nothing checks.
 *  @param[in]  step       A, of the differences, 1e-6 to 0.1; 0 means 0.0005.
 *  @return LRPOT_E_UNSUPPORTED for other periodicities, and for equilibrated charges with
 * fragments; LRPOT_E_SPECIES, also for an atom of unknown mass; LRPOT_E_ARGUMENT, LRPOT_E_SINGULAR,
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_create(lrpot_phonons **out,
                                                             const lrpot_potential *potential,
                                                             lrpot_workspace *work,
                                                             const lrpot_structure *structure,
                                                             double step);
/** @brief Frees it; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_phonons_free(lrpot_phonons *phonons);
/** @brief Number of modes: 3 n for n atoms; 0 for NULL. @since 0.1 */
LRPOT_API int64_t lrpot_phonons_count(const lrpot_phonons *phonons);
/** @brief Masses in u, [n]; borrowed. @since 0.1 */
LRPOT_API const double *lrpot_phonons_masses(const lrpot_phonons *phonons);

/** @brief Second derivatives of the energy for displacements that vary as exp(i k.(position)): the
 * charges follow.
 *
 *  D[ia][jb] = sum over cells R of d2E/dr_ia(0) dr_jb(R) exp(i k.(r_j + R - r_i)). At a wave vector
 * of the reciprocal lattice the total charge of the crystal is kept as the charge model keeps it.
 *  @param[in]  wave_vector  1/A, [3], with the 2 pi.
 *  @param[in]  direction    [3] or NULL. At wave vectors of the reciprocal lattice the limit along
 * this direction: with the field of a longitudinal wave, 4 pi k_e/V (n.Z_i)_a (n.Z_j)_b with the
 * raw unfolded Born charges; NULL: without it. Ignored elsewhere, and for equilibrated charges,
 * which flow until no field is left.
 *  @param[out] matrix       eV/A^2, [3n][3n][2] (re, im after one another): Hermitian, not divided
 * by masses.
 *  @return LRPOT_E_SINGULAR when equilibrated charges have no least energy there;
 * LRPOT_E_NOT_FINITE, LRPOT_E_ARGUMENT, LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_matrix(const lrpot_phonons *phonons,
                                                             lrpot_workspace *work,
                                                             const double *wave_vector,
                                                             const double *direction,
                                                             double *matrix);
/** @brief Frequencies and modes at a wave vector; inputs as for lrpot_phonons_matrix().
 *  @param[out] frequencies  THz, [3n], ascending; negative: imaginary.
 *  @param[out] modes        [3n][3n][2] or NULL: row m is mode m, e_ja of length 1, mass weighted:
 * atoms move as e_ja/sqrt(m_j) exp(i k.(position)).
 *  @return As lrpot_phonons_matrix(); LRPOT_E_NOT_CONVERGED. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_modes(const lrpot_phonons *phonons,
                                                            lrpot_workspace *work,
                                                            const double *wave_vector,
                                                            const double *direction,
                                                            double *frequencies, double *modes);

/** @brief Charge that a wave of infinite length would carry: the largest d(sum of the cell's
 * charges)/dr over its atoms, e/A, the whole crystal's redistribution left out. Where it is not 0
 * (atoms that are no centres of inversion) modes have no limit at Gamma: energies grow as 1/k^2.
 *  Always 0 for equilibrated charges and without charges. @since 0.1 */
LRPOT_API double lrpot_phonons_leak(const lrpot_phonons *phonons);

/** @brief Infrared activity of the modes at Gamma, and the static dielectric tensor: eps_0 =
 * eps_inf + sum_m 4 pi k_e/V p_m p_m / w_m^2.
 *
 *  Charges of one kind throughout: physical Born charges with eps_inf, or a model's scaled ones
 * with the unit tensor, which give eps_0/eps_inf.
 *  @param[in]  D         eV/A^2, [3n][3n]: as from lrpot_response_gamma_constants(), or the real
 * part of lrpot_phonons_matrix() at 0 without direction.
 *  @param[in]  masses    u, [n]. @param[in] Z  e, [n][3][3], first index polarization; what breaks
 * the sum rule is taken off (neutral cells).
 *  @param[in]  volume    A^3. @param[in] epsilon_infinity  [3][3], or NULL for the unit tensor.
 *  @param[out] frequencies  THz, [3n], ascending, without macroscopic field (transverse).
 *  @param[out] polar        e/sqrt(u), [3n][3]: p_m = sum_j Z_j.e_jm / sqrt(m_j), whose sign has no
 * meaning; exactly 0 for the three acoustic modes.
 *  @param[out] epsilon      [3][3] eps_0, or NULL.
 *  @return LRPOT_E_SINGULAR when a polar mode has no frequency and epsilon is asked for; as
 * lrpot_response_gamma_modes(). @allocates Yes. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_infrared(
    int64_t n, const double *D, const double *masses, const double *Z, double volume,
    const double *epsilon_infinity, double *frequencies, double *polar, double *epsilon);

/** @brief Wave vectors of a mesh that lrpot_phonons_mesh() visits: about half of all. @return 0 for
 * a mesh that is not positive. @since 0.1 */
LRPOT_API int64_t lrpot_phonons_mesh_count(const int32_t *mesh);
/** @brief Frequencies on a regular mesh of the Brillouin zone, half a step away from Gamma; of k
 * and -k one is visited: (x + 1/2)/mesh along each reciprocal vector, the last one fastest, the
 * first half of all points.
 *  @param[in]  mesh         [3], points along each reciprocal vector.
 *  @param[out] weights      [count], which add up to 1. @param[out] frequencies  THz, [count][3n].
 *  @return LRPOT_E_ARGUMENT; as lrpot_phonons_modes(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_mesh(const lrpot_phonons *phonons,
                                                           lrpot_workspace *work,
                                                           const int32_t *mesh, double *weights,
                                                           double *frequencies);
/** @brief Density of states from such frequencies, each a Gaussian: its integral is the number of
 * modes.
 *  @param[in]  n_points  Wave vectors. @param[in] n_modes  Of each. @param[in] weights  [n_points].
 * @param[in] frequencies  THz, [n_points][n_modes].
 *  @param[in]  width     THz, > 0: standard deviation.
 *  @param[in]  n         Values asked for, at low + k (high - low)/(n - 1). @param[out] density
 * 1/THz, [n]. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_density(int64_t n_points, int64_t n_modes,
                                                              const double *weights,
                                                              const double *frequencies,
                                                              double width, int64_t n, double low,
                                                              double high, double *density);

#define LRPOT_PATH_MOST 16 /**< Most corners of a path. */
#define LRPOT_PATH_LABEL 8 /**< Bytes of a label, its end included. */
/** @brief Corners of a path through the Brillouin zone of a lattice, by the usual names (Setyawan
 * and Curtarolo, Comput. Mater. Sci. 49, 299 (2010)).
 *
 *  Cubic (primitive, face- and body-centred), tetragonal (primitive, body-centred), hexagonal and
 * primitive orthorhombic lattices, in whatever cell and orientation; the lattice of the cell
 * counts, not the atoms in it. Orthorhombic axes are ordered by length.
 *  @param[in]  cell    A, [3][3] rows.
 *  @param[out] count   Corners.
 *  @param[out] corners 1/A, [LRPOT_PATH_MOST][3], Cartesian, with the 2 pi.
 *  @param[out] labels  [LRPOT_PATH_MOST][LRPOT_PATH_LABEL], such as "X"; Gamma is "G".
 *  @param[out] starts  [LRPOT_PATH_MOST]: 1 where the path starts anew, so that no line leads to
 * this corner from the one before.
 *  @return LRPOT_E_UNSUPPORTED for other lattices, LRPOT_E_CELL. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_path(const double *cell, int32_t *count,
                                                           double *corners, char *labels,
                                                           int32_t *starts);

LRPOT_END_DECLS
#endif
