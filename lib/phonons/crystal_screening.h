/* Screening by a dielectric tensor, or of a layer by the polarizability of its sheet: what it
 * changes in the waves of a model whose charges are screened alike in all directions
 * (docs/theory/phonons.md). */
#ifndef LRPOT__CRYSTAL_SCREENING_H
#define LRPOT__CRYSTAL_SCREENING_H

#include "phonons/crystal.h"

/* Adds the field of longitudinal waves screened by the tensor or the sheet minus that of the
 * model's own screening to the matrix [3n][3n][2]. wave is 0 if it is a vector of the reciprocal
 * lattice (at_gamma); then direction is that of the limit, or NULL: without macroscopic field. */
lrpot_status lrpot__crystal_screening(const lrpot_phonons *p, const double *wave, int at_gamma,
                                      const double *direction, double *matrix);

#endif
