/* The way through the Brillouin zone that bands are drawn along. */
#ifndef LRPOT_TOOL_ZONE_H
#define LRPOT_TOOL_ZONE_H

#include <lrpot/lrpot.h>

enum { ZONE_MOST = 64 };

typedef struct zone_path {
    /* corners; 1 where no line leads here from the corner before */
    int32_t count, starts[ZONE_MOST];
    double corners[3 * ZONE_MOST]; /* 1/A */
    char labels[ZONE_MOST][LRPOT_PATH_LABEL];
} zone_path;

/* text NULL: the usual path of the lattice, of no corners where none is known. Returns GO_ON or an
 * exit code after a message. */
int zone_read(zone_path *path, const char *text, const double *cell);
/* A^3, negative for a left-handed cell. */
double zone_volume(const double *cell);
/* Coordinates of a point along the rows of the cell. */
void zone_fractions(const double *cell, const double *point, double *fractions);
/* A, widest slice without atoms along the reciprocal vector of the row; 0 without memory. */
double zone_gap(const lrpot_structure *structure, int row);
/* Coordinates of a wave vector along the reciprocal vectors of the cell. */
void zone_reduced(const double *cell, const double *wave, double *reduced);

#endif
