/* Internals of a neighbour list, own or lent. */
#ifndef LRPOT__NLIST_INTERNAL_H
#define LRPOT__NLIST_INTERNAL_H

#include <lrpot/nlist.h>

#include "structure/nlist_rows.h"
#include "structure/translations.h"

enum { LRPOT__LIST_BUILT, LRPOT__LIST_CSR, LRPOT__LIST_ROWS };

/* Distance below which two atoms are at the same place, A. */
#define LRPOT__COINCIDENT 1e-6

/* Memory of the cell search, kept for the next search. Sites are all atoms in the order of their
 * bins. */
typedef struct lrpot__nlist_scratch {
    double *fractional; /* [n_all][3], wrapped into the cell along periodic rows */
    int32_t *bin;       /* [n_all] */
    int32_t *wrap;      /* [n_all], index in wraps of the cell that the atom was in */
    lrpot__translations wraps;
    int64_t *bin_start; /* [bins + 1] */
    int32_t *site_atom; /* [n_all] */
    double *x, *y, *z;  /* [n_all], wrapped positions of the sites */
    int64_t atoms_capacity, bins_capacity;
} lrpot__nlist_scratch;

struct lrpot_nlist {
    int32_t kind;
    int64_t n;     /* rows; -1 after a failed rebuild */
    int64_t n_all; /* smallest n_all of atoms that the list fits */
    double cutoff, skin;
    int64_t pairs, max_count;
    /* Members of a built list: rows are in the order of the bins, so each has its start. */
    int64_t *start; /* [n] */
    int32_t *count; /* [n] */
    int64_t rows_capacity;
    int32_t *j, *image;
    int64_t j_capacity, image_capacity;
    int32_t with_images;
    lrpot__translations images;
    lrpot__nlist_scratch search;
    /* Members of a lent list. */
    const int64_t *offsets;
    const int32_t *lent_j, *shifts, *lent_count;
    int32_t *const *lent_rows;
    int32_t mask;
};

#endif
