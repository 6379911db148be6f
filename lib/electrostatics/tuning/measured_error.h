/* Measured error of several solvers against one exact sum of a sample of atoms. */
#ifndef LRPOT__MEASURED_ERROR_H
#define LRPOT__MEASURED_ERROR_H

#include "electrostatics/ewald/ewald.h"

typedef struct lrpot__comparison lrpot__comparison;

/* Sums exactly, for n_sample atoms (0: all) of a whole system, the kernel of `ewald`. finer: error
 * of this sum relative to the accuracy of `ewald`. Solver, atoms and charges are borrowed until it
 * is closed. */
lrpot_status lrpot__comparison_open(const lrpot_ewald *ewald, lrpot_workspace *work,
                                    const lrpot_atoms *atoms, const double *q, int64_t n_sample,
                                    double finer, lrpot__comparison **out);
/* error: root mean square of the forces, eV/A, including that of the exact sum. */
lrpot_status lrpot__comparison_measure(lrpot__comparison *comparison, const lrpot_ewald *ewald,
                                       lrpot_workspace *work, const lrpot_nlist *list,
                                       double *error);
void lrpot__comparison_close(lrpot__comparison *comparison);

#endif
