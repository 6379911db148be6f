/* Internals of a structure. */
#ifndef LRPOT__STRUCTURE_INTERNAL_H
#define LRPOT__STRUCTURE_INTERNAL_H

#include <lrpot/structure.h>

#define LRPOT__SYMBOL_SIZE 16 /* with the closing zero */

typedef char lrpot__symbol[LRPOT__SYMBOL_SIZE];

typedef struct lrpot__info {
    char *key, *value;
} lrpot__info;

struct lrpot_structure {
    int64_t n;
    int64_t line; /* line of the file where the frame begins; 0: not from a file */
    int64_t n_symbols, symbols_capacity;
    lrpot__symbol *symbols; /* distinct, in order of first appearance */
    int32_t *kind;          /* [n], index into symbols */
    double *positions;
    int32_t has_cell, periodic_mask;
    double cell[9];
    double *quantities[LRPOT_QUANTITY_COUNT];
    int32_t *fragments;                      /* [n] as the quantity, or NULL */
    double *fragment_charges;                /* [n_fragment_charges], or NULL: all neutral */
    int32_t n_fragments, n_fragment_charges; /* one more than the largest fragment; as given */
    double *fragment_potentials; /* [n_fragment_potentials], NaN: keeps its charge; or NULL */
    int32_t n_fragment_potentials, potential_reference; /* as given; LRPOT_POTENTIALS_* */
    int64_t n_points;
    double *points;           /* [n_points][3], or NULL */
    double *point_potentials; /* [n_points] */
    int64_t n_info, info_capacity;
    lrpot__info *info; /* in order of first setting */
};

#endif
