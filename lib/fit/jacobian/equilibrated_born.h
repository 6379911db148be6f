/* Born charges of equilibrated charges, and their Jacobian. */
#ifndef LRPOT__EQUILIBRATED_BORN_H
#define LRPOT__EQUILIBRATED_BORN_H

#include "fit/jacobian/fit_equilibrated.h"

/* Born charges [n][3][3], after the charges and their field. */
lrpot_status lrpot__equilibrated_born(lrpot__assembly *assembly, const lrpot__frame *frame,
                                      double *z);
/* Parts of their Jacobian, in this order: with the derivatives of the hardness in dc and dc_dr; dv
 * and dq through the Coulomb forces; with those of the electronegativity; second derivatives of the
 * heads. */
void lrpot__equilibrated_born_hardness(lrpot__assembly *assembly, const lrpot__frame *frame);
void lrpot__equilibrated_born_explicit(lrpot__assembly *assembly, const lrpot__frame *frame);
void lrpot__equilibrated_born_electronegativity(lrpot__assembly *assembly,
                                                const lrpot__frame *frame);
lrpot_status lrpot__equilibrated_born_mixed(lrpot__assembly *assembly, const lrpot__frame *frame);

#endif
