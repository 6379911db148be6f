/* Neighbours within the cutoff as compressed rows, for the host's function. */
#ifndef LRPOT__HOST_EDGES_H
#define LRPOT__HOST_EDGES_H

#include <lrpot/host.h>
#include <lrpot/nlist.h>
#include <lrpot/workspace.h>

/* The arrays are blocks of the workspace. LRPOT_E_COINCIDENT for atoms at the same place. */
lrpot_status lrpot__host_edges_make(lrpot_workspace *work, const lrpot_atoms *atoms,
                                    const lrpot_nlist *list, double cutoff, lrpot_host_edges *out);

#endif
