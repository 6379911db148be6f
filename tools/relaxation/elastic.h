/* Elastic constants of a crystal by finite strains, atoms relaxed in each. */
#ifndef LRPOT_TOOL_ELASTIC_H
#define LRPOT_TOOL_ELASTIC_H

#include "relaxation/relaxation.h"

typedef struct elastic {
    double constants[36]; /* GPa, order xx yy zz yz xz xy, of stresses by engineering strains */
    double asymmetry;     /* GPa, largest difference of C_ij and C_ji; the mean is kept */
    double bulk, shear;   /* GPa, means of Voigt */
    double lowest;        /* GPa, least eigenvalue: not positive for an unstable crystal */
} elastic;

/* r: a relaxation that ended; its structure stays. strain: of the central differences. GO_ON or an
 * exit code after a message. */
int elastic_run(elastic *e, const relaxation *r, double strain);
/* Least eigenvalue of a symmetric 6 x 6 matrix. */
double elastic_least_eigenvalue(const double *given);

#endif
