/* Start values of networks: sums of the order of 1 at the present features of the atoms, and output
 * weights close to zero, so that the fit continues from the linear heads. */
#ifndef LRPOT__FIT_START_NETWORKS_H
#define LRPOT__FIT_START_NETWORKS_H

#include "fit/driver/fit.h"

/* Random weights for networks that have none yet, at the present parameters. */
lrpot_status lrpot__fit_start_networks(lrpot_fit *fit);

#endif
