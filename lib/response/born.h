/* Born charges of dielectric charges, for callers that have evaluated them. */
#ifndef LRPOT__BORN_H
#define LRPOT__BORN_H

#include "charges/charges.h"

/* Charges that respond to a uniform field by `respond_uniform`, in a system that repeats: adds what
 * the Born charges Z [n][3][3] have beside the charges on their diagonal. */
lrpot_status lrpot__born_dielectric(const lrpot__charge_call *call, int64_t n, double *Z);

#endif
