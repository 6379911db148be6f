/** @file lrpot/nlist.h
 *  @brief Full neighbour lists of the owned atoms: built by the library or lent by the host. */
#ifndef LRPOT_NLIST_H
#define LRPOT_NLIST_H

#include <lrpot/structure.h>

LRPOT_BEGIN_DECLS

/** @brief A neighbour list. Read-only during calls, so threads may share it.
 *
 *  A list is full: every owned atom lists all its neighbours. Entries beyond a model's cutoff are
 *  allowed and skipped. */
typedef struct lrpot_nlist lrpot_nlist;

/** @brief Builds a list with a cell search for any cell (skewed, left-handed, smaller than the
 *  cutoff) and any periodicity.
 *
 *  Neighbours are within cutoff + skin. An atom is a neighbour of its own periodic images, never of
 *  itself.
 *  @param[out] out     The list; the caller frees it with lrpot_nlist_free(). Untouched on failure.
 *  @param[in]  atoms   Positions, and the cell where periodic_mask is not 0; used during the call
 *    only. With ghosts (n_all > n_owned) the periodic images are taken to be among the ghosts and
 *    none are added.
 *  @param[in]  cutoff  A, > 0.
 *  @param[in]  skin    A, >= 0. The list stays valid until an atom has moved by skin/2.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_SIZE (struct_size); LRPOT_E_ARGUMENT; LRPOT_E_CELL;
 *    LRPOT_E_NOT_FINITE; LRPOT_E_COINCIDENT naming the two atoms; LRPOT_E_MEMORY.
 *  @threadsafety Safe. @complexity O(n_all + pairs).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_build(lrpot_nlist **out,
                                                          const lrpot_atoms *atoms, double cutoff,
                                                          double skin);
/** @brief Rebuilds a list in place for new positions or another cell. Memory is reused.
 *  @param[in,out] list   List from lrpot_nlist_build(). After a failure it is empty, and calls that
 *    use it return LRPOT_E_STATE.
 *  @param[in]     atoms  As for lrpot_nlist_build().
 *  @return As lrpot_nlist_build(); LRPOT_E_STATE for a list that the caller lent.
 *  @threadsafety Needs exclusive use of the list. @allocates Nothing while the numbers of atoms and
 *    pairs stay.
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_rebuild(lrpot_nlist *list,
                                                            const lrpot_atoms *atoms);
/** @brief Wraps a compressed-row list of the caller without a copy. All arrays are borrowed until
 *  lrpot_nlist_free().
 *  @param[out] out      The list; the caller frees it with lrpot_nlist_free(). Untouched on
 *    failure.
 *  @param[in]  n        Number of owned atoms, 0 to 2^31 - 1.
 *  @param[in]  offsets  [n + 1], offsets into @p j.
 *  @param[in]  j        [offsets[n]], neighbours of owned atom 0, 1, ... Full lists only.
 *  @param[in]  shifts   [offsets[n]][3]: the neighbour is at r_j + shift . cell; NULL when images
 *    are ghosts.
 *  @param[in]  cutoff   A, > 0: distance within which the caller guarantees completeness.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n, cutoff, a row of negative length, a
 *    negative neighbour or offset); LRPOT_E_MEMORY.
 *  @threadsafety Safe. @complexity O(pairs).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_wrap_csr(lrpot_nlist **out, int64_t n,
                                                             const int64_t *offsets,
                                                             const int32_t *j,
                                                             const int32_t *shifts, double cutoff);
/** @brief Wraps row pointers (as LAMMPS keeps them) without a copy. `count` and `j` are borrowed
 *  until lrpot_nlist_free().
 *  @param[out] out     The list; the caller frees it with lrpot_nlist_free(). Untouched on failure.
 *  @param[in]  n       Number of rows, which equals the number of owned atoms, 0 to 2^31 - 1.
 *  @param[in]  i       [n], atom of each row; used during the call only.
 *  @param[in]  count   Number of neighbours by atom (LAMMPS numneigh), [n_all].
 *  @param[in]  j       Row of neighbours by atom (LAMMPS firstneigh), [n_all][count]. Full lists
 *    only.
 *  @param[in]  mask    Bits of an entry that are the index (LAMMPS: NEIGHMASK 0x1FFFFFFF); -1 keeps
 *    all bits.
 *  @param[in]  cutoff  A, > 0: distance within which the caller guarantees completeness.
 *  @return LRPOT_OK; LRPOT_E_NULL; LRPOT_E_ARGUMENT (n, cutoff, mask 0, an atom out of range, a row
 *    of negative length); LRPOT_E_MEMORY.
 *  @threadsafety Safe. @complexity O(pairs).
 *  @since 0.1 */
LRPOT_API LRPOT_MUST_CHECK lrpot_status lrpot_nlist_wrap_rows(lrpot_nlist **out, int64_t n,
                                                              const int32_t *i,
                                                              const int32_t *count,
                                                              int32_t *const *j, int32_t mask,
                                                              double cutoff);
/** @brief Frees a list, not the arrays that it wraps.
 *  @param[in] list  List; NULL is allowed.
 *  @threadsafety Not while another thread uses the list.
 *  @since 0.1 */
LRPOT_API void lrpot_nlist_free(lrpot_nlist *list);
/** @brief Distance within which the list is complete, without the skin.
 *  @param[in] list  List; NULL is allowed.
 *  @return A; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API double lrpot_nlist_cutoff(const lrpot_nlist *list);
/** @brief Number of listed pairs (i, j).
 *  @param[in] list  List; NULL is allowed.
 *  @return Number of entries of all rows; 0 for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_nlist_pairs(const lrpot_nlist *list);
/** @brief Number of listed neighbours of an owned atom.
 *  @param[in] list  List; NULL is allowed.
 *  @param[in] i     Owned atom, from 0.
 *  @return Number of entries, those in the skin included; -1 when i is out of range or for NULL.
 *  @threadsafety Safe.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_nlist_degree(const lrpot_nlist *list, int64_t i);
/** @brief Neighbours of an owned atom: indices and vectors r_j - r_i.
 *  @param[in]  list      List.
 *  @param[in]  atoms     Atoms that the list belongs to.
 *  @param[in]  i         Owned atom, from 0.
 *  @param[in]  capacity  Size of the arrays in entries.
 *  @param[out] j         [capacity], index of each neighbour.
 *  @param[out] vectors   A, [capacity][3], r_j - r_i with the periodic image of the neighbour.
 *  @return Number of neighbours. It may exceed capacity: then only capacity entries were written.
 *    -1 on a bad argument; lrpot_last_error() may name it.
 *  @threadsafety Safe. @allocates Nothing.
 *  @since 0.1 */
LRPOT_API int64_t lrpot_nlist_row(const lrpot_nlist *list, const lrpot_atoms *atoms, int64_t i,
                                  int64_t capacity, int32_t *j, double *vectors);

LRPOT_END_DECLS
#endif
