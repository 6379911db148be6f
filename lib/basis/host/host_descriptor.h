/* The host's own network as a descriptor: its features are site energies and charges. */
#ifndef LRPOT__HOST_DESCRIPTOR_H
#define LRPOT__HOST_DESCRIPTOR_H

#include "basis/descriptor.h"

#include <lrpot/host.h>

extern const lrpot__descriptor lrpot__host_descriptor;

/* The host's functions and their first argument, borrowed; what they depend on. */
typedef struct lrpot__host {
    lrpot_status (*evaluate)(void *ctx, const lrpot_host_edges *edges,
                             const lrpot_host_results *out);
    /* or NULL: evaluate yields the gradients */
    lrpot_status (*pull)(void *ctx, const lrpot_host_edges *edges,
                         const lrpot_host_weights *weights, double *gradients);
    void *ctx;
    int32_t charged;  /* 1: it yields charges */
    int32_t messages; /* 1: outputs depend on edges of other atoms */
    double cutoff;    /* A */
} lrpot__host;

lrpot_status lrpot__host_basis_create(lrpot_basis **out, const lrpot__host *host,
                                      int32_t n_species);

#endif
