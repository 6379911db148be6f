/** @file lrpot/path.h
 *  @brief Paths of atoms through the frames of a trajectory, and the dipole along them.
 *
 *  Frames hold atoms in a cell; the dipole of a trajectory needs the unwrapped path of each atom. A
 *  path takes frames in order of time. It identifies atoms by LRPOT_QUANTITY_ID where frames have
 *  it, and by their order otherwise. Each step goes to the nearest image, or follows the image
 *  flags (LRPOT_QUANTITY_IMAGE). The path follows the lattice: other vectors of the same lattice
 *  are no motion, and a strain of the cell alone moves no atom (docs/theory/spectra.md). */
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

/** @brief Creates a path without frames.
 *  @param[out] out  The path; the caller frees it with lrpot_path_free(). Untouched on failure.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_MEMORY.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_create(lrpot_path **out);
/** @brief Takes the next frame.
 *  @param[in,out] path   Path; unchanged on failure.
 *  @param[in]     frame  The same atoms as in the first frame, in the same order (a reader sorts
 *    atoms with identities), with the same periodicity. It is not needed after the call.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT for other atoms, naming the first one;
 *    LRPOT_E_CELL for a cell that is no small strain of the lattice before; LRPOT_E_ACCURACY,
 *    naming the atom, for a step longer than 0.8 times the distance to the next image, of which the
 *    nearest image may not be the right one; LRPOT_E_MEMORY.
 *  @threadsafety Concurrent calls need different paths. @allocates O(n) per call. @complexity O(n).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_step(lrpot_path *path,
                                                        const lrpot_structure *frame);
/** @brief Displacements of the atoms since the first frame, on unwrapped paths.
 *  @param[in] path  Path; NULL is allowed.
 *  @return A, [n][3], borrowed until the next step; NULL before the first frame.
 *  @threadsafety Safe while no thread changes the path.
 *  @since 0.1 */
LRPOT_API const double *lrpot_path_displacements(const lrpot_path *path);
/** @brief Dipole of the frame taken last.
 *
 *  With a net charge the dipole depends on the origin, and its fluctuations on the frame of
 *  reference. The dipole is then taken about the centre of mass (masses of the frame, else of the
 *  elements).
 *  @param[in]  path        Path.
 *  @param[in]  source      LRPOT_PATH_CHARGES or LRPOT_PATH_BORN.
 *  @param[out] dipole      e A, [3]; with Born charges the change since the first frame.
 *  @param[out] net_charge  e, or NULL: sum of the charges, or mean diagonal of the sum of Born
 *    charges. 0 when it is not more than the rounding of a file.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (source; frames without such charges);
 *    LRPOT_E_UNSUPPORTED for a net charge where a mass is unknown.
 *  @threadsafety Safe while no thread changes the path.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_dipole(const lrpot_path *path, int32_t source,
                                                          double *dipole, double *net_charge);
/** @brief Current sum q v, or sum Z v, of a frame with velocities. With a net charge the velocity
 *  of the centre of mass is subtracted.
 *  @param[in]  frame       Frame with velocities and charges.
 *  @param[in]  source      LRPOT_PATH_CHARGES or LRPOT_PATH_BORN.
 *  @param[out] current     [3], e times the unit of the velocities.
 *  @param[out] net_charge  e, or NULL: as of lrpot_path_dipole().
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (source; a frame without velocities or such
 *    charges); LRPOT_E_UNSUPPORTED for a net charge where a mass is unknown.
 *  @threadsafety Safe while no thread changes the frame.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_path_current(const lrpot_structure *frame,
                                                           int32_t source, double *current,
                                                           double *net_charge);
/** @brief Frees a path.
 *  @param[in] path  Path; NULL is allowed.
 *  @threadsafety Not while another thread uses it.
 *  @since 0.1 */
LRPOT_API void lrpot_path_free(lrpot_path *path);

LRPOT_END_DECLS
#endif
