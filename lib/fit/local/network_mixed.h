/* Second derivatives of the networks beside the linear heads, by their weights. */
#ifndef LRPOT__NETWORK_MIXED_H
#define LRPOT__NETWORK_MIXED_H

#include "fit/local/local.h"

/* Adds the second derivatives of the last atom by the weights of its network, if it has one. */
void lrpot__local_mixed_network(lrpot__local *local, const lrpot__scatter *scatter);

#endif
