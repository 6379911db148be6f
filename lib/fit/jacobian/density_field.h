/* Response of a self-consistent density to uniform fields in a fit: potentials r_a at charges and 1
 * at dipoles, along each axis a. */
#ifndef LRPOT__DENSITY_FIELD_H
#define LRPOT__DENSITY_FIELD_H

#include "fit/jacobian/density_answer.h"

typedef struct lrpot__density_field {
    double *u;       /* [3][size]: change of the levelled potentials */
    double *slopes;  /* [3][values]: of dE/dc */
    int along_bonds; /* 1: crystals without fragments, where the potential has no values at atoms */
} lrpot__density_field;

extern const double lrpot__density_axis[3][3];

/* After lrpot__density_tangents(), in the scratch of the density. */
lrpot__density_field lrpot__density_field_of(const lrpot__density_task *task);
/* Adds the polarizability [3][3], e A^2/V, times a factor to rows. */
lrpot_status lrpot__density_polarizability(lrpot__assembly *assembly, const lrpot__frame *frame,
                                           double factor, double *rows);
/* While the targets are differentiated: adds its derivatives by the parameters to nine rows. */
void lrpot__density_polarizability_rows(lrpot__assembly *assembly, const lrpot__frame *frame,
                                        double factor, int64_t row);

#endif
