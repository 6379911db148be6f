/* Path of the bands through the Brillouin zone. */
#ifndef LRPOT_TOOL_ZONE_H
#define LRPOT_TOOL_ZONE_H

#include <lrpot/lrpot.h>

enum { ZONE_MOST = 64 };

typedef struct zone_path {
    /* number of corners; 1 if no line leads from the previous corner to this one */
    int32_t count, starts[ZONE_MOST];
    double corners[3 * ZONE_MOST]; /* 1/A */
    char labels[ZONE_MOST][LRPOT_PATH_LABEL];
} zone_path;

/* text NULL: the standard path of the crystal's Bravais lattice, without corners if none is known:
 * spglib is missing, and the lattice is not one of the common ones. Returns GO_ON or an exit code
 * after a message. */
int zone_read(zone_path *path, const char *text, const lrpot_structure *structure);
/* Row (d + 1) x row (d + 2). */
void zone_across(const double *cell, int d, double *vector);
/* A^3, negative for a left-handed cell. */
double zone_volume(const double *cell);
/* Coordinates of a point along the rows of the cell. */
void zone_fractions(const double *cell, const double *point, double *fractions);
/* A, thickness of the widest slice without atoms along the reciprocal vector of the row; 0 without
 * memory. */
double zone_gap(const lrpot_structure *structure, int row);
/* Coordinates of a wave vector along the reciprocal vectors of the cell. */
void zone_reduced(const double *cell, const double *wave, double *reduced);

#endif
