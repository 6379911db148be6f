/* Buffer of a frame: data read from a file before a structure is made of them. Arrays grow with the
 * lines read, never with the number that a header states. */
#ifndef LRPOT__DRAFT_H
#define LRPOT__DRAFT_H

#include "io/text/text.h"

#include <lrpot/structure.h>

#define LRPOT__LABEL_SIZE 16 /* with the terminating zero */

typedef struct lrpot__array {
    double *values;
    int64_t capacity;
    int32_t present; /* 1: present in this frame */
} lrpot__array;

typedef struct lrpot__frame_buffer_entry {
    char *key;
    char *value;
} lrpot__frame_buffer_entry;

typedef struct lrpot__frame_buffer {
    int64_t n; /* number of atoms so far */
    char (*labels)[LRPOT__LABEL_SIZE];
    int64_t label_capacity;
    lrpot__array positions;
    lrpot__array unwrapped; /* unwrapped positions */
    lrpot__array quantities[LRPOT_QUANTITY_COUNT];
    double cell[9];
    lrpot__array fragment_charges;
    int64_t n_fragment_charges;
    lrpot__array fragment_potentials; /* NaN: none */
    int64_t n_fragment_potentials;
    int32_t potential_reference; /* LRPOT_POTENTIALS_* */
    lrpot__array points;         /* x y z V, one after the other */
    int64_t n_points;
    int32_t has_cell;
    int32_t periodic_mask;
    lrpot__frame_buffer_entry *infos;
    int64_t n_infos;
    int64_t info_capacity;
} lrpot__frame_buffer;

/* Empties a frame, keeping its memory. */
void lrpot__frame_buffer_reset(lrpot__frame_buffer *frame);
void lrpot__frame_buffer_free(lrpot__frame_buffer *frame);

/* Makes room for one more atom in labels and positions. */
lrpot_status lrpot__frame_buffer_add_atom(lrpot__frame_buffer *frame, const lrpot__text *text,
                                          lrpot__field label);
/* Reserves `count` doubles of a quantity and marks it present. */
lrpot_status lrpot__array_reserve(lrpot__array *array, int64_t count);
/* Sets a quantity of the whole frame. */
lrpot_status lrpot__frame_buffer_set(lrpot__frame_buffer *frame, int32_t quantity,
                                     const double *values);
/* Adds an info. A key that exists gets the new value. */
lrpot_status lrpot__frame_buffer_add_info(lrpot__frame_buffer *frame, const char *key,
                                          const char *value);
/* Value of an info, or NULL. */
const char *lrpot__frame_buffer_info(const lrpot__frame_buffer *frame, const char *key);
/* Volume of the cell, 0 without one. */
double lrpot__frame_buffer_volume(const lrpot__frame_buffer *frame);

/* Builds the structure, with atoms in ascending order of their identities. Errors name the first
 * line of the frame. */
lrpot_status lrpot__frame_buffer_build(const lrpot__frame_buffer *frame, const lrpot__text *text,
                                       int64_t first_line, lrpot_structure **out);

#endif
