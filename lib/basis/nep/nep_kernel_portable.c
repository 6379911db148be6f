/* The fast NEP kernel for any processor. */
#define LANES 2

#include "basis/nep/nep_lanes.h"

#include "basis/nep/nep_lanes_neighbours.h"

#include "basis/nep/nep_lanes_radial.h"

#include "basis/nep/nep_lanes_angular.h"

#include "basis/nep/nep_lanes_run.h"

const lrpot__nep_kernel lrpot__nep_kernel_portable = { scratch_bytes, run };
