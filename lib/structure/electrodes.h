/* Electrodes: fragments that are held at a potential instead of keeping their charge. */
#ifndef LRPOT__ELECTRODES_H
#define LRPOT__ELECTRODES_H

#include <lrpot/structure.h>

int lrpot__is_electrode(const lrpot_atoms *atoms, int32_t fragment);
/* The first of them; -1: there are none. */
int32_t lrpot__first_electrode(const lrpot_atoms *atoms);
/* Checks potentials and reference of atoms whose fragments are checked. */
lrpot_status lrpot__electrodes_check(const lrpot_atoms *atoms);
/* Refuses atoms with electrodes where `what` is offered at fixed charges alone. */
lrpot_status lrpot__refuse_electrodes(const lrpot_atoms *atoms, const char *what);

#endif
