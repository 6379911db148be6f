/* The host's own network as a descriptor: its features are site energies and charges. */
#ifndef LRPOT__HOST_DESCRIPTOR_H
#define LRPOT__HOST_DESCRIPTOR_H

#include "basis/descriptor.h"

#include <lrpot/host.h>

extern const lrpot__descriptor lrpot__host_descriptor;

/* Checked options; ctx is borrowed. */
lrpot_status lrpot__host_basis_create(lrpot_basis **out, const lrpot_host_options *options);

#endif
