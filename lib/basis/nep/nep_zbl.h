/* Screened nuclear repulsion (Ziegler, Biersack and Littmark) added to a NEP. */
#ifndef LRPOT__NEP_ZBL_H
#define LRPOT__NEP_ZBL_H

#include "basis/nep/nep_model.h"

/* Energy in eV of a pair of species at distance r (A), and its derivative by r. */
double lrpot__nep_zbl_eval(const lrpot__nep *nep, int32_t a, int32_t b, double r,
                           double *derivative);
/* A: largest distance of a pair with a ZBL term; 0 without ZBL. */
double lrpot__nep_zbl_reach(const lrpot__nep *nep);
/* A: four thirds of the covalent radius of DFT-D3; 0: not tabulated. */
double lrpot__nep_zbl_radius(int32_t atomic_number);

#endif
