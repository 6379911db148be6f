/** @file lrpot/phonons.h
 *  @brief Vibrations of crystals and layers at any wave vector: exact dynamical matrices,
 *  frequencies, the limit at Gamma along a direction.
 *
 *  No supercell: the primitive cell suffices, however small it is beside the cutoffs (theory:
 *  docs/theory/phonons.md). */
#ifndef LRPOT_PHONONS_H
#define LRPOT_PHONONS_H

#include <lrpot/potential.h>

LRPOT_BEGIN_DECLS

/** @brief Second derivatives of a model for one crystal or layer, ready for any wave vector. Only
 *  lrpot_phonons_set_screening() and lrpot_phonons_set_sheet() change it, so threads share it.
 *
 *  A layer repeats along two rows of its cell, any two; the third counts for nothing. Its Coulomb
 *  sum is that over two directions at each wave vector, without vacuum and without copies. Wave
 *  vectors and directions lie in its plane: others are LRPOT_E_ARGUMENT. At Gamma all directions
 *  have one limit; polar modes have slopes there (docs/theory/phonons.md). */
typedef struct lrpot_phonons lrpot_phonons;

/** @brief Computes all terms that do not depend on the wave vector.
 *
 *  The local part comes from 4th-order differences of its exact forces around each atom of the
 *  cell, the response of the charges from adjoint passes. Masses are those of the structure, else
 *  those of its elements.
 *  @param[out]    out        The handle; the caller frees it with lrpot_phonons_free(). Untouched
 *    on failure.
 *  @param[in]     potential  Model; borrowed until the handle is freed, and not to be changed.
 *  @param[in,out] work       Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     structure  A crystal (periodic_mask 7) or a layer (two bits); copied. Forces on
 *    its atoms should be zero, which is not checked.
 *  @param[in]     step       A, of the differences, 1e-6 to 0.1; 0 means 0.0005.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE and LRPOT_E_ARGUMENT (a struct or a fragment does
 *    not fit); LRPOT_E_NOT_FINITE; LRPOT_E_CELL; LRPOT_E_SPECIES; LRPOT_E_COINCIDENT;
 *    LRPOT_E_MEMORY; LRPOT_E_SINGULAR; LRPOT_E_ACCURACY; LRPOT_E_UNSUPPORTED. LRPOT_E_UNSUPPORTED
 *    for other periodicities, and for charges that minimise an energy with fragments;
 * LRPOT_E_SPECIES also for an atom of unknown mass; LRPOT_E_ARGUMENT also for the step.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity O(n) time and memory.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_create(lrpot_phonons **out,
                                                             const lrpot_potential *potential,
                                                             lrpot_workspace *work,
                                                             const lrpot_structure *structure,
                                                             double step);
/** @brief Frees a handle.
 *  @param[in] phonons  Handle; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_phonons_free(lrpot_phonons *phonons);
/** @brief Screening of long waves by a dielectric tensor that differs between the axes.
 *
 *  A model's charges are screened alike in all directions. With the tensor, Born charges are
 *  root.Z with its symmetric root, and the field of a longitudinal wave along K is 4 pi k_e/V
 *  (K.root.Z_i)_a (K.root.Z_j)_b / (K.eps_inf.K): the difference from the model's own field is
 * added for all wave vectors K = k + G, damped as exp(-(r K/2)^2) with the model's cutoff r, within
 * which its local layer has learnt the forces (docs/theory/phonons.md). Along the axes of the
 * tensor and for one constant in all directions nothing changes.
 *  @param[in,out] phonons  Handle; not while other threads use it.
 *  @param[in]     eps_inf  [3][3], symmetric, positive; NULL: the model's own screening, as at
 *    first.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_NOT_FINITE; LRPOT_E_ARGUMENT (not symmetric and
 *    positive); LRPOT_E_UNSUPPORTED for self-consistent densities that respond: they have a tensor
 *    of their own; and for layers, see lrpot_phonons_set_sheet().
 *  @threadsafety Not while another thread uses @p phonons.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_set_screening(lrpot_phonons *phonons,
                                                                    const double *eps_inf);
/** @brief Screening of the long waves of a layer by its own electrons and by what is around it:
 *  eps(q) = surroundings + radius |q| (Sohier et al., Nano Lett. 17, 3758 (2017)).
 *
 *  The field of a longitudinal wave along K is 2 pi k_e/A (K.Z_i)_a (K.Z_j)_b / (|K| eps(|K|)). The
 *  difference from that of the model's bare charges is added for all wave vectors K = k + G of the
 *  plane, damped as by lrpot_phonons_set_screening(). Waves along the normal are as they are.
 *  @param[in,out] phonons       Handle of a layer; not while other threads use it.
 *  @param[in]     radius        A, >= 0: r_eff, 2 pi times the polarizability of the sheet's
 *    electrons in the plane. 0: none.
 *  @param[in]     surroundings  >= 1: mean of the dielectric constants above and below; 1: vacuum.
 *    With radius 0 and surroundings 1 waves are those of the model, as at first.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_UNSUPPORTED for crystals, and for
 *    self-consistent densities that respond: they screen waves by themselves.
 *  @threadsafety Not while another thread uses @p phonons.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_set_sheet(lrpot_phonons *phonons,
                                                                double radius, double surroundings);
/** @brief Number of modes.
 *  @param[in] phonons  Handle; NULL is allowed.
 *  @return 3 n for n atoms; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_phonons_count(const lrpot_phonons *phonons);
/** @brief Masses of the atoms.
 *  @param[in] phonons  Handle; NULL is allowed.
 *  @return u, [n], borrowed until the handle is freed; NULL for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API const double *lrpot_phonons_masses(const lrpot_phonons *phonons);

/** @brief Second derivatives of the energy for displacements that vary as exp(i k.(position)); the
 *  charges follow.
 *
 *  D[ia][jb] = sum over cells R of d2E/dr_ia(0) dr_jb(R) exp(i k.(r_j + R - r_i)). At a wave vector
 *  of the reciprocal lattice the charge model conserves the total charge of the crystal as usual.
 *  @param[in]     phonons      Handle; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     wave_vector  1/A, [3], with the 2 pi.
 *  @param[in]     direction    [3], any length, or NULL. At wave vectors of the reciprocal lattice
 *    the limit along this direction adds the field of a longitudinal wave, 4 pi k_e/V (n.Z_i)_a
 *    (n.Z_j)_b with the raw unfolded Born charges; over n.eps_inf.n with the tensor of a
 *    self-consistent density that responds. NULL: without this term. Ignored elsewhere, in layers,
 *    and for charges that flow through the whole crystal until no field is left.
 *  @param[out]    matrix       eV/A^2, [3n][3n][2] (re, im after one another): Hermitian, not
 *    divided by masses.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT and LRPOT_E_NOT_FINITE (wave vector,
 *    direction); LRPOT_E_SINGULAR when equilibrated charges have no least energy there;
 *    LRPOT_E_ACCURACY; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_matrix(const lrpot_phonons *phonons,
                                                             lrpot_workspace *work,
                                                             const double *wave_vector,
                                                             const double *direction,
                                                             double *matrix);
/** @brief Frequencies and modes at a wave vector.
 *  @param[in]     phonons      Handle; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     wave_vector  As for lrpot_phonons_matrix().
 *  @param[in]     direction    As for lrpot_phonons_matrix().
 *  @param[out]    frequencies  THz, [3n], ascending; negative: imaginary.
 *  @param[out]    modes        [3n][3n][2] or NULL: row m is mode m, e_ja of length 1, mass
 *    weighted: atoms move as e_ja/sqrt(m_j) exp(i k.(position)).
 *  @return As lrpot_phonons_matrix(); LRPOT_E_NOT_CONVERGED.
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_modes(const lrpot_phonons *phonons,
                                                            lrpot_workspace *work,
                                                            const double *wave_vector,
                                                            const double *direction,
                                                            double *frequencies, double *modes);

/** @brief Group velocities of the modes at a wave vector, the gradients of their angular
 *  frequencies: dw_m/dk = e_m.(dD/dk).e_m / (2 w_m).
 *
 *  Degenerate modes (within 1e-4 THz) are those that a change along @p direction does not mix. The
 *  component along it is then the slope of each branch; the others belong to these modes, and
 *  where these slopes are equal, too, to those that two directions of no symmetry do not mix.
 *  @param[in]     phonons      Handle; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     wave_vector  As for lrpot_phonons_matrix(). At vectors of the reciprocal lattice
 *    velocities are those 0.01/A away along the direction: acoustic branches have their velocities
 *    of sound.
 *  @param[in]     direction    [3], any length; NULL: a direction of no symmetry, not at vectors of
 *    the reciprocal lattice.
 *  @param[out]    frequencies  THz, [3n], ascending, where the velocities are taken; or NULL.
 *  @param[out]    velocities   km/s, [3n][3], Cartesian; NaN for frequencies below 0.001 THz, and
 *    for imaginary ones.
 *  @return As lrpot_phonons_modes().
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity 13 matrices, O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_velocities(
    const lrpot_phonons *phonons, lrpot_workspace *work, const double *wave_vector,
    const double *direction, double *frequencies, double *velocities);

/** @brief Grueneisen parameters of the modes at a wave vector: -d ln w_m / d ln V, by the
 *  difference of the matrices of two volumes.
 *
 *  The three crystals have the same atoms in the same order, at rest in cells of different volume,
 *  layers in cells of different area, which then stands for V; their matrices are compared at the
 *  same coordinates along the reciprocal vectors. Degenerate modes are those that the change of
 *  volume does not mix.
 *  @param[in]     phonons      Handle of the crystal; not modified.
 *  @param[in]     smaller      Handle of the same crystal at a smaller volume; not modified.
 *  @param[in]     larger       Handle of the same crystal at a larger volume; not modified. The
 *    error grows as the square of the difference, 1 % of the volume is a good one.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     wave_vector  Of @p phonons, as for lrpot_phonons_velocities().
 *  @param[in]     direction    As for lrpot_phonons_velocities().
 *  @param[out]    frequencies  THz, [3n], ascending, of @p phonons; or NULL.
 *  @param[out]    parameters   [3n]; NaN for frequencies below 0.001 THz.
 *  @return As lrpot_phonons_modes(); LRPOT_E_SIZE (numbers of atoms); LRPOT_E_ARGUMENT (volumes
 *    that do not ascend).
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @complexity 3 matrices, O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_grueneisen(
    const lrpot_phonons *phonons, const lrpot_phonons *smaller, const lrpot_phonons *larger,
    lrpot_workspace *work, const double *wave_vector, const double *direction, double *frequencies,
    double *parameters);

/** @brief Charge of a wave of infinite length: the largest d(sum of the cell's charges)/dr over its
 *  atoms, without the redistribution over the whole crystal. Where it is not 0 (atoms that are no
 *  centres of inversion) modes have no limit at Gamma: energies grow as 1/k^2.
 *  @param[in] phonons  Handle; NULL is allowed.
 *  @return e/A; 0 for equilibrated charges, without charges and for NULL. Charge that flows along
 *    the bonds of a self-consistent density adds nothing.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_phonons_leak(const lrpot_phonons *phonons);

/** @brief Infrared activity of the modes at Gamma, and the static dielectric tensor: eps_0 =
 *  eps_inf + sum_m 4 pi k_e/V p_m p_m / w_m^2.
 *
 *  All charges are of one kind: physical Born charges with eps_inf, or a model's scaled ones with
 *  the unit tensor, which give eps_0/eps_inf. With 4 pi times the area of a layer as the volume,
 *  and without eps_inf, the tensor is 1 + k_e/A sum_m p_m p_m / w_m^2: 1 plus the polarizability of
 *  the ions by area in A, along the normal to the field outside.
 *  @param[in]  n               Number of atoms, >= 1.
 *  @param[in]  D               eV/A^2, [3n][3n]: as from lrpot_response_gamma_constants(), or the
 *    real part of lrpot_phonons_matrix() at 0 without direction.
 *  @param[in]  masses          u, [n].
 *  @param[in]  Z               e, [n][3][3], first index polarization; the violation of the sum
 *    rule is subtracted (neutral cells).
 *  @param[in]  volume          A^3.
 *  @param[in]  epsilon_infinity  [3][3], or NULL for the unit tensor.
 *  @param[out] frequencies     THz, [3n], ascending, without macroscopic field (transverse).
 *  @param[out] polar           e/sqrt(u), [3n][3]: p_m = sum_j Z_j.e_jm / sqrt(m_j), whose sign has
 *    no meaning; exactly 0 for the three acoustic modes.
 *  @param[out] epsilon         [3][3], eps_0, or NULL.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_NOT_CONVERGED;
 *    LRPOT_E_SINGULAR when a polar mode has no frequency and epsilon is requested; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @allocates Yes. @complexity O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_infrared(
    int64_t n, const double *D, const double *masses, const double *Z, double volume,
    const double *epsilon_infinity, double *frequencies, double *polar, double *epsilon);

/** @brief Raman tensors of the modes at Gamma, or of a molecule: R_m = sum_ic d alpha/dr_ic
 *  e_ic/sqrt(m_i), the derivative of the polarizability along the mass-weighted coordinate.
 *
 *  @see lrpot_raman_invariants for their activities.
 *  @param[in]  n            Number of atoms, >= 1.
 *  @param[in]  D            eV/A^2, [3n][3n], as from lrpot_response_gamma_constants().
 *  @param[in]  masses       u, [n].
 *  @param[in]  positions    A, [n][3], of an isolated system, whose rotations are then taken out;
 *    NULL for a crystal.
 *  @param[in]  gradient     A^2, [n][3][3][3], as from lrpot_tensor_model_raman() or
 *    lrpot_response_raman(); its mean over the atoms is subtracted.
 *  @param[out] frequencies  THz, [3n], ascending, without macroscopic field; negative: imaginary;
 *    those of rigid motions are 0 within rounding.
 *  @param[out] tensors      A^2/sqrt(u), [3n][3][3]; exactly 0 for the motions of the system as a
 *    whole. Their signs have no meaning.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_NOT_CONVERGED;
 *    LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @allocates Yes. @complexity O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_raman(int64_t n, const double *D,
                                                            const double *masses,
                                                            const double *positions,
                                                            const double *gradient,
                                                            double *frequencies, double *tensors);

/** @brief Displacements at which the restoring forces balance given ones, without translation.
 *
 *  With the rows of the internal-strain tensor they are the displacements by strain, with Born
 *  charges those by a field.
 *  @param[in]  n              Number of atoms, >= 1.
 *  @param[in]  D              eV/A^2, [3n][3n], as from lrpot_response_gamma_constants().
 *  @param[in]  count          Number of sets of forces, >= 1.
 *  @param[in]  forces         eV/A for each unit of what acts, [count][n][3]; a total force does
 * not count.
 *  @param[out] displacements  A for each such unit, [count][n][3].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT; LRPOT_E_NOT_FINITE; LRPOT_E_NOT_CONVERGED;
 *    LRPOT_E_SINGULAR for a mode without a force constant; LRPOT_E_ASSUMPTION, output filled, for
 *    an unstable crystal; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @allocates Yes. @complexity O(n^3).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_displacements(int64_t n, const double *D,
                                                                    int64_t count,
                                                                    const double *forces,
                                                                    double *displacements);

/** @brief Number of wave vectors of a mesh that lrpot_phonons_mesh() visits: about half of all.
 *  @param[in] mesh  [3], points along each reciprocal vector; NULL is allowed.
 *  @return Number of wave vectors; 0 for NULL and for a mesh out of range (1 to 4096 each).
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_phonons_mesh_count(const int32_t *mesh);
/** @brief Wave vectors of lrpot_phonons_mesh(), for whoever needs more than frequencies there.
 *  @param[in]  phonons  Handle; not modified.
 *  @param[in]  mesh     [3], points along each reciprocal vector, 1 to 4096.
 *  @param[out] weights  [lrpot_phonons_mesh_count()], which sum to 1.
 *  @param[out] waves    1/A, [lrpot_phonons_mesh_count()][3], Cartesian, with the 2 pi.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (mesh).
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_mesh_waves(const lrpot_phonons *phonons,
                                                                 const int32_t *mesh,
                                                                 double *weights, double *waves);
/** @brief Frequencies on a regular mesh of the Brillouin zone, half a step away from Gamma.
 *
 *  The points are (x + 1/2)/mesh along each reciprocal vector, the last one fastest. Of k and -k
 *  one is visited: the first half of all points.
 *  @param[in]     phonons      Handle; not modified.
 *  @param[in,out] work         Scratch memory of the calling thread, from lrpot_workspace_create().
 *  @param[in]     mesh         [3], points along each reciprocal vector, 1 to 4096; 1 along the row
 *    of a layer that does not repeat, where the component is 0.
 *  @param[out]    weights      [lrpot_phonons_mesh_count()], which sum to 1.
 *  @param[out]    frequencies  THz, [lrpot_phonons_mesh_count()][3n].
 *  @return As lrpot_phonons_modes(); LRPOT_E_ARGUMENT (mesh).
 *  @threadsafety Concurrent calls need different @p work and outputs.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_mesh(const lrpot_phonons *phonons,
                                                           lrpot_workspace *work,
                                                           const int32_t *mesh, double *weights,
                                                           double *frequencies);
/** @brief Density of states from such frequencies, each broadened to a Gaussian: its integral is
 *  the number of modes.
 *  @param[in]  n_points     Number of wave vectors.
 *  @param[in]  n_modes      Number of modes of each.
 *  @param[in]  weights      [n_points], weight of each wave vector.
 *  @param[in]  frequencies  THz, [n_points][n_modes].
 *  @param[in]  width        THz, > 0: standard deviation of the Gaussians.
 *  @param[in]  n            Number of values, >= 2, at low + k (high - low)/(n - 1).
 *  @param[in]  low          THz: first value of the axis.
 *  @param[in]  high         THz, > low: last value of the axis.
 *  @param[out] density      1/THz, [n].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_density(int64_t n_points, int64_t n_modes,
                                                              const double *weights,
                                                              const double *frequencies,
                                                              double width, int64_t n, double low,
                                                              double high, double *density);

/** @brief The same for parts of the crystal, such as its elements: each mode counts by the share
 *  that the part has in it.
 *  @param[in]  n_points     Number of wave vectors.
 *  @param[in]  n_modes      Number of modes of each.
 *  @param[in]  n_parts      Number of parts, >= 1.
 *  @param[in]  weights      [n_points], weight of each wave vector.
 *  @param[in]  frequencies  THz, [n_points][n_modes].
 *  @param[in]  shares       [n_points][n_modes][n_parts]: sum of |e_ja|^2 over the atoms j of the
 *    part, and over all axes a or one of them.
 *  @param[in]  width        THz, > 0: standard deviation of the Gaussians.
 *  @param[in]  n            Number of values, >= 2, at low + k (high - low)/(n - 1).
 *  @param[in]  low          THz: first value of the axis.
 *  @param[in]  high         THz, > low: last value of the axis.
 *  @param[out] densities    1/THz, [n_parts][n].
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_projected_density(
    int64_t n_points, int64_t n_modes, int64_t n_parts, const double *weights,
    const double *frequencies, const double *shares, double width, int64_t n, double low,
    double high, double *densities);

/** @brief Thermal properties of harmonic modes on a mesh, for one cell.
 *  @param[in]  n_points     Number of wave vectors.
 *  @param[in]  n_modes      Number of modes of each.
 *  @param[in]  weights      [n_points], weight of each wave vector.
 *  @param[in]  frequencies  THz, [n_points][n_modes], all positive.
 *  @param[in]  temperature  K, >= 0.
 *  @param[out] values       [4]: free energy and energy in eV, the energy of the zero point
 *    included, entropy and heat capacity at constant volume in eV/K.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (numbers, temperature); LRPOT_E_ASSUMPTION
 *    for a frequency that is not positive; @p values is then untouched.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_thermal(int64_t n_points, int64_t n_modes,
                                                              const double *weights,
                                                              const double *frequencies,
                                                              double temperature, double *values);

#define LRPOT_PATH_MOST 32 /**< Largest number of corners of a path. */
#define LRPOT_PATH_LABEL 8 /**< Bytes of a label, its end included. */
/** @brief Corners of the standard path through the Brillouin zone of a Bravais lattice, with the
 *  usual names (Setyawan and Curtarolo, Comput. Mater. Sci. 49, 299 (2010)).
 *
 *  All fourteen lattices with all their variants. Lattice and axes come from a symmetry finder:
 *  spglib's conventional cell serves as it is. Where the table has other settings (lengths in
 *  ascending order, shortest monoclinic axes, triclinic reduction) the axes are turned into them.
 *  @param[in]  lattice  "cP", "cF", "cI", "tP", "tI", "oP", "oF", "oI", "oC" (or "oA", centred on
 * the face of b and c), "hP", "hR", "mP", "mC" or "aP".
 *  @param[in]  axes     A, [3][3], rows a, b, c of the conventional cell: unique axis b and
 * centring on the face of a and b for monoclinic lattices, hexagonal axes (obverse) for hR, any
 * cell for aP.
 *  @param[out] count    Number of corners.
 *  @param[out] corners  1/A, [LRPOT_PATH_MOST][3], Cartesian, with the 2 pi.
 *  @param[out] labels   [LRPOT_PATH_MOST][LRPOT_PATH_LABEL], such as "X1"; Gamma is "G".
 *  @param[out] starts   [LRPOT_PATH_MOST]: 1 at a corner where the path starts anew, so that no
 *    line leads to it from the corner before; 0 otherwise.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (lattice); LRPOT_E_CELL; LRPOT_E_NOT_FINITE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_lattice_path(const char *lattice,
                                                                   const double *axes,
                                                                   int32_t *count, double *corners,
                                                                   char *labels, int32_t *starts);
/** @brief The same for the lattice of a cell that needs no symmetry finder.
 *
 *  Cubic (primitive, face- and body-centred), tetragonal (primitive, body-centred), hexagonal and
 *  primitive orthorhombic lattices in every cell and orientation. The lattice of the cell counts,
 *  not its atoms. Orthorhombic axes are ordered by length.
 *  @param[in]  cell     A, [3][3], rows a, b, c.
 *  @param[out] count    Number of corners.
 *  @param[out] corners  1/A, [LRPOT_PATH_MOST][3], Cartesian, with the 2 pi.
 *  @param[out] labels   [LRPOT_PATH_MOST][LRPOT_PATH_LABEL], such as "X"; Gamma is "G".
 *  @param[out] starts   [LRPOT_PATH_MOST]: 1 at a corner where the path starts anew, so that no
 *    line leads to it from the corner before; 0 otherwise.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_CELL; LRPOT_E_NOT_FINITE; LRPOT_E_UNSUPPORTED for other
 *    lattices.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_path(const double *cell, int32_t *count,
                                                           double *corners, char *labels,
                                                           int32_t *starts);
/** @brief The same for the lattice of a layer: square (G X M), rectangular (G X S Y), hexagonal
 *  (G M K), centred rectangular (G X S X1 Y, corners of the zone at X and X1) or oblique (G Y H C
 * H1 X), in every cell and orientation.
 *
 *  Points are those of the crystal that repeats the layer along its normal (Setyawan and Curtarolo
 *  2010). The lattice of the cell counts, not its atoms.
 *  @param[in]  cell           A, [3][3], rows a, b, c.
 *  @param[in]  periodic_mask  Bits of the two rows that repeat; the third counts for nothing.
 *  @param[out] count          Number of corners.
 *  @param[out] corners        1/A, [LRPOT_PATH_MOST][3], Cartesian, in the plane, with the 2 pi.
 *  @param[out] labels         [LRPOT_PATH_MOST][LRPOT_PATH_LABEL], such as "M"; Gamma is "G".
 *  @param[out] starts         [LRPOT_PATH_MOST]: 1 at the first corner, 0 at the others.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (periodic_mask); LRPOT_E_CELL;
 *    LRPOT_E_NOT_FINITE.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_phonons_layer_path(const double *cell,
                                                                 int32_t periodic_mask,
                                                                 int32_t *count, double *corners,
                                                                 char *labels, int32_t *starts);

LRPOT_END_DECLS
#endif
