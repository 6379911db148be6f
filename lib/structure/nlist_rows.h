/* Interface of a neighbour list for the layers above: rows, and the vectors of their images. */
#ifndef LRPOT__NLIST_ROWS_H
#define LRPOT__NLIST_ROWS_H

#include <lrpot/nlist.h>

/* Row i of any kind of list. The neighbour k is at positions[j[k] & mask] + translation, where
 * translation is images[image[k]] when image is set, shifts[k] * cell when shifts is set, and zero
 * otherwise. */
typedef struct lrpot__row {
    int64_t count;
    const int32_t *j;
    const int32_t *image;  /* or NULL */
    const int32_t *shifts; /* [count][3] or NULL */
} lrpot__row;

/* Data of the whole list: get once per call. */
typedef struct lrpot__rows {
    const lrpot_nlist *list;
    int32_t mask; /* -1 when all bits count */
    int32_t n_images;
    const int32_t *images; /* [n_images][3] integer translations that image[] refers to, or NULL */
    int64_t max_count;     /* longest row */
} lrpot__rows;

#endif
