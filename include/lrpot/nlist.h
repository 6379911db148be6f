/** @file lrpot/nlist.h
 *  @brief Full neighbour lists of the owned atoms: built by the library or lent by the host. */
#ifndef LRPOT_NLIST_H
#define LRPOT_NLIST_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** @brief A neighbour list. Read-only during calls, so threads may share it.
 *
 *  Full: every owned atom lists all its neighbours. Entries beyond a model's cutoff are allowed and
 * skipped. */
typedef struct lrpot_nlist lrpot_nlist;

/** @brief Builds a list with a cell search, O(n), for any cell (skewed, left-handed, smaller than
 * the cutoff), any periodicity.
 *
 *  Neighbours are within cutoff + skin. An atom is a neighbour of its own periodic images, never of
 * itself.
 *  @param[out] out     The list; free with lrpot_nlist_free().
 *  @param[in]  atoms   Positions (and cell where periodic_mask is not 0). With ghosts (n_all >
 * n_owned) the periodic images are taken to be among the ghosts and none are added.
 *  @param[in]  cutoff  A, > 0.
 *  @param[in]  skin    A, >= 0: the list stays valid until an atom has moved by skin/2.
 *  @return LRPOT_E_ARGUMENT, LRPOT_E_CELL, LRPOT_E_NOT_FINITE, LRPOT_E_COINCIDENT (with the two
 * atoms), LRPOT_E_MEMORY. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_build(lrpot_nlist **out,
                                                          const lrpot_atoms *atoms, double cutoff,
                                                          double skin);
/** @brief Rebuilds in place for new positions or another cell; memory is reused. Only for lists
 * made by lrpot_nlist_build(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_rebuild(lrpot_nlist *list,
                                                            const lrpot_atoms *atoms);
/** @brief Wraps a compressed-row list of the caller without a copy.
 *  @param[in] n        Number of owned atoms.
 *  @param[in] offsets  [n+1], offsets into @p j.
 *  @param[in] j        Neighbours, [offsets[n]].
 *  @param[in] shifts   [offsets[n]][3]: the neighbour is at r_j + shift * cell; NULL when images
 * are ghosts.
 *  @param[in] cutoff   A: the distance within which the caller guarantees completeness.
 *  The arrays are borrowed until lrpot_nlist_free(). @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_wrap_csr(lrpot_nlist **out, int64_t n,
                                                             const int64_t *offsets,
                                                             const int32_t *j,
                                                             const int32_t *shifts, double cutoff);
/** @brief Wraps row pointers (as LAMMPS keeps them) without a copy.
 *  @param[in] n      Number of rows, which must be the number of owned atoms.
 *  @param[in] i      Atom of each row, [n].
 *  @param[in] count  Neighbours of each ATOM (indexed by atom, as LAMMPS numneigh), [n_all].
 *  @param[in] j      Row of each ATOM (as LAMMPS firstneigh).
 *  @param[in] mask   Bits of an entry that are the index (LAMMPS: NEIGHMASK 0x1FFFFFFF).
 *  @param[in] cutoff A: the distance within which the caller guarantees completeness. Full lists
 * only. @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_wrap_rows(lrpot_nlist **out, int64_t n,
                                                              const int32_t *i,
                                                              const int32_t *count,
                                                              int32_t *const *j, int32_t mask,
                                                              double cutoff);
/** @brief Frees a list (not the arrays it wraps); NULL is allowed. @since 0.1 */
LRPOT_API void lrpot_nlist_free(lrpot_nlist *list);
/** @brief Distance in A within which the list is complete (without the skin). @since 0.1 */
LRPOT_API double lrpot_nlist_cutoff(const lrpot_nlist *list);
/** @brief Number of listed pairs (i, j). @since 0.1 */
LRPOT_API int64_t lrpot_nlist_pairs(const lrpot_nlist *list);
/** @brief Number of listed neighbours of owned atom i; -1 when out of range. @since 0.1 */
LRPOT_API int64_t lrpot_nlist_degree(const lrpot_nlist *list, int64_t i);
/** @brief Neighbours of atom i: indices and vectors r_j - r_i (A).
 *  @param[in]  capacity  Size of the arrays in entries.
 *  @param[out] j         [capacity]. @param[out] vectors  [capacity][3].
 *  @return Number of neighbours (may exceed capacity: then only capacity were written), or -1 on a
 * bad argument. @since 0.1 */
LRPOT_API int64_t lrpot_nlist_row(const lrpot_nlist *list, const lrpot_atoms *atoms, int64_t i,
                                  int64_t capacity, int32_t *j, double *vectors);

LRPOT_END_DECLS
#endif
