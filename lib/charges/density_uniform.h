/* Self-consistent densities in a uniform field, in systems that repeat. */
#ifndef LRPOT__DENSITY_UNIFORM_H
#define LRPOT__DENSITY_UNIFORM_H

#include "charges/charges.h"

/* Rules `dielectric` and `respond_uniform` of densities. */
int32_t lrpot__density_dielectric(const lrpot_charges *charges);
lrpot_status lrpot__density_respond_uniform(const lrpot__charge_call *call,
                                            const lrpot__uniform *field, double dipole[3],
                                            double *weights, lrpot_outputs *out);

#endif
