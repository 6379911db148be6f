/* Permutations of atoms. order[k] is the old index of the atom that gets index k. */
#ifndef LRPOT__PERMUTATION_H
#define LRPOT__PERMUTATION_H

#include <lrpot/structure.h>

/* Checks that each index from 0 to n - 1 occurs once; LRPOT_E_ARGUMENT names the first wrong
 * entry. */
lrpot_status lrpot__permutation_check(int64_t n, const int64_t *order);
/* 1 if every atom keeps its index. */
int lrpot__permutation_is_identity(int64_t n, const int64_t *order);
/* Order by ascending key; equal keys keep their order. LRPOT_E_MEMORY. */
lrpot_status lrpot__permutation_sort(int64_t n, const double *keys, int64_t *order);
/* Order by ascending kind; within a kind the atoms keep their order. */
void lrpot__permutation_group(int64_t n, int32_t n_kinds, const int32_t *kinds, int64_t *order);
/* Permutes rows of `size` bytes of an array [n]. LRPOT_E_MEMORY: the array is unchanged. */
lrpot_status lrpot__permutation_apply(int64_t n, const int64_t *order, void *rows, size_t size);

#endif
