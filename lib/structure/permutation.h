/* Orders of atoms. order[k] is the old place of the atom that comes to place k. */
#ifndef LRPOT__PERMUTATION_H
#define LRPOT__PERMUTATION_H

#include <lrpot/structure.h>

/* Each place from 0 to n - 1 once; LRPOT_E_ARGUMENT that names the first other entry. */
lrpot_status lrpot__permutation_check(int64_t n, const int64_t *order);
/* 1 where every atom keeps its place. */
int lrpot__permutation_is_identity(int64_t n, const int64_t *order);
/* Order by ascending key; equal keys keep their order. LRPOT_E_MEMORY. */
lrpot_status lrpot__permutation_sort(int64_t n, const double *keys, int64_t *order);
/* Order by ascending kind; within a kind the atoms keep their order. */
void lrpot__permutation_group(int64_t n, int32_t n_kinds, const int32_t *kinds, int64_t *order);
/* Rows of `size` bytes of an array [n]. LRPOT_E_MEMORY: the array is as before. */
lrpot_status lrpot__permutation_apply(int64_t n, const int64_t *order, void *rows, size_t size);

#endif
