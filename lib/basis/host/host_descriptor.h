/* The host's own network as a descriptor: its features are site energies and charges. */
#ifndef LRPOT__HOST_DESCRIPTOR_H
#define LRPOT__HOST_DESCRIPTOR_H

#include "basis/descriptor.h"

#include <lrpot/host.h>

extern const lrpot__descriptor lrpot__host_descriptor;

/* The host's function and its first argument, borrowed; what it depends on. */
typedef struct lrpot__host {
    lrpot_status (*evaluate)(void *ctx, const lrpot_host_edges *edges,
                             const lrpot_host_results *out);
    void *ctx;
    int32_t charged; /* 1: it yields charges */
    double cutoff;   /* A */
} lrpot__host;

lrpot_status lrpot__host_basis_create(lrpot_basis **out, const lrpot__host *host,
                                      int32_t n_species);

#endif
