/* Local part of the second derivatives: finite differences for one atom in a cluster, cut out of
 * the crystal with all atoms within reach. */
#ifndef LRPOT__CRYSTAL_CLUSTER_H
#define LRPOT__CRYSTAL_CLUSTER_H

#include "phonons/crystal.h"

/* Fills couplings, home and slopes. */
lrpot_status lrpot__crystal_local(lrpot_phonons *p, lrpot_workspace *work, double step);

#endif
