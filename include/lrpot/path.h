/** @file lrpot/path.h
 *  @brief Paths of atoms through the frames of a trajectory, and the dipole along them.
 *
 *  Frames hold atoms in a cell; the dipole of a trajectory needs the way that each atom went. A
 * path takes frames in order of time. It knows atoms by their identities (LRPOT_QUANTITY_ID) where
 * frames have them, and by their places otherwise. It takes each step to the nearest image, or as
 * the image flags say (LRPOT_QUANTITY_IMAGE). It follows the lattice: other vectors of the same
 * lattice are no motion, and a cell that is strained moves no atom by itself
 * (docs/theory/spectra.md). */
#ifndef LRPOT_PATH_H
#define LRPOT_PATH_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** @brief Paths of the atoms of one trajectory. */
typedef struct lrpot_path lrpot_path;

/** Dipole and current from the charges, sum q r and sum q v. */
#define LRPOT_PATH_CHARGES 0
/** Dipole and current from the Born charges: the integral of sum Z dr, and sum Z v. */
#define LRPOT_PATH_BORN 1

/** @brief A path without frames. @param[out] out  Free with lrpot_path_free(). @return
 * LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_create(lrpot_path **out);
/** @brief Takes the next frame.
 *  @param[in,out] path   As it was where the call fails.
 *  @param[in]     frame  The same atoms as in the first frame, in the same order (a reader puts
 * atoms with identities into theirs), with the same periodicity.
 *  @return LRPOT_E_ARGUMENT for other atoms, naming the first one; LRPOT_E_CELL for a cell that is
 * no small strain of the lattice before; LRPOT_E_ACCURACY for a step so long that the nearest image
 * may not be the right one (longer than 0.8 times the way to the next image), naming the atom;
 * LRPOT_E_MEMORY.
 * @threadsafety Concurrent calls need different paths. @complexity O(n). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_step(lrpot_path *path,
                                                        const lrpot_structure *frame);
/** @brief Ways of the atoms since the first frame. @return A, [n][3], borrowed until the next step;
 * NULL before the first. @since 0.1 */
LRPOT_API const double *lrpot_path_displacements(const lrpot_path *path);
/** @brief Dipole of the frame taken last.
 *
 *  A net charge makes the dipole depend on the origin, and its fluctuations on the frame of
 * reference. The dipole is then the one about the centre of mass (masses of the frame, else of the
 * elements).
 *  @param[in]  source      LRPOT_PATH_CHARGES or LRPOT_PATH_BORN.
 *  @param[out] dipole      e A, [3]; with Born charges the change since the first frame.
 *  @param[out] net_charge  e, or NULL: sum of the charges, or mean diagonal of the sum of Born
 * charges, where it is more than the rounding of a file; 0 otherwise.
 *  @return LRPOT_E_ARGUMENT without such charges in the frames; LRPOT_E_UNSUPPORTED for a net
 * charge where a mass is unknown. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_dipole(const lrpot_path *path, int32_t source,
                                                          double *dipole, double *net_charge);
/** @brief Current of a frame with velocities, in the centre-of-mass frame where there is a net
 * charge.
 *  @param[out] current  e times the unit of the velocities, [3].
 *  @param[out] net_charge  As of lrpot_path_dipole().
 *  @return As lrpot_path_dipole(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_current(const lrpot_structure *frame,
                                                           int32_t source, double *current,
                                                           double *net_charge);
/** @brief Frees a path; NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_path_free(lrpot_path *path);

LRPOT_END_DECLS
#endif
