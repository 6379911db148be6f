/* Conversion of the tables of a .mtp file to a model. */
#ifndef LRPOT__MTP_BUILD_H
#define LRPOT__MTP_BUILD_H

#include "io/mlip/mtp.h"

/* Builds a model from the tables. */
lrpot_status lrpot__mtp_build(const lrpot__mtp *mtp, lrpot_potential **out);

#endif
